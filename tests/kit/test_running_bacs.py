"""Bacs that run with real time: one that goes wrong never keeps the others from their day, and a clock stops where the calendar does."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from fps.kit.engine import bacs
from fps.kit.engine.ticker import Ticker
from fps.kit.ground.clock import FIN, PARIS, BacClock, Marche, paris
from tests.kit.toy import emission_letter, state, toy


async def test_a_bac_that_cannot_be_lived_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy("sqlite+aiosqlite://", "abime", "sain") as service:
        for bac in ("abime", "sain"):
            await service.receive([emission_letter(1, bac=bac)])
            await bacs.set_clock(service, bac, paris(date(2026, 10, 8)), Marche.COURANT)
        live, tried = service.live, []

        async def live_or_break(nom: str) -> int:
            tried.append(nom)
            if nom == "abime":
                raise OverflowError("date value out of range")
            return await live(nom)

        monkeypatch.setattr(service, "live", live_or_break)
        ticker = Ticker(service, period=0.01)
        ticker.start()
        async with asyncio.timeout(30):
            while (await state(service, "sain"))["prochaine_echeance"] is not None or tried.count("abime") < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await ticker.stop()
        assert (await state(service, "abime"))["prochaine_echeance"] == "2026-10-08"


@pytest.mark.parametrize("elapsed", [timedelta(days=400), timedelta(days=999_999)])
def test_a_running_clock_stops_at_the_end_of_what_is_simulated(elapsed: timedelta) -> None:
    set_ = datetime(2026, 11, 27, tzinfo=UTC)
    clock = BacClock(Marche.COURANT, datetime(2199, 11, 30, 12, tzinfo=PARIS), set_, 1000)
    before = datetime(2199, 11, 30, 12, 16, 40, tzinfo=PARIS)
    assert clock.now(set_ + timedelta(seconds=1)) == before < FIN
    assert clock.now(set_ + elapsed) == FIN


async def test_a_bac_at_the_end_of_time_is_still_read_and_lived() -> None:
    async with toy("sqlite+aiosqlite://") as service:
        await bacs.set_clock(service, "essai", FIN, Marche.COURANT, 2_678_400)
        assert (await state(service))["instant"] == FIN.isoformat()
        assert await service.live("essai") == 0
