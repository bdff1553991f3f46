"""The forfait de post-stationnement of a collectivité: its states, the acts that change them, and what each act writes in the books."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from collectivite.domain.acte import Acte, Suite, Transmis, attendus, suite
from collectivite.domain.refus import ActeImpossible
from collectivite.domain.sommes import montant_actuel, reste_du, total_paye, trop_percu, verse_net
from fps.comptabilite import Compte, Libelle
from fps.droit import droit
from fps.droit.calculs import Cycle, date_limite_paiement, date_notification_postale, emission_titre_le
from fps.droit.calendar import ajouter_jours, paris_date
from fps.droit.money import EcritureEquilibree, LigneEcriture
from fps.droit.numero import jour_du_numero
from fps.messages.annulation import FpsImpaye
from fps.messages.mfps import CodeTitre, CreationFps, DepartMinoration, ErreurAccuse, StatutAccuse
from fps.messages.parties_prenantes import Lieu, Vehicule
from fps.messages.plaques import plaque_nue
from fps.regles.machine import Machine


class Etat(StrEnum):
    """Où en est un FPS, tel que la collectivité le connaît."""

    ETABLI = "etabli"
    TRANSMIS = "transmis"
    REFUSE = "refuse"
    ABANDONNE = "abandonne"
    NOTIFIE = "notifie"
    PAYE = "paye"
    PAYE_MINORE = "paye-minore"
    PAYE_RAPIDE = "paye-rapide"
    IMPAYE = "impaye"
    TITRE_PAYE = "titre-paye"
    ANNULE = "annule"


# The accusé and the information of payment travel apart: a payment may be known before its accusé is.
AMIABLES: Final = frozenset({Etat.ETABLI, Etat.TRANSMIS, Etat.NOTIFIE})
SOLDES: Final = frozenset({Etat.PAYE, Etat.PAYE_MINORE, Etat.PAYE_RAPIDE, Etat.TITRE_PAYE})
SANS_SUITE: Final = frozenset({Etat.REFUSE, Etat.ABANDONNE})

MACHINE: Final = Machine(
    "fps",
    Etat.ETABLI,
    {
        "accuser": (frozenset({Etat.ETABLI}), Etat.TRANSMIS),
        "refuser": (frozenset({Etat.ETABLI}), Etat.REFUSE),
        "abandonner": (frozenset({Etat.ETABLI, Etat.IMPAYE}), Etat.ABANDONNE),
        "notifier": (frozenset({Etat.ETABLI}), Etat.NOTIFIE),
        "payer": (AMIABLES, Etat.PAYE),
        "payer_a_temps": (frozenset({Etat.IMPAYE}), Etat.PAYE),
        "payer_minore": (frozenset({Etat.ETABLI, Etat.TRANSMIS}), Etat.PAYE_MINORE),
        "payer_rapidement": (frozenset({Etat.ETABLI, Etat.TRANSMIS}), Etat.PAYE_RAPIDE),
        "perdre_paiement": (frozenset({Etat.PAYE, Etat.PAYE_MINORE}), Etat.TRANSMIS),
        "perdre_paiement_propre": (frozenset({Etat.PAYE}), Etat.NOTIFIE),
        "constater_impaye": (frozenset({Etat.NOTIFIE}), Etat.IMPAYE),
        "solder_titre": (frozenset({Etat.ETABLI, Etat.TRANSMIS, Etat.IMPAYE}), Etat.TITRE_PAYE),
        "rouvrir_titre": (frozenset({Etat.TITRE_PAYE}), Etat.TRANSMIS),
        "rouvrir_titre_partiel": (frozenset({Etat.TITRE_PAYE}), Etat.IMPAYE),
        "annuler": (AMIABLES | SOLDES | {Etat.IMPAYE}, Etat.ANNULE),
    },
    ActeImpossible,
)


class Retenu(BaseModel):
    """A message FPS that the town keeps until that day (hypothesis H125)."""

    model_config = ConfigDict(frozen=True)

    le: date
    message: CreationFps


@dataclass
class Forfait:
    """One FPS; amounts in centimes. The collectivité never knows the redevable through the amicable flow.

    `creance` is what the redevable still owes it, `dette` what it owes back; `part_titre` what came from a titre exécutoire,
    `titre_fps_annule` and `titre_majoration_annulee` what ANTAI has cancelled of it, `titre_leve` the one that is void. Its dates are
    those of a notice sent by post: those of an e-avis that is read are not told (hypothesis H71).
    """

    numero: str
    siret: str
    cycle: str
    agent: str
    vehicule: Vehicule
    lieu: Lieu
    date_heure_constat: datetime
    fin_effets: datetime
    montant: int
    montant_deduit: int
    mode_notification: str
    minoration_montant: int | None
    minoration_jours: int | None = None
    etat: Etat = Etat.ETABLI
    motif: str | None = None
    accuse_le: datetime | None = None
    date_envoi: date | None = None
    date_notification: date | None = None
    date_limite_paiement: date | None = None
    montant_rectifie: int | None = None
    montant_paye: int = 0
    paye_le: date | None = None
    numero_titre: str | None = None
    part_titre: int = 0
    titre_rejets: int = 0
    creance: int = 0
    dette: int = 0
    rembourse: int = 0
    actes: tuple[Acte, ...] = ()
    suite: Suite = Suite.AUCUNE
    titre_connu: bool = False
    titre_fps_annule: int = 0
    titre_majoration_annulee: int = 0
    retenu: Retenu | None = None
    titre_leve: str | None = None
    minoration_depuis: DepartMinoration | None = None
    plaque: str | None = None

    @classmethod
    def etablir(cls, message: CreationFps, cycle: Cycle = "complet") -> "Forfait":
        """The FPS that an agent has just established (CGCT, art. L. 2333-87, II)."""
        return cls(
            numero=message.numero_fps,
            siret=message.siret,
            cycle=cycle,
            agent=message.agent.identifiant,
            vehicule=message.vehicule,
            lieu=message.lieu,
            date_heure_constat=message.date_heure_constat,
            fin_effets=message.fin_effets,
            montant=message.montant_fps,
            montant_deduit=message.montant_deduit,
            mode_notification=message.mode_notification,
            minoration_montant=message.minoration.montant if message.minoration else None,
            minoration_jours=message.minoration.delai_jours if message.minoration else None,
            minoration_depuis=message.minoration.depuis if message.minoration else None,
            creance=message.montant_fps,
            plaque=plaque_nue(message.vehicule.immatriculation),
        )

    @property
    def jour(self) -> date:
        """The civil day of the finding, in its town (H04)."""
        return jour_du_numero(self.numero)

    @property
    def premier_jour(self) -> date:
        """The first date that somebody may give to what follows the finding: its day there, or in Paris."""
        return min(self.jour, paris_date(self.date_heure_constat))

    @property
    def du(self) -> int:
        """What the FPS amounts to today, payments left out; what was paid of a FPS given up stays acquired."""
        acquis = verse_net(self.montant_paye, self.rembourse) if self.etat in SANS_SUITE else 0
        return montant_actuel(self.montant, self.montant_rectifie, self.etat in SANS_SUITE or self.etat is Etat.ANNULE, acquis)

    @property
    def paye(self) -> int:
        """What was paid, the collectivité's share of the title included."""
        return total_paye(self.montant_paye, self.part_titre)

    @property
    def notification_au_plus_tard(self) -> date | None:
        """The latest day of the notification: that of an e-avis never read, sent by post at last (CGCT, art. L. 2333-87, II; H48)."""
        if self.cycle == "partiel" or self.date_envoi is None:
            return self.date_notification
        return date_notification_postale(ajouter_jours(self.date_envoi, droit(self.date_envoi).eavis_papier_jours))

    @property
    def notice_apposee(self) -> bool:
        """Whether a notice was put on the windscreen, before the avis that ANTAI sends (cycle complet)."""
        return self.cycle == "complet" and self.mode_notification == "pare-brise"

    @property
    def titre_le(self) -> date | None:
        """The first day when a titre exécutoire may be issued, when nothing is paid (CGCT, art. R. 2333-120-16)."""
        if self.date_limite_paiement is None:
            return None
        return emission_titre_le(self.date_limite_paiement, "partiel" if self.cycle == "partiel" else "complet")

    def titre_certain(self, le: date, notification: date | None = None) -> bool:
        """Whether a titre exécutoire exists for sure that day: told by ANTAI, the DGFiP or the court, or by every delay.

        The delays run from the notification that the redevable tells, else from the latest one that an e-avis may have.
        """
        if self.numero_titre is not None or self.titre_connu:
            return True
        if self.etat is Etat.IMPAYE:
            admis = any(isinstance(a.message, FpsImpaye) and a.etat == "accepte" for a in self.actes)
            return admis and self.titre_le is not None and le >= self.titre_le
        connue = notification or self.notification_au_plus_tard
        if self.cycle != "complet" or self.etat is not Etat.TRANSMIS or connue is None:
            return False
        return le >= emission_titre_le(date_limite_paiement(connue))

    def titre_possible(self, le: date) -> bool:
        """Whether a titre exécutoire may exist that day: it does, unless the notice was an e-avis (CGCT, art. L. 2333-87, II)."""
        if self.etat is Etat.IMPAYE or self.titre_certain(le):
            return True
        premier = self.titre_le if self.cycle == "complet" and self.etat is Etat.TRANSMIS else None
        return premier is not None and le >= premier

    def _passer(self, acte: str) -> None:
        self.etat = MACHINE.apres(acte, self.etat)

    # ----------------------------------------------------------------------------------------------------- told to ANTAI

    def transmettre(self, message: Transmis, le: datetime, *, baisse: int = 0, releve: bool = False) -> None:
        """An act leaves for ANTAI and waits for its accusé; `baisse` in centimes, what a flow 8 takes off the FPS."""
        rang = self.actes[-1].rang + 1 if self.actes else 1
        self.actes = (*self.actes, Acte(rang=rang, message=message, transmis_le=le, baisse=baisse, releve=releve))
        self.suite = suite(self.actes)

    def repondre(self, flux: int, statut: StatutAccuse, erreurs: tuple[ErreurAccuse, ...], le: datetime) -> Acte | None:
        """The accusé of the oldest act of that flow that waits for one; None when no act does."""
        attendu = next((acte for acte in attendus(self.actes) if acte.message.flow == flux), None)
        if attendu is None:
            return None
        repondu = attendu.model_copy(update={"etat": statut, "erreurs": erreurs, "repondu_le": le})
        self.actes = tuple(repondu if acte.rang == repondu.rang else acte for acte in self.actes)
        self.suite = suite(self.actes)
        self.titre_connu = self.titre_connu or CodeTitre.EMIS in repondu.codes
        return repondu

    # ------------------------------------------------------------------------------------------------------ the notice

    def retenir(self, message: CreationFps, le: date) -> None:
        """The message FPS leaves that day only."""
        self.retenu = Retenu(le=le, message=message)

    def liberer(self) -> CreationFps | None:
        """The message FPS that was kept, kept no more; None when it has left."""
        retenu, self.retenu = self.retenu, None
        return None if retenu is None else retenu.message

    def dater(self, envoi: date, notification: date, limite: date) -> None:
        """The dates that the notice bears."""
        self.date_envoi, self.date_notification, self.date_limite_paiement = envoi, notification, limite

    def accuser(self, le: datetime) -> None:
        """ANTAI has accepted the message FPS; an accusé that comes after what it made possible changes nothing."""
        if self.etat is Etat.ETABLI:
            self._passer("accuser")
        self.accuse_le = le

    def refuser(self, motif: str, le: datetime) -> None:
        """ANTAI has refused the message FPS: the FPS will not be notified."""
        self._passer("refuser")
        self.motif, self.accuse_le = motif, le

    def abandonner(self, motif: str, le: datetime) -> None:
        """ANTAI has given the FPS up: nobody will be asked to pay, or to pay what remains (cycle partiel)."""
        self._passer("abandonner")
        self.motif, self.accuse_le = motif, self.accuse_le or le

    def notifier(self) -> None:
        """Cycle partiel: the town puts its own notice on the windscreen (CGCT, art. L. 2333-87, II)."""
        self._passer("notifier")

    def constater_impaye(self) -> None:
        """Cycle partiel: the three months are over and something remains due (CGCT, art. R. 2333-120-17-2)."""
        self._passer("constater_impaye")

    # ------------------------------------------------------------------------------------------------------- the money

    def payer(self, montant: int, le: date, *, minore: bool = False, rapide: bool = False, solde: bool = True) -> EcritureEquilibree:
        """A payment of `montant` centimes: it settles the FPS, or comes on top and is owed back. Raises ActeImpossible."""
        if self.etat in SANS_SUITE:
            self._passer("payer")
        if self.etat in AMIABLES and solde:
            self._passer("payer_minore" if minore else "payer_rapidement" if rapide else "payer")
        regle = min(montant, self.creance)
        remise = self.creance - regle if solde else 0
        self.creance -= regle + remise
        self.dette += montant - regle
        self.montant_paye, self.paye_le = self.montant_paye + montant, le
        compte = Compte.REGIE if rapide or self.cycle == "partiel" else Compte.ANTAI
        lignes = ((compte, montant), (Compte.RECETTES, remise), (Compte.REDEVABLE, -regle - remise), (Compte.A_REMBOURSER, regle - montant))
        return ecriture(le, Libelle.FPS_PAYE, *lignes)

    def payer_a_temps(self, montant: int, le: date) -> EcritureEquilibree:
        """Cycle partiel: a cheque posted in time settles the FPS after its term (CRPA, art. L. 112-1). Raises ActeImpossible."""
        self._passer("payer_a_temps")
        return self.payer(montant, le)

    def perdre_paiement(self, montant: int, reste_du: int, le: date) -> EcritureEquilibree:
        """A payment told before does not stand: `reste_du` centimes are due again. Raises ActeImpossible."""
        repris, propre = min(montant, self.dette), self.cycle == "partiel"
        if self.etat is not Etat.ANNULE and reste_du > 0 and not (propre and self.etat is Etat.NOTIFIE):
            self._passer("perdre_paiement_propre" if propre else "perdre_paiement")
        redue = reste_du - self.creance if self.etat is not Etat.ANNULE and reste_du else 0
        self.dette, self.creance, self.montant_paye = self.dette - repris, self.creance + redue, self.montant_paye - montant
        # What is left was given back before the bank refused the cheque; below zero, it is the reduction of a payment that is lost.
        reste = montant - repris - redue
        lignes = (
            (Compte.REDEVABLE, redue),
            (Compte.A_REMBOURSER, repris),
            (Compte.REGIE if propre else Compte.ANTAI, -montant),
            (Compte.INDUS if reste > 0 else Compte.RECETTES, reste),
        )
        return ecriture(le, Libelle.PAIEMENT_SANS_SUITE, *lignes)

    def solder_titre(self, numero_titre: str, part: int, le: date, reste_du: int = 0, rejets: int = 0) -> EcritureEquilibree | None:
        """The DGFiP tells that `part` centimes of the title, so far, come to the collectivité; an older news changes nothing.

        `rejets`: how many payments of the title bounced; the last news is that of the most rejections (hypothesis H83).
        """
        if numero_titre == self.titre_leve or (self.titre_leve is not None and self.etat is Etat.PAYE):
            return None
        self.numero_titre = numero_titre
        if rejets < self.titre_rejets:
            return None
        nouveau, self.titre_rejets = rejets > self.titre_rejets, rejets
        if nouveau and part < self.part_titre:
            return self._rouvrir_titre(part, le)
        if self.etat not in (Etat.TITRE_PAYE, Etat.ANNULE) and (reste_du == 0 or not MACHINE.permet("solder_titre", self.etat)):
            self._passer("solder_titre")
        # What the title brings on top of the claim goes back to the payer through the Treasury, not through the town (flow 16).
        regle = min(max(part - self.part_titre, 0), self.creance)
        if not regle:
            return None
        self.creance, self.part_titre, self.paye_le = self.creance - regle, self.part_titre + regle, le
        return ecriture(le, Libelle.FPS_MAJORE_PAYE, (Compte.DGFIP, regle), (Compte.REDEVABLE, -regle))

    def lever_titre(self, numero_titre: str | None, le: date) -> EcritureEquilibree | None:
        """ANTAI cancels the title, since a cheque posted in time has paid the FPS: its share goes back, by précompte (H52)."""
        ecriture = self._rouvrir_titre(0, le) if self.etat is Etat.TITRE_PAYE or self.part_titre else None
        self.titre_leve, self.numero_titre, self.titre_connu = numero_titre or "", None, False
        self.titre_rejets = self.titre_fps_annule = self.titre_majoration_annulee = 0
        return ecriture

    def _rouvrir_titre(self, part: int, le: date) -> EcritureEquilibree:
        if self.etat is Etat.TITRE_PAYE:
            self._passer("rouvrir_titre_partiel" if self.cycle == "partiel" else "rouvrir_titre")
        perdu = self.part_titre - part
        self.creance, self.part_titre, self.paye_le = self.creance + perdu, part, self.paye_le if self.montant_paye + part else None
        return ecriture(le, Libelle.PAIEMENT_DU_TITRE_SANS_SUITE, (Compte.REDEVABLE, perdu), (Compte.DGFIP, -perdu))

    def rectifier(self, montant: int, le: date) -> EcritureEquilibree | None:
        """The FPS amounts to `montant` centimes from now on; what was paid above is owed back (CGCT, art. R. 2333-120-14)."""
        self.montant_rectifie = montant
        return self._reduire(montant, le, Libelle.FPS_RECTIFIE)

    def annuler(self, le: date, motif: str) -> EcritureEquilibree | None:
        """The FPS is no longer due. Raises ActeImpossible."""
        self._passer("annuler")
        self.motif = motif
        return self._reduire(0, le, Libelle.FPS_ANNULE)

    def _reduire(self, montant: int, le: date, libelle: str) -> EcritureEquilibree | None:
        verse = verse_net(self.montant_paye, self.rembourse)
        baisse = self.creance - min(self.creance, reste_du(montant, verse, self.part_titre))
        precompte = max(self.part_titre - reste_du(montant, verse, 0), 0)
        trop = max(trop_percu(verse, montant, self.part_titre - precompte) - self.dette, 0)
        self.creance, self.dette = self.creance - baisse, self.dette + trop
        self.part_titre -= precompte
        total = baisse + trop + precompte
        if not total:
            return None
        return ecriture(
            le, libelle, (Compte.RECETTES, total), (Compte.REDEVABLE, -baisse), (Compte.A_REMBOURSER, -trop), (Compte.DGFIP, -precompte)
        )

    def clore_sans_suite(self, le: date) -> EcritureEquilibree | None:
        """A FPS refused or given up is no longer a claim; what was paid of it stays acquired."""
        return self._reduire(self.du, le, Libelle.FPS_SANS_SUITE)

    def rembourser(self, montant: int, le: date) -> EcritureEquilibree:
        """The Treasury is asked to give `montant` centimes back."""
        self.dette, self.rembourse = self.dette - montant, self.rembourse + montant
        return ecriture(le, Libelle.FPS_REMBOURSE, (Compte.A_REMBOURSER, montant), (Compte.TRESOR, -montant))

    def arreter_remboursement(self, montant: int, le: date) -> EcritureEquilibree:
        """The Treasury does not give `montant` centimes back: nothing is owed of a payment that the bank refused, before or after."""
        self.rembourse -= montant
        rendre = trop_percu(verse_net(self.montant_paye, self.rembourse), self.du, self.part_titre) - self.dette
        self.dette += rendre
        lignes = ((Compte.TRESOR, montant), (Compte.A_REMBOURSER, -rendre), (Compte.INDUS, rendre - montant))
        return ecriture(le, Libelle.REMBOURSEMENT_DE_LA_COLLECTIVITE_ARRETE, *lignes)

    def ecriture_creance(self, le: date) -> EcritureEquilibree:
        """Establishing a FPS makes a claim and a revenue."""
        return ecriture(le, Libelle.FPS_ETABLI, (Compte.REDEVABLE, self.montant), (Compte.RECETTES, -self.montant))


def ecriture(le: date, libelle: str, *lignes: tuple[str, int]) -> EcritureEquilibree:
    """A balanced entry from signed amounts, in centimes: debits are positive, credits negative, nothing is left out but zeros."""
    return EcritureEquilibree(le, libelle, tuple(LigneEcriture(compte, debit=max(m, 0), credit=max(-m, 0)) for compte, m in lignes if m))
