"""The command `fps`: what one can type; each command imports what it needs when it runs."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from fps_console.cli.francais import Commande, Groupe, mistake
from fps_console.cli.psce import app as psce
from fps_console.commandes.output import Panne, cause, complain, dump, say

app = typer.Typer(
    name="fps",
    help="Simulateur de l'écosystème du forfait de post-stationnement : collectivité, ANTAI, DGFiP, juridiction.",
    cls=Groupe,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
bac = typer.Typer(help="Les bacs à sable : des mondes, chacun à sa date.", cls=Groupe, no_args_is_help=True, rich_markup_mode=None)
mortes = typer.Typer(help="Les lettres mortes : leur cause, un nouvel essai.", cls=Groupe, no_args_is_help=True, rich_markup_mode=None)
audit = typer.Typer(help="Le journal d'audit : qui est venu, ce qui a été refusé.", cls=Groupe, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(bac, name="bac")
app.add_typer(audit, name="audit")
app.add_typer(psce, name="psce")
app.add_typer(mortes, name="lettres-mortes")

Adresses = Annotated[str | None, typer.Option(metavar="LISTE", help="Où sont les services : antai=http://…,dgfip=… (sinon FPS_ADDRESSES).")]
DataDir = Annotated[Path | None, typer.Option(metavar="DOSSIER", help="Dossier des données (sinon FPS_DATA_DIR, sinon .fps).")]
Json = Annotated[bool, typer.Option("--json", help="Réponse en JSON.")]
Nom = Annotated[str, typer.Argument(metavar="NOM", help="Nom du bac : lettres minuscules, chiffres, tirets.", show_default=False)]
BacOption = Annotated[str, typer.Option("--bac", metavar="NOM", help="Le bac.")]


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


def _settings(adresses: str | None, data_dir: Path | None) -> Any:
    from fps_console.commandes.liaison import settings_of

    return settings_of(adresses, data_dir)


@app.command(cls=Commande)
def up(
    data_dir: DataDir = None,
    memory: Annotated[bool, typer.Option("--memory", help="Tout en mémoire : rien n'est gardé à l'arrêt.")] = False,
    port: Annotated[int, typer.Option(metavar="PORT", help="Port de la console ; les quatre services prennent les suivants.")] = 8000,
    host: Annotated[
        str | None, typer.Option(metavar="ADRESSE", help="Adresse d'écoute (sinon FPS_HOST, sinon cette machine seulement).")
    ] = None,
    tls: Annotated[
        bool, typer.Option("--tls", help="Les services écoutent en TLS et demandent un certificat : pour brancher un éditeur.")
    ] = False,
) -> int:
    """Démarre les quatre services et la console, jusqu'à Ctrl-C."""
    from fps_console.commandes.up import up as start

    return start(_settings(None, data_dir), port=port, host=host, memory=memory, tls=tls)


@app.command(cls=Commande)
def serve() -> int:
    """Démarre la console seule."""
    from fps_console.commandes.serve import serve as start

    return start(_settings(None, None))


@app.command(cls=Commande)
def demo(
    sortie: Annotated[Path, typer.Option(metavar="DOSSIER", help="Où écrire les courriers en PDF.")] = Path("build/demo"),
) -> int:
    """Joue deux dossiers entiers, à Lille et à Paris."""
    from fps_console.commandes.demo import play

    return asyncio.run(play(sortie))


