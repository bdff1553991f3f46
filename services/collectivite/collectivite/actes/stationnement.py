"""The register by plate: what is paid and granted."""

from collectivite.domain.stationnement import DroitDeStationnement, PaiementImmediat, Stationnement, limiter, verifier_ticket
from fps.kit.engine.work import Work
from fps.messages.plaques import cle_plaque


async def registre(siret: str, immatriculation: str, work: Work) -> Stationnement:
    """The register of a plate, opened when it is new, whatever the way it is written. Raises CommuneInconnue."""
    work.ville(siret)
    return await work.find_or_add(Stationnement(siret, cle_plaque(immatriculation)))


async def payer(siret: str, immatriculation: str, paiement: PaiementImmediat, work: Work) -> Stationnement:
    """A spontaneous payment of the parking fee (CGCT, art. R. 2333-120-3). Raises CommuneInconnue, HorsBareme, TicketGratuitImpossible."""
    ville = work.ville(siret)
    zone = ville.zone(paiement.zone)
    ouvert = await registre(siret, immatriculation, work)
    verifier_ticket(paiement, zone, ville.heures(zone.code), ouvert)
    ouvert.payer(paiement)
    return ouvert


async def accorder(siret: str, immatriculation: str, droit: DroitDeStationnement, work: Work) -> Stationnement:
    """A right to park. Raises CommuneInconnue, HorsBareme for a zone that does not exist, DroitNonPrevu, DroitSansHeure."""
    ville = work.ville(siret)
    for zone in droit.zones:
        ville.zone(zone)
    accorde = limiter(droit, ville.droit(droit.nature))
    ouvert = await registre(siret, immatriculation, work)
    ouvert.ouvrir(accorde)
    return ouvert
