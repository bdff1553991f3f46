"""What a town knows of a plate: the spontaneous payments, the rights, the FPS in force, and what a control finds in them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from collectivite.domain.refus import ControleSansSuite, FpsEnCours, VehiculeEnRegle
from fps.droit.calendar import paris_date
from fps.villes.communes import Zone

NatureDroit = Literal["resident", "cmi-s", "faible-emission", "professionnel-sante", "deux-roues"]
RETENUS: Final = 20


class Ligne(BaseModel):
    """A line of the register."""

    model_config = ConfigDict(frozen=True)


class PaiementImmediat(Ligne):
    """Un justificatif de paiement (CGCT, art. R. 2333-120-3) : de quand à quand, combien, affiché ou transmis par voie électronique."""

    reference: str
    zone: str
    debut: datetime
    fin: datetime
    montant: int
    visible: bool = True
    pays: str | None = None
    ecrite: str | None = None


class DroitDeStationnement(Ligne):
    """Un droit de stationner, dans quelques zones ou dans toutes, pour un temps ; la commune le vote, la CMI-S vient de la loi."""

    nature: NatureDroit
    zones: tuple[str, ...]
    depuis: date
    jusqu_au: date
    pays: str | None = None


class FpsEnVigueur(Ligne):
    """Un FPS déjà établi, jusqu'à ce qu'il cesse de produire ses effets (CGCT, art. R. 2333-120-6)."""

    numero: str
    zone: str
    debut: datetime
    fin_effets: datetime
    pays: str | None = None


@dataclass
class Stationnement:
    """The register of one plate in one town, whatever the way it is written; its lines say the country when it is known."""

    siret: str
    immatriculation: str
    paiements: tuple[PaiementImmediat, ...] = ()
    droits: tuple[DroitDeStationnement, ...] = ()
    forfaits: tuple[FpsEnVigueur, ...] = ()

    def dernier_justificatif(self, zone: Zone, instant: datetime) -> PaiementImmediat | None:
        """The latest proof only, when it is visible and the longest paid duration has not run out (CGCT, art. R. 2333-120-5)."""
        connus = [p for p in self.paiements if p.zone == zone.code and p.debut <= instant]
        dernier = max(connus, key=lambda p: p.debut, default=None)
        if dernier is None or not dernier.visible or instant > dernier.debut + timedelta(minutes=zone.duree_maximale):
            return None
        return dernier

    def droit(self, zone: str, le: date) -> DroitDeStationnement | None:
        """A right in force that day in that zone."""
        return next((d for d in self.droits if d.depuis <= le <= d.jusqu_au and (not d.zones or zone in d.zones)), None)

    def fps_en_cours(self, zone: str, instant: datetime) -> FpsEnVigueur | None:
        """A FPS of this zone that still produces its effects."""
        return next((f for f in self.forfaits if f.zone == zone and f.debut <= instant < f.fin_effets), None)

    def du_pays(self, pays: str | None) -> "Stationnement":
        """What concerns a plate of that country: two countries may give one number, and a meter that asks no country proves for both."""
        if pays is None:
            return self
        return Stationnement(
            self.siret,
            self.immatriculation,
            tuple(p for p in self.paiements if p.pays in (None, pays)),
            tuple(d for d in self.droits if d.pays in (None, pays)),
            tuple(f for f in self.forfaits if f.pays in (None, pays)),
        )

    def payer(self, paiement: PaiementImmediat) -> None:
        """A spontaneous payment; the same reference again changes nothing."""
        if all(p.reference != paiement.reference for p in self.paiements):
            self.paiements = (*self.paiements, paiement)[-RETENUS:]

    def inscrire(self, fps: FpsEnVigueur) -> None:
        """A FPS was established."""
        self.forfaits = (*self.forfaits, fps)[-RETENUS:]

    def ouvrir(self, droit: DroitDeStationnement) -> None:
        """A right is given, in the place of the one of the same nature."""
        self.droits = (*(d for d in self.droits if d.nature != droit.nature), droit)


class Verdict(StrEnum):
    """Ce qu'un contrôle trouve."""

    PAYE = "paye"
    DROIT = "droit"
    FPS_EN_COURS = "fps-en-cours"
    A_CONSTATER = "a-constater"


@dataclass(frozen=True, slots=True)
class Constatation:
    """A verdict, its reason, and what would be deducted (centimes)."""

    verdict: Verdict
    raison: str
    deduit: int = 0
    depart: datetime | None = None


def controler(registre: Stationnement | None, zone: Zone, instant: datetime) -> Constatation:
    """What the register says of a vehicle seen there and then (CGCT, art. L. 2333-87, I, R. 2333-120-5 and -6)."""
    if registre is None:
        return Constatation(Verdict.A_CONSTATER, "Ni paiement ni droit au registre.")
    droit = registre.droit(zone.code, paris_date(instant))
    if droit is not None:
        return Constatation(Verdict.DROIT, f"Droit « {droit.nature} » jusqu'au {droit.jusqu_au:%d/%m/%Y}.")
    dernier = registre.dernier_justificatif(zone, instant)
    if dernier is not None and instant <= dernier.fin:
        return Constatation(Verdict.PAYE, f"Payé jusqu'à {dernier.fin.astimezone(instant.tzinfo):%H h %M}.")
    encours = registre.fps_en_cours(zone.code, instant)
    if encours is not None:
        return Constatation(Verdict.FPS_EN_COURS, f"FPS {encours.numero}, jusqu'au {encours.fin_effets:%d/%m/%Y à %H h %M}.")
    if dernier is not None:
        return Constatation(Verdict.A_CONSTATER, "Paiement insuffisant.", dernier.montant, dernier.debut)
    return Constatation(Verdict.A_CONSTATER, "Aucun paiement en cours.")


def exiger_manquement(constatation: Constatation) -> None:
    """Raises VehiculeEnRegle when the register shows a payment or a right."""
    if constatation.verdict in (Verdict.PAYE, Verdict.DROIT):
        raise VehiculeEnRegle(constatation.raison, "vehicule.immatriculation")


@dataclass
class Controle:
    """One pre-control, by an agent or a LAPI vehicle: never a FPS by itself, an agent finds the facts (CGCT, art. L. 2333-87, II)."""

    numero: str
    siret: str
    zone: str
    immatriculation: str
    source: Literal["agent", "lapi"]
    instant: datetime
    verdict: Verdict
    raison: str
    numero_fps: str | None = None

    def constater(self, maintenant: datetime) -> None:
        """The agent's own act. Raises VehiculeEnRegle, FpsEnCours, ControleSansSuite (another day, or done)."""
        if self.verdict in (Verdict.PAYE, Verdict.DROIT):
            raise VehiculeEnRegle(self.raison, "controle")
        if self.verdict is Verdict.FPS_EN_COURS:
            raise FpsEnCours(self.raison, "controle")
        if self.numero_fps is not None:
            raise ControleSansSuite(f"Le FPS {self.numero_fps} en est issu.", "controle")
        if paris_date(maintenant) != paris_date(self.instant):
            raise ControleSansSuite("Le contrôle est d'un autre jour : l'agent constate lui-même, le jour même.", "controle")
