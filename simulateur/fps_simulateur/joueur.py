"""The player of the lives: does each act through the services' public HTTP API, and says where a life is not what was written."""

import copy
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, Protocol

import httpx

from fps.droit.explication import Derivation, ecarts
from fps.droit.numero import NumeroFps, telepaiement, telepaiement_titre
from fps.flows import MESSAGES, by_type
from fps.kit.ground.clock import PARIS, paris
from fps.kit.web.keys import EN_TETE
from fps.messages.message import MessageClass
from fps.parties import Party
from fps.villes.catalogue import par_nom
from fps_simulateur import dits
from fps_simulateur.langue import pannes
from fps_simulateur.langue.actes import ETABLIR, EXPLICATIONS, VUES, Acte, acte, donnees, fusion, pieces_jointes
from fps_simulateur.langue.fautes import proche
from fps_simulateur.langue.modele import Etape, Vie, court, reponses
from fps_simulateur.langue.moments import DEPART, Moment, instant
from fps_simulateur.langue.valeurs import json_de, lire
from fps_simulateur.langue.villes import FichierVille
from fps_simulateur.pilote import reperes
from fps_simulateur.pilote.naissance import naitre
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur
from fps_simulateur.pilote.villes import ajouter

DE_LA_VIE: Final = frozenset({"retour-en-arriere", "demande-invalide", "sujet-inconnu"})  # refused because of what the life asks


class QuatreServices(Protocol):
    """Four services to play in: those of this process, or those of four machines."""

    @property
    def client(self) -> httpx.AsyncClient: ...
    @property
    def addresses(self) -> Mapping[Party, str]: ...
    @property
    def pilot(self) -> Pilot: ...


@dataclass(frozen=True, slots=True)
class Ailleurs:
    """Four services that run elsewhere, as their pilot reaches them."""

    pilot: Pilot

    @property
    def client(self) -> httpx.AsyncClient:
        """Who calls them."""
        return self.pilot.client

    @property
    def addresses(self) -> Mapping[Party, str]:
        """Where they are."""
        return self.pilot.addresses


# Told the rank of each step, from 1, before it is played; who watches a life may make it wait.
Suivre = Callable[[int], Awaitable[None]]


async def _sans_temoin(rang: int) -> None:
    """Nobody watches."""


class VieFausse(Exception):
    """A step did not give what was written; `etape` is its rank in the life, from 1."""

    etape: int = 0


class ActeRefuse(VieFausse):
    """An act was refused that was not expected to be; `probleme` is the answer, RFC 9457."""

    def __init__(self, acte: str, statut: int, probleme: Mapping[str, Any], texte: str):
        super().__init__(dits.refuse(acte, statut, probleme, texte))
        self.acte, self.statut, self.probleme = acte, statut, probleme


def exiger(vrai: bool, sinon: str) -> None:
    """Raises VieFausse when it is not so."""
    if not vrai:
        raise VieFausse(sinon)


