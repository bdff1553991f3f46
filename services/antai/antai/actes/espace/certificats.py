"""What is done with the certificates of a collectivité: deposited by who holds them, activated and bounded by the collectivité."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from antai.actes.espace.espace import ouvert
from antai.domain.espace import certificats
from fps.confiance.habilitation import Habilitation, Identite, Permission
from fps.kit.engine.work import Key, Work

Examen = Callable[[str], Identite]  # the identity of a certificate in PEM, checked today: raises AccesRefuse


def cles(cle: str, siret: str) -> Iterable[Key]:
    """The deposit of a certificate for a collectivité."""
    return ((Habilitation, (cle, siret)),)


async def deposer(
    qui: Identite,
    siret: str,
    prestataire: str,
    zones: Sequence[str],
    permissions: Sequence[Permission],
    effet_le: datetime | None,
    work: Work,
) -> Habilitation:
    """Deposit the certificate that the connection showed: the espace must be open, the convention may come later.

    Raises EspaceAbsent, EspaceEnAttente, EspaceRefuse and what `certificats.deposer` raises.
    """
    await ouvert(siret, work)
    ancienne = await work.find(Habilitation, qui.cle, siret)
    deposee = certificats.deposer(ancienne, qui, siret, prestataire, zones, permissions, effet_le, work.now, work.villes)
    work.add(deposee)
    return deposee


async def connue(siret: str, cle: str, work: Work) -> Habilitation:
    """A certificate of an open espace; raises the refusal of the espace, CertificatInconnu."""
    await ouvert(siret, work)
    return certificats.connue(await work.find(Habilitation, cle, siret), siret)


async def activer(
    siret: str,
    cle: str,
    zones: Sequence[str] | None,
    permissions: Sequence[Permission] | None,
    effet_le: datetime | None,
    remplace: str | None,
    ancien_jusqu_a: datetime | None,
    examen: Examen,
    work: Work,
) -> Habilitation:
    """Let a certificate speak for the collectivité, in its perimeter, perhaps in the place of another.

    Raises the missing step (a convention signed by both and in force), why the certificate is not good (expired, revoked…),
    CertificatInconnu, ZoneInconnue, RemplacementImpossible.
    """
    habilitation = await connue(siret, cle, work)
    (await ouvert(siret, work)).exiger_convention(work.today)
    if habilitation.certificat:
        examen(habilitation.certificat)
    certificats.regler(habilitation, work.ville(siret), zones, permissions, effet_le)
    certificats.activer(habilitation)
    if remplace is not None:
        certificats.remplacer(await work.find(Habilitation, remplace, siret), habilitation, ancien_jusqu_a, work.now)
    return habilitation


async def desactiver(siret: str, cle: str, work: Work) -> Habilitation:
    """The collectivité forbids a certificate from now on; raises what `connue` raises, DejaDesactive."""
    habilitation = await connue(siret, cle, work)
    certificats.desactiver(habilitation)
    return habilitation


async def regler(
    siret: str, cle: str, zones: Sequence[str] | None, permissions: Sequence[Permission] | None, effet_le: datetime | None, work: Work
) -> Habilitation:
    """Change the perimeter of a certificate, what is None staying as it is; raises what `connue` raises, ZoneInconnue."""
    habilitation = await connue(siret, cle, work)
    certificats.regler(habilitation, work.ville(siret), zones, permissions, effet_le)
    return habilitation
