"""The turn of a product under test: told the hour of its bac, it acts, then acknowledges; one that stays silent stops the advance there."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from fps.parties import Party
from fps_simulateur.pilote.lectures import PiloteErreur, _bac, tous

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot

PATIENCE: Final = 10.0  # real seconds that a product has to acknowledge a letter of time, unless the advance says another number
MUET: Final = "produit-muet"


def attend(state: Mapping[str, Any], now: datetime) -> bool:
    """Whether a service has somebody to tell the time to, at this instant of the bac."""
    reveil = state["prochain_reveil"]
    return bool(state["a_prevenir"] or state["muets"]) or (reveil is not None and datetime.fromisoformat(reveil) <= now)


async def muets(pilot: "Pilot", nom: str, services: Sequence[Party]) -> list[tuple[Party, dict[str, Any]]]:
    """The letters of time of these services that nobody has acknowledged."""
    found = await asyncio.gather(*(pilot._call(s, "GET", f"{_bac(nom)}/temps") for s in services))
    return [(s, one) for s, answer in zip(services, found, strict=True) for one in answer.json()]


async def tour(pilot: "Pilot", nom: str, services: Sequence[Party], patience: float) -> None:
    """Tell the hour of the bac, then wait for who was told; raises PiloteErreur (« produit-muet ») after `patience` real seconds.

    The bac stays at that instant, where everything was lived: the same advance again tells the hour again, and goes on.
    """
    await tous(pilot._call(s, "POST", f"{_bac(nom)}/temps") for s in services)
    await pilot.au_calme(nom)  # what is pushed was tried once: its time begins then
    clock, pause = asyncio.get_running_loop(), 0.002
    fin = clock.time() + patience
    while silent := await muets(pilot, nom, services):
        if clock.time() >= fin:
            raise _muet(nom, silent, patience)
        await asyncio.sleep(min(pause, max(0.0, fin - clock.time())))
        pause = min(pause * 2, 0.25)


def _muet(nom: str, silent: Sequence[tuple[Party, Mapping[str, Any]]], patience: float) -> PiloteErreur:
    service, one = silent[0]
    instant = datetime.fromisoformat(one["instant"])
    autres = f" ; et {len(silent) - 1} autre{'s' if len(silent) > 2 else ''}" if len(silent) > 1 else ""
    essai = f" Dernier essai : {one['cause']}." if one["cause"] else ""
    detail = (
        f"« {nom} » est au {instant:%d/%m/%Y %H:%M} : le produit du SIRET {one['siret']} n'a pas acquitté en {patience:g} s "
        f"sa lettre de temps n° {one['position']} ({service}{autres}).{essai}"
    )
    que_faire = (
        "Rien n'est perdu : réparez le produit, ou acquittez pour lui (POST /messages/{id}/accuse), puis relancez la même avance. "
        "Plus de temps : --attente SECONDES (« attente »). Ne plus rien dire ensuite : PUT …/destinations/{siret}, « temps » : false ; "
        "la lettre déjà écrite attend encore."
    )
    return PiloteErreur(
        service,
        {"code": MUET, "title": "Le produit prévenu ne répond pas", "detail": detail, "status": 409, "que_faire": que_faire},
    )


async def adresser(pilot: "Pilot", nom: str, type_: str, contenu: Mapping[str, Any]) -> dict[str, Any]:
    """Post a RAPO to the product that stands for its town: where the notice says, else where its other letters go. Raises PiloteErreur.

    The driver reads the address on the notice that he received; one that the simulator may not write to is as good as none.
    """
    numero = str(contenu["numero_fps"])
    body = {"type": type_, "contenu": dict(contenu)}
    path = f"{_bac(nom)}/boites/{numero[:14]}/plis"
    url = await contact(pilot, nom, numero)
    if url is not None:
        try:
            found: dict[str, Any] = (await pilot._call(Party.ANTAI, "POST", path, json=body | {"adresse": url})).json()
            return found
        except PiloteErreur as error:
            if error.problem.get("code") != "adresse-interdite":
                raise
    found = (await pilot._call(Party.ANTAI, "POST", path, json=body)).json()
    return found


async def contact(pilot: "Pilot", nom: str, numero: str) -> str | None:
    """Where a RAPO is filed on line, as the last notice of a FPS says it; None without a notice, or when it gives no address."""
    for courrier in reversed(await pilot.courriers(nom, numero)):
        corps = await pilot.courrier(nom, Party(courrier["service"]), courrier["id"])
        if "contact_rapo" in corps.get("modalites", {}):
            url: str | None = corps["modalites"]["contact_rapo"]["url"]
            return url
    return None
