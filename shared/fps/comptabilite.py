"""The names of the accounts and of the entries, once: the books of the services, the invariants and docs/comptes.md read them here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fps.parties import Party


class Compte(StrEnum):
    """An account. Each service has its own of that name: `PLAN` says what it holds there."""

    REDEVABLE = "redevable"
    RECETTES = "recettes"
    REGIE = "regie"
    ANTAI = "antai"
    DGFIP = "dgfip"
    TRESOR = "tresor"
    A_REMBOURSER = "a-rembourser"
    INDUS = "indus"
    TITRE = "titre"
    ENCAISSEMENTS = "encaissements"
    COLLECTIVITE = "collectivite"
    ETAT = "etat"
    TROP_PERCU = "trop-percu"
    A_REVERSER = "a-reverser"
    REMBOURSEMENTS = "remboursements"
    TRESORERIE = "tresorerie"
    FRAIS = "frais"

    def de(self, siret: str) -> str:
        """This account for one collectivité: « collectivite:21590350100017 »."""
        return f"{self}:{siret}"


class Sens(StrEnum):
    """The side on which an account of a dossier may be, at the end of an instant."""

    DEBIT = "débiteur"
    CREDIT = "créditeur"
    DEUX = "l'un ou l'autre"


@dataclass(frozen=True)
class Solde:
    """What an account holds in one service; `par_collectivite`: one for each SIRET (« collectivite:21590350100017 »)."""

    sens: Sens
    objet: str
    par_collectivite: bool = False


class Libelle(StrEnum):
    """What an entry is about, as it is written in the books and told in the journal."""

    # the collectivité
    FPS_ETABLI = "FPS établi"
    FPS_RECTIFIE = "FPS rectifié"
    FPS_ANNULE = "FPS annulé"
    FPS_SANS_SUITE = "FPS sans suite"
    FPS_PAYE = "FPS payé"
    FPS_MAJORE_PAYE = "FPS majoré payé"
    FPS_REMBOURSE = "FPS remboursé"
    FRAIS_D_INSTANCE = "frais d'instance"
    PAIEMENT_SANS_SUITE = "Paiement sans suite"
    PAIEMENT_DU_TITRE_SANS_SUITE = "Paiement du titre sans suite"
    REMBOURSEMENT_DE_LA_COLLECTIVITE_ARRETE = "Remboursement arrêté"
    # ANTAI
    AVIS_DE_PAIEMENT = "avis de paiement"
    REDUCTION_DU_FPS = "réduction du FPS"
    PAIEMENT_MINORE = "paiement minoré"
    DOUBLE_PAIEMENT = "double paiement"
    CHEQUE_IMPAYE_D_UN_DOUBLE_PAIEMENT = "chèque impayé d'un double paiement"
    RESTITUTION_DU_TROP_PERCU = "restitution du trop-perçu"
    TITRE_EXECUTOIRE = "titre exécutoire"
    TITRE_EXECUTOIRE_PAYE = "titre exécutoire payé à la DGFiP"
    TITRE_D_ANNULATION = "titre d'annulation"
    # ANTAI for a FPS, the DGFiP for a title
    PAIEMENT = "paiement"
    CHEQUE_IMPAYE = "chèque impayé"
    # the DGFiP
    PRISE_EN_CHARGE = "prise en charge"
    PAIEMENT_AVEC_RABAIS = "paiement avec rabais"
    PART_DE_LA_COLLECTIVITE = "part de la collectivité"
    PRECOMPTE = "précompte"
    ANNULATION_DU_TITRE = "annulation du titre"
    ENCAISSEMENT_AMIABLE = "encaissement amiable"
    ENCAISSEMENT_AMIABLE_PERDU = "encaissement amiable perdu"
    REMISE_GRACIEUSE = "remise gracieuse"
    PRESCRIPTION = "prescription"
    REMBOURSEMENT_DU_TITRE = "remboursement du titre"
    REMBOURSEMENT_A_PAYER = "remboursement à payer"
    REMBOURSEMENT_ARRETE = "remboursement arrêté"
    REMBOURSEMENT_DU_FPS = "remboursement du FPS"
    REMBOURSEMENT_COMPENSE = "remboursement compensé"
    REVERSEMENT_MENSUEL = "reversement mensuel"


PLAN: Final[Mapping[Party, Mapping[str, Solde]]] = {
    Party.COLLECTIVITE: {
        Compte.REDEVABLE: Solde(Sens.DEBIT, "ce que le redevable doit encore du FPS"),
        Compte.RECETTES: Solde(Sens.CREDIT, "ce que le FPS rapporte"),
        Compte.REGIE: Solde(Sens.DEBIT, "payé à la collectivité elle-même (paiement rapide, cycle partiel)"),
        Compte.ANTAI: Solde(Sens.DEBIT, "payé à l'ANTAI pour elle"),
        Compte.DGFIP: Solde(Sens.DEBIT, "payé à la DGFiP pour elle sur un titre, précomptes déduits"),
        Compte.TRESOR: Solde(Sens.CREDIT, "son compte au Trésor : remboursements ordonnés"),
        Compte.A_REMBOURSER: Solde(Sens.CREDIT, "ce qu'elle doit rendre d'un FPS payé"),
        Compte.INDUS: Solde(Sens.DEBIT, "rendu, alors que le chèque était sans provision"),
        Compte.FRAIS: Solde(Sens.DEUX, "frais d'instance qu'elle a versés ; créditeur : qui lui ont été versés"),
        Compte.TRESORERIE: Solde(Sens.DEUX, "ce que ces frais ont pris à sa trésorerie, ou lui ont apporté"),
    },
    Party.ANTAI: {
        Compte.REDEVABLE: Solde(Sens.DEBIT, "FPS notifiés et non payés"),
        Compte.TITRE: Solde(Sens.DEBIT, "titres émis et non réglés, à sa connaissance"),
        Compte.ENCAISSEMENTS: Solde(Sens.DEBIT, "payé à l'ANTAI"),
        Compte.COLLECTIVITE: Solde(
            Sens.CREDIT, "ce que la collectivité attend des FPS, payés à l'ANTAI ou non payés", par_collectivite=True
        ),
        Compte.ETAT: Solde(Sens.CREDIT, "majorations que l'État attend"),
        Compte.TROP_PERCU: Solde(Sens.CREDIT, "payé deux fois, à rendre"),
    },
    Party.DGFIP: {
        Compte.REDEVABLE: Solde(Sens.DEUX, "ce que le redevable doit encore du titre ; créditeur : ce qui doit lui être rendu"),
        Compte.ENCAISSEMENTS: Solde(Sens.DEBIT, "payé à l'ANTAI ou à la DGFiP, moins ce qu'elle rend et reverse"),
        Compte.COLLECTIVITE: Solde(Sens.CREDIT, "FPS pris en charge et non encore recouvrés", par_collectivite=True),
        Compte.A_REVERSER: Solde(
            Sens.CREDIT, "FPS encaissés à l'amiable ou recouvrés, dus à la collectivité, précomptes déduits", par_collectivite=True
        ),
        Compte.ETAT: Solde(Sens.CREDIT, "majoration de l'État, rabais, remises et annulations déduits"),
        Compte.TRESOR: Solde(Sens.DEBIT, "compte de la collectivité au Trésor : remboursements qu'elle ordonne", par_collectivite=True),
        Compte.REMBOURSEMENTS: Solde(Sens.CREDIT, "remboursements ordonnés, à payer"),
        Compte.TRESORERIE: Solde(Sens.CREDIT, "remboursements de FPS payés, ou imputés sur un titre"),
    },
    Party.CCSP: {},  # the court collects nothing
}
