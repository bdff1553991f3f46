"""What ANTAI does of a title: the annexe, the titre d'annulation, the matching of flows 8 and 14, the cycle partiel."""

import io
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from antai.domain.titre_annulation import DEBUT_DE_SERIE
from fps.droit.numero import cle
from fps.messages.annulation import FpsImpaye
from fps.messages.mfps import CreationFps
from fps.messages.titre import AnnulationTitre, EmissionTitre
from fps.parties import Party
from fps_console.commandes.doctor import Bilan, Report
from fps_console.lecture import Lecture
from fps_simulateur.pilote.world import World
from tests.parler.antai import NUMERO, TITRE, Antai

pytestmark = pytest.mark.asyncio(loop_scope="session")
TITRE_LE = date(2026, 10, 16)
COMPTE = "collectivite:21590350100017"
ANNULATION = f"26{DEBUT_DE_SERIE + 1}"


async def avec_un_titre(monde: World) -> Antai:
    antai = await Antai.avec_un_fps(monde)
    await antai.aller(TITRE_LE)
    assert await antai.etat() == "titre-emis"
    return antai


def texte(pdf: bytes) -> str:
    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(pages.replace("\u00a0", " ").replace("’", "'").split())


# ------------------------------------------------------------------------------------------------------------ titre d'annulation


async def test_a_title_wholly_cancelled_before_payment_owes_nothing_and_is_told_to_the_dgfip_once(monde: World) -> None:
    antai = await avec_un_titre(monde)
    for motif in ("Décharge prononcée par la juridiction.",) * 2:
        assert (await antai.annuler_titre(motif=motif)).json()["statut"] == "accepte"
    vu = await antai.dossier()
    assert (vu["etat"], vu["titre_reste_du"], await antai.emis(AnnulationTitre), await antai.soldes()) == ("titre-annule", 0, 1, {})
    titre = await antai.lire(f"/titres-annulation/{ANNULATION}")
    assert (titre["lignes"], titre["total_fps"], titre["total_majoration"], titre["annexe"][0]["reste_du"]) == (1, 3000, 5000, 0)
    assert await antai.echeances() == []
    assert (await antai.payer()).json()["code"] == "fps-annule"


async def test_a_title_partly_cancelled_keeps_what_remains(monde: World) -> None:
    antai = await avec_un_titre(monde)
    assert (await antai.annuler_titre(0, 5000)).json()["statut"] == "accepte"
    vu = await antai.dossier()
    assert (vu["etat"], vu["titre_majoration_annulee"], vu["titre_reste_du"]) == ("titre-emis", 5000, 3000)
    assert await antai.soldes() == {"titre": 3000, COMPTE: -3000}
    assert (await antai.annuler_titre(3000, 0, etendue="totale", motif="Le reste.")).json()["statut"] == "accepte"
    assert (await antai.etat(), await antai.soldes(), await antai.emis(AnnulationTitre)) == ("titre-annule", {}, 2)


@pytest.mark.parametrize(
    ("champs", "code"),
    [
        ({"fps": 3001}, "annulation-excessive"),
        ({"majoration": 5001}, "annulation-excessive"),
        ({"fps": 1000, "etendue": "totale"}, "etendue-incoherente"),
        ({"etendue": "partielle"}, "etendue-incoherente"),
        ({"fps": 0, "majoration": 0}, "etendue-incoherente"),
        ({"numero_requete": None}, "requete-manquante"),
        ({"numero_titre": "2600000002"}, "titre-different"),
        ({"siret": "21750001600019"}, "autre-collectivite"),
    ],
)
async def test_a_false_cancellation_of_a_title_is_refused_and_changes_nothing(monde: World, champs: dict[str, Any], code: str) -> None:
    antai = await avec_un_titre(monde)
    refus = await antai.annuler_titre(**champs)
    assert (refus.status_code, refus.json()["code"], refus.json()["accuse"]["erreurs"][0]["code"]) == (409, code, code)
    assert (await antai.etat(), await antai.emis(AnnulationTitre)) == ("titre-emis", 0)


