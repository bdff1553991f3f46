"""The progress of what takes long, on one line of a terminal that is written again; nothing elsewhere."""

import sys
from time import monotonic
from typing import Self

from fps.parties import LIBELLES, Party
from fps_console.commandes.output import say


class Progres:
    """One line, shown after a second and a few times a second; gone at the end."""

    def __init__(self) -> None:
        self.shown, self.next = sys.stderr.isatty(), 0.0
        self.wrote = False

    def __enter__(self) -> Self:
        self.next = monotonic() + 1  # what is short shows nothing
        return self

    def due(self) -> bool:
        """Whether it is time to show something."""
        return self.shown and monotonic() >= self.next

    def montrer(self, text: str) -> None:
        """Write the line."""
        self.next, self.wrote = monotonic() + 0.2, True
        sys.stderr.write(f"\r{text}\x1b[K")
        sys.stderr.flush()

    def __exit__(self, *error: object) -> None:
        if self.wrote:
            sys.stderr.write("\r\x1b[K")


class Dixiemes(Progres):
    """What goes by steps: a line on a terminal; elsewhere, unless `muet`, a line at each tenth."""

    def __init__(self, *, muet: bool) -> None:
        super().__init__()
        self.muet, self.dixieme = muet, 0

    def dire(self, fait: int, total: int, texte: str) -> None:
        """How much is done, and its words."""
        part = fait * 10 // max(1, total)
        if self.due():
            self.montrer(texte)
        elif not self.shown and not self.muet and part > self.dixieme:
            self.dixieme = part
            say(f"  {texte}")


class Lus(Progres):
    """What reads a bac of any size; `quoi`: what is counted."""

    def __init__(self, nom: str, quoi: str) -> None:
        super().__init__()
        self.nom, self.quoi, self.lus = nom, quoi, 0

    def dire(self, lus: int) -> None:
        """So many more were read."""
        self.lus += lus
        if self.due():
            self.montrer(f"Bac « {self.nom} » : {self.lus} {self.quoi}")


class Octets(Progres):
    """What goes from a service to a file, or back; `total`: its bytes, when they are known."""

    def __init__(self, quoi: str, total: int = 0) -> None:
        super().__init__()
        self.quoi, self.total = quoi, total

    def dire(self, service: Party, octets: int) -> None:
        """Whose lines are on their way, and how many bytes went in all."""
        if not self.due():
            return
        if self.total and octets >= self.total:
            self.montrer(f"{LIBELLES[service]} : tout est envoyé, le service l'écrit")
        else:
            self.montrer(f"{LIBELLES[service]} : {octets >> 20}{f' sur {self.total >> 20}' if self.total else ''} Mio {self.quoi}")
