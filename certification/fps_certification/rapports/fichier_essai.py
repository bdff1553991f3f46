"""A failure as a file of pytest: the life of its check, and the requirement that must hold; ready to stand among the tests of a product."""

from fps_certification.epreuves.lecture import epreuves, texte_de
from fps_certification.rapports.rapport import ExigenceRendue
from fps_certification.rapports.sources import source_dite


def fichier_essai(exigence: ExigenceRendue, epreuve: str) -> str:
    """The Python text: it needs `fps-certification`, whose plugin gives the fixture `fps`, and nothing else."""
    nom = f"test_{exigence.id}_{epreuve}".lower().replace("-", "_")
    titre = f"{exigence.id} : {exigence.texte}".replace("\\", "/").replace('"""', "« »")
    return f'''"""{titre}

Source : {source_dite(exigence.source)}. Environnement simulé : cet essai ne certifie rien.

Sans rien, la collectivité de référence, en mémoire. Un produit : FPS_PRODUIT=http://127.0.0.1:9000 FPS_BAC=essai pytest --fps-dossier .fps,
où FPS_BAC est le bac de ce « fps up » dans lequel il est enrôlé.
"""

import os

from fps_certification.essai import eprouver

# {epreuves()[epreuve].titre}
VIE = """\\
{texte_de(epreuve).rstrip()}
"""


def {nom}(fps):
    eprouver(fps, VIE, "{exigence.id}", pilote=os.environ.get("FPS_PRODUIT"), modele=os.environ.get("FPS_BAC"))
'''
