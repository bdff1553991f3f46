"""What the collectivité refuses of a RAPO and of an appeal before the court, each with its code, its article and what to do."""

from fps.errors import Conflit, Introuvable, MessageRefuse, Refus
from fps.regles import refus as partages


class RapoPlaqueDifferente(Refus):
    """L'immatriculation n'est pas celle du FPS contesté"""

    code = "rapo-plaque-differente"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Recopiez l'immatriculation de l'avis de paiement."


class RapoSansObjet(Conflit):
    """Ce FPS ne peut pas être contesté : il n'est pas dû"""

    code = "rapo-sans-objet"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Rien : aucune somme n'est demandée pour ce FPS."


class RapoApresTitre(Conflit):
    """Un FPS majoré ne peut plus faire l'objet d'un RAPO"""

    code = "rapo-apres-titre"
    article = "CGCT, art. L. 2333-87, VI"
    que_faire = "Contestez le titre exécutoire devant la juridiction, dans le mois de la notification de l'avertissement."


class RapoTardif(Conflit):
    """Le délai du RAPO est passé, même pour un avis électronique lu le dernier jour"""

    code = "rapo-tardif"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Payez le FPS, ou contestez le titre exécutoire devant la juridiction quand l'avertissement est notifié."


class RapoDejaDepose(Conflit):
    """Un seul RAPO est possible par FPS"""

    code = "rapo-deja-depose"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Attendez la décision, puis saisissez la juridiction si elle ne vous convient pas."


class RapoDUneAutrePersonne(Conflit):
    """Une autre personne a déjà formé un RAPO contre cet avis"""

    code = "rapo-d-une-autre-personne"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Attendez la décision, qui vaut pour le FPS ; pour agir avec l'auteur du recours, faites-vous donner son mandat."


class RapoContreRectificatif(Conflit):
    """Un avis rectificatif ne peut pas faire l'objet d'un second RAPO"""

    code = "rapo-contre-rectificatif"
    article = "CGCT, art. R. 2333-120-14"
    que_faire = "Contestez l'avis rectificatif directement devant la juridiction."


class RapoRecuDansLeFutur(MessageRefuse):
    """La date de l'avis de réception est dans le futur"""

    code = "rapo-recu-dans-le-futur"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Corrigez la date portée sur l'avis de réception."


class RapoAvantAvis(MessageRefuse):
    """Le RAPO serait reçu avant l'envoi de l'avis qu'il conteste"""

    code = "rapo-avant-avis"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Attendez l'avis de paiement, ou corrigez la date portée sur l'avis de réception."


class NotificationIncroyable(MessageRefuse):
    """L'avis ne peut pas avoir été notifié à cette date"""

    code = "notification-incroyable"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Recopiez la date imprimée sur l'avis, ou celle de la lecture de l'avis électronique."


class CachetIncroyable(MessageRefuse):
    """Le recours ne peut pas avoir été posté à cette date"""

    code = "cachet-incroyable"
    article = "CRPA, art. L. 112-1"
    que_faire = "Recopiez la date du cachet de la poste : ni après la réception, ni avant l'avis contesté."


class PiecesDejaDemandees(Conflit):
    """Ce qui manque à ce RAPO a déjà été demandé"""

    code = "pieces-deja-demandees"
    article = "CRPA, art. L. 114-5"
    que_faire = "Attendez la réponse ou la fin du délai, puis décidez."


class PieceNonManquante(Refus):
    """Cette condition est remplie, ou aucune pièce ne peut la remplir"""

    code = "piece-non-manquante"
    article = "CRPA, art. L. 114-5"
    que_faire = "Demandez seulement ce que le recours ne remplit pas et que son auteur peut produire."


class DelaiDePieces(Refus):
    """Le délai laissé pour compléter finit avant le lendemain de la demande"""

    code = "delai-de-pieces"
    article = "CRPA, art. L. 114-5"
    que_faire = "Laissez un délai qui finisse après ce jour."


class RapoACompleter(Conflit):
    """Le délai laissé pour compléter le recours court encore"""

    code = "rapo-a-completer"
    article = "CRPA, art. L. 114-5"
    que_faire = "Attendez la fin du délai, ou décidez au fond."


class DecisionAvantAvis(Conflit):
    """Un FPS dont l'avis n'est pas parti ne reçoit pas d'avis rectificatif"""

    code = "decision-avant-avis"
    article = "CGCT, art. R. 2333-120-14"
    que_faire = "Acceptez le recours en entier, rejetez-le, ou attendez l'envoi de l'avis."


class RapoInconnu(Introuvable):
    """Aucun RAPO n'a été déposé contre ce FPS"""

    code = "rapo-inconnu"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Vérifiez le numéro de l'avis de paiement initial."


class RapoDejaDecide(Conflit):
    """Ce RAPO a déjà reçu sa décision"""

    code = "rapo-deja-decide"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Rien : la décision peut être contestée devant la juridiction."


class RapoHorsDelaiDecision(Conflit):
    """Le mois de la décision est passé : le silence a valu rejet"""

    code = "rapo-delai-decision-expire"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Rien : le rejet implicite peut être contesté devant la juridiction."


class RapoMemeAgent(Refus):
    """L'agent qui a établi l'avis ne peut pas examiner le RAPO"""

    code = "rapo-meme-agent"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Faites examiner le recours par un autre agent."


class RapoIrrecevable(Refus):
    """Un RAPO irrecevable ne peut pas être accepté"""

    code = "rapo-irrecevable"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Rejetez le recours, comme irrecevable ou au fond."


class RapoRecevable(Refus):
    """Ce RAPO est recevable"""

    code = "rapo-recevable"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Décidez au fond : rejet, acceptation partielle ou totale."


class RapoMontant(Refus):
    """Le montant rectifié ne convient pas au sens de la décision"""

    code = "rapo-montant"
    article = "CGCT, art. R. 2333-120-14"
    que_faire = "Donnez un montant pour une acceptation partielle, et pour elle seule."


class RecoursInconnu(Introuvable):
    """La collectivité ne connaît pas cette requête"""

    code = "recours-inconnu"
    article = "CGCT, art. R. 2333-120-44"
    que_faire = "Vérifiez les 8 chiffres ; la juridiction communique la requête avant sa décision."


class DefenseHorsDelai(Conflit):
    """Le délai de la défense est expiré ou la décision est rendue"""

    code = "defense-hors-delai"
    article = "CGCT, art. R. 2333-120-44"
    que_faire = "Rien : la juridiction peut statuer sans la défense."


class VoieElectroniqueObligatoire(partages.VoieElectroniqueObligatoire):
    """La collectivité doit déposer par voie électronique"""

    article = "CGCT, art. R. 2333-120-32 quater"
    que_faire = "Déposez par le portail ou par télétransmission."


class FraisNonDus(Conflit):
    """Cette décision ne laisse aucuns frais à régler"""

    code = "frais-non-dus"
    article = "CGCT, art. L. 2333-87-8"
    que_faire = "Lisez la décision (GET /recours) : les frais s'y règlent une fois, par la partie qui les doit."


class RienAExecuter(Conflit):
    """Cette requête n'a aucune décision à exécuter"""

    code = "rien-a-executer"
    article = "CGCT, art. R. 2333-120-60"
    que_faire = "Consultez l'état de la requête (GET /recours)."
