"""The API front, the same at the three parties: who is connected, for which collectivités, and every step that is missing, in words."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel, Field

from fps.confiance.depots import EtatCertificat, etat_de
from fps.confiance.habilitation import Habilitation, Identite, Permission
from fps.confiance.refus import AccesRefuse, CertificatIllisible, CertificatRequis, EnteteNonCru
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.clock import wall_now
from fps.kit.trust.acces import CERTIFICAT, marquer, refuser
from fps.kit.trust.identity import Trust, decrire
from fps.villes.annuaire import Annuaire

Demande = Annotated[str | None, Query(pattern=r"^[0-9]{14}$", description="Une collectivité de plus, même sans dépôt")]


class IdentiteVue(BaseModel):
    """Ce que dit un certificat."""

    empreinte: str = Field(description="SHA-256 du certificat")
    nom: str = Field(description="Nom commun du sujet")
    siret: str | None = Field(description="SIRET du titulaire")
    emetteur: str
    numero_serie: str
    valide_du: datetime | None
    valide_au: datetime | None

    @classmethod
    def voir(cls, qui: Identite) -> "IdentiteVue":
        """The identity of this caller."""
        return cls(**{nom: getattr(qui, nom) for nom in cls.model_fields})


class CertificatVu(BaseModel):
    """Un certificat déposé, avec son périmètre ; sans zone, il vaut pour toutes."""

    cle: str = Field(description="SHA-256 du certificat, ou le service simulé")
    siret: str = Field(description="Collectivité pour laquelle il est déposé")
    prestataire: str
    sujet: IdentiteVue | None = Field(description="Absent pour le système de référence du simulateur")
    etat: EtatCertificat
    zones: list[str]
    droits: list[Permission]
    deposee_le: datetime
    effet_le: datetime | None
    remplacee_le: datetime | None
    remplacee_par: str | None

    @classmethod
    def voir(cls, habilitation: Habilitation, trust: Trust, maintenant: datetime) -> "CertificatVu":
        """This deposit at this instant of the bac, its certificate checked now."""
        sujet, refus = examiner(habilitation, trust)
        parts = {nom: getattr(habilitation, nom) for nom in cls.model_fields if nom not in ("sujet", "etat", "zones", "droits")}
        return cls(
            sujet=None if sujet is None else IdentiteVue.voir(sujet),
            etat=etat_de(habilitation, refus, maintenant),
            zones=list(habilitation.zones),
            droits=list(habilitation.droits),
            **parts,
        )


def examiner(habilitation: Habilitation, trust: Trust) -> tuple[Identite | None, AccesRefuse | None]:
    """What the certificate of a deposit says, and why it is not good today, if it is not."""
    if not habilitation.certificat:
        return None, None
    try:
        return trust.reconnaitre(habilitation.certificat), None
    except AccesRefuse as refus:
        return decrire(habilitation.certificat), refus


class Manque(BaseModel):
    """Une étape qui n'est pas encore faite."""

    siret: str | None = Field(description="Collectivité en cause ; absent tant qu'aucune n'est nommée")
    code: str
    phrase: str
    que_faire: str

    @classmethod
    def voir(cls, siret: str | None, refus: AccesRefuse) -> "Manque":
        """This refusal, in words."""
        return cls(siret=siret, code=refus.code, phrase=f"{refus.titre()}. {refus.detail.rstrip('.')}.", que_faire=refus.que_faire)


class Horloges(BaseModel):
    """Les deux temps : conventions et habilitations suivent celui du bac, les certificats le temps réel."""

    bac: str
    instant: datetime
    wall_time: datetime


class Connecte(IdentiteVue):
    """Qui est connecté, et si le certificat est bon aujourd'hui."""

    valable: bool
    code: str | None = Field(description="Pourquoi il ne l'est pas")
    phrase: str | None


class CollectiviteVue(BaseModel):
    """Où en est une collectivité avec ce certificat."""

    siret: str
    nom: str | None
    certificat: CertificatVu | None = Field(description="Le dépôt de ce certificat : son état et son périmètre")


class Front(BaseModel):
    """L'état de la connexion ; « manques » est vide quand rien ne retient les messages de ce certificat."""

    identite: Connecte
    horloges: Horloges
    collectivites: Sequence[CollectiviteVue]
    manques: list[Manque]


def porte(service: Service) -> Any:
    """A door for who shows a certificate that can be read, even one that no other door would take; the route reads it by `connecte`."""

    async def check(request: Request) -> None:
        request.state.refus = None
        try:
            qui = service.extension(Trust).identifier(request.scope)
        except (EnteteNonCru, CertificatIllisible) as refus:
            await refuser(service, request, refus)
            raise
        except AccesRefuse as refus:
            request.state.refus = refus
            qui = decrire(request.scope["extensions"]["tls"]["client_cert_chain"][0])
        if qui is None:
            await refuser(service, request, CertificatRequis(f"{request.method} {request.url.path}"))
        request.state.identite = qui

    return marquer(check, CERTIFICAT)


def connecte(request: Request) -> tuple[Identite, AccesRefuse | None]:
    """Who shows its certificate, and why it is not good today, if it is not."""
    return request.state.identite, request.state.refus


def nommees(qui: Identite, deposes: Iterable[str], siret: str | None, villes: Annuaire) -> list[str | None]:
    """The collectivités that this connection is about: of its deposits, its own, the one that is asked; or None alone."""
    propre = qui.siret if qui.siret is not None and villes.connait(qui.siret) else None
    return [*dict.fromkeys(s for s in (*deposes, propre, siret) if s is not None)] or [None]


def identite(qui: Identite, refus: AccesRefuse | None) -> Connecte:
    """The caller, and whether its certificate is good today."""
    return Connecte(
        **IdentiteVue.voir(qui).model_dump(),
        valable=refus is None,
        code=None if refus is None else refus.code,
        phrase=None if refus is None else f"{refus.titre()}. {refus.detail}",
    )


def horloges(work: Work) -> Horloges:
    """The two times, now."""
    return Horloges(bac=work.bac.nom, instant=work.now, wall_time=wall_now())
