"""A long work in one process: Python looks less often meanwhile for what nobody holds any more."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

LONG_WORK: Final = (200_000, 20, 20)


@contextmanager
def long_work() -> Iterator[None]:
    """Look ten times less often meanwhile, and not at what is there now: a batch holds many things at once, that it lets go by itself.

    A tenth of the time of a dense run went there; its memory is the same, since almost nothing of it turns round itself.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*LONG_WORK)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
