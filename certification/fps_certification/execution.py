"""A run: each check of a plan played on the product in a bac of its own, what was seen of it read back, the verdict."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from fps.droit.calendar import ajouter_jours
from fps.kit.ground.clock import paris
from fps.parties import Party
from fps.villes.catalogue import par_nom
from fps_certification.assertions.documents import PREFIXE
from fps_certification.chronometre import Chronometre
from fps_certification.courriers import remis
from fps_certification.deroule import Jouee, domaine_de, jouer
from fps_certification.epreuves.lecture import epreuves
from fps_certification.observation import Observation, Recue
from fps_certification.plans.plan import Plan
from fps_certification.prealable import certificats
from fps_certification.prealable.constat import Constat, Tenue, mauvais
from fps_certification.prealable.controles import Examen, examiner
from fps_certification.prealable.sondes import Sondes
from fps_certification.preuves.cours import Cours, bac_de
from fps_certification.preuves.trace import RANG
from fps_certification.sujets.sujet import Domaine, Sujet
from fps_certification.verdict import Verdict, rendre
from fps_simulateur.joueur import QuatreServices
from fps_simulateur.langue.modele import Vie
from fps_simulateur.pilote.naissance import naitre
from fps_simulateur.pilote.pilot import PiloteErreur

DEPART: Final = date(2024, 1, 2)  # a settled past
TEMOINS: Final = (Party.ANTAI, Party.DGFIP, Party.CCSP)  # the services that the product talks to
Dire = Callable[[str], None]
# Told after what comes before the plan, then after each check: all that is known by then, of which a verdict can already be drawn.
Voir = Callable[[Sequence[Constat], Sequence[tuple[Jouee, Observation]]], None]


class Mode(StrEnum):
    """Who brings what is judged: the checks that are played, or whoever sends an ordinary traffic."""

    JOUER = "jouer"
    OBSERVER = "observer"
    A_LA_MAIN = "a-la-main"


class DejaPasse(Exception):
    """The bac of the product is already after the day on which a check starts; says what to do, in French."""


@dataclass(frozen=True, slots=True)
class Demande:
    """What is run: `execution` names its bacs; `garder` leaves them there to be looked at; `parallele`: checks at once.

    `reseau`: the services are reached by the network, which is looked at too. `prealable`: what comes before the plan is looked at.
    """

    plan: Plan
    execution: str
    garder: bool = False
    parallele: int = 4
    mode: Mode = Mode.JOUER
    reseau: bool = False
    prealable: bool = True
    vies: tuple[Vie, ...] = ()  # those of a file, beside the checks of the plan
    porte: str | None = None  # where the reference system receives the letters that are pushed
    passages: Mapping[int, int] = field(default_factory=dict)  # rank of a check → how many times it had begun when the run was stopped


async def controler(demande: Demande, monde: QuatreServices, sondes: Sondes) -> tuple[Constat, ...]:
    """What is looked at before a plan: in the bac of the product; for the reference system alone, in one that is made for it."""
    plan, bac = demande.plan, demande.plan.bac
    essai = f"{demande.execution}-0" if bac is None and plan.produit is None and not plan.produits else None
    try:
        if essai is not None:
            await monde.pilot.creer(essai, paris(DEPART))
        return await examiner(Examen(plan, essai or bac, monde, sondes, demande.reseau, demande.mode is Mode.A_LA_MAIN))
    except PiloteErreur as error:
        return (mauvais("services", str(error), "« fps doctor » cherche la cause.", Domaine.SIMULATEUR),)
    finally:
        if essai is not None:
            with suppress(PiloteErreur):
                await monde.pilot.supprimer(essai)


async def executer(
    demande: Demande,
    monde: QuatreServices,
    sujet: Sujet,
    sondes: Sondes,
    dire: Dire = lambda phrase: None,
    chronometre: Chronometre | None = None,
    voir: Voir = lambda constats, vues: None,
    cours: Cours | None = None,
) -> Verdict:
    """Look at what comes before, then play a plan; whatever the product does, it ends, and says whose fault each failure is.

    `cours` keeps what is judged, so that the run goes on after it was stopped.
    """
    plan, temps = demande.plan, chronometre or Chronometre()
    constats = await controler(demande, monde, sondes) if demande.prealable else ()
    vues: list[tuple[Jouee, Observation]] = []
    voir(constats, vues)
    if any(un.tenue is Tenue.FAUTE for un in constats):
        return rendre(plan, (), constats)
    un_par_un = asyncio.Semaphore(1 if plan.bacs == "un" else demande.parallele)
    vies = [*(epreuves()[nom].model_copy(update={"ville": plan.ville}) for nom in plan.epreuves), *demande.vies]

    async def one(rang: int, vie: Vie) -> tuple[Jouee, Observation]:
        async with un_par_un:
            RANG.set(rang)
            if cours is not None:
                cours.commencer(rang)
            with temps.mesurer(vie.vie, None if cours is None else cours.duree(rang)):
                found = await _eprouver(demande, rang, vie, monde, sujet)
            if cours is not None:
                cours.ajouter(rang, temps.epreuves[vie.vie], temps.secondes)
            vues.append(found)
            dire(vie.vie)
            voir(constats, vues)
            return found

    essais = [asyncio.create_task(one(rang, vie), name=f"{demande.execution}-{rang}") for rang, vie in enumerate(vies, 1)]
    try:
        return rendre(plan, await asyncio.gather(*essais), constats)
    finally:  # stopped, the first that ends ends `gather`: the others are still deleting their bacs
        for essai in essais:
            if not essai.cancelling():
                essai.cancel()
        await asyncio.gather(*essais, return_exceptions=True)


async def _eprouver(demande: Demande, rang: int, vie: Vie, monde: QuatreServices, sujet: Sujet) -> tuple[Jouee, Observation]:
    plan, pilot = demande.plan, monde.pilot
    siret = par_nom()[plan.ville].siret
    bac = plan.bac if plan.bacs == "un" and plan.bac is not None else bac_de(demande.execution, rang, demande.passages.get(rang, 0))
    neuf = bac != plan.bac
    if vie.vierge and not neuf:  # by hand, everything is done in the one bac where the product speaks, and is enrolled
        return Jouee(vie.vie, bac, (), non_pris_en_charge="commencer dans un bac vierge"), Observation(siret, ())
    try:
        if vie.vierge:
            await naitre(pilot, vie, bac, paris(DEPART), vie.graine or f"{plan.graine}-{vie.vie}")
        elif neuf and plan.bac is not None:
            await pilot.copier(plan.bac, bac)
            await _commencer(monde, vie, bac, plan.bac)
        elif neuf:
            depart = vie.depart if "depart" in vie.model_fields_set else DEPART
            await pilot.creer(bac, paris(depart), graine=vie.graine or f"{plan.graine}-{vie.vie}")
        if not neuf and (rang > 1 or rang in demande.passages):  # the plate of the check before is still under its FPS that day
            jour = datetime.fromisoformat(str((await pilot.etat(bac))["instant"])).date()
            await pilot.avancer(bac, paris(ajouter_jours(jour, 1)))
        if demande.porte is not None:
            await pilot.diriger(bac, siret, demande.porte)
        await pilot.observer(bac)
        depuis = {party: _dernier(await pilot.echanges(party, bac)) for party in TEMOINS} if not neuf else dict.fromkeys(TEMOINS, 0)
        jouee = await jouer(monde, vie, bac, sujet)
        vue = await vu_de(monde, bac, siret, depuis)
        if sur_les_courriers(plan):
            vue = replace(vue, courriers=await remis(monde, bac, jouee.numeros))
    except DejaPasse as error:
        return Jouee(vie.vie, bac, (), Domaine.CONFIGURATION, str(error)), Observation(siret, ())
    except PiloteErreur as error:
        return Jouee(vie.vie, bac, (), domaine_de(error), str(error)), Observation(siret, ())
    finally:  # a run that is stopped leaves nothing behind either
        if neuf and not demande.garder:
            with suppress(PiloteErreur):
                await pilot.supprimer(bac)
    return jouee, vue


async def vu_de(monde: QuatreServices, bac: str, siret: str, depuis: Mapping[Party, int] | None = None) -> Observation:
    """What was seen of the product of a town in a bac, after these ranks of the exchanges of each service. Raises PiloteErreur."""
    pilot, rangs = monde.pilot, depuis or {}
    vus = [vu for party in TEMOINS for vu in await pilot.echanges(party, bac, rangs.get(party, 0))]
    recues = [Recue.de(party, vue) for party in TEMOINS for vue in await pilot.boite(party, bac, siret)]
    siens = await certificats.deposes(monde, bac, siret)
    found = Observation.du_produit(siret, vus, recues, certificats=frozenset(un.cle for un in siens))
    return replace(found, droits=certificats.droits(siens), depots=siens)


async def _commencer(monde: QuatreServices, vie: Vie, bac: str, modele: str) -> None:
    """Bring a copy of the bac of the product to the day on which a life starts, when it has one of its own; raises DejaPasse."""
    if "depart" not in vie.model_fields_set:
        return
    le = date.fromisoformat(str((await monde.pilot.etat(bac))["instant"])[:10])
    if le > vie.depart:
        raise DejaPasse(
            f"cette épreuve commence le {vie.depart:%d/%m/%Y}, le bac « {modele} » est déjà au {le:%d/%m/%Y} : "
            f"enrôlez le produit dans un bac créé avant (« fps bac creer NOM --le {DEPART} »)."
        )
    if le < vie.depart:
        await monde.pilot.avancer(bac, paris(vie.depart))


def sur_les_courriers(plan: Plan) -> bool:
    """Whether a requirement of the plan is about the letters to people, which are read and printed only then."""
    return any(nom.startswith(f"{PREFIXE}/") for exigence in plan.portee() for nom in exigence.assertions)


def _dernier(vus: list[dict[str, int]]) -> int:
    return int(vus[-1]["rang"]) if vus else 0
