"""The test PSCE: what it certifies, what it refuses and why, what it revokes, and that nothing is lost when many ask at once."""

import asyncio
import stat
import subprocess
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fps.confiance.refus import CertificatExpire, CertificatPrecoce, CertificatRevoque
from fps.errors import Refus
from fps.kit.engine import once
from fps.kit.engine.audit import SANS_BAC, lines
from fps.kit.ground.clock import wall_now
from fps.kit.trust import guichet_psce, psce
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import PSCE, Pki, nom
from fps.kit.wire.carrier import open_client
from fps.parties import Party
from fps_simulateur.pilote.world import World, open_world
from tests.temoin import Heard

SIRET = "73282932000074"
AUTRE = "21590350100017"
CLE = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    found = Pki(tmp_path / "pki")
    found.preparer()
    return found


def sujet(**autres: str | None) -> x509.Name:
    """A good subject, some of its parts replaced or removed."""
    parts: dict[str, str | None] = {"C": "FR", "O": "Éditeur Essai", "OU": f"0002 {SIRET}", "CN": "SI de l'éditeur", **autres}
    oids = {
        "C": NameOID.COUNTRY_NAME,
        "O": NameOID.ORGANIZATION_NAME,
        "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "CN": NameOID.COMMON_NAME,
        "L": NameOID.LOCALITY_NAME,
    }
    return x509.Name([x509.NameAttribute(oids[k], v, _validate=False) for k, v in parts.items() if v is not None])


def csr(cle: Any = CLE, *noms: x509.GeneralName, digest: Any = None, **parts: str | None) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(sujet(**parts))
    if noms:
        builder = builder.add_extension(x509.SubjectAlternativeName(noms), critical=False)
    algorithm = None if isinstance(cle, ed25519.Ed25519PrivateKey) else digest or SHA256()
    return builder.sign(cle, algorithm).public_bytes(Encoding.PEM)


