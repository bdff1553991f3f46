"""The commands `fps bac …`: the worlds, each at its date."""

from pathlib import Path
from typing import Annotated

import typer

from fps_console.cli.francais import Commande, GroupeFrancais
from fps_console.cli.options import Adresses, DataDir, Json, Nom, settings

app = typer.Typer(help="Les bacs à sable : des mondes, chacun à sa date.", cls=GroupeFrancais, no_args_is_help=True, rich_markup_mode=None)


@app.command("creer", cls=Commande)
def creer(
    nom: Nom,
    le: Annotated[
        str | None, typer.Option(metavar="DATE", help="Date du bac, aujourd'hui à défaut ; une date seule veut dire 20:00.")
    ] = None,
    graine: Annotated[
        str, typer.Option(metavar="MOT", help="Graine : même graine, mêmes registres, mêmes numéros ; le nom à défaut.")
    ] = "",
    courant: Annotated[bool, typer.Option("--courant", help="La date avance toute seule.")] = False,
    vitesse: Annotated[int, typer.Option(metavar="N", min=1, help="Secondes simulées par seconde, avec --courant.")] = 1,
    vierge: Annotated[
        bool, typer.Option("--vierge", help="Sans collectivité, espace numérique ni certificat : tout est à enrôler.")
    ] = False,
    villes: Annotated[
        Path | None,
        typer.Option(metavar="DOSSIER", help="Ses collectivités : un fichier .yaml, ou un dossier ; celles du simulateur à défaut."),
    ] = None,
    modele: Annotated[
        str | None,
        typer.Option(metavar="BAC|FICHIER", help="Le bac, ou l'export, tel qu'il commence ; alors ni date, ni graine, ni villes."),
    ] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Crée un bac vide, ou d'après un modèle."""
    from fps_console.commandes import bacs

    if modele is not None:
        autres = [le, graine, courant, vierge, villes]
        return bacs.from_model(settings(adresses, data_dir), nom, modele, seul=not any(autres), en_json=en_json)
    mode = "courant" if courant else "fige"
    return bacs.create(settings(adresses, data_dir), nom, le, graine, mode, vitesse, vierge=vierge, villes=villes, en_json=en_json)


@app.command("garder", cls=Commande)
def garder(
    nom: Nom,
    jours: Annotated[int | None, typer.Option(metavar="N", min=0, max=36_500, help="Encore N jours réels.")] = None,
    jusqu_au: Annotated[str | None, typer.Option(metavar="DATE", help="Jusqu'à ce jour réel, compris.")] = None,
    toujours: Annotated[bool, typer.Option("--toujours", help="Sans limite, comme un bac dont on n'a rien dit.")] = False,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Dit jusqu'à quel jour réel garder un bac ; rien n'est supprimé sans « fps bac nettoyer --oui »."""
    from fps_console.commandes import retention

    return retention.garder(settings(adresses, data_dir), nom, jours, jusqu_au, toujours, en_json)


@app.command("nettoyer", cls=Commande)
def nettoyer(
    oui: Annotated[bool, typer.Option("--oui", help="Les supprime ; sinon, dit seulement lesquels.")] = False,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Dit quels bacs ont passé leur jour, et les supprime avec --oui."""
    from fps_console.commandes import retention

    return retention.nettoyer(settings(adresses, data_dir), oui, en_json)


@app.command("lister", cls=Commande)
def lister(en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Liste les bacs et leurs dates."""
    from fps_console.commandes import bacs

    return bacs.show_all(settings(adresses, data_dir), en_json)


@app.command("etat", cls=Commande)
def etat(nom: Nom = "defaut", en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Dit la date d'un bac, sa prochaine échéance et ses nombres."""
    from fps_console.commandes import bacs

    return bacs.show(settings(adresses, data_dir), nom, en_json)


@app.command("figer", cls=Commande)
def figer(nom: Nom, en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Arrête la date d'un bac : elle n'avance plus que sur demande."""
    from fps_console.commandes import bacs

    return bacs.set_mode(settings(adresses, data_dir), nom, "fige", en_json=en_json)


@app.command("courir", cls=Commande)
def courir(
    nom: Nom,
    vitesse: Annotated[int, typer.Option(metavar="N", min=1, help="Secondes simulées par seconde.")] = 1,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Laisse la date d'un bac avancer toute seule."""
    from fps_console.commandes import bacs

    return bacs.set_mode(settings(adresses, data_dir), nom, "courant", vitesse, en_json)


@app.command("supprimer", cls=Commande)
def supprimer(nom: Nom, en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Supprime un bac et tout ce qu'il contient."""
    from fps_console.commandes import bacs

    return bacs.remove(settings(adresses, data_dir), nom, en_json)


@app.command("copier", cls=Commande)
def copier(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Le bac à copier.", show_default=False)],
    cible: Annotated[str, typer.Argument(metavar="CIBLE", help="Le nom de la copie.", show_default=False)],
    le: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Tel qu'il était, ou sera, à cette date ; une date seule veut dire 20:00. Tel qu'il est à défaut."
        ),
    ] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Copie un bac, son histoire comprise ; --le le prend à une date de son passé ou de son avenir."""
    from fps_console.commandes import bacs

    return bacs.copy(settings(adresses, data_dir), source, cible, le, en_json)


@app.command("exporter", cls=Commande)
def exporter(
    nom: Nom,
    fichier: Annotated[Path | None, typer.Argument(metavar="FICHIER", help="Où écrire (à défaut : à l'écran).", show_default=False)] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Écrit tout un bac dans un fichier, à mesure qu'il est lu (compressé si son nom finit par .gz)."""
    from fps_console.commandes import bacs

    return bacs.export(settings(adresses, data_dir), nom, fichier, en_json)


@app.command("importer", cls=Commande)
def importer(
    nom: Nom,
    fichier: Annotated[Path, typer.Argument(metavar="FICHIER", help="Un fichier écrit par « fps bac exporter ».", show_default=False)],
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Reprend un bac exporté, sous ce nom."""
    from fps_console.commandes import bacs

    return bacs.restore(settings(adresses, data_dir), nom, fichier, en_json)
