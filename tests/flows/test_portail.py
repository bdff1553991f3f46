"""The portal of the court: named agents, what they may see and file, the proof of each filing, and every closed door."""

import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from fps.kit.data.sql import Upsert
from fps.messages.specimen_pdf import pdf, piece_jointe
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.greffe import DEPOT
from tests.parler.tribunal import LILLE, MOTS, PARIS, Tribunal, Visiteur, tribunal

pytestmark = pytest.mark.asyncio(loop_scope="session")
MEMOIRE = {"conteste_erreur": True, "conclusions": "Rejeter la requête.", "moyens": "L'avis est régulier."}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x0dIHDR" + b"\x00" * 17 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40 + b"\xff\xd9"


@pytest_asyncio.fixture(loop_scope="session")
async def court(monde: World) -> AsyncIterator[Tribunal]:
    async with tribunal(monde, DEPOT) as opened:
        yield opened


async def communiquee(court: Tribunal) -> str:
    numero = await court.greffe.deposer()
    await court.greffe.au(2026, 11, 6)
    return numero


def piece(octets: bytes, type_media: str = "application/pdf", **champs: Any) -> dict[str, Any]:
    return {"piece": {**piece_jointe("autre", "piece.pdf", octets), "type_media": type_media, **champs}}


# ------------------------------------------------------------------------------------------------------------ accounts


async def test_a_collectivite_has_its_agents_registered_without_any_convention(monde: World) -> None:
    async with tribunal(monde, DEPOT, vierge=True) as court:
        chef = await court.agent(role="responsable")
        inscrits = await chef.faire(f"/portail/{LILLE}/inscriptions", {"agents": [{"login": "d.invente", "nom": "Dominique Inventé"}]})
        assert [(a["login"], a["role"]) for a in inscrits] == [("d.invente", "agent")]
        vus = await chef.lire(f"/portail/{LILLE}/comptes")
        assert {(c["login"], c["etat"]) for c in vus} == {("c.specimen", "actif"), ("d.invente", "a-activer")}
        assert await chef.lire(f"/portail/{LILLE}/requetes") == {"elements": [], "suivant": None}


async def test_only_the_responsable_or_the_pilot_registers_agents(court: Tribunal) -> None:
    simple = await court.agent()
    demande = {"agents": [{"login": "autre", "nom": "Autre"}]}
    avant = await court.export()
    for chemin, corps, methode in (
        ("inscriptions", demande, "POST"),
        ("comptes", None, "GET"),
        ("comptes/c.specimen/code", None, "POST"),
        ("comptes/c.specimen/fermeture", None, "POST"),
    ):
        assert await simple.refus(f"/portail/{LILLE}/{chemin}", corps, methode) == "role-responsable"
        assert await court.visiteur().refus(f"/portail/{LILLE}/{chemin}", corps, methode) == "session-requise"
        assert await court.visiteur(jeton="faux").refus(f"/portail/{LILLE}/{chemin}", corps, methode) == "session-requise"
    assert [x["code"] for x in await court.audit()].count("role-responsable") == 4
    assert await court.pilote.refus("/portail/12345678900006/inscriptions", demande) == "siret-inconnu"
    assert await court.pilote.refus(f"/portail/{LILLE}/inscriptions", {"agents": [{"login": "c.specimen", "nom": "X"}]}) == (
        "identifiant-deja-pris"
    )
    assert await court.export() == avant


async def test_the_registration_is_refused_whole_when_one_login_is_taken(court: Tribunal) -> None:
    await court.agent()
    avant = await court.export()
    deux = {"agents": [{"login": "nouvel.agent", "nom": "Nouveau"}, {"login": "c.specimen", "nom": "Pris"}]}
    assert await court.pilote.refus(f"/portail/{LILLE}/inscriptions", deux) == "identifiant-deja-pris"
    assert await court.export() == avant


async def test_the_portal_is_closed_before_the_electronic_way_opened(monde: World) -> None:
    demande = {"agents": [{"login": "agent", "nom": "Agent"}]}
    async with tribunal(monde, date(2018, 6, 30)) as court:
        assert await court.pilote.refus(f"/portail/{LILLE}/inscriptions", demande) == "voie-electronique-fermee"
        await court.greffe.au(2018, 7, 1)
        assert len(await court.pilote.faire(f"/portail/{LILLE}/inscriptions", demande)) == 1


