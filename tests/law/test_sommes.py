"""The rules that explain what a FPS still owes and is owed agree with what its acts, in any order, have kept."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from collectivite.domain.forfait import Etat, Forfait
from collectivite.domain.solde import acquis, reste, trop
from fps.messages.mfps import CreationFps

LE = date(2026, 6, 15)
ACTES = st.lists(
    st.sampled_from(["payer", "payer-en-partie", "payer-encore", "minorer", "perdre", "rectifier", "annuler", "rembourser", "titre"]),
    max_size=6,
)


@given(actes=ACTES, montants=st.lists(st.integers(1, 4000), min_size=6, max_size=6))
def test_what_is_due_and_owed_back_is_what_the_acts_have_kept(actes: list[str], montants: list[int]) -> None:
    fps, encaisses = Forfait.etablir(CreationFps.exemplaire()), []
    for acte, montant in zip(actes, montants, strict=False):
        match acte:
            case "payer" if fps.creance:
                encaisses.append(fps.creance)
                fps.payer(fps.creance, LE)
            case "payer-en-partie" if fps.creance > montant:
                encaisses.append(montant)
                fps.payer(montant, LE, solde=False)
            case "minorer" if fps.minoration_montant and fps.montant_rectifie is None and fps.creance == fps.du:
                encaisses.append(fps.minoration_montant)
                fps.payer(fps.minoration_montant, LE, minore=True)
            case "payer-encore" if not fps.creance:
                encaisses.append(montant)
                fps.payer(montant, LE)
            case "perdre" if encaisses and fps.etat in (Etat.PAYE, Etat.PAYE_MINORE) and not fps.rembourse and not fps.part_titre:
                perdu = encaisses.pop()
                solde = sum(encaisses) >= acquis(fps)
                fps.perdre_paiement(perdu, 0 if solde else fps.du - sum(encaisses), LE)
            case "rectifier" if fps.du > montant and fps.etat is not Etat.ANNULE:
                fps.rectifier(montant, LE)
            case "annuler" if fps.etat is not Etat.ANNULE:
                fps.annuler(LE, "Motif")
            case "rembourser" if fps.dette:
                fps.rembourser(min(montant, fps.dette), LE)
            case "titre" if fps.creance > montant:
                fps.solder_titre("2600000001", fps.part_titre + montant, LE, fps.creance - montant)
        assert (reste(fps), trop(fps)) == (fps.creance, fps.dette), (acte, fps)
