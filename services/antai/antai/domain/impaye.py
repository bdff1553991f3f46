"""Receiving a FPS unpaid in cycle partiel: every error found, and what the title will say (CGCT, art. R. 2333-120-17-2; H60)."""

from collections.abc import Iterator
from datetime import date, datetime

from antai.domain.refus import CycleComplet, ImpayeRefuse
from fps.droit import HorsDuDroit
from fps.droit.calculs import Cycle, date_limite_paiement
from fps.droit.calendar import jour_civil, paris_date
from fps.droit.money import euros
from fps.droit.numero import NumeroFps, NumeroInvalide
from fps.messages.annulation import AccuseImpaye, FpsImpaye
from fps.messages.mfps import ErreurAccuse
from fps.regles.accuse import erreur
from fps.regles.controle_mfps import plaque_invalide
from fps.villes.communes import Commune

LOI = "CGCT, art. R. 2333-120-17-2 ; arrêté du 15 décembre 2016, art. 1"


def verifier(message: FpsImpaye, ville: Commune | None, maintenant: datetime, cycle: Cycle | None) -> None:
    """`ville`: the beneficiary, None when the bac does not know it.

    Raises CycleComplet when the convention in force is of cycle complet, ImpayeRefuse whose accusé names every error.
    """
    if cycle == "complet":
        raise CycleComplet(f"{message.beneficiaire.nom if ville is None else ville.nom} est en cycle complet.", "beneficiaire.siret")
    erreurs = [*_numero(message, ville), *_dates(message, ville, paris_date(maintenant)), *_montants(message)]
    if erreurs:
        accuse = AccuseImpaye(numero_fps=message.numero_fps, statut="refuse", date_reception=maintenant, erreurs=tuple(erreurs))
        raise ImpayeRefuse(" ".join(e.phrase for e in erreurs), erreurs[0].champ, accuse)


def _numero(message: FpsImpaye, ville: Commune | None) -> Iterator[ErreurAccuse]:
    siret = message.beneficiaire.siret
    if ville is None:
        yield erreur(
            "siret-inconnu",
            "beneficiaire.siret",
            f"Le SIRET {siret} n'est celui d'aucune collectivité inscrite.",
            LOI,
            "Corrigez le SIRET.",
        )
    try:
        valide = NumeroFps.lire(message.numero_fps).siret == siret
    except NumeroInvalide:
        valide = False
    if not valide:
        yield erreur(
            "numero-autre-siret",
            "numero_fps",
            "Le numéro de l'avis n'est pas celui d'un FPS de cette collectivité.",
            LOI,
            "Recopiez les 26 chiffres de l'avis de paiement : ils commencent par le SIRET du bénéficiaire.",
        )
    yield from plaque_invalide(message.vehicule, LOI)


def _dates(message: FpsImpaye, ville: Commune | None, le: date) -> Iterator[ErreurAccuse]:
    if message.date_notification < jour_civil(message.date_heure_constat, None if ville is None else ville.fuseau):
        yield erreur(
            "notification-avant-constat",
            "date_notification",
            "L'avis serait notifié avant le constat.",
            LOI,
            "Corrigez la date de notification.",
        )
    try:
        attendue = date_limite_paiement(message.date_notification)
    except HorsDuDroit:
        yield erreur(
            "notification-hors-droit", "date_notification", "Le FPS n'existait pas à cette date.", LOI, "Corrigez la date de notification."
        )
        return
    if message.date_limite_paiement != attendue:
        yield erreur(
            "limite-fausse",
            "date_limite_paiement",
            f"Notifié le {message.date_notification:%d/%m/%Y}, l'avis se paie jusqu'au {attendue:%d/%m/%Y}.",
            LOI,
            "Comptez trois mois de la notification de l'avis initial ; un avis rectificatif ne rouvre pas ce délai.",
        )
    if le <= max(attendue, message.date_limite_paiement):
        yield erreur(
            "limite-non-depassee",
            "date_limite_paiement",
            f"Le délai de paiement court encore : dernier jour le {max(attendue, message.date_limite_paiement):%d/%m/%Y}.",
            LOI,
            "Attendez le lendemain de la limite de paiement.",
        )


def _montants(message: FpsImpaye) -> Iterator[ErreurAccuse]:
    reste = message.montant_initial - message.montant_paye - message.montant_annule - message.montant_remis
    if message.reste_du != reste:
        yield erreur(
            "reste-du-faux",
            "reste_du",
            f"Le reste dû est {euros(reste)} et non {euros(message.reste_du)}.",
            LOI,
            "Retirez du montant initial ce qui est payé, annulé et remis, en centimes.",
        )


def accuse(message: FpsImpaye, maintenant: datetime, motif: str | None = None) -> AccuseImpaye:
    """The accusé of an unpaid FPS accepted, or given up because its redevable cannot be found."""
    if motif is None:
        return AccuseImpaye(numero_fps=message.numero_fps, statut="accepte", date_reception=maintenant)
    refus = erreur(
        motif, "vehicule", "Aucun redevable n'est identifié.", LOI, "N'envoyez pas ce FPS de nouveau : aucun titre ne sera émis."
    )
    return AccuseImpaye(numero_fps=message.numero_fps, statut="abandonne", date_reception=maintenant, erreurs=(refus,))
