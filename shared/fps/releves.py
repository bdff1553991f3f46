"""The statement that each service gives of a bac: what it holds of each dossier, its sums, accounts, letters, deadlines and certificates.

A statement has a part that is the same everywhere and a part of each service (`partie`); it never names a table or a column. Three reads,
each bounded: the whole (`Releve`), the dossiers page after page (`PageDossiers`), and what was let in page after page (`PageEntrees`).
Amounts in centimes, instants at the bac's clock.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from fps.confiance.habilitation import EtatHabilitation, Permission
from fps.parties import SERVICES, Party

P = TypeVar("P")


class PieceDeReleve(BaseModel):
    """A piece of a statement, read from the case file that it tells."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


# ---------------------------------------------------------------------------------------------------------- a dossier, everywhere


class Ecriture(PieceDeReleve):
    """Une écriture : chaque ligne est un triplet (compte, débit, crédit), en centimes."""

    libelle: str = Field(description="Ce que l'écriture inscrit : docs/comptes.md")
    lignes: tuple[tuple[str, int, int], ...] = Field(description="Compte, débit, crédit, en centimes")


class EcritureTenue(Ecriture):
    """Une écriture telle que les livres la tiennent, avec l'acte du journal qui l'a passée."""

    rang: int = Field(description="Rang de l'acte du journal")


class Acte(PieceDeReleve):
    """Une ligne du journal d'un dossier ; « rang » ordonne les actes d'un dossier entre les services."""

    rang: int
    date: datetime
    acte: str
    article: str
    lettre: str | None = Field(None, description="Lettre envoyée ou reçue par cet acte")
    code: str | None = Field(None, description="Code du refus")
    ecriture: Ecriture | None = Field(None, description="Ce que l'acte dit avoir écrit dans les comptes")


class Lettre(PieceDeReleve):
    """Une lettre reçue par le service (« recue », ou « refusee » par le droit ou l'état), ou écrite à une personne (« courrier »)."""

    id: str
    type: str
    sort: Literal["recue", "refusee", "courrier"]
    corps: dict[str, Any] = Field(description="Contenu, tel que le message le définit")


class Echeance(PieceDeReleve):
    """Un jour attendu."""

    nature: str
    le: date


class Morte(PieceDeReleve):
    """Ce qui n'a pas pu être fait : une lettre qui ne part ou n'arrive pas, une échéance qui échoue."""

    id: str
    sens: Literal["envoi", "reception", "echeance"]
    type: str
    cause: str


class Dossier(PieceDeReleve, Generic[P]):
    """What a service holds of one subject: a FPS, or what an act or a deadline is about; `partie`: its case file, None without one."""

    sujet: str = Field(description="Numéro du FPS, ou autre sujet d'un acte")
    partie: P | None
    actes: tuple[Acte, ...]
    ecritures: tuple[EcritureTenue, ...]
    soldes: dict[str, int] = Field(description="Débits moins crédits de chaque compte, en centimes")
    lettres: tuple[Lettre, ...] = Field(description="Reçues, et écrites à une personne")
    echeances: tuple[Echeance, ...]
    mortes: tuple[Morte, ...]


class PageDossiers(PieceDeReleve, Generic[P]):
    """Dossiers in the order of their subjects; `suivant` is the `apres` of the next page, None at the end."""

    service: Party
    bac: str
    dossiers: tuple[Dossier[P], ...]
    suivant: str | None


# ------------------------------------------------------------------------------------------------ the certificates, and what came


class Certificat(PieceDeReleve):
    """Un certificat déposé pour une collectivité, tel qu'il est maintenant."""

    cle: str = Field(description="SHA-256 du certificat, ou le service simulé")
    siret: str
    prestataire: str
    etat: EtatHabilitation
    droits: tuple[Permission, ...]
    deposee_le: datetime
    effet_le: datetime | None
    remplacee_le: datetime | None


class Changement(PieceDeReleve):
    """Un certificat a changé : ce qu'il est pour une collectivité à partir de cette ligne du journal d'audit."""

    quoi: Literal["certificat"] = "certificat"
    rang: int
    lot: datetime = Field(description="Instant réel de la transaction : les lignes d'un même lot n'ont pas d'ordre entre elles")
    certificat: str
    siret: str
    etat: EtatHabilitation
    effet_le: datetime | None
    remplacee_le: datetime | None


class Entree(PieceDeReleve):
    """Ce qu'un certificat a pu faire pour des collectivités : apporter des lettres d'un type, ou prendre des lettres de leurs boîtes."""

    quoi: Literal["lettre", "retrait"]
    rang: int
    lot: datetime
    date: datetime | None = Field(description="À l'horloge du bac ; un retrait n'en dit pas")
    certificat: str
    sirets: tuple[str, ...]
    type: str = ""
    nombre: int = 1


class PageEntrees(PieceDeReleve):
    """Ce qui est entré et ce que les certificats sont devenus, dans l'ordre du journal d'audit ; « suivant » est vide à la fin."""

    service: Party
    bac: str
    lignes: tuple[Changement | Entree, ...]
    suivant: int | None


# ------------------------------------------------------------------------------------------------------------------- the whole bac


# What a service counts of its letters, way by way, beside the figures of all: what it wrote to another, what of that goes no further (dead
# before it left, or in an editor's box), and what came from another. A bac is quiet when the two ends of each way say the same.
VERS: Final[Mapping[Party, str]] = {party: f"vers:{party}" for party in SERVICES}
ARRETEES: Final[Mapping[Party, str]] = {party: f"arretees:{party}" for party in SERVICES}
VENUES: Final[Mapping[Party, str]] = {party: f"venues:{party}" for party in SERVICES}


