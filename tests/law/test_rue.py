"""Runs the cases of the street (folder `rue`): paying hours, deduction, rights, what a town file may not say."""

import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from collectivite.domain.stationnement import DroitDeStationnement, PaiementImmediat, Stationnement, controler, limiter, verifier_ticket
from fps.donnees import lire_yaml
from fps.droit.calculs import (
    date_envoi_apa,
    date_envoi_apres_notice,
    date_limite_paiement,
    date_notification_postale,
    emission_titre_le,
    fin_effets,
)
from fps.droit.calendar import PARIS
from fps.errors import Refus
from fps.villes.commune import Commune
from fps.villes.horaires import HeuresPayantes, Horaires
from fps.villes.lieux import ZoneAmbigue, ZoneIntrouvable
from fps.villes.reductions import PaiementRapide, Reduction
from fps.villes.zones import Zone
from tests.law.cas import ICI, Cas, chaque, lire

EXEMPLE: dict[str, Any] = lire_yaml((ICI / "rue" / "exemple.yaml").read_text("utf-8"))
ESSAI = Commune.model_validate(EXEMPLE)


def heures(x: dict[str, Any]) -> HeuresPayantes:
    versions = {date(2018, 1, 1): Horaires.model_validate(x["horaires"])} if "horaires" in x else {}
    return HeuresPayantes(versions, x.get("territoire", "metropole"))


@chaque(lire("rue/heures.yaml"))
def test_the_paying_hours_and_what_they_leave_out(x: Cas) -> None:
    assert x["article"]
    if "payant" in x:
        instant = datetime.fromisoformat(x["payant"])
        assert heures(x).payant(instant) is x["attendu"] and (heures(x).reprise(instant) is None) is x["attendu"]
        return
    depart, minutes = datetime.fromisoformat(x["effets"][0]), x["effets"][1]
    terme = fin_effets(depart, minutes, heures(x).interruptions(depart, minutes))
    assert terme.isoformat() == x["attendu"] and heures(x).terme(depart, minutes) == terme.astimezone(UTC)


@chaque(lire("rue/deduction.yaml"))
def test_what_a_control_finds_in_the_street(x: Cas) -> None:
    assert x["article"]
    zone, registre = ESSAI.zone("centre"), Stationnement(ESSAI.siret, "AB-123-CD")
    try:
        for debut, fin, montant in x.get("paiements", []):
            paiement = PaiementImmediat(
                reference=debut, zone="centre", debut=datetime.fromisoformat(debut), fin=datetime.fromisoformat(fin), montant=montant
            )
            verifier_ticket(paiement, zone, ESSAI.heures("centre"))
            registre.payer(paiement)
        if "droit" in x:
            nature, arrivee = x["droit"]
            donne = DroitDeStationnement(
                nature=nature,
                zones=(),
                depuis=date(2026, 6, 1),
                jusqu_au=date(2026, 6, 30),
                arrivee=datetime.fromisoformat(arrivee) if arrivee else None,
            )
            registre.ouvrir(limiter(donne, ESSAI.droit(nature)))
    except Refus as refus:
        assert refus.code == x["refus"] and refus.article and refus.champ
        return
    trouve = controler(registre, zone, datetime.fromisoformat(x["a"]), ESSAI.heures("centre"))
    assert [trouve.verdict.value, trouve.deduit] == x["attendu"]


def placer(donnees: Any, chemin: str, valeur: Any) -> None:
    """Put a value at a path; its dates are keys too."""
    cle, _, reste = chemin.partition(".")
    rang: Any = int(cle) if isinstance(donnees, list) else next((k for k in donnees if str(k) == cle), cle)
    if reste:
        placer(donnees[rang], reste, valeur)
    elif isinstance(donnees, list) and rang == len(donnees):
        donnees.append(valeur)
    else:
        donnees[rang] = valeur


