"""Whose a failure is when two products are certified together: by the certificate that carried it, else by who was asked to act."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile

from fps.confiance.habilitation import PERMISSIONS
from fps_certification.deroule import Jouee, Pas
from fps_certification.observation import Echange, Observation
from fps_certification.plans.plan import Plan
from fps_certification.sujets.roles import role_de

OU = " ou "  # between the names of those of whom nothing says which
SUIVI = "suivi"


def de_l_echange(plan: Plan, vue: Observation, echange: Echange | None) -> str:
    """The product that carried an exchange: by the rights of its certificate that its message needs, by those it has, by the message.

    Several, « ou » between them, when nothing says which; empty when no product holds any of these roles, or when it is no duel.
    """
    if echange is None or not plan.produits:
        return ""
    droits = vue.droits.get(echange.qui, frozenset())
    demandes = frozenset(str(un) for un in PERMISSIONS.get(echange.message, ())) if echange.message is not None else frozenset[str]()
    candidats = [_noms(plan, roles) for roles in (droits & demandes, droits - {SUIVI}, droits, demandes)]
    seuls = [noms for noms in candidats if len(noms) == 1]
    return OU.join(next(iter([*seuls, *filter(None, candidats)]), ()))


def de_l_action(plan: Plan, action: str) -> str:
    """The product that is asked to do something; empty when it is no duel, or when the role is nobody's."""
    return plan.tenu_par(role_de(action, frozenset(map(str, plan.produits)))) if action and plan.produits else ""


def du_pas(plan: Plan, jouee: Jouee, pas: Pas, vue: Observation) -> str:
    """The product that a step that failed is the failure of.

    It is the one whose message about the dossier was refused first, and never taken since: what follows cannot be right. Else it is the one
    that was asked to act in this step, or last before it.
    """
    for echange in () if not plan.produits else vue.messages():
        if not echange.accepte and pas.numero and (echange.donnees or {}).get("numero_fps") == pas.numero and not _reprise(vue, echange):
            return de_l_echange(plan, vue, echange)
    jusque_la = [*takewhile(lambda un: un.rang < pas.rang, jouee.pas), pas]
    actions = [d.action for un in jusque_la for d in un.demandes]
    return de_l_action(plan, actions[-1]) if actions else ""


def par_produit(plan: Plan, vue: Observation) -> Iterator[Observation]:
    """What was seen of each product apart: how each writes and sends again is its own affair. All together when it is no duel."""
    if not plan.produits:
        yield vue
        return
    noms = [de_l_echange(plan, vue, e) for e in vue.echanges]
    for nom in dict.fromkeys(noms):
        yield replace(vue, echanges=tuple(e for e, sien in zip(vue.echanges, noms, strict=True) if sien == nom))


def _reprise(vue: Observation, refuse: Echange) -> bool:
    """Whether what was refused was taken later."""
    numero = (refuse.donnees or {}).get("numero_fps")
    return any(pris.chemin == refuse.chemin and dit.get("numero_fps") == numero for pris, dit in vue.acceptes())


def _noms(plan: Plan, roles: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(nom for role in sorted(roles) if (nom := plan.tenu_par(role))))
