"""The command `fps`: its commands and their groups in the order of its help, and what becomes of a failure."""

import errno
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Annotated, Any

import typer
from typer._completion_classes import completion_init

from fps.kit.ground.memory import patient
from fps.parties import SERVICES
from fps_console.cli import (
    audit,
    bac,
    certifier,
    couverture,
    dossiers,
    enroler,
    impression,
    journal,
    lancer,
    lettres_mortes,
    projet,
    psce,
    troubles,
    ville,
)
from fps_console.cli.francais import JSON, Commande, GroupeFrancais, mistake
from fps_console.commandes.output import Panne, any_terminal, cause, say

# Each function imports what it needs when it runs, so that the help comes at once.
COMMANDES: tuple[Callable[..., int], ...] = (
    lancer.up,
    lancer.attendre,
    lancer.down,
    lancer.pages,
    lancer.serve,
    lancer.demo,
    lancer.play,
    lancer.city,
    dossiers.advance,
    dossiers.dossier,
    dossiers.courriers,
    dossiers.comparer,
    dossiers.record,
    dossiers.flux,
    dossiers.expliquer,
    couverture.coverage,
    couverture.grille,
    enroler.enroler,
    certifier.certifier,
    certifier.verifier,
    certifier.rejouer,
    projet.doctor,
    projet.schema,
    projet.version,
    projet.completion,
)
CACHEES: tuple[Callable[..., int], ...] = (projet.docs,)  # for who has the sources
# What a command was called before, kept.
ALIAS: dict[str, Callable[..., int]] = {
    "explain": dossiers.expliquer,
    "certify": certifier.certifier,
    "verify": certifier.verifier,
    "replay": certifier.rejouer,
}
GROUPES: dict[str, typer.Typer] = {
    "bac": bac.app,
    "ville": ville.app,
    "journal": journal.app,
    "audit": audit.app,
    "impression": impression.app,
    "troubles": troubles.app,
    "psce": psce.app,
    "lettres-mortes": lettres_mortes.app,
}

app = typer.Typer(
    name="fps",
    help="Simulateur de l'écosystème du forfait de post-stationnement : collectivité, ANTAI, DGFiP, juridiction.",
    cls=GroupeFrancais,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for function in (*COMMANDES, *CACHEES):
    app.command(cls=Commande, hidden=function in CACHEES)(function)
for name, function in ALIAS.items():
    app.command(name, cls=Commande, hidden=True)(function)
for name, group in GROUPES.items():
    app.add_typer(group, name=name)


@app.callback(invoke_without_command=True)
def fps(
    ctx: typer.Context,
    montrer_version: Annotated[bool, typer.Option("--version", help="Donne la version, et rien d'autre.")] = False,
) -> None:
    """Simulateur de l'écosystème du forfait de post-stationnement : collectivité, ANTAI, DGFiP, juridiction."""
    if montrer_version:
        raise typer.Exit(projet.version())


@cache
def arbre() -> Any:
    """The commands and their options, as typer makes them of the functions: once, whatever a process runs."""
    return typer.main.get_command(app)


def run(arguments: Sequence[str]) -> int:
    """Run one command; gives the exit status. Every failure is one French sentence, or one problem with --json, never a traceback."""
    en_json = JSON in arguments
    completion_init()
    try:
        status = arbre()(args=list(arguments), prog_name="fps", standalone_mode=False)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of the pipe has gone: nobody is left to tell
        return 141
    except Exception as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            say(str(error))
            return 2
        if "-v" in sys.argv and not isinstance(error, Panne | OSError | typer.exceptions.TyperException):
            raise
        return told(error).tell(en_json)
    return status if isinstance(status, int) else 0


def told(error: Exception) -> Panne:
    """What went wrong, as it is said."""
    match error:
        case Panne():
            return error
        case OSError():
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            que_faire = "Libérez de la place, puis recommencez." if full else "Vérifiez ce chemin et ses droits."
            return Panne(f"{error.filename or 'Le système'} : {cause(error)}.", que_faire, code="fichier")
        case typer.exceptions.TyperException():
            return Panne(*mistake(error), code="ligne-de-commande", statut=2)
        case ModuleNotFoundError() if (error.name or "").partition(".")[0] in SERVICES:
            return Panne(
                "Les quatre services ne sont pas installés ici : cette commande les fait tourner ou les lit elle-même.",
                "Installez « fps-console[monde] » ; dans un conteneur, servez-vous de ceux qui tournent (fps bac, advance, doctor).",
                code="services-absents",
            )
    phrase = f"Erreur imprévue ({type(error).__name__} : {str(error)[:200]})."
    return Panne(phrase, "Signalez-la au projet, avec ce que vous aviez tapé.", code="erreur-imprevue", statut=70)


def main(argv: Sequence[str] | None = None) -> int:
    """The entry point of the command."""
    patient()
    any_terminal()
    return run(sys.argv[1:] if argv is None else argv)
