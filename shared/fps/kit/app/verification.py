"""The routes that verify the journals of a service, and that give the signed heads for keeping elsewhere."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from fps.kit.app.formes import NombreSignees
from fps.kit.data.database import Transaction
from fps.kit.engine import audit, bacs, verification
from fps.kit.engine.service import Service
from fps.kit.engine.verification import Constat, JournalInconnu, Verification
from fps.kit.trust import ancres
from fps.kit.trust.ancres import Ancreur
from fps.kit.web.body import Router

MONTRES = 50  # findings that one answer lists
Apres = Annotated[int, Query(ge=0, lt=1 << 53)]


class PageVerification(BaseModel):
    """Ce qui a été lu, ce qui n'y va pas (cinquante constats au plus), et où continuer ; « suivant » est vide à la fin."""

    lus: int = Field(description="Actes lus, ou ancres lues")
    nombre: int = Field(description="Constats en tout dans cette page")
    constats: tuple[Constat, ...]
    suivant: str | None
    non_signes: int = Field(0, description="Actes écrits depuis la dernière ancre")


class Ancre(BaseModel):
    """Une ancre : des têtes de journaux, signées."""

    numero: int
    jws: str = Field(description="JWS compact (RFC 7515), avec son certificat (x5c) : les têtes signées sont dans son contenu")


class PageAncres(BaseModel):
    """Les ancres d'un bac, dans l'ordre."""

    service: str
    bac: str
    ancres: tuple[Ancre, ...]
    suite: bool


def routes(router: Router, service: Service, ancreur: Ancreur) -> None:
    """The journal of each dossier, the audit journal, the anchors."""
    notaire = ancreur.notaire

    async def existant(tx: Transaction, nom: str) -> None:
        if nom != audit.SANS_BAC:
            await bacs.find(tx, nom)

    @router.get("/bacs/{nom}/journal/verification", summary="Vérifier les journaux des dossiers d'un bac, page après page")
    async def verifier_dossiers(nom: str, apres: str = "", limite: Annotated[int, Query(ge=1, le=1_000)] = 500) -> PageVerification:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            lus, constats, suivant = await verification.page(tx, nom, apres, limite)
        return PageVerification(lus=lus, nombre=len(constats), constats=tuple(constats[:MONTRES]), suivant=suivant)

    @router.get("/bacs/{nom}/journal/{sujet}/verification", summary="Vérifier la chaîne du journal d'un dossier, sa tête et ses ancres")
    async def verifier(nom: str, sujet: str) -> Verification:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            lignes, constats = await verification.dossier(tx, nom, sujet)
            signes, nomme = await ancres.nommes(tx, notaire, nom, sujet)
        if not lignes and not constats and not nomme:
            raise JournalInconnu(f"« {sujet[:80]} »")
        return verification.verification(lignes, [*constats, *signes][:MONTRES])

    @router.get("/bacs/{nom}/audit/verification", summary="Vérifier la chaîne du journal d'audit d'un bac")
    async def verifier_audit(nom: str) -> Verification:
        async with service.database.read() as tx:
            await existant(tx, nom)
            return await verification.audit(tx, nom)

    @router.get("/bacs/{nom}/ancres", summary="Lire les têtes signées d'un bac, pour les garder ailleurs")
    async def lire(nom: str, apres: Apres = 0, limite: Annotated[int, Query(ge=1, le=1_000)] = 200) -> PageAncres:
        async with service.database.read() as tx:
            await existant(tx, nom)
            rows = await ancres.lire(tx, nom, apres, limite)
        signees: Any = tuple(ancres.textes(rows))
        return PageAncres(service=service.party.value, bac=nom, ancres=signees, suite=len(rows) == limite)

    @router.post("/bacs/{nom}/ancres", summary="Signer maintenant les têtes qui ont bougé")
    async def signer(nom: str) -> NombreSignees:
        async with service.database.read() as tx:
            await existant(tx, nom)
        return NombreSignees(signees=await ancreur.ancrer())

    @router.get("/bacs/{nom}/ancres/verification", summary="Vérifier les têtes signées d'un bac, et les lignes qu'elles nomment")
    async def verifier_ancres(nom: str, apres: Apres = 0, limite: Annotated[int, Query(ge=1, le=1_000)] = 200) -> PageVerification:
        async with service.database.read() as tx:
            await existant(tx, nom)
            lues, constats, suivant, _ = await ancres.examiner(tx, notaire, nom, apres, limite)
            attend = await ancres.en_attente(tx, nom)
        fin = None if suivant is None else str(suivant)
        return PageVerification(lus=lues, nombre=len(constats), constats=tuple(constats[:MONTRES]), suivant=fin, non_signes=attend)
