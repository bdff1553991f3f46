"""The controls: what the register says of a vehicle, and the FPS that a sworn agent makes of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from collectivite.actes.dossier import numero_suivant
from collectivite.actes.etablissement import etablir
from collectivite.domain.etablissement import Constat
from collectivite.domain.forfait import Forfait
from collectivite.domain.refus import ConstatRefuse, ControleInconnu
from collectivite.domain.stationnement import Controle, Stationnement, Verdict, controler
from collectivite.domain.tarif import bareme_de
from fps.droit import droit
from fps.droit.calculs import fin_effets, montant_fps
from fps.droit.explication import Derivation, deriver
from fps.kit.engine.work import Work
from fps.messages.parties_prenantes import Categorie, Vehicule
from fps.messages.plaques import cle_plaque, identiques, lectures
from fps.villes.communes import Zone
from fps.villes.horaires import HeuresPayantes


@dataclass(frozen=True, slots=True)
class PlaqueVue:
    """A plate as an agent or a camera reads it, its country when it shows, and where: the zone, else the street or the postcode."""

    immatriculation: str
    pays: str | None = None
    zone: str | None = None
    voie: str | None = None
    code_postal: str | None = None


async def _registre(siret: str, vue: PlaqueVue, work: Work) -> Stationnement | None:
    trouve = await work.find(Stationnement, siret, cle_plaque(vue.immatriculation))
    return trouve and trouve.du_pays(vue.pays)


async def _doute(siret: str, vue: PlaqueVue, tarif: Zone, instant: datetime, heures: HeuresPayantes, work: Work) -> str:
    """What to look at again when another reading of the plate is in order; nothing when none is."""
    for autre in lectures(vue.immatriculation, vue.pays):
        constatation = controler(await _registre(siret, PlaqueVue(autre, vue.pays), work), tarif, instant, heures)
        if constatation.verdict in (Verdict.PAYE, Verdict.DROIT):
            return f" Relisez la plaque : {autre} est en règle ({constatation.raison})"
    return ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a FPS would be, in centimes, and the derivation of its amount; no amount when none may be established."""

    siret: str
    zone: str
    immatriculation: str
    categorie: Categorie
    instant: datetime
    verdict: Verdict
    raison: str
    montant_deduit: int
    montant: int | None = None
    montant_minore: int | None = None
    fin_effets: datetime | None = None
    arbre: Derivation | None = None


async def evaluer(siret: str, vue: PlaqueVue, categorie: Categorie, instant: datetime | None, work: Work) -> Evaluation:
    """The FPS of a vehicle seen there and then (CGCT, art. L. 2333-87, I, R. 2333-120-5 and -6), of which nothing is kept.

    Raises CommuneInconnue, HorsBareme, and what `Commune.situer` raises.
    """
    vu = instant or work.now
    ville = work.ville_du(siret, vu)
    tarif = ville.situer(vue.voie, vue.code_postal, vue.zone)
    heures, jour = ville.heures(tarif.code), ville.jour(vu)
    trouve = controler(await _registre(siret, vue, work), tarif, vu, heures)
    found = Evaluation(siret, tarif.code, vue.immatriculation, categorie, vu, trouve.verdict, trouve.raison, trouve.deduit)
    if trouve.verdict is not Verdict.A_CONSTATER:
        return found
    debut = trouve.depart or vu

    def du() -> int:
        return montant_fps(bareme_de(ville, tarif.code, categorie, jour), trouve.deduit)

    minoration = ville.minoration(montant := int(du()), jour) if droit(jour).minoration_canaux else None
    fin = fin_effets(debut, tarif.duree(heures.jour(debut)), ville.interruptions(tarif.code, debut))
    minore = None if minoration is None else minoration.montant
    return replace(found, montant=montant, montant_minore=minore, fin_effets=fin, arbre=deriver(du))


async def precontroler(siret: str, vue: PlaqueVue, source: Literal["agent", "lapi"], instant: datetime | None, work: Work) -> Controle:
    """What the register says of a vehicle; no FPS comes out of it by itself. Raises CommuneInconnue, ConstatRefuse, as `Commune.situer`.

    The plate may have been read badly: what the register knows of the other readings is told, for the agent to look again.
    """
    vu = instant or work.now
    if vu > work.now:
        raise ConstatRefuse("Le contrôle est dans le futur : vérifiez l'horloge du véhicule.", "instant")
    ville = work.ville_du(siret, vu)
    tarif = ville.situer(vue.voie, vue.code_postal, vue.zone)
    heures = ville.heures(tarif.code)
    constatation = controler(await _registre(siret, vue, work), tarif, vu, heures)
    raison = constatation.raison
    if constatation.verdict is Verdict.A_CONSTATER:
        raison += await _doute(siret, vue, tarif, vu, heures, work)
    numero = f"{siret}-{await numero_suivant(siret, 'CTRL', work)}"
    controle = Controle(numero, siret, tarif.code, vue.immatriculation, source, vu, constatation.verdict, raison)
    work.add(controle)
    return controle


async def constater(numero: str, vehicule: Vehicule, voie: str, agent: str, work: Work) -> Forfait:
    """The act of the sworn agent after a control, a LAPI one included (CGCT, art. L. 2333-87, II).

    Raises ControleInconnu, ConstatRefuse (another plate) and what `Controle.constater` and `etablir` raise.
    """
    controle = await connu(numero, work)
    if not identiques(vehicule.immatriculation, controle.immatriculation):
        raise ConstatRefuse(f"Le contrôle porte sur {controle.immatriculation}.", "vehicule.immatriculation")
    controle.constater(work.ville(controle.siret), work.now)
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
