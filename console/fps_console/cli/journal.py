"""The commands `fps journal …`: the journals of the dossiers, told and verified."""

from typing import Annotated

import typer

from fps_console.cli.francais import Commande, GroupeFrancais
from fps_console.cli.options import Adresses, AncresFichier, BacOption, DataDir, Json, settings

app = typer.Typer(
    help="Le journal des dossiers : ce qui s'est passé, et s'il est intact.",
    cls=GroupeFrancais,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("lire", cls=Commande)
def lire(
    dossier: Annotated[str | None, typer.Argument(metavar="DOSSIER", help="Un dossier (tous à défaut).", show_default=False)] = None,
    nom: BacOption = "defaut",
    detail: Annotated[bool, typer.Option("--detail", help="Dit chaque fait, même s'il y en a des milliers.")] = False,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Raconte ce qui s'est passé dans un bac, ou à un dossier, dans l'ordre."""
    from fps_console.commandes.avance import journal as tell

    return tell(settings(adresses, data_dir), nom, dossier, en_json, detail=detail)


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
