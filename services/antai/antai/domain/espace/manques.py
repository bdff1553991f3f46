"""Everything that is missing before the first message FPS, in the order of the steps."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from antai.domain.espace.espace import Espace, EtatEspace
from antai.domain.espace.refus import ConventionAbsente, EspaceAbsent
from fps.confiance.habilitation import Habilitation, Permission, verifier_habilitation
from fps.confiance.refus import AccesRefuse, NonActive


def manques(
    siret: str | None,
    espace: Espace | None,
    habilitation: Habilitation | None,
    certificat: AccesRefuse | None,
    depot: AccesRefuse,
    maintenant: datetime,
    le: date,
) -> Iterator[AccesRefuse]:
    """The refusal of each step that is not done: espace, convention, certificate, deposit, activation.

    `certificat`: why the certificate is not good today; `depot`: why no deposit was found, used when there is none. `siret` None: no
    collectivité is named yet, every step is told.
    """
    qui = "Aucune collectivité n'est nommée : GET /front?siret=…" if siret is None else f"Collectivité {siret}."
    if espace is None:
        yield EspaceAbsent(qui)
    if espace is None or espace.etat is not EtatEspace.OUVERT:
        if espace is not None:
            yield from _refuse(espace.exiger_ouvert)
        yield ConventionAbsente(qui)
    else:
        yield from _refuse(lambda: espace.exiger_convention(le))
    if certificat is not None:
        yield certificat
    if habilitation is None:
        yield depot
        yield NonActive(qui)
        return
    emission = frozenset({Permission.EMISSION})
    yield from _refuse(lambda: verifier_habilitation(habilitation, emission, None, maintenant, quoi="l'envoi des messages FPS"))


def _refuse(essai: Callable[[], object]) -> Iterator[AccesRefuse]:
    try:
        essai()
    except AccesRefuse as refus:
        yield refus
