"""The registers written before plates had one form are found again under it, on both engines."""

import asyncio
import random
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

from alembic import command
from pydantic import TypeAdapter
from sqlalchemy import Connection, text

from collectivite.domain.stationnement import DroitDeStationnement, FpsEnVigueur, PaiementImmediat
from collectivite.store import STATIONNEMENTS
from fps.donnees import lire_yaml
from fps.kit.app.migrate import upgrade
from fps.messages.plaques import PlaqueIllisible, cle_plaque
from fps.parties import Party
from fps_simulateur.pilote.world import DEFINITIONS
from tests.kit.test_migrations import ROOT, on, url

__all__ = ["url"]  # the fixture
VILLE, AUTRE = "21590350100017", "21750001600019"
INSERER = text("INSERT INTO stationnements VALUES ('b', :siret, :plaque, :paiements, :droits, :forfaits)")


def paiement(reference: str, heure: int) -> PaiementImmediat:
    """One hour of that day."""
    debut, fin = (datetime(2024, 3, 4, h, tzinfo=UTC) for h in (heure, heure + 1))
    return PaiementImmediat(reference=reference, zone="rouge", debut=debut, fin=fin, montant=200)


def droit(jusqu_au: date) -> DroitDeStationnement:
    """A resident, until that day."""
    return DroitDeStationnement(nature="resident", zones=("verte",), depuis=date(2024, 1, 1), jusqu_au=jusqu_au)


def fps(numero: str, heure: int) -> FpsEnVigueur:
    """A FPS of that day."""
    debut, fin = (datetime(2024, 3, 4, h, tzinfo=UTC) for h in (heure, heure + 5))
    return FpsEnVigueur(numero=numero, zone="rouge", debut=debut, fin_effets=fin)


def ligne(siret: str, plaque: str, *lignes: Any) -> dict[str, Any]:
    """A row as the code of before wrote it."""

    def json(genre: Any) -> str:
        return TypeAdapter(tuple[genre, ...]).dump_json(tuple(x for x in lignes if isinstance(x, genre))).decode()

    return {
        "siret": siret,
        "plaque": plaque,
        "paiements": json(PaiementImmediat),
        "droits": json(DroitDeStationnement),
        "forfaits": json(FpsEnVigueur),
    }


AVANT = [
    ligne(VILLE, "AB123CD", paiement("T-2", 11), droit(date(2024, 12, 31)), fps("1" * 26, 9)),
    ligne(VILLE, "AB 123 CD", paiement("T-1", 10), paiement("T-2", 11), droit(date(2025, 12, 31))),
    ligne(VILLE, "AB-123-CD", paiement("T-3", 9), fps("2" * 26, 8)),
    ligne(AUTRE, "AB123CD", paiement("T-9", 10)),
    ligne(VILLE, "1234 AB 59", paiement("T-4", 10)),
    ligne(VILLE, "O12-XYZ", paiement("T-5", 10)),
    ligne(VILLE, "GH-456-JK", paiement("T-6", 10)),
]
APRES = {
    (VILLE, "AB-123-CD"): (["T-3", "T-1", "T-2"], [date(2025, 12, 31)], ["2" * 26, "1" * 26]),
    (AUTRE, "AB-123-CD"): (["T-9"], [], []),
    (VILLE, "1234 AB 59"): (["T-4"], [], []),
    (VILLE, "O12XYZ"): (["T-5"], [], []),
    (VILLE, "GH-456-JK"): (["T-6"], [], []),
}


async def test_the_registers_of_before_are_found_again_under_the_plate(url: str) -> None:
    definition = DEFINITIONS[Party.COLLECTIVITE]
    await asyncio.to_thread(upgrade, url, definition, action=lambda config: command.upgrade(config, "0007"))
    await on(url, lambda connection: [connection.execute(INSERER, avant) for avant in AVANT])
    await asyncio.to_thread(upgrade, url, definition)

    def lire(connection: Connection) -> dict[tuple[str, str], Any]:
        registres = [STATIONNEMENTS.item(tuple(row)) for row in connection.execute(STATIONNEMENTS.table.select())]
        return {
            (r.siret, r.immatriculation): (
                [p.reference for p in r.paiements],
                [d.jusqu_au for d in r.droits],
                [f.numero for f in r.forfaits],
            )
            for r in registres
        }

    trouves = await on(url, lire)
    assert trouves == APRES
    assert all(cle_plaque(plaque) == plaque for _, plaque in trouves)


def test_the_frozen_form_of_a_plate_is_that_of_the_product() -> None:
    """Of all that a register of before could hold: capitals, digits, spaces and hyphens, fifteen at most."""
    revision = import_module("collectivite.migrations.versions.0008_plaques")
    ecrites = [
        str(cas["avec"]["texte"]).upper()
        for cas in lire_yaml((ROOT / "tests/law/plaques.yaml").read_text("utf-8"))
        if "texte" in cas["avec"]
    ]
    hasard = random.Random(8)
    modeles = (
        "LLDDDLL",
        "LDDDLL",
        "LDDL",
        "LLDDL",
        "DDDDLLDD",
        "DDLDDDDLL",
        "DDDDDDDD",
        "DDDKDDD",
        "DDDCDDDD",
        "DDCDDD",
        "DCMDDDZ",
        "UDDKD",
        "LLLLLL",
    )
    lettres = {"L": "ABCDEHIOQSUWXZ", "D": "0123456789OI", "K": "K", "C": "C", "M": "M", "U": "UES", "Z": "XZ"}
    tirees = ("".join(hasard.choice(lettres[c]) for c in hasard.choice(modeles)) for _ in range(20_000))
    vues = 0
    for plaque in (*ecrites, *tirees):
        try:
            attendue = cle_plaque(plaque)
        except PlaqueIllisible:
            continue
        if plaque.isascii() and plaque.replace(" ", "").replace("-", "").isalnum() and len(plaque) <= 15:
            vues += 1
            assert revision.cle(plaque) == attendue, plaque
    assert vues > 20_000
