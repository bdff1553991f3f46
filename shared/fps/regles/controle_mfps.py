"""The checks of meaning of a creation message: every error at once, each with its code, its article and what to do."""

from collections.abc import Iterator
from datetime import datetime

from fps.droit import HorsDuDroit, droit
from fps.droit.calendar import jour_civil, paris_date
from fps.droit.money import euros
from fps.droit.numero import ARTICLE, NumeroFps, NumeroInvalide, cle, siret_valide
from fps.messages.mfps import CreationFps, ErreurAccuse
from fps.messages.parties_prenantes import Vehicule
from fps.messages.plaques import francaise, lectures
from fps.regles.accuse import erreur

LOI = "CGCT, art. L. 2333-87"


def controler_creation(message: CreationFps, *, maintenant: datetime, plafond: int | None, fuseau: str | None = None) -> list[ErreurAccuse]:
    """Every error of meaning found; an empty list means that the message can be accepted.

    `maintenant` is the instant of reception; `plafond` the highest amount of the town in centimes (None: not known);
    `fuseau`: of a town overseas, whose day the number bears.
    Articles: arrêté of 6 November 2015, art. 4; CGCT, art. L. 2333-87.
    """
    return [
        *_siret(message),
        *_numero(message, fuseau),
        *_dates(message, maintenant),
        *plaque_invalide(message.vehicule),
        *_montants(message, plafond),
    ]


def _siret(message: CreationFps) -> Iterator[ErreurAccuse]:
    if not siret_valide(message.siret):
        yield erreur(
            "siret-invalide",
            "siret",
            f"Le SIRET {message.siret} n'est pas valable : sa clé de contrôle est fausse.",
            ARTICLE,
            "Recopiez les 14 chiffres du SIRET de la collectivité qui a institué la redevance.",
        )


def _numero(message: CreationFps, fuseau: str | None) -> Iterator[ErreurAccuse]:
    texte = message.numero_fps
    try:
        numero: NumeroFps | None = NumeroFps.lire(texte)
    except NumeroInvalide as refus:
        numero = None
        yield erreur(
            "numero-jour-impossible",
            "numero_fps",
            refus.detail,
            ARTICLE,
            "Corrigez les chiffres 18 à 20 : le quantième du jour dans l'année, de 001 à 365 (366 les années bissextiles).",
        )
    if texte[:14] != message.siret:
        yield erreur(
            "numero-autre-siret",
            "numero_fps",
            f"Le numéro commence par {texte[:14]}, le SIRET du message est {message.siret}.",
            ARTICLE,
            "Composez le numéro avec le SIRET de la collectivité.",
        )
    attendue = cle(texte)
    if message.cle != attendue:
        yield erreur(
            "cle-fausse",
            "cle",
            f"La clé {message.cle} n'est pas celle du numéro : la clé attendue est {attendue}.",
            ARTICLE,
            "Recalculez la clé : reste de la division du numéro par 97, sur deux chiffres. Sinon, vérifiez le numéro.",
        )
    constat = jour_civil(message.date_heure_constat, fuseau)
    if numero is not None and numero.date_etablissement not in (None, constat):
        yield erreur(
            "numero-autre-date",
            "numero_fps",
            f"Le numéro porte la date du {numero.date_etablissement:%d/%m/%Y}, le constat est du {constat:%d/%m/%Y} "
            "(heure de la collectivité).",
            ARTICLE,
            "Composez le numéro avec l'année et le quantième du jour du constat, à l'heure de la collectivité.",
        )


def _dates(message: CreationFps, maintenant: datetime) -> Iterator[ErreurAccuse]:
    constat = message.date_heure_constat
    if constat > maintenant:
        yield erreur(
            "constat-futur",
            "date_heure_constat",
            "La date du constat est postérieure à la réception du message.",
            LOI,
            "Vérifiez l'horloge du terminal et le décalage horaire.",
        )
    try:
        droit(paris_date(constat)).source("delai_paiement_mois")
    except HorsDuDroit:
        yield erreur(
            "constat-hors-droit",
            "date_heure_constat",
            f"Le forfait de post-stationnement n'existait pas le {paris_date(constat):%d/%m/%Y}.",
            LOI,
            "Vérifiez l'année du constat : le FPS existe depuis le 1er janvier 2018.",
        )
    if message.fin_effets <= constat:
        yield erreur(
            "fin-effets-avant-constat",
            "fin_effets",
            "Le FPS cesserait de produire ses effets avant le constat.",
            "CGCT, art. R. 2333-120-6",
            "Ajoutez à l'heure du constat (ou du dernier justificatif) la durée maximale de stationnement payant de la zone.",
        )


def plaque_invalide(vehicule: Vehicule, article: str = "CGCT, art. R. 2333-120-4") -> Iterator[ErreurAccuse]:
    """The error of a plate said French whose number France gives in no series (arrêté of 9 February 2009, annexe VII; hypothesis H30)."""
    if vehicule.pays != "FR" or francaise(vehicule.immatriculation) is not None:
        return
    autres = lectures(vehicule.immatriculation, "FR")
    lue = f" Les lettres I, O et U n'y servent pas : lisez peut-être {autres[0]}." if autres else ""
    yield erreur(
        "plaque-invalide",
        "vehicule.immatriculation",
        f"« {vehicule.immatriculation} » n'est pas une immatriculation française.{lue}",
        article,
        "Écrivez AB-123-CD (SIV), W-111-AA, AB 12 C, 100 CD 20 ou 1234 AB 59 (ancien numéro), ou indiquez le pays de la plaque.",
    )


def au_dessus_du_plafond(message: CreationFps, plafond: int | None) -> Iterator[ErreurAccuse]:
    """A sum above the highest amount that is known, in centimes: an error of the town, a warning of ANTAI, which computes none."""
    total = message.montant_fps + message.montant_deduit
    if plafond is not None and total > plafond:
        yield erreur(
            "montant-au-dessus-du-plafond",
            "montant_fps",
            f"Le FPS et le paiement déduit font {euros(total)}, plus que le tarif de la durée maximale ({euros(plafond)}).",
            f"{LOI}, I",
            "Appliquez le montant voté par la collectivité, en centimes, déduction faite du paiement initial.",
        )


def _montants(message: CreationFps, plafond: int | None) -> Iterator[ErreurAccuse]:
    if message.montant_fps == 0:
        yield erreur(
            "montant-nul",
            "montant_fps",
            "Le montant du FPS est nul : rien n'est dû.",
            f"{LOI}, I",
            "N'envoyez pas de FPS quand le paiement initial couvre le forfait.",
        )
    yield from au_dessus_du_plafond(message, plafond)
    if message.minoration is None:
        return
    if message.minoration.montant >= message.montant_fps:
        yield erreur(
            "minoration-sans-effet",
            "minoration.montant",
            f"Le montant minoré ({euros(message.minoration.montant)}) n'est pas inférieur au FPS ({euros(message.montant_fps)}).",
            f"{LOI}, I",
            "Corrigez le montant minoré, en centimes, ou retirez la minoration.",
        )
    try:
        canaux = droit(paris_date(message.date_heure_constat)).minoration_canaux
    except HorsDuDroit:
        return  # said by constat-hors-droit
    if not canaux:
        yield erreur(
            "minoration-non-prevue",
            "minoration",
            "À la date du constat, l'ANTAI n'encaisse pas de FPS minoré.",
            "Conventions de l'ANTAI, depuis 2021",
            "Retirez la minoration.",
        )
