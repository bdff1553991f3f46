"""An act of an espace: by which door, and its line of audit, done or refused."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from fastapi import Request

from antai.actes.espace.comptes import espace_comptes
from fps.confiance.habilitation import Identite
from fps.errors import Refus
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Key, Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import session

T = TypeVar("T")


def agent(service: Service) -> Any:
    """The door of an espace: a session of one of its agents, or the pilot's credential."""
    return session(service, lambda request: espace_comptes(request.path_params["siret"]), ou_administration=True)


async def faire(
    service: Service,
    request: Request,
    acte: str,
    objet: str,
    run: Callable[[Work], Awaitable[T]],
    qui: Identite | str | None,
    cles: Iterable[Key] = (),
    **details: Any,
) -> T:
    """Do `run` in the next transaction, and write it in the audit journal; a refusal too, and then nothing else changes."""

    async def audite(work: Work) -> T:
        try:
            fait = await run(work)
        except Refus as refus:
            work.audit(acte, qui, objet, code=refus.code)
            raise
        work.audit(acte, qui, objet, **details)
        return fait

    return await service.ask(bac_of(request), audite, [*cles])


async def lire(
    service: Service,
    request: Request,
    acte: str,
    objet: str,
    run: Callable[[Reading], Awaitable[T]],
    qui: Identite | str | None,
    *,
    note: bool = False,
) -> T:
    """What `run` reads of the bac; its refusal is written in the audit journal, and its success too with `note`."""
    bac = bac_of(request)
    try:
        async with service.reading(bac) as lecture:
            lu = await run(lecture)
    except Refus as refus:
        await service.note(bac, acte, qui, objet, code=refus.code)
        raise
    if note:
        await service.note(bac, acte, qui, objet)
    return lu
