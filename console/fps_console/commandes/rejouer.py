"""What `fps rejouer` does: one check of a run played again on the same product, or its card shown whole."""

from pathlib import Path

from fps.kit.ground.settings import Settings
from fps_certification.exigences.exigence import Niveau
from fps_certification.plans.plan import Plan
from fps_certification.rapports.comparaison import comparer
from fps_certification.rapports.fichier_essai import fichier_essai
from fps_certification.rapports.rapport import Carte, ExigenceRendue, Rapport
from fps_certification.verdict import Sort
from fps_console.commandes.executions import trouver
from fps_console.commandes.output import Panne, dump, say
from fps_console.commandes.verdicts import SORTS, montrer
from fps_simulateur.langue.fautes import proche


def choisies(found: Rapport, quoi: str) -> tuple[str, ...]:
    """The checks that « RUN#CHECK » names: one by its name, or those where a requirement failed, else those that try it. Raises Panne."""
    if quoi in found.plan_joue.epreuves:
        return (quoi,)
    une = next((e for e in found.exigences if e.id == quoi), None)
    if une is not None:
        ratees = dict.fromkeys(c.epreuve for c in une.echecs)
        if siennes := tuple(ratees) or tuple(n for n in une.eprouvee_par if n in found.plan_joue.epreuves):
            return siennes
        return found.plan_joue.epreuves  # an assertion: whatever the product sends in any of them
    connus = [*found.plan_joue.epreuves, *(e.id for e in found.exigences)]
    phrase = f"« {quoi} » n'est ni une épreuve ni une exigence de cette exécution{proche(quoi, connus) or '.'}"
    raise Panne(phrase, f"Ses épreuves : {', '.join(found.plan_joue.epreuves)}.", code="epreuve-inconnue", statut=2)


def cartes(found: Rapport, quoi: str) -> list[tuple[ExigenceRendue, Carte]]:
    """The cards of a requirement, or of a check."""
    return [(e, c) for e in found.exigences for c in e.echecs if quoi in (e.id, c.epreuve)]


def plan_rejoue(found: Rapport, quoi: str) -> Plan:
    """The plan of the run, those checks only, and of the requirements only those that they try or that an assertion does."""
    epreuves = choisies(found, quoi)
    siennes = _siennes(found, epreuves, quoi)
    return found.plan_joue.model_copy(update={"epreuves": epreuves, "exigences": (quoi,) if quoi in siennes else siennes})


def _siennes(found: Rapport, epreuves: tuple[str, ...], quoi: str = "") -> tuple[str, ...]:
    """The requirements that those checks try, and those that look at whatever is sent."""
    return tuple(e.id for e in found.exigences if e.id == quoi or {*epreuves} & {*e.eprouvee_par} or any("/" in n for n in e.eprouvee_par))


def _manque(une: ExigenceRendue) -> bool:
    """Whether it is to be shown again: it failed, or passed where its failure was expected, or nothing proved what must be."""
    if une.echec_attendu:
        return une.sort in (Sort.CONFORME, Sort.DECLARE)
    if une.sort is Sort.NON_PROUVE:
        return une.niveau is Niveau.OBLIGATOIRE and bool(une.eprouvee_par)
    return une.sort is Sort.NON_CONFORME


def plan_manque(found: Rapport, nom: str | None = None) -> Plan | None:
    """The plan of a run, of its checks only those where something failed, stopped, or was not proved; None when all was. Raises Panne."""
    joue = found.plan_joue
    if found.code == 0:
        return None
    if not joue.epreuves:
        phrase = f"{found.execution} a jugé ce que personne ne rejoue d'ici : un trafic, ou les vies d'un fichier."
        raise Panne(phrase, f"fps certifier {nom or found.plan}, comme la première fois.", code="rien-a-rejouer", statut=2)
    voulues = {f.epreuve for f in found.fautes} | {une for e in found.exigences if _manque(e) for une in choisies(found, e.id)}
    epreuves = tuple(une for une in joue.epreuves if une in voulues) or joue.epreuves  # stopped before the plan: none was played
    return joue.model_copy(update={"epreuves": epreuves, "exigences": _siennes(found, epreuves)})


def montrer_cartes(reference: str, settings: Settings, en_json: bool) -> int:
    """Show the cards that « RUN#CHECK » names, and play nothing; 1 when there are some. Raises Panne."""
    found, quoi = lire(reference, settings)
    choisies(found, quoi)
    siennes = cartes(found, quoi)
    if en_json:
        dump([{"exigence": e.id, **c.model_dump(mode="json")} for e, c in siennes])
    elif not siennes:
        say(f"Rien n'y a manqué : « {quoi} ».")
    for exigence, carte in () if en_json else siennes:
        montrer(exigence, carte)
    return 1 if siennes else 0


def comparer_deux(noms: tuple[str, str], settings: Settings, en_json: bool) -> int:
    """Say what differs of two runs, requirement by requirement; 1 when the second does worse. Raises Panne."""
    avant, apres = (trouver(nom, settings.data_dir) for nom in noms)
    ecarts = comparer(avant, apres)
    if en_json:
        dump([{"id": e.id, "avant": e.avant, "apres": e.apres, "recrite": list(e.recrite), "pire": e.pire} for e in ecarts])
        return int(any(e.pire for e in ecarts))
    versions = (avant.versions.exigences, apres.versions.exigences)
    say(f"{avant.execution} ({avant.plan}, {avant.produit}) → {apres.execution} ({apres.plan}, {apres.produit})")
    say("Les mêmes exigences." if versions[0] == versions[1] else f"Exigences : version {versions[0]}, puis {versions[1]}.")
    for e in ecarts:
        dits = ("absente" if sort is None else SORTS[sort] for sort in (e.avant, e.apres))
        recrite = f" ; réécrite : {', '.join(e.recrite)}" if e.recrite else ""
        say(f"{'✗' if e.pire else '·'} {e.id} : {' → '.join(dits)}{recrite}")
    say(f"{len(ecarts)} différence(s), dont {sum(e.pire for e in ecarts)} en moins bien." if ecarts else "Aucune différence.")
    return int(any(e.pire for e in ecarts))


def lire(reference: str, settings: Settings) -> tuple[Rapport, str]:
    """The report and the name of the check of « RUN#CHECK »; raises Panne."""
    nom, diese, quoi = reference.rpartition("#")
    if not diese or not nom or not quoi:
        phrase = f"« {reference} » : une exécution, un dièse, une épreuve ou une exigence sont attendus."
        raise Panne(phrase, "Par exemple : fps rejouer certif-a1b2c3#amiable-paye, ou rapport.json#EX-103.", code="reference", statut=2)
    return trouver(nom, settings.data_dir), quoi


def ecrire_essai(found: Rapport, exigence: str, dans: Path) -> Path:
    """Write the file of pytest of a requirement: of its first failure, else of the first check that tries it. Raises Panne."""
    une = next((e for e in found.exigences if e.id == exigence), None)
    epreuves = choisies(found, exigence)
    if une is None or not epreuves:
        raise Panne(f"« {exigence} » n'est pas une exigence de ce plan.", "Donnez EX-… .", code="exigence-inconnue", statut=2)
    place = dans / f"test_{exigence.lower().replace('-', '_')}.py"
    place.write_text(fichier_essai(une, epreuves[0]), "utf-8")
    return place
