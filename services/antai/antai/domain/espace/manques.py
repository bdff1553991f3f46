"""Everything that is missing before the first message FPS, in the order of the steps."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Final

from antai.domain.espace.espace import Espace, EtatEspace
from antai.domain.espace.refus import ConventionAbsente, EspaceAbsent
from fps.confiance.habilitation import PERMISSIONS, Habilitation, verifier_habilitation
from fps.confiance.refus import AccesRefuse, NonActive
from fps.parties import Party

# A provider may establish the FPS, another examine their RAPO: one of the rights by which ANTAI takes a message is enough.
D_ENVOI: Final = frozenset(droit for message, droits in PERMISSIONS.items() if message.receiver is Party.ANTAI for droit in droits)


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
    yield from _refuse(lambda: verifier_habilitation(habilitation, D_ENVOI, None, maintenant, quoi="l'envoi d'un message à l'ANTAI"))


def _refuse(essai: Callable[[], object]) -> Iterator[AccesRefuse]:
    try:
        essai()
    except AccesRefuse as refus:
        yield refus