async def test_a_one_time_code_gives_the_first_password_once_and_for_some_days(court: Tribunal) -> None:
    public, pilote = court.visiteur(), court.pilote
    (recu,) = await pilote.faire(f"/portail/{LILLE}/inscriptions", {"agents": [{"login": "agent", "nom": "Agent"}]})
    code = {"login": "agent", "code": recu["code"]}
    assert await public.refus(f"/portail/{LILLE}/sessions", {"login": "agent", "mot_de_passe": recu["code"]}) == "identifiants-refuses"
    assert await public.refus(f"/portail/{LILLE}/activation", {**code, "mot_de_passe": "court"}) == "mot-de-passe-faible"
    assert await public.refus(f"/portail/{LILLE}/activation", {**code, "code": "faux", **MOTS}) == "identifiants-refuses"
    assert await public.refus(f"/portail/{PARIS}/activation", {**code, **MOTS}) == "identifiants-refuses"
    await public.faire(f"/portail/{LILLE}/activation", {**code, **MOTS})
    assert await public.refus(f"/portail/{LILLE}/activation", {**code, **MOTS}) == "identifiants-refuses"
    assert (await public.faire(f"/portail/{LILLE}/sessions", {"login": "agent", **MOTS}))["role"] == "agent"
    for jour, attendu in ((20, None), (21, "code-perime")):
        async with tribunal(court.greffe.world, DEPOT) as autre:
            (recu,) = await autre.pilote.faire(f"/portail/{LILLE}/inscriptions", {"agents": [{"login": "agent", "nom": "Agent"}]})
            await autre.greffe.au(2026, 11, jour)
            reponse = await autre.visiteur().demander(
                "POST", f"/portail/{LILLE}/activation", {"login": "agent", "code": recu["code"], **MOTS}
            )
            assert (reponse.json()["code"] if reponse.content else None) == attendu


async def test_a_new_code_ends_a_lock_and_the_sessions_and_a_closed_account_opens_nothing(court: Tribunal) -> None:
    agent, public, chef = await court.agent(), court.visiteur(), await court.agent(login="chef", role="responsable")
    for _ in range(5):
        assert await public.refus(f"/portail/{LILLE}/sessions", {"login": "c.specimen", "mot_de_passe": "faux"}) == "identifiants-refuses"
    assert await public.refus(f"/portail/{LILLE}/sessions", {"login": "c.specimen", **MOTS}) == "identifiants-refuses"
    assert [c["echecs"] for c in await chef.lire(f"/portail/{LILLE}/comptes")] == [5, 0]
    assert await agent.lire(f"/portail/{LILLE}/requetes")  # a lock closes the way in, not the session that is open
    recu = await chef.faire(f"/portail/{LILLE}/comptes/c.specimen/code")
    assert await agent.refus(f"/portail/{LILLE}/requetes", methode="GET") == "session-expiree"
    await public.faire(f"/portail/{LILLE}/activation", {"login": "c.specimen", "code": recu["code"], **MOTS})
    jeton = (await public.faire(f"/portail/{LILLE}/sessions", {"login": "c.specimen", **MOTS}))["jeton"]
    agent = court.visiteur(jeton=jeton)
    await agent.faire(f"/portail/{LILLE}/mot-de-passe", {"ancien": MOTS["mot_de_passe"], "nouveau": "encore une phrase longue"})
    assert await agent.refus(f"/portail/{LILLE}/requetes", methode="GET") == "session-expiree"
    assert (await chef.faire(f"/portail/{LILLE}/comptes/c.specimen/fermeture"))["etat"] == "ferme"
    ancien = {"login": "c.specimen", "mot_de_passe": "encore une phrase longue"}
    assert await public.refus(f"/portail/{LILLE}/sessions", ancien) == "identifiants-refuses"
    assert await chef.refus(f"/portail/{LILLE}/comptes/personne/fermeture") == "compte-inconnu"
    await chef.faire(f"/portail/{LILLE}/sessions", methode="DELETE")
    assert await chef.refus(f"/portail/{LILLE}/comptes", methode="GET") == "session-expiree"


# ----------------------------------------------------------------------------------------------------------- petitions


