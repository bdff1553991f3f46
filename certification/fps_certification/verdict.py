"""The verdict: requirement by requirement, from what was judged; nothing that was not seen is counted as good."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any, Final

from fps.messages.message import MessageClass
from fps_certification import duel
from fps_certification.assertions import REGISTRE
from fps_certification.deroule import Demandee, Jouee, Pas
from fps_certification.exigences.exigence import Exigence, Niveau
from fps_certification.observation import Echange, Observation
from fps_certification.plans.plan import Plan
from fps_certification.prealable.constat import Constat
from fps_certification.sujets.contrat import messages_attendus
from fps_certification.sujets.sujet import Domaine

DU_TRANSPORT: Final = "transport/"  # how a product writes and sends again, whatever another one sends
_ECART: Final = re.compile(r"(?P<champ>[\w.]+) = (?P<vu>.*) au lieu de (?P<attendu>.*)")


class Sort(StrEnum):
    """What is said of one requirement."""

    CONFORME = "conforme"
    NON_CONFORME = "non-conforme"
    NON_PROUVE = "non-prouve"
    HYPOTHESE_SEULE = "hypothese-seule"
    DECLARE = "declare"  # a person says so, and nothing that was seen shows it


class Issue(IntEnum):
    """The verdict of a run, and the exit status of the command."""

    CONFORME = 0
    NON_CONFORME = 1
    CONFIGURATION = 2
    SIMULATEUR = 3
    INCOMPLET = 4


class Genre(StrEnum):
    """What kind of failure it is."""

    MESSAGE_FAUX = "message-faux"
    MESSAGE_NON_RECU = "message-non-recu"
    CONDUITE = "conduite"  # what the product does or shows, whatever it sent


@dataclass(frozen=True, slots=True)
class Echec:
    """A failure: `le`: the simulated day; `echange` when one shows it; `message`: the class that was expected; `juste`: see Resultat."""

    epreuve: str
    verification: str
    attendu: str
    recu: str
    ou: str
    le: date | None
    genre: Genre
    echange: Echange | None = None
    message: MessageClass | None = None
    juste: Mapping[str, Any] = field(default_factory=dict)
    demande: Demandee | None = None
    bac: str = ""
    produit: str = ""  # whose it is, in a duel


@dataclass(frozen=True, slots=True)
class Rendu:
    """What is said of a requirement: `preuves` counts what was judged good."""

    exigence: Exigence
    sort: Sort
    preuves: int
    echecs: tuple[Echec, ...]
    raison: str = ""
    attendu: str = ""  # why its failure is expected, when it is


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of a run; `fautes`: what stopped a check, whose fault it was, and of which product in a duel."""

    plan: str
    etat: Issue
    rendus: tuple[Rendu, ...]
    fautes: tuple[tuple[str, Domaine, str, str], ...]
    constats: tuple[Constat, ...] = ()  # what was looked at before
    vues: tuple[tuple[Jouee, Observation], ...] = ()


