"""Whether a port is free, who holds it when it is not, and ports that the system chooses."""

import asyncio
import errno
import socket
from contextlib import ExitStack
from pathlib import Path

from fps_console.commandes.output import Panne

LISTENING = "0A"


def drawn(host: str, number: int) -> list[socket.socket]:
    """Sockets on ports that the system chose: nobody else takes them before the servers listen. Raises Panne."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host or None, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with ExitStack() as stack:
            found = [stack.enter_context(socket.socket(family, kind)) for _ in range(number)]
            for one in found:
                one.bind(address)
            stack.pop_all()
    except OSError as error:
        raise not_here(host) from error
    return found


def not_here(host: str) -> Panne:
    """What is said of an address that this machine does not have."""
    return Panne(f"L'adresse « {host} » n'est pas celle de cette machine.", "Choisissez --host 127.0.0.1, ou 0.0.0.0 pour toutes.")


async def is_free(host: str, port: int) -> bool:
    """Whether this process could listen there; raises Panne when the address itself is not of this machine, or the port is reserved."""
    try:
        server = await asyncio.start_server(lambda reader, writer: writer.close(), host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        if error.errno == errno.EACCES:
            raise Panne(
                f"Le port {port} est réservé à l'administrateur.", "Choisissez un port au-dessus de 1024 : « fps up --port 9000 »."
            ) from error
        raise not_here(host) from error
    server.close()
    await server.wait_closed()
    return True


def holder(port: int) -> str:
    """« nom (processus 1234) » of who listens on a port, or an empty string when the system does not say."""
    sockets = {f"socket:[{inode}]" for table in ("tcp", "tcp6") for inode in _inodes(Path("/proc/net") / table, port)}
    if not sockets:
        return ""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(link.readlink()) in sockets for link in (process / "fd").iterdir()):
                words = (process / "cmdline").read_bytes().split(b"\0")
                names = [Path(w.decode(errors="replace")).name for w in words if w][:3]
                return f"« {' '.join(names)} », processus {process.name}"
        except OSError:
            continue  # a process that ended, or that belongs to someone else
    return ""


def _inodes(table: Path, port: int) -> list[str]:
    try:
        lines = table.read_text().splitlines()[1:]
    except OSError:
        return []
    fields = [line.split() for line in lines]
    return [f[9] for f in fields if f[3] == LISTENING and int(f[1].rpartition(":")[2], 16) == port]


async def require_free(host: str, ports: dict[str, int]) -> None:
    """Raises Panne naming every port that is taken, by whom, and what to do."""
    taken = [(name, port) for name, port in ports.items() if not await is_free(host, port)]
    if not taken:
        return
    holders: dict[str, list[str]] = {}
    for name, port in taken:
        holders.setdefault(holder(port), []).append(f"{port} ({name})")
    parts = [f"{', '.join(names)}{f', par {who}' if who else ''}" for who, names in holders.items()]
    word = "Un port est déjà pris" if len(taken) == 1 else "Des ports sont déjà pris"
    raise Panne(
        f"{word} : {' ; '.join(parts)}.", "Arrêtez ce programme, ou choisissez d'autres ports : « fps up --port 9000 » prend 9000 à 9004."
    )
