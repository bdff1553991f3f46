"""`fps up`: the four services and the console in one process and one loop, each on its own port, stopped in order by one signal."""

import asyncio
import contextlib
import gc
import json
import os
import shlex
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from fps.kit.app import handshake
from fps.kit.app.listening import listening
from fps.kit.ground.faults import Unavailable
from fps.kit.ground.locks import take
from fps.kit.ground.settings import CONSOLE_PORT, PORTS, Settings
from fps.kit.ground.telemetry import configure_logs
from fps.parties import LIBELLES, SERVICES, Party
from fps_console.commandes.liaison import ADDRESS_FILE, book, ensure_bac, keep_token, pki_dir
from fps_console.commandes.output import SPECIMEN, Panne, cause, dump, say
from fps_console.commandes.ports import drawn, require_free

GRACE = 5  # seconds given to the requests in progress when everything stops
LOCK_FILE = "verrou"
STATE_FILE = "simulateur.json"  # where it is, while it runs: what `fps up --json` says
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 (compared, not bound)
DATA_DIR: Path = Settings.model_fields["data_dir"].default  # where the other commands look when they are told nothing


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop, or the loop of Python where it does not exist (Windows)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


class Server(handshake.Server):
    """A server among others in one process: the signals belong to the process, not to it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(app: Any, host: str, port: int, context: ssl.SSLContext | None = None) -> Server:
    """A server of an application whose life is already managed; in TLS with a context."""
    return Server(listening(app, host, port, context, lifespan="off", timeout_graceful_shutdown=GRACE))


def up(
    settings: Settings,
    *,
    port: int = CONSOLE_PORT,
    host: str | None = None,
    memory: bool = False,
    tls: bool = False,
    lecture_seule: bool = False,
    observe: bool = False,
    en_json: bool = False,
) -> int:
    """Run everything until SIGINT or SIGTERM; gives the exit status. Raises Panne when it cannot start.

    `port` is that of the console, and the others follow it; 0: the system chooses five. `lecture_seule`: no page acts.
    `observe`: the last minutes and the traces are kept for their page.
    """
    configure_logs(settings.log_level if "log_level" in settings.model_fields_set else "WARNING")
    if not 0 <= port <= 65_531:
        raise Panne(
            f"Le port {port} n'existe pas.",
            "Choisissez un port de 1024 à 65531 : il en faut cinq qui se suivent ; ou 0 : le système choisit.",
        )
    gc.disable()  # until it is ready: what a start makes is kept
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(_up(settings, port, host or settings.host, memory, tls or settings.tls, lecture_seule, observe, en_json))


@contextlib.contextmanager
def data_directory(path: Path) -> Iterator[IO[str]]:
    """The data directory, held by one simulator at a time; raises Panne when another holds it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        file = (path / LOCK_FILE).open("w")
    except OSError as error:
        raise Panne(
            f"Le dossier de données ne peut pas être écrit ({path} : {cause(error)}).", "Choisissez-en un autre avec --data-dir."
        ) from error
    with file:
        try:
            take(file)
        except OSError as error:
            raise already(path) from error
        state = path / STATE_FILE
        state.unlink(missing_ok=True)  # of one that was killed
        try:
            yield file
        finally:
            state.unlink(missing_ok=True)


def already(path: Path) -> Panne:
    """What is said of a data directory that another simulator holds."""
    return Panne(f"Un simulateur tourne déjà sur {path}.", "Arrêtez-le (« fps down »), ou donnez un autre dossier avec --data-dir.")


def court(party: Party) -> str:
    """A service, in a column."""
    return "Juridiction" if party is Party.CCSP else LIBELLES[party]


