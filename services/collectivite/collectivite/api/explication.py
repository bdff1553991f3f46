"""How the town found each date and amount of a FPS, its RAPO, its appeal, its refund: rules that tell themselves, facts with a source."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Path, Request

from collectivite.actes.dossier import demande
from collectivite.api.faits import FAITS
from collectivite.api.formes import Numero
from collectivite.domain import calendrier, suivi
from collectivite.domain.forfait import Forfait
from collectivite.domain.paiement import Paiement
from collectivite.domain.rapo import EtatRapo, Rapo
from collectivite.domain.recours import Recours
from collectivite.domain.remboursement import Remboursement, exercice, genre
from collectivite.domain.solde import rendu, reste, trop
from collectivite.domain.sommes import somme_a_rendre, somme_paiements, total_paye
from collectivite.domain.stationnement import Stationnement, controler
from collectivite.domain.tarif import bareme_de
from collectivite.store import paiements_de, recours_de, remboursements_de
from fps.droit.calculs import (
    date_limite_decision_rapo,
    date_limite_execution,
    date_limite_paiement,
    date_notification_decision,
    fin_effets,
    montant_fps,
)
from fps.droit.calendar import PARIS
from fps.kit.engine.service import Reading, Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.kit.web.explication import Explication, expliquer, venu_de
from fps.messages.plaques import cle_plaque
from fps.villes.communes import Commune

Champ = Annotated[str, Path(max_length=60, description="La date ou le montant : montant, a_payer, rapo.date_limite_decision…")]


@dataclass(frozen=True, slots=True)
class Liasse:
    """Everything the town keeps of one FPS, on the day of the question."""

    forfait: Forfait
    ville: Commune
    registre: Stationnement | None
    paiements: tuple[Paiement, ...]
    pieces: tuple[Remboursement, ...]
    rapo: Rapo | None
    recours: Recours | None
    le: date


# ------------------------------------------------------------------------------------------------------- the FPS, its notice


def montant(liasse: Liasse) -> int:
    """The amount of the FPS, from the tariff of its zone."""
    f = liasse.forfait
    jour = liasse.ville.jour(f.date_heure_constat)
    return venu_de(f.montant, lambda: montant_fps(bareme_de(liasse.ville, f.lieu.zone, f.vehicule.categorie, jour), f.montant_deduit))


def effets(liasse: Liasse) -> datetime:
    """The end of the effects, from the latest proof that the register knew when the FPS was established, else from the finding."""
    f, zone, registre = liasse.forfait, liasse.ville.zone(liasse.forfait.lieu.zone), liasse.registre
    avant = replace(registre, forfaits=tuple(x for x in registre.forfaits if x.numero != f.numero)) if registre else None
    depart = controler(avant, zone, f.date_heure_constat, liasse.ville.heures(zone.code)).depart or f.date_heure_constat
    return fin_effets(depart, zone.duree(liasse.ville.heures(zone.code).jour(depart)), liasse.ville.interruptions(zone.code, depart))


def minoration(liasse: Liasse) -> int:
    """The reduced amount."""
    reduction = liasse.ville.reduction(liasse.forfait.jour)
    return venu_de(liasse.forfait.minoration_montant, lambda: reduction.reduire(montant(liasse)) if reduction is not None else None)


def envoi(liasse: Liasse) -> date:
    """The send date of the notice, from the reception that ANTAI's accusé tells."""
    f = liasse.forfait
    return venu_de(f.date_envoi, lambda: calendrier.envoi(liasse.ville, f, calendrier.reception(liasse.ville, f)))


def notification(liasse: Liasse) -> date:
    """The notification of the notice."""
    return venu_de(liasse.forfait.date_notification, lambda: calendrier.notification(liasse.forfait, envoi(liasse)))


def limite(liasse: Liasse) -> date:
    """The last day to pay."""
    return venu_de(liasse.forfait.date_limite_paiement, lambda: date_limite_paiement(notification(liasse)))


