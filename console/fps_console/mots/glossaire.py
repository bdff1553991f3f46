"""The words of the glossary where a page says them: the word, and its meaning for who asks, with a mouse, a finger or a keyboard."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import count

from markupsafe import Markup

from fps_console.mots.typographie import francais

_numeros = count(1)  # two places of a page that say the same word have a meaning each


@cache
def glossaire() -> Mapping[str, str]:
    """Each word of docs/glossaire.md with its meaning, in the order of the alphabet."""
    found: Mapping[str, str] = json.loads((files("fps_console.mots") / "glossaire.json").read_text("utf-8"))["mots"]
    return found


def terme(mot: str, dit: str = "") -> Markup:
    """A word of the glossary (said as `dit`), whose meaning opens under it; without a line of script. Raises KeyError for another word."""
    sens, nom = francais(glossaire()[mot]), f"terme-{next(_numeros)}"
    return Markup(
        '<button type="button" class="terme" popovertarget="{nom}">{dit}</button>'
        '<span class="sens" id="{nom}" popover><strong>{mot}</strong>\u00a0: {sens}</span>'
    ).format(nom=nom, dit=dit or mot, mot=mot, sens=sens[:1].lower() + sens[1:] if sens[1:2].islower() else sens)


def intitule(texte: str) -> str | Markup:
    """A label; when it begins with a word of the glossary (« Majoration », « Constat le »), that word says its meaning."""
    minuscules = f"{texte.casefold()} "
    mot = max((m for m in glossaire() if minuscules.startswith(f"{m.casefold()} ")), key=len, default="")
    return terme(mot, texte[: len(mot)]) + francais(texte[len(mot) :]) if mot else texte
