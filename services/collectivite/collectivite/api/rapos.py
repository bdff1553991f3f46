"""The RAPO on the side of the town: consulted, decided, reported on once a year."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from fastapi import Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from collectivite.actes.dossier import rapo_de
from collectivite.actes.rapo import decider, demander_pieces
from collectivite.api.formes import Motif, Numero, NumeroAgent
from collectivite.domain.rapo import CRITERES, EtatRapo, Rapo, Sens
from collectivite.domain.rapport import Annee, RapportRapo, rapport
from collectivite.store import compter_forfaits, jugements_du, rapos_du
from fps.droit.calendar import instant_paris
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router, negotiated
from fps.kit.web.media import fichier
from fps.kit.web.tableur import en_csv
from fps.messages.formats import Centimes
from fps.messages.parties_prenantes import Demandeur

CodeCritere = Annotated[str, Field(pattern=r"^rapo-[a-z-]{1,40}$")]


class CritereVu(BaseModel):
    """Une condition de recevabilité, et si elle est remplie."""

    code: str
    phrase: str
    article: str
    rempli: bool | None = Field(description="Vide quand seule la copie de l'avis permet de le dire : l'agent y lit la notification")


class RapoVu(BaseModel):
    """Un RAPO, avec sa recevabilité critère par critère ; montants en centimes."""

    numero: str
    numero_rapo: str
    siret: str
    etat: EtatRapo
    canal: str
    demandeur: Demandeur
    expose: str | None
    pieces: tuple[str, ...]
    date_avis_reception: date
    date_limite: date | None = Field(description="Dernier jour du RAPO")
    date_cachet: date | None = Field(description="Cachet de la poste : la date qui dit si le recours est à temps (CRPA, art. L. 112-1)")
    date_limite_decision: date = Field(description="Dernier jour de la décision ; le silence vaut rejet à cette date")
    pieces_demandees: tuple[str, ...] = Field(description="Les conditions que l'auteur a été invité à remplir (CRPA, art. L. 114-5)")
    demandees_le: date | None
    completer_avant_le: date | None = Field(description="Dernier jour laissé à l'auteur ; le mois du silence est suspendu jusque-là")
    complete_le: date | None
    criteres: list[CritereVu]
    decide_le: date | None
    decide_par: str | None
    motif: str | None
    montant_rectifie: int | None
    numero_avis: str | None

    @classmethod
    def voir(cls, rapo: Rapo) -> "RapoVu":
        """What is shown of a RAPO."""
        rempli: dict[str, bool | None] = {**dict.fromkeys(rapo.irrecevabilites, False), **dict.fromkeys(rapo.a_verifier)}
        criteres = [CritereVu(code=c.code, phrase=c.phrase, article=c.article, rempli=rempli.get(c.code, True)) for c in CRITERES]
        return cls.model_validate({**vars(rapo), "criteres": criteres})


class DemandeDecision(BaseModel):
    """Ce que décide l'agent qui instruit un RAPO."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"agent": "90", "sens": "rejet", "motif": "Le justificatif ne couvre pas l'heure du constat."}},
    )

    agent: NumeroAgent
    sens: Sens
    motif: Motif
    montant_rectifie: Centimes | None = Field(default=None, description="Nouveau montant, pour une acceptation partielle")
    sans_qualite: bool = Field(
        default=False, description="L'auteur n'est ni le redevable ni son mandataire : le recours est irrecevable (art. R. 2333-120-13)"
    )

    @model_validator(mode="after")
    def _irrecevable(self) -> Self:
        if self.sans_qualite and self.sens != "irrecevable":
            raise ValueError("un recours sans qualité est irrecevable : « sens » vaut « irrecevable »")
        return self


