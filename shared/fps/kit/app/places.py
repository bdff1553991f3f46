"""The places of a server that wait on who holds them: a handshake, an idle connection, half a request, an answer that nobody reads."""

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Final

from uvicorn.server import ServerState

PER_PEER: Final = 1 / 2  # of the places of the server, those that one address may hold without doing anything


class Places:
    """Who waits, the one that has waited longest first.

    When there is no place left for who comes, the oldest of the address that holds the most gives its own: somebody in earnest needs
    milliseconds. Who is being served is not here, and keeps its place.
    """

    def __init__(self) -> None:
        self._held: dict[Hashable, tuple[str, Callable[[], None]]] = {}

    def wait(self, who: Hashable, address: str, leave: Callable[[], None]) -> None:
        """From now on, or still, something is awaited of `who`; `leave` ends it at once, and takes it out of the count of its server."""
        self._held.setdefault(who, (address, leave))

    def busy(self, who: Hashable) -> None:
        """`who` is being served, or is gone."""
        self._held.pop(who, None)

    def of(self, address: str) -> int:
        """How many of this address wait."""
        return sum(one == address for one, _ in self._held.values())

    def make_room(self, address: str | None = None) -> bool:
        """End the oldest of an address; of that which holds the most, without one. Whether somebody left."""
        if address is None and self._held:
            address = Counter(one for one, _ in self._held.values()).most_common(1)[0][0]
        who = next((who for who, (one, _) in self._held.items() if one == address), None)
        if who is None:
            return False
        self._held.pop(who)[1]()
        return True


def places_of(state: ServerState) -> Places:
    """Those of a server."""
    found: Places = state.__dict__.setdefault("fps_places", Places())
    return found
