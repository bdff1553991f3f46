"""Assertions that the reference gives no occasion to try: each is seen to fail and to hold, on exchanges as the services keep them."""

import json
from typing import Any

import pytest

from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.message import MessageClass
from fps.messages.mfps import CreationFps
from fps_certification.assertions import REGISTRE
from fps_certification.observation import Observation

SIRET = str(CreationFps.example["siret"])


def echange(rang: int, seconde: int, statut: int, cle: str = "k", corps: str = '{"a": 1}', **entetes: str) -> dict[str, Any]:
    return {
        "service": "antai",
        "rang": rang,
        "date": "2024-01-02T20:00:00+01:00",
        "wall_time": f"2026-01-02T20:00:{seconde:02d}+01:00",
        "qui": "service:collectivite",
        "methode": "POST",
        "chemin": CreationFps.path,
        "entetes": {"idempotency-key": cle},
        "corps": corps,
        "statut": statut,
        "entetes_reponse": entetes,
        "reponse": "{}",
    }


PANNE = {"retry-after": "5"}
CAS: list[tuple[str, list[dict[str, Any]], list[bool]]] = [
    ("transport/attente-respectee", [echange(1, 0, 503, **PANNE), echange(2, 5, 200)], [True]),
    ("transport/attente-respectee", [echange(1, 0, 503, **PANNE), echange(2, 4, 200)], [False]),
    ("transport/attente-respectee", [echange(1, 0, 200)], []),
    ("transport/repris-apres-panne", [echange(1, 0, 503), echange(2, 9, 200)], [True]),
    ("transport/repris-apres-panne", [echange(1, 0, 503)], [False]),
    ("transport/repris-apres-panne", [echange(1, 0, 200)], []),
    ("transport/contenu-par-cle", [echange(1, 0, 503), echange(2, 9, 200, cle="autre")], [False]),
    ("transport/contenu-par-cle", [echange(1, 0, 503), echange(2, 9, 200)], [True]),
    ("transport/refus-non-insiste", [echange(1, 0, 422), echange(2, 1, 422)], [True, False]),
    ("transport/refus-non-insiste", [echange(1, 0, 422), echange(2, 1, 422, corps='{"a": 2}')], [True, True]),
]


def piece(rang: int, statut: int, cls: MessageClass) -> dict[str, Any]:
    corps = json.dumps(cls.example | {"exercice": 2025, "exercice_paiement": 2024})
    return echange(rang, rang, statut, corps=corps) | {"service": "dgfip", "chemin": cls.path}


MANDAT, TITRE = MandatRemboursement, TitreAnnulationRecette
CAS += [
    ("comptable/mandat-d-une-autre-annee", [piece(1, 409, TITRE)], [False]),
    ("comptable/mandat-d-une-autre-annee", [piece(1, 409, TITRE), piece(2, 200, MANDAT)], [True]),
    ("comptable/mandat-d-une-autre-annee", [piece(1, 200, TITRE)], [False]),
]


@pytest.mark.parametrize(("nom", "vus", "attendus"), CAS)
def test_an_assertion_holds_fails_or_says_nothing_of_what_was_not_seen(nom: str, vus: list[dict[str, Any]], attendus: list[bool]) -> None:
    observation = Observation.du_produit(SIRET, vus)
    assert [resultat.bon for resultat in REGISTRE[nom].evaluer(observation)] == attendus
