"""`fps play`: play lives through the four services, in this process, and say where one does not go as it is written."""

import asyncio
import json
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import IntEnum
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from fps.kit.ground.bac_path import NOM
from fps.kit.ground.clock import wall_now
from fps.kit.ground.settings import Settings
from fps.parties import Party
from fps_console.commandes import documents
from fps_console.commandes.avance import contents, table
from fps_console.commandes.documents import Document
from fps_console.commandes.liaison import explain, linked, pki_dir
from fps_console.commandes.output import SPECIMEN, Panne, cause, dump, grid, say, screen
from fps_console.commandes.play_html import rapport
from fps_console.mots import recit
from fps_simulateur.couverture.parcours import refuses
from fps_simulateur.invariants import verifier
from fps_simulateur.joueur import Ailleurs, QuatreServices, Suivre, VieFausse, jouer
from fps_simulateur.langue.choix import Choisie, VieInconnue, choisir, familles
from fps_simulateur.langue.fautes import ViesIllisibles
from fps_simulateur.langue.moments import COMMENT, Moment, quand
from fps_simulateur.pilote.certificat import montre_un_certificat, portant
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur
from fps_simulateur.pilote.reperes import REPERES

IMPRIMEES = 12  # lives whose documents are printed in the report itself; of more, it says what each letter says, and --pdf writes them
Rangee = tuple[int, Choisie]  # a life and its rank among those that are played
DE_LA_MACHINE = ("position", "wall_time")  # what only the machine says of a line of the journal


class Statut(IntEnum):
    """Whose fault it is, by the exit status."""

    JOUEES = 0
    VIE_FAUSSE = 1  # a life does not go as it is written
    ILLISIBLE = 2  # the file, or the name, is ill written
    SIMULATEUR = 3  # the simulator failed, or breaks one of its invariants
    SANS_CERTIFICAT = 4  # a life was not played: it shows a certificate, which nobody would see there


# What is told of several lives: the worst, in this order.
GRAVITE = (Statut.JOUEES, Statut.SANS_CERTIFICAT, Statut.VIE_FAUSSE, Statut.ILLISIBLE, Statut.SIMULATEUR)
MARQUES = {Statut.JOUEES: "ok  ", Statut.SANS_CERTIFICAT: "NON "}
SANS_CERTIFICAT = (
    "non jouée : cette vie écrit les lettres de la collectivité, et montre son certificat ; il faut un simulateur démarré par "
    "« fps up --tls », et son dossier de données (--data-dir). Sans « --bac », elle se joue en mémoire."
)


@dataclass
class Jouee:
    """What became of a life."""

    choisie: Choisie
    statut: Statut = Statut.JOUEES
    raison: str = ""
    secondes: float = 0.0
    journal: list[dict[str, Any]] = field(default_factory=list)
    refus: Counter[tuple[str, str]] = field(default_factory=Counter)  # to who asked, by service and code
    courriers: dict[str, Any] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)

    @property
    def nom(self) -> str:
        """The name of the life."""
        return self.choisie.vie.vie


@dataclass(frozen=True)
class Maniere:
    """How lives are played: told in detail or not, aloud or not, up to a moment."""

    detail: bool
    dire: bool
    jusqua: date | datetime | Moment | None = None
    bac: str | None = None  # of services that run: it is kept, « -1 », « -2 »… behind when several lives are played
    settings: Settings | None = None  # where they are
    pdf: Path | None = None  # where each letter is written, in a directory by life
    joints: bool = False  # whether the letters are read, to be put in the report
    imprimes: bool = False  # whether they are printed for it too


