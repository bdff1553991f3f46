"""A run that was stopped goes on: what was already asked and answered is given back, and only what follows is asked anew."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from fps.parties import Party
from fps_certification.preuves.trace import Divergence, Enregistreur, Ligne, Rejeu, SujetEnregistre, SujetRejoue, Trace, ligne_lue
from fps_certification.sujets.contrat import Action
from fps_certification.sujets.sujet import Reponse, Sujet

FORMAT: Final = "fps-passage"


class PassageAutre(ValueError):
    """The file is the passage of another plan, or cannot be read."""


class Journal:
    """The lines of a run, written as they come, so that it can go on after it was stopped; `entete` says which run it is."""

    def __init__(self, place: Path, entete: Mapping[str, Any]):
        """Open a passage, or take it up again: `lignes` is what it already holds. Raises PassageAutre, OSError."""
        self.place, self.lignes = place, list[Ligne]()
        dit = {"format": FORMAT, **entete}
        if place.exists():
            self.entete = self._lire(dit)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            self.entete = dit
            self._ajouter(dit)

    def _lire(self, voulu: Mapping[str, Any]) -> dict[str, Any]:
        premiere, *autres = self.place.read_text("utf-8").removesuffix("\n").split("\n")
        entete = ligne_lue(premiere)
        if entete is None or {**entete, "execution": None} != {**voulu, "execution": None}:
            raise PassageAutre("c'est celui d'un autre plan")
        for rang, texte in enumerate(autres, 1):
            if (ligne := ligne_lue(texte)) is not None:
                self.lignes.append(ligne)
            elif rang < len(autres):
                raise PassageAutre(f"sa ligne {rang + 1} ne se lit pas")
            else:  # it was cut while it was written
                self.place.write_text("\n".join((premiere, *autres[:-1])) + "\n", "utf-8")
        return entete

    def _ajouter(self, ligne: Mapping[str, Any]) -> None:
        with self.place.open("a", encoding="utf-8") as file:
            file.write(json.dumps(ligne, ensure_ascii=False) + "\n")

    def tracer(self) -> Trace:
        """A trace that begins with what was done, and writes what follows."""
        return Trace(self.lignes, self._ajouter)

    def finir(self) -> None:
        """The run is over: nothing is to be taken up again."""
        self.place.unlink(missing_ok=True)


class Repris(httpx.AsyncBaseTransport):
    """The answers that were got, each once, then those of the services."""

    def __init__(self, adresses: Mapping[Party, str], trace: Trace, suite: Enregistreur):
        self._rejeu, self._suite = Rejeu(adresses, list(trace.lignes)), suite

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """What was answered, else ask."""
        try:
            return await self._rejeu.handle_async_request(request)
        except Divergence:
            return await self._suite.handle_async_request(request)


class SujetRepris:
    """What the product did, each once, then the product itself."""

    def __init__(self, sujet: Sujet, trace: Trace):
        self._fait, self._suite = SujetRejoue(sujet.nom, list(trace.lignes)), SujetEnregistre(sujet, trace)

    @property
    def nom(self) -> str:
        """That of the product."""
        return self._suite.nom

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """What it answered, else ask; raises SujetEnFaute, NonPrisEnCharge."""
        try:
            return await self._fait.agir(action, bac, donnees)
        except Divergence:
            return await self._suite.agir(action, bac, donnees)
