"""A run that was killed goes on: what each check that had ended asked and was answered is kept, and judged again by the same code."""

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import httpx

from fps.droit import parametres
from fps.kit.ground.locks import take
from fps.parties import Party
from fps_certification.epreuves.lecture import epreuves
from fps_certification.plans.plan import Plan
from fps_certification.preuves.reprise import PassageAutre
from fps_certification.preuves.trace import RANG, Enregistreur, Ligne, Rejeu, SujetEnregistre, SujetRejoue, Trace, ligne_lue
from fps_certification.rapports.rapport import empreinte_des_exigences
from fps_certification.sujets.contrat import Action
from fps_certification.sujets.sujet import Reponse, Sujet
from fps_simulateur.langue.modele import Vie

FORMAT: Final = "fps-execution"
DITS: Final = {  # what a run must have kept to go on → how a person calls it
    "fps": "la version du simulateur",
    "droit": "le droit installé",
    "exigences": "les exigences",
    "epreuves": "les épreuves",
    "vies": "les vies",
    "mode": "la façon de conduire le produit",
    "prealable": "le contrôle préalable",
}
DU_PLAN: Final = {"produit": "l'adresse du produit", "produits": "l'adresse des produits", "bac": "le bac", "ville": "la collectivité"}


class EnCours(PassageAutre):
    """Somebody plays this run now."""


def empreinte(valeurs: Iterable[Any]) -> str:
    """Twelve hexadecimal digits of what is written of these."""
    return hashlib.sha256("\n".join(map(repr, valeurs)).encode()).hexdigest()[:12]


def entete(plan: Plan, vies: tuple[Vie, ...], mode: str, prealable: bool) -> dict[str, Any]:
    """What a run rests on: with anything else, what was judged would be judged otherwise."""
    jouees = [*(epreuves()[nom] for nom in plan.epreuves), *vies]
    return {
        "format": FORMAT,
        "fps": version("fps-certification"),
        "droit": empreinte(parametres().values()),
        "exigences": empreinte_des_exigences(),
        "epreuves": empreinte(vie.model_dump_json() for vie in jouees),
        "plan": plan.model_dump(mode="json"),
        "vies": [vie.vie for vie in vies],
        "mode": mode,
        "prealable": prealable,
    }


def ecarts(garde: Mapping[str, Any], voulu: Mapping[str, Any]) -> list[str]:
    """What differs of two headings, in French."""
    found = [dit for nom, dit in DITS.items() if garde.get(nom) != voulu.get(nom)]
    un, autre = garde["plan"], voulu["plan"]
    return found + list(dict.fromkeys(DU_PLAN.get(nom, "le plan") for nom in autre if un.get(nom) != autre[nom]))


