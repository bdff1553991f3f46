"""Two products of one collectivité driven as one: each action is asked of the one whose role it is."""

from collections.abc import Mapping
from typing import Any

from fps_certification.sujets.contrat import Action
from fps_certification.sujets.roles import role_de
from fps_certification.sujets.sujet import NonPrisEnCharge, Reponse, Sujet


class Duel:
    """`roles`: role → product; what no product has the role of is not supported."""

    def __init__(self, roles: Mapping[str, Sujet]):
        self._roles = dict(roles)

    @property
    def nom(self) -> str:
        """How they are called in the reports."""
        return " ; ".join(f"{role} : {sujet.nom}" for role, sujet in self._roles.items())

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """Ask the product whose role it is; raises SujetEnFaute, NonPrisEnCharge."""
        if (sujet := self._roles.get(role_de(action.nom, self._roles))) is None:
            raise NonPrisEnCharge(action.nom)
        return await sujet.agir(action, bac, donnees)
