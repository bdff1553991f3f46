"""What may happen to a convention: prepared, deposited, decided by ANTAI, given up, terminated."""

import base64
from datetime import date

from antai.actes.espace.controle import controle
from antai.actes.espace.espace import ouvert
from antai.domain.echeances import Echeance
from antai.domain.espace import convention as conventions
from antai.domain.espace.controle import MOTIF_REFUS, Mode, Objet
from antai.domain.espace.convention import Convention, Signataire
from antai.domain.espace.espace import DepotConvention, Espace
from fps.droit.calculs import Cycle
from fps.droit.calendar import ajouter_jours
from fps.kit.engine.work import Work


async def preparer(siret: str, cycle: Cycle | None, signataire: Signataire, effet_le: date | None, work: Work) -> Convention:
    """A convention to sign, or its renewal; raises the refusal of the espace and what `Espace.preparer_convention` raises."""
    espace = await ouvert(siret, work)
    return espace.preparer_convention(cycle, signataire, effet_le, work.now, work.today)


async def deposer(siret: str, rang: int, pdf: bytes, empreinte: str, work: Work) -> Convention:
    """The signed document; ANTAI signs in its turn when it decides by itself. Raises ConventionInconnue, ConventionDejaSignee."""
    espace = await ouvert(siret, work)
    espace.conventions = conventions.deposer(espace.conventions, rang, empreinte, work.now)
    contenu = base64.b64encode(pdf).decode()
    depot = await work.find(DepotConvention, siret, rang)
    if depot is None:
        work.add(DepotConvention(siret, rang, empreinte, contenu))
    else:
        depot.empreinte, depot.contenu = empreinte, contenu
    decision = await controle(Objet.CONVENTION, work)
    if decision.mode is not Mode.MANUEL and decision.jours:
        work.schedule(siret, Echeance.SIGNATURE_CONVENTION, ajouter_jours(work.today, decision.jours))
    elif decision.mode is not Mode.MANUEL:
        await decider(siret, work)
    return conventions.trouver(espace.conventions, rang)


async def decider(siret: str, work: Work) -> None:
    """ANTAI's decision on the deposited convention, when it decides by itself; nothing when there is none any more."""
    espace = await work.find(Espace, siret)
    attendue = None if espace is None else conventions.a_signer(espace.conventions, work.today)
    if espace is None or attendue is None:
        return
    decision, rang = await controle(Objet.CONVENTION, work), attendue.rang
    if decision.mode is Mode.REFUS:
        espace.conventions = conventions.retourner(espace.conventions, rang, MOTIF_REFUS)
    elif decision.mode is Mode.AUTOMATIQUE:
        espace.conventions = conventions.signer(espace.conventions, rang, work.now, work.today)


async def signer(siret: str, rang: int, work: Work) -> Convention:
    """ANTAI signs by hand; raises the refusal of the espace and what `convention.signer` raises."""
    espace = await ouvert(siret, work)
    espace.conventions = conventions.signer(espace.conventions, rang, work.now, work.today)
    work.unschedule(siret, Echeance.SIGNATURE_CONVENTION)
    return conventions.trouver(espace.conventions, rang)


async def rendre(siret: str, rang: int, motif: str, work: Work) -> Convention:
    """ANTAI sends the deposited document back by hand; raises the refusal of the espace and what `convention.retourner` raises."""
    espace = await ouvert(siret, work)
    espace.conventions = conventions.retourner(espace.conventions, rang, motif)
    work.unschedule(siret, Echeance.SIGNATURE_CONVENTION)
    return conventions.trouver(espace.conventions, rang)


async def abandonner(siret: str, rang: int, work: Work) -> None:
    """The collectivité gives up what ANTAI has not signed; raises ConventionInconnue, ConventionDejaSignee."""
    espace = await ouvert(siret, work)
    espace.conventions = conventions.abandonner(espace.conventions, rang)
    work.unschedule(siret, Echeance.SIGNATURE_CONVENTION)


async def resilier(siret: str, rang: int, effet_le: date, motif: str, work: Work) -> Convention:
    """An early end: `effet_le` is the first day without it. Raises ConventionInconnue, ResiliationImpossible."""
    espace = await ouvert(siret, work)
    espace.conventions = conventions.resilier(espace.conventions, rang, effet_le, motif, work.today)
    return conventions.trouver(espace.conventions, rang)
