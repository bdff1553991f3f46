"""The commands `fps audit …`: the audit journal of the services."""

from typing import Annotated

import typer

from fps_console.cli.francais import Commande, GroupeFrancais
from fps_console.cli.options import Adresses, AncresFichier, BacOption, DataDir, Json, settings

app = typer.Typer(
    help="Le journal d'audit : qui est venu, ce qui a été refusé.", cls=GroupeFrancais, no_args_is_help=True, rich_markup_mode=None
)


@app.command("verifier", cls=Commande)
def verifier(
    nom: Annotated[str | None, typer.Option("--bac", metavar="NOM", help="Un bac (tous à défaut).")] = None,
    ancres: AncresFichier = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Vérifie qu'aucune ligne du journal d'audit n'a été changée, retirée ou déplacée, et que les ancres les nomment encore."""
    from fps_console.commandes.verification import audit

    return audit(settings(adresses, data_dir), nom, ancres, en_json)


@app.command("ancres", cls=Commande)
def ancres(nom: BacOption = "defaut", en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Signe les têtes des journaux et les donne toutes, une par ligne, pour les garder hors des bases."""
    from fps_console.commandes.verification import anchors

    return anchors(settings(adresses, data_dir), nom, en_json)


@app.command("lire", cls=Commande)
def lire(nom: BacOption = "defaut", en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Montre le journal d'audit d'un bac (« ? » : ce qui ne nommait aucun bac)."""
    from fps_console.commandes.audit import show

    return show(settings(adresses, data_dir), nom, en_json)
