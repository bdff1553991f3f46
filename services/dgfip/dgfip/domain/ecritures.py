"""The entries of the DGFiP's books: one function an act that moves money, each entry balanced."""

from datetime import date

from dgfip.domain.prise_en_charge import PriseEnCharge, Variation
from fps.droit.money import Ecriture, LigneEcriture


def ecriture_prise_en_charge(prise: PriseEnCharge, le: date) -> Ecriture:
    """The redevable owes the FPS to the collectivité and the majoration to the State."""
    lignes = (
        LigneEcriture("redevable", debit=prise.total_du),
        LigneEcriture(f"collectivite:{prise.siret}", credit=prise.montant_impaye),
        LigneEcriture("etat", credit=prise.majoration),
    )
    return Ecriture(le, "prise en charge", lignes)


def ecriture_paiement(montant: int, rabais: int, le: date) -> Ecriture:
    """The payment settles the claim, or a part of it; the rebate is lost by the State alone."""
    lignes = [LigneEcriture("encaissements", debit=montant)]
    if rabais:
        lignes.append(LigneEcriture("etat", debit=rabais))
    lignes.append(LigneEcriture("redevable", credit=montant + rabais))
    return Ecriture(le, "paiement avec rabais" if rabais else "paiement", tuple(lignes))


def ecriture_rejet(montant: int, rabais_perdu: int, le: date) -> Ecriture:
    """A cheque comes back unpaid: its amount is due again, and the rebate that it no longer earns is the State's again."""
    lignes = [LigneEcriture("redevable", debit=montant + rabais_perdu), LigneEcriture("encaissements", credit=montant)]
    if rabais_perdu:
        lignes.append(LigneEcriture("etat", credit=rabais_perdu))
    return Ecriture(le, "chèque impayé", tuple(lignes))


def _mouvements(le: date, libelle: str, soldes: dict[str, int]) -> Ecriture | None:
    """An entry from the change of each account (a debit is positive); None when nothing moves."""
    lignes = tuple(LigneEcriture(c, debit=v) if v > 0 else LigneEcriture(c, credit=-v) for c, v in soldes.items() if v)
    return Ecriture(le, libelle, lignes) if lignes else None


def ecriture_annulation(prise: PriseEnCharge, v: Variation, le: date) -> Ecriture | None:
    """The claim is reduced: the collectivité loses its part, the State its own, and the rebate that has no base any more is undone."""
    soldes = {
        f"collectivite:{prise.siret}": v.fps,
        "etat": v.majoration - v.rabais_perdu,
        "redevable": v.rabais_perdu - v.fps - v.majoration,
    }
    return _mouvements(le, "annulation du titre", soldes)


def ecriture_part(siret: str, montant: int, le: date) -> Ecriture:
    """What was to recover for the collectivité is now owed to it; below zero, a précompte takes it back."""
    attendu, du = f"collectivite:{siret}", f"a-reverser:{siret}"
    if montant < 0:
        return Ecriture.simple(le, "précompte", debit=du, credit=attendu, montant=-montant)
    return Ecriture.simple(le, "part de la collectivité", debit=attendu, credit=du, montant=montant)


def ecriture_amiable(siret: str, montant: int, le: date) -> Ecriture:
    """What ANTAI collected of a FPS is owed to the collectivité; below zero, a cheque takes it back."""
    du = f"a-reverser:{siret}"
    if montant < 0:
        return Ecriture.simple(le, "encaissement amiable perdu", debit=du, credit="encaissements", montant=-montant)
    return Ecriture.simple(le, "encaissement amiable", debit="encaissements", credit=du, montant=montant)


def ecriture_remise(montant: int, le: date) -> Ecriture:
    """The State gives up a part of the majoration."""
    return Ecriture.simple(le, "remise gracieuse", debit="etat", credit="redevable", montant=montant)


def ecriture_prescription(prise: PriseEnCharge, perdu: int, le: date) -> Ecriture | None:
    """What can no longer be recovered is lost, by the collectivité for the FPS and by the State for the majoration."""
    fps = prise.fps_net - prise.part_collectivite
    return _mouvements(le, "prescription", {f"collectivite:{prise.siret}": fps, "etat": perdu - fps, "redevable": -perdu})


def ecriture_remboursement_titre(montant: int, le: date) -> Ecriture:
    """What was paid for nothing goes back to the redevable."""
    return Ecriture.simple(le, "remboursement du titre", debit="redevable", credit="encaissements", montant=montant)


def ecriture_piece_comptable(siret: str, montant: int, le: date) -> Ecriture:
    """The collectivité orders a refund of a FPS: its account at the Treasury pays."""
    return Ecriture.simple(le, "remboursement à payer", debit=f"tresor:{siret}", credit="remboursements", montant=montant)


def ecriture_arret(siret: str, montant: int, le: date) -> Ecriture:
    """A refund that is not paid is no longer ordered."""
    return Ecriture.simple(le, "remboursement arrêté", debit="remboursements", credit=f"tresor:{siret}", montant=montant)


def ecriture_remboursement_fps(montant: int, le: date) -> Ecriture:
    """The refund of a FPS is transferred."""
    return Ecriture.simple(le, "remboursement du FPS", debit="remboursements", credit="tresorerie", montant=montant)


def ecriture_reversement(siret: str, montant: int, le: date) -> Ecriture:
    """What was collected in a month goes to the collectivité, précomptes deducted."""
    return Ecriture.simple(le, "reversement mensuel", debit=f"a-reverser:{siret}", credit="encaissements", montant=montant)
