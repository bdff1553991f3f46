"""The RAPO: its deposit by each channel, its decision, and what follows from it."""

from collections.abc import Iterable
from datetime import date

from collectivite.actes.dossier import demande, etabli_ici, numero_suivant, rapo_de
from collectivite.actes.etablissement import numero_rectificatif
from collectivite.actes.forfait import annuler, rectifier
from collectivite.actes.transmission.creation import oublier
from collectivite.actes.transmission.envoi import transmettre
from collectivite.domain.avis import AvisRectificatif, avis_rectificatif, rectificatif
from collectivite.domain.calendrier import limite_rapo, limite_rapo_au_plus_tard
from collectivite.domain.echeances import Echeance
from collectivite.domain.forfait import Etat, Forfait
from collectivite.domain.mentions import Mention
from collectivite.domain.messages import annulation, modification
from collectivite.domain.rapo import LOI, PAR_CODE, Depot, Rapo, Sens, a_verifier, irrecevabilites, joindre, lire_depot
from collectivite.domain.refus_recours import (
    CachetIncroyable,
    DecisionAvantAvis,
    NotificationIncroyable,
    RapoApresTitre,
    RapoAvantAvis,
    RapoContreRectificatif,
    RapoDejaDepose,
    RapoDUneAutrePersonne,
    RapoPlaqueDifferente,
    RapoRecuDansLeFutur,
    RapoSansObjet,
    RapoTardif,
)
from collectivite.domain.sommes import trop_percu, verse_net
from fps.droit import droit
from fps.droit.calculs import date_limite_decision_rapo
from fps.droit.calendar import ajouter_jours
from fps.kit.engine.work import Key, Work
from fps.messages.parties_prenantes import Agent
from fps.messages.plaques import identiques
from fps.messages.rapo import AccuseReceptionRapo, DecisionRapo, DemandePiecesRapo, DepotRapo, DepotRapoPostal

COMPLETER = "CRPA, art. L. 114-5"
PIECES_REMBOURSEMENT = ("Relevé d'identité bancaire", "Copie de la décision")


def cles(message: DepotRapo | DepotRapoPostal) -> Iterable[Key]:
    """The RAPO against that notice, when there is one already."""
    yield Rapo, (message.numero_fps,)


async def deposer(message: DepotRapo | DepotRapoPostal, work: Work) -> AccuseReceptionRapo:
    """A RAPO comes in: the acknowledgement starts the month of silence (CGCT, art. R. 2333-120-13).

    The number of a rectificatif that no RAPO asked for leads to the FPS. Its author may complete it in time (CRPA, art. L. 114-5).
    A criterion of admissibility that is not met does not stop the deposit: the decision tells it. Raises FpsEtabliAilleurs,
    RapoContreRectificatif, RapoPlaqueDifferente, RapoDejaDepose, RapoDUneAutrePersonne, RapoApresTitre, RapoTardif, RapoSansObjet,
    RapoRecuDansLeFutur, RapoAvantAvis, CachetIncroyable, NotificationIncroyable.
    """
    avis = await work.find(AvisRectificatif, message.numero_fps)
    if avis is not None and avis.apres_rapo:
        raise RapoContreRectificatif(f"L'avis {avis.numero_avis} rectifie l'avis {avis.numero}.", "numero_fps")
    forfait = await etabli_ici(message.numero_fps if avis is None else avis.numero, work)
    if not identiques(message.immatriculation, forfait.vehicule.immatriculation):
        raise RapoPlaqueDifferente(f"FPS {forfait.numero}", "immatriculation")
    if (deja := await work.find(Rapo, forfait.numero)) is not None:
        return _completer(deja, _lire(message, forfait, work), message, work)
    if forfait.titre_certain(work.today):
        raise RapoApresTitre(f"FPS {forfait.numero}", "numero_fps")
    if forfait.etat in (Etat.REFUSE, Etat.ABANDONNE, Etat.ANNULE, Etat.TITRE_PAYE):
        raise RapoSansObjet(f"État « {forfait.etat} ».", "numero_fps")
    depot = _lire(message, forfait, work)
    if forfait.titre_certain(work.today, message.date_notification_avis):
        raise RapoApresTitre(f"FPS {forfait.numero}", "numero_fps")
    if forfait.titre_possible(work.today):
        raise RapoTardif(f"FPS {forfait.numero}, constaté le {forfait.jour:%d/%m/%Y}.", "numero_fps")
    rapo = Rapo(
        numero=forfait.numero,
        numero_rapo=await numero_suivant(forfait.siret, "RAPO", work),
        siret=forfait.siret,
        canal=depot.canal,
        demandeur=message.demandeur,
        expose=message.expose,
        pieces=tuple(f"{piece.nature} : {piece.fichier}" for piece in message.pieces),
        date_avis_reception=depot.recu_le,
        date_limite=depot.limite,
        date_limite_decision=date_limite_decision_rapo(depot.recu_le),
        irrecevabilites=irrecevabilites(depot),
        a_verifier=a_verifier(depot),
        date_cachet=depot.cachet,
    )
    work.add(rapo)
    donnees = {"numero_rapo": rapo.numero_rapo, "canal": rapo.canal, "irrecevabilites": list(rapo.irrecevabilites)}
    work.record(forfait.numero, Mention.DEPOT_RAPO, LOI, **donnees)
    work.schedule(forfait.numero, Echeance.SILENCE_RAPO, ajouter_jours(rapo.date_limite_decision, 1))
    return _accuser(rapo, work)


