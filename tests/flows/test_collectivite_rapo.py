"""The town and who contests: RAPO by each channel, admissibility, decisions, refunds, annual report."""

import json
from datetime import date
from typing import Any

import pytest

from fps.messages.comptable import AccuseDocumentComptable, MandatRemboursement, TitreAnnulationRecette
from fps.messages.information_paiement import FpsPayeMinore
from fps.messages.mfps import AnnulationFps, ModificationFps
from fps.messages.rapo import DepotRapo, DepotRapoPostal
from tests.parler.ville import AU_BOURG, DEMANDEUR, IBAN, LILLE, PARTIELLE, PIECES, REJET, TOTALE, Ville, deposer, payer, reponse_de

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2026, 6, 15)


# -------------------------------------------------------------------------------------------------------- admissibility


async def test_a_complete_rapo_is_acknowledged_and_decided_within_the_month(ville: Ville) -> None:
    numero = await ville.etablir()
    accuse = await deposer(ville, numero)
    assert (accuse["date_avis_reception"], accuse["date_limite_decision"]) == ("2026-06-16", "2026-07-16")
    assert accuse["numero_rapo"] == "RAPO-2026-000001" and accuse["suspensif"] is False
    rapo = await ville.lire(f"/rapos/{numero}")
    assert rapo["etat"] == "depose" and all(c["rempli"] and c["article"] for c in rapo["criteres"]) and len(rapo["criteres"]) == 7
    assert await ville.courriers(numero) == ["accuse-reception"]


def sans(nature: str) -> list[Any]:
    return [piece for piece in PIECES if piece["nature"] != nature]


def avec(*natures: str) -> list[Any]:
    return [*sans("certificat-immatriculation"), *({**PIECES[0], "nature": nature} for nature in natures)]


MANDATAIRE = {**DEMANDEUR, "qualite": "mandataire"}
CRITERES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("sans exposé", {"expose": None}, ["rapo-sans-expose"]),
    ("exposé vide", {"expose": "  "}, ["rapo-sans-expose"]),
    ("sans copie de l'avis", {"pieces": sans("avis-paiement")}, ["rapo-sans-avis"]),
    ("sans certificat", {"pieces": sans("certificat-immatriculation")}, ["rapo-sans-certificat"]),
    ("cession sans accusé", {"pieces": avec("declaration-cession")}, ["rapo-sans-certificat"]),
    ("cession et accusé", {"pieces": avec("declaration-cession", "accuse-enregistrement-cession")}, []),
    ("mandataire sans mandat", {"demandeur": MANDATAIRE}, ["rapo-sans-mandat"]),
    ("mandataire avec mandat", {"demandeur": MANDATAIRE, "pieces": [*PIECES, {**PIECES[0], "nature": "mandat"}]}, []),
    ("rien", {"expose": None, "pieces": []}, ["rapo-sans-expose", "rapo-sans-avis", "rapo-sans-certificat"]),
]


@pytest.mark.parametrize(("champs", "manquants"), [c[1:] for c in CRITERES], ids=[c[0] for c in CRITERES])
async def test_each_criterion_of_admissibility_is_judged_alone(champs: dict[str, Any], manquants: list[str], ville: Ville) -> None:
    numero = await ville.etablir()
    await deposer(ville, numero, **champs)
    rapo = await ville.lire(f"/rapos/{numero}")
    assert [c["code"] for c in rapo["criteres"] if not c["rempli"]] == manquants
    irrecevable = {**REJET, "sens": "irrecevable"}
    if manquants:
        assert await ville.refuse(f"/rapos/{numero}/decision", TOTALE) == "rapo-irrecevable"
        assert (await ville.agir(f"/rapos/{numero}/decision", irrecevable))["etat"] == "irrecevable"
    else:
        assert await ville.refuse(f"/rapos/{numero}/decision", irrecevable) == "rapo-recevable"


