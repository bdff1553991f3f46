"""The signature of the letters: who has the public keys alone finds an altered body, an altered header, a letter played elsewhere."""

import base64
import json
import re
import subprocess
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from fps.confiance.refus import UsageInterdit
from fps.kit.boxes.signature import nom_de_boite
from fps.kit.ground.traces import Spans, Traces, traceparent_of
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import AutoriteDeCertification, ephemere
from fps.messages.information_paiement import TitrePayeCollectivite
from fps.parties import Party
from tests.kit.bureau import BAC, BASE, LILLE, Bureau, bureau
from tests.parler.certificats import autre_autorite
from tests.parler.editeur import Editeur, Recue, editeur, tls

PAGE = (Path(__file__).resolve().parents[2] / "docs/lettres.md").read_text("utf-8")
Verifier = Callable[[str, bytes, Any, str, str], dict[str, Any]]


@pytest.fixture
async def poste() -> AsyncIterator[Bureau]:
    async with bureau() as found:
        yield found


@pytest.fixture
async def ville() -> AsyncIterator[Editeur]:
    async with editeur() as found:
        yield found


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    """The verifier that the documentation gives to editors."""
    found: dict[str, Any] = {}
    exec(bloc("python"), found)
    verify: Verifier = found["verifier"]
    return verify


def bloc(langue: str) -> str:
    match = re.search(rf"^```{langue}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert match is not None
    return match[1]


async def cles(poste: Bureau) -> Any:
    """The public keys, as anybody gets them."""
    async with poste.client() as client:
        return (await client.get(f"{BASE}/.well-known/jwks.json")).json()


async def postee(poste: Bureau, ville: Editeur) -> Recue:
    await poste.poser("adresse", f"{ville.adresse}/si")
    await poste.ecrire(1)
    await poste.calme()
    return ville.recues[0]


def entete(signature: str) -> dict[str, Any]:
    protege = signature.split(".")[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(protege + "=" * (-len(protege) % 4)))
    return found


async def test_a_pushed_letter_is_verified_with_the_public_keys_alone(poste: Bureau, ville: Editeur, verifier: Verifier) -> None:
    spans = Spans()
    poste.service.traces = Traces("dgfip", [spans])
    recue = await postee(poste, ville)
    signature = recue.headers["x-jws-signature"]
    assert signature.split(".")[1] == "", "the body is not in the signature"
    # Where traces are asked for, the letter names the span of its own way.
    remise = next(x for x in spans.of(lettre=recue.id, resultat="acquittee"))
    assert (remise.name, recue.headers["traceparent"]) == ("remise 05.titre-paye-collectivite.v1", traceparent_of(remise.context))
    lu = verifier(signature, recue.corps, await cles(poste), f"{ville.adresse}/si{TitrePayeCollectivite.path}", recue.id)
    assert (lu["alg"], lu["b64"], lu["crit"], lu["iss"], lu["bac"]) == ("ES256", False, ["b64"], "dgfip", BAC)
    assert (lu["type"], lu["url"], lu["jti"]) == (TitrePayeCollectivite.type, recue.url, recue.id)


async def test_what_was_altered_or_played_again_elsewhere_is_found(poste: Bureau, ville: Editeur, verifier: Verifier) -> None:
    recue = await postee(poste, ville)
    signature, jwks = recue.headers["x-jws-signature"], await cles(poste)
    autre = base64.urlsafe_b64encode(json.dumps(entete(signature) | {"url": "https://ailleurs.example"}).encode()).rstrip(b"=").decode()
    sans = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "fps-lettre"}).encode()).rstrip(b"=").decode()
    voisine = ECKey.generate_key("P-256", {"kid": jwks["keys"][0]["kid"]}).as_dict(private=False)
    fin = signature.rpartition(".")[2]
    for quoi, donnees in {
        "an altered body": (signature, recue.corps.replace(b"3000", b"3001"), jwks, recue.url, recue.id),
        "one space more": (signature, recue.corps + b" ", jwks, recue.url, recue.id),
        "an altered header": (f"{autre}..{fin}", recue.corps, jwks, "https://ailleurs.example", recue.id),
        "a letter played again elsewhere": (signature, recue.corps, jwks, "https://ailleurs.example", recue.id),
        "another letter's name": (signature, recue.corps, jwks, recue.url, "une-autre"),
        "another key under the same name": (signature, recue.corps, {"keys": [voisine]}, recue.url, recue.id),
        "no signature at all": (f"{sans}..", recue.corps, jwks, recue.url, recue.id),
    }.items():
        with pytest.raises((ValueError, JoseError)):
            pytest.fail(f"{quoi} was not found: {verifier(*donnees)}")


