"""The commands `fps ville …`: the towns of a bac."""

from typing import Annotated

import typer

from fps_console.cli.francais import Commande, GroupeFrancais
from fps_console.cli.options import Adresses, DataDir, Json, settings

app = typer.Typer(help="Les collectivités d'un bac.", cls=GroupeFrancais, no_args_is_help=True, rich_markup_mode=None)
Bac = Annotated[str, typer.Option("--bac", metavar="NOM", help="Le bac.")]
Siret = Annotated[str, typer.Argument(metavar="SIRET", help="Les 14 chiffres.")]


@app.command("ajouter", cls=Commande)
def ajouter(
    quoi: Annotated[str, typer.Argument(metavar="FICHIER.yaml|SIRET", help="Le fichier qui la décrit, un dossier, ou son SIRET seul.")],
    bac: Bac = "defaut",
    nom: Annotated[str | None, typer.Option(metavar="NOM", help="Son nom, avec un SIRET seul.")] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Donne une collectivité à un bac, ou une nouvelle configuration."""
    from fps_console.commandes import villes

    return villes.ajouter(settings(adresses, data_dir), quoi, bac, nom, en_json)


@app.command("lister", cls=Commande)
def lister(bac: Bac = "defaut", en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Liste les collectivités d'un bac."""
    from fps_console.commandes import villes

    return villes.lister(settings(adresses, data_dir), bac, en_json)


@app.command("montrer", cls=Commande)
def montrer(siret: Siret, bac: Bac = "defaut", en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Montre les configurations d'une collectivité, comme le fichier qui la donne."""
    from fps_console.commandes import villes

    return villes.montrer(settings(adresses, data_dir), siret, bac, en_json)


@app.command("modele", cls=Commande)
def modele(en_json: Json = False) -> int:
    """Écrit un fichier de collectivité, commenté."""
    from fps_console.commandes import villes

    return villes.modele(en_json)


@app.command("retirer", cls=Commande)
def retirer(siret: Siret, bac: Bac = "defaut", en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Retire d'un bac une collectivité sans dossier."""
    from fps_console.commandes import villes

    return villes.retirer(settings(adresses, data_dir), siret, bac, en_json)
