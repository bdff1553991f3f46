"""What ANTAI refuses before the first message FPS: espace numérique, convention, certificates; each missing step has its own sentence."""

from fps.confiance import depots
from fps.confiance.refus import AccesRefuse
from fps.errors import Conflit, Introuvable, MessageRefuse

DEMARRAGE = "Modalités de démarrage avec l'ANTAI (2017)"
ETAPE_ESPACE = f"{DEMARRAGE}, étape 1"
ETAPE_CONVENTION = f"{DEMARRAGE}, étape 2"
ETAPE_CERTIFICAT = f"{DEMARRAGE}, étape 3"


# ---------------------------------------------------------------------------------------------- the step that is missing


class EspaceAbsent(AccesRefuse):
    """La collectivité n'a pas d'espace numérique"""

    code = "espace-absent"
    article = ETAPE_ESPACE
    que_faire = "Demandez l'ouverture de l'espace numérique : POST /espaces (SIRET, type, adresse, contact, premier agent)."


class EspaceEnAttente(AccesRefuse):
    """L'espace numérique attend le contrôle de l'ANTAI"""

    code = "espace-en-attente"
    article = ETAPE_ESPACE
    que_faire = "Attendez la fin du contrôle ; dans un essai, POST /espaces/{siret}/ouverture, avec le jeton de pilotage."


class EspaceRefuse(AccesRefuse):
    """L'ANTAI a refusé d'ouvrir l'espace numérique"""

    code = "espace-refuse"
    article = ETAPE_ESPACE
    que_faire = "Corrigez ce que dit le motif, puis envoyez une nouvelle demande : POST /espaces."


class ConventionAbsente(AccesRefuse):
    """La collectivité n'a pas de convention avec l'ANTAI"""

    code = "convention-absente"
    article = ETAPE_CONVENTION
    que_faire = "Préparez-la dans l'espace numérique : POST /espaces/{siret}/conventions (cycle, signataire, date d'effet)."


class ConventionNonDeposee(AccesRefuse):
    """La convention signée par la collectivité n'est pas déposée"""

    code = "convention-non-deposee"
    article = ETAPE_CONVENTION
    que_faire = "Téléchargez le modèle, faites-le signer, puis déposez le PDF : PUT /espaces/{siret}/conventions/{rang}/depot."


class ConventionASigner(AccesRefuse):
    """La convention déposée attend la signature de l'ANTAI"""

    code = "convention-a-signer-par-l-antai"
    article = ETAPE_CONVENTION
    que_faire = "Attendez la signature ; dans un essai, POST /espaces/{siret}/conventions/{rang}/signature, avec le jeton de pilotage."


class ConventionPasEncoreEnVigueur(AccesRefuse):
    """La convention n'est pas encore en vigueur"""

    code = "convention-pas-encore-en-vigueur"
    article = ETAPE_CONVENTION
    que_faire = "Attendez sa date d'effet : rien ne peut être échangé avant ce jour."


class ConventionEchue(AccesRefuse):
    """La convention est arrivée à son terme"""

    code = "convention-echue"
    article = ETAPE_CONVENTION
    que_faire = "Préparez, déposez et faites signer une nouvelle convention dans l'espace numérique."


class ConventionResiliee(AccesRefuse):
    """La convention est résiliée"""

    code = "convention-resiliee"
    article = ETAPE_CONVENTION
    que_faire = "Préparez, déposez et faites signer une nouvelle convention dans l'espace numérique."


class CertificatAutreCollectivite(depots.CertificatAutreCollectivite):
    """Ce certificat est celui d'une autre collectivité"""

    article = ETAPE_CERTIFICAT
    que_faire = "Déposez le certificat de la collectivité elle-même, ou celui de son prestataire."


class RoleInsuffisant(AccesRefuse):
    """Cet acte est réservé au responsable de l'espace numérique"""

    code = "role-insuffisant"
    article = ETAPE_ESPACE
    que_faire = "Demandez-le à un agent dont le rôle est « responsable »."


# ------------------------------------------------------------------------------------------------------------- the espace


class SiretFaux(MessageRefuse):
    """La clé de contrôle du SIRET est fausse"""

    code = "siret-invalide"
    article = ETAPE_ESPACE
    que_faire = "Recopiez les 14 chiffres du SIRET de la collectivité."


class TypeCollectiviteFaux(MessageRefuse):
    """Le type déclaré n'est pas celui de cette collectivité"""

    code = "type-collectivite-faux"
    article = ETAPE_ESPACE
    que_faire = "Indiquez le type du registre : commune, epci ou syndicat-mixte."


class EspaceExistant(Conflit):
    """Cette collectivité a déjà un espace numérique, ou l'a déjà demandé"""

    code = "espace-existant"
    article = ETAPE_ESPACE
    que_faire = "Un seul espace par collectivité : demandez un compte à l'un de ses agents."


