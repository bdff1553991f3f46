"""A sequence that fails, made as short as can be: steps are taken away as long as the same thing is still wrong (delta debugging)."""

from collections.abc import Awaitable, Callable, Sequence

from fps_certification.exploration.partie import Coup

Rejouer = Callable[[Sequence[Coup]], Awaitable[bool]]


async def reduire(coups: Sequence[Coup], rejouer: Rejouer) -> tuple[Coup, ...]:
    """The shortest that is found: no single step can be taken away from it. `rejouer` says whether these fail in the same way."""
    found, taille = tuple(coups), max(len(coups) // 2, 1)
    while True:
        rang = 0
        while rang < len(found):
            essai = found[:rang] + found[rang + taille :]
            if essai and await rejouer(essai):
                found = essai
            else:
                rang += taille
        if taille == 1:
            return found
        taille = max(taille // 2, 1)
