"""What the usagers of a bac do by themselves when their moment has come: each geste once, whoever advances the bac."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from fps.droit.calculs import date_limite_decision_rapo
from fps.droit.numero import NumeroFps, telepaiement
from fps.kit.ground.clock import paris
from fps.messages.rapo import DecisionRapo
from fps.parties import Party
from fps.villes.catalogue import par_nom
from fps_simulateur.joueur import Ailleurs, Deroulement, VieFausse
from fps_simulateur.langue.actes import VUES, acte
from fps_simulateur.langue.modele import Etape, Vie
from fps_simulateur.pilote import produit
from fps_simulateur.pilote.lectures import PiloteErreur, _bac
from fps_simulateur.pilote.pilot import MAITRE, Pilot
from fps_simulateur.usagers.conduites import GesteDUsager, lire

MIDI: Final = time(12, 0)
RAPO: Final = acte("consulter le RAPO").route
CHEQUE: Final = "CHQ-1"
CESSION: Final = ["avis-paiement", "declaration-cession", "accuse-enregistrement-cession"]
Champs = Mapping[str, Any]


async def conduire(pilot: Pilot, nom: str, numero: str, conduite: str) -> None:
    """Say how the usager of a FPS behaves from now on; raises ValueError for a sentence that is not known, PiloteErreur."""
    lire(conduite)
    await pilot._call(MAITRE, "PUT", f"{_bac(nom)}/usagers/{numero}", json={"conduite": conduite})


class Agenda:
    """Who will act of himself in a bac, and when, along one advance: read whole once, then of the dossiers whose journals have moved.

    Of thousands of usagers, a step reads again the few to whom something happened.
    """

    def __init__(self, pilot: Pilot, nom: str):
        self.pilot, self.nom = pilot, nom
        self._lus: dict[str, tuple[dict[str, Any], GesteDUsager | None, datetime | None]] = {}
        self._marques: dict[Party, int] | None = None
        self._a_relire: set[str] = set()

    async def prochain(self, state: Champs, now: datetime) -> datetime | None:
        """When the first of them acts, at noon of his day, or now when it is behind; None while nobody's day is known."""
        await self._relire(state)
        quand = (max(now, le.astimezone(now.tzinfo)) for _, _, le in self._lus.values() if le is not None)
        return min(quand, default=None)

    async def agir(self, now: datetime) -> None:
        """Each usager whose moment has come does one thing; one that is refused does nothing more."""
        for usager, geste, le in [*self._lus.values()]:
            if geste is None:
                await self._noter(usager, usager["gestes"], fini=True)
            elif le is not None and le <= now:
                try:
                    await _faire(self.pilot, self.nom, usager, geste)
                    fini = usager["gestes"] + 1 >= len(lire(usager["conduite"]))
                except VieFausse:  # the services keep the refusal, with its code
                    fini = True
                await self._noter(usager, usager["gestes"] + 1, fini=fini)

    async def _relire(self, state: Champs) -> None:
        marques = {Party(service): int(x["position"]) for service, x in state["services"].items()}
        if self._marques is None or state["usagers"] != len(self._lus):
            self._lus = {}
            for usager in (await self.pilot._call(MAITRE, "GET", f"{_bac(self.nom)}/usagers")).json():
                await self._lire(usager)
        else:
            touches = set(self._a_relire)
            if marques != self._marques:
                touches |= {str(line["sujet"]) async for line in self.pilot.faits(self.nom, self._marques, marques)}
            for numero in sorted(touches & self._lus.keys()):
                await self._lire(self._lus[numero][0])
        self._marques = marques
        self._a_relire.clear()

    async def _lire(self, usager: dict[str, Any]) -> None:
        gestes = lire(usager["conduite"])
        geste = gestes[usager["gestes"]] if usager["gestes"] < len(gestes) else None
        self._lus[usager["numero"]] = (usager, geste, None if geste is None else await _quand(self.pilot, self.nom, usager, geste))

    async def _noter(self, usager: dict[str, Any], gestes: int, *, fini: bool) -> None:
        corps = {"gestes": gestes, "fini": fini}
        await self.pilot._call(MAITRE, "POST", f"{_bac(self.nom)}/usagers/{usager['numero']}/gestes", json=corps)
        usager["gestes"] = gestes
        self._a_relire.add(usager["numero"])
        if fini:
            del self._lus[usager["numero"]]


