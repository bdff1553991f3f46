"""A title paid in part, cancelled in part, its cheques bounced: ANTAI and the DGFiP say the same of what is left, whatever came first."""

from collections.abc import Sequence
from datetime import date
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from antai.domain.dossier import Dossier, Etat
from antai.domain.titre import TitreCollectif
from dgfip.domain import paiement
from dgfip.domain import prise_en_charge as dgfip
from fps.droit.calculs import majoration
from fps.droit.calendar import instant_paris
from fps.errors import Refus
from fps.messages.information_paiement import TitrePaye
from fps.messages.mfps import CreationFps
from fps.messages.titre import AnnulationTitre, EmissionTitre
from tests.law.cas import Cas, chaque, lire

CAS = lire("vies/titre_en_parts.yaml")
TITRE_LE, LE = date(2024, 1, 16), date(2024, 6, 1)
Acte = tuple[str, Any]


def a_l_antai(fps: int) -> Dossier:
    """A FPS whose title is issued."""
    dossier = Dossier.ouvrir(CreationFps.exemplaire().model_copy(update={"montant_fps": fps, "minoration": None}), date(2023, 9, 28))
    dossier.envoyer_avis(date(2023, 9, 29))
    dossier.notifier()
    dossier.constater_impaye()
    TitreCollectif(dossier.siret, TITRE_LE, "2400000001").inscrire(dossier)
    return dossier


def a_la_dgfip(fps: int) -> dgfip.PriseEnCharge:
    """The same title, notified long enough ago for no rebate."""
    due = majoration(fps, TITRE_LE)
    message = EmissionTitre.exemplaire().model_copy(update={"montant_impaye": fps, "majoration": due, "total_du": fps + due})
    prise = dgfip.PriseEnCharge.ouvrir(message)
    prise.avertir(date(2024, 1, 23))
    return prise


def ligne(prise: dgfip.PriseEnCharge, annule: tuple[int, int], rang: int) -> AnnulationTitre:
    titre = {"numero_titre": prise.numero_titre, "rang_titre": prise.rang, "rang_annexe": rang}
    return AnnulationTitre.exemplaire().model_copy(update={**titre, "montant_fps_annule": annule[0], "majoration_annulee": annule[1]})


def vivre(fps: int, actes: Sequence[Acte]) -> tuple[dgfip.PriseEnCharge, list[Acte]]:
    """What the DGFiP makes of these acts, each as it is still possible, and what ANTAI learns or does of each."""
    prise, nouvelles, verses = a_la_dgfip(fps), [], list[int]()
    for rang, (nom, quoi) in enumerate(actes, start=1):
        try:
            if nom == "payer":
                prise.payer(quoi, LE, partiel=True)
                verses.append(quoi)
                nouvelles.append(("apprendre", paiement.informations(prise, "cheque", instant_paris(LE))[0]))
            elif nom == "rejeter":
                if verses:
                    prise.rejeter_paiement(verses.pop(quoi % len(verses)))
                    nouvelles.append(("apprendre", paiement.informations(prise, "cheque", instant_paris(LE))[0]))
            else:
                prise.annuler(ligne(prise, quoi, rang))
                nouvelles.append(("annuler", quoi))
        except Refus:
            continue
    return prise, nouvelles


def suivre(dossier: Dossier, nouvelles: Sequence[Acte]) -> None:
    """ANTAI, in this order."""
    for nom, quoi in nouvelles:
        if nom == "annuler":
            fps, plus = quoi
            dossier.annuler_titre(fps, plus, "collectivite", LE)
        elif isinstance(quoi, TitrePaye):
            dossier.encaisser_titre(quoi.montant_paye, quoi.rabais, LE, solde=quoi.reste_du == 0, rejets=quoi.rejets)


def reste(prise: dgfip.PriseEnCharge) -> int:
    return max(prise.net_du - prise.encaisse, 0)


@chaque(CAS)
def test_what_a_title_still_waits_for_is_shared_again_at_each_cancellation(cas: Cas) -> None:
    actes = [*(("payer", m) for m in cas["payes"]), *(("annuler", tuple(a)) for a in cas["annules"])]
    prise, nouvelles = vivre(3500, actes)
    assert cas["article"] and len(nouvelles) == len(actes)
    for ordre in permutations(nouvelles):
        dossier = a_l_antai(3500)
        suivre(dossier, ordre)
        regle = dossier.titre_regle
        assert [3500 - regle[0], 5000 - regle[1]] == cas["reste"], ordre
        assert dossier.titre_reste_du == sum(cas["reste"]) == reste(prise)
        assert (dossier.etat is Etat.TITRE_PAYE) == (cas["reste"] == [0, 0])


actes = st.lists(
    st.one_of(
        st.tuples(st.just("payer"), st.integers(1, 9000)),
        st.tuples(st.just("rejeter"), st.integers(0, 5)),
        st.tuples(st.just("annuler"), st.tuples(st.integers(0, 3500), st.integers(0, 5000)).filter(sum)),
    ),
    max_size=8,
)


@given(st.sampled_from([1500, 3500, 30_000]), actes, st.randoms(use_true_random=False))
def test_the_two_services_agree_after_any_life_whatever_the_order_of_the_letters(fps: int, vie: list[Acte], hasard: Any) -> None:
    prise, nouvelles = vivre(fps, vie)
    dossier, en_ordre = a_l_antai(fps), a_l_antai(fps)
    suivre(en_ordre, nouvelles)
    hasard.shuffle(nouvelles)
    suivre(dossier, nouvelles)
    assert dossier.titre_reste_du == en_ordre.titre_reste_du == reste(prise)
    assert dossier.titre_regle == en_ordre.titre_regle and dossier.etat is en_ordre.etat