class Cours:
    """The journal of a run that is played: its heading, each check that begins, each that ended with all that it recorded, in one line.

    As a context, it holds the file, and `finir` removes it. `faites`: what the checks that had ended recorded; `passages`: how many
    times each of the others had begun.
    """

    def __init__(self, place: Path, dit: Mapping[str, Any], execution: str = ""):
        """A run that starts, or, with no name, the one that a file keeps. Raises PassageAutre, OSError."""
        self.place, self.faites, self.secondes = place, dict[int, list[Ligne]](), 0.0
        self._durees, self._commencees = dict[int, float](), Counter[int]()
        self._vivantes: dict[int, list[Ligne]] = defaultdict(list)
        self._file: IO[bytes] | None = None
        self._lus = 0  # bytes
        if execution:
            self.execution = execution
            self._debut: Mapping[str, Any] | None = {**dit, "execution": execution}
            return
        self._debut = None
        garde = _entete(place)
        if garde is None:
            raise PassageAutre("il ne se lit pas")
        if differents := ecarts(garde, dit):
            raise PassageAutre(f"{', '.join(differents)} : ce n'est plus ce qui avait été éprouvé")
        self.execution = str(garde["execution"])
        self._relire()

    def _relire(self) -> None:
        octets = self.place.read_bytes()
        self._lus = octets.rfind(b"\n") + 1  # what follows was cut while it was written
        for rang, texte in enumerate(octets[: self._lus].splitlines()[1:], 2):
            ligne = ligne_lue(texte)
            if ligne is None or not isinstance(un := ligne.get("rang"), int):
                raise PassageAutre(f"sa ligne {rang} ne se lit pas")
            if "lignes" not in ligne:
                self._commencees[un] += 1
                continue
            self.faites[un] = ligne["lignes"]
            self._durees[un] = float(ligne["secondes"])
            self.secondes = max(self.secondes, float(ligne["depuis"]))

    @property
    def reprise(self) -> bool:
        """Whether it was stopped before."""
        return self._debut is None

    @property
    def passages(self) -> dict[int, int]:
        """How many times a check had begun before the time that counts, when it had."""
        return {rang: fois for rang, n in self._commencees.items() if (fois := n - (rang in self.faites)) > 0}

    def duree(self, rang: int) -> float | None:
        """Seconds that a check took, when it had ended."""
        return self._durees.get(rang)

    def restes(self) -> Iterator[str]:
        """The bacs that who was killed may have left."""
        yield f"{self.execution}-0"
        for rang, combien in self._commencees.items():
            yield from (bac_de(self.execution, rang, fois) for fois in range(combien))

    def __enter__(self) -> Self:
        """Hold the file. Raises EnCours, OSError."""
        self.place.parent.mkdir(parents=True, exist_ok=True)
        neuf = self._debut is not None
        self._file = os.fdopen(os.open(self.place, os.O_RDWR | (os.O_CREAT | os.O_EXCL if neuf else 0), 0o600), "r+b")
        try:
            take(self._file)
            if self._debut is None and _taille(self._file) != self.place.stat().st_size:
                raise OSError
        except OSError:
            self._file.close()
            raise EnCours("quelqu'un la joue en ce moment") from None
        self._file.truncate(self._lus)
        self._file.seek(self._lus)
        if self._debut is not None:
            self._ecrire(self._debut)
        return self

    def __exit__(self, genre: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave it, to be taken up again."""
        if self._file is not None:
            self._file.close()

    def finir(self) -> None:
        """The run has its verdict: nothing is to be taken up again."""
        if self._file is not None:
            self._file.close()
        self.place.unlink(missing_ok=True)

    def tracer(self) -> Trace:
        """A trace of which each line is also kept with its check."""
        return Trace(garder=lambda ligne: self._vivantes[RANG.get()].append(ligne))

    def commencer(self, rang: int) -> None:
        """A check begins, unless it had ended."""
        if rang not in self.faites:
            self._ecrire({"rang": rang})

    def ajouter(self, rang: int, secondes: float, depuis: float) -> None:
        """A check has ended: `depuis`, in seconds, the run began."""
        lignes = self._vivantes.pop(rang, [])
        if rang not in self.faites:
            self._ecrire({"rang": rang, "secondes": secondes, "depuis": depuis, "lignes": lignes})

    def _ecrire(self, ligne: Mapping[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(ligne, ensure_ascii=False).encode() + b"\n")
            self._file.flush()


def bac_de(execution: str, rang: int, fois: int) -> str:
    """The bac of a check; one that had begun has another each time, of which a product has nothing in memory."""
    return f"{execution}-{rang}" + (f"-r{fois}" if fois else "")


def interrompues(dossier: Path) -> list[tuple[Path, Mapping[str, Any]]]:
    """The runs that were killed and that nobody plays, with their headings, the last one first."""
    found: list[tuple[Path, Mapping[str, Any]]] = []
    for place in sorted(dossier.glob("*.jsonl"), key=lambda f: (f.stat().st_mtime_ns, f.name), reverse=True):
        with suppress(OSError), place.open("rb") as file:
            take(file, shared=True)
            if (dit := _entete(place)) is not None:
                found.append((place, dit))
    return found


def _taille(file: IO[bytes]) -> int:
    return file.seek(0, 2)


def _entete(place: Path) -> dict[str, Any] | None:
    with place.open("rb") as file:
        found = ligne_lue(file.readline())
    bon = found is not None and found.get("format") == FORMAT and isinstance(found.get("plan"), dict)
    return found if bon else None


class DejaRepondu(httpx.AsyncBaseTransport):
    """A check that had ended gets the answers that it got, and records them again; any other asks the services."""

    def __init__(self, adresses: Mapping[Party, str], faites: Mapping[int, list[Ligne]], trace: Trace, suite: Enregistreur):
        self._rejeux = {rang: Rejeu(adresses, lignes, trace.ajouter) for rang, lignes in faites.items()}
        self._suite = suite

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """What was answered, or ask; raises Divergence."""
        deja = self._rejeux.get(RANG.get())
        return await (self._suite if deja is None else deja).handle_async_request(request)


class SujetDejaPrie:
    """The product, whose answers are those that it gave in a check that had ended."""

    def __init__(self, sujet: Sujet, faites: Mapping[int, list[Ligne]], trace: Trace):
        self._rejeux = {rang: SujetRejoue(sujet.nom, lignes, trace.ajouter) for rang, lignes in faites.items()}
        self._suite = SujetEnregistre(sujet, trace)

    @property
    def nom(self) -> str:
        """That of the product."""
        return self._suite.nom

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """What it answered, or ask; raises SujetEnFaute, NonPrisEnCharge, Divergence."""
        return await self._rejeux.get(RANG.get(), self._suite).agir(action, bac, donnees)
