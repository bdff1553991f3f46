"""Alembic's entry for this service; `python -m ccsp migrate` runs it."""

from ccsp.store import metadata
from fps.kit.app.migrate import run_env

run_env(metadata)
