"""Revision 0010 of the kit: the letters of a type that wait in the boxes are found without those of the dossiers."""

from alembic import op


def create() -> None:
    """Create the index of the letters by their type."""
    op.create_index("boites_type", "boites", ["bac", "type", "etat"])
