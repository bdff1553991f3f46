"""What a town knows of a plate: the spontaneous payments, the rights, the FPS in force, and what a control finds in them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from collectivite.domain.refus import ControleSansSuite, DroitSansHeure, FpsEnCours, TicketGratuitImpossible, VehiculeEnRegle
from fps.villes.abonnements import DroitPrevu, Nature
from fps.villes.communes import Commune
from fps.villes.horaires import HeuresPayantes
from fps.villes.zones import Zone

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
    """Un droit de stationner, dans quelques zones ou dans toutes, pour un temps ; la commune le vote, la CMI-S vient de la loi.

    Un droit limité en heures vaut de l'arrivée du véhicule à la fin de ces heures.
    """

    nature: Nature
    zones: tuple[str, ...]
    depuis: date
    jusqu_au: date
    pays: str | None = None
    arrivee: datetime | None = None
    fin: datetime | None = None


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

    def en_vigueur(self, zone: Zone, instant: datetime) -> PaiementImmediat | None:
        """A proof that covers that instant, whatever came after it: no FPS then (CGCT, art. L. 2333-87, I)."""
        couvrants = [p for p in self.paiements if p.zone == zone.code and p.visible and p.debut <= instant <= p.fin]
        return max(couvrants, key=lambda p: p.fin, default=None)

    def dernier_justificatif(self, zone: Zone, instant: datetime, heures: HeuresPayantes) -> PaiementImmediat | None:
        """The latest of the proofs that are visible (1°) and whose longest paid duration has not run out (2°): R. 2333-120-5.

        Hours that are not paid do not count in that duration (CGCT, art. R. 2333-120-6); it has run out at the minute when it ends, which
        is also when a FPS that started from it would cease to produce its effects.
        """
        retenus = [
            p
            for p in self.paiements
            if p.zone == zone.code and p.visible and p.debut <= instant < heures.terme(p.debut, zone.duree(heures.jour(p.debut)))
        ]
        return max(retenus, key=lambda p: p.debut, default=None)

    def droit(self, zone: str, instant: datetime, le: date) -> DroitDeStationnement | None:
        """A right in force at that instant, of that civil day, in that zone."""
        return next(
            (
                d
                for d in self.droits
                if d.depuis <= le <= d.jusqu_au
                and (not d.zones or zone in d.zones)
                and (d.arrivee is None or d.arrivee <= instant)
                and (d.fin is None or instant <= d.fin)
            ),
            None,
        )

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

    def reunir(self, autre: "Stationnement") -> None:
        """What was kept of the same plate under another writing: each payment once, the last right of each nature, by date."""
        paiements = {p.reference: p for p in (*autre.paiements, *self.paiements)}
        droits = {d.nature: d for d in sorted((*autre.droits, *self.droits), key=lambda d: (d.jusqu_au, d.depuis))}
        forfaits = {f.numero: f for f in (*autre.forfaits, *self.forfaits)}
        self.paiements = tuple(sorted(paiements.values(), key=lambda p: p.debut))[-RETENUS:]
        self.droits = tuple(sorted(droits.values(), key=lambda d: d.depuis))
        self.forfaits = tuple(sorted(forfaits.values(), key=lambda f: f.debut))[-RETENUS:]

    def inscrire(self, fps: FpsEnVigueur) -> None:
        """A FPS was established."""
        self.forfaits = (*self.forfaits, fps)[-RETENUS:]

    def ouvrir(self, droit: DroitDeStationnement) -> None:
        """A right is given, in the place of the one of the same nature."""
        self.droits = (*(d for d in self.droits if d.nature != droit.nature), droit)


def limiter(droit: DroitDeStationnement, prevu: DroitPrevu) -> DroitDeStationnement:
    """A right as the town gives it: in its zones, for its hours from the arrival. Raises DroitSansHeure."""
    zones = droit.zones or prevu.zones
    if prevu.heures is None:
        return droit.model_copy(update={"zones": zones})
    if droit.arrivee is None:
        raise DroitSansHeure(f"« {prevu.nom} » vaut {prevu.heures} heures : dites l'heure d'arrivée du véhicule.", "arrivee")
    return droit.model_copy(update={"zones": zones, "fin": droit.arrivee + timedelta(hours=prevu.heures)})


def verifier_ticket(paiement: PaiementImmediat, zone: Zone, heures: HeuresPayantes, registre: Stationnement | None = None) -> None:
    """A ticket of 0 € lasts no longer than the free minutes of the zone, when they are told; those of a free ticket are for the day.

    Raises TicketGratuitImpossible.
    """
    jour = heures.jour(paiement.debut)
    gratuites = zone.minutes_gratuites(jour) if paiement.montant == 0 else None
    if gratuites is None:
        return
    pris = timedelta()
    if zone.ticket_gratuit is not None and registre is not None:
        autres = (p for p in registre.paiements if p.montant == 0 and p.zone == zone.code and p.reference != paiement.reference)
        pris = sum((p.fin - p.debut for p in autres if heures.jour(p.debut) == jour), timedelta())
    if pris + (paiement.fin - paiement.debut) > timedelta(minutes=gratuites):
        offertes = f"{gratuites} minutes sont gratuites" if gratuites else "aucune minute n'est gratuite"
        deja = f", {pris // timedelta(minutes=1)} sont déjà prises" if pris else ""
        raise TicketGratuitImpossible(f"Zone {zone.code} : {offertes} ce jour-là{deja}.", "montant")


class Verdict(StrEnum):
    """Ce qu'un contrôle trouve."""

    GRATUIT = "gratuit"
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


