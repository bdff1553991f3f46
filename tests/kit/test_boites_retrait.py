"""The box of who cannot be called: letters taken, waited for, acknowledged once; each sees what its perimeter opens, and no more."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from fps.confiance.habilitation import EtatHabilitation, Habilitation, Permission
from fps.droit import droit
from fps.kit.boxes import retrait
from fps.kit.boxes.boites import D_UN_SERVICE, LECTEURS, EtatLettre, LettreEnBoite
from fps.kit.boxes.sonnette import Boites
from fps.kit.ground.clock import civil_date, wall_now
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import RevocationAuPsce, ephemere
from fps.messages.mfps import CreationFps
from fps.messages.recours_collectivite import CommunicationRequete
from tests.kit.bureau import BASE, LILLE, Bureau, bureau, dossier, jusqua
from tests.kit.toy import START
from tests.parler.certificats import Essai, certificat
from tests.parler.editeur import editeur

PARIS = "21750001600019"
MESSAGES = f"/messages?siret={LILLE}"


@pytest.fixture
async def poste(database_url: str) -> AsyncIterator[Bureau]:
    async with bureau(database_url) as found:
        await found.poser("retrait")
        yield found


@pytest.fixture
async def seul() -> AsyncIterator[Bureau]:
    """The same in memory, for what does not depend on the database."""
    async with bureau() as found:
        await found.poser("retrait")
        yield found


async def prendre(poste: Bureau, qui: Essai, **params: Any) -> Any:
    answer = await poste.demander("GET", "/messages", qui, params={"siret": LILLE, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_letters_are_taken_in_order_and_no_longer_given_once_acknowledged(poste: Bureau) -> None:
    qui = await poste.habiliter()
    ids = await poste.ecrire(1, 2, 3)
    await poste.calme()
    page = await prendre(poste, qui, limite=2)
    assert [(x["position"], x["id"]) for x in page["lettres"]] == [(1, ids[0]), (2, ids[1])] and page["suite"] == 2
    assert [x["etat"] for x in page["lettres"]] == ["attente"] * 2
    assert json.loads(page["lettres"][0]["corps"])["numero_fps"] == page["lettres"][0]["sujet"] == dossier(1)
    assert page["lettres"][0]["date"] == START.isoformat()
    assert len((await prendre(poste, qui))["lettres"]) == 3, "taking is not acknowledging"
    for attendu in (1, 0):
        answer = await poste.demander("POST", f"/messages/{ids[0]}/accuse?siret={LILLE}", qui)
        assert answer.json() == {"acquittees": attendu}
    for attendu in (2, 0):
        answer = await poste.demander("POST", "/messages/accuses", qui, json={"siret": LILLE, "ids": [ids[1], ids[2], ids[0], ids[1]]})
        assert answer.json() == {"acquittees": attendu}
    assert await prendre(poste, qui) == {"lettres": [], "suite": 0}
    assert [x["etat"] for x in (await prendre(poste, qui, depuis=0))["lettres"]] == ["acquittee"] * 3
    assert [x["id"] for x in (await prendre(poste, qui, depuis=1))["lettres"]] == ids[1:]
    assert await prendre(poste, qui, depuis=3) == {"lettres": [], "suite": 3}


async def test_a_lot_with_one_unknown_letter_acknowledges_none(poste: Bureau) -> None:
    qui = await poste.habiliter()
    (identifiant,) = await poste.ecrire(1)
    await poste.calme()
    refus = await poste.demander("POST", "/messages/accuses", qui, json={"siret": LILLE, "ids": [identifiant, "inventee"]})
    assert (refus.status_code, refus.json()["code"]) == (404, "lettre-inconnue")
    assert await poste.etats() == ["attente"]
    for corps in ({"siret": LILLE, "ids": []}, {"siret": LILLE, "ids": ["x"] * 1_001}, {"ids": ["x"]}, {"siret": "1", "ids": ["x"]}):
        assert (await poste.demander("POST", "/messages/accuses", qui, json=corps)).status_code == 422


async def test_who_waits_is_answered_as_soon_as_a_letter_comes_and_holds_no_transaction(poste: Bureau) -> None:
    qui = await poste.habiliter()
    attente = asyncio.create_task(prendre(poste, qui, attente=30))

    async def attend() -> bool:
        return poste.service.extension(Boites).sonnette.ecoutes == 1

    await jusqua(attend)
    debut = asyncio.get_running_loop().time()
    (identifiant,) = await poste.ecrire(1)  # would wait for ever behind an open transaction of the memory database
    page = await attente
    assert [x["id"] for x in page["lettres"]] == [identifiant]
    assert asyncio.get_running_loop().time() - debut < 0.9, "rung, and not found at the next look"
    assert poste.service.extension(Boites).sonnette.ecoutes == 0


async def test_who_waits_in_vain_is_answered_in_time_and_with_the_same_position(seul: Bureau) -> None:
    qui = await seul.habiliter()
    debut = asyncio.get_running_loop().time()
    assert await prendre(seul, qui, attente=0.2, depuis=7) == {"lettres": [], "suite": 7}
    assert 0.2 <= asyncio.get_running_loop().time() - debut < 2


async def test_a_letter_boxed_by_another_process_is_seen_at_the_next_look(seul: Bureau) -> None:
    qui = await seul.habiliter()
    seul.service.extension(Boites).sonnette.sonner = lambda bac, sirets=(): None  # type: ignore[method-assign]
    attente = asyncio.create_task(prendre(seul, qui, attente=10))
    await seul.ecrire(1)
    assert len((await attente)["lettres"]) == 1


async def test_who_waits_is_let_go_when_the_service_stops(seul: Bureau) -> None:
    qui = await seul.habiliter()
    attente = asyncio.create_task(prendre(seul, qui, attente=30))

    async def attend() -> bool:
        return seul.service.extension(Boites).sonnette.ecoutes == 1

    await jusqua(attend)
    await seul.running.facteur.stop()
    assert (await asyncio.wait_for(attente, 5))["lettres"] == []


async def test_too_many_who_wait_are_told_to_come_back(seul: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrait, "ECOUTES", 1)
    qui = await seul.habiliter()
    attente = asyncio.create_task(prendre(seul, qui, attente=30))

    async def attend() -> bool:
        return seul.service.extension(Boites).sonnette.ecoutes == 1

    await jusqua(attend)
    trop = await seul.demander("GET", f"{MESSAGES}&attente=1", qui)
    assert (trop.status_code, trop.json()["code"], trop.headers["retry-after"]) == (503, "surcharge", "2")
    assert (await prendre(seul, qui))["lettres"] == [], "who does not wait is answered"
    await seul.ecrire(1)
    assert len((await attente)["lettres"]) == 1


async def test_one_certificate_that_waits_too_often_is_told_when_to_come_again_and_another_one_may_wait(seul: Bureau) -> None:
    qui, autre = await seul.habiliter(), await seul.habiliter()
    permises = droit(civil_date(wall_now())).attentes_par_appelant
    attentes = [asyncio.create_task(prendre(seul, qui, attente=30)) for _ in range(permises)]
    attentes.append(asyncio.create_task(prendre(seul, autre, attente=30)))

    async def attendent() -> bool:
        return seul.service.extension(Boites).sonnette.ecoutes == permises + 1

    await jusqua(attendent)
    trop = await seul.demander("GET", f"{MESSAGES}&attente=1", qui)
    assert (trop.status_code, trop.json()["code"], trop.headers["retry-after"]) == (429, "trop-de-demandes", "5")
    assert (await prendre(seul, qui))["lettres"] == [], "who does not wait is answered"
    await seul.ecrire(1)
    assert [len(page["lettres"]) for page in await asyncio.gather(*attentes)] == [1] * (permises + 1)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"siret": "21"},
        {"siret": LILLE, "attente": 31},
        {"siret": LILLE, "depuis": -1},
        {"siret": LILLE, "limite": 0},
        {"siret": LILLE, "limite": 101},
    ],
)
async def test_a_question_out_of_its_bounds_is_malformed(params: dict[str, Any], seul: Bureau) -> None:
    qui = await seul.habiliter()
    answer = await seul.demander("GET", "/messages", qui, params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "demande-invalide")


async def test_the_pushed_letters_and_the_taken_ones_are_the_same(poste: Bureau) -> None:
    qui = await poste.habiliter()
    async with editeur() as ville:
        ville.refuser(503)
        await poste.poser("adresse", ville.adresse)
        ids = await poste.ecrire(1) + await poste.ecrire(1)
        await poste.calme()
        lettres = (await prendre(poste, qui))["lettres"]
        assert [x["id"] for x in lettres] == ids and lettres[0]["corps"].encode() == ville.recues[0].corps
        ville.refuser(202)
        await poste.demander("POST", f"/messages/{ids[0]}/accuse?siret={LILLE}", qui)
        await poste.calme()
        assert ville.ids == [ids[0], ids[1]], "the second letter of the dossier goes as soon as the first is taken"
        assert await poste.etats() == ["acquittee", "acquittee"]
        assert (await prendre(poste, qui))["lettres"] == []


async def test_a_letter_taken_while_it_is_pushed_stays_acknowledged_and_its_try_is_kept(poste: Bureau) -> None:
    qui = await poste.habiliter()
    async with editeur() as ville:
        ville.lente = asyncio.Event()
        ville.refuser(500)
        await poste.poser("adresse", ville.adresse)
        (identifiant,) = await poste.ecrire(1)
        await ville.arrivee.wait()
        await poste.demander("POST", f"/messages/{identifiant}/accuse?siret={LILLE}", qui)
        ville.lente.set()

        async def note() -> bool:
            return len(await poste.essais()) == 1

        await jusqua(note)
        await poste.avancer(90 * 86_400)
        assert await poste.etats() == ["acquittee"] and len(ville.recues) == 1


async def test_a_letter_given_back_to_the_reference_system_is_no_longer_in_the_box(poste: Bureau) -> None:
    qui = await poste.habiliter()
    (identifiant,) = await poste.ecrire(1)
    await poste.calme()
    await poste.poser("reference")
    await poste.calme()
    refus = await poste.demander("POST", f"/messages/{identifiant}/accuse?siret={LILLE}", qui)
    assert (refus.status_code, refus.json()["code"]) == (404, "lettre-inconnue")
    assert (await prendre(poste, qui, depuis=0))["lettres"] == []
    assert [x["etat"] for x in (await poste.piloter("GET", f"/boites/{LILLE}")).json()["lettres"]] == ["rendue"]


PORTES = [
    ("GET", MESSAGES),
    ("POST", f"/messages/x/accuse?siret={LILLE}"),
    ("POST", "/messages/accuses"),
    ("GET", f"/boites/{LILLE}"),
    ("POST", f"/boites/{LILLE}/rejouer"),
    ("GET", f"/destinations/{LILLE}"),
    ("PUT", f"/destinations/{LILLE}"),
]
CORPS: dict[str, Any] = {"/messages/accuses": {"siret": LILLE, "ids": ["x"]}, f"/destinations/{LILLE}": {"mode": "reference"}}


@pytest.mark.parametrize(("methode", "chemin"), PORTES, ids=[f"{m} {c}" for m, c in PORTES])
async def test_each_door_of_the_box_says_which_step_is_missing(methode: str, chemin: str, seul: Bureau) -> None:
    async def essayer(qui: Essai | None) -> tuple[int, str]:
        options = {"json": CORPS[chemin]} if methode != "GET" and chemin in CORPS else {}
        answer = await seul.demander(methode, chemin, qui, **options)
        assert answer.json()["que_faire"]
        return answer.status_code, answer.json()["code"]

    await seul.ecrire(1)
    await seul.calme()
    avant = (await seul.lettres(), (await seul.piloter("GET", f"/destinations/{LILLE}")).json())
    assert await essayer(None) == (401, "certificat-requis")
    assert await essayer(certificat(ephemere())) == (403, "certificat-non-depose")
    assert await essayer(await seul.habiliter(PARIS)) == (403, "certificat-autre-siret")
    assert await essayer(await seul.habiliter(etat=EtatHabilitation.DEPOSEE)) == (403, "certificat-non-active")
    assert await essayer(await seul.habiliter(etat=EtatHabilitation.DESACTIVEE)) == (403, "certificat-desactive")
    assert await essayer(await seul.habiliter(remplacee_le=START)) == (403, "certificat-remplace")
    assert await essayer(await seul.habiliter(effet_le=START + timedelta(days=1))) == (403, "certificat-pas-encore-effectif")
    assert await essayer(await seul.habiliter(droits=())) == (403, "certificat-hors-perimetre")
    assert (await seul.lettres(), (await seul.piloter("GET", f"/destinations/{LILLE}")).json()) == avant
    refus = [x for x in (await seul.piloter("GET", "/audit")).json()["lignes"] if x["resultat"] == "refuse"]
    assert {x["code"] for x in refus} >= {
        "certificat-requis",
        "certificat-non-depose",
        "certificat-non-active",
        "certificat-hors-perimetre",
    }


async def test_a_certificate_of_one_bac_opens_no_box_of_another(seul: Bureau) -> None:
    qui = await seul.habiliter()
    assert (await seul.piloter("POST", "/copie", params={"vers": "copie"})).status_code == 201
    assert (await seul.demander("GET", MESSAGES, qui, "copie")).status_code == 200, "a copy has the same habilitations"
    async with seul.client(jeton="jeton") as client:
        body = {"nom": "autre", "instant": START.isoformat(), "vierge": True}
        assert (await client.post(f"{BASE}/pilotage/bacs", json=body)).status_code == 201
    refus = await seul.demander("GET", MESSAGES, qui, "autre")
    assert (refus.status_code, refus.json()["code"]) == (403, "certificat-autre-bac")
    perdu = await seul.demander("GET", MESSAGES, qui, "nulle-part")
    assert (perdu.status_code, perdu.json()["code"]) == (404, "bac-inconnu")


async def test_who_waits_is_refused_as_soon_as_its_certificate_is_revoked(seul: Bureau) -> None:
    pki = seul.service.extension(Trust).pki
    qui = await seul.habiliter()
    attente = asyncio.create_task(seul.demander("GET", f"{MESSAGES}&attente=20", qui))

    async def attend() -> bool:
        return seul.service.extension(Boites).sonnette.ecoutes == 1

    await jusqua(attend)
    with pki.verrou():
        pki.publier_crl({qui.certificat.serial_number: RevocationAuPsce(wall_now())})
    try:
        answer: httpx.Response = await attente
        assert (answer.status_code, answer.json()["code"]) == (403, "certificat-revoque")
    finally:
        with pki.verrou():
            pki.publier_crl({})


def lettre_de(cls: Any) -> LettreEnBoite:
    message = cls.exemplaire()
    return LettreEnBoite(
        LILLE, 1, "x", cls.type, message.sujet, 1, START, message.model_dump_json(), "", EtatLettre.ATTENTE, 0, 0, None, None
    )


def habilitation(zones: tuple[str, ...] = (), droits: tuple[Permission, ...] = tuple(Permission)) -> Habilitation:
    return Habilitation("cle", LILLE, "Essai", None, "", None, None, EtatHabilitation.ACTIVE, zones, droits, START, START)


def test_a_perimeter_opens_what_it_covers_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {cls.sender for cls in D_UN_SERVICE} == {"antai", "dgfip", "ccsp"} and len(D_UN_SERVICE) == 8
    requete = lettre_de(CommunicationRequete)
    assert requete.lisible_par(habilitation(droits=(Permission.CONTENTIEUX,)))
    assert not requete.lisible_par(habilitation(droits=tuple(set(Permission) - {Permission.CONTENTIEUX})))
    # No letter to a town names a zone today; a message FPS does, and shows what will happen to one that would.
    zone = CreationFps.exemplaire().lieu.zone
    monkeypatch.setitem(LECTEURS, CreationFps, frozenset(Permission))  # type: ignore[misc]
    assert lettre_de(CreationFps).lisible_par(habilitation())
    assert lettre_de(CreationFps).lisible_par(habilitation(zones=(zone,)))
    assert not lettre_de(CreationFps).lisible_par(habilitation(zones=("autre",)))


@pytest.mark.parametrize("perimetre", [{"zones": ("1",)}, {"droits": ()}])
async def test_who_holds_a_part_of_the_letters_does_not_move_them_all(perimetre: dict[str, Any], seul: Bureau) -> None:
    qui = await seul.habiliter(**perimetre)
    for methode, chemin, options in (
        ("PUT", f"/destinations/{LILLE}", {"json": {"mode": "reference"}}),
        ("POST", f"/boites/{LILLE}/rejouer", {}),
    ):
        refus = await seul.demander(methode, chemin, qui, **options)  # type: ignore[arg-type]
        assert (refus.status_code, refus.json()["code"]) == (403, "certificat-hors-perimetre")
    assert (await seul.piloter("GET", f"/destinations/{LILLE}")).json()["mode"] == "retrait"


async def test_the_holder_chooses_where_its_letters_go_and_reads_every_try(seul: Bureau) -> None:
    qui = await seul.habiliter()
    async with editeur() as ville:
        ville.refuser(500, b'{"code": "panne"}')
        choix = await seul.demander("PUT", f"/destinations/{LILLE}", qui, json={"mode": "adresse", "adresse": ville.adresse})
        assert choix.status_code == 200 and choix.json() == (await seul.demander("GET", f"/destinations/{LILLE}", qui)).json()
        assert (
            choix.json()["posee_par"] == seul.service.extension(Trust).reconnaitre(qui.pem).cle
            and choix.json()["depuis"] == START.isoformat()
        )
        ids = await seul.ecrire(1, 2)
        await seul.calme()
        histoire = (await seul.demander("GET", f"/boites/{LILLE}?limite=1", qui)).json()
        (lettre,) = histoire["lettres"]
        assert (lettre["id"], lettre["etat"], histoire["suite"]) == (ids[0], "attente", 1)
        assert lettre["prochain_essai"] == (START + timedelta(minutes=1)).isoformat()
        (essai,) = lettre["tentatives"]
        assert (essai["essai"], essai["resultat"], essai["statut"], essai["cause"]) == (1, "echec", 500, "HTTP 500 : panne")
        assert essai["adresse"] == ville.adresse and essai["date"] == START.isoformat() and essai["wall_time"]
        suite = (await seul.demander("GET", f"/boites/{LILLE}?apres=1", qui)).json()
        assert [x["id"] for x in suite["lettres"]] == [ids[1]] and suite["suite"] is None
        assert suite["lettres"] == (await seul.piloter("GET", f"/boites/{LILLE}?apres=1")).json()["lettres"]
        ville.refuser(202)
        assert (await seul.demander("POST", f"/boites/{LILLE}/rejouer", qui)).json() == {"rejouees": 2}
        await seul.calme()
        assert await seul.etats() == ["acquittee"] * 2
        refus = await seul.demander("POST", f"/boites/{LILLE}/rejouer?id=inventee", qui)
        assert (refus.status_code, refus.json()["code"]) == (404, "lettre-inconnue")
        interdite = await seul.demander("PUT", f"/destinations/{LILLE}", qui, json={"mode": "adresse", "adresse": "https://10.0.0.1"})
        assert (interdite.status_code, interdite.json()["code"]) == (422, "adresse-interdite")
        await seul.poser("retrait")
        refus = await seul.demander("POST", f"/boites/{LILLE}/rejouer", qui)
        assert (refus.status_code, refus.json()["code"]) == (409, "boite-sans-adresse")


async def test_what_was_taken_is_told_in_the_audit_journal_without_any_content(seul: Bureau) -> None:
    qui = await seul.habiliter()
    await seul.ecrire(1, 2)
    await seul.calme()
    await prendre(seul, qui)
    lignes = (await seul.piloter("GET", "/audit")).json()["lignes"]
    (ligne,) = [x for x in lignes if x["acte"] == "retrait"]
    assert (ligne["resultat"], ligne["objet"], ligne["details"]) == ("accepte", LILLE, {"lettres": 2})
    assert ligne["qui"] == seul.service.extension(Trust).reconnaitre(qui.pem).cle
