"""Revision 0013 of the kit: from here on a SQLite file keeps its long texts packed and its digests as bytes (ADR 0045)."""


def create() -> None:
    """Change nothing: no table does, and what is there is read as it stands. A version that reads no packed text sees that it is older."""
