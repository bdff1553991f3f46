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
from fps.parties import Party

P = TypeVar("P")


class Partie(BaseModel):
    """A piece of a statement, read from the case file that it tells."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


# ---------------------------------------------------------------------------------------------------------- a dossier, everywhere


class Ecriture(Partie):
    """An entry: its account lines are triples (account, debit, credit)."""

    libelle: str = Field(description="Ce que l'écriture inscrit : docs/comptes.md")
    lignes: tuple[tuple[str, int, int], ...] = Field(description="Compte, débit, crédit, en centimes")


class EcritureTenue(Ecriture):
    """An entry as the ledger holds it, by the act of the journal that wrote it."""

    rang: int = Field(description="Rang de l'acte du journal")


class Acte(Partie):
    """One line of the journal of a dossier. `rang` orders the acts of a dossier across the services."""

    rang: int
    date: datetime
    acte: str
    article: str
    lettre: str | None = Field(None, description="Lettre envoyée ou reçue par cet acte")
    code: str | None = Field(None, description="Code du refus")
    ecriture: Ecriture | None = Field(None, description="Ce que l'acte dit avoir écrit dans les comptes")


class Lettre(Partie):
    """A letter that the service received (`recue`, or `refusee` by the law or the state), or that it wrote to a person (`courrier`)."""

    id: str
    type: str
    sort: Literal["recue", "refusee", "courrier"]
    corps: dict[str, Any] = Field(description="Contenu, tel que le message le définit")


class Echeance(Partie):
    """A day that waits."""

    nature: str
    le: date


class Morte(Partie):
    """What could not be done: a letter that does not leave or arrive, a deadline that fails."""

    id: str
    sens: Literal["envoi", "reception", "echeance"]
    type: str
    cause: str


class Dossier(Partie, Generic[P]):
    """What a service holds of one subject: a FPS, or what an act or a deadline is about; `partie`: its case file, None without one."""

    sujet: str = Field(description="Numéro du FPS, ou autre sujet d'un acte")
    partie: P | None
    actes: tuple[Acte, ...]
    ecritures: tuple[EcritureTenue, ...]
    soldes: dict[str, int] = Field(description="Débits moins crédits de chaque compte, en centimes")
    lettres: tuple[Lettre, ...] = Field(description="Reçues, et écrites à une personne")
    echeances: tuple[Echeance, ...]
    mortes: tuple[Morte, ...]


class PageDossiers(Partie, Generic[P]):
    """Dossiers in the order of their subjects; `suivant` is the `apres` of the next page, None at the end."""

    service: Party
    bac: str
    dossiers: tuple[Dossier[P], ...]
    suivant: str | None


# ------------------------------------------------------------------------------------------------ the certificates, and what came


class Certificat(Partie):
    """A certificate deposited for a collectivité, as it stands now."""

    cle: str = Field(description="SHA-256 du certificat, ou le service simulé")
    siret: str
    prestataire: str
    etat: EtatHabilitation
    droits: tuple[Permission, ...]
    deposee_le: datetime
    effet_le: datetime | None
    remplacee_le: datetime | None


class Changement(Partie):
    """A certificate changed: how it stands for a collectivité from this line of the audit journal on."""

    quoi: Literal["certificat"] = "certificat"
    rang: int
    lot: datetime = Field(description="Instant réel de la transaction : les lignes d'un même lot n'ont pas d'ordre entre elles")
    certificat: str
    siret: str
    etat: EtatHabilitation
    effet_le: datetime | None
    remplacee_le: datetime | None


class Entree(Partie):
    """What a certificate was let do for collectivités: bring letters of one type, or take letters from their boxes."""

    quoi: Literal["lettre", "retrait"]
    rang: int
    lot: datetime
    date: datetime | None = Field(description="À l'horloge du bac ; un retrait n'en dit pas")
    certificat: str
    sirets: tuple[str, ...]
    type: str = ""
    nombre: int = 1


class PageEntrees(Partie):
    """What was let in and how certificates changed, in the order of the audit journal; `suivant` is None at the end."""

    service: Party
    bac: str
    lignes: tuple[Changement | Entree, ...]
    suivant: int | None


# ------------------------------------------------------------------------------------------------------------------- the whole bac


class Lettres(Partie):
    """How many letters of the bac were written, and what became of those that came; `deposees`: put in the box of an editor."""

    ecrites: int = 0
    recues: int = 0
    refusees: int = 0
    mortes: int = 0
    deposees: int = 0
    courriers: int = Field(0, description="Lettres écrites à une personne")
    en_attente: int = 0


class Echeances(Partie):
    """The days that wait, and those that failed."""

    en_attente: int
    prochaine: date | None
    enterrees: int


class Releve(Partie, Generic[P]):
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


class ForfaitReleve(Partie):
    """A FPS as its collectivité knows it: `creance` is still owed to it, `dette` it owes back."""

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


class EnsembleCollectivite(Partie):
    """Every FPS of the bac: how many in each state, and their sums."""

    forfaits: dict[str, int]
    montant: int
    creance: int
    dette: int
    montant_paye: int
    part_titre: int
    rembourse: int


# --------------------------------------------------------------------------------------------------------------------------- ANTAI


class DossierAntai(Partie):
    """A dossier at ANTAI: what it claims, what it received, and its title."""

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


class EnsembleAntai(Partie):
    """Every dossier of the bac: how many in each state, and their sums."""

    dossiers: dict[str, int]
    montant_initial: int
    montant: int
    montant_paye: int
    trop_percu: int
    majoration: int


# ------------------------------------------------------------------------------------------------------------------------ the DGFiP


class TitreReleve(Partie):
    """A title taken in charge: what it claims, what was paid, given back, cancelled and let off."""

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


class DossierDgfip(Partie):
    """A FPS at the DGFiP: its title, and what ANTAI collected of it before any title."""

    titre: TitreReleve | None
    encaisse_amiable: int | None = Field(description="En centimes ; absent si l'ANTAI n'a rien encaissé")


class ReversementReleve(Partie):
    """What was collected in a month for a collectivité, and what was transferred (`verse_le`: once closed)."""

    siret: str
    mois: str
    encaisse: int
    encaisse_amiable: int
    precompte: int
    report: int
    verse: int
    verse_le: date | None


class EnsembleDgfip(Partie):
    """Every title of the bac, and the accounts of the collectivités."""

    titres: dict[str, int]
    montant_impaye: int
    majoration: int
    montant_paye: int
    montant_rembourse: int
    part_collectivite: int
    reversements: tuple[ReversementReleve, ...]
    a_precompter: dict[str, int] = Field(description="Par SIRET, en centimes : ce que les mois d'avant ont laissé à prendre")


# ------------------------------------------------------------------------------------------------------------------------ the court


class RequeteRelevee(Partie):
    """A petition before the court."""

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


class DossierCcsp(Partie):
    """The petitions about a FPS."""

    requetes: tuple[RequeteRelevee, ...]


class EnsembleCcsp(Partie):
    """Every petition of the bac: how many in each state."""

    requetes: dict[str, int]


# The part of each service: of the whole, of a dossier.
PARTIES: Final[Mapping[Party, tuple[type[Partie], type[Partie]]]] = {
    Party.COLLECTIVITE: (EnsembleCollectivite, ForfaitReleve),
    Party.ANTAI: (EnsembleAntai, DossierAntai),
    Party.DGFIP: (EnsembleDgfip, DossierDgfip),
    Party.CCSP: (EnsembleCcsp, DossierCcsp),
}
