"""The two commands of a service: `serve` and `migrate`."""

import gc
import sys
from collections.abc import Sequence

import uvicorn
from pydantic import ValidationError

from fps.kit.application import build
from fps.kit.database import DatabaseUnavailable
from fps.kit.service import Definition
from fps.kit.settings import PORTS, Settings
from fps.kit.telemetry import configure_logs

USAGE = "usage : python -m {party} serve | migrate   (réglages : variables d'environnement FPS_…, voir deploy/README.md)\n"


def run(definition: Definition, argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        settings = Settings()
    except ValidationError as error:
        return _wrong(definition, [(f"FPS_{str(e['loc'][0]).upper()}", str(e["input"])) for e in error.errors()])
    if not settings.database_url.startswith(("sqlite", "postgresql")):
        return _wrong(definition, [("FPS_DATABASE_URL", settings.database_url)])
    if not settings.bus_url.startswith(("memory:", "amqp://", "amqps://")):
        return _wrong(definition, [("FPS_BUS_URL", settings.bus_url)])
    configure_logs(settings.log_level)
    match arguments:
        case ["serve"]:
            running = build(definition, settings)
            gc.freeze()  # what is loaded now lives as long as the process: no need to walk it again at every collection
            port = settings.port or PORTS[definition.party]
            options = {"log_config": None, "access_log": False, "http": "httptools", "loop": "uvloop", "timeout_graceful_shutdown": 10}
            uvicorn.run(running.asgi, host=settings.host, port=port, **options)  # type: ignore[arg-type]
            return 0
        case ["migrate"]:
            from fps.kit.migrate import upgrade

            try:
                upgrade(settings.database_url, definition, settings.start_timeout)
            except DatabaseUnavailable as error:
                sys.stderr.write(f"{definition.party} : la base de données ne répond pas ({error}).\n")
                return 1
            return 0
    sys.stderr.write(USAGE.format(party=definition.party))
    return 2


def _wrong(definition: Definition, settings: Sequence[tuple[str, str]]) -> int:
    for name, value in settings:
        sys.stderr.write(f"{definition.party} : le réglage {name} ne peut pas valoir « {value} » ; voir deploy/README.md.\n")
    return 2
