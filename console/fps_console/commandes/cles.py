"""The public keys of who signed an evidence: a JWK set (RFC 7517), in a file or at an address."""

import asyncio
import json
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import httpx

from fps_console.commandes.output import Panne, cause

TAILLE: Final = 64 << 10  # bytes of a set
DELAI: Final = 15.0  # seconds for the whole answer


def lire_cles(source: str) -> dict[str, Any]:
    """The set of a file, or of an address: https, or http on this machine; never by a redirection. Raises Panne (2)."""
    try:
        texte = asyncio.run(_demander(source)) if source.startswith(("http://", "https://")) else _lire(Path(source))
        lues: Any = json.loads(texte)
    except TimeoutError as error:
        raise _panne(source, f"rien de complet en {DELAI:.0f} secondes") from error
    except OSError as error:
        raise _panne(source, cause(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _panne(source, f"l'adresse ne répond pas : {error or type(error).__name__}") from error
    except (ValueError, RecursionError) as error:
        raise _panne(source, "ce n'est pas du JSON") from error
    trouvees = lues.get("keys") if isinstance(lues, dict) else None
    if not isinstance(trouvees, list) or not all(isinstance(une, dict) for une in trouvees):
        raise _panne(source, "un objet JSON et sa liste « keys » sont attendus")
    return {**lues}


def _lire(place: Path) -> bytes:
    with place.open("rb") as file:
        return _borne(file.read(TAILLE + 1), str(place))


async def _demander(source: str) -> bytes:
    adresse, recu = httpx.URL(source), b""
    if adresse.scheme == "http" and not _ici(adresse.host):
        raise _panne(source, "une clé ne se croit qu'en https, ou en http sur cette machine")
    async with asyncio.timeout(DELAI), httpx.AsyncClient() as client, client.stream("GET", adresse) as reponse:
        if reponse.status_code != 200:
            raise _panne(source, f"l'adresse a répondu {reponse.status_code}")
        async for morceau in reponse.aiter_bytes():
            recu = _borne(recu + morceau, source)
    return recu


def _borne(recu: bytes, source: str) -> bytes:
    if len(recu) > TAILLE:
        raise _panne(source, f"plus de {TAILLE >> 10} Kio : ce n'est pas un jeu de clés")
    return recu


def _ici(hote: str) -> bool:
    try:
        return hote == "localhost" or ip_address(hote).is_loopback
    except ValueError:
        return False


def _panne(source: str, pourquoi: str) -> Panne:
    que_faire = "Donnez un fichier JWKS, ou son adresse (https://…/.well-known/jwks.json)."
    return Panne(f"{source} ne se lit pas ({pourquoi}).", que_faire, code="cles-illisibles", statut=2)
