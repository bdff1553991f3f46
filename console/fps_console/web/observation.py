"""What is seen of the simulator from outside, without any collector: the figures of the services, the last minutes, the spans kept here."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import httpx
from prometheus_client.parser import text_string_to_metric_families

from fps.kit.ground.clock import PARIS, wall_now
from fps.kit.ground.settings import PORTS
from fps.parties import SERVICES, Party

if TYPE_CHECKING:
    from fps.kit.ground.traces import Spans

PAUSE: Final = 10.0  # seconds between two readings
GARDES: Final = 90  # readings kept: a quarter of an hour
MINUTES: Final = 5  # of which the rates are told
LENTES: Final = 10
TRACES: Final = 25
ORDRE: Final = tuple(sorted(SERVICES, key=PORTS.__getitem__))

Serie = tuple[Mapping[str, str], float]


@dataclass(frozen=True)
class Chiffres:
    """The figures of one service at one moment; none when it does not answer."""

    service: Party
    series: Mapping[str, Sequence[Serie]] = field(default_factory=dict)

    @property
    def repond(self) -> bool:
        """Whether it answered."""
        return bool(self.series)

    def somme(self, nom: str, **voulus: str) -> float:
        """The sum of the series of that name that have these labels."""
        return sum(valeur for dits, valeur in self.series.get(nom, ()) if voulus.items() <= dits.items())

    def plus(self, nom: str, **voulus: str) -> float:
        """The greatest of them, 0 without any."""
        return max((valeur for dits, valeur in self.series.get(nom, ()) if voulus.items() <= dits.items()), default=0.0)

    def par_statut(self) -> dict[str, float]:
        """How many requests were answered, by the first digit of their status."""
        found: dict[str, float] = {}
        for dits, valeur in self.series.get("fps_requete_duree_secondes_count", ()):
            found[dits["statut"][:1]] = found.get(dits["statut"][:1], 0.0) + valeur
        return found


async def lire(client: httpx.AsyncClient, addresses: Mapping[Party, str]) -> dict[Party, Chiffres]:
    """The figures of the four services, now."""

    async def un(service: Party) -> Chiffres:
        try:
            answer = await client.get(f"{addresses[service]}/metrics")
        except httpx.HTTPError:
            return Chiffres(service)
        if answer.status_code != 200:
            return Chiffres(service)
        series: dict[str, list[Serie]] = {}
        for famille in text_string_to_metric_families(answer.text):
            for une in famille.samples:
                series.setdefault(une.name, []).append((une.labels, une.value))
        return Chiffres(service, series)

    return dict(zip(ORDRE, await asyncio.gather(*map(un, ORDRE)), strict=True))


class Observateur:
    """Reads the figures again and again while the simulator runs; keeps a quarter of an hour of them, and the spans of the process."""

    def __init__(self, client: httpx.AsyncClient, addresses: Mapping[Party, str], spans: "Spans | None"):
        self.client, self.addresses, self.spans = client, addresses, spans
        self.releves: deque[tuple[float, dict[Party, Chiffres]]] = deque(maxlen=GARDES)
        self._task: asyncio.Task[None] | None = None

    async def relever(self) -> dict[Party, Chiffres]:
        """Read now, and keep it."""
        lus = await lire(self.client, self.addresses)
        self.releves.append((time.monotonic(), lus))
        return lus

    def start(self) -> None:
        """Begin to read."""
        self._task = asyncio.create_task(self._run(), name="observateur")

    async def stop(self) -> None:
        """Read no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await self.relever()
            await asyncio.sleep(PAUSE)

    def avant(self) -> tuple[float, dict[Party, Chiffres]] | None:
        """How many seconds ago, and what was read then: the first reading of the last minutes."""
        now = time.monotonic()
        recents = [(now - quand, lus) for quand, lus in self.releves if now - quand <= 60 * MINUTES]
        return recents[0] if len(recents) > 1 else None


