"""The whole of it: what was asked of a bac is done again in a world of this process, written as a life, and that life is played."""

from dataclasses import dataclass
from datetime import datetime

from fps_simulateur.enregistrement.ecriture import ecrire
from fps_simulateur.enregistrement.preuve import ecart
from fps_simulateur.enregistrement.transcription import Transcription
from fps_simulateur.joueur import QuatreServices, VieFausse, jouer
from fps_simulateur.langue.fautes import ViesIllisibles
from fps_simulateur.langue.modele import lire
from fps_simulateur.pilote import gestes
from fps_simulateur.pilote.pilot import Pilot

REFAIT, REJOUE = "refait", "rejoue"


@dataclass(frozen=True, slots=True)
class Enregistree:
    """A life as a file, what the language could not say of the bac, and the first thing that does not play the same (None: nothing)."""

    texte: str
    etapes: int
    non_repris: tuple[str, ...]
    ecart: str | None


async def enregistrer(pilot: Pilot, bac: str, nom: str, titre: str, monde: QuatreServices) -> Enregistree:
    """The life of a bac; `monde`: an empty one, where it is lived twice. Raises PiloteErreur when the bac cannot be lived again."""
    fin = datetime.fromisoformat((await pilot.etat(bac))["instant"])
    async with gestes.lire(pilot, bac) as connus:
        dite = Transcription(monde, connus, nom, REFAIT)
        await gestes.revivre(monde.pilot, connus, REFAIT, fin, dite.noter)
        await dite.finir(fin)
    texte = ecrire(dite, titre)
    try:
        (vie,) = lire(texte, f"{nom}.yaml")
        await jouer(monde, vie, REJOUE)
        faux = await ecart(pilot, bac, monde.pilot, REJOUE)
    except (VieFausse, ViesIllisibles) as error:
        faux = str(error)
    return Enregistree(texte, len(dite.etapes), tuple(geste for _, geste in dite.perdus), faux)
