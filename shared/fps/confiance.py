"""Who may write to whom: habilitations of certificates, their perimeters, and every reason to keep a door shut."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from fps.calendar import PARIS
from fps.communes import est_connue
from fps.errors import Refus
from fps.messages.annulation import FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.message import Message, MessageClass
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.parties import Party


class AccesRefuse(Refus):
    """Cette porte ne vous est pas ouverte"""

    code = "acces-refuse"
    statut: ClassVar[int] = 403  # of the HTTP answer: 401 when nobody was recognised
    que_faire = "Demandez à ce service ce qui manque : GET /front, avec votre certificat."


class CertificatRequis(AccesRefuse):
    """Cette adresse demande un certificat"""

    code, statut = "certificat-requis", 401
    que_faire = "Appelez en TLS avec votre certificat et sa clé (curl --cert … --key …), sur un simulateur démarré par « fps up --tls »."


class CertificatIllisible(AccesRefuse):
    """Le certificat présenté ne peut pas être lu"""

    code, statut = "certificat-illisible", 401
    que_faire = "Présentez un certificat X.509 au format PEM."


class EnteteNonCru(AccesRefuse):
    """Un certificat en en-tête n'est cru que des mandataires déclarés"""

    code, statut = "entete-certificat-non-cru", 401
    que_faire = "Présentez le certificat en TLS, ou déclarez l'adresse du mandataire dans FPS_PROXYS."


class AutoriteInconnue(AccesRefuse):
    """Le certificat n'a pas été émis par une autorité reconnue"""

    code = "certificat-autorite-inconnue"
    que_faire = "Faites émettre le certificat par le PSCE de test : « fps psce emettre », ou POST /psce/certificats."


class CertificatAutoSigne(AutoriteInconnue):
    """Le certificat est auto-signé"""

    code = "certificat-auto-signe"


class CertificatExpire(AccesRefuse):
    """Le certificat a expiré"""

    code = "certificat-expire"
    que_faire = "Demandez un nouveau certificat au PSCE de test, déposez-le, puis activez-le dans l'espace numérique."


class CertificatPrecoce(AccesRefuse):
    """Le certificat n'est pas encore valide"""

    code = "certificat-pas-encore-valide"
    que_faire = "Attendez sa date de début de validité, ou demandez un certificat valide dès maintenant."


class CertificatRevoque(AccesRefuse):
    """Le certificat est révoqué"""

    code = "certificat-revoque"
    que_faire = "Demandez un nouveau certificat au PSCE de test, déposez-le, puis activez-le dans l'espace numérique."


class CleFaible(AccesRefuse):
    """La clé du certificat est trop faible"""

    code = "certificat-cle-faible"
    que_faire = "Refaites une demande avec une clé RSA d'au moins 2048 bits, ou une clé P-256, P-384 ou P-521."


class UsageInterdit(AccesRefuse):
    """Le certificat n'est pas fait pour s'authentifier"""

    code = "certificat-usage"
    que_faire = (
        "Présentez un certificat d'authentification client, dont le sujet porte le SIRET (OU=0002 SIRET), et non celui d'une autorité."
    )


class RoleInterdit(AccesRefuse):
    """Ce certificat n'est pas celui de l'expéditeur de ce message"""

    code = "certificat-autre-role"
    que_faire = "Seul l'expéditeur que nomme la table des flux (« fps flux ») peut envoyer ce message."


class NonDepose(AccesRefuse):
    """Ce certificat n'a pas été déposé"""

    code = "certificat-non-depose"
    que_faire = "Déposez-le auprès de ce service : POST /certificats, en présentant ce certificat."


class AutreBac(AccesRefuse):
    """Ce certificat est celui d'un autre bac à sable"""

    code = "certificat-autre-bac"
    que_faire = "Corrigez le préfixe /bacs/NOM de l'adresse, ou déposez aussi le certificat dans ce bac."


class AutreSiret(AccesRefuse):
    """Ce certificat n'est pas habilité pour cette collectivité"""

    code = "certificat-autre-siret"
    que_faire = "Vérifiez le SIRET du message, ou déposez le certificat dans l'espace numérique de cette collectivité."


class NonActive(AccesRefuse):
    """Ce certificat est déposé mais n'est pas activé"""

    code = "certificat-non-active"
    que_faire = (
        "Une fois la convention signée, il est activé : dans l'espace numérique (ANTAI), par le responsable du portail (juridiction), "
        "par le comptable (DGFiP)."
    )


class Desactive(AccesRefuse):
    """La collectivité a désactivé ce certificat"""

    code = "certificat-desactive"
    que_faire = "La collectivité peut le réactiver dans son espace numérique."


class Remplace(AccesRefuse):
    """Ce certificat a été remplacé"""

    code = "certificat-remplace"
    que_faire = "Présentez le certificat qui l'a remplacé."


class PasEncoreEffectif(AccesRefuse):
    """L'habilitation de ce certificat n'a pas encore pris effet"""

    code = "certificat-pas-encore-effectif"
    que_faire = "Attendez sa date d'effet, ou faites-la avancer dans l'espace numérique."


