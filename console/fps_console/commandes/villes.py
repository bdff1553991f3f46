"""The commands `fps ville …`: the towns of a bac, given by a file or by a SIRET alone, shown, taken back."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fps.donnees import ecrire_yaml
from fps.droit.numero import siret_valide
from fps.kit.ground.settings import Settings
from fps.villes.defaut import MODELE, par_defaut
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import Panne, answer, cause, dump, grid, say, screen

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot

QUE_FAIRE = "Corrigez le fichier : « fps ville modele » en montre un, commenté ; rien n'est gardé."


def lues(chemin: Path) -> list[dict[str, Any]]:
    """The towns of a file, or of every file of a directory, as the services take them; raises Panne with each fault and its place."""
    from fps_simulateur.langue.villes import VillesIllisibles, lire_fichiers

    try:
        return [ville.donnee() for ville in lire_fichiers(chemin)]
    except VillesIllisibles as error:
        raise Panne(str(error), QUE_FAIRE, code="ville-illisible") from error
    except OSError as error:
        raise Panne(f"{chemin} ne se lit pas ({cause(error)}).", "Donnez le chemin d'un fichier .yaml, ou un SIRET.") from error


def donnees(quoi: str, nom: str | None) -> list[dict[str, Any]]:
    """What somebody means: a SIRET alone, with the default configuration, or a file; raises Panne."""
    if quoi.isascii() and quoi.isdigit():
        if not siret_valide(quoi):
            raise Panne(f"« {quoi[:20]} » n'est pas un SIRET : 14 chiffres, et leur clé.", "Vérifiez-le, ou donnez un fichier .yaml.")
        return [du_siret(quoi, nom)]
    return lues(Path(quoi))


def du_siret(siret: str, nom: str | None) -> dict[str, Any]:
    """The default configuration (H124) of a SIRET, as the services take it."""
    return {"depuis": None, "commune": par_defaut(siret, nom).model_dump(mode="json", by_alias=True)}


def ajouter(settings: Settings, quoi: str, bac: str, nom: str | None, en_json: bool) -> int:
    """Give a town to a bac, in the four services or in none; raises Panne."""
    from fps_simulateur.pilote import villes

    trouvees = donnees(quoi, nom)
    drive(settings, lambda pilot: villes.ajouter(pilot, bac, trouvees))
    dites = ", ".join(f"{ville['commune']['nom']} ({ville['commune']['siret']})" for ville in trouvees)
    return answer(en_json, f"Le bac « {bac} » connaît {dites}.", bac=bac, sirets=[ville["commune"]["siret"] for ville in trouvees])


def lister(settings: Settings, bac: str, en_json: bool) -> int:
    """The towns of a bac; raises Panne."""
    from fps_simulateur.pilote import villes

    async def read(pilot: "Pilot") -> list[dict[str, Any]]:
        return await villes.lister(pilot, bac)

    trouvees = drive(settings, read)
    if en_json:
        dump(trouvees)
        return 0
    if not trouvees:
        say(f"Le bac « {bac} » ne connaît aucune collectivité : « fps ville ajouter FICHIER.yaml --bac {bac} ».")
        return 0
    rows = [(v["siret"], v["nom"], v["cycle"], ", ".join(v["zones"]), ", ".join(v["depuis"])) for v in trouvees]
    grid(f"Collectivités du bac « {bac} »", ("SIRET", "Nom", "Cycle", "Zones", "Configurée depuis"), rows, on=screen())
    return 0


def montrer(settings: Settings, siret: str, bac: str, en_json: bool) -> int:
    """The configurations of a town, each as the file that gives it; raises Panne."""
    from fps_simulateur.pilote import villes

    async def read(pilot: "Pilot") -> list[dict[str, Any]]:
        return await villes.montrer(pilot, bac, siret)

    trouvees = drive(settings, read)
    if en_json:
        dump(trouvees)
        return 0
    fichiers = [{"depuis": ville["depuis"], **ville["commune"]} for ville in trouvees]
    say("---\n".join(ecrire_yaml(fichier) for fichier in fichiers).rstrip())
    return 0


def modele(en_json: bool) -> int:
    """A commented file; under `--json`, the same without its comments."""
    if en_json:
        from fps_simulateur.langue.villes import lire

        dump(lire(MODELE, "modele").donnee())
        return 0
    say(MODELE.rstrip())
    return 0


def retirer(settings: Settings, siret: str, bac: str, en_json: bool) -> int:
    """Take a town without dossiers from a bac; raises Panne."""
    from fps_simulateur.pilote import villes

    drive(settings, lambda pilot: villes.retirer(pilot, bac, siret))
    return answer(en_json, f"Le bac « {bac} » ne connaît plus le SIRET {siret}.", bac=bac, siret=siret)
