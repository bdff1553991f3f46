"""The two commands of a service: `serve` and `migrate`."""

import contextlib
import gc
import logging
import sys
from collections.abc import Sequence
from importlib.util import find_spec

import uvicorn
from pydantic import ValidationError

from fps.kit.app.application import build
from fps.kit.app.handshake import Server
from fps.kit.app.listening import listening
from fps.kit.app.revision import BaseAbimee, BaseEtrangere, file_of
from fps.kit.data.database import DatabaseUnavailable
from fps.kit.data.opening import engine_of
from fps.kit.engine.definition import Definition
from fps.kit.ground.settings import PORTS, Settings
from fps.kit.ground.telemetry import configure_logs
from fps.kit.trust.tls import server_context

log = logging.getLogger(__name__)
FAILED = 3  # the exit status of a service that could not start
GRACE = 10  # seconds given to the requests in progress when the service stops

USAGE = "usage : python -m {party} serve | migrate   (réglages : variables d'environnement FPS_…, voir deploy/README.md)\n"


def run(definition: Definition, argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        settings = Settings()
    except ValidationError as error:
        # A default that depends on a wrong setting is one more error, of nobody.
        told = [e for e in error.errors() if e["type"] != "default_factory_not_called"]
        return _wrong(definition, [(_variable(str(e["loc"][0])), str(e["input"])) for e in told])
    if not engine_of(settings.database_url):
        return _wrong(definition, [("FPS_DATABASE_URL", settings.database_url)])
    if not settings.bus_url.startswith(("memory:", "amqp://", "amqps://")):
        return _wrong(definition, [("FPS_BUS_URL", settings.bus_url)])
    if settings.partitions > settings.parts:  # one process owns a SQLite file, and letters leave it by a broker only
        return _wrong(definition, [("FPS_PARTITIONS", f"{settings.partitions}, sans PostgreSQL et RabbitMQ")])
    if settings.tls and settings.pki_dir is None:
        return _wrong(definition, [("FPS_PKI_DIR", "")])
    if settings.exporters and find_spec("opentelemetry.sdk") is None:
        return _wrong(definition, [("OTEL_TRACES_EXPORTER", "demandé sans l'extra « traces » de fps-shared")])
    configure_logs(settings.log_level)
    match arguments:
        case ["serve"]:
            try:
                config = _config(definition, settings)
            except OSError as error:
                sys.stderr.write(f"{definition.party} : la PKI ne peut pas être lue ({error}) ; voir deploy/README.md.\n")
                return 1
            gc.freeze()  # what is loaded now lives as long as the process: no need to walk it again at every collection
            server = Server(config)
            with contextlib.suppress(KeyboardInterrupt):
                server.run()
            return 0 if server.started else FAILED
        case ["migrate"]:
            from fps.kit.app.migrate import upgrade

            path = file_of(settings.database_url)
            if path is not None and path.exists() and not path.stat().st_size:
                sys.stderr.write(f"{definition.party} : {path} était vide : la base est faite à neuf, rien n'y était.\n")
            try:
                upgrade(settings.database_url, definition, settings.start_timeout)
            except DatabaseUnavailable as error:
                sys.stderr.write(f"{definition.party} : la base de données ne répond pas ({error}).\n")
                return 1
            except BaseAbimee as error:
                que_faire = "Rendez-le d'une sauvegarde, ou donnez une base neuve."
                sys.stderr.write(f"{definition.party} : {BaseAbimee.__doc__} ({error}). {que_faire}\n")
                return 1
            except BaseEtrangere as error:
                sys.stderr.write(
                    f"{definition.party} : {BaseEtrangere.__doc__} ({error}). Donnez à FPS_DATABASE_URL une base neuve, "
                    f"puis relancez « python -m {definition.party} migrate ».\n"
                )
                return 1
            return 0
    sys.stderr.write(USAGE.format(party=definition.party))
    return 2


def _config(definition: Definition, settings: Settings) -> uvicorn.Config:
    running = build(definition, settings)
    context = server_context(running.service) if settings.tls else None
    if context is None and not settings.proxys:
        log.warning("sans TLS ni mandataire déclaré, les messages des flux REST sont refusés (FPS_TLS, FPS_PROXYS)")
    port = settings.port or PORTS[definition.party]
    return listening(running.asgi, settings.host, port, context, loop="auto", timeout_graceful_shutdown=GRACE)


def _variable(name: str) -> str:
    """The environment variable of a setting."""
    return name if name.startswith("OTEL_") else f"FPS_{name.upper()}"


def _wrong(definition: Definition, settings: Sequence[tuple[str, str]]) -> int:
    for name, value in settings:
        sys.stderr.write(f"{definition.party} : le réglage {name} ne peut pas valoir « {value} » ; voir deploy/README.md.\n")
    return 2