async def test_the_titles_of_annulation_of_a_day_are_one_per_town_with_numbers_that_no_title_has(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde)
    autre = NUMERO[:-1] + "6"
    await antai.envoyer(CreationFps, numero_fps=autre, cle=cle(autre))
    await antai.aller(TITRE_LE)
    rangs = {d["numero"]: d["rang_annexe"] for d in (await antai.lire("/dossiers"))["elements"]}
    assert sorted(rangs.values()) == [1, 2]
    for numero in (NUMERO, autre):
        assert (await antai.annuler_titre(numero_fps=numero)).json()["statut"] == "accepte"
    titre = await antai.lire(f"/titres-annulation/{ANNULATION}", limite=1)
    assert (titre["lignes"], titre["total_fps"], len(titre["annexe"]), titre["suivant"]) == (2, 6000, 1, 1)
    await antai.aller(TITRE_LE + timedelta(days=1))
    for chemin, code in ((f"/titres/{ANNULATION}", "titre-inconnu"), (f"/titres-annulation/{TITRE}", "titre-annulation-inconnu")):
        inconnu = await monde.client.get(antai.url(chemin))
        assert (inconnu.status_code, inconnu.json()["code"]) == (404, code)
        assert (await monde.client.get(antai.url(f"{chemin}/pdf"))).json()["code"] == code


async def test_the_titles_are_printed_with_every_line_of_their_annexe(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde)
    autre = NUMERO[:-1] + "6"
    await antai.envoyer(CreationFps, numero_fps=autre, cle=cle(autre))
    await antai.aller(date(2026, 7, 8))
    await antai.rectifier(1500)
    await antai.aller(TITRE_LE)
    pdf = await monde.client.get(antai.url(f"/titres/{TITRE}/pdf"))
    lu = texte(pdf.content)
    assert pdf.headers["content-type"] == "application/pdf" and "SPÉCIMEN" in lu
    for mention in ("Titre exécutoire n° 26 00000001", "245", "246", "rectifié par l'avis", "15,00 €", "45,00 €", "100,00 €", "145,00 €"):
        assert mention in lu, mention
    await antai.annuler_titre(1500, 5000, etendue="totale")
    lu = texte((await monde.client.get(antai.url(f"/titres-annulation/{ANNULATION}/pdf"))).content)
    for mention in ("Titre d'annulation n° 26 90000001", "15,00 €", "50,00 €", "requête 26004217", "totale"):
        assert mention in lu, mention
    assert (await monde.client.get(antai.url(f"/titres/{TITRE}/pdf"))).content == pdf.content, "a title does not change"


# ------------------------------------------------------------------------------------------------------------ payment of the title


async def test_the_dgfip_tells_cumulated_payments_and_a_late_letter_changes_nothing(monde: World) -> None:
    suites = {"en-partie": (2000, 2000, 0, 0, 6000), "plus": (5000, 3000, 2000, 0, 3000), "solde": (8000, 3000, 5000, 0, 0)}
    fins = []
    for ordre in (*permutations(suites), (*suites, *suites)):
        antai = await avec_un_titre(monde)
        for nom in ordre:
            assert await antai.titre_paye(*suites[nom]) == []
        fins.append((await antai.dossier(), await antai.soldes()))
    assert all(fin == fins[0] for fin in fins)
    assert (fins[0][0]["etat"], fins[0][0]["montant_paye"], fins[0][1]) == ("titre-paye", 8000, {})


async def test_a_title_paid_in_part_still_waits_for_the_rest(monde: World) -> None:
    antai = await avec_un_titre(monde)
    await antai.titre_paye(2000, 2000, 0, reste=6000)
    vu = await antai.dossier()
    assert (vu["etat"], vu["titre_reste_du"], await antai.soldes()) == ("titre-emis", 6000, {"titre": 6000, COMPTE: -1000, "etat": -5000})
    await antai.titre_paye(2000, 2000, 0, reste=6000)
    assert "titre-paye-en-partie" in await antai.actes()