def signed_by_sha1() -> bytes:
    """OpenSSL still signs with SHA-1, which the library here no longer does."""
    command = ["openssl", "req", "-new", "-sha1", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null"]
    return subprocess.run([*command, "-subj", f"/C=FR/O=Essai/OU=0002 {SIRET}/CN=Essai"], capture_output=True, check=True).stdout


def altered() -> bytes:
    """A request whose subject was changed after it was signed."""
    raw = x509.load_pem_x509_csr(csr()).public_bytes(Encoding.DER)
    return raw.replace(b"SI de l'", b"SI du l'")


REFUSES: list[tuple[str, Callable[[], bytes], dict[str, Any]]] = [
    ("csr-illisible", lambda: b"", {}),
    ("csr-illisible", lambda: b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", {}),
    ("csr-illisible", lambda: x509.load_pem_x509_csr(csr()).public_bytes(Encoding.DER)[:-40], {}),
    ("csr-signature", altered, {}),
    ("csr-empreinte-faible", signed_by_sha1, {}),
    ("csr-cle-faible", lambda: csr(rsa.generate_private_key(65537, 1024)), {}),
    ("csr-cle-faible", lambda: csr(ec.generate_private_key(ec.SECP256K1())), {}),
    ("csr-cle-faible", lambda: csr(ed25519.Ed25519PrivateKey.generate()), {}),
    ("csr-sans-siret", lambda: csr(OU=None), {}),
    ("csr-sans-siret", lambda: csr(OU="Service informatique"), {}),
    ("csr-siret-faux", lambda: csr(OU="0002 73282932000075"), {"siret": "73282932000075"}),
    ("csr-siret-faux", lambda: csr(OU="0002 7328293200007"), {}),
    ("csr-siret-faux", lambda: csr(OU=f"0002{SIRET}"), {}),
    ("csr-siret-faux", lambda: csr(OU="0002 ٧٣٢٨٢٩٣٢٠٠٠٠٧٤"), {}),
    ("csr-siret-faux", csr, {"siret": "73282932000075"}),
    ("csr-siret-faux", csr, {"siret": ""}),
    ("csr-siret-different", csr, {"siret": AUTRE}),
    ("csr-sujet", lambda: csr(O=None), {}),
    ("csr-sujet", lambda: csr(CN=None), {}),
    ("csr-sujet", lambda: csr(C="BE"), {}),
    ("csr-sujet", lambda: csr(CN="SI\u202eruetidé"), {}),
    ("csr-sujet", lambda: csr(CN="deux\nlignes"), {}),
    ("csr-sujet", lambda: csr(O="x" * 65), {}),
    ("csr-sujet", lambda: csr(L="\x00"), {}),
    ("csr-sujet", lambda: csr(CLE, x509.UniformResourceIdentifier("urn:fps:service:antai")), {}),
    ("csr-sujet", lambda: csr(CLE, *(x509.DNSName(f"h{n}.example") for n in range(21))), {}),
    ("certificat-validite", csr, {"duree": timedelta(0)}),
    ("certificat-validite", csr, {"duree": timedelta(days=3 * 365 + 1)}),
    ("certificat-validite", csr, {"debut": datetime(1999, 12, 31, tzinfo=UTC)}),
]


@pytest.mark.parametrize(("code", "demande", "options"), REFUSES, ids=[f"{n}-{c}" for n, (c, _, _) in enumerate(REFUSES)])
def test_a_request_that_is_not_good_is_refused_with_its_code_and_leaves_nothing(
    pki: Pki, code: str, demande: Callable[[], bytes], options: dict[str, Any]
) -> None:
    with pytest.raises(psce.DemandeRefusee) as refus:
        psce.emettre(pki, demande(), **{"siret": SIRET, **options})
    assert refus.value.code == code and refus.value.que_faire
    assert psce.lister(pki) == []


def test_every_refusal_of_the_psce_is_reached_by_this_file() -> None:
    defined = {
        cls.code
        for module in (psce, guichet_psce)
        for cls in vars(module).values()
        if isinstance(cls, type) and issubclass(cls, Refus) and cls.__module__ == module.__name__
    }
    told_below = {"certificat-inconnu", "psce-absent", "psce-hors-bac"}
    assert defined == {code for code, _, _ in REFUSES} | told_below | {psce.DemandeRefusee.code}


def test_a_certificate_has_the_profile_of_the_rgs_and_openssl_believes_it(pki: Pki) -> None:
    emis = psce.emettre(pki, csr(CLE, x509.DNSName("si.editeur.example")), SIRET)
    found = x509.load_pem_x509_certificate(emis.certificat.encode())
    assert found.subject == nom("SI de l'éditeur", "Éditeur Essai", SIRET)
    usages = found.extensions.get_extension_for_class(x509.KeyUsage)
    assert usages.critical and usages.value.digital_signature and not usages.value.key_cert_sign
    assert not found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    eku = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert set(eku) == {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH}
    assert (found.not_valid_after_utc - wall_now()).days in (1094, 1095)
    leaf = pki.dossier / "essai.crt"
    leaf.write_text(emis.certificat)
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", str(pki.fichier_racine), "-untrusted"]
    checked = subprocess.run([*command, str(pki.fichier_autorites), str(leaf)], capture_output=True, text=True, check=False)
    assert checked.stdout.strip().endswith(": OK"), checked
    identite = Trust(pki).reconnaitre(emis.certificat)
    assert (identite.siret, identite.service, identite.empreinte) == (SIRET, None, emis.empreinte)


def test_without_a_host_a_certificate_authenticates_a_client_only(pki: Pki) -> None:
    found = x509.load_pem_x509_certificate(psce.emettre(pki, csr(), SIRET).certificat.encode())
    assert list(found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    with pytest.raises(x509.ExtensionNotFound):
        found.extensions.get_extension_for_class(x509.SubjectAlternativeName)


@pytest.mark.parametrize(
    "cle", [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP521R1())]
)
def test_the_keys_of_the_rgs_are_certified(pki: Pki, cle: Any) -> None:
    assert psce.emettre(pki, csr(cle), SIRET).siret == SIRET


def test_the_days_of_a_certificate_are_those_that_a_test_asks(pki: Pki) -> None:
    past = psce.emettre(pki, csr(), SIRET, debut=wall_now() - timedelta(days=10), duree=timedelta(days=1))
    later = psce.emettre(pki, csr(), SIRET, debut=wall_now() + timedelta(days=10))
    short = psce.emettre(pki, csr(), SIRET, duree=timedelta(seconds=30))
    assert [e.etat(pki)[0].value for e in (past, later, short)] == ["expire", "pas-encore-valide", "valide"]
    with pytest.raises(CertificatExpire):
        Trust(pki).reconnaitre(past.certificat)
    with pytest.raises(CertificatPrecoce):
        Trust(pki).reconnaitre(later.certificat)
    assert Trust(pki).reconnaitre(short.certificat).siret == SIRET


def test_a_revoked_certificate_is_refused_at_once_and_still_after_a_restart(pki: Pki) -> None:
    trust, emis, other = Trust(pki), psce.emettre(pki, csr(), SIRET), psce.emettre(pki, csr(), SIRET)
    assert trust.reconnaitre(emis.certificat).numero_serie == emis.serie
    psce.revoquer(pki, emis.serie.upper(), psce.MotifRevocation.CLE_COMPROMISE)
    psce.revoquer(pki, emis.serie, psce.MotifRevocation.CESSATION)  # the first reason stays
    again = Pki(pki.dossier)
    again.preparer()
    for believer in (trust, Trust(again)):
        with pytest.raises(CertificatRevoque):
            believer.reconnaitre(emis.certificat)
        assert believer.reconnaitre(other.certificat).siret == SIRET
    assert [psce.vue(e, again)["motif"] for e in psce.lister(again)] == [None, psce.MotifRevocation.CLE_COMPROMISE]
    assert x509.load_der_x509_crl(psce.der(again)).get_revoked_certificate_by_serial_number(int(emis.serie, 16)) is not None


@pytest.mark.parametrize("serie", ["", "12", "zz", "0" * 60, "../../racine"])
def test_a_serial_number_that_was_never_given_is_unknown(pki: Pki, serie: str) -> None:
    psce.emettre(pki, csr(), SIRET)
    with pytest.raises(psce.CertificatInconnu):
        psce.revoquer(pki, serie)


def test_where_the_key_of_the_psce_is_not_nothing_is_issued_or_revoked(pki: Pki) -> None:
    emis = psce.emettre(pki, csr(), SIRET)
    pki.fichier_cle(PSCE).unlink()
    with pytest.raises(psce.PsceAbsent):
        psce.emettre(pki, csr(), SIRET)
    with pytest.raises(psce.PsceAbsent):
        psce.revoquer(pki, emis.serie)
    Pki(pki.dossier).preparer()  # and nothing is made anew
    assert not pki.fichier_cle(PSCE).exists()


def test_many_issues_and_revocations_at_once_lose_nothing(pki: Pki) -> None:
    demande = csr()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: psce.emettre(Pki(pki.dossier), demande, SIRET), range(24)))
        list(pool.map(lambda emis: psce.revoquer(Pki(pki.dossier), emis.serie), found[::2]))
    assert {e.serie for e in psce.lister(pki)} == {e.serie for e in found} and len({e.serie for e in found}) == 24
    assert set(pki.revoques()) == {int(e.serie, 16) for e in found[::2]}


