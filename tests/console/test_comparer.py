"""`fps comparer`: a fork is the same as its origin until somebody acts in one of them; then each difference is told, side by side."""

import json
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from fps.kit.ground.clock import paris
from fps.kit.ground.settings import Settings
from fps_console.commandes import comparer as module
from fps_simulateur.client import Monde
from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
Commande = Callable[[Any], Awaitable[int]]


async def test_a_fork_differs_by_what_was_done_in_it_and_by_nothing_else(
    monde: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "drive", lambda settings, act: act)

    async def comparer(page: Path | None = None) -> tuple[int, dict[str, Any]]:
        done = await cast("Commande", module.comparer(Settings(), a.nom, fourche, page, en_json=True))(monde.pilot)
        return done, json.loads(capsys.readouterr().out)

    a = await Monde(monde).bac()
    reste, paye = await a.etablir(), await a.etablir(plaque="EF-456-GH")
    await a.advance("2024-01-09")
    fourche = f"{a.nom}-bis"
    await monde.pilot.copier(a.nom, fourche)
    assert await comparer() == (0, {"a": a.nom, "b": fourche, "dossiers_communs": 2, "ecarts": []})
    await a.payer(paye)
    await a.etablir(plaque="XY-789-ZT")
    for nom in (a.nom, fourche):
        await monde.pilot.avancer(nom, paris(date(2024, 4, 30)))
    done, told = await comparer(tmp_path / "ecarts.html")
    ecarts = {(e["dossier"], e["quoi"]): (e["a"].replace("\u00a0", " "), e["b"].replace("\u00a0", " ")) for e in told["ecarts"]}
    assert done == 1 and told["dossiers_communs"] == 2 and not any(dossier == reste.numero for dossier, _ in ecarts)
    assert ecarts[paye.numero, "Majoration"] == ("—", "50,00 €") and ecarts[paye.numero, "Payé"] == ("24,50 €", "—")
    assert (
        ecarts[paye.numero, "État, ANTAI"] == ("payé au montant minoré", "titre exécutoire émis")
        and ecarts[paye.numero, "État, DGFiP"][0] == "—"
    )
    assert ecarts[paye.numero, "Courrier : Avertissement de FPS majoré"][0] == "—"
    assert [(a, b) for (dossier, quoi), (a, b) in ecarts.items() if quoi == "Dossier"] == [("présent", "—")]
    page = (tmp_path / "ecarts.html").read_text(encoding="utf-8")
    assert "SPÉCIMEN" in page and paye.numero in page and "<script" not in page and "http" not in page
    await cast("Commande", module.comparer(Settings(), a.nom, fourche, None, en_json=False))(monde.pilot)
    dit = capsys.readouterr().out
    assert f"{len(ecarts)} écarts, 2 dossiers en commun." in dit and "Avertissement" in dit