async def test_payment_and_cancellation_of_a_title_end_the_same_in_any_order(monde: World) -> None:
    for fps, majoration, etat in ((3000, 5000, "titre-annule"), (0, 5000, "titre-paye")):
        fins = []
        for ordre in ((0, 1), (1, 0)):
            antai = await avec_un_titre(monde)
            for lequel in ordre:
                if lequel:
                    await antai.titre_paye(6400, 3000, 3400, 1600)
                else:
                    assert (await antai.annuler_titre(fps, majoration)).json()["statut"] == "accepte"
            fins.append((await antai.dossier(), await antai.soldes()))
        assert fins[0] == fins[1]
        assert (fins[0][0]["etat"], fins[0][1]) == (etat, {})


async def test_the_payment_of_another_title_or_before_any_title_is_refused(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde)
    await antai.titre_paye(6400, 3000, 3400, 1600)
    assert await antai.refus() == ["titre-non-emis"]
    inconnu = await Antai.ouvrir(monde)
    assert [lettre.attempts for lettre in await inconnu.titre_paye(6400, 3000, 3400, 1600)] == [1]


# ------------------------------------------------------------------------------------------------------------ flows 8 and 14


async def test_flows_8_and_14_meet_in_any_order_and_each_twice(monde: World) -> None:
    fins = []
    for ordre in ((8, 14), (14, 8), (8, 8, 14, 14), (14, 8, 14, 8)):
        antai = await avec_un_titre(monde)
        for flux in ordre:
            if flux == 8:
                assert (await antai.annuler_titre()).json()["statut"] == "accepte"
            else:
                assert await antai.juger() == []
        vu = await antai.lire(f"/va-pilote/dossiers/{NUMERO}", siret=NUMERO[:14])
        assert (await antai.actes()).count("decision-executee") == 1
        fins.append((vu["dossier"], vu["decisions"], vu["annulations"], vu["echeances"]))
    assert all(fin == fins[0] for fin in fins)
    (decision,) = fins[0][1]
    assert (decision["ecart"], decision["attend_la_collectivite"], decision["sens"]) == (False, False, "decharge-totale")


@pytest.mark.parametrize(("jours", "relances"), [(29, 0), (30, 1), (31, 1)])
async def test_without_flow_8_a_relance_is_shown_on_the_thirtieth_day(monde: World, jours: int, relances: int) -> None:
    antai = await avec_un_titre(monde)
    await antai.juger()
    assert (await antai.dossier())["requete_en_attente"] == "26004217"
    await antai.aller(TITRE_LE + timedelta(days=jours))
    found = await antai.lire("/va-pilote/relances", siret=NUMERO[:14])
    assert (len(found), (await antai.actes()).count("relance-annulation")) == (relances, relances)
    await antai.annuler_titre()
    assert await antai.lire("/va-pilote/relances", siret=NUMERO[:14]) == []
    await antai.aller(TITRE_LE + timedelta(days=90))
    assert (await antai.actes()).count("relance-annulation") == relances


async def test_a_cancellation_that_is_not_what_the_court_decided_is_executed_and_shown(monde: World) -> None:
    antai = await avec_un_titre(monde)
    await antai.juger(0, 5000, sens="decharge-partielle")
    await antai.annuler_titre()
    vu = await antai.lire(f"/va-pilote/dossiers/{NUMERO}", siret=NUMERO[:14])
    assert (vu["decisions"][0]["ecart"], vu["dossier"]["etat"]) == (True, "titre-annule")
    assert "decision-et-annulation-differentes" in await antai.actes()