def _accuser(rapo: Rapo, work: Work) -> AccuseReceptionRapo:
    """The acknowledgement, with its own date, the means and the delay against the silence, and what is missing (CRPA, art. R. 112-5)."""
    loi, ville = droit(work.today), work.ville(rapo.siret)
    accuse = AccuseReceptionRapo(
        numero_fps=rapo.numero,
        numero_rapo=rapo.numero_rapo,
        siret=rapo.siret,
        date_avis_reception=rapo.date_avis_reception,
        date_limite_decision=rapo.date_limite_decision,
        suspensif=False,
        collectivite=ville.nom,
        service=ville.contact,
        demandeur=rapo.demandeur,
        date_envoi=work.today,
        juridiction=loi.juridiction,
        delai_recours_mois=loi.recours_delai_mois,
        manquants=tuple(PAR_CODE[code].phrase for code in rapo.manquants),
        completer_avant_le=rapo.a_completer(work.today),
    )
    work.send(accuse)
    return accuse


def _completer(rapo: Rapo, depot: Depot, message: DepotRapo | DepotRapoPostal, work: Work) -> AccuseReceptionRapo:
    """The author of an incomplete RAPO adds what it lacks, in its delay or in the one he was given.

    Raises RapoDUneAutrePersonne, RapoDejaDepose.
    """
    deja = f"RAPO {rapo.numero_rapo}, reçu le {rapo.date_avis_reception:%d/%m/%Y}, état « {rapo.etat} »."
    if message.demandeur.identite != rapo.demandeur.identite:
        raise RapoDUneAutrePersonne(deja, "demandeur")
    if rapo.a_completer(depot.forme_le) is None:
        raise RapoDejaDepose(deja, "numero_fps")
    rapo.completer(joindre(rapo, depot), tuple(f"{piece.nature} : {piece.fichier}" for piece in message.pieces), depot.recu_le)
    work.record(rapo.numero, Mention.COMPLEMENT_RAPO, COMPLETER, irrecevabilites=list(rapo.irrecevabilites))
    _attendre_le_silence(rapo, work)
    return _accuser(rapo, work)


def _attendre_le_silence(rapo: Rapo, work: Work) -> None:
    work.unschedule(rapo.numero, Echeance.SILENCE_RAPO)
    work.schedule(rapo.numero, Echeance.SILENCE_RAPO, max(ajouter_jours(rapo.date_limite_decision, 1), work.today))


