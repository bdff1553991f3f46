"""The shapes of what every service answers beside its own nouns: journals, courriers, dead letters, health; in French for the contracts."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from fps.kit.ground.clock import Marche
from fps.parties import Party


class LigneJournal(BaseModel):
    """Un acte d'un dossier, tel que le journal le garde ; « rang » ordonne les actes d'un dossier entre les services."""

    service: Party
    position: int = Field(description="Place dans le journal de ce service : à redonner dans « apres »")
    sujet: str = Field(description="Le numéro du dossier")
    rang: int
    date: datetime = Field(description="À l'horloge du bac")
    acte: str
    article: str = Field(description="Texte appliqué")
    donnees: dict[str, Any] = Field(description="Ce que l'acte a retenu ; montants en centimes")
    empreinte: str = Field(description="SHA-256 de la ligne et de celle d'avant")
    wall_time: datetime = Field(description="En temps réel")


class PageJournal(BaseModel):
    """Une page du journal."""

    lignes: list[LigneJournal]
    suite: bool = Field(description="Vrai quand la page est pleine : il y a peut-être une suite")


class LigneAudit(BaseModel):
    """Une ligne du journal d'audit : qui est venu, ce qui a été admis, refusé ou réglé."""

    service: Party
    rang: int
    wall_time: datetime = Field(description="En temps réel")
    date: datetime | None = Field(description="À l'horloge du bac")
    acte: str
    resultat: str
    code: str = Field(description="Code du refus ; vide quand rien n'a été refusé")
    qui: str
    objet: str
    details: dict[str, Any]
    empreinte: str = Field(description="SHA-256 de la ligne et de celle d'avant")


class PageAudit(BaseModel):
    """Une page du journal d'audit."""

    lignes: list[LigneAudit]
    suite: bool = Field(description="Vrai quand la page est pleine : il y a peut-être une suite")


class PositionJournal(BaseModel):
    """La place de la dernière ligne du journal : ce qui vient après est nouveau."""

    position: int


class CourrierVu(BaseModel):
    """Un courrier envoyé à une personne."""

    id: str
    service: Party = Field(description="Qui le garde : c'est à lui qu'on le demande")
    de: Party = Field(description="Qui l'écrit ; le produit d'une collectivité remet les siens à l'ANTAI")
    type: str
    nom: str
    flux: int
    destinataire: Party
    sujet: str = Field(description="Le numéro du dossier")
    date: datetime = Field(description="À l'horloge du bac")
    imprimable: bool = Field(description="Vrai quand le courrier a une forme imprimée (PDF)")


class PageCourriers(BaseModel):
    """Une page de la boîte aux lettres d'un bac ; « suivant » est à redonner dans « apres » pour continuer dans le même ordre."""

    courriers: list[CourrierVu]
    suivant: str | None = Field(description="Nul à la dernière page")


class LettreMorte(BaseModel):
    """Une lettre qui n'est pas partie ou n'a pas été lue, ou une échéance qui a échoué."""

    bac: str
    id: str
    sens: Literal["envoi", "reception", "echeance"]
    type: str
    subject: str = Field(description="Le numéro du dossier")
    cause: str
    envelope: str = Field(description="La lettre entière, telle qu'elle est arrivée ou devait partir")
    wall_time: datetime = Field(description="En temps réel")
    que_faire: str = Field(description="Ce qui la fera passer")


class NombreRejouees(BaseModel):
    """Combien de lettres et d'échéances ne sont plus mortes."""

    rejouees: int


class NombreSignees(BaseModel):
    """Combien d'ancres viennent d'être signées."""

    signees: int


class LettreRecue(BaseModel):
    """Une lettre telle que ce service l'a reçue, et ce qu'il en a fait."""

    service: Party
    id: str
    type: str
    sujet: str
    date: datetime = Field(description="Réception, à l'horloge du bac")
    wall_time: datetime = Field(description="Réception, en temps réel")
    corps: str = Field(description="Le message en JSON canonique : clés triées, sans espace")
    empreinte: str = Field(description="SHA-256 du corps")
    issue: Literal["recu", "refuse"] = Field(description="Ce que le service en a fait")
    reponse: str | None = Field(description="La réponse qui lui a été donnée, en JSON ; la même lettre l'obtient de nouveau")


class HeureMachine(BaseModel):
    """L'heure de la machine, telle que ce service la voit."""

    wall_time: datetime


class EcheanceEnterree(BaseModel):
    """Un jour d'un dossier qui n'a pas pu être vécu."""

    sujet: str = Field(description="Le numéro du dossier, ou ce dont l'échéance est le jour")
    echeance: str = Field(description="Le nom de l'échéance")
    due: date
    cause: str


class EcheancesEnterrees(BaseModel):
    """Les échéances qui ont échoué : mises de côté avec leur cause, jusqu'à ce qu'on les rejoue comme des lettres mortes."""

    nombre: int
    premieres: list[EcheanceEnterree] = Field(description="Les premières enterrées, vingt au plus ; toutes sont dans les lettres mortes")


class EtatBac(BaseModel):
    """L'état d'un bac dans un service."""

    bac: str
    graine: str
    mode: Marche
    vitesse: int
    instant: datetime
    prochaine_echeance: date | None
    prochain_reveil: datetime | None = Field(description="Le premier instant qu'un produit a demandé, et qui n'est pas passé")
    a_prevenir: int = Field(description="Combien de collectivités demandent une lettre à chaque pas de l'horloge")
    usagers: int = Field(description="Combien d'usagers feront encore quelque chose d'eux-mêmes, quand le temps avancera")
    muets: int = Field(description="Combien de lettres de temps n'ont pas encore été acquittées")
    en_attente: int = Field(description="Lettres qui attendent de partir")
    retenues: int = Field(
        description="Celles d'entre elles déjà essayées en vain : leur destinataire est absent, ou ignore encore le dossier"
    )
    position: int = Field(description="La dernière ligne de son journal ; 0 s'il est vide")
    comptes: dict[str, int]
    echeances_enterrees: EcheancesEnterrees


class BacRepris(EtatBac):
    """L'état d'un bac repris d'un export, et ce que des têtes signées en couvrent."""

    ancres: int = Field(description="Têtes signées (ancres) venues avec l'export, toutes vérifiées")
    sans_ancre: int = Field(
        description="Journaux (dossiers, audit) dont aucune ancre de l'export ne couvre la tête : leur chaîne a été rejouée, mais leur fin "
        "peut avoir été coupée ou récrite"
    )


class Vivant(BaseModel):
    """Le service vit."""

    statut: Literal["vivant"]
    service: Party
    mention: str = Field(description="SPÉCIMEN — environnement simulé")


class Pret(BaseModel):
    """Ce dont le service dépend répond, ou non (503)."""

    statut: Literal["pret", "indisponible"]
    service: Party
    base: bool = Field(description="La base de données répond")
    ecriture: bool = Field(description="La base de données écrit")
    courtier: bool = Field(description="Le courtier répond")
    parts: int = Field(description="En combien de parts il partage les dossiers entre ses répliques, comme les trois autres services")
    cause: str | None = Field(None, description="Pourquoi la base n'écrit pas ; absent quand elle écrit")
