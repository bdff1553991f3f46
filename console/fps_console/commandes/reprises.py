"""The runs that were stopped: where what they had judged is kept, which one goes on, how long they are remembered."""

from dataclasses import replace
from pathlib import Path

from fps.kit.ground.settings import Settings
from fps_certification.execution import Demande
from fps_certification.preuves.cours import Cours, ecarts, entete, interrompues
from fps_certification.preuves.reprise import PassageAutre
from fps_certification.verdict import Issue
from fps_console.commandes.executions import GARDEES
from fps_console.commandes.output import Panne


def dossier(donnees: Path) -> Path:
    """Where they are, in the directory of data."""
    return donnees / "certification" / "en-cours"


def cours_de(demande: Demande, reprendre: bool, settings: Settings) -> tuple[Demande, Cours]:
    """What is kept of a run that starts, or the last one of the same plan that was stopped, to go on; raises Panne when none can."""
    dit = entete(demande.plan, demande.vies, demande.mode.value, demande.prealable)
    lieu = dossier(settings.data_dir)
    gardees = interrompues(lieu)
    if not reprendre:
        for vieille, _ in gardees[GARDEES - 1 :]:
            vieille.unlink(missing_ok=True)
        return demande, Cours(lieu / f"{demande.execution}.jsonl", dit, demande.execution)
    du_plan = [place for place, autre in gardees if autre["plan"].get("plan") == demande.plan.plan]
    if not du_plan:
        phrase = f"Aucune exécution interrompue du plan « {demande.plan.plan} » n'est à reprendre."
        raise Panne(phrase, "Éprouvez-le sans --reprendre.", code="rien-a-reprendre", statut=Issue.CONFIGURATION.value)
    memes = [place for place, autre in gardees if place in du_plan and not ecarts(autre, dit)]
    try:
        cours = Cours((memes or du_plan)[0], dit)
    except (PassageAutre, OSError) as error:
        raise autre(error) from error
    return replace(demande, execution=cours.execution), cours


def autre(error: Exception) -> Panne:
    """A run that cannot go on, as a refusal."""
    phrase = f"L'exécution interrompue ne se reprend pas ({error})."
    que_faire = "Remettez ce qui a changé, ou éprouvez le plan sans --reprendre."
    return Panne(phrase, que_faire, code="passage-autre", statut=Issue.CONFIGURATION.value)
