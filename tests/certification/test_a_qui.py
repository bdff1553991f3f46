"""Whose an exchange is: two products share a bac, one sends without a certificate, a provider serves two towns."""

from typing import Any

import pytest

from fps.messages.mfps import CreationFps
from fps_certification.observation import Observation
from tests.certification.test_assertions import SIRET, echange

LUI, AUTRE = "a" * 64, "b" * 64
PARIS = "21750001600019"
CAS: list[tuple[str, dict[str, Any], bool]] = [
    ("its certificate, its town", {"qui": LUI}, True),
    ("another product, another town", {"qui": AUTRE, "siret": PARIS}, False),
    ("another product, taken", {"qui": AUTRE, "siret": PARIS, "statut": 200}, False),
    ("another certificate, its town", {"qui": AUTRE, "statut": 403}, True),
    ("no certificate, its town", {"qui": "anonyme", "statut": 401}, True),
    ("no certificate, another town", {"qui": "anonyme", "siret": PARIS, "statut": 401}, False),
    ("an expired certificate, its town", {"qui": "certificat-expire", "statut": 403}, True),
    ("its certificate, another town that it serves too", {"qui": LUI, "siret": PARIS, "statut": 200}, False),
    ("its certificate, a SIRET that it got wrong", {"qui": LUI, "siret": PARIS, "statut": 422}, True),
    ("its certificate, a body that cannot be read", {"qui": LUI, "corps": "{", "statut": 400}, True),
    ("a simulated service", {"qui": "service:antai"}, False),
    ("a person who reads", {"qui": "anonyme", "methode": "GET", "chemin": f"/suivi?siret={SIRET}", "corps": ""}, False),
    ("its certificate, what it asks of its town", {"qui": LUI, "methode": "GET", "chemin": f"/front?siret={SIRET}", "corps": ""}, True),
    ("its certificate, what it asks of another", {"qui": LUI, "methode": "GET", "chemin": f"/front?siret={PARIS}", "corps": ""}, False),
]


@pytest.mark.parametrize(("quoi", "vu", "sien"), CAS, ids=[quoi for quoi, *_ in CAS])
def test_an_exchange_is_the_product_s_by_its_certificate_or_by_its_town(quoi: str, vu: dict[str, Any], sien: bool) -> None:
    dit = dict(vu)
    corps = dit.pop("corps", CreationFps(**CreationFps.example).model_copy(update={"siret": dit.pop("siret", SIRET)}).model_dump_json())
    seul = echange(1, 0, dit.pop("statut", 200), corps=corps) | dit
    assert bool(Observation.du_produit(SIRET, [seul], certificats=frozenset({LUI})).echanges) is sien
