"""The client for programs that await: a world, its bacs, their dossiers."""

import itertools
import secrets
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from fps.droit.money import euros
from fps.droit.numero import NumeroFps, telepaiement
from fps.flows import by_type
from fps.kit.ground.clock import paris
from fps.parties import Party
from fps_simulateur import joueur
from fps_simulateur.invariants import verifier
from fps_simulateur.joueur import ActeRefuse, Deroulement, VieFausse
from fps_simulateur.langue.actes import ETABLIR
from fps_simulateur.langue.modele import Etape, Vie, court
from fps_simulateur.pilote import enrolement
from fps_simulateur.pilote.pilot import Pilot
from fps_simulateur.pilote.reperes import trouver

if TYPE_CHECKING:
    from fps.kit.trust.pki import Pki

Champs = dict[str, Any]
Jusqua = str | date | datetime | timedelta
COULISSES: Final = frozenset({"ecriture", "envoi", "reception"})
DEPART: Final = date(2024, 1, 2)  # a settled past: no law of tomorrow changes what a test expects of it


def _etape(**dite: Any) -> Etape:
    """A step of a life; raises ValueError, which says what the language says of it and nothing of how it was read."""
    try:
        return Etape(**dite)
    except ValidationError as error:
        phrases = [str(une.get("ctx", {}).get("error") or f"{'.'.join(map(str, une['loc']))} : {une['msg']}") for une in error.errors()]
    raise ValueError(" ; ".join(phrases))


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
        """What services must say of it, by service: `attendre(antai={"etat": "paye"})`.

        Raises AssertionError with every difference, what happened last to it, and what it waits for.
        """
        faux: list[str] = []
        for service, champs in attendus.items():
            found = await self.voir(service)
            try:
                joueur.compare(champs, found, "", self._bac.deroulement.connus)
            except VieFausse as error:
                faux += [f"  {service} : {un}" for un in str(error).split(" ; ")]
        if faux:
            titre = f"dossier {self.numero} (bac « {self._bac.nom} »), le {await self._bac.date():%d/%m/%Y} :"
            raise AssertionError("\n".join([titre, *faux, *await self._autour()]))

    async def _autour(self) -> list[str]:
        """What happened last to it, and what it waits for: often why it is not as one thought."""
        derniers = faits(await self.journal())[-3:]
        attend = [
            f"  {date.fromisoformat(e['le']):%d/%m/%Y}        {e['service']:<12}  {e['libelle']} — {e['article']}"
            for e in (await self.echeances())[:2]
        ]
        return ["ce qui lui est arrivé en dernier :", *derniers, "ce qui l'attend :", *(attend or ["  rien"])]

    async def courriers(self) -> list[str]:
        """The short types of the letters that people received about it, in order: « 02.apa », « 13.avertissement »…"""
        return [court(by_type(c["type"])) for c in await self._bac.pilot.courriers(self._bac.nom, self.numero)]

    async def echeances(self) -> list[Champs]:
        """What is due if nobody does anything: `le`, `service`, `nature`, `libelle`, `article`."""
        return await self._bac.pilot.a_venir(self._bac.nom, await self._bac.pilot.sujets(self._bac.nom, self.numero))

    async def journal(self) -> list[Champs]:
        """Everything that happened to it, in order."""
        return await self._bac.pilot.journal(self._bac.nom, self.numero)


def fait(line: Mapping[str, Any]) -> str:
    """A line of a journal, for who reads: when, where, what, its letter or its sum, which text."""
    said = line["donnees"]
    quoi = [court(by_type(said["type"]))] if line["acte"] == "courrier" and "type" in said else []
    quoi += [euros(said[nom]) for nom in ("montant", "majoration") if isinstance(said.get(nom), int)]
    quand, texte = datetime.fromisoformat(line["date"]), f" — {line['article']}" if line["article"] else ""
    detail = f" ({', '.join(quoi)})" if quoi else ""
    return f"  {quand:%d/%m/%Y %H:%M}  {line['service']:<12}  {line['acte']}{detail}{texte}"


def faits(lines: Iterable[Mapping[str, Any]]) -> list[str]:
    """Those of a journal that tell a life: neither its letters on their way between two services, nor its books."""
    return [fait(line) for line in lines if line["acte"] not in COULISSES]


@dataclass(frozen=True, slots=True)
class Enrole:
    """What a product shows, and whom it believes, to send the letters of a town: three PEM files."""

    siret: str
    certificat: Path
    cle: Path
    racine: Path
    manques: tuple[Champs, ...]  # what is left that somebody else must do, by service


