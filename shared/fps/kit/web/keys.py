"""The Idempotency-Key of a request: what it may be, and the two refusals that it brings, the same at every door."""

from typing import Any, Final

from fps.kit.ground.faults import Malformed

EN_TETE: Final = "Idempotency-Key"
REJOUEE: Final = {"Idempotency-Replayed": "true"}  # on an answer that was given before
LONGUEUR: Final = 200


def check_key(key: Any) -> str:
    """The key; raises Malformed (422) unless it is from 1 to 200 printable characters."""
    if isinstance(key, str) and 0 < len(key) <= LONGUEUR and key.isprintable():
        return key
    raise Malformed("cle-idempotence-invalide", "Idempotency-Key : de 1 à 200 caractères imprimables.", _erreurs("format-invalide"))


def reused() -> Malformed:
    """The same key with another content (422)."""
    return Malformed(
        "cle-idempotence-reutilisee",
        "Cette Idempotency-Key a déjà servi pour un autre contenu : donnez une clé nouvelle à chaque nouveau message ou nouvelle demande.",
        _erreurs("valeur-invalide"),
    )


def _erreurs(code: str) -> list[dict[str, Any]]:
    return [{"code": code, "champ": EN_TETE, "phrase": "Donnez une clé nouvelle, tirée au hasard : un UUID convient.", "article": ""}]