def rendre(plan: Plan, jouees: Iterable[tuple[Jouee, Observation]], constats: tuple[Constat, ...] = ()) -> Verdict:
    """The verdict of what was played and seen; a check that came before and failed is a fault, never a non-conformity."""
    jouees = tuple(jouees)
    bons: dict[str, int] = defaultdict(int)
    dits: dict[str, int] = defaultdict(int)  # what a person says and nothing shows
    echecs: dict[str, list[Echec]] = defaultdict(list)
    fautes = [(un.controle, un.domaine, f"{un.phrase} {un.que_faire}".strip(), "") for un in constats if un.domaine is not None]
    tenues: dict[str, str] = {}  # why what a check would have proved is not
    portee = plan.portee()
    des_assertions: dict[str, list[str]] = defaultdict(list)
    for exigence in portee:
        for nom in exigence.assertions:
            des_assertions[nom].append(exigence.id)
    for jouee, vue in jouees:
        if jouee.domaine is not None:
            fautes.append((jouee.vie, jouee.domaine, jouee.phrase, _de_l_arret(plan, jouee, vue)))
        if jouee.non_pris_en_charge:
            tenues[jouee.vie] = f"le produit ne fait pas « {jouee.non_pris_en_charge} »"
        elif jouee.domaine is not None:
            tenues[jouee.vie] = jouee.phrase
        for pas in jouee.pas:
            for un in pas.prouve:
                if pas.bon:
                    (dits if pas.declare else bons)[un] += 1
                else:
                    echecs[un].append(replace(_du_pas(jouee, pas, vue), produit=duel.du_pas(plan, jouee, pas, vue)))
        for nom, ids in des_assertions.items():
            for siennes in duel.par_produit(plan, vue) if nom.startswith(DU_TRANSPORT) else (vue,):
                _asserter(plan, nom, ids, jouee, siennes, bons, echecs)
    rendus = tuple(_rendre(e, plan, bons[e.id], dits[e.id], tuple(echecs[e.id]), tenues) for e in portee)
    return Verdict(plan.plan, _etat(plan, rendus, fautes), rendus, tuple(fautes), constats, jouees)


def _de_l_arret(plan: Plan, jouee: Jouee, vue: Observation) -> str:
    """The product of what stopped a check; nobody's when it is not a product's."""
    if jouee.domaine is Domaine.SIMULATEUR:
        return ""
    if jouee.pas and not jouee.pas[-1].bon:
        return duel.du_pas(plan, jouee, jouee.pas[-1], vue)
    return duel.de_l_action(plan, jouee.arret)


def _du_pas(jouee: Jouee, pas: Pas, vue: Observation) -> Echec:
    """The failure of a step: the message that it had to bring is not there, or was refused, or the product does something else."""
    le, jour = f"le {pas.date:%d/%m/%Y}", pas.date
    faite = next((d for d in pas.demandes if messages_attendus(d.action, d.donnees)), None)
    classes = () if faite is None else messages_attendus(faite.action, faite.donnees)
    siens = [e for e in vue.messages(*classes) if e.date.date() == jour and _du_dossier(e, pas.numero)] if classes else []
    attendu, recu = _attendu_et_recu(pas)
    commun: dict[str, Any] = {"epreuve": jouee.vie, "verification": f"{jouee.vie}, étape {pas.rang}", "le": jour, "bac": jouee.bac}
    if faite is not None and not siens and faite.statut < 300:
        noms = " ou ".join(f"{c.nom} (flux {c.flow})" for c in classes)
        commun |= {"attendu": f"{pas.quoi} : le message {noms}, {le}", "recu": f"aucun message ne nous est parvenu {le} ; {pas.phrase}"}
        juste = {"numero_fps": pas.numero or None}
        return Echec(**commun, ou=le, genre=Genre.MESSAGE_NON_RECU, message=classes[0], juste=juste, demande=faite)
    commun |= {"attendu": attendu, "recu": recu}
    if siens and not siens[-1].accepte:
        dernier = siens[-1]
        juste = _des_erreurs(dernier)
        ou = f"{dernier.ou}, {le}"
        return Echec(**commun, ou=ou, genre=Genre.MESSAGE_FAUX, echange=dernier, message=dernier.message, juste=juste, demande=faite)
    return Echec(**commun, ou=le, genre=Genre.CONDUITE, demande=pas.demandes[-1] if pas.demandes else None)


def _attendu_et_recu(pas: Pas) -> tuple[str, str]:
    """« who : field = a instead of b », as two sentences; the act and the whole sentence when it says something else."""
    qui, _, dits = pas.phrase.partition(" : ")
    lus = [_ECART.fullmatch(un) for un in dits.split(" ; ")]
    if not all(lus):
        return pas.quoi, pas.phrase
    attendus, recus = ([f"{m['champ']} = {m[nom]}" for m in lus if m] for nom in ("attendu", "vu"))
    return f"{pas.quoi}, puis {qui} : {' ; '.join(attendus)}", f"{qui} : {' ; '.join(recus)}"


