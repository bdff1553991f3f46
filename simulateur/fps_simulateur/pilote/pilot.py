"""The pilot: moves the bacs of the four services together, through their public HTTP API only, and tells in order what happened."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from fps.kit.ground.clock import Marche, wall_now
from fps.kit.wire.envelope import trusted
from fps.parties import SERVICES, Party
from fps_simulateur.pilote import calme, pas, produit
from fps_simulateur.pilote.faits import en_ordre
from fps_simulateur.pilote.lectures import LONG, Lecteur, PiloteErreur, _bac, tous
from fps_simulateur.pilote.produit import PATIENCE

__all__ = ["LONG", "MAITRE", "Dire", "Pilot", "PiloteErreur", "_bac"]

MAITRE = Party.ANTAI  # who keeps, for each bac, who is moving it
HEARTBEAT = 3.0  # seconds between two signs of life of an advance
# Told all along a long advance: the instant that is lived, how many deadlines were, how many letters are on their way.
Dire = Callable[[datetime, int, int], None]


def _silence(instant: datetime, vecues: int, en_route: int) -> None:
    """Nobody listens."""


class Pilot(Lecteur):
    """The four services seen as one world. Works the same in one process and over four machines."""

    async def creer(
        self,
        nom: str,
        instant: datetime,
        graine: str = "",
        mode: str = "fige",
        vitesse: int = 1,
        *,
        vierge: bool = False,
        villes: Sequence[Mapping[str, Any]] | None = None,
    ) -> dict[Party, Any]:
        """The same empty world in the four services; a failure in one leaves none.

        `vierge`: nobody is enrolled in it. `villes`: those that it knows, each with its `commune` and perhaps `depuis`; None: the shipped
        ones, or none in a blank bac.
        """
        body: dict[str, Any] = {"nom": nom, "instant": instant.isoformat(), "graine": graine, "mode": mode, "vitesse": vitesse}
        body |= {"vierge": vierge, "villes": villes}
        if mode != Marche.FIGE:  # four clocks that run start from the same instant, whenever each is told
            body["ancre"] = wall_now().isoformat()
        return await self._everywhere(nom, [("POST", "/bacs", {"json": body})] * len(SERVICES))

    async def _everywhere(self, nom: str, calls: Iterable[tuple[str, str, dict[str, Any]]]) -> dict[Party, Any]:
        done: dict[Party, Any] = {}
        try:
            for service, (method, path, options) in zip(SERVICES, calls, strict=True):
                done[service] = (await self._call(service, method, path, **options)).json()
        except PiloteErreur:
            for service in done:
                await self._call(service, "DELETE", _bac(nom), timeout=LONG)
            raise
        return done

    async def lister(self) -> list[str]:
        """The bacs that exist in the four services."""
        found = await self._all("GET", "/bacs")
        return sorted(set.intersection(*(set(names) for names in found.values())))

    async def supprimer(self, nom: str) -> None:
        """Delete a bac everywhere, even where it is only half there."""
        errors = []
        for service in SERVICES:
            try:
                await self._call(service, "DELETE", _bac(nom), timeout=LONG)
            except PiloteErreur as error:
                errors.append(error)
        if len(errors) == len(SERVICES) or any(e.problem.get("code") != "bac-inconnu" for e in errors):
            raise errors[0]

    async def copier(self, source: str, cible: str, *, muette: bool = False) -> None:
        """A second world, its history included; the post of the first must be quiet. `muette`: its products are told nothing."""
        copied = False
        try:
            async with self.immobile(source):
                await self._everywhere(
                    cible,
                    [("POST", f"{_bac(source)}/copie", {"params": {"vers": cible, "muette": muette}, "timeout": LONG})] * len(SERVICES),
                )
                copied = True
        except PiloteErreur:
            if copied:
                await self.supprimer(cible)
            raise

    @asynccontextmanager
    async def immobile(self, nom: str) -> AsyncIterator[None]:
        """No letter of the bac is written nor arrives meanwhile; raises PiloteErreur when one was: what was taken is not one world."""
        before = await self.au_calme(nom)
        yield
        after = await self.etat(nom)
        if (after["comptes"], after["en_attente"]) != (before["comptes"], 0):
            detail = f"« {nom} » : {after['en_attente']} lettres attendent, d'autres ont circulé entre-temps."
            problem = {"code": "bac-en-mouvement", "title": "Le bac a changé pendant qu'on le lisait", "detail": detail, "status": 409}
            raise PiloteErreur(Party.ANTAI, problem | {"que_faire": "Attendez que personne n'y agisse, puis recommencez."})

    async def relever(self, nom: str) -> dict[str, Any]:
        """The statement of a bac in the four services (`fps.releves`), every page of it."""
        await self.au_calme(nom)
        found = await asyncio.gather(*(self._relever(s, _bac(nom)) for s in SERVICES))
        return {"services": {s.value: x for s, x in zip(SERVICES, found, strict=True)}}

    async def _relever(self, service: Party, bac: str) -> dict[str, Any]:
        releve = (await self._call(service, "GET", f"{bac}/releve")).json()
        dossiers = [d async for page in self._suites(service, f"{bac}/releve/dossiers") for d in page["dossiers"]]
        entrees = [x async for page in self._suites(service, f"{bac}/releve/entrees") for x in page["lignes"]]
        return {"releve": releve, "dossiers": dossiers, "entrees": entrees}

    async def tranches(self, nom: str, limite: int) -> AsyncIterator[dict[Party, list[dict[str, Any]]]]:
        """The dossiers of a bac some at a time, in the order of their subjects: those of a slice are whole, in every service that has them.

        Raises PiloteErreur when a database does not order its texts as the others.
        """
        lus: dict[Party, list[dict[str, Any]]] = {s: [] for s in SERVICES}
        suivants: dict[Party, str | None] = dict.fromkeys(SERVICES, "")
        while True:
            vides = [s for s in SERVICES if not lus[s] and suivants[s] is not None]
            calls = (self._call(s, "GET", f"{_bac(nom)}/releve/dossiers", params={"apres": suivants[s], "limite": limite}) for s in vides)
            for service, answer in zip(vides, await asyncio.gather(*calls), strict=True):
                page = trusted(answer.content)
                sujets = [suivants[service], *(d["sujet"] for d in page["dossiers"])]
                if sujets != sorted(sujets):
                    detail = "Sa base range les textes autrement que les autres : donnez-lui la collation « C »."
                    raise PiloteErreur(service, {"code": "ordre-des-sujets", "title": "Les dossiers ne se suivent pas", "detail": detail})
                lus[service], suivants[service] = page["dossiers"], page["suivant"]
            if not any(lus.values()):
                return
            borne = min((lus[s][-1]["sujet"] for s in SERVICES if suivants[s] is not None), default=None)
            tranche = {s: [d for d in found if borne is None or d["sujet"] <= borne] for s, found in lus.items()}
            lus = {s: found[len(tranche[s]) :] for s, found in lus.items()}
            yield tranche

    async def _suites(self, service: Party, path: str) -> AsyncIterator[dict[str, Any]]:
        """The pages of a statement, one after the other."""
        suivant: Any = None
        while True:
            params = None if suivant is None else {"apres": suivant}
            page = trusted((await self._call(service, "GET", path, params=params)).content)
            yield page
            if (suivant := page["suivant"]) is None:
                return

    async def diriger(self, nom: str, siret: str, adresse: str) -> None:
        """Let the letters of a collectivité, from every service that writes to it, be pushed to an address."""
        corps = {"mode": "adresse", "adresse": adresse}
        for service in (Party.ANTAI, Party.DGFIP, Party.CCSP):
            await self._call(service, "PUT", f"{_bac(nom)}/destinations/{quote(siret, safe='')}", json=corps)

    async def etat(self, nom: str) -> dict[str, Any]:
        """Date, next due date, and what each service counts."""
        found = await self._all("GET", _bac(nom))
        return _merged(found)

    async def au_calme(
        self, nom: str, first: dict[Party, Any] | None = None, dire: Dire = _silence, vecues: int = 0, *, apres: Party | None = None
    ) -> dict[str, Any]:
        """Wait until every letter written has been received, refused, buried or put in its editor's box; gives the state.

        `first`: the states that an act of the pilot has just answered, which count as the first look. `apres`: the service at which
        something was just done, looked at once its letters have left, before those that they reach. Raises PiloteErreur when
        letters wait and nothing has moved for long.
        """

        async def regarder(services: Iterable[Party]) -> dict[Party, Any]:
            asked = tuple(services)
            answers = await asyncio.gather(*(self._call(s, "GET", f"{_bac(nom)}?attente={calme.ATTENTE}") for s in asked))
            return {s: a.json() for s, a in zip(asked, answers, strict=True)}

        def attendre(found: dict[Party, Any]) -> None:
            merged = _merged(found)
            dire(datetime.fromisoformat(merged["instant"]), vecues, merged["en_attente"])

        if first is None and apres is not None:
            found = await regarder([apres])
            found |= await regarder(s for s in SERVICES if s is not apres)
            first = {s: found[s] for s in SERVICES}
        return _merged(await calme.attendu(first or await self._all("GET", _bac(nom)), regarder, attendre))

    async def avancer(self, nom: str, jusqua: datetime, patience: float = PATIENCE) -> list[dict[str, Any]]:
        """The same as `conduire`; gives what happened, in order, all at once: for a bac of a few dossiers."""
        marks, state = await self._conduire(nom, jusqua, _silence, patience)
        return [line async for line in self.faits(nom, marks, _positions(state["services"]))]

    async def conduire(self, nom: str, jusqua: datetime, dire: Dire = _silence, patience: float = PATIENCE) -> dict[Party, int]:
        """Live every due date up to an instant, in order, everywhere; gives where the journals stood before (`faits` tells what followed).

        Two phases at each due date: every clock is set, then the day is lived. What an advance that was cut left behind is finished first.
        A product that asked for it has its turn when all is quiet: it has `patience` real seconds to acknowledge its letter of time.
        """
        return (await self._conduire(nom, jusqua, dire, patience))[0]

    async def mener(self, nom: str, jusqua: datetime, connu: dict[str, Any] | None = None) -> dict[str, Any]:
        """The same as `conduire`, by who alone acts in a bac and knows how it was left (`connu`, a quiet state); gives the last state."""
        first = None if connu is None else {Party(service): state for service, state in connu["services"].items()}
        return (await self._conduire(nom, jusqua, _silence, PATIENCE, first))[1]

    async def _conduire(
        self, nom: str, jusqua: datetime, dire: Dire, patience: float, first: dict[Party, Any] | None = None
    ) -> tuple[dict[Party, int], dict[str, Any]]:
        """What `conduire` says, and the quiet state at the end."""
        # From here on: the letters that were still waiting are told too.
        first = first or await self._all("GET", _bac(nom))
        marks = _positions(first)
        state = await self.au_calme(nom, first)
        if state["mode"] != "fige":
            detail = f"« {nom} » suit le temps réel : figez-le d'abord (fps bac figer {nom})."
            raise PiloteErreur(Party.ANTAI, {"code": "bac-courant", "title": "Ce bac avance tout seul", "detail": detail})
        async with self._seul(nom, jusqua):
            return marks, await self._avancer(nom, jusqua, state, _Vecues(dire, patience))

    async def marques(self, nom: str) -> dict[Party, int]:
        """Where the journal of each service stands now."""
        return _positions(await self._all("GET", _bac(nom)))

    def faits(
        self, nom: str, marques: Mapping[Party, int], jusqu_a: Mapping[Party, int] | None = None
    ) -> AsyncGenerator[dict[str, Any], None]:
        """What happened in a bac after these places of its journals, in order, line after line; `jusqu_a`: up to those places."""

        async def lues() -> AsyncIterator[dict[str, Any]]:
            for service in SERVICES:
                if jusqu_a is not None and jusqu_a[service] <= marques[service]:
                    continue
                async for line in self._lignes(service, nom, marques[service]):
                    if jusqu_a is not None and line["position"] > jusqu_a[service]:
                        break
                    yield line

        return en_ordre(lues())

    @asynccontextmanager
    async def _seul(self, nom: str, jusqua: datetime) -> AsyncIterator[None]:
        """Nobody else moves this bac meanwhile: ANTAI keeps who does, and is told all along that it still does. Raises PiloteErreur."""
        jeton = secrets.token_urlsafe(16)
        body = {"jeton": jeton, "qui": f"{self.qui}, processus {os.getpid()}", "cible": jusqua.isoformat()}

        async def tell() -> None:
            while True:
                await asyncio.sleep(HEARTBEAT)
                await self._call(MAITRE, "PUT", f"{_bac(nom)}/avance", json=body)

        await self._call(MAITRE, "PUT", f"{_bac(nom)}/avance", json=body)
        telling = asyncio.create_task(tell(), name=f"avance-{nom}")
        try:
            yield
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            with contextlib.suppress(PiloteErreur):  # ANTAI went away: what is not said again is forgotten in a moment
                await self._call(MAITRE, "DELETE", f"{_bac(nom)}/avance?jeton={jeton}")

    async def _avancer(self, nom: str, jusqua: datetime, state: dict[str, Any], lived: "_Vecues") -> dict[str, Any]:
        state = await self._tour(nom, await self._accorder(nom, state), lived, encore=True)
        now = datetime.fromisoformat(state["instant"])
        target = jusqua.astimezone(now.tzinfo)
        usagers = pas.Usagers(self, nom)
        geste = await usagers.prochain(state, now)
        while (step := pas.premier(state, now, geste)) is not None and step <= target:
            now = step
            state = await usagers.agir(await self._vivre(nom, now, lived), geste)
            geste = await usagers.prochain(state, now)
        if now != target:  # going back is refused by the services
            state = await self._vivre(nom, target, lived)
        apart = {s: x["instant"] for s, x in state["services"].items() if datetime.fromisoformat(x["instant"]) != target}
        if apart:
            detail = f"Instant demandé : {target.isoformat()} ; " + ", ".join(f"{s} : {x}" for s, x in apart.items())
            raise PiloteErreur(Party.ANTAI, {"code": "horloges-desaccordees", "title": "Un service n'est pas à la date", "detail": detail})
        return state

    async def _vivre(self, nom: str, instant: datetime, lived: "_Vecues") -> dict[str, Any]:
        """Set every clock to an instant, then live what is due there; gives the quiet state."""
        set_ = await self._all("POST", f"{_bac(nom)}/horloge", json={"instant": instant.isoformat()})
        due = [s for s, x in set_.items() if x["prochaine_echeance"] and date.fromisoformat(x["prochaine_echeance"]) <= instant.date()]
        days = await tous(self._jour(s, nom, lived) for s in due)
        state = await self.au_calme(nom, set_ | dict(zip(due, days, strict=True)), lived.dire, lived.nombre)
        return await self._tour(nom, state, lived)

    async def _tour(self, nom: str, state: dict[str, Any], lived: "_Vecues", *, encore: bool = False) -> dict[str, Any]:
        """The turn of the products, once everything has arrived: see `produit`. `encore`: only what was told and never answered."""
        now = datetime.fromisoformat(state["instant"])
        prevus = [Party(s) for s, x in state["services"].items() if (x["muets"] if encore else produit.attend(x, now))]
        if not prevus:
            return state
        await produit.tour(self, nom, prevus, lived.patience)
        return await self.au_calme(nom, None, lived.dire, lived.nombre)

    async def _jour(self, service: Party, nom: str, lived: "_Vecues") -> dict[str, Any]:
        """Live the day of a bac in a service, slice after slice: none takes longer than a call may; gives its last state."""
        while True:
            state: dict[str, Any] = (await self._call(service, "POST", f"{_bac(nom)}/jour")).json()
            lived.noter(state)
            if not state["reste"]:
                return state

    async def _accorder(self, nom: str, state: dict[str, Any]) -> dict[str, Any]:
        """Bring every service to the instant of the one that is ahead, through what is due: what a cut advance left."""
        while True:
            clocks = {Party(s): datetime.fromisoformat(x["instant"]) for s, x in state["services"].items()}
            ahead = max(clocks.values())
            if all(clock == ahead for clock in clocks.values()):
                return state
            late = {s: pas.step(state["services"][s]["prochaine_echeance"], clock) or ahead for s, clock in clocks.items() if clock < ahead}
            step = min(ahead, *late.values())
            moved = [s for s in late if clocks[s] <= step]
            body = {"json": {"instant": step.isoformat()}}
            await tous(self._call(s, "POST", f"{_bac(nom)}/horloge", **body) for s in moved)
            await tous(self._jour(s, nom, _Vecues(_silence)) for s in moved)
            state = await self.au_calme(nom)

    async def regler(self, nom: str, mode: str, vitesse: int = 1) -> dict[str, Any]:
        """Freeze a bac at its present instant, or let it run with real time from there.

        A running clock has moved on since it was read: the instant asked is a little ahead, and further when that was not enough.
        """
        for ahead in (0.0, 0.05, 0.2, 1.0, 5.0):
            state = await self.etat(nom)
            runs = any(one["mode"] != "fige" for one in state["services"].values())  # the last try may have frozen some of them only
            margin = ahead * state["vitesse"] if runs else 0.0
            instant = (datetime.fromisoformat(state["instant"]) + timedelta(seconds=margin)).isoformat()
            body = {"instant": instant, "mode": mode, "vitesse": vitesse}
            try:
                found = await self._all("POST", f"{_bac(nom)}/instant", json={**body, "ancre": wall_now().isoformat()})
                await tous(self._jour(s, nom, _Vecues(_silence)) for s, x in found.items() if x["reste"])
                break
            except PiloteErreur as error:
                if error.problem.get("code") != "retour-en-arriere" or ahead == 5.0:
                    raise
        return await self.au_calme(nom)


class _Vecues:
    """How many deadlines an advance has lived, told as it goes."""

    def __init__(self, dire: Dire, patience: float = PATIENCE):
        self.dire, self.nombre, self.patience = dire, 0, patience

    def noter(self, state: Mapping[str, Any]) -> None:
        """A slice was lived, which gave this state."""
        self.nombre += state["echeances_vecues"]
        self.dire(datetime.fromisoformat(state["instant"]), self.nombre, state["en_attente"])


def _positions(found: Mapping[Any, Any]) -> dict[Party, int]:
    return {Party(service): state["position"] for service, state in found.items()}


def _merged(found: Mapping[Party, Any]) -> dict[str, Any]:
    first = next(iter(found.values()))
    due = [x["prochaine_echeance"] for x in found.values() if x["prochaine_echeance"]]
    counts: dict[str, int] = {}
    for state in found.values():
        for name, value in state["comptes"].items():
            counts[name] = counts.get(name, 0) + value
    return {
        **{k: first[k] for k in ("bac", "graine", "mode", "vitesse")},
        "instant": max((x["instant"] for x in found.values()), key=datetime.fromisoformat),
        "prochaine_echeance": min(due, default=None),
        "prochain_reveil": min(
            (x["prochain_reveil"] for x in found.values() if x["prochain_reveil"]), key=datetime.fromisoformat, default=None
        ),
        "muets": sum(x["muets"] for x in found.values()),
        "usagers": sum(x["usagers"] for x in found.values()),
        "a_prevenir": sum(x["a_prevenir"] for x in found.values()),
        "en_attente": sum(x["en_attente"] for x in found.values()),
        "retenues": sum(x["retenues"] for x in found.values()),
        "comptes": dict(sorted(counts.items())),
        "echeances_enterrees": {
            "nombre": sum(x["echeances_enterrees"]["nombre"] for x in found.values()),
            "premieres": [{"service": s.value, **one} for s, x in found.items() for one in x["echeances_enterrees"]["premieres"]],
        },
        "services": {s.value: x for s, x in found.items()},
    }
