"""Properties of the plates that hold whatever is typed; their cases are in `plaques.yaml`."""

import string

from hypothesis import given
from hypothesis import strategies as st

from fps.messages.plaques import LONGUEUR, SAISIE, PlaqueIllisible, cle_plaque, francaise, groupes, identiques, lectures, normaliser

LETTRES = "".join(sorted(set(string.ascii_uppercase) - set("IOU")))
paires = st.text(LETTRES, min_size=2, max_size=2).filter(lambda paire: paire not in ("SS", "WW"))
siv = st.builds("{}-{:03d}-{}".format, paires, st.integers(1, 999), paires.filter(lambda paire: paire != "WW"))
fni = st.builds("{} {} {:02d}".format, st.integers(1, 9999), st.text(LETTRES, min_size=1, max_size=3), st.integers(1, 95)).filter(
    lambda texte: texte.split()[1] not in ("C", "K", "CD", "CMD")
)
separateurs = st.sampled_from(["", "-", " ", ".", "–", "\u00a0", " - "])


@given(st.text(max_size=SAISIE + 2))
def test_any_text_is_a_plate_under_one_form_or_is_refused_as_illegible(texte: str) -> None:
    try:
        forme = normaliser(texte)
    except PlaqueIllisible:
        assert not identiques(texte, texte) and francaise(texte) is None
        return
    assert normaliser(forme) == forme and 0 < len(forme) <= LONGUEUR
    assert cle_plaque(cle_plaque(texte)) == cle_plaque(texte) == cle_plaque(forme) == cle_plaque("".join(groupes(texte)))
    assert forme not in lectures(texte)


@given(st.one_of(siv, fni), separateurs, st.booleans())
def test_a_french_plate_is_one_whatever_parts_its_groups_and_its_case(plaque: str, separateur: str, minuscules: bool) -> None:
    tapee = plaque.replace("-", separateur).replace(" ", separateur)
    tapee = tapee.lower() if minuscules else tapee
    assert normaliser(tapee) == cle_plaque(tapee) == plaque and identiques(tapee, plaque)
    assert lectures(tapee) == lectures(tapee, "FR") == ()


@given(siv, st.integers(3, 5), st.booleans())
def test_a_digit_read_as_a_letter_still_finds_the_plate_and_is_told(plaque: str, rang: int, lettre: bool) -> None:
    chiffre, faux = ("0", "O") if lettre else ("1", "I")
    vraie = plaque[:rang] + chiffre + plaque[rang + 1 :]
    if vraie[3:6] == "000":
        return
    lue = plaque[:rang] + faux + plaque[rang + 1 :]
    assert francaise(lue) is None and identiques(lue, vraie) and lectures(lue, "FR") == (vraie,)


@given(siv, siv)
def test_two_french_plates_are_never_taken_for_one_another(une: str, autre: str) -> None:
    assert identiques(une, autre) == (une == autre)


@given(st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=12))
def test_to_be_another_reading_goes_both_ways_abroad(plaque: str) -> None:
    for autre in lectures(plaque, "BE"):
        assert plaque in lectures(autre, "BE")
