"""What the court refuses, and what makes a petition inadmissible: each with its code, its article and what to do."""

from ccsp.domain.articles import DEFENSE, DEPOT, EXECUTION, NOTIFICATION, ORDONNANCE, PIECES, POURVOI, REGULARISATION, TELECOPIE, VOIE
from fps.errors import Conflit, Introuvable, MessageRefuse, Refus
from fps.regles import refus as partages


class RequeteInconnue(Introuvable):
    """La juridiction n'a enregistré aucune requête sous ce numéro"""

    code = "requete-inconnue"
    article = DEPOT
    que_faire = "Vérifiez les 8 chiffres du numéro de requête : les deux premiers sont ceux de l'année."


class CachetPosterieur(MessageRefuse):
    """La requête, ou la réponse, ne peut pas avoir été postée à cette date"""

    code = "cachet-de-requete"
    article = "CE, Section, 13 mai 2024, n° 466541"
    que_faire = "Recopiez la date du cachet d'une lettre : ni après son arrivée, ni avant ce qu'elle conteste, ou ce à quoi elle répond."


class Irrecevabilite(Refus):
    """La requête n'est pas recevable en l'état"""

    code = "irrecevabilite"
    que_faire = "Lisez les motifs de la requête : chacun dit ce qui la rend recevable, ou qu'aucune pièce ne le peut."
    regularisable = True


class AvisAbsent(Irrecevabilite):
    """La copie de l'avis de paiement manque"""

    code = "piece-avis-absente"
    article = PIECES
    que_faire = "Produisez la copie de l'avis de paiement contesté."


class RapoAbsent(Irrecevabilite):
    """La copie du recours administratif préalable manque"""

    code = "rapo-absent"
    article = PIECES
    que_faire = "Produisez le recours préalable : sans lui, la juridiction ne peut être saisie de l'avis."


class AccuseRapoAbsent(Irrecevabilite):
    """La copie de l'avis de réception du recours préalable manque"""

    code = "piece-avis-reception-absente"
    article = PIECES
    que_faire = "Produisez l'avis de réception, postal ou électronique, du recours préalable."


class DateDecisionAbsente(Irrecevabilite):
    """La date de la décision sur le recours préalable manque"""

    code = "date-decision-absente"
    article = PIECES
    que_faire = "Indiquez la date de la décision, ou celle du rejet implicite."


class DecisionRapoAbsente(Irrecevabilite):
    """La copie de la décision expresse rendue sur le recours préalable manque"""

    code = "piece-decision-absente"
    article = "CGCT, art. R. 2333-120-31, I, 4°"
    que_faire = "Produisez la décision que vous avez reçue ; si personne n'a répondu à votre recours, n'indiquez pas de date de réception."


class AvertissementAbsent(Irrecevabilite):
    """La copie de l'avertissement manque"""

    code = "piece-avertissement-absente"
    article = PIECES
    que_faire = "Produisez l'avertissement, ou à défaut un extrait du titre exécutoire."


class PaiementPrealableAbsent(Irrecevabilite):
    """La preuve du paiement préalable manque"""

    code = "paiement-prealable-absent"
    article = "CGCT, art. L. 2333-87-5"
    que_faire = "Produisez le justificatif du paiement du FPS, exigé jusqu'au 9 septembre 2020."


class MandatAbsent(Irrecevabilite):
    """Le mandat manque"""

    code = "piece-mandat-absente"
    article = DEPOT
    que_faire = "Produisez le mandat de la personne pour qui vous agissez."


class SignatureAbsente(Irrecevabilite):
    """La requête n'est pas signée"""

    code = "signature-absente"
    article = DEPOT
    que_faire = "Signez la requête, ou déposez-la par le portail, ce qui vaut signature."


class MoyensAbsents(Irrecevabilite):
    """La requête ne dit pas ce qu'elle demande, ou pourquoi"""

    code = "moyens-absents"
    article = DEPOT
    que_faire = "Exposez ce que vous demandez, les faits et les moyens."


class RequeteTardive(Irrecevabilite):
    """La requête est tardive"""

    code = "requete-tardive"
    article = "CGCT, art. R. 2333-120-33"
    que_faire = "Le délai de recours est expiré : il ne se régularise pas."
    regularisable = False


class RequetePrematuree(Irrecevabilite):
    """La décision contestée n'est pas encore née"""

    code = "requete-prematuree"
    article = "CGCT, art. R. 2333-120-33"
    que_faire = "Attendez la décision sur le recours préalable, ou son rejet implicite."
    regularisable = False


class TelecopieNonConfirmee(Irrecevabilite):
    """La télécopie n'a pas été confirmée par écrit"""

    code = "telecopie-non-confirmee"
    article = TELECOPIE
    que_faire = "Une télécopie se confirme par écrit dans les quinze jours."
    regularisable = False


class RequeteDejaEnregistree(Conflit):
    """Une requête est déjà enregistrée pour ce FPS et ce même objet"""

    code = "requete-deja-enregistree"
    article = DEPOT
    que_faire = "Une requête par FPS : complétez la première au lieu d'en déposer une autre."


class ReponseSansObjet(Conflit):
    """Cette réponse n'est pas attendue"""

    code = "reponse-sans-objet"
    article = REGULARISATION
    que_faire = "Consultez l'état de la requête : rien n'est demandé, ou l'affaire est jugée."


class AutreDossier(Conflit):
    """Le numéro de requête n'est pas celui de ce FPS"""

    code = "requete-autre-fps"
    article = DEPOT
    que_faire = "Recopiez le numéro de la requête et celui du FPS du même accusé de dépôt."


class ConfirmationParTelecopie(Refus):
    """Une télécopie ne se confirme pas par télécopie"""

    code = "confirmation-par-telecopie"
    article = TELECOPIE
    que_faire = "Confirmez par courrier, au greffe ou par le portail."


