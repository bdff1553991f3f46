"""The usagers who behave: what is said of them happens by itself while the time advances, once, whoever advances the bac."""

import contextlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from fps.kit.ground.clock import PARIS
from fps.messages.rapo import DecisionRapo
from fps.parties import Party
from fps_simulateur.client import asynchrone
from fps_simulateur.couverture.parcours import refuses
from fps_simulateur.langue.modele import Etape
from fps_simulateur.pilote.world import World
from fps_simulateur.usagers.conduite import Agenda
from fps_simulateur.usagers.conduites import lire, phrases
from tests.kit.test_temps_du_produit import habiliter, porte
from tests.parler.editeur import Editeur

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
    assert not {"demande-regularisation", "renonciation"} & {x["acte"] for x in juge}, "of a rejection by silence, whose day it is told"
    assert (await monde.pilot.etat(bac.nom))["usagers"] == 0
    await bac.verifier()


async def test_a_sentence_that_nobody_knows_is_told_with_the_nearest_one() -> None:
    assert {phrase.conduite.replace("{n}", "6") for phrase in phrases()} >= {"jamais", "paie à J+6", "NPAI"}
    with pytest.raises(ValueError, match="paie à J"):
        lire("paye à J+6")
    with pytest.raises(ValueError, match="conduite d'un usager"):
        Etape(acte="établir un FPS", usager="dort")


async def test_a_gesture_that_was_cut_before_its_note_is_done_once(monde: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bac = await asynchrone.Monde(monde, "coupes").bac()
    dossier = await bac.etablir("npai", plaque="AB-150-CD", usager="NPAI")
    autre = await bac.etablir("autre", plaque="AB-151-CD", usager="chèque sans provision")
    noter, coupes = Agenda._noter, list[str]()

    async def coupe(agenda: Agenda, usager: dict[str, Any], gestes: int, *, fini: bool) -> None:
        if usager["numero"] not in coupes:  # the act is done, who advances is killed
            coupes.append(usager["numero"])
            raise ConnectionResetError
        await noter(agenda, usager, gestes, fini=fini)

    monkeypatch.setattr(Agenda, "_noter", coupe)
    for _ in range(3):
        with contextlib.suppress(ConnectionResetError):
            await monde.pilot.avancer(bac.nom, DEPART + timedelta(days=60))
    assert len(coupes) == 2 and (await monde.pilot.etat(bac.nom))["usagers"] == 0
    rendus = [x for x in await dossier.journal() if x["acte"] == "pli-non-distribue"]
    payes = [x for x in await autre.journal() if x["acte"] in ("paiement", "cheque-impaye") and x["service"] == "antai"]
    assert len(rendus) == 1 and len(payes) == 2
    assert not await refuses(monde.pilot, bac.nom), "it got the answer of the first time"


async def test_who_contests_before_a_product_goes_to_court_after_its_decision_or_its_silence(monde: World, editeur: Editeur) -> None:
    bac = await asynchrone.Monde(monde, "contestent").bac()
    dossiers = [await bac.etablir(f"p{n}", plaque=f"AB-16{n}-CD", usager="RAPO puis juge") for n in range(2)]
    siret = dossiers[0].numero[:14]
    await monde.pilot._call(
        Party.ANTAI, "PUT", f"/bacs/{bac.nom}/destinations/{siret}", json={"mode": "adresse", "adresse": editeur.adresse}
    )
    await monde.pilot.avancer(bac.nom, DEPART + timedelta(days=25))
    assert len([r for r in editeur.recues if b'"expose"' in r.corps]) == 2, "each posted its RAPO to the product"
    jour = (DEPART + timedelta(days=30)).date()
    decision = DecisionRapo.example | {"numero_fps": dossiers[0].numero, "siret": siret, "date_decision": jour, "date_envoi": jour}
    lui = await habiliter(monde, bac.nom)
    await monde.pilot.avancer(bac.nom, DEPART + timedelta(days=30))
    remis = {"siret": siret, "type": DecisionRapo.type, "contenu": json.loads(json.dumps(decision, default=str))}
    assert (await porte(monde, bac.nom, lui, "POST", "/courriers", json=remis)).status_code == 201
    await monde.pilot.avancer(bac.nom, DEPART + timedelta(days=100))
    url = f"{monde.addresses[Party.CCSP]}/bacs/{bac.nom}/requetes?numero_fps="
    requetes = [(await monde.client.get(f"{url}{d.numero}")).json() for d in dossiers]
    depots = [r["elements"][0]["date_depot"] if r["elements"] else None for r in requetes]
    assert depots[0] == (jour + timedelta(days=10)).isoformat(), "ten days after the decision"
    assert depots[1] is not None and depots[1] > depots[0], "ten days after a month of silence"
