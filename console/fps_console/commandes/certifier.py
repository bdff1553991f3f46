"""What `fps certifier` does: a plan read, a product tried, the verdict told, its evidence written."""

import asyncio
import contextlib
import secrets
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from fps.kit.ground.settings import Settings
from fps.kit.trust.pki import Pki
from fps.parties import LIBELLES
from fps.villes.catalogue import par_nom
from fps_certification import passif
from fps_certification.assertions import REGISTRE
from fps_certification.certifier import ALaMain, Certifiee, certifier
from fps_certification.epreuves.lecture import epreuves
from fps_certification.execution import Demande, Dire, Mode, Voir, controler
from fps_certification.exigences.exigence import Exigence, Niveau
from fps_certification.exigences.lecture import exigences
from fps_certification.plans.plan import Plan, PlanIllisible, lire, livres, pilotes
from fps_certification.prealable.constat import Constat, Tenue
from fps_certification.prealable.sondes import SondesReelles
from fps_certification.preuves.cours import Cours
from fps_certification.preuves.reprise import Journal, PassageAutre
from fps_certification.preuves.trace import Divergence
from fps_certification.rapports.rapport import ControleRendu
from fps_certification.sujets.personne import Interlocuteur, Personne
from fps_certification.verdict import Issue
from fps_console.commandes import executions, rejouer
from fps_console.commandes.a_la_main import Terminal
from fps_console.commandes.liaison import believed, linked, pki_dir
from fps_console.commandes.output import Panne, cause, complain, dump, grid, say, screen
from fps_console.commandes.progres import Progres
from fps_console.commandes.reprises import autre, cours_de
from fps_console.commandes.sorties import Sorties, ecrire
from fps_console.commandes.verdicts import ETATS, NIVEAUX, compter, tell, tell_control
from fps_console.commandes.vies_ecrites import vies_de
from fps_simulateur.joueur import Ailleurs
from fps_simulateur.langue.fautes import proche
from fps_simulateur.pilote.pilot import Pilot

PIRE: Final = (Issue.CONFORME, Issue.INCOMPLET, Issue.NON_CONFORME, Issue.CONFIGURATION, Issue.SIMULATEUR)  # the best first
Passage = Journal | Cours | None
PILOTE: Final = "« --pilote ADRESSE », ou « --pilote emission=ADRESSE,rapo=ADRESSE » pour deux produits en duel."


@dataclass(frozen=True)
class Choix:
    """What was typed."""

    plan: str | None
    only: tuple[str, ...] = ()
    pilote: str | None = None
    bac: str | None = None
    garder: bool = False
    parallele: int = 4
    observer: bool = False
    ville: str | None = None
    a_la_main: bool = False
    delai: float = 1800.0
    recommencer: bool = False
    deja_lu: Plan | None = None  # the plan of a former run
    reprendre: bool = False  # the last run of the plan that was stopped goes on


def plan_de(choix: Choix) -> Plan:
    """The plan of a name, of a file or of a former run, with what was typed; raises Panne."""
    if choix.deja_lu is not None:
        plan = choix.deja_lu
    elif (deja := vies_de(choix.plan)) is not None:
        plan = deja[0]
    elif choix.plan is None:
        plan = Plan(plan=passif.NOM, titre="Tout ce qu'un trafic ordinaire montre d'un produit", exigences=("EX-001..EX-9999",))
    elif choix.plan in livres():
        plan = livres()[choix.plan]
    else:
        place = Path(choix.plan)
        if not place.suffix and not place.exists():
            phrase = f"« {choix.plan} » n'est pas un plan{proche(choix.plan, livres()) or '.'}"
            raise Panne(phrase, "« fps certifier --plans » les montre ; sinon, donnez un fichier YAML.", code="plan-inconnu", statut=2)
        try:
            plan = lire(place.read_text("utf-8"), place.name)
        except (OSError, UnicodeDecodeError) as error:
            dit = cause(error) if isinstance(error, OSError) else "ce n'est pas de l'UTF-8"
            raise Panne(f"{place} : {dit}.", "Vérifiez ce chemin.", code="plan-illisible", statut=2) from error
        except PlanIllisible as error:
            raise Panne(f"Ce plan ne se lit pas :\n{error}", "Corrigez chaque ligne.", code="plan-illisible", statut=2) from error
    update: dict[str, Any] = _seulement(plan, choix.only) if choix.only else {}
    if choix.bac is not None:
        update["bac"] = choix.bac
    if choix.ville is not None:
        if choix.ville not in par_nom():
            phrase = f"« {choix.ville} » n'est pas une ville livrée{proche(choix.ville, par_nom()) or '.'}"
            raise Panne(phrase, "« fps ville » les montre.", code="ville-inconnue", statut=2)
        update["ville"] = choix.ville
    if choix.pilote is not None:
        update |= pilotes(choix.pilote)
        try:
            return Plan.model_validate(plan.model_dump() | update)
        except ValidationError as error:
            dit = "\n".join(str(e["msg"]).removeprefix("Value error, ") for e in error.errors(include_url=False))
            raise Panne(f"« --pilote {choix.pilote} » ne se lit pas : {dit}.", PILOTE, code="pilote-illisible", statut=2) from error
    return plan.model_copy(update=update)


