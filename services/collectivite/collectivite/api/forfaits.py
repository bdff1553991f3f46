"""The FPS of a town: listed page by page, consulted."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import BaseModel, Field

from collectivite.actes.dossier import demande
from collectivite.api.formes import Numero
from collectivite.domain.acte import Acte, Suite
from collectivite.domain.forfait import Etat, Forfait
from collectivite.store import feuillet_forfaits, forfaits_de
from fps.droit.calendar import PARIS
from fps.droit.numero import NumeroFps
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web import listes
from fps.kit.web.body import Router
from fps.kit.web.problems import malformed
from fps.messages.mfps import ErreurAccuse
from fps.messages.parties_prenantes import Lieu, Vehicule


class ActeVu(BaseModel):
    """Un acte dit à l'ANTAI, et ce qu'elle a répondu."""

    rang: int
    flux: int
    nature: str
    etat: str
    transmis_le: datetime
    repondu_le: datetime | None
    erreurs: tuple[ErreurAccuse, ...]

    @classmethod
    def voir(cls, acte: Acte) -> "ActeVu":
        """What is shown of an act."""
        repondu = acte.repondu_le.astimezone(PARIS) if acte.repondu_le else None
        vu = {"flux": acte.message.flow, "nature": acte.nature, "transmis_le": acte.transmis_le.astimezone(PARIS)}
        return cls(rang=acte.rang, etat=acte.etat, repondu_le=repondu, erreurs=acte.erreurs, **vu)


class ForfaitVu(BaseModel):
    """Un FPS, tel que la collectivité le suit ; montants en centimes."""

    numero: str
    cle: str
    affichage: str = Field(description="Le numéro tel qu'il est imprimé")
    telepaiement: str
    siret: str
    etat: Etat
    motif: str | None
    agent: str
    vehicule: Vehicule
    lieu: Lieu
    date_heure_constat: datetime
    fin_effets: datetime
    montant: int
    montant_deduit: int
    minoration_montant: int | None
    mode_notification: str
    transmission_le: date | None = Field(description="Jour où le message part, quand la collectivité le garde encore")
    accuse_le: datetime | None
    cycle: str
    montant_rectifie: int | None
    montant_actuel: int = Field(description="Ce que vaut le FPS aujourd'hui, paiements non compris")
    date_envoi: date | None = Field(description="Date d'envoi de l'avis, telle que la collectivité la calcule")
    date_notification: date | None = Field(description="Notification présumée par la poste ; celle d'un avis électronique n'est pas dite")
    date_limite_paiement: date | None
    creance: int = Field(description="Ce que le redevable doit encore à la collectivité")
    dette: int = Field(description="Ce que la collectivité doit rendre")
    rembourse: int
    montant_paye: int = Field(description="Ce qui a été payé, part du titre exécutoire comprise")
    paye_le: date | None
    numero_titre: str | None
    suite: Suite = Field(description="Ce que les actes transmis à l'ANTAI attendent : un accusé, ou une correction après un refus")
    actes: list[ActeVu] = Field(description="Les actes transmis à l'ANTAI : rien ne change ici avant son accusé")

    @classmethod
    def voir(cls, forfait: Forfait) -> "ForfaitVu":
        """What is shown of a FPS."""
        numero = NumeroFps.lire(forfait.numero)
        calcules = {
            "montant_actuel": forfait.du,
            "montant_paye": forfait.paye,
            "cle": numero.cle,
            "affichage": numero.affichage,
            "telepaiement": numero.telepaiement,
            "date_heure_constat": forfait.date_heure_constat.astimezone(PARIS),
            "fin_effets": forfait.fin_effets.astimezone(PARIS),
            "transmission_le": forfait.retenu.le if forfait.retenu else None,
            "accuse_le": forfait.accuse_le.astimezone(PARIS) if forfait.accuse_le else None,
            "actes": [ActeVu.voir(acte) for acte in forfait.actes],
        }
        return cls.model_validate({**vars(forfait), **calcules})


class PageForfaits(BaseModel):
    """Une page de FPS, dans l'ordre demandé."""

    elements: list[ForfaitVu]
    suivant: str | None = Field(description=listes.SUIVANT)
    precedent: str | None = Field(default=None, description=listes.PRECEDENT)


Tri = Literal["numero", "-numero", "constat", "-constat", "montant", "-montant", "etat", "-etat"]


def routes(service: Service) -> Router:
    """GET /fps and GET /fps/{numero}."""
    router = Router(dependencies=[administration(service)])

    @router.get("/fps", tags=["FPS"], summary="Lister les FPS, tous ou ceux qu'une recherche trouve")
    async def lister(
        request: Request,
        etat: Etat | None = None,
        suite: Annotated[
            Suite | None,
            Query(description="« a-corriger » : ceux dont l'ANTAI a refusé le dernier acte ; dans l'ordre des numéros seulement"),
        ] = None,
        siret: listes.Siret = None,
        numero: listes.Numero = None,
        plaque: listes.Plaque = None,
        du: listes.Du = None,
        au: listes.Au = None,
        tri: Annotated[
            Tri, Query(description="L'ordre ; avec « - », le dernier d'abord. Le montant est celui de l'établissement")
        ] = "numero",
        apres: listes.Apres = "",
        avant: listes.Avant = "",
        limite: listes.Limite = 50,
        numeros: listes.Numeros = None,
    ) -> PageForfaits:
        filtres = {"etat": etat, "suite": suite, "siret": siret, "numero": numero, "plaque": plaque, "du": du, "au": au}
        seuls = listes.seuls(numeros, {**filtres, "apres": apres, "avant": avant})
        demandee = listes.recherche(tri, {"etat": etat, "suite": suite}, siret, numero, plaque, du, au, apres, avant, limite)
        if suite is not None and (plaque is not None or tri.lstrip("-") != "numero"):
            phrase = "« suite » se lit dans l'ordre des numéros, et sans plaque."
            raise malformed([listes.faute("suite", phrase)])
        async with service.reading(bac_of(request)) as lecture:
            if seuls:
                return PageForfaits(
                    elements=[ForfaitVu.voir(f) for f in await forfaits_de(lecture.tx, lecture.work.bac.nom, numeros or ())], suivant=None
                )
            trouves, feuillet = await feuillet_forfaits(lecture.tx, lecture.work.bac.nom, demandee)
        vus = [ForfaitVu.voir(f) for f in trouves]
        return PageForfaits(elements=vus, suivant=feuillet.suivant, precedent=feuillet.precedent)

    @router.get("/fps/{numero}", tags=["FPS"], summary="Consulter un FPS")
    async def consulter(request: Request, numero: Numero) -> ForfaitVu:
        async with service.reading(bac_of(request)) as lecture:
            return ForfaitVu.voir(await demande(numero, lecture.work))

    return router
