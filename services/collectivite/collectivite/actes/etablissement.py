"""Establishing a FPS: its number is taken in the agent's series, ANTAI is told, or the notice is put on the windscreen."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from collectivite.actes.transmission.creation import annoncer
from collectivite.domain.agents import AgentAssermente, verifier
from collectivite.domain.avis import avis_pare_brise
from collectivite.domain.calendrier import dates
from collectivite.domain.echeances import Echeance
from collectivite.domain.etablissement import Constat, SerieAgent, message_fps, verifier_anciennete, verifier_date
from collectivite.domain.forfait import Forfait
from collectivite.domain.mentions import Mention
from collectivite.domain.stationnement import FpsEnVigueur, Stationnement, controler, exiger_manquement
from fps.droit.calculs import date_transmission
from fps.droit.calendar import ajouter_jours, paris_date
from fps.droit.numero import NumeroFps
from fps.kit.engine.work import Key, Work
from fps.messages.plaques import cle_plaque

LOI = "CGCT, art. L. 2333-87, II"


def cles(siret: str, constat: Constat) -> Iterable[Key]:
    """The case files of this act: the agent's series of that day in Paris (another overseas is found then), the agent, the plate."""
    agent = int(constat.agent)
    yield SerieAgent, (siret, paris_date(constat.date_heure), agent)
    yield AgentAssermente, (siret, agent)
    yield Stationnement, (siret, cle_plaque(constat.vehicule.immatriculation))


async def etablir(siret: str, constat: Constat, work: Work) -> Forfait:
    """A sworn agent establishes a FPS (CGCT, art. L. 2333-87, II).

    What the register knows of the plate is deducted, unless the agent typed another amount. The zone that nobody typed is that of the
    street. Raises what `Commune.situer`, `verifier_date`, `verifier`, `exiger_manquement`, `message_fps` and `verifier_anciennete` raise.
    """
    agent, ville = int(constat.agent), work.ville_du(siret, constat.date_heure)
    jour = ville.jour(constat.date_heure)
    verifier_date(constat, work.now)
    verifier(await work.find(AgentAssermente, siret, agent), jour)
    registre, pays = await work.find(Stationnement, siret, cle_plaque(constat.vehicule.immatriculation)), constat.vehicule.pays
    zone = ville.situer(constat.voie, constat.code_postal, constat.zone)
    heures = ville.heures(zone.code)
    constatation = controler(registre and registre.du_pays(pays), zone, constat.date_heure, heures)
    exiger_manquement(constatation)
    if constat.montant_deduit is None:
        constat = replace(constat, montant_deduit=constatation.deduit)
    message = message_fps(ville, constat, await serie(siret, jour, agent, work), work.now, constatation.depart)
    verifier_anciennete(constat, work.now)
    forfait = Forfait.etablir(message, ville.cycle)
    prevues = dates(ville, forfait, date_transmission(work.today, ville.envoi_messages_jours))
    forfait.dater(prevues.envoi, prevues.notification, prevues.limite_paiement)
    work.add(forfait)
    registre = await work.find_or_add(Stationnement(siret, cle_plaque(constat.vehicule.immatriculation)))
    registre.inscrire(
        FpsEnVigueur(numero=forfait.numero, zone=zone.code, debut=forfait.date_heure_constat, fin_effets=forfait.fin_effets, pays=pays)
    )
    work.record(forfait.numero, Mention.ETABLISSEMENT, LOI, montant=forfait.montant, montant_deduit=forfait.montant_deduit)
    work.book(forfait.numero, forfait.ecriture_creance(work.today), LOI)
    if forfait.cycle == "complet":
        annoncer(forfait, message, ville.envoi_messages_jours, work)
    else:
        forfait.notifier()
        jours = {"le": prevues.notification.isoformat(), "limite": prevues.limite_paiement.isoformat()}
        work.record(forfait.numero, Mention.NOTIFICATION, LOI, **jours)
        work.send(avis_pare_brise(ville, forfait))
        work.schedule(forfait.numero, Echeance.IMPAYE, ajouter_jours(prevues.limite_paiement, 1))
    return forfait


async def serie(siret: str, jour: date, agent: int, work: Work) -> SerieAgent:
    """The numbers that this agent has used on the civil day of the finding."""
    return await work.find_or_add(SerieAgent(siret, jour, agent))


async def numero_rectificatif(siret: str, agent: str, work: Work) -> str:
    """The own number of a rectificatif that this agent establishes today (arrêté du 6 novembre 2015, art. 4). Raises SerieEpuisee."""
    ville = work.ville(siret)
    jour = ville.jour(work.now)
    ordre, autorite = (await serie(siret, jour, int(agent), work)).suivant(), ville.autorite_agents.indicatif
    return str(NumeroFps.composer(siret, jour, autorite=autorite, dispositif=int(agent), ordre=ordre))
