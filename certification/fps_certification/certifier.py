"""The certification of a product, whole: a run with its evidence; the same verdict computed again from it, without a service."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import httpx
from joserfc.jwk import ECKey
from pydantic import ValidationError

from fps.kit.ground.clock import wall_now
from fps.parties import SERVICES, Party
from fps.villes.catalogue import par_nom
from fps_certification.chronometre import Chronometre
from fps_certification.execution import Demande, Dire, Mode, Voir, executer
from fps_certification.passif import observer
from fps_certification.plans.plan import Plan, Produit, livres
from fps_certification.prealable.sondes import Sondes, SondesReelles
from fps_certification.preuves import liasse
from fps_certification.preuves.cours import Cours, DejaRepondu, SujetDejaPrie
from fps_certification.preuves.liasse import Liasse, LiasseFausse
from fps_certification.preuves.reprise import Journal, Repris, SujetRepris
from fps_certification.preuves.sondes import SondesEnregistrees, SondesRejouees
from fps_certification.preuves.trace import Divergence, Enregistreur, Rejeu, SujetRejoue, Trace
from fps_certification.rapports.rapport import Mesures, Rapport, rapport
from fps_certification.sujets.commandes import Commandes
from fps_certification.sujets.duel import Duel
from fps_certification.sujets.personne import DELAI, PAS, Interlocuteur, Personne
from fps_certification.sujets.pilote import Pilote
from fps_certification.sujets.porte import ouverte
from fps_certification.sujets.reference import Reference
from fps_certification.sujets.sujet import Sujet
from fps_certification.verdict import Verdict
from fps_simulateur.joueur import Ailleurs, QuatreServices
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur


@dataclass(frozen=True, slots=True)
class ALaMain:
    """Who drives a product by hand, how long each thing may take (seconds), and where the run is kept so that it can go on."""

    qui: Interlocuteur
    journal: Journal | None = None
    delai: float = DELAI
    pas: float = PAS


SEULE: Final = httpx.Limits(max_keepalive_connections=0)  # a connection of a product is not used again: nobody knows when it ends it
REJEU: Final = {party: f"https://{party.value}.rejeu.invalid" for party in SERVICES}


@dataclass(frozen=True, slots=True)
class Certifiee:
    """A run that ended: its report, and what its evidence is made of."""

    rapport: Rapport
    entete: Mapping[str, Any]
    trace: Trace

    def prouver(self, place: Path, signataire: ECKey, commentaires: Sequence[str] = ()) -> str:
        """Write the evidence, with what who looked at the run says of it; gives its digest."""
        fin = {"rapport": self.rapport.model_dump(mode="json"), "commentaires": list(commentaires), "etablie_le": f"{wall_now():%Y-%m-%d}"}
        return liasse.ecrire(place, dict(self.entete), self.trace.lignes, fin, signataire)


async def certifier(
    demande: Demande,
    client: httpx.AsyncClient,
    adresses: Mapping[Party, str],
    jeton: str,
    dire: Dire = lambda phrase: None,
    main: ALaMain | None = None,
    sondes: Sondes | None = None,
    voir: Voir = lambda constats, vues: None,
    cours: Cours | None = None,
) -> Certifiee:
    """Run a plan against its product, through a client that reaches the services and holds the pilot's credential.

    `main`: the product is driven by somebody, and the run goes on from where it was stopped. `cours`: what is kept of one that is
    played, so that it goes on too; raises Divergence when what it kept is judged otherwise now.
    """
    plan, faites, trace = demande.plan, {} if cours is None else cours.faites, _trace(main, cours)
    temps = Chronometre(0.0 if cours is None else cours.secondes)
    if cours is not None:
        demande = replace(demande, execution=cours.execution, passages=cours.passages)
        await _debarrasser(cours, Pilot(client, adresses, jeton))
    async with AsyncExitStack() as ouverts:
        enregistreur = Enregistreur(client, adresses, trace)
        repris: httpx.AsyncBaseTransport = DejaRepondu(adresses, faites, trace, enregistreur) if faites else enregistreur
        if trace.lignes:
            repris = Repris(adresses, trace, enregistreur)
        vers = httpx.AsyncClient(transport=repris, headers=client.headers, timeout=client.timeout)
        monde = Ailleurs(Pilot(await ouverts.enter_async_context(vers), adresses, jeton))
        sujet: Sujet | None = Reference(monde) if demande.mode is Mode.JOUER else None
        if main is not None:
            siret = par_nom()[plan.ville].siret
            sujet = Personne(Pilot(client, adresses, jeton), siret, main.qui, main.delai, main.pas)
        elif plan.produits or (plan.produit is not None and plan.produit.du_dehors):
            dehors = await ouverts.enter_async_context(httpx.AsyncClient(trust_env=False, limits=SEULE))
            sujet = du_plan(plan, dehors)
        if plan.lettres and isinstance(sujet, Reference):
            demande = replace(demande, porte=await ouverts.enter_async_context(ouverte(client, adresses)))
        vues = SondesEnregistrees(sondes or SondesReelles(), trace)
        prie: Sujet | None = None if sujet is None else SujetDejaPrie(sujet, faites, trace) if faites else SujetRepris(sujet, trace)
        verdict = await _juger(demande, monde, prie, vues, dire, temps, voir, cours)
    nom = f"trafic du bac {plan.bac}" if sujet is None else sujet.nom
    entete = {
        "plan": plan.model_dump(mode="json"),
        "execution": demande.execution,
        "parallele": demande.parallele,
        "prealable": demande.prealable,
        "reseau": demande.reseau,
        "mode": demande.mode.value,
        "porte": demande.porte,
        "produit": nom,
        "interroge": sujet is not None,
    } | ({"passages": {str(rang): fois for rang, fois in demande.passages.items()}} if demande.passages else {})
    rendu = rapport(verdict, plan, nom, demande.execution, Mesures(secondes=temps.secondes, epreuves=temps.epreuves))
    return Certifiee(rendu, entete, trace)


def _trace(main: ALaMain | None, cours: Cours | None) -> Trace:
    if main is not None and main.journal is not None:
        return main.journal.tracer()
    return Trace() if cours is None else cours.tracer()


async def _debarrasser(cours: Cours, pilot: Pilot) -> None:
    """Delete what a run that was killed had no time to delete: of this nothing is recorded."""
    for bac in cours.restes() if cours.reprise else ():
        with suppress(PiloteErreur):
            await pilot.supprimer(bac)


def du_plan(plan: Plan, client: httpx.AsyncClient) -> Sujet:
    """The product of a plan that is somebody's, or the two of a duel."""
    if plan.produits:
        return Duel({role: _sujet(un, client) for role, un in plan.produits.items()})
    return _sujet(plan.produit or Produit(), client)


