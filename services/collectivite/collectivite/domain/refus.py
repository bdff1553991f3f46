"""What the collectivité refuses, each refusal with its code, its article and what to do."""

from fps.droit.calculs import REMBOURSEMENT
from fps.errors import Conflit, Introuvable, MessageRefuse, Refus
from fps.messages.comptable import COMPENSATION
from fps.regles import refus as partages


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


class TicketGratuitImpossible(Refus):
    """Un ticket de 0 € dure plus que les minutes gratuites de la zone"""

    code = "ticket-gratuit-impossible"
    article = "CGCT, art. L. 2333-87, I ; R. 2333-120-3"
    que_faire = "Vérifiez le montant et les heures du ticket ; un stationnement sans paiement est un droit, à enregistrer comme tel."


class DroitSansHeure(Refus):
    """Ce droit est limité en heures : il faut l'heure d'arrivée du véhicule"""

    code = "droit-sans-heure"
    article = "CASF, art. L. 241-3 ; CGCT, art. L. 2333-87, I"
    que_faire = "Donnez l'heure à laquelle le véhicule s'est garé (champ « arrivee »)."


class SerieEpuisee(Refus):
    """L'agent a établi 999 FPS ce jour : la série est épuisée"""

    code = "serie-epuisee"
    article = "Arrêté du 6 novembre 2015, art. 4"
    que_faire = "Donnez un autre numéro d'agent ou de dispositif pour la suite de la journée."


class ActeImpossible(partages.ActeImpossible):
    """L'état du FPS ne permet pas cet acte"""

    article = "CGCT, art. L. 2333-87"


class ActeEnAttente(Conflit):
    """L'ANTAI n'a pas encore accusé réception de l'acte précédent"""

    code = "acte-en-attente"
    article = "Hypothèse H12"
    que_faire = "Attendez l'accusé de l'ANTAI (GET /fps/{numero} montre les actes) ; relancez la lettre si elle est morte (fps lettres)."


class ActeInconnu(Introuvable):
    """Aucun acte de ce rang n'a été transmis à l'ANTAI pour ce FPS"""

    code = "acte-inconnu"
    article = "Hypothèse H12"
    que_faire = "Consultez les actes du FPS (GET /fps/{numero})."


class ActeNonRefuse(Conflit):
    """Seul un acte que l'ANTAI a refusé se renvoie"""

    code = "acte-non-refuse"
    article = "Hypothèse H12"
    que_faire = "Rien : l'acte est accepté, ou attend son accusé."


class CorrectionImpossible(Refus):
    """Seules les sommes d'une annulation de titre se corrigent, et vers le bas"""

    code = "correction-impossible"
    article = "CGCT, art. R. 2333-120-17-2"
    que_faire = "Renvoyez l'acte sans sommes, ou avec celles que l'ANTAI dit rester au titre."


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
    que_faire = "Payez comme l'avis le dit : à l'ANTAI, ou à la collectivité en cycle partiel."


class MontantPaiement(Refus):
    """Le montant payé n'est pas celui qui est dû"""

    code = "montant-paiement"
    article = "CGCT, art. L. 2333-87, IV"
    que_faire = "Payez le montant dû (GET /suivi le donne)."


class DelaiPaiementExpire(partages.DelaiPaiementExpire):
    """Le délai de paiement du FPS est expiré"""

    article = "CGCT, art. L. 2333-87, IV"
    que_faire = "Attendez l'avertissement : le FPS impayé et sa majoration font l'objet d'un titre exécutoire."


class PaiementInconnu(partages.PaiementInconnu):
    """La collectivité ne connaît pas ce paiement"""

    article = "CGCT, art. L. 2333-87, IV"
    que_faire = "Renvoyez l'information de paiement d'abord : la lettre sera reprise."


class PaiementIncroyable(MessageRefuse):
    """Ce paiement ne peut pas être celui de ce FPS"""

    code = "paiement-incroyable"
    article = "CGCT, art. L. 2333-87, IV"
    que_faire = "Corrigez le montant, qui ne dépasse pas celui du FPS, ou la date, entre le constat et ce jour."


