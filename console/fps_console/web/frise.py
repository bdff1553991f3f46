"""What the templates of a dossier at a date find, on a page and in a file; how each of its values was found."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import Markup

from fps.droit.money import euros
from fps.parties import Party
from fps_console.mots import recit
from fps_console.web.formes import refus_de

if TYPE_CHECKING:
    from fps_console.frise.instant import Instant
    from fps_console.frise.valeurs import Valeur
    from fps_simulateur.pilote.pilot import Pilot

Lien = Callable[..., str]  # of a page or a part, with what is to change of the date and the level


class Vue:
    """A dossier and all its days."""

    def __init__(self, bac: str, dossier: Mapping[str, Any], present: date):
        from fps_console.frise.instant import Frise

        self.bac, self.dossier, self.present = bac, dossier, present
        self.frise = Frise(dossier["journal"], dossier["courriers"], dossier["contenus"])
        self.jours = sorted({*self.frise.jours, present})

    def en_ligne(self, le: date, niveau: str) -> Lien:
        """The addresses of the console, at that date and that level."""

        def adresse(chemin: str = "", **voulu: str | int) -> str:
            return f"{self.base}/frise{chemin}?{urlencode({'le': le.isoformat(), 'niveau': niveau, **voulu})}"

        return adresse

    @property
    def base(self) -> str:
        """The address of the dossier."""
        return f"/bacs/{self.bac}/dossiers/{self.dossier['numero']}"

    def au(self, le: date, niveau: str, lien: Lien, **autres: Any) -> dict[str, Any]:
        """What a template finds of that evening."""
        from fps_console.commandes.sequence import dessiner

        instant = self.frise.a(le)
        dessin = dessiner([acte.ligne for acte in instant.actes if acte.court])
        return {
            "bac": self.bac,
            "dossier": self.dossier,
            "frise": self.frise,
            "instant": instant,
            "jours": self.jours,
            "rang": sum(jour <= le for jour in self.jours),
            "le": le,
            "present": self.present,
            "niveau": niveau,
            "montres": [acte for acte in instant.actes if acte.court or niveau == "developpeur"],
            "base": self.base,
            "lien": lien,
            "pdf": self._pdf,
            "dessin": Markup(dessin),  # noqa: S704 (our own drawing, its words are escaped)
            "court": recit.court,
            "texte": recit.texte,
            "canaux": recit.CANAUX,
            "euros": euros,
            "p": "",
            "hors_ligne": False,
            **autres,
        }

    def _pdf(self, service: Party, identifiant: str) -> Markup:
        return Markup('href="/bacs/{}/courriers/{}/{}.pdf"').format(self.bac, service.value, identifiant)


def dite(instant: "Instant", service: Party, champ: str, acte: str) -> "Valeur | None":
    """What an act told of a field: the one that is named, else the last one up to that evening."""
    dites = [v for a in instant.actes for v in a.valeurs if v.service is service and v.champ == champ]
    return next((v for v in dites if str(v.acte) == acte), dites[-1] if dites else None)


async def expliquee(pilot: "Pilot", bac: str, numero: str, service: Party, champ: str, dite: "Valeur | None") -> dict[str, Any]:
    """The explanation that a service gives of a field today, or what it refuses, for a template. Raises PiloteErreur."""
    from fps_console.commandes import explique
    from fps_console.commandes.output import Panne

    sujet = dite.sujet if dite is not None and service is Party.CCSP and dite.sujet else numero
    explication, refus = None, None
    try:
        _, explication = await explique.ask(pilot, bac, sujet, f"{service}.{champ}")
    except Panne as error:
        refus = refus_de(error)
    own = {"service": service, "champ": champ, "dite": dite, "explication": explication, "refus_dit": refus}
    return own | {"champ_dit": explique.champ_dit, "shown": explique.shown, "rendu": explique.rendu}
