"""The télétransmission of a collectivité: cahier des charges, homologation of its system, convention; and what is still missing."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from ccsp.domain import refus_portail as refus
from fps.confiance.refus import AccesRefuse
from fps.droit import droit
from fps.droit.calendar import ajouter_annees, ajouter_jours
from fps.messages.specimen_pdf import pdf
from fps.regles.defense import empreinte_de

REFERENCE: Final = "référence"  # the version of the system that this simulator ships


@dataclass(frozen=True)
class Convention:
    """Une convention avec la juridiction, premier et dernier jours compris ; « denoncee_le » est le premier jour où elle ne vaut plus."""

    signee_le: date
    signataire: str
    effet_le: date
    fin_le: date
    denoncee_le: date | None = None

    @property
    def dernier_jour(self) -> date:
        """The last day it counts."""
        return self.fin_le if self.denoncee_le is None else min(self.fin_le, ajouter_jours(self.denoncee_le, -1))

    def couvre(self, le: date) -> bool:
        """Whether it is in force that day."""
        return self.effet_le <= le <= self.dernier_jour


@dataclass
class Teletransmission:
    """Where a collectivité stands; its system is declared by a name and a version."""

    siret: str
    cahier_accepte_le: date | None = None
    cahier_accepte_par: str = ""
    systeme: str = ""
    version: str = ""
    versions_homologuees: tuple[str, ...] = ()
    seances: int = 0
    conventions: tuple[Convention, ...] = ()

    @classmethod
    def de_reference(cls, siret: str) -> "Teletransmission":
        """A town whose system is that of this simulator: ready whatever the date of a bac (hypothesis H93)."""
        toujours = Convention(date(2018, 1, 1), "Système de référence (simulé)", date(2018, 1, 1), date(2199, 12, 31))
        suivi = cls(siret, toujours.signee_le, toujours.signataire, conventions=(toujours,))
        suivi.homologuer("Système de référence", REFERENCE)
        return suivi

    @property
    def declaree(self) -> str:
        """The declared system, as the list of the homologated ones writes it."""
        return f"{self.systeme} {self.version}".strip()

    def homologuer(self, systeme: str, version: str) -> None:
        """A version has passed every test: it becomes the declared one."""
        self.systeme, self.version = systeme, version
        if self.declaree not in self.versions_homologuees:
            self.versions_homologuees = (*self.versions_homologuees, self.declaree)

    def signer(self, signataire: str, effet_le: date, le: date) -> Convention:
        """Sign a convention with the court, which signs at once (hypothesis H93).

        Raises CahierNonAccepte, HomologationAbsente, ConventionRetroactive, ConventionDejaSignee.
        """
        exiger(self, le, jusqu_a="homologation")
        if effet_le < le:
            raise refus.ConventionRetroactive(f"Effet demandé le {effet_le:%d/%m/%Y}.", "effet_le")
        fin = ajouter_jours(ajouter_annees(effet_le, droit(le).teletransmission_convention_annees), -1)
        for autre in self.conventions:
            if max(autre.effet_le, effet_le) <= min(autre.dernier_jour, fin):
                raise refus.ConventionDejaSignee(f"Du {autre.effet_le:%d/%m/%Y} au {autre.dernier_jour:%d/%m/%Y}.", "effet_le")
        convention = Convention(le, signataire, effet_le, fin)
        self.conventions = (*self.conventions, convention)
        return convention

    def denoncer(self, le: date) -> Convention:
        """End from this day on the convention in force, or the next one; raises RienADenoncer."""
        for rang, convention in enumerate(self.conventions):
            if le <= convention.dernier_jour:
                finie = replace(convention, denoncee_le=max(le, convention.effet_le))
                self.conventions = (*self.conventions[:rang], finie, *self.conventions[rang + 1 :])
                return finie
        raise refus.RienADenoncer(f"SIRET {self.siret}, le {le:%d/%m/%Y}.")


def manques(suivi: Teletransmission | None, seance: "Homologation | None", le: date) -> list[AccesRefuse]:
    """Everything that keeps a collectivité from the télétransmission that day, in the order in which it is to be done."""
    if suivi is None:
        suivi = Teletransmission("")
    found: list[AccesRefuse] = []
    if suivi.cahier_accepte_le is None:
        found.append(refus.CahierNonAccepte("Rien n'est encore signé."))
    if suivi.declaree not in suivi.versions_homologuees:
        found.append(_homologation(suivi, seance, le))
    if not any(convention.couvre(le) for convention in suivi.conventions):
        found.append(_convention(suivi.conventions, le))
    return found


def _homologation(suivi: Teletransmission, seance: "Homologation | None", le: date) -> AccesRefuse:
    if suivi.versions_homologuees:
        connues = ", ".join(f"« {version} »" for version in suivi.versions_homologuees)
        return refus.HomologationAutreVersion(f"Déclarée : « {suivi.declaree} » ; homologuées : {connues}.")
    if seance is not None and seance.ouverte(le):
        reste = ", ".join(epreuve.code for epreuve in seance.epreuves if not epreuve.reussie)
        return refus.HomologationEnCours(f"Séance {seance.rang}, épreuves à réussir : {reste}.")
    return refus.HomologationAbsente("Aucun essai n'a réussi.")


def _convention(conventions: Sequence[Convention], le: date) -> AccesRefuse:
    if not conventions:
        return refus.ConventionAbsente("Aucune n'est signée.")
    venir = [convention for convention in conventions if le < convention.effet_le and convention.effet_le <= convention.dernier_jour]
    if venir:
        return refus.ConventionPasEncoreEnVigueur(f"Elle prend effet le {min(c.effet_le for c in venir):%d/%m/%Y}.")
    derniere = max(conventions, key=lambda convention: convention.dernier_jour)
    if derniere.denoncee_le is not None:
        return refus.ConventionDenoncee(f"Dénoncée le {derniere.denoncee_le:%d/%m/%Y}.")
    return refus.ConventionEchue(f"Dernier jour : le {derniere.dernier_jour:%d/%m/%Y}.")


def exiger(suivi: Teletransmission | None, le: date, seance: "Homologation | None" = None, *, jusqu_a: str = "convention") -> None:
    """Raises the first step that is missing: all of them, or those before the convention."""
    for manque in manques(suivi, seance, le):
        if jusqu_a == "homologation" and isinstance(manque, refus.ConventionAbsente):
            return
        raise manque


# ------------------------------------------------------------------------------------------------------------ homologation


class EtatHomologation(StrEnum):
    """Où en est une séance d'essai."""

    EN_COURS = "en-cours"
    REUSSIE = "reussie"


