"""The doors of the four services: each message has one address and one handler, is taken once, and is refused with its own words."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from fps.droit.numero import telepaiement_titre
from fps.flows import MESSAGES, received_by
from fps.kit.ground.clock import paris, wall_now
from fps.kit.post.door import DOORS
from fps.kit.wire.envelope import Letter, pack
from fps.messages.information_paiement import FpsPaye, TitrePaye
from fps.messages.message import Message, MessageClass
from fps.messages.mfps import CreationFps
from fps.messages.paiement import PaiementFps, PaiementTitre
from fps.messages.titre import EmissionTitre
from fps.parties import SERVICES, Channel, Party
from fps_simulateur.pilote.world import DEFINITIONS, World
from tests.parler.partie import bac_neuf

pytestmark = pytest.mark.asyncio(loop_scope="session")
RECUS = [m for m in MESSAGES if m.receiver in SERVICES and m.channel is not Channel.REPONSE]
HTTP = [m for m in RECUS if m.channel in DOORS]
LE = date(2026, 6, 15)
chaque_adresse = pytest.mark.parametrize("message", HTTP, ids=lambda m: m.type)


@dataclass
class Porte:
    """One world, one bac, and how to knock."""

    world: World
    bac: str

    async def poster(self, cls: MessageClass, corps: Any, cle: str = "", suffixe: str = "") -> httpx.Response:
        brut = corps if isinstance(corps, bytes) else json.dumps(corps).encode()
        entetes = {"Content-Type": "application/json"} | ({"Idempotency-Key": cle} if cle else {})
        url = f"{self.world.addresses[cls.receiver]}/bacs/{self.bac}{cls.path}{suffixe}"
        return await self.world.client.post(url, content=brut, headers=entetes)

    async def comptes(self) -> dict[str, int]:
        comptes: dict[str, int] = (await self.world.pilot.etat(self.bac))["comptes"]
        return comptes

    async def lire(self, cls: MessageClass, chemin: str) -> httpx.Response:
        return await self.world.client.get(f"{self.world.addresses[cls.receiver]}/bacs/{self.bac}{chemin}")


@pytest_asyncio.fixture(loop_scope="session")
async def porte(monde: World) -> Porte:
    """A bac of its own for each test, in one world."""
    nom = await bac_neuf(monde, LE, "essai")
    return Porte(monde, nom)


async def test_each_service_handles_exactly_what_the_table_addresses_to_it() -> None:
    for party, definition in DEFINITIONS.items():
        assert list(definition.handlers) == list(received_by(party)), party


@chaque_adresse
async def test_a_message_has_one_address_at_its_receiver_and_none_elsewhere(message: MessageClass, porte: Porte) -> None:
    for party, one in porte.world.services.items():
        chemins = [getattr(route, "path", "") for route in one.app.router.routes]
        attendu = 1 if party is message.receiver else 0
        assert (chemins.count(message.path), chemins.count(f"{message.path}/lot")) == (attendu, attendu)


@chaque_adresse
async def test_a_message_that_does_not_follow_its_schema_is_refused_with_every_error(message: MessageClass, porte: Porte) -> None:
    answer = await porte.poster(message, {"champ_de_trop": 1})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    erreurs = answer.json()["erreurs"]
    obligatoires = {nom for nom, champ in message.model_fields.items() if champ.is_required()}
    assert {e["champ"] for e in erreurs if e["code"] == "champ-manquant"} == obligatoires
    assert [e["champ"] for e in erreurs if e["code"] == "champ-inconnu"] == ["champ_de_trop"]
    assert await porte.comptes() == {}


@pytest.mark.parametrize(
    ("corps", "statut", "code"),
    [
        (b"{", 400, "json-invalide"),
        (b'{"siret": "1", "siret": "2"}', 422, "cle-json-dupliquee"),
        (b'{"siret": "\xff"}', 400, "encodage-invalide"),
        (b" " * ((1 << 20) + 1), 413, "corps-trop-grand"),
        (b'"texte"', 422, "message-invalide"),
    ],
)
async def test_what_cannot_be_read_has_its_own_code(corps: bytes, statut: int, code: str, porte: Porte) -> None:
    answer = await porte.poster(CreationFps, corps)
    assert (answer.status_code, answer.json()["code"]) == (statut, code)
    assert answer.json()["detail"].endswith(".")


def creation(**champs: Any) -> dict[str, Any]:
    return {**CreationFps.example, **champs}


FAUTES = [
    ({"cle": "38"}, "cle-fausse"),
    ({"siret": "21590350100018"}, "siret-invalide"),
    ({"date_heure_constat": "2026-06-16T10:42:00+02:00", "fin_effets": "2026-06-16T15:42:00+02:00"}, "constat-futur"),
    ({"montant_fps": 0, "minoration": None}, "montant-nul"),
    ({"montant_fps": 2000, "minoration": {"montant": 2100, "delai_jours": 9}}, "minoration-sans-effet"),
    ({"vehicule": {**CreationFps.example["vehicule"], "immatriculation": "INCONNU"}}, "plaque-invalide"),
    ({"siret": "21000200200017"}, "cycle-partiel"),
]


@pytest.mark.parametrize(("champs", "code"), FAUTES, ids=[code for _, code in FAUTES])
async def test_a_false_message_fps_is_refused_by_an_accuse_that_names_the_error(champs: dict[str, Any], code: str, porte: Porte) -> None:
    answer = await porte.poster(CreationFps, creation(**champs))
    body = answer.json()
    assert (answer.status_code, body["code"], body["accuse"]["statut"]) == (422, "message-fps-refuse", "refuse")
    erreurs = {e["code"]: e for e in body["accuse"]["erreurs"]}
    assert code in erreurs and all(e["phrase"].endswith(".") and e["que_faire"].endswith(".") for e in erreurs.values())
    assert (await porte.lire(CreationFps, f"/dossiers/{CreationFps.example['numero_fps']}")).status_code == 404


async def test_a_sum_above_what_antai_knows_is_told_in_the_accuse_and_taken(porte: Porte) -> None:
    """ANTAI computes no amount: the town may have voted another tariff (convention)."""
    haut = creation(montant_fps=3001, minoration={"montant": 2101, "delai_jours": 9})
    for cle in ("a", "b"):
        body = (await porte.poster(CreationFps, haut, cle)).json()
        assert (body["statut"], body["erreurs"]) == ("accepte", [])
        assert [(a["code"], a["champ"]) for a in body["avertissements"]] == [("montant-au-dessus-du-plafond", "montant_fps")]
        assert "35,01" in body["avertissements"][0]["phrase"]


async def test_the_same_message_fps_twice_is_one_dossier_and_another_content_is_refused(porte: Porte) -> None:
    first = await porte.poster(CreationFps, creation(), "a")
    assert (first.status_code, first.json()["statut"]) == (200, "accepte")
    again = await porte.poster(CreationFps, creation(), "a")
    assert again.json() == first.json() and again.headers["Idempotency-Replayed"] == "true"
    assert (await porte.poster(CreationFps, creation(), "b")).json()["statut"] == "accepte"
    autre = await porte.poster(CreationFps, creation(dispositif="AUTRE"), "a")
    assert (autre.status_code, autre.json()["code"]) == (422, "cle-idempotence-reutilisee")
    change = await porte.poster(CreationFps, creation(montant_fps=2500), "c")
    assert (change.status_code, change.json()["code"], change.json()["accuse"]["statut"]) == (409, "numero-deja-utilise", "refuse")
    journal = await porte.world.pilot.journal(porte.bac, CreationFps.example["numero_fps"])
    assert [line["acte"] for line in journal].count("identification") == 1


async def test_a_fps_given_up_says_why_and_leaves_nothing_to_do(porte: Porte) -> None:
    vole = {**CreationFps.example["vehicule"], "immatriculation": "ZV-001-AA"}
    accuse = (await porte.poster(CreationFps, creation(vehicule=vole))).json()
    assert (accuse["statut"], accuse["motif_abandon"]) == ("abandonne", "vehicule-vole")
    (erreur,) = accuse["erreurs"]
    assert erreur["code"] == "vehicule-vole" and erreur["phrase"] and erreur["que_faire"]
    dossier = (await porte.lire(CreationFps, f"/dossiers/{accuse['numero_fps']}")).json()
    assert (dossier["etat"], dossier["motif_abandon"]) == ("abandonne", "vehicule-vole")
    assert (await porte.world.pilot.etat(porte.bac))["prochaine_echeance"] is None


@pytest.mark.parametrize(
    ("cls", "champs", "statut", "code"),
    [
        (PaiementFps, {}, 404, "dossier-inconnu"),
        (PaiementFps, {"numero_telepaiement": "21590350100017261163072245" + "38"}, 422, "cle-telepaiement-fausse"),
        (PaiementTitre, {}, 404, "prise-en-charge-inconnue"),
        (PaiementTitre, {"numero_telepaiement": "26000000420000000775"}, 422, "cle-telepaiement-fausse"),
        (FpsPaye, {}, 409, "fps-etabli-ailleurs"),
    ],
    ids=lambda x: x if isinstance(x, str) else None,
)
async def test_what_is_said_of_an_unknown_dossier_is_refused(
    cls: MessageClass, champs: dict[str, Any], statut: int, code: str, porte: Porte
) -> None:
    answer = await porte.poster(cls, {**cls.example, **champs})
    assert (answer.status_code, answer.json()["code"]) == (statut, code)


async def test_a_payment_asks_for_the_plate_of_the_notice(porte: Porte) -> None:
    await porte.poster(CreationFps, creation())
    await porte.world.pilot.avancer(porte.bac, paris(date(2026, 6, 16)))
    refus = await porte.poster(PaiementFps, {**PaiementFps.example, "immatriculation": "AB-123-CE"})
    assert (refus.status_code, refus.json()["code"]) == (409, "plaque-differente")
    accepte = await porte.poster(PaiementFps, {**PaiementFps.example, "immatriculation": "AB123CD"})
    assert (accepte.status_code, accepte.json()["minore"]) == (200, True)


async def test_what_was_refused_to_somebody_is_looked_at_again_on_another_day_of_the_bac(porte: Porte) -> None:
    """The notice is not sent yet: the payment is refused, and again the same day; two days later, the same words pay."""
    await porte.poster(CreationFps, creation())
    tot = await porte.poster(PaiementFps, PaiementFps.example)
    encore = await porte.poster(PaiementFps, PaiementFps.example)
    assert (tot.status_code, tot.json()["code"]) == (409, "avis-non-envoye")
    assert encore.json() == tot.json() and encore.headers["Idempotency-Replayed"] == "true"
    await porte.world.pilot.avancer(porte.bac, paris(date(2026, 6, 17)))
    paye = await porte.poster(PaiementFps, PaiementFps.example)
    assert paye.status_code == 200 and "Idempotency-Replayed" not in paye.headers
    assert (await porte.poster(PaiementFps, PaiementFps.example)).json() == paye.json()


ECRITE = paris(date(2026, 6, 1))  # before the date of every bac here


def lettre(bac: str, message: Message, nom: str) -> Letter:
    corps = message.model_dump_json()
    return Letter(nom, bac, type(message).type, "/services/antai", message.sujet, 1, ECRITE, wall_now(), corps)


async def test_a_letter_of_the_broker_is_taken_once_and_waits_when_its_dossier_is_unknown(porte: Porte) -> None:
    emission = lettre(porte.bac, EmissionTitre.exemplaire(), "lettre-1")
    dgfip, antai = porte.world.services[EmissionTitre.receiver].inbound, porte.world.services[TitrePaye.receiver].inbound
    assert await dgfip.take([pack([emission, emission]), pack([emission])]) == []
    assert await dgfip.take([pack([lettre(porte.bac, EmissionTitre.exemplaire(), "lettre-2")])]) == []
    assert (await porte.lire(EmissionTitre, "/prises-en-charge")).json()["elements"][0]["total_du"] == 8000
    soldes = {s.value: x for s, x in (await porte.world.pilot.soldes(porte.bac)).items()}["dgfip"]
    assert soldes["redevable"] == 8000
    tard = await antai.take([pack([lettre(porte.bac, TitrePaye.exemplaire(), "lettre-3")])])
    assert [(x.id, x.attempts) for x in tard] == [("lettre-3", 1)]


async def test_a_letter_waits_until_the_clock_of_its_receiver_says_when_it_was_written(porte: Porte) -> None:
    """However often it comes meanwhile, by the broker or by its address: nothing is dated before it was written."""
    demain = paris(LE + timedelta(days=1))
    ecrite = replace(lettre(porte.bac, EmissionTitre.exemplaire(), "demain"), time=demain)
    dgfip = porte.world.services[EmissionTitre.receiver].inbound
    for _ in range(2):
        assert [(x.id, x.attempts) for x in await dgfip.take([pack([ecrite])])] == [("demain", 0)]
    entetes = {"Idempotency-Key": "demain", "Ce-Source": "/services/collectivite", "Ce-Time": demain.isoformat()}
    url = f"{porte.world.addresses[CreationFps.receiver]}/bacs/{porte.bac}{CreationFps.path}"
    tot = await porte.world.client.post(url, json=creation(), headers=entetes)
    assert (tot.status_code, tot.json()["code"], "retry-after" in tot.headers) == (503, "horloge-en-retard", True)
    assert await porte.world.pilot.journal(porte.bac) == []
    await porte.world.pilot.avancer(porte.bac, demain)
    assert await dgfip.take([pack([ecrite])]) == []
    assert (await porte.world.client.post(url, json=creation(), headers=entetes)).status_code == 200
    recues = [x["date"] for x in await porte.world.pilot.journal(porte.bac) if x["acte"] == "reception"]
    assert recues[:2] == [demain.isoformat()] * 2


async def test_another_title_for_the_same_fps_is_refused_and_recorded(porte: Porte) -> None:
    dgfip = porte.world.services[EmissionTitre.receiver].inbound
    autre = EmissionTitre.exemplaire().model_copy(update={"numero_titre": "2600000043"})
    assert await dgfip.take([pack([lettre(porte.bac, EmissionTitre.exemplaire(), "l-1"), lettre(porte.bac, autre, "l-2")])]) == []
    journal = await porte.world.pilot.journal(porte.bac, autre.sujet)
    assert [line["donnees"]["code"] for line in journal if line["acte"] == "refus"] == ["titre-deja-pris-en-charge"]
    prises = (await porte.lire(EmissionTitre, "/prises-en-charge")).json()["elements"]
    assert [p["numero_titre"] for p in prises] == ["2600000042"]


NUMERO = "21590350100017261163072245"
INCONNUS = [
    (Party.ANTAI, f"/dossiers/{NUMERO}", "dossier-inconnu"),
    (Party.ANTAI, "/titres/2600000042", "titre-inconnu"),
    (Party.ANTAI, f"/payer/{NUMERO}37?immatriculation=AB-123-CD", "dossier-inconnu"),
    (Party.DGFIP, f"/prises-en-charge/{NUMERO}", "prise-en-charge-inconnue"),
    (Party.DGFIP, f"/payer/26000000420000000774?numero_fps={NUMERO}", "prise-en-charge-inconnue"),
    (Party.COLLECTIVITE, f"/fps/{NUMERO}", "fps-inconnu"),
    (Party.CCSP, "/requetes/26004217", "requete-inconnue"),
]


@pytest.mark.parametrize(("party", "chemin", "code"), INCONNUS)
async def test_what_does_not_exist_is_a_404_that_says_what_to_do(party: Party, chemin: str, code: str, porte: Porte) -> None:
    answer = await porte.world.client.get(f"{porte.world.addresses[party]}/bacs/{porte.bac}{chemin}")
    assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert answer.json()["que_faire"].endswith(".") and answer.json()["article"]


@pytest.mark.parametrize(
    ("party", "liste"),
    [(Party.ANTAI, "/dossiers"), (Party.DGFIP, "/prises-en-charge"), (Party.COLLECTIVITE, "/fps"), (Party.CCSP, "/requetes")],
)
async def test_a_new_bac_has_empty_lists(party: Party, liste: str, porte: Porte) -> None:
    answer = await porte.world.client.get(f"{porte.world.addresses[party]}/bacs/{porte.bac}{liste}")
    deux_sens = {"precedent": None} if party in (Party.ANTAI, Party.COLLECTIVITE) else {}
    assert (answer.status_code, answer.json()) == (200, {"elements": [], "suivant": None, **deux_sens})


async def test_the_telepayment_number_of_another_title_is_refused(porte: Porte) -> None:
    dgfip = porte.world.services[Party.DGFIP].inbound
    assert await dgfip.take([pack([lettre(porte.bac, EmissionTitre.exemplaire(), "l-1")])]) == []
    await porte.world.pilot.avancer(porte.bac, paris(date(2026, 10, 12)))
    autre = telepaiement_titre("2600000042", 8)
    refus = await porte.poster(PaiementTitre, {**PaiementTitre.example, "numero_telepaiement": autre})
    assert (refus.status_code, refus.json()["code"]) == (409, "telepaiement-autre-titre")
    assert (await porte.poster(PaiementTitre, PaiementTitre.example)).json()["rabais"] == 1600
    again = await porte.poster(PaiementTitre, {**PaiementTitre.example, "reference": "CB-000778"})
    assert (again.status_code, again.json()["code"]) == (409, "titre-deja-paye")
