"""The espace numérique: its form, ANTAI's control, the agents' accounts, and the settings that change what ANTAI accepts."""

from datetime import date
from typing import Any

import pytest

from fps.droit import droit
from fps.kit.ground.clock import paris
from fps.kit.web.quotas import ESPACES, HEURE
from fps.messages.mfps import CreationFps, ModificationFps
from fps.parties import Party
from fps.villes.catalogue import connues
from fps_simulateur.pilote.world import World
from tests.parler.espace import BOURG, CONTACT, LE, LILLE, PARIS, PORT, Espace, code, demande

pytestmark = pytest.mark.asyncio(loop_scope="session")


# ---------------------------------------------------------------------------------------------------------------- the form


@pytest.mark.parametrize(
    ("champs", "refus"),
    [
        ({"siret": "21590350100018"}, (422, "siret-invalide")),
        ({"type": "epci"}, (422, "type-collectivite-faux")),
        ({"siret": "2159035010001"}, (422, "demande-invalide")),
        ({"type": "departement"}, (422, "demande-invalide")),
        ({"champ_de_trop": 1}, (422, "demande-invalide")),
        ({"agent": {"login": "alix", "nom": "Alix", "mot_de_passe": "court"}}, (422, "mot-de-passe-faible")),
        ({"agent": {"login": "Alix !", "nom": "Alix", "mot_de_passe": "une phrase assez longue"}}, (422, "demande-invalide")),
    ],
)
async def test_a_form_that_is_wrong_opens_nothing(monde: World, champs: dict[str, Any], refus: tuple[int, str]) -> None:
    ville = await Espace.vierge(monde)
    avant = await ville.traces()
    reponse = await ville.appeler("POST", "/espaces", json=demande() | champs)
    assert (reponse.status_code, reponse.json()["code"]) == refus
    assert await ville.traces() == avant


async def test_the_control_is_automatic_and_the_espace_is_open_at_once(monde: World) -> None:
    ville = await Espace.vierge(monde)
    ouvert = await ville.demander()
    assert (ouvert.status_code, ouvert.json()["etat"], ouvert.json()["nom"]) == (201, "ouvert", "Ville de Lille")
    assert (await ville.connecter()).json()["role"] == "responsable"
    vu = (await ville.agent("GET", "")).json()
    assert (vu["conventions"], vu["cycle"], vu["minoration"], vu["contact_rapo"]) == ([], None, None, None)
    assert [x for x in await ville.audit() if x[0] in ("espace", "session")] == [("espace", ""), ("session", "")]


async def test_a_collectivite_has_one_espace(monde: World) -> None:
    ville = await Espace.ouverte(monde)
    avant = await ville.traces()
    assert code(await ville.demander(login="autre")) == (409, "espace-existant")
    assert await ville.traces() == avant
    assert (await ville.autre(PARIS).demander()).status_code == 201


async def test_a_control_by_hand_waits_for_the_administration(monde: World) -> None:
    ville = await Espace.vierge(monde)
    await ville.controler("espace", "manuel")
    assert (await ville.demander()).json()["etat"] == "en-attente"
    assert code(await ville.connecter()) == (403, "espace-en-attente")
    assert code(await ville.demander()) == (409, "espace-existant")
    assert code(await ville.deposer(ville.prestataire())) == (403, "espace-en-attente")
    assert code(await ville.appeler("POST", f"/espaces/{LILLE}/ouverture")) == (401, "jeton-requis")
    await ville.aller(date(2027, 1, 1))
    assert (await ville.appeler("GET", f"/espaces/{LILLE}/etat")).json()["etat"] == "en-attente"
    assert (await ville.administrer("POST", f"/espaces/{LILLE}/ouverture")).json()["etat"] == "ouvert"
    assert code(await ville.administrer("POST", f"/espaces/{LILLE}/ouverture")) == (409, "espace-deja-controle")
    assert (await ville.connecter()).status_code == 201