async def test_an_agent_opens_a_petition_defends_it_and_opens_the_decision_which_notifies_it(court: Tribunal) -> None:
    numero = await communiquee(court)
    agent = await court.agent()
    ici = f"/portail/{LILLE}/requetes/{numero}"
    (vue,) = (await agent.lire(f"/portail/{LILLE}/requetes"))["elements"]
    assert (vue["numero"], vue["limite_defense"], vue["communication"]) == (numero, "2026-12-06", None)
    assert (await agent.lire(ici))["communication"] is None
    ouverte = await agent.faire(f"{ici}/consultation", {"document": "communication"})
    assert ouverte["communication"]["numero_requete"] == numero and ouverte["communication_ouverte_le"].startswith("2026-11-06T20:00")
    assert await agent.refus(f"{ici}/consultation", {"document": "decision"}) == "notification-impossible"
    recu = await agent.faire(f"{ici}/memoires", MEMOIRE)
    texte = f"{MEMOIRE['conclusions']}\n{MEMOIRE['moyens']}".encode()
    accuse = recu["accuse"]
    assert (accuse["numero_depot"], accuse["recevable"], accuse["empreinte"]) == (f"{numero}-D1", True, hashlib.sha256(texte).hexdigest())
    assert accuse["horodatage"].startswith("2026-11-06T20:00") and not recu["wall_time"].startswith("2026-11-06T20:00")
    await agent.faire(f"{ici}/pieces", piece(pdf("Avis")))
    assert [(d["numero"], d["rang"], d["par"]) for d in await agent.lire(f"{ici}/depots")] == [
        (f"{numero}-D1", None, f"compte:ccsp:{LILLE}/c.specimen"),
        (f"{numero}-D2", 1, f"compte:ccsp:{LILLE}/c.specimen"),
    ]
    assert (await agent.lire(f"{ici}/depots/{numero}-D1")) == recu
    await court.greffe.au(2026, 11, 10)
    assert (await court.greffe.decharger(numero)).json()["notifiee_collectivite_le"] == "2026-11-18"
    await court.greffe.au(2026, 11, 12)
    vue = await agent.lire(ici)
    assert (vue["decision_disponible_le"], vue["decision"], vue["notifiee_le"]) == ("2026-11-10", None, None)
    ouverte = await agent.faire(f"{ici}/consultation", {"document": "decision"})
    assert (ouverte["decision"]["sens"], ouverte["notifiee_le"]) == ("decharge-totale", "2026-11-12")
    assert (await court.greffe.voir(numero))["limite_execution"] == "2027-02-12"
    await court.greffe.au(2026, 11, 14)
    encore = await agent.faire(f"{ici}/consultation", {"document": "decision"})
    assert (encore["notifiee_le"], encore["decision_ouverte_le"]) == ("2026-11-12", ouverte["decision_ouverte_le"])


async def test_a_decision_that_nobody_opened_is_shown_once_its_eight_days_are_over(court: Tribunal) -> None:
    numero = await communiquee(court)
    agent = await court.agent()
    await court.greffe.au(2026, 12, 7)
    await court.greffe.decharger(numero)
    await court.greffe.au(2026, 12, 15)
    vue = await agent.lire(f"/portail/{LILLE}/requetes/{numero}")
    assert (vue["etat"], vue["notifiee_le"], vue["decision_ouverte_le"]) == ("notifiee", "2026-12-15", None)
    assert vue["decision"]["date_decision"] == "2026-12-07"
    ouverte = await agent.faire(f"/portail/{LILLE}/requetes/{numero}/consultation", {"document": "decision"})
    assert (ouverte["notifiee_le"], ouverte["decision_ouverte_le"] is not None) == ("2026-12-15", True)


async def test_an_agent_of_another_town_sees_and_changes_nothing(court: Tribunal) -> None:
    numero = await communiquee(court)
    lillois, parisien = await court.agent(), await court.agent(PARIS, "p.invente")
    await lillois.faire(f"/portail/{LILLE}/requetes/{numero}/pieces", piece(pdf("Avis")))
    assert (await parisien.lire(f"/portail/{PARIS}/requetes"))["elements"] == []
    avant = await court.export()
    gestes: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("POST", "/consultation", {"document": "communication"}),
        ("POST", "/memoires", MEMOIRE),
        ("POST", "/pieces", piece(pdf("Autre"))),
        ("GET", "/depots", None),
        ("GET", f"/depots/{numero}-D1", None),
        ("GET", f"/depots/{numero}-D1/contenu", None),
        ("GET", "/pieces/1", None),
    ]
    for methode, suite, corps in gestes:
        assert await parisien.refus(f"/portail/{PARIS}/requetes/{numero}{suite}", corps, methode) == "requete-inconnue"
        assert await parisien.refus(f"/portail/{LILLE}/requetes/{numero}{suite}", corps, methode) == "session-requise"
    assert await court.export() == avant
    codes = [ligne["code"] for ligne in await court.audit() if ligne["resultat"] == "refuse"]
    assert (codes.count("session-requise"), codes.count("requete-inconnue")) == (len(gestes), len(gestes))


