"""`fps bac garder`, `fps bac nettoyer`: until which real day a bac is kept; what is past is removed when it is asked, never before."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from fps.kit.ground.clock import civil_date, wall_now
from fps.kit.ground.settings import Settings
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import Panne, answer, dump, say
from fps_console.mots import recit

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot


def garder(settings: Settings, nom: str, jours: int | None, jusqu_au: str | None, toujours: bool, en_json: bool) -> int:
    """Say until which real day a bac is kept; raises Panne."""
    if sum(x is not None for x in (jours, jusqu_au)) + toujours != 1:
        raise Panne("Dites jusqu'à quand.", "Donnez --jours 30, --jusqu-au 2027-01-31 ou --toujours, un seul des trois.", statut=2)
    le = None if toujours else civil_date(wall_now()) + timedelta(days=jours) if jours is not None else _jour(str(jusqu_au))

    async def go(pilot: "Pilot") -> None:
        from fps_simulateur.pilote.retention import garder as poser

        await poser(pilot, nom, le)

    drive(settings, go)
    quand = "pour toujours" if le is None else f"jusqu'au {recit.longue(le)}"
    phrase = f"Le bac « {nom} » est gardé {quand}."
    return answer(en_json, phrase, bac=nom, jusqu_au=None if le is None else le.isoformat())


def _jour(texte: str) -> date:
    try:
        return date.fromisoformat(texte)
    except ValueError:
        raise Panne(f"« {texte[:40]} » n'est pas une date.", "Écrivez 2027-01-31.", statut=2) from None


def nettoyer(settings: Settings, oui: bool, en_json: bool) -> int:
    """Remove the bacs whose day is past, once it is confirmed; without, say which they are. Raises Panne."""

    async def go(pilot: "Pilot") -> dict[str, date]:
        from fps_simulateur.pilote.retention import retenus

        passes = {nom: le for nom, le in (await retenus(pilot)).items() if le < aujourd_hui}
        for nom in passes if oui else ():
            await pilot.supprimer(nom)
        return passes

    aujourd_hui = civil_date(wall_now())
    passes = drive(settings, go)
    if en_json:
        dump({"bacs": [{"bac": nom, "jusqu_au": le.isoformat(), "supprime": oui} for nom, le in passes.items()]})
        return 0
    for nom, le in passes.items():
        say(f"  {nom} : gardé jusqu'au {recit.longue(le)}{', supprimé' if oui else ''}")
    say("Aucun bac n'a passé son jour." if not passes else "" if oui else "Rien n'est supprimé : « fps bac nettoyer --oui » le fait.")
    return 0
