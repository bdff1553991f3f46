"""A bac that lives while its contracts are tried: its dossiers are of every age, and what they name takes the place of what is drawn."""

import copy
import json
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final

import httpx
from schemathesis import Case

from fps.droit.numero import telepaiement, telepaiement_titre
from fps.kit.ground.clock import paris
from fps.messages.rapo import DepotRapo
from fps.messages.recours_usager import Requete
from fps.parties import Party
from fps_simulateur.joueur import constat
from fps_simulateur.langue.actes import VUES
from fps_simulateur.pilote.world import World

BAC: Final = "fuzz"
DEPART, AUJOURD_HUI = date(2026, 6, 12), date(2026, 11, 5)
CONNUS: Final = {"mois": "2026-10", "annee": 2026, "champ": "date_limite_paiement", "objet": "espace", "rang": 1}
# What a value of a path is called in the words of a dossier, by what stands before it.
COLLECTIONS: Final = {
    "fps": ("numero_fps",),
    "dossiers": ("numero_fps",),
    "rapos": ("numero_fps", "rapo"),
    "prises-en-charge": ("numero_fps", "numero_titre"),
    "requetes": ("numero_requete",),
    "recours": ("numero_requete",),
}
VILLES: Final[tuple[dict[str, Any], ...]] = ({}, {"ville": "bourg"}, {}, {"mode_notification": "pare-brise"})
PROPRES: Final = (
    "jeton",
    "code",
    "empreinte",
)  # secrets that a world draws, fingerprints of the keys that it draws: nothing else is its own
ONCE, DRAWN = 0.75, 0.08  # how often a value that is drawn is replaced by one that is known; a field of an example by one that is drawn


def examples(media: Mapping[str, Any], contract: Mapping[str, Any]) -> list[Any]:
    """What the contract gives as examples of a body: beside it, or in its schema."""
    found = [one["value"] for one in media.get("examples", {}).values()]
    schemas = [media["schema"], *media["schema"].get("anyOf", ())]
    for schema in schemas:
        whole = contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        found += [whole["example"]] if "example" in whole else whole.get("examples", [])
    return found


