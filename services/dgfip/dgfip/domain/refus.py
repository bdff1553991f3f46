"""What the DGFiP refuses, each refusal with its code, its article and what to do."""

from dgfip.domain.articles import ANNULATION, PAIEMENT, TITRE
from fps.droit.calculs import REMBOURSEMENT
from fps.errors import Conflit, Introuvable, MessageRefuse, Refus
from fps.regles import refus as partages

REVERSEMENT = "Arrêté du 1er septembre 2016"


class PriseEnChargeInconnue(Introuvable):
    """La DGFiP n'a pris en charge aucun titre pour ce FPS"""

    code = "prise-en-charge-inconnue"
    article = TITRE
    que_faire = "Vérifiez le numéro du FPS ; avant le titre exécutoire, un FPS se paie auprès de l'ANTAI."


class TitreDejaPrisEnCharge(Conflit):
    """Ce FPS est déjà pris en charge par un autre titre"""

    code = "titre-deja-pris-en-charge"
    article = TITRE
    que_faire = "Un FPS impayé ne figure que dans un titre exécutoire : vérifiez le numéro du titre et le rang."


class CleTelepaiementFausse(partages.CleTelepaiementFausse):
    """La clé du numéro de télépaiement est fausse"""

    article = PAIEMENT
    que_faire = "Recopiez les 20 chiffres du numéro de télépaiement imprimé sur l'avertissement."


class TelepaiementAutreTitre(Refus):
    """Le numéro de télépaiement n'est pas celui de ce FPS"""

    code = "telepaiement-autre-titre"
    article = PAIEMENT
    que_faire = "Recopiez le numéro du FPS et le numéro de télépaiement du même avertissement."


class ActeImpossible(partages.ActeImpossible):
    """L'état de la prise en charge ne permet pas cet acte"""

    article = PAIEMENT


class AvertissementNonEnvoye(Conflit):
    """L'avertissement n'est pas encore envoyé"""

    code = "avertissement-non-envoye"
    article = PAIEMENT
    que_faire = "Attendez l'avertissement : il porte la somme due et le rabais."


class TitreDejaPaye(Conflit):
    """Ce FPS majoré est déjà payé"""

    code = "titre-deja-paye"
    article = PAIEMENT
    que_faire = "Conservez le justificatif du premier paiement ; rien d'autre n'est dû."


class PaiementPartielTitre(Refus):
    """Ce moyen ne permet pas de payer une partie d'un FPS majoré"""

    code = "paiement-partiel-titre"
    article = PAIEMENT
    que_faire = "Payez la totalité de la somme due, ou versez un acompte par chèque ou au guichet."


class RabaisExpire(Refus):
    """Le délai du rabais est expiré"""

    code = "rabais-expire"
    article = PAIEMENT
    que_faire = "Payez la totalité du FPS et de sa majoration."


class PaiementExcessif(partages.PaiementExcessif):
    """Le montant dépasse la somme due"""

    article = PAIEMENT
    que_faire = "Payez exactement la somme due : jusqu'à la fin du rabais, celle que la carte de paiement porte pour ce délai."


class TitreEnRemboursement(Conflit):
    """Ce FPS majoré a été annulé après son paiement"""

    code = "titre-en-remboursement"
    article = ANNULATION
    que_faire = "Ne payez rien : la trésorerie vous rembourse."


class TitreAnnule(Conflit):
    """Ce FPS majoré est annulé"""

    code = "titre-annule"
    article = ANNULATION
    que_faire = "Ne payez rien : plus rien n'est dû."


class TitrePrescrit(Conflit):
    """Le recouvrement de ce FPS majoré est prescrit"""

    code = "titre-prescrit"
    article = "LPF, art. L. 274"
    que_faire = "Ne payez rien : le délai pour recouvrer est passé."


class DateChequeInvalide(Refus):
    """La date d'envoi du chèque n'est pas admise"""

    code = "date-cheque-invalide"
    article = PAIEMENT
    que_faire = "Donnez la date du cachet de la poste, pour un chèque seulement."


