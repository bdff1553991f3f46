"""The certificates that a collectivité lets speak for it: deposit, activation with a perimeter, replacement, and how each one stands."""

from collections.abc import Sequence
from datetime import datetime

from antai.domain.espace.refus import (
    CertificatAutreCollectivite,
    CertificatDejaDepose,
    CertificatInconnu,
    DejaDesactive,
    RemplacementImpossible,
    ZoneInconnue,
)
from fps.confiance import depots
from fps.confiance.habilitation import EtatHabilitation, Habilitation, Identite, Permission
from fps.confiance.refus import RoleInterdit
from fps.droit.calendar import paris_date
from fps.parties import Party
from fps.villes.annuaire import Annuaire
from fps.villes.communes import Commune


def zones_de(ville: Commune, zones: Sequence[str]) -> tuple[str, ...]:
    """The zones of a perimeter, each once, none meaning all of them; those of a town that gave none are its own. Raises ZoneInconnue."""
    connues = {zone.code for zone in ville.zones}
    for zone in zones:
        if zone not in connues and not ville.par_defaut:
            raise ZoneInconnue(f"« {zone[:40]} » ; zones de {ville.nom} : {', '.join(sorted(connues))}.", "zones")
    return tuple(dict.fromkeys(zones))


def permissions_de(permissions: Sequence[Permission]) -> tuple[Permission, ...]:
    """The permissions of a perimeter, each once, in their order."""
    return tuple(une for une in Permission if une in permissions)


def deposer(
    ancienne: Habilitation | None,
    qui: Identite,
    siret: str,
    prestataire: str,
    zones: Sequence[str],
    permissions: Sequence[Permission],
    effet_le: datetime | None,
    maintenant: datetime,
    villes: Annuaire,
) -> Habilitation:
    """The deposit of the certificate of `qui`, which speaks for nobody until it is activated.

    Raises RoleInterdit (a simulated service other than the reference system of the towns), ZoneInconnue, and what `depots.deposer` raises.
    """
    if qui.service not in (None, Party.COLLECTIVITE):
        raise RoleInterdit(f"« {qui.nom} » est un service simulé : il n'a rien à déposer.")
    autre, deja = CertificatAutreCollectivite, CertificatDejaDepose
    droits = permissions_de(permissions)
    demandees = zones_de(villes.commune(siret, paris_date(maintenant)), zones)
    return depots.deposer(ancienne, qui, siret, prestataire, droits, effet_le, maintenant, villes, zones=demandees, autre=autre, deja=deja)


def connue(habilitation: Habilitation | None, siret: str) -> Habilitation:
    """A certificate of this espace; raises CertificatInconnu."""
    return depots.connue(habilitation, siret, CertificatInconnu)


def regler(
    habilitation: Habilitation,
    ville: Commune,
    zones: Sequence[str] | None,
    permissions: Sequence[Permission] | None,
    effet_le: datetime | None,
) -> None:
    """Change a perimeter: what is None stays as it is. Raises ZoneInconnue, PrestataireNonDeclare, PrestataireHorsPerimetre."""
    if zones is not None:
        habilitation.zones = zones_de(ville, zones)
    if permissions is not None:
        habilitation.droits = permissions_de(permissions)
    if habilitation.certificat:  # that of a person, not of the simulated system
        qui, titulaire = habilitation.prestataire, habilitation.siret_titulaire
        habilitation.zones = ville.perimetre(qui, titulaire, habilitation.zones, habilitation.droits)
    if effet_le is not None:
        habilitation.effet_le = effet_le


def activer(habilitation: Habilitation) -> None:
    """The collectivité lets it speak from now on, again if it had been deactivated or replaced."""
    habilitation.etat = EtatHabilitation.ACTIVE
    habilitation.remplacee_le = habilitation.remplacee_par = None


def desactiver(habilitation: Habilitation) -> None:
    """The collectivité forbids it from now on; raises DejaDesactive."""
    depots.desactiver(habilitation, DejaDesactive)


def remplacer(ancienne: Habilitation | None, nouvelle: Habilitation, jusqu_a: datetime | None, maintenant: datetime) -> None:
    """The new certificate takes the place of the old one, both good until that instant (now when none is said).

    Raises RemplacementImpossible.
    """
    fin = jusqu_a or maintenant
    if ancienne is None or ancienne.cle == nouvelle.cle or ancienne.etat is not EtatHabilitation.ACTIVE or fin < maintenant:
        raise RemplacementImpossible(f"Par le certificat de « {nouvelle.prestataire} ».", "remplace")
    if ancienne.remplacee_par is not None:
        raise RemplacementImpossible(f"Le certificat de « {ancienne.prestataire} » est déjà remplacé.", "remplace")
    ancienne.remplacee_le, ancienne.remplacee_par = fin, nouvelle.cle