def play(
    noms: Sequence[str],
    *,
    detail: bool,
    lister: bool,
    en_json: bool,
    junit: Path | None,
    html: Path | None = None,
    pdf: Path | None = None,
    until: str | None = None,
    parallele: int = 1,
    bac: str | None = None,
    settings: Settings | None = None,
    document: Path | None = None,
) -> int:
    """Play what is named, or the whole catalogue; gives the exit status (`Statut`). Raises Panne, of the same statuses."""
    if lister:
        return _lister(en_json)
    try:
        maniere = Maniere(detail, not en_json, None if until is None else quand(until, REPERES), bac, settings)
    except ValueError as error:
        raise Panne(f"{error}.", f"« --until » prend {COMMENT}.", code="moment-illisible", statut=Statut.ILLISIBLE) from error
    demandees = choisies(noms)
    if bac is not None and parallele > 1:
        raise Panne("« --bac » et « --parallele » ne vont pas ensemble.", "Retirez l'un des deux.", statut=Statut.ILLISIBLE)
    dedans = html is not None and len(demandees) <= IMPRIMEES
    maniere = replace(maniere, pdf=pdf, joints=html is not None or pdf is not None, imprimes=dedans or pdf is not None)
    jouees = repartir(list(enumerate(demandees, 1)), maniere, parallele)
    statut = max((one.statut for one in jouees), default=Statut.JOUEES, key=GRAVITE.index)
    if junit is not None:
        junit.parent.mkdir(parents=True, exist_ok=True)
        junit.write_bytes(_junit(jouees))
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        dits = [one.documents if dedans else [replace(un, pdf=None) for un in one.documents] for one in jouees]
        html.write_text(rapport([vue(one) for one in jouees], dits), "utf-8")
    dites = {"vies": [vue(one) for one in jouees], "statut": int(statut)} if en_json or document is not None else {}
    if document is not None:
        document.parent.mkdir(parents=True, exist_ok=True)
        document.write_text(json.dumps(dites, ensure_ascii=False, indent=2) + "\n", "utf-8")
    if en_json:
        dump(dites)
    else:
        _bilan(jouees, junit)
    return int(statut)


def choisies(noms: Sequence[str]) -> list[Choisie]:
    """The lives that are named, all those of the catalogue when none is; raises Panne, as the command tells it."""
    try:
        return choisir(list(noms))
    except VieInconnue as error:
        que_faire = "« fps play --lister » donne les vies du catalogue ; un fichier se nomme par son chemin (vie.yaml)."
        raise Panne(
            str(error) if str(error).endswith("?") else f"{error}.", que_faire, code="vie-inconnue", statut=Statut.ILLISIBLE
        ) from error
    except ViesIllisibles as error:
        raise Panne("Ce fichier ne se lit pas :", str(error), code="vie-illisible", statut=Statut.ILLISIBLE) from error
    except (OSError, UnicodeDecodeError) as error:
        raison = cause(error) if isinstance(error, OSError) else "ce n'est pas un texte UTF-8"
        phrase = f"{getattr(error, 'filename', None) or 'Un fichier'} : {raison}."
        raise Panne(phrase, "Vérifiez ce chemin et ses droits.", code="fichier", statut=Statut.ILLISIBLE) from error


def _lister(en_json: bool) -> int:
    if en_json:
        dump([{"vie": c.vie.vie, "famille": famille, "titre": c.vie.titre} for famille, vies in familles().items() for c in vies])
        return 0
    for famille, vies in familles().items():
        grid(famille, (("Vie", {"min_width": 30}), "Titre"), [(c.vie.vie, c.vie.titre) for c in vies], on=screen())
        say()
    return 0


