"""Finding the case files of a FPS, or refusing: what every act begins with."""

from collectivite.domain.avis import AvisRectificatif
from collectivite.domain.forfait import Forfait
from collectivite.domain.rapo import Rapo
from collectivite.domain.recours import Recours
from collectivite.domain.refus import ForfaitInconnu, FpsEtabliAilleurs
from collectivite.domain.refus_recours import RapoInconnu, RecoursInconnu
from collectivite.domain.remboursement import SerieAnnuelle
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


async def numero_suivant(siret: str, genre: str, work: Work) -> str:
    """The next number of a yearly series of the town."""
    serie = await work.find_or_add(SerieAnnuelle(siret, genre, work.today.year))
    return serie.suivant()
