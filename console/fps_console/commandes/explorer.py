"""What `fps certifier --explorer` does: sequences that nobody wrote are played on a product; what fails is told, and written as a life."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from fps.kit.ground.settings import Settings
from fps_certification.exigences.lecture import par_id
from fps_certification.exploration.explorer import Consigne, Exploration, explorer
from fps_certification.plans.plan import Plan
from fps_certification.preuves.liasse import MENTION
from fps_certification.sujets.commandes import Commandes
from fps_certification.sujets.pilote import Pilote
from fps_certification.sujets.reference import Reference
from fps_certification.sujets.sujet import Sujet
from fps_certification.verdict import Issue
from fps_console.commandes.certifier import Choix, plan_de, services
from fps_console.commandes.output import Panne, cause, dump, say
from fps_console.commandes.progres import Progres
from fps_console.commandes.verdicts import ETATS
from fps_simulateur.joueur import Ailleurs
from fps_simulateur.pilote.pilot import Pilot

SORTIE = Path("exploration.yaml")


@dataclass(frozen=True)
class ExplorationVoulue:
    """What was typed; `duree` in seconds."""

    choix: Choix
    graine: str
    duree: float
    pas: int | None
    sortie: Path | None


def explore(voulu: ExplorationVoulue, settings: Settings, *, en_json: bool, junit: Path | None, preuve: Path | None) -> int:
    """Explore; gives the exit status (`Issue`). Raises Panne."""
    if junit is not None or preuve is not None:
        phrase = "L'exploration n'écrit ni preuve ni rapport JUnit : la vie qu'elle trouve en donne un."
        raise Panne(
            phrase, "Ôtez --junit et --preuve ; puis « fps certifier exploration.yaml --junit … ».", code="options-contraires", statut=2
        )
    choix, plan = voulu.choix, plan_explore(voulu.choix)
    consigne = Consigne(plan, voulu.graine, voulu.duree, f"explo-{secrets.token_hex(3)}", voulu.pas)
    fait = asyncio.run(_run(consigne, settings))
    place = _ecrire(fait, voulu.sortie or SORTIE)
    if en_json:
        dump(_dit(fait, place))
    else:
        _raconter(fait, place, choix)
    return fait.etat.value


def plan_explore(choix: Choix) -> Plan:
    """The plan in which an exploration draws, with the product that was typed; raises Panne."""
    plan = plan_de(replace(choix, plan=choix.plan or "cycle-complet"))
    if plan.produits:
        phrase = "L'exploration éprouve un seul produit ; ce plan est un duel."
        raise Panne(phrase, "Donnez l'adresse d'un produit à --pilote.", code="duel-explore", statut=Issue.CONFIGURATION.value)
    if plan.produit is not None and plan.produit.du_dehors and plan.bac is None:
        phrase = "Un produit s'explore dans un bac où il est enrôlé : aucun n'est donné."
        raise Panne(phrase, "fps certifier --explorer --bac essai --pilote ADRESSE", code="bac-absent", statut=Issue.CONFIGURATION.value)
    return plan


async def _run(consigne: Consigne, settings: Settings) -> Exploration:
    plan = consigne.plan
    with Progres() as progres:

        def dire(pas: int) -> None:
            if progres.due():
                progres.montrer(f"{pas} pas")

        async with services(plan, settings) as (client, adresses, jeton):
            return await parcourir(consigne, Ailleurs(Pilot(client, adresses, jeton)), dire)


async def parcourir(consigne: Consigne, monde: Ailleurs, dire: Callable[[int], None]) -> Exploration:
    """Explore the product of a plan through services that run; `dire` is told each step."""
    produit = consigne.plan.produit
    async with AsyncExitStack() as ouverts:
        sujet: Sujet = Reference(monde)
        if produit is not None and produit.pilote is not None:
            dehors = await ouverts.enter_async_context(httpx.AsyncClient(trust_env=False))
            sujet = Pilote(dehors, produit.pilote, produit.delai_secondes)
        elif produit is not None and produit.commandes:
            sujet = Commandes(produit.commandes, produit.delai_secondes)
        return await explorer(consigne, monde, sujet, dire)


def _ecrire(fait: Exploration, place: Path) -> Path | None:
    if not fait.texte:
        return None
    try:
        place.write_text(fait.texte, "utf-8")
    except OSError as error:
        raise Panne(f"{place} : {cause(error)}.", "Donnez un autre fichier avec --sortie.", code="sortie-impossible", statut=2) from error
    return place


def _dit(fait: Exploration, place: Path | None) -> dict[str, object]:
    d = fait.difference
    trouve = None if d is None else {"exigence": d.exigence, "champ": d.champ, "attendu": d.attendu, "recu": d.recu, "fichier": place}
    return {
        "mention": MENTION,
        "graine": fait.graine,
        "etat": fait.etat.name.lower().replace("_", "-"),
        "code": fait.etat.value,
        "pas": fait.pas,
        "suites": fait.sequences,
        "gestes": fait.gestes,
        "difference": trouve,
        "reduite": fait.reduite,
        "domaine": fait.domaine,
        "phrase": fait.phrase,
        "non_pris_en_charge": list(fait.non_pris_en_charge),
    }


def _raconter(fait: Exploration, place: Path | None, choix: Choix) -> None:
    say(MENTION)
    say(f"Exploration, graine {fait.graine} : {fait.pas} pas en {fait.sequences} suites.")
    for action in fait.non_pris_en_charge:
        say(f"? le produit ne fait pas « {action} » : ce qui en dépend n'est pas exploré.")
    if (d := fait.difference) is not None and fait.vie is not None:
        say(f"✗ {d.exigence} {par_id(d.exigence).texte}")
        say(f"    attendu : {d.attendu}")
        say(f"    reçu    : {d.recu}")
        courte = "la plus courte qui échoue ainsi" if fait.reduite else "le temps a manqué pour la raccourcir"
        say(f"    où      : {place}, {len(fait.vie.etapes)} étapes, {courte}")
        produit = f" --bac {choix.bac} --pilote {choix.pilote}" if choix.pilote else ""
        say(f"    rejouer : fps certifier {place}{produit}")
    elif fait.phrase:
        say(f"✗ ({fait.domaine.value if fait.domaine else 'à savoir'}) {fait.phrase}")
    say(f"{ETATS[fait.etat]}.")
