"""The register by plate: what is paid and granted."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import ConfigDict, Field

from collectivite.actes import stationnement as actes
from collectivite.api.formes import Demande, Vue
from collectivite.domain.stationnement import DroitDeStationnement, FpsEnVigueur, PaiementImmediat, Stationnement
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.messages.formats import Centimes, Court, Instant, Jour, Pays, Plaque, Siret
from fps.messages.plaques import cle_plaque
from fps.villes.abonnements import Nature

PAYS = "Pays de la plaque, quand il est connu ; à défaut, la ligne vaut pour ce numéro, de quelque pays qu'il soit"


class DemandePaiementImmediat(Demande):
    """Un paiement spontané, tel que l'horodateur ou l'application le dit."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "siret": "21590350100017",
                "immatriculation": "AB-123-CD",
                "reference": "HOR-1",
                "zone": "rouge",
                "debut": "2026-06-12T10:00:00+02:00",
                "fin": "2026-06-12T11:00:00+02:00",
                "montant": 200,
            }
        }
    )

    siret: Siret
    immatriculation: Plaque
    reference: Court
    zone: Court
    debut: Instant
    fin: Instant
    montant: Centimes = Field(description="Somme payée, en centimes ; 0 pour un ticket des minutes gratuites de la zone")
    pays: Pays | None = Field(default=None, description=PAYS)
    visible: bool = Field(default=True, description="Justificatif apposé ou transmis par voie électronique")


class DemandeDroit(Demande):
    """Un droit donné à une plaque ; sans zone, il vaut dans toutes celles où la commune le donne."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "siret": "21590350100017",
                "immatriculation": "AB-123-CD",
                "nature": "resident",
                "zones": ["verte"],
                "depuis": "2026-06-01",
                "jusqu_au": "2026-06-30",
            }
        }
    )

    siret: Siret
    immatriculation: Plaque
    nature: Nature = Field(description="L'un des droits de la commune : cmi-s, resident… ou un droit qu'elle déclare", examples=["cmi-s"])
    zones: tuple[Court, ...] = ()
    depuis: Jour
    jusqu_au: Jour
    pays: Pays | None = Field(default=None, description=PAYS)
    arrivee: Instant | None = Field(default=None, description="Heure d'arrivée du véhicule, pour un droit que la commune limite en heures")


class StationnementVu(Vue):
    """Le registre d'une plaque."""

    siret: str
    immatriculation: str
    paiements: tuple[PaiementImmediat, ...]
    droits: tuple[DroitDeStationnement, ...]
    forfaits: tuple[FpsEnVigueur, ...]


def routes(service: Service) -> Router:
    """/stationnements."""
    router = Router(dependencies=[administration(service)])

    @router.post("/stationnements/paiements", tags=["Contrôle"], summary="Enregistrer un paiement immédiat", status_code=201)
    async def payer(request: Request, d: DemandePaiementImmediat) -> StationnementVu:
        paiement = PaiementImmediat.model_validate(d.model_dump(exclude={"siret", "immatriculation"}) | {"ecrite": d.immatriculation})
        fait = await service.ask(bac_of(request), lambda w: actes.payer(d.siret, d.immatriculation, paiement, w))
        return StationnementVu.model_validate(fait)

    @router.post("/stationnements/droits", tags=["Contrôle"], summary="Enregistrer un droit (résident, CMI-S…)", status_code=201)
    async def accorder(request: Request, d: DemandeDroit) -> StationnementVu:
        droit = DroitDeStationnement.model_validate(d.model_dump(exclude={"siret", "immatriculation"}))
        fait = await service.ask(bac_of(request), lambda w: actes.accorder(d.siret, d.immatriculation, droit, w))
        return StationnementVu.model_validate(fait)

    @router.get("/stationnements", tags=["Contrôle"], summary="Consulter le registre d'une plaque")
    async def consulter(
        request: Request, siret: Annotated[str, Query(pattern=r"^[0-9]{14}$")], immatriculation: Annotated[Plaque, Query()]
    ) -> StationnementVu:
        async with service.reading(bac_of(request)) as lecture:
            trouve = await lecture.work.find(Stationnement, siret, cle_plaque(immatriculation))
        return StationnementVu.model_validate(trouve or Stationnement(siret, cle_plaque(immatriculation)))

    return router
