"""A whole world in one file: the streams of the four services, one after the other, written and read in constant memory.

The first line names the world; then come the lines of each service, as it gave them (`fps.kit.engine.archive`).
"""

import json
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from gzip import BadGzipFile
from typing import Any, BinaryIO, Final

from fps.kit.engine.archive import LIGNE
from fps.kit.web.media import NDJSON
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.lectures import LONG
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur, _bac

FORMAT: Final = "fps-bac"
VERSION: Final = 2
TETE: Final = 4_096  # bytes of a first line
PART: Final = 1 << 16  # bytes that are sent at once
FIN: Final = b'{"fin":'
Dire = Callable[[Party, int], None]  # whose lines are on their way, and how many bytes of the whole file went


def _silence(service: Party, octets: int) -> None:
    """Nobody listens."""


async def exporter(pilot: Pilot, nom: str, dire: Dire = _silence) -> AsyncIterator[bytes]:
    """Everything of a bac, in the four services; its post must be quiet from the beginning to the end, else PiloteErreur at the end."""
    async with pilot.immobile(nom):
        head = {"format": FORMAT, "version": VERSION, "bac": nom, "services": [s.value for s in SERVICES]}
        first = (json.dumps(head, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
        yield first
        sent = len(first)
        for service in SERVICES:
            async for some in pilot._octets(service, f"{_bac(nom)}/export"):
                sent += len(some)
                dire(service, sent)
                yield some


def faux(pourquoi: str) -> PiloteErreur:
    """What is not an exported world."""
    detail = f"Ce fichier n'est pas un export de bac ({pourquoi}) : refaites-le avec « fps bac exporter »."
    return PiloteErreur(Party.ANTAI, {"code": "export-invalide", "title": "L'export ne peut pas être lu", "detail": detail})


def est_un_flot(debut: bytes) -> bool:
    """Whether a file that begins so is a stream; else it may be the JSON document of the first version."""
    return debut.startswith(f'{{"format":"{FORMAT}","version":{VERSION},'.encode())


async def importer(pilot: Pilot, nom: str, fichier: BinaryIO, dire: Dire = _silence) -> dict[Party, int]:
    """Put an exported world back under a name, in the four services or in none; raises PiloteErreur.

    Gives, by service, how many journals came without a signed head: their chains alone were replayed.
    """
    if not est_un_flot(fichier.readline(TETE)):
        raise faux("son en-tête manque")
    faits: dict[Party, int] = {}
    try:
        while first := fichier.readline(TETE):
            service = _service(first)
            if service is None or service in faits:
                raise faux("l'en-tête d'un service est attendu")
            envoi: dict[str, Any] = {
                "content": _section(first, fichier, service, dire),
                "headers": {"Content-Type": NDJSON},
                "timeout": LONG,
            }
            faits[service] = (await pilot._call(service, "POST", f"{_bac(nom)}/import", **envoi)).json()["sans_ancre"]
        if manquent := [s.value for s in SERVICES if s not in faits]:
            raise faux(f"il y manque {', '.join(manquent)}")
    except BaseException:
        await _defaire(pilot, nom, faits)
        raise
    return faits


async def importer_document(pilot: Pilot, nom: str, contenu: Mapping[str, Any]) -> dict[Party, int]:
    """The same for the JSON document of the first version, which is held whole."""
    services = contenu.get("services") if contenu.get("format") == FORMAT else None
    if not isinstance(services, Mapping) or set(services) != {s.value for s in SERVICES}:
        raise faux("les quatre services y sont attendus")
    calls = [("POST", f"{_bac(nom)}/import", {"json": services[s.value], "timeout": LONG}) for s in SERVICES]
    return {service: one["sans_ancre"] for service, one in (await pilot._everywhere(nom, calls)).items()}


async def _defaire(pilot: Pilot, nom: str, faits: Iterable[Party]) -> None:
    for service in faits:
        with suppress(PiloteErreur):
            await pilot._call(service, "DELETE", _bac(nom), timeout=LONG)


def _service(first: bytes) -> Party | None:
    try:
        return Party(json.loads(first)["service"])
    except (ValueError, KeyError, TypeError):
        return None


async def _section(first: bytes, fichier: BinaryIO, service: Party, dire: Dire) -> AsyncIterator[bytes]:
    """The lines of one service, up to the one that seals them."""
    parts, size = [first], len(first)
    while line := _ligne(fichier):
        parts.append(line)
        size += len(line)
        last = line.startswith(FIN)
        if last or size >= PART:
            yield b"".join(parts)
            parts, size = [], 0
            dire(service, fichier.tell())
        if last:
            return
    yield b"".join(parts)  # cut: the service says so


def _ligne(fichier: BinaryIO) -> bytes:
    """The next line; none when what is compressed is cut or damaged there: a world that stops is refused by the service, as a whole."""
    try:
        return fichier.readline(LIGNE)
    except (EOFError, BadGzipFile, zlib.error):
        return b""
