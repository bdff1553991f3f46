"""The convention of a collectivité with ANTAI: prepared, deposited, signed by both, in force between two dates, terminated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from antai.domain.espace.refus import (
    AvantLaReforme,
    ConventionAbsente,
    ConventionASigner,
    ConventionDejaSignee,
    ConventionEchue,
    ConventionEnCours,
    ConventionInconnue,
    ConventionNonDeposee,
    ConventionPasEncoreEnVigueur,
    ConventionResiliee,
    ConventionsSuperposees,
    EffetPasse,
    ResiliationImpossible,
    SignatureImpossible,
)
from fps.confiance.refus import AccesRefuse
from fps.droit import HorsDuDroit, droit
from fps.droit.calculs import Cycle
from fps.droit.calendar import ajouter_annees, paris_date

VEILLE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Signataire:
    """Who signs for the collectivité, by decision of its assembly."""

    nom: str
    qualite: str


class EtatConvention(StrEnum):
    """Où en est une convention un jour donné."""

    A_DEPOSER = "a-deposer"
    A_SIGNER = "a-signer-par-l-antai"
    A_VENIR = "pas-encore-en-vigueur"
    EN_VIGUEUR = "en-vigueur"
    RESILIEE = "resiliee"
    ECHUE = "echue"


@dataclass(frozen=True, slots=True)
class Convention:
    """One convention. `debut` and `fin` are its first and last days; `resiliee_le` is the first day without it.

    `empreinte` is the SHA-256 of the PDF that the collectivité deposited; `retour` why ANTAI sent the last one back.
    """

    rang: int
    cycle: Cycle
    debut: date
    fin: date
    signataire: Signataire
    proposee_le: datetime
    deposee_le: datetime | None = None
    empreinte: str | None = None
    retour: str | None = None
    signee_le: datetime | None = None
    resiliee_le: date | None = None
    motif_resiliation: str | None = None

    def etat(self, le: date) -> EtatConvention:
        """Where it stands that day; both its first and its last day are in force."""
        if self.deposee_le is None:
            return EtatConvention.A_DEPOSER
        if self.signee_le is None:
            return EtatConvention.A_SIGNER
        if self.resiliee_le is not None and le >= self.resiliee_le:
            return EtatConvention.RESILIEE
        if le > self.fin:
            return EtatConvention.ECHUE
        return EtatConvention.A_VENIR if le < self.debut else EtatConvention.EN_VIGUEUR

    @property
    def dernier_jour(self) -> date:
        """Its last day in force, early termination included."""
        return self.fin if self.resiliee_le is None else min(self.fin, self.resiliee_le - VEILLE)


Conventions = tuple[Convention, ...]


def _jour(instant: datetime | None) -> str:
    return "" if instant is None else f"{paris_date(instant):%d/%m/%Y}"


# What is missing, the nearest to an answer first: what is being prepared, then what ended.
MANQUES: dict[EtatConvention, tuple[type[AccesRefuse], Callable[[Convention], str]]] = {
    EtatConvention.A_VENIR: (ConventionPasEncoreEnVigueur, lambda c: f"effet le {c.debut:%d/%m/%Y}"),
    EtatConvention.A_SIGNER: (ConventionASigner, lambda c: f"déposée le {_jour(c.deposee_le)}"),
    EtatConvention.A_DEPOSER: (ConventionNonDeposee, lambda c: f"retournée, « {c.retour} »" if c.retour else "modèle à signer"),
    EtatConvention.RESILIEE: (ConventionResiliee, lambda c: f"sans effet depuis le {c.resiliee_le:%d/%m/%Y}"),
    EtatConvention.ECHUE: (ConventionEchue, lambda c: f"dernier jour le {c.fin:%d/%m/%Y}"),
}


def en_vigueur(conventions: Sequence[Convention], siret: str, le: date) -> Convention:
    """The convention of that day; raises the refusal that says which step is missing."""
    par_etat: dict[EtatConvention, Convention] = {}
    for convention in conventions:
        etat = convention.etat(le)
        if etat is EtatConvention.EN_VIGUEUR:
            return convention
        if etat is EtatConvention.A_VENIR:
            par_etat.setdefault(etat, convention)
        else:
            par_etat[etat] = convention
    finies = [par_etat.pop(etat) for etat in (EtatConvention.RESILIEE, EtatConvention.ECHUE) if etat in par_etat]
    if finies and not par_etat:
        derniere = max(finies, key=lambda c: c.rang)
        par_etat[derniere.etat(le)] = derniere
    for etat, (refus, detail) in MANQUES.items():
        if etat in par_etat:
            convention = par_etat[etat]
            raise refus(f"Collectivité {siret}, convention n° {convention.rang} ({convention.cycle}) : {detail(convention)}.")
    raise ConventionAbsente(f"Collectivité {siret}.")


def duree(debut: date) -> date:
    """The last day of a convention that begins that day (hypothesis H86); raises AvantLaReforme."""
    try:
        return ajouter_annees(debut, droit(debut).convention_annees) - VEILLE
    except HorsDuDroit:
        raise AvantLaReforme(f"Date demandée : {debut:%d/%m/%Y}.", "effet_le") from None


def proposer(
    conventions: Conventions, cycle: Cycle, signataire: Signataire, debut: date | None, maintenant: datetime, le: date
) -> Conventions:
    """A new convention to sign; by default it begins today, or when the one before ends.

    Raises ConventionEnCours, EffetPasse, ConventionsSuperposees, AvantLaReforme.
    """
    for autre in conventions:
        if autre.signee_le is None:
            raise ConventionEnCours(f"Convention n° {autre.rang}.")
    precedentes = [c.dernier_jour for c in conventions if c.dernier_jour >= le]
    debut = debut or (max(precedentes) + VEILLE if precedentes else le)
    if debut < le:
        raise EffetPasse(f"Date demandée : {debut:%d/%m/%Y}.", "effet_le")
    fin = duree(debut)
    for autre in conventions:
        if debut <= autre.dernier_jour and autre.debut <= min(fin, autre.dernier_jour):
            raise ConventionsSuperposees(
                f"La convention n° {autre.rang} court du {autre.debut:%d/%m/%Y} au {autre.dernier_jour:%d/%m/%Y}.", "effet_le"
            )
    rang = max((c.rang for c in conventions), default=0) + 1
    return (*conventions, Convention(rang, cycle, debut, fin, signataire, maintenant))


def trouver(conventions: Sequence[Convention], rang: int) -> Convention:
    """The convention of that rank; raises ConventionInconnue."""
    for convention in conventions:
        if convention.rang == rang:
            return convention
    raise ConventionInconnue(f"Convention n° {rang}.")


def _changer(conventions: Conventions, nouvelle: Convention) -> Conventions:
    return tuple(nouvelle if c.rang == nouvelle.rang else c for c in conventions)


def _non_signee(conventions: Conventions, rang: int) -> Convention:
    convention = trouver(conventions, rang)
    if convention.signee_le is not None:
        raise ConventionDejaSignee(f"Convention n° {rang}.")
    return convention


def deposer(conventions: Conventions, rang: int, empreinte: str, maintenant: datetime) -> Conventions:
    """The PDF signed by the collectivité, by its SHA-256; another deposit before ANTAI's signature replaces it.

    Raises ConventionInconnue, ConventionDejaSignee.
    """
    convention = _non_signee(conventions, rang)
    return _changer(conventions, replace(convention, deposee_le=maintenant, empreinte=empreinte, retour=None))


def abandonner(conventions: Conventions, rang: int) -> Conventions:
    """Give up a convention that ANTAI has not signed; raises ConventionInconnue, ConventionDejaSignee."""
    _non_signee(conventions, rang)
    return tuple(c for c in conventions if c.rang != rang)


def a_signer(conventions: Conventions, le: date) -> Convention | None:
    """The deposited convention that waits for ANTAI's signature and can still take effect, or None."""
    attendues = [c for c in conventions if c.etat(le) is EtatConvention.A_SIGNER and le <= c.fin]
    return attendues[0] if attendues else None


