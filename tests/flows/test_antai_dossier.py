"""What ANTAI does of a FPS before its title: notices, reductions and cancellations, each refusal."""

from datetime import date, timedelta
from typing import Any

import pytest

from fps.droit.numero import cle, telepaiement
from fps.messages.annulation import InformationAnnulationTitre
from fps.messages.avis import RequeteImpression
from fps.messages.information_paiement import PaiementAnnule
from fps.messages.mfps import CreationFps
from fps.messages.titre import EmissionTitre
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.antai import DEPART, NUMERO, Antai

pytestmark = pytest.mark.asyncio(loop_scope="session")
AVIS = "21590350100017261190900001"
AILLEURS, JAMAIS = "21750001600019261190900001", "21590350100017261400900001"  # another town, a day 400
COMPTE = "collectivite:21590350100017"
ENVOI, NOTIFIE, LIMITE, TITRE_LE = date(2026, 6, 29), date(2026, 7, 5), date(2026, 10, 5), date(2026, 10, 16)


def vehicule(plaque: str) -> dict[str, Any]:
    return {**CreationFps.example["vehicule"], "immatriculation": plaque}


# ------------------------------------------------------------------------------------------------------------ rectificatif


async def test_a_rectificatif_has_its_own_number_and_the_limit_of_the_first_notice(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde)
    await antai.aller(date(2026, 7, 8))
    avant = await antai.dossier()
    assert (await antai.rectifier(1500)).json()["statut"] == "accepte"
    vu = await antai.dossier()
    assert (vu["montant_initial"], vu["montant"], vu["montant_minore"], vu["numero_avis"]) == (3000, 1500, None, AVIS)
    assert vu["date_limite_paiement"] == avant["date_limite_paiement"] == LIMITE.isoformat()
    courriers = await monde.pilot.courriers(antai.bac, NUMERO)
    rectificatif = next(c for c in courriers if c["nom"] == "apa-rectificatif")
    lettre = await monde.pilot.courrier(antai.bac, Party.ANTAI, rectificatif["id"])
    modalites = lettre["modalites"]
    assert (modalites["date_limite_paiement"], modalites["minoration"], modalites["date_limite_rapo"]) == (LIMITE.isoformat(), None, None)
    assert modalites["telepaiement"] == telepaiement(AVIS) and lettre["etablissement"]["date_envoi"] == "2026-07-08"
    assert await antai.emis(RequeteImpression) == 2
    assert await antai.soldes() == {"redevable": 1500, COMPTE: -1500}
    paye = await antai.payer(1500, numero_telepaiement=telepaiement(AVIS))
    assert (paye.status_code, paye.json()["numero_avis"], paye.json()["reste_du"]) == (200, AVIS, 0)
    assert await antai.soldes() == {"encaissements": 1500, COMPTE: -1500}


async def test_a_town_that_lowers_a_fps_by_itself_leaves_the_rapo_and_its_rectificatif_open(monde: World) -> None:
    for montant, etat in ((500, "notifie"), (0, "annule")):
        antai = await Antai.avec_un_fps(monde)
        await antai.aller(date(2026, 7, 8))
        assert (await antai.rectifier(2000, origine="collectivite")).json()["statut"] == "accepte"
        spontane = await rectificatif(antai)
        assert (spontane["rapo_ouvert"], spontane["etablissement"]["date_reception_rapo"]) == (True, None)
        assert (spontane["modalites"]["date_limite_rapo"], spontane["modalites"]["date_limite_recours"]) == ("2026-08-05", None)
        autre = {"numero_avis": AVIS[:-1] + "2", "cle_avis": cle(AVIS[:-1] + "2")}
        assert (await antai.rectifier(1500, origine="collectivite", **autre)).json()["code"] == "rectificatif-deja-recu"
        assert (await antai.rectifier(montant, **autre)).json()["statut"] == "accepte"
        apres = await rectificatif(antai, autre["numero_avis"])
        assert (apres["rapo_ouvert"], apres["etablissement"]["date_reception_rapo"]) == (False, "2026-07-06")
        assert (apres["modalites"]["date_limite_rapo"], apres["modalites"]["date_limite_recours"]) == (None, "2026-08-17")
        vu = await antai.dossier()
        assert (vu["etat"], vu["numero_avis"], vu["montant"]) == (etat, autre["numero_avis"], montant or 2000)
        assert await antai.soldes() == ({"redevable": montant, COMPTE: -montant} if montant else {})


