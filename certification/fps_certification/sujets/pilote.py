"""A product driven by HTTP: the « pilote d'essai » that its editor wrote."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

import httpx

from fps_certification.sujets.contrat import Action
from fps_certification.sujets.sujet import Domaine, NonPrisEnCharge, Reponse, SujetEnFaute

DELAI: Final = 30.0  # seconds, connection and answer
LIMITE: Final = 1 << 20  # bytes of an answer


class Pilote:
    """`adresse`: where the actions are posted."""

    def __init__(self, client: httpx.AsyncClient, adresse: str, delai: float = DELAI):
        self._client, self.adresse, self._delai = client, adresse.rstrip("/"), delai

    @property
    def nom(self) -> str:
        """How it is called in the reports."""
        return self.adresse

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """Post the action; raises SujetEnFaute, NonPrisEnCharge."""
        url, corps, commence = f"{self.adresse}/{action.nom}", b"", False
        try:
            async with (
                asyncio.timeout(self._delai),  # of the whole: each read of an answer that trickles is in time
                self._client.stream("POST", url, json={"bac": bac, **donnees}, timeout=self._delai, follow_redirects=False) as answer,
            ):
                commence = True
                async for part in answer.aiter_bytes():
                    corps += part
                    if len(corps) > LIMITE:
                        raise SujetEnFaute(Domaine.PRODUIT, f"{url} répond plus d'un mébioctet : bornez la réponse.")
        except (httpx.TimeoutException, TimeoutError) as error:
            if commence:
                phrase = f"{url} commence une réponse et ne la finit pas en {self._delai:g} s ({len(corps)} octets) : finissez-la."
                raise SujetEnFaute(Domaine.PRODUIT, phrase) from error
            raise SujetEnFaute(Domaine.RESEAU, f"{url} n'a pas répondu en {self._delai:g} s.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SujetEnFaute(
                Domaine.RESEAU, f"{url} est injoignable ({type(error).__name__}) : vérifiez l'adresse et le port."
            ) from error
        return lue(action, answer.status_code, corps, url)


def lue(action: Action, statut: int, corps: bytes, ou: str) -> Reponse:
    """The answer of a product, checked against the contract; raises SujetEnFaute, NonPrisEnCharge."""
    if statut == 501:
        raise NonPrisEnCharge(action.nom)
    if 300 <= statut < 400:
        raise SujetEnFaute(Domaine.PRODUIT, f"{ou} redirige ({statut}) : donnez l'adresse finale.")
    if statut >= 500:
        raise SujetEnFaute(Domaine.PRODUIT, f"{ou} répond {statut} : le produit est tombé sur cette action.")
    try:
        found = json.loads(corps or b"{}")
    except ValueError as error:
        raise SujetEnFaute(Domaine.PRODUIT, f"{ou} répond {statut} sans JSON : « {corps[:80].decode('utf-8', 'replace')} ».") from error
    if not isinstance(found, dict):
        raise SujetEnFaute(Domaine.PRODUIT, f"{ou} répond du JSON qui n'est pas un objet.")
    if statut < 300 and (manquent := [champ for champ in action.rend if champ not in found]):
        raise SujetEnFaute(Domaine.PRODUIT, f"{ou} ne rend pas {', '.join(manquent)} : voyez le contrat du pilote d'essai.")
    return Reponse(statut, found)
