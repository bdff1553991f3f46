"""When no evidence is given: of a run that failed, that was not whole, or that proves nothing."""

from fps_certification.rapports.rapport import Rapport
from fps_certification.verdict import Issue, Sort


def refusee(found: Rapport) -> str | None:
    """Why no evidence nor certificate is given, in French; None when it is.

    A mandatory requirement failed, or was not tried; no message of the product was taken: it sent none, or each was refused at the door.
    """
    envois = [e for une in found.epreuves for e in une.echanges if e.de == "produit"]
    if not envois:
        return "aucun message du produit ne nous est parvenu"
    if all(e.statut in (401, 403) for e in envois):
        return "tout ce que le produit a envoyé a été refusé à l'entrée (401, 403)"
    if found.compte(Sort.CONFORME) == 0:
        return "rien n'a été vu du produit"
    if muets := [nom for nom in found.plan_joue.adversaires() if not any(e.produit == nom and e.statut < 400 for e in envois)]:
        return f"rien n'a été pris de ce que le produit « {muets[0]} » a envoyé : le duel ne prouve rien de lui"
    match Issue(found.code):
        case Issue.CONFORME:
            return None
        case Issue.NON_CONFORME:
            return "une exigence obligatoire n'est pas tenue"
        case Issue.INCOMPLET:
            return "une exigence obligatoire n'est pas prouvée"
        case Issue.CONFIGURATION:
            return "le produit n'a pas pu être éprouvé (configuration)"
    return "le simulateur a failli"