def retrace(liasse: Liasse) -> Forfait:
    """The FPS with its dates and amounts as the rules made them, so that what is computed from them tells where they come from."""
    f = liasse.forfait
    return replace(
        f,
        montant=montant(liasse),
        minoration_montant=None if f.minoration_montant is None else minoration(liasse),
        date_envoi=None if f.date_envoi is None else envoi(liasse),
        date_notification=None if f.date_notification is None else notification(liasse),
        date_limite_paiement=None if f.date_limite_paiement is None else limite(liasse),
        montant_paye=venu_de(f.montant_paye, lambda: somme_paiements(tuple(p.montant for p in liasse.paiements if p.etat == "encaisse"))),
        rembourse=venu_de(f.rembourse, lambda: rendu(liasse.pieces)),
    )


# ---------------------------------------------------------------------------------------------------------------- the money


def payer_ce_jour(liasse: Liasse) -> int:
    """What the follow-up door asks to pay."""
    f = retrace(liasse)
    return suivi.a_payer(replace(f, creance=venu_de(liasse.forfait.creance, lambda: reste(f))), liasse.le)


def somme_rendue(liasse: Liasse) -> int | None:
    """What the last refund gives back, of what was then owed."""
    if not liasse.pieces:
        return None
    piece, f = liasse.pieces[-1], retrace(liasse)
    avant = liasse.forfait.dette + (piece.montant if piece.etat != "refuse" else 0)
    du = venu_de(avant, lambda: trop(replace(f, rembourse=rendu(liasse.pieces[:-1]))))
    return somme_a_rendre(du, None if piece.montant == du else piece.montant)


def genre_piece(liasse: Liasse) -> str | None:
    """The document of the last refund; None when a later payment hides the day of the one that it gives back."""
    paye_le = paiement_rendu(liasse)
    return None if paye_le is None else genre(paye_le, liasse.pieces[-1].date_piece)


def paiement_rendu(liasse: Liasse) -> date | None:
    """The day of the payment that the last refund gives back, when it is still the last payment."""
    paye_le = liasse.forfait.paye_le
    return paye_le if liasse.pieces and paye_le is not None and paye_le.year == liasse.pieces[-1].exercice_paiement else None


# ------------------------------------------------------------------------------------------------------------- RAPO, appeal


def decide_le(rapo: Rapo) -> date | None:
    """The birth of the implicit rejection; None when somebody decided."""
    return date_limite_decision_rapo(rapo.date_avis_reception) if rapo.etat is EtatRapo.REJETE_IMPLICITEMENT else None


def notifie_le(recours: Recours) -> date | None:
    """The notification of the decision, eight days after the decision unless the court tells another day (H77)."""
    decision = recours.date_decision
    return None if decision is None else venu_de(recours.notifie_le, lambda: date_notification_decision(decision))


def execution(recours: Recours) -> date:
    """The last day to execute."""
    return date_limite_execution(venu_de(recours.notifie_le, lambda: notifie_le(recours)))


