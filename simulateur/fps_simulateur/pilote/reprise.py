"""What is asked of the four services at once with a key: noted before anything moves, finished or told again by the same demand."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fps.kit.wire.envelope import canonical, digest
from fps.parties import Party
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.pilot import MAITRE, Pilot, PiloteErreur, _bac
from fps_simulateur.pilote.produit import PATIENCE

TOLD: Final = ("bac", "instant", "prochaine_echeance", "en_attente")  # what is told of the bac at the end


@dataclass(frozen=True, slots=True)
class Avancee:
    """A world that was moved: the state of its bac, what happened in order (read once), and whether all this had already been told."""

    etat: dict[str, Any]
    evenements: AsyncIterator[dict[str, Any]]
    redite: bool = False


Cible = Callable[[Mapping[str, Any]], Awaitable[datetime]]


async def avancer(pilot: Pilot, nom: str, cible: Cible, cle: str | None, demande: str, patience: float = PATIENCE) -> Avancee:
    """Move a world to the instant that `cible` computes of its state, once when there is a key; raises PiloteErreur, what `cible` raises.

    ANTAI keeps, under the key, the target and where the journals stood: first at the start, then at the end.
    """
    if cle is None:
        marks = await pilot.conduire(nom, await cible(await pilot.etat(nom)), patience=patience)
        return Avancee(_told(await pilot.etat(nom)), pilot.faits(nom, marks, await pilot.marques(nom)))

    garder = _carnet(pilot, nom, cle, demande)
    depart = await garder()
    redite = depart["fin"] is not None
    if not redite:
        state, passed = await pilot.au_calme(nom), depart["cible"] is not None
        if not passed:
            depart = await garder(cible=(await cible(state)).isoformat(), marques=await pilot.marques(nom))
        target = datetime.fromisoformat(depart["cible"])
        if not passed or datetime.fromisoformat(state["instant"]) <= target:
            await pilot.conduire(nom, target, patience=patience)
        depart = await garder(fin=_told(await pilot.etat(nom)), marques_fin=await pilot.marques(nom))
    marques, fins = [{Party(s): place for s, place in depart[name].items()} for name in ("marques", "marques_fin")]
    return Avancee(depart["fin"], pilot.faits(nom, marques, fins), redite)


def _carnet(pilot: Pilot, nom: str, cle: str, demande: str) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Where a demand is noted under its key: what is said is kept, what was said first stays, and all of it is given."""

    async def garder(**contenu: Any) -> dict[str, Any]:
        body = {"cle": cle, "demande": demande, **contenu}
        found: dict[str, Any] = (await pilot._call(MAITRE, "PUT", f"{_bac(nom)}/avance/depart", json=body)).json()
        return found

    return garder


async def donner_villes(pilot: Pilot, nom: str, donnees: Sequence[Mapping[str, Any]], cle: str) -> tuple[list[dict[str, Any]], bool]:
    """Give towns once under a key: the towns that the bac then knew, and whether this had already been told. Raises PiloteErreur."""
    garder = _carnet(pilot, nom, cle, f"villes\n{digest(canonical(list(donnees)))}")
    depart = await garder()
    if depart["lignes"] is not None:
        return depart["lignes"], True
    if depart["donnees"] is None:
        await villes.ajouter(pilot, nom, donnees, essai=True)  # what is refused is not begun
        depart = await garder(donnees=await villes.tenues(pilot, nom, donnees))
    await villes.ajouter(pilot, nom, donnees, depart=depart["donnees"])
    return (await garder(lignes=await villes.lister(pilot, nom)))["lignes"], False


async def retirer_ville(pilot: Pilot, nom: str, siret: str, cle: str) -> bool:
    """Take a town once under a key; gives whether this had already been told. Raises PiloteErreur."""
    garder = _carnet(pilot, nom, cle, f"ville\n{siret}")
    depart = await garder()
    if depart["lignes"] is not None:
        return True
    commence = depart["donnees"] is not None
    if not commence:
        connues = await villes.tenues(pilot, nom, [{"commune": {"siret": siret}}])
        if any(dites for une in connues.values() for dites in une.values()):  # else it is refused, now as when it is asked again
            await garder(donnees=connues)
    try:
        await villes.retirer(pilot, nom, siret)
    except PiloteErreur as error:
        if not commence or error.problem.get("code") != "ville-non-donnee":
            raise
    await garder(lignes=[])
    return False


def _told(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: state[name] for name in TOLD}
