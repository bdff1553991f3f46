"""Who owes a FPS, as the simulated registers answer: holder, lessee, purchaser, or a reason to give up."""

from antai.domain.registres import identifier, series_reservees
from fps.messages.parties_prenantes import Vehicule
from tests.law.cas import Cas, chaque, lire

CAS = lire("vies/antai_registres.yaml")


def voiture(plaque: str, pays: str = "FR") -> Vehicule:
    return Vehicule(immatriculation=plaque, pays=pays, marque="Renault", categorie="voiture")


@chaque(CAS)
def test_the_registers_name_the_redevable_or_the_reason_to_give_up(cas: Cas) -> None:
    vu = identifier("graine", voiture(cas["plaque"], cas.get("pays", "FR")))
    assert cas["article"]
    if "motif" in cas:
        assert (vu.redevable, vu.motif) == (None, cas["motif"])
    else:
        assert vu.redevable is not None and vu.motif is None
        assert vu.redevable.qualite == cas["qualite"]
        assert vu.redevable.identite.nature == cas.get("nature", vu.redevable.identite.nature)
    assert list(vu.registres) == cas["registres"]
    assert (vu.electronique, vu.introuvable) == (cas.get("electronique", False), cas.get("introuvable", False))


def test_every_reserved_series_has_a_case_and_is_a_true_plate_elsewhere() -> None:
    assert {c["plaque"][:2] for c in CAS if c["plaque"][:1] == "Z"} == set(series_reservees())
    for serie in series_reservees():  # an old number that begins with the same letters is an ordinary plate
        assert identifier("graine", voiture(f"{serie}1234")).motif is None


def test_the_lessee_is_not_the_holder_and_the_same_seed_finds_them_again() -> None:
    plaques = [f"-{n:03d}-AA" for n in range(1, 60)]
    loues = [identifier("graine", voiture("ZL" + p)).redevable for p in plaques]
    assert loues == [identifier("graine", voiture("ZL" + p)).redevable for p in plaques]
    tenus = [identifier("graine", voiture("ZD" + p)).redevable for p in plaques]
    assert not {p.nom_complet + p.adresse.voie for p in loues if p} & {p.nom_complet + p.adresse.voie for p in tenus if p}