async def demander_pieces(numero: str, manquants: tuple[str, ...], agent: str, avant_le: date, work: Work) -> Rapo:
    """An agent asks the author for what is missing; the month of silence waits (CRPA, art. L. 114-5).

    Raises ForfaitInconnu, RapoInconnu, and as `Rapo.demander`.
    """
    forfait, rapo = await demande(numero, work), await rapo_de(numero, work)
    rapo.demander(manquants, agent, forfait.agent, avant_le, work.today)
    ville = work.ville(rapo.siret)
    work.record(numero, Mention.DEMANDE_PIECES_RAPO, COMPLETER, agent=agent, manquants=list(manquants), avant_le=avant_le.isoformat())
    _attendre_le_silence(rapo, work)
    work.send(
        DemandePiecesRapo(
            numero_fps=rapo.numero,
            numero_rapo=rapo.numero_rapo,
            siret=rapo.siret,
            collectivite=ville.nom,
            service=ville.contact,
            demandeur=rapo.demandeur,
            date_envoi=work.today,
            manquants=tuple(PAR_CODE[code].phrase for code in manquants),
            completer_avant_le=avant_le,
            date_limite_decision=rapo.date_limite_decision,
        )
    )
    return rapo


def _lire(message: DepotRapo | DepotRapoPostal, forfait: Forfait, work: Work) -> Depot:
    declaree = message.date_notification_avis
    limite = limite_rapo(forfait, declaree)
    au_plus_tard, apposee = limite if declaree else limite_rapo_au_plus_tard(forfait), forfait.notice_apposee
    depot = lire_depot(message, work.today, limite, au_plus_tard, notice_apposee=apposee)
    if depot.recu_le > work.today:
        raise RapoRecuDansLeFutur(f"Avis de réception du {depot.recu_le:%d/%m/%Y}.", "date_avis_reception")
    envoi, dernier, constat = (
        forfait.date_envoi,
        forfait.notification_au_plus_tard,
        forfait.premier_jour,
    )
    ouvert = constat if apposee and depot.notice else envoi  # the notice on the windscreen opens the RAPO before the avis leaves (H120)
    if envoi is None or dernier is None or ouvert is None or depot.recu_le < ouvert:
        raise RapoAvantAvis(f"Reçu le {depot.recu_le:%d/%m/%Y}" + (f", avis du {envoi:%d/%m/%Y}." if envoi else "."), "date_avis_reception")
    if depot.cachet is not None and not ouvert <= depot.cachet <= depot.recu_le:
        detail = f"Cachet du {depot.cachet:%d/%m/%Y}, reçu le {depot.recu_le:%d/%m/%Y}, contestable depuis le {ouvert:%d/%m/%Y}."
        raise CachetIncroyable(detail, "date_cachet_poste")
    if declaree is not None and not envoi <= declaree <= min(dernier, depot.recu_le):
        detail = f"L'avis du {envoi:%d/%m/%Y} ne peut pas être notifié le {declaree:%d/%m/%Y}."
        raise NotificationIncroyable(detail, "date_notification_avis")
    return depot


async def decider(numero: str, sens: Sens, agent: str, motif: str, montant: int | None, sans_qualite: bool, work: Work) -> Rapo:
    """An agent decides, another than the one who drew the FPS (art. R. 2333-120-13).

    Raises RapoInconnu, DecisionAvantAvis, and as `Rapo.decider`.
    """
    forfait, rapo = await demande(numero, work), await rapo_de(numero, work)
    if sens == "acceptation-partielle" and _avant_avis(forfait, work):
        raise DecisionAvantAvis(f"L'avis part le {forfait.date_envoi:%d/%m/%Y}.", "sens")
    rapo.decider(sens, agent, forfait.agent, montant, forfait.du, motif, work.today, sans_qualite=sans_qualite)
    work.unschedule(numero, Echeance.SILENCE_RAPO)
    work.record(numero, Mention(f"decision-rapo-{sens}"), LOI, agent=agent, motif=motif, montant_rectifie=rapo.montant_rectifie)
    if rapo.montant_rectifie is not None:
        await _accepter(forfait, rapo, rapo.montant_rectifie, agent, motif, work)
    work.send(_decision(forfait, rapo, sens, work))
    return rapo


