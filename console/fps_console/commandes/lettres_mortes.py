"""The dead letters and the buried deadlines: what could not be done, its cause, and a new try."""

from typing import TYPE_CHECKING, Any

from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES
from fps_console.commandes import enterrees
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import Panne, answer, dump, grid, say, screen

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot

ILLISIBLES = "?"  # the name under which the services keep the letters that do not say their bac


async def dead(pilot: "Pilot", nom: str) -> list[dict[str, Any]]:
    """The dead letters of a bac, then those that nobody could read, which are in no bac; without their envelopes. Raises PiloteErreur."""
    found = await pilot.lettres_mortes(nom)
    if nom != ILLISIBLES:
        found += await pilot.lettres_mortes(ILLISIBLES)
    return [{k: v for k, v in x.items() if k != "envelope"} | {"service": LIBELLES[x["service"]]} for x in found]


def show_dead(settings: Settings, nom: str, en_json: bool) -> int:
    """Print them; raises Panne."""
    tell_dead(drive(settings, lambda pilot: dead(pilot, nom)), nom, en_json)
    return 0


def tell_dead(letters: list[dict[str, Any]], nom: str, en_json: bool = False) -> None:
    """The same for people, those of the bac apart from those that are in none."""
    if en_json:
        dump(letters)
        return
    if not letters:
        say(f"Aucune lettre morte dans le bac « {nom} ».")
    if buried := [x for x in letters if x["sens"] == enterrees.SENS]:
        enterrees.table(buried, nom)
    columns = ("Identifiant", "Service", "Sens", "Type", "Cause")
    titles = {nom: f"Lettres mortes du bac « {nom} »", ILLISIBLES: "Lettres illisibles, dont le bac n'est pas connu (--bac '?')"}
    for bac, title in titles.items():
        if rows := [
            tuple(x[k] for k in ("id", "service", "sens", "type", "cause")) for x in letters if x["bac"] == bac and x not in buried
        ]:
            grid(title, columns, rows, on=screen())
            for que_faire in dict.fromkeys(x["que_faire"] for x in letters if x["bac"] == bac and x not in buried):
                say(f"→ {que_faire}")


def replay(settings: Settings, nom: str, identifiant: str | None, en_json: bool = False) -> int:
    """Try dead letters and buried deadlines again; the status is 1 when some stay dead. Raises Panne."""
    before = {x["id"]: x["sens"] for x in drive(settings, lambda pilot: pilot.lettres_mortes(nom))}
    if identifiant is not None and identifiant not in before:
        raise Panne(
            f"Aucune lettre morte ne porte l'identifiant « {identifiant[:80]} » dans le bac « {nom} ».",
            "« fps lettres-mortes lister » les donne.",
        )
    done = drive(settings, lambda pilot: pilot.rejouer(nom, identifiant))
    asked = [*before.values()] if identifiant is None else [before[identifiant]]
    days = asked.count(enterrees.SENS)
    many = "s" if done > 1 else ""
    what = f"échéance{many}" if days and days == len(asked) else f"lettre{many}" + (f" ou échéance{many}" if days else "")
    answer(en_json, f"{done} {what} rejouée{many} sur {len(asked)}.", bac=nom, rejouees=done, demandees=len(asked))
    if done < len(asked) and en_json:
        return 1
    if done < len(asked):
        say("Les autres restent mortes, avec leur nouvelle cause : « fps lettres-mortes lister ».")
        return 1
    return 0
