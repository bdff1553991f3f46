"""What tells how much was tried: `fps coverage`, the paths that runs walked; `fps grille`, the last days of the law."""

from pathlib import Path
from typing import Annotated

import typer

from fps_console.cli.options import Adresses, DataDir, settings

EN_JSON = typer.Option("--json", metavar="[FICHIER]", help="Écrit tout en JSON (à l'écran sans FICHIER).")
SVG = typer.Option(metavar="FICHIER", help="Écrit aussi le dessin (- : à l'écran).")
HTML = typer.Option(metavar="FICHIER", help="Écrit aussi une page à lire, d'un seul fichier.")
PARALLELE = typer.Option(metavar="N", min=1, max=32, help="Joue dans N processus, chacun avec son monde.")


def coverage(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NOM|FAMILLE|FICHIER]…", help="Vies à jouer, ou fichiers JSON de « coverage » et de « play » ; sinon le catalogue."
        ),
    ] = None,
    bac: Annotated[list[str] | None, typer.Option(metavar="NOM", help="Un bac du simulateur qui tourne ; l'option se répète.")] = None,
    en_json: Annotated[Path | None, EN_JSON] = None,
    svg: Annotated[Path | None, SVG] = None,
    cobertura: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi le XML de Cobertura, pour l'intégration continue.")
    ] = None,
    html: Annotated[Path | None, HTML] = None,
    seuil: Annotated[float | None, typer.Option(metavar="N", min=0, max=100, help="Sort avec 4 si moins de N % est parcouru.")] = None,
    parallele: Annotated[int, PARALLELE] = 1,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Dit quels états, transitions, messages, refus et articles des vies ont parcourus."""
    from fps_console.commandes.coverage import SortiesDeCouverture
    from fps_console.commandes.coverage import coverage as tell

    where = settings(adresses, data_dir) if bac else None
    return tell(
        sources or [], bac or [], SortiesDeCouverture(en_json, svg, cobertura, html), seuil=seuil, parallele=parallele, settings=where
    )


def grille(
    delais: Annotated[list[str] | None, typer.Argument(metavar="[DÉLAI]…", help="Délais à éprouver ; tous sinon.")] = None,
    piege: Annotated[list[str] | None, typer.Option(metavar="NOM", help="Un piège du calendrier ; l'option se répète, tous sinon.")] = None,
    en_json: Annotated[Path | None, EN_JSON] = None,
    svg: Annotated[Path | None, SVG] = None,
    html: Annotated[Path | None, HTML] = None,
    parallele: Annotated[int, PARALLELE] = 1,
) -> int:
    """Éprouve chaque délai la veille, le jour et le lendemain, aux pièges du calendrier."""
    from fps_console.commandes.coverage import SortiesDeCouverture
    from fps_console.commandes.grille import grille as tell

    return tell(delais or [], piege or [], SortiesDeCouverture(en_json, svg, None, html), parallele=parallele)
