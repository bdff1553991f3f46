"""Every reason to keep a door shut: what certificates, habilitations and perimeters may be refused for."""

from typing import ClassVar, Final

from fps.errors import Refus

PAR_CERTIFICAT: Final = {"WWW-Authenticate": 'Certificate realm="fps-simulateur"'}


class AccesRefuse(Refus):
    """Cette porte ne vous est pas ouverte"""

    code = "acces-refuse"
    statut: ClassVar[int] = 403  # of the HTTP answer: 401 when nobody was recognised
    entetes: ClassVar[dict[str, str]] = {}  # of the HTTP answer: how to be recognised, when it is not by a token
    que_faire = "Demandez à ce service ce qui manque : GET /front, avec votre certificat."


class CertificatRequis(AccesRefuse):
    """Cette adresse demande un certificat"""

    code, statut, entetes = "certificat-requis", 401, PAR_CERTIFICAT
    que_faire = "Appelez en TLS avec votre certificat et sa clé (curl --cert … --key …), sur un simulateur démarré par « fps up --tls »."


class CertificatIllisible(AccesRefuse):
    """Le certificat présenté ne peut pas être lu"""

    code, statut, entetes = "certificat-illisible", 401, PAR_CERTIFICAT
    que_faire = "Présentez un certificat X.509 au format PEM."


class EnteteNonCru(AccesRefuse):
    """Un certificat en en-tête n'est cru que des mandataires déclarés"""

    code, statut, entetes = "entete-certificat-non-cru", 401, PAR_CERTIFICAT
    que_faire = "Présentez le certificat en TLS, ou déclarez l'adresse du mandataire dans FPS_PROXYS."


class AutoriteNonReconnue(AccesRefuse):
    """Le certificat n'a pas été émis par une autorité reconnue"""

    code = "certificat-autorite-inconnue"
    que_faire = "Faites émettre le certificat par le PSCE de test : « fps psce emettre », ou POST /psce/certificats."


class CertificatAutoSigne(AutoriteNonReconnue):
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
