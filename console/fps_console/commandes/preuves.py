"""What `fps verifier` does: the verdict of an evidence computed again, without any service, and told."""

import asyncio
from pathlib import Path

from fps_certification.certifier import verifier
from fps_certification.preuves.liasse import Liasse, LiasseFausse
from fps_certification.rapports.rapport import Rapport
from fps_console.commandes.cles import lire_cles
from fps_console.commandes.output import Panne, cause, dump, say
from fps_console.commandes.verdicts import tell


def verifiee(place: Path, cles: str | None) -> tuple[Liasse, Rapport]:
    """An evidence whose verdict was computed again; raises Panne: 1 for a false one, or a stranger's, 2 when it cannot be read."""
    connues = None if cles is None else lire_cles(cles)
    try:
        liasse, found = asyncio.run(verifier(place, connues))
    except OSError as error:
        raise Panne(f"{place} : {cause(error)}.", "Vérifiez ce chemin et ses droits.", code="preuve-illisible", statut=2) from error
    except LiasseFausse as error:
        raise Panne(f"{place.name} : {error}.", "Celle-ci ne prouve rien : redemandez-la.", code="preuve-fausse", statut=1) from error
    if cles is not None and not liasse.connue:
        phrase = f"{place.name} est signée par une clé qui n'est pas dans {Path(cles).name} ({liasse.kid})."
        raise Panne(phrase, "Ne la croyez que si vous connaissez cette clé.", code="signataire-inconnu", statut=1)
    return liasse, found


def verify(place: Path, cles: str | None, en_json: bool) -> int:
    """Compute the verdict of an evidence again; gives its status. Raises Panne (1) when it is not what it says."""
    liasse, found = verifiee(place, cles)
    if en_json:
        told = {"preuve": "intacte", "cle": liasse.kid, "cle_connue": liasse.connue, "plan_livre": liasse.plan_livre}
        dump({**told, "rapport": found.model_dump(mode="json")})
        return found.code
    tell(found)
    if not liasse.plan_livre:
        say("Ce plan n'est pas l'un de ceux qui sont livrés ici, quel que soit son nom : lisez ce qu'il éprouve.")
    for commentaire in liasse.fin.get("commentaires", ()):
        say(f"Commentaire de qui l'a produite : {commentaire}")
    qui = "une clé que vous connaissez" if liasse.connue else "la clé qui l'accompagne : comparez-la à celle que publie son auteur"
    say(f"Preuve intacte, verdict recalculé à l'identique. Signée par {qui} ({liasse.kid}).")
    return found.code
