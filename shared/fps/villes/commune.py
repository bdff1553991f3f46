"""A town: who it is, how it is reached, its cycle, its delays, its zones, what it grants to who pays soon."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field

from fps.droit.calculs import Cycle, montant_fps, montant_minore
from fps.messages.formats import Centimes, Courriel, Ligne, Siret, Url
from fps.messages.mfps import Minoration, ModeNotification
from fps.messages.parties_prenantes import Adresse, Autorite, Beneficiaire, Categorie, Contact, ContactRapo
from fps.villes.abonnements import Abonnement
from fps.villes.horaires import Pause
from fps.villes.lecture import Lecture
from fps.villes.zones import HorsBareme, Zone


class AutoriteCommune(Lecture):
    """The authority of the sworn agents, and its digit in the numbers."""

    nom: Ligne
    indicatif: Annotated[int, Field(ge=0, le=9)]


class Joindre(Lecture):
    """How to reach a service of the town."""

    nom: Ligne
    adresse_electronique: Courriel
    url: Url | None


class Reduction(Lecture):
    """The reduced amount: a rate, and a delay from the send date."""

    pourcent: Annotated[int, Field(ge=1, le=99)]
    delai_jours: Annotated[int, Field(ge=1, le=90)]


class Commune(Lecture):
    """Une commune simulée."""

    siret: Siret
    nom: Ligne
    type: Literal["commune", "epci", "syndicat-mixte"]
    population: Annotated[int, Field(ge=0)]
    cycle: Cycle
    mode_notification: ModeNotification
    autorite_agents: AutoriteCommune = Field(alias="autorite")
    adresse: Adresse
    joindre: Joindre = Field(alias="contact")
    joindre_rapo: Joindre = Field(alias="contact_rapo")
    paiement_rapide_jours: Annotated[int, Field(ge=0, le=30)]
    reduction: Reduction | None = Field(alias="minoration")
    pause: Pause | None
    hypotheses: tuple[str, ...]
    zones: tuple[Zone, ...]
    abonnements: tuple[Abonnement, ...] = ()

    @property
    def autorite(self) -> Autorite:
        """The authority as the messages name it."""
        return Autorite(nom=self.autorite_agents.nom, adresse=self.adresse)

    @property
    def contact(self) -> Contact:
        """The town as the messages name it."""
        return Contact(nom=self.nom, adresse=self.adresse, adresse_electronique=self.joindre.adresse_electronique, url=self.joindre.url)

    @property
    def contact_rapo(self) -> ContactRapo:
        """Where a RAPO is sent."""
        rapo = self.joindre_rapo
        return ContactRapo(nom=rapo.nom, adresse=self.adresse, adresse_electronique=rapo.adresse_electronique, url=rapo.url)

    @property
    def beneficiaire(self) -> Beneficiaire:
        """The town as the beneficiary of a title."""
        return Beneficiaire(siret=self.siret, nom=self.nom, contact=self.contact)

    @property
    def horaire_pause(self) -> tuple[time, time] | None:
        """The daily break, as `calculs.fin_effets` takes it."""
        return (self.pause.debut, self.pause.fin) if self.pause else None

    def zone(self, code: str) -> Zone:
        """The zone of this code; raises HorsBareme."""
        for zone in self.zones:
            if zone.code == code:
                return zone
        raise HorsBareme(f"La zone « {code[:40]} » n'existe pas à {self.adresse.commune}.", "lieu.zone")

    def montant_fps(self, code_zone: str, categorie: Categorie, le: date, deja_paye: Centimes = 0) -> int:
        """The FPS due that day in that zone, in centimes (CGCT, art. L. 2333-87, I and R. 2333-120-5); raises HorsBareme."""
        return montant_fps(self.zone(code_zone).bareme(categorie, le), deja_paye)

    def fps_maximum(self, le: date) -> int | None:
        """The highest FPS of the whole town, in centimes, of all that were set by that day; None when none was."""
        return max((m for zone in self.zones for depuis, fps in zone.fps.items() if depuis <= le for m in fps.values()), default=None)

    def minoration(self, montant: int) -> Minoration | None:
        """The reduced amount of a FPS of `montant` centimes, None when the town grants none."""
        if self.reduction is None or montant <= 0:
            return None
        return Minoration(montant=montant_minore(montant, self.reduction.pourcent), delai_jours=self.reduction.delai_jours)
