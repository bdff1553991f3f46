"""What a run asked and was answered, in order: recorded while it runs, and given back to the same code when it is verified."""

import base64
import hashlib
import json
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from fps.parties import Party
from fps_certification.sujets.contrat import Action
from fps_certification.sujets.sujet import Domaine, NonPrisEnCharge, Reponse, Sujet, SujetEnFaute

Ligne = dict[str, Any]
SERVICE, PRODUIT = "service", "produit"
HASARD: Final = frozenset({"jeton"})  # parameters that are drawn anew each time
COPIE: Final = re.compile(r"-essai-[0-9a-f]{8}")  # the copy of a bac in which a day is looked for: its name is drawn anew too
PDF: Final = "application/pdf"
RENDUS: Final = frozenset({"content-type"})
RANG: ContextVar[int] = ContextVar("rang", default=0)  # of the check that this task plays, from 1; 0 for what comes before the plan


def ligne_lue(texte: str | bytes) -> Ligne | None:
    """A line of a file that was kept while a run went on; None for what was cut, or is no line."""
    try:
        found = json.loads(texte)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


class Divergence(Exception):
    """What the code asks now was not asked then: the evidence is not that of this run, or not of this version."""


class Trace:
    """The lines of a run; `garder` is told each of them, once it is whole."""

    def __init__(self, lignes: Iterable[Ligne] = (), garder: Callable[[Ligne], None] = lambda ligne: None) -> None:
        self.lignes: list[Ligne] = list(lignes)
        self._garder = garder

    def ajouter(self, ligne: Ligne) -> None:
        """One more, whole."""
        self.lignes.append(ligne)
        self._garder(ligne)


class Enregistreur(httpx.AsyncBaseTransport):
    """Calls the services through a client, and keeps what was asked and answered under the name of the service."""

    def __init__(self, client: httpx.AsyncClient, adresses: Mapping[Party, str], trace: Trace):
        self._client, self._trace = client, trace
        self._noms = {adresse: party for party, adresse in adresses.items()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask, and keep."""
        octets = await request.aread()
        corps = octets.decode("utf-8", "replace")
        answer = await self._client.send(self._client.build_request(request.method, request.url, headers=request.headers, content=octets))
        url = str(request.url)
        service = next((p for adresse, p in self._noms.items() if url.startswith(f"{adresse}/")), None)
        entetes = {k: v for k, v in answer.headers.items() if k in RENDUS}
        self._trace.ajouter(
            {
                "quoi": SERVICE,
                "service": "" if service is None else service.value,
                "methode": request.method,
                "chemin": chemin(url),
                "corps": corps,
                "statut": answer.status_code,
                "entetes": entetes,
                **_ecrite(answer),
            }
        )
        return httpx.Response(answer.status_code, headers=entetes, content=answer.content, request=request)


class Rejeu(httpx.AsyncBaseTransport):
    """Gives back what was answered: each request gets, in its turn, the answer that the same one got; `redire` is told which."""

    def __init__(self, adresses: Mapping[Party, str], lignes: Iterable[Ligne], redire: Callable[[Ligne], None] = lambda ligne: None):
        self._redire = redire
        self._noms = {adresse: party.value for party, adresse in adresses.items()}
        self._suites: dict[tuple[str, ...], deque[Ligne]] = defaultdict(deque)
        for ligne in lignes:
            if ligne["quoi"] == SERVICE:
                self._suites[_marque(ligne["service"], ligne["methode"], ligne["chemin"], ligne["corps"])].append(ligne)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The next answer to the same request; raises Divergence."""
        corps = (await request.aread()).decode("utf-8", "replace")
        url = str(request.url)
        service = next((nom for adresse, nom in self._noms.items() if url.startswith(f"{adresse}/")), "")
        marque = _marque(service, request.method, chemin(url), corps)
        suite = self._suites.get(marque)
        if not suite:
            raise Divergence(f"{service} {request.method} {chemin(url)} : rien de tel n'a été demandé pendant l'exécution.")
        ligne = suite.popleft()
        self._redire(ligne)
        return httpx.Response(ligne["statut"], headers=ligne["entetes"], content=_relue(ligne), request=request)


def _ecrite(answer: httpx.Response) -> Ligne:
    """What was answered, as text; a document, which is none, in base 64."""
    if answer.headers.get("content-type", "").startswith(PDF):
        return {"reponse": "", "octets": base64.b64encode(answer.content).decode()}
    return {"reponse": answer.text}


def _relue(ligne: Ligne) -> bytes:
    return base64.b64decode(ligne["octets"]) if "octets" in ligne else str(ligne["reponse"]).encode()


def chemin(url: str) -> str:
    """The path of a request and its parameters, without what is drawn anew each time."""
    parts = urlsplit(url)
    params = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in HASARD]
    return COPIE.sub("-essai", parts.path + (f"?{urlencode(params)}" if params else ""))


