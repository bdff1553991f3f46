"""Every certificate that may not bring a letter, at every door: its own code, a line of audit, nothing changed."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from fps.confiance.habilitation import PERMISSIONS, EtatHabilitation, Habilitation, Permission
from fps.flows import MESSAGES
from fps.kit.engine.work import Work
from fps.kit.ground.clock import paris, wall_now
from fps.kit.post.door import DOORS
from fps.kit.trust.pki import PSCE, SERVICE_URI, SERVICES_AC, AutoriteDeCertification, RevocationAuPsce, bati, feuille, nom
from fps.kit.wire.carrier import always, open_client
from fps.messages.message import MessageClass
from fps.messages.mfps import CreationFps
from fps.parties import SERVICES, Channel, Party
from fps_simulateur.pilote.world import World, open_world
from tests.parler.certificats import HEURE, Essai, auto_signe, autre_autorite, certificat
from tests.parler.exports import lu
from tests.villes import donnees

pytestmark = pytest.mark.asyncio(loop_scope="module")
LE = date(2026, 6, 15)
LILLE, PARIS = "21590350100017", "21750001600019"
REST = [m for m in MESSAGES if m.channel is Channel.REST and m.receiver in SERVICES]
DES_VILLES = [m for m in REST if m.sender is Party.COLLECTIVITE]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with open_world(token="essai") as opened:
        for nom in ("essai", "autre"):
            await opened.pilot.creer(nom, paris(LE), graine="essai")
        yield opened


@dataclass
class Essayeur:
    """Brings a letter with a certificate, and looks at what it did."""

    world: World
    lus: dict[tuple[Party, str], int] = field(default_factory=dict)  # how far each audit was read
    certificats: dict[str, str | None] = field(default_factory=dict)  # the bad ones, by what is wrong with them

    def mauvais(self, genre: str) -> str | None:
        """A certificate of that bad kind, in PEM, the same for every letter."""
        if genre not in self.certificats:
            self.certificats[genre] = mauvais(self.world, genre)
        return self.certificats[genre]

    async def porter(self, cls: MessageClass, pem: str | None, *, bac: str = "essai", lot: bool = False, **champs: Any) -> httpx.Response:
        network = {self.world.addresses[p]: one.asgi for p, one in self.world.services.items()}
        present = always((pem,) if pem is not None else ())
        url = f"{self.world.addresses[cls.receiver]}/bacs/{bac}{cls.path}"
        corps = {**cls.example, **champs}
        async with open_client(network, present=present) as client:
            if not lot:
                return await client.post(url, json=corps)
            lignes = "\n".join(json.dumps({"id": f"ligne-{n}", "data": corps}) for n in range(2))
            return await client.post(f"{url}/lot", content=lignes, headers={"Content-Type": "application/x-ndjson"})

    async def traces(self, service: Party) -> tuple[Any, ...]:
        """What a letter could have changed in a service: its journal, its letters, its dossiers; not the audit, whose length is apart."""
        etat = await self.world.pilot._call(service, "GET", "/bacs/essai/export")
        tables = lu(etat.content)["tables"]
        return tuple(
            sorted(
                (nom, len(lignes)) for nom, lignes in tables.items() if not nom.startswith(("audit", "ancres")) and nom != "habilitations"
            )
        )

    async def habiliter(self, service: Party, habilitation: Habilitation, bac: str = "essai") -> None:
        async def poser(work: Work) -> None:
            ancienne = await work.find(Habilitation, habilitation.cle, habilitation.siret)
            if ancienne is None:
                work.add(habilitation)
            else:
                ancienne.__dict__.update(habilitation.__dict__)

        await self.world.services[service].service.ask(bac, poser)

    async def dernier_audit(self, service: Party, bac: str = "essai") -> dict[str, Any]:
        """The last line, which was not there when this was asked before."""
        params = {"apres": self.lus.get((service, bac), 0), "limite": 10_000}
        lignes = (await self.world.pilot._call(service, "GET", f"/bacs/{bac}/audit", params=params)).json()["lignes"]
        self.lus[service, bac] = lignes[-1]["rang"]
        last: dict[str, Any] = lignes[-1]
        return last


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def essayeur(world: World) -> Essayeur:
    return Essayeur(world)


def mauvais(world: World, genre: str) -> str | None:
    """A certificate of each bad kind, in PEM."""
    pki = world.pki
    match genre:
        case "certificat-requis":
            return None
        case "certificat-illisible":
            return "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        case "certificat-auto-signe":
            return auto_signe().pem
        case "certificat-autorite-inconnue":
            return certificat(pki, de=autre_autorite()).pem
        case "certificat-expire":
            return certificat(pki, du=-3 * HEURE, au=-HEURE).pem
        case "certificat-pas-encore-valide":
            return certificat(pki, du=HEURE).pem
        case "certificat-cle-faible":
            return certificat(pki, cle=ec.generate_private_key(ec.SECP192R1())).pem
        case "certificat-usage":
            return certificat(pki, siret=None).pem
        case "certificat-non-depose":
            return certificat(pki).pem
    raise ValueError(genre)


GENRES = (
    "certificat-requis",
    "certificat-illisible",
    "certificat-auto-signe",
    "certificat-autorite-inconnue",
    "certificat-expire",
    "certificat-pas-encore-valide",
    "certificat-cle-faible",
    "certificat-usage",
)


@pytest.mark.parametrize("cls", REST, ids=lambda m: m.type)
async def test_every_letter_is_refused_from_every_certificate_that_is_not_good(cls: MessageClass, essayeur: Essayeur) -> None:
    before = await essayeur.traces(cls.receiver)
    for genre in GENRES:
        for lot in (False, True):
            answer = await essayeur.porter(cls, essayeur.mauvais(genre), lot=lot)
            statut = 401 if genre in ("certificat-requis", "certificat-illisible") else 403
            assert (answer.status_code, answer.json()["code"]) == (statut, genre)
            assert answer.json()["que_faire"]
            assert (await essayeur.dernier_audit(cls.receiver))["code"] == genre
    assert await essayeur.traces(cls.receiver) == before


@pytest.mark.parametrize("cls", REST, ids=lambda m: m.type)
async def test_a_service_may_only_bring_the_letters_that_it_sends(cls: MessageClass, essayeur: Essayeur) -> None:
    before = await essayeur.traces(cls.receiver)
    for party in set(SERVICES) - {cls.sender}:
        answer = await essayeur.porter(cls, essayeur.world.pki.chaine(party)[0])
        assert (answer.status_code, answer.json()["code"]) == (403, "certificat-autre-role")
    if cls.sender is not Party.COLLECTIVITE:
        answer = await essayeur.porter(cls, certificat(essayeur.world.pki).pem)
        assert (answer.status_code, answer.json()["code"]) == (403, "certificat-autre-role")
    assert await essayeur.traces(cls.receiver) == before


def habilitation(qui: Essai, siret: str = LILLE, **champs: Any) -> Habilitation:
    """The habilitation of a provider for a town, active with every right unless said otherwise."""
    from cryptography.hazmat.primitives.hashes import SHA256

    tout = Habilitation(
        cle=qui.certificat.fingerprint(SHA256()).hex(),
        siret=siret,
        prestataire="Éditeur Essai",
        siret_titulaire="73282932000074",
        certificat=qui.pem,
        valide_du=None,
        valide_au=None,
        etat=EtatHabilitation.ACTIVE,
        zones=(),
        droits=tuple(Permission),
        deposee_le=paris(LE),
        effet_le=paris(LE),
    )
    return replace(tout, **champs)


def permissions_sauf(cls: MessageClass) -> tuple[Permission, ...]:
    return tuple(p for p in Permission if p not in PERMISSIONS[cls])


PORTES: dict[str, Any] = {
    "certificat-non-active": lambda cls: {"etat": EtatHabilitation.DEPOSEE},
    "certificat-desactive": lambda cls: {"etat": EtatHabilitation.DESACTIVEE},
    "certificat-hors-perimetre": lambda cls: {"droits": permissions_sauf(cls)},
    "certificat-pas-encore-effectif": lambda cls: {"effet_le": paris(LE) + timedelta(minutes=1)},
    "certificat-remplace": lambda cls: {"remplacee_le": paris(LE)},
    "certificat-autre-siret": lambda cls: {"siret": PARIS},
}


@pytest.mark.parametrize("code", PORTES)
@pytest.mark.parametrize("cls", DES_VILLES, ids=lambda m: m.type)
async def test_a_letter_of_a_town_is_refused_when_its_certificate_may_not_speak_for_it(
    cls: MessageClass, code: str, essayeur: Essayeur
) -> None:
    before, qui = await essayeur.traces(cls.receiver), certificat(essayeur.world.pki)
    await essayeur.habiliter(cls.receiver, habilitation(qui, **PORTES[code](cls)))
    answer = await essayeur.porter(cls, qui.pem)
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert answer.json()["que_faire"]
    assert (await essayeur.dernier_audit(cls.receiver))["code"] == code
    lines = (await essayeur.porter(cls, qui.pem, lot=True)).text.splitlines()
    assert [code in line and '"statut": 403' in line for line in lines] == [True, True]
    assert await essayeur.traces(cls.receiver) == before


@pytest.mark.parametrize("cls", DES_VILLES, ids=lambda m: m.type)
async def test_the_same_certificate_is_let_in_once_it_is_active_and_only_in_its_bac(cls: MessageClass, essayeur: Essayeur) -> None:
    qui = certificat(essayeur.world.pki)
    assert (await essayeur.porter(cls, qui.pem)).json()["code"] == "certificat-non-depose"
    await essayeur.habiliter(cls.receiver, habilitation(qui))
    answer = await essayeur.porter(cls, qui.pem)
    assert answer.status_code not in (401, 403), answer.text
    elsewhere = await essayeur.porter(cls, qui.pem, bac="autre")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "certificat-autre-bac")


async def test_a_revocation_counts_at_once_in_the_middle_of_the_day(essayeur: Essayeur) -> None:
    pki, qui = essayeur.world.pki, certificat(essayeur.world.pki)
    await essayeur.habiliter(Party.ANTAI, habilitation(qui))
    assert (await essayeur.porter(CreationFps, qui.pem)).status_code == 200
    pki.publier_crl({**pki.publies(), qui.certificat.serial_number: RevocationAuPsce(wall_now())})
    answer = await essayeur.porter(CreationFps, qui.pem)
    assert (answer.status_code, answer.json()["code"]) == (403, "certificat-revoque")


async def test_a_zone_outside_the_perimeter_is_refused_and_one_inside_is_let_in(essayeur: Essayeur) -> None:
    qui, zone = certificat(essayeur.world.pki), CreationFps.exemplaire().lieu.zone
    for zones, statut in (((zone,), 200), (("ailleurs",), 403), ((zone, "ailleurs"), 200)):
        await essayeur.habiliter(Party.ANTAI, habilitation(qui, zones=zones))
        assert (await essayeur.porter(CreationFps, qui.pem)).status_code == statut


async def test_a_certificate_of_the_services_that_names_none_is_refused_and_is_no_fault_of_ours(essayeur: Essayeur) -> None:
    services = essayeur.world.pki.autorite(SERVICES_AC)
    nul, double = bati_sans_nom(services), certificat(essayeur.world.pki, None, de=services, noms=(x509.UniformResourceIdentifier("a:b"),))
    inconnu = certificat(essayeur.world.pki, None, de=services, noms=(x509.UniformResourceIdentifier(f"{SERVICE_URI}autre"),))
    for qui in (nul, double, inconnu):
        answer = await essayeur.porter(CreationFps, qui.pem)
        assert (answer.status_code, answer.json()["code"]) == (403, "certificat-usage")


def bati_sans_nom(de: AutoriteDeCertification) -> Essai:
    """A certificate without any subject alternative name."""
    cle, maintenant = ec.generate_private_key(ec.SECP256R1()), wall_now()
    fin = maintenant + timedelta(hours=1)
    builder = bati(nom("sans nom", "Essai", None), cle.public_key(), de.certificat.subject, maintenant - timedelta(hours=1), fin)
    return Essai(feuille(builder, cle.public_key(), de, ()), cle)


async def test_the_psce_cannot_make_a_service_and_the_services_cannot_make_a_provider(essayeur: Essayeur) -> None:
    pki = essayeur.world.pki
    uri = (x509.UniformResourceIdentifier(f"{SERVICE_URI}antai"),)
    faux = certificat(pki, de=pki.autorite(PSCE), noms=uri)
    cls = next(m for m in REST if m.sender is Party.ANTAI)
    assert (await essayeur.porter(cls, faux.pem)).json()["code"] == "certificat-autre-role"
    for party in (PSCE, SERVICES_AC):
        autorite = pki.certificat(party)
        from fps.kit.trust.pki import pem

        assert (await essayeur.porter(CreationFps, pem(autorite))).status_code == 403


async def brut(app: Any, chemin: str, pem: str) -> int:
    """Post a letter by a path that no HTTP client would let out as it is; gives the status."""
    sent: list[Any] = []
    body = json.dumps(CreationFps.example).encode()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": unquote(chemin),
        "raw_path": chemin.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"application/json"), (b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8001),
        "extensions": {"tls": {"client_cert_chain": (pem,)}},
    }
    await app(scope, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    "chemin",
    [
        "/bacs/essai/../autre{}",
        "/bacs//{}",
        "/bacs/essai/bacs/autre{}",
        "/bacs/ESSAI{}",
        "/bacs/essai%2F..%2Fautre{}",
        "/bacs/essai%00{}",
        "/bacs/%65ssai/..{}",
        "/bacs/.{}",
        "/bacs/?{}",
        "//bacs/essai{}",
    ],
)
async def test_a_trick_in_the_path_leads_to_no_other_bac(chemin: str, essayeur: Essayeur) -> None:
    qui = certificat(essayeur.world.pki)
    await essayeur.habiliter(Party.ANTAI, habilitation(qui), bac="autre")  # good there, nothing here
    before = [await essayeur.world.pilot._last(Party.ANTAI, bac) for bac in ("essai", "autre")]
    statut = await brut(essayeur.world.services[Party.ANTAI].asgi, chemin.format(CreationFps.path), qui.pem)
    assert statut in (401, 403, 404, 405)
    assert [await essayeur.world.pilot._last(Party.ANTAI, bac) for bac in ("essai", "autre")] == before


async def test_a_weak_rsa_key_is_refused_and_a_strong_one_is_let_in(essayeur: Essayeur) -> None:
    for bits, statut in ((1024, 403), (2048, 200)):
        cle = rsa.generate_private_key(65537, bits)
        qui = certificat(essayeur.world.pki, cle=cle)
        await essayeur.habiliter(Party.ANTAI, habilitation(qui))
        assert (await essayeur.porter(CreationFps, qui.pem)).status_code == statut


async def test_two_providers_may_choose_the_same_idempotency_key(essayeur: Essayeur) -> None:
    network = {essayeur.world.addresses[p]: one.asgi for p, one in essayeur.world.services.items()}
    url = f"{essayeur.world.addresses[Party.ANTAI]}/bacs/essai{CreationFps.path}"
    accuses = []
    for siret, champs in (("73282932000074", {}), ("55208131766522", {"prestataire": "Un autre éditeur"})):
        qui = certificat(essayeur.world.pki, siret=siret)
        await essayeur.habiliter(Party.ANTAI, habilitation(qui))
        async with open_client(network, present=always((qui.pem,))) as client:
            for _ in range(2):
                answer = await client.post(url, json={**CreationFps.example, **champs}, headers={"Idempotency-Key": "1"})
                accuses.append((answer.status_code, answer.headers.get("Idempotency-Replayed"), answer.json().get("code")))
    # The second one speaks of the same number with another content: that is what it is told, and not that its key has served.
    assert accuses[:2] == [(200, None, None), (200, "true", None)]
    assert [code for _, _, code in accuses[2:]] == ["numero-deja-utilise"] * 2


async def test_a_blank_bac_has_nobody_enrolled(world: World) -> None:
    await world.pilot.creer("vierge", paris(LE), vierge=True, villes=donnees())
    answer = await world.client.post(f"{world.addresses[Party.ANTAI]}/bacs/vierge{CreationFps.path}", json=CreationFps.example)
    assert answer.status_code == 403
    assert answer.json()["code"] in ("espace-absent", "certificat-autre-bac")


async def test_every_door_of_the_flows_is_known_to_this_test() -> None:
    assert {m.channel for m in MESSAGES if m.receiver in SERVICES} <= {*DOORS, Channel.AMQP, Channel.REPONSE}
    assert len(REST) == 18
    assert set(DES_VILLES) == set(PERMISSIONS)
