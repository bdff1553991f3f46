"""What goes wrong on purpose between the simulator and a product: the rules, which letter each one strikes, by rank, type and seed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Text, bindparam, select

from fps.errors import Introuvable, MessageRefuse
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.records import Record
from fps.kit.data.sql import SHORT, Delete
from fps.kit.engine.work import Work


class Genre(StrEnum):
    """Ce qui va mal. Les neuf premiers frappent une lettre vers le produit ; les autres, la réponse à une lettre qu'il envoie."""

    INDISPONIBLE = "indisponible"
    ERREUR = "erreur"
    RETARD = "retard"
    LENTEUR = "lenteur"
    COUPURE = "coupure"
    CORPS_COUPE = "corps-coupe"
    CORPS_ALTERE = "corps-altere"
    CLE_INCONNUE = "cle-inconnue"
    DOUBLON = "doublon"
    REFUS_503 = "refus-503"
    REPONSE_PERDUE = "reponse-perdue"
    REPONSE_COUPEE = "reponse-coupee"
    REPONSE_LENTE = "reponse-lente"
    CERTIFICAT_REVOQUE = "certificat-revoque"


# What each does, in a sentence, and what is expected of a product that meets it.
SENS: Final[dict[Genre, tuple[str, str]]] = {
    Genre.INDISPONIBLE: ("503 et Retry-After : la lettre n'arrive pas, elle revient plus tard", "La recevoir plus tard, une seule fois"),
    Genre.ERREUR: ("la lettre arrive, sa réponse se perd (500), elle revient", "Reconnaître son Idempotency-Key, et ne rien refaire"),
    Genre.RETARD: ("elle part avec du retard, à l'horloge du bac", "La traiter à sa date, et non à celle où elle arrive"),
    Genre.LENTEUR: ("son corps s'arrête au milieu, puis reprend", "L'attendre, ou fermer ; ne rien enregistrer à moitié"),
    Genre.COUPURE: ("elle arrive en entier, puis la connexion est coupée", "La traiter une fois ; reconnaître celle qui revient"),
    Genre.CORPS_COUPE: ("la moitié du corps arrive, puis la connexion est coupée", "Ne rien enregistrer ; la traiter quand elle revient"),
    Genre.CORPS_ALTERE: ("un caractère du corps a changé : la signature est fausse", "La refuser, et ne rien enregistrer"),
    Genre.CLE_INCONNUE: ("elle est signée d'une clé que personne ne publie", "La refuser, et ne rien enregistrer"),
    Genre.DOUBLON: ("elle est postée deux fois de suite", "La traiter une fois, et répondre deux fois de même"),
    Genre.REFUS_503: ("503 et Retry-After : rien n'est enregistré", "Attendre, puis renvoyer avec la même Idempotency-Key"),
    Genre.REPONSE_PERDUE: ("tout est enregistré, mais la réponse est 500", "Renvoyer avec la même Idempotency-Key, sans rien doubler"),
    Genre.REPONSE_COUPEE: (
        "tout est enregistré, la réponse est coupée au milieu",
        "Renvoyer avec la même Idempotency-Key, sans rien doubler",
    ),
    Genre.REPONSE_LENTE: ("tout est enregistré, la réponse tarde", "Attendre, ou renvoyer avec la même Idempotency-Key"),
    Genre.CERTIFICAT_REVOQUE: (
        "son certificat est refusé comme révoqué",
        "S'arrêter, le dire, et reprendre sans rien perdre avec un autre",
    ),
}
VERS: Final = frozenset(tuple(Genre)[:9])
DUREES: Final = frozenset({Genre.INDISPONIBLE, Genre.RETARD, Genre.LENTEUR, Genre.REFUS_503, Genre.REPONSE_LENTE})


