"""What goes wrong on purpose between the simulator and a product that really listens: by rule, by rank, by seed, and told as such."""

import copy
import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from joserfc import jws
from joserfc.jwk import KeySet

from fps.kit.boxes import pannes
from fps.kit.boxes.pannes import SENS, VERS, Genre, Regle
from fps.kit.ground.clock import PARIS
from fps.messages.mfps import CreationFps
from fps.messages.rapo import DepotRapo
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.kit.test_temps_du_produit import SIRET, habiliter, porte
from tests.parler.editeur import Editeur
from tests.parler.partie import RANGS

pytestmark = pytest.mark.asyncio(loop_scope="session")
START = datetime(2026, 6, 12, 20, 0, tzinfo=PARIS)
MINUTE = timedelta(minutes=2)


@pytest_asyncio.fixture(loop_scope="session")
async def bac(monde: World, editeur: Editeur) -> str:
    nom = f"pannes-{next(RANGS)}"
    await monde.pilot.creer(nom, START, graine="pannes")
    await piloter(monde, nom, "PUT", f"/destinations/{SIRET}", {"mode": "adresse", "adresse": editeur.adresse})
    return nom


async def piloter(monde: World, bac: str, methode: str, chemin: str, corps: Any = None) -> httpx.Response:
    url = f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/{bac}{chemin}"
    answer = await monde.client.request(methode, url, json=corps)
    assert answer.status_code < 300, answer.text
    return answer


async def panne(monde: World, bac: str, genre: str, **regle: Any) -> None:
    await piloter(monde, bac, "PUT", f"/pannes/{SIRET}/essai", {"panne": genre, **regle})


async def pli(monde: World, bac: str, texte: str) -> None:
    """A letter to the product; each about a dossier of its own."""
    contenu = copy.deepcopy(DepotRapo.example) | {"expose": texte, "numero_fps": f"{SIRET}{int(texte):012d}"}
    await piloter(monde, bac, "POST", f"/boites/{SIRET}/plis", {"type": DepotRapo.type, "contenu": contenu})
    await monde.pilot.au_calme(bac)


def signee(monde: World, recue: Any) -> bool:
    """Whether the product would believe this letter."""
    registre = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    cles = {"keys": [monde.services[Party.ANTAI].facteur.signataire.publique]}
    try:
        jws.deserialize_compact(recue.headers["x-jws-signature"], KeySet.import_key_set(cles), registry=registre, payload=recue.corps)  # type: ignore[arg-type]
    except Exception:
        return False
    return True


# What the product saw of one letter when it is struck once, then when its next try comes.
VUES: dict[str, tuple[int, int]] = {
    "indisponible": (0, 1),
    "retard": (0, 1),
    "erreur": (1, 2),
    "coupure": (1, 2),
    "corps-coupe": (1, 2),
    "doublon": (2, 2),
    "lenteur": (1, 1),
}


async def test_each_fault_strikes_a_letter_to_the_product_which_comes_again(monde: World, bac: str, editeur: Editeur) -> None:
    attendu = START
    for rang, (genre, (avant, apres)) in enumerate(VUES.items(), 1):
        editeur.recues.clear()
        await panne(monde, bac, genre, secondes=0.01 if genre == "lenteur" else 60)
        await pli(monde, bac, str(rang))
        vues = len(editeur.recues)
        attendu += MINUTE
        await monde.pilot.avancer(bac, attendu)
        assert (vues, len(editeur.recues)) == (avant, apres), genre
        assert len(set(editeur.ids)) == 1 and json.loads(editeur.recues[-1].corps)["expose"] == str(rang)
        if genre == "corps-coupe":
            assert len(editeur.recues[0].corps) < len(editeur.recues[1].corps)
        assert all(signee(monde, recue) for recue in editeur.recues[-1:])
        (lettre,) = [x for x in await boite(monde, bac) if x["sujet"].endswith(f"{rang:012d}")]
        assert lettre["etat"] == "acquittee" and "panne simulée « essai »" in lettre["tentatives"][0]["cause"]
        assert "panne-simulee" in [x["acte"] for x in await monde.pilot.journal(bac, lettre["sujet"])]


async def boite(monde: World, bac: str) -> list[dict[str, Any]]:
    lettres: list[dict[str, Any]] = (await piloter(monde, bac, "GET", f"/boites/{SIRET}")).json()["lettres"]
    return lettres


