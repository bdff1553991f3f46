"""The commands `fps journal …`: the journals of the dossiers, verified."""

from typing import Annotated

import typer

from fps_console.cli.francais import Commande, Groupe
from fps_console.cli.options import Adresses, AncresFichier, BacOption, DataDir, Json, settings

app = typer.Typer(help="Le journal des dossiers : s'il est intact.", cls=Groupe, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def journal() -> None:
    """A group, even with one command."""


@app.command("verifier", cls=Commande)
def verifier(
    dossier: Annotated[str | None, typer.Argument(metavar="DOSSIER", help="Un dossier (tous à défaut).", show_default=False)] = None,
    nom: BacOption = "defaut",
    ancres: AncresFichier = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Vérifie qu'aucun acte n'a été changé, retiré, ajouté ou déplacé, tête comprise."""
    from fps_console.commandes.verification import journals

    return journals(settings(adresses, data_dir), nom, dossier, ancres, en_json)
