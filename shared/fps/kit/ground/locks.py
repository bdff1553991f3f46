"""Locks between the processes of one machine, on a file that each opens: by flock, or as Windows does it."""

import time
from typing import IO, Any

unix: Any
try:
    import fcntl as unix
except ImportError:  # Windows
    unix = None

AGAIN = 0.05  # seconds between two tries where the system has no wait of its own


def hold(file: IO[Any]) -> None:
    """Wait for this file to be nobody's, then hold it until it is closed."""
    if unix is not None:
        unix.flock(file, unix.LOCK_EX)
        return
    while True:
        try:
            return take(file)
        except OSError:
            time.sleep(AGAIN)


def take(file: IO[Any], *, shared: bool = False) -> None:
    """Hold this file until it is closed; raises OSError when somebody holds it. `shared`: with others who only look (not on Windows)."""
    if unix is not None:
        unix.flock(file, (unix.LOCK_SH if shared else unix.LOCK_EX) | unix.LOCK_NB)
        return
    import msvcrt

    file.seek(0)
    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
