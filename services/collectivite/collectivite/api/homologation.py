"""The test session of the court, as the reference system goes through it: what the cahier des charges asks is filed at once, in order."""

import base64
from typing import Annotated, Final

from fastapi import Body, Request
from pydantic import BaseModel, ConfigDict, Field

from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import JsonRoute, Router
from fps.kit.wire.carrier import Carrier
from fps.messages.formats import Court, Numero26, NumeroRequete, Siret, Texte
from fps.messages.parties_prenantes import Piece
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.parties import Party

PLACE: Final = 60  # of the byte that is changed: inside the body of the smallest PDF


class Essai(BaseModel):
    """La séance d'essai que la juridiction a ouverte : ses numéros, et la pièce à envoyer telle quelle."""

    model_config = ConfigDict(extra="forbid")

    siret: Siret
    numero_fps: Numero26
    piece: Piece


class DemandeEssais(BaseModel):
    """Le mémoire d'essai, et la séance où le déposer avec sa pièce."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "requete": MemoireDefense.example["numero_requete"],
                "conteste_erreur": True,
                "conclusions": "Rejeter la requête.",
                "moyens": "L'avis est régulier.",
                "essai": {nom: PieceDefense.example[nom] for nom in ("siret", "numero_fps", "piece")},
            }
        },
    )

    requete: NumeroRequete = Field(description="Numéro de la requête d'essai")
    conteste_erreur: bool
    conclusions: Texte
    moyens: Texte
    signataire: Court = "Le maire, par délégation"
    essai: Essai


class DepotEssai(BaseModel):
    """Un dépôt, et ce que la juridiction en a dit ; « code » est celui du refus."""

    depot: str
    statut: int
    code: str | None = None


class EssaisDeposes(BaseModel):
    """Les quatre dépôts, dans l'ordre ; le rapport est à la juridiction."""

    depots: tuple[DepotEssai, ...]


def routes(service: Service) -> Router:
    """POST /teletransmission/essais."""
    router = Router(route_class=JsonRoute, dependencies=[administration(service)])

    @router.post("/teletransmission/essais", tags=["Contentieux"], summary="Passer une séance d'essai d'homologation de la juridiction")
    async def passer(request: Request, d: Annotated[DemandeEssais, Body()]) -> EssaisDeposes:
        carrier: Carrier = request.app.state.carrier
        found = []
        for depot, corps, cle in _depots(d):
            chemin = f"/teletransmission/{d.essai.siret}/essais/{depot.partition('-')[0]}"
            statut, dit = await carrier.file(Party.CCSP, bac_of(request), chemin, corps, cle)
            found.append(DepotEssai(depot=depot, statut=statut, code=dit.get("code")))
        return EssaisDeposes(depots=tuple(found))

    return router


def _depots(d: DemandeEssais) -> list[tuple[str, str, str]]:
    """The brief, again under the same key, the piece changed since its fingerprint was taken, the piece: each with its body and its key."""
    commun = {"numero_requete": d.requete, "numero_fps": d.essai.numero_fps, "siret": d.essai.siret, "canal": "teletransmission"}
    dit = {"conteste_erreur": d.conteste_erreur, "conclusions": d.conclusions, "moyens": d.moyens, "signataire": d.signataire}
    memoire = MemoireDefense.model_validate({**commun, **dit}).model_dump_json()
    juste, change = (
        PieceDefense.model_validate({**commun, "rang": 1, "piece": p}).model_dump_json() for p in (d.essai.piece, _changee(d.essai.piece))
    )
    cle = f"essai-{d.requete}"
    return [
        ("memoire", memoire, f"{cle}-memoire"),
        ("memoire-encore", memoire, f"{cle}-memoire"),
        ("piece-changee", change, f"{cle}-changee"),
        ("piece", juste, f"{cle}-piece"),
    ]


def _changee(piece: Piece) -> Piece:
    """The same piece, one byte of which is another, with the fingerprint of the first."""
    octets = bytearray(base64.b64decode(piece.contenu or ""))
    if octets:
        octets[min(PLACE, len(octets) - 1)] ^= 1
    return piece.model_copy(update={"contenu": base64.b64encode(bytes(octets)).decode()})
