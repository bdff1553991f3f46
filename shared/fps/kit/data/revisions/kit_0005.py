"""Revision 0005 of the kit: the indexes that let no engine read a whole bac to find one dossier."""

from alembic import op


def create() -> None:
    """Make them again without what made SQLite take them for another."""
    op.drop_index("deadlines_due", "deadlines")
    op.create_index("deadlines_due", "deadlines", ["bac", "due", "subject"])
    op.drop_index("boites_dues", "boites")
    op.create_index("boites_dues", "boites", ["bac", "etat", "prochain"])