@pytest.mark.parametrize(("recu", "manquants"), [("2026-07-21", []), ("2026-07-22", []), ("2026-07-23", ["rapo-hors-delai"])])
async def test_a_postal_rapo_is_in_time_until_a_month_after_the_notification(recu: str, manquants: list[str], ville: Ville) -> None:
    numero = await ville.etablir()
    await ville.aller(date(2026, 7, 24))
    await ville.recevoir(DepotRapoPostal, numero_fps=numero, date_avis_reception=recu, date_notification_avis="2026-06-22")
    rapo = await ville.lire(f"/rapos/{numero}")
    assert (rapo["date_limite"], rapo["canal"]) == ("2026-07-22", "lettre-recommandee")
    assert [c["code"] for c in rapo["criteres"] if not c["rempli"]] == manquants


async def test_a_plain_letter_is_inadmissible_and_the_date_read_on_the_notice_counts(ville: Ville) -> None:
    numero = await ville.etablir()
    await ville.aller(date(2026, 8, 20))
    champs = {"recommande": False, "numero_recommande": None, "date_avis_reception": "2026-08-20", "date_notification_avis": "2026-07-21"}
    await ville.recevoir(DepotRapoPostal, numero_fps=numero, **champs)
    rapo = await ville.lire(f"/rapos/{numero}")
    assert [c["code"] for c in rapo["criteres"] if not c["rempli"]] == ["rapo-lettre-simple"] and rapo["date_limite"] == "2026-08-21"


async def test_a_rapo_that_cannot_exist_is_refused_at_once_with_its_own_code(ville: Ville) -> None:
    numero, annule, titre = [await ville.etablir() for _ in range(3)]
    assert await ville.lettre_refusee(DepotRapo, numero_fps=numero, immatriculation="CD-123-EF") == "rapo-plaque-differente"
    assert await ville.lettre_refusee(DepotRapoPostal, numero_fps=numero, date_avis_reception="2026-06-16") == "rapo-recu-dans-le-futur"
    assert await ville.lettre_refusee(DepotRapo, numero_fps=numero) == "rapo-avant-avis"
    await deposer(ville, numero, expose="Le lendemain.")
    assert await ville.lettre_refusee(DepotRapo, numero_fps=numero, expose="Encore.") == "rapo-deja-depose"
    await ville.agir(f"/fps/{annule}/annulation", {"motif": "Erreur."})
    assert await ville.lettre_refusee(DepotRapo, numero_fps=annule) == "rapo-sans-objet"
    avis = (await ville.agir(f"/rapos/{numero}/decision", PARTIELLE))["numero_avis"]
    assert await ville.lettre_refusee(DepotRapo, numero_fps=avis) == "rapo-contre-rectificatif"
    assert await ville.lettre_refusee(DepotRapo, numero_fps="21590350100017261163072999") == "fps-etabli-ailleurs"
    await ville.aller(date(2026, 10, 2))
    assert (await ville.suivi(titre))["titre_executoire"] is False
    await ville.aller(date(2026, 10, 3))
    assert await ville.lettre_refusee(DepotRapo, numero_fps=titre) == "rapo-tardif"
    assert (await ville.suivi(titre))["titre_executoire"] is None
    await ville.aller(date(2026, 11, 2))
    assert await ville.lettre_refusee(DepotRapo, numero_fps=titre, expose="Un mois après.") == "rapo-apres-titre"
    assert (await ville.suivi(titre))["titre_executoire"] is True
    assert (await ville.world.client.get(ville.url(f"/rapos/{titre}"))).json()["code"] == "rapo-inconnu"


# ------------------------------------------------------------------------------------------------------------ decisions


