"""What every page stands in: its frame, its navigation, who may act on it, the time of its bac; and what a family of pages is."""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute

from fps.kit.ground.bac_path import NOM
from fps.parties import LIBELLES, Party
from fps_console.commandes import enterrees
from fps_console.lecture import Lecture
from fps_console.mots import recit
from fps_console.mots.glossaire import intitule, terme
from fps_console.mots.typographie import francais
from fps_console.web.formes import Formes, Saisie, fragment
from fps_console.web.pieces import gardes
from fps_console.web.seances import Seances
from fps_simulateur.pilote.pilot import Pilot

if TYPE_CHECKING:
    from jinja2 import Environment

    from fps_console.web.observation import Observateur

# The entries of the navigation, in their order: a family shows those for which it has an address.
NAVIGATION: Final = ("Carte", "Dossiers", "Agir", "Usager", "Lettres", "Villes", "Simulateur", "Certification", "Apprendre")

# What stands under an entry though its address does not begin like it.
DESSOUS: Final[Mapping[str, tuple[str, ...]]] = {"Lettres": ("boites", "lettres-mortes", "audit")}


@dataclass(frozen=True, slots=True)
class Famille:
    """A family of pages: its routes, the addresses of its entries in the navigation (with `{bac}` when they are those of a bac).

    `actes`: what a person begins with, shown on the first page of a bac, with its address.
    """

    routes: "Callable[[Cadre], Sequence[BaseRoute]]"
    entrees: Mapping[str, str] = field(default_factory=dict)
    actes: Mapping[str, str] = field(default_factory=dict)


# What is told of the time of a bac, on each of its pages.
Horloge = Callable[[Request, str], Awaitable[dict[str, Any]]]


