"""The findings about the letters to people: one for each mention that a text wants on each of them."""

import re
from collections.abc import Iterator
from typing import Final

from fps.flows import by_type
from fps.parties import Party
from fps.regles.mentions import Exigence, Liste, listes, normal
from fps_certification.assertions.registre import Assertion, Resultat, Sens, entrer
from fps_certification.observation import Observation

PREFIXE: Final = "documents"


def nom_de(type_: str, une: Exigence) -> str:
    """« documents/03.decision/motif-de-la-decision »."""
    cls = by_type(type_)
    return f"{PREFIXE}/{cls.flow:02d}.{cls.nom}/{re.sub(' ', '-', normal(une.mention).strip())}"


def _portee(type_: str, une: Exigence) -> Assertion:
    def evaluer(vu: Observation) -> Iterator[Resultat]:
        for courrier in vu.courriers:
            manques = dict(courrier.mentions)
            if courrier.type == type_ and une.mention in manques:
                manque = manques[une.mention]
                yield Resultat(not manque, None, f"{une.mention} ({une.article})", manque or "elle y est")

    cls = by_type(type_)
    return Assertion(nom_de(type_, une), f"« {cls.flow:02d}.{cls.nom} » porte : {une.mention}.", Sens.ENVOI, evaluer)


def du_produit() -> dict[str, Liste]:
    """The lists of the letters that a product writes: what ANTAI sends for it is no product's."""
    return {type_: liste for type_, liste in listes().items() if by_type(type_).sender is Party.COLLECTIVITE}


for _type, _liste in du_produit().items():
    for _une in _liste.exigences:
        entrer(_portee(_type, _une))