async def test_the_agent_who_drew_the_fps_does_not_examine_the_rapo_and_an_amount_goes_with_a_partial_decision_only(ville: Ville) -> None:
    numero = await ville.etablir()
    await deposer(ville, numero)
    refus: list[tuple[dict[str, Any], str]] = [
        ({**REJET, "agent": "072"}, "rapo-meme-agent"),
        ({**REJET, "montant_rectifie": 1500}, "rapo-montant"),
        ({**PARTIELLE, "montant_rectifie": None}, "rapo-montant"),
        ({**PARTIELLE, "montant_rectifie": 3500}, "rapo-montant"),
        ({**PARTIELLE, "montant_rectifie": 0}, "rapo-montant"),
    ]
    for corps, code in refus:
        assert await ville.refuse(f"/rapos/{numero}/decision", corps) == code
    assert (await ville.agir(f"/rapos/{numero}/decision", REJET))["etat"] == "rejete"
    assert await ville.refuse(f"/rapos/{numero}/decision", TOTALE) == "rapo-deja-decide"
    await ville.aller(date(2026, 7, 17))
    assert (await ville.lire(f"/rapos/{numero}"))["etat"] == "rejete"
    assert sorted(await ville.courriers(numero)) == ["accuse-reception", "decision"]


@pytest.mark.parametrize(("jour", "etat"), [(15, "depose"), (16, "depose"), (17, "rejete-implicitement")])
async def test_the_silence_of_a_month_is_a_rejection_born_on_its_last_day(jour: int, etat: str, ville: Ville) -> None:
    numero = await ville.etablir()
    await deposer(ville, numero)
    await ville.aller(date(2026, 7, jour))
    rapo = await ville.lire(f"/rapos/{numero}")
    assert rapo["etat"] == etat
    if etat == "depose":
        assert (await ville.agir(f"/rapos/{numero}/decision", REJET))["etat"] == "rejete"
    else:
        assert rapo["decide_le"] == "2026-07-16" and await ville.courriers(numero) == ["accuse-reception"]
        assert await ville.refuse(f"/rapos/{numero}/decision", REJET) == "rapo-deja-decide"


async def test_a_partial_decision_sends_antai_a_modification_with_its_own_number(ville: Ville) -> None:
    numero = await ville.etablir()
    await deposer(ville, numero, demandeur=MANDATAIRE, pieces=[*PIECES, {**PIECES[0], "nature": "mandat"}])
    rapo = await ville.agir(f"/rapos/{numero}/decision", PARTIELLE)
    fps = await ville.fps(numero)
    assert (rapo["etat"], rapo["montant_rectifie"], fps["montant_actuel"], fps["etat"]) == ("accepte-en-partie", 1500, 1500, "transmis")
    lettre = next(x for x in await ville.world.pilot.journal(ville.bac, numero) if x["donnees"].get("type") == ModificationFps.type)
    assert lettre["service"] == "collectivite" and rapo["numero_avis"][20:23] == "090"
    assert await ville.envois(numero, AnnulationFps) == 0
    assert await ville.soldes(numero) == {"redevable": 1500, "recettes": -1500}
    suivi = await ville.lire("/suivi", numero=numero, immatriculation="AB-123-CD")
    assert (suivi["rapo"]["etat"], suivi["a_payer"], suivi["telepaiement"][:26]) == ("accepte-en-partie", 1500, rapo["numero_avis"])


async def test_a_total_decision_cancels_the_fps_at_antai_too(ville: Ville) -> None:
    numero = await ville.etablir()
    await deposer(ville, numero)
    assert (await ville.agir(f"/rapos/{numero}/decision", TOTALE))["etat"] == "accepte"
    assert (await ville.fps(numero))["etat"] == "annule" and await ville.soldes(numero) == {}
    assert [await ville.envois(numero, cls) for cls in (ModificationFps, AnnulationFps)] == [1, 1]


async def test_a_fps_cancelled_before_the_decision_leaves_the_rapo_without_object(ville: Ville) -> None:
    numero = await ville.etablir()
    await deposer(ville, numero)
    await ville.agir(f"/fps/{numero}/annulation", {"motif": "Erreur."})
    await ville.aller(date(2026, 7, 20))
    assert (await ville.lire(f"/rapos/{numero}"))["etat"] == "sans-objet"


