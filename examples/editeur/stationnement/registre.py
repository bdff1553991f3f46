"""What this system knows of its FPS: one SQLite file, the letters that it read, the rank of each device each day."""

import sqlite3
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS fps (
  numero TEXT PRIMARY KEY, plaque TEXT NOT NULL, jour TEXT NOT NULL, dispositif INTEGER NOT NULL, ordre INTEGER NOT NULL,
  montant INTEGER NOT NULL, paye INTEGER NOT NULL DEFAULT 0, etat TEXT NOT NULL, UNIQUE (jour, dispositif, ordre));
CREATE TABLE IF NOT EXISTS lettre (id TEXT PRIMARY KEY, type TEXT NOT NULL, numero TEXT NOT NULL);
"""


class Registre:
    """The register; amounts in centimes."""

    def __init__(self, chemin: Path | str = ":memory:"):
        self._base = sqlite3.connect(chemin)
        self._base.row_factory = sqlite3.Row
        self._base.executescript(TABLES)

    def fermer(self) -> None:
        """Close the file."""
        self._base.close()

    def ordre(self, jour: str, dispositif: int) -> int:
        """The rank of the next FPS of a device that day, from 1."""
        (dernier,) = self._base.execute("SELECT max(ordre) FROM fps WHERE jour = ? AND dispositif = ?", (jour, dispositif)).fetchone()
        return int(dernier or 0) + 1

    def ajouter(self, numero: str, plaque: str, jour: str, dispositif: int, ordre: int, montant: int) -> None:
        """A FPS, before it is sent: its number is taken even if nobody answers."""
        with self._base:
            self._base.execute(
                "INSERT INTO fps (numero, plaque, jour, dispositif, ordre, montant, etat) VALUES (?, ?, ?, ?, ?, ?, 'a-envoyer')",
                (numero, plaque, jour, dispositif, ordre, montant),
            )

    def dire(self, numero: str, etat: str) -> None:
        """Its state."""
        with self._base:
            self._base.execute("UPDATE fps SET etat = ? WHERE numero = ?", (etat, numero))

    def noter(self, lettre: str, nature: str, numero: str, paye: int, etat: str) -> bool:
        """What a letter says of a FPS: a sum that was paid, its state; False when that letter was read already."""
        with self._base:
            lue = self._base.execute("INSERT OR IGNORE INTO lettre VALUES (?, ?, ?)", (lettre, nature, numero)).rowcount == 1
            if lue:
                self._base.execute("UPDATE fps SET paye = paye + ?, etat = ? WHERE numero = ?", (paye, etat, numero))
        return lue

    def lire(self, numero: str) -> dict[str, Any]:
        """A FPS; raises KeyError when it is not one of this town."""
        found = self._base.execute("SELECT * FROM fps WHERE numero = ?", (numero,)).fetchone()
        if found is None:
            raise KeyError(numero)
        return dict(found)
