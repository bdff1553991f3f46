"""What a try to push a letter keeps of its exchange: the request as it left, its signature included, and the beginning of the answer."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

import httpx
from pydantic import BaseModel, Field

EXTRAIT: Final = 2_000  # characters kept of the body of an answer
ENTETES: Final = 30  # headers kept of an answer
VALEUR: Final = 300  # characters kept of each
# What an editor's server may say for itself alone.
TUS: Final = frozenset({"set-cookie", "www-authenticate", "authorization"})


class Envoye(BaseModel):
    """La requête telle qu'elle est partie."""

    methode: str
    url: str
    entetes: Annotated[dict[str, str], Field(description="La signature de la lettre est dans « x-jws-signature »")]
    corps: Annotated[
        str | None, Field(description="Nul quand c'est le corps de la lettre, à l'octet près ; sinon ce qu'une panne en avait fait")
    ]
    coupe: Annotated[bool, Field(description="Une panne a coupé ou ralenti l'envoi : le corps n'est peut-être pas arrivé entier")]


class Recu(BaseModel):
    """La réponse, ses en-têtes et le début de son corps."""

    statut: int
    entetes: dict[str, str]
    extrait: str


def envoye(request: httpx.Request, url: str, corps: bytes, lettre: str, *, coupe: bool) -> str:
    """The request, as it is kept: its body only when it is not that of the letter."""
    other = None if corps == lettre.encode() else corps.decode("utf-8", "replace")
    return Envoye(methode=request.method, url=url, entetes=_entetes(request.headers), corps=other, coupe=coupe).model_dump_json()


def recu(response: httpx.Response, debut: bytes) -> str:
    """The answer, as it is kept: nothing that a database would refuse."""
    texte = _sans_nul(debut.decode("utf-8", "replace"))
    extrait = texte if len(texte) <= EXTRAIT else f"{texte[:EXTRAIT]}…"
    return Recu(statut=response.status_code, entetes=_entetes(response.headers), extrait=extrait).model_dump_json()


def _entetes(headers: httpx.Headers) -> dict[str, str]:
    dits = [(nom, valeur) for nom, valeur in headers.items() if nom not in TUS][:ENTETES]
    return {_sans_nul(nom)[:VALEUR]: _sans_nul(valeur)[: VALEUR if nom != "x-jws-signature" else None] for nom, valeur in dits}


def _sans_nul(texte: str) -> str:
    return texte.replace("\0", "�")


def relu(texte: str | None) -> Mapping[str, Any] | None:
    """What was kept of one side of an exchange, None of a try that kept nothing."""
    return None if texte is None else json.loads(texte)
