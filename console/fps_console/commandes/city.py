"""`fps city`: the years of a town played on one's own machine, or in a simulator that runs; what is counted of them, drawn and kept."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from fps.kit.ground.long_work import long_work
from fps.kit.ground.settings import Settings
from fps.kit.ground.telemetry import configure_logs
from fps_console.commandes.liaison import explain, linked
from fps_console.commandes.output import SPECIMEN, Panne, answer, cause, dump, grid, say, screen
from fps_console.commandes.progres import Dixiemes
from fps_console.commandes.up import data_directory
from fps_console.commandes.villes import lues
from fps_simulateur.auscultation import ausculter
from fps_simulateur.joueur import Ailleurs, QuatreServices
from fps_simulateur.langue.villes import connue
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.population.bilan import bilan
from fps_simulateur.population.empreinte import empreinte
from fps_simulateur.population.executant import GesteRefuse
from fps_simulateur.population.marche import AutreNumero, Marche, jouer
from fps_simulateur.population.parametres import Parametres, ParametresIllisibles, lire, livres
from fps_simulateur.population.rue import Periode, SansHeurePayante

if TYPE_CHECKING:
    from fps.villes.commune import Commune

BAC: Final = "ville"
MONDE, FICHE, BILAN = "monde", "marche.json", "bilan.json"
PREMIER: Final = date(2018, 1, 1)  # before, there is no FPS
MAXIMUM: Final = 5_000_000


class StatutVille(IntEnum):
    """What became of a run, by the exit status."""

    JOUEE = 0
    FAUSSE = 1  # books that do not balance, letters that never arrived, an invariant that is broken
    ILLISIBLE = 2  # what was asked cannot be played
    SIMULATEUR = 3  # an act that the plan believes possible was refused


@dataclass(frozen=True)
class Voulu:
    """How a run is played and told: where, verified or not, drawn or not."""

    sortie: Path
    memoire: bool
    bac: str | None
    settings: Settings
    verifier: bool
    empreinte: bool
    en_json: bool


def marche(ville: str, graine: str, fps: int, du: date, au: date, parametres: Path | None) -> Marche:
    """The run that is asked; raises Panne."""
    if not 1 <= fps <= MAXIMUM:
        raise _illisible(f"« --fps {fps} » : de 1 à {MAXIMUM} FPS.", "Donnez un autre nombre.")
    if not PREMIER <= du <= au:
        raise _illisible(f"Du {du:%d/%m/%Y} au {au:%d/%m/%Y} : aucun jour.", "« --from » vient d'abord, le 1er janvier 2018 au plus tôt.")
    return Marche(_ville(ville), graine, fps, Periode(du, au), _parametres(parametres))


def city(une: Marche, voulu: Voulu) -> int:
    """Play a run, from where it was cut when it was; tell and keep its figures. Gives the exit status (`StatutVille`). Raises Panne."""
    configure_logs("ERROR")
    try:
        with _dossier(voulu) as _:
            _meme_marche(une, voulu)
            found = asyncio.run(_jouer(une, voulu))
            return _raconter(found, une, voulu)
    except SansHeurePayante as error:
        raise _illisible(f"{error}", "Donnez une période plus longue, ou une ville dont les zones ont des heures payantes.") from error
    except (GesteRefuse, AutreNumero) as error:
        que_faire = "Signalez-le au projet avec la commande tapée : la population ne demande que ce que le droit permet."
        raise Panne(f"{error}", que_faire, code="geste-refuse", statut=StatutVille.SIMULATEUR) from error
    except PiloteErreur as error:
        raise explain(error) from error


def _illisible(phrase: str, que_faire: str, code: str = "marche-illisible") -> Panne:
    return Panne(phrase, que_faire, code=code, statut=StatutVille.ILLISIBLE)


def _ville(ville: str) -> "Commune":
    from fps.villes.catalogue import par_nom

    if ville.endswith((".yaml", ".yml")):
        if len(trouvees := lues(Path(ville))) != 1:
            raise _illisible(f"{ville} décrit {len(trouvees)} configurations : il en faut une.", "Donnez le fichier d'une seule ville.")
        from fps.villes.commune import Commune

        return Commune.model_validate(trouvees[0]["commune"])
    try:
        return par_nom()[connue(ville)]
    except ValueError as error:
        phrase = str(error) if str(error).endswith("?") else f"{error}."
        raise _illisible(phrase, f"Villes livrées : {', '.join(par_nom())} ; ou le chemin d'un fichier .yaml.", "ville-inconnue") from error


def _parametres(fichier: Path | None) -> Parametres:
    if fichier is None:
        return livres()
    try:
        return lire(fichier)
    except ParametresIllisibles as error:
        raise _illisible("Ces paramètres ne se lisent pas :", str(error), "parametres-illisibles") from error
    except OSError as error:
        raise _illisible(f"{fichier} ne se lit pas ({cause(error)}).", "Vérifiez ce chemin.", "fichier") from error


@contextmanager
def _dossier(voulu: Voulu) -> Iterator[IO[str]]:
    """The directory of a run, held by one command at a time."""
    with data_directory(voulu.sortie) as held:
        yield held


def _meme_marche(une: Marche, voulu: Voulu) -> None:
    """Keep what the run is, or see that it is the one that was begun here; raises Panne."""
    chemin, fiche = voulu.sortie / FICHE, une.fiche | {"bac": voulu.bac or BAC}
    if not chemin.exists() or voulu.memoire:
        chemin.write_text(json.dumps(fiche, indent=2) + "\n", "utf-8")
        return
    try:
        deja = json.loads(chemin.read_text("utf-8"))
    except ValueError:
        deja = None
    if deja != fiche:
        autres = ", ".join(nom for nom in fiche if not isinstance(deja, dict) or deja.get(nom) != fiche[nom])
        raise _illisible(
            f"{voulu.sortie} contient une autre marche ({autres}).",
            "Redonnez les mêmes options pour la reprendre, ou un autre dossier avec « --sortie ».",
            "autre-marche",
        )


@asynccontextmanager
async def _monde(voulu: Voulu) -> AsyncIterator[QuatreServices]:
    if voulu.bac is not None:
        async with linked(voulu.settings) as pilot:
            yield Ailleurs(pilot)
        return
    from fps_simulateur.pilote.world import open_world

    async with open_world(data_dir=None if voulu.memoire else voulu.sortie / MONDE) as world:
        with long_work():
            yield world


async def _jouer(une: Marche, voulu: Voulu) -> dict[str, Any]:
    bac = voulu.bac or BAC
    async with _monde(voulu) as monde:
        periode = une.periode
        with Dixiemes(muet=voulu.en_json) as progres:

            def dire(jour: date, etablis: int) -> None:
                progres.dire((jour - periode.du).days, (periode.au - periode.du).days, f"{jour:%d/%m/%Y} : {etablis} FPS sur {une.fps}")

            await jouer(monde, bac, une, dire)
        found = await bilan(monde, bac, une)
        found["invariants"] = None
        if voulu.verifier:
            verification = await ausculter(monde.pilot, bac, lambda _: None)
            found["invariants"] = {"ruptures": verification.nombre, "premieres": [str(r) for r in verification.ruptures[:20]]}
        if voulu.empreinte:
            found["empreinte"] = await empreinte(monde.pilot, bac)
        return found


def _raconter(found: dict[str, Any], une: Marche, voulu: Voulu) -> int:
    """Keep the figures, their drawings and their page; tell them; 1 when something does not add up."""
    from fps_console.commandes.city_dessins import dessiner
    from fps_console.commandes.city_page import rapport

    (voulu.sortie / BILAN).write_text(json.dumps({"specimen": SPECIMEN, **found}, ensure_ascii=False, indent=2) + "\n", "utf-8")
    dessins = dessiner(found, voulu.sortie)
    (voulu.sortie / "ville.html").write_text(rapport(found, une.parametres, dessins), "utf-8")
    lettres, invariants = found["lettres"], found["invariants"]
    juste = found["livres"]["equilibres"] and not any(lettres[nom] for nom in ("mortes", "en_attente", "echeances_enterrees"))
    juste = juste and not (invariants and invariants["ruptures"])
    statut = StatutVille.JOUEE if juste else StatutVille.FAUSSE
    if voulu.en_json:
        dump(found | {"statut": int(statut)})
        return int(statut)
    on = screen()
    say(f"{found['ville']}, du {une.periode.du:%d/%m/%Y} au {une.periode.au:%d/%m/%Y} — {SPECIMEN}\n")
    lignes = [(c["dit"], c["reel"], c["simule"] or "—", ecart(c["ecart"])) for c in found["comparaison"]]
    grid("Ce que disent les chiffres publics", ["", "Réel", "Simulé", "Écart"], lignes, on=on)
    say(f"\n{found['fps']['etablis']} FPS, {found['titres']['emis']} titres, {found['requetes']['deposees']} requêtes.")
    say("Les livres sont équilibrés." if found["livres"]["equilibres"] else "Les livres ne sont PAS équilibrés.")
    say(f"{lettres['ecrites']} lettres écrites, {lettres['mortes']} mortes, {lettres['en_attente']} en attente.")
    if invariants is not None:
        say(f"{invariants['ruptures'] or 'Aucun'} invariant{'s' if invariants['ruptures'] > 1 else ''} enfreint.")
    if "empreinte" in found:
        say(f"Empreinte du monde : {found['empreinte']}")
    if not dessins:
        say("Sans dessin : installez « fps-console[dessins] » (matplotlib).")
    return answer(False, f"\nÀ regarder : {voulu.sortie / 'ville.html'}") or int(statut)


def ecart(part: float | None) -> str:
    """A difference, as it is read."""
    if part is None:
        return "trop court pour le dire"
    return "aucun" if part == 0 else f"{part * 100:+.0f} %".replace("-", "−")
