"""The configuration of a town of which the SIRET alone is known (hypothesis H124)."""

from datetime import date
from functools import lru_cache
from typing import Any, Final

from fps.villes.commune import PAR_DEFAUT
from fps.villes.communes import Commune

MODELE: Final = """\
# Une collectivité, telle que « fps ville ajouter FICHIER.yaml --bac B » la donne à un bac. Montants en centimes, durées en minutes.
siret: "21000400800012"              # 14 chiffres, leur clé comprise
nom: Commune de Val-l'Essai
type: commune                        # commune, epci, syndicat-mixte
population: 12000                    # plus de 3 500 habitants : le juge est saisi par voie électronique
cycle: complet                       # complet : l'ANTAI notifie ; partiel : la collectivité notifie elle-même
mode_notification: antai             # antai, ou pare-brise
# depuis: 2026-09-01                 # premier jour de cette configuration ; à défaut, le 1er janvier 2018
autorite:
  nom: Commune de Val-l'Essai, police municipale
  indicatif: 1                       # le chiffre de l'autorité dans le numéro du FPS
adresse: { voie: 1 place de la Mairie inventée, code_postal: "00400", commune: Val-l'Essai }
contact: { nom: Commune de Val-l'Essai, adresse_electronique: mairie@val.example, url: null, telephone: 01 99 00 00 00 }
contact_rapo: { nom: Service des recours, adresse_electronique: rapo@val.example, url: null }   # une zone peut avoir le sien
# autres_autorites: [{ nom: Exemple Stationnement, indicatif: 2 }]   # si des agents relèvent d'une autre autorité
# prestataires:                      # si des tiers travaillent pour elle : zones, droits (emission, rapo, contentieux, comptabilite, suivi)
#   - { nom: Exemple Stationnement, zones: [centre], droits: [emission, suivi], autorite: 2 }
minoration: { pourcent: 30, delai_jours: 9 }
moyens_rapo: { equivalents_temps_plein: 1.5, budget: 6000000 }   # ce que son rapport annuel sur les RAPO en dit, en centimes par an
horaires:                            # sans horaires : payant à toute heure
  2018-01-01: { jours: { lundi-samedi: ["09:00-12:00", "14:00-19:00"] }, feries: gratuits }
zones:
  - code: centre
    nom: Centre-ville
    duree_maximale: 240
    codes_postaux: ["00400"]
    voies: [1 rue de l'Exemple]
    fps:                             # par date de délibération, jamais au-dessus du prix de la durée maximale
      2018-01-01: { voiture: 2500, utilitaire: 2500 }
    tarifs:
      2018-01-01: { 30: 0, 60: 100, 120: 300, 240: 2500 }
"""


def par_defaut(siret: str, nom: str | None = None, **dits: Any) -> Commune:
    """A town of this SIRET, as a file would describe it: what is not said is the default (H124). `dits`: fields of a Commune."""
    nommee = nom or f"Collectivité {siret}"
    # A commune's SIREN begins with 21, then its department.
    departement = (siret[2:5] if siret[2:4] == "97" else siret[2:4]) if siret.startswith("21") else "75"
    adresse = {"voie": "1 place de la Mairie (simulée)", "code_postal": f"{departement:0<5}", "commune": nommee[:38]}
    champs: dict[str, Any] = {
        "siret": siret,
        "nom": nommee,
        "type": "commune",
        "population": 10_000,
        "cycle": "complet",
        "mode_notification": "antai",
        "autorite": {"nom": nommee, "indicatif": 1},
        "adresse": adresse,
        "contact": {
            "nom": nommee,
            "adresse_electronique": "stationnement@collectivite.example",
            "url": None,
            "telephone": "01 99 00 00 00",
        },
        "contact_rapo": {"nom": nommee, "adresse_electronique": "rapo@collectivite.example", "url": None},
        "hypotheses": (PAR_DEFAUT,),
        "zones": [
            {
                "code": "unique",
                "nom": "Zone unique",
                "duree_maximale": 240,
                "codes_postaux": [adresse["code_postal"]],
                "voies": ["1 rue de l'Exemple"],
                "fps": {date(2018, 1, 1): {"voiture": 2500, "utilitaire": 2500, "deux-roues": 2500}},
            }
        ],
    }
    return Commune.model_validate(champs | dits)


@lru_cache(maxsize=1024)
def de_ce_siret(siret: str) -> Commune:
    """The same of a SIRET alone, made once: a party that was told nothing of a town asks for it at each message."""
    return par_defaut(siret)
