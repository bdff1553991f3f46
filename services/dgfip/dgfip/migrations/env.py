"""Alembic's entry for this service; `python -m dgfip migrate` runs it."""

from dgfip.store import metadata
from fps.kit.app.migrate import run_env

run_env(metadata)
