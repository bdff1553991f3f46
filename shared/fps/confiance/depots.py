"""Certificates deposited at the ANTAI, at the court, at the DGFiP: deposit in the connection, activation, deactivation."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from fps.confiance.habilitation import EtatHabilitation, Habilitation, Identite, Permission
from fps.confiance.refus import AccesRefuse, CertificatExpire, CertificatRevoque, RoleInterdit
from fps.droit.calendar import paris_date
from fps.errors import Conflit, Introuvable
from fps.parties import Party
from fps.villes.annuaire import Annuaire

RGS = "Ordonnance n° 2005-1516 du 8 décembre 2005, art. 9"


class CertificatAutreCollectivite(AccesRefuse):
    """Ce certificat est celui d'une autre collectivité"""

    code = "certificat-autre-collectivite"
    article = RGS
    que_faire = "Déposez le certificat de la collectivité elle-même, ou celui de son prestataire."


class CertificatDejaDepose(Conflit):
    """Ce certificat est déjà déposé pour cette collectivité"""

    code = "certificat-deja-depose"
    article = RGS
    que_faire = "Rien n'est à refaire : GET /front, avec ce certificat, dit ce qui manque encore."


class CertificatInconnu(Introuvable):
    """Aucun certificat déposé pour cette collectivité n'a cette empreinte"""

    code = "certificat-inconnu"
    article = RGS
    que_faire = "Vérifiez l'empreinte (SHA-256) dans la liste des certificats de la collectivité."


class CertificatNonActif(Conflit):
    """Ce certificat n'est pas actif"""

    code = "certificat-non-actif"
    article = RGS
    que_faire = "Seul un certificat actif se désactive : consultez son état."


class EtatCertificat(StrEnum):
    """Où en est un certificat déposé pour une collectivité, l'état du certificat lui-même compris."""

    DEPOSEE = "deposee"
    ACTIVE = "active"
    DESACTIVEE = "desactivee"
    EXPIREE = "expiree"
    REVOQUEE = "revoquee"
    REMPLACEE = "remplacee"


def etat_de(habilitation: Habilitation, refus: AccesRefuse | None, maintenant: datetime) -> EtatCertificat:
    """How it stands; `refus` is why the certificate itself is not good today, if it is not."""
    if isinstance(refus, CertificatRevoque):
        return EtatCertificat.REVOQUEE
    if isinstance(refus, CertificatExpire):
        return EtatCertificat.EXPIREE
    if habilitation.remplacee_le is not None and maintenant >= habilitation.remplacee_le:
        return EtatCertificat.REMPLACEE
    return EtatCertificat(habilitation.etat.value)


def deposer(
    ancienne: Habilitation | None,
    qui: Identite,
    siret: str,
    prestataire: str,
    permissions: Sequence[Permission],
    effet_le: datetime | None,
    maintenant: datetime,
    villes: Annuaire,
    *,
    zones: Sequence[str] | None = None,
    autre: type[CertificatAutreCollectivite] = CertificatAutreCollectivite,
    deja: type[CertificatDejaDepose] = CertificatDejaDepose,
) -> Habilitation:
    """The deposit of the certificate of `qui`, which speaks for nobody until it is activated.

    `villes`: those of the bac; `zones` asked for, where a perimeter has some. Raises CommuneInconnue, RoleInterdit (a simulated service
    other than the reference system), PrestataireNonDeclare, PrestataireHorsPerimetre, and `autre` or `deja`, which a service refines with
    its own words.
    """
    ville = villes.commune(siret, paris_date(maintenant))
    if qui.service not in (None, Party.COLLECTIVITE):
        raise RoleInterdit(f"« {qui.nom} » n'a rien à déposer.")
    # A provider has a SIRET too: only a town that somebody told of is one for sure.
    propre = qui.siret if qui.siret is not None and villes.connait(qui.siret) else None
    titulaire = None if propre is None else villes.chercher(propre, paris_date(maintenant))
    if titulaire is not None and titulaire.siret != siret:
        raise autre(f"SIRET {qui.siret} ({titulaire.nom}), dépôt demandé pour {siret}.", "siret")
    if ancienne is not None:
        raise deja(f"« {qui.nom} », SIRET {siret}, état « {ancienne.etat} ».")
    permises = tuple(zones or ())
    if qui.service is None:
        permises = ville.perimetre(prestataire, qui.siret, permises, permissions)
    return Habilitation(
        cle=qui.cle,
        siret=siret,
        prestataire=prestataire,
        siret_titulaire=qui.siret,
        certificat=qui.pem,
        valide_du=qui.valide_du,
        valide_au=qui.valide_au,
        etat=EtatHabilitation.DEPOSEE,
        zones=() if zones is None else permises,
        droits=tuple(permissions),
        deposee_le=maintenant,
        effet_le=effet_le,
    )


def connue(habilitation: Habilitation | None, siret: str, refus: type[CertificatInconnu] = CertificatInconnu) -> Habilitation:
    """A certificate deposited for a collectivité; raises `refus`."""
    if habilitation is None:
        raise refus(f"SIRET {siret}.", "empreinte")
    return habilitation


def activer(habilitation: Habilitation, maintenant: datetime) -> None:
    """It speaks for the collectivité from now on, or from the later instant that its deposit said."""
    habilitation.etat = EtatHabilitation.ACTIVE
    habilitation.effet_le = max(habilitation.effet_le or maintenant, maintenant)


def desactiver(habilitation: Habilitation, refus: type[Conflit] = CertificatNonActif) -> None:
    """It no longer speaks for the collectivité; raises `refus` when it did not."""
    if habilitation.etat is not EtatHabilitation.ACTIVE:
        raise refus(f"« {habilitation.prestataire} », état « {habilitation.etat} ».")
    habilitation.etat = EtatHabilitation.DESACTIVEE
