"""`fps audit lire`: the audit journals of the four services."""

from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES, Party
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import dump, grid, say, screen


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
