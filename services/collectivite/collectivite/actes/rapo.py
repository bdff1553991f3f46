"""The RAPO: its deposit by each channel, its decision, and what follows from it."""

from collectivite.actes.annulation import rectifier
from collectivite.actes.dossier import demande, ecrire, etabli_ici, numero_suivant, rapo_de
from collectivite.domain.avis import AvisRectificatif, avis_rectificatif
from collectivite.domain.calendrier import limite_rapo
from collectivite.domain.forfait import Etat, Forfait
from collectivite.domain.rapo import LOI, Rapo, Sens, irrecevabilites, lire_depot
from collectivite.domain.refus import (
    RapoApresTitre,
    RapoContreRectificatif,
    RapoDejaDepose,
    RapoPlaqueDifferente,
    RapoRecuDansLeFutur,
    RapoSansObjet,
)
from fps.calculs import date_limite_decision_rapo
from fps.calendar import ajouter_jours, instant_paris
from fps.communes import commune
from fps.droit import droit
from fps.kit.work import Work
from fps.messages.mfps import AnnulationFps, ModificationFps
from fps.messages.parties_prenantes import Agent
from fps.messages.rapo import AccuseReceptionRapo, DecisionRapo, DepotRapo, DepotRapoPostal
from fps.numero import cle

RECTIFICATIF = "CGCT, art. R. 2333-120-14"
PIECES_REMBOURSEMENT = ("Relevé d'identité bancaire", "Copie de la décision")


async def deposer(message: DepotRapo | DepotRapoPostal, work: Work) -> AccuseReceptionRapo:
    """A RAPO comes in: the acknowledgement starts the month of silence (CGCT, art. R. 2333-120-13).

    Raises FpsEtabliAilleurs, RapoContreRectificatif, RapoPlaqueDifferente, RapoDejaDepose, RapoApresTitre, RapoSansObjet,
    RapoRecuDansLeFutur. A criterion of admissibility that is not met does not stop the deposit: the decision tells it.
    """
    if (avis := await work.find(AvisRectificatif, message.numero_fps)) is not None:
        raise RapoContreRectificatif(f"L'avis {avis.numero_avis} rectifie l'avis {avis.numero}.", "numero_fps")
    forfait = await etabli_ici(message.numero_fps, work)
    depot = lire_depot(message, work.today, limite_rapo(forfait, message.date_notification_avis))
    if plaque(message.immatriculation) != plaque(forfait.vehicule.immatriculation):
        raise RapoPlaqueDifferente(f"FPS {forfait.numero}", "immatriculation")
    if (deja := await work.find(Rapo, forfait.numero)) is not None:
        raise RapoDejaDepose(f"RAPO {deja.numero_rapo}, reçu le {deja.date_avis_reception:%d/%m/%Y}.", "numero_fps")
    if forfait.titre_emis(work.today):
        raise RapoApresTitre(f"FPS {forfait.numero}", "numero_fps")
    if forfait.etat in (Etat.REFUSE, Etat.ABANDONNE, Etat.ANNULE, Etat.TITRE_PAYE):
        raise RapoSansObjet(f"État « {forfait.etat} ».", "numero_fps")
    if depot.recu_le > work.today:
        raise RapoRecuDansLeFutur(f"Avis de réception du {depot.recu_le:%d/%m/%Y}.", "date_avis_reception")
    rapo = Rapo(
        numero=forfait.numero,
        numero_rapo=await numero_suivant(forfait.siret, "RAPO", work, 6),
        siret=forfait.siret,
        canal=depot.canal,
        demandeur=message.demandeur,
        expose=message.expose,
        pieces=tuple(f"{piece.nature} : {piece.fichier}" for piece in message.pieces),
        date_avis_reception=depot.recu_le,
        date_limite=depot.limite,
        date_limite_decision=date_limite_decision_rapo(depot.recu_le),
        irrecevabilites=irrecevabilites(depot),
    )
    work.add(rapo)
    work.record(
        forfait.numero, "depot-rapo", LOI, numero_rapo=rapo.numero_rapo, canal=rapo.canal, irrecevabilites=list(rapo.irrecevabilites)
    )
    work.schedule(forfait.numero, "silence-rapo", ajouter_jours(rapo.date_limite_decision, 1))
    accuse = AccuseReceptionRapo(
        numero_fps=rapo.numero,
        numero_rapo=rapo.numero_rapo,
        siret=rapo.siret,
        date_avis_reception=rapo.date_avis_reception,
        date_limite_decision=rapo.date_limite_decision,
        suspensif=False,
        service=commune(rapo.siret).contact,
    )
    work.send(accuse)
    return accuse


