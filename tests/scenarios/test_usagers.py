"""The usagers who behave: what is said of them happens by itself while the time advances, once, whoever advances the bac."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from fps.kit.ground.clock import PARIS
from fps_simulateur.client import asynchrone
from fps_simulateur.langue.modele import Etape
from fps_simulateur.pilote.world import World
from fps_simulateur.usagers.conduites import lire, phrases

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEPART = datetime(2024, 1, 2, 20, 0, tzinfo=PARIS)
# What ANTAI says in the end, and the acts of the journal that nobody asked for.
FINS: dict[str, tuple[str, set[str]]] = {
    "jamais": ("titre-emis", {"emission-titre"}),
    "paie à J+6": ("paye-minore", {"paiement-rapide", "paiement", "paiement-minore"}),
    "paie à la notification+40": ("paye", {"paiement"}),
    "paie l'avertissement à J+5": ("titre-paye", {"titre-paye"}),
    "chèque sans provision": ("titre-emis", {"cheque-impaye"}),
    "RAPO puis juge": ("titre-emis", {"rejet-implicite-rapo"}),
    "a vendu le véhicule": ("titre-emis", {"rejet-implicite-rapo"}),
    "NPAI": ("titre-emis", {"pli-non-distribue"}),
    "paie deux fois": ("paye-minore", {"double-paiement"}),
}


async def test_each_usager_does_by_himself_what_is_said_of_him(monde: World) -> None:
    bac = await asynchrone.Monde(monde, "usagers").bac()
    dossiers = {}
    for rang, phrase in enumerate(FINS):
        dossiers[phrase] = await bac.etablir(f"d{rang}", plaque=f"AB-{rang + 100}-CD", usager=phrase)
    # In three advances, the second of which is asked twice: nothing is done twice.
    for jours in (12, 60, 60, 250):
        await monde.pilot.avancer(bac.nom, DEPART + timedelta(days=jours))
    dits: dict[str, Any] = {}
    for phrase, (_, actes) in FINS.items():
        faits = {x["acte"] for x in await dossiers[phrase].journal()}
        dits[phrase] = (await dossiers[phrase].etat(), bool(faits & actes))
    assert dits == {phrase: (etat, True) for phrase, (etat, _) in FINS.items()}
    juge = [x for x in await dossiers["RAPO puis juge"].journal() if x["service"] == "ccsp"]
    assert juge, "the court was seized"
    assert (await monde.pilot.etat(bac.nom))["usagers"] == 0
    await bac.verifier()


async def test_a_sentence_that_nobody_knows_is_told_with_the_nearest_one() -> None:
    assert {phrase.conduite.replace("{n}", "6") for phrase in phrases()} >= {"jamais", "paie à J+6", "NPAI"}
    with pytest.raises(ValueError, match="paie à J"):
        lire("paye à J+6")
    with pytest.raises(ValueError, match="conduite d'un usager"):
        Etape(acte="établir un FPS", usager="dort")
