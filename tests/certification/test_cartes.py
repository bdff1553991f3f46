"""A failure is explained: the message that was expected beside the one that came, its day, the command that does it again."""

import asyncio
import copy
import subprocess
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from fps.droit.calendar import PARIS
from fps.messages.mfps import AnnulationFps, CreationFps
from fps.parties import Party
from fps_certification.certifier import certifier
from fps_certification.execution import Demande
from fps_certification.observation import Echange
from fps_certification.plans.plan import Plan
from fps_certification.rapports.commandes import curl_du_message
from fps_certification.rapports.rapprochement import INCONNU, le_plus_proche, lignes
from fps_certification.verdict import Genre
from fps_simulateur.pilote.world import World
from tests.certification.mutants import avec
from tests.parler.editeur import Editeur

pytestmark = pytest.mark.asyncio(loop_scope="session")
EXEMPLE: Mapping[str, Any] = CreationFps.example
# What is wrong in the message, what the judge knows of it, and the lines that must be marked.
ECARTS: Mapping[str, tuple[dict[str, Any], dict[str, Any], set[tuple[str, str, str]]]] = {
    "a sum": (
        {"montant_fps": EXEMPLE["montant_fps"] + 100},
        {"montant_fps": EXEMPLE["montant_fps"]},
        {("≠", f'  "montant_fps": {EXEMPLE["montant_fps"]}', f'  "montant_fps": {EXEMPLE["montant_fps"] + 100}')},
    ),
    "a key, which the number says": ({"cle": "00"}, {"cle": None}, {("≠", f'  "cle": "{EXEMPLE["cle"]}"', '  "cle": "00"')}),
    "a field too many": ({"commentaire": "à voir"}, {}, {("+", "", '  "commentaire": "à voir"')}),
    "a field that is missing": (
        {"fin_effets": None},
        {},
        {("−", f'  "fin_effets": "{EXEMPLE["fin_effets"]}"', "")},
    ),
    "a form that is wrong": (
        {"siret": "2159"},
        {"siret": None},
        {("≠", f'  "siret": "{EXEMPLE["siret"]}"', '  "siret": "2159"')},
    ),
    "what only the town knows": (
        {"date_heure_constat": "2026-06-12T23:59:00+02:00"},
        {"date_heure_constat": None},
        {("≠", f'  "date_heure_constat": "{INCONNU}"', '  "date_heure_constat": "2026-06-12T23:59:00+02:00"')},
    ),
}


@pytest.mark.parametrize("quoi", list(ECARTS))
async def test_the_nearest_expected_message_differs_only_where_the_product_was_wrong(quoi: str) -> None:
    change, juste, marquees = ECARTS[quoi]
    recu = avec(**change)(copy.deepcopy(dict(EXEMPLE)))
    attendu = le_plus_proche(CreationFps, recu, juste)
    assert {un for un in lignes(attendu, recu) if un[0] != "="} == marquees
    if INCONNU not in str(attendu):
        CreationFps.model_validate(attendu)


async def test_a_body_that_is_no_json_is_beside_the_example_of_the_message() -> None:
    marques = {m for m, _, _ in lignes(le_plus_proche(AnnulationFps, None, {}), '{"numero_fps": "215')}
    assert marques <= {"≠", "−"} and "−" in marques


@pytest.mark.parametrize(
    ("corps", "octets"), [('{"motif": "l\'été d\'$HOME"}', '{"motif": "l\'été d\'$HOME"}'.encode()), ("base64:/+8=", b"\xff\xef")]
)
async def test_the_command_of_a_card_sends_the_same_bytes_to_the_same_door(editeur: Editeur, corps: str, octets: bytes) -> None:
    instant = datetime(2024, 1, 2, 20, tzinfo=PARIS)
    entetes = {"content-type": "application/json", "idempotency-key": "k-1", "user-agent": "produit"}
    echange = Echange(Party.ANTAI, 1, instant, instant, "produit", "POST", "/flux/01/annulation?a=1&b=2", entetes, corps, 422, {}, "{}")
    done = await asyncio.to_thread(
        subprocess.run,
        ["bash", "-c", curl_du_message(echange)],
        env={"PATH": "/usr/bin:/bin", "ANTAI": editeur.adresse, "BAC": "mien"},
        capture_output=True,
        check=False,
        timeout=30,
    )
    recue = editeur.recues[-1]
    assert done.returncode == 0 and recue.corps == octets, done.stderr
    assert recue.url.endswith("/bacs/mien/flux/01/annulation")
    assert (recue.headers["idempotency-key"], recue.headers["content-type"]) == ("k-1", "application/json")


async def test_a_message_that_was_expected_and_did_not_come_is_a_failure_of_its_own_with_its_day(
    monde: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def oublier(*donnes: Any) -> None:
        """Accept the RAPO, and tell nobody."""

    monkeypatch.setattr("collectivite.actes.rapo._accepter", oublier)
    plan = Plan(plan="essai", titre="Un RAPO accepté sans suite", epreuves=("rapo-accepte",), exigences=("EX-304",))
    found = (await certifier(Demande(plan, "non-recu"), monde.client, monde.addresses, monde.token)).rapport
    [carte] = found.exigences[0].echecs
    etape = next(e for e in found.epreuves[0].etapes if not e.bon)
    assert (carte.genre, carte.le, carte.echange) == (Genre.MESSAGE_NON_RECU, etape.le, None)
    assert "annulation (flux 1)" in carte.attendu and carte.recu.startswith("aucun message ne nous est parvenu le ")
    assert {un.marque for un in carte.comparaison} == {"−"} and '"motif": "Le véhicule était en règle."' in str(carte.comparaison)
    assert carte.rejouer == "fps rejouer non-recu#rapo-accepte" and "decider-rapo" in carte.curl