def certificat(un: Chiffres) -> int | None:
    """The days until the first certificate of a service expires."""
    dates = [valeur for _, valeur in un.series.get("fps_certificat_expiration_secondes", ())]
    return int((min(dates) - wall_now().timestamp()) // 86_400) if dates else None


def lignes(lus: Mapping[Party, Chiffres]) -> list[dict[str, Any]]:
    """What stands in each service, as the page tells it."""
    return [
        {
            "service": un.service,
            "repond": un.repond,
            "base": un.somme("fps_base_disponible") > 0,
            "demandes": int(un.somme("fps_demandes_en_attente")),
            "partance": int(un.somme("fps_lettres_en_partance")),
            "attente": duree(un.plus("fps_lettre_attente_secondes")),
            "boites": int(un.somme("fps_lettres_en_boite")),
            "souffrance": int(un.somme("fps_lettres_en_boite", etat="en-souffrance")),
            "mortes": int(un.somme("fps_lettres_mortes") - un.somme("fps_lettres_mortes", sens="echeance")),
            "enterrees": int(un.somme("fps_lettres_mortes", sens="echeance")),
            "retard": int(un.plus("fps_echeances_retard_jours")),
            "certificat": certificat(un),
        }
        for un in lus.values()
    ]


def horloges(lus: Mapping[Party, Chiffres]) -> list[dict[str, Any]]:
    """The clocks of the bacs as each service has them: one instant for all, or what keeps them apart."""
    par_bac: dict[str, dict[Party, float]] = {}
    courent: set[str] = set()
    for un in lus.values():
        for dits, valeur in un.series.get("fps_horloge_instant_secondes", ()):
            par_bac.setdefault(dits["bac"], {})[un.service] = valeur
            if dits["marche"] == "courant":
                courent.add(dits["bac"])
    return [
        {
            "bac": bac,
            "court": bac in courent,
            "instant": datetime.fromtimestamp(max(siens.values()), UTC).astimezone(PARIS),
            "ecart": "" if bac in courent or len({*siens.values()}) == 1 else duree(max(siens.values()) - min(siens.values())),
            "manquent": [party for party in lus if party not in siens and lus[party].repond],
        }
        for bac, siens in sorted(par_bac.items())
    ]


def debits(lus: Mapping[Party, Chiffres], avant: tuple[float, Mapping[Party, Chiffres]] | None) -> list[dict[str, Any]]:
    """How many requests and letters a minute, since the first reading of the last minutes."""
    if avant is None:
        return []
    secondes, alors = avant
    found = []
    for service, un in lus.items():
        before, now, fois = alors[service].par_statut(), un.par_statut(), 60 / max(secondes, 1.0)

        def depuis(*chiffres: str, now: Mapping[str, float] = now, before: Mapping[str, float] = before, fois: float = fois) -> float:
            return max(sum(now.get(c, 0.0) - before.get(c, 0.0) for c in chiffres), 0.0) * fois

        lettres = un.somme("fps_evenements_total", nature="lettre") - alors[service].somme("fps_evenements_total", nature="lettre")
        jours = un.somme("fps_evenements_total", nature="echeance") - alors[service].somme("fps_evenements_total", nature="echeance")
        found.append(
            {
                "service": service,
                "acceptees": depuis("2", "3"),
                "refusees": depuis("4"),
                "fautes": depuis("5"),
                "lettres": max(lettres, 0.0) * fois,
                "echeances": max(jours, 0.0) * fois,
            }
        )
    return found


def duree(secondes: float) -> str:
    """A length of time as one reads it."""
    for taille, mot in ((86_400, "j"), (3_600, "h"), (60, "min")):
        if secondes >= taille:
            return f"{secondes / taille:.0f} {mot}"
    return f"{secondes:.0f} s" if secondes >= 1 or secondes == 0 else f"{secondes * 1_000:.0f} ms"


# ------------------------------------------------------------------------------------------------------------ the spans


def _tous(spans: "Spans") -> list[Any]:
    return list(spans.ended)


def _dit(span: Any) -> Mapping[str, Any]:
    return span.attributes or {}


def _millisecondes(span: Any) -> float:
    return float(span.end_time - span.start_time) / 1e6


def nom_de(trace: int) -> str:
    """A trace as an address names it."""
    return f"{trace:032x}"


def lentes(spans: "Spans") -> list[dict[str, Any]]:
    """The slowest requests that are still kept, those of the pilot left out: an advance is as long as what it lives."""
    requetes = [x for x in _tous(spans) if x.kind.name == "SERVER" and "/pilotage/" not in x.name]
    return [
        {
            "nom": x.name,
            "service": _service(x),
            "ms": _millisecondes(x),
            "statut": _dit(x).get("http.response.status_code"),
            "trace": nom_de(x.context.trace_id),
        }
        for x in sorted(requetes, key=_millisecondes, reverse=True)[:LENTES]
    ]


def _service(span: Any) -> Party:
    return Party(str(span.resource.attributes["service.name"]).removeprefix("fps-"))


def _groupes(spans: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for x in spans:
        found.setdefault(x.context.trace_id, []).append(x)
    return found


def dernieres(spans: "Spans", dossier: str = "") -> list[dict[str, Any]]:
    """The last traces about a dossier, newest first; about that one when it is named."""
    found = []
    for trace, siens in _groupes(_tous(spans)).items():
        dossiers = {str(_dit(x)["fps.dossier"]) for x in siens if "fps.dossier" in _dit(x)}
        if dossiers and (not dossier or dossier in dossiers):
            premier = min(siens, key=lambda x: x.start_time)
            found.append(
                {
                    "trace": nom_de(trace),
                    "nom": premier.name,
                    "service": _service(premier),
                    "bac": _dit(premier).get("fps.bac", ""),
                    "dossiers": sorted(dossiers),
                    "services": [p for p in ORDRE if p in {_service(x) for x in siens}],
                    "etapes": len(siens),
                    "debut": premier.start_time,
                    "le": _instant(premier.start_time),
                }
            )
    return sorted(found, key=lambda f: f["debut"], reverse=True)[:TRACES]


def _instant(nanosecondes: int) -> datetime:
    return datetime.fromtimestamp(nanosecondes / 1e9, UTC).astimezone(PARIS)


def cascade(spans: "Spans", trace: str) -> list[dict[str, Any]]:
    """The spans of a trace in their order, each with its depth and its place in a hundred; empty when none is kept."""
    siens = [x for x in _tous(spans) if nom_de(x.context.trace_id) == trace]
    if not siens:
        return []
    par_id = {x.context.span_id: x for x in siens}
    debut, fin = min(x.start_time for x in siens), max(x.end_time for x in siens)
    large = max(fin - debut, 1)
    sous: dict[int, list[Any]] = {}
    for x in sorted(siens, key=lambda x: x.start_time):
        sous.setdefault(x.parent.span_id if x.parent is not None and x.parent.span_id in par_id else 0, []).append(x)
    found: list[dict[str, Any]] = []

    def voir(parent: int, fond: int) -> None:
        for x in sous.get(parent, ()):
            found.append(
                {
                    "nom": x.name,
                    "service": _service(x),
                    "fond": fond,
                    "apres": (x.start_time - debut) / 1e6,
                    "ms": _millisecondes(x),
                    "place": round(100 * (x.start_time - debut) / large, 2),
                    "part": max(round(100 * (x.end_time - x.start_time) / large, 2), 0.4),
                    "dossier": _dit(x).get("fps.dossier", ""),
                    "bac": _dit(x).get("fps.bac", ""),
                    "instant": str(_dit(x).get("fps.instant", "")),
                    "faute": x.status.status_code.name == "ERROR",
                    "liees": list(dict.fromkeys(t for lien in x.links if (t := nom_de(lien.context.trace_id)) != trace)),
                }
            )
            voir(x.context.span_id, fond + 1)

    voir(0, 0)
    return found


def suites(spans: "Spans", trace: str) -> list[dict[str, Any]]:
    """The traces that a day began and that are linked to this one."""
    liees = {x.context.trace_id for x in _tous(spans) for lien in x.links if nom_de(lien.context.trace_id) == trace}
    return [une for une in dernieres(spans) if int(une["trace"], 16) in liees and une["trace"] != trace]
