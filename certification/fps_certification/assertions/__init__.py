"""What can be judged of a product: the findings, by name, each from its own module."""

from fps_certification.assertions import apres, message_fps, reception, suites, transport
from fps_certification.assertions.registre import REGISTRE, Assertion, Resultat, Sens

__all__ = ["REGISTRE", "Assertion", "Resultat", "Sens", "apres", "message_fps", "reception", "suites", "transport"]
