"""The télétransmission of a collectivité: its cahier des charges, its system, its convention."""

from datetime import date

from ccsp.actes.acces import commencee, initiale
from ccsp.domain.teletransmission import Teletransmission
from fps.kit.engine.work import Work
from fps.regles.defense import exiger_voie


async def ouverture(siret: str, work: Work) -> None:
    """A town of a bac that is not blank begins with the reference system homologated and agreed."""
    await work.find_or_add(Teletransmission.de_reference(siret))


async def accepter_cahier(siret: str, qui: str, work: Work) -> Teletransmission:
    """The collectivité commits to the whole cahier des charges; again changes nothing. Raises CommuneInconnue, VoieElectroniqueFermee."""
    exiger_voie("teletransmission", work.today)
    work.ville(siret)
    suivi = await work.find_or_add(initiale(siret, work) or Teletransmission(siret))
    if suivi.cahier_accepte_le is None:
        suivi.cahier_accepte_le, suivi.cahier_accepte_par = work.today, qui
        work.audit("cahier-des-charges", qui, siret)
    return suivi


async def declarer(siret: str, systeme: str, version: str, qui: str, work: Work) -> Teletransmission:
    """Declare the system in use: a version that is not homologated stops the exchanges. Raises CahierNonAccepte."""
    suivi = await commencee(siret, work)
    suivi.systeme, suivi.version = systeme, version
    work.audit("systeme", qui, siret, declare=suivi.declaree)
    return suivi


async def signer(siret: str, signataire: str, effet_le: date | None, qui: str, work: Work) -> Teletransmission:
    """Sign the convention. Raises what `Teletransmission.signer` raises."""
    suivi = await commencee(siret, work)
    convention = suivi.signer(signataire, effet_le or work.today, work.today)
    work.audit("convention", qui, siret, effet=convention.effet_le.isoformat(), fin=convention.fin_le.isoformat())
    return suivi


async def denoncer(siret: str, qui: str, work: Work) -> Teletransmission:
    """End the convention from today on. Raises RienADenoncer."""
    suivi = await commencee(siret, work)
    convention = suivi.denoncer(work.today)
    work.audit("denonciation", qui, siret, effet=str(convention.denoncee_le))
    return suivi
