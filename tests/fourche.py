"""Processes of the product that are forked from one which has imported it already: two seconds of imports less for each.

What a test starts here is what the command starts, with the environment, the folder and the files given, and none of this process. What is
about the start itself (the entry point, the encoding, the imports, the flags of Python) starts a Python of its own, by `subprocess`.
"""

import atexit
import gc
import importlib
import json
import os
import random
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, Final

FPS: Final = str(Path(sys.executable).with_name("fps"))
DEJA_LUS: Final = (
    "fps_simulateur.pilote.world",
    "fps.kit.app.command",
    "fps.kit.app.migrate",
    "fps_console.cli.principal",
    "fps_console.web.app",
    "fps_console.commandes.up",
    "alembic.command",
    "aio_pika",
    "asyncpg",
    "uvloop",
    "uvicorn.lifespan.on",
)
# Most of what a start computes is a pure reading, kept by the process: the shapes of the addresses, the texts of the statements, the towns,
# the holidays, the tree of the commands. The mother does it once; no thread, no loop and no key is left of it.
ENTETE: Final = 1 << 17  # bytes of a request: an environment
NEANT: Final = subprocess.DEVNULL


class Processus:
    """A process that was forked, as `subprocess.Popen` shows one; its texts are read in UTF-8."""

    def __init__(self, args: Sequence[str], pid: int, stdout: IO[str] | None, stderr: IO[str] | None):
        self.args, self.pid, self.stdout, self.stderr = list(args), pid, stdout, stderr
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended, as Popen says it; None while it runs."""
        if self.returncode is None:
            self.returncode = _mere().demander({"pid": self.pid})["statut"]
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, once it has; raises TimeoutExpired."""
        end = None if timeout is None else time.monotonic() + timeout
        pause = 0.001
        while (status := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            time.sleep(pause)
            pause = min(pause * 2, 0.05)
        return status

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it still says on its two pipes, until it has ended; raises TimeoutExpired."""
        said = ["", ""]
        pipes = [(rang, pipe) for rang, pipe in enumerate((self.stdout, self.stderr)) if pipe is not None and not pipe.closed]

        def lire(rang: int, pipe: IO[str]) -> None:
            said[rang] = pipe.read()
            pipe.close()

        readers = [threading.Thread(target=lire, args=one, daemon=True) for one in pipes]
        for reader in readers:
            reader.start()
        self.wait(timeout)
        for reader in readers:
            reader.join(timeout)
        return said[0], said[1]

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def lancer(
    args: Sequence[str], env: Mapping[str, str], *, cwd: Path | None = None, stdout: int | IO[Any] = NEANT, stderr: int | IO[Any] = NEANT
) -> Processus:
    """Start `fps …` or `python -m module …`; `stdout` and `stderr` are a file, a pipe (PIPE), or nothing (DEVNULL)."""
    module = args[2] if args[1:2] == ["-m"] else None
    if module is None and args[0] != FPS:
        raise ValueError(f"neither the command fps nor a module: {args}")
    words = [args[0], *args[3:]] if module else list(args)
    pipes: list[IO[str] | None] = [None, None]
    given: list[int] = []
    opened: list[int] = []
    try:
        opened.append(os.open(os.devnull, os.O_RDWR))
        for rang, what in enumerate((stdout, stderr)):
            if what == subprocess.PIPE:
                ours, theirs = os.pipe()
                pipes[rang] = os.fdopen(ours, encoding="utf-8")
                opened.append(theirs)
                given.append(theirs)
            elif what == subprocess.STDOUT:
                given.append(given[0])
            else:
                given.append(opened[0] if what == NEANT else what.fileno())  # type: ignore[union-attr]
        request = {"module": module, "argv": words, "env": dict(env), "cwd": str(cwd or Path.cwd())}
        pid = _mere().demander(request, [opened[0], *given])["pid"]
    finally:
        for fd in opened:
            os.close(fd)
    return Processus(args, pid, *pipes)


def executer(args: Sequence[str], env: Mapping[str, str], *, cwd: Path | None = None, timeout: float) -> "subprocess.CompletedProcess[str]":
    """Run one of them to its end, as `subprocess.run` does; raises TimeoutExpired."""
    process = lancer(args, env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = process.communicate(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return subprocess.CompletedProcess(list(args), process.wait(), out, err)


SHIM: Final = """#!{python} -ISE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
    asked.connect({address!r})
    request = {{"module": None, "argv": sys.argv, "env": dict(os.environ), "cwd": os.getcwd()}}
    socket.send_fds(asked, [json.dumps(request).encode()], [0, 1, 2])
    status = json.loads(asked.recv(64))
sys.exit(status if status >= 0 else 128 - status)
"""


@contextmanager
def commande(folder: Path) -> Iterator[Path]:
    """A folder that holds a command `fps`, for the scripts: what they call is forked too, on their own pipes."""
    program = folder / "fps"
    # A short place: the address of a socket has a hundred bytes at most.
    with tempfile.TemporaryDirectory() as place, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        address = f"{place}/fps"
        listening.bind(address)
        listening.listen()
        program.write_text(SHIM.format(python=sys.executable, address=address), encoding="utf-8")
        program.chmod(0o755)

        def servir(one: socket.socket) -> None:
            with one:
                content, fds, _, _ = socket.recv_fds(one, ENTETE, 3)
                try:
                    pid = _mere().demander(json.loads(content), fds)["pid"]
                finally:
                    for fd in fds:
                        os.close(fd)
                one.send(json.dumps(Processus([FPS], pid, None, None).wait()).encode())

        def ecouter() -> None:
            with suppress(OSError):  # closed
                while True:
                    threading.Thread(target=servir, args=(listening.accept()[0],), daemon=True).start()

        threading.Thread(target=ecouter, daemon=True).start()
        try:
            yield folder
        finally:
            listening.shutdown(socket.SHUT_RDWR)


class _Mere:
    """The process that has imported the product, and forks when it is asked to."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.channel, self.lock, self.owner = ours, threading.Lock(), os.getpid()
        env = {k: v for k, v in os.environ.items() if not k.startswith("FPS_")} | {"PYTHONWARNINGS": "error::ResourceWarning"}
        command = [sys.executable, __file__, str(theirs.fileno())]
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=NEANT, env=env)
        theirs.close()
        atexit.register(self.fermer)

    def demander(self, request: Mapping[str, Any], fds: Sequence[int] = ()) -> dict[str, Any]:
        """Ask it something, one at a time."""
        with self.lock:
            socket.send_fds(self.channel, [json.dumps(request).encode()], list(fds))
            answer: dict[str, Any] = json.loads(self.channel.recv(ENTETE) or b"{}")
        return answer

    def fermer(self) -> None:
        """It ends when nobody speaks to it any more."""
        self.channel.close()
        self.process.wait(10)


