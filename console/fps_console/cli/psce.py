"""The commands `fps psce …`: what one can type to get, list and revoke certificates of the test PSCE."""

from pathlib import Path
from typing import Annotated

import typer

from fps_console.cli.francais import Commande, GroupeFrancais
from fps_console.cli.options import DataDir, Json, settings

app = typer.Typer(
    help="Le PSCE de test : clés, certificats des éditeurs, révocation.", cls=GroupeFrancais, no_args_is_help=True, rich_markup_mode=None
)

Adresses = Annotated[
    str | None, typer.Option(metavar="LISTE", help="Demande au simulateur qui tourne là : antai=https://… (sinon, celui du dossier).")
]
Siret = Annotated[str, typer.Option(metavar="SIRET", help="SIRET du titulaire, 14 chiffres.", show_default=False)]
Organisation = Annotated[str | None, typer.Option(metavar="NOM", help="Organisation du titulaire.", show_default=False)]
Nom = Annotated[str | None, typer.Option(metavar="NOM", help="Nom du système (CN) ; celui de l'organisation à défaut.")]
Hotes = Annotated[
    list[str] | None, typer.Option("--hote", metavar="HÔTE", help="Nom ou adresse du serveur qui recevra les lettres ; plusieurs fois.")
]
Sortie = Annotated[Path, typer.Option(metavar="DOSSIER", help="Où écrire ; une clé n'est jamais remplacée.", show_default=False)]
Fichier = Annotated[Path | None, typer.Argument(metavar="FICHIER", help="Où écrire (à défaut : à l'écran).", show_default=False)]


@app.command(cls=Commande)
def initialiser(
    hotes: Annotated[
        list[str] | None, typer.Option("--hote", metavar="HÔTE", help="Nom ou adresse de plus pour joindre les services ; plusieurs fois.")
    ] = None,
    en_json: Json = False,
    data_dir: DataDir = None,
) -> int:
    """Fait la PKI de test : autorités, certificats des services (« fps up » la fait aussi)."""
    from fps_console.commandes.certificats import prepare

    return prepare(settings(None, data_dir), hotes or [], en_json)


@app.command(cls=Commande)
def cle(
    siret: Siret, sortie: Sortie, organisation: Organisation = None, nom: Nom = None, hotes: Hotes = None, en_json: Json = False
) -> int:
    """Fait une clé et sa demande de certificat (CSR), pour qui n'a pas openssl."""
    from fps_console.commandes.certificats import Titulaire, make_key

    return make_key(Titulaire(siret, organisation, nom, tuple(hotes or ())), sortie, en_json)


@app.command(cls=Commande)
def emettre(
    siret: Siret,
    csr: Annotated[Path | None, typer.Option(metavar="FICHIER", help="Demande PKCS#10 ; à défaut, une clé est faite.")] = None,
    sortie: Annotated[Path | None, typer.Option(metavar="DOSSIER", help="Où écrire ; une clé n'est jamais remplacée.")] = None,
    organisation: Organisation = None,
    nom: Nom = None,
    hotes: Hotes = None,
    duree: Annotated[str, typer.Option(metavar="DURÉE", help="Validité, ISO 8601 : P90D, PT30S ; trois ans au plus.")] = "P3Y",
    debut: Annotated[str | None, typer.Option(metavar="DATE", help="Début de validité, tout de suite à défaut.")] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Émet un certificat d'éditeur."""
    from fps_console.commandes.certificats import Titulaire, issue

    titulaire = Titulaire(siret, organisation, nom, tuple(hotes or ()))
    return issue(settings(adresses, data_dir), titulaire, csr, sortie, duree, debut, remote=adresses is not None, en_json=en_json)


@app.command(cls=Commande)
def revoquer(
    serie: Annotated[str, typer.Argument(metavar="SÉRIE", help="Numéro de série, en hexadécimal.", show_default=False)],
    motif: Annotated[
        str, typer.Option(metavar="MOTIF", help="non-precise, cle-compromise, changement-affiliation, remplace ou cessation.")
    ] = "non-precise",
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Révoque un certificat, tout de suite et pour toujours."""
    from fps_console.commandes.certificats import revoke

    return revoke(settings(adresses, data_dir), serie, motif, remote=adresses is not None, en_json=en_json)


@app.command(cls=Commande)
def lister(
    siret: Annotated[str | None, typer.Option(metavar="SIRET", help="D'un seul titulaire.")] = None,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Liste les certificats émis, les derniers d'abord."""
    from fps_console.commandes.certificats import show

    return show(settings(adresses, data_dir), siret, en_json, remote=adresses is not None)


@app.command(cls=Commande)
def crl(
    fichier: Fichier = None,
    der: Annotated[bool, typer.Option("--der", help="En DER, dans un fichier (en PEM à défaut).")] = False,
    en_json: Json = False,
    adresses: Adresses = None,
    data_dir: DataDir = None,
) -> int:
    """Donne la liste des certificats révoqués."""
    from fps_console.commandes.certificats import publish_crl

    return publish_crl(settings(adresses, data_dir), fichier, der, remote=adresses is not None, en_json=en_json)


@app.command(cls=Commande)
def autorites(fichier: Fichier = None, en_json: Json = False, adresses: Adresses = None, data_dir: DataDir = None) -> int:
    """Donne les certificats des autorités : PSCE, services, racine."""
    from fps_console.commandes.certificats import publish_authorities

    return publish_authorities(settings(adresses, data_dir), fichier, remote=adresses is not None, en_json=en_json)
