"""`fps certifier`: the requirements of a product today; its plans, its checks and its verdict are not there yet."""

from typing import Annotated

import typer

from fps_console.cli.options import Json


def certifier(
    montrer: Annotated[bool, typer.Option("--exigences", help="Montre les exigences, leur source et leurs épreuves.")] = False,
    en_json: Json = False,
) -> int:
    """Montre ce qu'un produit devra prouver ; ne certifie encore rien (code de sortie 4)."""
    from fps_console.commandes.certifier import not_yet, show_requirements

    return show_requirements(en_json) if montrer else not_yet()
