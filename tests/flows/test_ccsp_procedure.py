"""The court: filing by each channel, what is missing, defence, decision, notification, cassation, execution, and the law of each day."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ccsp.domain import requete as domaine
from ccsp.domain.decision import DISPOSITIFS, voie_electronique
from ccsp.domain.recevabilite import MOTIFS
from fps.kit.ground.clock import paris
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.messages.recours_usager import ReponseRegularisation, Requete
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.kit.test_letters import pages_of
from tests.parler.greffe import CONTRE_RAPO, DEPOT, EXPRESSE, MANDATAIRE, TROIS, Greffe
from tests.parler.partie import code
from tests.villes import commune

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_petition_that_is_not_contested_ends_by_an_order_executed_by_everyone(tribunal: Greffe) -> None:
    accuse = (await tribunal.envoyer(Requete)).json()
    numero = accuse["numero_requete"]
    assert (numero, accuse["juridiction"], accuse["pieces_recues"]) == ("26000001", "Tribunal du stationnement payant", 1)
    assert code(await tribunal.juger(numero, "jugement", "rejet")) == (409, "decision-impossible")
    await tribunal.au(2026, 11, 6)
    vue = await tribunal.voir(numero)
    assert (vue["etat"], vue["motifs"], vue["limite_defense"]) == ("communiquee", [], "2026-12-06")
    assert code(await tribunal.decharger(numero)) == (409, "defense-en-cours")
    await tribunal.au(2026, 12, 6)
    assert await tribunal.etat(numero) == "communiquee"
    await tribunal.au(2026, 12, 7)
    assert code(await tribunal.envoyer(MemoireDefense, numero)) == (409, "defense-tardive")
    vue = (await tribunal.decharger(numero, "ordonnance")).json()
    assert (vue["etat"], vue["notifiee_requerant_le"], vue["limite_execution"]) == ("jugee", "2026-12-15", "2027-03-15")
    assert code(await tribunal.decharger(numero)) == (409, "decision-impossible")
    assert code(await tribunal.envoyer(ReponseRegularisation, numero)) == (409, "reponse-sans-objet")
    emis = await tribunal.lettres_ecrites()
    assert {"06.decision.v1": 1, "07.communication.v1": 1, "07.decision.v1": 1, "14.decision.v1": 1}.items() <= emis.items()
    await tribunal.poster(f"/requetes/{numero}/consultation", {"partie": "requerant"})
    vue = (await tribunal.poster(f"/requetes/{numero}/consultation", {"partie": "collectivite"})).json()
    assert (vue["etat"], vue["notifiee_collectivite_le"], vue["limite_execution"]) == ("notifiee", "2026-12-07", "2027-03-07")
    for document in ("accuse-depot", "communication", "decision"):
        url = f"{tribunal.world.addresses[Party.CCSP]}/bacs/{tribunal.bac}/requetes/{numero}/documents/{document}"
        assert (await tribunal.world.client.get(url)).content.startswith(b"%PDF-")


async def test_a_contested_error_needs_a_judgment(tribunal: Greffe) -> None:
    numero = await tribunal.deposer()
    assert code(await tribunal.envoyer(MemoireDefense, numero, signataire="Trop tôt")) == (409, "defense-non-attendue")
    await tribunal.au(2026, 11, 6)
    papier = await tribunal.envoyer(MemoireDefense, numero, canal="courrier")
    assert code(papier) == (409, "voie-electronique-obligatoire") and papier.json()["accuse"]["recevable"] is False
    assert code(await tribunal.envoyer(MemoireDefense, numero, siret="21750001600019")) == (409, "autre-collectivite")
    assert (await tribunal.envoyer(MemoireDefense, numero)).json()["numero_depot"] == f"{numero}-D1"
    assert (await tribunal.envoyer(PieceDefense, numero)).json()["numero_depot"] == f"{numero}-D2"
    assert code(await tribunal.decharger(numero, "ordonnance")) == (409, "ordonnance-impossible")
    assert code(await tribunal.juger(numero, "jugement", "rejet", amende_abus=200_001)) == (409, "amende-excessive")
    assert code(await tribunal.juger(numero, "jugement", "non-lieu", amende_abus=1)) == (409, "amende-sans-rejet")
    assert code(await tribunal.juger(numero, "jugement", "rejet", fps_decharge=1)) == (409, "montants-incoherents")
    du = {"fps_du": 3000, "majoration_due": 5000}
    assert code(await tribunal.juger(numero, "jugement", "decharge-partielle")) == (409, "sommes-inconnues")
    assert code(await tribunal.juger(numero, "jugement", "decharge-partielle", **du)) == (409, "montants-incoherents")
    assert code(await tribunal.juger(numero, "ordonnance", "desistement")) == (409, "desistement-absent")
    vue = (await tribunal.juger(numero, "jugement", "rejet", amende_abus=200_000)).json()
    assert (vue["decision"]["amende_abus"], vue["limite_execution"], vue["decision"]["dispositif"]) == (200_000, None, DISPOSITIFS["rejet"])
    assert "14.decision.v1" not in await tribunal.lettres_ecrites()
    await tribunal.au(2026, 11, 14)
    assert (await tribunal.etat(numero), await tribunal.echeance()) == ("notifiee", None)
    assert code(await tribunal.poster(f"/requetes/{numero}/execution")) == (409, "execution-impossible")


async def test_silence_for_a_month_is_renunciation_and_a_late_answer_is_closed_by_an_order(tribunal: Greffe) -> None:
    numero = await tribunal.deposer(pieces=[])
    await tribunal.au(2026, 11, 6)
    vue = await tribunal.voir(numero)
    # available on the portal the 6th, notified the 14th: the month is franc
    assert (vue["etat"], vue["motifs"], vue["limite_regularisation"]) == ("regularisation", ["piece-avertissement-absente"], "2026-12-15")
    await tribunal.au(2026, 12, 15)
    assert code(await tribunal.juger(numero, "ordonnance", "rejet")) == (409, "decision-prematuree")
    await tribunal.au(2026, 12, 16)
    assert (await tribunal.etat(numero), await tribunal.echeance()) == ("renonciation", None)
    assert (await tribunal.envoyer(ReponseRegularisation, numero)).status_code == 200
    assert await tribunal.etat(numero) == "reponse-tardive"
    assert code(await tribunal.juger(numero, "jugement", "rejet")) == (409, "cloture-par-ordonnance")
    assert (await tribunal.juger(numero, "ordonnance", "rejet")).json()["etat"] == "jugee"


async def test_after_a_renunciation_another_petition_may_come_and_not_before(tribunal: Greffe) -> None:
    await tribunal.deposer(pieces=[])
    assert code(await tribunal.envoyer(Requete, eloignement="etranger")) == (409, "requete-deja-enregistree")
    await tribunal.au(2026, 12, 16)
    assert await tribunal.deposer(eloignement="outre-mer") == "26000002"


async def test_any_answer_in_time_prevents_renunciation_and_a_complete_one_is_communicated(tribunal: Greffe) -> None:
    incomplete, complete = await tribunal.deposer(pieces=[]), await tribunal.deposer(**CONTRE_RAPO, pieces=TROIS[:2])
    await tribunal.au(2026, 12, 15)
    assert (await tribunal.envoyer(ReponseRegularisation, incomplete, texte="Je ne l'ai plus.", pieces=[])).status_code == 200
    assert (await tribunal.envoyer(ReponseRegularisation, complete, pieces=[TROIS[2]])).status_code == 200
    assert (await tribunal.etat(incomplete), await tribunal.etat(complete)) == ("regularisation", "communiquee")
    await tribunal.au(2026, 12, 16)
    assert await tribunal.etat(incomplete) == "en-etat"
    assert code(await tribunal.decharger(incomplete)) == (409, "decharge-irrecevable")
    assert (await tribunal.juger(incomplete, "ordonnance", "rejet")).json()["etat"] == "jugee"


IRRECEVABLES: list[tuple[dict[str, Any], list[str]]] = [
    ({**CONTRE_RAPO, "pieces": []}, ["piece-avis-absente", "rapo-absent", "piece-avis-reception-absente"]),
    ({**CONTRE_RAPO, "pieces": TROIS, "date_decision_rapo": None}, ["date-decision-absente"]),
    ({"requerant": MANDATAIRE}, ["piece-mandat-absente"]),
    ({"canal": "courrier", "signee": False}, ["signature-absente"]),
    ({"moyens": None}, ["moyens-absents"]),
    ({**CONTRE_RAPO, "pieces": TROIS, "date_decision_rapo": "2026-10-03"}, ["requete-tardive"]),
    ({**CONTRE_RAPO, "pieces": TROIS, "date_decision_rapo": "2026-11-06"}, ["requete-prematuree"]),
    # Express, posted on 28 September: received on 4 October, or the day that is declared, when a letter of that day may come then (H97).
    ({**CONTRE_RAPO, "pieces": EXPRESSE, "date_decision_rapo": "2026-09-27"}, ["requete-tardive"]),
    ({**CONTRE_RAPO, "pieces": EXPRESSE, "date_decision_rapo": "2026-09-28"}, []),
    ({**CONTRE_RAPO, "pieces": EXPRESSE, "date_decision_rapo": "2026-09-25", "date_notification_decision_rapo": "2026-10-04"}, []),
    # Received, therefore express: its copy is owed (R. 2333-120-31, I, 4°).
    (
        {**CONTRE_RAPO, "pieces": TROIS, "date_decision_rapo": "2026-09-25", "date_notification_decision_rapo": "2026-10-04"},
        ["piece-decision-absente"],
    ),
    (
        {**CONTRE_RAPO, "pieces": EXPRESSE, "date_decision_rapo": "2026-09-27", "date_notification_decision_rapo": "2026-10-03"},
        ["requete-tardive"],
    ),
    (
        {**CONTRE_RAPO, "pieces": EXPRESSE, "date_decision_rapo": "2026-09-13", "date_notification_decision_rapo": "2026-10-05"},
        ["requete-tardive"],
    ),
    ({"date_notification_avertissement": "2026-10-03"}, ["requete-tardive"]),
    # Its last day was 4 November: a letter that comes the 5th is in time by its postmark (CE, Section, 13 May 2024, n° 466541).
    ({"date_notification_avertissement": "2026-10-03", "canal": "courrier", "date_cachet_poste": "2026-11-03"}, []),
    ({"date_notification_avertissement": "2026-10-03", "canal": "courrier", "date_cachet_poste": "2026-11-04"}, []),
    ({"date_notification_avertissement": "2026-10-03", "canal": "courrier", "date_cachet_poste": "2026-11-05"}, ["requete-tardive"]),
    ({"date_notification_avertissement": "2026-10-04"}, []),
    ({"date_notification_avertissement": "2026-09-03", "eloignement": "outre-mer"}, ["requete-tardive"]),
    ({"date_notification_avertissement": "2026-09-04", "eloignement": "outre-mer"}, []),
    ({"date_notification_avertissement": "2026-08-04", "eloignement": "etranger"}, []),
]


@pytest.mark.parametrize(("champs", "motifs"), IRRECEVABLES)
async def test_what_is_wrong_in_a_petition_is_named(tribunal: Greffe, champs: dict[str, Any], motifs: list[str]) -> None:
    numero = await tribunal.deposer(**champs)
    await tribunal.au(2026, 11, 6)
    vue = await tribunal.voir(numero)
    regularisable = all(MOTIFS[m].regularisable for m in motifs)
    attendu = "communiquee" if not motifs else "regularisation" if regularisable else "en-etat"
    assert (vue["motifs"], vue["etat"]) == (motifs, attendu)


async def test_a_total_discharge_bears_on_all_that_is_claimed_whatever_figure_is_typed(tribunal: Greffe) -> None:
    numero = await tribunal.deposer(montant_fps=3000, majoration=5000)
    await tribunal.au(2026, 12, 7)
    vue = (await tribunal.juger(numero, "jugement", "decharge-totale", fps_decharge=100, majoration_dechargee=6000)).json()
    assert (vue["decision"]["fps_decharge"], vue["decision"]["majoration_dechargee"]) == (3000, 5000)


async def test_no_discharge_exceeds_what_is_claimed_and_a_partial_one_leaves_something(tribunal: Greffe) -> None:
    numero = await tribunal.deposer(montant_fps=3000, majoration=5000)
    await tribunal.au(2026, 12, 7)
    for fps, majoration, attendu in [
        (3001, 0, "decharge-excessive"),
        (0, 5001, "decharge-excessive"),
        (3000, 5000, "montants-incoherents"),
    ]:
        champs = {"fps_decharge": fps, "majoration_dechargee": majoration}
        assert code(await tribunal.juger(numero, "jugement", "decharge-partielle", **champs)) == (409, attendu)
    # The judge who reads another sum in the file is right against the petition (hypothesis H98).
    refus = await tribunal.juger(numero, "jugement", "decharge-partielle", fps_decharge=2000, fps_du=1500)
    assert code(refus) == (409, "decharge-excessive")
    vue = (await tribunal.juger(numero, "jugement", "decharge-partielle", fps_decharge=2999, majoration_dechargee=5000)).json()
    assert (vue["etat"], vue["decision"]["fps_du"], vue["decision"]["majoration_due"]) == ("jugee", 3000, 5000)


async def test_a_discharge_after_a_rapo_bears_on_the_fps_alone(tribunal: Greffe) -> None:
    numero = await tribunal.deposer(**CONTRE_RAPO, pieces=TROIS)
    await tribunal.au(2026, 12, 7)
    refus = await tribunal.juger(numero, "jugement", "decharge-totale", fps_du=3000, majoration_due=5000)
    assert code(refus) == (409, "montants-incoherents")
    refus = await tribunal.juger(numero, "jugement", "decharge-partielle", fps_du=3000, fps_decharge=100, majoration_dechargee=5000)
    assert code(refus) == (409, "montants-incoherents")
    vue = (await tribunal.juger(numero, "jugement", "decharge-totale", fps_du=3000, majoration_dechargee=5000)).json()
    assert (vue["decision"]["fps_decharge"], vue["decision"]["majoration_dechargee"]) == (3000, 0)


async def test_the_documents_say_the_hour_of_the_filing_and_of_the_communication(tribunal: Greffe) -> None:
    depot = (await tribunal.envoyer(Requete)).json()
    assert datetime.fromisoformat(depot["horodatage"]) == paris(DEPOT)
    await tribunal.au(2026, 11, 6)
    url = f"{tribunal.world.addresses[Party.CCSP]}/bacs/{tribunal.bac}/requetes/{depot['numero_requete']}/documents"
    for document, attendu in (("accuse-depot", "5 novembre 2026 à 20 h 00"), ("communication", "6 novembre 2026 à 20 h 00")):
        page = " ".join(pages_of((await tribunal.world.client.get(f"{url}/{document}")).content))
        assert attendu in page.replace("\u00a0", " "), page


async def test_every_reason_has_its_article_its_sentence_and_what_to_do() -> None:
    for motif in MOTIFS.values():
        assert motif.article and motif.titre() and motif.que_faire.endswith(".")


async def test_a_fax_is_confirmed_in_writing_within_fifteen_days(tribunal: Greffe) -> None:
    answer = await tribunal.envoyer(Requete, canal="telecopie")
    numero = answer.json()["numero_requete"]
    assert answer.json()["confirmer_avant_le"] == "2026-11-20"
    confirmation = {"objet": "confirmation-telecopie", "pieces": []}
    assert code(await tribunal.envoyer(ReponseRegularisation, numero, **confirmation, canal="telecopie")) == (
        409,
        "confirmation-par-telecopie",
    )
    await tribunal.au(2026, 11, 20)
    assert (await tribunal.envoyer(ReponseRegularisation, numero, **confirmation, canal="courrier")).json()["confirmer_avant_le"] is None
    assert code(await tribunal.envoyer(ReponseRegularisation, numero, **confirmation, canal="greffe")) == (409, "reponse-sans-objet")
    await tribunal.au(2026, 11, 21)
    assert await tribunal.etat(numero) == "communiquee"


async def test_a_fax_that_nobody_confirms_is_inadmissible(tribunal: Greffe) -> None:
    numero = await tribunal.deposer(canal="telecopie")
    await tribunal.au(2026, 11, 20)
    assert await tribunal.etat(numero) == "deposee"
    await tribunal.au(2026, 11, 21)
    vue = await tribunal.voir(numero)
    assert (vue["etat"], vue["motifs"]) == ("en-etat", ["telecopie-non-confirmee"])


async def test_a_petition_by_post_is_notified_by_post_and_only_the_portal_is_consulted(tribunal: Greffe) -> None:
    numero = await tribunal.deposer(canal="courrier")
    consultation = f"/requetes/{numero}/consultation"
    assert code(await tribunal.poster(consultation, {"partie": "requerant"})) == (409, "notification-impossible")
    await tribunal.au(2026, 12, 7)
    vue = (await tribunal.juger(numero, "jugement", "decharge-partielle", fps_decharge=1000, fps_du=3000, majoration_due=5000)).json()
    assert (vue["notifiee_requerant_le"], vue["notifiee_collectivite_le"]) == ("2026-12-13", "2026-12-15")
    assert code(await tribunal.poster(consultation, {"partie": "requerant"})) == (409, "notification-impossible")
    await tribunal.au(2026, 12, 15)
    assert await tribunal.etat(numero) == "notifiee"


@pytest.mark.parametrize(("sens", "nature"), [("desistement", "ordonnance"), ("non-lieu", "jugement"), ("incompetence", "ordonnance")])
async def test_the_other_outcomes_discharge_nothing(tribunal: Greffe, sens: str, nature: str) -> None:
    numero = await tribunal.deposer()
    await tribunal.au(2026, 11, 6)
    if sens == "desistement":
        await tribunal.envoyer(ReponseRegularisation, numero, objet="desistement", pieces=[])
    vue = (await tribunal.juger(numero, nature, sens)).json()
    assert (vue["etat"], vue["decision"]["sens"], vue["limite_execution"]) == ("jugee", sens, None)


async def test_a_discharge_that_is_not_executed_leads_to_the_judge_of_the_execution(tribunal: Greffe) -> None:
    numero = await tribunal.deposer()
    await tribunal.au(2026, 12, 7)
    await tribunal.decharger(numero)
    await tribunal.au(2026, 12, 15)
    assert code(await tribunal.poster(f"/requetes/{numero}/execution")) == (409, "execution-prematuree")
    assert (await tribunal.poster(f"/requetes/{numero}/pourvoi")).json()["pourvoi_le"] == "2026-12-15"
    assert code(await tribunal.poster(f"/requetes/{numero}/pourvoi")) == (409, "pourvoi-impossible")
    await tribunal.au(2027, 3, 16)
    assert (await tribunal.poster(f"/requetes/{numero}/execution")).json()["etat"] == "execution-demandee"
    assert code(await tribunal.poster(f"/requetes/{numero}/astreinte", {"montant_jour": 5000})) == (409, "execution-impossible")
    await tribunal.au(2027, 9, 17)
    assert (await tribunal.poster(f"/requetes/{numero}/astreinte", {"montant_jour": 5000})).json()["astreinte_jour"] == 5000
    assert (await tribunal.poster(f"/requetes/{numero}/classement")).json()["etat"] == "classee"
    assert await tribunal.echeance() is None
    assert code(await tribunal.poster(f"/requetes/{numero}/classement")) == (409, "execution-impossible")


async def test_the_number_of_a_petition_goes_with_its_fps(tribunal: Greffe) -> None:
    numero = await tribunal.deposer(pieces=[])
    autre = await tribunal.envoyer(ReponseRegularisation, numero, numero_fps="21590350100017261163072246")
    assert code(autre) == (409, "requete-autre-fps")
    assert code(await tribunal.envoyer(ReponseRegularisation, "26999999")) == (404, "requete-inconnue")


@pytest.mark.parametrize(
    ("le", "nom", "motifs"),
    [
        (date(2020, 9, 8), "Commission du contentieux du stationnement payant", ["paiement-prealable-absent"]),
        (date(2020, 9, 10), "Commission du contentieux du stationnement payant", []),
        (date(2024, 12, 30), "Commission du contentieux du stationnement payant", []),
        (date(2025, 1, 2), "Tribunal du stationnement payant", []),
    ],
)
async def test_the_law_of_the_day_asks_for_the_payment_and_names_the_court(monde: World, le: date, nom: str, motifs: list[str]) -> None:
    greffe = await Greffe.ouvrir(monde, le)
    answer = await greffe.envoyer(Requete, date_notification_avertissement=le.isoformat())
    assert answer.json()["juridiction"] == nom
    await greffe.au(le.year, le.month, le.day + 1)
    assert (await greffe.voir(answer.json()["numero_requete"]))["motifs"] == motifs


@pytest.mark.parametrize(
    ("siret", "le", "obligatoire"),
    [
        ("21590350100017", date(2018, 6, 30), False),
        ("21590350100017", date(2018, 7, 1), True),
        ("21000200200017", date(2026, 1, 1), False),
    ],
)
async def test_electronic_filing_is_compulsory_by_date_and_population(siret: str, le: date, obligatoire: bool) -> None:
    assert voie_electronique(commune(siret), le) is obligatoire


async def test_no_act_leaves_a_final_state_of_a_petition_and_every_state_is_reached() -> None:
    assert set(domaine.MACHINE.etats) == set(domaine.EtatRequete)
    assert domaine.MACHINE.finaux == domaine.FINAUX


DE_LA_REUNION = {"numero_fps": "21974011500015" + Requete.example["numero_fps"][14:]}


@pytest.mark.parametrize(
    ("champs", "limite"),
    [
        ({}, date(2027, 2, 16)),
        ({"eloignement": "outre-mer"}, date(2027, 3, 16)),
        ({"eloignement": "etranger"}, date(2027, 4, 16)),
        (DE_LA_REUNION, date(2027, 3, 16)),
        (DE_LA_REUNION | {"eloignement": "etranger"}, date(2027, 4, 16)),
    ],
)
async def test_the_appeal_in_cassation_of_who_lives_far_away_has_its_distance(
    tribunal: Greffe, champs: dict[str, Any], limite: date
) -> None:
    """CJA, art. R. 821-2 and R. 421-7: a month overseas, for the applicant as for the town, two abroad; the later of the two is kept."""
    for jour, dit in ((0, limite.isoformat()), (1, "pourvoi-impossible")):
        autre = await Greffe.ouvrir(tribunal.world) if jour else tribunal
        numero = await autre.deposer(**champs)
        await autre.au(2026, 12, 7)
        await autre.decharger(numero)
        le = limite + timedelta(days=jour)
        await autre.au(le.year, le.month, le.day)
        explique = await autre.lire(f"/requetes/{numero}/explication/limite_pourvoi")
        assert explique["valeur"] == limite.isoformat()
        note = (await autre.poster(f"/requetes/{numero}/pourvoi")).json()
        assert (note.get("pourvoi_le") or note["code"]) == dit