def _sujet(produit: Produit, client: httpx.AsyncClient) -> Sujet:
    if produit.pilote is not None:
        return Pilote(client, produit.pilote, produit.delai_secondes)
    return Commandes(produit.commandes, produit.delai_secondes)


async def _juger(
    demande: Demande,
    monde: QuatreServices,
    sujet: Sujet | None,
    sondes: Sondes,
    dire: Dire = lambda phrase: None,
    chronometre: Chronometre | None = None,
    voir: Voir = lambda constats, vues: None,
    cours: Cours | None = None,
) -> Verdict:
    """The verdict of what is played, or of what was seen; the same code when it is computed again."""
    if demande.mode is Mode.OBSERVER or sujet is None:
        return await observer(demande, monde, sujet)
    return await executer(demande, monde, sujet, sondes, dire, chronometre, voir, cours)


async def verifier(place: Path, cles: dict[str, Any] | None = None) -> tuple[Liasse, Rapport]:
    """The evidence of a file, and the report computed again from it; raises LiasseFausse when they differ, or when it was changed."""
    lue = liasse.lire(place, cles)
    plan, refait = await rejuger(lue)
    dit = lue.fin.get("rapport")
    if not isinstance(dit, dict) or refait.juge() != {champ: valeur for champ, valeur in dit.items() if champ != "mesures"}:
        raise LiasseFausse(0, f"le verdict recalculé est « {refait.etat} », celui de la preuve en est un autre")
    return replace(lue, plan_livre=plan.eprouve_comme(livres().get(plan.plan))), refait


async def rejuger(lue: Liasse) -> tuple[Plan, Rapport]:
    """The plan of an evidence, and the verdict that the law and the requirements of now give of what it recorded. Raises LiasseFausse."""
    try:
        plan = Plan.model_validate(lue.entete["plan"])
        mode, interroge = Mode(lue.entete.get("mode", Mode.JOUER)), bool(lue.entete.get("interroge", True))
        demande = Demande(
            plan,
            lue.entete["execution"],
            garder=True,
            parallele=int(lue.entete["parallele"]),
            mode=mode,
            reseau=bool(lue.entete.get("reseau")),
            prealable=bool(lue.entete.get("prealable")),
            porte=lue.entete.get("porte"),
            passages={int(rang): int(fois) for rang, fois in lue.entete.get("passages", {}).items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LiasseFausse(1, f"le plan de cette preuve ne se lit pas ici ({error})") from error
    async with httpx.AsyncClient(transport=Rejeu(REJEU, lue.lignes)) as client:
        monde = Ailleurs(Pilot(client, REJEU, ""))
        try:
            sujet = SujetRejoue(lue.entete["produit"], lue.lignes) if interroge else None
            verdict = await _juger(demande, monde, sujet, SondesRejouees(lue.lignes))
        except Divergence as error:
            raise LiasseFausse(0, f"le verdict ne se recalcule pas : {error}") from error
    return plan, rapport(verdict, plan, lue.entete["produit"], demande.execution, _mesures(lue.fin.get("rapport")))


def _mesures(dit: Any) -> Mesures | None:
    """What the run took, as its evidence says it: nothing can compute that again. Raises LiasseFausse."""
    try:
        dites = dit.get("mesures") if isinstance(dit, dict) else None
        return None if dites is None else Mesures.model_validate(dites)
    except ValidationError as error:
        raise LiasseFausse(0, "ce qu'elle dit de la durée de l'exécution ne se lit pas") from error
