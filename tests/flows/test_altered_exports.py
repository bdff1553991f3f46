"""An export that somebody altered: refused with the path of its fault and nothing stored, or taken and nothing it shows is broken."""

import copy
import json
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from fps.kit.engine.bacs import tables_of
from fps.kit.ground.clock import paris
from fps.messages.mfps import CreationFps
from fps.messages.rapo import DepotRapo
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.world import World
from tests.parler.exports import ecrit, lu
from tests.parler.partie import bac_neuf

pytestmark = pytest.mark.asyncio(loop_scope="session")
SEED, NUMBER = 20261127, 120
HOSTILE: tuple[Any, ...] = (
    None, "", "x", "inconnu", 2**70, 2**62, -1, 0, 1.5, True, [], {}, "\ud800", "a\0b", "a\u202eb", "[]", "{}", "null", "2026-13-01",
    "1718222400", "0001-01-01T00:00:00+14:00", "9999-12-31", "9999-12-31T23:59:59+00:00", "2026-06-15T10:00:00", "1" * 5_000,
)  # fmt: skip
LISTS = {
    Party.ANTAI: ("/dossiers", "/titres", "/infocentre/statistiques"),
    Party.DGFIP: ("/prises-en-charge", "/reversements"),
    Party.CCSP: ("/requetes",),
    Party.COLLECTIVITE: ("/fps", "/rapos", "/communes"),
}


def altered(export: dict[str, Any], chance: random.Random) -> tuple[str, dict[str, Any]]:
    """The export with one thing changed, and what it is."""
    found = copy.deepcopy(export)
    table = chance.choice([name for name, one in found["tables"].items() if one["lignes"]])
    one = found["tables"][table]
    rank = chance.randrange(len(one["lignes"]))
    what = chance.choice(("valeur",) * 8 + ("voisine", "double", "ligne", "colonne", "table", "forme"))
    if what in ("valeur", "voisine"):
        place = chance.randrange(len(one["colonnes"]))
        value = chance.choice(HOSTILE) if what == "valeur" else chance.choice(one["lignes"])[chance.randrange(len(one["colonnes"]))]
        one["lignes"][rank][place] = value
        return f"{table}.{rank}.{one['colonnes'][place]} = {str(value)[:40]!r}", found
    if what == "double":
        one["lignes"].append(one["lignes"][rank])
    elif what == "ligne":
        one["lignes"][rank] = chance.choice(([], None, one["lignes"][rank][1:], {"a": 1}))
    elif what == "colonne":
        one["colonnes"][0] = chance.choice(("autre", one["colonnes"][-1], 3, None))
    elif what == "table":
        found["tables"][chance.choice((table, "autre"))] = chance.choice((None, [], {}, "x"))
    else:
        found[chance.choice(tuple(found))] = chance.choice((None, [], "x", 1))
    return f"{what} {table}", found