async def rectificatif(antai: Antai, numero: str = AVIS) -> dict[str, Any]:
    """The rectificatif of this number, as it was sent."""
    lettres = [c["id"] for c in await antai.world.pilot.courriers(antai.bac, NUMERO) if c["nom"] == "apa-rectificatif"]
    lues = [await antai.world.pilot.courrier(antai.bac, Party.ANTAI, lettre) for lettre in lettres]
    return next(dict(lue) for lue in lues if lue["numero_avis"] == numero)


async def test_the_first_number_pays_the_rectified_amount_and_not_the_old_one(antai: Antai) -> None:
    await antai.aller(date(2026, 7, 8))
    await antai.rectifier(1500)
    assert (await antai.payer(3000)).json()["code"] == "paiement-excessif"
    assert (await antai.payer(1500)).json()["numero_fps"] == NUMERO


async def test_a_rectificatif_at_zero_then_its_cancellation_in_any_order_cancel_once(monde: World) -> None:
    fins = []
    for ordre in ((0, 1), (1, 0), (0, 0, 1, 1)):
        antai = await Antai.avec_un_fps(monde)
        await antai.aller(date(2026, 7, 8))
        for lequel in ordre:
            reponse = await (antai.retirer(origine="rapo") if lequel else antai.rectifier(0))
            assert reponse.json()["statut"] == "accepte", reponse.text
        assert await antai.echeances() == []
        fins.append((await antai.dossier(), await antai.courriers(), await antai.soldes()))
    assert fins[0] == fins[1] == fins[2]
    vu, courriers, soldes = fins[0]
    assert (vu["etat"], vu["origine_annulation"], soldes) == ("annule", "rapo", {})
    assert courriers.count("apa-rectificatif") == 1


async def test_a_rectificatif_after_a_payment_leaves_something_to_refund_and_the_books_as_they_are(antai: Antai) -> None:
    await antai.aller(date(2026, 7, 6))
    await antai.payer(3000)
    await antai.aller(date(2026, 7, 8))
    assert (await antai.rectifier(3000)).json()["code"] == "modification-apres-paiement"
    assert (await antai.rectifier(1200)).json()["statut"] == "accepte"
    vu = await antai.dossier()
    assert (vu["etat"], vu["a_rembourser"]) == ("paye", 1800)
    assert await antai.soldes() == {"encaissements": 3000, COMPTE: -3000}


