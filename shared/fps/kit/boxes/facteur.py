"""The postman of a service: pushes the letters of the boxes to the editors' addresses, in the time of each bac, and keeps every try."""

import asyncio
import contextlib
import json
import logging
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import httpx

from fps.errors import Introuvable
from fps.flows import by_type
from fps.kit.boxes import adresses, boites, essais, pannes
from fps.kit.boxes.adresses import AdresseInterdite, AdressePermise, NomIntrouvable
from fps.kit.boxes.boites import Acheminement, EtatLettre, LettreEnBoite
from fps.kit.boxes.pannes import Genre, Panne
from fps.kit.boxes.signature import EN_TETE, Signataire
from fps.kit.boxes.sonnette import Boites
from fps.kit.data import tables
from fps.kit.data.sql import Insert, Row
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.clock import INSTANT
from fps.kit.ground.faults import Unavailable
from fps.kit.trust.identity import Trust
from fps.kit.wire.carrier import trace

if TYPE_CHECKING:
    from fps.kit.ground.traces import Step

log = logging.getLogger(__name__)
PERSONNE: Final = "All connection attempts failed"  # of anyio, where nobody listens
TOURNEE: Final = 200  # letters of one round in one bac
ENSEMBLE: Final = 8  # letters on their way at once to one address
POLL: Final = 1.0  # seconds: real time passes for the bacs that run; otherwise the postman is rung for
REPONSE: Final = 64 * 1024  # bytes read of an answer, at most
CAUSE: Final = 300  # characters kept of why a try failed
TENTATIVE: Final = tuple(tables.tentatives.columns.keys())


class Resultat(StrEnum):
    """What came of one try."""

    ACQUITTEE = "acquittee"
    REFUSEE = "refusee"
    ECHEC = "echec"
    INTERDITE = "interdite"


@dataclass(frozen=True, slots=True)
class Essai:
    """One try: the HTTP status when there was an answer, and in a few words why it failed."""

    resultat: Resultat
    statut: int | None = None
    cause: str = ""
    code: str = ""
    injoignable: bool = False  # nobody answers there: the next letters would wait for nothing
    attente: float | None = None  # seconds of the bac before the next try, when a simulated fault says them
    panne: str = ""  # the rule that struck it
    envoye: str | None = None  # the exchange, as it is kept
    recu: str | None = None


@dataclass(frozen=True, slots=True)
class Depart:
    """A round in one bac: its instant, its seed, the faults that were set in it."""

    bac: str
    now: datetime
    graine: str
    posees: Sequence[Panne]


