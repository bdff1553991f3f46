"""A dossier as the screens of ANTAI show it."""

from datetime import date
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from antai.domain.dossier import Dossier, Etat
from antai.domain.paiement import montant_minore
from fps.droit.numero import cle
from fps.messages.formats import InstantVu

Numero = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="Numéro de l'avis de paiement, 26 chiffres")]
Siret = Annotated[str, Path(pattern=r"^[0-9]{14}$", description="SIRET de la collectivité")]


class DossierVu(BaseModel):
    """Un dossier, tel que l'ANTAI le suit ; montants en centimes. Le redevable n'y est pas."""

    model_config = ConfigDict(from_attributes=True)

    numero: str
    cle: str
    siret: str
    immatriculation: str
    etat: Etat
    motif_abandon: str | None
    montant_initial: int
    montant: int = Field(description="Montant du FPS aujourd'hui, après avis rectificatif ou annulation partielle")
    montant_minore: int | None = Field(description="Montant minoré encore payable aujourd'hui")
    minoration_jusqu_au: date | None
    montant_paye: int
    paye_le: date | None
    recu_le: date
    date_envoi: date | None
    date_notification: date | None
    date_limite_paiement: date | None
    cycle: str
    electronique: bool
    lu_le: InstantVu | None
    pli_revenu_le: date | None
    numero_avis: str | None = Field(description="Numéro de l'avis rectificatif, le cas échéant")
    annule_le: date | None
    origine_annulation: str | None
    a_rembourser: int = Field(description="Somme que la collectivité doit rembourser")
    trop_percu: int = Field(description="Somme payée deux fois, que l'ANTAI rend à la demande")
    majoration: int
    numero_titre: str | None
    rang_annexe: int | None
    date_titre: date | None
    titre_fps_annule: int
    titre_majoration_annulee: int
    titre_reste_du: int
    requete_en_attente: str | None

    @classmethod
    def voir(cls, dossier: Dossier, le: date) -> "DossierVu":
        """What is shown of a dossier that day."""
        ouvert = dossier.etat in (Etat.APA_ENVOYE, Etat.NOTIFIE)
        calcules = {"cle": cle(dossier.numero), "montant_minore": montant_minore(dossier, le) if ouvert else None}
        calcules |= {"a_rembourser": dossier.a_rembourser, "titre_reste_du": dossier.titre_reste_du}
        return cls.model_validate({**vars(dossier), **calcules})


class DossierChange(BaseModel):
    """Ce que devient le dossier ; montants en centimes."""

    numero_fps: str
    etat: Etat
    montant: int

    @classmethod
    def voir(cls, dossier: Dossier) -> "DossierChange":
        """This dossier, after an act."""
        return cls(numero_fps=dossier.numero, etat=dossier.etat, montant=dossier.montant)
