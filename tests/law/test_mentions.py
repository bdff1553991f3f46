"""The mandatory mentions of a collectivité's letters: one that is taken out of the text or of the message is seen."""

import copy
from typing import Any

from fps.messages.avis_collectivite import AvisPaiementCollectivite
from fps.messages.rapo import AccuseReceptionRapo, DecisionRapo
from fps.regles.mentions import examiner

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


def test_a_mention_that_is_taken_out_is_seen() -> None:
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