def repartir(rangees: Sequence[Rangee], maniere: Maniere, parallele: int) -> list[Jouee]:
    """The lives played one after the other, or dealt out to so many processes, each with its own world; told in their order."""
    if maniere.dire:
        say(f"{SPECIMEN}\n")
    mains = max(1, min(parallele, len(rangees)))
    if mains == 1:
        return asyncio.run(_jouer(rangees, maniere))
    muette = replace(maniere, dire=False)
    with ProcessPoolExecutor(mains, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(_une_part, [(rangees[main::mains], muette) for main in range(mains)]))
    jouees = [parts[rang % mains][rang // mains] for rang in range(len(rangees))]
    for one in jouees if maniere.dire else ():
        _raconter(one, maniere.detail)
    return jouees


def _une_part(part: tuple[Sequence[Rangee], Maniere]) -> list[Jouee]:
    return asyncio.run(_jouer(*part))


@asynccontextmanager
async def _monde(maniere: Maniere) -> AsyncIterator[QuatreServices]:
    """The four services of this process, in memory; or those that run, for lives that are kept. Raises Panne."""
    if maniere.bac is None or maniere.settings is None:
        from fps_simulateur.pilote.world import open_world

        async with open_world() as world:
            yield world
        return
    if not NOM.fullmatch(maniere.bac):
        que_faire = "Minuscules, chiffres et tirets, 40 au plus : « mon-essai »."
        raise Panne(f"« {maniere.bac[:40]} » ne peut pas être le nom d'un bac.", que_faire, code="nom-de-bac", statut=Statut.ILLISIBLE)
    async with linked(maniere.settings) as pilot:
        try:
            deja = await pilot.lister()
        except PiloteErreur as error:
            panne = explain(error)
            panne.statut = Statut.SIMULATEUR  # 1 would say that a life is wrong
            raise panne from error
        if pris := [nom for nom in deja if nom == maniere.bac or nom.startswith(f"{maniere.bac}-")]:
            raise Panne(
                f"Le bac « {pris[0]} » existe déjà.",
                "Donnez un autre nom, ou supprimez-le : « fps bac supprimer ».",
                statut=Statut.ILLISIBLE,
            )
        if (tls := _tls(maniere.settings)) is None:
            yield Ailleurs(pilot)
        else:
            async with portant(pilot, tls) as monde:
                yield monde


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """What shows the certificate of the reference system of the towns; None without TLS, or where its key is not at hand."""
    if not settings.addresses[Party.ANTAI].startswith("https:"):
        return None
    from fps.kit.trust.pki import Pki
    from fps.kit.trust.tls import between_services

    with suppress(OSError):
        return between_services(Pki(pki_dir(settings)), Party.COLLECTIVITE)
    return None


async def _jouer(rangees: Sequence[Rangee], maniere: Maniere) -> list[Jouee]:
    found: list[Jouee] = []
    async with _monde(maniere) as world:
        for rang, choisie in rangees:
            bac = f"{maniere.bac or 'vie'}-{rang}" if maniere.bac is None or len(rangees) > 1 else maniere.bac
            if isinstance(world, Ailleurs) and montre_un_certificat(choisie.vie):
                one = Jouee(choisie, Statut.SANS_CERTIFICAT, SANS_CERTIFICAT)
            else:
                one = await jouer_une(world, choisie, bac, maniere)
            found.append(one)
            if maniere.dire:
                _raconter(one, maniere.detail)
            if one.statut is Statut.SANS_CERTIFICAT:
                continue
            if maniere.bac is None:
                with suppress(PiloteErreur):  # a life that could not begin has none
                    await world.pilot.supprimer(bac)
            elif maniere.dire:
                say(f"        dans le bac « {bac} »")
    return found


async def jouer_une(world: QuatreServices, choisie: Choisie, bac: str, maniere: Maniere, suivre: Suivre | None = None) -> Jouee:
    """A life played in a bac of its own, its invariants verified; what became of it, whoever watched. Raises OSError."""
    one, debut = Jouee(choisie), time.perf_counter()
    vus: set[tuple[str, str]] = set()
    temoin = {} if suivre is None else {"suivre": suivre}
    try:
        vus = {(party.value, code) for party, code in (await jouer(world, choisie.vie, bac, maniere.jusqua, **temoin)).refus}
        if faux := verifier(await world.pilot.relever(bac)):
            one.statut, one.raison = Statut.SIMULATEUR, " ; ".join(map(str, faux))
    except VieFausse as error:
        one.statut, one.raison = Statut.VIE_FAUSSE, f"{choisie.place(error.etape)} : {_sans_nom(error, choisie)}"
    except PiloteErreur as error:
        one.statut, one.raison = Statut.SIMULATEUR, str(error)
    one.secondes = time.perf_counter() - debut
    try:
        one.journal = await world.pilot.journal(bac)
        one.refus = await refuses(world.pilot, bac, vus)
        one.courriers = await contents(world.pilot, bac, one.journal) if maniere.detail else {}
        await _joindre(one, world.pilot, bac, maniere)
    except PiloteErreur as error:  # the service that failed the life is still away: the life says why, and the others are played
        one.statut, one.raison = Statut.SIMULATEUR, one.raison or str(error)
    return one


async def _joindre(one: Jouee, pilot: Pilot, bac: str, maniere: Maniere) -> None:
    """The letters of a life: kept for the report, written in its own directory. Raises PiloteErreur, OSError."""
    if maniere.joints:
        one.documents = await documents.lire(pilot, bac, one.journal, imprimes=maniere.imprimes)
    if maniere.pdf is not None:
        await asyncio.to_thread(documents.ecrire, one.documents, maniere.pdf / one.nom)


def _sans_nom(error: VieFausse, choisie: Choisie) -> str:
    return str(error).removeprefix(f"{choisie.vie.vie}, ")


def _raconter(one: Jouee, detail: bool) -> None:
    say(f"  {MARQUES.get(one.statut, 'FAUX')}  {one.nom} — {one.choisie.vie.titre}")
    if one.raison:
        say(f"        {one.raison}")
    if detail:
        say()
        table("", recit.courtes(one.journal), one.courriers, screen(), numbers=len({line["sujet"] for line in one.journal}) > 1)
        say()


def _bilan(jouees: Sequence[Jouee], junit: Path | None) -> None:
    sans = sum(one.statut is Statut.SANS_CERTIFICAT for one in jouees)
    fausses = sum(one.statut is not Statut.JOUEES for one in jouees) - sans
    total = len(jouees) - sans
    verbe = "jouées" if total > 1 else "jouée"
    a_part = (
        f", {sans} qui montre{'nt' if sans > 1 else ''} un certificat et ne {'sont pas jouées' if sans > 1 else 'est pas jouée'}"
        if sans
        else ""
    )
    say(f"\n{total} vie{'s' if total > 1 else ''} {verbe}, {fausses or 'aucune'} fausse{'s' if fausses > 1 else ''}{a_part}.")
    if junit is not None:
        say(f"Rapport JUnit : {junit}")


def vue(one: Jouee) -> dict[str, Any]:
    """What is the same each time: neither the machine's time nor how long it took."""
    journal = [{k: v for k, v in line.items() if k not in DE_LA_MACHINE} for line in one.journal]
    return {
        "vie": one.nom,
        "titre": one.choisie.vie.titre,
        "fichier": one.choisie.fichier,
        "statut": one.statut.name.lower().replace("_", "-"),
        "raison": one.raison,
        "journal": journal,
        "refus": [[*cle, fois] for cle, fois in sorted(one.refus.items())],
    }


def _junit(jouees: Sequence[Jouee]) -> bytes:
    """The runs as JUnit's XML, which every continuous integration reads: a failure is the life's, an error the simulator's."""
    suite = ElementTree.Element("testsuite", name="fps play", timestamp=wall_now().strftime("%Y-%m-%dT%H:%M:%S"), hostname="localhost")
    fausses = [one for one in jouees if one.statut is Statut.VIE_FAUSSE]
    pannes = [one for one in jouees if one.statut is Statut.SIMULATEUR]
    sautees = [one for one in jouees if one.statut is Statut.SANS_CERTIFICAT]
    suite.attrib |= {"tests": str(len(jouees)), "failures": str(len(fausses)), "errors": str(len(pannes)), "skipped": str(len(sautees))}
    suite.attrib |= {"time": f"{sum(one.secondes for one in jouees):.3f}"}
    for one in jouees:
        case = ElementTree.SubElement(suite, "testcase", classname=one.choisie.fichier, name=one.nom, time=f"{one.secondes:.3f}")
        if one.statut is Statut.SANS_CERTIFICAT:
            ElementTree.SubElement(case, "skipped", message=one.raison)
        elif one.raison:
            nature = "failure" if one.statut is Statut.VIE_FAUSSE else "error"
            ElementTree.SubElement(case, nature, message=one.raison, type=one.statut.name.lower()).text = one.choisie.vie.titre
    root = ElementTree.Element("testsuites")
    root.append(suite)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
