"""What a verification remembers from one dossier to the others: sums, and, in a temporary file, what each number served for."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from fps.parties import Party
from fps.releves import Acte


@dataclass
class Mois:
    """What the dossiers of a collectivité hold for it of one month, and the first and last acts that said so."""

    total: int = 0
    premier: tuple[str, Acte | None] | None = None
    dernier: tuple[str, Acte | None] | None = None


class Memoire:
    """What must be remembered from one dossier to the others; what there may be of each dossier is kept in a temporary file."""

    def __init__(self) -> None:
        self.mois: dict[tuple[str, str], Mois] = defaultdict(Mois)
        self.verses: dict[str, int] = defaultdict(int)
        self.derniers: dict[tuple[Party, str], Acte] = {}
        self._vus = sqlite3.connect("", isolation_level=None)  # a file without a name, gone with the connection
        self._vus.execute("PRAGMA journal_mode=OFF")
        self._vus.execute("CREATE TABLE vus (quoi TEXT, cle TEXT, qui TEXT, PRIMARY KEY (quoi, cle)) WITHOUT ROWID")

    def premier(self, quoi: str, cle: str, qui: str) -> str:
        """Who had this key first; `qui` when nobody had."""
        self._vus.execute("INSERT OR IGNORE INTO vus VALUES (?, ?, ?)", (quoi, cle, qui))
        return str(self._vus.execute("SELECT qui FROM vus WHERE quoi = ? AND cle = ?", (quoi, cle)).fetchone()[0])