def _seulement(plan: Plan, only: tuple[str, ...]) -> dict[str, Any]:
    """The checks that are named, and those that try the requirements that are; with requirements, those alone are judged. Raises Panne."""
    portee = {e.id: e for e in plan.portee()}
    if inconnues := [nom for nom in only if nom not in plan.epreuves and nom not in portee]:
        phrase = f"« {inconnues[0]} » n'est ni une épreuve ni une exigence du plan{proche(inconnues[0], [*plan.epreuves, *portee]) or '.'}"
        raise Panne(phrase, f"Ses épreuves : {', '.join(plan.epreuves)}.", code="epreuve-inconnue", statut=2)
    siennes = [portee[nom] for nom in only if nom in portee]
    if any(not e.epreuves for e in siennes):  # an assertion looks at whatever is sent
        return {"exigences": tuple(e.id for e in siennes)} if len(siennes) == len(only) else {}
    wanted = {*only, *(nom for e in siennes for nom in e.epreuves)}
    update: dict[str, Any] = {"epreuves": tuple(nom for nom in plan.epreuves if nom in wanted)}
    return update | ({"exigences": tuple(e.id for e in siennes)} if len(siennes) == len(only) else {})


def valider(choix: Choix, en_json: bool) -> int:
    """Say what a plan tries; raises Panne with every fault."""
    plan = plan_de(choix)
    if en_json:
        dump({"plan": plan.plan, "epreuves": list(plan.epreuves), "exigences": [e.id for e in plan.portee()]})
    else:
        say(f"Le plan « {plan.plan} » se lit : {len(plan.epreuves)} épreuves, {len(plan.portee())} exigences. Rien n'a été éprouvé.")
    return 0


def show_plans(en_json: bool) -> int:
    """Print the plans of the distribution."""
    if en_json:
        dump([plan.model_dump(mode="json") for plan in livres().values()])
        return 0
    rows = [(p.plan, len(p.epreuves), len(p.portee()), p.titre) for p in livres().values()]
    grid("Les plans", (("Plan", {"no_wrap": True}), "Épreuves", "Exigences", ("Ce qu'il éprouve", {"ratio": 1})), rows, on=screen())
    say("« fps certifier PLAN » l'éprouve sur la collectivité de référence ; avec --pilote et --bac, sur un produit.")
    return 0


