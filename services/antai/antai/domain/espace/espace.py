"""The espace numérique of a collectivité at ANTAI: its request, its control, and the settings that its agents choose."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from antai.domain.espace import convention as conventions_
from antai.domain.espace.convention import Convention, Conventions, Signataire
from antai.domain.espace.refus import (
    CycleNonChoisi,
    EspaceAbsent,
    EspaceDejaControle,
    EspaceEnAttente,
    EspaceExistant,
    EspaceRefuse,
    SiretFaux,
    TypeCollectiviteFaux,
)
from fps.droit import HorsDuDroit, droit
from fps.droit.calculs import Cycle
from fps.messages.mfps import Minoration
from fps.messages.parties_prenantes import Adresse, Contact, ContactRapo
from fps.villes.communes import Commune
from fps.villes.defaut import par_defaut
from fps.villes.reductions import Reduction

TypeCollectivite = Literal["commune", "epci", "syndicat-mixte"]


class EtatEspace(StrEnum):
    """Ce qu'est devenue une demande."""

    EN_ATTENTE = "en-attente"
    OUVERT = "ouvert"
    REFUSE = "refuse"


def minoration_due(declaree: Reduction, montant: int, le: date) -> Minoration | None:
    """What a message FPS of `montant` centimes must carry, found on `le`; None when ANTAI takes no reduced amount then."""
    try:
        canaux = droit(le).minoration_canaux
    except HorsDuDroit:
        return None
    return declaree.minoration(montant) if canaux else None


@dataclass(frozen=True, slots=True)
class Reglages:
    """What the agents choose: the cycle of the next convention; a minoration or a RAPO contact not declared leaves each message free."""

    cycle: Cycle | None = None
    minoration: Reduction | None = None
    contact_rapo: ContactRapo | None = None


@dataclass(frozen=True, slots=True)
class Demande:
    """What a collectivité writes in the public form; `demandeur`: the login of the first agent."""

    siret: str
    type: TypeCollectivite
    adresse: Adresse
    contact: Contact
    demandeur: str
    nom: str | None = None
    population: int | None = None

    def commune(self) -> Commune:
        """The town as the form declares it, the rest by default: ANTAI knows neither its zones nor its tariffs (hypothesis H124)."""
        nom = self.nom or self.contact.nom
        dits: dict[str, Any] = {"type": self.type, "adresse": self.adresse}
        if self.population is not None:
            dits["population"] = self.population
        adresse = self.contact.adresse_electronique
        if adresse is not None:
            dits["contact"] = {"nom": nom, "adresse_electronique": adresse, "url": self.contact.url}
        return par_defaut(self.siret, nom, **dits)


@dataclass
class Espace:
    """The espace of one collectivité, from its request on. `demandeur`: the login of the first agent."""

    siret: str
    type: str
    adresse: Adresse
    contact: Contact
    demandeur: str
    etat: EtatEspace
    demande_le: datetime
    decide_le: datetime | None = None
    motif: str | None = None
    reglages: Reglages = Reglages()
    conventions: Conventions = ()

    def exiger_ouvert(self) -> "Espace":
        """The espace itself; raises EspaceEnAttente, EspaceRefuse."""
        if self.etat is EtatEspace.EN_ATTENTE:
            raise EspaceEnAttente(f"Collectivité {self.siret}.")
        if self.etat is EtatEspace.REFUSE:
            raise EspaceRefuse(f"Collectivité {self.siret} : « {self.motif} ».")
        return self

    def _exiger_en_attente(self) -> None:
        if self.etat is not EtatEspace.EN_ATTENTE:
            raise EspaceDejaControle(f"Collectivité {self.siret}, espace « {self.etat} ».")

    def ouvrir(self, maintenant: datetime) -> None:
        """ANTAI's control is good; raises EspaceDejaControle."""
        self._exiger_en_attente()
        self.etat, self.decide_le = EtatEspace.OUVERT, maintenant

    def refuser(self, motif: str, maintenant: datetime) -> None:
        """ANTAI's control is not good; raises EspaceDejaControle."""
        self._exiger_en_attente()
        self.etat, self.decide_le, self.motif = EtatEspace.REFUSE, maintenant, motif

    def exiger_convention(self, le: date) -> Convention:
        """The convention in force that day; raises the refusal that names the missing step."""
        return conventions_.en_vigueur(self.conventions, self.siret, le)

    def preparer_convention(
        self, cycle: Cycle | None, signataire: Signataire, debut: date | None, maintenant: datetime, le: date
    ) -> Convention:
        """A convention to sign, of the cycle given or of the one chosen; raises CycleNonChoisi and what `convention.proposer` raises."""
        choisi = cycle or self.reglages.cycle
        if choisi is None:
            raise CycleNonChoisi(f"Collectivité {self.siret}.", "cycle")
        self.conventions = conventions_.proposer(self.conventions, choisi, signataire, debut, maintenant, le)
        return self.conventions[-1]