@chaque(lire("rue/refus.yaml"))
def test_a_town_file_that_cannot_be_is_refused_with_its_reason(x: Cas) -> None:
    donnees = copy.deepcopy(EXEMPLE)
    for chemin, valeur in x["changer"].items():
        placer(donnees, chemin, valeur)
    with pytest.raises(ValidationError) as refus:
        Commune.model_validate(donnees)
    assert x["dit"] in str(refus.value)


@settings(max_examples=40)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),  # noqa: DTZ001 (given its zone below)
    st.integers(1, 400),
    st.lists(st.sampled_from(range(0, 24 * 60 + 1, 20)), min_size=2, max_size=6, unique=True).map(sorted),
)
def test_the_minutes_that_are_paid_make_the_duration(naif: datetime, duree: int, bords: list[int]) -> None:
    textes = [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in zip(bords[::2], bords[1::2], strict=False)]
    ouvertes = heures({"horaires": {"jours": {"tous": textes}, "feries": "payants"}})
    depart = naif.replace(second=0, microsecond=0, tzinfo=PARIS)
    terme = fin_effets(depart, duree, ouvertes.interruptions(depart, duree))
    pas = timedelta(minutes=1)
    debut, fin = depart.timestamp(), terme.timestamp()
    instants = [datetime.fromtimestamp(debut + 60 * n, PARIS) for n in range(min(round((fin - debut) / 60), 3_000))]
    if len(instants) == 3_000:
        return  # hours so short that the end is weeks away: told by the cases
    assert sum(ouvertes.payant(i) for i in instants) == duree and ouvertes.payant(terme - pas)


REDUCTIONS = [
    (Reduction(pourcent=30, delai_jours=9), 7500, 5250),
    (Reduction(montant=1000, delai_jours=9), 3000, 1000),
    (Reduction(montant=1000, delai_jours=9), 1000, None),
    (Reduction(montant=1000, delai_jours=9), 800, None),
    (Reduction(pourcent=30, delai_jours=9), 1, None),
    (Reduction(pourcent=99, delai_jours=9), 20, None),
]


@pytest.mark.parametrize(("reduction", "montant", "attendu"), REDUCTIONS)
def test_a_reduction_is_less_than_the_fps_and_more_than_nothing(reduction: Reduction, montant: int, attendu: int | None) -> None:
    minoration = reduction.minoration(montant)
    assert (minoration and minoration.montant) == attendu


def test_the_reduced_sum_of_the_quick_payment_lasts_its_hours_from_the_finding() -> None:
    rapide = PaiementRapide.model_validate({"jours": 5, "reduit": {"heures": 24, "montant": 1500}})
    constat = datetime(2026, 6, 15, 10, tzinfo=PARIS)
    assert [rapide.somme(2800, constat, constat + timedelta(hours=24, minutes=n)) for n in (-1, 0, 1)] == [1500, 1500, 2800]
    assert rapide.somme(1200, constat, constat) == 1200
    assert PaiementRapide(jours=5).somme(2800, constat, constat) == 2800


def test_a_town_sets_how_long_its_notice_waits_and_the_title_follows() -> None:
    """Titles of 2018 and 2019 come 119 to 123 days after the finding, the notice eleven days after it (CE, n° 429414, 438038, 436605)."""
    constat, ecarts = date(2018, 6, 12), {}
    for jours in (0, 10, 11, 12):
        envoi = date_envoi_apa(constat, jours)
        titre = emission_titre_le(date_limite_paiement(date_notification_postale(envoi)))
        ecarts[jours] = ((envoi - constat).days, (titre - constat).days)
    assert ecarts == {0: (1, 110), 10: (10, 119), 11: (11, 120), 12: (12, 121)}
    assert date_envoi_apres_notice(constat, 5, 11) == date(2018, 6, 28)