def test_what_a_power_cut_left_of_a_line_of_the_index_harms_no_other(pki: Pki) -> None:
    first = psce.emettre(pki, csr(), SIRET)
    with (pki.publics / psce.INDEX).open("ab") as index:
        index.write(b'{"serie": "ab')
    assert [e.serie for e in psce.lister(pki)] == [first.serie]
    second = psce.emettre(pki, csr(), SIRET)
    assert [e.serie for e in psce.lister(pki)] == [second.serie, first.serie]


def test_two_processes_that_start_at_once_make_one_pki(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: Pki(tmp_path / "pki").preparer(), range(8)))
    pki = Pki(tmp_path / "pki")
    for party in (Party.ANTAI, Party.COLLECTIVITE):
        assert Trust(pki).reconnaitre(pki.chaine(party)[0]).service is party


def test_private_keys_and_their_directories_are_for_their_owner_only(pki: Pki) -> None:
    keys = sorted(pki.dossier.rglob("*.key"))
    assert len(keys) == 7
    assert {stat.S_IMODE(k.stat().st_mode) for k in keys} == {0o600}
    assert {stat.S_IMODE(d.stat().st_mode) for k in keys for d in (k.parent, k.parent.parent, pki.dossier)} == {0o700}
    assert [p.name for p in pki.publics.iterdir() if "PRIVATE" in p.read_text()] == []


