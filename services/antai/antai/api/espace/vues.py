"""The espace numérique, its conventions and its certificates as the screens of ANTAI show them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from antai.domain.espace.certificats import EtatCertificat, etat_de
from antai.domain.espace.convention import Convention, EtatConvention
from antai.domain.espace.espace import Espace, EtatEspace, MinorationDeclaree
from fps.confiance.habilitation import Habilitation, Identite, Permission
from fps.confiance.refus import AccesRefuse
from fps.droit.calculs import Cycle
from fps.kit.trust import personnes
from fps.kit.trust.identity import Trust, decrire
from fps.messages.formats import Ligne
from fps.messages.parties_prenantes import Adresse, Contact, ContactRapo
from fps.villes.communes import commune

TAG = "Espace numérique"
Login = Annotated[str, Field(pattern=personnes.LOGIN, description="Identifiant de connexion")]
MotDePasse = Annotated[SecretStr, Field(max_length=200, description="De 12 à 128 caractères")]


class Formulaire(BaseModel):
    """What is read strictly."""

    model_config = ConfigDict(extra="forbid")


class NouvelAgent(Formulaire):
    """An account to create."""

    login: Login
    nom: Ligne
    mot_de_passe: MotDePasse


class EtatDemande(BaseModel):
    """What anyone may know of the request of a collectivité."""

    siret: str
    nom: str
    etat: EtatEspace
    demande_le: datetime
    decide_le: datetime | None
    motif: str | None = Field(description="Motif du refus de l'ANTAI")

    @classmethod
    def voir(cls, espace: Espace) -> "EtatDemande":
        """The state of this espace."""
        return cls(
            siret=espace.siret,
            nom=commune(espace.siret).nom,
            etat=espace.etat,
            demande_le=espace.demande_le,
            decide_le=espace.decide_le,
            motif=espace.motif,
        )


class ConventionVue(BaseModel):
    """A convention; `fin` is its last day, `resiliee_le` the first day without it."""

    rang: int
    cycle: Cycle
    etat: EtatConvention
    debut: date
    fin: date
    deposee_le: datetime | None
    empreinte: str | None = Field(description="SHA-256 du document que la collectivité a déposé")
    retour: str | None = Field(description="Pourquoi l'ANTAI a rendu le dernier dépôt")
    signee_le: datetime | None
    resiliee_le: date | None
    motif_resiliation: str | None

    @classmethod
    def voir(cls, convention: Convention, le: date) -> "ConventionVue":
        """This convention as it stands that day."""
        parts = {nom: getattr(convention, nom) for nom in cls.model_fields if nom != "etat"}
        return cls(etat=convention.etat(le), **parts)


class EspaceVu(EtatDemande):
    """The espace as its agents see it."""

    type: str
    adresse: Adresse
    contact: Contact
    cycle: Cycle | None = Field(description="Cycle choisi pour la prochaine convention")
    minoration: MinorationDeclaree | None
    contact_rapo: ContactRapo | None
    conventions: list[ConventionVue]

    @classmethod
    def complet(cls, espace: Espace, le: date) -> "EspaceVu":
        """This espace as it stands that day."""
        reglages = espace.reglages
        return cls(
            **EtatDemande.voir(espace).model_dump(),
            type=espace.type,
            adresse=espace.adresse,
            contact=espace.contact,
            cycle=reglages.cycle,
            minoration=reglages.minoration,
            contact_rapo=reglages.contact_rapo,
            conventions=[ConventionVue.voir(c, le) for c in espace.conventions],
        )


class IdentiteVue(BaseModel):
    """What a certificate says."""

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
    """A deposited certificate, with its perimeter; no zone means all of them."""

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