EPREUVES: Final = {
    "certificat": "Le système se connecte avec le certificat que la demande nomme",
    "schema-memoire": "Le mémoire d'essai respecte son schéma et reprend les numéros de la séance",
    "schema-piece": "La pièce d'essai respecte son schéma et reprend les numéros de la séance",
    "taille": "Le fichier reçu a la taille du fichier d'essai",
    "empreinte": "L'empreinte annoncée est celle du fichier reçu, et du fichier d'essai",
    "idempotence": "Le même dépôt, envoyé deux fois avec la même Idempotency-Key, n'est reçu qu'une fois",
    "alteration": "Un fichier changé depuis que son empreinte a été prise est envoyé, et refusé",
}


@dataclass(frozen=True)
class Epreuve:
    """Une épreuve du rapport : « reussie » est vide tant qu'elle n'a pas été tentée ; réussie, elle le reste."""

    code: str
    libelle: str
    reussie: bool | None = None
    detail: str = ""
    le: datetime | None = None


@dataclass
class Homologation:
    """A test session of one system: what it must file, and the report. `cles` keeps the keys seen, with the digest of their content."""

    siret: str
    rang: int
    systeme: str
    version: str
    empreinte: str  # of the certificate that the system must show
    demandee_le: datetime
    expire_le: date
    numero_requete: str
    numero_fps: str
    etat: EtatHomologation = EtatHomologation.EN_COURS
    epreuves: tuple[Epreuve, ...] = tuple(Epreuve(code, libelle) for code, libelle in EPREUVES.items())
    cles: tuple[tuple[str, str], ...] = ()
    depots: int = 0

    def ouverte(self, le: date) -> bool:
        """Whether filings are still expected that day."""
        return self.etat is EtatHomologation.EN_COURS and le <= self.expire_le

    @property
    def fichier(self) -> str:
        """The name of the file to send."""
        return f"essai-{self.siret}-{self.rang}.pdf"

    @property
    def contenu(self) -> bytes:
        """The file to send."""
        return pdf(f"Essai d'homologation {self.rang}, SIRET {self.siret}, {self.systeme} {self.version}")

    @property
    def piece(self) -> dict[str, str]:
        """The piece to send, as its message carries it."""
        return {
            "nature": "autre",
            "fichier": self.fichier,
            "type_media": "application/pdf",
            "empreinte": empreinte_de(self.contenu),
            "contenu": base64.b64encode(self.contenu).decode(),
        }

    def noter(self, code: str, *, reussie: bool, detail: str, le: datetime) -> None:
        """The result of one check; a check that was passed is not lost by a later mistake."""
        self.epreuves = tuple(
            replace(epreuve, reussie=reussie, detail=detail, le=le) if epreuve.code == code and not epreuve.reussie else epreuve
            for epreuve in self.epreuves
        )
        if all(epreuve.reussie for epreuve in self.epreuves):
            self.etat = EtatHomologation.REUSSIE


def ouvrir_seance(suivi: Teletransmission, systeme: str, version: str, empreinte: str, maintenant: datetime, le: date) -> Homologation:
    """A new test session, whose petition has a number that no real one ever has; raises CahierNonAccepte."""
    if suivi.cahier_accepte_le is None:
        raise refus.CahierNonAccepte(f"SIRET {suivi.siret}.")
    suivi.seances += 1
    return Homologation(
        siret=suivi.siret,
        rang=suivi.seances,
        systeme=systeme,
        version=version,
        empreinte=empreinte,
        demandee_le=maintenant,
        expire_le=ajouter_jours(le, droit(le).homologation_essai_jours),
        numero_requete=f"{le:%y}000000",
        numero_fps=f"{suivi.siret}{le:%y}0{le:%j}000{suivi.seances % 1000:03d}",
    )