def calculs(liasse: Liasse) -> dict[str, Callable[[], Any]]:
    """The rule of each field; those of the RAPO, of the appeal and of the refund find nothing when there is none."""
    rapo, recours, piece = liasse.rapo, liasse.recours, liasse.pieces[-1] if liasse.pieces else None
    return {
        "montant": lambda: montant(liasse),
        "fin_effets": lambda: effets(liasse),
        "minoration_montant": lambda: minoration(liasse),
        "date_limite_paiement_rapide": lambda: calendrier.limite_paiement_rapide(liasse.ville, liasse.forfait),
        "transmission_le": lambda: calendrier.transmission(liasse.ville, liasse.forfait),
        "date_envoi": lambda: envoi(liasse),
        "date_notification": lambda: notification(liasse),
        "date_limite_paiement": lambda: limite(liasse),
        "date_limite_rapo": lambda: calendrier.limite_rapo(liasse.forfait, notification(liasse)),
        "titre_le": lambda: retrace(liasse).titre_le,
        "montant_actuel": lambda: retrace(liasse).du,
        "montant_normal": lambda: retrace(liasse).du,
        "montant_minore": lambda: suivi.montant_minore(retrace(liasse), liasse.le),
        "minore_jusqu_au": lambda: suivi.minore_jusqu_au(retrace(liasse)),
        "a_payer": lambda: payer_ce_jour(liasse),
        "montant_paye": lambda: total_paye(retrace(liasse).montant_paye, liasse.forfait.part_titre),
        "creance": lambda: reste(retrace(liasse)),
        "dette": lambda: trop(retrace(liasse)),
        "a_rembourser": lambda: trop(retrace(liasse)),
        "rembourse": lambda: rendu(liasse.pieces),
        "rapo.date_limite": lambda: calendrier.limite_rapo(liasse.forfait, notification(liasse)),
        "rapo.date_limite_decision": lambda: rapo and date_limite_decision_rapo(rapo.date_avis_reception),
        "rapo.decide_le": lambda: rapo and decide_le(rapo),
        "recours.notifie_le": lambda: recours and notifie_le(recours),
        "recours.date_limite_execution": lambda: recours and execution(recours),
        "remboursement.montant": lambda: piece and somme_rendue(liasse),
        "remboursement.genre": lambda: piece and genre_piece(liasse),
        "remboursement.exercice": lambda: piece and exercice(piece.date_piece),
        "remboursement.exercice_paiement": lambda: (le := paiement_rendu(liasse)) and exercice(le),
    }


def valeurs(liasse: Liasse) -> dict[str, Any]:
    """The fields as the views of the town show them on the day of the question."""
    f = liasse.forfait
    notice = f.cycle == "complet" and f.mode_notification == "pare-brise"
    parties = {"rapo": liasse.rapo, "recours": liasse.recours, "remboursement": liasse.pieces[-1] if liasse.pieces else None}
    return {
        **vars(f),
        "fin_effets": f.fin_effets.astimezone(PARIS),
        "date_limite_paiement_rapide": calendrier.limite_paiement_rapide(liasse.ville, f) if notice else None,
        "transmission_le": f.retenu.le if f.retenu else None,
        "date_limite_rapo": calendrier.limite_rapo(f),
        "titre_le": f.titre_le,
        "montant_actuel": f.du,
        "montant_normal": f.du,
        "montant_minore": suivi.montant_minore(f, liasse.le),
        "minore_jusqu_au": suivi.minore_jusqu_au(f),
        "a_payer": suivi.a_payer(f, liasse.le),
        "a_rembourser": f.dette,
        "montant_paye": f.paye,
        **{f"{nom}.{champ}": v for nom, partie in parties.items() if partie is not None for champ, v in vars(partie).items()},
    }


async def reunir(numero: str, lecture: Reading) -> Liasse:
    """Everything that the town keeps of a FPS; raises ForfaitInconnu."""
    work, tx = lecture.work, lecture.tx
    forfait = await demande(numero, work)
    requetes = await recours_de(tx, work.bac.nom, numero)
    return Liasse(
        forfait=forfait,
        ville=work.ville(forfait.siret, forfait.jour),
        registre=await work.find(Stationnement, forfait.siret, cle_plaque(forfait.vehicule.immatriculation)),
        paiements=tuple(await paiements_de(tx, work.bac.nom, numero)),
        pieces=tuple(sorted(await remboursements_de(tx, work.bac.nom, numero), key=lambda p: (p.date_piece, p.numero_piece))),
        rapo=await work.find(Rapo, numero),
        recours=requetes[-1] if requetes else None,
        le=work.today,
    )


def routes(service: Service) -> Router:
    """The route that explains."""
    router = Router(dependencies=[administration(service)])

    @router.get("/fps/{numero}/explication/{champ}", tags=["FPS"], summary="Expliquer une date ou un montant")
    async def explication(request: Request, numero: Numero, champ: Champ) -> Explication:
        async with service.reading(bac_of(request)) as lecture:
            liasse = await reunir(numero, lecture)
        return expliquer(numero, champ, valeurs(liasse), calculs(liasse), FAITS)

    return router