@pytest.mark.parametrize(
    ("debut", "minutes", "reference", "refus"),
    [("10:00", 15, "B", False), ("10:00", 16, "B", True), ("14:00", 30, "A", False), ("14:00", 31, "A", True), ("demain", 30, "B", False)],
)
def test_a_free_ticket_is_taken_once_a_day(debut: str, minutes: int, reference: str, refus: bool) -> None:
    """At Cholet thirty minutes are free once a day for a vehicle: fifteen were taken at nine, by the ticket A."""
    zone = Zone.model_validate({**EXEMPLE["zones"][0], "ticket_gratuit": 30})
    registre, neuf = Stationnement(ESSAI.siret, "AB-123-CD"), datetime(2026, 6, 15, 9, tzinfo=PARIS)
    pris = PaiementImmediat(reference="A", zone="centre", debut=neuf, fin=neuf + timedelta(minutes=15), montant=0)
    verifier_ticket(pris, zone, ESSAI.heures("centre"), registre)
    registre.payer(pris)
    le = neuf + timedelta(days=1) if debut == "demain" else neuf.replace(hour=int(debut[:2]))
    ticket = PaiementImmediat(reference=reference, zone="centre", debut=le, fin=le + timedelta(minutes=minutes), montant=0)
    if refus:
        with pytest.raises(Refus, match="minutes sont gratuites"):
            verifier_ticket(ticket, zone, ESSAI.heures("centre"), registre)
    else:
        verifier_ticket(ticket, zone, ESSAI.heures("centre"), registre)


LIEUX = {
    "centre": (["00300"], ["Rue des Lilas", "3 place Haute"]),
    "port": (["00300"], ["Quai de l'Écluse", "Boulevard Saint-Éloi", "Avenue du Modèle", "Place Haute"]),
    "gare": (["00301"], ["Avenue du Modèle"]),
}


@chaque(lire("rue/zones.yaml"))
def test_a_zone_is_found_from_its_street_and_its_postcode(x: Cas) -> None:
    assert x["article"]
    zones = [{**EXEMPLE["zones"][0], "code": code, "codes_postaux": cp, "voies": voies} for code, (cp, voies) in LIEUX.items()]
    ville = Commune.model_validate({**EXEMPLE, "zones": zones[:1] if x.get("seule") else zones})
    try:
        assert ville.situer(x.get("voie"), x.get("code_postal")).code == x["attendu"]
    except (ZoneIntrouvable, ZoneAmbigue) as refus:
        assert (refus.code, refus.champ, bool(refus.article)) == (x["refus"], "zone", True)


def dater(**champs: Any) -> Commune:
    """The town of the example whose zone, then the town, have these fields."""
    zone = {**EXEMPLE["zones"][0], "duree_maximale": {"2018-01-01": 120, "2020-01-01": 180}}
    zone["tarifs"] = {"2018-01-01": {"30": 0, "60": 200, "120": 3000}, "2020-01-01": {"60": 300, "180": 4500}}
    zone["fps"] = {"2018-01-01": {"voiture": 3000}, "2020-01-01": {"voiture": 4500}}
    return Commune.model_validate({**EXEMPLE, "zones": [zone], **champs})


@pytest.mark.parametrize(
    ("jour", "duree", "plafond", "fin"),
    [(date(2019, 12, 31), 120, 3000, "12:00"), (date(2020, 1, 2), 180, 4500, "15:00"), (date(2020, 1, 3), 180, 4500, "15:00")],
)
def test_the_longest_duration_is_that_of_its_day(jour: date, duree: int, plafond: int, fin: str) -> None:
    ville, dix = dater(), datetime(jour.year, jour.month, jour.day, 10, tzinfo=PARIS)
    zone = ville.zone("centre")
    assert (zone.duree(jour), zone.plafond(jour)) == (duree, plafond)
    assert f"{fin_effets(dix, zone.duree(jour), ville.interruptions('centre', dix)):%H:%M}" == fin
    registre = Stationnement(ville.siret, "AB-123-CD")
    registre.payer(PaiementImmediat(reference="A", zone="centre", debut=dix, fin=dix + timedelta(minutes=60), montant=200))
    deux_heures = dix + timedelta(hours=2)  # noon, free; the third paid hour is that of two o'clock
    trouve = controler(registre, zone, deux_heures + timedelta(hours=2, minutes=30), ville.heures("centre"))
    assert trouve.deduit == (0 if duree == 120 else 200)