async def test_after_a_refusal_a_new_request_is_allowed_and_the_first_account_stays_closed(monde: World) -> None:
    ville = await Espace.vierge(monde)
    await ville.controler("espace", "manuel")
    await ville.demander(login="intrus")
    refuse = await ville.administrer("POST", f"/espaces/{LILLE}/refus", json={"motif": "Le SIRET n'est pas celui du demandeur."})
    assert (refuse.json()["etat"], refuse.json()["motif"]) == ("refuse", "Le SIRET n'est pas celui du demandeur.")
    assert code(await ville.connecter("intrus")) == (403, "espace-refuse")
    assert (await ville.demander()).json()["etat"] == "en-attente"
    await ville.administrer("POST", f"/espaces/{LILLE}/ouverture")
    assert code(await ville.connecter("intrus")) == (401, "identifiants-refuses")
    assert (await ville.connecter()).status_code == 201


async def test_a_bac_may_refuse_every_request_or_take_its_time(monde: World) -> None:
    ville = await Espace.vierge(monde)
    await ville.controler("espace", "refus")
    assert (await ville.demander()).json()["etat"] == "refuse"
    await ville.controler("espace", "automatique", jours=3)
    assert (await ville.demander()).json()["etat"] == "en-attente"
    await ville.aller(date(2026, 6, 14))
    assert code(await ville.connecter()) == (403, "espace-en-attente")
    await ville.aller(date(2026, 6, 15))
    assert (await ville.connecter()).status_code == 201
    assert {(r["objet"], r["mode"], r["jours"]) for r in (await ville.administrer("GET", "/controles")).json()} == {
        ("espace", "automatique", 3),
        ("convention", "automatique", 0),
    }


async def test_before_the_reform_no_espace_is_opened(monde: World) -> None:
    ville = await Espace.vierge(monde, date(2017, 10, 2))
    avant = await ville.traces()
    assert code(await ville.demander()) == (409, "avant-la-reforme")
    assert await ville.traces() == avant


async def test_an_ordinary_bac_begins_with_every_town_enrolled_and_an_empty_one_with_none(monde: World) -> None:
    ville = await Espace.vierge(monde)
    assert (await ville.administrer("GET", "/espaces")).json() == []
    await monde.pilot.creer(f"{ville.bac}-plein", paris(LE), graine="graine")
    plein = Espace(monde, f"{ville.bac}-plein")
    ouverts = [(e["siret"], e["etat"]) for e in (await plein.administrer("GET", "/espaces")).json()]
    assert ouverts == [(siret, "ouvert") for siret in sorted(c.siret for c in connues())]
    assert {BOURG, PORT, LILLE, PARIS} < {siret for siret, _ in ouverts}
    conventions = {s: (await plein.administrer("GET", f"/espaces/{s}/conventions")).json() for s in (BOURG, LILLE)}
    assert [(c["cycle"], c["etat"]) for c in conventions[BOURG] + conventions[LILLE]] == [
        ("partiel", "en-vigueur"),
        ("complet", "en-vigueur"),
    ]


# ------------------------------------------------------------------------------------------------------------- the accounts


async def test_a_session_opens_its_own_espace_only(monde: World) -> None:
    lille = await Espace.ouverte(monde)
    await lille.autre(PARIS).demander()
    for chemin in ("", "/conventions", "/certificats", "/agents"):
        assert code(await lille.appeler("GET", f"/espaces/{PARIS}{chemin}", entetes=lille.session)) == (401, "session-requise")
        assert code(await lille.appeler("GET", f"/espaces/{LILLE}{chemin}")) == (401, "session-requise")
    assert (await lille.agent("DELETE", "/sessions")).status_code == 204
    assert code(await lille.agent("GET", "")) == (401, "session-expiree")


