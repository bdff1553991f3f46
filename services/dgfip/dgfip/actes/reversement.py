"""The account of a collectivité: what is collected for it in a month, and its reversal."""

from dgfip.domain.echeances import Echeance
from dgfip.domain.ecritures import ecriture_part, ecriture_reversement
from dgfip.domain.mentions import Mention
from dgfip.domain.prise_en_charge import PriseEnCharge
from dgfip.domain.reversement import CompteCollectivite, Reversement, mois_de
from fps.droit.calculs import date_reversement
from fps.kit.engine.work import Work
from fps.messages.comptable import LOI


async def compte_du_mois(siret: str, work: Work) -> Reversement:
    """The account of the current month, which its reversal closes the next one (arrêté of 1 September 2016, art. 2; hypothesis H44)."""
    mois = mois_de(work.today)
    compte = await work.find(Reversement, siret, mois)
    if compte is None:
        compte = Reversement(siret, mois, date_reversement(work.today))
        work.add(compte)
        work.schedule(f"{siret}/{mois}", Echeance.REVERSEMENT, compte.due)
    return compte


async def inscrire(prise: PriseEnCharge, montant: int, work: Work) -> None:
    """Owe a sum to the collectivité, or take a précompte below zero: its books, the account of the month (hypothesis H65)."""
    if not montant:
        return
    work.book(prise.numero_fps, ecriture_part(prise.siret, montant, work.today), LOI)
    (await compte_du_mois(prise.siret, work)).inscrire(montant)


async def reverser(sujet: str, work: Work) -> None:
    """What was collected in a month goes to the collectivité, précomptes deducted; what they leave to take waits for the next month."""
    siret, mois = sujet.split("/")
    compte = await work.find(Reversement, siret, mois)
    if compte is None:
        raise LookupError(f"{sujet}: a reversal without its account")
    solde = await work.find_or_add(CompteCollectivite(siret))
    solde.a_precompter = compte.verser(solde.a_precompter, work.today)
    work.record(
        sujet,
        Mention.REVERSEMENT,
        LOI,
        encaisse=compte.encaisse,
        amiable=compte.encaisse_amiable,
        precompte=compte.precompte,
        report=compte.report,
        verse=compte.verse,
    )
    if compte.verse:
        work.book(sujet, ecriture_reversement(siret, compte.verse, work.today), LOI)
