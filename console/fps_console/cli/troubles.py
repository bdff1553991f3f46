"""The commands `fps troubles …`: what may go wrong around a product, with the reaction that is expected, provoked by name."""

from typing import Annotated

import typer

from fps_console.cli.francais import Commande, GroupeFrancais
from fps_console.cli.options import Adresses, BacOption, DataDir, Json, settings

app = typer.Typer(
    help="Les troubles qu'un produit rencontre, et la réaction attendue.", cls=GroupeFrancais, no_args_is_help=True, rich_markup_mode=None
)
Trouble = Annotated[str, typer.Argument(metavar="NOM", help="Un trouble de « fps troubles lister ».", show_default=False)]
Siret = Annotated[
    str | None, typer.Option(metavar="SIRET", help="Cette collectivité ; à défaut, toutes celles dont un produit tient la place.")
]


@app.command("lister", cls=Commande)
def lister(en_json: Json = False) -> int:
    """Liste les troubles : ce qui arrive, ce qui est attendu du produit, le texte, ce qui les provoque."""
    from fps_console.commandes import troubles

    return troubles.lister(en_json)


@app.command("jouer", cls=Commande)
def jouer(
    nom: Trouble,
    bac: BacOption = "defaut",
    siret: Siret = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Provoque un trouble : pose sa panne dans un bac, ou joue sa vie en mémoire et dit si elle s'est passée comme elle est écrite."""
    from fps_console.commandes import troubles

    return troubles.jouer(nom, lambda: settings(adresses, data_dir), bac, siret, en_json)


@app.command("lever", cls=Commande)
def lever(
    nom: Trouble,
    bac: BacOption = "defaut",
    siret: Siret = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Lève la panne d'un trouble, à tous les services où elle est posée."""
    from fps_console.commandes import troubles

    return troubles.lever(nom, lambda: settings(adresses, data_dir), bac, siret, en_json)
