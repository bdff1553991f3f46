"""The acts of the language that trouble a product: set by a life, they strike the letters to one that really listens, and are recorded."""

from datetime import datetime, timedelta
from itertools import count

import pytest

from fps.kit.ground.clock import PARIS
from fps.parties import Party
from fps_simulateur.enregistrement.transcription import Transcription
from fps_simulateur.joueur import Deroulement, VieFausse
from fps_simulateur.langue.modele import Etape, Vie
from fps_simulateur.langue.pannes import SERVICES
from fps_simulateur.pilote import gestes
from fps_simulateur.pilote.world import World
from tests.parler.editeur import Editeur

pytestmark = pytest.mark.asyncio(loop_scope="session")
START = datetime(2026, 6, 12, 20, 0, tzinfo=PARIS)
SIRET = "21590350100017"
RANGS = count(1)


async def ouvrir(monde: World) -> Deroulement:
    """A bac, and a life that begins in it."""
    nom = f"langue-pannes-{next(RANGS)}"
    await monde.pilot.creer(nom, START, graine="pannes")
    return Deroulement(monde, Vie.model_construct(vie="essai", titre="", depart=START.date(), ville="lille", etapes=()), nom)


async def posees(jeu: Deroulement) -> list[tuple[str, str]]:
    """Where faults are set, and their names."""
    found = {p: (await jeu.monde.pilot.demander(p, "GET", f"/pilotage/bacs/{jeu.bac}/pannes")).json() for p in SERVICES}
    return [(p.value, une["nom"]) for p, unes in found.items() for une in unes]


async def test_a_life_sets_a_fault_that_strikes_the_letters_to_the_product_and_takes_it_away(monde: World, editeur: Editeur) -> None:
    jeu = await ouvrir(monde)
    await monde.pilot.demander(
        Party.ANTAI, "PUT", f"/pilotage/bacs/{jeu.bac}/destinations/{SIRET}", {"mode": "adresse", "adresse": editeur.adresse}
    )
    await jeu.etape(Etape(acte="établir un FPS"))
    panne = {"panne": "indisponible", "type": "05.fps-paye-minore", "secondes": 60, "fois": 2}
    await jeu.etape(Etape(acte="poser une panne", avec=panne))
    assert await posees(jeu) == [("antai", "indisponible")]
    await jeu.etape(Etape(acte="payer le FPS", avec={"montant": 2450, "moyen": "internet"}, le=START.date() + timedelta(days=1)))
    assert [r.corps for r in editeur.recues if b"2450" in r.corps] == []
    await monde.pilot.conduire(jeu.bac, START + timedelta(days=2))  # its second try
    await monde.pilot.conduire(jeu.bac, START + timedelta(days=2, minutes=2))
    assert len([r for r in editeur.recues if b"2450" in r.corps]) == 1
    await jeu.etape(Etape(acte="lever une panne", avec={"regle": "indisponible", "service": "antai"}))
    assert await posees(jeu) == []


async def test_a_fault_without_a_type_of_letter_is_set_at_the_three_services_and_recorded_as_it_was_set(monde: World) -> None:
    jeu = await ouvrir(monde)
    await jeu.etape(Etape(acte="poser une panne", avec={"panne": "reponse-perdue", "regle": "nuit", "part": 50, "graine": "7"}))
    assert await posees(jeu) == [("antai", "nuit"), ("dgfip", "nuit"), ("ccsp", "nuit")]
    await jeu.etape(Etape(acte="poser une panne", avec={"panne": "refus-503", "type": "11.fps-impaye"}, refus=None))
    assert ("antai", "refus-503") in await posees(jeu)  # its receiver, who answers
    await jeu.etape(Etape(acte="lever une panne", avec={"regle": "aucune", "service": "ccsp"}, refus="panne-inconnue"))
    copie = f"{jeu.bac}-bis"
    async with gestes.lire(monde.pilot, jeu.bac) as lus:
        transcription = Transcription(monde, lus, "relue", copie)
        await gestes.revivre(monde.pilot, lus, copie, START, transcription.noter)
    assert transcription.perdus == []
    attendu = {"panne": "reponse-perdue", "part": 50, "graine": "7", "regle": "nuit"}
    assert [e["avec"] for e in transcription.etapes[:3]] == [attendu | {"service": s} for s in ("antai", "dgfip", "ccsp")]


@pytest.mark.parametrize(
    ("acte", "avec", "dit"),
    [
        ("poser une panne", {"panne": "indisponible", "service": "antay"}, "vouliez-vous dire « antai »"),
        ("poser une panne", {"panne": "indisponible", "type": "05.fps-payé"}, "vouliez-vous dire « 05.fps-paye »"),
        ("poser une panne", {"panne": "refus-503", "type": "05.fps-paye"}, "ne frappe pas cette lettre"),
        ("poser une panne", {}, "demande « panne »"),
        ("lever une panne", {}, "demande « regle »"),
    ],
)
async def test_a_fault_that_is_ill_said_is_told_with_the_nearest_word(monde: World, acte: str, avec: dict[str, str], dit: str) -> None:
    jeu = Deroulement(monde, Vie.model_construct(vie="essai", titre="", depart=START.date(), ville="lille", etapes=()), "aucun")
    with pytest.raises(VieFausse, match=dit):
        await jeu.etape(Etape(acte=acte, avec=avec))
