"""The mandatory mentions of a collectivité's letters: what the reference system prints has them all, and one that is taken out is seen."""

import copy
import io
from datetime import date
from typing import Any

from pypdf import PdfReader

from fps.kit.boxes.remise import REMIS
from fps.kit.print.impression import render_async
from fps.messages.avis_collectivite import AvisPaiementCollectivite
from fps.messages.rapo import AccuseReceptionRapo, DecisionRapo
from fps.parties import Party
from fps.regles.mentions import examiner, listes
from fps_simulateur.pilote.world import DEFINITIONS

NUMERO = AccuseReceptionRapo.example["numero_fps"]
TEXTE = """Ville de Lille — Accusé de réception. Recours reçu le 29/06/2026 contre l'avis de paiement {numero}.
Sans réponse au 29 juillet 2026 il est réputé rejeté. {service}, {voie}, {code_postal} {commune}. Tél. {telephone}.
Ce rejet se conteste dans le délai d'un mois devant le Tribunal du stationnement payant. Ce recours ne suspend pas le délai de paiement."""


def accuse(**champs: Any) -> tuple[dict[str, Any], str]:
    corps = copy.deepcopy(AccuseReceptionRapo.example) | champs
    service = corps["service"]
    return corps, TEXTE.format(
        numero=" ".join((NUMERO[:14], NUMERO[14:])), service=service["nom"], telephone=service["telephone"], **service["adresse"]
    )


async def test_a_pdf_that_the_reference_system_prints_has_every_mention_of_its_law() -> None:
    """The templates of the reference collectivité are the first product that is looked at."""
    documents = DEFINITIONS[Party.COLLECTIVITE].documents
    for cls in REMIS:
        message = cls.exemplaire()
        pdf = await render_async(message, documents, le=date(2026, 6, 29))
        texte = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        assert [x for x in examiner(message, texte) if x.manque] == [], cls.type


def test_each_letter_that_a_product_drops_has_its_list_and_a_mention_that_is_taken_out_is_seen() -> None:
    assert set(listes()) == {cls.type for cls in REMIS}
    corps, texte = accuse()
    message = AccuseReceptionRapo.exemplaire()
    assert [x for x in examiner(message, texte) if x.manque] == []
    for mot in (
        "29/06/2026",
        "29 juillet 2026",
        corps["service"]["telephone"],
        "Tribunal du stationnement payant",
        "d'un mois",
        NUMERO[14:],
    ):
        manquent = [x for x in examiner(message, texte.replace(mot, "")) if x.manque]
        assert len(manquent) == 1, (mot, manquent)
    vide = message.model_copy(update={"juridiction": None})
    assert [x.mention for x in examiner(vide) if x.manque] == ["Juridiction devant laquelle contester le rejet implicite"]
    assert [x.mention for x in examiner(DecisionRapo.exemplaire()) if x.manque] == []


def test_the_order_of_the_mentions_of_a_notice_is_looked_at_too() -> None:
    message = AvisPaiementCollectivite.exemplaire()
    (premiere, *_) = [x for x in examiner(message, "« Signé » Ville de Lille") if x.manque]
    assert "ne dit pas" in premiere.manque
