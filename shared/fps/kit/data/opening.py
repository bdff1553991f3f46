"""Which database a URL names: the only place that knows both engines."""

from fps.kit.data.database import Database


def open_database(url: str) -> Database:
    """The database that a URL names: `sqlite+aiosqlite:///path`, `sqlite+aiosqlite://` (memory) or `postgresql+asyncpg://…`."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] == "sqlite":
        from fps.kit.data.sqlite import SqliteDatabase

        return SqliteDatabase(url, rest.removeprefix("/"))
    if scheme.partition("+")[0] == "postgresql":
        from fps.kit.data.postgres import PostgresDatabase

        return PostgresDatabase(url, f"postgresql://{rest}")
    raise ValueError(f"FPS_DATABASE_URL : schéma inconnu « {scheme} » ; attendu sqlite+aiosqlite ou postgresql+asyncpg")