def demande_de(choix: Choix) -> Demande:
    """What is run; raises Panne."""
    plan = plan_de(choix)
    if choix.a_la_main:
        plan = _par_une_personne(choix, plan)
    if choix.observer and plan.bac is None:
        phrase = "Un trafic s'observe dans le bac où le produit parle : aucun n'est donné."
        raise Panne(phrase, f"fps certifier {choix.plan or ''} --observer --bac essai".replace("  ", " "), code="bac-absent", statut=2)
    if (plan.produits or (plan.produit is not None and plan.produit.du_dehors)) and plan.bac is None:
        phrase = "Un produit s'éprouve dans un bac où il est enrôlé : aucun n'est donné."
        que_faire = f"fps bac creer essai, fps enroler … --bac essai, puis fps certifier {choix.plan} --bac essai --pilote ADRESSE."
        raise Panne(phrase, que_faire, code="bac-absent", statut=Issue.CONFIGURATION.value)
    mode = Mode.OBSERVER if choix.observer else Mode.A_LA_MAIN if choix.a_la_main else Mode.JOUER
    ecrites = None if choix.deja_lu is not None else vies_de(choix.plan)
    vies = () if ecrites is None else ecrites[1]
    execution, reseau = f"certif-{secrets.token_hex(3)}", plan.bac is not None
    return Demande(plan, execution, choix.garder, choix.parallele, mode, reseau=reseau, vies=vies)


def control(choix: Choix, settings: Settings, en_json: bool) -> int:
    """Look at what comes before a plan, and play nothing; gives 0, or 2 when something is to be set right. Raises Panne."""
    demande = demande_de(choix)

    async def run() -> tuple[Constat, ...]:
        async with services(demande.plan, settings) as (client, adresses, jeton):
            return await controler(demande, Ailleurs(Pilot(client, adresses, jeton)), sondes_de(settings))

    constats = asyncio.run(run())
    if en_json:
        dump([ControleRendu.model_validate(un).model_dump(mode="json") for un in constats])
    else:
        tell_control([ControleRendu.model_validate(un) for un in constats])
    fautes = sum(un.tenue is Tenue.FAUTE for un in constats)
    if not en_json:
        say(f"{fautes} à régler avant d'éprouver quoi que ce soit." if fautes else "Rien n'empêche d'éprouver ce plan.")
    return Issue.CONFIGURATION.value if fautes else 0


def sondes_de(settings: Settings) -> SondesReelles:
    """What looks at the network: the services as the commands believe them, the address of the letters as their postman does."""

    def lettres() -> ssl.SSLContext:
        context = ssl.create_default_context()
        with contextlib.suppress(OSError):  # no test authority here: the public ones remain
            context.load_verify_locations(Pki(pki_dir(settings)).fichier_autorites)
        return context

    return SondesReelles({"service": lambda: believed(settings), "lettres": lettres})


def certify(choisis: Sequence[Choix], settings: Settings, sorties: Sorties, *, en_json: bool) -> int:
    """Try a product, plan after plan; gives the exit status (`Issue`), the worst of them. Raises Panne, if it can before playing."""
    demandes = [(choix, demande_de(choix)) for choix in choisis]
    doubles = [nom for nom, combien in Counter(demande.plan.plan for _, demande in demandes).items() if combien > 1]
    if doubles:
        phrase = f"Deux des plans donnés s'appellent « {doubles[0]} » : leurs rapports se confondraient."
        raise Panne(phrase, "Éprouvez-les l'un après l'autre.", code="plan-double", statut=Issue.CONFIGURATION.value)
    if sorties.preuve is not None and any(demande.vies for _, demande in demandes):
        raise Panne("Une preuve se donne d'un plan, pas de vies.", "Ôtez --preuve.", code="preuve-de-vies", statut=2)
    faites: list[Certifiee] = []

    async def run() -> None:
        async with AsyncExitStack() as ouverts:
            vers: dict[bool, tuple[Any, Any, str]] = {}  # the plans of the reference system share the services of this process
            for choix, demande in demandes:
                if (ici := demande.plan.bac is None) not in vers:
                    vers[ici] = await ouverts.enter_async_context(services(demande.plan, settings))
                faites.append(await _certify(choix, demande, settings, vers[ici], en_json=en_json))

    try:
        asyncio.run(run())
    finally:  # what was played before something stopped the rest is worth its reports
        ecrire(faites, sorties, settings, en_json=en_json)
    if en_json:
        dits = [une.rapport.model_dump(mode="json") for une in faites]
        dump(dits if len(dits) > 1 else dits[0])
    elif len(faites) > 1:
        for une in faites:
            say(f"{une.rapport.plan} : {ETATS[Issue(une.rapport.code)]} ({une.rapport.execution})")
    return max((Issue(une.rapport.code) for une in faites), key=PIRE.index).value


