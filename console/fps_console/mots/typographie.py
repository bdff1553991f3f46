"""How French is set on a screen: its apostrophe, and the spaces where no line ends, before its marks and inside its guillemets."""

import re
from typing import Final

INSECABLE: Final = "\u00a0"
_MARQUES: Final = re.compile(r"(?:(?<=\S)|^) (?=[»:;?!%€](?![\w/=]))|(?<=«) ")


def francais(texte: str) -> str:
    """A text as French sets it; what a machine reads keeps its own spaces, and does not come here."""
    return _MARQUES.sub(INSECABLE, texte.replace("'", "’"))


def espaces(texte: str) -> str:
    """The spaces alone, of words that stand between tags."""
    return _MARQUES.sub(INSECABLE, texte)