class Cadre:
    """The pages of one ecosystem. `links` are the addresses that a browser can reach."""

    def __init__(
        self,
        pilot: Pilot,
        client: httpx.AsyncClient,
        addresses: Mapping[Party, str],
        links: Mapping[Party, str],
        familles: Sequence[Famille],
        *,
        lecture_seule: bool = False,
        donnees: Path | None = None,
        observateur: "Observateur | None" = None,
    ):
        self.observateur = observateur
        self.pilot, self.links, self.lecture_seule, self.donnees = pilot, links, lecture_seule, donnees
        self.lecture = Lecture(pilot, client, addresses)
        self.seances = Seances(pilot.token)
        self.formes = Formes(self)
        self.horloge: Horloge | None = None
        self._entrees = {nom: adresse for famille in familles for nom, adresse in famille.entrees.items()}
        self._actes = {nom: adresse for famille in familles for nom, adresse in famille.actes.items()}

    @cached_property
    def gabarits(self) -> "Environment":
        """The templates, read when the first page is asked: an import the start does not wait for."""
        from jinja2 import Environment, PackageLoader, StrictUndefined

        from fps_console.web.gabarits import Insecables

        found = Environment(
            loader=PackageLoader("fps_console.web"),
            autoescape=True,
            finalize=curly,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=[Insecables],
        )
        found.globals.update(longue=recit.longue, libelles=LIBELLES, enterree=enterrees.phrase, vide=Saisie(), terme=terme)
        found.globals["gardes"] = gardes
        found.filters.update(intitule=intitule, tel=tel)
        return found

    def vient_d_agir(self, request: Request) -> bool:
        """Whether who asks for this page was led there by an act of his."""
        seance = self.seances.de(request)
        return seance is not None and seance.a_mene(str(request.url))

    async def page(self, request: Request, gabarit: str, statut: int = 200, *, bac: str | None = None, **valeurs: Any) -> HTMLResponse:
        """A page made from its template; with a `bac`, its time stands above. Raises PiloteErreur, HTTPException 404.

        The template finds: `seance`, `peut_agir`, `lecture_seule`, `jetons()` (the hidden fields of a form), `adresse` (of this page).
        """
        temps = None if bac is None or self.horloge is None else await self.horloge(request, bac)
        bacs = [] if bac is None else await self.bacs(request)
        own = {"bac": bac, "bacs": bacs, "temps": temps, "navigation": self.navigation(request, bac)}
        return self.fragment(request, gabarit, statut, **own, **valeurs)

    async def etat(self, request: Request, bac: str) -> dict[str, Any]:
        """The state of a bac, asked once for a page; raises PiloteErreur."""
        found: dict[str, Any] | None = getattr(request.state, f"etat-{bac}", None)
        if found is None:
            found = await self.pilot.etat(bac)
            setattr(request.state, f"etat-{bac}", found)
        return found

    async def bacs(self, request: Request) -> list[str]:
        """The names of the bacs, asked once for a page; raises PiloteErreur."""
        if not hasattr(request.state, "bacs"):
            request.state.bacs = await self.pilot.lister()
        found: list[str] = request.state.bacs
        return found

    def fragment(self, request: Request, gabarit: str, statut: int = 200, **valeurs: Any) -> HTMLResponse:
        """A part of a page, made from its template, with what a form needs."""
        seance = self.seances.de(request)
        peut_agir = seance is not None and not self.lecture_seule

        def jetons() -> Markup:
            own = "" if seance is None else seance.jeton
            return Markup('<input type="hidden" name="jeton" value="{}"><input type="hidden" name="cle" value="{}">').format(
                own, secrets.token_urlsafe(12)
            )

        adresse = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        own = {"seance": seance, "peut_agir": peut_agir, "lecture_seule": self.lecture_seule, "jetons": jetons, "adresse": adresse}
        return HTMLResponse(self.gabarits.get_template(gabarit).render(own | valeurs), statut)

    def navigation(self, request: Request, bac: str | None) -> list[tuple[str, str, bool]]:
        """The entries to show: their word, their address, whether this page is there."""
        seance, ici, found = self.seances.de(request), request.url.path, []
        if seance is not None:
            bac = seance.bac = bac or seance.bac  # a page of no bac leads back to the last one
        for nom in NAVIGATION:
            adresse = self._entrees.get(nom)
            if adresse is None or ("{bac}" in adresse and bac is None and nom != NAVIGATION[0]):
                continue
            lieu = "/" if bac is None and "{bac}" in adresse else adresse.format(bac=bac)
            sous = (f"{lieu.rstrip('/')}/", *(f"/bacs/{bac}/{un}" for un in DESSOUS.get(nom, ())))
            dessous = ici == "/" if nom == "Carte" else ici.startswith(sous)
            found.append((nom, lieu, ici == lieu or dessous))
        return found

    def actes(self, bac: str) -> list[tuple[str, str]]:
        """What a person begins with in a bac, with its address."""
        return [(nom, adresse.format(bac=bac)) for nom, adresse in self._actes.items()]

    @staticmethod
    def bac(request: Request) -> str:
        """The name of the bac of an address, which no other one can have; raises HTTPException 404."""
        return nom_de_bac(request.path_params["bac"])

    @staticmethod
    def rang(request: Request, nom: str) -> int:
        """A number of an address; raises HTTPException 404 for a text, or for more digits than anything here has a number of."""
        texte = request.path_params[nom]
        if not re.fullmatch(r"[0-9]{1,12}", texte):
            raise HTTPException(404, f"« {texte[:20]} » n'est le numéro de rien ici.")
        return int(texte)

    @staticmethod
    def siret(request: Request) -> str:
        """The SIRET of an address; raises HTTPException 404 for what is none."""
        texte: str = request.path_params["siret"]
        if not re.fullmatch(r"[0-9]{14}", texte):
            raise HTTPException(404, f"« {texte[:20]} » n'est pas un SIRET : 14 chiffres.")
        return texte


def tel(texte: str) -> Markup:
    """What was typed, or will be sent again, letter for letter: no apostrophe of it is changed."""
    return escape(texte)


def nom_de_bac(bac: str) -> str:
    """The name of a bac, which no other one can have; raises HTTPException 404."""
    if not NOM.fullmatch(bac):
        raise HTTPException(404, "Aucun bac ne porte ce nom : des lettres minuscules, des chiffres et des tirets, 40 au plus.")
    return bac


def curly(value: Any) -> Any:
    """The typography of French in every word that a page shows; drawings and pages already made are left alone."""
    return francais(value) if type(value) is str else value


__all__ = ["NAVIGATION", "Cadre", "Famille", "Horloge", "curly", "fragment", "nom_de_bac"]
