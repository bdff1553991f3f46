"""The register by plate: what is paid and granted."""

from collectivite.domain.stationnement import DroitDeStationnement, PaiementImmediat, Stationnement
from fps.kit.engine.work import Work
from fps.messages.plaques import cle_plaque
from fps.villes.communes import commune


async def registre(siret: str, immatriculation: str, work: Work) -> Stationnement:
    """The register of a plate, opened when it is new, whatever the way it is written. Raises CommuneInconnue."""
    commune(siret)
    return await work.find_or_add(Stationnement(siret, cle_plaque(immatriculation)))


async def payer(siret: str, immatriculation: str, paiement: PaiementImmediat, work: Work) -> Stationnement:
    """A spontaneous payment of the parking fee (CGCT, art. R. 2333-120-3). Raises CommuneInconnue, HorsBareme."""
    commune(siret).zone(paiement.zone)
    ouvert = await registre(siret, immatriculation, work)
    ouvert.payer(paiement)
    return ouvert


async def accorder(siret: str, immatriculation: str, droit: DroitDeStationnement, work: Work) -> Stationnement:
    """A right to park. Raises CommuneInconnue, HorsBareme for a zone that does not exist."""
    for zone in droit.zones:
        commune(siret).zone(zone)
    ouvert = await registre(siret, immatriculation, work)
    ouvert.ouvrir(droit)
    return ouvert