class Vecu:
    """The dossiers of the bac with their words, and every other name that an answer has told."""

    def __init__(self, world: World, graine: int):
        self.world = world
        # Two draws: what a bac lives is the same in each world; what is asked is drawn in one of them only, and sent to all.
        self.hasard, self.tirage = Random(graine), Random(graine)
        self.jour = DEPART
        self.dossiers: dict[str, dict[str, Any]] = {}
        self.mots: defaultdict[str, deque[Any]] = defaultdict(lambda: deque(maxlen=30))
        self.plaque = 0

    async def _demander(self, party: Party, methode: str, chemin: str, corps: Any = None) -> Any:
        """What a service answers, or nothing when it refuses."""
        url = f"{self.world.addresses[party]}/bacs/{BAC}{chemin}"
        answer = await self.world.client.request(methode, url, json=corps)
        with suppress(ValueError):
            return answer.json() if answer.status_code < 300 else None
        return None

    async def peupler(self) -> None:
        """Dossiers of five months, of which some were contested: those of any day since."""
        await self.world.pilot.creer(BAC, paris(DEPART))
        for jour, combien in ((DEPART, 12), (date(2026, 9, 20), 6), (date(2026, 10, 20), 6), (AUJOURD_HUI, 0)):
            await self.vivre(jour, combien)
        await self.voir_tout()
        for rang, mots in enumerate(list(self.dossiers.values())):
            if rang % 3 != 2:
                await self.contester(mots)
        await self.vivre(AUJOURD_HUI + timedelta(days=3), 4)
        await self.voir_tout()

    async def vivre(self, jusqua: date, combien: int) -> None:
        """Days that pass, then new FPS of that day."""
        if jusqua > self.jour:
            await self.world.pilot.avancer(BAC, paris(jusqua))
            self.jour = jusqua
        for _ in range(combien):
            self.plaque += 1
            avec = {"plaque": f"CD-{self.plaque % 999 + 1:03d}-EF", **VILLES[self.plaque % len(VILLES)]}
            found = await self._demander(Party.COLLECTIVITE, "POST", "/fps", constat(avec))
            if found is not None:
                self.apprendre(found)
        await self.calme()

    async def calme(self) -> None:
        """Every letter has arrived: what comes next is not asked of a world where one is still on its way."""
        await self.world.pilot.au_calme(BAC)

    async def contester(self, mots: dict[str, Any]) -> None:
        """A petition against a title, a RAPO before there is one."""
        cls = Requete if "numero_titre" in mots else DepotRapo
        found = await self._demander(cls.receiver, "POST", cls.path, remplir(cls.example, mots))
        if found is not None:
            mots |= {"rapo": True} if cls is DepotRapo else {"numero_requete": found["numero_requete"]}

    async def journee(self) -> None:
        """One more day, with four FPS, two disputes, and what has become of some dossiers."""
        await self.vivre(self.jour + timedelta(days=1), 4)
        await self.voir_tout(8)
        for besoin in ("numero_titre", "date_notification_avis"):
            fit = [mots for mots in self.dossiers.values() if mots.get(besoin) and not mots.keys() & {"rapo", "numero_requete"}]
            if fit:
                await self.contester(self.hasard.choice(fit))
        await self.calme()

    async def voir_tout(self, combien: int = 10**6) -> None:
        """What the four services say of the dossiers, or of some of them."""
        numeros = list(self.dossiers)
        for numero in self.hasard.sample(numeros, min(combien, len(numeros))):
            mots = self.dossiers[numero]
            for party in (Party.COLLECTIVITE, Party.ANTAI, Party.DGFIP):
                found = await self._demander(party, "GET", VUES[party].format(numero=numero))
                if found is not None:
                    _compter(mots, party, found)
        for found in (await self._demander(Party.CCSP, "GET", "/requetes") or {}).get("elements", ()):
            self.apprendre(found)

    def apprendre(self, found: Any) -> None:
        """Keep what an answer names."""
        if isinstance(found, list):
            for one in found[:30]:
                self.apprendre(one)
        if not isinstance(found, Mapping):
            return
        fps = found.get("numero_fps", found.get("numero"))
        if isinstance(fps, str) and len(fps) == 26 and isinstance(found.get("siret"), str):
            mots = self.dossiers.setdefault(fps, {"numero_fps": fps, "siret": found["siret"], "numero_telepaiement": telepaiement(fps)})
            if "vehicule" in found:
                mots["immatriculation"] = found["vehicule"]["immatriculation"]
            numero = found.get("numero_requete", found.get("numero"))
            if isinstance(numero, str) and len(numero) == 8:
                mots["numero_requete"] = numero
        for nom, value in found.items():
            if isinstance(value, str | int) and value not in self.mots[nom]:
                self.mots[nom].append(value)
            else:
                self.apprendre(value)

    def connu(self, case: Case[Any]) -> dict[str, Any]:
        """The words of the dossier that a case is about: the one that its path names, else one that has what the case needs."""
        given = set(map(str, (case.path_parameters or {}).values()))
        for mots in self.dossiers.values():
            if given & {mots["numero_fps"], mots.get("numero_requete")}:
                return mots
        fit = [mots for mots in self.dossiers.values() if besoins(case.path) <= mots.keys()]
        return self.tirage.choice(fit or list(self.dossiers.values()))

    def placer(self, case: Case[Any], contract: Mapping[str, Any], *, path_only: bool = False) -> None:
        """Put what is known in the place of what was drawn, most of the time."""
        if not self.dossiers or self.tirage.random() > ONCE:
            return
        mots = self.connu(case)
        parts = case.path.split("/")
        for before, part in pairwise(parts):
            nom = part.strip("{}")
            if before == "{siret}" and nom == "numero" and case.path_parameters is not None and "agents" in parts:
                case.path_parameters[nom] = "72"
                continue
            if part.startswith("{") and case.path_parameters is not None:
                value = self._valeur(COLLECTIONS[before][0] if nom == "numero" and before in COLLECTIONS else nom, before, mots)
                if value is not None:
                    case.path_parameters[nom] = str(value)
        if path_only:
            return
        for nom in case.query or ():
            if nom in mots:
                case.query[nom] = mots[nom]
        media = contract["paths"][case.path][case.method.lower()].get("requestBody", {}).get("content", {}).get("application/json")
        if media is not None and (found := examples(media, contract)):
            body = remplir(self.tirage.choice(found), self.avec(mots))
            if isinstance(case.body, dict):
                body |= {nom: case.body[nom] for nom in body.keys() & case.body.keys() if self.tirage.random() < DRAWN}
            case.body = body

    def avec(self, mots: dict[str, Any]) -> dict[str, Any]:
        """The words of a dossier, and the last that was told of what is no dossier."""
        autres = {nom: self.tirage.choice(self.mots[nom]) for nom in ("reference", "empreinte", "code", "login") if self.mots[nom]}
        ids = {"ids": [self.tirage.choice(self.mots["id"])]} if self.mots["id"] else {}
        le = self.jour.isoformat()
        return autres | ids | {"date_demande": le, "date_piece": le, "date_decision": le, "exercice": self.jour.year} | mots

    def _valeur(self, nom: str, before: str, mots: Mapping[str, Any]) -> Any:
        if nom in mots or nom in CONNUS:
            return mots.get(nom, CONNUS.get(nom))
        known = {"controles": "controle", "agents": "agent", "certificats": "empreinte"}.get(before, nom)
        if known == "controle":
            return next((one for one in reversed(self.mots["numero"]) if str(one) not in self.dossiers), None)
        return self.tirage.choice(self.mots[known]) if self.mots[known] else None


