"""The public directory of the simulated towns: who they are, their zones and FPS amounts by date, where a RAPO is sent."""

from datetime import date, time
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from fps.donnees import lire_yaml
from fps.droit.calculs import Cycle, montant_fps, montant_minore
from fps.errors import Introuvable
from fps.messages.formats import Centimes, CentimesDus, CodePostal, Courriel, Court, Ligne, Siret, Url
from fps.messages.mfps import Minoration, ModeNotification
from fps.messages.parties_prenantes import Adresse, Autorite, Beneficiaire, Categorie, Contact, ContactRapo


class HorsBareme(Introuvable):
    """Aucun montant de FPS n'est fixé pour cette zone, cette catégorie et cette date"""

    code = "hors-bareme"
    article = "CGCT, art. L. 2333-87, I"
    que_faire = "Vérifiez la zone, la catégorie du véhicule et la date du constat."


class CommuneInconnue(Introuvable):
    """Aucune collectivité simulée ne porte ce SIRET"""

    code = "siret-inconnu"
    que_faire = "Vérifiez le SIRET, ou ouvrez d'abord l'espace numérique de la collectivité."


class Lecture(BaseModel):
    """Strict reading of the directory."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


class Pause(Lecture):
    """The daily break during which parking is free."""

    debut: Annotated[time, BeforeValidator(lambda v: time.fromisoformat(v) if isinstance(v, str) else v)]
    fin: Annotated[time, BeforeValidator(lambda v: time.fromisoformat(v) if isinstance(v, str) else v)]


NatureAbonnement = Literal["resident", "professionnel-sante", "faible-emission", "deux-roues"]


class Abonnement(Lecture):
    """A subscription that the town sells, in some zones or in all of them; its price by date, in centimes."""

    nature: NatureAbonnement
    nom: Ligne
    periode: Literal["jour", "semaine", "mois", "an"]
    zones: tuple[Court, ...] = ()
    prix: dict[date, CentimesDus]

    def prix_au(self, le: date) -> int | None:
        """The price that day, None before the first one."""
        dates = [depuis for depuis in self.prix if depuis <= le]
        return self.prix[max(dates)] if dates else None


class Zone(Lecture):
    """A tariff zone: the FPS does not exceed the charge for its longest paid duration (minutes)."""

    code: Court
    nom: Ligne
    duree_maximale: Annotated[int, Field(ge=1, le=1440)]
    codes_postaux: tuple[CodePostal, ...]
    voies: tuple[Ligne, ...]
    fps: dict[date, dict[Categorie, CentimesDus]]
    tarifs: dict[date, dict[int, CentimesDus]] = Field(default_factory=dict)

    def grille(self, le: date) -> dict[int, int]:
        """What parking is charged that day: centimes by number of minutes; empty when the town tells nothing."""
        dates = [depuis for depuis in self.tarifs if depuis <= le]
        return dict(self.tarifs[max(dates)]) if dates else {}

    def plafond(self, le: date) -> int | None:
        """The charge for the longest paid duration, subscriptions left out (CGCT, art. L. 2333-87, I); None when it is not told."""
        return self.grille(le).get(self.duree_maximale)

    def bareme(self, categorie: Categorie, le: date) -> int:
        """The FPS of this zone before deduction, in centimes; raises HorsBareme when none is set."""
        dates = [depuis for depuis in self.fps if depuis <= le]
        montant = self.fps[max(dates)].get(categorie) if dates else None
        if montant is None:
            raise HorsBareme(f"Zone {self.code}, {categorie}, {le:%d/%m/%Y} : aucun montant.", "lieu.zone")
        return montant


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


@cache
def connues() -> tuple[Commune, ...]:
    """Every simulated town, in the order of the directory."""
    brut = lire_yaml(files("fps.villes").joinpath("communes.yaml").read_text("utf-8"))
    return TypeAdapter(tuple[Commune, ...]).validate_python(brut)


@cache
def _par_siret() -> dict[str, Commune]:
    return {commune.siret: commune for commune in connues()}


def est_connue(siret: str) -> bool:
    """True when a simulated town has this SIRET."""
    return siret in _par_siret()


def commune(siret: str) -> Commune:
    """The town of this SIRET; raises CommuneInconnue."""
    trouvee = _par_siret().get(siret)
    if trouvee is None:
        raise CommuneInconnue(f"Le SIRET {siret[:20]} n'est celui d'aucune collectivité simulée.", "siret")
    return trouvee