class _Discret:
    """Who hears the steps of an enrolment, and keeps those that are left."""

    def __init__(self) -> None:
        self.manques: list[Champs] = []

    def etape(self, nom: str, texte: str, **plus: str) -> None:
        """Done."""

    def manque(self, service: Party, quoi: Mapping[str, Any]) -> None:
        """Left."""
        self.manques.append({"service": service.value, **quoi})


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

    async def etablir(self, nom: str | None = None, *, usager: str | None = None, **avec: Any) -> Dossier:
        """A FPS of the town of the bac (or of `ville`), for `plaque`; raises Refuse.

        `usager`: how its driver then behaves by himself (« paie à J+6 », « RAPO puis juge », « jamais »…); raises ValueError.
        """
        await self._faire(_etape(acte=ETABLIR, dossier=nom, avec=avec, usager=usager))
        return Dossier(self, self.deroulement.courant)

    async def faire(self, acte: str, dossier: Dossier | None = None, **avec: Any) -> Champs:
        """An act of the language of the lives, by its name, about a dossier (the last one by default); gives its answer.

        Raises Refuse, and ValueError with the nearest name when the language has no such act.
        """
        return await self._faire(_etape(acte=acte, dossier=None if dossier is None else dossier.nom, avec=avec))

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

    def adresse(self, service: Party | str = Party.ANTAI) -> str:
        """Where a product speaks to a service in this bac, without a final slash; raises ValueError when the services are in memory."""
        if not isinstance(self.monde.services, joueur.Ailleurs):
            raise ValueError("Les services sont en mémoire, dans ce processus : pour un produit, démarrez « fps up --tls ».")
        return f"{self.monde.services.addresses[Party(service)]}{enrolement.prefixe(self.nom)}"

    async def suivre(self, numero: str, nom: str | None = None) -> Dossier:
        """The dossier of a FPS that a product sent, as ANTAI knows it, to be paid, contested, waited for; raises AssertionError."""
        lu = NumeroFps.lire(numero)
        mots = {"numero": str(lu), "numero_fps": str(lu), "cle": lu.cle, "siret": lu.siret, "telepaiement": telepaiement(str(lu))}
        nom = nom or str(lu)
        self.deroulement.dossiers[nom] = mots
        dossier = Dossier(self, nom)
        mots["immatriculation"] = (await dossier.voir(Party.ANTAI))["immatriculation"]
        return dossier

    async def enroler(self, dossier: Path, siret: str | None = None, prestataire: str = "Éditeur Essai") -> Enrole:
        """Enrol a town (that of the bac) and its provider in this bac; key and certificate stay in `dossier` from one bac to another.

        Raises ValueError when the services do not listen in TLS, EnrolementImpossible.
        """
        pki = self.monde.pki
        if pki is None or not self.adresse().startswith("https:"):
            raise ValueError("Ces services n'écoutent pas en TLS : un certificat n'y servirait à rien. Démarrez « fps up --tls ».")
        from fps.kit.trust.tls import between_services

        siret = siret or str(self.deroulement.connus["siret_ville"])
        dit, demande = _Discret(), enrolement.Demande(siret, dossier, prestataire)
        await enrolement.enroler(self.pilot, self.nom, demande, partial(between_services, pki), dit)
        fichiers = (demande.sortie / enrolement.CERTIFICAT, demande.sortie / enrolement.CLE, pki.fichier_racine)
        return Enrole(siret, *fichiers, tuple(dit.manques))

    async def raconter(self, derniers: int = 40) -> str:
        """What happened in it, the last lines of its journals, and the day that it is."""
        lignes = faits(await self.pilot.journal(self.nom))
        tus = [f"  … {len(lignes) - derniers} faits avant"] if len(lignes) > derniers else []
        titre = f"bac « {self.nom} », le {await self.instant():%d/%m/%Y à %H:%M}"
        return "\n".join([titre, *tus, *lignes[-derniers:]])

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

    def __init__(self, services: joueur.QuatreServices, prefixe: str = "", pki: "Pki | None" = None):
        self.services, self.pki, self._rangs = services, pki, itertools.count(1)
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
async def ouvrir(adresses: Mapping[Party, str] | None = None, jeton: str | None = None, pki: Path | None = None) -> AsyncIterator[Monde]:
    """A world: the four services in this process, in memory; or those at these addresses, with the credential of their pilot.

    `pki`: the directory of their test PKI, whose authority is then believed; without it, what SSL_CERT_FILE names is.
    """
    if adresses is not None:
        from fps.kit.trust.pki import Pki
        from fps.kit.trust.tls import between_services
        from fps.kit.wire.carrier import bearer, open_client

        theirs = Pki(pki) if pki is not None and any(url.startswith("https:") for url in adresses.values()) else None
        verify = ssl.create_default_context() if theirs is None else between_services(theirs)
        client = open_client(headers=bearer(jeton or ""), verify=verify)
        async with client:
            yield Monde(joueur.Ailleurs(Pilot(client, adresses, jeton or "")), pki=theirs)
        return
    from fps_simulateur.pilote.world import open_world

    async with open_world(token=secrets.token_urlsafe(16)) as world:
        yield Monde(world)