@dataclass
class Deroulement:
    """A life that is played: its bac, its dossiers by name, what was kept, the messages that people sent."""

    monde: QuatreServices
    vie: Vie
    bac: str
    dossiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    courant: str = ""
    envoyes: set[MessageClass] = field(default_factory=set)
    refus: set[tuple[Party, str]] = field(default_factory=set)
    reponse: dict[str, Any] = field(default_factory=dict)  # of the last act
    hors: dict[str, Any] = field(default_factory=dict)  # what was kept before any dossier
    comptes: dict[str, int] = field(default_factory=dict)  # what the services had counted at the end
    cle: str = ""  # the Idempotency-Key of its acts: who may have to do the same again gives one
    seul: bool = False  # whether nobody else acts in this bac: how it was left is known
    _calme: dict[str, Any] | None = None  # how it was left, when it is known

    @property
    def mots(self) -> dict[str, Any]:
        """What the names of the dossier stand for: its numbers, and what was kept."""
        return self.dossiers.get(self.courant, self.hors)

    @property
    def connus(self) -> dict[str, Any]:
        """What the names in braces stand for: of the town, what was kept, the number of each dossier (`numero_B`), of this one."""
        autres = {f"numero_{nom}": mots["numero"] for nom, mots in self.dossiers.items() if "numero" in mots}
        return {**mots_de_ville(self.vie.ville), **self.hors, **autres, **self.mots}

    async def jouer(self, jusqua: date | datetime | Moment | None = None, suivre: Suivre = _sans_temoin) -> None:
        """Every step, in order, but those of later days than `jusqua`, where the bac then stops; raises VieFausse."""
        for rang, etape in enumerate(self.vie.etapes, 1):
            await suivre(rang)
            try:
                if jusqua is not None and await self._au_dela(etape, jusqua):
                    break
                await self.etape(etape)
            except (VieFausse, PiloteErreur) as error:
                if isinstance(error, PiloteErreur) and error.problem.get("code") not in DE_LA_VIE:
                    raise
                fausse = VieFausse(f"{self.vie.vie}, étape {rang} : {error}")
                fausse.etape = rang
                raise fausse from error
        fin = self._calme or await self.monde.pilot.etat(self.bac)
        enterrees, self.comptes = fin["echeances_enterrees"], fin["comptes"]
        exiger(not enterrees["nombre"], f"{self.vie.vie} : des échéances sont enterrées : {enterrees['premieres']}")

    async def etape(self, etape: Etape) -> None:
        """One step; raises VieFausse, ActeRefuse, PiloteErreur."""
        if etape.le is not None:
            await self._mener(await self._instant(etape.le, etape.dossier))
        if etape.dossier is not None:
            self.courant = etape.dossier
            self.dossiers.setdefault(self.courant, {})
        if etape.acte is not None:
            await self._acte(acte(etape.acte), etape)
        if etape.usager is not None:
            from fps_simulateur.usagers.conduite import conduire  # it plays by this module

            await conduire(self.monde.pilot, self.bac, self.mots["numero"], etape.usager)
            self._calme = None
        for party, champs in etape.attendus():
            compare(champs, await self.voir(party), f"{party} : ", self.connus)
        if etape.courriers is not None or etape.recus or etape.contenu:
            await self._courriers(etape)
        for champ, valeur in etape.explication.items():
            await self._expliquer(champ, valeur)
        if etape.echeances == "aucune":
            due = (self._calme or await self.monde.pilot.etat(self.bac))["prochaine_echeance"]
            exiger(due is None, f"une échéance attend le {due}")

    async def _mener(self, fin: datetime) -> None:
        """Move the bac to a moment, through what is due."""
        self._laisser(await self.monde.pilot.mener(self.bac, fin, self._calme))

    def _laisser(self, state: dict[str, Any]) -> None:
        self._calme = state if self.seul else None

    async def _au_dela(self, etape: Etape, jusqua: date | datetime | Moment) -> bool:
        """Whether a step comes later than that moment, to which the bac is then moved: a moment of the first dossier, once it is there."""
        nomme = isinstance(jusqua, Moment) and isinstance(jusqua.base, str) and jusqua.base != DEPART
        if etape.le is None or (nomme and not self.dossiers):
            return False
        try:
            fin = await self._instant(jusqua, next(iter(self.dossiers), None))
        except VieFausse:  # that day never comes in this life, which is then played whole
            return False
        if await self._instant(etape.le, etape.dossier) <= fin:
            return False
        await self._mener(fin)
        return True

    async def _instant(self, le: date | datetime | Moment, dossier: str | None) -> datetime:
        """When a step happens; raises VieFausse when its day never comes."""
        if not isinstance(le, Moment):
            return instant(le)
        numero = self.dossiers.get(dossier or self.courant, {}).get("numero")
        if le.base == DEPART:
            jour = le.le(self.vie.depart)
        elif isinstance(le.base, date):
            jour = le.le(le.base)
        else:
            try:
                jour = le.le(await reperes.jour(self.monde.pilot, self.bac, le.base, numero))
            except reperes.RepereFaux as error:
                raise VieFausse(error.phrase) from error
        return paris(jour) if le.heure is None else datetime.combine(jour, le.heure, PARIS)

    async def _acte(self, un: Acte, etape: Etape) -> None:
        mots = self.connus
        if un.pilote:
            return await self._deranger(un, etape, mots)
        if un.message is not None:
            if {"numero_telepaiement", "numero_fps"} <= un.message.example.keys():
                await self.voir(Party.DGFIP)  # as the redevable reads the numbers on the avertissement
            body = self._lettre(un.message, etape)
        else:
            body = demande(un, etape.avec, mots)
            mots |= {nom: body.pop(nom) for nom in un.places if nom in body}
        await self._demander(etape, un, remplacer(un.route, mots), body)

    async def _deranger(self, un: Acte, etape: Etape, mots: Mapping[str, Any]) -> None:
        """Set a fault, or take it away, at each service that it concerns."""
        avec = dict(remplacer(etape.avec, mots))
        ville = mots_de_ville(str(avec.pop("ville"))) if "ville" in avec else {k: avec.pop(k) for k in un.places[:1] if k in avec}
        try:
            services, regle, body = pannes.de(un, avec)
        except ValueError as error:
            raise VieFausse(str(error)) from error
        path = remplacer(un.route, {**mots, **ville, "bac": self.bac, "regle": regle})
        for service in services:
            await self._demander(etape, replace(un, a=service), path, body)

    async def appeler(self, un: Acte, path: str, body: Any) -> httpx.Response:
        """Ask a service to do an act; who plays another system than the reference one asks it elsewhere."""
        if un.pilote:
            return await self.monde.pilot.demander(un.a, un.methode, path, body)
        url, entete = f"{self.monde.addresses[un.a]}/bacs/{self.bac}{path}", {EN_TETE: self.cle} if self.cle else {}
        return await self.monde.client.request(un.methode, url, headers=entete, **{"params" if un.methode == "GET" else "json": body})

    async def consulter(self, party: Party, path: str) -> httpx.Response:
        """Ask a service what it shows of the dossier."""
        return await self.monde.client.get(f"{self.monde.addresses[party]}/bacs/{self.bac}{path}")

    async def _demander(self, etape: Etape, un: Acte, path: str, body: Any) -> None:
        party = un.a
        self._calme, answer = None, await self.appeler(un, path, body)
        self._laisser(await self.monde.pilot.au_calme(self.bac, apres=party))
        try:
            found = answer.json()
        except ValueError:
            found = {}
        if etape.refus is not None:
            self._refuse(etape, party, answer, found)
            return
        if answer.status_code >= 300:
            raise ActeRefuse(un.nom, answer.status_code, found if isinstance(found, dict) else {}, answer.text)
        self.reponse = found
        if un.etablit:
            self._nommer(etape, found)
        if un.message is not None:
            self.envoyes.add(un.message)
        compare(etape.donne, found, "réponse : ", self.connus)
        self.mots.update({nom: lire(found, champ) for nom, champ in etape.garder.items()})

    def _refuse(self, etape: Etape, party: Party, answer: httpx.Response, found: Mapping[str, Any]) -> None:
        exiger(answer.status_code >= 400, f"le refus « {etape.refus} » était attendu, l'acte est accepté")
        codes = [found.get("code"), *(e.get("code") for e in found.get("erreurs") or [])]
        codes += [e.get("code") for e in (found.get("accuse") or {}).get("erreurs") or []]
        exiger(etape.refus in codes, dits.autre_refus(str(etape.refus), codes, found.get("detail")))
        if etape.article is not None:
            exiger(found.get("article") == etape.article, f"article « {etape.article} » attendu, trouvé « {found.get('article')} »")
        self.refus.add((party, str(etape.refus)))

    def _nommer(self, etape: Etape, found: Mapping[str, Any]) -> None:
        if etape.dossier is None:
            self.courant = "fps" if not self.dossiers else f"fps-{len(self.dossiers) + 1}"
        numero = NumeroFps.lire(found["numero"])
        self.dossiers[self.courant] = {
            "numero": str(numero),
            "numero_fps": str(numero),
            "cle": numero.cle,
            "siret": found["siret"],
            "immatriculation": found["vehicule"]["immatriculation"],
            "telepaiement": telepaiement(str(numero)),
        }

    def _lettre(self, cls: MessageClass, etape: Etape) -> Any:
        return corps(cls, etape.avec, {"siret": self.connus["siret_ville"]} | self.mots, self.connus)

    async def voir(self, party: Party) -> dict[str, Any]:
        """What a service says of the dossier; the numbers it shows are kept for the next acts."""
        answer = await self.consulter(party, remplacer(VUES[party], self.mots))
        exiger(answer.status_code == 200, f"{party} ne connaît pas ce dossier : {dits.pourquoi(answer.text)}")
        found: dict[str, Any] = answer.json()
        if party is Party.DGFIP:
            titre, rang = found["numero_titre"], found["rang"]
            self.mots.update(numero_titre=titre, telepaiement_titre=telepaiement_titre(titre, rang))
        return found

    async def _courriers(self, etape: Etape) -> None:
        pilot, subjects = self.monde.pilot, [self.mots[n] for n in ("numero", "requete") if n in self.mots]
        letters = [c for subject in subjects for c in await pilot.courriers(self.bac, subject)]
        letters.sort(key=lambda c: (datetime.fromisoformat(c["date"]), court(by_type(c["type"]))))
        found = [court(by_type(c["type"])) for c in letters]
        if etape.courriers is not None:
            exiger(found == list(etape.courriers), f"courriers {found}")
        for nom, nombre in etape.recus.items():
            exiger(found.count(nom) == nombre, f"{found.count(nom)} courrier(s) {nom} au lieu de {nombre} : {found}")
        for nom, champs in etape.contenu.items():
            exiger(nom in found, f"aucun courrier {nom} : {found}")
            last = letters[len(found) - 1 - found[::-1].index(nom)]
            compare(champs, await pilot.courrier(self.bac, Party(last["service"]), last["id"]), f"courrier {nom} : ", self.connus)

    async def _expliquer(self, champ: str, valeur: Any) -> None:
        for party, route in EXPLICATIONS.items():
            url = f"{self.monde.addresses[party]}/bacs/{self.bac}{remplacer(route, self.mots | {'champ': champ})}"
            answer = await self.monde.client.get(url)
            if answer.status_code == 200:
                found = answer.json()
                exiger(found["valeur"] == json_de(valeur), f"{champ} : {found['valeur']} au lieu de {valeur}")
                wrong = [] if found["arbre"] is None else ecarts(Derivation.model_validate(found["arbre"]))
                exiger(not wrong, f"{champ} : l'explication ne redonne pas la valeur : {wrong}")
                return
        raise VieFausse(f"{champ} : personne ne l'explique ({answer.json().get('title')})")

    def exerces(self) -> set[MessageClass]:
        """The messages that this life, which was played, really exercised: written by a service, sent by a person, given as an answer."""
        found = {m for m in MESSAGES if self.comptes.get(f"emis:{m.type}")} | self.envoyes
        return found | reponses(found)