@app.command(cls=Commande)
def advance(
    nom: BacOption = "defaut",
    jusqua: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="2026-10-05T10:00 (heure de Paris) ; une date seule, 2026-10-05, veut dire 20:00."),
    ] = None,
    de: Annotated[str | None, typer.Option(metavar="DURÉE", help="Durée ISO 8601 : P3M (3 mois), P6D (6 jours), P1Y2M, PT12H.")] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Avance la date d'un bac et dit ce qui s'est passé."""
    from fps_console.commandes.avance import advance as go

    return go(_settings(adresses, data_dir), nom, jusqua, de, en_json)


@app.command(cls=Commande)
def flux(en_json: Json = False) -> int:
    """Liste les 16 flux et ce qui en est simulé."""
    from fps_console.commandes.liste import flows, flows_table

    if en_json:
        dump(flows())
    else:
        flows_table()
    return 0


@app.command(cls=Commande)
def explain(
    numero: Annotated[str, typer.Argument(metavar="NUMERO", help="Numéro du FPS, 26 chiffres.", show_default=False)],
    champ: Annotated[
        str, typer.Argument(metavar="CHAMP", help="La date ou le montant : payer_avant_le, majoration, rabais…", show_default=False)
    ],
    nom: BacOption = "defaut",
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Explique une date ou un montant d'un dossier : règle, article, calcul."""
    from fps_console.commandes.explique import explain as tell

    return tell(_settings(adresses, data_dir), numero, champ, nom, en_json)


