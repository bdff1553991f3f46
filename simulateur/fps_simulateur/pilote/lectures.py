"""How the four services are called together, and what one reads of a bac: journals, audit, letters, books."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from fps.kit.wire.envelope import trusted
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.faits import order

T = TypeVar("T")

PAGE = 10_000  # lines of a journal read at once
ECHANGES = 1_000  # exchanges read at once
LONG = httpx.Timeout(30.0, read=None)  # what a service does to a whole bac takes the time that it takes


class PiloteErreur(Exception):
    """A service refused, or did not answer: `problem` is its problem+json, in French."""

    def __init__(self, service: Party, problem: Mapping[str, Any]):
        super().__init__(f"{service} : {problem.get('title', '')} — {problem.get('detail', '')}")
        self.service, self.problem = service, dict(problem)


async def tous(demandes: Iterable[Awaitable[T]]) -> list[T]:
    """What each gives, once all have ended; raises the first error then: what one refuses, another may be doing."""
    ended = await asyncio.gather(*demandes, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    return [one for one in ended if not isinstance(one, BaseException)]


class Lecteur:
    """Calls the four services by their public HTTP API, and reads what they hold."""

    def __init__(self, client: httpx.AsyncClient, addresses: Mapping[Party, str], token: str, qui: str = "fps"):
        self.client, self.addresses, self.token, self.qui = client, addresses, token, qui
        self._headers = {"Authorization": f"Bearer {token}"}

    async def _call(self, service: Party, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            headers = self._headers | options.pop("headers", {})
            response = await self.client.request(method, f"{self.addresses[service]}/pilotage{path}", headers=headers, **options)
        except httpx.HTTPError as error:
            raise self._injoignable(service, error) from error
        if response.status_code >= 400:
            raise _refus(service, response)
        return response

    async def _octets(self, service: Party, path: str) -> AsyncIterator[bytes]:
        """What a service answers, as it comes: it is never held whole."""
        url = f"{self.addresses[service]}/pilotage{path}"
        try:
            async with self.client.stream("GET", url, headers=self._headers, timeout=LONG) as response:
                if response.status_code >= 400:
                    await response.aread()
                    raise _refus(service, response)
                async for some in response.aiter_bytes():
                    yield some
        except httpx.HTTPError as error:
            raise self._injoignable(service, error) from error

    async def demander(self, service: Party, method: str, path: str, body: Any = None) -> httpx.Response:
        """Ask at a door of the pilot (`/pilotage/…`), and give whatever is answered; raises PiloteErreur when nobody answers."""
        options = {} if body is None else {"json": body}
        try:
            return await self.client.request(method, f"{self.addresses[service]}{path}", headers=self._headers, **options)
        except httpx.HTTPError as error:
            raise self._injoignable(service, error) from error

    def _injoignable(self, service: Party, error: httpx.HTTPError) -> PiloteErreur:
        detail = f"{self.addresses[service]} ({error!r})"
        return PiloteErreur(service, {"code": "service-injoignable", "title": "Le service ne répond pas", "detail": detail})

    async def _all(self, method: str, path: str, **options: Any) -> dict[Party, Any]:
        answers = await tous(self._call(s, method, path, **options) for s in SERVICES)
        return {s: (a.json() if a.content else None) for s, a in zip(SERVICES, answers, strict=True)}

    async def _last(self, service: Party, nom: str) -> int:
        lines = (await self._call(service, "GET", f"{_bac(nom)}/journal/fin")).json()
        return int(lines["position"])

    async def _lignes(self, service: Party, nom: str, after: int = 0, sujet: str | None = None) -> AsyncIterator[dict[str, Any]]:
        """The lines of a journal after a place, page after page."""
        more = True
        while more:
            params: dict[str, Any] = {"apres": after, "limite": PAGE}
            if sujet is not None:
                params["sujet"] = sujet
            page = trusted((await self._call(service, "GET", f"{_bac(nom)}/journal", params=params)).content)
            for line in page["lignes"]:
                yield line
            more = page["suite"]
            after = page["lignes"][-1]["position"] if page["lignes"] else after

    async def _journal(self, service: Party, nom: str, sujet: str | None) -> list[dict[str, Any]]:
        return [line async for line in self._lignes(service, nom, 0, sujet)]

    async def journal(self, nom: str, sujet: str | None = None) -> list[dict[str, Any]]:
        """Everything that happened in a bac, or to one dossier, in order."""
        found = await asyncio.gather(*(self._journal(s, nom, sujet) for s in SERVICES))
        return sorted((line for lines in found for line in lines), key=order)

    async def sujets(self, nom: str, numero: str) -> list[str]:
        """Under which numbers a dossier has letters and days: its own, then those of its petitions, which its journal names."""
        return sujets_de(await self.journal(nom, numero)) or [numero]

    async def a_venir(self, nom: str, sujets: Iterable[str]) -> list[dict[str, Any]]:
        """What is due under these numbers, in the order of the days: `le`, `service`, `nature`, `libelle`, `article`."""
        found = [
            {"service": service.value, **one}
            for sujet in sujets
            for service, days in (await self._all("GET", f"{_bac(nom)}/echeances", params={"sujet": sujet})).items()
            for one in days
        ]
        return sorted(found, key=lambda one: (one["le"], one["service"], one["nature"]))

    async def prochaines(self, nom: str, limite: int) -> list[dict[str, Any]]:
        """What is due first in a bac, whatever the dossier: `le`, `service`, `sujet`, `nature`, `libelle`, `article`."""
        days = await self._all("GET", f"{_bac(nom)}/echeances", params={"limite": limite})
        found = [{"service": service.value, **one} for service, some in days.items() for one in some]
        return sorted(found, key=lambda one: (one["le"], one["service"], one["nature"], one["sujet"]))[:limite]

    async def verifier(self, nom: str, sujet: str) -> dict[Party, Any]:
        """Whether the journal of a dossier is whole in each service that has it; raises PiloteErreur when none has."""
        found: dict[Party, Any] = {}
        unknown: list[PiloteErreur] = []
        for service in SERVICES:
            try:
                found[service] = (await self._call(service, "GET", f"{_bac(nom)}/journal/{quote(sujet, safe='')}/verification")).json()
            except PiloteErreur as error:
                if error.problem.get("code") != "journal-inconnu":
                    raise
                unknown.append(error)
        if not found:
            raise unknown[0]
        return found

    async def verifier_audit(self, nom: str) -> dict[Party, Any]:
        """Whether the audit chain of a bac is whole, service by service."""
        return await self._all("GET", f"{_bac(nom)}/audit/verification")

    async def audit(self, nom: str) -> list[dict[str, Any]]:
        """The audit lines of a bac in the four services, in the order of the machine's time."""
        found = await asyncio.gather(*(self._pages(s, f"{_bac(nom)}/audit") for s in SERVICES))
        return sorted((line for lines in found for line in lines), key=lambda x: (x["wall_time"], x["service"], x["rang"]))

    async def chercher_audit(self, service: Party, nom: str, **demande: Any) -> dict[str, Any]:
        """Lines of the audit journal of a service. `demande`: as the route says."""
        params = {k: v for k, v in demande.items() if v not in (None, "")}
        found: dict[str, Any] = (await self._call(service, "GET", f"{_bac(nom)}/audit/recherche", params=params)).json()
        return found

    async def _pages(self, service: Party, path: str) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = []
        while True:
            after = lines[-1]["rang"] if lines else 0
            page = (await self._call(service, "GET", path, params={"apres": after, "limite": 10_000})).json()
            lines += page["lignes"]
            if not page["suite"]:
                return lines

    async def courriers(self, nom: str, sujet: str) -> list[dict[str, Any]]:
        """The letters that people received about a dossier."""
        found = await self._all("GET", f"{_bac(nom)}/courriers", params={"sujet": sujet})
        return sorted((c for letters in found.values() for c in letters), key=lambda c: (c["date"], c["flux"], c["id"]))

    async def boite_aux_lettres(self, nom: str, **demande: Any) -> dict[Party, Any]:
        """A page of the letters of a whole bac, in each service: `demande` has the fields of its route."""
        return await self._all(
            "GET", f"{_bac(nom)}/boite-aux-lettres", params={k: v for k, v in demande.items() if v not in (None, "", ())}
        )

    async def courrier(self, nom: str, service: Party, identifiant: str) -> dict[str, Any]:
        """The structured content of a letter."""
        content: dict[str, Any] = (await self._call(service, "GET", f"{_bac(nom)}/courriers/{quote(identifiant, safe='')}")).json()
        return content

    async def mentions(self, nom: str, service: Party, identifiant: str) -> list[dict[str, Any]]:
        """What was found of the mentions of the letter of a product: `mention`, `article`, `presente`, `manque`."""
        path = f"{_bac(nom)}/courriers/{quote(identifiant, safe='')}/mentions"
        found: list[dict[str, Any]] = (await self._call(service, "GET", path)).json()["mentions"]
        return found

    async def pdf(self, nom: str, service: Party, identifiant: str) -> bytes:
        """The PDF of a letter."""
        return (await self._call(service, "GET", f"{_bac(nom)}/courriers/{quote(identifiant, safe='')}", params={"format": "pdf"})).content

    async def lettre_recue(self, nom: str, service: Party, identifiant: str) -> dict[str, Any] | None:
        """A letter as a service received it, with the answer that it gave; None when it received none of that number."""
        try:
            found: dict[str, Any] = (await self._call(service, "GET", f"{_bac(nom)}/lettres/{quote(identifiant, safe='')}")).json()
        except PiloteErreur as error:
            if error.problem.get("code") != "lettre-jamais-recue":
                raise
            return None
        return found

    async def lettres_mortes(self, nom: str, service: Party | None = None, **demande: Any) -> list[dict[str, Any]]:
        """The dead letters and the buried deadlines of the four services or of one, each with its cause. `demande`: as their route says."""
        params = {k: v for k, v in demande.items() if v not in (None, "")}
        voulus = SERVICES if service is None else (service,)
        answers = await asyncio.gather(*(self._call(s, "GET", f"{_bac(nom)}/lettres-mortes", params=params) for s in voulus))
        return [{"service": s.value, **letter} for s, answer in zip(voulus, answers, strict=True) for letter in answer.json()]

    async def rejouer(self, nom: str, identifiant: str | None = None, service: Party | None = None) -> int:
        """Try dead letters again, in the four services or in one; gives how many are no longer dead."""
        params = {} if identifiant is None else {"id": identifiant}
        voulus = SERVICES if service is None else (service,)
        answers = await tous(self._call(s, "POST", f"{_bac(nom)}/lettres-mortes/rejouer", params=params) for s in voulus)
        return sum(answer.json()["rejouees"] for answer in answers)

    async def soldes(self, nom: str, sujet: str | None = None) -> dict[Party, dict[str, int]]:
        """The balances of the books, service by service, in centimes."""
        return await self._all("GET", f"{_bac(nom)}/soldes", params={} if sujet is None else {"sujet": sujet})

    async def observer(self, nom: str) -> None:
        """Let the four services keep the exchanges of a bac from now on."""
        await self._all("PUT", f"{_bac(nom)}/observation")

    async def echanges(self, service: Party, nom: str, apres: int = 0) -> list[dict[str, Any]]:
        """The exchanges that a service kept of a bac after a rank, in order."""
        found: list[dict[str, Any]] = []
        more = True
        while more:
            params = {"apres": apres, "limite": ECHANGES}
            page = (await self._call(service, "GET", f"{_bac(nom)}/echanges", params=params)).json()
            found, more = found + page["lignes"], page["suite"]
            apres = found[-1]["rang"] if found else apres
        return found

    async def echanges_entre(self, service: Party, nom: str, du: datetime, au: datetime | None) -> list[dict[str, Any]]:
        """Those that it kept between two instants of the machine, the second perhaps unknown: a large bac is not read from its beginning.

        They are kept in the order in which they ended, their ranks without a gap: the first one is searched by halves.
        """

        async def page(apres: int, limite: int) -> list[dict[str, Any]]:
            params = {"apres": apres, "limite": limite}
            found: list[dict[str, Any]] = (await self._call(service, "GET", f"{_bac(nom)}/echanges", params=params)).json()["lignes"]
            return found

        async def avant(rang: int) -> bool:
            """Whether what follows a rank is still before."""
            suivants = await page(rang, 1)
            return bool(suivants) and datetime.fromisoformat(suivants[0]["wall_time"]) < du

        bas, haut = 0, ECHANGES
        while await avant(haut):
            bas, haut = haut, haut * 2
        while haut - bas > ECHANGES:
            milieu = (bas + haut) // 2
            bas, haut = (milieu, haut) if await avant(milieu) else (bas, milieu)
        found: list[dict[str, Any]] = []
        while lus := await page(bas, ECHANGES):
            found += [vu for vu in lus if datetime.fromisoformat(vu["wall_time"]) >= du]
            bas = lus[-1]["rang"]
            if len(lus) < ECHANGES or (au is not None and datetime.fromisoformat(lus[-1]["wall_time"]) > au):
                break
        return found if au is None else [vu for vu in found if datetime.fromisoformat(vu["wall_time"]) <= au]

    async def boite(self, service: Party, nom: str, siret: str) -> list[dict[str, Any]]:
        """The letters of a box of a service, and each try to bring them, in order."""
        found: list[dict[str, Any]] = []
        apres: int | None = 0
        while apres is not None:
            params = {"apres": apres}
            page = (await self._call(service, "GET", f"{_bac(nom)}/boites/{quote(siret, safe='')}", params=params)).json()
            found, apres = found + page["lettres"], page["suite"]
        return found

    async def boites(self, service: Party, nom: str, **demande: Any) -> dict[str, Any]:
        """A page of the boxes of a service, with their letters by state. `demande`: as the route says."""
        found: dict[str, Any] = (await self._call(service, "GET", f"{_bac(nom)}/boites", params=demande)).json()
        return found

    async def lettres_de_boite(self, service: Party, nom: str, siret: str, **demande: Any) -> dict[str, Any]:
        """A page of the letters of a box. `demande`: as the route says."""
        params = {k: v for k, v in demande.items() if v not in (None, "")}
        found: dict[str, Any] = (await self._call(service, "GET", f"{_bac(nom)}/boites/{siret}/lettres", params=params)).json()
        return found

    async def lettre_de_boite(self, service: Party, nom: str, siret: str, position: int) -> dict[str, Any]:
        """A letter of a box, its exact body, and the exchange of each try."""
        found: dict[str, Any] = (await self._call(service, "GET", f"{_bac(nom)}/boites/{siret}/lettres/{position}")).json()
        return found

    async def renvoyer(self, service: Party, nom: str, siret: str, identifiant: str | None = None) -> int:
        """Push now the letters of a box that are not done with, or one of them; gives how many."""
        params = {} if identifiant is None else {"id": identifiant}
        return int((await self._call(service, "POST", f"{_bac(nom)}/boites/{siret}/rejouer", params=params)).json()["rejouees"])

    async def destination(self, service: Party, nom: str, siret: str) -> dict[str, Any]:
        """Where a service sends the letters of a collectivité: `mode`, `adresse`."""
        found: dict[str, Any] = (await self._call(service, "GET", f"{_bac(nom)}/destinations/{quote(siret, safe='')}")).json()
        return found


def sujets_de(lines: Iterable[Mapping[str, Any]]) -> list[str]:
    """The numbers that lines of a journal are about: their dossiers, and the petitions that they name."""
    return list(dict.fromkeys(str(s) for line in lines for s in (line["sujet"], line["donnees"].get("numero_requete")) if s))


def _refus(service: Party, response: httpx.Response) -> PiloteErreur:
    try:
        return PiloteErreur(service, response.json())
    except ValueError:
        return PiloteErreur(service, {"title": "Réponse inattendue", "detail": f"HTTP {response.status_code}"})


def _bac(nom: str) -> str:
    """The path of a bac, whatever a person typed as its name."""
    return f"/bacs/{quote(nom, safe='')}"
