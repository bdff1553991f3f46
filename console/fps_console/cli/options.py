"""The options that several commands share, and the settings that they make."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fps.kit.ground.settings import Settings

Adresses = Annotated[str | None, typer.Option(metavar="LISTE", help="Où sont les services : antai=http://…,dgfip=… (sinon FPS_ADDRESSES).")]
DataDir = Annotated[Path | None, typer.Option(metavar="DOSSIER", help="Dossier des données (sinon FPS_DATA_DIR, sinon .fps).")]
Json = Annotated[bool, typer.Option("--json", help="Réponse en JSON.")]
Nom = Annotated[str, typer.Argument(metavar="NOM", help="Nom du bac : lettres minuscules, chiffres, tirets.", show_default=False)]
AncresFichier = Annotated[
    Path | None, typer.Option(metavar="FICHIER", help="Des ancres gardées ailleurs (« fps audit ancres ») : toutes doivent y être encore.")
]
BacOption = Annotated[str, typer.Option("--bac", metavar="NOM", help="Le bac.")]


def settings(adresses: str | None, data_dir: Path | None) -> "Settings":
    """Where the services and the data are, from the options, else from the environment. Raises Panne."""
    from fps_console.commandes.liaison import settings_of

    return settings_of(adresses, data_dir)
