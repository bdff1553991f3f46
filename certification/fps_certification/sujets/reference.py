"""The reference collectivité of the simulator as a product: what a conforming one does, and what the suite is tried on."""

from collections.abc import Mapping
from typing import Any

from fps.parties import Party
from fps_certification.sujets.contrat import CONTROLER, ESSAIS, LIRE, Action
from fps_certification.sujets.sujet import Reponse
from fps_simulateur.joueur import QuatreServices, remplacer
from fps_simulateur.langue.actes import ACTES, VUES


class Reference:
    """Translates each action into the route of the reference collectivité."""

    def __init__(self, monde: QuatreServices):
        self._monde = monde

    @property
    def nom(self) -> str:
        """How it is called in the reports."""
        return "collectivité de référence"

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """Ask the reference collectivité."""
        corps = dict(donnees)
        route = VUES[Party.COLLECTIVITE] if action is LIRE else ACTES[action.acte].route
        if corps.get("essai"):
            route = ACTES[ESSAIS].route
        if connexion := corps.get("connexion"):
            route, corps = ACTES[CONTROLER].route, dict(connexion)
        chemin = remplacer(route, corps)
        for nom in () if corps.get("essai") else action.recoit:
            corps.pop(nom, None)
        url = f"{self._monde.addresses[Party.COLLECTIVITE]}/bacs/{bac}{chemin}"
        if connexion and connexion.get("deposer"):
            answer = await self._monde.client.post(url)
        else:
            answer = await (self._monde.client.get(url) if action is LIRE else self._monde.client.post(url, json=corps))
        found = answer.json() if answer.content else {}
        if action.nom == "etablir" and answer.status_code < 300:
            found["immatriculation"] = found["vehicule"]["immatriculation"]
        return Reponse(answer.status_code, found)