async def _accepter(forfait: Forfait, rapo: Rapo, montant: int, agent: str, motif: str, work: Work) -> None:
    """The FPS is rectified, at 0 when the RAPO is wholly accepted: ANTAI notifies, or the town in cycle partiel (art. R. 2333-120-14)."""
    if _avant_avis(forfait, work):  # nothing was notified: the FPS is withdrawn, no avis rectifies one that never left
        if oublier(forfait, work):
            await annuler(forfait, motif, work)
        else:
            transmettre(forfait, annulation(forfait, "rapo", motif, work.now), work)
        return
    rapo.numero_avis, ville = await numero_rectificatif(forfait.siret, agent, work), work.ville(forfait.siret)
    message = modification(forfait, ville, rapo.numero_avis, agent, montant, motif, rapo.date_avis_reception, work.now, rapo)
    if forfait.cycle == "partiel":
        avis = rectificatif(message, work.today)
        await rectifier(forfait, avis, motif, work)
        work.send(avis_rectificatif(ville, forfait, rapo, avis))
        return
    transmettre(forfait, message, work)
    if montant == 0:
        transmettre(forfait, annulation(forfait, "rapo", motif, work.now), work)


def _avant_avis(forfait: Forfait, work: Work) -> bool:
    return forfait.cycle == "complet" and forfait.date_envoi is not None and work.today < forfait.date_envoi


def _decision(forfait: Forfait, rapo: Rapo, sens: Sens, work: Work) -> DecisionRapo:
    """The letter of an express decision, with the means and the delay of the next appeal (CGCT, art. R. 2333-120-33)."""
    loi, ville, rien = droit(work.today), work.ville(forfait.siret), rapo.montant_rectifie == 0
    manques = (*rapo.irrecevabilites, *rapo.a_verifier) if sens == "irrecevable" else ()
    return DecisionRapo(
        numero_fps=rapo.numero,
        numero_rapo=rapo.numero_rapo,
        siret=rapo.siret,
        collectivite=ville.nom,
        service=ville.contact,
        demandeur=rapo.demandeur,
        auteur=Agent(identifiant=rapo.decide_par or "", autorite=ville.autorite),
        sens=sens,
        date_decision=work.today,
        date_envoi=work.today,
        motif=rapo.motif or "",
        criteres_manquants=tuple(PAR_CODE[code].phrase for code in manques),
        montant_rectifie=rapo.montant_rectifie,
        numero_avis=rapo.numero_avis,
        date_limite_paiement=None if rien else forfait.date_limite_paiement,
        juridiction=loi.juridiction,
        delai_recours_mois=loi.recours_delai_mois,
        pieces_remboursement=PIECES_REMBOURSEMENT if _trop_percu(forfait, rapo) else (),
    )


def _trop_percu(forfait: Forfait, rapo: Rapo) -> int:
    du = forfait.du if rapo.montant_rectifie is None else rapo.montant_rectifie
    return max(forfait.dette, trop_percu(verse_net(forfait.montant_paye, forfait.rembourse), du, forfait.part_titre))


def cles_du_silence(numeros: list[str], le: date) -> Iterable[Key]:
    """The RAPO of these FPS."""
    return ((Rapo, (numero,)) for numero in numeros)


async def se_taire(numero: str, work: Work) -> None:
    """The month is over: silence is a rejection (CGCT, art. R. 2333-120-13); nothing to do when a decision was made."""
    rapo = await rapo_de(numero, work)
    if rapo.se_taire():
        work.record(numero, Mention.REJET_IMPLICITE_RAPO, LOI, le=rapo.date_limite_decision.isoformat())