async def test_in_cycle_partiel_the_town_sends_the_rectificatif_itself(ville: Ville) -> None:
    partiel, total = [await ville.etablir(**AU_BOURG) for _ in range(2)]
    for numero, decision in ((partiel, {**PARTIELLE, "montant_rectifie": 700}), (total, TOTALE)):
        await deposer(ville, numero)
        await ville.agir(f"/rapos/{numero}/decision", decision)
        assert await ville.envois(numero, ModificationFps) == await ville.envois(numero, AnnulationFps) == 0
        assert sorted(await ville.courriers(numero)) == [
            "accuse-reception",
            "apa-collectivite",
            "apa-rectificatif-collectivite",
            "decision",
        ]
    await ville.aller(date(2026, 9, 16))
    assert [(await ville.fps(n))["etat"] for n in (partiel, total)] == ["impaye", "annule"]
    assert (await ville.fps(partiel))["creance"] == 700


# -------------------------------------------------------------------------------------------------------------- refunds


async def test_a_refund_takes_the_document_of_its_year_and_never_exceeds_what_was_paid(ville: Ville) -> None:
    meme, suivante = [await ville.etablir() for _ in range(2)]
    for numero in (meme, suivante):
        await payer(ville, numero)
        await deposer(ville, numero)
        await ville.agir(f"/rapos/{numero}/decision", TOTALE)
    assert await ville.refuse(f"/fps/{meme}/remboursements", {**IBAN, "montant": 3501}) == "remboursement-excessif"
    piece = await ville.agir(f"/fps/{meme}/remboursements", IBAN)
    assert (piece["genre"], piece["montant"], piece["cause"], piece["numero_piece"]) == ("TA", 3500, "rapo", "TA-2026-0001")
    assert await ville.refuse(f"/fps/{meme}/remboursements", IBAN) == "rien-a-rembourser"
    assert await ville.soldes(meme) == {"antai": 3500, "tresor": -3500} and await ville.envois(meme, TitreAnnulationRecette) == 1
    await ville.aller(date(2027, 1, 1))
    piece = await ville.agir(f"/fps/{suivante}/remboursements", IBAN)
    assert (piece["genre"], piece["exercice"], piece["exercice_paiement"]) == ("MD", 2027, 2026)
    assert await ville.envois(suivante, MandatRemboursement) == 1


async def test_a_partial_decision_after_a_minored_payment_gives_back_the_difference(ville: Ville) -> None:
    numero = await ville.etablir()
    await ville.recevoir(
        FpsPayeMinore,
        numero_fps=numero,
        reference="CB-1",
        montant_fps=3500,
        montant_paye=2450,
        date_heure_paiement="2026-06-15T12:00:00+02:00",
    )
    await deposer(ville, numero)
    await ville.agir(f"/rapos/{numero}/decision", PARTIELLE)
    fps = await ville.fps(numero)
    assert (fps["etat"], fps["dette"]) == ("paye-minore", 950)
    assert (await ville.agir(f"/fps/{numero}/remboursements", {**IBAN, "montant": 950}))["montant"] == 950
    assert await ville.soldes(numero) == {"antai": 2450, "tresor": -950, "recettes": -1500}


async def test_nobody_is_refunded_who_did_not_ask_and_a_refused_document_is_owed_again(ville: Ville) -> None:
    anonyme, numero = [await ville.etablir() for _ in range(2)]
    await payer(ville, anonyme)
    await ville.agir(f"/fps/{anonyme}/annulation", {"motif": "Erreur."})
    assert await ville.refuse(f"/fps/{anonyme}/remboursements", IBAN) == "beneficiaire-inconnu"
    suivi = await ville.lire("/suivi", numero=anonyme, immatriculation="AB-123-CD")
    assert suivi["a_rembourser"] == 3500 and "35,00" in suivi["ou_payer"]
    piece = await ville.agir(f"/fps/{anonyme}/remboursements", {**IBAN, "beneficiaire": DEMANDEUR})
    assert (piece["cause"], piece["montant"], (await ville.fps(anonyme))["dette"]) == ("collectivite", 3500, 0)
    await payer(ville, numero)
    await deposer(ville, numero)
    await ville.agir(f"/rapos/{numero}/decision", TOTALE)
    corps = {"numero_fps": numero, "numero_piece": "TA-2026-0002", "statut": "refuse", "date_reception": "2026-06-16T10:00:00+02:00"}
    autre = {**DEMANDEUR, "qualite": "locataire"}
    assert await ville.refuse(f"/fps/{numero}/remboursements", {**IBAN, "beneficiaire": autre}) == "beneficiaire-different"
    accuse = AccuseDocumentComptable.model_validate_json(json.dumps({**corps, "erreurs": []}))
    await ville.agir(f"/fps/{numero}/remboursements", IBAN)
    await ville.world.pilot.au_calme(ville.bac)
    reponse = await reponse_de(ville, accuse)
    assert reponse == "recu"
    vus = (await ville.fps(numero), await ville.lire(f"/fps/{numero}/remboursements"))
    attendu = {"refuse": 3500, "accepte": 0}
    assert vus[0]["dette"] == attendu[vus[1][0]["etat"]]