@pytest.mark.parametrize(
    ("champs", "code", "erreur"),
    [
        ({"cle_avis": "46"}, "rectificatif-refuse", "cle-fausse"),
        ({"numero_avis": NUMERO, "cle_avis": cle(NUMERO)}, "numero-deja-utilise", "numero-deja-utilise"),
        ({"numero_avis": AILLEURS, "cle_avis": cle(AILLEURS)}, "rectificatif-refuse", "numero-avis-faux"),
        ({"numero_avis": JAMAIS, "cle_avis": cle(JAMAIS)}, "rectificatif-refuse", "numero-jour-impossible"),
        ({"date_edition": "2026-07-09T09:00:00+02:00"}, "rectificatif-refuse", "edition-future"),
        ({"date_reception_rapo": "2026-07-07T10:00:00+02:00"}, "rectificatif-refuse", "edition-avant-rapo"),
        ({"date_reception_rapo": "2026-06-11T10:00:00+02:00"}, "rectificatif-refuse", "demande-avant-constat"),
        ({"siret": "21750001600019"}, "rectificatif-refuse", "numero-avis-faux"),
        ({"montant_rectifie": 3000}, "rectificatif-sans-reduction", "rectificatif-sans-reduction"),
        ({"montant_rectifie": 3001}, "rectificatif-sans-reduction", "rectificatif-sans-reduction"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)  # fmt: skip
async def test_a_false_rectificatif_is_refused_by_an_accuse_that_names_the_error(antai: Antai, champs: Any, code: str, erreur: str) -> None:
    await antai.aller(date(2026, 7, 8))
    refus = (await antai.rectifier(**{"montant": champs.pop("montant_rectifie", 1500)}, **champs)).json()
    assert (refus["code"], refus["accuse"]["statut"]) == (code, "refuse")
    assert erreur in [e["code"] for e in refus["accuse"]["erreurs"]]
    assert all(e["phrase"].endswith(".") and e["que_faire"].endswith(".") and e["article"] for e in refus["accuse"]["erreurs"])
    assert (await antai.dossier())["montant"] == 3000


async def test_a_modification_comes_neither_before_the_notice_nor_twice_nor_after_the_cancellation_or_the_title(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde)
    passees = {"date_reception_rapo": "2026-06-27T09:00:00+02:00", "date_edition": "2026-06-27T10:00:00+02:00"}
    assert (await antai.rectifier(1500, **passees)).json()["code"] == "avis-non-envoye"
    await antai.aller(date(2026, 7, 8))
    assert (await antai.rectifier(1500)).json()["statut"] == "accepte"
    autre = {"numero_avis": AVIS[:-1] + "2", "cle_avis": cle(AVIS[:-1] + "2")}
    assert (await antai.rectifier(1000, **autre)).json()["code"] == "rectificatif-deja-recu"
    assert (await antai.rectifier(1000)).json()["code"] == "numero-deja-utilise"
    annule = await Antai.avec_un_fps(monde)
    await annule.retirer()
    await annule.aller(date(2026, 7, 8))
    assert (await annule.rectifier(1500)).json()["code"] == "fps-annule"
    titre = await Antai.avec_un_fps(monde)
    await titre.aller(TITRE_LE)
    assert (await titre.rectifier(1500)).json()["code"] == "annulation-apres-titre"
    assert (await titre.retirer()).json()["code"] == "annulation-apres-titre"
    assert (await titre.decharger_fps(3000, 0)).json()["code"] == "annulation-apres-titre"
    abandonne = await Antai.ouvrir(monde)
    await abandonne.envoyer(CreationFps, vehicule=vehicule("ZV-001-AA"))
    await abandonne.aller(date(2026, 7, 8))
    assert (await abandonne.rectifier(1500)).json()["code"] == "fps-abandonne"
    assert (await abandonne.retirer()).json()["statut"] == "abandonne"


# ------------------------------------------------------------------------------------------------------------ cancellation


async def test_a_cancellation_before_the_notice_stops_it(antai: Antai) -> None:
    assert (await antai.retirer()).json()["statut"] == "accepte"
    await antai.aller(date(2026, 11, 1))
    assert (await antai.etat(), await antai.courriers(), await antai.soldes(), await antai.echeances()) == ("annule", [], {}, [])
    assert (await antai.payer()).json()["code"] == "fps-annule"


@pytest.mark.parametrize("le", [ENVOI, NOTIFIE, LIMITE, LIMITE + timedelta(days=1), TITRE_LE - timedelta(days=1)])
async def test_a_cancellation_counts_until_the_day_before_the_title(antai: Antai, le: date) -> None:
    await antai.aller(le)
    for _ in range(2):
        assert (await antai.retirer()).json()["statut"] == "accepte"
    await antai.aller(date(2026, 11, 1))
    assert (await antai.etat(), await antai.soldes(), await antai.emis(EmissionTitre)) == ("annule", {}, 0)
    assert "annulation-deja-faite" in await antai.actes()


async def test_a_paid_fps_cancelled_is_to_be_refunded_by_the_town_and_no_payment_is_told_undone(antai: Antai) -> None:
    await antai.aller(NOTIFIE)
    await antai.payer(2100)
    assert (await antai.retirer()).json()["statut"] == "accepte"
    vu = await antai.dossier()
    assert (vu["etat"], vu["a_rembourser"], await antai.emis(PaiementAnnule)) == ("annule-a-rembourser", 2100, 0)
    assert await antai.soldes() == {"encaissements": 2100, COMPTE: -2100}


async def test_a_cancellation_of_another_town_or_of_nobody_is_refused(antai: Antai) -> None:
    refus = (await antai.retirer(siret="21750001600019")).json()
    assert (refus["code"], refus["accuse"]["erreurs"][0]["code"]) == ("autre-collectivite", "autre-collectivite")
    inconnu = await antai.retirer(numero_fps=AVIS)
    assert (inconnu.status_code, inconnu.json()["code"]) == (404, "dossier-inconnu")
    assert "accuse" not in inconnu.json(), "an unknown dossier may still come: the sender tries again"


async def test_a_decision_reduces_the_fps_once_without_a_new_notice(antai: Antai) -> None:
    await antai.aller(NOTIFIE)
    for _ in range(2):
        assert (await antai.decharger_fps(1000, 2000)).json()["statut"] == "accepte"
    assert ((await antai.dossier())["montant"], await antai.soldes()) == (2000, {"redevable": 2000, COMPTE: -2000})
    assert "apa-rectificatif" not in await antai.courriers()
    assert (await antai.decharger_fps(1000, 1500)).json()["code"] == "montants-incoherents"
    assert (await antai.decharger_fps(2000, 0, etendue="partielle")).json()["code"] == "etendue-incoherente"
    assert (await antai.decharger_fps(2000, 0, siret="21750001600019")).json()["code"] == "autre-collectivite"
    assert (await antai.decharger_fps(2000, 0, numero_requete=None)).json()["code"] == "requete-manquante"
    assert (await antai.decharger_fps(2000, 0)).json()["statut"] == "accepte"
    assert (await antai.decharger_fps(2000, 0, motif="Encore.")).json()["statut"] == "accepte"
    assert (await antai.decharger_fps(1000, 1000)).json()["code"] == "fps-annule"
    assert (await antai.etat(), await antai.soldes()) == ("annule", {})


async def test_the_cancellation_of_a_title_that_does_not_exist_is_refused(antai: Antai) -> None:
    await antai.aller(NOTIFIE)
    assert (await antai.envoyer(InformationAnnulationTitre)).json()["code"] == "titre-non-emis"
    await antai.juger()
    assert await antai.refus() == ["titre-non-emis", "titre-non-emis"]


async def test_a_reduced_fps_becomes_a_title_of_what_remains(antai: Antai) -> None:
    await antai.aller(date(2026, 7, 8))
    await antai.rectifier(1500)
    await antai.aller(TITRE_LE)
    vu = await antai.dossier()
    assert (vu["etat"], vu["montant"], vu["majoration"], vu["titre_reste_du"]) == ("titre-emis", 1500, 5000, 6500)
    assert await antai.soldes() == {"titre": 6500, COMPTE: -1500, "etat": -5000}


# ----------------------------------------------------------------------------------------------------------- e-avis, letters


async def test_nothing_runs_before_an_electronic_notice_is_read(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde, vehicule=vehicule("ZE-001-AA"))
    await antai.aller(date(2026, 7, 20))
    vu = await antai.dossier()
    assert (vu["etat"], vu["date_envoi"], vu["date_notification"], vu["date_limite_paiement"]) == ("apa-envoye", "2026-06-29", None, None)
    assert (vu["montant_minore"], await antai.courriers(), await antai.echeances()) == (2100, ["e-apa"], ["eavis-non-lu"])
    lecture = (await antai.faire(f"/dossiers/{NUMERO}/lecture")).json()
    assert (lecture["date_notification"], lecture["date_limite_paiement"], lecture["minoration_jusqu_au"]) == (
        "2026-07-20",
        "2026-10-20",
        "2026-07-29",
    )
    assert (await antai.faire(f"/dossiers/{NUMERO}/lecture")).json() == lecture
    assert (await antai.actes()).count("lecture") == 1
    e_avis = await antai.lire(f"/dossiers/{NUMERO}/e-avis")
    assert (e_avis["modalites"]["date_limite_paiement"], e_avis["modalites"]["date_limite_rapo"]) == ("2026-10-20", "2026-08-20")
    pdf = await monde.client.get(antai.url(f"/dossiers/{NUMERO}/e-avis"), params={"format": "pdf"})
    assert pdf.content.startswith(b"%PDF-")
    await antai.aller(date(2026, 10, 21))
    assert await antai.etat() == "impaye"


async def test_an_electronic_notice_that_nobody_reads_goes_by_post_on_the_thirtieth_day(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde, vehicule=vehicule("ZE-001-AA"))
    await antai.aller(date(2026, 7, 28))
    assert await antai.courriers() == ["e-apa"]
    await antai.aller(date(2026, 7, 29))
    vu = await antai.dossier()
    assert await antai.courriers() == ["apa", "e-apa", "requete-impression"]
    assert (vu["date_envoi"], vu["date_notification"], vu["date_limite_paiement"]) == ("2026-07-29", "2026-08-04", "2026-11-04")
    assert (await antai.faire(f"/dossiers/{NUMERO}/lecture")).json()["code"] == "avis-non-electronique"
    assert await antai.soldes() == {"redevable": 3000, COMPTE: -3000}


async def test_an_electronic_notice_is_paid_reduced_before_it_is_read_and_its_cheque_may_bounce(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde, vehicule=vehicule("ZE-001-AA"))
    await antai.aller(date(2026, 7, 20))
    plaque = {"immatriculation": "ZE-001-AA"}
    await antai.payer(3000, "cheque", reference="CHQ-1", **plaque)
    assert (await antai.faire(f"/dossiers/{NUMERO}/cheque-impaye", reference="CHQ-1")).json()["etat"] == "apa-envoye"
    assert await antai.echeances() == ["eavis-non-lu"]
    assert (await antai.payer(2100, **plaque)).json()["minore"] is True
    refus = await antai.faire(f"/dossiers/{NUMERO}/lecture")
    assert refus.json()["code"] == "avis-non-electronique"


async def test_a_paper_notice_is_not_read_on_a_screen(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde)
    await antai.aller(NOTIFIE)
    assert (await antai.faire(f"/dossiers/{NUMERO}/lecture")).json()["code"] == "avis-non-electronique"
    ecran = await monde.client.get(antai.url(f"/dossiers/{NUMERO}/e-avis"))
    assert ecran.json()["code"] == "avis-non-electronique"


async def test_a_letter_that_comes_back_changes_no_date(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde, vehicule=vehicule("ZN-001-AA"))
    await antai.aller(date(2026, 7, 13))
    assert (await antai.dossier())["pli_revenu_le"] is None
    await antai.aller(date(2026, 7, 14))
    vu = await antai.dossier()
    assert (vu["pli_revenu_le"], vu["etat"], vu["date_limite_paiement"]) == ("2026-07-14", "notifie", LIMITE.isoformat())
    assert (await antai.faire(f"/dossiers/{NUMERO}/pli-non-distribue")).json()["code"] == "pli-impossible"
    await antai.aller(TITRE_LE)
    assert await antai.etat() == "titre-emis"
    autre = await Antai.avec_un_fps(monde)
    assert (await autre.faire(f"/dossiers/{NUMERO}/pli-non-distribue")).json()["code"] == "pli-impossible"
    await autre.aller(ENVOI)
    assert (await autre.faire(f"/dossiers/{NUMERO}/pli-non-distribue")).status_code == 200
    assert (await autre.dossier())["pli_revenu_le"] == ENVOI.isoformat()


async def test_the_lessee_and_the_purchaser_receive_the_notice(monde: World) -> None:
    for serie, qualite in (("ZL", "locataire"), ("ZC", "acquereur"), ("ZD", "titulaire")):
        antai = await Antai.avec_un_fps(monde, vehicule=vehicule(f"{serie}-001-AA"))
        await antai.aller(ENVOI)
        apa = next(c for c in await monde.pilot.courriers(antai.bac, NUMERO) if c["nom"] == "apa")
        lettre = await monde.pilot.courrier(antai.bac, Party.ANTAI, apa["id"])
        assert lettre["etablissement"]["redevable"]["qualite"] == qualite
        assert DEPART < ENVOI