async def test_a_letter_that_was_altered_or_signed_by_a_stranger_is_not_to_be_believed(monde: World, bac: str, editeur: Editeur) -> None:
    for rang, genre in enumerate(("corps-altere", "cle-inconnue"), 1):
        editeur.recues.clear()
        await panne(monde, bac, genre)
        await pli(monde, bac, str(rang))
        assert [signee(monde, recue) for recue in editeur.recues] == [False], genre
        assert (json.loads(editeur.recues[0].corps)["numero_fps"] != f"{SIRET}{rang:012d}") is (genre == "corps-altere")


async def test_the_rank_and_the_seed_choose_the_letters_the_same_each_time(
    monde: World, bac: str, editeur: Editeur, monkeypatch: pytest.MonkeyPatch
) -> None:
    await panne(monde, bac, "retard", rang=2, secondes=60)
    for rang in (1, 2, 3):
        await pli(monde, bac, str(rang))
    assert [json.loads(r.corps)["expose"] for r in editeur.recues] == ["1", "3"]
    regle = Regle(panne=Genre.RETARD, part=30, graine="7")
    frappees = [n for n in range(200) if regle.frappe("essai", "pannes", str(n))]
    assert 30 < len(frappees) < 90 and frappees == [n for n in range(200) if regle.frappe("essai", "pannes", str(n))]
    assert frappees != [n for n in range(200) if regle.model_copy(update={"graine": "8"}).frappe("essai", "pannes", str(n))]
    await piloter(monde, bac, "DELETE", f"/pannes/{SIRET}/essai")
    assert (await piloter(monde, bac, "GET", "/pannes")).json() == []
    url = f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/{bac}/pannes/{SIRET}"
    assert (await monde.client.delete(f"{url}/essai")).json()["code"] == "panne-inconnue"
    monkeypatch.setattr(pannes, "PLACES", 0)
    assert (await monde.client.put(f"{url}/essai", json={"panne": "erreur"})).json()["code"] == "trop-de-pannes"


async def test_the_answers_to_what_a_product_sends_are_struck_and_nothing_is_doubled(monde: World, bac: str) -> None:
    lui = await habiliter(monde, bac)
    cle = {"Idempotency-Key": "creation-1"}
    for genre, statut, code in (
        ("refus-503", 503, "panne-simulee"),
        ("certificat-revoque", 403, "certificat-revoque"),
        ("reponse-perdue", 500, "panne-simulee"),
    ):
        await panne(monde, bac, genre, secondes=3)
        answer = await porte(monde, bac, lui, "POST", CreationFps.path, json=CreationFps.example, headers=cle)
        assert (answer.status_code, answer.json()["code"]) == (statut, code), answer.text
        if genre == "refus-503":
            assert answer.headers["retry-after"] == "3"
    encore = await porte(monde, bac, lui, "POST", CreationFps.path, json=CreationFps.example, headers=cle)
    assert encore.status_code == 200 and encore.headers["idempotency-replayed"] == "true", "what was lost had been done, once"
    dites = [x for x in await monde.pilot.audit(bac) if x["acte"] == "panne" and x["qui"] == "produit"]
    assert [x["details"]["panne"] for x in dites] == ["refus-503", "certificat-revoque", "reponse-perdue"]


async def test_an_answer_that_is_cut_leaves_the_connection_and_the_work_done(monde: World, bac: str) -> None:
    lui = await habiliter(monde, bac)
    await panne(monde, bac, "reponse-coupee")
    with pytest.raises(httpx.RemoteProtocolError):
        await porte(monde, bac, lui, "POST", CreationFps.path, json=CreationFps.example, headers={"Idempotency-Key": "a"})
    encore = await porte(monde, bac, lui, "POST", CreationFps.path, json=CreationFps.example, headers={"Idempotency-Key": "a"})
    assert encore.headers["idempotency-replayed"] == "true" and encore.json()["statut"] == "accepte"


async def test_every_fault_says_what_it_does_and_what_is_expected() -> None:
    assert set(SENS) == set(Genre) and len(VERS) == 9
    with pytest.raises(ValueError, match="rang"):
        Regle(panne=Genre.REFUS_503, rang=1)
