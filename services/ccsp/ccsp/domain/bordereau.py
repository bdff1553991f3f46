"""What a defendant has filed for a petition, each filing with its time and its fingerprint (CGCT, art. R. 2333-120-32 octies)."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ccsp.domain.refus_portail import DepotCorrompu, DepotInconnu, PieceDejaDeposee, RangDejaUtilise
from fps.messages.recours_collectivite import CanalDefense, MemoireDefense, PieceDefense
from fps.regles.defense import empreinte_de


@dataclass(frozen=True)
class Depot:
    """One filing: a brief or a piece; `taille` in bytes, `horodatage` at the bac's clock, `wall_time` at the machine's.

    On paper a piece keeps the fingerprint that its sender announced, and no content.
    """

    numero: str
    nature: Literal["memoire", "piece"]
    canal: CanalDefense
    rang: int | None
    fichier: str
    type_media: str
    taille: int | None
    empreinte: str
    horodatage: datetime
    wall_time: datetime
    par: str


@dataclass
class Bordereau:
    """Everything filed by the defendant of one petition, in order."""

    numero_requete: str
    siret: str
    depots: tuple[Depot, ...] = ()

    def verifier(self, message: PieceDefense) -> None:
        """Raises PieceDejaDeposee, RangDejaUtilise."""
        for depot in self.depots:
            if depot.nature != "piece":
                continue
            if depot.empreinte == message.piece.empreinte and depot.taille is not None:
                raise PieceDejaDeposee(f"Pièce {depot.rang}, dépôt {depot.numero}.", "piece.empreinte")
            if depot.rang == message.rang:
                raise RangDejaUtilise(f"Pièce {depot.rang} : « {depot.fichier} », dépôt {depot.numero}.", "rang")

    def ajouter(self, depot: Depot) -> None:
        """One more filing."""
        self.depots = (*self.depots, depot)

    def depot(self, numero: str) -> Depot:
        """The filing of that number; raises DepotInconnu."""
        for depot in self.depots:
            if depot.numero == numero:
                return depot
        raise DepotInconnu(f"Requête {self.numero_requete}, dépôt « {numero[:20]} ».", "depot")

    def piece(self, rang: int) -> Depot:
        """The piece of that rank; raises DepotInconnu."""
        for depot in self.depots:
            if depot.nature == "piece" and depot.rang == rang:
                return depot
        raise DepotInconnu(f"Requête {self.numero_requete}, pièce {rang}.", "rang")

    @property
    def rang_suivant(self) -> int:
        """The rank of the next piece."""
        return max((depot.rang or 0 for depot in self.depots), default=0) + 1


@dataclass
class Contenu:
    """What was filed, in base 64: apart, so that the list stays light."""

    numero_depot: str
    contenu: str


def texte_du_memoire(message: MemoireDefense) -> bytes:
    """What the fingerprint of a brief covers."""
    return f"{message.conclusions}\n{message.moyens}".encode()


def relire(depot: Depot, contenu: Contenu | None) -> bytes:
    """What was filed, proved the same as on its day; raises DepotInconnu (paper has no content), DepotCorrompu."""
    if contenu is None:
        raise DepotInconnu(f"Dépôt {depot.numero}, par « {depot.canal} ».", "depot")
    octets = base64.b64decode(contenu.contenu)
    if empreinte_de(octets) != depot.empreinte:
        raise DepotCorrompu(f"Dépôt {depot.numero} : empreinte {empreinte_de(octets)} au lieu de {depot.empreinte}.", "empreinte")
    return octets