async def _up(settings: Settings, port: int, host: str, memory: bool, tls: bool, lecture_seule: bool, observe: bool, en_json: bool) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    with data_directory(settings.data_dir), contextlib.ExitStack() as stack:
        held = [stack.enter_context(one) for one in drawn(host, 1 + len(PORTS))] if port == 0 else []
        numbers = [one.getsockname()[1] for one in held] or [port + rank for rank in range(1 + len(PORTS))]
        sockets = dict(zip(numbers, held, strict=False))
        port, ports = numbers[0], dict(zip(sorted(SERVICES, key=PORTS.__getitem__), numbers[1:], strict=True))
        if not held:
            await require_free(host, {"console": port} | {LIBELLES[p]: number for p, number in ports.items()})
        addresses = {p: f"{'https' if tls else 'http'}://{_reachable(host)}:{ports[p]}" for p in SERVICES}
        token = keep_token(settings)
        (settings.data_dir / ADDRESS_FILE).write_text(f"{book(addresses)}\n", "utf-8")
        # The services say these addresses, and know these ports as their own: the console's is the fifth.
        named = settings.model_copy(update={"hosts": (*settings.hosts, host), "addresses": addresses, "port": port})
        spans = kept_spans(settings, observe)
        async with world(named, token, memory, tls, spans) as found:
            await ensure_bac(found.pilot)
            contexts = certified(found, host) if tls else dict.fromkeys(SERVICES)
            from fps_console.web.app import application
            from fps_console.web.chantiers import quitter_les_chantiers
            from fps_console.web.observation import Observateur

            observateur = Observateur(found.client, found.addresses, spans) if observe else None
            servers = [
                server(
                    application(
                        found.pilot,
                        found.client,
                        found.addresses,
                        settings.public_addresses or addresses,
                        hosts=named.hosts_served,
                        donnees=settings.data_dir,
                        lecture_seule=lecture_seule,
                        observateur=observateur,
                    ),
                    host,
                    port,
                )
            ]
            servers += [server(found.services[p].asgi, host, ports[p], contexts[p]) for p in SERVICES]
            root = found.pki.fichier_racine if tls else None
            ready = Ready(
                addresses, f"http://{_reachable(host)}:{port}", settings.data_dir, memory, root, None if lecture_seule else token, observe
            )
            if observateur is not None:
                observateur.start()
            try:
                await _serve(servers, sockets, stop, partial(ready.announce, en_json), quiet=en_json)
            finally:
                await quitter_les_chantiers()  # while the services are still there
                if observateur is not None:
                    await observateur.stop()
    return 0


def kept_spans(settings: Settings, observe: bool) -> Any:
    """Where the traces of this process are kept, None when they are not; without the libraries of OpenTelemetry, the page says so.

    Raises Panne when the environment asks for traces that nothing can write.
    """
    there = find_spec("opentelemetry.sdk") is not None
    if settings.exporters and not there:
        raise Panne(
            "Des traces sont demandées (OTEL_TRACES_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT), et rien ne peut les écrire.",
            'Installez « pip install "fps-shared[traces]" », ou retirez ces variables.',
        )
    if not observe or not there:
        return None
    from fps.kit.ground.traces import Spans

    return Spans()


@asynccontextmanager
async def world(settings: Settings, token: str, memory: bool, tls: bool, spans: Any = None) -> AsyncIterator[Any]:
    """The four services in this process: SQLite files under the data directory, or nothing kept but the PKI that others must read.

    Raises Panne when the directory holds what another version left, and that this one cannot bring up to date.
    """
    from fps.kit.app.revision import BaseAbimee, BaseEtrangere
    from fps_simulateur.pilote.world import BaseVidee, open_world

    alone = memory and not tls and not settings.proxys and settings.pki_dir is None
    pki = {} if alone else {"pki_dir": pki_dir(settings)}
    try:
        here = {"hosts": settings.hosts, "addresses": settings.addresses, "port": settings.port}
        async with open_world(data_dir=None if memory else settings.data_dir, token=token, spans=spans, **here, **pki) as found:
            yield found
    except (BaseAbimee, BaseVidee) as error:
        raise Panne(
            f"{error.__doc__} ({error}).",
            "Rendez ce fichier d'une sauvegarde : rien n'y a été écrit ; ou repartez de zéro à côté : "
            f"fps up --data-dir {shlex.quote(f'{settings.data_dir}-neuf')}",
            code="base-abimee" if isinstance(error, BaseAbimee) else "base-videe",
        ) from error
    except BaseEtrangere as error:
        raise Panne(
            f"Les données de {settings.data_dir} viennent d'une autre version du simulateur, qui ne peut pas être reprise ({error}).",
            f"Repartez de zéro à côté : fps up --data-dir {shlex.quote(f'{settings.data_dir}-neuf')}",
        ) from error
    except Unavailable as error:
        raise Panne(
            f"{error.__doc__} ({settings.data_dir} : {error}).", "Libérez de la place ou rendez la base, puis relancez « fps up »."
        ) from error