async def test_the_responsable_opens_and_closes_the_accounts_of_the_others(monde: World) -> None:
    ville = await Espace.ouverte(monde)
    nouveau = {"login": "dominique", "nom": "Dominique Exemple", "mot_de_passe": "encore une longue phrase"}
    assert (await ville.agent("POST", "/agents", json=nouveau)).json()["role"] == "agent"
    assert code(await ville.agent("POST", "/agents", json=nouveau)) == (409, "identifiant-deja-pris")
    assert code(await ville.agent("DELETE", "/agents/alix")) == (409, "dernier-responsable")
    assert code(await ville.agent("DELETE", "/agents/personne")) == (404, "compte-inconnu")
    agent = Espace(monde, ville.bac)
    await agent.connecter("dominique", "encore une longue phrase")
    assert code(await agent.agent("POST", "/agents", json=nouveau | {"login": "autre"})) == (403, "role-insuffisant")
    assert code(await agent.agent("DELETE", "/agents/alix")) == (403, "role-insuffisant")
    changement = {"ancien": "encore une longue phrase", "nouveau": "une phrase toute nouvelle"}
    assert (await agent.agent("PUT", "/mot-de-passe", json=changement)).status_code == 200
    assert code(await agent.agent("GET", "")) == (401, "session-expiree")
    await agent.connecter("dominique", "une phrase toute nouvelle")
    assert (await ville.agent("DELETE", "/agents/dominique")).json()["etat"] == "ferme"
    assert code(await agent.agent("GET", "")) == (401, "session-expiree")
    assert [(a["login"], a["etat"]) for a in (await ville.agent("GET", "/agents")).json()] == [("alix", "actif"), ("dominique", "ferme")]


async def test_nothing_of_a_person_goes_in_the_audit_journal_or_a_refusal(monde: World) -> None:
    ville = await Espace.ouverte(monde)
    await ville.convenir()
    lignes = str(await monde.pilot.audit(ville.bac))
    for secret in ("Alix Exemple", "Camille", "une phrase assez longue", CONTACT["adresse"]["voie"], ville.session["Authorization"][7:]):
        assert secret not in lignes


# ------------------------------------------------------------------------------------------------------------- the settings


