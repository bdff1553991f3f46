"""The accusé that the collectivité waits for, even when an act is refused."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from fps.errors import Introuvable, Refus
from fps.kit.engine.work import Work
from fps.messages.message import Message
from fps.messages.mfps import ErreurAccuse
from fps.regles.accuse import erreur_de

M = TypeVar("M", bound=Message)
A = TypeVar("A", bound=Message)


def avec_accuse(
    refuse: Callable[[Any, datetime, list[ErreurAccuse]], A],
) -> Callable[[Callable[[M, Work], Awaitable[A]]], Callable[[M, Work], Awaitable[A]]]:
    """The same act, whose refusals carry the accusé that `refuse` makes of them; an unknown dossier is tried again instead."""

    def accuser(acte: Callable[[M, Work], Awaitable[A]]) -> Callable[[M, Work], Awaitable[A]]:
        @wraps(acte)
        async def accuse(message: M, work: Work) -> A:
            try:
                return await acte(message, work)
            except Introuvable:
                raise
            except Refus as refus:
                refus.accuse = refus.accuse or refuse(message, work.now, [erreur_de(refus)])
                raise

        return accuse

    return accuser
