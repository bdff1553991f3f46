"""The doors of the mailbox of the bac: a product drops its letters to the people, the simulated driver posts his to the product."""

import asyncio
import uuid
from functools import partial
from typing import Annotated, Literal

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from fps.errors import Conflit
from fps.kit.boxes import adresses, boites, remise
from fps.kit.boxes.boites import Acheminement, Destination
from fps.kit.boxes.remise import PDF, REMIS, Remise
from fps.kit.boxes.retrait import Boite, Siret, SiretDemande, tenir
from fps.kit.boxes.sonnette import Boites
from fps.kit.engine.service import Service
from fps.kit.engine.work import IDS, Work
from fps.kit.trust.acces import administration, certificat
from fps.kit.trust.habilitations import habilitee, sans_condition
from fps.kit.web.body import Router
from fps.kit.wire.envelope import digest, read_message
from fps.messages.message import Message
from fps.messages.rapo import AccuseReceptionRapo, DepotRapo, DepotRapoPostal

PLIS = {cls.type: cls for cls in (DepotRapo, DepotRapoPostal)}
LOI = "CGCT, art. R. 2333-120-13"
EXEMPLE = {
    "siret": AccuseReceptionRapo.example["numero_fps"][:14],
    "type": AccuseReceptionRapo.type,
    "contenu": AccuseReceptionRapo.example,
}


class SansProduit(Conflit):
    """Aucun produit ne tient la place de cette collectivité"""

    code = "sans-produit"
    que_faire = "Dites où vont ses lettres (PUT …/destinations/{siret}), ou déposez ce recours à la collectivité de référence (flux 3)."


class CourrierRemis(BaseModel):
    """Un courrier du produit à l'usager : son contenu structuré et, si possible, le document que le produit en a fait."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXEMPLE})

    siret: str = Field(pattern=r"^[0-9]{14}$")
    type: str = Field(max_length=60, description=f"{', '.join(sorted(cls.type for cls in REMIS))}")
    contenu: dict[str, JsonValue] = Field(description="Le message de ce type, tel que flux.md le décrit")
    document: str | None = Field(None, max_length=900_000, description="Le document, en base64 : ses mentions sont alors cherchées aussi")
    type_media: Literal["application/pdf", "text/plain"] | None = Field(None, description="Ce qu'est le document ; un PDF, à défaut")


class MentionVue(BaseModel):
    """Une mention obligatoire, dans l'ordre du texte."""

    mention: str
    article: str
    presente: bool
    manque: str = Field(description="Ce qui manque, en une phrase ; vide quand rien ne manque")


class RemiseVue(BaseModel):
    """Un courrier du produit, dans la boîte aux lettres du bac, et ce qui a été trouvé de ses mentions."""

    id: str
    type_document: str | None
    prestataire: str
    complet: bool = Field(description="Aucune mention ne manque")
    mentions: list[MentionVue]


