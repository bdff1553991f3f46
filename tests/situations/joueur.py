"""Plays the situations of this folder in a world of four services: the steps of the lives, and letters or calls that no life makes."""

import copy
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any
from weakref import WeakKeyDictionary

import httpx
from pydantic import BaseModel, ConfigDict, Field

from fps.errors import Refus
from fps.flows import by_type
from fps.kit.ground.clock import paris, wall_now
from fps.kit.wire.carrier import always, open_client
from fps.kit.wire.envelope import Letter, pack
from fps.parties import Party
from fps_simulateur.joueur import Deroulement, compare, exiger, remplacer
from fps_simulateur.langue.actes import ETABLIR, Acte, fusion
from fps_simulateur.langue.modele import Etape, Vie
from fps_simulateur.pilote.pilot import Pilot
from fps_simulateur.pilote.world import World
from tests.villes import donnees

DEPART = date(2026, 9, 28)


class Lettre(BaseModel):
    """A letter handed over to a service as the broker does, for what no reference service ever writes."""

    model_config = ConfigDict(extra="forbid")

    a: Party
    type: str


class Demande(BaseModel):
    """A request to any route of a bac, by its address: what no act of the language does, or does otherwise."""

    model_config = ConfigDict(extra="forbid")

    a: Party
    chemin: Annotated[str, Field(pattern=r"^(GET |POST )?/")]

    @property
    def acte(self) -> Acte:
        """The same as an act."""
        methode, _, route = self.chemin.rpartition(" ")
        return Acte(self.chemin, self.chemin, self.a, route, methode or "POST")


class Appel(BaseModel):
    """A request of any method, to a bac or to the pilot's door; with the certificate of a service when it is named."""

    model_config = ConfigDict(extra="forbid")

    a: Party
    methode: str
    chemin: str
    certificat: Party | None = None
    type: str | None = None  # of a body that is not JSON: `avec` is then its text


