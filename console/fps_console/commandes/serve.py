"""The console alone: it finds the services by their addresses, waits for them, and serves the pages."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fps.kit.app.handshake import Server
from fps.kit.app.listening import listening
from fps.kit.ground.settings import CONSOLE_PORT, Settings
from fps.kit.ground.telemetry import configure_logs
from fps.kit.wire.carrier import bearer, open_client
from fps_console.commandes.liaison import believed, ensure_bac, read_token
from fps_console.web.app import application
from fps_console.web.chantiers import quitter_les_chantiers
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur

log = logging.getLogger(__name__)
FAILED = 3  # the exit status of a console that could not start
PAUSE = 1.0  # seconds between two tries to reach the services


def serve(settings: Settings, *, lecture_seule: bool = False) -> int:
    """Serve the pages until SIGINT or SIGTERM; gives the exit status. `lecture_seule`: nobody acts there.

    Raises Panne when the pilot's credential is missing.
    """
    configure_logs(settings.log_level)
    token = read_token(settings)
    client = open_client(headers=bearer(token), verify=believed(settings))
    pilot = Pilot(client, settings.addresses, token)

    @asynccontextmanager
    async def life(app: Any) -> AsyncIterator[None]:
        waiting = asyncio.create_task(_wait(pilot, app.state))
        yield
        await quitter_les_chantiers()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await client.aclose()

    app = application(
        pilot,
        client,
        settings.addresses,
        settings.public_addresses,
        lifespan=life,
        hosts=settings.hosts_served,
        donnees=settings.data_dir,
        lecture_seule=lecture_seule,
    )
    port = settings.port or CONSOLE_PORT
    config = listening(app, settings.host, port, loop="auto", timeout_graceful_shutdown=5)
    server = Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else FAILED


async def _wait(pilot: Pilot, state: Any) -> None:
    """Until the services answer and the default bac exists, the console lives but is not ready."""
    last = ""
    while not state.ready:
        try:
            await ensure_bac(pilot)
            state.ready = True
        except PiloteErreur as error:
            if str(error) != last:
                log.warning("les services ne répondent pas encore", extra={"cause": str(error)})
            last = str(error)
            await asyncio.sleep(PAUSE)