class Pli(BaseModel):
    """Ce que l'usager simulé poste au produit : un RAPO en ligne, ou par lettre recommandée."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["fps.03.depot.v1", "fps.03.depot-postal.v1"]
    contenu: dict[str, JsonValue]
    adresse: str | None = Field(None, max_length=500, description="Celle du contact RAPO de l'avis ; à défaut, celle de ses autres lettres")


class PliPoste(BaseModel):
    """Où est le pli, et sous quel identifiant."""

    id: str
    mode: Acheminement = Field(description="adresse : posté ; retrait : il attend dans la boîte du produit")
    nouveau: bool = Field(description="Faux quand le même pli avait déjà été posté")


def _vue(found: Remise) -> RemiseVue:
    vues = [MentionVue(mention=x.mention, article=x.article, presente=not x.manque, manque=x.manque) for x in remise.constats(found)]
    complet = all(x.presente for x in vues)
    return RemiseVue(id=found.id, type_document=found.type_media, prestataire=found.prestataire, complet=complet, mentions=vues)


def routes(service: Service) -> Router:
    """The routes of who holds a certificate that the collectivité has activated."""
    router = Router(dependencies=[certificat(service)], tags=["Courriers du produit"])

    @router.post("/courriers", status_code=201, summary="Remettre à l'usager un courrier de la collectivité")
    async def remettre(request: Request, courrier: CourrierRemis) -> RemiseVue:
        """Il entre dans la boîte aux lettres du bac même s'il lui manque des mentions : la réponse et le journal disent lesquelles."""

        async def act(boite: Boite) -> RemiseVue:
            cls = remise.classe(courrier.type)
            message, _ = read_message(cls, courrier.contenu)
            remise.verifier_siret(message, courrier.siret)
            media = None if courrier.document is None else courrier.type_media or PDF
            texte = await asyncio.to_thread(remise.texte_de, media, courrier.document)

            async def run(work: Work) -> Remise:
                acces, quoi = service.definition.acces or sans_condition, f"le courrier « {cls.nom} »"
                qui = await habilitee(acces, None, boite.qui, courrier.siret, REMIS[cls], work, quoi=quoi)
                return (await remise.remettre(work, courrier.siret, message, texte, media, courrier.document, qui))[0]

            return _vue(await service.ask(boite.bac, run))

        return await tenir(service, request, courrier.siret, act)

    @router.get("/courriers/{identifiant}", summary="Lire ce qui a été trouvé des mentions d'un courrier remis")
    async def lire(request: Request, identifiant: str, siret: SiretDemande) -> RemiseVue:
        async def act(boite: Boite) -> RemiseVue:
            async with service.reading(boite.bac) as reading:
                await boite.ouvrir(reading.work)
                return _vue(await remise.lire(reading.tx, boite.bac, identifiant, siret))

        return await tenir(service, request, siret, act)

    return router


def pilotage(service: Service) -> Router:
    """Those of the pilot, who plays the driver."""
    router = Router(prefix="/pilotage/bacs/{nom}", dependencies=[administration(service)], tags=["pilotage"])

    @router.post("/boites/{siret}/plis", status_code=201, summary="Poster au produit ce que l'usager simulé lui écrit")
    async def poster(nom: str, siret: Siret, pli: Pli) -> PliPoste:
        message, _ = read_message(PLIS[pli.type], pli.contenu)
        adresse = None if pli.adresse is None else (await adresses.verifier(pli.adresse, service.settings)).texte

        async def run(work: Work) -> PliPoste:
            return await _poster(work, siret, message, adresse)

        found = await service.ask(nom, run)
        service.database.after(partial(service.extension(Boites).sonnette.sonner, nom, [siret]))
        return found

    @router.get("/courriers/{identifiant}/mentions", summary="Lire ce qui a été trouvé des mentions d'un courrier du produit")
    async def mentions(nom: str, identifiant: Annotated[str, Path(max_length=80)]) -> RemiseVue:
        async with service.database.read() as tx:
            return _vue(await remise.lire(tx, nom, identifiant))

    return router


async def _poster(work: Work, siret: str, message: Message, adresse: str | None) -> PliPoste:
    work.ville(siret)
    remise.verifier_siret(message, siret)
    destination = await work.find_or_add(Destination(siret, Acheminement.REFERENCE, None, 0, work.now, ""))
    if adresse is None and destination.mode is Acheminement.REFERENCE:
        raise SansProduit(f"SIRET {siret}.")
    id = str(uuid.uuid5(IDS, f"{work.graine}/usager/{siret}/{message.type}/{digest(message.model_dump_json())}"))
    lettre = await boites.mettre(work, destination, id, message, adresse)
    if lettre is not None:
        work.record(message.sujet, "rapo-adresse", LOI, id=id, type=message.type)
    mode = Acheminement.ADRESSE if adresse is not None else destination.mode
    return PliPoste(id=id, mode=mode, nouveau=lettre is not None)
