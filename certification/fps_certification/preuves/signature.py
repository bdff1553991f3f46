"""Who signs the evidence: a key of the certification's own, made at the first run, whose public half anyone may ask for."""

import json
import os
from pathlib import Path
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ALGORITHME: Final = "ES256"
TYPE: Final = "fps-preuve"


class SignatureFausse(ValueError):
    """La signature n'est pas celle de cette preuve."""


def cle(dossier: Path) -> ECKey:
    """The key of the directory, made when there is none; nobody else may read its file."""
    place = dossier / "certification.jwk"
    try:
        return ECKey.import_key(json.loads(place.read_text("utf-8")))
    except FileNotFoundError:
        made = ECKey.generate_key("P-256")
        dossier.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(made.as_dict(private=True), file)
        return made


class Registre(jws.JWSRegistry):
    """What joserfc lets in: the report of a whole plan is longer than its 128,000 bytes."""

    max_header_length = 4_096
    max_payload_length = 64 << 20


REGISTRE: Final = Registre(algorithms=[ALGORITHME])


def publiques(signataire: ECKey) -> dict[str, Any]:
    """The JWK set to publish (RFC 7517)."""
    dite = signataire.as_dict(private=False) | {"kid": signataire.thumbprint(), "use": "sig", "alg": ALGORITHME}
    return {"keys": [dite]}


def publiees(dossier: Path) -> dict[str, Any]:
    """The JWK set of the directory, empty before the first evidence: whoever asks for the keys makes none."""
    return publiques(cle(dossier)) if (dossier / "certification.jwk").is_file() else {"keys": []}


def signer(signataire: ECKey, contenu: dict[str, Any]) -> str:
    """A compact JWS of what the evidence ends with (RFC 7515); the header holds the public key."""
    [publique] = publiques(signataire)["keys"]
    entete = {"alg": ALGORITHME, "typ": TYPE, "kid": publique["kid"], "jwk": publique}
    payload = json.dumps(contenu, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return jws.serialize_compact(entete, payload, signataire, registry=REGISTRE)


def lire(signature: str, connues: dict[str, Any] | None = None) -> tuple[dict[str, Any], str, bool]:
    """What was signed, the `kid` of the key, and whether it is one of those that are known; raises SignatureFausse."""
    try:
        entete = jws.extract_compact(signature.encode(), registry=REGISTRE).headers()
        kid = str(entete.get("kid"))
        attendue = next((k for k in (connues or {}).get("keys", ()) if k.get("kid") == kid), None)
        clef = ECKey.import_key(attendue or entete["jwk"])
        if clef.thumbprint() != kid:
            raise SignatureFausse("le numéro de la clé n'est pas le sien")
        objet = jws.deserialize_compact(signature, clef, registry=REGISTRE)
        return json.loads(objet.payload), kid, attendue is not None
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SignatureFausse(str(error) or "illisible") from error