@dataclass
class DepotConvention:
    """The PDF of a convention as the collectivité deposited it: its SHA-256, its bytes in base64."""

    siret: str
    rang: int
    empreinte: str
    contenu: str


def exiger(espace: Espace | None, siret: str) -> Espace:
    """An espace that exists and is open; raises EspaceAbsent, EspaceEnAttente, EspaceRefuse."""
    if espace is None:
        raise EspaceAbsent(f"Collectivité {siret}.")
    return espace.exiger_ouvert()


def verifier_demande(ancien: Espace | None, siret: str, type_: TypeCollectivite, ville: Commune | None) -> Commune:
    """The town, as the bac knows it (`ville`, None when its SIRET is false). Raises SiretFaux, TypeCollectiviteFaux, EspaceExistant.

    After a refusal a new request is allowed.
    """
    if ville is None:
        raise SiretFaux(f"SIRET {siret}.", "siret")
    if ville.type != type_ and not ville.par_defaut:
        raise TypeCollectiviteFaux(f"« {type_} » au lieu de « {ville.type} » pour {ville.nom}.", "type")
    if ancien is not None and ancien.etat is not EtatEspace.REFUSE:
        raise EspaceExistant(f"{ville.nom}, espace « {ancien.etat} ».")
    return ville


def nouvelle_demande(ancien: Espace | None, demande: Demande, maintenant: datetime) -> Espace:
    """The espace of a new request, in the place of the one refused."""
    neuf = Espace(
        siret=demande.siret,
        type=demande.type,
        adresse=demande.adresse,
        contact=demande.contact,
        demandeur=demande.demandeur,
        etat=EtatEspace.EN_ATTENTE,
        demande_le=maintenant,
    )
    if ancien is None:
        return neuf
    vars(ancien).update(vars(neuf))
    return ancien


# What a bac that is not `vierge` begins with: older and longer than any dossier (hypothesis H89).
DEBUT, FIN = date(2018, 1, 1), date(2199, 12, 31)


def espace_initial(ville: Commune, maintenant: datetime) -> Espace:
    """The open espace and the signed convention of a town of the bac (hypothesis H89)."""
    signee = Convention(
        rang=1,
        cycle=ville.cycle,
        debut=DEBUT,
        fin=FIN,
        signataire=Signataire("Signataire simulé", "Exécutif de la collectivité"),
        proposee_le=maintenant,
        deposee_le=maintenant,
        empreinte="",
        signee_le=maintenant,
    )
    return Espace(
        siret=ville.siret,
        type=ville.type,
        adresse=ville.adresse,
        contact=ville.contact,
        demandeur="",
        etat=EtatEspace.OUVERT,
        demande_le=maintenant,
        decide_le=maintenant,
        reglages=replace(Reglages(), cycle=ville.cycle),
        conventions=(signee,),
    )
