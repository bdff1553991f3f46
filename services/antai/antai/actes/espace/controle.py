"""How ANTAI decides in a bac: asked, and changed by who plays its part."""

from antai.domain.espace.controle import Controle, Mode, Objet, controle_ordinaire
from fps.kit.engine.work import Work


async def controle(objet: Objet, work: Work) -> Controle:
    """How ANTAI decides in this bac; raises AvantLaReforme."""
    return await work.find(Controle, objet) or controle_ordinaire(objet, work.today)


async def regler(objet: Objet, mode: Mode, jours: int, work: Work) -> Controle:
    """Change how ANTAI decides in this bac; what already waits for its day is decided the new way, or by hand."""
    regle = await work.find_or_add(Controle(objet))
    regle.mode, regle.jours = mode, jours
    return regle
