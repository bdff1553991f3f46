"""The dossier of one FPS at ANTAI: the acts that change it, its dates and amounts."""

from dataclasses import dataclass
from datetime import date, datetime

from antai.domain.etats import FINAUX, MACHINE, PAIEMENT_REFUSE, PAYES, RETIRES, TITRES, Etat
from antai.domain.refus import ActeImpossible, DelaiPaiementExpire, LettreIncoherente, PliImpossible, TitreNonEmis
from antai.domain.sommes import date_envoi_eavis_non_lu, reste_a_rembourser, reste_du_titre, restes_du_titre
from fps.droit.calculs import (
    Cycle,
    date_limite_minoration,
    date_limite_minoration_constat,
    date_limite_minoration_lue,
    date_limite_paiement,
    date_notification_electronique,
    date_notification_postale,
    emission_titre_le,
)
from fps.droit.calculs import majoration as majoration_du_titre
from fps.droit.calendar import paris_date
from fps.droit.money import euros
from fps.droit.numero import jour_du_numero
from fps.messages.annulation import FpsImpaye
from fps.messages.mfps import CreationFps
from fps.messages.moyens import Moyen
from fps.messages.parties_prenantes import Redevable
from fps.messages.plaques import plaque_nue

__all__ = ["FINAUX", "MACHINE", "PAIEMENT_REFUSE", "Constat", "Dossier", "Etat", "Impaye"]


def minoration_du_constat(message: CreationFps) -> date | None:
    """The last day of a reduced amount that counts from the finding; None when it counts from the notice, or there is none."""
    minoration = message.minoration
    if minoration is None or minoration.depuis == "envoi":
        return None
    return date_limite_minoration_constat(jour_du_numero(message.numero_fps), minoration.delai_jours)