async def _vue(pilot: Pilot, nom: str, party: Party, chemin: str) -> dict[str, Any] | None:
    answer = await pilot.client.get(f"{pilot.addresses[party]}/bacs/{nom}{chemin}", headers={"Authorization": f"Bearer {pilot.token}"})
    if answer.status_code == 404:
        return None
    if answer.status_code >= 400:
        raise PiloteErreur(party, answer.json())
    found: dict[str, Any] = answer.json()
    return found


async def _quand(pilot: Pilot, nom: str, usager: Champs, geste: GesteDUsager) -> datetime | None:
    """The noon of a geste, None while what it comes after is not known."""
    numero = usager["numero"]
    base: str | None
    match geste.apres:
        case "J":
            base = usager["depuis"][:10]
        case "envoi" | "notification":
            vue = await _vue(pilot, nom, Party.ANTAI, VUES[Party.ANTAI].format(numero=numero))
            base = None if vue is None else vue["date_envoi" if geste.apres == "envoi" else "date_notification"]
        case "avertissement":
            vue = await _vue(pilot, nom, Party.DGFIP, VUES[Party.DGFIP].format(numero=numero))
            base = None if vue is None else vue["date_notification"]
        case _:
            rapo = await _decide(pilot, nom, numero, await _depot(pilot, nom, usager))
            base = None if rapo is None else rapo.le
    return None if base is None else paris(date.fromisoformat(base) + timedelta(days=geste.jours), MIDI)


@dataclass(frozen=True, slots=True)
class Decide:
    """When a RAPO was decided, and whether by a decision or by silence."""

    le: str
    expres: bool


async def _depot(pilot: Pilot, nom: str, usager: Champs) -> date | None:
    """The day on which the gesture before this one posted the RAPO; None when it is not known."""
    avant = lire(usager["conduite"])[: usager["gestes"]]
    quand = await _quand(pilot, nom, usager, avant[-1]) if avant else None
    return None if quand is None else max(quand.date(), datetime.fromisoformat(usager["depuis"]).date())


async def _decide(pilot: Pilot, nom: str, numero: str, depot: date | None) -> Decide | None:
    """What became of a RAPO: as the reference town says it, or what the product that stands for it answered; then, the month of silence.

    The product drops its decision in the mailbox of the bac; without one, the silence is a rejection (CGCT, art. R. 2333-120-13).
    """
    if await _reference(pilot, nom, numero[:14]):
        vue = await _vue(pilot, nom, Party.COLLECTIVITE, RAPO.format(numero=numero))
        return None if vue is None or vue["decide_le"] is None else Decide(vue["decide_le"], vue["decide_par"] is not None)
    for courrier in reversed(await pilot.courriers(nom, numero)):
        if courrier["type"] == DecisionRapo.type:
            dite = await pilot.courrier(nom, Party(courrier["service"]), courrier["id"])
            return Decide(str(dite["date_decision"]), True)
    return None if depot is None else Decide(date_limite_decision_rapo(depot).isoformat(), False)


async def _reference(pilot: Pilot, nom: str, siret: str) -> bool:
    """Whether the reference system is the town's, as far as ANTAI's letters go."""
    destination = (await pilot._call(Party.ANTAI, "GET", f"{_bac(nom)}/destinations/{siret}")).json()
    return bool(destination["mode"] == "reference")


async def _faire(pilot: Pilot, nom: str, usager: Champs, geste: GesteDUsager) -> None:
    """One act, which has the key of its gesture: done again after a cut between it and its note, it is the same act."""
    jeu = await _deroulement(pilot, nom, usager["numero"])
    jeu.cle = f"usager/{usager['numero']}/{usager['depuis']}/{usager['gestes'] + 1}"
    await GESTES[geste.geste](pilot, nom, jeu)


