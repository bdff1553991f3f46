"""What one asks of the installation itself: `fps doctor`, `fps version`, and `fps docs` in the sources."""

import sys
from typing import Annotated

import typer

from fps_console.cli.options import Adresses, DataDir, settings


def doctor(adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Cherche ce qui ne va pas, et le dit."""
    import asyncio

    from fps_console.commandes.doctor import examine

    return asyncio.run(examine(settings(adresses, data_dir)))


def docs(check: Annotated[bool, typer.Option("--check", help="Dit seulement ce qui est périmé.")] = False) -> int:
    """Écrit la documentation générée (dans les sources du projet)."""
    from fps_console.documentation.ecriture import main as write

    return write(check)


def version() -> int:
    """Donne la version du simulateur."""
    from importlib.metadata import version as of

    from fps_console.commandes.output import say

    say(f"fps {of('fps-console')} (Python {sys.version.split()[0]})")
    return 0
