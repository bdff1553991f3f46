"""The constrained texts, numbers and dates of the messages; pydantic's compiled core checks all of them but the key of an IBAN."""

import re
from datetime import UTC, date, datetime, timezone
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, TypeAdapter
from pydantic_core import PydanticCustomError
from stdnum import iban as stdnum_iban

from fps.droit.calendar import PARIS
from fps.messages.plaques import SAISIE, PlaqueIllisible, normaliser

Numero26 = Annotated[
    str, Field(pattern=r"^[0-9]{26}$", description="Numéro de l'avis de paiement, 26 chiffres (arrêté du 6 novembre 2015, art. 4)")
]
Cle = Annotated[str, Field(pattern=r"^[0-9]{2}$", description="Clé de contrôle du numéro, 2 chiffres")]
Telepaiement = Annotated[
    str, Field(pattern=r"^[0-9]{28}$", description="Numéro de télépaiement du FPS : 26 chiffres du numéro et 2 de la clé")
]
NumeroTitre = Annotated[str, Field(pattern=r"^[0-9]{10}$", description="Numéro du titre collectif : année (2) et ordre (8)")]
TelepaiementTitre = Annotated[
    str, Field(pattern=r"^[0-9]{20}$", description="Numéro de télépaiement du FPS majoré : titre (10), rang dans l'annexe (8), clé (2)")
]
NumeroRequete = Annotated[str, Field(pattern=r"^[0-9]{8}$", description="Numéro de la requête : année (2) et ordre (6)")]
Siret = Annotated[str, Field(pattern=r"^[0-9]{14}$", description="SIRET, 14 chiffres")]
Siren = Annotated[str, Field(pattern=r"^[0-9]{9}$", description="SIREN, 9 chiffres")]

Centimes = Annotated[int, Field(ge=0, le=99_999_999, description="Montant en centimes d'euro")]
CentimesDus = Annotated[int, Field(ge=1, le=99_999_999, description="Montant en centimes d'euro, supérieur à zéro")]
Mois = Annotated[int, Field(ge=1, le=1_200)]  # a delay; its field says from when
Jours = Annotated[int, Field(ge=1, le=36_500)]  # the same
Nombre = Annotated[int, Field(ge=0, le=999_999_999)]
Rang = Annotated[int, Field(ge=1, le=99_999_999, description="Rang de la ligne dans l'annexe, à partir de 1")]

Ligne = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")]
Court = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")]
Texte = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]


def _plaque(texte: str) -> str:
    try:
        return normaliser(texte)
    except PlaqueIllisible as erreur:
        raise PydanticCustomError("plaque", "{raison}", {"raison": str(erreur)}) from erreur


Plaque = Annotated[
    str,
    Field(
        min_length=1,
        max_length=SAISIE,
        description="Immatriculation, de quelque façon qu'elle soit écrite (AB-123-CD, ab123cd) ; le système la met sous sa forme normale",
    ),
    AfterValidator(_plaque),
]
Pays = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="Pays, code ISO 3166 à deux lettres")]
CodePostal = Annotated[str, Field(pattern=r"^[0-9]{5}$", description="Code postal, 5 chiffres")]
Courriel = Annotated[
    str, Field(max_length=254, pattern=r"^[^\s@\x00-\x1f]+@[^\s@\x00-\x1f]+\.[^\s@\x00-\x1f]+$", description="Adresse électronique")
]
LONGUEUR_URL = 500  # characters
Url = Annotated[str, Field(max_length=LONGUEUR_URL, pattern=r"^https?://[^\s\x00-\x1f]+$", description="Adresse d'un site, http ou https")]


def _iban(texte: str) -> str:
    if not stdnum_iban.is_valid(texte):
        raise PydanticCustomError("iban", "the key or the length of this IBAN is wrong (ISO 13616)")
    return texte


Iban = Annotated[
    str,
    Field(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$", description="IBAN donné par le demandeur (inventé), clé vérifiée (ISO 13616)"),
    AfterValidator(_iban),
]


def _ecrit(valeur: Any) -> Any:
    """An instant is written as ISO 8601 writes it: a number of seconds, even in quotes, is none."""
    if not isinstance(valeur, str):
        return valeur
    if ISO.match(valeur) is None:
        raise PydanticCustomError("datetime_parsing", "an instant as ISO 8601 writes it")
    return _INSTANT.validate_python(valeur)


def a_paris(instant: datetime) -> datetime:
    """The same instant with the offset of Paris; before 1912, when that offset was no whole number of minutes, as it came.

    The offset and not the zone: inside one zone, aware arithmetic and comparisons ignore the change of hour.
    """
    decalage = instant.astimezone(PARIS).utcoffset()
    return instant if decalage is None or instant.year < 1912 else instant.astimezone(timezone(decalage))


ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")
_INSTANT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)
Jour = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31), description="Date (AAAA-MM-JJ), heure de Paris")]
Instant = Annotated[
    AwareDatetime,
    Field(
        ge=datetime(1900, 1, 1, tzinfo=UTC),
        le=datetime(2199, 12, 31, tzinfo=UTC),
        description="Date et heure avec décalage horaire (2026-06-12T10:42:00+02:00)",
    ),
    BeforeValidator(_ecrit),
    AfterValidator(a_paris),
]
InstantVu = Annotated[datetime, AfterValidator(a_paris)]  # of a case file: the databases keep it in UTC
