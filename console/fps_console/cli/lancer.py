"""What starts the services and the pages, waits for them, stops them; and what plays alone: `fps demo`, `fps play`."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from fps_console.cli.francais import ECRAN
from fps_console.cli.options import Adresses, DataDir, Json, settings

LectureSeule = Annotated[bool, typer.Option("--lecture-seule", help="On lit dans les pages, personne n'y agit.")]


def up(
    data_dir: DataDir = None,
    memory: Annotated[bool, typer.Option("--memory", help="Tout en mémoire : rien n'est gardé à l'arrêt.")] = False,
    port: Annotated[
        int,
        typer.Option(metavar="PORT", help="Port de la console ; les services prennent les suivants (0 : au choix du système)."),
    ] = 8000,
    host: Annotated[
        str | None, typer.Option(metavar="ADRESSE", help="Adresse d'écoute (sinon FPS_HOST, sinon cette machine seulement).")
    ] = None,
    tls: Annotated[
        bool, typer.Option("--tls", help="Les services écoutent en TLS et demandent un certificat : pour brancher un éditeur.")
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Rend la main dès que tout est prêt ; « fps down » l'arrête. Pour une intégration continue.")
    ] = False,
    lecture_seule: LectureSeule = False,
    observe: Annotated[
        bool, typer.Option("--observe", help="La page /observation garde les dernières minutes et les traces des dossiers.")
    ] = False,
    en_json: Json = False,
) -> int:
    """Démarre les quatre services et la console, jusqu'à Ctrl-C."""
    if detach:
        from fps_console.commandes.detache import detach as leave

        said = {"--memory": memory, "--tls": tls, "--lecture-seule": lecture_seule, "--observe": observe}
        flags = [name for name, given in said.items() if given]
        return leave(settings(None, data_dir), ["--port", str(port), *(["--host", host] if host else []), *flags], en_json)
    from fps_console.commandes.up import up as start

    own: dict[str, Any] = {"memory": memory, "tls": tls, "lecture_seule": lecture_seule, "observe": observe, "en_json": en_json}
    return start(settings(None, data_dir), port=port, host=host, **own)


def attendre(
    delai: Annotated[float, typer.Option(metavar="SECONDES", min=0, help="Combien de secondes attendre, au plus.")] = 60,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Attend que les quatre services soient prêts ; rend 1 si le délai passe."""
    from fps_console.commandes.detache import attendre as wait

    return wait(adresses, data_dir, delai, en_json)


def down(en_json: Json = False, data_dir: DataDir = None) -> int:
    """Arrête le simulateur qui tourne sur ce dossier de données."""
    from fps_console.commandes.detache import down as stop

    return stop(settings(None, data_dir), en_json)


def pages(
    console: Annotated[str | None, typer.Option("--console", metavar="ADRESSE", help="Où est la console (sinon celle qui tourne).")] = None,
    en_json: Json = False,
    data_dir: DataDir = None,
) -> int:
    """Donne un lien, qui sert une fois, pour agir depuis les pages."""
    from fps_console.commandes.pages import pages as give

    return give(settings(None, data_dir), console, en_json)


def serve(lecture_seule: LectureSeule = False) -> int:
    """Démarre la console seule."""
    from fps_console.commandes.serve import serve as start

    return start(settings(None, None), lecture_seule=lecture_seule)


def demo(
    sortie: Annotated[Path, typer.Option(metavar="DOSSIER", help="Où écrire les courriers en PDF.")] = Path("build/demo"),
    en_json: Json = False,
) -> int:
    """Joue deux dossiers entiers, à Lille et à Paris."""
    import asyncio

    from fps_console.commandes.demo import play

    return asyncio.run(play(sortie, en_json))


def play(
    noms: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NOM|FAMILLE|FICHIER]…", help="Vies ou familles du catalogue, ou fichiers YAML ; tout le catalogue sinon."),
    ] = None,
    detail: Annotated[bool, typer.Option("--detail", help="Raconte chaque vie, jour après jour.")] = False,
    lister: Annotated[bool, typer.Option("--lister", help="Donne les vies du catalogue, sans les jouer.")] = False,
    en_json: Annotated[
        Path | None, typer.Option("--json", metavar="[FICHIER.json]", help="Écrit ce qui est trouvé en JSON (à l'écran sans FICHIER).")
    ] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi un rapport JUnit.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi un récit à lire, jour après jour.")] = None,
    pdf: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help="Écrit aussi chaque courrier, en JSON et en PDF, dans un répertoire par vie.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="MOMENT", help="Arrête chaque vie à ce jour : une date, J+5, « titre ».")] = None,
    parallele: Annotated[int, typer.Option(metavar="N", min=1, max=32, help="Joue dans N processus, chacun avec son monde.")] = 1,
    bac: Annotated[
        str | None,
        typer.Option(metavar="NOM", help="Joue dans un bac neuf du simulateur qui tourne, et le garde (NOM-1, NOM-2… si plusieurs)."),
    ] = None,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Joue des vies entières, et dit où l'une ne se passe pas comme elle est écrite."""
    from fps_console.commandes.play import play as start

    where = None if bac is None else settings(adresses, data_dir)
    ecran = en_json is not None and (lister or str(en_json) == ECRAN)
    document = None if ecran else en_json
    told = partial(start, noms or [], detail=detail, lister=lister, en_json=ecran, document=document, junit=junit, html=html, pdf=pdf)
    return told(until=until, parallele=parallele, bac=bac, settings=where)


def city(
    ville: Annotated[str, typer.Option("--ville", metavar="NOM|FICHIER.yaml", help="Une ville livrée (« lille »), ou son fichier.")],
    du: Annotated[datetime, typer.Option("--from", metavar="DATE", formats=["%Y-%m-%d"], help="Premier jour.")],
    au: Annotated[datetime, typer.Option("--to", metavar="DATE", formats=["%Y-%m-%d"], help="Dernier jour.")],
    seed: Annotated[str, typer.Option(metavar="GRAINE", help="La même donne le même monde, à l'octet près.")] = "42",
    fps: Annotated[int, typer.Option(metavar="N", help="Nombre de FPS établis dans la période.")] = 1_000,
    parametres: Annotated[Path | None, typer.Option(metavar="FICHIER.yaml", help="Paramètres à changer dans la population.")] = None,
    sortie: Annotated[Path, typer.Option(metavar="DOSSIER", help="Où sont gardés le monde et ses chiffres.")] = Path("build/ville"),
    memory: Annotated[bool, typer.Option("--memory", help="Tout en mémoire : rien à reprendre.")] = False,
    bac: Annotated[str | None, typer.Option(metavar="NOM", help="Joue dans ce bac du simulateur qui tourne, et l'y garde.")] = None,
    verifier: Annotated[bool, typer.Option("--verifier/--sans-verifier", help="Vérifie à la fin les invariants de chaque dossier.")] = True,
    empreinte: Annotated[bool, typer.Option("--empreinte", help="Donne l'empreinte des journaux.")] = False,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Joue des années d'une ville : FPS, paiements, RAPO, titres, recours."""
    from fps_console.commandes import city as commande

    une = commande.marche(ville, seed, fps, du.date(), au.date(), parametres)
    where = settings(adresses, data_dir)
    voulu = commande.Voulu(sortie, memory, bac, where, verifier, empreinte, en_json)
    return commande.city(une, voulu)
