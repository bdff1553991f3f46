"""The short way of a request: what it answers is what the framework answers, right or wrong, at every kind of route."""

from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.exceptions import FastAPIError

from fps.kit.ground.clock import paris
from fps.kit.web.body import JsonRoute, Router
from fps.kit.web.prompt import Prompt, Reader
from fps.kit.wire.carrier import bearer
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.world import World, assemble, open_world

pytestmark = pytest.mark.asyncio(loop_scope="session")
B, JOUR = "/pilotage/bacs", date(2026, 6, 12)


async def test_the_short_way_and_the_way_of_the_framework_give_the_same_answers(monde: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bac = "prompt"
    avance = {"jeton": "d'un-essai", "qui": "essai", "cible": "2026-06-12T20:00:00+02:00"}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"{B}/{bac}", {}),
        ("GET", f"{B}/{bac}?attente=0", {}),
        ("GET", f"{B}/{bac}?attente=x", {}),
        ("GET", f"{B}/{bac}?attente=99", {}),
        ("GET", f"{B}/inconnu", {}),
        ("GET", f"{B}/{bac}/", {}),
        ("PATCH", f"{B}/{bac}", {}),
        ("GET", f"{B}/{bac}/journal?apres=0&limite=3", {}),
        ("GET", f"{B}/{bac}/journal?apres=-1&limite=0", {}),
        ("PUT", f"{B}/{bac}/avance", {"json": avance}),
        ("PUT", f"{B}/{bac}/avance", {"json": avance | {"cible": 3, "de trop": 1}}),
        ("PUT", f"{B}/{bac}/avance", {"content": b'{"jeton":1,"jeton":2}', "headers": {"Content-Type": "application/json"}}),
        ("PUT", f"{B}/{bac}/avance", {"content": b"{}", "headers": {"Content-Type": "text/plain"}}),
        ("PUT", f"{B}/{bac}/avance", {"content": b"\xff", "headers": {"Content-Type": "application/json"}}),
        ("PUT", f"{B}/{bac}/avance", {}),
        ("DELETE", f"{B}/{bac}/avance?jeton=d%27un-essai", {}),
        ("DELETE", f"{B}/{bac}/avance", {}),
        ("POST", "/flux/04-paiement/paiement-fps", {"json": {}}),
        ("GET", "/flux/04-paiement/paiement-fps", {}),
        ("GET", "/nulle-part", {}),
    ]
    given = []
    monkeypatch.setattr(Reader, "of", lambda route: None)
    async with open_world(token=monde.token) as whole:
        for world in (monde, whole):
            app = world.services[Party.ANTAI].app
            await world.pilot.creer(bac, paris(JOUR))
            network = httpx.ASGITransport(Prompt(app) if world is monde else app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=network, base_url="http://localhost", headers=bearer(world.token)) as client:
                found = [await client.request(method, url, **options) for method, url, options in asked]
            given.append([(one.status_code, sorted(one.headers.multi_items()), one.content) for one in found])
    await monde.pilot.supprimer(bac)
    assert given[0] == given[1]
    assert sorted({status for status, _, _ in given[0]}) == [200, 204, 400, 404, 405, 415, 422]


async def test_nearly_every_route_is_read_without_the_framework(monde: World) -> None:
    routes = [route for party in SERVICES for route in monde.services[party].app.routes if isinstance(route, JsonRoute)]
    others = {route.path for route in routes if Reader.of(route) is None}
    assert len(routes) > 400 and len(others) < len(routes) / 25, others  # the lists that are searched, the files


@pytest.mark.parametrize(
    "dit",
    [
        {"texte": "né à « Lille »", "nombre": 3, "taux": 2.5, "rien": None, "vrai": True, "liste": [{"a": [1, "é"]}], "vide": {}},
        {"qui": Party.ANTAI, Party.CCSP: [Party.DGFIP], 3: (1, 2)},
        {"le": JOUR, "instant": paris(JOUR), "jours": {JOUR}},
        [],
        "mot",
        None,
    ],
)
async def test_an_answer_that_no_model_describes_is_the_one_of_the_framework(dit: Any) -> None:
    router, app = Router(), FastAPI()

    @router.get("/dit", response_model=None)
    async def dire() -> Any:
        return dit

    app.router.routes.extend(router.routes)
    given = []
    for one in (app, Prompt(app)):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(one), base_url="http://localhost") as client:
            answer = await client.get("/dit")
        given.append((answer.status_code, sorted(answer.headers.multi_items()), answer.content))
    assert given[0] == given[1] and given[0][0] == 200


async def test_a_route_is_made_when_it_is_first_asked_and_what_is_wrong_with_it_is_told_each_time() -> None:
    app = assemble().services[Party.DGFIP].app
    routes = [route for route in app.routes if isinstance(route, JsonRoute)]
    assert len(routes) > 80 and faites(routes) == []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        assert (await client.get("/sante/vivant")).status_code == 200
        assert (await client.get(f"{B}/inconnu")).status_code == 503  # nothing is open
    assert faites(routes) == [f"{B}/{{nom}}"]

    async def mauvaise(quoi: Prompt) -> None:
        """A parameter that no text gives."""

    router = Router()
    router.get("/mauvaise")(mauvaise)
    for _ in range(2):
        with pytest.raises(FastAPIError):
            _ = router.routes[0].dependant  # type: ignore[attr-defined]


def faites(routes: list[JsonRoute]) -> list[str]:
    """The addresses of those whose fields are made."""
    return [route.path for route in routes if "dependant" in vars(route)]
