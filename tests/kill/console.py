"""Kills of an advance: the command that makes it, or the console that was asked for it; the same request with the same key then ends it."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, Final

import asyncpg
import httpx

from fps.kit.wire.carrier import bearer
from tests.fourche import lancer
from tests.kill.nemesis import EPARGNEE, PRET
from tests.parler.mondes import Process, free_port, ready

PATIENCE: Final = 120.0  # seconds the advance that is asked again may take


async def prise(url: str, bac: str, fini: asyncio.Future[Any], hasard: Random) -> bool:
    """Whether the advance has the bac and goes on: a moment of it has passed."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), timeout=20, server_settings={"application_name": EPARGNEE})
    try:
        while not fini.done():
            if await connection.fetchval("SELECT count(*) FROM avances WHERE bac = $1", bac):
                await asyncio.sleep(hasard.uniform(0, 0.08))
                return not fini.done()
            await asyncio.sleep(0.02)
    finally:
        await connection.close()
    return False


async def commande_tuee(environment: Mapping[str, str], url: str, bac: str, jusqua: datetime, hasard: Random) -> bool:
    """`fps advance`, killed once it has taken the bac; whether it was."""
    command = [sys.executable, "-m", "fps_console", "advance", "--bac", bac, "--jusqua", f"{jusqua:%Y-%m-%dT%H:%M}", "--json"]
    process = lancer(command, os.environ | dict(environment))
    fini = asyncio.ensure_future(asyncio.to_thread(process.wait))
    if tuee := await prise(url, bac, fini, hasard):
        process.kill()
    await fini
    return tuee


@asynccontextmanager
async def console(environment: Mapping[str, str], log: Path, veilleur: httpx.AsyncClient) -> AsyncIterator[tuple[Process, str]]:
    """A console of these services, and its address."""
    port = free_port()
    process = Process("fps_console", {**environment, "FPS_PORT": str(port)}, log)
    process.start()
    try:
        await ready(veilleur, address := f"http://127.0.0.1:{port}", PRET)
        yield process, address
    finally:
        await asyncio.to_thread(process.end, signal.SIGKILL)


async def console_tuee(
    environment: Mapping[str, str], log: Path, veilleur: httpx.AsyncClient, url: str, bac: str, jusqua: datetime, hasard: Random
) -> tuple[bool, str]:
    """The console, killed once its advance has taken the bac, and another asked the same with the same key: whether it was, what is wrong.

    The answer of the second time tells the whole advance, and the bac is where it was asked to be.
    """
    headers = {**bearer(environment["FPS_PILOTAGE_TOKEN"]), "Idempotency-Key": f"kill-{bac}-{jusqua:%Y%m%d}"}
    asked: Any = {"json": {"jusqua": f"{jusqua:%Y-%m-%dT%H:%M}"}, "headers": headers}
    async with httpx.AsyncClient(timeout=PRET, trust_env=False) as client:
        async with console(environment, log, veilleur) as (process, address):
            une = asyncio.ensure_future(client.post(f"{address}/pilotage/bacs/{bac}/avance", **asked))
            if tuee := await prise(url, bac, une, hasard):
                await asyncio.to_thread(process.end, signal.SIGKILL)
            await asyncio.gather(une, return_exceptions=True)
        if not tuee:
            return False, ""
        async with console(environment, log, veilleur) as (_, address):
            fin = time.monotonic() + PATIENCE
            while (found := await client.post(f"{address}/pilotage/bacs/{bac}/avance", **asked)).status_code != 200:
                if time.monotonic() > fin:
                    return True, f"{bac} : la console tuée ne finit pas son avance : {found.status_code} {found.text[:300]}"
                await asyncio.sleep(0.3)
            encore = await client.post(f"{address}/pilotage/bacs/{bac}/avance", **asked)
    if encore.headers.get("Idempotency-Replayed") != "true" or encore.json()["evenements"] != found.json()["evenements"]:
        return True, f"{bac} : la même avance, redite, n'est pas la même : {encore.text[:300]}"
    return True, ""