async def test_a_petition_is_unknown_to_the_defendant_before_it_is_communicated(court: Tribunal) -> None:
    numero = await court.greffe.deposer()
    agent = await court.agent()
    assert await agent.refus(f"/portail/{LILLE}/requetes/{numero}", methode="GET") == "requete-inconnue"
    await court.greffe.au(2026, 11, 6)
    assert (await agent.lire(f"/portail/{LILLE}/requetes/{numero}"))["etat"] == "communiquee"


async def test_the_session_of_a_bac_opens_nothing_in_another(court: Tribunal) -> None:
    agent = await court.agent()
    async with tribunal(court.greffe.world, DEPOT) as autre:
        ailleurs = court.visiteur(jeton=agent.jeton, bac=autre.greffe.bac)
        assert await ailleurs.refus(f"/portail/{LILLE}/requetes", methode="GET") == "session-requise"


async def test_the_defence_is_late_the_day_after_its_last_day_and_the_accuse_says_so(court: Tribunal) -> None:
    numero = await communiquee(court)
    agent = await court.agent()
    await court.greffe.au(2026, 12, 6)
    await agent.faire(f"/portail/{LILLE}/requetes/{numero}/memoires", MEMOIRE)
    await court.greffe.au(2026, 12, 7)
    reponse = await agent.demander("POST", f"/portail/{LILLE}/requetes/{numero}/memoires", MEMOIRE)
    assert (reponse.status_code, reponse.json()["code"], reponse.json()["accuse"]["recevable"]) == (409, "defense-tardive", False)
    assert len(await agent.lire(f"/portail/{LILLE}/requetes/{numero}/depots")) == 1


# -------------------------------------------------------------------------------------------------------------- pieces


async def deposant(court: Tribunal) -> tuple[Visiteur, str, str]:
    numero = await communiquee(court)
    return await court.agent(), f"/portail/{LILLE}/requetes/{numero}", numero


@pytest.mark.parametrize(("contenu", "type_media"), [(pdf("Avis"), "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")])
async def test_a_piece_comes_back_the_same_byte_for_byte_with_its_digest(contenu: bytes, type_media: str, court: Tribunal) -> None:
    agent, ici, numero = await deposant(court)
    accuse = (await agent.faire(f"{ici}/pieces", piece(contenu, type_media)))["accuse"]
    sha256 = hashlib.sha256(contenu)
    assert (accuse["rang"], accuse["taille"], accuse["empreinte"]) == (1, len(contenu), sha256.hexdigest())
    for chemin in (f"{ici}/pieces/1", f"{ici}/depots/{numero}-D1/contenu"):
        fichier = await agent.demander("GET", chemin)
        assert (fichier.status_code, fichier.content, fichier.headers["content-type"]) == (200, contenu, type_media)
        assert fichier.headers["repr-digest"] == f"sha-256=:{base64.b64encode(sha256.digest()).decode()}:"
    (ligne,) = [x for x in await court.greffe.world.pilot.journal(court.greffe.bac) if x["acte"] == "piece"]
    assert ligne["donnees"]["sha256"] == sha256.hexdigest()


AVIS = pdf("Avis")
MAUVAISES: list[tuple[str, dict[str, Any]]] = [
    ("piece-sans-contenu", piece(AVIS, contenu=None)),
    ("piece-illisible", piece(AVIS, contenu="AAAAA")),
    ("piece-vide", piece(b"")),
    ("piece-trop-grande", piece(AVIS + b"\n" * (500_001 - len(AVIS)))),
    ("piece-type-refuse", piece(b"GIF89a" + b"\x00" * 40, "image/gif")),
    ("piece-type-refuse", piece(b"#!/bin/sh\necho facture.pdf", fichier="facture.pdf")),
    ("piece-type-different", piece(PNG, "application/pdf")),
    ("piece-type-different", piece(AVIS, "image/png", fichier="image.png")),
    ("piece-tronquee", piece(AVIS[:-10])),
    ("piece-tronquee", piece(PNG[:-1], "image/png")),
    ("piece-tronquee", piece(JPEG[:-2], "image/jpeg")),
    ("piece-alteree", piece(AVIS.replace(b"Avis", b"AVIS"), empreinte=hashlib.sha256(AVIS).hexdigest())),
]


