"""The espace numérique, its conventions and its certificates as the screens of ANTAI show them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from antai.domain.espace.convention import Convention, EtatConvention
from antai.domain.espace.espace import Espace, EtatEspace
from fps.droit.calculs import Cycle
from fps.kit.engine.work import Work
from fps.kit.trust import personnes
from fps.messages.formats import Ligne
from fps.messages.parties_prenantes import Adresse, Contact, ContactRapo
from fps.villes.reductions import Reduction

TAG = "Espace numérique"
Login = Annotated[str, Field(pattern=personnes.LOGIN, description="Identifiant de connexion")]
MotDePasse = Annotated[SecretStr, Field(max_length=200, description="De 12 à 128 caractères")]


class Formulaire(BaseModel):
    """What is read strictly."""

    model_config = ConfigDict(extra="forbid")


class NouvelAgent(Formulaire):
    """Un compte à créer."""

    login: Login
    nom: Ligne
    mot_de_passe: MotDePasse


class EtatDemande(BaseModel):
    """Ce que chacun peut savoir de la demande d'une collectivité."""

    siret: str
    nom: str
    etat: EtatEspace
    demande_le: datetime
    decide_le: datetime | None
    motif: str | None = Field(description="Motif du refus de l'ANTAI")

    @classmethod
    def voir(cls, espace: Espace, work: Work) -> "EtatDemande":
        """The state of this espace, under the name that the bac knows, else that of its form."""
        ville = work.villes.chercher(espace.siret, work.today)
        return cls(
            siret=espace.siret,
            nom=espace.contact.nom if ville is None else ville.nom,
            etat=espace.etat,
            demande_le=espace.demande_le,
            decide_le=espace.decide_le,
            motif=espace.motif,
        )


class ConventionVue(BaseModel):
    """Une convention ; « fin » est son dernier jour, « resiliee_le » le premier jour sans elle."""

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
    """L'espace numérique, tel que ses agents le voient."""

    type: str
    adresse: Adresse
    contact: Contact
    cycle: Cycle | None = Field(description="Cycle choisi pour la prochaine convention")
    minoration: Reduction | None
    contact_rapo: ContactRapo | None
    conventions: list[ConventionVue]

    @classmethod
    def complet(cls, espace: Espace, work: Work) -> "EspaceVu":
        """This espace as it stands that day."""
        reglages = espace.reglages
        return cls(
            **EtatDemande.voir(espace, work).model_dump(),
            type=espace.type,
            adresse=espace.adresse,
            contact=espace.contact,
            cycle=reglages.cycle,
            minoration=reglages.minoration,
            contact_rapo=reglages.contact_rapo,
            conventions=[ConventionVue.voir(c, work.today) for c in espace.conventions],
        )
