"""What the portal and the télétransmission of the court refuse: filings, accounts, homologation, convention."""

from fps.confiance.refus import AccesRefuse
from fps.errors import Conflit, Introuvable, Refus

VOIE = "CGCT, art. R. 2333-120-32 bis"
ACCUSE = "CGCT, art. R. 2333-120-32 octies"
ARRETE = "Arrêté du 27 juin 2018 (NOR JUSC1809079A)"
CAHIER = f"{ARRETE}, art. 8 et 9"
CONVENTION = f"{ARRETE}, art. 10"
HOMOLOGATION = f"{ARRETE}, art. 11"


# ------------------------------------------------------------------------------------------------------------- filings


class PieceDejaDeposee(Conflit):
    """Cette pièce est déjà déposée"""

    code = "piece-deja-deposee"
    article = ACCUSE
    que_faire = "Rien n'est à refaire : le premier dépôt a son accusé."


class RangDejaUtilise(Conflit):
    """Une autre pièce porte déjà ce rang"""

    code = "rang-de-piece-deja-utilise"
    article = ACCUSE
    que_faire = "Donnez à chaque pièce le rang qui suit celui de la précédente."


class DepotInconnu(Introuvable):
    """Aucun dépôt de cette requête n'a ce numéro"""

    code = "depot-inconnu"
    article = ACCUSE
    que_faire = "Consultez la liste des dépôts de la requête ; ce qui est venu sur papier n'y a pas de contenu."


class DepotCorrompu(Conflit):
    """Le dépôt conservé n'est plus celui qui a été reçu"""

    code = "depot-corrompu"
    article = ACCUSE
    que_faire = "Ne vous fiez pas à ce contenu : son empreinte n'est pas celle de l'accusé. Prévenez le greffe, et déposez de nouveau."


# -------------------------------------------------------------------------------------------------------------- portal


class PortailParSession(AccesRefuse):
    """Le portail s'utilise avec la session d'un agent inscrit"""

    code = "portail-par-session"
    article = VOIE
    que_faire = "Ouvrez une session du portail et déposez-y, ou envoyez le message par le canal « teletransmission »."


class RoleResponsable(AccesRefuse):
    """Cet acte est celui du responsable des comptes de la collectivité"""

    code = "role-responsable"
    article = VOIE
    que_faire = "Demandez-le à un agent de votre collectivité inscrit comme responsable."


class CodePerime(AccesRefuse):
    """Le code à usage unique est périmé"""

    code = "code-perime"
    article = VOIE
    que_faire = "Demandez un nouveau code au responsable des comptes de votre collectivité."


# ---------------------------------------------------------------------------------- télétransmission, the step that is missing


class CahierNonAccepte(AccesRefuse):
    """La collectivité n'a pas accepté le cahier des charges de la télétransmission"""

    code = "cahier-des-charges-non-accepte"
    article = CAHIER
    que_faire = "Le responsable l'accepte : POST /teletransmission/{siret}/cahier-des-charges."


class HomologationAbsente(AccesRefuse):
    """Le système de télétransmission n'est pas homologué"""

    code = "homologation-absente"
    article = HOMOLOGATION
    que_faire = "Demandez une séance d'essai (POST /teletransmission/{siret}/homologations), puis réussissez toutes ses épreuves."


class HomologationEnCours(HomologationAbsente):
    """L'homologation du système de télétransmission n'est pas terminée"""

    code = "homologation-en-cours"
    que_faire = "Le rapport de la séance dit quelles épreuves restent : GET /teletransmission/{siret}/homologations/{rang}."


class HomologationAutreVersion(HomologationAbsente):
    """Cette version du système de télétransmission n'est pas homologuée"""

    code = "homologation-autre-version"
    que_faire = "Faites homologuer la version déclarée, ou déclarez de nouveau celle qui l'est."


class ConventionAbsente(AccesRefuse):
    """La collectivité n'a pas de convention de télétransmission avec la juridiction"""

    code = "convention-juridiction-absente"
    article = CONVENTION
    que_faire = "Le responsable la signe, une fois le système homologué : POST /teletransmission/{siret}/conventions."


class ConventionPasEncoreEnVigueur(ConventionAbsente):
    """La convention de télétransmission n'est pas encore en vigueur"""

    code = "convention-juridiction-pas-encore-en-vigueur"
    que_faire = "Attendez sa date d'effet ; d'ici là, déposez par le portail."


class ConventionEchue(ConventionAbsente):
    """La convention de télétransmission est arrivée à son terme"""

    code = "convention-juridiction-echue"
    que_faire = "Signez une nouvelle convention ; d'ici là, déposez par le portail."


class ConventionDenoncee(ConventionAbsente):
    """La convention de télétransmission est dénoncée"""

    code = "convention-juridiction-denoncee"
    que_faire = "Signez une nouvelle convention ; d'ici là, déposez par le portail."


class EssaiAutreCertificat(AccesRefuse):
    """Ce certificat n'est pas celui de la séance d'essai"""

    code = "essai-autre-certificat"
    article = HOMOLOGATION
    que_faire = "Présentez le certificat que la demande d'homologation nomme, ou demandez une autre séance."


# ------------------------------------------------------------------------------------------------------- what is out of order


class EssaiFerme(Conflit):
    """Aucune séance d'essai n'est ouverte"""

    code = "essai-ferme"
    article = HOMOLOGATION
    que_faire = "Demandez une séance d'essai : POST /teletransmission/{siret}/homologations."


class EssaiInconnu(Introuvable):
    """Aucune séance d'essai n'a ce rang"""

    code = "essai-inconnu"
    article = HOMOLOGATION
    que_faire = "Vérifiez le rang de la séance : GET /teletransmission/{siret}."


class EssaiHorsSujet(Refus):
    """Ce dépôt n'est pas celui que la séance d'essai demande"""

    code = "essai-hors-sujet"
    article = HOMOLOGATION
    que_faire = "Déposez exactement ce que décrit la séance : numéros, canal « teletransmission », fichier."


class ConventionDejaSignee(Conflit):
    """Une convention couvre déjà ces dates"""

    code = "convention-juridiction-deja-signee"
    article = CONVENTION
    que_faire = "Donnez une date d'effet qui suit la fin de la convention en cours, ou dénoncez-la d'abord."


class ConventionRetroactive(Refus):
    """Une convention ne prend pas effet avant le jour de sa signature"""

    code = "convention-juridiction-retroactive"
    article = CONVENTION
    que_faire = "Donnez une date d'effet à partir d'aujourd'hui."


class RienADenoncer(Conflit):
    """Aucune convention en cours n'est à dénoncer"""

    code = "convention-juridiction-rien-a-denoncer"
    article = CONVENTION
    que_faire = "Consultez les conventions de la collectivité : GET /teletransmission/{siret}."
