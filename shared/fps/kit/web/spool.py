"""A body too long for the memory, kept in a temporary file while it is read: bounded, and gone with the request."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Final, cast

from fastapi import Request

from fps.kit.ground.faults import Malformed, Unavailable
from fps.kit.web.load import part_of_request
from fps.kit.wire.envelope import BODY_LIMIT

IN_MEMORY: Final = BODY_LIMIT  # what is shorter needs no file


class SansPlaceTemporaire(Unavailable):
    """Ce service n'a pas la place de garder ce fichier le temps de le lire"""

    code = "sans-place-temporaire"
    retry_after = 60


@dataclass(frozen=True, slots=True)
class Spool:
    """A body that came whole; `sha256`: of its bytes, in hexadecimal."""

    file: BinaryIO
    size: int
    sha256: str

    def content(self) -> bytes:
        """All of it, for what is short."""
        self.file.seek(0)
        return self.file.read()


@asynccontextmanager
async def spooled(request: Request | Any, limit: int) -> AsyncIterator[Spool]:
    """The body of a request; raises Malformed (413) as soon as it passes `limit` bytes, SansPlaceTemporaire."""
    digest, size = hashlib.sha256(), 0
    if (part_held := part_of_request(request.scope)) is not None:
        part_held.most = IN_MEMORY
    with SpooledTemporaryFile(IN_MEMORY) as file:
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise Malformed("corps-trop-grand", f"Le corps dépasse {limit // BODY_LIMIT} Mio.", status=413)
            digest.update(part)
            try:
                file.write(part)
            except OSError as error:
                raise SansPlaceTemporaire(str(error)) from error
        yield Spool(cast("BinaryIO", file), size, digest.hexdigest())
