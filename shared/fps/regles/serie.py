"""A series of numbers: the order of the last one given. What each series adds is its key (a year, a town, an agent) and how it prints."""

from dataclasses import dataclass, field


@dataclass
class Serie:
    """The orders of one series, from 1, each once and without a gap."""

    dernier: int = field(default=0, kw_only=True)

    def avancer(self) -> int:
        """The next order."""
        self.dernier += 1
        return self.dernier