def test_a_duration_or_a_quick_payment_without_a_date_is_of_always_and_is_written_again_as_it_was_read() -> None:
    assert ESSAI.zone("centre").duree(date(2018, 1, 1)) == ESSAI.zone("centre").duree(date(2030, 1, 1)) == 120
    rapide = {"jours": 5, "reduit": {"heures": 24, "montant": 1500}}
    for champs in ({"paiement_rapide": rapide}, {"paiement_rapide": {"2018-01-01": rapide, "2020-01-01": None}}, {}):
        for ville in (Commune.model_validate({**EXEMPLE, **champs}), dater(**champs)):
            ecrite = ville.model_dump(mode="json", by_alias=True)
            assert Commune.model_validate(ecrite) == ville
            assert ecrite["paiement_rapide"] is None or set(ecrite["paiement_rapide"]) == set(champs["paiement_rapide"])
    assert dater().model_dump(mode="json", by_alias=True)["zones"][0]["duree_maximale"] == {"2018-01-01": 120, "2020-01-01": 180}


@pytest.mark.parametrize(("jour", "jours"), [(date(2019, 12, 31), 5), (date(2020, 1, 1), 3), (date(2020, 1, 2), 3), (date(2021, 1, 1), 0)])
def test_the_quick_payment_is_that_of_its_day(jour: date, jours: int) -> None:
    ville = dater(paiement_rapide={"2018-01-01": {"jours": 5}, "2020-01-01": {"jours": 3}, "2021-01-01": None})
    assert ville.paiement_rapide_jours(jour) == jours and (ville.rapide(jour) is None) is (jours == 0)


def test_a_subscription_that_the_town_sells_is_a_right_in_its_zones() -> None:
    """The driver who has one parks there without a ticket; what the town declares as a right, or the law gives, is said first."""
    mois = {"nature": "abonne-gare", "nom": "Abonné de la gare", "periode": "mois", "zones": ["gare"], "prix": {"2018-01-01": 4500}}
    semaine = {**mois, "periode": "semaine", "zones": ["centre"]}
    zones = [{**EXEMPLE["zones"][0], "code": code} for code in ("centre", "gare", "port")]
    ville = Commune.model_validate({**EXEMPLE, "zones": zones, "abonnements": [mois, semaine, {**mois, "nature": "cmi-s"}]})
    vendu = ville.droit("abonne-gare")
    assert (vendu.nom, vendu.zones, vendu.heures) == ("Abonné de la gare", ("centre", "gare"), None)
    assert (ville.droit("cmi-s").heures, ville.droit("resident").zones) == (24, ())
    with pytest.raises(Refus, match="abonne-gare, cmi-s, deux-roues"):
        ville.droit("abonne-port")


@pytest.mark.parametrize(
    "gratuit",
    [
        (),
        ({"du": "08-01", "au": "08-31"}, {"du": "12-24", "au": "01-02"}),
        ({"du": "2026-05-01", "au": "2026-05-03"},),  # of one year only: not counted
    ],
    ids=["toujours", "périodes de chaque année", "période d'une année"],
)
def test_the_paid_minutes_of_a_year_are_the_sum_of_its_days(gratuit: tuple[dict[str, str], ...]) -> None:
    horaires = Horaires.model_validate(
        {"jours": {"lundi-vendredi": ["09:00-12:00", "14:00-19:00"], "dimanche": ["10:00-12:30"]}, "gratuit": gratuit, "feries": "payants"}
    )
    libres = [p for p in horaires.gratuit if len(p.du) == 5]
    jours = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    un_a_un = sum(fin - debut for j in jours if not any(p.couvre(j) for p in libres) for debut, fin in horaires.plages(j, "metropole"))
    assert horaires.minutes_par_an == un_a_un > 0