async def test_a_cancellation_that_no_decision_supports_is_shown_until_the_court_speaks(
    monde: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Flow 8 comes first: executed, shown by VA-Pilote, the statement and the doctor; flow 14 settles it, or contradicts it."""
    for jugement, apres in (((3000, 5000, "decharge-totale"), ""), ((0, 0, "rejet"), "autrement que la juridiction n'a décidé")):
        antai = await avec_un_titre(monde)
        await antai.annuler_titre()

        async def vu(antai: Antai = antai) -> tuple[dict[str, Any], dict[str, Any], str]:
            releve = await monde.pilot.relever(antai.bac)
            dossiers = releve["services"][Party.ANTAI]["dossiers"]
            bilan = Bilan()
            bilan.voir({Party.COLLECTIVITE: [], Party.ANTAI: dossiers})
            bilan.dire(Report(), antai.bac)
            (decision,) = (await antai.lire(f"/va-pilote/dossiers/{NUMERO}", siret=NUMERO[:14]))["decisions"]
            return decision, next(d["partie"] for d in dossiers if d["sujet"] == NUMERO), capsys.readouterr().out

        decision, partie, dit = await vu()
        assert (decision["attend_la_decision"], decision["ecart"]) == (True, False)
        assert (partie["annulations_sans_decision"], partie["annulations_contredites"]) == (["26004217"], [])
        assert "À VOIR" in dit and "que la juridiction n'a pas dite" in dit and "requête 26004217" in dit
        assert await antai.juger(*jugement[:2], sens=jugement[2]) == []
        decision, partie, dit = await vu()
        assert (decision["attend_la_decision"], decision["ecart"]) == (False, bool(apres))
        assert (partie["annulations_sans_decision"], bool(partie["annulations_contredites"])) == ([], bool(apres))
        assert apres in dit and bool(dit) is bool(apres)
        assert ("decision-et-annulation-differentes" in await antai.actes()) is bool(apres)


async def test_who_answers_for_a_cancellation_without_decision_hides_it_until_a_party_speaks_again(monde: World) -> None:
    """Who, why and when: in the dossier, its journal and the audit; nothing of the sums moves."""
    antai = await avec_un_titre(monde)
    await antai.annuler_titre()

    async def vu() -> tuple[dict[str, Any], dict[str, Any]]:
        releve = await monde.pilot.relever(antai.bac)
        partie = next(d["partie"] for d in releve["services"][Party.ANTAI]["dossiers"] if d["sujet"] == NUMERO)
        suivi = await antai.lire(f"/va-pilote/dossiers/{NUMERO}", siret=NUMERO[:14])
        return suivi["decisions"][0], {nom: partie[nom] for nom in ("etat", "annulations_sans_decision", "annulations_contredites")}

    async def regler(motif: str) -> httpx.Response:
        url = f"{monde.addresses[Party.ANTAI]}/bacs/{antai.bac}/dossiers/{NUMERO}/requetes/26004217/reglement"
        return await monde.client.post(url, json={"par": "C. Spécimen", "motif": motif})

    async def page() -> list[str]:
        found = await Lecture(monde.pilot, monde.client, monde.addresses).dossier(antai.bac, NUMERO)
        assert found is not None
        phrases: list[str] = found["annulations"]
        return phrases

    assert await page() == ["Requête 26004217 : le titre est annulé par une décision que la juridiction n'a pas dite. À régler."]
    rien = {"etat": "titre-annule", "annulations_sans_decision": [], "annulations_contredites": []}
    soldes = await monde.pilot.soldes(antai.bac)
    reglee = await regler("La copie est au dossier.")
    assert reglee.status_code == 200 and reglee.json()["reglee_par"] == "C. Spécimen"
    decision, partie = await vu()
    assert (decision["attend_la_decision"], decision["a_regler"], decision["reglee_motif"]) == (True, False, "La copie est au dossier.")
    (phrase,) = await page()
    assert "réglée à la main le" in phrase and "par C. Spécimen (La copie est au dossier.)" in phrase
    assert decision["reglee_le"] and partie == rien and await monde.pilot.soldes(antai.bac) == soldes
    assert "annulation-reglee" in await antai.actes()
    (ligne,) = [x for x in await monde.pilot.audit(antai.bac) if x["acte"] == "annulation-reglee"]
    assert ligne["details"] == {"requete": "26004217", "par": "C. Spécimen", "motif": "La copie est au dossier."}
    assert (await regler("Encore.")).json()["code"] == "rien-a-regler"
    await antai.juger(0, 0, sens="rejet")  # the court speaks: what was settled was what was known then
    decision, partie = await vu()
    assert (decision["a_regler"], decision["reglee_le"], partie["annulations_contredites"]) == (True, None, ["26004217"])
    assert await page() == ["Requête 26004217 : le titre est annulé autrement que la juridiction n'a décidé. À régler."]
    assert (await regler("La collectivité maintient.")).status_code == 200
    assert (await vu())[1] == rien


async def test_a_cancellation_refused_leaves_a_gap_that_va_pilote_shows_until_one_is_accepted(monde: World) -> None:
    antai = await avec_un_titre(monde)
    await antai.juger(3500, 6000)
    assert (await antai.annuler_titre(3500, 6000)).json()["code"] == "annulation-excessive"
    vu = await antai.lire(f"/va-pilote/dossiers/{NUMERO}", siret=NUMERO[:14])
    (decision,) = vu["decisions"]
    assert (decision["ecart"], decision["attend_la_collectivite"]) == (True, True)
    assert (decision["refus"], decision["refuse_le"], vu["dossier"]["titre_reste_du"]) == ("annulation-excessive", "2026-10-16", 8000)
    assert (await antai.annuler_titre()).json()["statut"] == "accepte"
    (decision,) = (await antai.lire(f"/va-pilote/dossiers/{NUMERO}", siret=NUMERO[:14]))["decisions"]
    assert (decision["refus"], decision["attend_la_collectivite"], decision["ecart"]) == (None, False, True), "the court discharged more"


async def test_a_discharge_of_a_fps_without_title_that_is_refused_is_shown_too(antai: Antai) -> None:
    await antai.aller(date(2026, 7, 8))
    assert (await antai.decharger_fps(3100, 0)).json()["code"] == "montants-incoherents"
    (decision,) = (await antai.lire(f"/va-pilote/dossiers/{NUMERO}", siret=NUMERO[:14]))["decisions"]
    assert (decision["ecart"], decision["refus"], decision["sens"]) == (True, "montants-incoherents", None)
    assert (await antai.decharger_fps(3000, 0)).json()["statut"] == "accepte"
    (decision,) = (await antai.lire(f"/va-pilote/dossiers/{NUMERO}", siret=NUMERO[:14]))["decisions"]
    assert (decision["ecart"], decision["refus"]) == (False, None)


async def test_another_decision_of_the_same_petition_is_refused_and_a_rejection_waits_for_nothing(monde: World) -> None:
    antai = await avec_un_titre(monde)
    await antai.juger(0, 0, sens="rejet")
    assert (await antai.dossier())["requete_en_attente"] is None and await antai.echeances() == []
    await antai.juger()
    assert await antai.refus() == ["decision-differente"]


# -------------------------------------------------------------------------------------------------------------- cycle partiel


BOURG = "21000200200017"
PARTIEL = "21000200200017261163072245"


def impaye(**champs: Any) -> dict[str, Any]:
    beneficiaire = {**FpsImpaye.example["beneficiaire"], "siret": BOURG, "nom": "Bourg-l'Exemple"}
    return {"beneficiaire": beneficiaire, "numero_fps": PARTIEL, **champs}


async def test_an_unpaid_fps_of_cycle_partiel_becomes_a_title_the_day_after_its_limit(monde: World) -> None:
    antai = await Antai.ouvrir(monde, date(2026, 9, 13))
    for _ in range(2):
        accuse = (await antai.envoyer(FpsImpaye, **impaye())).json()
        assert (accuse["numero_fps"], accuse["statut"], accuse["erreurs"]) == (PARTIEL, "accepte", [])
    vu = await antai.dossier(PARTIEL)
    assert (vu["etat"], vu["cycle"], vu["montant_initial"], vu["montant"]) == ("impaye", "partiel", 3000, 2000)
    await antai.aller(date(2026, 9, 14))
    vu = await antai.dossier(PARTIEL)
    assert (vu["etat"], vu["date_titre"], vu["majoration"], await antai.emis(EmissionTitre)) == ("titre-emis", "2026-09-13", 5000, 1)
    lu = texte((await monde.client.get(antai.url(f"/titres/{vu['numero_titre']}/pdf"))).content)
    assert "forfait 30,00 €, déjà payé 10,00 €, impayé 20,00 €" in lu
    autre = await antai.envoyer(FpsImpaye, **impaye(montant_initial=3100, reste_du=2100))
    assert autre.json()["code"] == "numero-deja-utilise"
    pilote = await antai.lire(f"/va-pilote/dossiers/{PARTIEL}", siret=BOURG)
    assert (pilote["constat"]["agent"], pilote["constat"]["qualite_redevable"]) == (None, "titulaire")


async def test_flow_11_does_not_exist_in_cycle_complet(monde: World) -> None:
    antai = await Antai.ouvrir(monde, date(2026, 9, 13))
    refus = (await antai.envoyer(FpsImpaye)).json()
    assert (refus["code"], refus["accuse"]["statut"]) == ("flux-11-en-cycle-complet", "refuse")


@pytest.mark.parametrize(
    ("champs", "erreur"),
    [
        ({"beneficiaire": {**FpsImpaye.example["beneficiaire"], "siret": "21690123100012"}}, "siret-inconnu"),
        ({"numero_fps": NUMERO}, "numero-autre-siret"),
        ({"vehicule": {**FpsImpaye.example["vehicule"], "immatriculation": "INCONNU"}}, "plaque-invalide"),
        ({"date_notification": "2026-06-11", "date_limite_paiement": "2026-09-11"}, "notification-avant-constat"),
        ({"date_notification": "2017-06-11"}, "notification-hors-droit"),
        ({"date_limite_paiement": "2026-09-11"}, "limite-fausse"),
        ({"date_notification": "2026-06-13", "date_limite_paiement": "2026-09-13"}, "limite-non-depassee"),
        ({"montant_remis": 1}, "reste-du-faux"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
async def test_a_false_unpaid_fps_is_refused_by_an_accuse_that_names_the_error(monde: World, champs: dict[str, Any], erreur: str) -> None:
    antai = await Antai.ouvrir(monde, date(2026, 9, 13))
    refus = (await antai.envoyer(FpsImpaye, **impaye(**champs))).json()
    assert (refus["code"], refus["accuse"]["statut"]) == ("impaye-refuse", "refuse")
    assert erreur in [e["code"] for e in refus["accuse"]["erreurs"]]
    assert all(e["phrase"].endswith(".") and e["que_faire"].endswith(".") for e in refus["accuse"]["erreurs"])


async def test_an_unpaid_fps_whose_redevable_is_not_found_is_given_up(monde: World) -> None:
    antai = await Antai.ouvrir(monde, date(2026, 9, 13))
    vole = {**FpsImpaye.example["vehicule"], "immatriculation": "ZX-001-AA"}
    for _ in range(2):
        accuse = (await antai.envoyer(FpsImpaye, **impaye(vehicule=vole))).json()
        assert (accuse["statut"], accuse["erreurs"][0]["code"]) == ("abandonne", "titulaire-non-identifie")
    await antai.aller(date(2026, 10, 1))
    assert (await antai.dossier(PARTIEL))["etat"] == "abandonne"
