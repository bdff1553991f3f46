"""What can be judged of a product: the findings, by name, each from its own module."""

from fps_certification.assertions import apres, connexion, defense, documents, essais, message_fps, partiel, reception, suites, transport
from fps_certification.assertions.registre import REGISTRE, Assertion, Resultat, Sens

__all__ = [
    "REGISTRE",
    "Assertion",
    "Resultat",
    "Sens",
    "apres",
    "connexion",
    "defense",
    "documents",
    "essais",
    "message_fps",
    "partiel",
    "reception",
    "suites",
    "transport",
]
