"""How far a long run of the fuzzer is, told while it runs, and an end before its time that keeps what was found."""

import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MINUTE = 60  # seconds from one line to the next


@contextmanager
def suivi(line: Callable[[], str], every: float = MINUTE) -> Iterator[None]:
    """A line on stderr each minute, until the end."""
    over = threading.Event()

    def tell() -> None:
        while not over.wait(every):
            sys.stderr.write(f"{line()}\n")

    teller = threading.Thread(target=tell, name="suivi", daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


@contextmanager
def coupable() -> Iterator[list[str]]:
    """SIGINT and SIGTERM end what is inside, and nothing after it: gives a list that then names the signal."""
    cut: list[str] = []

    def stop(number: int, _: object) -> None:
        if not cut:  # what is printed afterwards is not cut a second time
            cut.append(signal.Signals(number).name)
            raise KeyboardInterrupt

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cut
    except KeyboardInterrupt:
        if not cut:
            raise
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def transmettre() -> None:
    """Hand the signal that ends this process to its workers, and wait for what they tell."""

    def hand(*_: object) -> None:
        for child in multiprocessing.active_children():
            child.terminate()

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, hand)
