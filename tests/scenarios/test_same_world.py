"""The same lives give the same journal, byte for byte, whatever carries the letters and keeps the cases."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fps.kit.ground.clock import PARIS
from fps.messages.paiement import PaiementFps, PaiementTitre
from fps.parties import SERVICES, Party
from tests.parler.mondes import WAYS, Monde, ouvrir

START = datetime(2026, 6, 12, 20, 0, tzinfo=PARIS)
LILLE: dict[str, Any] = {
    "siret": "21590350100017",
    "zone": "rouge",
    "voie": "12 rue de l'Exemple",
    "vehicule": {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "categorie": "voiture"},
    "agent": "0072",
    "date_heure_constat": "2026-06-12T19:00:00+02:00",  # in Paris parking is free from eight in the evening
}
PARIS_UN = LILLE | {"siret": "21750001600019", "zone": "1", "voie": "1 rue de l'Exemple", "agent": "0999"}


async def establish(world: Monde, bac: str, body: dict[str, Any]) -> str:
    response = await world.post(Party.COLLECTIVITE, bac, "/fps", body)
    assert response.status_code == 201, response.text
    numero: str = response.json()["numero"]
    return numero


async def pay(world: Monde, bac: str, numero: str, montant: int) -> None:
    forfait = await world.get(Party.COLLECTIVITE, bac, f"/fps/{numero}")
    plaque = forfait["vehicule"]["immatriculation"]
    body = {"numero_telepaiement": forfait["telepaiement"], "immatriculation": plaque, "moyen": "internet", "montant": montant}
    response = await world.post(Party.ANTAI, bac, PaiementFps.path, body)
    assert response.status_code == 200, response.text


async def pay_title(world: Monde, bac: str, numero: str) -> None:
    charge = await world.get(Party.DGFIP, bac, f"/prises-en-charge/{numero}")
    body = {
        "numero_fps": numero,
        "numero_telepaiement": charge["numero_telepaiement"],
        "moyen": "internet",
        "montant": charge["a_payer"],
    }
    response = await world.post(Party.DGFIP, bac, PaiementTitre.path, body)
    assert response.status_code == 200, response.text


async def states(world: Monde, bac: str, numero: str) -> tuple[str, str]:
    """What ANTAI and the collectivité say of a dossier."""
    dossier = await world.get(Party.ANTAI, bac, f"/dossiers/{numero}")
    return dossier["etat"], (await world.get(Party.COLLECTIVITE, bac, f"/fps/{numero}"))["etat"]


async def lives(world: Monde, bac: str) -> dict[str, Any]:
    """Four dossiers: paid minored, paid at the full amount on the last day, title paid with the rebate, title never paid."""
    await world.pilot.creer(bac, START, graine="meme-graine")
    minored, full = await establish(world, bac, PARIS_UN), await establish(world, bac, LILLE)
    autre = {"vehicule": {**LILLE["vehicule"], "immatriculation": "AB-124-CD"}}
    rebate, unpaid = await establish(world, bac, LILLE | autre), await establish(world, bac, PARIS_UN | autre)
    await world.pilot.avancer(bac, START + timedelta(days=5))
    await pay(world, bac, minored, 5250)
    limit = (await world.get(Party.ANTAI, bac, f"/dossiers/{full}"))["date_limite_paiement"]
    await world.pilot.avancer(bac, datetime.fromisoformat(limit).replace(hour=23, tzinfo=PARIS))
    await pay(world, bac, full, (await world.get(Party.ANTAI, bac, f"/dossiers/{full}"))["montant"])
    await world.pilot.avancer(bac, START + timedelta(days=120))
    await pay_title(world, bac, rebate)
    await world.pilot.avancer(bac, START + timedelta(days=200))
    return {
        "journal": [
            json.dumps({k: v for k, v in line.items() if k not in ("wall_time", "position")}, ensure_ascii=False)
            for line in await world.pilot.journal(bac)
        ],
        "etats": {numero: await states(world, bac, numero) for numero in (minored, full, rebate, unpaid)},
        "courriers": [c for n in (minored, full, rebate, unpaid) for c in await world.pilot.courriers(bac, n)],
        "soldes": {s.value: x for s, x in (await world.pilot.soldes(bac)).items()},
        "comptes": (await world.pilot.etat(bac))["comptes"],
    }


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    """Filled by the first way that is run; every other must give the same."""
    return {}


@pytest.mark.xdist_group("vrai")
@pytest.mark.parametrize("way", WAYS)
async def test_the_same_lives_give_the_same_journal_byte_for_byte(way: str, tmp_path: Path, reference: dict[str, Any]) -> None:
    async with ouvrir(way, tmp_path) as world:
        found = await lives(world, "essai")
        for numero in found["etats"]:
            for service, verdict in (await world.pilot.verifier("essai", numero)).items():
                assert verdict["intacte"], (service, numero, verdict)
    comptes = found["comptes"]
    assert comptes["ecrites"] == comptes["recues"] and "mortes" not in comptes and "refusees" not in comptes
    assert all(sum(soldes.values()) == 0 for soldes in found["soldes"].values())
    assert [etats[0] for etats in found["etats"].values()] == ["paye-minore", "paye", "titre-paye", "titre-emis"]
    assert len(found["journal"]) > 40 and len(found["soldes"]) == len(SERVICES)
    reference.setdefault("found", found)
    assert found["journal"] == reference["found"]["journal"]
    assert found == reference["found"]