class DemandePieces(BaseModel):
    """Ce qu'un agent demande à l'auteur d'un RAPO incomplet (CRPA, art. L. 114-5)."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"agent": "90", "manquants": ["rapo-sans-certificat"], "avant_le": "2026-07-20"}}
    )

    agent: NumeroAgent
    manquants: Annotated[tuple[CodeCritere, ...], Field(min_length=1, max_length=10)] = Field(
        description="Codes des conditions que le recours ne remplit pas, ou que la notice produite ne suffit pas à remplir"
    )
    avant_le: date = Field(description="Dernier jour laissé à l'auteur, cachet de la poste faisant foi")


async def statuer_ici(numero: str, d: DemandeDecision, work: Work) -> Rapo:
    """The decision as it was typed."""
    return await decider(numero, d.sens, d.agent, d.motif, d.montant_rectifie, d.sans_qualite, work)


def routes(service: Service) -> Router:
    """GET /rapos/{numero}, POST /rapos/{numero}/decision and /pieces, GET /rapports/rapo/{siret}/{annee}."""
    router = Router(dependencies=[administration(service)])

    @router.get("/rapos/{numero}", tags=["RAPO"], summary="Consulter le RAPO d'un FPS et sa recevabilité")
    async def consulter(request: Request, numero: Numero) -> RapoVu:
        async with service.reading(bac_of(request)) as lecture:
            return RapoVu.voir(await rapo_de(numero, lecture.work))

    @router.post("/rapos/{numero}/decision", tags=["RAPO"], summary="Décider d'un RAPO")
    async def statuer(request: Request, numero: Numero, d: DemandeDecision) -> RapoVu:
        rapo = await service.ask(bac_of(request), lambda w: statuer_ici(numero, d, w))
        return RapoVu.voir(rapo)

    @router.post("/rapos/{numero}/pieces", tags=["RAPO"], summary="Demander à l'auteur d'un RAPO ce qui lui manque")
    async def demander(request: Request, numero: Numero, d: DemandePieces) -> RapoVu:
        rapo = await service.ask(bac_of(request), lambda w: demander_pieces(numero, d.manquants, d.agent, d.avant_le, w))
        return RapoVu.voir(rapo)

    @router.get(
        "/rapports/rapo/{siret}/{annee}",
        tags=["RAPO"],
        summary="Rapport annuel sur les RAPO (CGCT, art. R. 2333-120-15, annexe II)",
        response_model=RapportRapo,
        responses=fichier("Le rapport en JSON, ou le tableau de ses indicateurs en CSV", "text/csv"),
    )
    async def annuel(
        request: Request,
        siret: Annotated[str, Path(pattern=r"^[0-9]{14}$")],
        annee: Annotated[int, Path(ge=2018, le=2199)],
        jusqu_au: Annotated[date | None, Query(description="Pour un rapport en cours d'année")] = None,
        format: Annotated[Literal["json", "csv"] | None, Query(description="sinon, ce que demande Accept ; JSON à défaut")] = None,
    ) -> Any:
        forme = negotiated(request, format, {"json": "application/json", "csv": "text/csv"})
        fin = min(jusqu_au or date(annee, 12, 31), date(annee, 12, 31))
        async with service.reading(bac_of(request)) as lecture:
            ville = lecture.work.ville(siret, fin)
            dit = rapport(ville, annee, await _annee(lecture, siret, annee, fin), await _annee(lecture, siret, annee - 1))
        return Response(en_csv(dit.indicateurs), media_type="text/csv; charset=utf-8") if forme == "csv" else dit

    return router


async def _annee(lecture: Reading, siret: str, annee: int, fin: date | None = None) -> Annee:
    """What the report counts of a year, up to a day."""
    bac, tx, debut, fin = lecture.work.bac.nom, lecture.tx, date(annee, 1, 1), fin or date(annee, 12, 31)
    avis = await compter_forfaits(tx, bac, siret, instant_paris(debut), instant_paris(date(annee + 1, 1, 1)))
    return Annee(await rapos_du(tx, bac, siret, debut, fin), await jugements_du(tx, bac, siret, debut, fin), *avis)
