"""How this system speaks to an administration: HTTPS, its certificate in the connection, the same key for the same letter."""

import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

ESSAIS = 4
ATTENTE = 0.5  # seconds before the second try, then twice as long each time


class Refus(Exception):
    """The administration refused: `code`, `erreurs` (each with its `champ`, its `phrase` and `que_faire`)."""

    def __init__(self, probleme: Mapping[str, Any]):
        self.code = str(probleme.get("code"))
        self.erreurs = (probleme.get("accuse") or {}).get("erreurs") or probleme.get("erreurs") or []
        super().__init__(f"{probleme.get('title')} — {probleme.get('detail')}")


class Administration:
    """One of them, at its address."""

    def __init__(self, adresse: str, certificat: Path, cle: Path, racine: Path):
        contexte = ssl.create_default_context(cafile=racine)
        contexte.load_cert_chain(certificat, cle)
        self.adresse = adresse
        self._client = httpx.Client(verify=contexte, timeout=30)

    def fermer(self) -> None:
        """Hang up."""
        self._client.close()

    def poster(self, chemin: str, corps: Mapping[str, Any], identifiant: str) -> dict[str, Any]:
        """Send a letter; who did not answer, or could not, is asked again with the same identifier: the letter counts once.

        Raises Refus, httpx.HTTPError.
        """
        return self._demander("POST", chemin, json=corps, headers={"Idempotency-Key": identifiant})

    def retrait(self, siret: str) -> None:
        """The letters of this town wait in its box, where `lettres` takes them."""
        self._demander("PUT", f"/destinations/{siret}", json={"mode": "retrait"})

    def lettres(self, siret: str) -> list[dict[str, Any]]:
        """Those that were not acknowledged, the oldest first."""
        lettres: list[dict[str, Any]] = self._demander("GET", "/messages", params={"siret": siret})["lettres"]
        return lettres

    def acquitter(self, siret: str, identifiants: list[str]) -> None:
        """They are read: they will not be given again."""
        self._demander("POST", "/messages/accuses", json={"siret": siret, "ids": identifiants})

    def _demander(self, methode: str, chemin: str, **options: Any) -> dict[str, Any]:
        for essai in range(ESSAIS):
            try:
                reponse = self._client.request(methode, self.adresse + chemin, **options)
            except httpx.TransportError:
                if essai == ESSAIS - 1:
                    raise
            else:
                if reponse.status_code < 500 or essai == ESSAIS - 1:
                    break
            time.sleep(ATTENTE * 2**essai)
        if reponse.status_code >= 400:
            raise Refus(reponse.json())
        lu: dict[str, Any] = reponse.json() if reponse.content else {}
        return lu
