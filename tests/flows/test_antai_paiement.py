"""Paying a FPS at ANTAI: cheques and the day they were sent, those that bounce, sums paid twice, the lock of a number."""

from datetime import date, timedelta
from typing import Any

import pytest

from fps.droit.numero import cle, telepaiement
from fps.kit.ground.clock import paris
from fps.messages.information_paiement import FpsPaye, PaiementAnnule, PaiementRejete
from fps.messages.mfps import CreationFps
from fps.messages.titre import AnnulationTitre, EmissionTitre
from fps_simulateur.pilote.world import World
from tests.parler.antai import NUMERO, Antai

pytestmark = pytest.mark.asyncio(loop_scope="session")
AVIS = "21590350100017261190900001"
AILLEURS, JAMAIS = "21750001600019261190900001", "21590350100017261400900001"  # another town, a day 400
COMPTE = "collectivite:21590350100017"
ENVOI, NOTIFIE, LIMITE, TITRE_LE = date(2026, 6, 29), date(2026, 7, 5), date(2026, 10, 5), date(2026, 10, 16)


def vehicule(plaque: str) -> dict[str, Any]:
    return {**CreationFps.example["vehicule"], "immatriculation": plaque}


# ----------------------------------------------------------------------------------------------------------------- cheques


@pytest.mark.parametrize(
    ("recu", "envoye", "attendu"),
    [
        (LIMITE, LIMITE, "paye"),
        (LIMITE + timedelta(days=1), LIMITE, "paye"),
        (TITRE_LE - timedelta(days=1), LIMITE, "paye"),
        (LIMITE + timedelta(days=1), LIMITE + timedelta(days=1), "delai-paiement-expire"),
        (LIMITE + timedelta(days=1), None, "delai-paiement-expire"),
        (TITRE_LE, LIMITE - timedelta(days=1), "paye"),
        (TITRE_LE, LIMITE, "paye"),
        (TITRE_LE, LIMITE + timedelta(days=1), "titre-deja-emis"),
        (TITRE_LE, None, "titre-deja-emis"),
        (NOTIFIE, NOTIFIE + timedelta(days=1), "date-envoi-impossible"),
        (NOTIFIE, ENVOI - timedelta(days=1), "date-envoi-impossible"),
    ],
)
async def test_a_cheque_counts_the_day_it_was_sent_and_makes_the_title_void_that_came_before_it(
    antai: Antai, recu: date, envoye: date | None, attendu: str
) -> None:
    await antai.aller(recu)
    reponse = (await antai.payer(3000, "cheque", date_envoi=envoye.isoformat() if envoye else None)).json()
    if attendu == "paye":
        assert (await antai.etat(), (await antai.dossier())["paye_le"]) == ("paye", (envoye or recu).isoformat())
        await antai.aller(date(2026, 11, 1))
        titres = int(recu >= TITRE_LE)
        assert (await antai.etat(), await antai.emis(EmissionTitre), await antai.emis(AnnulationTitre)) == ("paye", titres, titres)
    else:
        assert reponse["code"] == attendu


async def test_only_a_cheque_has_a_sending_date_and_it_never_pays_the_reduced_amount(antai: Antai) -> None:
    await antai.aller(NOTIFIE)
    assert (await antai.payer(3000, "guichet", date_envoi=ENVOI.isoformat())).json()["code"] == "date-envoi-impossible"
    for moyen in ("cheque", "guichet", "buraliste"):
        assert (await antai.payer(2100, moyen)).json()["code"] == "minoration-autre-moyen"
    assert (await antai.payer(2100, "serveur-vocal")).json()["minore"] is True


@pytest.mark.parametrize(
    ("paye", "rejete", "etat", "fin"),
    [
        (ENVOI, NOTIFIE - timedelta(days=1), "apa-envoye", "titre-emis"),
        (NOTIFIE, LIMITE, "notifie", "titre-emis"),
        (NOTIFIE, LIMITE + timedelta(days=1), "impaye", "titre-emis"),
        (NOTIFIE, TITRE_LE + timedelta(days=30), "impaye", "titre-emis"),
    ],
)
async def test_a_cheque_that_bounces_puts_the_fps_back_where_its_dates_say(
    antai: Antai, paye: date, rejete: date, etat: str, fin: str
) -> None:
    await antai.aller(paye)
    assert (await antai.payer(3000, "cheque", reference="CHQ-1")).status_code == 200
    await antai.aller(rejete)
    fait = await antai.faire(f"/dossiers/{NUMERO}/cheque-impaye", reference="CHQ-1")
    assert (fait.status_code, fait.json()["etat"]) == (200, etat)
    assert (await antai.emis(PaiementRejete), await antai.soldes()) == (1, {"redevable": 3000, COMPTE: -3000})
    await antai.aller(max(TITRE_LE, rejete) + timedelta(days=1))
    vu = await antai.dossier()
    assert (vu["etat"], vu["date_limite_paiement"]) == (fin, LIMITE.isoformat())
    again = await antai.faire(f"/dossiers/{NUMERO}/cheque-impaye", reference="CHQ-1")
    assert (again.status_code, again.json()["code"]) == (409, "rejet-impossible")


