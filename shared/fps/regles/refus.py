"""The refusals that several parties give: a code means one thing, said here once; each party refines its article and what to do."""

from fps.errors import Conflit, Introuvable, MessageRefuse, Refus


class ActeImpossible(Conflit):
    """L'état du dossier ne permet pas cet acte"""

    code = "acte-impossible"


class AnnulationExcessive(Conflit):
    """L'annulation dépasse ce que porte le titre exécutoire"""

    code = "annulation-excessive"


class AutreCollectivite(Refus):
    """Cette collectivité n'est pas celle du dossier"""

    code = "autre-collectivite"


class CleTelepaiementFausse(MessageRefuse):
    """La clé du numéro de télépaiement est fausse"""

    code = "cle-telepaiement-fausse"


class DelaiPaiementExpire(Conflit):
    """Le délai de paiement du FPS est expiré"""

    code = "delai-paiement-expire"


class ModificationApresPaiement(Conflit):
    """Un FPS payé ne se modifie plus ainsi"""

    code = "modification-apres-paiement"


class MontantsIncoherents(Refus):
    """Les montants ne vont pas ensemble"""

    code = "montants-incoherents"


class PaiementExcessif(Refus):
    """Le montant dépasse la somme due"""

    code = "paiement-excessif"


class PaiementInconnu(Introuvable):
    """Aucun paiement de cette référence n'est connu"""

    code = "paiement-inconnu"


class ReferenceDejaUtilisee(Conflit):
    """Cette référence désigne déjà un paiement"""

    code = "reference-deja-utilisee"


class RejetImpossible(Conflit):
    """Ce paiement ne peut pas être rejeté"""

    code = "rejet-impossible"


class RemboursementExcessif(Refus):
    """Le remboursement dépasse ce qui peut être rendu"""

    code = "remboursement-excessif"


class RemboursementInconnu(Introuvable):
    """Aucun remboursement n'est connu sous ce numéro"""

    code = "remboursement-inconnu"


class VoieElectroniqueObligatoire(Refus):
    """La collectivité doit déposer par voie électronique"""

    code = "voie-electronique-obligatoire"