async def _certify(choix: Choix, demande: Demande, settings: Settings, vers: tuple[Any, Any, str], *, en_json: bool) -> Certifiee:
    demande, passage = passage_de(choix, demande, settings)
    if isinstance(passage, Journal) and passage.lignes:
        complain("le passage interrompu reprend où il en était.", "Pour l'oublier : --recommencer.")
    if isinstance(passage, Cours) and passage.reprise:
        combien = len(passage.faites)
        complain(f"{passage.execution} reprend : {combien} déjà jugée{'s' * (combien > 1)}, à ne pas rejouer.", "")
    fait = 0
    with Progres() as progres:

        def dire(nom: str) -> None:
            nonlocal fait
            fait += 1
            if progres.due():
                progres.montrer(f"{fait} épreuves sur {len(demande.plan.epreuves)} : {nom}")

        qui = Terminal(a_faire(passage), en_json=en_json) if isinstance(passage, Journal) else None
        try:
            certifiee = await eprouver(choix, demande, settings, vers, passage, qui, dire)
        except asyncio.CancelledError:
            if isinstance(passage, Cours):
                complain(f"{demande.execution} est interrompue, épreuves jugées : {fait}.", "La même commande la reprend avec --reprendre.")
            raise
    if not en_json:
        tell(certifiee.rapport)
        if choix.observer:
            compter(certifiee.rapport)
    return certifiee


def replay(reference: str, settings: Settings, sorties: Sorties, *, en_json: bool) -> int:
    """Play again, on the same product, the check that « RUN#CHECK » names; gives the exit status. Raises Panne."""
    found, quoi = rejouer.lire(reference, settings)
    repris = Choix(found.plan, a_la_main=found.produit == Personne.nom, deja_lu=rejouer.plan_rejoue(found, quoi))
    return certify([repris], settings, sorties, en_json=en_json)


def rerun(choisis: Sequence[Choix], settings: Settings, sorties: Sorties, *, en_json: bool) -> int:
    """Play again what the last run of each plan (of any, when none is named) did not show; 0 when nothing was wanting. Raises Panne."""
    reprises = []
    for choix in choisis:
        nom = None if choix.plan is None else plan_de(replace(choix, only=())).plan
        found = executions.derniere(settings.data_dir, nom)
        if (plan := rejouer.plan_manque(found, nom)) is None:
            complain(f"rien n'a manqué à {found.execution}, la dernière exécution du plan « {found.plan} » : elle n'est pas rejouée.", "")
            continue
        main = choix.a_la_main or found.produit == Personne.nom
        reprises.append(replace(choix, plan=found.plan, deja_lu=plan, a_la_main=main))
    if not reprises:
        if en_json:
            dump([])
        return Issue.CONFORME.value
    return certify(reprises, settings, sorties, en_json=en_json)


def _par_une_personne(choix: Choix, plan: Plan) -> Plan:
    """The plan for somebody: the checks follow one another in the bac where the product speaks already. Raises Panne."""
    if choix.observer or choix.pilote is not None:
        phrase = "« --a-la-main », « --observer » et « --pilote » sont trois façons de conduire un produit : une à la fois."
        raise Panne(phrase, "Gardez-en une.", code="pilotages-ensemble", statut=Issue.CONFIGURATION.value)
    if plan.bac is None:
        phrase = "Un produit se conduit à la main dans le bac où il parle : aucun n'est donné."
        raise Panne(phrase, f"fps certifier {choix.plan} --a-la-main --bac essai", code="bac-absent", statut=Issue.CONFIGURATION.value)
    return plan.model_copy(update={"bacs": "un", "produit": None, "produits": {}})


