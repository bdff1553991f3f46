"""What ANTAI says in the statement of a bac: its dossiers."""

from collections.abc import Sequence

from antai.domain.dossier import Dossier
from antai.domain.titre_annulation import Appariement
from fps.kit.engine.releve import Releveur, lire, totaux
from fps.kit.engine.work import Work
from fps.releves import DossierAntai, EnsembleAntai

SOMMES = ("montant_initial", "montant", "montant_paye", "trop_percu", "majoration")


async def ensemble(work: Work) -> EnsembleAntai:
    """Every dossier."""
    etats, sommes = await totaux(work, Dossier, *SOMMES)
    return EnsembleAntai(dossiers=etats, **sommes)


async def dossiers(work: Work, sujets: Sequence[str]) -> dict[str, DossierAntai]:
    """What is held of each FPS."""
    found = {d.numero: DossierAntai.model_validate(d) for d in await lire(work, Dossier, [(sujet,) for sujet in sujets])}
    for juge in await lire(work, Appariement, [(sujet,) for sujet in sujets], ("numero",)):
        seules, fausses = found[juge.numero].annulations_sans_decision, found[juge.numero].annulations_contredites
        if not juge.a_regler:
            continue
        if juge.attend_la_decision:
            seules = (*seules, juge.numero_requete)
        else:
            fausses = (*fausses, juge.numero_requete)
        dites = {"annulations_sans_decision": tuple(sorted(seules)), "annulations_contredites": tuple(sorted(fausses))}
        found[juge.numero] = found[juge.numero].model_copy(update=dites)
    return found


RELEVE = Releveur(ensemble, dossiers)
