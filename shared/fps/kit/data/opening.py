"""Which database a URL names: the only place that knows both engines."""

from fps.kit.data.database import Database

SCHEMES = ("sqlite", "postgresql")  # what a URL may begin with, before « + » and the driver


def engine_of(url: str) -> str:
    """The engine that a URL names, "" for one that is not known here."""
    scheme = url.partition("://")[0].partition("+")[0]
    return scheme if scheme in SCHEMES else ""


def open_database(url: str) -> Database:
    """The database that a URL names: `sqlite+aiosqlite:///path`, `sqlite+aiosqlite://` (memory) or `postgresql+asyncpg://…`."""
    scheme, _, rest = url.partition("://")
    match engine_of(url):
        case "sqlite":
            from fps.kit.data.sqlite import SqliteDatabase

            return SqliteDatabase(url, rest.removeprefix("/"))
        case "postgresql":
            from fps.kit.data.postgres import PostgresDatabase

            return PostgresDatabase(url, f"postgresql://{rest}")
    raise ValueError(f"FPS_DATABASE_URL : schéma inconnu « {scheme} » ; attendu sqlite+aiosqlite ou postgresql+asyncpg")
