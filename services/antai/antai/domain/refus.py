"""What ANTAI refuses, each refusal with its code, its article and what to do."""

from fps.errors import Conflit, Introuvable, MessageRefuse, Refus
from fps.messages.mfps import CodeTitre
from fps.regles import refus as partages

PAIEMENT = "CGCT, art. L. 2333-87, IV"


class DossierInconnu(Introuvable):
    """L'ANTAI ne connaît aucun avis de paiement sous ce numéro"""

    code = "dossier-inconnu"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Recopiez les 26 chiffres imprimés sur l'avis, ou attendez que l'ANTAI ait reçu le message FPS."


class LotInconnu(Introuvable):
    """Aucun avis n'est parti dans ce lot d'impression"""

    code = "lot-inconnu"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Un lot se nomme par le jour de l'envoi et son rang, 2024-03-01-01 : GET /impressions donne ceux qui sont partis."


class TitreInconnu(Introuvable):
    """L'ANTAI n'a émis aucun titre exécutoire sous ce numéro"""

    code = "titre-inconnu"
    article = "CGCT, art. R. 2333-120-16"
    que_faire = "Recopiez les 10 chiffres du numéro de titre imprimés sur l'avertissement."


class CreationRefusee(MessageRefuse):
    """Le message FPS est refusé"""

    code = "message-fps-refuse"
    article = "CGCT, art. L. 2333-87, II"


class NumeroDejaUtilise(Conflit):
    """Ce numéro d'avis de paiement désigne déjà un autre FPS"""

    code = "numero-deja-utilise"
    article = "Arrêté du 6 novembre 2015, art. 4"
    que_faire = "Donnez un numéro neuf à chaque FPS ; pour changer un FPS déjà reçu, envoyez une modification ou une annulation."


class CleTelepaiementFausse(partages.CleTelepaiementFausse):
    """La clé du numéro de télépaiement est fausse"""

    article = "Arrêté du 6 novembre 2015, art. 4"
    que_faire = "Recopiez les 28 chiffres de l'avis : les 26 du numéro, puis les 2 de la clé."


class PlaqueDifferente(Refus):
    """L'immatriculation n'est pas celle de l'avis de paiement"""

    code = "plaque-differente"
    article = PAIEMENT
    que_faire = "Saisissez l'immatriculation imprimée sur l'avis de paiement."


class ActeImpossible(partages.ActeImpossible):
    """L'état du dossier à l'ANTAI ne permet pas cet acte"""

    article = PAIEMENT


class AvisNonEnvoye(Conflit):
    """L'avis de paiement n'est pas encore envoyé"""

    code = "avis-non-envoye"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Attendez l'avis de paiement ; avant son envoi, seul le paiement rapide auprès de la collectivité est possible."


class FpsAbandonne(Conflit):
    """Ce FPS a été abandonné : rien n'est dû"""

    code = "fps-abandonne"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Ne payez pas : aucun avis de paiement n'a été envoyé pour ce numéro."


class FpsDejaPaye(Conflit):
    """Ce FPS est déjà payé"""

    code = "fps-deja-paye"
    article = PAIEMENT
    que_faire = "Conservez le justificatif du premier paiement ; rien d'autre n'est dû."


class DelaiPaiementExpire(partages.DelaiPaiementExpire):
    """Le délai de paiement du FPS est expiré"""

    article = PAIEMENT
    que_faire = "Attendez l'avertissement de la DGFiP : le FPS et sa majoration se paient avec le numéro de télépaiement qu'il porte."


class TitreDejaEmis(Conflit):
    """Un titre exécutoire est émis : le FPS ne se paie plus auprès de l'ANTAI"""

    code = "titre-deja-emis"
    article = "CGCT, art. L. 2333-87, IV et R. 2333-120-16"
    que_faire = "Payez auprès de la DGFiP, avec le numéro de télépaiement de l'avertissement."


class PaiementPartiel(Refus):
    """Le paiement partiel d'un FPS n'est pas accepté"""

    code = "paiement-partiel"
    article = PAIEMENT
    que_faire = "Payez en une fois la totalité de la somme due."


class PaiementExcessif(partages.PaiementExcessif):
    """Le montant dépasse la somme due"""

    article = PAIEMENT
    que_faire = "Payez exactement la somme due."


class MinorationExpiree(Refus):
    """Le délai du montant minoré est expiré"""

    code = "minoration-expiree"
    article = PAIEMENT
    que_faire = "Payez le montant entier du FPS."


