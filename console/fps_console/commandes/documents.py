"""The letters of a bac as documents: what each says, what is printed of it, and the file in which it is put."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from fps.flows import by_type
from fps.parties import Party
from fps_console.lecture import lettre
from fps_simulateur.pilote.lectures import sujets_de
from fps_simulateur.pilote.pilot import Pilot

LU: Final = (1980, 1, 1, 0, 0, 0)  # the hour of each file of an archive: the same letters make the same bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A letter to a person: its content, and its PDF when it has a form on paper."""

    id: str
    sujet: str
    le: datetime
    type: str
    libelle: str
    a: str
    contenu: Mapping[str, Any]
    pdf: bytes | None

    @property
    def nom(self) -> str:
        """Its file, without what ends it: the dossier, then the day and the message."""
        return f"{self.sujet}/{self.le:%Y-%m-%d}-{by_type(self.type).type}-{self.id[:8]}"

    @property
    def json(self) -> bytes:
        """What it says, as its file keeps it."""
        return (json.dumps(self.contenu, ensure_ascii=False, indent=1) + "\n").encode()


async def lire(pilot: Pilot, bac: str, journal: Sequence[Mapping[str, Any]], *, imprimes: bool) -> list[Document]:
    """The documents of the dossiers of a journal, in the order of their days; `imprimes`: with their PDF. Raises PiloteErreur."""
    letters = [lettre(c) for sujet in sujets_de(journal) for c in await pilot.courriers(bac, sujet)]
    letters.sort(key=lambda c: (c["le"], c["sujet"], c["flux"], c["id"]))
    return [await document(pilot, bac, c, imprimes=imprimes) for c in letters]


async def document(pilot: Pilot, bac: str, c: Mapping[str, Any], *, imprimes: bool) -> Document:
    """The same of a letter that was listed already (`lecture.lettre`). Raises PiloteErreur."""
    service = Party(c["service"])
    pdf = await pilot.pdf(bac, service, c["id"]) if imprimes and c["imprimable"] else None
    contenu = await pilot.courrier(bac, service, c["id"])
    return Document(c["id"], c["sujet"], c["le"], c["type"], c["libelle"], c["a"], contenu, pdf)


class Sortie(io.RawIOBase):
    """Where an archive is written and taken from as it grows: it holds what nobody has taken yet, and cannot be gone back in."""

    def __init__(self) -> None:
        self._restent: list[bytes] = []

    def writable(self) -> bool:
        """It is for nothing else."""
        return True

    def write(self, octets: Any) -> int:
        """Keep these until they are taken."""
        self._restent.append(bytes(octets))
        return len(self._restent[-1])

    def prendre(self) -> bytes:
        """What was written since the last time."""
        pris, self._restent = b"".join(self._restent), []
        return pris


async def archive(documents: AsyncIterable[Document]) -> AsyncIterator[bytes]:
    """Each in one archive, in JSON and in PDF, given piece by piece, one letter held at a time: the same letters make the same bytes."""
    sortie = Sortie()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as packed:
        async for un in documents:
            for suffixe, octets in ((".json", un.json), (".pdf", un.pdf)):
                if octets is not None:
                    info = zipfile.ZipInfo(f"{un.nom}{suffixe}", LU)
                    await asyncio.to_thread(packed.writestr, info, octets, zipfile.ZIP_DEFLATED)
            yield sortie.prendre()
    yield sortie.prendre()


def ecrire(documents: Sequence[Document], dossier: Path) -> int:
    """Write each in a directory, in JSON and in PDF; gives how many files. Raises OSError."""
    files = 0
    for un in documents:
        for suffixe, octets in ((".json", un.json), (".pdf", un.pdf)):
            if octets is not None:
                chemin = dossier / f"{un.nom}{suffixe}"
                chemin.parent.mkdir(parents=True, exist_ok=True)
                chemin.write_bytes(octets)
                files += 1
    return files
