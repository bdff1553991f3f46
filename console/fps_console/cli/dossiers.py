"""What one asks of the dossiers: `fps advance` lives their days, `fps expliquer` tells where a value comes from, `fps flux` their flows."""

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
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Avance la date d'un bac et dit ce qui s'est passé."""
    from fps_console.commandes.avance import advance as go
    from fps_console.commandes.avance import named

    asked = {"jusqua": jusqua, "de": de, "dossier": dossier, **({} if to is None else named(to))}
    given = {name: value for name, value in asked.items() if value is not None}
    return go(settings(adresses, data_dir), nom, given, en_json, detail=detail)


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
