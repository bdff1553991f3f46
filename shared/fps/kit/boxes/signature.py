"""The signature of the letters to the editors: a detached JWS over the exact body, with the key of the service, and its public key set."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from pydantic import BaseModel, Field

from fps.kit.ground.clock import wall_now
from fps.kit.trust.acces import publique
from fps.kit.trust.pki import SERVICES_AC, Pki
from fps.kit.web.body import Router
from fps.kit.web.media import forme
from fps.parties import Party

ALGORITHME: Final = "ES256"
TYPE: Final = "fps-lettre"
EN_TETE: Final = "X-JWS-Signature"
CHEMIN_CLES: Final = "/.well-known/jwks.json"
# strict_check_header: joserfc knows the members of RFC 7515 only, and ours are not those.
REGISTRE: Final = jws.JWSRegistry(algorithms=[ALGORITHME], strict_check_header=False)
REGISTRE.max_header_length, REGISTRE.max_payload_length = 4_096, 1 << 20


class SignatureFausse(Exception):
    """Ce n'est pas la signature de ce corps."""


class Cle(BaseModel):
    """Une clé publique (RFC 7517), avec le certificat qui la porte et l'autorité qui l'a émis."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str
    kid: str = Field(description="Empreinte de la clé (RFC 7638)")
    use: Literal["sig"]
    alg: Literal["ES256"]
    x5t_s256: str = Field(alias="x5t#S256", description="SHA-256 du certificat")
    x5c: list[str] = Field(description="Le certificat, puis celui de son autorité (DER, en base 64)")


class Cles(BaseModel):
    """Les clés publiques de ce service."""

    keys: list[Cle]


@dataclass(frozen=True)
class Signataire:
    """Who signs: a service, by the key of its own certificate. The key is read at the first signature."""

    pki: Pki
    party: Party

    @cached_property
    def _cle(self) -> ECKey:
        return ECKey.import_key(self.pki.autorite(self.party.value).cle)

    @cached_property
    def publique(self) -> dict[str, Any]:
        """The public key as a JWK: with the certificate that carries it, and the authority that issued this one."""
        certificat = self.pki.certificat(self.party.value)
        chaine = [certificat, self.pki.certificat(SERVICES_AC)]
        numero = base64.urlsafe_b64encode(certificat.fingerprint(SHA256())).rstrip(b"=").decode()
        cle = ECKey.import_key(certificat.public_key())  # type: ignore[arg-type]
        return {
            **cle.as_dict(private=False),
            "kid": cle.thumbprint(),
            "use": "sig",
            "alg": ALGORITHME,
            "x5t#S256": numero,
            "x5c": [base64.b64encode(c.public_bytes(Encoding.DER)).decode() for c in chaine],
        }

    def signer(self, corps: str, *, url: str, bac: str, lettre: str, type_: str, inconnue: bool = False) -> str:
        """The detached JWS of a body (RFC 7515, appendix F; RFC 7797): what it says, to whom, when, is in its protected header.

        `url` is where the letter is posted, or the name of the box from which it is taken; `iat` is in wall time. `inconnue`: with a key
        drawn now, that nobody publishes, which a receiver must refuse.
        """
        cle = ECKey.generate_key("P-256") if inconnue else self._cle
        protege = {
            "alg": ALGORITHME,
            "b64": False,
            "crit": ["b64"],
            "typ": TYPE,
            "kid": cle.thumbprint() if inconnue else self.publique["kid"],
            "x5t#S256": self.publique["x5t#S256"],
            "iat": int(wall_now().timestamp()),
            "iss": self.party.value,
            "jti": lettre,
            "url": url,
            "bac": bac,
            "type": type_,
        }
        return jws.serialize_compact(protege, corps, cle, registry=REGISTRE)


def ouvrir(signature: str, corps: bytes, cles: Mapping[str, Any]) -> dict[str, Any]:
    """The protected header of a detached JWS that one of these public keys (a JWK set) made of this body; raises SignatureFausse."""
    try:
        lu = jws.deserialize_compact(signature, KeySet.import_key_set(dict(cles)), registry=REGISTRE, payload=corps)  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SignatureFausse(str(error)) from error
    entete = lu.headers()
    if (entete.get("b64"), entete.get("typ")) != (False, TYPE):
        raise SignatureFausse("son en-tête protégé n'est pas celui d'une lettre")
    return dict(entete)


def nom_de_boite(party: Party, bac: str, siret: str) -> str:
    """What stands for the `url` of a letter that is taken from a box."""
    return f"urn:fps-simulateur:boite:{party}:{bac}:{siret}"


def routes(signataire: Signataire) -> Router:
    """The public keys of this service (RFC 7517), at the usual place."""
    router = Router(dependencies=[publique()], tags=["Lettres"])

    @router.get(
        CHEMIN_CLES,
        summary="Les clés publiques qui vérifient les lettres de ce service (RFC 7517)",
        response_model=None,
        responses=forme(Cles, "Les clés publiques"),
    )
    async def cles() -> dict[str, Any]:
        return {"keys": [signataire.publique]}

    return router