async def test_the_accuse_of_a_rapo_has_its_own_date_the_telephone_the_delays_and_the_ways_of_appeal(ville: Ville) -> None:
    numero = await ville.etablir()
    await ville.aller(date(2026, 6, 20))
    accuse = await ville.recevoir(DepotRapoPostal, numero_fps=numero, date_avis_reception="2026-06-18")
    assert (accuse["date_envoi"], accuse["date_avis_reception"], accuse["date_limite_decision"]) == (
        "2026-06-20",
        "2026-06-18",
        "2026-07-18",
    )
    assert accuse["service"]["telephone"] and accuse["service"]["adresse_electronique"] and accuse["service"]["adresse"]
    assert accuse["juridiction"] == "Tribunal du stationnement payant" and accuse["delai_recours_mois"] == 1


async def test_the_author_of_a_rapo_reads_his_own_text_again_on_the_page_where_he_follows_it(ville: Ville) -> None:
    numero = await ville.etablir()
    await deposer(ville, numero, expose="Le véhicule était vendu.")
    suivi = await ville.lire("/suivi", numero=numero, immatriculation="AB-123-CD")
    assert suivi["rapo"]["expose"] == "Le véhicule était vendu." and suivi["rapo"]["pieces"]


async def test_an_agent_finds_that_the_author_of_a_rapo_has_no_standing(ville: Ville) -> None:
    numero = await ville.etablir()
    await deposer(ville, numero)
    refus = {"agent": "90", "sens": "irrecevable", "sans_qualite": True, "motif": "Le certificat est au nom d'une autre personne."}
    decide = await ville.agir(f"/rapos/{numero}/decision", refus)
    assert (decide["etat"], [c["code"] for c in decide["criteres"] if not c["rempli"]]) == ("irrecevable", ["rapo-sans-qualite"])


async def test_one_person_who_contests_several_fps_forms_one_rapo_for_each(ville: Ville) -> None:
    premier, second = await ville.etablir(), await ville.etablir()
    accuses = [await deposer(ville, numero) for numero in (premier, second)]
    assert [a["numero_fps"] for a in accuses] == [premier, second] and accuses[0]["numero_rapo"] != accuses[1]["numero_rapo"]
    await ville.agir(f"/rapos/{premier}/decision", TOTALE)
    assert [(await ville.lire(f"/rapos/{numero}"))["etat"] for numero in (premier, second)] == ["accepte", "depose"]
    autre = {**DEMANDEUR, "identite": {**DEMANDEUR["identite"], "nom": "AUTRE"}}
    for numero in (premier, second):
        assert await ville.lettre_refusee(DepotRapo, numero_fps=numero, demandeur=autre) == "rapo-d-une-autre-personne"
        assert await ville.lettre_refusee(DepotRapo, numero_fps=numero, expose="Encore.") == "rapo-deja-depose"