@pytest.mark.parametrize(("code", "corps"), MAUVAISES, ids=[f"{n}-{code}" for n, (code, _) in enumerate(MAUVAISES)])
async def test_a_bad_piece_is_refused_with_its_own_code_and_nothing_is_kept(code: str, corps: dict[str, Any], court: Tribunal) -> None:
    agent, ici, _ = await deposant(court)
    avant = await court.export()
    reponse = await agent.demander("POST", f"{ici}/pieces", corps)
    assert (reponse.status_code, reponse.json()["code"], reponse.json()["accuse"]["recevable"]) == (422, code, False)
    assert await court.export() == avant


async def test_a_piece_of_the_largest_size_is_received(court: Tribunal) -> None:
    agent, ici, _ = await deposant(court)
    fin = b"%%EOF\n"
    juste = AVIS + b"\n" * (500_000 - len(AVIS) - len(fin)) + fin
    assert (await agent.faire(f"{ici}/pieces", piece(juste)))["accuse"]["taille"] == 500_000


async def test_the_same_piece_or_the_same_rank_twice_is_refused(court: Tribunal) -> None:
    agent, ici, _ = await deposant(court)
    await agent.faire(f"{ici}/pieces", piece(pdf("Avis")))
    avant = await court.export()
    assert await agent.refus(f"{ici}/pieces", piece(pdf("Avis"), fichier="autre-nom.pdf")) == "piece-deja-deposee"
    assert await agent.refus(f"{ici}/pieces", {**piece(pdf("Autre")), "rang": 1}) == "rang-de-piece-deja-utilise"
    assert await court.export() == avant
    assert (await agent.faire(f"{ici}/pieces", piece(pdf("Autre"))))["accuse"]["rang"] == 2
    assert await agent.refus(f"{ici}/pieces/3", methode="GET") == "depot-inconnu"
    assert await agent.refus(f"{ici}/depots/26000001-D9", methode="GET") == "depot-inconnu"


async def test_a_file_changed_inside_the_database_is_found_when_it_is_downloaded(court: Tribunal) -> None:
    from ccsp.store import CONTENUS

    agent, ici, numero = await deposant(court)
    await agent.faire(f"{ici}/pieces", piece(pdf("Avis")))
    faux = base64.b64encode(pdf("Faux")).decode()
    async with court.greffe.world.services[Party.CCSP].service.database.write() as tx:
        await tx.apply([Upsert(CONTENUS.table, ("bac", "numero_depot", "contenu"), [(court.greffe.bac, f"{numero}-D1", faux)])])
    assert await agent.refus(f"{ici}/pieces/1", methode="GET") == "depot-corrompu"
    assert await court.pilote.refus(f"/requetes/{numero}/pieces/1", methode="GET") == "depot-corrompu"


async def test_every_act_of_the_portal_is_in_the_audit_journal_without_a_name_or_a_secret(court: Tribunal) -> None:
    agent, ici, _ = await deposant(court)
    await agent.faire(f"{ici}/consultation", {"document": "communication"})
    await agent.faire(f"{ici}/memoires", MEMOIRE)
    await agent.refus(f"{ici}/pieces", piece(b""))
    lignes = await court.audit()
    qui = f"compte:ccsp:{LILLE}/c.specimen"
    faits = [(x["acte"], x["objet"], x["code"]) for x in lignes if x["qui"] == qui]
    base = "/portail/{siret}/requetes/{numero}"
    assert faits == [
        ("mot-de-passe", f"ccsp:{LILLE}", ""),
        ("session", f"ccsp:{LILLE}", ""),
        ("acte", f"POST {base}/consultation", ""),
        ("acte", f"POST {base}/memoires", ""),
        ("acte", f"POST {base}/pieces", "piece-vide"),
    ]
    assert ("inscription", qui) in [(x["acte"], x["objet"]) for x in lignes]
    assert "Spécimen" not in str(lignes) and MOTS["mot_de_passe"] not in str(lignes) and str(agent.jeton) not in str(lignes)
