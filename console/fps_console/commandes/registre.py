"""What `fps certifier --registre` does: the static page of the results of a folder, written in it."""

import asyncio
from pathlib import Path

from fps.kit.ground.clock import wall_now
from fps.kit.ground.settings import Settings
from fps_certification.preuves import signature
from fps_certification.rapports.page import page
from fps_certification.rapports.registre import MARQUE, inscrire, page_de, preuves_de, registre
from fps_console.commandes.output import Panne, cause, dump, say

INDEX = "index.html"


def publish(dossier: Path, settings: Settings, en_json: bool) -> int:
    """Verify each evidence of a folder and write its registry; 1 when one is refused. Raises Panne."""
    place, jour = dossier / INDEX, wall_now().date()
    try:
        if place.exists() and MARQUE not in place.read_text("utf-8", "replace"):
            phrase = f"{place} n'est pas un registre : il ne sera pas remplacé."
            raise Panne(phrase, "Donnez un autre dossier, ou ôtez cette page.", code="registre-autre", statut=2)
        inscriptions = asyncio.run(inscrire(preuves_de(dossier), signature.publiees(settings.data_dir)))
        for une in inscriptions:
            if une.rapport is not None:
                (dossier / page_de(une)).write_text(page(une.rapport), "utf-8")
        place.write_text(registre(inscriptions, jour), "utf-8")
    except OSError as error:
        raise Panne(f"{dossier} : {cause(error)}.", "Donnez le dossier des preuves.", code="dossier-illisible", statut=2) from error
    etats = {une.fichier: une.etat(jour) for une in inscriptions}
    if en_json:
        fins = {une.fichier: None if une.fin is None else une.fin.isoformat() for une in inscriptions}
        dump({"page": str(place), "preuves": [{"fichier": f, "etat": etat, "jusqu_au": fins[f]} for f, etat in etats.items()]})
    else:
        for une in inscriptions:
            dit = une.refus or (f"jusqu'au {une.fin:%d/%m/%Y}" if une.fin is not None else "signée un jour inconnu")
            say(f"{etats[une.fichier]:<9} {une.fichier} : {dit}")
        say(f"{place} : {len(inscriptions)} preuve(s).")
    return int(any(etat == "refusée" for etat in etats.values()))