async def jouer(
    monde: QuatreServices, vie: Vie, bac: str, jusqua: date | datetime | Moment | None = None, suivre: Suivre = _sans_temoin
) -> Deroulement:
    """Play a life in a bac of its own, whole or up to a moment; raises VieFausse."""
    await naitre(monde.pilot, vie, bac, paris(vie.depart), vie.graine or vie.vie)
    if isinstance(vie.ville, FichierVille) and not vie.vierge:
        try:
            await ajouter(monde.pilot, bac, [vie.ville.donnee()])
        except PiloteErreur as error:
            raise VieFausse(f"{vie.vie} : la ville est refusée : {error}") from error
    deroulement = Deroulement(monde, vie, bac, seul=True)
    await deroulement.jouer(jusqua, suivre)
    return deroulement


def mots_de_ville(ville: str | FichierVille) -> dict[str, str]:
    """What the acts give of a town: its SIRET and the first of its zones. Raises VieFausse with the nearest name."""
    if isinstance(ville, str) and ville not in par_nom():
        raise VieFausse(f"« {ville} » n'est pas une ville du simulateur{proche(ville, par_nom())}")
    commune = par_nom()[ville] if isinstance(ville, str) else ville
    return {"siret_ville": commune.siret, "zone_ville": commune.zones[0].code}


