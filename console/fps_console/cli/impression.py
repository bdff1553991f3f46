"""The commands `fps impression …`: what the print shop is ordered to print, checked and compared."""

from pathlib import Path
from typing import Annotated

import typer

from fps_console.cli.francais import Commande, GroupeFrancais
from fps_console.cli.options import Adresses, BacOption, DataDir, Json, settings

app = typer.Typer(
    help="L'impression des avis : requêtes, lots, mentions, deux versions.", cls=GroupeFrancais, no_args_is_help=True, rich_markup_mode=None
)
Siret = Annotated[str | None, typer.Option(metavar="SIRET", help="Une seule collectivité, 14 chiffres.")]
Lot = Annotated[str | None, typer.Option(metavar="LOT", help="Un seul lot : 2024-03-01-01.")]


@app.command("lister", cls=Commande)
def lister(
    nom: BacOption = "defaut",
    siret: Siret = None,
    lot: Lot = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Liste les requêtes d'impression d'un bac."""
    from fps_console.commandes import impression

    return impression.lister(settings(adresses, data_dir), nom, siret, lot, en_json)


@app.command("lot", cls=Commande)
def ecrire(
    lot: Annotated[str, typer.Argument(metavar="LOT", help="Le jour de l'envoi et le rang : 2024-03-01-01.", show_default=False)],
    sortie: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Où écrire le fichier du lot et ses avis.", show_default=False)],
    nom: BacOption = "defaut",
    siret: Siret = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Écrit le fichier d'un lot, tel que le prestataire d'édition le reçoit, et les avis qu'il imprime."""
    from fps_console.commandes import impression

    return impression.ecrire_lot(settings(adresses, data_dir), nom, lot, siret, sortie, en_json)


@app.command("valider", cls=Commande)
def valider(
    fichier: Annotated[
        Path | None, typer.Argument(metavar="FICHIER", help="Le fichier d'un lot (à défaut : toutes les requêtes).", show_default=False)
    ] = None,
    nom: BacOption = "defaut",
    siret: Siret = None,
    lot: Lot = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Vérifie chaque requête, et les mentions de son avis dans l'ordre du texte ; rend 1 quand il en manque une."""
    from fps_console.commandes import impression

    return impression.valider(settings(adresses, data_dir), nom, siret, lot, fichier, en_json)


@app.command("comparer", cls=Commande)
def comparer(
    avant: Annotated[Path, typer.Argument(metavar="AVANT", help="Un PDF.", show_default=False)],
    apres: Annotated[Path, typer.Argument(metavar="APRÈS", help="Le même, dans une autre version.", show_default=False)],
    html: Annotated[Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi une page, où ce qui diffère est encadré.")] = None,
    en_json: Json = False,
) -> int:
    """Compare deux versions d'un document, telles qu'on les voit ; rend 1 si elles diffèrent, 2 si l'une n'est pas un PDF."""
    from fps_console.commandes import impression

    return impression.comparer(avant, apres, html, en_json)