def plaque(immatriculation: str) -> str:
    """A plate as it is compared: without spaces nor hyphens."""
    return immatriculation.replace("-", "").replace(" ", "").upper()


async def decider(numero: str, sens: Sens, agent: str, motif: str, montant: int | None, work: Work) -> Rapo:
    """An agent decides, another than the one who drew the FPS (art. R. 2333-120-13). Raises RapoInconnu, and as `Rapo.decider`."""
    forfait, rapo = await demande(numero, work), await rapo_de(numero, work)
    rapo.decider(sens, agent, forfait.agent, montant, forfait.du, motif, work.today)
    work.unschedule(numero, "silence-rapo")
    work.record(numero, f"decision-rapo-{sens}", LOI, agent=agent, motif=motif, montant_rectifie=rapo.montant_rectifie)
    if rapo.montant_rectifie is not None:
        await accepter(forfait, rapo, agent, motif, work)
    work.send(decision(forfait, rapo, sens, work))
    return rapo


async def accepter(forfait: Forfait, rapo: Rapo, agent: str, motif: str, work: Work) -> None:
    """The FPS is rectified, at 0 when the RAPO is wholly accepted; ANTAI notifies, or the town in cycle partiel (art. R. 2333-120-14)."""
    montant = rapo.montant_rectifie or 0
    avis = await rectifier(forfait, montant, agent, motif, work)
    rapo.numero_avis = avis.numero_avis
    ville = commune(forfait.siret)
    if forfait.cycle == "partiel":
        work.send(avis_rectificatif(ville, forfait, rapo, avis))
        return
    work.send(
        ModificationFps(
            numero_fps=forfait.numero,
            numero_avis=avis.numero_avis,
            cle_avis=cle(avis.numero_avis),
            siret=forfait.siret,
            agent=Agent(identifiant=agent, autorite=ville.autorite),
            origine="rapo",
            date_reception_rapo=instant_paris(rapo.date_avis_reception),
            mandataire=rapo.mandataire,
            date_edition=work.now,
            montant_rectifie=montant,
            motif=motif,
            contact_rapo=ville.contact_rapo,
        )
    )
    if montant == 0:
        work.send(AnnulationFps(numero_fps=forfait.numero, siret=forfait.siret, date_annulation=work.now, origine="rapo", motif=motif))


def decision(forfait: Forfait, rapo: Rapo, sens: Sens, work: Work) -> DecisionRapo:
    """The letter of an express decision, with the means and the delay of the next appeal (CGCT, art. R. 2333-120-33)."""
    loi = droit(work.today)
    return DecisionRapo(
        numero_fps=rapo.numero,
        numero_rapo=rapo.numero_rapo,
        siret=rapo.siret,
        sens=sens,
        date_decision=work.today,
        date_envoi=work.today,
        motif=rapo.motif or "",
        montant_rectifie=rapo.montant_rectifie,
        numero_avis=rapo.numero_avis,
        date_limite_paiement=forfait.date_limite_paiement or work.today,
        juridiction=loi.juridiction,
        delai_recours_mois=loi.recours_delai_mois,
        pieces_remboursement=PIECES_REMBOURSEMENT if forfait.dette else (),
    )


async def se_taire(numero: str, work: Work) -> None:
    """The month is over: silence is a rejection (CGCT, art. R. 2333-120-13); nothing to do when a decision was made."""
    forfait, rapo = await demande(numero, work), await rapo_de(numero, work)
    if rapo.se_taire():
        ecrire(forfait, "rejet-implicite-rapo", LOI, None, work, le=rapo.date_limite_decision.isoformat())