class Situation(Deroulement):
    """One situation in a bac of its own."""

    def __init__(self, world: World, bac: str):
        super().__init__(world, Vie(vie=bac, titre=bac, etapes=(Etape(),)), bac)
        self.world = world
        self.lettres = 0
        self.demande: Acte | None = None  # what the step asks, in the place of an act
        self.courant, self.dossiers = "autre", {"autre": {}}  # where a petition without FPS keeps its number

    @classmethod
    async def ouvrir(cls, world: World, bac: str, depart: date = DEPART, *, vierge: bool = False) -> "Situation":
        """A new bac that starts that evening; `vierge`: nobody is enrolled in it."""
        await world.pilot.creer(bac, paris(depart), graine=bac, vierge=vierge, villes=donnees() if vierge else None)
        return cls(world, bac)

    @classmethod
    async def apres(
        cls, world: World, bac: str, etapes: Sequence[dict[str, Any]], depart: date = DEPART, *, vierge: bool = False
    ) -> "Situation":
        """The same where these steps were done: they are played once in a world, and each bac is a copy of that one."""
        nom = "souche-" + hashlib.sha256(json.dumps([str(depart), vierge, list(etapes)], default=str).encode()).hexdigest()[:24]
        souche = SOUCHES.setdefault(world.pilot, {}).get(nom)
        if souche is None:
            if etapes and set(etapes[-1]) == {"le"}:  # many go on from there to days of their own
                souche = await cls.apres(world, nom, etapes[:-1], depart, vierge=vierge)
                etapes = etapes[-1:]
            else:
                souche = await cls.ouvrir(world, nom, depart, vierge=vierge)
            for etape in etapes:
                await souche.faire(etape)
            SOUCHES[world.pilot][nom] = souche
        await world.pilot.copier(nom, bac)
        situation = cls(world, bac)
        situation.courant, situation.dossiers, situation.lettres = souche.courant, copy.deepcopy(souche.dossiers), souche.lettres
        return situation

    async def faire(self, etape: dict[str, Any]) -> None:
        """One step: that of a life, or `lettre` or `appel` with what they give."""
        brut = dict(etape)
        lettre, appel = brut.pop("lettre", None), brut.pop("appel", None)
        if lettre is None and appel is None:
            if (demande := brut.pop("demande", None)) is not None:
                self.demande, brut["acte"] = Demande.model_validate(demande).acte, ETABLIR
            await self.etape(Etape.model_validate(brut))
            return
        if "le" in brut or "dossier" in brut:
            await self.etape(Etape.model_validate({nom: brut[nom] for nom in ("le", "dossier") if nom in brut}))
        avec, refus, donne = brut.get("avec", {}), brut.get("refus"), brut.get("donne", {})
        if lettre is not None:
            await self._porter(Lettre.model_validate(lettre), avec, refus)
        else:
            await self._appeler(Appel.model_validate(appel), remplacer(avec, self.mots), refus, donne)

    async def _acte(self, un: Acte, etape: Etape) -> None:
        demande, self.demande = self.demande, None
        await super()._acte(demande or un, etape)

    async def _porter(self, lettre: Lettre, avec: dict[str, Any], refus: str | None) -> None:
        cls, now = by_type(lettre.type), wall_now()
        self.lettres += 1
        known = {nom: self.mots[nom] for nom in cls.example if self.mots.get(nom) is not None}
        message = cls.model_validate_json(json.dumps(fusion({**cls.example, **known}, remplacer(avec, self.mots))))
        nom = f"{self.bac}-{self.lettres}"
        letter = Letter(nom, self.bac, cls.type, "/externe", message.sujet, 1, now, now, message.model_dump_json())
        attente = await self.world.services[lettre.a].inbound.take([pack([letter])])
        await self.world.pilot.au_calme(self.bac)
        journal = await self.world.pilot.journal(self.bac, message.sujet)
        vus = [x["donnees"]["code"] for x in journal if x["acte"] == "refus" and x["donnees"].get("id") == nom]
        exiger(not attente and vus == ([] if refus is None else [refus]), f"lettre {cls.type} : refus {vus} au lieu de {refus}")

    async def _appeler(self, appel: Appel, avec: Any, refus: str | None, donne: dict[str, Any]) -> None:
        chemin = str(remplacer(appel.chemin, {"bac": self.bac, **self.mots}))
        pilotage = chemin.startswith("/pilotage")
        url = f"{self.world.addresses[appel.a]}{'' if pilotage else f'/bacs/{self.bac}'}{chemin}"
        entetes = {"Authorization": f"Bearer {self.world.token}"} if pilotage else {}
        corps = {"params": avec} if appel.methode == "GET" else {"json": avec}
        if appel.type is not None:
            corps, entetes = {"content": str(avec).encode()}, entetes | {"Content-Type": appel.type}
        answer: httpx.Response
        if appel.certificat is None:
            answer = await self.world.client.request(appel.methode, url, headers=entetes, **corps)
        else:
            network = {self.world.addresses[appel.a]: self.world.services[appel.a].asgi}
            async with open_client(network, present=always(self.world.pki.chaine(appel.certificat))) as porteur:
                answer = await porteur.request(appel.methode, url, headers=entetes, **corps)
        found = answer.json() if answer.content else {}
        if refus is None:
            exiger(answer.status_code < 300, f"{chemin} refusé : {answer.text[:300]}")
            compare(donne, found, f"{chemin} : ", self.mots)
        else:
            exiger(answer.status_code >= 400 and found.get("code") == refus, f"« {refus} » attendu, trouvé {answer.text[:300]}")


SOUCHES: WeakKeyDictionary[Pilot, dict[str, Situation]] = WeakKeyDictionary()


@contextmanager
def refus_construits() -> Iterator[list[type[Refus]]]:
    """The classes of the refusals that are made meanwhile, in this process, in their order."""
    vus: list[type[Refus]] = []
    ordinaire = Refus.__init__

    def noter(self: Refus, *args: Any, **kwargs: Any) -> None:
        vus.append(type(self))
        ordinaire(self, *args, **kwargs)

    Refus.__init__ = noter  # type: ignore[method-assign]
    try:
        yield vus
    finally:
        Refus.__init__ = ordinaire  # type: ignore[method-assign]
