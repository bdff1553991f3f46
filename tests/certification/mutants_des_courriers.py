"""Products whose letters to people lack one mention: what they printed is erased in a recorded run, which is then judged again."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

import pytest

from fps.messages.message import Message
from fps.regles.mentions import ConstatDeMention, Exigence, examiner, normal
from fps_certification.assertions.documents import du_produit, nom_de
from fps_certification.exigences.lecture import exigences
from fps_certification.plans.plan import livres
from fps_simulateur.impression import pdf
from tests.kit.test_mentions_imprimees import efface

# Mentions that the same words make: a letter without them lacks these too.
ENSEMBLE: Mapping[str, str] = {
    "EX-353": "EX-350",
    "EX-366": "EX-363",
    **dict.fromkeys(("EX-370", "EX-378", "EX-386"), "EX-370 EX-371 EX-378 EX-382 EX-386"),
    "EX-371": "EX-382",
    "EX-382": "EX-371",
    "EX-373": "EX-376",
    "EX-376": "EX-373",
    "EX-388": "EX-389",
    "EX-393": "EX-389",
}
_PLAN = frozenset(e.id for e in livres()["documents"].portee())
_DE = {nom: e.id for e in exigences() for nom in e.assertions}
# Requirement → the letter and its mention, of those that the plan `documents` asks.
MENTIONS: Mapping[str, tuple[str, Exigence]] = {
    id_: (type_, une) for type_, liste in du_produit().items() for une in liste.exigences if (id_ := _DE[nom_de(type_, une)]) in _PLAN
}
ATTRAPES_DES_COURRIERS: Mapping[str, str] = {
    f"courrier-sans-{id_}": " ".join(sorted({id_, *ENSEMBLE.get(id_, "").split()})) for id_ in MENTIONS
}


@contextmanager
def sans(id_: str, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the product printed lacks the mention of a requirement, as long as this lasts."""
    type_, une = MENTIONS[id_]

    def lire(message: Message, lu: str) -> list[ConstatDeMention]:
        return examiner(message, efface(message, une, normal(lu)) if message.type == type_ else lu)

    textes: Callable[[bytes], list[str]] = _textes
    with patch.context() as un:
        un.setattr("fps_certification.courriers.examiner", lire)
        un.setattr("fps_certification.courriers.pdf.textes", textes)
        yield


lire_pdf = pdf.textes


@cache
def _textes(octets: bytes) -> list[str]:
    """Of a print: read once for all the products that are made of it."""
    return list(lire_pdf(octets))
