"""`fps record`: what was done in a bac, by anybody, as a life that plays the same."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fps.kit.ground.bac_path import NOM
from fps.kit.ground.settings import Settings
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import Panne, dump, say

if TYPE_CHECKING:
    from fps_simulateur.enregistrement.enregistreur import Enregistree
    from fps_simulateur.pilote.pilot import Pilot


def record(settings: Settings, bac: str, sortie: Path | None, nom: str | None, titre: str | None, en_json: bool) -> int:
    """Write the life; gives 0 when it was played and its journal is that of the bac, 1 otherwise. Raises Panne, OSError."""
    nom = nom or bac
    if not NOM.fullmatch(nom):
        raise Panne(f"« {nom[:40]} » ne peut pas être le nom d'une vie.", "Minuscules, chiffres et tirets, 40 au plus.", statut=2)

    async def go(pilot: "Pilot") -> "Enregistree":
        from fps_simulateur.enregistrement.enregistreur import enregistrer
        from fps_simulateur.pilote.world import database_urls, open_world

        # On a disk, where the bac itself is: it is lived twice there.
        with tempfile.TemporaryDirectory(prefix="fps-record-") as lieu:
            async with open_world(databases=database_urls(Path(lieu))) as monde:
                return await enregistrer(pilot, bac, nom, titre or f"Ce qui a été fait dans le bac « {bac} »", monde)

    faite = drive(settings, go)
    if sortie is not None:
        sortie.parent.mkdir(parents=True, exist_ok=True)
        sortie.write_text(faite.texte, "utf-8")
    if en_json:
        told = {"bac": bac, "vie": nom, "etapes": faite.etapes, "non_repris": list(faite.non_repris), "ecart": faite.ecart}
        dump(told | ({"texte": faite.texte} if sortie is None else {"fichier": str(sortie)}))
    elif sortie is None:
        say(faite.texte.rstrip("\n"))
    else:
        _dire(faite, nom, sortie)
    return 1 if faite.ecart or faite.non_repris else 0


def _dire(faite: "Enregistree", nom: str, sortie: Path) -> None:
    say(f"La vie « {nom} » est écrite dans {sortie} : {faite.etapes} étapes.")
    for geste in faite.non_repris:
        say(f"  non repris, la langue n'a pas d'acte pour le dire : {geste}")
    if faite.ecart:
        say(f"Rejouée, elle ne donne pas le même journal : {faite.ecart}.")
    else:
        say("Rejouée, elle donne le même journal, ligne à ligne.")