class Facteur:
    """One per service. A round takes what is due: of each dossier, the first letter that is not done with."""

    def __init__(self, service: Service, signataire: Signataire):
        self.service, self.signataire = service, signataire
        self.permis = adresses.regles(service.settings)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin the rounds."""
        self._task = asyncio.create_task(self._run(), name=f"facteur-{self.service.party}")

    async def stop(self) -> None:
        """Stop at once: a letter on its way stays in its box, and goes again under the same identifier."""
        self.service.extension(Boites).sonnette.fermer()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        sonnette = self.service.extension(Boites).sonnette
        while True:
            sonnette.a_porter.clear()
            try:
                while await self.tournee():
                    pass
            except Unavailable as error:
                log.warning("boîtes en attente", extra={"cause": repr(error)})
            except Exception:
                log.exception("facteur")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await sonnette.a_porter.wait()

    async def tournee(self) -> int:
        """Try what is due now, in every bac; gives how many letters were tried. Raises Unavailable when the database is away.

        One replica of the service makes its round at a time: two would push each letter twice.
        """
        async with self.service.database.read() as tx:
            bacs = sorted(row[0] for row in await tx.select(boites.BACS))
        if not bacs:
            return 0
        async with self.service.database.alone("facteur") as mine:
            return sum(await asyncio.gather(*(self._bac(nom) for nom in bacs))) if mine else 0

    async def _bac(self, nom: str) -> int:
        with contextlib.suppress(Introuvable):  # a bac that was deleted meanwhile
            async with self.service.reading(nom) as reading:
                rows = await reading.tx.select(boites.DUES, nom=nom, le=reading.work.now, limite=TOURNEE)
                cles = dict.fromkeys((nom, row[1]) for row in rows)
                routes = {
                    row[1]: row[3] for row in await reading.tx.load(tables.destinations, list(cles)) if row[2] == Acheminement.ADRESSE
                }
                now = reading.work.now
                posees = [une for une in await pannes.posees(reading.tx, nom) if une.regle.panne in pannes.VERS]
                graine = reading.work.graine
            liasses: dict[tuple[str, str], list[LettreEnBoite]] = {}
            for lettre in map(boites.RECORD.item, rows):
                if (ou := lettre.adresse or routes.get(lettre.siret)) is not None:
                    liasses.setdefault((lettre.siret, ou), []).append(lettre)
            depart = Depart(nom, now, graine, posees)
            found = await asyncio.gather(*(self._liasse(depart, ou, lettres) for (_, ou), lettres in liasses.items()))
            return sum(found)
        return 0

    async def _liasse(self, depart: "Depart", texte: str, lettres: Sequence[LettreEnBoite]) -> int:
        """The letters of one round for one address, then what became of them, in one transaction."""
        found = await self._porter(depart, texte, lettres)
        done = [(lettre.numero, essai) for lettre, essai in zip(lettres, found, strict=True) if essai is not None]
        siret = lettres[0].siret

        async def clore(work: Work) -> None:
            await noter(work, siret, texte, done, self.service.settings.box_delays)

        await self.service.ask(depart.bac, clore, [(LettreEnBoite, (siret, numero)) for numero, _ in done], ours=True)
        self.service.observe("boite", "essai", len(done))
        return len(done)

    async def _porter(self, depart: "Depart", texte: str, lettres: Sequence[LettreEnBoite]) -> Sequence[Essai | None]:
        """The address is checked anew for each round, and the connections go to the network address that was checked.

        None: not tried in this round, whose time is bounded, so that a slow editor does not keep the others waiting.
        """
        try:
            adresse = adresses.lire(texte)
            ip = await adresses.resoudre(adresse, self.permis, self.service.settings.push_timeout)
        except AdresseInterdite as error:
            return [Essai(Resultat.INTERDITE, None, error.detail, error.code)] * len(lettres)
        except NomIntrouvable as error:
            return [Essai(Resultat.ECHEC, None, str(error), injoignable=True)] * len(lettres)
        # One client for one address: a connection that was checked for a name is never used for another one.
        limits = httpx.Limits(max_connections=ENSEMBLE, max_keepalive_connections=ENSEMBLE)
        verify = self._tls if adresse.schema == "https" else True
        async with httpx.AsyncClient(timeout=None, limits=limits, trust_env=False, verify=verify) as client:  # noqa: S113 (bounded below)
            place = asyncio.Semaphore(ENSEMBLE)
            perdu: list[Essai] = []
            horloge = asyncio.get_running_loop()
            fin = horloge.time() + self.service.settings.push_timeout

            async def un(lettre: LettreEnBoite) -> Essai | None:
                async with place:
                    if perdu:  # it has just been seen that nobody answers there
                        return perdu[0]
                    if horloge.time() > fin:
                        return None
                    essai = await self._un(client, depart, adresse, ip, lettre)
                    if essai.injoignable:
                        perdu.append(essai)
                    return essai

            return await asyncio.gather(*map(un, lettres))

    async def _un(self, client: httpx.AsyncClient, depart: Depart, adresse: AdressePermise, ip: str, lettre: LettreEnBoite) -> Essai:
        """One try of a letter, struck or not by a rule of the bac."""
        une = pannes.pour(depart.posees, pannes.VERS, lettre.siret, lettre.type, lettre.numero, depart.graine, lettre.id)
        if une is None or lettre.essais >= une.regle.fois:
            return await self._poster(client, depart, adresse, ip, lettre)
        regle = une.regle
        dit = f"panne simulée « {une.nom} » : {regle.panne}"
        match regle.panne:
            case Genre.INDISPONIBLE:
                return Essai(Resultat.ECHEC, 503, f"{dit}, Retry-After {regle.secondes:g} s", attente=regle.secondes, panne=une.nom)
            case Genre.RETARD:
                return Essai(Resultat.ECHEC, None, f"{dit} de {regle.secondes:g} s", attente=regle.secondes, panne=une.nom)
            case Genre.DOUBLON:
                premier = await self._poster(client, depart, adresse, ip, lettre)
                dit = f"{dit}, {'sans réponse' if premier.statut is None else premier.statut} la première fois"
        found = await self._poster(client, depart, adresse, ip, lettre, regle)
        recue = "sans réponse" if found.statut is None else f"le produit avait répondu {found.statut}"
        if regle.panne in (Genre.ERREUR, Genre.COUPURE, Genre.CORPS_COUPE):
            statut = 500 if regle.panne is Genre.ERREUR else None
            vu = (found.envoye, found.recu)
            return Essai(Resultat.ECHEC, statut, court(f"{dit} ({recue})"), "", False, regle.secondes, une.nom, *vu)
        cause = court(f"{dit} {found.cause}".strip())
        if regle.panne in (Genre.CORPS_ALTERE, Genre.CLE_INCONNUE) and found.resultat is not Resultat.ACQUITTEE:
            # What was refused is not this letter, but what the fault made of it: it comes as it was written.
            vu = (found.envoye, found.recu)
            return Essai(Resultat.ECHEC, found.statut, cause, found.code, False, regle.secondes, une.nom, *vu)
        return replace(found, cause=cause, panne=une.nom)

    async def _poster(
        self,
        client: httpx.AsyncClient,
        depart: Depart,
        adresse: AdressePermise,
        ip: str,
        lettre: LettreEnBoite,
        regle: pannes.Regle | None = None,
    ) -> Essai:
        url = adresse.vers(by_type(lettre.type).path)
        genre = None if regle is None else regle.panne
        inconnue = genre is Genre.CLE_INCONNUE
        signature = self.signataire.signer(lettre.body, url=url, bac=depart.bac, lettre=lettre.id, type_=lettre.type, inconnue=inconnue)
        corps = _altere(lettre.body) if genre is Genre.CORPS_ALTERE else lettre.body.encode()
        headers = {
            "Host": httpx.URL(url).netloc.decode(),
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "Idempotency-Key": lettre.id,
            "Ce-Source": f"/services/{self.service.party}",
            "Ce-Rang": str(lettre.rang),
            INSTANT: depart.now.isoformat(),
            EN_TETE: signature,
            **trace(lettre.traceparent if (remise := self._suivie(depart, lettre)) is None else remise.traceparent),
        }
        troue = genre in (Genre.COUPURE, Genre.CORPS_COUPE, Genre.LENTEUR)
        # The name stays in the Host header and in the TLS handshake, where the certificate is checked against it.
        request = client.build_request(
            "POST",
            httpx.URL(url).copy_with(host=ip),
            content=_troue(corps, regle) if troue and regle is not None else corps,
            headers=headers | ({"Content-Length": str(len(corps))} if troue else {}),
            extensions={"sni_hostname": adresse.hote},
        )
        found = await self._echanger(client, request)
        if remise is not None:
            remise.tell(resultat=found.resultat.value)
            remise.end()
        return replace(found, envoye=essais.envoye(request, url, corps, lettre.body, coupe=troue))

    def _suivie(self, depart: Depart, lettre: LettreEnBoite) -> "Step | None":
        """The span of a letter brought to its editor, where traces are asked for."""
        if (traces := self.service.traces) is None:
            return None
        said: dict[str, str | int] = {"bac": depart.bac, "dossier": lettre.subject, "message": lettre.type, "lettre": lettre.id}
        said |= {"flux": by_type(lettre.type).flow, "instant": depart.now.isoformat(), "essai": lettre.essais + 1}
        return traces.sent(f"remise {lettre.type.removeprefix('fps.')}", lettre.traceparent, **said)

    async def _echanger(self, client: httpx.AsyncClient, request: httpx.Request) -> Essai:
        """Send a request, and judge what is answered."""
        seconds = self.service.settings.push_timeout
        try:
            async with asyncio.timeout(seconds):
                response = await client.send(request, stream=True)
                try:
                    debut = await _debut(response)
                    return replace(juger(response.status_code, debut), recu=essais.recu(response, debut))
                finally:
                    await response.aclose()
        except Coupee:
            return Essai(Resultat.ECHEC, None, "connexion coupée exprès")
        except TimeoutError:
            return Essai(Resultat.ECHEC, None, f"pas de réponse en {seconds:g} s", injoignable=True)
        except httpx.ConnectError as error:
            return Essai(
                Resultat.ECHEC,
                None,
                court(f"connexion impossible : {error}".replace(PERSONNE, "personne ne répond à cette adresse")),
                injoignable=True,
            )
        except httpx.HTTPError as error:
            return Essai(Resultat.ECHEC, None, court(f"échange interrompu : {error!r}"))

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """The certificate of the letters is shown to the editor, which opens no door of the simulator, should an address lead to one.

        The editor's own may come from a public authority or from the test PKI.
        """
        pki, party = self.service.extension(Trust).pki, self.service.party
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_verify_locations(pki.fichier_autorites)
        context.load_cert_chain(pki.fichier_lettres(party), pki.fichier_cle(party.value))
        return context


class Coupee(Exception):
    """The connection is cut here on purpose."""


def _altere(corps: str) -> bytes:
    """The same body but for one figure, which its signature does not cover."""
    place = next((rang for rang, c in enumerate(corps) if c.isdigit()), len(corps) - 1)
    return f"{corps[:place]}{(int(corps[place]) + 1) % 10 if corps[place].isdigit() else ' '}{corps[place + 1 :]}".encode()


async def _troue(corps: bytes, regle: pannes.Regle) -> AsyncIterator[bytes]:
    """The body as it goes when its way is struck: whole or by half, then nothing more, or a rest."""
    if regle.panne is Genre.COUPURE:
        yield corps
        raise Coupee
    yield corps[: len(corps) // 2]
    if regle.panne is Genre.CORPS_COUPE:
        raise Coupee
    await asyncio.sleep(regle.secondes)
    yield corps[len(corps) // 2 :]


async def _debut(response: httpx.Response) -> bytes:
    """The beginning of an answer: the rest is never read."""
    found = b""
    async for part in response.aiter_raw():
        found += part
        if len(found) >= REPONSE:
            break
    return found[:REPONSE]


def court(texte: str) -> str:
    """A cause as it is kept: short, on one line, printable."""
    return "".join(c if c.isprintable() else " " for c in texte)[:CAUSE]


def juger(statut: int, corps: bytes) -> Essai:
    """What an answer means: 2xx is an acknowledgement, 409 and 422 a refusal for good; anything else will be tried again."""
    if 200 <= statut < 300:
        return Essai(Resultat.ACQUITTEE, statut)
    problem: Any = None
    with contextlib.suppress(ValueError, RecursionError):
        problem = json.loads(corps)
    fields = [str(problem.get(name) or "") for name in ("code", "detail")] if isinstance(problem, dict) else ["", ""]
    cause = court(" : ".join(filter(None, [f"HTTP {statut}", *fields])))
    if statut in (409, 422):
        return Essai(Resultat.REFUSEE, statut, cause, court(fields[0])[:80])
    if 300 <= statut < 400:
        return Essai(Resultat.ECHEC, statut, f"HTTP {statut} : une redirection n'est pas suivie")
    return Essai(Resultat.ECHEC, statut, cause)


async def noter(work: Work, siret: str, adresse: str, faits: Sequence[tuple[int, Essai]], delais: Sequence[float]) -> None:
    """Keep the tries of letters of one box, and what follows for each."""
    rows: list[Row] = []
    for numero, essai in faits:
        lettre = await work.find(LettreEnBoite, siret, numero)
        if lettre is None:  # the bac was deleted, then made again
            continue
        lettre.essais += 1
        what = (adresse, essai.resultat.value, essai.statut, essai.cause, essai.envoye, essai.recu)
        rows.append((work.bac.nom, siret, numero, lettre.essais, work.now, work.batch.wall, *what))
        if lettre.etat in boites.OUVERTES:  # else taken from the box, or given back, while it was on its way
            _suite(work, lettre, essai, delais)
    work.batch.ops.append(Insert(tables.tentatives, TENTATIVE, rows))


def _suite(work: Work, lettre: LettreEnBoite, essai: Essai, delais: Sequence[float]) -> None:
    law, said = by_type(lettre.type).law, {"id": lettre.id, "type": lettre.type}
    if essai.panne:
        work.record(lettre.subject, "panne-simulee", law, **said, regle=essai.panne, essai=lettre.essais, cause=essai.cause)
    match essai.resultat:
        case Resultat.ACQUITTEE:
            lettre.clore(EtatLettre.ACQUITTEE, work.now)
        case Resultat.REFUSEE:
            lettre.clore(EtatLettre.REFUSEE, work.now)
            work.record(lettre.subject, "envoi-refuse", law, **said, code=essai.code)
        case _:
            lettre.echecs += 1
            lettre.prochain = prochain(work.now, lettre.echecs, delais if essai.attente is None else (essai.attente,) * lettre.echecs)
            if lettre.prochain is None:
                lettre.etat = EtatLettre.EN_SOUFFRANCE
                work.record(lettre.subject, "envoi-en-souffrance", law, **said, essais=lettre.essais)


def prochain(maintenant: datetime, echecs: int, delais: Sequence[float]) -> datetime | None:
    """When a letter that failed that many times in a row is tried again, in the bac's time; None: not by itself (hypothesis H100)."""
    return maintenant.astimezone(UTC) + timedelta(seconds=delais[echecs - 1]) if echecs <= len(delais) else None