async def test_the_annual_report_counts_the_rapo_of_the_year_by_state_channel_and_criterion(ville: Ville) -> None:
    numeros = [await ville.etablir() for _ in range(5)]
    for numero in numeros[:3]:
        await deposer(ville, numero)
    await ville.recevoir(DepotRapoPostal, numero_fps=numeros[3], date_avis_reception="2026-06-16", expose=None)
    for numero, decision in zip(numeros[:2], (TOTALE, REJET), strict=True):
        await ville.agir(f"/rapos/{numero}/decision", decision)
    vu = await ville.lire(f"/rapports/rapo/{LILLE}/2026")
    assert (vu["fps_etablis"], vu["montant_etabli"], vu["rapo_recus"]) == (5, 17_500, 4)
    assert vu["par_canal"] == {"electronique": 3, "lettre-recommandee": 1}
    assert {etat: n for etat, n in vu["par_etat"].items() if n} == {"accepte": 1, "rejete": 1, "depose": 2}
    assert vu["irrecevabilites"]["rapo-sans-expose"] == 1 and vu["taux_acceptation_pour_mille"] == 250
    assert (await ville.lire(f"/rapports/rapo/{LILLE}/2025"))["rapo_recus"] == 0


async def test_the_annual_report_has_the_columns_of_the_annex_of_the_code_for_residents_and_for_the_others(ville: Ville) -> None:
    dehors = {**DEMANDEUR, "adresse": {**DEMANDEUR["adresse"], "code_postal": "33000", "commune": "Bordeaux"}}
    dedans = {**DEMANDEUR, "adresse": {**DEMANDEUR["adresse"], "code_postal": "59000", "commune": "Lille"}}
    numeros = [await ville.etablir() for _ in range(5)]
    for numero, qui in zip(numeros[:4], (dehors, dedans, dedans, dehors), strict=True):
        await deposer(ville, numero, demandeur=qui)
    await ville.recevoir(DepotRapoPostal, numero_fps=numeros[4], date_avis_reception="2026-06-16", expose=None, demandeur=dedans)
    await ville.aller(date(2026, 6, 26))
    for numero, decision in zip(numeros[:2], (TOTALE, REJET), strict=True):
        await ville.agir(f"/rapos/{numero}/decision", decision)
    await ville.agir(f"/rapos/{numeros[4]}/decision", {"agent": "90", "sens": "irrecevable", "motif": "Sans exposé."})
    await ville.aller(date(2026, 8, 1))
    vu = await ville.lire(f"/rapports/rapo/{LILLE}/2026")
    lignes = {ligne["residence"]: ligne for ligne in vu["indicateurs"]}
    rien = {"rejets_juridiction": 0, "annulations_juridiction": 0}
    attendu = {
        "hors-collectivite": (2, 1, 1, 0, 1, 1),
        "dans-la-collectivite": (3, 2, 1, 1, 2, 0),
        "ensemble": (5, 3, 2, 1, 3, 1),
    }
    for residence, (recus, explicites, implicites, irrecevables, rejetes, admis) in attendu.items():
        ligne = lignes[residence]
        delai = ligne["valeurs"].pop("delai_moyen_jours")
        assert delai in (range(10, 31) if residence == "ensemble" else range(1, 32))
        assert ligne["valeurs"] == {
            "recus": recus,
            "decisions_explicites": explicites,
            "decisions_implicites": implicites,
            "irrecevables": irrecevables,
            "rejetes": rejetes,
            "admis": admis,
            **rien,
        }
        assert ligne["pour_mille_avis"]["recus"] == 200 * recus and ligne["evolution_pour_mille"]["recus"] is None
    assert [(m["code"], m["nombre"]) for m in vu["motifs_irrecevabilite"]] == [("rapo-sans-expose", 1)]
    assert (vu["equivalents_temps_plein"], vu["tiers_contractant"], vu["moyens_financiers"]) == (None, None, None)
    suivant = {x["residence"]: x for x in (await ville.lire(f"/rapports/rapo/{LILLE}/2027"))["indicateurs"]}
    assert suivant["ensemble"]["evolution_pour_mille"]["recus"] == -1000
    tableau = await ville.lire_texte(f"/rapports/rapo/{LILLE}/2026", format="csv")
    assert tableau.splitlines()[0].startswith("residence;valeurs recus;valeurs delai_moyen_jours;") and len(tableau.splitlines()) == 4