def controler(registre: Stationnement | None, zone: Zone, instant: datetime, heures: HeuresPayantes) -> Constatation:
    """What the register says of a vehicle seen there and then (CGCT, art. L. 2333-87, I, R. 2333-120-5 and -6)."""
    reprise = heures.reprise(instant)
    if reprise is not None:
        return Constatation(Verdict.GRATUIT, phrase_gratuite(heures.local(reprise)))
    if registre is None:
        return Constatation(Verdict.A_CONSTATER, "Ni paiement ni droit au registre.")
    droit = registre.droit(zone.code, instant, heures.jour(instant))
    if droit is not None:
        fin = f"{droit.jusqu_au:%d/%m/%Y}" if droit.fin is None else f"{heures.local(droit.fin):%d/%m/%Y à %H h %M}"
        return Constatation(Verdict.DROIT, f"Droit « {droit.nature} » jusqu'au {fin}.")
    couvrant = registre.en_vigueur(zone, instant)
    if couvrant is not None:
        return Constatation(Verdict.PAYE, f"Payé jusqu'à {heures.local(couvrant.fin):%H h %M}.")
    encours = registre.fps_en_cours(zone.code, instant)
    if encours is not None:
        return Constatation(Verdict.FPS_EN_COURS, f"FPS {encours.numero}, jusqu'au {heures.local(encours.fin_effets):%d/%m/%Y à %H h %M}.")
    dernier = registre.dernier_justificatif(zone, instant, heures)
    if dernier is not None:
        return Constatation(Verdict.A_CONSTATER, "Paiement insuffisant.", dernier.montant, dernier.debut)
    return Constatation(Verdict.A_CONSTATER, "Aucun paiement en cours.")


def phrase_gratuite(reprise: datetime) -> str:
    """Why nothing is due now, and when it will be."""
    return f"Le stationnement est gratuit à cette heure ; il est payant à partir du {reprise:%d/%m/%Y à %H h %M}."


def exiger_manquement(constatation: Constatation) -> None:
    """Raises VehiculeEnRegle when the register shows a payment or a right, FpsEnCours while a FPS produces its effects (R. 2333-120-6)."""
    if constatation.verdict in (Verdict.PAYE, Verdict.DROIT):
        raise VehiculeEnRegle(constatation.raison, "vehicule.immatriculation")
    if constatation.verdict is Verdict.FPS_EN_COURS:
        raise FpsEnCours(constatation.raison, "vehicule.immatriculation")


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

    def constater(self, ville: Commune, maintenant: datetime) -> None:
        """The agent's own act, on the civil day of the control.

        Raises VehiculeEnRegle, FpsEnCours, ControleSansSuite (another day, or done).
        """
        if self.verdict in (Verdict.PAYE, Verdict.DROIT, Verdict.GRATUIT):
            raise VehiculeEnRegle(self.raison, "controle")
        if self.verdict is Verdict.FPS_EN_COURS:
            raise FpsEnCours(self.raison, "controle")
        if self.numero_fps is not None:
            raise ControleSansSuite(f"Le FPS {self.numero_fps} en est issu.", "controle")
        if ville.jour(maintenant) != ville.jour(self.instant):
            raise ControleSansSuite("Le contrôle est d'un autre jour : l'agent constate lui-même, le jour même.", "controle")
