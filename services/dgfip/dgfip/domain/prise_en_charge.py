"""The prise en charge of one line of a titre exécutoire: its states, the acts that change them, its dates and amounts."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from dgfip.domain.refus import (
    ActeImpossible,
    AnnulationAutreTitre,
    AnnulationExcessive,
    AvertissementNonEnvoye,
    PaiementExcessif,
    PaiementPartielTitre,
    RabaisExpire,
    RejetImpossible,
    RemiseExcessive,
    SuspensionDejaDecidee,
    SuspensionInexistante,
    TitreAnnule,
    TitreDejaPaye,
    TitreEnRemboursement,
    TitrePrescrit,
)
from dgfip.domain.sommes import net_reclame, part_de_la_collectivite, rabais_du_jour, somme_a_payer, trop_paye
from fps.droit.calculs import date_limite_rabais, date_notification_avertissement, date_prescription
from fps.droit.calculs import rabais as rabais_de
from fps.droit.money import euros
from fps.errors import Conflit
from fps.messages.titre import AnnulationTitre, EmissionTitre
from fps.regles.machine import Machine


class Etat(StrEnum):
    """Où en est un titre à la DGFiP."""

    PRIS_EN_CHARGE = "pris-en-charge"
    AVERTI = "averti"
    RELANCE = "relance"
    SAISI = "saisi"
    PAYE = "paye"
    PAYE_AVEC_RABAIS = "paye-avec-rabais"
    A_REMBOURSER = "a-rembourser"
    PRESCRIT = "prescrit"
    ANNULE = "annule"


OUVERTS = frozenset({Etat.PRIS_EN_CHARGE, Etat.AVERTI, Etat.RELANCE, Etat.SAISI})
AVERTIS = OUVERTS - {Etat.PRIS_EN_CHARGE}
PAYES = frozenset({Etat.PAYE, Etat.PAYE_AVEC_RABAIS})

MACHINE: Final = Machine(
    "prise-en-charge",
    Etat.PRIS_EN_CHARGE,
    {
        "avertir": (frozenset({Etat.PRIS_EN_CHARGE}), Etat.AVERTI),
        "relancer": (frozenset({Etat.AVERTI}), Etat.RELANCE),
        "saisir": (frozenset({Etat.RELANCE}), Etat.SAISI),
        "payer": (AVERTIS, Etat.PAYE),
        "payer_avec_rabais": (AVERTIS, Etat.PAYE_AVEC_RABAIS),
        "solder": (AVERTIS, Etat.PAYE),
        "prescrire": (OUVERTS, Etat.PRESCRIT),
        "annuler": (OUVERTS | PAYES | {Etat.PRESCRIT}, Etat.ANNULE),
        "annuler_paye": (AVERTIS | PAYES | {Etat.PRESCRIT, Etat.A_REMBOURSER}, Etat.A_REMBOURSER),
        "rembourser": (frozenset({Etat.A_REMBOURSER}), Etat.PAYE),
        "rembourser_tout": (frozenset({Etat.A_REMBOURSER}), Etat.ANNULE),
        "rejeter_averti": (PAYES | {Etat.A_REMBOURSER}, Etat.AVERTI),
        "rejeter_relance": (PAYES | {Etat.A_REMBOURSER}, Etat.RELANCE),
        "rejeter_saisi": (PAYES | {Etat.A_REMBOURSER}, Etat.SAISI),
        "rejeter_trop_percu": (frozenset({Etat.A_REMBOURSER}), Etat.PAYE),
        "rejeter_apres_annulation": (frozenset({Etat.A_REMBOURSER}), Etat.ANNULE),
    },
    ActeImpossible,
)

FINAUX = frozenset({Etat.ANNULE})
SOLDES = FINAUX | PAYES | {Etat.A_REMBOURSER, Etat.PRESCRIT}

PAIEMENT_REFUSE: dict[Etat, type[Conflit]] = {
    Etat.PRIS_EN_CHARGE: AvertissementNonEnvoye,
    Etat.PAYE: TitreDejaPaye,
    Etat.PAYE_AVEC_RABAIS: TitreDejaPaye,
    Etat.A_REMBOURSER: TitreEnRemboursement,
    Etat.PRESCRIT: TitrePrescrit,
    Etat.ANNULE: TitreAnnule,
}


@dataclass(frozen=True)
class Variation:
    """What an annulation changes in the books, in centimes: the claim of each, the rebate lost, what the collectivité gives back."""

    fps: int
    majoration: int
    rabais_perdu: int
    precompte: int


class Interruption(BaseModel):
    """Un acte qui interrompt la prescription : de recouvrement, ou de reconnaissance par le redevable (LPF, art. L. 274, al. 2)."""

    model_config = ConfigDict(frozen=True)

    nature: Literal["saisie", "paiement", "demande-de-remise"]
    le: date


@dataclass
class PriseEnCharge:
    """One FPS majoré: a narrow row. Amounts in centimes; the whole line of the title is in its LigneRecue."""

    numero_fps: str
    numero_titre: str
    rang: int
    siret: str
    date_titre: date
    montant_impaye: int
    majoration: int
    etat: Etat = Etat.PRIS_EN_CHARGE
    date_envoi: date | None = None
    date_notification: date | None = None
    date_limite_rabais: date | None = None
    rabais: int = 0
    rabais_accorde: int = 0
    paiements: int = 0
    rejets: int = 0
    montant_paye: int = 0
    paye_le: date | None = None
    part_collectivite: int = 0
    fps_annule: int = 0
    majoration_annulee: int = 0
    majoration_remise: int = 0
    fps_a_rembourser: int = 0
    montant_rembourse: int = 0
    suspendu_le: date | None = None
    relance_le: date | None = None
    saisi_le: date | None = None
    interruptions: tuple[Interruption, ...] = ()

    @classmethod
    def ouvrir(cls, message: EmissionTitre) -> "PriseEnCharge":
        """Take a line of a title in charge (CGCT, art. R. 2333-120-16)."""
        return cls(
            numero_fps=message.numero_fps,
            numero_titre=message.numero_titre,
            rang=message.rang_annexe,
            siret=message.beneficiaire.siret,
            date_titre=message.date_emission,
            montant_impaye=message.montant_impaye,
            majoration=message.majoration,
        )

    @property
    def total_du(self) -> int:
        """What the title claims, in centimes, whatever was paid or cancelled."""
        return self.montant_impaye + self.majoration

    @property
    def fps_net(self) -> int:
        """The FPS that is still owed to the collectivité, paid or not."""
        return self.montant_impaye - self.fps_annule

    @property
    def majoration_nette(self) -> int:
        """The majoration that is still owed to the State, paid or not."""
        return self.majoration - self.majoration_annulee - self.majoration_remise

    @property
    def net_du(self) -> int:
        """What is still claimed, paid or not, rebate not deducted."""
        return net_reclame(self.montant_impaye, self.fps_annule, self.majoration, self.majoration_annulee, self.majoration_remise)

    @property
    def encaisse(self) -> int:
        """What was paid and not given back."""
        return self.montant_paye - self.montant_rembourse

    @property
    def part_etat(self) -> int:
        """What the State keeps of what was paid (hypothesis H17: the collectivité comes first)."""
        return self.encaisse - self.part_collectivite

    @property
    def trop_percu(self) -> int:
        """What must be given back, in centimes."""
        return trop_paye(self.encaisse, self.net_du, self.rabais_accorde)

    def reste_du(self, le: date) -> int:
        """What is to pay that day for the title to be settled, rebate deducted during its month, in centimes."""
        return 0 if self.etat in SOLDES else somme_a_payer(self.net_du, self.rabais_le(le), self.encaisse)

    def _passer(self, acte: str) -> None:
        self.etat = MACHINE.apres(acte, self.etat)

    def avertir(self, le: date) -> date:
        """The avertissement leaves that day: it opens the month of the rebate, whose last day is given (CGPPP, art. L. 2323-7-1)."""
        self._passer("avertir")
        self.date_envoi = le
        self.date_notification = date_notification_avertissement(le)
        self.date_limite_rabais = date_limite_rabais(le)
        self.rabais = rabais_de(self.fps_net, self.majoration_nette, le)
        return self.date_limite_rabais

    def relancer(self, le: date) -> None:
        """The reminder of an unpaid title."""
        self._passer("relancer")
        self.relance_le = le

    def saisir(self, le: date) -> None:
        """The saisie administrative à tiers détenteur is notified (LPF, art. L. 262)."""
        self._passer("saisir")
        self.saisi_le = le
        self.interrompre("saisie", le)

    def interrompre(self, nature: Literal["saisie", "paiement", "demande-de-remise"], le: date) -> None:
        """That act interrupts the prescription (LPF, art. L. 274, al. 2)."""
        self.interruptions = (*self.interruptions, Interruption(nature=nature, le=le))

    @property
    def date_prescription(self) -> date:
        """The last day of the recovery, as far as it is known."""
        return date_prescription(self.date_titre, tuple(acte.le for acte in self.interruptions))

    def prescrire(self) -> int:
        """Nothing can be recovered any more; gives what is lost, in centimes (LPF, art. L. 274)."""
        self._passer("prescrire")
        return self.net_du - self.encaisse

    def rabais_le(self, le: date) -> int:
        """The rebate of a payment made that day, in centimes; the limit day is in time."""
        return rabais_du_jour(self.rabais, self.date_limite_rabais, le)

    def exiger_payable(self) -> None:
        """Raises the refusal that says why the title cannot be paid now."""
        refus = PAIEMENT_REFUSE.get(self.etat)
        if refus is not None:
            raise refus(f"FPS {self.numero_fps}, état « {self.etat} ».")

    def payer(self, montant: int, le: date, *, partiel: bool = False) -> int:
        """Pay `montant` centimes that day; gives the rebate granted (CGPPP, art. L. 2323-7-1). `partiel`: a part is accepted."""
        self.exiger_payable()
        rabais = self.rabais_le(le)
        reste = self.net_du - rabais - self.encaisse
        if montant > reste or (montant < reste and not partiel):
            raise self._montant_refuse(montant, reste)
        if montant == reste:
            self._passer("payer_avec_rabais" if rabais else "payer")
            self.rabais_accorde = rabais
        else:
            rabais = 0
        self.montant_paye += montant
        self.paye_le = le
        self.part_collectivite = part_de_la_collectivite(self.encaisse, self.trop_percu, self.montant_impaye, self.fps_annule)
        return rabais

    def _montant_refuse(self, montant: int, reste: int) -> PaiementPartielTitre | RabaisExpire | PaiementExcessif:
        detail = f"Reçu {euros(montant)}, la somme due est {euros(reste)}."
        if montant > reste:
            return PaiementExcessif(detail, "montant")
        if montant == self.net_du - self.rabais - self.encaisse:
            return RabaisExpire(f"{detail} Le rabais courait jusqu'au {self.date_limite_rabais:%d/%m/%Y}.", "montant")
        return PaiementPartielTitre(detail, "montant")

    def rejeter_paiement(self, montant: int) -> int:
        """The bank refuses a cheque of `montant` centimes: what it paid is due again; gives the rebate lost (CGPPP, art. L. 2323-7-1).

        The title goes back to the step of the recovery it had reached (hypothesis H82). Raises RejetImpossible.
        """
        if self.montant_rembourse or self.etat in (Etat.PRESCRIT, Etat.ANNULE):
            raise RejetImpossible(f"FPS {self.numero_fps}, état « {self.etat} », {euros(self.montant_rembourse)} remboursés.")
        avant = self.rabais_accorde
        self.montant_paye -= montant
        self.rejets += 1
        if self.encaisse + self.rabais_accorde < self.net_du:
            self.rabais_accorde = 0
        self.part_collectivite = part_de_la_collectivite(self.encaisse, self.trop_percu, self.montant_impaye, self.fps_annule)
        self.fps_a_rembourser = min(self.fps_a_rembourser, self.trop_percu)
        if self.encaisse == 0:
            self.paye_le = None
        self._suite_du_rejet()
        return avant - self.rabais_accorde

    def _suite_du_rejet(self) -> None:
        if self.etat in OUVERTS or self.trop_percu:
            return
        if self.net_du == 0:
            self._passer("rejeter_apres_annulation")
        elif self.encaisse + self.rabais_accorde == self.net_du:
            self._passer("rejeter_trop_percu")
        else:
            self._passer("rejeter_saisi" if self.saisi_le else "rejeter_relance" if self.relance_le else "rejeter_averti")

    def annuler(self, message: AnnulationTitre) -> Variation:
        """Apply a line of a titre d'annulation, total or partial, before or after the payment (CGCT, art. R. 2333-120-17-3)."""
        if (message.numero_titre, message.rang_titre) != (self.numero_titre, self.rang):
            detail = f"FPS {self.numero_fps} : titre {self.numero_titre}, rang {self.rang}."
            raise AnnulationAutreTitre(detail, "numero_titre")
        reste_fps, reste_majoration = self.fps_net, self.majoration - self.majoration_annulee
        if message.montant_fps_annule > reste_fps or message.majoration_annulee > reste_majoration:
            detail = f"Le titre porte encore {euros(reste_fps)} de FPS et {euros(reste_majoration)} de majoration."
            raise AnnulationExcessive(detail, "montant_fps_annule" if message.montant_fps_annule > reste_fps else "majoration_annulee")
        prescrit, majoration_avant = self.etat is Etat.PRESCRIT, self.majoration_nette
        rabais_avant, part_avant = self.rabais_accorde, self.part_collectivite
        self.fps_annule += message.montant_fps_annule
        self.majoration_annulee += message.majoration_annulee
        self.majoration_remise = min(self.majoration_remise, self.majoration - self.majoration_annulee)
        self._recalculer()
        self.rabais_accorde = min(self.rabais_accorde, self.majoration_nette)
        self.part_collectivite = part_de_la_collectivite(self.encaisse, self.trop_percu, self.montant_impaye, self.fps_annule)
        precompte = part_avant - self.part_collectivite
        self._suite_d_annulation()
        self.fps_a_rembourser += min(precompte, self.trop_percu)
        self.suspendu_le = None
        if prescrit:  # the claim was written off: only what was paid comes back
            return Variation(precompte, self.trop_percu - precompte, 0, precompte)
        return Variation(
            message.montant_fps_annule, majoration_avant - self.majoration_nette, rabais_avant - self.rabais_accorde, precompte
        )

    def _recalculer(self) -> None:
        if self.date_envoi is not None:
            self.rabais = rabais_de(self.fps_net, self.majoration_nette, self.date_envoi)

    def _suite_d_annulation(self) -> None:
        if self.trop_percu:
            self._passer("annuler_paye")
        elif self.net_du == 0:
            self._passer("annuler")
        elif self.etat in AVERTIS and self.encaisse == self.net_du:
            self._passer("solder")

    def rembourser(self) -> tuple[int, int]:
        """Give back what was paid for nothing; the part of the FPS, then that of the majoration, in centimes."""
        trop = self.trop_percu
        fps = min(self.fps_a_rembourser, trop)
        self._passer("rembourser" if self.net_du else "rembourser_tout")
        self.montant_rembourse += trop
        self.fps_a_rembourser = 0
        return fps, trop - fps

    def exiger_remissible(self, montant: int) -> None:
        """Raises RemiseExcessive when `montant` centimes are more than the majoration that is still due, or why nothing is."""
        self.exiger_payable()
        reste = self.majoration_nette - self.part_etat
        if montant > reste:
            raise RemiseExcessive(f"La majoration encore due est de {euros(reste)}.", "montant")

    def remettre(self, montant: int) -> None:
        """Remit a part of the majoration that is not paid yet (CGPPP, art. L. 2323-7-1); raises RemiseExcessive."""
        self.exiger_remissible(montant)
        self.majoration_remise += montant
        self._recalculer()
        if self.encaisse == self.net_du:
            self._passer("solder")

    def suspendre(self, le: date) -> None:
        """Stop the recovery while a cancellation is examined; raises SuspensionDejaDecidee, or why nothing is left to recover."""
        if self.etat in SOLDES:
            self.exiger_payable()
        if self.suspendu_le is not None:
            raise SuspensionDejaDecidee(f"FPS {self.numero_fps}, depuis le {self.suspendu_le:%d/%m/%Y}.")
        self.suspendu_le = le

    def reprendre(self) -> None:
        """Start the recovery again; raises SuspensionInexistante."""
        if self.suspendu_le is None:
            raise SuspensionInexistante(f"FPS {self.numero_fps}, état « {self.etat} ».")
        self.suspendu_le = None

    def repartition(self) -> tuple[int, int]:
        """How what was paid is shared, in centimes: the collectivité, then the State (hypothesis H17)."""
        return self.part_collectivite, self.part_etat


@dataclass
class LigneRecue:
    """What never changes: the line of the title as ANTAI sent it."""

    numero_fps: str
    message: EmissionTitre


@dataclass
class AnnulationRecue:
    """A line of a titre d'annulation, applied once: a titre may have several lines about one FPS."""

    numero_fps: str
    numero_annulation: str
    rang: int
    message: AnnulationTitre
