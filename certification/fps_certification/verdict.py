"""The verdict: requirement by requirement, from what was judged; nothing that was not seen is counted as good."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from fps_certification.assertions import REGISTRE
from fps_certification.deroule import Jouee
from fps_certification.exigences.exigence import Exigence, Niveau
from fps_certification.observation import Observation
from fps_certification.plans.plan import Plan
from fps_certification.prealable.constat import Constat
from fps_certification.sujets.sujet import Domaine


class Sort(StrEnum):
    """What is said of one requirement."""

    CONFORME = "conforme"
    NON_CONFORME = "non-conforme"
    NON_PROUVE = "non-prouve"
    HYPOTHESE_SEULE = "hypothese-seule"
    DECLARE = "declare"  # a person says so, and nothing that was seen shows it


class Etat(IntEnum):
    """The verdict of a run, and the exit status of the command."""

    CONFORME = 0
    NON_CONFORME = 1
    CONFIGURATION = 2
    SIMULATEUR = 3
    INCOMPLET = 4


@dataclass(frozen=True, slots=True)
class Echec:
    """A failure card: what was expected, what came, where, how to play it again; `echange` when one shows it."""

    epreuve: str
    verification: str
    attendu: str
    recu: str
    ou: str
    requete: str = ""
    reponse: str = ""


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
    """The verdict of a run; `fautes`: what stopped a check, and whose fault it was."""

    plan: str
    etat: Etat
    rendus: tuple[Rendu, ...]
    fautes: tuple[tuple[str, Domaine, str], ...]
    constats: tuple[Constat, ...] = ()  # what was looked at before


def rendre(plan: Plan, jouees: Iterable[tuple[Jouee, Observation]], constats: tuple[Constat, ...] = ()) -> Verdict:
    """The verdict of what was played and seen; a check that came before and failed is a fault, never a non-conformity."""
    bons: dict[str, int] = defaultdict(int)
    dits: dict[str, int] = defaultdict(int)  # what a person says and nothing shows
    echecs: dict[str, list[Echec]] = defaultdict(list)
    fautes = [(un.controle, un.domaine, f"{un.phrase} {un.que_faire}".strip()) for un in constats if un.domaine is not None]
    tenues: dict[str, str] = {}  # why what a check would have proved is not
    portee = plan.portee()
    des_assertions: dict[str, list[str]] = defaultdict(list)
    for exigence in portee:
        for nom in exigence.assertions:
            des_assertions[nom].append(exigence.id)
    for jouee, vue in jouees:
        if jouee.domaine is not None:
            fautes.append((jouee.vie, jouee.domaine, jouee.phrase))
        if jouee.non_pris_en_charge:
            tenues[jouee.vie] = f"le produit ne fait pas « {jouee.non_pris_en_charge} »"
        elif jouee.domaine is not None:
            tenues[jouee.vie] = jouee.phrase
        for pas in jouee.pas:
            for un in pas.prouve:
                if pas.bon:
                    (dits if pas.declare else bons)[un] += 1
                else:
                    echecs[un].append(Echec(jouee.vie, f"{jouee.vie}, étape {pas.rang}", pas.quoi, pas.phrase, f"le {pas.date:%d/%m/%Y}"))
        for nom, ids in des_assertions.items():
            _asserter(nom, ids, jouee.vie, vue, bons, echecs)
    rendus = tuple(_rendre(e, plan, bons[e.id], dits[e.id], tuple(echecs[e.id]), tenues) for e in portee)
    return Verdict(plan.plan, _etat(plan, rendus, fautes), rendus, tuple(fautes), constats)


def _asserter(nom: str, ids: list[str], vie: str, vue: Observation, bons: dict[str, int], echecs: dict[str, list[Echec]]) -> None:
    for resultat in REGISTRE[nom].evaluer(vue):
        if resultat.bon:
            for un in ids:
                bons[un] += 1
            continue
        e = resultat.echange
        ou = "" if e is None else f"{e.ou}, le {e.date:%d/%m/%Y}"
        requete = "" if e is None else f"{e.methode} {e.chemin}\n{e.corps}"
        card = Echec(vie, nom, resultat.attendu, resultat.recu, ou, requete, "" if e is None else f"{e.statut}\n{e.reponse}")
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


def _etat(plan: Plan, rendus: tuple[Rendu, ...], fautes: list[tuple[str, Domaine, str]]) -> Etat:
    domaines = {domaine for _, domaine, _ in fautes}
    if Domaine.SIMULATEUR in domaines:
        return Etat.SIMULATEUR
    exiges = [r for r in rendus if r.exigence.niveau is Niveau.OBLIGATOIRE and r.exigence.non_teste is None]
    vus = [r for r in exiges if not r.exigence.exploree]  # nothing that is written proves what only the exploration tries
    manques = [r for r in exiges if r.sort is Sort.NON_CONFORME and not r.attendu]
    inattendues = [r for r in rendus if r.attendu and r.sort in (Sort.CONFORME, Sort.DECLARE)]
    if manques or inattendues:
        return Etat.NON_CONFORME
    if domaines & {Domaine.CONFIGURATION, Domaine.RESEAU}:
        return Etat.CONFIGURATION
    if Domaine.PRODUIT in domaines:
        return Etat.NON_CONFORME
    return Etat.INCOMPLET if any(r.sort is Sort.NON_PROUVE and not r.attendu for r in vus) else Etat.CONFORME
