"""How the court found each date and amount of a petition: the rules it applied, told by themselves, and the facts that it was told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import Path, Request

from ccsp.actes.requete import connue
from ccsp.api.requetes import Numero
from ccsp.domain.decision import electronique
from ccsp.domain.delais import (
    examen,
    limite_execution,
    limite_pourvoi,
    limite_recours,
    notification_collectivite,
    notification_requerant,
)
from ccsp.domain.refus import RequeteInconnue
from ccsp.domain.requete import Requete
from ccsp.store import derniere_requete
from fps.droit.calculs import (
    amende_abus_maximum,
    date_limite_confirmation_telecopie,
    date_limite_defense,
    date_limite_regularisation,
    date_phase_juridictionnelle,
)
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import JsonRoute, Router
from fps.kit.web.explication import Explication, Fait, expliquer, venu_de
from fps.villes.communes import Commune

NumeroFps = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="Numéro du FPS, 26 chiffres")]
Champ = Annotated[str, Path(max_length=60, description="La date ou le montant : limite_defense, decision.amende_abus…")]

JUGE = "Décidé par le juge"
DEFENSE = Fait(phrase="Jour du dépôt reçu de la collectivité", article="CGCT, art. R. 2333-120-44")
FAITS: dict[str, Fait] = {
    "date_depot": Fait(phrase="Jour de l'enregistrement de la requête", article="CGCT, art. R. 2333-120-32 octies"),
    "communiquee_le": Fait(phrase="Jour où la requête, mise en ordre, est communiquée", article="CGCT, art. R. 2333-120-44"),
    "limite_regularisation": Fait(phrase="Fixée le jour de la demande de régularisation", article="CGCT, art. R. 2333-120-39"),
    "defense_le": DEFENSE,
    "erreur_contestee_le": DEFENSE,
    "decision.date_decision": Fait(phrase=f"{JUGE} ce jour-là", article="CGCT, art. R. 2333-120-56"),
    "decision.fps_decharge": Fait(phrase=f"{JUGE} : part du FPS dont le requérant est déchargé", article="CGCT, art. R. 2333-120-56"),
    "decision.majoration_dechargee": Fait(
        phrase=f"{JUGE} : part de la majoration dont le requérant est déchargé", article="CGCT, art. R. 2333-120-56"
    ),
    "decision.fps_du": Fait(phrase="FPS réclamé, d'après la requête ou le dossier", article="CGCT, art. R. 2333-120-31"),
    "decision.majoration_due": Fait(phrase="Majoration réclamée, d'après la requête ou le dossier", article="CGCT, art. R. 2333-120-31"),
    "decision.amende_abus": Fait(phrase=f"{JUGE}, dans la limite de amende_abus_maximum", article="CGCT, art. R. 2333-120-59"),
    "decision.frais": Fait(phrase=f"{JUGE} : frais de l'instance alloués à une partie", article="CGCT, art. L. 2333-87-8"),
    "decision.rectifiee_le": Fait(phrase="Jour où une erreur matérielle est corrigée", article="CGCT, art. R. 2333-120-66"),
    "decision.rectification_notifiee_le": Fait(
        phrase="Dernière des notifications de la décision rectifiée : le délai de cassation s'y rouvre", article="CGCT, art. R. 2333-120-66"
    ),
    "pourvoi_le": Fait(phrase="Jour où le pourvoi est noté", article="CJA, art. R. 821-1"),
    "execution_demandee_le": Fait(phrase="Jour de la demande d'exécution", article="CGCT, art. R. 2333-120-74"),
    "astreinte_jour": Fait(phrase="Décidé par le juge de l'exécution, par jour", article="CGCT, art. R. 2333-120-74"),
}


def confirmation(requete: Requete) -> date:
    """The last day to confirm a fax."""
    return venu_de(requete.confirmer_avant_le, lambda: date_limite_confirmation_telecopie(requete.date_depot))


def examinee(requete: Requete) -> date:
    """The day the registry reads the petition."""
    if requete.confirmer_avant_le is None or requete.confirmee_le is not None:
        return examen(requete)
    return examen(replace(requete, confirmer_avant_le=confirmation(requete)))


def communication(requete: Requete) -> date:
    """The day the petition went to the defendant."""
    return venu_de(requete.communiquee_le, lambda: examinee(requete))


def notifiee_requerant(requete: Requete) -> date | None:
    """The notification of the decision to the applicant: by its consultation when it came first."""
    kept, decision = requete.notifiee_requerant_le, requete.decision
    if kept is None or decision is None:
        return None
    seule = notification_requerant(requete, decision.date_decision)
    return seule if seule == kept else notification_requerant(requete, decision.date_decision, kept)


def notifiee_collectivite(requete: Requete, ville: Commune | None) -> date | None:
    """The notification of the decision to the defendant: by its consultation when it came first."""
    kept, decision = requete.notifiee_collectivite_le, requete.decision
    if kept is None or decision is None:
        return None
    portail = electronique(requete, ville, decision.date_decision)
    seule = notification_collectivite(decision.date_decision, electronique=portail)
    if seule == kept:
        return seule
    return notification_collectivite(decision.date_decision, electronique=portail, consultation=kept)


def execution(requete: Requete, ville: Commune | None) -> date | None:
    """The last day to execute."""
    return limite_execution(requete, venu_de(requete.notifiee_collectivite_le, lambda: notifiee_collectivite(requete, ville)))


def pourvoi(requete: Requete, ville: Commune | None) -> date | None:
    """The last day of the appeal in cassation."""
    vers_elle = notifiee_collectivite(requete, ville)
    notifiee = replace(requete, notifiee_requerant_le=notifiee_requerant(requete), notifiee_collectivite_le=vers_elle)
    return limite_pourvoi(notifiee, ville)


def phase_juridictionnelle(requete: Requete) -> date | None:
    """The day when the administrative phase of an execution is over."""
    return None if requete.execution_demandee_le is None else date_phase_juridictionnelle(requete.execution_demandee_le)


def maximum(requete: Requete) -> int | None:
    """The highest fine on the day of the decision."""
    return None if requete.decision is None else amende_abus_maximum(requete.decision.date_decision)


def calculs(requete: Requete, ville: Commune | None) -> dict[str, Callable[[], Any]]:
    """The rule of each field; `ville`: the defendant on the day of the decision, None when the bac does not know it."""
    return {
        "limite_recours": lambda: limite_recours(requete),
        "confirmer_avant_le": lambda: confirmation(requete),
        "examen_le": lambda: examinee(requete),
        "limite_regularisation": lambda: date_limite_regularisation(notification_requerant(requete, examinee(requete))),
        "communiquee_le": lambda: communication(requete),
        "limite_defense": lambda: date_limite_defense(communication(requete)),
        "notifiee_requerant_le": lambda: notifiee_requerant(requete),
        "notifiee_collectivite_le": lambda: notifiee_collectivite(requete, ville),
        "limite_execution": lambda: execution(requete, ville),
        "limite_pourvoi": lambda: pourvoi(requete, ville),
        "phase_juridictionnelle_le": lambda: phase_juridictionnelle(requete),
        "amende_abus_maximum": lambda: maximum(requete),
    }


def valeurs(requete: Requete, ville: Commune | None) -> dict[str, Any]:
    """The fields as the petition keeps them, those of its decision, and those that only the law computes."""
    decision = {f"decision.{nom}": valeur for nom, valeur in vars(requete.decision).items()} if requete.decision else {}
    seulement = ("limite_recours", "examen_le", "limite_pourvoi", "phase_juridictionnelle_le", "amende_abus_maximum")
    calculees = {nom: calculs(requete, ville)[nom]() for nom in seulement}
    return {**vars(requete), **decision, **calculees, "astreinte_jour": requete.astreinte_jour or None}


def defendeur(requete: Requete, work: Work) -> Commune | None:
    """The collectivité that defends, as it was on the day of the decision."""
    return work.villes.chercher(requete.siret, work.today if requete.decision is None else requete.decision.date_decision)


def routes(service: Service) -> Router:
    """The routes that explain: one petition, or the last one of a FPS."""
    router = Router(tags=["Requêtes"], route_class=JsonRoute, dependencies=[administration(service)])

    @router.get("/requetes/{numero}/explication/{champ}", summary="Expliquer une date ou un montant d'une requête")
    async def requete(request: Request, numero: Numero, champ: Champ) -> Explication:
        async with service.reading(bac_of(request)) as lecture:
            trouvee = await connue(numero, lecture.work)
            ville = defendeur(trouvee, lecture.work)
        return expliquer(trouvee.numero, champ, valeurs(trouvee, ville), calculs(trouvee, ville), FAITS)

    @router.get("/fps/{numero}/explication/{champ}", summary="Expliquer une date ou un montant de la dernière requête d'un FPS")
    async def fps(request: Request, numero: NumeroFps, champ: Champ) -> Explication:
        async with service.reading(bac_of(request)) as lecture:
            trouvee = await derniere_requete(lecture.tx, lecture.work.bac.nom, numero)
            if trouvee is None:
                raise RequeteInconnue(f"FPS {numero}", "numero")
            ville = defendeur(trouvee, lecture.work)
        return expliquer(trouvee.numero, champ, valeurs(trouvee, ville), calculs(trouvee, ville), FAITS)

    return router
