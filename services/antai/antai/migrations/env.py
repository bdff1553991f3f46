"""Alembic's entry for this service; `python -m antai migrate` runs it."""

from antai.store.tables import metadata
from fps.kit.app.migrate import run_env

run_env(metadata)