def signer(conventions: Conventions, rang: int, maintenant: datetime, le: date) -> Conventions:
    """ANTAI signs: the convention takes effect at its date, never before the signature (hypothesis H86).

    Raises ConventionInconnue, ConventionDejaSignee, SignatureImpossible.
    """
    convention = _non_signee(conventions, rang)
    if convention.deposee_le is None or le > convention.fin:
        raise SignatureImpossible(f"Convention n° {rang}, terme le {convention.fin:%d/%m/%Y}.")
    return _changer(conventions, replace(convention, signee_le=maintenant, debut=max(convention.debut, le)))


def retourner(conventions: Conventions, rang: int, motif: str) -> Conventions:
    """ANTAI sends the deposited document back; raises ConventionInconnue, ConventionDejaSignee, SignatureImpossible."""
    convention = _non_signee(conventions, rang)
    if convention.deposee_le is None:
        raise SignatureImpossible(f"Convention n° {rang} : rien n'est déposé.")
    return _changer(conventions, replace(convention, deposee_le=None, empreinte=None, retour=motif))


def resilier(conventions: Conventions, rang: int, effet: date, motif: str, le: date) -> Conventions:
    """End a signed convention early: `effet` is the first day without it. Raises ConventionInconnue, ResiliationImpossible."""
    convention = trouver(conventions, rang)
    if convention.signee_le is None or convention.resiliee_le is not None or not le <= effet <= convention.fin:
        raise ResiliationImpossible(f"Convention n° {rang}, terme le {convention.fin:%d/%m/%Y}, effet demandé le {effet:%d/%m/%Y}.")
    return _changer(conventions, replace(convention, resiliee_le=effet, motif_resiliation=motif))
