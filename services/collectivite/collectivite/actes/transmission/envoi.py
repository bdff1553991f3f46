"""How an act leaves for ANTAI: nothing changes here before its accusé."""

from collectivite.domain.acte import Suite, Transmis
from collectivite.domain.forfait import Forfait
from collectivite.domain.refus import ActeEnAttente
from fps.kit.engine.work import Work


def exiger_sans_attente(forfait: Forfait) -> None:
    """Raises ActeEnAttente: what the town decides by itself waits until ANTAI has answered the act before."""
    if forfait.suite is Suite.EN_ATTENTE:
        raise ActeEnAttente(f"FPS {forfait.numero}.", "numero")


def transmettre(forfait: Forfait, message: Transmis, work: Work, *, baisse: int = 0, releve: bool = False) -> None:
    """The message leaves; `baisse`: what a flow 8 takes off the FPS, in centimes; `releve`: it takes the place of another one."""
    forfait.transmettre(message, work.now, baisse=baisse, releve=releve)
    work.send(message)
