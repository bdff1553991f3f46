"""Finding the case files of a FPS, and what every act on one of them has to do."""

from typing import Any

from collectivite.domain.avis import AvisRectificatif
from collectivite.domain.forfait import Etat, Forfait
from collectivite.domain.rapo import LOI, Rapo
from collectivite.domain.recours import Recours
from collectivite.domain.refus import ForfaitInconnu, FpsEtabliAilleurs
from collectivite.domain.refus_recours import RapoInconnu, RecoursInconnu
from collectivite.domain.remboursement import Serie
from fps.droit.money import Ecriture
from fps.kit.engine.work import Work


async def etabli_ici(numero: str, work: Work) -> Forfait:
    """The FPS of this number, for a letter; raises FpsEtabliAilleurs.

    A FPS is kept here before its message leaves: a letter about another one will never find it, so the refusal is final. It is
    the case of an editor who sends its own messages to ANTAI and has no address yet for what comes back.
    """
    forfait = await work.find(Forfait, numero)
    if forfait is None:
        raise FpsEtabliAilleurs(f"Numéro {numero}", "numero_fps")
    return forfait


async def demande(numero: str, work: Work) -> Forfait:
    """The FPS of this number, for a person; raises ForfaitInconnu."""
    forfait = await work.find(Forfait, numero)
    if forfait is None:
        raise ForfaitInconnu(f"Numéro {numero}", "numero")
    return forfait


async def initial(numero: str, work: Work) -> str:
    """The number of the first notice: the number itself, or that of the FPS that a rectificatif rectifies."""
    avis = await work.find(AvisRectificatif, numero)
    return numero if avis is None else avis.numero


async def rapo_de(numero: str, work: Work) -> Rapo:
    """The RAPO against a FPS; raises RapoInconnu."""
    rapo = await work.find(Rapo, numero)
    if rapo is None:
        raise RapoInconnu(f"Numéro {numero}", "numero")
    return rapo


async def recours_connu(numero: str, work: Work) -> Recours:
    """The petition of this number; raises RecoursInconnu."""
    recours = await work.find(Recours, numero)
    if recours is None:
        raise RecoursInconnu(f"Requête {numero}", "numero_requete")
    return recours


async def numero_suivant(siret: str, genre: str, work: Work, largeur: int = 4) -> str:
    """The next number of a yearly series of the town."""
    serie = await work.find(Serie, siret, genre, work.today.year)
    if serie is None:
        serie = Serie(siret, genre, work.today.year)
        work.add(serie)
    return serie.suivant(largeur)


def ecrire(forfait: Forfait, acte: str, article: str, ecriture: Ecriture | None, work: Work, **donnees: Any) -> None:
    """Tell the journal an act, and the books what it moves."""
    work.record(forfait.numero, acte, article, **donnees)
    if ecriture is not None:
        work.book(forfait.numero, ecriture, article)


async def oublier_echeances(forfait: Forfait, work: Work) -> None:
    """A FPS that is settled waits for no term; once cancelled, a RAPO still open has nothing left to decide."""
    work.unschedule(forfait.numero, "impaye")
    rapo = await work.find(Rapo, forfait.numero) if forfait.etat is Etat.ANNULE else None
    if rapo is not None and rapo.perdre_objet(work.today):
        work.unschedule(forfait.numero, "silence-rapo")
        work.record(forfait.numero, "rapo-sans-objet", LOI, numero_rapo=rapo.numero_rapo)
