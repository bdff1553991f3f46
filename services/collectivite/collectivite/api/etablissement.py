"""Establishing FPS: one by one, or by the lot."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from collectivite.actes import etablissement as actes
from collectivite.api.forfaits import ForfaitVu
from collectivite.api.formes import NumeroAgent
from collectivite.domain.etablissement import Constat
from fps.kit.engine.collector import Item
from fps.kit.engine.service import Service
from fps.kit.engine.work import Key, Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.ground.faults import Malformed
from fps.kit.post.door import LOT
from fps.kit.trust.acces import administration
from fps.kit.web import problems
from fps.kit.web.body import LOT_LIMIT, LotRoute, Router, expect_type, read_body
from fps.kit.web.geste import Geste
from fps.kit.web.strict import read
from fps.kit.wire.envelope import BODY_LIMIT, parse
from fps.messages.formats import Centimes, CodePostal, Court, Instant, Ligne, Siret
from fps.messages.mfps import ModeNotification
from fps.messages.parties_prenantes import Vehicule
from fps.villes.autorites import Indicatif

EXEMPLE: dict[str, JsonValue] = {
    "siret": "21590350100017",
    "zone": "rouge",
    "voie": "12 rue de l'Exemple",
    "vehicule": {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "modele": "Clio", "categorie": "voiture"},
    "agent": "0072",
    "montant_deduit": 500,
}


class DemandeFps(BaseModel):
    """Ce que l'agent saisit ; le montant, le numéro et la fin des effets sont calculés."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXEMPLE})

    siret: Siret
    zone: Court | None = Field(
        default=None, description="Code de la zone tarifaire (GET /communes) ; à défaut, celle de la voie ou du code postal"
    )
    voie: Ligne = Field(description="Numéro et nom de la voie du constat")
    code_postal: CodePostal | None = None
    vehicule: Vehicule
    agent: NumeroAgent
    date_heure_constat: Instant | None = Field(default=None, description="Heure du constat ; à défaut, l'heure du bac")
    montant_deduit: Centimes | None = Field(
        default=None, description="Dernier paiement immédiat justifié, en centimes ; à défaut, celui du registre de la plaque"
    )
    mode_notification: ModeNotification | None = Field(default=None, description="À défaut, celui de la collectivité")
    dispositif: Court | None = None
    autorite: Indicatif | None = Field(
        default=None, description="Chiffre de l'autorité de l'agent ; à défaut, celui du prestataire de la zone, sinon de la collectivité"
    )

    def constat(self, maintenant: datetime) -> Constat:
        """What the agent saw, at the bac's time when no hour was typed."""
        champs = {nom: getattr(self, nom) for nom in CHAMPS}
        return Constat(date_heure=self.date_heure_constat or maintenant, **champs)

    def cles(self) -> list[Key]:
        """The series to load before the act, when its day is known."""
        return list(actes.cles(self.siret, self.constat(self.date_heure_constat))) if self.date_heure_constat else []


CHAMPS = ("zone", "voie", "code_postal", "vehicule", "agent", "montant_deduit", "mode_notification", "dispositif", "autorite")


def lire(brut: bytes) -> DemandeFps:
    """One line of a lot; raises Malformed."""
    if len(brut) > BODY_LIMIT:
        raise Malformed("corps-trop-grand", "Une ligne dépasse 1 Mio : envoyez une demande plus petite.", status=413)
    return read(DemandeFps, parse(brut))


def etablir_par(demande: DemandeFps) -> Callable[[Work], Awaitable[ForfaitVu]]:
    """What a transaction does of this demand."""

    async def run(work: Work) -> ForfaitVu:
        return ForfaitVu.voir(await actes.etablir(demande.siret, demande.constat(work.now), work))

    return run


def compte_rendu(ligne: int, resultat: Any) -> str:
    """The line of the answer: the FPS established, or the problem."""
    if isinstance(resultat, ForfaitVu):
        return f'{{"ligne": {ligne}, "statut": 201, "reponse": {resultat.model_dump_json()}}}'
    probleme = problems.of(resultat)
    return f'{{"ligne": {ligne}, "statut": {probleme.status_code}, "probleme": {bytes(probleme.body).decode()}}}'


NDJSON: dict[str, Any] = {"application/x-ndjson": {"schema": {"type": "string"}}}


def routes(service: Service) -> Router:
    """POST /fps and POST /fps/lot."""
    toutes, porte = Router(), administration(service)
    router = Router(dependencies=[porte])
    lots = Router(route_class=LotRoute, dependencies=[porte])

    @router.post("/fps", tags=["FPS"], summary="Établir un FPS", status_code=201)
    async def creer(request: Request, demande: DemandeFps) -> ForfaitVu:
        return await service.ask(bac_of(request), etablir_par(demande), demande.cles())

    @lots.post(
        "/fps/lot",
        tags=["FPS"],
        summary="Établir des FPS par lot",
        description=f"NDJSON, de 1 à {LOT} lignes : chacune est le corps de POST /fps. Une ligne de réponse par demande, dans leur ordre ; "
        "une ligne refusée n'empêche pas les autres.",
        openapi_extra={"requestBody": {"required": True, "content": NDJSON}},
        responses={200: {"description": "Un résultat par ligne", "content": NDJSON}},
        response_class=Response,
    )
    async def creer_lot(request: Request) -> Response:
        expect_type(request, "application/x-ndjson", "application/ndjson", "application/jsonl")
        lignes = [ligne for ligne in (await read_body(request, LOT_LIMIT)).split(b"\n") if ligne.strip()]
        if not 0 < len(lignes) <= LOT:
            raise Malformed("lot-invalide", f"Un lot compte de 1 à {LOT} lignes ; celui-ci en a {len(lignes)}.")
        bac, resultats, demandes = bac_of(request), dict[int, Any](), dict[int, Item]()
        for rang, ligne in enumerate(lignes, 1):
            try:
                demande = lire(ligne)
                demandes[rang] = Item(bac, demande.cles(), etablir_par(demande), geste=Geste("POST", "/fps", texte=ligne.decode()))
            except Malformed as error:
                resultats[rang] = error
        resultats |= zip(demandes, await service.do(list(demandes.values())), strict=True)
        texte = "\n".join(compte_rendu(rang, resultats[rang]) for rang in sorted(resultats))
        return Response(texte + "\n", media_type="application/x-ndjson")

    toutes.take(router)
    toutes.take(lots)
    return toutes
