"""The console's route of the towns: the four services or none, a SIRET, configurations or a file; and its contract."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate

from fps.kit.ground.clock import paris
from fps.parties import SERVICES, Party
from fps.villes.defaut import MODELE
from fps_console.web.app import application
from fps_console.web.contrat import document
from fps_simulateur.pilote.pilot import Pilot
from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
VAL, SEUL = "21000400800012", "21690123100011"
YAML = {"Content-Type": "application/yaml"}


@asynccontextmanager
async def console(monde: World, bac: str, pilot: Pilot | None = None, jeton: str = "") -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """The console of a blank bac, and its address of the towns."""
    await monde.pilot.creer(bac, paris(date(2023, 9, 28)), graine=bac, vierge=True)
    app = application(pilot or monde.pilot, monde.client, monde.addresses)
    headers = {"Authorization": f"Bearer {jeton or monde.token}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console", headers=headers) as client:
        yield client, f"/pilotage/bacs/{bac}/villes"


async def connues(monde: World, bac: str) -> list[list[str]]:
    return [[v["siret"] for v in (await monde.pilot._call(p, "GET", f"/bacs/{bac}/villes")).json()] for p in SERVICES]


async def test_one_route_lists_shows_gives_and_takes_in_the_four_services(monde: World) -> None:
    async with console(monde, "console-villes") as (client, ici):
        assert (await client.get(ici)).json() == []
        essai = await client.post(ici, params={"essai": "true"}, json={"siret": SEUL, "nom": "Ville d'Exemple"})
        assert (essai.status_code, await connues(monde, "console-villes")) == (200, [[]] * 4)
        seule = await client.post(ici, json={"siret": SEUL, "nom": "Ville d'Exemple"})
        assert (seule.status_code, [v["nom"] for v in seule.json()]) == (201, ["Ville d'Exemple"])
        fichier = await client.post(ici, content=MODELE.encode(), headers=YAML)
        assert fichier.status_code == 201 and await connues(monde, "console-villes") == [[VAL, SEUL]] * 4
        (vue,) = (await client.get(f"{ici}/{VAL}")).json()
        assert (vue["depuis"], vue["commune"]["siret"], vue["commune"]["zones"][0]["fps"]["2018-01-01"]["voiture"]) == (
            "2018-01-01",
            VAL,
            2500,
        )
        suite = await client.post(ici, json={"villes": [{"depuis": "2023-10-15", "commune": vue["commune"]}]})
        assert suite.json()[0]["depuis"] == ["2018-01-01", "2023-10-15"]
        assert (await client.delete(f"{ici}/{VAL}")).status_code == 204
        assert await connues(monde, "console-villes") == [[SEUL]] * 4
        OAS31Validator(_schema("VilleVue"), format_checker=oas31_format_checker).validate(seule.json()[0])
        OAS31Validator(_schema("VilleDonnee"), format_checker=oas31_format_checker).validate(vue)


async def test_towns_are_given_and_taken_once_under_a_key_and_what_was_cut_is_finished(
    monde: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console is cut in the middle of a gift, then at the end of a removal: nobody was answered."""
    async with console(monde, "console-cle") as (client, ici):
        appeler, mort = monde.pilot._call, []

        async def coupe(service: Party, method: str, path: str, **options: Any) -> Any:
            moitie = service is SERVICES[2] and method == "POST" and "essai" not in options.get("params", ())
            if moitie or options.get("json", {}).get("lignes") == []:
                mort.append(method)
            if mort:
                raise asyncio.CancelledError
            return await appeler(service, method, path, **options)

        for methode, url, statut, reste in (("POST", ici, 201, VAL), ("DELETE", f"{ici}/{VAL}", 204, SEUL)):
            cle, corps = YAML | {"Idempotency-Key": f"cle-{methode}"}, MODELE.encode() if statut == 201 else None
            with monkeypatch.context() as patch:
                patch.setattr(monde.pilot, "_call", coupe)
                with pytest.raises(asyncio.CancelledError):
                    await client.request(methode, url, headers=cle, content=corps)
            mort.clear()
            assert len({tuple(une) for une in await connues(monde, "console-cle")}) == (2 if statut == 201 else 1)
            une = await client.request(methode, url, headers=cle, content=corps)
            assert (une.status_code, await connues(monde, "console-cle")) == (statut, [[reste]] * 4), une.text
            if statut == 201:  # meanwhile another one
                assert (await client.post(ici, json={"siret": SEUL})).status_code == 201
            encore = await client.request(methode, url, headers=cle, content=corps)
            assert (encore.status_code, encore.text and encore.json()) == (statut, une.text and une.json())
            assert encore.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in une.headers
            ailleurs = await client.request("DELETE", f"{ici}/{SEUL}", headers=cle)
            assert (ailleurs.status_code, ailleurs.json()["code"]) == (422, "cle-idempotence-reutilisee")
        for _ in range(2):  # a refusal is not kept
            absente = await client.delete(f"{ici}/{VAL}", headers={"Idempotency-Key": "absente"})
            assert (absente.status_code, absente.json()["code"]) == (404, "ville-non-donnee")


