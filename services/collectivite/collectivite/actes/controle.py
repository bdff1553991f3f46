"""The controls: what the register says of a vehicle, and the FPS that a sworn agent makes of it."""

from datetime import datetime
from typing import Literal

from collectivite.actes.dossier import numero_suivant
from collectivite.actes.etablissement import etablir
from collectivite.domain.etablissement import Constat
from collectivite.domain.forfait import Forfait
from collectivite.domain.refus import ConstatRefuse, ControleInconnu
from collectivite.domain.stationnement import Controle, Stationnement, controler
from fps.kit.engine.work import Work
from fps.messages.parties_prenantes import Vehicule
from fps.villes.communes import commune


async def precontroler(
    siret: str, zone: str, immatriculation: str, source: Literal["agent", "lapi"], instant: datetime | None, work: Work
) -> Controle:
    """What the register says of a vehicle; no FPS comes out of it by itself. Raises CommuneInconnue, HorsBareme, ConstatRefuse."""
    vu = instant or work.now
    if vu > work.now:
        raise ConstatRefuse("Le contrôle est dans le futur : vérifiez l'horloge du véhicule.", "instant")
    tarif = commune(siret).zone(zone)
    constatation = controler(await work.find(Stationnement, siret, immatriculation), tarif, vu)
    numero = f"{siret}-{await numero_suivant(siret, 'CTRL', work)}"
    controle = Controle(numero, siret, zone, immatriculation, source, vu, constatation.verdict, constatation.raison)
    work.add(controle)
    return controle


async def constater(numero: str, vehicule: Vehicule, voie: str, agent: str, work: Work) -> Forfait:
    """The act of the sworn agent after a control, a LAPI one included (CGCT, art. L. 2333-87, II).

    Raises ControleInconnu, ConstatRefuse (another plate) and what `Controle.constater` and `etablir` raise.
    """
    controle = await connu(numero, work)
    if vehicule.immatriculation != controle.immatriculation:
        raise ConstatRefuse(f"Le contrôle porte sur {controle.immatriculation}.", "vehicule.immatriculation")
    controle.constater(work.now)
    constat = Constat(controle.zone, voie, None, vehicule, agent, work.now, dispositif=controle.source)
    forfait = await etablir(controle.siret, constat, work)
    controle.numero_fps = forfait.numero
    return forfait


async def connu(numero: str, work: Work) -> Controle:
    """The control of this number; raises ControleInconnu."""
    controle = await work.find(Controle, numero)
    if controle is None:
        raise ControleInconnu(f"Contrôle {numero}", "numero")
    return controle
