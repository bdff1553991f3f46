"""The entries of the DGFiP's books: one function an act that moves money, each entry balanced."""

from datetime import date

from dgfip.domain.prise_en_charge import PriseEnCharge, Variation
from fps.comptabilite import Compte, Libelle
from fps.droit.money import EcritureEquilibree, LigneEcriture


def ecriture_prise_en_charge(prise: PriseEnCharge, le: date) -> EcritureEquilibree:
    """The redevable owes the FPS to the collectivité and the majoration to the State."""
    lignes = (
        LigneEcriture(Compte.REDEVABLE, debit=prise.total_du),
        LigneEcriture(Compte.COLLECTIVITE.de(prise.siret), credit=prise.montant_impaye),
        LigneEcriture(Compte.ETAT, credit=prise.majoration),
    )
    return EcritureEquilibree(le, Libelle.PRISE_EN_CHARGE, lignes)


def ecriture_paiement(montant: int, rabais: int, le: date) -> EcritureEquilibree:
    """The payment settles the claim, or a part of it; the rebate is lost by the State alone."""
    lignes = [LigneEcriture(Compte.ENCAISSEMENTS, debit=montant)]
    if rabais:
        lignes.append(LigneEcriture(Compte.ETAT, debit=rabais))
    lignes.append(LigneEcriture(Compte.REDEVABLE, credit=montant + rabais))
    return EcritureEquilibree(le, Libelle.PAIEMENT_AVEC_RABAIS if rabais else Libelle.PAIEMENT, tuple(lignes))


def ecriture_rejet(montant: int, rabais_perdu: int, le: date) -> EcritureEquilibree:
    """A cheque comes back unpaid: its amount is due again, and the rebate that it no longer earns is the State's again."""
    lignes = [LigneEcriture(Compte.REDEVABLE, debit=montant + rabais_perdu), LigneEcriture(Compte.ENCAISSEMENTS, credit=montant)]
    if rabais_perdu:
        lignes.append(LigneEcriture(Compte.ETAT, credit=rabais_perdu))
    return EcritureEquilibree(le, Libelle.CHEQUE_IMPAYE, tuple(lignes))


def _mouvements(le: date, libelle: str, soldes: dict[str, int]) -> EcritureEquilibree | None:
    """An entry from the change of each account (a debit is positive); None when nothing moves."""
    lignes = tuple(LigneEcriture(c, debit=v) if v > 0 else LigneEcriture(c, credit=-v) for c, v in soldes.items() if v)
    return EcritureEquilibree(le, libelle, lignes) if lignes else None


def ecriture_annulation(prise: PriseEnCharge, v: Variation, le: date) -> EcritureEquilibree | None:
    """The claim is reduced: the collectivité loses its part, the State its own, and the rebate that has no base any more is undone."""
    soldes = {
        Compte.COLLECTIVITE.de(prise.siret): v.fps,
        Compte.ETAT: v.majoration - v.rabais_perdu,
        Compte.REDEVABLE: v.rabais_perdu - v.fps - v.majoration,
    }
    return _mouvements(le, Libelle.ANNULATION_DU_TITRE, soldes)


def ecriture_part(siret: str, montant: int, le: date) -> EcritureEquilibree:
    """What was to recover for the collectivité is now owed to it; below zero, a précompte takes it back."""
    attendu, du = Compte.COLLECTIVITE.de(siret), Compte.A_REVERSER.de(siret)
    if montant < 0:
        return EcritureEquilibree.simple(le, Libelle.PRECOMPTE, debit=du, credit=attendu, montant=-montant)
    return EcritureEquilibree.simple(le, Libelle.PART_DE_LA_COLLECTIVITE, debit=attendu, credit=du, montant=montant)


def ecriture_amiable(siret: str, montant: int, le: date) -> EcritureEquilibree:
    """What ANTAI collected of a FPS is owed to the collectivité; below zero, a cheque takes it back."""
    du = Compte.A_REVERSER.de(siret)
    if montant < 0:
        return EcritureEquilibree.simple(le, Libelle.ENCAISSEMENT_AMIABLE_PERDU, debit=du, credit=Compte.ENCAISSEMENTS, montant=-montant)
    return EcritureEquilibree.simple(le, Libelle.ENCAISSEMENT_AMIABLE, debit=Compte.ENCAISSEMENTS, credit=du, montant=montant)


def ecriture_remise(montant: int, le: date) -> EcritureEquilibree:
    """The State gives up a part of the majoration."""
    return EcritureEquilibree.simple(le, Libelle.REMISE_GRACIEUSE, debit=Compte.ETAT, credit=Compte.REDEVABLE, montant=montant)


def ecriture_prescription(prise: PriseEnCharge, perdu: int, le: date) -> EcritureEquilibree | None:
    """What can no longer be recovered is lost, by the collectivité for the FPS and by the State for the majoration."""
    fps = prise.fps_net - prise.part_collectivite
    return _mouvements(
        le, Libelle.PRESCRIPTION, {Compte.COLLECTIVITE.de(prise.siret): fps, Compte.ETAT: perdu - fps, Compte.REDEVABLE: -perdu}
    )


def ecriture_remboursement_titre(montant: int, le: date) -> EcritureEquilibree:
    """What was paid for nothing goes back to the redevable."""
    return EcritureEquilibree.simple(
        le, Libelle.REMBOURSEMENT_DU_TITRE, debit=Compte.REDEVABLE, credit=Compte.ENCAISSEMENTS, montant=montant
    )


def ecriture_piece_comptable(siret: str, montant: int, le: date) -> EcritureEquilibree:
    """The collectivité orders a refund of a FPS: its account at the Treasury pays."""
    return EcritureEquilibree.simple(
        le, Libelle.REMBOURSEMENT_A_PAYER, debit=Compte.TRESOR.de(siret), credit=Compte.REMBOURSEMENTS, montant=montant
    )


def ecriture_arret(siret: str, montant: int, le: date) -> EcritureEquilibree:
    """A refund that is not paid is no longer ordered."""
    return EcritureEquilibree.simple(
        le, Libelle.REMBOURSEMENT_ARRETE, debit=Compte.REMBOURSEMENTS, credit=Compte.TRESOR.de(siret), montant=montant
    )


def ecriture_remboursement_fps(montant: int, le: date) -> EcritureEquilibree:
    """The refund of a FPS is transferred."""
    return EcritureEquilibree.simple(
        le, Libelle.REMBOURSEMENT_DU_FPS, debit=Compte.REMBOURSEMENTS, credit=Compte.TRESORERIE, montant=montant
    )


def ecriture_compensation(montant: int, le: date) -> EcritureEquilibree:
    """The refund of a FPS goes to a title of its redevable, whose books receive it as a payment."""
    return EcritureEquilibree.simple(
        le, Libelle.REMBOURSEMENT_COMPENSE, debit=Compte.REMBOURSEMENTS, credit=Compte.TRESORERIE, montant=montant
    )


def ecriture_reversement(siret: str, montant: int, le: date) -> EcritureEquilibree:
    """What was collected in a month goes to the collectivité, précomptes deducted."""
    return EcritureEquilibree.simple(
        le, Libelle.REVERSEMENT_MENSUEL, debit=Compte.A_REVERSER.de(siret), credit=Compte.ENCAISSEMENTS, montant=montant
    )
