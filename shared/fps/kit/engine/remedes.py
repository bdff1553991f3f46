"""How a dead letter or a buried deadline is mended, from its cause: the first word of a cause is the code of what was answered."""

from typing import Final

REJOUER: Final = "puis rejouez-la : « fps lettres-mortes rejouer IDENTIFIANT »."
REMEDES: Final = {
    "source-non-crue": "Elle ne se rejoue pas : son service doit la publier de son propre compte (deploy/rabbitmq/comptes.sh).",
    "dossier-inconnu": f"Faites d'abord connaître ce dossier au destinataire (rejouez la lettre qui l'y crée), {REJOUER}",
    "message-invalide": "Elle ne passera pas telle qu'elle est : corrigez chaque champ nommé chez son expéditeur, qui l'écrit de nouveau.",
    "enveloppe-invalide": "Elle ne passera pas telle qu'elle est : corrigez l'enveloppe chez son expéditeur, qui l'écrit de nouveau.",
    "cle-idempotence-reutilisee": "Son identifiant a déjà servi pour un autre contenu : son expéditeur l'écrit de nouveau, avec un autre.",
}
ECHEANCE: Final = "Corrigez ce que dit la cause, puis rejouez l'échéance : « fps lettres-mortes rejouer IDENTIFIANT »."


def remede(sens: str, cause: str) -> str:
    """What to do of a dead letter (`envoi`, `reception`), or of a buried deadline (`echeance`), in French."""
    if sens == "echeance":
        return ECHEANCE
    words = cause.split(maxsplit=1)
    code = words[0].rstrip(":") if words else ""
    return REMEDES.get(code, f"Corrigez ce que dit la cause (certificat, bac, dossier, service arrêté…), {REJOUER}")
