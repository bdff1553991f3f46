"""The interface of the court: each step before the first filing, each refusal with its code, the homologation, and what it protects."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from fps.kit.wire.carrier import always, open_client
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.certificats import certificat
from tests.parler.greffe import DEPOT
from tests.parler.tribunal import (
    ICI,
    LILLE,
    PARIS,
    SIGNATURE,
    SYSTEME,
    Tribunal,
    Visiteur,
    communiquee,
    corps,
    empreinte,
    manques,
    reussir,
    tribunal,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def court(monde: World) -> AsyncIterator[Tribunal]:
    async with tribunal(monde, DEPOT) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def vierge(monde: World) -> AsyncIterator[Tribunal]:
    async with tribunal(monde, DEPOT, vierge=True) as opened:
        yield opened


# --------------------------------------------------------------------------------------------------------------- steps


async def test_a_system_is_enrolled_step_by_step_and_each_missing_step_has_its_own_refusal(vierge: Tribunal) -> None:
    court = vierge
    numero = await communiquee(court)
    systeme, chef = court.editeur(), await court.agent(role="responsable")
    memoire = corps(MemoireDefense, numero)

    async def refusee(code: str) -> None:
        avant = await court.export()
        assert await systeme.refus(MemoireDefense.path, memoire) == code
        assert await systeme.refus(PieceDefense.path, corps(PieceDefense, numero)) == code
        lignes, ndjson = json.dumps({"id": "ligne", "data": memoire}), {"Content-Type": "application/x-ndjson"}
        lot = await systeme.client.post(f"{systeme.url}{MemoireDefense.path}/lot", content=lignes, headers=ndjson)
        assert json.loads(lot.text)["probleme"]["code"] == code
        assert await court.export() == avant

    await refusee("cahier-des-charges-non-accepte")
    for chemin, demande in (("homologations", {**SYSTEME, "empreinte": "0" * 64}), ("conventions", SIGNATURE)):
        assert await chef.refus(f"{ICI}/{chemin}", demande) == "cahier-des-charges-non-accepte"
    assert await chef.refus(f"{ICI}/systeme", SYSTEME, "PUT") == "cahier-des-charges-non-accepte"
    depot = {"siret": LILLE, "prestataire": "Éditeur Essai"}
    assert await systeme.refus("/certificats", depot) == "cahier-des-charges-non-accepte"
    attendus = ["cahier-des-charges-non-accepte", "homologation-absente", "convention-juridiction-absente"]
    assert await manques(chef) == attendus
    await chef.faire(f"{ICI}/cahier-des-charges")

    await refusee("homologation-absente")
    assert await chef.refus(f"{ICI}/conventions", SIGNATURE) == "homologation-absente"
    seance = await chef.faire(f"{ICI}/homologations", {**SYSTEME, "empreinte": await empreinte(systeme)})
    await refusee("homologation-en-cours")
    assert [e["reussie"] for e in seance["epreuves"]] == [None] * 7
    rapport = await reussir(systeme, chef)
    assert (rapport["etat"], rapport["rang"]) == ("reussie", 2)
    assert [e["code"] for e in rapport["epreuves"] if not e["reussie"]] == []

    await refusee("convention-juridiction-absente")
    await chef.faire(f"{ICI}/conventions", {**SIGNATURE, "effet_le": "2026-11-08"})
    await refusee("convention-juridiction-pas-encore-en-vigueur")
    await systeme.faire("/certificats", depot)
    cle = await empreinte(systeme)
    await chef.faire(f"{ICI}/certificats/{cle}/activation")  # before the convention takes effect: production d'avance
    assert await manques(chef) == ["convention-juridiction-pas-encore-en-vigueur"]
    await court.greffe.au(2026, 11, 7)
    await refusee("convention-juridiction-pas-encore-en-vigueur")
    await court.greffe.au(2026, 11, 8)
    assert await manques(chef) == []
    recu = await systeme.faire(MemoireDefense.path, memoire)
    assert (recu["recevable"], recu["horodatage"][:10]) == (True, "2026-11-08")
    assert (await systeme.lire("/front"))["manques"] == []


async def test_a_certificate_that_is_not_deposited_active_or_of_this_town_is_refused_with_its_own_code(vierge: Tribunal) -> None:
    court = vierge
    numero = await communiquee(court)
    systeme, chef = court.editeur(), await court.agent(role="responsable")
    await chef.faire(f"{ICI}/cahier-des-charges")
    await reussir(systeme, chef)
    await chef.faire(f"{ICI}/conventions", SIGNATURE)
    memoire, cle = corps(MemoireDefense, numero), await empreinte(systeme)
    front = await systeme.lire("/front")
    assert [m["code"] for m in front["manques"]] == ["certificat-non-depose", "certificat-non-active"]
    assert await systeme.refus(MemoireDefense.path, memoire) == "certificat-non-depose"
    assert await chef.refus(f"{ICI}/certificats/{cle}/activation") == "certificat-inconnu"
    await systeme.faire("/certificats", {"siret": LILLE, "prestataire": "Éditeur Essai"})
    assert await systeme.refus("/certificats", {"siret": LILLE, "prestataire": "Éditeur Essai"}) == "certificat-deja-depose"
    assert await systeme.refus(MemoireDefense.path, memoire) == "certificat-non-active"
    assert [m["code"] for m in (await systeme.lire("/front"))["manques"]] == ["certificat-non-active"]
    assert await chef.refus(f"{ICI}/certificats/{cle}/desactivation") == "certificat-non-actif"
    assert (await chef.faire(f"{ICI}/certificats/{cle}/activation"))["etat"] == "active"
    await systeme.faire(MemoireDefense.path, memoire)
    assert await systeme.refus(MemoireDefense.path, {**memoire, "siret": PARIS}) == "cahier-des-charges-non-accepte"
    await chef.faire(f"{ICI}/certificats/{cle}/desactivation")
    assert await systeme.refus(MemoireDefense.path, {**memoire, "moyens": "Encore."}) == "certificat-desactive"
    assert await systeme.refus(f"{ICI}/requetes/{numero}/depots", methode="GET") == "certificat-desactive"
    assert {c["etat"] for c in await chef.lire(f"{ICI}/certificats")} == {"desactivee"}


@pytest.mark.parametrize("titulaire", [PARIS, None])
async def test_the_certificate_of_another_town_or_none_at_all_is_not_deposited(titulaire: str | None, vierge: Tribunal) -> None:
    chef = await vierge.agent(role="responsable")
    await chef.faire(f"{ICI}/cahier-des-charges")
    visiteur = vierge.visiteur() if titulaire is None else vierge.editeur(titulaire)
    attendu = "certificat-requis" if titulaire is None else "certificat-autre-collectivite"
    avant = await vierge.export()
    assert await visiteur.refus("/certificats", {"siret": LILLE, "prestataire": "X"}) == attendu
    assert await vierge.export() == avant
    service = vierge.visiteur(vierge.pki.chaine(Party.DGFIP)[0])
    assert await service.refus("/certificats", {"siret": LILLE, "prestataire": "X"}) == "certificat-autre-role"


async def test_a_plain_agent_engages_nobody_and_another_towns_responsable_neither(vierge: Tribunal) -> None:
    simple, autre = await vierge.agent(), await vierge.agent(PARIS, "p.invente", "responsable")
    avant = await vierge.export()
    gestes: list[tuple[str, str, Any]] = [
        ("POST", "cahier-des-charges", None),
        ("PUT", "systeme", SYSTEME),
        ("POST", "homologations", {**SYSTEME, "empreinte": "0" * 64}),
        ("POST", "conventions", SIGNATURE),
        ("POST", f"certificats/{'0' * 64}/activation", None),
        ("POST", f"certificats/{'0' * 64}/desactivation", None),
    ]
    for methode, chemin, demande in gestes:
        assert await simple.refus(f"{ICI}/{chemin}", demande, methode) == "role-responsable"
        assert await autre.refus(f"{ICI}/{chemin}", demande, methode) == "session-requise"
    assert await simple.refus(f"{ICI}/conventions/denonciation") == "jeton-requis"
    assert await vierge.export() == avant


# -------------------------------------------------------------------------------------------------------- homologation


async def seance_ouverte(court: Tribunal) -> tuple[Visiteur, Visiteur, dict[str, Any]]:
    systeme, chef = court.editeur(), await court.agent(role="responsable")
    await chef.faire(f"{ICI}/cahier-des-charges")
    seance = await chef.faire(f"{ICI}/homologations", {**SYSTEME, "empreinte": await empreinte(systeme)})
    return systeme, chef, seance


def epreuves(seance: dict[str, Any]) -> dict[str, bool | None]:
    return {e["code"]: e["reussie"] for e in seance["epreuves"]}


async def test_the_report_says_what_failed_in_words_and_a_later_success_mends_it(vierge: Tribunal) -> None:
    systeme, chef, seance = await seance_ouverte(vierge)
    essai = {"numero_requete": seance["numero_requete"], "numero_fps": seance["numero_fps"]}
    assert await systeme.refus(f"{ICI}/essais/memoire", {"canal": "fax"}) == "message-invalide"
    assert await systeme.refus(f"{ICI}/essais/piece", {**PieceDefense.example, **essai}) == "essai-hors-sujet"
    assert await systeme.refus(f"{ICI}/essais/piece", {**PieceDefense.example, "piece": seance["piece"]}) == "essai-hors-sujet"
    assert await systeme.refus(f"{ICI}/essais/piece", {**PieceDefense.example, **essai, "canal": "portail"}) == "essai-hors-sujet"
    rapport = await chef.lire(f"{ICI}/homologations/1")
    assert epreuves(rapport) == {
        "certificat": True,
        "schema-memoire": False,
        "schema-piece": True,
        "taille": False,
        "empreinte": False,
        "idempotence": None,
        "alteration": None,
    }
    assert all(e["detail"] for e in rapport["epreuves"] if e["reussie"] is False)
    piece = {**PieceDefense.example, **essai, "piece": seance["piece"]}
    resultat = await systeme.faire(f"{ICI}/essais/piece", piece)
    assert epreuves(resultat["seance"])["taille"] and epreuves(resultat["seance"])["empreinte"]
    accuse = resultat["accuse"]
    assert (accuse["numero_depot"], accuse["empreinte"]) == ("26000000-E1", seance["piece"]["empreinte"])
    assert accuse["taille"] == len(base64.b64decode(seance["piece"]["contenu"]))


async def test_a_key_used_again_for_another_content_does_not_pass_the_test_of_idempotence(vierge: Tribunal) -> None:
    systeme, chef, seance = await seance_ouverte(vierge)
    essai = {"numero_requete": seance["numero_requete"], "numero_fps": seance["numero_fps"]}
    memoire, cle = {**MemoireDefense.example, **essai}, {"Idempotency-Key": "k"}
    await systeme.faire(f"{ICI}/essais/memoire", memoire, **cle)
    code = "cle-idempotence-reutilisee"
    assert (await systeme.demander("POST", f"{ICI}/essais/memoire", {**memoire, "moyens": "Autre."}, **cle)).json()["code"] == code
    assert epreuves(await chef.lire(f"{ICI}/homologations/1"))["idempotence"] is None
    again = await systeme.demander("POST", f"{ICI}/essais/memoire", memoire, **cle)
    assert again.headers["idempotency-replayed"] == "true" and again.json()["deja_recu"]
    assert epreuves(again.json()["seance"])["idempotence"] is True


async def test_only_the_named_certificate_takes_part_in_a_session_and_until_its_last_day(vierge: Tribunal) -> None:
    court = vierge
    systeme, chef, seance = await seance_ouverte(court)
    autre = court.editeur()
    avant = await court.export()
    for visiteur, code in ((autre, "essai-autre-certificat"), (court.visiteur(), "certificat-requis")):
        assert await visiteur.refus(f"{ICI}/essais/memoire", MemoireDefense.example) == code
    assert await systeme.refus(f"/teletransmission/{PARIS}/essais/memoire", MemoireDefense.example) == "essai-ferme"
    assert await court.export() == avant
    assert seance["expire_le"] == "2026-12-05"
    await court.greffe.au(2026, 12, 5)
    essai = {"numero_requete": seance["numero_requete"], "numero_fps": seance["numero_fps"]}
    await systeme.faire(f"{ICI}/essais/memoire", {**MemoireDefense.example, **essai})
    assert await manques(chef) == ["homologation-en-cours", "convention-juridiction-absente"]
    await court.greffe.au(2026, 12, 6)
    assert await systeme.refus(f"{ICI}/essais/memoire", {**MemoireDefense.example, **essai}) == "essai-ferme"
    assert await manques(chef) == ["homologation-absente", "convention-juridiction-absente"]
    assert await chef.refus(f"{ICI}/homologations/9", methode="GET") == "essai-inconnu"


async def test_another_version_needs_another_homologation(vierge: Tribunal) -> None:
    systeme, chef, _ = await seance_ouverte(vierge)
    await reussir(systeme, chef)
    await chef.faire(f"{ICI}/conventions", SIGNATURE)
    assert await manques(chef) == []
    await chef.faire(f"{ICI}/systeme", {**SYSTEME, "version": "2.0"}, "PUT")
    assert await manques(chef) == ["homologation-autre-version"]
    assert await systeme.refus(MemoireDefense.path, MemoireDefense.example) == "homologation-autre-version"
    await chef.faire(f"{ICI}/systeme", SYSTEME, "PUT")
    assert await manques(chef) == []
    await reussir(systeme, chef, version="2.0")
    suivi = await chef.lire(ICI)
    assert (suivi["version"], suivi["versions_homologuees"]) == ("2.0", ["Essai SI 1.0", "Essai SI 2.0"])


# ---------------------------------------------------------------------------------------------------------- convention


@pytest.mark.parametrize(
    ("le", "manque"),
    [
        (date(2026, 11, 19), "convention-juridiction-pas-encore-en-vigueur"),
        (date(2026, 11, 20), None),
        (date(2029, 11, 19), None),
        (date(2029, 11, 20), "convention-juridiction-echue"),
    ],
)
async def test_a_convention_counts_from_its_first_day_to_its_last(le: date, manque: str | None, vierge: Tribunal) -> None:
    systeme, chef, _ = await seance_ouverte(vierge)
    await reussir(systeme, chef)
    suivi = await chef.faire(f"{ICI}/conventions", {**SIGNATURE, "effet_le": "2026-11-20"})
    assert suivi["conventions"][0]["fin_le"] == "2029-11-19"
    await vierge.greffe.au(le.year, le.month, le.day)
    vus = [m["code"] for m in (await vierge.pilote.lire(ICI))["manques"]]
    assert vus == ([] if manque is None else [manque])


async def test_conventions_neither_overlap_nor_begin_in_the_past_and_end_when_they_are_denounced(vierge: Tribunal) -> None:
    systeme, chef, _ = await seance_ouverte(vierge)
    await reussir(systeme, chef)
    denoncer = f"{ICI}/conventions/denonciation"
    assert await vierge.pilote.refus(denoncer) == "convention-juridiction-rien-a-denoncer"
    hier = {**SIGNATURE, "effet_le": "2026-11-04"}
    assert await chef.refus(f"{ICI}/conventions", hier) == "convention-juridiction-retroactive"
    await chef.faire(f"{ICI}/conventions", SIGNATURE)
    for effet in ("2026-11-05", "2029-11-04"):
        assert await chef.refus(f"{ICI}/conventions", {**SIGNATURE, "effet_le": effet}) == "convention-juridiction-deja-signee"
    await chef.faire(f"{ICI}/conventions", {**SIGNATURE, "effet_le": "2029-11-05"})
    await vierge.greffe.au(2026, 11, 10)
    assert await manques(chef) == []
    await vierge.pilote.faire(denoncer)
    assert await manques(chef) == ["convention-juridiction-pas-encore-en-vigueur"]
    await vierge.pilote.faire(denoncer)
    assert await manques(chef) == ["convention-juridiction-denoncee"]
    await chef.faire(f"{ICI}/conventions", SIGNATURE)
    assert await manques(chef) == []


async def test_the_front_has_one_shape_at_the_three_parties_and_tells_every_missing_step(vierge: Tribunal) -> None:
    """At the court, the root of `front` said that nothing was missing while the collectivité had done none of its steps."""
    monde, bac, pem = vierge.greffe.world, vierge.greffe.bac, certificat(vierge.pki, siret=LILLE).pem
    formes, codes = set(), {}
    async with open_client({a: monde.services[p].asgi for p, a in monde.addresses.items()}, present=always((pem,))) as client:
        for party in (Party.ANTAI, Party.CCSP, Party.DGFIP):
            vu = (await client.get(f"{monde.addresses[party]}/bacs/{bac}/front")).json()
            (lille,) = vu["collectivites"]
            formes.add((*vu, *vu["identite"], *vu["horloges"], *[cle for cle in lille if cle not in ("espace", "conventions")]))
            assert {m["siret"] for m in vu["manques"]} == {LILLE}
            codes[party] = [m["code"] for m in vu["manques"]]
    assert len(formes) == 1, formes
    ses_pas = ["cahier-des-charges-non-accepte", "homologation-absente", "convention-juridiction-absente"]
    assert codes[Party.CCSP] == [*ses_pas, "certificat-non-depose", "certificat-non-active"]
    assert codes[Party.DGFIP] == ["certificat-non-depose", "certificat-non-active"]
    assert codes[Party.ANTAI] == ["espace-absent", "convention-absente", *codes[Party.DGFIP]]