class Regle(BaseModel):
    """Une panne, et les lettres qu'elle frappe."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"example": {"panne": "erreur", "type": "fps.05.fps-paye.v1", "part": 50, "graine": "7"}},
    )

    panne: Genre = Field(description=" ; ".join(f"« {genre} » : {dit}" for genre, (dit, _) in SENS.items()))
    type: str | None = Field(None, max_length=60, description="Ce type de lettre seulement")
    rang: int | None = Field(None, ge=1, lt=1 << 40, description="Cette lettre de la boîte seulement (sa position) ; vers le produit")
    part: int = Field(100, ge=1, le=100, description="Combien de lettres sur cent, tirées par la graine")
    graine: str = Field("", max_length=100, description="Une autre graine frappe d'autres lettres ; la même, les mêmes")
    fois: int = Field(1, ge=1, le=1_000, description="Combien d'essais de chaque lettre")
    secondes: float = Field(
        60,
        ge=0,
        le=86_400 * 31,
        description="indisponible, retard : de l'horloge du bac ; lenteur, refus-503, reponse-lente : réelles, 60 au plus",
    )

    @model_validator(mode="after")
    def _possible(self) -> "Regle":
        if self.rang is not None and self.panne not in VERS:
            raise ValueError("« rang » est la position d'une lettre dans la boîte du produit : cette panne frappe celles qu'il envoie")
        if self.panne in DUREES - {Genre.INDISPONIBLE, Genre.RETARD} and self.secondes > 60:
            raise ValueError("« secondes » : 60 au plus, elles sont réelles")
        return self

    def frappe(self, nom: str, graine: str, lettre: str) -> bool:
        """Whether the draw of the seeds strikes this letter: the same seeds strike the same ones, whatever the order."""
        mark = hashlib.sha256(f"{self.graine}\n{graine}\n{nom}\n{lettre}".encode()).digest()
        return int.from_bytes(mark[:4]) % 100 < self.part


class PanneInconnue(Introuvable):
    """Aucune panne ne porte ce nom pour cette collectivité"""

    code = "panne-inconnue"
    que_faire = "Lisez celles qui sont posées : GET …/pannes."


class TropDePannes(MessageRefuse):
    """Trop de pannes sont posées dans ce bac"""

    code = "trop-de-pannes"
    que_faire = "Levez-en : DELETE …/pannes/{siret}/{regle}."


@dataclass
class Panne:
    """A rule that the pilot has set for a collectivité; the first whose name comes, in the order of the alphabet, wins."""

    siret: str
    nom: str
    document: str
    posee_le: datetime

    @property
    def regle(self) -> Regle:
        """What it does."""
        return Regle.model_validate_json(self.document)


PLACES: Final = 100
PANNES: Final = Record.of(tables.pannes, Panne)
_P: Any = tables.pannes.c
_TOUTES: Any = select(tables.pannes).where(_P.bac == bindparam("nom", type_=Text)).order_by(_P.siret, _P.nom).execution_options(**SHORT)


async def posees(tx: Transaction, bac: str) -> list[Panne]:
    """Every rule of a bac."""
    return [PANNES.item(row) for row in await tx.select(_TOUTES, nom=bac)]


def pour(
    trouvees: Sequence[Panne], genres: frozenset[Genre], siret: str, type_: str, rang: int | None, graine: str, lettre: str
) -> Panne | None:
    """The first rule of these kinds that strikes a letter, None when none does."""
    for une in trouvees:
        regle = une.regle
        vise = une.siret == siret and regle.panne in genres and regle.type in (None, type_) and regle.rang in (None, rang)
        if vise and regle.frappe(une.nom, graine, lettre):
            return une
    return None


async def poser(work: Work, siret: str, nom: str, regle: Regle) -> Panne:
    """Set a rule, or change it; raises TropDePannes, CommuneInconnue."""
    work.ville(siret)
    if len(await posees(work.tx, work.bac.nom)) >= PLACES:
        raise TropDePannes(f"{PLACES} sont posées.")
    found = await work.find_or_add(Panne(siret, nom, "", work.now))
    found.document, found.posee_le = regle.model_dump_json(), work.now
    work.audit("panne", "administration", siret, nom=nom, panne=regle.panne.value)
    return found


async def lever(work: Work, siret: str, nom: str) -> None:
    """Take a rule away; raises PanneInconnue."""
    if await work.find(Panne, siret, nom) is None:
        raise PanneInconnue(f"« {nom[:40]} », SIRET {siret}.")
    work.batch.ops.append(Delete(tables.pannes, ("bac", "siret", "nom"), [(work.bac.nom, siret, nom)]))
    work.audit("panne", "administration", siret, nom=nom, levee=True)
