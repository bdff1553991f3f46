"""`fps enroler`: the whole enrolment of a town, in one go."""

from pathlib import Path
from typing import Annotated

import typer

from fps_console.cli.options import Adresses, BacOption, DataDir, Json, settings


def enroler(
    siret: Annotated[str, typer.Argument(metavar="SIRET", help="La collectivité, 14 chiffres.", show_default=False)],
    sortie: Annotated[Path, typer.Option(metavar="DOSSIER", help="Où écrire la clé et le certificat.")] = Path("certificat"),
    bac: BacOption = "defaut",
    nom: Annotated[str | None, typer.Option(metavar="NOM", help="Le nom d'une collectivité dont le bac ne sait rien.")] = None,
    prestataire: Annotated[str, typer.Option(metavar="NOM", help="Le nom du prestataire.")] = "Éditeur Essai",
    zone: Annotated[list[str] | None, typer.Option(metavar="ZONE", help="Une zone du périmètre (toutes à défaut) ; à répéter.")] = None,
    droit: Annotated[list[str] | None, typer.Option(metavar="DROIT", help="Un droit (tous à défaut) ; à répéter.")] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Enrôle une collectivité à l'ANTAI, à la juridiction et à la DGFiP ; dit ce qui reste (code de sortie 3)."""
    from fps.confiance.habilitation import Permission
    from fps_console.commandes.enroler import enrol

    droits = droit or [p.value for p in Permission]
    return enrol(settings(adresses, data_dir), siret, bac, sortie, prestataire, zone or (), droits, en_json, nom=nom)
