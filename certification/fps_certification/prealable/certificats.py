"""The certificates that were deposited for a collectivité at the three parties, as their own pages show them to the pilot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx

from fps.kit.ground.bac_path import DEFAUT
from fps.parties import Party
from fps_simulateur.joueur import QuatreServices
from fps_simulateur.pilote.enrolement import GUICHETS
from fps_simulateur.pilote.pilot import PiloteErreur

REFERENCE: Final = "service:collectivite"  # the reference system of the town, which every bac knows but a blank one


@dataclass(frozen=True, slots=True)
class Depot:
    """One deposit: where, of which certificate (its SHA-256), how it stands, until when it is valid, what it may do, in which zones."""

    ou: Party
    cle: str
    etat: str
    fin: datetime | None
    droits: frozenset[str]
    zones: tuple[str, ...]

    @classmethod
    def de(cls, ou: Party, vu: Mapping[str, Any]) -> "Depot":
        """From what a service shows."""
        fin = (vu["sujet"] or {}).get("valide_au")
        return cls(
            ou,
            vu["cle"],
            vu["etat"],
            None if fin is None else datetime.fromisoformat(fin),
            frozenset(vu["droits"]),
            tuple(vu["zones"]),
        )


def droits(depots: Iterable[Depot]) -> dict[str, frozenset[str]]:
    """What each certificate may do; what ANTAI says of it, since elsewhere a deposit gives every right of its counter."""
    found: dict[str, frozenset[str]] = {}
    for un in sorted(depots, key=lambda un: un.ou is not Party.ANTAI):
        found.setdefault(un.cle, un.droits)
    return found


async def lire(monde: QuatreServices, party: Party, bac: str, chemin: str) -> httpx.Response:
    """What a service answers to the pilot about a bac; raises PiloteErreur when it does not answer."""
    prefixe = "" if bac == DEFAUT else f"/bacs/{bac}"
    try:
        return await monde.client.get(f"{monde.addresses[party]}{prefixe}{chemin}")
    except httpx.HTTPError as error:
        raise PiloteErreur(party, {"code": "service-injoignable", "title": "Le service ne répond pas", "detail": repr(error)}) from error


async def deposes(monde: QuatreServices, bac: str, siret: str) -> tuple[Depot, ...]:
    """Every deposit for a collectivité, in the order of the parties; none where it has no espace yet. Raises PiloteErreur."""
    found: list[Depot] = []
    for party, guichet in GUICHETS.items():
        answer = await lire(monde, party, bac, f"/{guichet}/{siret}/certificats")
        if answer.status_code == 200:
            found += (Depot.de(party, vu) for vu in answer.json())
    return tuple(found)


async def montre(monde: QuatreServices, party: Party, bac: str, siret: str) -> str:
    """The certificate that the product shows to a party: the last one active there, else the last one deposited.

    That of the reference system when there is no other. Raises PiloteErreur.
    """
    siens = [un for un in await deposes(monde, bac, siret) if un.ou is party and un.cle != REFERENCE]
    actifs = [un for un in siens if un.etat == "active"]
    return [*siens, *actifs][-1].cle if siens else REFERENCE
