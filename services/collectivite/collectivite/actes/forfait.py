"""What falls on the FPS itself once it is decided, or accepted by ANTAI: rectified, reduced, cancelled, given up."""

from typing import Any

from collectivite.domain.avis import AvisRectificatif
from collectivite.domain.echeances import Echeance
from collectivite.domain.forfait import SANS_SUITE, Etat, Forfait
from collectivite.domain.mentions import Mention
from collectivite.domain.rapo import LOI, Rapo
from fps.droit.money import EcritureEquilibree
from fps.kit.engine.work import Work

RECTIFICATIF = "CGCT, art. R. 2333-120-14"
DECHARGE = "CGCT, art. R. 2333-120-17-2"


def ecrire(forfait: Forfait, mention: Mention, article: str, ecriture: EcritureEquilibree | None, work: Work, **donnees: Any) -> None:
    """Tell the journal an act, and the books what it moves."""
    work.record(forfait.numero, mention, article, **donnees)
    if ecriture is not None:
        work.book(forfait.numero, ecriture, article)


async def rectifier(forfait: Forfait, avis: AvisRectificatif, motif: str, work: Work) -> None:
    """The FPS amounts to what the rectificatif says, and is cancelled at 0 (CGCT, art. R. 2333-120-14)."""
    work.add(avis)
    ecriture = forfait.rectifier(avis.montant, work.today)
    ecrire(forfait, Mention.RECTIFICATION, RECTIFICATIF, ecriture, work, montant=avis.montant, numero_avis=avis.numero_avis)
    if avis.montant == 0:
        await annuler(forfait, motif, work)


async def reduire(forfait: Forfait, montant: int, motif: str, work: Work) -> None:
    """The FPS loses `montant` centimes after a decision: what remains is due, or nothing (CGCT, art. R. 2333-120-17-2)."""
    if not montant or forfait.etat is Etat.ANNULE:
        return
    reste = max(forfait.du - montant, 0)
    if reste:
        ecrire(forfait, Mention.REDUCTION, DECHARGE, forfait.rectifier(reste, work.today), work, montant=reste)
    else:
        await annuler(forfait, motif, work)


async def annuler(forfait: Forfait, motif: str, work: Work) -> None:
    """The FPS is no longer due; nothing is left to cancel of one that is cancelled or given up already."""
    if forfait.etat in SANS_SUITE or forfait.etat is Etat.ANNULE:
        return
    ecrire(forfait, Mention.ANNULATION, RECTIFICATIF, forfait.annuler(work.today, motif), work, motif=motif)
    await oublier_echeances(forfait, work)


async def oublier_echeances(forfait: Forfait, work: Work) -> None:
    """A FPS that is settled waits for no term; once cancelled, a RAPO still open has nothing left to decide."""
    work.unschedule(forfait.numero, Echeance.IMPAYE)
    rapo = await work.find(Rapo, forfait.numero) if forfait.etat is Etat.ANNULE else None
    if rapo is not None and rapo.perdre_objet(work.today):
        work.unschedule(forfait.numero, Echeance.SILENCE_RAPO)
        work.record(forfait.numero, Mention.RAPO_SANS_OBJET, LOI, numero_rapo=rapo.numero_rapo)