@app.command(cls=Commande)
def enroler(
    siret: Annotated[str, typer.Argument(metavar="SIRET", help="La collectivité, 14 chiffres.", show_default=False)],
    sortie: Annotated[Path, typer.Option(metavar="DOSSIER", help="Où écrire la clé et le certificat.")] = Path("certificat"),
    nom: BacOption = "defaut",
    prestataire: Annotated[str, typer.Option(metavar="NOM", help="Le nom du prestataire.")] = "Éditeur Essai",
    zone: Annotated[list[str] | None, typer.Option(metavar="ZONE", help="Une zone du périmètre (toutes à défaut) ; à répéter.")] = None,
    droit: Annotated[list[str] | None, typer.Option(metavar="DROIT", help="Un droit (tous à défaut) ; à répéter.")] = None,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Enrôle une collectivité en une fois : espace, convention, certificat déposé et activé."""
    from fps.confiance.habilitation import Permission
    from fps_console.commandes.enroler import enrol

    return enrol(_settings(adresses, data_dir), siret, nom, sortie, prestataire, zone or (), droit or [d.value for d in Permission])


@app.command(cls=Commande)
def doctor(adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Cherche ce qui ne va pas, et le dit."""
    from fps_console.commandes.doctor import examine

    return asyncio.run(examine(_settings(adresses, data_dir)))


@app.command(cls=Commande, hidden=True)
def docs(check: Annotated[bool, typer.Option("--check", help="Dit seulement ce qui est périmé.")] = False) -> int:
    """Écrit la documentation générée (dans les sources du projet)."""
    from fps_console.documentation.ecriture import main as write

    return write(check)


@app.command(cls=Commande)
def version() -> int:
    """Donne la version du simulateur."""
    from importlib.metadata import version as of

    say(f"fps {of('fps-console')} (Python {sys.version.split()[0]})")
    return 0


@bac.command("creer", cls=Commande)
def bac_creer(
    nom: Nom,
    le: Annotated[
        str | None, typer.Option(metavar="DATE", help="Date du bac, aujourd'hui à défaut ; une date seule veut dire 20:00.")
    ] = None,
    graine: Annotated[
        str, typer.Option(metavar="MOT", help="Graine : même graine, mêmes registres, mêmes numéros ; le nom à défaut.")
    ] = "",
    courant: Annotated[bool, typer.Option("--courant", help="La date avance toute seule.")] = False,
    vitesse: Annotated[int, typer.Option(metavar="N", min=1, help="Secondes simulées par seconde, avec --courant.")] = 1,
    vierge: Annotated[bool, typer.Option("--vierge", help="Sans espace numérique, convention ni certificat : tout est à enrôler.")] = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Crée un bac vide."""
    from fps_console.commandes import bacs

    return bacs.create(_settings(adresses, data_dir), nom, le, graine, "courant" if courant else "fige", vitesse, vierge=vierge)


@bac.command("lister", cls=Commande)
def bac_lister(en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Liste les bacs et leurs dates."""
    from fps_console.commandes import bacs

    return bacs.show_all(_settings(adresses, data_dir), en_json)


@bac.command("etat", cls=Commande)
def bac_etat(nom: Nom = "defaut", en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Dit la date d'un bac, sa prochaine échéance et ses nombres."""
    from fps_console.commandes import bacs

    return bacs.show(_settings(adresses, data_dir), nom, en_json)


@bac.command("figer", cls=Commande)
def bac_figer(nom: Nom, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Arrête la date d'un bac : elle n'avance plus que sur demande."""
    from fps_console.commandes import bacs

    return bacs.set_mode(_settings(adresses, data_dir), nom, "fige")


@bac.command("courir", cls=Commande)
def bac_courir(
    nom: Nom,
    vitesse: Annotated[int, typer.Option(metavar="N", min=1, help="Secondes simulées par seconde.")] = 1,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Laisse la date d'un bac avancer toute seule."""
    from fps_console.commandes import bacs

    return bacs.set_mode(_settings(adresses, data_dir), nom, "courant", vitesse)


@bac.command("supprimer", cls=Commande)
def bac_supprimer(nom: Nom, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Supprime un bac et tout ce qu'il contient."""
    from fps_console.commandes import bacs

    return bacs.remove(_settings(adresses, data_dir), nom)


@bac.command("copier", cls=Commande)
def bac_copier(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Le bac à copier.", show_default=False)],
    cible: Annotated[str, typer.Argument(metavar="CIBLE", help="Le nom de la copie.", show_default=False)],
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Copie un bac, son histoire comprise."""
    from fps_console.commandes import bacs

    return bacs.copy(_settings(adresses, data_dir), source, cible)


@bac.command("exporter", cls=Commande)
def bac_exporter(
    nom: Nom,
    fichier: Annotated[Path | None, typer.Argument(metavar="FICHIER", help="Où écrire (à défaut : à l'écran).", show_default=False)] = None,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Écrit tout un bac dans un fichier JSON."""
    from fps_console.commandes import bacs

    return bacs.export(_settings(adresses, data_dir), nom, fichier)


@bac.command("importer", cls=Commande)
def bac_importer(
    nom: Nom,
    fichier: Annotated[Path, typer.Argument(metavar="FICHIER", help="Un fichier écrit par « fps bac exporter ».", show_default=False)],
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Reprend un bac exporté, sous ce nom."""
    from fps_console.commandes import bacs

    return bacs.restore(_settings(adresses, data_dir), nom, fichier)


@audit.command("verifier", cls=Commande)
def audit_verifier(
    nom: Annotated[str | None, typer.Option("--bac", metavar="NOM", help="Un bac (tous à défaut).")] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Vérifie qu'aucune ligne du journal d'audit n'a été changée, retirée ou déplacée."""
    from fps_console.commandes.audit import verify

    return verify(_settings(adresses, data_dir), nom, en_json)


@audit.command("lire", cls=Commande)
def audit_lire(nom: BacOption = "defaut", en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Montre le journal d'audit d'un bac (« ? » : ce qui ne nommait aucun bac)."""
    from fps_console.commandes.audit import show

    return show(_settings(adresses, data_dir), nom, en_json)


@mortes.command("lister", cls=Commande)
def mortes_lister(nom: BacOption = "defaut", en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Liste les lettres mortes et les échéances enterrées d'un bac, chacune avec sa cause, et les lettres illisibles."""
    from fps_console.commandes.liste import show_dead

    return show_dead(_settings(adresses, data_dir), nom, en_json)


@mortes.command("rejouer", cls=Commande)
def mortes_rejouer(
    identifiant: Annotated[
        str | None, typer.Argument(metavar="IDENTIFIANT", help="Une lettre (toutes à défaut).", show_default=False)
    ] = None,
    nom: BacOption = "defaut",
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Rejoue une lettre morte ou une échéance enterrée, ou toutes."""
    from fps_console.commandes.liste import replay

    return replay(_settings(adresses, data_dir), nom, identifiant)
