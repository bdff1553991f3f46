"""The command line in French: the help of typer, and the sentence of each mistake in what was typed."""

import re
from collections.abc import Sequence
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

from fps_console.commandes.output import shown

WORDS = (
    ("Usage: ", "Usage : "),
    ("[OPTIONS] COMMAND [ARGS]...", "[OPTIONS] COMMANDE [ARGUMENTS]…"),
    ("\nOptions:\n", "\nOptions :\n"),
    ("\nCommands:\n", "\nCommandes :\n"),
    ("\nArguments:\n", "\nArguments :\n"),
    ("Show this message and exit.", "Affiche cette aide."),
    ("[required]", "[obligatoire]"),
    ("[default: ", "[par défaut : "),
    ("[env var: ", "[variable : "),
)
CUT: Final = re.compile(r" *(\[(?:default|env var):)\n( +)")  # by the end of a line: what is in brackets goes to the next whole
JSON: Final = "--json"
CITE: Final = re.compile(r"'([^']*)'")  # a name, in a sentence of typer
ECRAN: Final = "-"  # the name of standard output, where a file is asked
NATURES = (
    ("valid integer", "un nombre entier"),
    ("greater than or equal", "un nombre plus grand"),
    ("less than or equal", "un nombre plus petit"),
)


def translate(text: str) -> str:
    """The help of a command, its headings in French, in characters that the terminal has."""
    text = CUT.sub(r"\n\2\1 ", text)
    for english, french in WORDS:
        text = text.replace(english, french)
    return shown(text)


class GroupeFrancais(TyperGroup):
    """A group of commands whose help is in French."""

    def get_help(self, ctx: Any) -> str:
        return translate(super().get_help(ctx))


class Commande(TyperCommand):
    """A command whose help is in French; --json alone is for the screen, where it may have a file too."""

    def get_help(self, ctx: Any) -> str:
        return translate(super().get_help(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        if any(JSON in one.opts and not getattr(one, "is_flag", True) for one in self.params):
            args = _a_l_ecran(args)
        return super().parse_args(ctx, args)


def _a_l_ecran(args: list[str]) -> list[str]:
    """What was typed, with the screen as the file of a --json that names none: what follows is a life, unless it is called « .json »."""
    apres = args.index(JSON) + 1 if JSON in args else None
    if apres is None or (apres < len(args) and (args[apres] == ECRAN or args[apres].endswith(".json"))):
        return args
    return [*args[:apres], ECRAN, *args[apres:]]


def mistake(error: Exception) -> tuple[str, str]:
    """What was typed wrong, and what to type to know better; typer's own exceptions, known by their names."""
    context = getattr(error, "ctx", None)
    command = str(getattr(context, "command_path", "") or "fps")
    advice = f"« {command} --help » dit ce qui est permis."
    param = getattr(error, "param", None)
    named = " / ".join([*getattr(param, "opts", ())][-1:]) or str(getattr(param, "name", ""))
    label = named if named.startswith("-") else named.upper()
    match type(error).__name__:
        case "NoSuchOption":
            close = getattr(error, "possibilities", None)
            return f"L'option {getattr(error, 'option_name', '')} n'existe pas{_voulues(sorted(close or ()))}", advice
        case "MissingParameter":
            return f"Il manque {label}.", advice
        case "BadParameter":
            return f"{label} n'est pas valable : donnez {_nature(str(getattr(error, 'message', '')))}.", advice
        case "BadOptionUsage":
            return f"L'option {getattr(error, 'option_name', '')} attend une valeur.", advice
    message = str(getattr(error, "message", error))
    if "No such command" in message:
        name, *close = CITE.findall(message) or [""]
        return f"La commande « {name} » n'existe pas{_voulues(close)}", advice
    if "Missing command" in message:
        return "Il manque une commande.", advice
    if "unexpected extra argument" in message:
        return f"Il y a un argument de trop : {message.rpartition('(')[2].rstrip(')')}.", advice
    return "La ligne de commande ne peut pas être lue.", advice


def _voulues(close: Sequence[str]) -> str:
    """The end of a sentence: what was perhaps meant."""
    return f" ; vouliez-vous dire {' ou '.join(f'« {one} »' for one in close)} ?" if close else "."


def _nature(message: str) -> str:
    return next((french for english, french in NATURES if english in message), "une valeur permise")
