"""VA-Pilote, the Infocentre and the invoices: what those who work with ANTAI may read of it."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from antai.domain.facturation import bornes, facture
from antai.domain.refus import MoisInvalide
from fps.droit.numero import cle, telepaiement
from fps.kit.ground.clock import paris
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.antai import DEPART, NUMERO, Antai
from tests.parler.mondes import Monde, monde_de
from tests.villes import commune

pytestmark = pytest.mark.asyncio(loop_scope="session")
LILLE = "21590350100017"


async def une_ville(monde: World) -> Antai:
    """Eight FPS of Lille in two zones: paid by four ways, cancelled, rectified, titled, given up."""
    antai = await Antai.ouvrir(monde)
    numeros = [f"215903501000172611630722{n:02d}" for n in range(1, 9)]
    verte = {**CreationFps.example["lieu"], "zone": "verte"}
    for n, numero in enumerate(numeros):
        champs: dict[str, Any] = {"numero_fps": numero, "cle": cle(numero)}
        if n in (3, 4):
            champs |= {"lieu": verte, "montant_fps": 2000, "montant_deduit": 0, "minoration": {"montant": 1400, "delai_jours": 9}}
        if n == 7:
            champs["vehicule"] = {**CreationFps.example["vehicule"], "immatriculation": "ZV-001-AA"}
        assert (await antai.envoyer(CreationFps, **champs)).status_code == 200
    await antai.aller(date(2026, 7, 8))
    payes = [(0, 2100, "internet"), (1, 3000, "cheque"), (3, 1400, "serveur-vocal")]
    for n, montant, moyen in payes:
        assert (await antai.payer(montant, moyen, numero_telepaiement=telepaiement(numeros[n]), reference=f"R-{n}")).status_code == 200
    assert (await antai.rectifier(0, numero_fps=numeros[2])).json()["statut"] == "accepte"
    await antai.aller(date(2026, 9, 1))
    assert (await antai.payer(2000, "buraliste", numero_telepaiement=telepaiement(numeros[4]))).status_code == 200
    assert (await antai.faire(f"/dossiers/{numeros[1]}/cheque-impaye", reference="R-1")).status_code == 200
    await antai.aller(date(2026, 10, 16))
    assert (await antai.annuler_titre(numero_fps=numeros[5])).json()["statut"] == "accepte"
    return antai


# ------------------------------------------------------------------------------------------------------------- Infocentre


async def test_the_infocentre_counts_by_town_zone_and_month(monde: World) -> None:
    antai = await une_ville(monde)
    rouge, verte = await antai.lire("/infocentre/statistiques", siret=LILLE)
    assert (rouge["zone"], rouge["mois"], verte["zone"]) == ("rouge", "2026-06", "verte")
    attendu = {
        "fps": 6,
        "montant_fps": 18000,
        "abandons": 1,
        "avis": 5,
        "e_avis": 0,
        "rectificatifs": 1,
        "payes": 0,
        "payes_minores": 1,
        "montant_paye": 2100,
        "rejets": 1,
        "rapo_partiels": 0,
        "rapo_totaux": 1,
        "annules": 1,
        "titres": 3,
        "montant_titres": 9000,
        "majorations": 15000,
        "titres_payes": 0,
        "titres_annules": 1,
        "taux_paiement": 20.0,
        "taux_minore": 100.0,
        "taux_titre": 50.0,
        "taux_annulation": 33.3,
    }
    assert {nom: rouge[nom] for nom in attendu} == attendu
    assert rouge["paiements"] == {"internet": 1, "serveur-vocal": 0, "cheque": 0, "guichet": 0, "buraliste": 0}
    assert verte["paiements"] == {"internet": 0, "serveur-vocal": 1, "cheque": 0, "guichet": 0, "buraliste": 1}
    assert verte["paiements_delai"] == {"9 jours": 1, "30 jours": 0, "90 jours": 1, "au-delà": 0}
    assert (verte["payes"], verte["payes_minores"], verte["montant_paye"], verte["taux_paiement"]) == (1, 1, 3400, 100.0)


async def test_the_infocentre_is_limited_to_a_perimeter_and_says_the_same_in_csv(monde: World) -> None:
    antai = await une_ville(monde)
    assert await antai.lire("/infocentre/statistiques", siret="21750001600019") == []
    assert await antai.lire("/infocentre/statistiques", du="2026-07-01") == []
    assert await antai.lire("/infocentre/statistiques", au="2026-06-27") == []
    assert [s["zone"] for s in await antai.lire("/infocentre/statistiques", zone=["verte"])] == ["verte"]
    reponse = await monde.client.get(antai.url("/infocentre/statistiques"), params={"format": "csv", "siret": LILLE})
    lignes = list(csv.DictReader(io.StringIO(reponse.text), delimiter=";"))
    assert [(x["zone"], x["fps"], x["paiements internet"], x["taux_annulation"]) for x in lignes] == [
        ("rouge", "6", "1", "33,3"),
        ("verte", "2", "0", "0,0"),
    ]
    vide = await monde.client.get(antai.url("/infocentre/statistiques"), params={"format": "csv", "du": "2030-01-01"})
    assert vide.text.startswith("siret;zone;mois;fps") and len(vide.text.splitlines()) == 1


@pytest.mark.xdist_group("vrai")
async def test_the_infocentre_adds_up_on_postgresql_as_in_memory(monde: World, monde_reel: Monde) -> None:
    found = []
    for one in (monde_reel, monde_de(monde)):
        await one.pilot.creer("stat", paris(DEPART), graine="graine")
        await one.post(Party.ANTAI, "stat", CreationFps.path, CreationFps.example)
        found.append(await one.get(Party.ANTAI, "stat", "/infocentre/statistiques"))
        found[-1].append(await one.get(Party.ANTAI, "stat", f"/factures/{LILLE}/2026-06"))
    assert found[0] == found[1] and found[0][0]["fps"] == 1


# -------------------------------------------------------------------------------------------------------------- VA-Pilote


async def test_va_pilote_tells_everything_of_a_dossier_but_a_name(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde)
    await antai.aller(date(2026, 7, 8))
    await antai.rectifier(1500)
    await antai.payer(1500, "guichet", reference="G-1")
    vu = await antai.lire(f"/va-pilote/dossiers/{NUMERO}", siret=LILLE, zone=["rouge", "verte"])
    assert [a["nature"] for a in vu["avis"]] == ["initial", "rectificatif"]
    assert [(p["reference"], p["moyen"], p["sort"]) for p in vu["paiements"]] == [("G-1", "guichet", "encaisse")]
    assert {"identification", "envoi-avis", "notification", "rectification", "paiement"} <= {a["acte"] for a in vu["journal"]}
    assert (vu["constat"]["qualite_redevable"], vu["constat"]["lieu"]["zone"], vu["echeances"]) == ("titulaire", "rouge", [])
    apa = next(c for c in await monde.pilot.courriers(antai.bac, NUMERO) if c["nom"] == "apa")
    redevable = (await monde.pilot.courrier(antai.bac, Party.ANTAI, apa["id"]))["etablissement"]["redevable"]
    secrets = [redevable["adresse"]["voie"], redevable["identite"].get("nom"), redevable["identite"].get("raison_sociale")]
    assert not [s for s in secrets if s and s in json.dumps(vu, ensure_ascii=False)], "invariant 6"


@pytest.mark.parametrize("perimetre", [{"siret": "21750001600019"}, {"siret": LILLE, "zone": "verte"}])
async def test_va_pilote_shows_nothing_outside_the_perimeter(monde: World, perimetre: dict[str, str]) -> None:
    antai = await Antai.avec_un_fps(monde)
    refus = await monde.client.get(antai.url(f"/va-pilote/dossiers/{NUMERO}"), params=perimetre)
    assert (refus.status_code, refus.json()["code"]) == (409, "hors-perimetre")


# --------------------------------------------------------------------------------------------------------------- invoices


async def test_the_invoice_of_a_month_counts_its_notices_at_the_price_of_their_day(monde: World) -> None:
    antai = await une_ville(monde)
    juin = await antai.lire(f"/factures/{LILLE}/2026-06")
    assert (juin["nombre"], juin["total"], juin["provisoire"]) == (7, 7 * 132, False)
    assert (juin["total_traitement"], juin["total_affranchissement"]) == (7 * 75, 7 * 57)
    juillet = await antai.lire(f"/factures/{LILLE}/2026-07")
    assert [(x["nature"], x["nombre"], x["prix"]) for x in juillet["lignes"]] == [("rectificatif", 1, 132)]
    octobre = await antai.lire(f"/factures/{LILLE}/2026-10")
    assert (octobre["nombre"], octobre["total"], octobre["provisoire"], octobre["date_facture"]) == (0, 0, True, "2026-10-16")
    refus = await monde.client.get(antai.url(f"/factures/{LILLE}/2026-11"))
    assert refus.json()["code"] == "mois-invalide"
    pdf = (await monde.client.get(antai.url(f"/factures/{LILLE}/2026-06/pdf"))).content
    lu = " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace("\u00a0", " ").split())
    place = 0
    for mention in (
        "SPÉCIMEN",
        "Facture n° F-21590350100017-202606",
        "Ville de Lille",
        "juin 2026",
        "Avis de paiement",
        "1,32 €",
        "9,24 €",
    ):
        place = lu.index(mention, place)


@pytest.mark.parametrize(
    ("mois", "jour", "prix", "traitement"),
    [
        ("2018-01", date(2018, 1, 1), 149, 97),
        ("2019-12", date(2019, 12, 31), 149, 97),
        ("2020-01", date(2020, 1, 1), 156, None),
        ("2020-12", date(2020, 12, 31), 156, None),
        ("2021-01", date(2021, 1, 1), 132, 75),
    ],
)
async def test_the_price_of_a_notice_is_that_of_its_day_and_its_split_is_printed_when_known(
    mois: str, jour: date, prix: int, traitement: int | None
) -> None:
    etablie = facture(commune(LILLE), mois, [("initial", jour, 2), ("rectificatif", jour, 1)], date(2026, 1, 1))
    assert (etablie.total, [x.prix for x in etablie.lignes]) == (3 * prix, [prix, prix])
    assert etablie.total_traitement == (None if traitement is None else 3 * traitement)


@pytest.mark.parametrize("mois", ["2017-12", "2026-13", "2026-00", "2026-11"])
async def test_a_month_that_does_not_exist_or_has_not_begun_has_no_invoice(mois: str) -> None:
    with pytest.raises(MoisInvalide):
        bornes(mois, date(2026, 10, 31))