def besoins(path: str) -> set[str]:
    """The words without which a dossier is of no use at that address."""
    found = {nom for part in path.split("/") for nom in COLLECTIONS.get(part, ())}
    letters = {"titre": "numero_titre", "recours": "numero_requete"}
    return found | {nom for word, nom in letters.items() if word in path and not path.endswith(("recours-usager/requete", "rapo/depot"))}


def adresse(path: str, mots: Mapping[str, Any]) -> str:
    """That address, for that dossier; what a dossier has no word for is 1."""
    parts = path.replace("/agents/{siret}/{numero}", "/agents/{siret}/72").split("/")
    for rank, (before, part) in enumerate(pairwise(parts), 1):
        if part.startswith("{"):
            nom = COLLECTIONS[before][0] if before in COLLECTIONS else part.strip("{}")
            parts[rank] = str(mots.get(nom, CONNUS.get(nom, 1)))
    return "/".join(parts)


def _compter(mots: dict[str, Any], party: Party, found: Mapping[str, Any]) -> None:
    """What a service says of a dossier, in the words of the letters."""
    if party is Party.ANTAI:
        mots["montant"] = max(1, found["montant"] - found["montant_paye"])
        mots |= {"montant_fps": found["montant"]} | (
            {"date_notification_avis": found["date_notification"]} if found["date_notification"] else {}
        )
    elif party is Party.DGFIP:
        mots |= {nom: found[nom] for nom in ("numero_titre", "majoration")} | {"montant": max(1, found["a_payer"] or 0)}
        mots["telepaiement_titre"] = telepaiement_titre(found["numero_titre"], found["rang"])
        mots["date_notification_avertissement"] = found["date_notification"]
    else:
        mots["cle"] = found["cle"]


def remplir(example: Any, mots: Mapping[str, Any]) -> dict[str, Any]:
    """An example about that dossier."""
    body: dict[str, Any] = copy.deepcopy(example)
    for place in _lieux(body):
        for nom in place.keys() & mots.keys():
            if nom != "montant" or "moyen" in place:  # what is paid is what is due; another amount has its own bounds
                place[nom] = mots[nom]
        if "numero_fps" in place and "numero_telepaiement" in place and "telepaiement_titre" in mots:
            place["numero_telepaiement"] = mots["telepaiement_titre"]
    return body


def _lieux(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _lieux(one)


def traductions(ici: Any, ailleurs: Any) -> Iterator[tuple[str, str]]:
    """What one world named, and what another one called it in the same place of the same answer."""
    if isinstance(ici, dict) and isinstance(ailleurs, dict):
        for nom in ici.keys() & ailleurs.keys():
            if nom in PROPRES and isinstance(ici[nom], str) and isinstance(ailleurs[nom], str) and ici[nom] != ailleurs[nom]:
                yield ici[nom], ailleurs[nom]
            else:
                yield from traductions(ici[nom], ailleurs[nom])
    elif isinstance(ici, list) and isinstance(ailleurs, list):
        for one, other in zip(ici, ailleurs, strict=False):
            yield from traductions(one, other)


def traduit(value: Any, mots: Mapping[str, str]) -> Any:
    """A body, or a part of one, in the words of another world."""
    if isinstance(value, dict):
        return {nom: traduit(one, mots) for nom, one in value.items()}
    if isinstance(value, list):
        return [traduit(one, mots) for one in value]
    return mots.get(value, value) if isinstance(value, str) else value


def lu(response: httpx.Response) -> Any:
    """The JSON of an answer, if it is one."""
    media = response.headers.get("content-type", "")
    return json.loads(response.text) if response.text and "json" in media and "ndjson" not in media else None
