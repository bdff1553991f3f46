"""The message FPS of flow 1, written from what the agent saw (docs/flux.md, fps.01.creation.v1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stationnement import numero
from stationnement.ville import Ville


@dataclass(frozen=True)
class Constat:
    """What the agent saw: a vehicle without a ticket, where and when."""

    plaque: str
    zone: str
    voie: str
    instant: datetime
    agent: str = "0072"
    dispositif: int = 72


def creation(ville: Ville, constat: Constat, ordre: int) -> dict[str, Any]:
    """The whole message, for the ordre-th FPS of this device that day; raises KeyError when the zone is unknown."""
    zone = ville.zones[constat.zone]
    sien = numero.composer(ville.siret, constat.instant.date(), constat.dispositif, ordre)
    recours = ville.contact("service des recours du stationnement")
    return {
        "numero_fps": sien,
        "cle": numero.cle(sien),
        "siret": ville.siret,
        "date_heure_constat": constat.instant.isoformat(),
        "lieu": {"voie": constat.voie, "code_postal": zone.code_postal, "commune": ville.adresse["commune"], "zone": zone.nom},
        "vehicule": {"immatriculation": constat.plaque, "pays": "FR", "marque": "Renault", "categorie": "voiture"},
        "agent": {"identifiant": constat.agent, "autorite": ville.contact("direction du stationnement")},
        "dispositif": f"PDA-{constat.dispositif:03d}",
        "montant_fps": zone.fps,
        "montant_deduit": 0,
        "fin_effets": (constat.instant + zone.effets).isoformat(),
        "mode_notification": "antai",
        "minoration": {"montant": zone.minore, "delai_jours": zone.minore_jours},
        "contact_rapo": recours | {"adresse_electronique": ville.courriel},
        "prestataire": "Éditeur Exemple",
    }