async def test_every_door_of_the_console_that_writes_has_its_key(monde: World) -> None:
    """Read from its contract: a route that is added is asked too."""
    async with console(monde, "console-cles") as (client, _):
        for chemin, item in document()["paths"].items():
            for methode in {*item} & {"post", "put", "patch", "delete"}:
                assert "Idempotency-Key" in {p["name"] for p in item[methode]["parameters"]}, (methode, chemin)
                corps = None if methode == "delete" else {"de": "P1D"} if chemin.endswith("avance") else {"siret": SEUL}
                url = chemin.format(bac="console-cles", siret=VAL)
                refus = await client.request(methode, url, headers={"Idempotency-Key": "x" * 201}, json=corps)
                assert (refus.status_code, refus.json()["code"]) == (422, "cle-idempotence-invalide"), (methode, chemin)


def _schema(nom: str) -> dict[str, Any]:
    contrat = document()
    return {"$ref": f"#/components/schemas/{nom}", "components": contrat["components"]}


REFUS: list[tuple[str, dict[str, Any], int, str]] = [
    ("POST", {"json": {"siret": "21690123100012"}}, 422, "demande-invalide"),
    ("POST", {"json": {"siret": "/etc/hostname"}}, 422, "demande-invalide"),
    ("POST", {"json": {"siret": SEUL, "nom": 3}}, 422, "demande-invalide"),
    ("POST", {"json": {"siret": SEUL, "autre": 1}}, 422, "demande-invalide"),
    ("POST", {"json": {"villes": [{"commune": {}}]}}, 422, "demande-invalide"),
    ("POST", {"json": {"villes": [{"commune": {"siret": SEUL}}]}}, 422, "demande-invalide"),
    ("POST", {"json": []}, 422, "demande-invalide"),
    ("POST", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "json-invalide"),
    ("POST", {"content": b"siret: 1", "headers": {"Content-Type": "text/plain"}}, 415, "type-de-contenu"),
    ("POST", {"content": b"\xff", "headers": YAML}, 400, "encodage-invalide"),
    ("POST", {"content": b"x" * ((1 << 20) + 1), "headers": YAML}, 413, "corps-trop-grand"),
    ("POST", {"content": b"\xff", "headers": {"Content-Type": "application/json"}}, 400, "encodage-invalide"),
    ("POST", {"content": b"{}"}, 415, "type-de-contenu"),
    ("POST", {"content": MODELE.replace("cycle:", "cicle:").encode(), "headers": YAML}, 422, "ville-illisible"),
    ("GET", {"suite": f"/{VAL}"}, 404, "ville-non-donnee"),
    ("DELETE", {"suite": f"/{VAL}"}, 404, "ville-non-donnee"),
    ("GET", {"suite": "/21690123100012"}, 404, "siret-inconnu"),
    ("GET", {"ailleurs": True}, 404, "bac-inconnu"),
]


async def test_what_is_wrong_is_told_in_four_parts_and_nothing_is_kept(monde: World) -> None:
    async with console(monde, "console-vide") as (client, ici):
        for methode, options, statut, code in REFUS:
            url = "/pilotage/bacs/absent/villes" if options.pop("ailleurs", False) else ici + options.pop("suite", "")
            refus = await client.request(methode, url, **options)
            corps = refus.json()
            assert (refus.status_code, corps["code"]) == (statut, code), (methode, options, corps)
            assert refus.headers["content-type"] == "application/problem+json" and corps["title"] and corps["detail"] and corps["que_faire"]
            OAS31Validator(_schema("Probleme"), format_checker=oas31_format_checker).validate(corps)
        faute = (await client.post(ici, content=MODELE.replace("cycle:", "cicle:").encode(), headers=YAML)).json()["erreurs"]
        assert "ligne 6, colonne 1" in {f["champ"] for f in faute} and any("« cycle »" in f["phrase"] for f in faute), faute
        assert await connues(monde, "console-vide") == [[]] * 4


@pytest.mark.parametrize(("methode", "suite"), [("GET", ""), ("POST", ""), ("GET", f"/{VAL}"), ("DELETE", f"/{VAL}")])
async def test_nobody_touches_the_towns_without_the_credential(monde: World, methode: str, suite: str) -> None:
    nom = f"console-jeton-{methode.lower()}-{len(suite)}"
    async with console(monde, nom, jeton="autre") as (client, ici):
        refus = await client.request(methode, f"{ici}{suite}")
        assert (refus.status_code, refus.json()["code"]) == (401, "jeton-requis")


async def test_a_service_that_does_not_answer_leaves_the_three_others_as_they_were(monde: World) -> None:
    sourd = Pilot(monde.client, {**monde.addresses, Party.COLLECTIVITE: "http://nulle-part.invalid"}, monde.token)
    async with console(monde, "console-sourd", sourd) as (client, ici):
        refus = await client.post(ici, json={"siret": SEUL})
        assert (refus.status_code, refus.json()["code"]) == (503, "service-injoignable")
        assert await connues(monde, "console-sourd") == [[]] * 4


async def test_the_contract_is_valid_served_and_says_every_route_that_drives(monde: World) -> None:
    validate(document())
    async with console(monde, "console-contrat") as (client, _):
        servi = (await client.get("/openapi.json")).json()
        for chemin, item in servi["paths"].items():
            for methode in ("get", "post", "put", "patch", "delete"):
                url = chemin.format(bac="console-contrat", siret=VAL)
                statut = (await client.request(methode, url, headers={"Authorization": ""})).status_code
                assert (statut == 401) is (methode in item), (methode, chemin, statut)
    assert servi["paths"] == document()["paths"] and servi["servers"] == [{"url": "http://console"}]
    texte = json.dumps(servi)
    assert [n for n in servi["components"]["schemas"] if f'"#/components/schemas/{n}"' not in texte] == []