def passage_de(choix: Choix, demande: Demande, settings: Settings) -> tuple[Demande, Passage]:
    """The run that was stopped, or a new one, and what is kept of it; raises Panne when it is that of another plan."""
    if not choix.a_la_main:
        return (demande, None) if choix.observer else cours_de(demande, choix.reprendre, settings)
    place = settings.data_dir / "certification" / f"{demande.plan.plan}-{demande.plan.bac}.jsonl"
    if choix.recommencer:
        place.unlink(missing_ok=True)
    try:
        journal = Journal(place, {"plan": demande.plan.model_dump(mode="json"), "execution": demande.execution})
    except (PassageAutre, OSError) as error:
        phrase = f"Le passage interrompu ne se reprend pas ({error})."
        raise Panne(phrase, "--recommencer l'oublie.", code="passage-autre", statut=Issue.CONFIGURATION.value) from error
    return replace(demande, execution=str(journal.entete["execution"])), journal


def a_faire(passage: Journal) -> Path:
    """The file where the next thing to do of a run by hand is kept as data."""
    return passage.place.with_suffix(".a-faire.json")


@asynccontextmanager
async def services(plan: Plan, settings: Settings) -> AsyncIterator[tuple[Any, Any, str]]:
    """A client, the addresses and the credential of those that run where the product is, else of four of this process."""
    if plan.bac is not None:
        async with AsyncExitStack() as ouverts:
            try:
                pilot = await ouverts.enter_async_context(linked(settings))
            except Panne as error:  # whatever a command does of it elsewhere, here 1 says that a product does not conform
                error.statut = Issue.CONFIGURATION.value
                raise
            yield pilot.client, pilot.addresses, pilot.token
        return
    from fps_simulateur.pilote.world import open_world

    async with open_world(token=secrets.token_urlsafe(16)) as world:
        yield world.client, world.addresses, world.token


async def eprouver(
    choix: Choix,
    demande: Demande,
    settings: Settings,
    vers: tuple[Any, Any, str],
    passage: Passage,
    qui: Interlocuteur | None,
    dire: Dire,
    voir: Voir = lambda constats, vues: None,
) -> Certifiee:
    """Try a product, whoever watches; `qui` is in front of one that is driven by hand, and `passage` what is kept of it."""
    if isinstance(passage, Cours):
        try:
            with passage as cours:
                certifiee = await certifier(demande, *vers, dire, None, sondes_de(settings), voir, cours)
                cours.finir()
        except (PassageAutre, Divergence) as error:
            raise autre(error) from error
        return certifiee
    main = None if qui is None else ALaMain(qui, passage, choix.delai)
    certifiee = await certifier(demande, *vers, dire, main, sondes_de(settings), voir)
    if passage is not None:
        passage.finir()
        a_faire(passage).unlink(missing_ok=True)
    return certifiee


def show_requirements(en_json: bool) -> int:
    """Print every requirement: a table for people, or JSON. Raises ExigencesIllisibles."""
    found = exigences()
    if en_json:
        dump([exigence.model_dump(mode="json") for exigence in found])
        return 0
    columns = (
        ("N°", {"no_wrap": True}),
        "Acteur",
        ("Flux", {"justify": "right"}),
        "Niveau",
        ("Exigence", {"ratio": 3}),
        ("Source", {"ratio": 2}),
    )
    grid("Ce qu'un produit doit prouver", columns, [_row(exigence) for exigence in found], on=screen())
    obligatoires = sum(exigence.niveau is Niveau.OBLIGATOIRE for exigence in found)
    sans = sum(exigence.non_teste is not None for exigence in found)
    say(f"{len(found)} exigences, dont {obligatoires} obligatoires ; {sans} que rien n'éprouve, avec leur raison (--json).")
    etapes = sum(bool(etape.prouve) for vie in epreuves().values() for etape in vie.etapes)
    say(f"{len(REGISTRE) + etapes} vérifications : {len(REGISTRE)} sur tout échange du produit, {etapes} à une étape d'une épreuve.")
    say("Environnement simulé : un verdict d'ici ne vaut certification par personne.")
    return 0


def _row(exigence: Exigence) -> tuple[object, ...]:
    source = exigence.source
    cited = [source.article, source.section and f"spécification, {source.section}", source.hypothese]
    dites = (LIBELLES[exigence.acteur], exigence.flux or "tous", NIVEAUX[exigence.niveau], exigence.texte)
    return exigence.id, *dites, " ; ".join(filter(None, cited))