class EspaceDejaControle(Conflit):
    """Cette demande d'espace numérique n'attend plus de contrôle"""

    code = "espace-deja-controle"
    article = ETAPE_ESPACE
    que_faire = "Lisez l'état de l'espace : GET /espaces/{siret}/etat."


class AvantLaReforme(Conflit):
    """Le SI FPS n'est pas ouvert à cette date"""

    code = "avant-la-reforme"
    article = "Loi n° 2014-58 du 27 janvier 2014, art. 63"
    que_faire = "Donnez une date à partir du 1er janvier 2018."


class DernierResponsable(Conflit):
    """Un espace numérique garde au moins un responsable"""

    code = "dernier-responsable"
    article = ETAPE_ESPACE
    que_faire = "Créez d'abord le compte d'un autre responsable."


# --------------------------------------------------------------------------------------------------------- the convention


class CycleNonChoisi(MessageRefuse):
    """Le cycle de la convention n'est pas choisi"""

    code = "cycle-non-choisi"
    article = ETAPE_CONVENTION
    que_faire = "Donnez le cycle, complet ou partiel, ici ou dans les réglages de l'espace."


class ConventionInconnue(Introuvable):
    """L'espace numérique n'a pas de convention de ce rang"""

    code = "convention-inconnue"
    article = ETAPE_CONVENTION
    que_faire = "Lisez les conventions de l'espace : GET /espaces/{siret}/conventions."


class ConventionEnCours(Conflit):
    """Une convention est déjà en préparation"""

    code = "convention-en-preparation"
    article = ETAPE_CONVENTION
    que_faire = "Terminez-la (dépôt, signature), ou abandonnez-la : DELETE /espaces/{siret}/conventions/{rang}."


class ConventionsSuperposees(Conflit):
    """Deux conventions ne peuvent pas courir le même jour"""

    code = "conventions-superposees"
    article = ETAPE_CONVENTION
    que_faire = "Faites commencer la nouvelle convention le lendemain de la fin de la précédente, ou résiliez celle-ci."


class EffetPasse(Conflit):
    """Une convention ne peut pas prendre effet dans le passé"""

    code = "convention-effet-passe"
    article = ETAPE_CONVENTION
    que_faire = "Choisissez la date d'aujourd'hui ou une date à venir."


class ConventionDejaSignee(Conflit):
    """Cette convention est déjà signée par les deux parties"""

    code = "convention-deja-signee"
    article = ETAPE_CONVENTION
    que_faire = "Résiliez-la, ou préparez la suivante."


class SignatureImpossible(Conflit):
    """L'ANTAI ne peut pas signer cette convention"""

    code = "signature-impossible"
    article = ETAPE_CONVENTION
    que_faire = "La collectivité dépose d'abord la convention signée, avant son terme."


class ResiliationImpossible(Conflit):
    """Cette convention ne peut pas être résiliée à cette date"""

    code = "resiliation-impossible"
    article = ETAPE_CONVENTION
    que_faire = "Donnez une date à partir d'aujourd'hui, avant le terme d'une convention signée et non résiliée."


class DocumentRefuse(MessageRefuse):
    """Le document déposé n'est pas un PDF complet"""

    code = "convention-document-refuse"
    article = ETAPE_CONVENTION
    que_faire = "Déposez le fichier PDF entier de la convention signée, de 5 Mio au plus."


# ------------------------------------------------------------------------------------------------------- the certificates


class ZoneInconnue(MessageRefuse):
    """La collectivité n'a pas de zone de ce nom"""

    code = "zone-inconnue"
    article = ETAPE_CERTIFICAT
    que_faire = "Choisissez parmi les zones tarifaires de la collectivité ; aucune zone veut dire toutes."


class CertificatDejaDepose(depots.CertificatDejaDepose):
    """Ce certificat est déjà déposé pour cette collectivité"""

    article = ETAPE_CERTIFICAT
    que_faire = "La collectivité le retrouve dans son espace numérique : elle l'active et règle son périmètre."


class CertificatInconnu(depots.CertificatInconnu):
    """Aucun certificat déposé dans cet espace n'a cette empreinte"""

    article = ETAPE_CERTIFICAT
    que_faire = "Lisez les certificats de l'espace : GET /espaces/{siret}/certificats."


class DejaDesactive(Conflit):
    """Ce certificat n'est pas activé"""

    code = "certificat-deja-inactif"
    article = ETAPE_CERTIFICAT
    que_faire = "Rien n'est à faire : il ne permet aucun échange."


class RemplacementImpossible(Conflit):
    """Ce remplacement est impossible"""

    code = "remplacement-impossible"
    article = ETAPE_CERTIFICAT
    que_faire = "Un certificat en remplace un autre, activé et non remplacé, jusqu'à un instant à venir."
