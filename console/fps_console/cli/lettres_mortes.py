"""The commands `fps lettres-mortes …`: what could not be delivered, and a new try."""

from typing import Annotated

import typer

from fps_console.cli.francais import Commande, GroupeFrancais
from fps_console.cli.options import Adresses, BacOption, DataDir, Json, settings

app = typer.Typer(help="Les lettres mortes : leur cause, un nouvel essai.", cls=GroupeFrancais, no_args_is_help=True, rich_markup_mode=None)


@app.command("lister", cls=Commande)
def lister(nom: BacOption = "defaut", en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Liste les lettres mortes et les échéances enterrées d'un bac, chacune avec sa cause, et les lettres illisibles."""
    from fps_console.commandes.lettres_mortes import show_dead

    return show_dead(settings(adresses, data_dir), nom, en_json)


@app.command("rejouer", cls=Commande)
def rejouer(
    identifiant: Annotated[
        str | None, typer.Argument(metavar="IDENTIFIANT", help="Une lettre (toutes à défaut).", show_default=False)
    ] = None,
    nom: BacOption = "defaut",
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Rejoue une lettre morte ou une échéance enterrée, ou toutes."""
    from fps_console.commandes.lettres_mortes import replay

    return replay(settings(adresses, data_dir), nom, identifiant, en_json)
