"""What the collectivité refuses, each refusal with its code, its article and what to do."""

from fps.errors import Conflit, Introuvable, MessageRefuse, Refus


class ForfaitInconnu(Introuvable):
    """La collectivité n'a établi aucun FPS sous ce numéro"""

    code = "fps-inconnu"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Vérifiez les 26 chiffres du numéro."


class FpsEtabliAilleurs(Conflit):
    """Ce FPS a été établi par un autre système que cette collectivité de référence"""

    code = "fps-etabli-ailleurs"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Rien : la lettre est gardée ici avec ce refus. Établissez le FPS par POST /fps pour le suivre jusqu'au bout."


class ConstatRefuse(MessageRefuse):
    """Le FPS ne peut pas être établi avec ces données"""

    code = "constat-refuse"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Corrigez chaque erreur listée, puis recommencez."


class SerieEpuisee(Refus):
    """L'agent a établi 999 FPS ce jour : la série est épuisée"""

    code = "serie-epuisee"
    article = "Arrêté du 6 novembre 2015, art. 4"
    que_faire = "Donnez un autre numéro d'agent ou de dispositif pour la suite de la journée."


class ActeImpossible(Conflit):
    """L'état du FPS ne permet pas cet acte"""

    code = "acte-impossible"
    article = "CGCT, art. L. 2333-87"


class AgentNonAssermente(Refus):
    """L'agent n'est pas assermenté à la date du constat"""

    code = "agent-non-assermente"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Faites établir le FPS par un agent assermenté, ou enregistrez l'assermentation (PUT /agents)."


class AgentInconnu(Introuvable):
    """Aucun agent n'est enregistré sous ce numéro"""

    code = "agent-inconnu"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Vérifiez le SIRET et le numéro de l'agent."


class VehiculeEnRegle(Refus):
    """Le véhicule est en règle : aucun FPS n'est dû"""

    code = "vehicule-en-regle"
    article = "CGCT, art. L. 2333-87, I"
    que_faire = "N'établissez pas de FPS : le registre montre un paiement ou un droit en cours."


class FpsEnCours(Refus):
    """Un FPS produit encore ses effets pour ce véhicule dans cette zone"""

    code = "fps-en-cours"
    article = "CGCT, art. R. 2333-120-6"
    que_faire = "Attendez l'heure à laquelle le FPS précédent cesse de produire ses effets."


class ControleInconnu(Introuvable):
    """Aucun contrôle ne porte ce numéro"""

    code = "controle-inconnu"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Vérifiez le numéro rendu par POST /controles."


class ControleSansSuite(Conflit):
    """Ce contrôle ne peut plus donner lieu à un FPS"""

    code = "controle-sans-suite"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Faites un nouveau contrôle : un agent constate le jour même, une seule fois."


class HorsCyclePartiel(Refus):
    """La collectivité n'encaisse pas elle-même les FPS de cycle complet"""

    code = "hors-cycle-partiel"
    article = "Convention de cycle complet"
    que_faire = "Payez auprès de l'ANTAI, avec le numéro de télépaiement de l'avis."


class PaiementRapideImpossible(Refus):
    """Le paiement rapide n'est pas possible"""

    code = "paiement-rapide-impossible"
    article = "Convention de cycle complet (paiement avant l'envoi de l'avis)"
    que_faire = "Attendez l'avis de paiement, puis payez auprès de l'ANTAI."


class MontantPaiement(Refus):
    """Le montant payé n'est pas celui qui est dû"""

    code = "montant-paiement"
    article = "CGCT, art. L. 2333-87, IV"
    que_faire = "Payez le montant dû (GET /suivi le donne)."


class PaiementHorsDelai(Refus):
    """Le délai de paiement du FPS est expiré"""

    code = "delai-paiement-expire"
    article = "CGCT, art. L. 2333-87, IV"
    que_faire = "Attendez l'avertissement : le FPS impayé et sa majoration font l'objet d'un titre exécutoire."


class PaiementInconnu(Introuvable):
    """La collectivité ne connaît pas ce paiement"""

    code = "paiement-inconnu"
    article = "CGCT, art. L. 2333-87, IV"
    que_faire = "Renvoyez l'information de paiement d'abord : la lettre sera reprise."


class ModificationApresPaiement(Conflit):
    """Un FPS payé ne se modifie plus"""

    code = "modification-apres-paiement"
    article = "CGCT, art. R. 2333-120-14"
    que_faire = "Décidez sur un RAPO, ou exécutez une décision : le trop-perçu est remboursé."


class ModificationImpossible(Refus):
    """Le montant rectifié doit être inférieur à ce qui est dû"""

    code = "modification-impossible"
    article = "CGCT, art. R. 2333-120-14"
    que_faire = "Donnez un montant compris entre 1 centime et le montant dû, ou annulez le FPS."


class ActeApresTitre(Conflit):
    """Un titre exécutoire existe : le message FPS ne peut plus rien changer"""

    code = "acte-apres-titre"
    article = "CGCT, art. R. 2333-120-16"
    que_faire = "Informez l'ANTAI de l'annulation du titre (POST /fps/{numero}/annulation-titre, flux 8)."


class AucunTitre(Conflit):
    """Aucun titre exécutoire n'existe pour ce FPS"""

    code = "aucun-titre"
    article = "CGCT, art. R. 2333-120-16"
    que_faire = "Annulez le FPS lui-même (POST /fps/{numero}/annulation)."


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


class RapoDejaDepose(Conflit):
    """Un seul RAPO est possible par FPS"""

    code = "rapo-deja-depose"
    article = "CGCT, art. R. 2333-120-13"
    que_faire = "Attendez la décision, puis saisissez la juridiction si elle ne vous convient pas."


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


class VoieElectroniqueObligatoire(Refus):
    """La collectivité doit déposer par voie électronique"""

    code = "voie-electronique-obligatoire"
    article = "CGCT, art. R. 2333-120-32 quater"
    que_faire = "Déposez par le portail ou par télétransmission."


class RienAExecuter(Conflit):
    """Cette requête n'a aucune décision à exécuter"""

    code = "rien-a-executer"
    article = "CGCT, art. R. 2333-120-60"
    que_faire = "Consultez l'état de la requête (GET /recours)."


class RienARembourser(Conflit):
    """Rien n'est à rembourser"""

    code = "rien-a-rembourser"
    article = "Arrêté du 1er septembre 2016"
    que_faire = "Vérifiez ce qui a été payé et ce qui reste dû (GET /fps)."


class RemboursementExcessif(Refus):
    """Le remboursement dépasse ce qui a été payé en trop"""

    code = "remboursement-excessif"
    article = "Arrêté du 1er septembre 2016"
    que_faire = "Remboursez au plus le trop-perçu du dossier."


class BeneficiaireInconnu(Conflit):
    """Personne ne s'est fait connaître pour être remboursé"""

    code = "beneficiaire-inconnu"
    article = "Arrêté du 1er septembre 2016"
    que_faire = "Attendez un recours : la collectivité ne connaît le redevable que par lui."


class RemboursementInconnu(Introuvable):
    """Aucune pièce comptable ne porte ce numéro"""

    code = "remboursement-inconnu"
    article = "Arrêté du 1er septembre 2016"
    que_faire = "Vérifiez le numéro de la pièce."


class SuiviInconnu(Introuvable):
    """Aucun FPS ne répond à ce numéro et à cette immatriculation"""

    code = "suivi-inconnu"
    article = "CGCT, art. R. 2333-120-4"
    que_faire = "Recopiez le numéro (26 chiffres, ou 28 avec la clé) et l'immatriculation de l'avis."
