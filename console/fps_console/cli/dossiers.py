"""What one asks of the dossiers: their life, their letters, their days to come, where a value comes from, the flows that they travel by."""

from pathlib import Path
from typing import Annotated

import typer

from fps_console.cli.options import Adresses, BacOption, DataDir, Json, settings


def advance(
    nom: BacOption = "defaut",
    jusqua: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="2026-10-05T10:00 (heure de Paris) ; une date seule, 2026-10-05, veut dire 20:00."),
    ] = None,
    de: Annotated[str | None, typer.Option(metavar="DURÉE", help="Durée ISO 8601 : P3M (3 mois), P6D (6 jours), P1Y2M, PT12H.")] = None,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="JOUR", help="Un jour qui a un nom : prochaine, limite-paiement, titre, avertissement… ; ou une date, ou une durée."
        ),
    ] = None,
    dossier: Annotated[str | None, typer.Option(metavar="NUMÉRO", help="Le dossier dont c'est le jour (avec --to).")] = None,
    detail: Annotated[bool, typer.Option("--detail", help="Dit chaque fait, même s'il y en a des milliers.")] = False,
    attente: Annotated[
        float, typer.Option(metavar="SECONDES", min=0, max=3_600, help="Laissées à un produit pour acquitter sa lettre de temps.")
    ] = 10,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Avance la date d'un bac et dit ce qui s'est passé ; rend 4 si un produit prévenu de l'heure ne répond pas."""
    from fps_console.commandes.avance import advance as go
    from fps_console.commandes.avance import named

    asked = {"jusqua": jusqua, "de": de, "dossier": dossier, **({} if to is None else named(to))}
    given = {name: value for name, value in asked.items() if value is not None}
    return go(settings(adresses, data_dir), nom, given, en_json, detail=detail, attente=attente)


Numero = typer.Argument(metavar="NUMERO", help="Numéro du FPS, 26 chiffres.", show_default=False)


def dossier(
    numero: Annotated[str, Numero],
    nom: BacOption = "defaut",
    developpeur: Annotated[bool, typer.Option("--developpeur", help="Tout le journal, avec rangs, données et identifiants.")] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi une page, qui s'ouvre seule, avec ses documents.")
    ] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Raconte un dossier : sa vie, ses sommes, ce qui l'attend, ses courriers."""
    from fps_console.commandes.dossier import dossier as tell

    return tell(settings(adresses, data_dir), nom, numero, en_json, developpeur=developpeur, html=html)


def courriers(
    numero: Annotated[str | None, Numero] = None,
    nom: BacOption = "defaut",
    archive: Annotated[
        Path | None, typer.Option("--zip", metavar="FICHIER", help="Écrit chacun dans cette archive, en JSON et en PDF.")
    ] = None,
    dossier: Annotated[
        Path | None, typer.Option("--pdf", metavar="RÉPERTOIRE", help="Écrit chacun dans ce répertoire, en JSON et en PDF.")
    ] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Liste les courriers d'un dossier, ou de tout un bac, et les imprime."""
    from fps_console.commandes.dossier import courriers as go

    return go(settings(adresses, data_dir), nom, numero, archive, dossier, en_json)


def comparer(
    a: Annotated[str, typer.Argument(metavar="BAC", help="Un bac.", show_default=False)],
    b: Annotated[str, typer.Argument(metavar="AUTRE", help="Celui auquel on le compare.", show_default=False)],
    page: Annotated[Path | None, typer.Option("--html", metavar="FICHIER", help="Écrit aussi une page, qui s'ouvre seule.")] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Compare deux bacs : états, dates, montants, courriers, flux ; rend 1 s'ils diffèrent, 2 si l'un ne se lit pas."""
    from fps_console.commandes.comparer import comparer as go

    return go(settings(adresses, data_dir), a, b, page, en_json)


def record(
    nom: BacOption = "defaut",
    sortie: Annotated[
        Path | None, typer.Option("-o", "--sortie", metavar="FICHIER", help="Où écrire la vie (à défaut : à l'écran).")
    ] = None,
    vie: Annotated[str | None, typer.Option("--nom", metavar="NOM", help="Le nom de la vie ; celui du bac à défaut.")] = None,
    titre: Annotated[str | None, typer.Option(metavar="TEXTE", help="Ce qui arrive, en une phrase.")] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Écrit ce qui a été fait dans un bac, par qui que ce soit, comme une vie qui se rejoue ; rend 1 si elle ne redonne pas tout."""
    from fps_console.commandes.record import record as go

    return go(settings(adresses, data_dir), nom, sortie, vie, titre, en_json)


def flux(en_json: Json = False) -> int:
    """Liste les 16 flux et ce qui en est simulé."""
    from fps_console.commandes.flux import flows, flows_table
    from fps_console.commandes.output import dump

    if en_json:
        dump(flows())
    else:
        flows_table()
    return 0


def expliquer(
    numero: Annotated[str, typer.Argument(metavar="NUMERO", help="Numéro du FPS, 26 chiffres.", show_default=False)],
    champ: Annotated[
        str, typer.Argument(metavar="CHAMP", help="La date ou le montant : payer_avant_le, majoration, rabais…", show_default=False)
    ],
    nom: BacOption = "defaut",
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Explique une date ou un montant d'un dossier : règle, article, calcul."""
    from fps_console.commandes.explique import explain as tell

    return tell(settings(adresses, data_dir), numero, champ, nom, en_json)
