"""What one asks of the installation itself: `fps doctor`, `schema`, `version`, `completion`, and `fps docs` in the sources."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from fps_console.cli.options import Adresses, DataDir, Json, settings


class Shell(StrEnum):
    """Where completion is known."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


class Quoi(StrEnum):
    """What has a published schema."""

    VIE = "vie"
    VILLE = "ville"
    RAPPORT = "rapport"
    PLAN = "plan"


def doctor(en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Cherche ce qui ne va pas, et le dit."""
    import asyncio

    from fps_console.commandes.doctor import examine

    return asyncio.run(examine(settings(adresses, data_dir), en_json))


def docs(check: Annotated[bool, typer.Option("--check", help="Dit seulement ce qui est périmé.")] = False, en_json: Json = False) -> int:
    """Écrit la documentation générée (dans les sources du projet)."""
    from fps_console.documentation.ecriture import main as write

    return write(check, en_json=en_json)


def schema(
    quoi: Annotated[
        Quoi,
        typer.Argument(
            metavar="QUOI", help="vie (ce que « fps play » joue), ville, plan ou rapport (de « fps certifier »).", show_default=False
        ),
    ],
    en_json: Json = False,
) -> int:
    """Donne le schéma JSON d'un fichier, pour qu'un éditeur le complète : fps schema vie > vie.schema.json."""
    from fps_console.commandes.output import say

    if quoi in (Quoi.RAPPORT, Quoi.PLAN):
        from fps_certification.rapports.publies import publie
    else:
        from fps_simulateur.langue.publies import publie
    say(publie(quoi.value).rstrip("\n"))
    return 0


def version(en_json: Json = False) -> int:
    """Donne la version du simulateur."""
    from importlib.metadata import version as of

    from fps_console.commandes.output import answer

    fps, python = of("fps-console"), sys.version.split()[0]
    return answer(en_json, f"fps {fps} (Python {python})", fps=fps, python=python)


def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh ou fish.", show_default=False)], en_json: Json = False
) -> int:
    """Donne le script qui complète les commandes : eval "$(fps completion bash)"."""
    from typer._completion_shared import get_completion_script

    from fps_console.commandes.output import answer

    script = get_completion_script(prog_name="fps", complete_var=COMPLETE, shell=shell.value).replace(REGISTER, AUTOLOADED)
    return answer(en_json, script, shell=shell.value, script=script)


REGISTER = "compdef _fps_completion fps"
# In zsh, a script of $fpath is run by the first completion itself: it must answer it, and not only register for the next one.
AUTOLOADED = f"""if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _fps_completion "$@"
else
  {REGISTER}
fi"""
COMPLETE = "_FPS_COMPLETE"  # the variable by which a shell asks the command what could follow