def _marque(service: str, methode: str, chemin_: str, corps: str) -> tuple[str, ...]:
    """By what a request is the same as another: the pilot's own are so by their address, their bodies hold what is drawn anew."""
    dit = "" if chemin_.startswith("/pilotage/") else hashlib.sha256(corps.encode()).hexdigest()
    return service, methode, chemin_, dit


class SujetEnregistre:
    """A product, and what it was asked and answered."""

    def __init__(self, sujet: Sujet, trace: Trace):
        self._sujet, self._trace = sujet, trace

    @property
    def nom(self) -> str:
        """That of the product."""
        return self._sujet.nom

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """Ask, and keep; raises SujetEnFaute, NonPrisEnCharge."""
        ligne: Ligne = {"quoi": PRODUIT, "action": action.nom, "bac": bac, "donnees": json.loads(json.dumps(dict(donnees), default=str))}
        try:
            answer = await self._sujet.agir(action, bac, donnees)
        except NonPrisEnCharge as error:
            self._trace.ajouter(ligne | {"non_pris_en_charge": str(error)})
            raise
        except SujetEnFaute as error:
            self._trace.ajouter(ligne | {"domaine": error.domaine.value, "phrase": error.phrase})
            raise
        ligne |= {"statut": answer.statut, "corps": json.loads(json.dumps(dict(answer.corps), default=str))}
        if answer.declaree:
            ligne["declaree"] = True
        self._trace.ajouter(ligne)
        return answer


class SujetRejoue:
    """The product of the evidence: it answers what it answered; `redire` is told what."""

    def __init__(self, nom: str, lignes: Iterable[Ligne], redire: Callable[[Ligne], None] = lambda ligne: None):
        self.nom, self._redire = nom, redire
        self._suites: dict[tuple[str, str], deque[Ligne]] = defaultdict(deque)
        for ligne in lignes:
            if ligne["quoi"] == PRODUIT:
                self._suites[ligne["bac"], ligne["action"]].append(ligne)

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """The next answer to the same action; raises Divergence, and what the product raised."""
        suite = self._suites.get((bac, action.nom))
        if not suite:
            raise Divergence(f"Le produit n'a pas été prié de « {action.nom} » dans le bac {bac}.")
        ligne = suite.popleft()
        if ligne["donnees"] != json.loads(json.dumps(dict(donnees), default=str)):
            raise Divergence(f"« {action.nom} », dans le bac {bac} : ce qui est demandé n'est pas ce qui l'a été.")
        self._redire(ligne)
        if "non_pris_en_charge" in ligne:
            raise NonPrisEnCharge(ligne["non_pris_en_charge"])
        if "domaine" in ligne:
            raise SujetEnFaute(Domaine(ligne["domaine"]), ligne["phrase"])
        return Reponse(ligne["statut"], ligne["corps"], bool(ligne.get("declaree")))
