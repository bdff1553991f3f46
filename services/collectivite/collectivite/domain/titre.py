"""What the town tells of a titre exécutoire that it does not hold: the parts that are no longer due, never above what it bears."""

from datetime import date

from collectivite.domain.forfait import Forfait
from fps.droit.calculs import majoration
from fps.messages.annulation import InformationAnnulationTitre, Origine


def reste_au_titre(forfait: Forfait) -> int:
    """The part of the FPS that the title still bears, in centimes: what was paid before it is not in it (cycle partiel)."""
    return max(forfait.du - (forfait.montant_paye - forfait.rembourse), 0)


def majoration_au_titre(forfait: Forfait) -> int:
    """The majoration that the title still bears, in centimes: on what remained due at its date, less what was cancelled of it.

    CGCT, art. R. 2333-120-16.
    """
    impaye = reste_au_titre(forfait) + forfait.titre_fps_annule
    if impaye <= 0 or forfait.titre_le is None:
        return 0
    return max(majoration(impaye, forfait.titre_le) - forfait.titre_majoration_annulee, 0)


def annulation_titre(
    forfait: Forfait,
    fps_annule: int,
    majoration_annulee: int | None,
    origine: Origine,
    decision: date,
    motif: str,
    requete: str | None = None,
) -> InformationAnnulationTitre:
    """Flow 8 about a title: its whole FPS takes the majoration with it, unless a part of it is named (CGCT, art. R. 2333-120-16; H80).

    What a decision says above what the title bears is cut down to it (CGCT, art. R. 2333-120-17-2).
    """
    reste, plus = reste_au_titre(forfait), majoration_au_titre(forfait)
    fps = min(fps_annule, reste)
    entier = plus if fps == reste else 0
    annulee = entier if not majoration_annulee else min(majoration_annulee, plus)
    return InformationAnnulationTitre(
        numero_fps=forfait.numero,
        siret=forfait.siret,
        numero_titre=forfait.numero_titre,
        origine=origine,
        numero_requete=requete,
        date_decision=decision,
        etendue="totale" if (fps, annulee) == (reste, plus) else "partielle",
        fps_annule=fps,
        majoration_annulee=annulee,
        motif=motif,
    )
