"""Alembic's entry for this service; `python -m collectivite migrate` runs it."""

from collectivite.store import metadata
from fps.kit.app.migrate import run_env

run_env(metadata)
