"""A bac of any size verified while it is read: its dossiers side by side in the four services, then what its certificates let in."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from fps.parties import SERVICES, Party
from fps_simulateur.invariants import Verification
from fps_simulateur.pilote.pilot import LONG, Pilot

TRANCHE: Final = 200  # dossiers of a service that are read at once
Tranche = Mapping[Party, Sequence[Mapping[str, Any]]]


async def ausculter(pilot: Pilot, nom: str, voir: Callable[[Tranche], None]) -> Verification:
    """Verify the invariants of a bac where nothing moves; `voir` is shown the dossiers too. Raises PiloteErreur, when it moved too."""
    bac = f"/bacs/{quote(nom, safe='')}"
    async with pilot.immobile(nom):
        verification = Verification(await pilot._all("GET", f"{bac}/releve", timeout=LONG))
        async for tranche in pilot.tranches(nom, TRANCHE):
            verification.dossiers(tranche)
            voir(tranche)
        for party in SERVICES:
            entrees = f"{bac}/releve/entrees"
            changements = [x async for page in pilot._suites(party, entrees) for x in page["lignes"] if x["quoi"] == "certificat"]
            verification.changements(party, changements)
            lot: list[Mapping[str, Any]] = []
            async for page in pilot._suites(party, entrees):
                for ligne in page["lignes"]:
                    if lot and ligne["lot"] != lot[0]["lot"]:
                        verification.lot(party, lot)
                        lot = []
                    lot.append(ligne)
            if lot:
                verification.lot(party, lot)
        verification.fin()
    return verification
