"""The mandatory mentions of a collectivité's letters: each letter that a product drops has its list, and what we print has them all."""

import io
import re
from datetime import date
from typing import Any

from pypdf import PdfReader

from fps.kit.boxes.remise import REMIS
from fps.kit.print.impression import render_async
from fps.messages.avis import AvisPaiement, AvisPaiementRectificatif
from fps.messages.message import Message
from fps.parties import Party
from fps.regles import mentions
from fps.regles.mentions import Exigence, examiner, listes, normal
from fps_simulateur.pilote.world import DEFINITIONS

FORMES = vars(mentions)["_formes"]


def test_each_letter_that_a_product_drops_has_its_list() -> None:
    assert set(listes()) == {*(cls.type for cls in REMIS), AvisPaiement.type, AvisPaiementRectificatif.type}, "and each notice of ANTAI"


def efface(message: Message, une: Exigence, lu: str) -> str:
    """The print without the words of one mention, in normal form."""
    corps, formes = message.model_dump(mode="python"), list(une.mots)
    for champ in une.champs:
        valeur: Any = corps
        for nom in champ.rstrip("?").split("."):
            valeur = None if valeur is None else valeur.get(nom)
        formes += FORMES(nom, valeur) if valeur not in (None, "", (), []) else []
    for forme in {une for plusieurs in formes for une in plusieurs}:
        lu = re.sub(r"\s?".join(forme) if forme.isdigit() and len(forme) > 4 else rf"(?<!\w){re.escape(forme)}", "", lu)
    return lu


async def test_a_pdf_that_the_reference_system_prints_has_every_mention_of_its_law() -> None:
    """The templates of the reference collectivité are the first product that is looked at; each mention is then erased in turn."""
    documents = DEFINITIONS[Party.COLLECTIVITE].documents
    for cls in REMIS:
        message = cls.exemplaire()
        pdf = await render_async(message, documents, le=date(2026, 6, 29))
        texte = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        constats = examiner(message, texte)
        assert [x for x in constats if x.manque] == [], cls.type
        portees = {x.mention for x in constats}
        for une in listes()[cls.type].exigences:
            if une.mention in portees:
                manquent = {x.mention for x in examiner(message, efface(message, une, normal(texte))) if x.manque}
                assert une.mention in manquent, (cls.type, une.mention)
