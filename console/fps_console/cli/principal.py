"""The command `fps`: its commands and their groups in the order of its help, and what becomes of a failure."""

import sys
from collections.abc import Callable, Sequence

import typer

from fps_console.cli import audit, bac, certifier, dossiers, enroler, journal, lancer, lettres_mortes, projet, psce
from fps_console.cli.francais import Commande, Groupe, mistake
from fps_console.commandes.output import Panne, cause, complain, say

# Each function imports what it needs when it runs, so that the help comes at once.
COMMANDES: tuple[Callable[..., int], ...] = (
    lancer.up,
    lancer.serve,
    lancer.demo,
    lancer.play,
    dossiers.advance,
    dossiers.flux,
    dossiers.explain,
    enroler.enroler,
    certifier.certifier,
    projet.doctor,
    projet.version,
)
CACHEES: tuple[Callable[..., int], ...] = (projet.docs,)  # for who has the sources
GROUPES: dict[str, typer.Typer] = {
    "bac": bac.app,
    "journal": journal.app,
    "audit": audit.app,
    "psce": psce.app,
    "lettres-mortes": lettres_mortes.app,
}

app = typer.Typer(
    name="fps",
    help="Simulateur de l'écosystème du forfait de post-stationnement : collectivité, ANTAI, DGFiP, juridiction.",
    cls=Groupe,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for function in (*COMMANDES, *CACHEES):
    app.command(cls=Commande, hidden=function in CACHEES)(function)
for name, group in GROUPES.items():
    app.add_typer(group, name=name)


def run(arguments: Sequence[str]) -> int:
    """Run one command; gives the exit status. Every failure is one French sentence, never a traceback."""
    try:
        status = app(args=list(arguments), prog_name="fps", standalone_mode=False)
    except Panne as error:
        complain(error.phrase, error.que_faire)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of the pipe has gone: nobody is left to tell
        return 141
    except OSError as error:
        complain(f"{error.filename or 'Le système'} : {cause(error)}.", "Vérifiez ce chemin et ses droits.")
        return 1
    except Exception as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            say(str(error))
            return 2
        if isinstance(error, typer.exceptions.TyperException):
            complain(*mistake(error))
            return 2
        if "-v" in sys.argv:
            raise
        complain(f"Erreur imprévue ({type(error).__name__} : {str(error)[:200]}).", "Signalez-la au projet, avec ce que vous aviez tapé.")
        return 70
    return status if isinstance(status, int) else 0


def main(argv: Sequence[str] | None = None) -> int:
    """The entry point of the command."""
    return run(sys.argv[1:] if argv is None else argv)
