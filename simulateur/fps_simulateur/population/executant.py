"""How the acts of a population reach the services: letters and findings by the lot, the other acts one by one, each done once."""

import json
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from fps.kit.web.keys import EN_TETE
from fps.kit.web.media import NDJSON
from fps.parties import Party
from fps_simulateur.joueur import QuatreServices, corps, demande, remplacer
from fps_simulateur.langue.actes import ACTES, ETABLIR, LISTES, LOT, VUES, Acte

LIGNES: Final = 1_000  # of a lot: what the services take
PAGE: Final = 500  # dossiers of a list
Champs = dict[str, Any]


class GesteRefuse(Exception):
    """An act that the plan believes possible was refused: the plan and the services do not say the same of the law."""

    def __init__(self, acte: str, numero: str, probleme: Mapping[str, Any]):
        self.acte, self.numero, self.probleme = acte, numero, dict(probleme)
        super().__init__(f"« {acte} », FPS {numero} : {probleme.get('code')} — {probleme.get('title')} {probleme.get('detail', '')}")


class Executant:
    """One bac of a world, as its town, its people and its court reach it."""

    def __init__(self, monde: QuatreServices, bac: str, graine: str):
        self.monde, self.bac, self.graine = monde, bac, graine
        self.rejoue = False  # whether the day was begun by a run that was cut: what it did is found done

    async def etablir(self, constats: Sequence[Champs]) -> list[Champs]:
        """FPS established in this order; what the town shows of each. Raises GesteRefuse."""
        un, found = ACTES[ETABLIR], list[Champs]()
        for n in range(0, len(constats), LIGNES):
            lot = constats[n : n + LIGNES]
            for constat, ligne in zip(lot, await self._lot(un, lot), strict=True):
                if ligne["statut"] != 201:
                    raise GesteRefuse(un.nom, constat["vehicule"]["immatriculation"], ligne["probleme"])
                found.append(ligne["reponse"])
        return found

    async def lettres(self, un: Acte, lettres: Sequence[tuple[Champs, Champs]]) -> None:
        """Letters of one act: the words of each dossier, and what is given over the example. Raises GesteRefuse.

        Each has an identifier of its own, the same in every run: sent again, it is the same letter.
        """
        assert un.message is not None  # noqa: S101 (an act that is a letter has one)
        lignes = [{"id": self._nom(un, mots, avec), "data": corps(un.message, avec, mots)} for mots, avec in lettres]
        for n in range(0, len(lignes), LIGNES):
            for (mots, _), ligne in zip(lettres[n : n + LIGNES], await self._lot(un, lignes[n : n + LIGNES]), strict=True):
                if ligne["statut"] >= 300:
                    raise GesteRefuse(un.nom, mots["numero"], ligne["probleme"])

    async def faire(self, un: Acte, mots: Champs, avec: Mapping[str, Any]) -> None:
        """One act; raises GesteRefuse, unless it is refused because a run that was cut had done it already."""
        body = demande(un, avec, mots)
        cle = {EN_TETE: str(uuid.uuid5(uuid.NAMESPACE_URL, self._nom(un, mots, avec)))}
        answer = await self.monde.client.request(un.methode, self._url(un.a, remplacer(un.route, mots)), json=body, headers=cle)
        if answer.status_code >= 300 and not (self.rejoue and answer.status_code == 409):
            raise GesteRefuse(un.nom, mots["numero"], answer.json())

    async def voir(self, party: Party, mots: Champs) -> Champs | None:
        """What a service shows of a dossier, or None when it does not know it."""
        return await self.lire(party, remplacer(VUES[party], mots))

    async def lire(self, party: Party, chemin: str, **params: Any) -> Champs | None:
        """What a service answers; None when it knows nothing there."""
        answer = await self.monde.client.get(self._url(party, chemin), params=params)
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        found: Champs = answer.json()
        return found

    async def lister(self, party: Party, **params: Any) -> AsyncIterator[Champs]:
        """Every dossier of a service, in the order of the numbers."""
        apres: str | None = ""
        while apres is not None:
            page = await self.lire(party, LISTES[party], apres=apres, limite=PAGE, **params)
            if page is None:
                return
            for one in page["elements"]:
                yield one
            apres = page["suivant"]

    async def _lot(self, un: Acte, lignes: Sequence[Champs]) -> list[Champs]:
        content = "\n".join(json.dumps(ligne, ensure_ascii=False) for ligne in lignes).encode()
        url = self._url(un.a, un.route + LOT)
        answer = await self.monde.client.post(url, content=content, headers={"Content-Type": NDJSON})
        if answer.status_code != 200:
            raise GesteRefuse(un.nom, f"lot de {len(lignes)}", answer.json())
        return [json.loads(ligne) for ligne in answer.text.splitlines() if ligne]

    def _nom(self, un: Acte, mots: Champs, avec: Mapping[str, Any]) -> str:
        return f"{self.graine}/{un.nom}/{mots['numero']}/{avec.get('reference', '')}"

    def _url(self, party: Party, chemin: str) -> str:
        return f"{self.monde.addresses[party]}/bacs/{self.bac}{chemin}"
