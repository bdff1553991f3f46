"""No value of any address, form or body of the console is a fault of ours, and no date that a command is given either."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import Route

import fps_console.web
from fps_console.web.app import application
from fps_console.web.champs import Champ, _lire
from fps_console.web.chantiers import quitter_les_chantiers
from fps_console.web.formes import Saisie
from fps_console.web.seances import lien
from fps_simulateur.pilote.world import World
from tests.console.simulator import here
from tests.console.test_pages import BASE, establish
from tests.console.test_pages_formes import Forme

pytestmark = [pytest.mark.xdist_group("pages"), pytest.mark.asyncio(loop_scope="session")]
# As in an address: a character of no text, a number of thousands of digits, a digit that is none with another address in it.
ADRESSES = ("a%00b", "1" * 4400, "%C2%B2%3Fa=1%23")
SAISIES = ("a\0b", "1" * 4400, "²", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31")
CORPS = (
    '{"a":"\\ud800"}', '{"jusqua":"\\ud800"}', '{"a":"titre","dossier":"\\ud800"}', '{"de":"P1D","de":"P1D"}', '{"de":"P1D","attente":NaN}',
    '{"jusqua":"0001-01-01T00:00:00+14:00"}', '{"jusqua":"9999-12-31T23:59:59-14:00"}', '{"jusqua":"9999-12-31"}', '{"de":"P9999Y"}',
    '{"siret":"21690123100011","nom":"\\ud800"}', '{"siret":"21690123100011","nom":"a\\u0000b"}', "[" * 5_000,
    f'{{"attente":{"1" * 4_500}}}', f'{{"de":"P{"9" * 3_000}D"}}', "\0",
)  # fmt: skip
ARRETS = ("/suppression", "/fermer")  # what ends the bac or the session of this test
DEMANDES = re.compile(r"""(?:query_params|demande)(?:\.get\(|\[)"(\w+)\"""")


def chemins(app: Any) -> Iterator[Route]:
    while not hasattr(app, "routes"):
        app = getattr(app, "app", None) or next(cell.cell_contents for cell in app.__closure__ if callable(cell.cell_contents))
    yield from (route for route in app.routes if isinstance(route, Route))


async def test_no_value_of_any_door_of_the_console_is_a_fault_of_ours(defaut: World, tmp_path: Path) -> None:
    app, fautes, essais = application(defaut.pilot, defaut.client, defaut.addresses, donnees=tmp_path), [], 0
    vrais = {"bac": "defaut", "numero": await establish(defaut), "siret": "21590350100017", "service": "antai", "acte": "payer-fps"}
    sources = Path(fps_console.web.__file__).parent.rglob("*.py")
    noms = sorted({nom for source in sources for nom in DEMANDES.findall(source.read_text("utf-8"))} | {"instant", "immatriculation"})
    assert len(noms) > 10
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        await client.get(lien("", defaut.token))

        async def essayer(method: str, url: str, **options: Any) -> None:
            nonlocal essais
            essais += 1
            answer = await client.request(method, url, **options)
            await quitter_les_chantiers()  # one of the doors draws the whole catalogue
            if answer.status_code >= 500:
                fautes.append((method, url[:90], str(options)[:90], re.findall(r"Une faute du simulateur \((\w+)\)", answer.text)))

        for route in chemins(app):
            mots = re.findall(r"\{(\w+)", route.path)

            def adresse(valeurs: dict[str, str], path: str = route.path) -> str:
                return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: valeurs.get(m[1], "x"), path)

            vrai, pilote = adresse(vrais), route.path.startswith("/pilotage")
            headers = {"Authorization": f"Bearer {defaut.token}"} if pilote else {}
            for method in sorted((route.methods or set()) - {"HEAD"}):
                for mot in mots:
                    for hostile in ADRESSES:
                        await essayer(method, adresse({**vrais, mot: hostile}), headers=headers)
                if method == "GET" and not pilote:
                    for hostile in (ADRESSES[0], ADRESSES[2], "1" * 2000, "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59"):
                        await essayer(method, f"{vrai}?{'&'.join(f'{nom}={hostile}' for nom in noms)}"[:60_000])
                if method == "POST" and pilote:
                    for corps in CORPS:
                        await essayer(method, vrai, content=corps, headers={**headers, "Content-Type": "application/json"})
                if method == "POST" and not pilote and not vrai.endswith(ARRETS):
                    donnees = Forme((await client.get(vrai)).text, vrai.rpartition("/")[2]).donnees
                    for hostile in SAISIES:
                        await essayer(method, vrai, data={**donnees, **{nom: hostile for nom in donnees if nom not in ("jeton", "cle")}})
    assert essais > 500
    assert not fautes, "\n".join(map(str, fautes))


@pytest.mark.parametrize("genre", ["texte", "entier", "euros", "instant", "date", "json", "lignes", "choix"])
async def test_what_is_typed_in_a_field_can_always_be_sent_or_is_said_to_be_wrong(genre: str) -> None:
    for texte in (*SAISIES, '"\\ud800"', "NaN", "-Infinity", "1e999", "[" * 50_000, '{"a":1,"a":2}', "1" * 5_000, "12" * 3 + "²", "{}"):
        try:
            lu = _lire(Champ("mot", "Mot", genre), Saisie({"mot": texte}))
        except ValueError as error:
            assert str(error).startswith("Écrivez "), (texte[:40], error)
        else:
            json.dumps(lu, allow_nan=False, ensure_ascii=False).encode()


async def test_a_date_that_no_calendar_holds_is_said_in_words_by_the_commands(defaut: World) -> None:
    for typed in (
        *(("advance", "--jusqua", le) for le in SAISIES[3:]),
        *(("bac", "creer", "loin", "--le", le) for le in SAISIES[3:]),
        ("advance", "--to", "9999-12-31T23:59:59-14:00"),
        ("advance", "--de", f"P{'9' * 5_000}D"),
    ):
        found = here(*typed, "--json", FPS_PILOTAGE_TOKEN="mot")
        assert found.returncode in (1, 2) and json.loads(found.stdout)["code"] != "erreur-imprevue", (typed, found.stdout)