def numbered(export: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The export with a dossier whose number is none: its column takes any text, its page cannot show it."""
    found = copy.deepcopy(export)
    dossiers = found["tables"]["dossiers"]
    dossiers["lignes"][0][dossiers["colonnes"].index("numero")] = "x"
    return "dossiers.0.numero = 'x'", found


async def addresses(world: World, party: Party, bac: str) -> Iterator[str]:
    """What one looks at in a bac that was taken back."""
    shown = [f"/bacs/{bac}{path}" for path in LISTS[party]]
    for path in LISTS[party][:1]:
        answer = await world.client.get(f"{world.addresses[party]}/bacs/{bac}{path}")
        lines = answer.json().get("elements", []) if answer.status_code == 200 else []
        shown += [f"/bacs/{bac}{path}/{line.get('numero') or line.get('numero_fps')}" for line in lines]
    pilot = f"/pilotage/bacs/{bac}"
    shown += [pilot, f"{pilot}/journal", f"{pilot}/audit", f"{pilot}/soldes", f"{pilot}/lettres-mortes", f"{pilot}/export"]
    shown += [
        f"{pilot}/releve",
        f"{pilot}/releve/dossiers",
        f"{pilot}/releve/entrees",
        f"{pilot}/journal/{CreationFps.example['numero_fps']}/verification",
    ]
    shown.append(f"{pilot}/courriers?sujet={CreationFps.example['numero_fps']}")
    return iter(shown)


async def test_an_altered_export_is_refused_whole_or_breaks_nothing(monde: World) -> None:
    bac = await bac_neuf(monde, date(2026, 6, 15))
    antai, ville = (f"{monde.addresses[p]}/bacs/{bac}" for p in (Party.ANTAI, Party.COLLECTIVITE))
    vehicule = {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "modele": "Clio", "categorie": "voiture"}
    demande = {"siret": "21590350100017", "zone": "rouge", "voie": "12 rue de l'Exemple", "vehicule": vehicule, "agent": "0072"}
    assert (await monde.client.post(f"{ville}/fps", json=demande)).status_code == 201
    assert (await monde.client.post(f"{antai}{CreationFps.path}", json=CreationFps.example)).status_code == 200
    await monde.client.post(f"{ville}{DepotRapo.path}", json=DepotRapo.example)
    await monde.pilot.avancer(bac, paris(date(2026, 10, 20)))
    chance, wrong, taken = random.Random(SEED), [], 0
    exports = {p: lu((await monde.client.get(f"{monde.addresses[p]}/pilotage/bacs/{bac}/export")).content) for p in SERVICES}
    for party in SERVICES:
        for forme in (False, True):  # as it was, it is taken back
            assert (await take(monde, party, f"{bac}-r{forme:d}", exports[party], flot=forme)).status_code == 201
    for rank in range(NUMBER):
        party = chance.choice(SERVICES)
        what, export = altered(exports[party], chance) if rank else numbered(exports[Party.ANTAI])
        party = party if rank else Party.ANTAI
        nom = f"{bac}-{rank}"
        flot = bool(rank % 2) and not what.startswith(("table", "forme"))  # of which a stream has no such thing
        answer = await take(monde, party, nom, export, flot=flot)
        if answer.status_code == 201:
            taken += 1
            for path in await addresses(monde, party, nom):
                page = await monde.client.get(f"{monde.addresses[party]}{path}")
                if page.status_code >= 500:
                    wrong.append(f"{party} {what} : taken, then {path} is {page.status_code}")
            await monde.client.delete(f"{monde.addresses[party]}/pilotage/bacs/{nom}")
        elif answer.status_code not in (400, 422) or not answer.json()["detail"]:
            wrong.append(f"{party} {what} : {answer.status_code}")
        elif await stored(monde, party, nom):
            wrong.append(f"{party} {what} : refused, and half stored")
    assert not wrong, "\n".join(wrong)
    assert 0 < taken < NUMBER / 2


async def take(world: World, party: Party, nom: str, export: Any, *, flot: bool = False, **headers: str) -> Any:
    """Import a document of the first version, or the stream that says the same, sealed anew."""
    text = ecrit(export) if flot else json.dumps(export).encode()  # a lone surrogate is written as an escape
    kind = "application/x-ndjson" if flot else "application/json"
    url = f"{world.addresses[party]}/pilotage/bacs/{nom}/import"
    return await world.client.post(url, content=text, headers={"Content-Type": kind, **headers})


async def test_an_import_is_done_once_bounded_and_of_a_known_form(monde: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bac = await bac_neuf(monde, date(2026, 6, 15))
    url, cle = f"{monde.addresses[Party.CCSP]}/pilotage/bacs", {"Idempotency-Key": f"{bac}-cle"}
    export = lu((await monde.client.get(f"{url}/{bac}/export")).content)
    repris = [await take(monde, Party.CCSP, f"{bac}-k", export, flot=True, **cle) for _ in range(2)]
    assert [r.status_code for r in repris] == [201, 201] and repris[0].content == repris[1].content
    assert repris[1].headers["Idempotency-Replayed"] == "true"
    autre = await take(monde, Party.CCSP, f"{bac}-k", {**export, "bac": "autre"}, flot=True, **cle)
    assert (autre.status_code, autre.json()["code"]) == (422, "cle-idempotence-reutilisee")
    encore = await take(monde, Party.CCSP, f"{bac}-k", export, flot=True)
    assert (encore.status_code, encore.json()["code"]) == (409, "bac-existant")
    absent = await monde.client.get(f"{url}/{bac}-absent/export")
    assert (absent.status_code, absent.json()["code"]) == (404, "bac-inconnu")
    sans = await monde.client.post(f"{url}/{bac}-s/import", content=b"x")
    assert (sans.status_code, sans.json()["code"]) == (415, "type-de-contenu")
    monkeypatch.setattr(monde.services[Party.CCSP].service.settings, "import_mio", 1)
    long = await monde.client.post(
        f"{url}/{bac}-l/import", content=b" " * (1 << 20) + b"x", headers={"Content-Type": "application/x-ndjson"}
    )
    assert (long.status_code, long.json()["code"]) == (413, "corps-trop-grand")


async def stored(world: World, party: Party, nom: str) -> bool:
    service = world.services[party].service
    async with service.database.read() as tx:
        for table in tables_of(service):
            if (await tx.select(select(func.count()).select_from(table).where(table.c.bac == nom)))[0][0]:
                return True
    return False
