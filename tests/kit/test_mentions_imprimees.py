"""The mandatory mentions of a collectivité's letters: each letter that a product drops has its list, and what we print has them all."""

import io
from datetime import date

from pypdf import PdfReader

from fps.kit.boxes.remise import REMIS
from fps.kit.print.impression import render_async
from fps.messages.avis import AvisPaiement, AvisPaiementRectificatif
from fps.parties import Party
from fps.regles.mentions import examiner, listes
from fps_simulateur.pilote.world import DEFINITIONS


def test_each_letter_that_a_product_drops_has_its_list() -> None:
    assert set(listes()) == {*(cls.type for cls in REMIS), AvisPaiement.type, AvisPaiementRectificatif.type}, "and each notice of ANTAI"


async def test_a_pdf_that_the_reference_system_prints_has_every_mention_of_its_law() -> None:
    """The templates of the reference collectivité are the first product that is looked at."""
    documents = DEFINITIONS[Party.COLLECTIVITE].documents
    for cls in REMIS:
        message = cls.exemplaire()
        pdf = await render_async(message, documents, le=date(2026, 6, 29))
        texte = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        assert [x for x in examiner(message, texte) if x.manque] == [], cls.type