class MinorationAutreMoyen(Refus):
    """Ce moyen de paiement n'accepte pas le montant minoré"""

    code = "minoration-autre-moyen"
    article = "Conventions de l'ANTAI, depuis 2021"
    que_faire = "Payez le montant minoré par internet ou par serveur vocal, ou le montant entier par ce moyen."


class LettreIncoherente(Conflit):
    """La lettre ne s'accorde pas avec le titre exécutoire du dossier"""

    code = "titre-different"
    article = "CGCT, art. R. 2333-120-16"
    que_faire = "Vérifiez le numéro du titre et le rang du FPS dans son annexe."


class FpsAnnule(Conflit):
    """Ce FPS est annulé : rien n'est dû"""

    code = "fps-annule"
    article = "CGCT, art. R. 2333-120-14 et R. 2333-120-17-2"
    que_faire = "Ne payez pas ; si vous aviez déjà payé, demandez le remboursement à la collectivité."


class TelepaiementVerrouille(Refus):
    """Ce numéro de télépaiement est verrouillé après plusieurs échecs"""

    code = "telepaiement-verrouille"
    article = PAIEMENT
    que_faire = (
        "Attendez la fin du verrou, en temps réel ou avec la date du bac, puis recopiez le numéro, la clé et l'immatriculation imprimés "
        "sur l'avis."
    )


class DateEnvoiImpossible(Refus):
    """Cette date d'envoi est impossible"""

    code = "date-envoi-impossible"
    article = PAIEMENT
    que_faire = "Donnez la date d'envoi d'un chèque seulement : ni avant l'avis de paiement, ni après aujourd'hui."


class PaiementInconnu(partages.PaiementInconnu):
    """L'ANTAI n'a encaissé aucun paiement de cette référence pour ce FPS"""

    article = PAIEMENT
    que_faire = "Donnez la référence imprimée sur le justificatif de paiement."


class ReferenceDejaUtilisee(partages.ReferenceDejaUtilisee):
    """Cette référence désigne déjà un paiement de ce FPS"""

    article = PAIEMENT
    que_faire = "Donnez à chaque paiement sa référence : le numéro du chèque, celui de la transaction."


class RejetImpossible(partages.RejetImpossible):
    """Ce paiement ne peut pas être rejeté"""

    article = PAIEMENT
    que_faire = "Seul un chèque encaissé, une seule fois, peut revenir impayé."


class AucunTropPercu(Conflit):
    """Aucune somme n'a été perçue en trop"""

    code = "aucun-trop-percu"
    article = PAIEMENT
    que_faire = "Le remboursement d'un FPS payé puis annulé se demande à la collectivité."


class AvisNonElectronique(Conflit):
    """Cet avis n'est pas un avis électronique"""

    code = "avis-non-electronique"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Consultez le courrier : cet avis est envoyé par la poste."


class PliImpossible(Conflit):
    """Aucun pli de ce dossier ne peut revenir"""

    code = "pli-impossible"
    article = "CGCT, art. L. 2333-87, II"
    que_faire = "Un pli ne revient qu'une fois, après l'envoi d'un avis par la poste."


class AutreCollectivite(partages.AutreCollectivite):
    """Le message vient d'une autre collectivité que celle du dossier"""

    article = "CGCT, art. R. 2333-120-17-2"
    que_faire = "Vérifiez le SIRET : il est dans les 14 premiers chiffres du numéro."


class RectificatifRefuse(MessageRefuse):
    """L'avis rectificatif est refusé"""

    code = "rectificatif-refuse"
    article = "CGCT, art. R. 2333-120-14"


class RectificatifSansReduction(Refus):
    """Un avis rectificatif ne peut que réduire le montant du FPS"""

    code = "rectificatif-sans-reduction"
    article = "CGCT, art. R. 2333-120-14"
    que_faire = "Donnez un montant inférieur à celui de l'avis, ou rejetez le recours sans avis rectificatif."


class ModificationApresPaiement(partages.ModificationApresPaiement):
    """Ce FPS est payé : son montant ne peut plus augmenter ni rester le même"""

    article = "CGCT, art. R. 2333-120-14"
    que_faire = "Après un paiement, seule une réduction est possible ; elle ouvre droit au remboursement par la collectivité."


class RectificatifDejaRecu(Conflit):
    """Ce FPS a déjà un avis rectificatif"""

    code = "rectificatif-deja-recu"
    article = "CGCT, art. R. 2333-120-13 et R. 2333-120-14"
    que_faire = (
        "Un FPS a un seul avis rectificatif après un RAPO, et la collectivité ne le réduit d'elle-même qu'une fois, avant lui ; "
        "ensuite, transmettez une information d'annulation (flux 8)."
    )