def certified(found: Any, host: str) -> dict[Party, ssl.SSLContext | None]:
    """What each service listens with in TLS; its certificate also names the address that people were told."""
    from fps.kit.trust.tls import server_context

    found.pki.preparer([] if host in EVERYWHERE else [host])
    return {party: server_context(found.services[party].service) for party in SERVICES}


async def _serve(
    servers: list[Server], sockets: Mapping[int, socket.socket], stop: asyncio.Event, ready: Callable[[], None], *, quiet: bool
) -> None:
    chosen = [[held] if (held := sockets.get(one.config.port)) else None for one in servers]
    tasks = [asyncio.create_task(one.serve(its)) for one, its in zip(servers, chosen, strict=True)]
    stopping = asyncio.create_task(stop.wait())
    try:
        # uvicorn tells that it has started by an attribute only.
        while not all(one.started for one in servers) and not stop.is_set() and not any(t.done() for t in tasks):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        if all(one.started for one in servers):
            gc.freeze()
            gc.enable()
            ready()
        await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        # The console first, so that no page asks a service that stops.
        for one, task in zip(servers, tasks, strict=True):
            one.should_exit = True
            await asyncio.gather(task, return_exceptions=True)
    if not stop.is_set():
        raise Panne("Un serveur s'est arrêté tout seul.", "Relancez « fps up » ; « fps doctor » cherche la cause.")
    if sys.stdout.isatty() and not quiet:
        say("\nArrêté. Rien n'est perdu : « fps up » reprend où vous en étiez.")


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host


@dataclass(frozen=True)
class Ready:
    """What is told when everything listens."""

    addresses: dict[Party, str]
    console: str
    data_dir: Path
    memory: bool
    root: Path | None
    jeton: str | None  # the pilot's credential, of which the link of the pages is made; None when no page acts
    observe: bool = False

    def welcome(self) -> None:
        """In words."""
        from fps_console.web.seances import lien

        say(f"{SPECIMEN} — prêt.\n")
        say(f"  Console        {self.console}")
        for party in sorted(self.addresses, key=PORTS.__getitem__):
            say(f"  {court(party):<14} {self.addresses[party]}   (documentation : {self.addresses[party]}/docs)")
        if self.jeton is None:
            say("\n  Pages          en lecture seule (--lecture-seule)")
        else:
            say(f"\n  Pour agir      {lien(self.console, self.jeton)}")
            say(f"                 sert une fois ; « fps pages{self._where} » en donne un autre")
        if self.observe:
            say(f"  Observation    {self.console}/observation")
        kept = "rien n'est gardé (--memory)" if self.memory else f"gardées dans {self.data_dir}/"
        say(f"\n  Données        {kept}")
        tls = f"certificats demandés ; racine : {self.root}" if self.root else "non : pour brancher un éditeur, « fps up --tls »"
        say(f"  TLS            {tls}")
        say(f"  Bac            « defaut », date figée : avancez-la avec « fps advance --de P3M{self._where} »\n\nCtrl-C arrête tout.")

    @property
    def _where(self) -> str:
        return "" if self.data_dir == DATA_DIR else f" --data-dir {shlex.quote(str(self.data_dir))}"

    def announce(self, en_json: bool) -> None:
        """In words, or as one JSON document; it also stands in the data directory, for `fps up --detach`, `attendre` and `down`."""
        fresh = self.data_dir / f"{STATE_FILE}.{os.getpid()}"
        fresh.write_text(json.dumps(self.said, indent=2, default=str) + "\n", "utf-8")
        fresh.replace(self.data_dir / STATE_FILE)  # whole, or not there
        if en_json:
            dump(self.said)
        else:
            self.welcome()

    @property
    def said(self) -> dict[str, Any]:
        """Where everything is."""
        services = {party.value: address for party, address in self.addresses.items()}
        kept = None if self.memory else str(self.data_dir)
        here = {"console": self.console, "services": services, "donnees": kept, "racine": self.root}
        return {"statut": "pret", **here, "processus": os.getpid(), "mention": SPECIMEN}