async def test_what_is_no_cheque_does_not_bounce(antai: Antai) -> None:
    await antai.aller(NOTIFIE)
    await antai.payer(3000, reference="CB-1")
    assert (await antai.faire(f"/dossiers/{NUMERO}/cheque-impaye", reference="CB-1")).json()["code"] == "rejet-impossible"
    absent = await antai.faire(f"/dossiers/{NUMERO}/cheque-impaye", reference="CB-2")
    assert (absent.status_code, absent.json()["code"]) == (404, "paiement-inconnu")


async def test_a_cheque_that_bounces_after_the_cancellation_leaves_nothing_to_refund(antai: Antai) -> None:
    await antai.aller(NOTIFIE)
    await antai.payer(3000, "cheque", reference="CHQ-1")
    await antai.retirer()
    fait = await antai.faire(f"/dossiers/{NUMERO}/cheque-impaye", reference="CHQ-1")
    assert (fait.json()["etat"], (await antai.dossier())["a_rembourser"], await antai.soldes()) == ("annule", 0, {})


async def test_a_second_cheque_is_told_and_given_back_and_other_ways_refuse_it(antai: Antai) -> None:
    await antai.aller(NOTIFIE)
    await antai.payer(3000)
    for moyen in ("internet", "guichet", "buraliste"):
        assert (await antai.payer(3000, moyen)).json()["code"] == "fps-deja-paye"
    assert (await antai.faire(f"/dossiers/{NUMERO}/restitution")).json()["code"] == "aucun-trop-percu"
    assert (await antai.payer(3000, "cheque", reference="CHQ-2")).json()["reste_du"] == 0
    assert ((await antai.dossier())["trop_percu"], await antai.emis(PaiementAnnule), await antai.emis(FpsPaye)) == (3000, 1, 1)
    assert await antai.soldes() == {"encaissements": 6000, COMPTE: -3000, "trop-percu": -3000}
    assert (await antai.faire(f"/dossiers/{NUMERO}/restitution")).json()["montant"] == 3000
    assert await antai.soldes() == {"encaissements": 3000, COMPTE: -3000}
    assert (await antai.faire(f"/dossiers/{NUMERO}/restitution")).status_code == 409


async def test_two_payments_never_have_the_same_reference(antai: Antai) -> None:
    await antai.aller(NOTIFIE)
    await antai.payer(3000, "cheque", reference="CHQ-1")
    assert (await antai.payer(3000, "cheque", reference="CHQ-1")).json()["code"] == "reference-deja-utilisee"
    await antai.faire(f"/dossiers/{NUMERO}/cheque-impaye", reference="CHQ-1")
    assert (await antai.payer(3000, "cheque", reference="CHQ-1")).json()["code"] == "reference-deja-utilisee"
    for moyen, suffixe in (("internet", "-2"), ("cheque", "-3")):
        recu = (await antai.payer(3000, moyen, reference=None)).json()
        assert recu["reference"] == f"SIM-{NUMERO[-12:]}{suffixe}"
    assert (await antai.etat(), (await antai.dossier())["trop_percu"]) == ("paye", 3000)


async def test_a_cheque_that_bounces_is_covered_by_the_second_one(antai: Antai) -> None:
    await antai.aller(NOTIFIE)
    await antai.payer(3000, "cheque", reference="CHQ-1")
    await antai.payer(3000, "cheque", reference="CHQ-2")
    assert (await antai.faire(f"/dossiers/{NUMERO}/cheque-impaye", reference="CHQ-1")).json()["etat"] == "paye"
    assert (await antai.emis(PaiementRejete), (await antai.dossier())["trop_percu"]) == (0, 0)
    assert await antai.soldes() == {"encaissements": 3000, COMPTE: -3000}


# ------------------------------------------------------------------------------------------------------------ télépaiement


async def test_five_failures_lock_the_number_for_half_an_hour_even_for_the_right_plate(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde)
    await antai.aller(NOTIFIE)
    faux = f"{NUMERO}{(int(cle(NUMERO)) + 1) % 97:02d}"
    for _ in range(2):
        assert (await antai.payer(immatriculation="AB-123-CE")).json()["code"] == "plaque-differente"
    for _ in range(2):
        assert (await antai.payer(numero_telepaiement=faux)).json()["code"] == "cle-telepaiement-fausse"
    reponse = await monde.client.get(antai.url(f"/payer/{telepaiement(NUMERO)}"), params={"immatriculation": "AB-123-CE"})
    assert reponse.json()["code"] == "plaque-differente"
    for _ in range(2):
        assert (await antai.payer()).json()["code"] == "telepaiement-verrouille"
    instant = paris(NOTIFIE)
    await monde.pilot.avancer(antai.bac, instant + timedelta(minutes=29))
    verrou = await monde.client.get(antai.url(f"/payer/{telepaiement(NUMERO)}"), params={"immatriculation": "AB-123-CD"})
    assert (verrou.status_code, verrou.json()["code"]) == (409, "telepaiement-verrouille")
    await monde.pilot.avancer(antai.bac, instant + timedelta(minutes=1, hours=12))
    assert (await antai.payer()).status_code == 200


async def test_a_success_forgets_the_failures_and_the_lock_is_of_one_number_only(antai: Antai) -> None:
    await antai.aller(NOTIFIE)
    for _ in range(3):
        for _ in range(4):
            assert (await antai.payer(immatriculation="AB-123-CE")).json()["code"] == "plaque-differente"
        vu = await antai.lire(f"/payer/{telepaiement(NUMERO)}", immatriculation="AB-123-CD")
        assert vu["montant"] == 3000
