"""Products that go through the test session of the court wrongly, each in one way."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from tests.certification.mutants import Alterer, Champs, Mutant, avec


def d_essai(nom: str, chemin: str = "/essais/piece", **quoi: Any) -> Mutant:
    """A product that goes through the test session of the court wrongly."""
    return Mutant(nom, ("homologation-seance",), chemin=chemin, **quoi)


def _autre_fichier(changer: Callable[[bytes], bytes], *, toujours: bool = False) -> Alterer:
    """Another file, with its own fingerprint; `toujours`: also in the place of the one that was changed since."""

    def alterer(dit: Champs) -> Champs:
        piece = dit["piece"]
        octets = base64.b64decode(piece["contenu"])
        if not toujours and hashlib.sha256(octets).hexdigest() != piece["empreinte"]:
            return dit
        neuf = changer(octets)
        dite = {"contenu": base64.b64encode(neuf).decode(), "empreinte": hashlib.sha256(neuf).hexdigest()}
        return {**dit, "piece": piece | dite}

    return alterer


MUTANTS: tuple[Mutant, ...] = (
    d_essai("essai-sans-certificat", chemin="/essais/", muet=True),
    d_essai("essai-memoire-incomplet", chemin="/essais/memoire", alterer=avec(conclusions=None)),
    d_essai("essai-piece-par-le-portail", alterer=avec(canal="portail")),
    d_essai("essai-fichier-allonge", alterer=_autre_fichier(lambda octets: octets + b"\n")),
    d_essai("essai-fichier-change", alterer=_autre_fichier(lambda octets: octets[:60] + bytes([octets[60] ^ 1]) + octets[61:])),
    d_essai("essai-sans-cle", chemin="/essais/memoire", entetes=lambda h: {k: v for k, v in h.items() if k != "idempotency-key"}),
    d_essai("essai-empreinte-refaite", alterer=_autre_fichier(bytes, toujours=True)),
)

# The requirements that each fails: the check of the session, those that it keeps from being passed, and the session as a whole.
ATTRAPES: Mapping[str, str] = {
    "essai-sans-certificat": "EX-750 EX-751 EX-752 EX-753 EX-754 EX-755 EX-756 EX-757",
    "essai-memoire-incomplet": "EX-751 EX-755 EX-757",
    "essai-piece-par-le-portail": "EX-752 EX-753 EX-754 EX-756 EX-757",
    "essai-fichier-allonge": "EX-752 EX-753 EX-754 EX-757",
    "essai-fichier-change": "EX-752 EX-754 EX-757",
    "essai-sans-cle": "EX-755 EX-757",
    "essai-empreinte-refaite": "EX-756 EX-757",
}