def demande(un: Acte, avec: Mapping[str, Any], mots: Mapping[str, Any]) -> dict[str, Any]:
    """What an act that is no letter gives: what it gives by default, then what the life says; `ville` names a town of its own."""
    given = dict(avec)
    de_la_ville = mots_de_ville(str(given.pop("ville"))) if "ville" in given else {}
    found: dict[str, Any] = remplacer(donnees(un, given), {**mots, **de_la_ville})
    return found


def constat(avec: Mapping[str, Any], ville: str = "lille") -> dict[str, Any]:
    """What the agent types to establish a FPS."""
    return demande(acte(ETABLIR), avec, mots_de_ville(ville))


def corps(cls: MessageClass, avec: Mapping[str, Any], mots: Mapping[str, Any], connus: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The body of a letter: the example of the message, the numbers of the dossier that `mots` has, then what is given."""
    body, known = copy.deepcopy(cls.example), dict(mots)
    if "numero_telepaiement" in body:
        known["numero_telepaiement"] = known.get("telepaiement" if cls.flow == 4 and "numero_fps" not in body else "telepaiement_titre")
    body.update({nom: known[nom] for nom in body if known.get(nom) is not None})
    return fusion(body, remplacer(pieces_jointes(avec), mots if connus is None else connus))


def remplacer(value: Any, mots: Mapping[str, Any]) -> Any:
    """Names in braces, replaced by what they stand for; a value that is one name keeps its type."""
    if isinstance(value, str):
        whole = re.fullmatch(r"\{(\w+)\}", value)
        if whole:
            return mot(whole[1], mots)
        return re.sub(r"\{(\w+)\}", lambda m: str(mot(m[1], mots)), value)
    if isinstance(value, Mapping):
        return {k: remplacer(v, mots) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [remplacer(v, mots) for v in value]
    return json_de(value)


def mot(nom: str, mots: Mapping[str, Any]) -> Any:
    """What a name stands for; raises VieFausse with the nearest name."""
    if nom not in mots:
        raise VieFausse(dits.sans_nom(nom, mots))
    return mots[nom]


def compare(attendu: Mapping[str, Any], found: Any, ou: str, mots: Mapping[str, Any]) -> None:
    """Every expected field, with all the differences at once; raises VieFausse."""
    wrong = []
    for champ, value in remplacer(attendu, mots).items():
        try:
            vu, dit = lire(found, champ), ""
        except (KeyError, IndexError, TypeError):
            vu, dit = dits.ABSENT, dits.absent(champ, found)
        if vu != value:
            wrong.append(f"{champ} = {dit or vu!r} au lieu de {value!r}")
    exiger(not wrong, ou + " ; ".join(wrong))