async def _deroulement(pilot: Pilot, nom: str, numero: str) -> Deroulement:
    """The dossier in the words of the lives: what the usager reads on his notice."""
    siret = numero[:14]
    ville = next((ville for ville, commune in par_nom().items() if commune.siret == siret), "lille")
    vie = Vie.model_construct(vie=nom, titre="", ville=ville, etapes=())
    found = Deroulement(Ailleurs(pilot), vie, nom)
    lu = NumeroFps.lire(numero)
    mots: dict[str, Any] = {"numero": numero, "numero_fps": numero, "cle": lu.cle, "siret": siret, "telepaiement": telepaiement(numero)}
    vue = await _vue(pilot, nom, Party.ANTAI, VUES[Party.ANTAI].format(numero=numero))
    if vue is not None:
        mots["immatriculation"] = vue["immatriculation"]
    found.dossiers, found.courant = {"fps": mots}, "fps"
    return found


async def _du(jeu: Deroulement) -> tuple[str, int]:
    """What is paid and how much, in centimes: the title once there is one, the minored amount while it lasts."""
    vu = await jeu.voir(Party.ANTAI)
    if vu["numero_titre"] is not None:
        return "payer le titre", int((await jeu.voir(Party.DGFIP))["a_payer"])
    jour = datetime.fromisoformat((await jeu.monde.pilot.etat(jeu.bac))["instant"]).date()
    minore = vu["minoration_jusqu_au"] is not None and jour <= date.fromisoformat(vu["minoration_jusqu_au"])
    return "payer le FPS", int(vu["montant_minore"] if minore and vu["montant_minore"] else vu["montant"]) - int(vu["montant_paye"])


async def _payer(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    quoi, montant = await _du(jeu)
    if montant > 0:
        await jeu.etape(Etape(acte=quoi, avec={"moyen": "internet", "montant": montant}))


async def _repayer(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    montant = int((await jeu.voir(Party.ANTAI))["montant"])
    await jeu.etape(Etape(acte="payer le FPS", avec={"moyen": "cheque", "montant": montant, "reference": CHEQUE}))


async def _cheque(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    vu = await jeu.voir(Party.ANTAI)
    montant = int(vu["montant"]) - int(vu["montant_paye"])
    if montant > 0:  # nothing is due any more: somebody paid, or this is done again
        await jeu.etape(Etape(acte="payer le FPS", avec={"moyen": "cheque", "montant": montant, "reference": CHEQUE}))


async def _impaye(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    await jeu.etape(Etape(acte="chèque du FPS impayé", avec={"reference": CHEQUE}))


async def _rapo(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    await _contester(
        pilot, nom, jeu, {"expose": "J'avais payé mon stationnement.", "pieces": ["avis-paiement", "certificat-immatriculation"]}
    )


async def _cession(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    await _contester(pilot, nom, jeu, {"expose": "Le véhicule était vendu avant le constat.", "pieces": CESSION})


async def _contester(pilot: Pilot, nom: str, jeu: Deroulement, avec: dict[str, Any]) -> None:
    """To the product that stands for the town, when there is one, else to the reference system."""
    etape = Etape(acte="déposer un RAPO", avec=avec)
    depot = acte("déposer un RAPO").message
    if depot is None or await _reference(pilot, nom, jeu.mots["siret"]):
        await jeu.etape(etape)
    else:
        await produit.adresser(pilot, nom, depot.type, jeu._lettre(depot, etape))


async def _saisir(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    rapo = await _decide(pilot, nom, jeu.mots["numero"], None)
    vu = await jeu.voir(Party.ANTAI)
    avec = {
        "objet": "decision-rapo",
        "numero_titre": None,
        "date_decision_rapo": rapo.le if rapo is not None else None,  # of the decision, or of the rejection by silence (R. 2333-120-31)
        "date_notification_decision_rapo": None,
        "date_notification_avertissement": None,
        "montant_fps": vu["montant"],
        "majoration": None,
        "pieces": ["avis-paiement", "rapo", "avis-reception-rapo"],
    }
    await jeu.etape(Etape(acte="saisir la juridiction", avec=avec))


async def _pli(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    await jeu.etape(Etape(acte="rendre le pli"))


GESTES: Final[Mapping[str, Callable[[Pilot, str, Deroulement], Awaitable[None]]]] = {
    "payer": _payer,
    "repayer": _repayer,
    "cheque": _cheque,
    "cheque-impaye": _impaye,
    "rapo": _rapo,
    "rapo-cession": _cession,
    "saisir": _saisir,
    "pli": _pli,
}
