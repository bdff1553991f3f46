"""What leaves while it is made: the part of a page that a work changes, put in its place until it ends; an archive to take away."""

from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.responses import StreamingResponse

from fps_console.web.chantiers import Chantier


async def flot(chantier: Chantier, part: Callable[[], Awaitable[str]], cible: str) -> AsyncIterator[str]:
    """Server-sent events that htmx puts in `cible`; the last one is the part as it is at the end."""
    async for neuf in chantier.changements():
        yield _mis(await part(), cible) if neuf else ": encore\n\n"
    yield _mis(await part(), cible)


def _mis(texte: str, cible: str) -> str:
    dit = f'<hx-partial hx-target="{cible}" hx-swap="innerMorph">{texte}</hx-partial>'
    return "".join(f"data: {ligne}\n" for ligne in dit.splitlines()) + "\n"


def en_archive(morceaux: AsyncIterator[bytes], nom: str) -> StreamingResponse:
    """An archive that a browser keeps under that name."""
    return StreamingResponse(morceaux, media_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{nom}"'})
