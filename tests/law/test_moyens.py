"""The ways of paying are one list: the messages, the law and the notices of each party agree with it."""

from typing import get_args

from fps.droit import droit, parametres
from fps.messages.avis import AvisPaiement
from fps.messages.avis_collectivite import AvisPaiementCollectivite
from fps.messages.moyens import MOYENS, Moyen, MoyenMinore, minorable, moyens_de
from fps.messages.titre import Avertissement
from fps.parties import Party


def test_every_way_of_paying_has_a_name_and_somebody_who_takes_it() -> None:
    assert tuple(MOYENS) == get_args(Moyen)
    assert len({usage.nom for usage in MOYENS.values()}) == len(MOYENS)
    assert all(usage.encaisse_par <= {Party.ANTAI, Party.DGFIP, Party.COLLECTIVITE} and usage.encaisse_par for usage in MOYENS.values())


def test_the_notice_of_each_party_prints_the_ways_that_it_takes() -> None:
    assert AvisPaiement.exemplaire().modalites.canaux == moyens_de(Party.ANTAI)
    assert Avertissement.exemplaire().canaux == moyens_de(Party.DGFIP)
    assert AvisPaiementCollectivite.exemplaire().modalites.canaux == moyens_de(Party.COLLECTIVITE)


def test_the_law_takes_the_reduced_amount_by_ways_that_a_message_can_tell_and_that_antai_takes() -> None:
    admis = {canal for valeur in parametres()["minoration_canaux"].valeurs for canal in droit(valeur.depuis).minoration_canaux}
    assert admis == set(get_args(MoyenMinore)) == {moyen for moyen in MOYENS if minorable(moyen)}
    assert admis <= set(moyens_de(Party.ANTAI))


def test_a_part_of_a_title_is_paid_by_cheque_or_at_the_counter() -> None:
    assert {moyen for moyen, usage in MOYENS.items() if usage.acompte} == {"cheque", "guichet"}