_MERES: dict[int, _Mere] = {}


def _mere() -> _Mere:
    """That of this process, started by the first that asks."""
    pid = os.getpid()
    if pid not in _MERES:
        _MERES[pid] = _Mere()
    return _MERES[pid]


def _servir(channel: socket.socket) -> dict[str, Any] | None:
    """Fork for each request; gives, in the child only, what it has to be."""
    while True:
        content, fds, _, _ = socket.recv_fds(channel, ENTETE, 3)
        if not content:
            return None
        request: dict[str, Any] = json.loads(content)
        if "pid" in request:
            pid, status = os.waitpid(request["pid"], os.WNOHANG)
            answer: dict[str, Any] = {"statut": os.waitstatus_to_exitcode(status) if pid else None}
        else:
            pid = os.fork()
            if not pid:
                return request | {"fds": fds}
            for fd in fds:
                os.close(fd)
            answer = {"pid": pid}
        channel.send(json.dumps(answer).encode())


def _chauffer() -> None:
    """Read once what each process would read again: four services that open and close, in a place of their own, and the commands."""
    import asyncio

    from fps.droit.calendar import jour_ouvrable
    from fps_console.cli.principal import arbre
    from fps_simulateur.pilote.world import open_world

    async def une_fois(folder: Path) -> None:
        async with open_world(pki_dir=folder / "pki") as opened:
            await opened.pilot.creer("defaut", datetime(2026, 6, 12, 10, tzinfo=UTC))

    with tempfile.TemporaryDirectory() as place:
        asyncio.run(une_fois(Path(place)))
    jour_ouvrable(date(2026, 6, 12))
    arbre()
    if len(threads := threading.enumerate()) > 1:
        raise RuntimeError(f"what is forked has no thread: {threads}")


def _devenir(request: Mapping[str, Any]) -> None:
    """Be the process that was asked for."""
    for rang, fd in enumerate(request["fds"]):
        os.dup2(fd, rang)
    for fd in {*request["fds"]} - {0, 1, 2}:
        os.close(fd)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    random.seed()
    sys.argv = request["argv"]
    if request["module"]:
        sys.path.insert(0, request["cwd"])
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
    else:
        from fps_console.cli.principal import main

        raise SystemExit(main())


if __name__ == "__main__":
    sys.path.pop(0)  # the tests are no part of the product
    for name in DEJA_LUS:
        importlib.import_module(name)
    _chauffer()
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as parole:
        asked = _servir(parole)
    if asked is not None:
        _devenir(asked)