class VoieElectroniqueObligatoire(partages.VoieElectroniqueObligatoire):
    """La collectivité doit déposer par voie électronique"""

    article = VOIE
    que_faire = "Déposez par le portail ou par télétransmission : le papier et la télécopie sont irrecevables."


class DefenseTardive(Conflit):
    """Le délai de la défense est expiré"""

    code = "defense-tardive"
    article = DEFENSE
    que_faire = "L'affaire est en état d'être jugée : le mémoire tardif n'est pas reçu."


class DefenseNonAttendue(Conflit):
    """La requête n'est pas communiquée"""

    code = "defense-non-attendue"
    article = DEFENSE
    que_faire = "Attendez la communication de la requête."


class AutreCollectivite(partages.AutreCollectivite):
    """Le SIRET n'est pas celui de la collectivité défenderesse"""

    article = VOIE
    que_faire = "Seule la collectivité qui a établi le FPS défend."


class DecisionImpossible(Conflit):
    """La requête ne peut être jugée dans son état"""

    code = "decision-impossible"
    article = ORDONNANCE
    que_faire = "Consultez l'état de la requête."


class DecisionPrematuree(Conflit):
    """Le mois laissé pour régulariser n'est pas écoulé"""

    code = "decision-prematuree"
    article = REGULARISATION
    que_faire = "Attendez la fin du délai : une réponse, même tardive dans le mois, oblige à statuer."


class DefenseEnCours(Conflit):
    """Le délai de la défense n'est pas écoulé"""

    code = "defense-en-cours"
    article = DEFENSE
    que_faire = "Attendez le mémoire en défense, ou la fin de son délai."


class DechargeIrrecevable(Conflit):
    """Une requête irrecevable ne donne pas de décharge"""

    code = "decharge-irrecevable"
    article = ORDONNANCE
    que_faire = "Rejetez la requête, ou attendez qu'elle soit régularisée."


class OrdonnanceImpossible(Refus):
    """Une ordonnance n'est pas possible dans ce cas"""

    code = "ordonnance-impossible"
    article = ORDONNANCE
    que_faire = "L'erreur de fait est contestée dans le délai : statuez par un jugement."


class ClotureParOrdonnance(Refus):
    """Une réponse tardive se clôt par une ordonnance de rejet, de non-lieu ou de désistement"""

    code = "cloture-par-ordonnance"
    article = REGULARISATION
    que_faire = "Prenez une ordonnance qui constate la renonciation."


class AmendeExcessive(Refus):
    """L'amende dépasse le maximum"""

    code = "amende-excessive"
    article = "CGCT, art. R. 2333-120-59"
    que_faire = "L'amende pour requête abusive est de 2 000 € au plus."


class AmendeSansRejet(Refus):
    """Une amende suppose le rejet de la requête"""

    code = "amende-sans-rejet"
    article = "CGCT, art. R. 2333-120-59"
    que_faire = "Retirez l'amende, ou rejetez la requête comme abusive."


class FraisIncoherents(Refus):
    """Les frais de l'instance sont une somme, mise à la charge de la partie qui ne gagne pas"""

    code = "frais-incoherents"
    article = "CGCT, art. L. 2333-87-8"
    que_faire = "Donnez la somme et la partie qui la doit, ou retirez l'une et l'autre."


class MontantsIncoherents(partages.MontantsIncoherents):
    """Les montants déchargés ne vont pas avec le sens de la décision"""

    article = "CGCT, art. L. 2333-87-1"
    que_faire = "Chiffrez une décharge, et elle seule ; partielle, elle laisse un reste ; la majoration suppose un titre."


class SommesInconnues(Refus):
    """La juridiction ne connaît pas les sommes réclamées"""

    code = "sommes-inconnues"
    article = "CGCT, art. L. 2333-87-1"
    que_faire = "Donnez « fps_du », et « majoration_due » contre un titre, tels que l'avis ou l'avertissement produit les porte."


class DechargeExcessive(Refus):
    """La décharge dépasse la somme réclamée"""

    code = "decharge-excessive"
    article = "CGCT, art. L. 2333-87-1"
    que_faire = "Déchargez au plus le FPS et la majoration réclamés."


class DesistementAbsent(Refus):
    """Le requérant ne s'est pas désisté"""

    code = "desistement-absent"
    article = ORDONNANCE
    que_faire = "Un désistement est donné acte : attendez celui du requérant."


class NotificationImpossible(Conflit):
    """Rien n'est à consulter"""

    code = "notification-impossible"
    article = NOTIFICATION
    que_faire = "La consultation suppose une décision, ou une demande, mise à disposition par voie électronique."


class RectificationImpossible(Conflit):
    """Cette décision ne peut pas être rectifiée"""

    code = "rectification-impossible"
    article = "CGCT, art. R. 2333-120-66"
    que_faire = "Corrigez les motifs ou le dispositif d'une décision rendue, dans le mois de sa notification ; ensuite, formez un pourvoi."


class PourvoiImpossible(Conflit):
    """Le pourvoi n'est pas recevable"""

    code = "pourvoi-impossible"
    article = POURVOI
    que_faire = "Le pourvoi se forme dans les deux mois de la notification de la décision."


class ExecutionPrematuree(Conflit):
    """Le délai d'exécution n'est pas écoulé"""

    code = "execution-prematuree"
    article = EXECUTION
    que_faire = "La collectivité a trois mois pour exécuter, de la notification."


class ExecutionImpossible(Conflit):
    """Rien n'est à exécuter"""

    code = "execution-impossible"
    article = EXECUTION
    que_faire = "Une décharge notifiée seule s'exécute, et une demande seule se classe."
