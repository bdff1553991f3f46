"""The street: which FPS are established, each day, hour, zone and vehicle, all of them drawn from the seed before anything is played."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Any, Final

from fps.droit.numero import NumeroFps
from fps.kit.ground.clock import PARIS, paris
from fps.villes.commune import Commune
from fps.villes.zones import Zone
from fps_simulateur.population.parametres import Jour, Parametres, Situation
from fps_simulateur.population.tirages import Tirages, Urne

SOIR: Final = time(23, 30)  # when the acts of a day are done: after its last finding
LETTRES: Final = "ABCDEFGHJKLMNPQRSTVWXYZ"
ECART: Final = 8  # days between two FPS of one vehicle: the first has no effect any more
AGENTS: Final = 80  # at most: a number of agent is told in three digits, and those who examine the RAPO have others
SERIES: Final[dict[Situation, str]] = {  # reserved plates, whose answer the registers know in advance (H34)
    "location-longue-duree": "ZL",
    "flotte": "ZL",
    "cede": "ZC",
    "cession-non-enregistree": "ZD",
    "vendu-a-un-professionnel": "ZP",
    "electronique": "ZE",
    "npai": "ZN",
    "inconnu": "ZX",
    "vole": "ZV",
    "autre-marque": "ZM",
}
INSOLVABLE: Final = "ZS"  # nothing can be seized of these (H61)
MARQUES: Final = ("Renault", "Peugeot", "Citroën", "Dacia", "Volkswagen", "Toyota", "Ford", "Fiat", "Mercedes", "Opel")
SEMAINE: Final[tuple[Jour, ...]] = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@dataclass(frozen=True, slots=True)
class Periode:
    """The days of a run, both included."""

    du: date
    au: date

    @property
    def jours(self) -> list[date]:
        """Each of them."""
        return [self.du + timedelta(days=n) for n in range((self.au - self.du).days + 1)]


@dataclass(slots=True)
class Constat:
    """A FPS that is going to be established: its rank in the run, what the agent types, the number that it will have."""

    rang: int
    jour: date  # of the bac, when it is established
    zone: str
    instant: datetime
    agent: int
    situation: Situation
    pays: str
    plaque: str
    marque: str
    categorie: str
    deduit: int
    numero: str
    paie: str  # what its redevable does before the title: « minore », « entier », « jamais »
    titre: str  # and after it: « rabais », « tardif », « saisie », « jamais »

    def demande(self, siret: str, voie: str) -> dict[str, Any]:
        """What the agent types."""
        return {
            "siret": siret,
            "zone": self.zone,
            "voie": voie,
            "vehicule": {"immatriculation": self.plaque, "pays": self.pays, "marque": self.marque, "categorie": self.categorie},
            "agent": f"{self.agent:04d}",
            "date_heure_constat": self.instant.isoformat(),
            "montant_deduit": self.deduit,
        }


class SansHeurePayante(ValueError):
    """No hour of the period is paid, or no FPS has an amount: nothing can be established."""


@dataclass(frozen=True, slots=True)
class _Moment:
    jour: date
    zone: Zone
    heures: tuple[tuple[datetime, int], ...]  # the start of each paid stretch of an hour, and its minutes
    cumul: tuple[float, ...]


def constats(ville: Commune, periode: Periode, graine: str, nombre: int, parametres: Parametres) -> list[Constat]:
    """The FPS of a period, in the order of their establishment; raises SansHeurePayante."""
    rue = parametres.rue
    moments = [m for jour in periode.jours for m in _moments(ville, jour, parametres)]
    if not moments:
        raise SansHeurePayante(f"{ville.nom} : aucune heure n'est payante du {periode.du:%d/%m/%Y} au {periode.au:%d/%m/%Y}.")
    cumul = list(accumulate(m.cumul[-1] for m in moments))
    nes: list[tuple[datetime, int, _Moment]] = []
    for n in range(nombre):
        hasard = Tirages(f"{graine}/{n}")
        moment = moments[min(bisect_right(cumul, hasard.nombre() * cumul[-1]), len(moments) - 1)]
        debut, minutes = moment.heures[min(bisect_right(moment.cumul, hasard.nombre() * moment.cumul[-1]), len(moment.heures) - 1)]
        nes.append((debut + timedelta(minutes=hasard.entre(0, minutes - 1)), n, moment))
    nes.sort(key=lambda ne: (ne[2].jour, ne[0], ne[1]))
    agents = max(1, min(AGENTS, round(nombre / len(periode.jours) / rue.fps_par_agent.valeur)))
    parc, ordres = _Parc(graine, nombre, parametres), dict[tuple[date, int], int]()
    return [_constat(rang, ne, _suite(graine, ne[1]), ville, agents, parc, ordres, parametres) for rang, ne in enumerate(nes)]


def _suite(graine: str, n: int) -> Tirages:
    """The draws of a FPS after the three that gave its moment: two kilobytes that a hundred thousand FPS do not keep meanwhile."""
    hasard = Tirages(f"{graine}/{n}")
    for _ in range(3):
        hasard.nombre()
    return hasard


def _moments(ville: Commune, jour: date, parametres: Parametres) -> Iterator[_Moment]:
    """The zones of a day where something is paid, weighted by day, month, zone and hour."""
    rue, soir = parametres.rue, paris(jour, SOIR)
    poids_du_jour = rue.jours.valeur.get(SEMAINE[jour.weekday()], 0) * rue.mois.valeur.get(jour.month, 0)
    for rang, zone in enumerate(ville.zones, 1):
        poids = poids_du_jour * rue.zones.valeur.get(rang, rue.zones.valeur.get("autres", 0))
        if not poids or not zone.montants(jour):
            continue
        heures: list[tuple[datetime, int]] = []
        lourds: list[float] = []
        for debut, fin in ville.heures(zone.code).du_jour(jour):
            while debut < min(fin, soir):
                suivante = min(debut + timedelta(minutes=60 - debut.minute), fin, soir)
                minutes = int((suivante - debut).total_seconds()) // 60
                local = ville.heures(zone.code).local(debut)
                if minutes > 0 and (lourd := rue.heures.valeur.get(local.hour, 0)):
                    heures.append((debut, minutes))
                    lourds.append(poids * lourd * minutes / 60)
                debut = suivante
        if heures:
            yield _Moment(jour, zone, tuple(heures), tuple(accumulate(lourds)))


class _Parc:
    """The vehicles of a town: those that come back, those of the lessors, and new ones."""

    def __init__(self, graine: str, nombre: int, parametres: Parametres):
        vehicules, paiement, titre = parametres.vehicules, parametres.paiement, parametres.titre
        self.situations, self.pays = Urne(vehicules.situations.valeur), Urne(vehicules.pays.valeur)
        self.paie, self.titre = Urne(paiement.issues.valeur), Urne(titre.issues.valeur)
        self.habitues = vehicules.habitues.valeur
        hasard = Tirages(f"{graine}/flotte")
        self.flotte = [_plaque(hasard, "ZL") for _ in range(max(3, vehicules.taille_flotte.valeur * nombre // 10_000))]
        self.vus: dict[str, date] = {}  # the day of the last FPS of each plate
        self.connus: dict[bool, list[str]] = {True: [], False: []}  # ordinary plates already seen, by whether nothing can be seized

    def choisir(self, hasard: Tirages, situation: Situation, pays: str, jour: date, *, insolvable: bool) -> str:
        """A plate that has no other FPS these days."""
        revient = situation == "ordinaire" and hasard.vrai(self.habitues)
        for essai in range(200):
            if revient and essai < 3 and self.connus[insolvable]:
                plaque = hasard.parmi(self.connus[insolvable])
            elif situation == "flotte" and essai < 50:
                plaque = hasard.parmi(self.flotte)
            elif situation == "etranger":
                plaque = f"{hasard.parmi(LETTRES)}{hasard.parmi(LETTRES)} {hasard.entre(100, 999)} {hasard.parmi(LETTRES)}{pays[0]}"
            else:
                plaque = _plaque(hasard, INSOLVABLE if insolvable and situation == "ordinaire" else SERIES.get(situation))
            vu = self.vus.get(plaque)
            if vu is None or (jour - vu).days >= ECART:
                break
        if situation == "ordinaire" and vu is None:
            self.connus[insolvable].append(plaque)
        self.vus[plaque] = jour
        return plaque


def _plaque(hasard: Tirages, serie: str | None = None) -> str:
    """A plate of the present series; those that begin with Z are given to nobody else."""
    debut = serie or f"{hasard.parmi('ABCDEFGH')}{hasard.parmi(LETTRES)}"
    fin = f"{hasard.parmi(LETTRES)}{hasard.parmi('ABCDEFGHJKLMNPQRTVXYZ')}"
    return f"{debut}-{hasard.entre(1, 999):03d}-{fin}"


def _constat(
    rang: int,
    ne: tuple[datetime, int, _Moment],
    hasard: Tirages,
    ville: Commune,
    agents: int,
    parc: _Parc,
    ordres: dict[tuple[date, int], int],
    parametres: Parametres,
) -> Constat:
    instant, _, moment = ne
    zone, jour = moment.zone, ville.jour(instant)
    situation = parc.situations.tirer(hasard)
    pays = parc.pays.tirer(hasard) if situation == "etranger" else "FR"
    paie, titre = parc.paie.tirer(hasard), parc.titre.tirer(hasard)
    insolvable = paie == "jamais" and titre == "jamais"
    plaque = parc.choisir(hasard, situation, pays, moment.jour, insolvable=insolvable)
    montants = zone.montants(jour)
    categorie = Urne(parametres.rue.categories.valeur).tirer(hasard)
    if categorie not in montants:
        categorie = "voiture" if "voiture" in montants else next(iter(montants))
    prix = sorted({p for p in zone.grille(jour, categorie).values() if 0 < p < montants[categorie]})
    deduit = hasard.parmi(prix) if prix and hasard.vrai(parametres.rue.paiement_insuffisant.valeur) else 0
    agent = 1 + hasard.entre(0, agents - 1)
    while ordres.get((jour, agent), 0) >= 999:
        agent = agent % AGENTS + 1
    ordres[jour, agent] = ordre = ordres.get((jour, agent), 0) + 1
    numero = NumeroFps.composer(ville.siret, jour, autorite=ville.autorite_de(zone.code).indicatif, dispositif=agent, ordre=ordre)
    return Constat(
        rang=rang,
        jour=moment.jour,
        zone=zone.code,
        instant=instant.astimezone(PARIS),
        agent=agent,
        situation=situation,
        pays=pays,
        plaque=plaque,
        marque=hasard.parmi(MARQUES),
        categorie=categorie,
        deduit=deduit,
        numero=str(numero),
        paie=paie,
        titre=titre,
    )
