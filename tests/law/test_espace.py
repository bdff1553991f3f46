"""Plays the cases of conventions of the folder `espace`: in force or not, how long, renewed, terminated, signed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antai.domain.espace import convention as conventions
from antai.domain.espace.convention import Convention, Conventions, EtatConvention, Signataire
from fps.errors import Refus
from tests.law.cas import Cas, chaque, lire

CAS = lire("espace/espace_conventions.yaml")
SIRET, QUI, INSTANT = "21590350100017", Signataire("Camille Exemple", "Maire"), datetime(2026, 6, 12, 10, tzinfo=UTC)


def ecrite(rang: int, cycle: Any, debut: date, fin: date, etat: str, resiliee_le: date | None = None) -> Convention:
    """A convention as a case writes it."""
    assert etat in ("modele", "deposee", "signee", "resiliee")
    deposee = None if etat == "modele" else INSTANT
    signee = INSTANT if etat in ("signee", "resiliee") else None
    return Convention(rang, cycle, debut, fin, QUI, INSTANT, deposee, "0" * 64, signee_le=signee, resiliee_le=resiliee_le)


def repondre(cas: Cas) -> Any:
    """What the rules answer to a case."""
    if "duree" in cas:
        return conventions.duree(cas["duree"])
    connues: Conventions = tuple(ecrite(rang, *c) for rang, c in enumerate(cas["conventions"], 1))
    le = cas["le"]
    if "prepare" in cas:
        neuve = conventions.proposer(connues, "complet", QUI, cas["prepare"], INSTANT, le)[-1]
        return [neuve.debut, neuve.fin]
    if "resilie" in cas:
        return conventions.resilier(connues, 1, cas["resilie"], "Essai.", le)[0].dernier_jour
    if "signe" in cas:
        signee = conventions.signer(connues, 1, INSTANT, le)[0]
        return [signee.debut, signee.fin]
    return conventions.en_vigueur(connues, SIRET, le).cycle


@chaque(CAS)
def test_the_convention_is_what_the_case_says(cas: Cas) -> None:
    assert cas["article"] and ("attendu" in cas) != ("refus" in cas)
    if "refus" not in cas:
        assert repondre(cas) == cas["attendu"]
        return
    with pytest.raises(Refus) as refus:
        repondre(cas)
    assert refus.value.code == cas["refus"] and refus.value.detail.endswith(".")


def test_each_situation_is_told_once() -> None:
    assert len({c["situation"] for c in CAS}) == len(CAS)


JOURS = st.dates(date(2018, 1, 1), date(2040, 12, 31))


@given(demandes=st.lists(st.tuples(JOURS, st.one_of(st.none(), JOURS), st.booleans()), max_size=8), le=JOURS)
def test_however_they_are_prepared_signed_and_terminated_no_two_conventions_are_in_force_on_one_day(
    demandes: list[tuple[date, date | None, bool]], le: date
) -> None:
    connues: Conventions = ()
    for aujourdhui, autre, resilie in sorted(demandes, key=lambda d: d[0]):
        try:
            connues = conventions.proposer(connues, "complet", QUI, autre, INSTANT, aujourdhui)
            connues = conventions.deposer(connues, connues[-1].rang, "0" * 64, INSTANT)
            connues = conventions.signer(connues, connues[-1].rang, INSTANT, aujourdhui)
            if resilie:
                connues = conventions.resilier(connues, connues[-1].rang, autre or aujourdhui, "Essai.", aujourdhui)
        except Refus:
            continue
    assert sum(c.etat(le) is EtatConvention.EN_VIGUEUR for c in connues) <= 1
