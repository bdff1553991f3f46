"""Finding the case files of a FPS: its dossier, whoever owes it."""

from antai.domain.dossier import Constat, Dossier, Impaye
from antai.domain.refus import DossierInconnu
from fps.kit.engine.work import Work
from fps.messages.parties_prenantes import Redevable


async def connu(numero: str, work: Work) -> Dossier:
    """The dossier of this number; raises DossierInconnu, which the sender tries again: its message FPS may still be on its way."""
    dossier = await work.find(Dossier, numero)
    if dossier is None:
        raise DossierInconnu(f"Numéro {numero}", "numero_fps")
    return dossier


async def origine_de(numero: str, work: Work) -> Constat | Impaye:
    """What never changes in a dossier, told by the message that opened it; raises LookupError."""
    constat = await work.find(Constat, numero)
    if constat is not None:
        return constat
    impaye = await work.find(Impaye, numero)
    if impaye is None:
        raise LookupError(f"{numero}: a dossier without the message that opened it")
    return impaye


async def redevable_de(numero: str, work: Work) -> Redevable:
    """Who owes this FPS; raises LookupError when it was given up."""
    redevable = (await origine_de(numero, work)).redevable
    if redevable is None:
        raise LookupError(f"{numero}: a dossier without a redevable")
    return redevable