async def test_a_declared_minoration_is_the_only_one_accepted(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    qui = await ville.actif()
    libre = await ville.mfps(qui, minoration={"montant": 1500, "delai_jours": 30})
    assert libre.json()["statut"] == "accepte", libre.text
    await ville.agent("PUT", "/reglages", json={"minoration": {"pourcent": 30, "delai_jours": 9}})
    for fausse in (None, {"montant": 1500, "delai_jours": 9}, {"montant": 1400, "delai_jours": 10}):
        refus = await ville.mfps(qui, minoration=fausse)
        assert refus.status_code == 422
        assert [e["code"] for e in refus.json()["accuse"]["erreurs"]] == ["minoration-autre-que-declaree"], fausse
        assert "14,00" in refus.json()["accuse"]["erreurs"][0]["phrase"]
    assert (await ville.mfps(qui, minoration={"montant": 1400, "delai_jours": 9})).json()["statut"] == "accepte"
    assert (await ville.agent("PUT", "/reglages", json={})).json()["minoration"] is None
    assert (await ville.mfps(qui, minoration=None)).json()["statut"] == "accepte"


async def test_a_reduced_amount_is_not_asked_when_antai_takes_none(monde: World) -> None:
    ville = await Espace.conventionnee(monde, date(2020, 6, 12))
    qui = await ville.actif()
    await ville.agent("PUT", "/reglages", json={"minoration": {"pourcent": 30, "delai_jours": 9}})
    assert (await ville.mfps(qui, date(2020, 6, 12))).json()["statut"] == "accepte"


async def test_the_declared_rapo_contact_is_that_of_a_message_without_one(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    qui = await ville.actif()
    refus = await ville.mfps(qui, contact_rapo=None)
    assert [e["code"] for e in refus.json()["accuse"]["erreurs"]] == ["contact-rapo-absent"]
    declare = {**CONTACT, "nom": "Service des recours déclaré à l'ANTAI"}
    assert (await ville.agent("PUT", "/reglages", json={"contact_rapo": declare})).json()["contact_rapo"]["nom"] == declare["nom"]
    envoi = await ville.mfps(qui, contact_rapo=None)
    numero = envoi.json()["numero_fps"]
    assert envoi.json()["statut"] == "accepte", envoi.text
    await ville.aller(date(2026, 6, 30))
    courriers = [c for c in await monde.pilot.courriers(ville.bac, numero) if c["nom"] == "apa"]
    avis = await monde.pilot.courrier(ville.bac, Party.ANTAI, courriers[0]["id"])
    assert avis["modalites"]["contact_rapo"]["nom"] == declare["nom"]
    propre = await ville.mfps(qui)
    await ville.aller(date(2026, 7, 5))
    autre = [c for c in await monde.pilot.courriers(ville.bac, propre.json()["numero_fps"]) if c["nom"] == "apa"]
    assert (await monde.pilot.courrier(ville.bac, Party.ANTAI, autre[0]["id"]))["modalites"]["contact_rapo"]["nom"] == CONTACT["nom"]
    await ville.agent("PUT", "/reglages", json={})
    modification = {**ModificationFps.example, "numero_fps": numero, "contact_rapo": None}
    dates = {"date_reception_rapo": "2026-07-04T09:00:00+02:00", "date_edition": "2026-07-05T09:00:00+02:00", "montant_rectifie": 1500}
    sans = await ville.envoyer(ModificationFps, qui, **(modification | dates))
    assert [e["code"] for e in sans.json()["accuse"]["erreurs"]] == ["contact-rapo-absent"], sans.text


async def test_the_same_message_without_a_contact_is_accepted_twice_with_the_same_answer(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    qui = await ville.actif()
    await ville.agent("PUT", "/reglages", json={"contact_rapo": CONTACT})
    corps = {**CreationFps.example, "contact_rapo": None}
    chemin = CreationFps.path
    premiere = await ville.appeler("POST", chemin, qui, {"Idempotency-Key": "a"}, json=corps)
    seconde = await ville.appeler("POST", chemin, qui, {"Idempotency-Key": "b"}, json=corps)
    assert premiere.json()["statut"] == seconde.json()["statut"] == "accepte", seconde.text


async def test_an_agent_chooses_where_the_letters_of_antai_go(monde: World) -> None:
    ville = await Espace.ouverte(monde)
    assert (await ville.agent("GET", "/destination")).json()["mode"] == "reference"
    interdite = await ville.agent("PUT", "/destination", json={"mode": "adresse", "adresse": "http://192.0.2.7/lettres"})
    assert code(interdite) == (422, "adresse-interdite")
    posee = await ville.agent("PUT", "/destination", json={"mode": "adresse", "adresse": "http://127.0.0.1:9876/lettres"})
    assert (posee.json()["mode"], posee.json()["adresse"]) == ("adresse", "http://127.0.0.1:9876/lettres")
    assert (await ville.agent("PUT", "/destination", json={"mode": "retrait"})).json()["mode"] == "retrait"
    assert (await ville.agent("GET", "/destination")).json()["mode"] == "retrait"
    absente = ville.autre(PARIS)
    chemin = f"/espaces/{absente.siret}/destination"
    assert code(await absente.administrer("PUT", chemin, json={"mode": "retrait"})) == (403, "espace-absent")


async def test_a_caller_asks_for_so_many_espaces_an_hour_then_comes_again_later(monde: World) -> None:
    ville = await Espace.vierge(monde)
    assert (await ville.demander()).status_code == 201
    quotas = monde.services[Party.ANTAI].app.state.quotas
    ((appelant, _),) = [(who, until) for who, until in quotas._until.items() if who[0] == ESPACES and who[2] == ville.bac]
    nombre = droit(LE).espaces_par_heure
    quotas.take(appelant, ESPACES, nombre, nombre - 1)
    trop = await ville.autre(PARIS).demander()
    assert code(trop) == (429, "trop-de-demandes") and 0 < int(trop.headers["Retry-After"]) <= HEURE // nombre
    assert trop.headers["RateLimit-Policy"] == f'"espaces";q={nombre};w={HEURE}'
    assert code(await ville.demander()) == (409, "espace-existant")  # what is refused by itself takes nothing of it
    assert (await (await Espace.vierge(monde)).demander()).status_code == 201
