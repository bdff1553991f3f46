"""When the certificates that a service lives by expire: its own, that of its letters, its authorities."""

from collections.abc import Mapping
from datetime import datetime

from cryptography import x509

from fps.kit.trust.pki import PSCE, RACINE, SERVICES_AC, Pki
from fps.parties import Party


def expirations(pki: Pki, party: Party) -> Mapping[str, datetime]:
    """By the name of each; those whose file is not there are not told: what needs them says so."""
    files = {"service": pki.fichier_chaine(party), "lettres": pki.fichier_lettres(party)}
    files |= {nom: pki.publics / f"{nom}.crt" for nom in (RACINE, PSCE, SERVICES_AC)}
    names = {SERVICES_AC: "ac-services"}
    found = {names.get(nom, nom): chemin for nom, chemin in files.items() if chemin.exists()}
    return {nom: x509.load_pem_x509_certificate(chemin.read_bytes()).not_valid_after_utc for nom, chemin in found.items()}
