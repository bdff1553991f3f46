"""The documentation at /documentation/: the site that `make docs` puts in this package, compressed, or the command that makes it."""

from pathlib import Path
from typing import Final

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from fps_console.web.cadre import Cadre

SITE: Final = Path(__file__).parent / "site"
ENTREE: Final = "docs/README.html"


class Documentation:
    """ASGI application of the site in a directory: by default, that of this package."""

    def __init__(self, cadre: Cadre, racine: Path | None = None):
        self.cadre, self.racine = cadre, racine or SITE
        self.site = GZipMiddleware(StaticFiles(directory=self.racine, check_dir=False))

    @property
    def la(self) -> bool:
        """Whether the site was built."""
        return (self.racine / ENTREE).is_file()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.la:
            absente = await self.cadre.page(Request(scope), "apprendre/sans_documentation.html", 404)
            await absente(scope, receive, send)
        elif scope["path"].endswith("/documentation/"):
            await RedirectResponse(f"{scope['path']}{ENTREE}", 303)(scope, receive, send)
        else:
            await self.site(scope, receive, send)
