"""Certificates for the tests: good ones from the test PSCE, and every kind of bad one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from fps.kit.ground.clock import wall_now
from fps.kit.trust.pki import PSCE, AutoriteDeCertification, Pki, autorite, bati, feuille, nom, pem

HEURE = timedelta(hours=1)


@dataclass(frozen=True)
class Essai:
    """A certificate with its key."""

    certificat: x509.Certificate
    cle: Any

    @property
    def pem(self) -> str:
        """The certificate in PEM, as a connection presents it."""
        return pem(self.certificat)


def certificat(
    pki: Pki,
    siret: str | None = "73282932000074",
    commun: str = "SI de l'éditeur Essai",
    *,
    de: AutoriteDeCertification | None = None,
    cle: Any = None,
    du: timedelta = -HEURE,
    au: timedelta = 24 * HEURE,
    noms: tuple[x509.GeneralName, ...] = (),
) -> Essai:
    """A certificate of the test PSCE (or of `de`), valid from `du` to `au` around now."""
    de, cle, maintenant = de or pki.autorite(PSCE), cle or ec.generate_private_key(ec.SECP256R1()), wall_now()
    builder = bati(nom(commun, "Éditeur Essai", siret), cle.public_key(), de.certificat.subject, maintenant + du, maintenant + au)
    return Essai(feuille(builder, cle.public_key(), de, noms or (x509.DNSName("si.editeur.example"),)), cle)


def autre_autorite() -> AutoriteDeCertification:
    """An authority that nobody knows."""
    return autorite("AC inconnue", None, 0)


def auto_signe(siret: str = "73282932000074") -> Essai:
    """A certificate that its own key signed."""
    cle, maintenant = ec.generate_private_key(ec.SECP256R1()), wall_now()
    sujet = nom("SI auto-signé", "Éditeur Essai", siret)
    builder = bati(sujet, cle.public_key(), sujet, maintenant - HEURE, maintenant + 24 * HEURE)
    lui = AutoriteDeCertification(
        feuille(builder, cle.public_key(), AutoriteDeCertification(autorite("x", None, 0).certificat, cle), ()), cle
    )
    return Essai(lui.certificat, cle)
