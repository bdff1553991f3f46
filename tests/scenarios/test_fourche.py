"""A fork of a bac in its past is what the bac was that day, byte for byte of its journals; what cannot be lived again leaves nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

import pytest

from fps.kit.ground.clock import paris
from fps.kit.ground.settings import Settings
from fps.parties import Party
from fps_console.commandes import retention as commande
from fps_console.commandes.output import Panne
from fps_simulateur.client import Monde
from fps_simulateur.client.asynchrone import Bac
from fps_simulateur.pilote import fourche, gestes, retention
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
Lignes = list[tuple[Any, ...]]


async def journal(monde: World, bac: str, le: datetime | None = None) -> Lignes:
    lines = await monde.pilot.journal(bac)
    gardees = [x for x in lines if le is None or datetime.fromisoformat(x["date"]) <= le]
    return [(x["service"], x["sujet"], x["rang"], x["date"], x["acte"], x["article"], str(x["donnees"]), x["empreinte"]) for x in gardees]


async def vecu(monde: World) -> Bac:
    """Two dossiers that everybody touched: a RAPO rejected, a payment, a title, the judge."""
    bac = await Monde(monde).bac()
    paye = await bac.etablir()
    conteste = await bac.etablir(plaque="EF-456-GH", voie="3 rue de l'Exemple", zone="rouge")
    await bac.advance("2024-01-20")
    await bac.payer(paye)
    await bac.contester(conteste)
    await bac.advance("2024-02-10")
    await bac.decider(conteste, "rejet")
    await bac.advance("2024-05-30")
    return bac


async def test_the_fork_of_any_day_is_what_the_bac_was_that_day(monde: World) -> None:
    bac = await vecu(monde)
    for rang, jour in enumerate((date(2024, 1, 3), date(2024, 2, 9), date(2024, 2, 10))):
        cible = f"{bac.nom}-{rang}"
        await fourche.copier(monde.pilot, bac.nom, cible, paris(jour))
        assert await journal(monde, cible) == await journal(monde, bac.nom, paris(jour)) != []
        assert (await monde.pilot.etat(cible))["instant"] == paris(jour).isoformat()
    await monde.pilot.conduire(f"{bac.nom}-1", paris(date(2024, 5, 30)))
    assert await journal(monde, f"{bac.nom}-1") != await journal(monde, bac.nom), "nobody decided the RAPO in the fork"
    await fourche.copier(monde.pilot, f"{bac.nom}-2", f"{bac.nom}-4", paris(date(2024, 2, 9)))
    assert await journal(monde, f"{bac.nom}-4") == await journal(monde, bac.nom, paris(date(2024, 2, 9)))


async def test_what_cannot_be_lived_again_is_said_and_leaves_nothing(monde: World) -> None:
    bac = await Monde(monde).bac()
    await bac.etablir()
    siret = "21590350100017"
    compte = {"login": "c.essai", "nom": "C. Essai", "role": "agent", "mot_de_passe": "un-mot-de-passe-assez-long"}
    await bac.advance("2024-01-20")
    cas = {
        "commence le 02/01/2024": (paris(date(2023, 12, 31)), None),
        "peuvent contenir un secret : POST /espaces": (paris(date(2024, 1, 20)), f"/espaces/{siret}/agents"),
    }
    for attendu, (le, chemin) in cas.items():
        if chemin is not None:
            url = f"{monde.addresses[Party.ANTAI]}/bacs/{bac.nom}{chemin}"
            reponse = await monde.client.post(url, json=compte)
            assert reponse.status_code < 300, reponse.text
            await bac.advance("2024-01-25")
        with pytest.raises(PiloteErreur) as refuse:
            await fourche.copier(monde.pilot, bac.nom, f"{bac.nom}-f", le)
        assert refuse.value.problem["code"] == "bac-non-rejouable" and attendu in refuse.value.problem["detail"]
        assert f"{bac.nom}-f" not in await monde.pilot.lister()
    async with gestes.lire(monde.pilot, bac.nom) as connus:
        gardes = [geste for geste in connus.suite() if "agents" in geste.chemin]
    assert [(geste.corps, geste.rejouable) for geste in gardes] == [(None, False)], "no password is kept"
    await fourche.copier(monde.pilot, bac.nom, f"{bac.nom}-f", paris(date(2024, 1, 19)))


async def test_a_bac_that_is_not_lived_again_as_it_was_gives_no_fork(monde: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when another version of the simulator made it: its first instant is not believed, an hour of the first FPS moves."""
    bac = await Monde(monde).bac()
    dossier = await bac.etablir()
    await bac.advance("2024-02-20")
    vrai = gestes.lire

    @asynccontextmanager
    async def autrement(pilot: Any, nom: str) -> AsyncIterator[gestes.Gestes]:
        async with vrai(pilot, nom) as connus:
            yield gestes.Gestes({**(connus.creation or {}), "graine": "une-autre"}, connus.fichier)

    monkeypatch.setattr(gestes, "lire", autrement)
    with pytest.raises(PiloteErreur, match=f"le journal du dossier {dossier.numero} diffère"):
        await fourche.copier(monde.pilot, bac.nom, f"{bac.nom}-f", paris(date(2024, 1, 30)))
    assert f"{bac.nom}-f" not in await monde.pilot.lister()


async def test_a_fork_in_the_future_is_a_copy_that_lived_on(monde: World) -> None:
    bac = await Monde(monde).bac()
    await bac.etablir()
    await fourche.copier(monde.pilot, bac.nom, f"{bac.nom}-f", paris(date(2024, 4, 30)))
    await bac.advance("2024-04-30")
    assert await journal(monde, f"{bac.nom}-f") == await journal(monde, bac.nom)


async def test_a_bac_is_kept_until_its_real_day_and_goes_only_when_it_is_asked(
    monde: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bac = await Monde(monde).bac()
    faits: list[Any] = []

    def garde(settings: Settings, act: Any) -> dict[str, date]:
        faits.append(act)
        return {}

    monkeypatch.setattr(commande, "drive", lambda settings, act: faits.append(act))
    commande.garder(Settings(), bac.nom, None, "2020-01-31", False, True)
    await faits.pop()(monde.pilot)
    assert (await retention.retenus(monde.pilot))[bac.nom] == date(2020, 1, 31)
    copie = f"{bac.nom}-c"
    await monde.pilot.copier(bac.nom, copie)
    assert copie not in await retention.retenus(monde.pilot), "a copy is another bac"
    for oui, reste in ((False, True), (True, False)):
        monkeypatch.setattr(commande, "drive", garde)
        commande.nettoyer(Settings(), oui, True)
        assert (await faits.pop()(monde.pilot)) == {bac.nom: date(2020, 1, 31)}
        assert (bac.nom in await monde.pilot.lister()) is reste
    assert bac.nom not in await retention.retenus(monde.pilot)
    with pytest.raises(Panne, match="jusqu'à quand"):
        commande.garder(Settings(), bac.nom, 3, "2020-01-31", False, True)
    capsys.readouterr()
