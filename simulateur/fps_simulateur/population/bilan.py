"""What is counted of a run at its end, read in the four services: the street, the payments, the RAPO, the titles, the court, the books."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, Final

from fps.kit.ground.clock import civil_date
from fps.parties import Party
from fps_simulateur.joueur import QuatreServices
from fps_simulateur.langue.actes import RAPPORT_RAPO
from fps_simulateur.population.chiffres import comparer
from fps_simulateur.population.executant import Champs, Executant
from fps_simulateur.population.marche import Marche
from fps_simulateur.population.rue import SEMAINE

SOMMES: Final = ("montant_impaye", "majoration", "montant_paye", "montant_rembourse", "part_collectivite")
AMIABLES: Final = frozenset({"paye", "paye-minore"})
# What is counted of a title and of a petition: what else is shown of them is not held for a whole city.
DU_TITRE: Final = ("numero_fps", "date_titre", "etat", *SOMMES)
DE_LA_REQUETE: Final = ("numero_fps", "date_depot", "etat", "decision")
# Days after which what a figure tells of a FPS, a title or a petition has had the time to happen.
MUR: Final = {"rapo": 60, "titre": 135, "recouvrement": 365, "requete": 240, "incomplete": 120, "jugement": 821}


async def bilan(monde: QuatreServices, bac: str, marche: Marche) -> dict[str, Any]:
    """The figures of a run: sums in centimes, delays in days. The same run gives the same ones."""
    executant, ville = Executant(monde, bac, ""), marche.ville
    state = await monde.pilot.etat(bac)
    fin = civil_date(datetime.fromisoformat(state["instant"]))
    rue, fps = _Rue(), dict[str, date]()
    async for vu in executant.lister(Party.COLLECTIVITE, siret=ville.siret):
        rue.voir(vu, fps)
    titres = [{nom: prise[nom] for nom in DU_TITRE} async for prise in executant.lister(Party.DGFIP)]
    requetes = [{nom: requete[nom] for nom in DE_LA_REQUETE} async for requete in executant.lister(Party.CCSP)]
    rapos = {annee: await _rapo(executant, ville.siret, annee) for annee in range(marche.periode.du.year, fin.year + 1)}
    livres = {party.value: dict(sorted(soldes.items())) for party, soldes in (await monde.pilot.soldes(bac)).items()}
    recus = sum(un["recus"] for un in rapos.values())
    simules = {
        "montant-moyen": rue.montant / len(fps) if fps else None,
        "part-majoree": _part({p["numero_fps"] for p in titres}, fps, fin - timedelta(days=MUR["titre"])),
        "taux-de-rapo": recus / rapoables if (rapoables := sum(le <= fin - timedelta(days=MUR["rapo"]) for le in fps.values())) else None,
        "delai-de-rapo": sum(un["recus"] * (un["delai_moyen_jours"] or 0) for un in rapos.values()) / recus if recus else None,
        "recouvrement": _recouvrement(titres, fin),
        "requetes": _part([r["numero_fps"] for r in requetes], fps, fin - timedelta(days=MUR["requete"])),
        "requetes-incompletes": _incompletes(requetes, fin),
        "delai-jugement": delai_de_jugement(requetes, fin),
    }
    return {
        "marche": marche.fiche,
        "ville": ville.nom,
        "instant": state["instant"],
        "fps": rue.dit(len(fps)),
        "rapo": rapos,
        "titres": _titres(titres),
        "requetes": {"deposees": len(requetes), "etats": _compte(r["etat"] for r in requetes), "sens": _compte(_sens(r) for r in requetes)},
        "livres": {"soldes": livres, "equilibres": all(sum(soldes.values()) == 0 for soldes in livres.values())},
        "lettres": {nom: state["comptes"].get(nom, 0) for nom in ("ecrites", "recues", "refusees", "mortes", "courriers")}
        | {"en_attente": state["en_attente"], "echeances_enterrees": state["echeances_enterrees"]["nombre"]},
        "comparaison": comparer(simules),
    }


class _Rue:
    """The FPS, counted while they are read."""

    def __init__(self) -> None:
        self.montant = self.paye = 0
        self.etats, self.mois, self.zones = Counter[str](), Counter[str](), Counter[str]()
        self.jours, self.heures, self.delais = Counter[str](), Counter[str](), Counter[int]()

    def voir(self, vu: Champs, fps: dict[str, date]) -> None:
        """One FPS, as its town shows it."""
        constat = datetime.fromisoformat(vu["date_heure_constat"])
        fps[vu["numero"]] = constat.date()
        self.montant += vu["montant"]
        self.etats[vu["etat"]] += 1
        self.mois[f"{constat:%Y-%m}"] += 1
        self.zones[vu["lieu"]["zone"]] += 1
        self.jours[SEMAINE[constat.weekday()]] += 1
        self.heures[f"{constat:%H}"] += 1
        if vu["etat"] in AMIABLES and vu["paye_le"] is not None:
            self.paye += vu["montant_paye"]
            self.delais[(date.fromisoformat(vu["paye_le"]) - constat.date()).days] += 1

    def dit(self, nombre: int) -> dict[str, Any]:
        """What is told of them."""
        return {
            "etablis": nombre,
            "montant": self.montant,
            "paye_amiable": self.paye,
            "etats": _range(self.etats),
            "par_mois": _range(self.mois),
            "par_jour": {jour: self.jours[jour] for jour in SEMAINE},
            "par_heure": _range(self.heures),
            "par_zone": _range(self.zones),
            "delais_de_paiement": {str(jours): n for jours, n in sorted(self.delais.items())},
        }


async def _rapo(executant: Executant, siret: str, annee: int) -> dict[str, Any]:
    """The annual report on the RAPO, of everybody."""
    vu = await executant.lire(Party.COLLECTIVITE, RAPPORT_RAPO.format(siret=siret, annee=annee))
    lignes = [] if vu is None else [ligne["valeurs"] for ligne in vu["indicateurs"] if ligne["residence"] == "ensemble"]
    found: dict[str, Any] = lignes[0] if lignes else {"recus": 0, "delai_moyen_jours": None}
    return found


def _titres(titres: list[Champs]) -> dict[str, Any]:
    return {
        "emis": len(titres),
        "etats": _compte(p["etat"] for p in titres),
        "reclame": sum(p["montant_impaye"] + p["majoration"] for p in titres),
        "paye": sum(p["montant_paye"] for p in titres),
        "rembourse": sum(p["montant_rembourse"] for p in titres),
        "part_collectivite": sum(p["part_collectivite"] for p in titres),
        "par_mois": _compte(p["date_titre"][:7] for p in titres),
    }


def _part(numeros: Any, fps: dict[str, date], avant: date) -> float | None:
    """How many of these numbers, among the FPS found before a day, as a part of them."""
    murs = sum(le <= avant for le in fps.values())
    return sum(fps[numero] <= avant for numero in numeros if numero in fps) / murs if murs else None


def _recouvrement(titres: list[Champs], fin: date) -> float | None:
    avant = (fin - timedelta(days=MUR["recouvrement"])).isoformat()
    murs = [prise["etat"].startswith("paye") for prise in titres if prise["date_titre"] <= avant]
    return sum(murs) / len(murs) if murs else None


def _incompletes(requetes: list[Champs], fin: date) -> float | None:
    avant = (fin - timedelta(days=MUR["incomplete"])).isoformat()
    murs = [requete["etat"] == "renonciation" for requete in requetes if requete["date_depot"] <= avant]
    return sum(murs) / len(murs) if murs else None


def delai_de_jugement(requetes: list[Champs], fin: date) -> float | None:
    """The mean delay of the petitions that are old enough: of those filed later, only the quickest are judged yet."""
    avant = (fin - timedelta(days=MUR["jugement"])).isoformat()
    dates = ((r["date_depot"], r["decision"]["date_decision"]) for r in requetes if r["decision"] and r["date_depot"] <= avant)
    delais = [(date.fromisoformat(le) - date.fromisoformat(depot)).days for depot, le in dates]
    return sum(delais) / len(delais) if delais else None


def _sens(requete: Champs) -> str:
    return str(requete["decision"]["sens"]) if requete["decision"] else "non jugée"


def _compte(valeurs: Any) -> dict[str, int]:
    return _range(Counter(valeurs))


def _range(compte: Counter[str]) -> dict[str, int]:
    return dict(sorted(compte.items()))