class ModificationApresPaiement(partages.ModificationApresPaiement):
    """Un FPS payé ne se modifie plus"""

    article = "CGCT, art. R. 2333-120-14"
    que_faire = "Décidez sur un RAPO, ou exécutez une décision : le trop-perçu est remboursé."


class ModificationImpossible(Refus):
    """Le montant rectifié doit être inférieur à ce qui est dû"""

    code = "modification-impossible"
    article = "CGCT, art. R. 2333-120-14"
    que_faire = "Donnez un montant compris entre 1 centime et le montant dû, ou annulez le FPS."


class ModificationAvantAvis(Conflit):
    """L'avis de paiement n'est pas encore envoyé"""

    code = "modification-avant-avis"
    article = "CGCT, art. R. 2333-120-14"
    que_faire = "Attendez l'envoi de l'avis, ou annulez le FPS et établissez-en un autre."


class ModificationDejaFaite(Conflit):
    """La collectivité a déjà rectifié ce FPS"""

    code = "modification-deja-faite"
    article = "Hypothèse H73"
    que_faire = "Décidez sur un RAPO, ou annulez le FPS : d'elle-même, la collectivité ne le modifie qu'une fois."


class DemandeHorsDates(MessageRefuse):
    """La date de la demande n'est pas entre le constat et ce jour"""

    code = "demande-hors-dates"
    article = "Hypothèse H73"
    que_faire = "Corrigez la date de la demande."


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


class RejetImpossible(partages.RejetImpossible):
    """Ce paiement ne peut pas être rejeté"""

    article = "CGCT, art. L. 2333-87, IV"
    que_faire = "Seul un chèque que la commune a encaissé peut revenir impayé, une seule fois ; pas l'acompte qu'elle a dit payé à l'ANTAI."


class RienARembourser(Conflit):
    """Rien n'est à rembourser"""

    code = "rien-a-rembourser"
    article = REMBOURSEMENT
    que_faire = "Vérifiez ce qui a été payé et ce qui reste dû (GET /fps)."


class RemboursementExcessif(partages.RemboursementExcessif):
    """Le remboursement dépasse ce qui a été payé en trop"""

    article = REMBOURSEMENT
    que_faire = "Remboursez au plus le trop-perçu du dossier."


class BeneficiaireInconnu(Conflit):
    """Personne ne s'est fait connaître pour être remboursé"""

    code = "beneficiaire-inconnu"
    article = REMBOURSEMENT
    que_faire = "Indiquez le bénéficiaire, qui prouve son paiement : sans recours, la collectivité ne connaît pas le redevable."


class BeneficiaireDifferent(Refus):
    """Le bénéficiaire est celui qui a contesté"""

    code = "beneficiaire-different"
    article = REMBOURSEMENT
    que_faire = "N'indiquez pas de bénéficiaire : celui du recours est connu."


class CompensationImpossible(Conflit):
    """Le FPS désigné n'a pas de dette que ce remboursement puisse éteindre"""

    code = "compensation-impossible"
    article = COMPENSATION
    que_faire = "Désignez un autre FPS de la même collectivité, majoré et encore dû ; sinon, remboursez par virement."


class CompensationAutreRedevable(Conflit):
    """Les deux FPS ne sont pas du même redevable, pour ce que la collectivité en sait"""

    code = "compensation-autre-redevable"
    article = COMPENSATION
    que_faire = "Désignez un FPS du même véhicule ; sinon, remboursez par virement."


class CompensationExcessive(Conflit):
    """La somme dépasse ce qui est encore dû à la collectivité de l'autre FPS"""

    code = "compensation-excessive"
    article = COMPENSATION
    que_faire = "Imputez au plus ce qui lui est encore dû, sans la majoration, qui est à l'État, et remboursez le reste."


class RemboursementInconnu(partages.RemboursementInconnu):
    """Aucune pièce comptable ne porte ce numéro"""

    article = REMBOURSEMENT
    que_faire = "Vérifiez le numéro de la pièce."


class SuiviInconnu(Introuvable):
    """Aucun FPS ne répond à ce numéro et à cette immatriculation"""

    code = "suivi-inconnu"
    article = "CGCT, art. R. 2333-120-4"
    que_faire = "Recopiez le numéro et l'immatriculation de l'avis. Après plusieurs erreurs de suite, attendez une demi-heure."
