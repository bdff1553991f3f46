"""What ANTAI collects of a FPS before any title: it goes to the month of its collectivité."""

from collections.abc import Iterable

from dgfip.actes.remboursement import arreter
from dgfip.actes.reversement import compte_du_mois
from dgfip.domain.amiable import EncaissementAmiable
from dgfip.domain.ecritures import ecriture_amiable
from dgfip.domain.mentions import Mention
from fps.kit.engine.work import Key, Work
from fps.messages.comptable import LOI
from fps.messages.information_paiement import EncaissementFps


def cles_amiable(message: EncaissementFps) -> Iterable[Key]:
    """What was collected of this FPS so far."""
    return ((EncaissementAmiable, (message.numero_fps,)),)


async def encaisser_amiable(message: EncaissementFps, work: Work) -> None:
    """What ANTAI collected of a FPS, or lost by a cheque, goes to the month of its collectivité; an older news changes nothing."""
    numero = message.numero_fps
    connu = await work.find_or_add(EncaissementAmiable(numero, message.siret))
    variation = connu.apprendre(message)
    if not variation:
        return
    work.record(numero, Mention.ENCAISSEMENT_AMIABLE, LOI, montant=connu.montant, variation=variation)
    work.book(numero, ecriture_amiable(message.siret, variation, work.today), LOI)
    (await compte_du_mois(message.siret, work)).inscrire_amiable(variation)
    if variation < 0:
        await arreter(numero, connu.montant, work)
