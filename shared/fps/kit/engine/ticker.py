"""Real time for the bacs that run: what falls due is done when its day comes."""

import asyncio
import logging
from typing import Any

from sqlalchemy import select

from fps.errors import Introuvable
from fps.kit.data import tables
from fps.kit.engine.service import Service
from fps.kit.ground.clock import Marche
from fps.kit.ground.faults import Unavailable

log = logging.getLogger(__name__)
PERIOD = 1.0  # seconds between two looks


class Ticker:
    """One per service; frozen bacs are the pilot's affair."""

    def __init__(self, service: Service, period: float = PERIOD):
        self.service, self.period = service, period
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name=f"ticker-{self.service.party}")

    async def stop(self) -> None:
        """Stop between two transactions."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        query: Any = select(tables.bacs.c.bac).where(tables.bacs.c.mode == Marche.COURANT.value)
        while True:
            await asyncio.sleep(self.period)
            try:
                async with self.service.database.read() as tx:
                    running = [row[0] for row in await tx.select(query)]
            except Unavailable as error:
                log.warning("échéances en attente", extra={"cause": repr(error)})
                continue
            except Exception:
                log.exception("échéances")
                continue
            for bac in running:
                await self._live(bac)

    async def _live(self, bac: str) -> None:
        """One bac: what goes wrong in it never keeps the others from their day."""
        try:
            if (shares := self.service.shares) is None:
                await self.service.live(bac)
            elif shares.mine:
                await self.service.live(bac, mine=shares.mine)
        except (Unavailable, Introuvable) as error:
            log.warning("échéances en attente", extra={"bac": bac, "cause": repr(error)})
        except Exception:
            log.exception("échéances", extra={"bac": bac})