def _du_dossier(echange: Echange, numero: str) -> bool:
    dit = (echange.donnees or {}).get("numero_fps")
    return not numero or dit is None or dit == numero


def _des_erreurs(echange: Echange) -> dict[str, Any]:
    """The fields that the refusal names: wrong, without anybody who says what they should be."""
    return {str(e["champ"]): None for e in echange.erreurs if e.get("champ") and e["champ"] in (echange.donnees or {})}


def _asserter(
    plan: Plan, nom: str, ids: list[str], jouee: Jouee, vue: Observation, bons: dict[str, int], echecs: dict[str, list[Echec]]
) -> None:
    for resultat in REGISTRE[nom].evaluer(vue):
        if resultat.bon:
            for un in ids:
                bons[un] += 1
            continue
        e = resultat.echange
        ou = "" if e is None else f"{e.ou}, le {e.date:%d/%m/%Y}"
        genre = Genre.CONDUITE if e is None or e.message is None else Genre.MESSAGE_FAUX
        message, jour = None if e is None else e.message, jouee.jour if e is None else e.date.date()
        commun: dict[str, Any] = {"echange": e, "message": message, "juste": resultat.juste, "bac": jouee.bac}
        commun["produit"] = duel.de_l_echange(plan, vue, e)
        card = Echec(jouee.vie, nom, resultat.attendu, resultat.recu, ou, jour, genre, **commun)
        for un in ids:
            echecs[un].append(card)


def _rendre(exigence: Exigence, plan: Plan, bons: int, dits: int, echecs: tuple[Echec, ...], tenues: Mapping[str, str]) -> Rendu:
    attendu = plan.echecs_attendus.get(exigence.id, "")
    if echecs:
        seule = exigence.source.article is None and exigence.source.section is None
        return Rendu(exigence, Sort.HYPOTHESE_SEULE if seule else Sort.NON_CONFORME, bons, echecs, attendu=attendu)
    if bons:
        return Rendu(exigence, Sort.CONFORME, bons, (), attendu=attendu)
    if dits:
        return Rendu(exigence, Sort.DECLARE, dits, (), "qui conduit le produit le dit ; aucun échange ne le montre", attendu)
    if exigence.non_teste is not None:
        return Rendu(exigence, Sort.NON_PROUVE, 0, (), exigence.non_teste, attendu)
    raisons = sorted({tenues[vie] for vie in exigence.epreuves if vie in tenues})
    return Rendu(exigence, Sort.NON_PROUVE, 0, (), " ; ".join(raisons) or "rien de tel n'a été vu", attendu)


def _etat(plan: Plan, rendus: tuple[Rendu, ...], fautes: list[tuple[str, Domaine, str, str]]) -> Issue:
    domaines = {domaine for _, domaine, _, _ in fautes}
    if Domaine.SIMULATEUR in domaines:
        return Issue.SIMULATEUR
    exiges = [r for r in rendus if r.exigence.niveau is Niveau.OBLIGATOIRE and r.exigence.non_teste is None]
    vus = [r for r in exiges if not r.exigence.exploree]  # nothing that is written proves what only the exploration tries
    manques = [r for r in exiges if r.sort is Sort.NON_CONFORME and not r.attendu]
    inattendues = [r for r in rendus if r.attendu and r.sort in (Sort.CONFORME, Sort.DECLARE)]
    if manques or inattendues:
        return Issue.NON_CONFORME
    if domaines & {Domaine.CONFIGURATION, Domaine.RESEAU}:
        return Issue.CONFIGURATION
    if Domaine.PRODUIT in domaines:
        return Issue.NON_CONFORME
    return Issue.INCOMPLET if any(r.sort is Sort.NON_PROUVE and not r.attendu for r in vus) else Issue.CONFORME