def test_one_more_host_keeps_the_key_of_a_service(pki: Pki) -> None:
    before = pki.certificat("antai")
    pki.preparer(["10.0.0.7", "maison.example"])
    after = pki.certificat("antai")
    assert after.public_key() == before.public_key() and after.serial_number != before.serial_number
    names = after.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", "antai", "maison.example"} <= set(names.get_values_for_type(x509.DNSName))
    pki.preparer(["10.0.0.7"])
    assert pki.certificat("antai") == after


# ---------------------------------------------------------------------------------------------------------- its counter


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def comptoir(monde: World) -> World:
    """The world of all, with a bac to look for a counter in."""
    await monde.pilot.creer("comptoir", datetime(2026, 6, 15, 20, tzinfo=UTC))
    return monde


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world and a PKI of its own, where every certificate and every line of the audit counts."""
    async with open_world(pki_dir=tmp_path / "pki") as opened:
        await opened.pilot.creer("essai", datetime(2026, 6, 15, 20, tzinfo=UTC))
        yield opened


async def ask(world: World, method: str, path: str, **options: Any) -> httpx.Response:
    return await world.client.request(method, f"{world.addresses[Party.ANTAI]}{path}", **options)


async def audit(world: World) -> list[tuple[str, str, str]]:
    async with world.services[Party.ANTAI].service.database.read() as tx:
        return [(row[4], row[6], row[8].split()[0]) for row in await lines(tx, SANS_BAC)]


async def test_the_counter_issues_lists_revokes_and_publishes(world: World) -> None:
    made = await ask(world, "POST", f"/psce/certificats?siret={SIRET}&duree=P30D", content=csr())
    assert made.status_code == 201, made.text
    serie = made.json()["serie"]
    in_pem = await ask(
        world, "POST", f"/psce/certificats?siret={SIRET}", content=csr(), headers={"Accept": "application/pem-certificate-chain"}
    )
    assert in_pem.status_code == 201 and x509.load_pem_x509_certificate(in_pem.content)
    gone = await ask(world, "POST", f"/psce/certificats/{serie}/revocation", json={"motif": "cle-compromise"})
    assert (gone.status_code, gone.json()["statut"], gone.json()["motif"]) == (200, "revoque", "cle-compromise")
    listed = (await ask(world, "GET", f"/psce/certificats?siret={SIRET}")).json()
    assert (listed["total"], [e["statut"] for e in listed["elements"]]) == (2, ["valide", "revoque"])
    assert (await ask(world, "GET", f"/psce/certificats?siret={AUTRE}")).json() == {"total": 0, "elements": []}
    for text in (await ask(world, "GET", "/psce/crl")).content, (await ask(world, "GET", "/psce/crl?format=der")).content:
        crl = x509.load_pem_x509_crl(text) if text.startswith(b"-----") else x509.load_der_x509_crl(text)
        assert int(serie, 16) in [line.serial_number for line in crl]
    assert len(x509.load_pem_x509_certificates((await ask(world, "GET", "/psce/autorites")).content)) == 3
    assert await audit(world) == [("psce", "", "émission"), ("psce", "", "émission"), ("psce", "", "révocation")]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", f"/psce/certificats?siret={AUTRE}", 422, "csr-siret-different"),
        ("POST", "/psce/certificats/12/revocation", 404, "certificat-inconnu"),
        ("POST", f"/bacs/comptoir/psce/certificats?siret={SIRET}", 404, "psce-hors-bac"),
        ("GET", "/bacs/comptoir/psce/crl", 404, "psce-hors-bac"),
        ("GET", "/bacs/comptoir/psce/autorites", 404, "psce-hors-bac"),
        ("POST", f"/psce/certificats?siret={SIRET}&duree=P10Y", 422, "certificat-validite"),
        ("POST", f"/psce/certificats?siret={SIRET}&debut=demain", 422, "demande-invalide"),
        ("POST", f"/psce/certificats?siret={SIRET}&debut=2026-01-01T00:00:00", 422, "demande-invalide"),
        ("POST", f"/psce/certificats?siret={SIRET}&duree=P99999999999D", 422, "demande-invalide"),
    ],
)
@pytest.mark.asyncio(loop_scope="session")
async def test_the_counter_says_which_refusal(comptoir: World, method: str, path: str, status: int, code: str) -> None:
    options: dict[str, Any] = {"content": csr()} if method == "POST" and "revocation" not in path else {}
    answer = await ask(comptoir, method, path, **options)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.mark.asyncio(loop_scope="session")
async def test_a_request_that_is_too_long_or_of_another_type_is_refused(comptoir: World) -> None:
    path = f"/psce/certificats?siret={SIRET}"
    assert (await ask(comptoir, "POST", path, content=b"x" * 1_100_000)).status_code == 413
    assert (await ask(comptoir, "POST", path, content=b"{}", headers={"Content-Type": "application/json"})).status_code == 415


async def test_refusals_of_the_counter_are_kept_in_the_audit_journal(world: World) -> None:
    await ask(world, "POST", f"/psce/certificats?siret={AUTRE}", content=csr())
    assert await audit(world) == [("psce", "csr-siret-different", "émission")]


@pytest.mark.parametrize(("method", "path"), [("POST", "/certificats"), ("GET", "/certificats"), ("POST", "/certificats/12/revocation")])
@pytest.mark.asyncio(loop_scope="session")
async def test_the_counter_asks_the_pilots_credential_but_to_read_what_is_public(comptoir: World, method: str, path: str) -> None:
    antai = comptoir.addresses[Party.ANTAI]
    async with open_client({antai: comptoir.services[Party.ANTAI].asgi}) as nobody:
        answer = await nobody.request(method, f"{antai}/psce{path}")
        assert (answer.status_code, answer.json()["code"]) == (401, "jeton-requis")
        assert (await nobody.get(f"{antai}/psce/crl")).status_code == 200


async def test_many_at_the_counter_at_once_all_get_their_certificate(world: World) -> None:
    answers = await asyncio.gather(*(ask(world, "POST", f"/psce/certificats?siret={SIRET}", content=csr()) for _ in range(12)))
    assert [a.status_code for a in answers] == [201] * 12
    assert len({a.json()["serie"] for a in answers}) == 12


async def test_a_key_whose_answer_was_lost_after_the_certificate_was_written_gets_that_certificate(
    world: World, monkeypatch: pytest.MonkeyPatch, temoin: set[Heard]
) -> None:
    """What a kill leaves between the index, which is a file, and the commit of the answer: nobody gets a second certificate."""
    cle, path, siret = {"Idempotency-Key": "c"}, "/psce/certificats?siret=21750001600019", "21750001600019"
    demande, autre_demande = [csr(OU=f"0002 {siret}") for _ in range(2)]

    def killed(response: Any) -> bytes:
        raise OSError("no more room")

    async def lost(path: str, **options: Any) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(once, "_text", killed)
            assert (await ask(world, "POST", path, **options)).status_code == 500

    await lost(path, content=demande, headers=cle)
    (seul,) = (await ask(world, "GET", path)).json()["elements"]
    assert (await ask(world, "POST", path, content=autre_demande, headers=cle)).json()["code"] == "cle-idempotence-reutilisee"
    une, autre = [await ask(world, "POST", path, content=demande, headers=cle) for _ in range(2)]
    assert (une.status_code, une.content, une.json()) == (201, autre.content, seul)
    assert (autre.headers["Idempotency-Replayed"], await audit(world)) == ("true", [("psce", "", "émission")])
    revocation, motif = f"/psce/certificats/{seul['serie']}/revocation", dict[str, Any]({"headers": {"Idempotency-Key": "r"}, "json": {}})
    await lost(revocation, **motif)
    (revoque,) = (await ask(world, "GET", path)).json()["elements"]
    assert (await ask(world, "POST", revocation, **motif)).json() == revoque
    assert [acte for _, _, acte in await audit(world)] == ["émission", "révocation"]
    temoin -= {heard for heard in temoin if heard[3] == 500 and heard[2].startswith("/psce")}  # made on purpose
    with monkeypatch.context() as later:
        later.setattr(once, "wall_now", lambda: wall_now() + timedelta(days=2))
        later.setattr(psce, "wall_now", lambda: wall_now() + timedelta(days=2))
        assert (await ask(world, "POST", path, content=autre_demande, headers=cle)).json()["serie"] != seul["serie"]


def test_a_line_of_the_index_keeps_all_that_was_certified(pki: Pki) -> None:
    emis = psce.emettre(pki, csr(), SIRET)
    assert psce.trouver(pki, emis.serie) == emis
    assert replace(emis, nom="") != emis and psce.vue(emis, pki)["statut"] is psce.Statut.VALIDE