class ReferenceDejaUtilisee(partages.ReferenceDejaUtilisee):
    """Cette référence désigne déjà un paiement de ce FPS majoré"""

    article = PAIEMENT
    que_faire = "Donnez à chaque paiement sa référence : le numéro du chèque, celui de la transaction."


class PaiementInconnu(partages.PaiementInconnu):
    """La DGFiP n'a encaissé aucun paiement de cette référence pour ce FPS majoré"""

    article = PAIEMENT
    que_faire = "Donnez la référence imprimée sur le justificatif de paiement."


class RejetImpossible(partages.RejetImpossible):
    """Ce paiement ne peut pas être rejeté"""

    article = PAIEMENT
    que_faire = "Seul un chèque encaissé, une seule fois, peut revenir impayé, avant tout remboursement et avant la prescription."


class AnnulationAutreTitre(Conflit):
    """Le titre d'annulation vise un autre titre exécutoire"""

    code = "annulation-autre-titre"
    article = ANNULATION
    que_faire = "Recopiez le numéro du titre exécutoire de ce FPS et son rang dans l'annexe."


class AnnulationExcessive(partages.AnnulationExcessive):
    """Le titre d'annulation dépasse ce que porte le titre exécutoire"""

    article = ANNULATION
    que_faire = "Annulez au plus ce qui reste du FPS et de la majoration."


class AnnulationDifferente(Conflit):
    """Cette ligne du titre d'annulation a déjà servi pour un autre contenu"""

    code = "annulation-differente"
    article = ANNULATION
    que_faire = "Donnez un rang neuf à chaque ligne de l'annexe, ou un numéro neuf au titre d'annulation."


class RemiseExcessive(Refus):
    """La remise dépasse la majoration encore due"""

    code = "remise-excessive"
    article = PAIEMENT
    que_faire = "Demandez ou accordez au plus la majoration encore due : le FPS lui-même ne se remet pas."


class RemiseDejaDemandee(Conflit):
    """Une demande de remise est déjà à l'examen"""

    code = "remise-deja-demandee"
    article = PAIEMENT
    que_faire = "Attendez la décision du comptable sur la première demande."


class RemiseNonDemandee(Conflit):
    """Aucune demande de remise n'est à l'examen"""

    code = "remise-non-demandee"
    article = PAIEMENT
    que_faire = "Déposez d'abord une demande de remise gracieuse."


class SuspensionDejaDecidee(Conflit):
    """Le recouvrement est déjà suspendu"""

    code = "suspension-deja-decidee"
    article = ANNULATION
    que_faire = "Attendez l'issue de l'examen de l'annulation."


class SuspensionInexistante(Conflit):
    """Le recouvrement n'est pas suspendu"""

    code = "suspension-inexistante"
    article = ANNULATION
    que_faire = "Rien n'est à reprendre : consultez l'état de la prise en charge."


class PieceComptableRefusee(MessageRefuse):
    """La pièce comptable est refusée"""

    code = "piece-comptable-refusee"
    article = REMBOURSEMENT
    que_faire = "Corrigez chaque erreur listée, puis renvoyez la pièce sous un numéro neuf."


class RemboursementExcessif(partages.RemboursementExcessif, MessageRefuse):
    """Le remboursement dépasse ce qui a été encaissé du FPS"""

    article = REMBOURSEMENT
    que_faire = "Remboursez au plus ce qui a été encaissé de ce FPS."


class PieceDejaRecue(Conflit):
    """Ce numéro de pièce comptable a déjà servi pour un autre contenu"""

    code = "piece-deja-recue"
    article = REMBOURSEMENT
    que_faire = "Donnez un numéro neuf à chaque pièce comptable."


class RemboursementInconnu(partages.RemboursementInconnu):
    """Aucune pièce comptable ne concerne ce FPS"""

    article = REMBOURSEMENT
    que_faire = "Vérifiez le numéro du FPS ; le remboursement suit la pièce comptable de la collectivité."


class ReversementInconnu(Introuvable):
    """Rien n'a été encaissé ce mois-là pour cette collectivité"""

    code = "reversement-inconnu"
    article = REVERSEMENT
    que_faire = "Vérifiez le SIRET et le mois (AAAA-MM)."
