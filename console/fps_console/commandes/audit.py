"""The commands `fps audit …`: the audit journals of the four services, shown and verified."""

from typing import TYPE_CHECKING, Any

from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES, SERVICES, Party
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import dump, grid, say, screen

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot

SANS_BAC = "?"


def verify(settings: Settings, nom: str | None, en_json: bool) -> int:
    """Verify the chains of one bac, or of all of them; 1 when a line was changed, removed, added or moved. Raises Panne."""

    async def read(pilot: "Pilot") -> dict[str, dict[Party, Any]]:
        names = [nom] if nom is not None else [*await pilot.lister(), SANS_BAC]
        return {name: await pilot.verifier_audit(name) for name in names}

    found = drive(settings, read)
    broken = [(name, party, one) for name, by in found.items() for party, one in by.items() if not one["intacte"]]
    if en_json:
        dump(found)
    else:
        lines = sum(one["lignes"] for by in found.values() for one in by.values())
        for name, party, one in broken:
            say(f"{LIBELLES[party]}, bac « {name} » : la chaîne est rompue à la ligne {one['premiere_rupture']}.")
        if not broken:
            say(f"Le journal d'audit est intact : {lines} lignes, {len(found)} bacs, {len(SERVICES)} services.")
    return 1 if broken else 0


def show(settings: Settings, nom: str, en_json: bool) -> int:
    """The lines of a bac, service by service, in the order of the machine's time; raises Panne."""
    lines = drive(settings, lambda pilot: pilot.audit(nom))
    if en_json:
        dump(lines)
        return 0
    if not lines:
        say(f"Aucune ligne d'audit dans le bac « {nom} ».")
        return 0
    rows = [
        (x["wall_time"][:19].replace("T", " "), LIBELLES[Party(x["service"])], x["acte"], x["code"] or "accepté", x["qui"][:24], x["objet"])
        for x in lines
    ]
    grid(f"Journal d'audit du bac « {nom} »", ("Heure réelle", "Service", "Acte", "Résultat", "Qui", "Objet"), rows, on=screen())
    return 0