@dataclass
class Dossier:
    """One FPS: a narrow row, what changes in its life. Amounts in centimes; the message and the redevable are in its Constat.

    `montant` is what the FPS is worth now (after a rectificatif or a cancellation), until its title; `numero_avis` is its last
    rectificatif, `rapo_rectifie` tells whether a RAPO asked for it; what the title loses then is in
    `titre_fps_annule` and `titre_majoration_annulee`; what the DGFiP collected of it, as it told, cumulated, is in `montant_paye`;
    `titre_leve` is the title that a cheque posted in time made void: nothing more is told of it.
    """

    numero: str
    siret: str
    zone: str
    immatriculation: str
    montant_initial: int
    montant: int
    minoration_montant: int | None
    minoration_delai: int | None
    recu_le: date
    etat: Etat = Etat.TRANSMIS
    cycle: str = "complet"
    motif_abandon: str | None = None
    electronique: bool = False
    date_envoi: date | None = None
    lu_le: datetime | None = None
    date_notification: date | None = None
    date_limite_paiement: date | None = None
    minoration_jusqu_au: date | None = None
    pli_revenu_le: date | None = None
    numero_avis: str | None = None
    rapo_rectifie: bool = False
    annule_le: date | None = None
    origine_annulation: str | None = None
    montant_paye: int = 0
    paye_le: date | None = None
    paiements: int = 0
    trop_percu: int = 0
    majoration: int = 0
    numero_titre: str | None = None
    rang_annexe: int | None = None
    date_titre: date | None = None
    titre_rabais: int = 0
    titre_solde: bool = False
    titre_rejets: int = 0
    titre_fps_annule: int = 0
    titre_majoration_annulee: int = 0
    titre_leve: str | None = None
    requete_en_attente: str | None = None
    minoration_canaux: tuple[Moyen, ...] | None = None
    plaque: str | None = None

    @classmethod
    def ouvrir(cls, message: CreationFps, le: date) -> "Dossier":
        """The dossier of a message FPS accepted that day (CGCT, art. L. 2333-87, II)."""
        minoration = message.minoration
        return cls(
            numero=message.numero_fps,
            siret=message.siret,
            zone=message.lieu.zone,
            immatriculation=message.vehicule.immatriculation,
            montant_initial=message.montant_fps,
            montant=message.montant_fps,
            minoration_montant=minoration.montant if minoration else None,
            minoration_delai=minoration.delai_jours if minoration else None,
            minoration_jusqu_au=minoration_du_constat(message),
            minoration_canaux=minoration.canaux if minoration else None,
            recu_le=le,
            plaque=plaque_nue(message.vehicule.immatriculation),
        )

    @classmethod
    def recevoir_impaye(cls, message: FpsImpaye, le: date) -> "Dossier":
        """The dossier of a FPS that the collectivité notified itself, unpaid at its limit (CGCT, art. R. 2333-120-17-2)."""
        dossier = cls(
            numero=message.numero_fps,
            siret=message.beneficiaire.siret,
            zone=message.lieu.zone,
            immatriculation=message.vehicule.immatriculation,
            montant_initial=message.montant_initial,
            montant=message.reste_du,
            minoration_montant=None,
            minoration_delai=None,
            recu_le=le,
            cycle="partiel",
            plaque=plaque_nue(message.vehicule.immatriculation),
        )
        dossier.date_notification = message.date_notification
        dossier.date_limite_paiement = message.date_limite_paiement
        return dossier

    @property
    def redeclarable(self) -> bool:
        """Whether the town may tell it unpaid again: it had it all cancelled itself, for a cheque that then bounced (hypothesis H130)."""
        return self.cycle == "partiel" and self.etat in RETIRES and self.origine_annulation in ("collectivite", "autre")

    def redeclarer(self, message: FpsImpaye, le: date) -> None:
        """The unpaid FPS told again opens the dossier anew; the title that was cancelled has nothing more to tell."""
        leve = self.numero_titre or self.titre_leve
        vars(self).update(vars(Dossier.recevoir_impaye(message, le)) | {"titre_leve": leve})

    def _passer(self, acte: str) -> None:
        self.etat = MACHINE.apres(acte, self.etat)

    # ------------------------------------------------------------------------------------------------------------- notice

    def abandonner(self, motif: str) -> None:
        """No notice will be sent: the redevable cannot be identified, or must not be (hypothesis H35)."""
        self._passer("abandonner")
        self.motif_abandon = motif

    def envoyer_avis(self, le: date) -> date:
        """The notice leaves that day; it prints its notification, given back, and its limits (CGCT, art. L. 2333-87, II and IV)."""
        self._passer("envoyer_avis")
        return self._poster(le)

    def _poster(self, le: date) -> date:
        self.date_envoi = le
        self.date_notification = date_notification_postale(le)
        self.date_limite_paiement = date_limite_paiement(self.date_notification)
        if self.minoration_delai is not None and self.minoration_jusqu_au is None:  # known already when it counts from the finding
            self.minoration_jusqu_au = date_limite_minoration(le, self.minoration_delai)
        return self.date_notification

    def mettre_a_disposition(self, le: date) -> date:
        """The electronic notice waits to be read, and nothing runs; gives the day it goes by post unread (hypothesis H48)."""
        self._passer("envoyer_avis")
        self.electronique = True
        self.date_envoi = le
        return self.papier_le()

    def papier_le(self) -> date:
        """The day an electronic notice that nobody read goes by post; raises ValueError before it is sent."""
        if self.date_envoi is None:
            raise ValueError(f"{self.numero}: no notice yet")
        return date_envoi_eavis_non_lu(self.date_envoi)

    def passer_au_papier(self, le: date) -> date:
        """Nobody read the electronic notice: it goes by post, from where its delays run (hypothesis H48); gives its notification."""
        if self.etat is not Etat.APA_ENVOYE or self.date_notification is not None:
            raise ActeImpossible(f"L'avis du FPS {self.numero} est déjà notifié.")
        self.electronique = False
        return self._poster(le)

    def lire_avis(self, instant: datetime) -> date:
        """The redevable reads the electronic notice, which notifies it that day; gives the limit (CGCT, art. L. 2333-87, II)."""
        self._passer("notifier")
        self.lu_le = instant
        self.date_notification = date_notification_electronique(instant)
        self.date_limite_paiement = date_limite_paiement(self.date_notification)
        if self.minoration_delai is not None and self.minoration_jusqu_au is None:
            self.minoration_jusqu_au = date_limite_minoration_lue(paris_date(instant), self.minoration_delai)
        return self.date_limite_paiement

    def constater_retour(self, le: date) -> None:
        """The post brings the notice back, once; its notification stays deemed made (hypothesis H49). Raises PliImpossible."""
        if self.date_envoi is None or self.electronique or self.pli_revenu_le is not None:
            raise PliImpossible(f"FPS {self.numero}, état « {self.etat} ».")
        self.pli_revenu_le = le

    def notifier(self) -> date:
        """The notice is deemed notified five jours francs after its sending; gives the payment limit (CGCT, art. L. 2333-87, II)."""
        self._passer("notifier")
        return self._limite()

    # ------------------------------------------------------------------------------------------------------------ payment

    def exiger_payable(self, le: date) -> None:
        """Raises the refusal that says why the FPS cannot be paid at ANTAI that day; the limit day is in time."""
        refus = PAIEMENT_REFUSE.get(self.etat)
        if refus is not None:
            raise refus(f"FPS {self.numero}, état « {self.etat} ».")
        self._exiger_delai(le)

    def _exiger_delai(self, le: date) -> None:
        if self.date_limite_paiement is not None and le > self.date_limite_paiement:
            raise DelaiPaiementExpire(f"Le dernier jour pour payer était le {self.date_limite_paiement:%d/%m/%Y}.")

    def payer(self, montant: int, le: date, *, minore: bool) -> None:
        """The FPS is settled by `montant` centimes, reduced or not (CGCT, art. L. 2333-87, IV)."""
        self.exiger_payable(le)
        self._passer("payer_minore" if minore else "payer")
        self.montant_paye = montant
        self.paye_le = le

    def payer_par_cheque(self, montant: int, envoye_le: date) -> None:
        """A cheque counts at the day it was sent: received after the limit and before the title, it still settles (hypothesis H52)."""
        if self.etat is not Etat.IMPAYE:
            self.payer(montant, envoye_le, minore=False)
            return
        self._exiger_delai(envoye_le)
        self._passer("payer_par_cheque_envoye_a_temps")
        self.montant_paye = montant
        self.paye_le = envoye_le

    def lever_titre(self, montant: int, envoye_le: date) -> None:
        """A cheque posted in time came after the title: the FPS is paid, the title void (CRPA, art. L. 112-1; hypothesis H52)."""
        self._passer("lever_titre")
        self.titre_leve = self.numero_titre
        self.numero_titre = self.rang_annexe = self.date_titre = None
        self.majoration = self.titre_rabais = self.titre_rejets = self.titre_fps_annule = self.titre_majoration_annulee = 0
        self.titre_solde = False
        self.requete_en_attente = None
        self.montant = self.montant_paye = montant
        self.paye_le = envoye_le

    def rejeter_paiement(self, le: date) -> None:
        """The bank refuses the cheque: the FPS goes back to where that day puts it (CGCT, art. L. 2333-87, IV)."""
        if self.etat is Etat.ANNULE_A_REMBOURSER:
            self._passer("rejeter_apres_annulation")
        elif self.date_notification is None or le < self.date_notification:
            self._passer("rejeter_avant_notification")
        elif le <= self._limite():
            self._passer("rejeter_avant_terme")
        else:
            self._passer("rejeter_apres_terme")
        self.montant_paye = 0
        self.paye_le = None

    def constater_impaye(self) -> None:
        """The limit has passed without payment, at ANTAI or, in cycle partiel, at the collectivité (CGCT, art. L. 2333-87, IV)."""
        self._passer("recevoir_impaye" if self.cycle == "partiel" else "constater_impaye")

    # -------------------------------------------------------------------------------------------- reduction, cancellation

    def reduire(self, montant: int) -> None:
        """What the FPS is worth from now on, in centimes, above zero; nothing of its dates moves (CGCT, art. R. 2333-120-14)."""
        if not 0 < montant < self.montant or self.etat in TITRES | FINAUX or self.etat is Etat.TRANSMIS:
            raise ActeImpossible(f"Le FPS {self.numero} ne peut pas être réduit à {euros(montant)} dans l'état « {self.etat} ».")
        self.montant = montant
        self.minoration_montant = self.minoration_delai = self.minoration_jusqu_au = None

    def annuler(self, origine: str, le: date) -> None:
        """Nothing is due any more; what was paid is to be refunded by the collectivité (CGCT, art. R. 2333-120-14)."""
        self._passer("annuler_paye" if self.etat in PAYES else "annuler")
        self.annule_le = le
        self.origine_annulation = origine

    @property
    def a_rembourser(self) -> int:
        """What the collectivité owes back on a FPS paid before it was cancelled or reduced, in centimes (hypothesis H55)."""
        if self.etat not in PAYES | {Etat.ANNULE_A_REMBOURSER}:
            return 0
        return reste_a_rembourser(self.montant_paye, self.montant if self.etat in PAYES else 0)

    # -------------------------------------------------------------------------------------------------------------- title

    def titre_le(self) -> date:
        """The day the titre exécutoire is issued: ten days are left to tell a cancellation; raises ValueError before the notice."""
        cycle: Cycle = "partiel" if self.cycle == "partiel" else "complet"
        return emission_titre_le(self._limite(), cycle)

    def _limite(self) -> date:
        if self.date_limite_paiement is None:
            raise ValueError(f"{self.numero}: no payment limit before the notice")
        return self.date_limite_paiement

    def emettre_titre(self, numero: str, rang: int, le: date) -> None:
        """The unpaid FPS and its majoration become a line of a titre exécutoire (CGCT, art. L. 2333-87, IV and R. 2333-120-16)."""
        self._passer("emettre_titre")
        self.numero_titre, self.rang_annexe, self.date_titre = numero, rang, le
        self.majoration = majoration_du_titre(self.montant, le)

    def exiger_titre(self, numero: str | None, rang: int | None = None) -> None:
        """Raises TitreNonEmis before the title, LettreIncoherente for another title."""
        if self.etat not in TITRES:
            raise TitreNonEmis(f"FPS {self.numero}, état « {self.etat} ».")
        if (numero or self.numero_titre, rang or self.rang_annexe) != (self.numero_titre, self.rang_annexe):
            raise LettreIncoherente(f"Titre {numero}, rang {rang}, au lieu de {self.numero_titre}, rang {self.rang_annexe}.")

    @property
    def titre_regle(self) -> tuple[int, int]:
        """The parts of the FPS and of the majoration that are no longer awaited: paid, let off, cancelled; in centimes."""
        fps, majoration = self.titre_restes
        return self.montant - fps, self.majoration - majoration

    @property
    def titre_restes(self) -> tuple[int, int]:
        """What the title still waits for, of the FPS and of the majoration, in centimes."""
        if self.titre_solde:
            return 0, 0
        annule = self.titre_fps_annule, self.titre_majoration_annulee
        return restes_du_titre(self.montant, self.majoration, *annule, self.montant_paye, self.titre_rabais)

    @property
    def titre_reste_du(self) -> int:
        """What the title still waits for, in centimes; zero before the title."""
        return reste_du_titre(self.titre_restes) if self.etat in TITRES else 0

    def encaisser_titre(self, total: int, rabais: int, le: date, *, solde: bool, rejets: int = 0) -> bool:
        """What the DGFiP has collected so far and the rebate it granted, cumulated, in centimes.

        `rejets`: how many payments bounced. False when this news was overtaken by a later one: that of more rejections, then of a
        greater sum; nothing changes (CGPPP, art. L. 2323-7-1; hypothesis H83).
        """
        meme = rejets == self.titre_rejets
        depassee = total < self.montant_paye or (total == self.montant_paye and (self.titre_solde or not solde))
        if rejets < self.titre_rejets or (meme and depassee):
            return False
        self.titre_rejets, self.titre_solde = rejets, meme and self.titre_solde
        self.montant_paye, self.paye_le = total, (le if meme else self.paye_le or le) if total else None
        self.titre_rabais = rabais
        self.titre_solde = self.titre_solde or solde
        self._conclure_titre()
        return True

    def annuler_titre(self, fps: int, majoration: int, origine: str, le: date) -> None:
        """That part of the title is no longer due, in centimes (CGCT, art. L. 2333-87, IV and R. 2333-120-17-3)."""
        self.titre_fps_annule += fps
        self.titre_majoration_annulee += majoration
        self.annule_le, self.origine_annulation = le, origine
        self._conclure_titre()

    def _conclure_titre(self) -> None:
        # A function of the amounts only: payment and cancellation may come in any order.
        if (self.titre_fps_annule, self.titre_majoration_annulee) == (self.montant, self.majoration):
            if self.etat is not Etat.TITRE_ANNULE:
                self._passer("annuler_titre")
        elif self.etat is Etat.TITRE_EMIS and self.titre_reste_du == 0:
            self._passer("solder_titre")
        elif self.etat is Etat.TITRE_PAYE and self.titre_reste_du > 0:
            self._passer("rouvrir_titre")


@dataclass
class Constat:
    """What never changes in a dossier: the message FPS and the redevable that the registers gave."""

    numero: str
    message: CreationFps
    redevable: Redevable | None
    introuvable: bool = False


@dataclass
class Impaye:
    """What never changes in a dossier of cycle partiel: the unpaid FPS as the collectivité told it, and the redevable."""

    numero: str
    message: FpsImpaye
    redevable: Redevable | None