class AnnulationApresTitre(Conflit):
    """Un titre exécutoire est émis : le FPS ne peut plus être modifié ni annulé seul"""

    code = CodeTitre.EMIS
    article = "CGCT, art. L. 2333-87, IV et R. 2333-120-17-2"
    que_faire = "Transmettez une information d'annulation de titre (flux 8) : l'ANTAI émettra le titre d'annulation."


class TitreNonEmis(Conflit):
    """Aucun titre exécutoire n'est émis pour ce FPS"""

    code = CodeTitre.NON_EMIS
    article = "CGCT, art. R. 2333-120-16"
    que_faire = "Transmettez une annulation de FPS, ou une information d'annulation de FPS (flux 8)."


class MontantsIncoherents(partages.MontantsIncoherents):
    """Les montants de l'annulation ne font pas celui du FPS"""

    article = "CGCT, art. R. 2333-120-17-2"
    que_faire = "Le montant annulé et le montant restant font ensemble le montant actuel du FPS, en centimes."


class EtendueIncoherente(Refus):
    """L'étendue ne s'accorde pas avec les montants annulés"""

    code = "etendue-incoherente"
    article = "CGCT, art. R. 2333-120-17-2"
    que_faire = "« totale » quand plus rien ne reste dû, « partielle » quand une somme est annulée et qu'une autre reste due."


class AnnulationExcessive(partages.AnnulationExcessive):
    """L'annulation dépasse ce que porte le titre exécutoire"""

    article = "CGCT, art. R. 2333-120-17-2"
    que_faire = "Annulez au plus le FPS et la majoration du titre, moins ce qui en est déjà annulé."


class DateDecisionImpossible(Refus):
    """La décision est datée d'un jour à venir, ou d'avant le constat"""

    code = "date-decision-impossible"
    article = "CGCT, art. R. 2333-120-14 et R. 2333-120-17-2"
    que_faire = "Donnez la date de la décision : du jour du constat au jour de l'envoi du message."


class RequeteManquante(Refus):
    """Une annulation décidée par la juridiction cite sa requête"""

    code = "requete-manquante"
    article = "CGCT, art. R. 2333-120-17-2 et R. 2333-120-60"
    que_faire = "Ajoutez le numéro de la requête jugée (huit chiffres) : il rapproche les flux 8 et 14."


class DecisionDifferente(Conflit):
    """Une autre décision est déjà connue pour cette requête"""

    code = "decision-differente"
    article = "CGCT, art. R. 2333-120-60"
    que_faire = "Une requête n'a qu'une décision : vérifiez son numéro."


class ImpayeRefuse(MessageRefuse):
    """Le FPS impayé est refusé"""

    code = "impaye-refuse"
    article = "CGCT, art. R. 2333-120-17-2"


class CycleComplet(Refus):
    """Le flux 11 n'existe qu'en cycle partiel"""

    code = "flux-11-en-cycle-complet"
    article = "CGCT, art. R. 2333-120-17-2"
    que_faire = "En cycle complet l'ANTAI connaît le FPS et émet seule le titre : n'envoyez rien."


class AnnulationInconnue(Introuvable):
    """L'ANTAI n'a émis aucun titre d'annulation sous ce numéro"""

    code = "titre-annulation-inconnu"
    article = "CGCT, art. R. 2333-120-17-3"
    que_faire = "Vérifiez les 10 chiffres du numéro du titre d'annulation."


class HorsPerimetre(Refus):
    """Ce dossier est hors du périmètre du prestataire"""

    code = "hors-perimetre"
    article = "Convention de la collectivité avec son prestataire"
    que_faire = "Demandez un dossier de votre collectivité et de vos zones."


class MoisInvalide(Refus):
    """Ce mois n'a pas de facture"""

    code = "mois-invalide"
    article = "Convention de l'ANTAI"
    que_faire = "Donnez un mois commencé, au format AAAA-MM, depuis janvier 2018."


class RequeteInconnue(Introuvable):
    """L'ANTAI n'a rien reçu de cette requête pour ce FPS"""

    code = "requete-non-recue"
    article = "CGCT, art. R. 2333-120-60"
    que_faire = "Vérifiez le numéro de la requête : ANTAI, GET /va-pilote/dossiers/{numero} liste celles du dossier."


class RienARegler(Conflit):
    """Rien n'est à régler : l'annulation et la décision s'accordent, ou quelqu'un en a déjà répondu"""

    code = "rien-a-regler"
    article = "CGCT, art. R. 2333-120-60"
    que_faire = "Relisez le dossier : ANTAI, GET /va-pilote/dossiers/{numero}."