class HorsPerimetre(AccesRefuse):
    """Ce message sort du périmètre de ce certificat"""

    code = "certificat-hors-perimetre"
    que_faire = "La collectivité règle les zones et les droits de chaque certificat dans son espace numérique."


class Droit(StrEnum):
    """What a collectivité lets a provider do for it."""

    EMISSION = "emission"
    RAPO = "rapo"
    CONTENTIEUX = "contentieux"
    COMPTABILITE = "comptabilite"
    SUIVI = "suivi"


# A rectificatif may follow the examination of a RAPO as well as a mistake of the agent.
DROITS: Final[Mapping[MessageClass, frozenset[Droit]]] = {
    CreationFps: frozenset({Droit.EMISSION}),
    ModificationFps: frozenset({Droit.EMISSION, Droit.RAPO}),
    AnnulationFps: frozenset({Droit.EMISSION, Droit.RAPO}),
    FpsImpaye: frozenset({Droit.EMISSION}),
    InformationAnnulationFps: frozenset({Droit.RAPO, Droit.CONTENTIEUX}),
    InformationAnnulationTitre: frozenset({Droit.RAPO, Droit.CONTENTIEUX}),
    MemoireDefense: frozenset({Droit.CONTENTIEUX}),
    PieceDefense: frozenset({Droit.CONTENTIEUX}),
    TitreAnnulationRecette: frozenset({Droit.COMPTABILITE}),
    MandatRemboursement: frozenset({Droit.COMPTABILITE}),
}


class EtatHabilitation(StrEnum):
    """The life of a deposited certificate for one collectivité."""

    DEPOSEE = "deposee"
    ACTIVE = "active"
    DESACTIVEE = "desactivee"


@dataclass(frozen=True, slots=True)
class Identite:
    """Whose certificate was presented. `cle` finds its habilitations: the SHA-256 of the certificate, or the simulated service."""

    cle: str
    empreinte: str
    nom: str
    siret: str | None = None
    service: Party | None = None
    numero_serie: str = ""
    emetteur: str = ""
    valide_du: datetime | None = None
    valide_au: datetime | None = None
    pem: str = ""


# What comes from the broker was let in by the broker; an answer comes by the connection that this service opened.
INTERNE: Final = Identite("interne", "", "courtier de messages")


@dataclass
class Habilitation:
    """A certificate deposited for a collectivité: what it may do for it, and since when (dates of the bac).

    `zones` empty means every zone. `remplacee_le` is the instant from which its replacement alone counts.
    """

    cle: str
    siret: str
    prestataire: str
    siret_titulaire: str | None
    certificat: str
    valide_du: datetime | None
    valide_au: datetime | None
    etat: EtatHabilitation
    zones: tuple[str, ...]
    droits: tuple[Droit, ...]
    deposee_le: datetime
    effet_le: datetime | None = None
    remplacee_le: datetime | None = None
    remplacee_par: str | None = None


def sirets_de(message: Message) -> tuple[str, ...]:
    """The simulated collectivités that a message is about: by its FPS number (arrêté du 6 novembre 2015, art. 4), and by its own field.

    Empty when none is simulated: nobody can be let in or kept out for it, and its control refuses the message whole.
    """
    cites = (message.sujet[:14], getattr(message, "siret", None), getattr(getattr(message, "beneficiaire", None), "siret", None))
    return tuple(dict.fromkeys(siret for siret in cites if siret is not None and est_connue(siret)))


def zone_de(message: Message) -> str | None:
    """The parking zone that a message names, or None."""
    lieu = getattr(message, "lieu", None)
    return None if lieu is None else lieu.zone


def verifier_habilitation(
    habilitation: Habilitation, droits: frozenset[Droit], zone: str | None, maintenant: datetime, *, quoi: str = "cet acte"
) -> None:
    """Raises NonActive, Desactive, PasEncoreEffectif, Remplace or HorsPerimetre; `droits`: any one of them is enough."""
    qui = f"{habilitation.prestataire}, SIRET {habilitation.siret}"
    if habilitation.etat is EtatHabilitation.DEPOSEE:
        raise NonActive(qui)
    if habilitation.etat is EtatHabilitation.DESACTIVEE:
        raise Desactive(qui)
    if habilitation.effet_le is not None and maintenant < habilitation.effet_le:
        raise PasEncoreEffectif(f"{qui} : effet le {habilitation.effet_le.astimezone(PARIS):%d/%m/%Y à %H:%M}.")
    if habilitation.remplacee_le is not None and maintenant >= habilitation.remplacee_le:
        raise Remplace(f"{qui} : remplacé depuis le {habilitation.remplacee_le.astimezone(PARIS):%d/%m/%Y à %H:%M}.")
    if not droits & set(habilitation.droits):
        raise HorsPerimetre(f"{qui} : {quoi} demande le droit « {' » ou « '.join(sorted(droits))} ».")
    if zone is not None and habilitation.zones and zone not in habilitation.zones:
        raise HorsPerimetre(f"{qui} : la zone « {zone} » n'est pas dans son périmètre ({', '.join(habilitation.zones)}).")