async def test_the_public_key_is_that_of_the_certificate_of_the_service_and_says_no_secret(poste: Bureau) -> None:
    (cle,) = (await cles(poste))["keys"]
    assert set(cle) == {"kty", "crv", "x", "y", "kid", "use", "alg", "x5c", "x5t#S256"}
    lui, autorite = (x509.load_der_x509_certificate(base64.b64decode(c)) for c in cle["x5c"])
    pki = ephemere()
    assert lui == pki.certificat("dgfip") and autorite == pki.certificat("services")
    lui.verify_directly_issued_by(autorite)
    autorite.verify_directly_issued_by(pki.racine)
    assert ECKey.import_key(cle).thumbprint() == cle["kid"]
    assert ECKey.import_key(lui.public_key()).as_dict(private=False)["x"] == cle["x"]  # type: ignore[arg-type]


async def test_a_letter_taken_from_a_box_carries_the_same_signature_over_the_same_text(poste: Bureau, verifier: Verifier) -> None:
    await poste.poser("retrait")
    await poste.ecrire(1)
    await poste.calme()
    (lettre,) = (await poste.demander("GET", f"/messages?siret={LILLE}", await poste.habiliter())).json()["lettres"]
    corps, boite = lettre["corps"].encode(), nom_de_boite(Party.DGFIP, BAC, LILLE)
    assert TitrePayeCollectivite.model_validate_json(corps).siret == LILLE
    lu = verifier(lettre["signature"], corps, await cles(poste), boite, lettre["id"])
    assert lu["type"] == lettre["type"]
    with pytest.raises(ValueError):
        verifier(lettre["signature"], corps, await cles(poste), boite.replace(LILLE, "21750001600019"), lettre["id"])


async def test_openssl_alone_verifies_a_letter_as_the_documentation_says(poste: Bureau, ville: Editeur, tmp_path: Path) -> None:
    recue = await postee(poste, ville)
    signature = recue.headers["x-jws-signature"]
    der = base64.b64decode((await cles(poste))["keys"][0]["x5c"][0])
    (tmp_path / "cle.pem").write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))

    def lancer(corps: bytes) -> subprocess.CompletedProcess[str]:
        (tmp_path / "corps.json").write_bytes(corps)
        script = f"SIGNATURE={signature}\n{bloc('sh')}"
        return subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)

    bonne = lancer(recue.corps)
    assert "Verified OK" in bonne.stdout and recue.url in bonne.stdout and bonne.stderr == "", bonne
    assert "Verification failure" in lancer(recue.corps + b" ").stdout


async def test_each_try_is_signed_for_its_own_moment_and_address(poste: Bureau, ville: Editeur, verifier: Verifier) -> None:
    ville.refuser(503)
    premiere = await postee(poste, ville)
    async with editeur() as autre:
        await poste.poser("adresse", autre.adresse)
        await poste.calme()
        seconde = autre.recues[0]
        assert seconde.id == premiere.id and seconde.corps == premiere.corps
        verifier(seconde.headers["x-jws-signature"], seconde.corps, await cles(poste), seconde.url, seconde.id)


async def test_over_tls_each_shows_its_certificate_to_the_other(tmp_path: Path, verifier: Verifier) -> None:
    pki = ephemere()
    bon = tls(pki, tmp_path, x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1")))
    async with bureau() as poste, editeur(**bon) as ville:
        for hote in ("127.0.0.1", "localhost"):
            adresse = ville.adresse.replace("127.0.0.1", hote)
            assert (await poste.poser("adresse", adresse)).status_code == 200
            await poste.ecrire(1)
            await poste.calme()
            recue = ville.recues[-1]
            assert recue.url == f"{adresse}{TitrePayeCollectivite.path}"
            verifier(recue.headers["x-jws-signature"], recue.corps, await cles(poste), recue.url, recue.id)
        assert await poste.etats() == ["acquittee", "acquittee"]
        (presente,) = {c for c in ville.certificats if c}
        # It names the service to the editor, and opens nothing in the simulator, should an address lead there all the same.
        lue = x509.load_der_x509_certificate(presente)
        noms = lue.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert noms.get_values_for_type(x509.UniformResourceIdentifier) == ["urn:fps:lettres:dgfip"]
        assert lue.public_key() == pki.certificat("dgfip").public_key()
        with pytest.raises(UsageInterdit):
            Trust(pki).reconnaitre(lue.public_bytes(Encoding.PEM).decode())


@pytest.mark.parametrize(
    ("autorite", "nom"), [(None, x509.DNSName("si.editeur.example")), (autre_autorite(), x509.IPAddress(ip_address("127.0.0.1")))]
)
async def test_a_letter_is_not_given_to_a_server_of_another_name_or_of_an_unknown_authority(
    autorite: AutoriteDeCertification | None, nom: x509.GeneralName, tmp_path: Path
) -> None:
    async with bureau() as poste, editeur(**tls(ephemere(), tmp_path, nom, de=autorite)) as ville:
        await poste.poser("adresse", ville.adresse)
        await poste.ecrire(1)
        await poste.calme()
        assert ville.recues == []
        ((*_, resultat, _, cause),) = await poste.essais()
        assert resultat == "echec" and "CERTIFICATE_VERIFY_FAILED" in cause
