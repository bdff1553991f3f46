"""The client for programs that await: a world, its bacs, their dossiers."""

import itertools
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any, Final

from fps.flows import by_type
from fps.kit.ground.clock import paris
from fps.parties import Party
from fps_simulateur import joueur
from fps_simulateur.invariants import verifier
from fps_simulateur.joueur import ActeRefuse, Deroulement, VieFausse
from fps_simulateur.langue.actes import ETABLIR
from fps_simulateur.langue.modele import Etape, Vie, court
from fps_simulateur.pilote.pilot import Pilot
from fps_simulateur.pilote.reperes import trouver

Champs = dict[str, Any]
Jusqua = str | date | datetime | timedelta
DEPART: Final = date(2024, 1, 2)  # a settled past: no law of tomorrow changes what a test expects of it


class Refuse(Exception):
    """An act was refused: `code` of the refusal, `article`, `que_faire`, HTTP `statut`, and the whole `probleme`."""

    def __init__(self, acte: str, statut: int, probleme: Mapping[str, Any]):
        self.acte, self.statut, self.probleme = acte, statut, dict(probleme)
        self.code, self.article = str(probleme.get("code", "")), str(probleme.get("article") or "")
        self.que_faire = str(probleme.get("que_faire") or "")
        lines = [f"« {acte} » est refusé ({statut}, {self.code}) : {probleme.get('title', '')} — {probleme.get('detail', '')}"]
        lines += [f"  {e.get('champ') or 'le message'} : {e.get('phrase')}" for e in probleme.get("erreurs") or ()]
        lines += [f"  {nom} : {value}" for nom, value in (("article", self.article), ("que faire", self.que_faire)) if value]
        super().__init__("\n".join(lines))


class Dossier:
    """A FPS of a bac, whatever became of it."""

    def __init__(self, bac: "Bac", nom: str):
        self._bac, self.nom = bac, nom

    @property
    def numero(self) -> str:
        """Its number, 26 digits."""
        return str(self._bac.deroulement.dossiers[self.nom]["numero"])

    @property
    def cle(self) -> str:
        """The key of its number."""
        return str(self._bac.deroulement.dossiers[self.nom]["cle"])

    async def voir(self, service: Party | str = Party.ANTAI) -> Champs:
        """What a service shows of it, amounts in centimes; raises AssertionError when it does not know it."""
        return await self._bac._vu(self, Party(service))

    async def etat(self, service: Party | str = Party.ANTAI) -> str:
        """Its state, as a service says it."""
        return str((await self.voir(service))["etat"])

    async def attendre(self, **attendus: Mapping[str, Any]) -> None:
        """What services must say of it, by service: `attendre(antai={"etat": "paye"})`; raises AssertionError with every difference."""
        for service, champs in attendus.items():
            found = await self.voir(service)
            try:
                joueur.compare(champs, found, f"{service} : ", self._bac.deroulement.connus)
            except VieFausse as error:
                raise AssertionError(f"dossier {self.numero}, le {await self._bac.date():%d/%m/%Y} — {error}") from None

    async def courriers(self) -> list[str]:
        """The short types of the letters that people received about it, in order: « 02.apa », « 13.avertissement »…"""
        return [court(by_type(c["type"])) for c in await self._bac.pilot.courriers(self._bac.nom, self.numero)]

    async def echeances(self) -> list[Champs]:
        """What is due if nobody does anything: `le`, `service`, `nature`, `libelle`, `article`."""
        return await self._bac.pilot.a_venir(self._bac.nom, await self._bac.pilot.sujets(self._bac.nom, self.numero))

    async def journal(self) -> list[Champs]:
        """Everything that happened to it, in order."""
        return await self._bac.pilot.journal(self._bac.nom, self.numero)


