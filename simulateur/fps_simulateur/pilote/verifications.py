"""What the pilot asks to verify the journals of a bac: dossiers, audit, signed heads, page after page; and the signed heads themselves."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fps.parties import SERVICES, Party
from fps_simulateur.pilote.pilot import Pilot

MONTRES = 50  # findings that are kept of one service
ANCRES = 20  # anchors read at once
Dire = Callable[[int], None]


def _silence(lus: int) -> None:
    """Nobody listens."""


async def dossiers(pilot: Pilot, nom: str, dire: Dire = _silence) -> dict[Party, Any]:
    """What is wrong with the journals of the dossiers of a bac, by service: `lus`, `nombre`, the first `constats`. Raises PiloteErreur.

    `dire` is told how many acts were read, page after page.
    """
    return await _partout(pilot, nom, "journal/verification", dire)


async def tetes(pilot: Pilot, nom: str, dire: Dire = _silence) -> dict[Party, Any]:
    """The same for the signed heads, and for the lines that they name."""
    return await _partout(pilot, nom, "ancres/verification", dire)


async def _partout(pilot: Pilot, nom: str, quoi: str, dire: Dire) -> dict[Party, Any]:
    found = await asyncio.gather(*(_toutes(pilot, service, f"/bacs/{quote(nom, safe='')}/{quoi}", dire) for service in SERVICES))
    return dict(zip(SERVICES, found, strict=True))


async def _toutes(pilot: Pilot, service: Party, path: str, dire: Dire) -> dict[str, Any]:
    total: dict[str, Any] = {"lus": 0, "nombre": 0, "constats": [], "non_signes": 0}
    params: dict[str, Any] = {}
    while True:
        page = (await pilot._call(service, "GET", path, params=params)).json()
        total["lus"] += page["lus"]
        dire(page["lus"])
        total["nombre"] += page["nombre"]
        total["constats"] = (total["constats"] + page["constats"])[:MONTRES]
        total["non_signes"] = page["non_signes"]
        if page["suivant"] is None:
            return total
        params = {"apres": page["suivant"]}


async def pas_a_pas(pilot: Pilot, nom: str) -> AsyncIterator[tuple[Party, str, dict[str, Any], bool]]:
    """Every journal of a bac verified, page after page: service, `audit`, `dossier` or `ancres`, what was found, whether it is the last.

    What is found: `lus`, `constats`, `non_signes`. Raises PiloteErreur.
    """
    for service in SERVICES:
        chaine = (await pilot._call(service, "GET", f"{_chemin(nom)}/audit/verification")).json()
        yield service, "audit", {"lus": chaine["lignes"], "constats": chaine["constats"], "non_signes": 0}, True
        for quoi, path in (("dossier", "journal/verification"), ("ancres", "ancres/verification")):
            params: dict[str, Any] = {}
            while True:
                page = (await pilot._call(service, "GET", f"{_chemin(nom)}/{path}", params=params)).json()
                yield service, quoi, page, page["suivant"] is None
                if page["suivant"] is None:
                    break
                params = {"apres": page["suivant"]}


def _chemin(nom: str) -> str:
    return f"/bacs/{quote(nom, safe='')}"


async def signer(pilot: Pilot, nom: str) -> None:
    """Have each service sign now the heads that have moved."""
    await pilot._all("POST", f"/bacs/{quote(nom, safe='')}/ancres")


async def ancres(pilot: Pilot, nom: str) -> AsyncIterator[dict[str, Any]]:
    """The signed heads of a bac in the four services, one after the other: service, bac, number, JWS. Each may name 5,000 heads."""
    for service in SERVICES:
        apres, suite = 0, True
        while suite:
            voulues = {"apres": apres, "limite": ANCRES}
            page = (await pilot._call(service, "GET", f"/bacs/{quote(nom, safe='')}/ancres", params=voulues)).json()
            for one in page["ancres"]:
                yield {"service": service.value, "bac": nom, **one}
                apres = one["numero"]
            suite = page["suite"]


@dataclass(frozen=True, slots=True)
class Gardee:
    """An anchor that is kept elsewhere; of its JWS, the digest is enough."""

    service: str
    numero: int
    empreinte: str

    @classmethod
    def de(cls, ancre: Mapping[str, Any]) -> "Gardee":
        """From what `ancres` gave one day; raises KeyError, TypeError, AttributeError for anything else."""
        return cls(ancre["service"], ancre["numero"], hashlib.sha256(ancre["jws"].encode()).hexdigest())


async def manquantes(gardees: Iterable[Gardee], trouvees: AsyncIterator[Mapping[str, Any]]) -> list[Gardee]:
    """The anchors kept elsewhere that the services no longer have as they were: removed, or made again."""
    la = {Gardee.de(one) async for one in trouvees}
    return [one for one in gardees if one not in la]