class Lettres(PieceDeReleve):
    """Les lettres du bac : écrites, et ce que sont devenues celles qui sont venues ; « deposees » : dans la boîte d'un éditeur."""

    ecrites: int = 0
    recues: int = 0
    refusees: int = 0
    mortes: int = 0
    deposees: int = 0
    courriers: int = Field(0, description="Lettres écrites à une personne")
    en_attente: int = 0


class Echeances(PieceDeReleve):
    """Les jours attendus, et ceux qui ont échoué."""

    en_attente: int
    prochaine: date | None
    enterrees: int


class Releve(PieceDeReleve, Generic[P]):
    """The whole of a bac in one service, dossiers left out."""

    service: Party
    bac: str
    instant: datetime
    lettres: Lettres
    soldes: dict[str, int] = Field(description="Débits moins crédits de chaque compte, en centimes ; leur somme est nulle")
    echeances: Echeances
    certificats: tuple[Certificat, ...]
    partie: P | None


# -------------------------------------------------------------------------------------------------------------- the collectivité


class ForfaitReleve(PieceDeReleve):
    """Un FPS tel que sa collectivité le connaît : « creance » lui est encore due, « dette » est ce qu'elle doit rendre."""

    etat: str
    suite: str = Field(description="Ce que devient l'acte dit à l'ANTAI")
    montant: int
    creance: int
    dette: int
    montant_paye: int
    part_titre: int
    rembourse: int
    date_envoi: date | None
    date_notification: date | None
    date_limite_paiement: date | None
    paye_le: date | None


class EnsembleCollectivite(PieceDeReleve):
    """Tous les FPS du bac : combien dans chaque état, et leurs sommes en centimes."""

    forfaits: dict[str, int]
    montant: int
    creance: int
    dette: int
    montant_paye: int
    part_titre: int
    rembourse: int


# --------------------------------------------------------------------------------------------------------------------------- ANTAI


class DossierAntai(PieceDeReleve):
    """Un dossier à l'ANTAI : ce qu'elle réclame, ce qu'elle a reçu, et son titre."""

    etat: str
    montant_initial: int
    montant: int
    montant_paye: int
    trop_percu: int
    majoration: int
    date_envoi: date | None
    date_notification: date | None
    date_limite_paiement: date | None
    paye_le: date | None
    numero_titre: str | None
    date_titre: date | None
    annulations_sans_decision: tuple[str, ...] = Field((), description="Requêtes citées pour annuler un titre, que nul ne dit jugées")
    annulations_contredites: tuple[str, ...] = Field((), description="Requêtes dont la décision n'est pas ce qui a été annulé")


class EnsembleAntai(PieceDeReleve):
    """Tous les dossiers du bac : combien dans chaque état, et leurs sommes en centimes."""

    dossiers: dict[str, int]
    montant_initial: int
    montant: int
    montant_paye: int
    trop_percu: int
    majoration: int


# ------------------------------------------------------------------------------------------------------------------------ the DGFiP


class TitreReleve(PieceDeReleve):
    """Un titre pris en charge : ce qu'il réclame, ce qui a été payé, rendu, annulé et remis."""

    etat: str
    numero_titre: str
    date_titre: date
    montant_impaye: int
    majoration: int
    montant_paye: int
    montant_rembourse: int
    part_collectivite: int
    fps_annule: int
    majoration_annulee: int
    majoration_remise: int
    rabais_accorde: int
    date_envoi: date | None
    date_notification: date | None
    date_limite_rabais: date | None
    paye_le: date | None


class DossierDgfip(PieceDeReleve):
    """Un FPS à la DGFiP : son titre, et ce que l'ANTAI en a encaissé avant tout titre."""

    titre: TitreReleve | None
    encaisse_amiable: int | None = Field(description="En centimes ; absent si l'ANTAI n'a rien encaissé")


class ReversementReleve(PieceDeReleve):
    """Ce qui a été encaissé en un mois pour une collectivité, et ce qui a été reversé (« verse_le » : une fois le mois clos)."""

    siret: str
    mois: str
    encaisse: int
    encaisse_amiable: int
    precompte: int
    report: int
    verse: int
    verse_le: date | None


class EnsembleDgfip(PieceDeReleve):
    """Tous les titres du bac, et les comptes des collectivités ; sommes en centimes."""

    titres: dict[str, int]
    montant_impaye: int
    majoration: int
    montant_paye: int
    montant_rembourse: int
    part_collectivite: int
    reversements: tuple[ReversementReleve, ...]
    a_precompter: dict[str, int] = Field(description="Par SIRET, en centimes : ce que les mois d'avant ont laissé à prendre")


# ------------------------------------------------------------------------------------------------------------------------ the court


class RequeteRelevee(PieceDeReleve):
    """Une requête devant la juridiction."""

    numero: str
    objet: str
    etat: str
    date_depot: date
    communiquee_le: date | None
    limite_defense: date | None
    defense_le: date | None
    notifiee_requerant_le: date | None
    notifiee_collectivite_le: date | None
    limite_execution: date | None
    pourvoi_le: date | None


class DossierCcsp(PieceDeReleve):
    """Les requêtes au sujet d'un FPS."""

    requetes: tuple[RequeteRelevee, ...]


class EnsembleCcsp(PieceDeReleve):
    """Toutes les requêtes du bac : combien dans chaque état."""

    requetes: dict[str, int]


# The part of each service: of the whole, of a dossier.
PARTIES: Final[Mapping[Party, tuple[type[PieceDeReleve], type[PieceDeReleve]]]] = {
    Party.COLLECTIVITE: (EnsembleCollectivite, ForfaitReleve),
    Party.ANTAI: (EnsembleAntai, DossierAntai),
    Party.DGFIP: (EnsembleDgfip, DossierDgfip),
    Party.CCSP: (EnsembleCcsp, DossierCcsp),
}