class Bac:
    """A world of its own: nothing done in another changes it."""

    def __init__(self, monde: "Monde", nom: str, depart: date, ville: str):
        vie = Vie.model_construct(vie=nom, titre="", depart=depart, ville=ville, etapes=())
        self.monde, self.nom, self.deroulement = monde, nom, Deroulement(monde.services, vie, nom)

    @property
    def pilot(self) -> Pilot:
        """The pilot of its world."""
        return self.monde.services.pilot

    async def instant(self) -> datetime:
        """Its instant, in Paris."""
        return datetime.fromisoformat((await self.pilot.etat(self.nom))["instant"])

    async def date(self) -> date:
        """Its day."""
        return (await self.instant()).date()

    async def advance(self, to: Jusqua, dossier: Dossier | None = None) -> list[Champs]:
        """Live until a day that has a name (« titre », « limite-paiement »…), a date, or after a duration; gives what happened."""
        state = await self.pilot.etat(self.nom)
        match to:
            case datetime():
                jusqua = to
            case date():
                jusqua = paris(to)
            case timedelta():
                jusqua = datetime.fromisoformat(state["instant"]) + to
            case _ if to[:4].isdigit():
                jusqua = paris(date.fromisoformat(to))
            case _:
                jusqua = await trouver(self.pilot, self.nom, to, None if dossier is None else dossier.numero, state)
        return await self.pilot.avancer(self.nom, jusqua)

    async def etablir(self, nom: str | None = None, **avec: Any) -> Dossier:
        """A FPS of the town of the bac (or of `ville`), for `plaque`; raises Refuse."""
        await self._faire(Etape(acte=ETABLIR, dossier=nom, avec=avec))
        return Dossier(self, self.deroulement.courant)

    async def faire(self, acte: str, dossier: Dossier | None = None, **avec: Any) -> Champs:
        """An act of the language of the lives, by its name, about a dossier (the last one by default); gives its answer. Raises Refuse."""
        return await self._faire(Etape(acte=acte, dossier=None if dossier is None else dossier.nom, avec=avec))

    async def payer(self, dossier: Dossier, montant: int | None = None, **avec: Any) -> Champs:
        """Pay a FPS, or its title once there is one, on line by default; `montant` in centimes, all that is due that day by default."""
        vu = await dossier.voir(Party.ANTAI)
        titre = vu["numero_titre"] is not None
        if montant is None and titre:
            montant = int((await dossier.voir(Party.DGFIP))["a_payer"])
        elif montant is None:
            minore = vu["minoration_jusqu_au"] is not None and await self.date() <= date.fromisoformat(vu["minoration_jusqu_au"])
            montant = int(vu["montant_minore"] if minore and vu["montant_minore"] else vu["montant"]) - int(vu["montant_paye"])
        return await self.faire("payer le titre" if titre else "payer le FPS", dossier, montant=montant, **{"moyen": "internet", **avec})

    async def contester(self, dossier: Dossier, **avec: Any) -> Champs:
        """A RAPO filed on line; raises Refuse."""
        return await self.faire("déposer un RAPO", dossier, **avec)

    async def decider(self, dossier: Dossier, sens: str, motif: str = "Décision d'essai.", **avec: Any) -> Champs:
        """The town decides: « rejet », « acceptation-totale », « acceptation-partielle » (with `montant_rectifie`). Raises Refuse."""
        return await self.faire("décider le RAPO", dossier, sens=sens, motif=motif, **avec)

    async def saisir(self, dossier: Dossier, **avec: Any) -> str:
        """A petition before the court; gives its number. Raises Refuse."""
        numero = str((await self.faire("saisir la juridiction", dossier, **avec))["numero_requete"])
        self.deroulement.mots.update(requete=numero, numero_requete=numero)
        return numero

    async def verifier(self) -> None:
        """Every invariant of a bac at rest holds, and no deadline is buried; raises AssertionError."""
        faux = verifier(await self.pilot.relever(self.nom))
        enterrees = (await self.pilot.etat(self.nom))["echeances_enterrees"]["premieres"]
        if faux or enterrees:
            raise AssertionError(f"bac « {self.nom} » : {[*faux, *enterrees]}")

    async def _faire(self, etape: Etape) -> Champs:
        try:
            await self.deroulement.etape(etape)
        except ActeRefuse as error:
            raise Refuse(error.acte, error.statut, error.probleme) from None
        except VieFausse as error:
            raise ValueError(str(error)) from None
        return self.deroulement.reponse

    async def _vu(self, dossier: Dossier, service: Party) -> Champs:
        self.deroulement.courant = dossier.nom
        try:
            return await self.deroulement.voir(service)
        except VieFausse as error:
            raise AssertionError(str(error)) from None


class Monde:
    """Four services, here or over HTTP, and the bacs that this client made in them."""

    def __init__(self, services: joueur.Monde, prefixe: str = ""):
        self.services, self._rangs = services, itertools.count(1)
        self._prefixe = prefixe or f"essai-{secrets.token_hex(3)}"

    async def bac(self, depart: date = DEPART, ville: str = "lille", nom: str | None = None) -> Bac:
        """A new bac, the evening of that day."""
        nom = nom or f"{self._prefixe}-{next(self._rangs)}"
        await self.services.pilot.creer(nom, paris(depart), graine="essai")
        return Bac(self, nom, depart, ville)

    async def oublier(self, bac: Bac) -> None:
        """Delete a bac and all that it holds."""
        await self.services.pilot.supprimer(bac.nom)


@asynccontextmanager
async def ouvrir(adresses: Mapping[Party, str] | None = None, jeton: str | None = None) -> AsyncIterator[Monde]:
    """A world: the four services in this process, in memory; or those at these addresses, with the credential of their pilot."""
    if adresses is not None:
        import ssl  # what SSL_CERT_FILE names is believed

        from fps.kit.wire.carrier import bearer, open_client

        client = open_client(headers=bearer(jeton or ""), verify=ssl.create_default_context())
        async with client:
            yield Monde(joueur.Ailleurs(Pilot(client, adresses, jeton or "")))
        return
    from fps_simulateur.pilote.world import open_world

    async with open_world(token=secrets.token_urlsafe(16)) as world:
        yield Monde(world)
