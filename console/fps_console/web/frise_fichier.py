"""A dossier and all its days in one file: the same view, its explanations, its exchanges, its letters; nothing from elsewhere."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from fps.kit.ground.clock import PARIS
from fps.parties import Party
from fps_console.frise import echange
from fps_console.web.frise import Vue, dite, expliquee

if TYPE_CHECKING:
    from fps_console.web.cadre import Cadre

STATIQUE: Final = Path(__file__).parent / "static"
STYLES: Final = ("style.css", "frise.css")


async def ecrire(cadre: "Cadre", bac: str, dossier: Mapping[str, Any], niveau: str) -> str:
    """The whole file. Raises PiloteErreur."""
    present = datetime.fromisoformat((await cadre.pilot.etat(bac))["instant"]).astimezone(PARIS).date()
    vue = Vue(bac, dossier, present)
    pdfs = {c["id"]: await cadre.pilot.pdf(bac, Party(c["service"]), c["id"]) for c in dossier["courriers"] if c["imprimable"]}
    voulues: dict[str, tuple[str, str, str]] = {}  # the values that something leads to: service, field, act

    def lien(chemin: str = "", acte: int | str = "", **autres: Any) -> str:
        """A place in this file."""
        if chemin.startswith("/actes/"):
            return f"#a-{chemin.removeprefix('/actes/')}"
        _, _, service, champ = chemin.split("/")
        cle = f"v-{service}-{champ.replace('.', '-')}-{acte}"
        voulues[cle] = (service, champ, str(acte))
        return f"#{cle}"

    def pdf(service: Party, identifiant: str) -> Markup:
        octets = pdfs.get(identifiant)
        if octets is None:
            return Markup("")
        adresse = f"data:application/pdf;base64,{b64encode(octets).decode()}"
        return Markup('download="{}-{}.pdf" href="{}"').format(service.value, identifiant, adresse)

    rend = cadre.gabarits.get_template

    def sans_pdf(service: Party, identifiant: str) -> Markup:
        """A letter stands once in the file: what shows it elsewhere leads to its act."""
        ecrit = next((a for a in vue.frise.actes if a.lettre == identifiant and a.ligne["acte"] == "courrier"), None)
        return Markup('href="#a-{}"').format(ecrit.numero if ecrit else 0)

    jours = []
    for n, jour in enumerate(vue.jours, 1):
        au = vue.au(jour, niveau, lien, p=f"j{n}-", hors_ligne=True, pdf=sans_pdf)
        dessin = Markup(str(au["dessin"]).replace("pointe", f"pointe-{n}"))  # noqa: S704 (the same drawing, its mark named apart)
        jours.append(Markup(rend("frise/instant.html").render(au | {"dessin": dessin})))  # noqa: S704 (our own template)
    parties = []
    entier = vue.au(present, niveau, lien, hors_ligne=True, pdf=pdf)
    for acte in vue.frise.actes:
        cle = f"a-{acte.numero}"
        passe = await echange.lire(cadre.pilot, bac, vue.frise, acte)
        own = {"acte": acte, "echange": passe, "imprimable": acte.lettre in pdfs and acte.ligne["acte"] == "courrier", "p": f"{cle}-"}
        parties.append((cle, Markup(rend("frise/lettre.html").render(entier | own))))  # noqa: S704
    for cle, (service, champ, numero) in list(voulues.items()):
        dit = dite(entier["instant"], Party(service), champ, numero)
        own = await expliquee(cadre.pilot, bac, dossier["numero"], Party(service), champ, dit)
        parties.append((cle, Markup(rend("frise/explication.html").render(entier | own | {"p": f"{cle}-"}))))  # noqa: S704
    style = "\n".join((STATIQUE / nom).read_text("utf-8") for nom in STYLES)
    script = (STATIQUE / "frise-fichier.js").read_text("utf-8")
    page = {"rendus": jours, "parties": parties, "style": Markup(style), "script": Markup(script)}  # noqa: S704 (our own files)
    return rend("frise/fichier.html").render(entier | page)
