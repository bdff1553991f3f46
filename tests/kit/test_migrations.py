"""The migrations make exactly the tables that the code declares, on both engines; released they never change; what they find is kept."""

import asyncio
import hashlib
import json
import re
import secrets
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger, Boolean, Connection, Date, DateTime, Integer, MetaData, create_engine, insert
from sqlalchemy.ext.asyncio import create_async_engine

from fps.kit.app.migrate import upgrade
from fps.kit.app.revision import BaseAbimee, BaseEtrangere, is_current
from fps.kit.data import schema, tables
from fps.kit.engine.definition import Definition
from fps.parties import Party
from fps_simulateur.pilote.world import DEFINITIONS, BaseVidee, whole
from tests.console.simulator import clean_environment, free_base, here
from tests.kit import killed_migration

T = TypeVar("T")
SERVICES = list(DEFINITIONS.values())
ROOT = Path(__file__).parents[2]
VERSIONS = sorted([*ROOT.glob("services/*/*/migrations/versions/*.py"), *ROOT.glob("shared/fps/kit/data/revisions/kit_*.py")])
# A revision that was released is never edited: a table that changes is a new file, and a new line here.
RELEASED = {
    "shared/fps/kit/data/revisions/kit_0014.py": "60d6251e1ad24dded1680286c960c057e894c258",
    "services/antai/antai/migrations/versions/0017_listes.py": "38acc545ba170a249c731716dc313d92736d3d88",
    "services/collectivite/collectivite/migrations/versions/0021_listes.py": "59357fcbc27a1b93bff2821a3ae6faee1717ab72",
    "shared/fps/kit/data/revisions/kit_0013.py": "e2ff8075edd375cb911d40ebf917f7d9847fcbb4",
    "services/antai/antai/migrations/versions/0016_textes.py": "27b7ff6afdefbdb97c30995cae1a7ec7942b1e56",
    "services/ccsp/ccsp/migrations/versions/0013_textes.py": "8a9b89dd4e9bb76264f270890e310dff20514c74",
    "services/collectivite/collectivite/migrations/versions/0020_textes.py": "5816efe2f97658a05ef01df5e1a7f27ac900724d",
    "services/dgfip/dgfip/migrations/versions/0014_textes.py": "4056fa8aeee6db386b2f7ffbaca33cf917b216b2",
    "shared/fps/kit/data/revisions/kit_0012.py": "2dd4d403c8f9e31b5c49514c24a8b290b68b220d",
    "services/antai/antai/migrations/versions/0015_courriers_essais.py": "77313a4a0c75fa91106b6ceb33df6bfe3102d20b",
    "services/ccsp/ccsp/migrations/versions/0012_courriers_essais.py": "1b6f3f642191caf9993961bc5e85515201ed005b",
    "services/collectivite/collectivite/migrations/versions/0019_courriers_essais.py": "762c0aebeefe78780ed4c3f220a82cea40901608",
    "services/dgfip/dgfip/migrations/versions/0013_courriers_essais.py": "1e005ceb5d055fc7ebfb3967026b169e9d7e765b",
    "shared/fps/kit/data/revisions/kit_0011.py": "824f8cbce7fe5b6d52d14d0e415a76a8fec438af",
    "services/antai/antai/migrations/versions/0014_apres.py": "48e9c528ebbc584e5f31afa6fee8183a2d8537ce",
    "services/ccsp/ccsp/migrations/versions/0011_apres.py": "5dd2d30acc47e852a2b5f6056c68124af5a4878f",
    "services/collectivite/collectivite/migrations/versions/0018_apres.py": "cb9624977fde34aa085be7dc9962f68cbd7859e6",
    "services/dgfip/dgfip/migrations/versions/0012_apres.py": "90437e6aa1e9a4da30f9957f3347c944a5b0692d",
    "shared/fps/kit/data/revisions/kit_0010.py": "1662156c20b160c8755954f553612cbcdae89e15",
    "services/antai/antai/migrations/versions/0013_boites_type.py": "59ac3be9b68c52cc8ade06ea8b80dfef91533e9b",
    "services/ccsp/ccsp/migrations/versions/0010_boites_type.py": "bce6ab2d74efee8d55742212503e4f6755235434",
    "services/collectivite/collectivite/migrations/versions/0017_boites_type.py": "1013989d4a5ddec874c6913a0ba304078763b0c8",
    "services/dgfip/dgfip/migrations/versions/0011_boites_type.py": "390daa515a4a867c5517383665859946bf2b3a1a",
    "shared/fps/kit/data/revisions/kit_0009.py": "61bf2974300f411456cf6b27be88a164fc52f0f7",
    "services/antai/antai/migrations/versions/0012_gestes.py": "b5d37ee7462f9e4a977a64eb3c249f27f56c5612",
    "services/ccsp/ccsp/migrations/versions/0009_gestes.py": "578d53eafa17fd1d2720ef9f9ee87e2ce116e898",
    "services/collectivite/collectivite/migrations/versions/0015_gestes.py": "edcbc6116992a0b71841c80188d4a845106f4e3c",
    "services/dgfip/dgfip/migrations/versions/0010_gestes.py": "0d1e52cd7ef8b281f894b700229f3513cc6f6309",
    "shared/fps/kit/data/revisions/kit_0008.py": "d18326b3ecd8704141f1c533d87ca16c68d4c667",
    "services/antai/antai/migrations/versions/0011_produit.py": "1e4d31112d8dffd3aeebbbc5d749f7b92be1e5f9",
    "services/ccsp/ccsp/migrations/versions/0008_produit.py": "d9e5b1470d6265045401ac8d118b9221c78d0b3e",
    "services/collectivite/collectivite/migrations/versions/0014_produit.py": "3b05fefc6c426565b2a1786af7062a513dea005e",
    "services/dgfip/dgfip/migrations/versions/0009_produit.py": "34ffe0c95501f5a1ac41e0b56a0b463acfdb727e",
    "services/antai/antai/migrations/versions/0010_observations.py": "25b4076ed7c6290c91997da178a9652c786ebc87",
    "services/ccsp/ccsp/migrations/versions/0007_observations.py": "65d433e7c586478c9f1d40b79cacc9386a02d501",
    "services/collectivite/collectivite/migrations/versions/0013_observations.py": "f0cf6aa2caa0c3dcffe4a65c9e5d43998e347fd0",
    "services/dgfip/dgfip/migrations/versions/0008_observations.py": "3e782d2fb0bf9cf4fbc7e6ecf426b5ef6a3d1668",
    "shared/fps/kit/data/revisions/kit_0007.py": "ab1eee9aa3eea83ff645c77c00b7e8d4a4a8daed",
    "services/collectivite/collectivite/migrations/versions/0016_compensation.py": "ab7a7d2122b1f3a5d00a5a647320ad220ce9f8f3",
    "services/collectivite/collectivite/migrations/versions/0012_frais.py": "6451baa0e458a2aa76118d7b3605afa7896ea948",
    "services/antai/antai/migrations/versions/0001_initial.py": "1e7b94dc054889672c0469332c5cd3b620b44334",
    "services/ccsp/ccsp/migrations/versions/0001_initial.py": "d52bc57e91b3aee50e36ee93b07c099cf1002566",
    "services/collectivite/collectivite/migrations/versions/0001_initial.py": "fe41b09b9ab652c5bc693597a15633c62cefc15a",
    "services/dgfip/dgfip/migrations/versions/0001_initial.py": "f3fe7a83c576c47e091fead8f03d66dd5604508a",
    "shared/fps/kit/data/revisions/kit_0001.py": "1db659e9b8294a67f45cb7ac09716831196f0918",
    "services/antai/antai/migrations/versions/0002_avances.py": "4a6925c351d6d16a890d60754b4860365bd28b5f",
    "services/ccsp/ccsp/migrations/versions/0002_avances.py": "4a6925c351d6d16a890d60754b4860365bd28b5f",
    "services/collectivite/collectivite/migrations/versions/0002_avances.py": "4a6925c351d6d16a890d60754b4860365bd28b5f",
    "services/dgfip/dgfip/migrations/versions/0002_avances.py": "4a6925c351d6d16a890d60754b4860365bd28b5f",
    "shared/fps/kit/data/revisions/kit_0002.py": "23f64ee6ae5b5b3d8f435bc25a9d760313dd49a1",
    "services/antai/antai/migrations/versions/0003_reponses_gardees.py": "2f4b3474be6d0cee1317163aa3058b4c8028b288",
    "services/ccsp/ccsp/migrations/versions/0003_reponses_gardees.py": "2f4b3474be6d0cee1317163aa3058b4c8028b288",
    "services/collectivite/collectivite/migrations/versions/0003_reponses_gardees.py": "2f4b3474be6d0cee1317163aa3058b4c8028b288",
    "services/dgfip/dgfip/migrations/versions/0003_reponses_gardees.py": "2f4b3474be6d0cee1317163aa3058b4c8028b288",
    "shared/fps/kit/data/revisions/kit_0003.py": "43360189bc98ee9c5bbc8e8e6f37858b50e190ba",
    "services/antai/antai/migrations/versions/0004_ancres.py": "9750a4940729d982fa7486513518fefa0bbcf219",
    "services/ccsp/ccsp/migrations/versions/0004_ancres.py": "9750a4940729d982fa7486513518fefa0bbcf219",
    "services/collectivite/collectivite/migrations/versions/0004_ancres.py": "9750a4940729d982fa7486513518fefa0bbcf219",
    "services/dgfip/dgfip/migrations/versions/0004_ancres.py": "9750a4940729d982fa7486513518fefa0bbcf219",
    "shared/fps/kit/data/revisions/kit_0004.py": "c0173cda8bcddbe8d76ea4298d5f5157b4aca624",
    "services/antai/antai/migrations/versions/0005_index.py": "fe018c939a37b11529836410295bc688d82ee634",
    "services/ccsp/ccsp/migrations/versions/0005_index.py": "abb2bc7f8ea2e4202d56616a2ab5562631d93028",
    "services/collectivite/collectivite/migrations/versions/0005_index.py": "39a1ede80ff4d7b8e310c43fbc16c69a2d766f76",
    "services/collectivite/collectivite/migrations/versions/0006_rapo.py": "6e050a2b2889f211811cce46d59c03b1446cfe5a",
    "services/dgfip/dgfip/migrations/versions/0007_prescription.py": "55d3577ab6f0623662db3669f60043017e43f98c",
    "services/dgfip/dgfip/migrations/versions/0005_index.py": "7b1adfc8142b707b720d8f43cfc2003cc14eda9a",
    "services/antai/antai/migrations/versions/0006_reglements.py": "564b9fe4900f51de1d3a3746c07e5d24d200098e",
    "shared/fps/kit/data/revisions/kit_0005.py": "c372e5fe6ecc5ef2b0b996240a4d7003826d7d68",
    "services/antai/antai/migrations/versions/0008_titre_leve.py": "fb30609bc0adf22e2d0bdb36149ee37077bd3466",
    "services/collectivite/collectivite/migrations/versions/0010_titre_leve.py": "cdaf584fabd6ded1c80a873fa472d7890f502706",
    "services/antai/antai/migrations/versions/0007_villes.py": "480eaf8c08827633b3cae14d11efc98195fc481d",
    "services/ccsp/ccsp/migrations/versions/0006_villes.py": "2e738176b40d8e831aa720275fe2bab65a1bbc30",
    "services/collectivite/collectivite/migrations/versions/0007_villes.py": "480eaf8c08827633b3cae14d11efc98195fc481d",
    "services/collectivite/collectivite/migrations/versions/0008_plaques.py": "2a03ec33e2c82417803ed3864eef79eb9bbc54da",
    "services/collectivite/collectivite/migrations/versions/0009_retenu.py": "9fa27f861852e50a92d2becb91e55444d352a36c",
    "services/antai/antai/migrations/versions/0009_minoration.py": "2faaebd2fd28cf9205fbb4df25f2d10032ecd9d7",
    "services/collectivite/collectivite/migrations/versions/0011_minoration.py": "85f8f18f2b624be37bb76bac9ec1421f2dd70cf5",
    "services/dgfip/dgfip/migrations/versions/0006_villes.py": "2e738176b40d8e831aa720275fe2bab65a1bbc30",
    "shared/fps/kit/data/revisions/kit_0006.py": "ed8c7e3983b1007c027fb59b275b05332f7123bc",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each engine that is kept."""
    return f"sqlite+aiosqlite:///{tmp_path / 'base.db'}" if request.param == "sqlite" else str(request.getfixturevalue("base_vide"))


async def on(url: str, act: Callable[[Connection], T]) -> T:
    """Do something on a database, apart from the kit."""
    if url.startswith("sqlite"):
        engine = create_engine(url.replace("+aiosqlite", ""))
        with engine.begin() as connection:
            found = act(connection)
        engine.dispose()
        return found
    server = create_async_engine(url)
    async with server.begin() as opened:
        found = await opened.run_sync(act)
    await server.dispose()
    return found


def shapes(connection: Connection) -> dict[str, set[tuple[Any, ...]]]:
    """The columns of each table."""
    found: dict[str, set[tuple[Any, ...]]] = {}
    for table, *column in connection.exec_driver_sql(schema.QUERIES[connection.dialect.name][0]):
        found.setdefault(table, set()).add(tuple(column))
    return found


def value(kind: Any, name: str, rank: int) -> Any:
    """A value that a column of that type keeps, another one for each rank where a key wants it."""
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, DateTime):
        return datetime(2024, 3, 4, 12, tzinfo=UTC)
    if isinstance(kind, Date):
        return date(2024, 3, 4)
    return 7 + rank if isinstance(kind, BigInteger | Integer) else f"{name}-{secrets.token_hex(4)}"


def fill(connection: Connection, names: Collection[str], rank: int) -> dict[str, dict[str, Any]]:
    """One more row in each of these tables, as the revision knows them; gives what is then read of it."""
    found = MetaData()
    found.reflect(connection, only=[*names])
    before = read(connection, names)
    for name in names:
        table = found.tables[name]
        connection.execute(insert(table).values({c.name: value(c.type, c.name, rank) for c in table.columns}))
    new = {}
    for name, lines in read(connection, names).items():
        (new[name],) = (line for line in lines if line not in before[name])
    return new


def read(connection: Connection, names: Collection[str] | None = None) -> dict[str, list[dict[str, Any]]]:
    """The rows of these tables, or of all."""
    names = shapes(connection) if names is None else names
    return {n: [dict(row._mapping) for row in connection.exec_driver_sql(f'SELECT * FROM "{n}"')] for n in names}


def differences(connection: Connection, definition: Definition) -> list[Any]:
    context = MigrationContext.configure(connection)
    found: list[Any] = compare_metadata(context, [tables.metadata, definition.metadata])  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("definition", SERVICES, ids=lambda d: d.party.value)
async def test_the_migrations_of_a_service_make_its_tables_and_may_be_run_again(definition: Definition, url: str) -> None:
    assert not is_current(url, definition)
    for _ in range(2):
        await asyncio.to_thread(upgrade, url, definition)
    assert await on(url, lambda connection: differences(connection, definition)) == []
    assert is_current(url, definition) is url.startswith("sqlite")


def revisions(definition: Definition) -> list[str]:
    """The numbers of the revisions of a service, in order."""
    assert definition.migrations is not None
    return sorted(f.name.partition("_")[0] for f in (definition.migrations / "versions").iterdir() if f.name.endswith(".py"))


def places(definition: Definition, steps: str) -> list[str]:
    """The revisions at which a database of before stops on its way to the last one, which the test above reaches."""
    earlier = revisions(definition)[:-1]
    return earlier if steps == "each" else earlier[:1]


@pytest.mark.parametrize("steps", ["each", "first"])
@pytest.mark.parametrize("definition", SERVICES, ids=lambda d: d.party.value)
async def test_what_each_earlier_revision_holds_is_kept_up_to_the_last(definition: Definition, steps: str, url: str) -> None:
    """A row written at each revision in each table that it changes, brought on by all that follow; or the first, to the last at once.

    A row of a table that a revision leaves as it was is one of the former revision, which stays there.
    """
    held: list[tuple[str, str, dict[str, Any]]] = []
    known: dict[str, set[tuple[Any, ...]]] = {}
    for rank, number in enumerate(places(definition, steps)):
        await asyncio.to_thread(upgrade, url, definition, action=lambda config, to=number: command.upgrade(config, to))
        found = await on(url, shapes)
        changed = [table for table, shape in found.items() if shape != known.get(table)]
        new = await on(url, lambda connection, names=changed, rank=rank: fill(connection, names, rank))  # type: ignore[misc]
        held += [(number, table, line) for table, line in new.items()]
        known = found
    assert {table for _, table, _ in held} == known.keys()
    await asyncio.to_thread(upgrade, url, definition)
    kept = await on(url, read)
    lost = [(number, table) for number, table, line in held if not any(line.items() <= after.items() for after in kept[table])]
    assert lost == []
    assert {table: len(lines) for table, lines in kept.items() if lines} == Counter(table for _, table, _ in held)


def test_a_released_revision_is_never_edited() -> None:
    found = {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()[:40] for path in VERSIONS}
    assert found == RELEASED


def test_a_released_revision_imports_nothing_that_may_change() -> None:
    for path in VERSIONS:
        imported = re.findall(r"^(?:from|import) ([\w.]+)", path.read_text("utf-8"), re.MULTILINE)
        allowed = ("sqlalchemy", "alembic", "fps.kit.data.revisions")
        ours = [name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names]
        assert [name for name in ours if not name.startswith(allowed)] == [], path


# Each is told by its name, the earlier ones undone or not: they are of different tables.
CHANGES = {
    "DROP INDEX deadlines_due": "deadlines.deadlines_due",
    "ALTER TABLE bacs ADD COLUMN couleur TEXT": "bacs.couleur",
    "ALTER TABLE audit RENAME COLUMN qui TO auteur": "audit.qui",
    "DROP TABLE counts": "counts",
    "UPDATE alembic_version SET version_num = '9999'": "9999",
}


async def test_a_database_of_another_version_says_what_differs_and_is_left_as_it_is(url: str) -> None:
    definition = SERVICES[0]
    await asyncio.to_thread(upgrade, url, definition)
    for change, told in CHANGES.items():
        await on(url, lambda connection, change=change: connection.exec_driver_sql(change))  # type: ignore[misc]
        before = await on(url, read)
        assert not is_current(url, definition)
        with pytest.raises(BaseEtrangere, match=re.escape(told)):
            await asyncio.to_thread(upgrade, url, definition)
        assert await on(url, read) == before


def test_a_data_directory_of_another_version_says_how_to_start_anew(tmp_path: Path) -> None:
    path = tmp_path / "donnees"
    path.mkdir()
    upgrade(f"sqlite+aiosqlite:///{path / 'antai.db'}", DEFINITIONS[next(p for p in DEFINITIONS if p.value == "antai")])
    with closing(sqlite3.connect(path / "antai.db")) as connection:
        connection.execute("DROP TABLE sessions")
    told = here("up", data_dir=path)
    assert (told.returncode, told.stdout) == (1, "")
    assert "viennent d'une autre version du simulateur" in told.stderr and "colonne sessions." in told.stderr
    assert f"fps up --data-dir {path}-neuf" in told.stderr and "Traceback" not in told.stderr
    service = subprocess.run(
        [sys.executable, "-m", "antai", "migrate"],
        env=clean_environment(FPS_DATABASE_URL=f"sqlite+aiosqlite:///{path / 'antai.db'}"),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert service.returncode == 1
    assert "antai : Cette base vient d'une autre version" in service.stderr and "Traceback" not in service.stderr


def test_a_first_migration_killed_anywhere_starts_again(tmp_path: Path) -> None:
    seed = secrets.randbelow(10_000)
    done = subprocess.run(
        [sys.executable, killed_migration.__file__, str(tmp_path), str(seed)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"{killed_migration.POINTS}\n"), f"seed {seed}: {done.stderr}"


def test_a_file_that_was_emptied_or_damaged_is_told_by_its_name_and_left_as_it_is(tmp_path: Path) -> None:
    """Four files make one world: one that is gone is not made again in silence, and what cannot be read is named."""
    urls = {party: f"sqlite+aiosqlite:///{tmp_path / party.value}.db" for party in (Party.ANTAI, Party.CCSP)}
    fichier = tmp_path / "ccsp.db"
    whole([*urls.values()])  # nothing yet: a first start
    upgrade(urls[Party.CCSP], DEFINITIONS[Party.CCSP])
    whole([*urls.values()])  # a first start that was cut short
    upgrade(urls[Party.ANTAI], DEFINITIONS[Party.ANTAI])
    with closing(sqlite3.connect(tmp_path / "antai.db")) as connection, connection:
        connection.execute("INSERT INTO bacs VALUES ('defaut', 'g', 'fige', '2026-06-12T18:00:00Z', '2026-06-12T18:00:00Z', 1, 0, NULL)")
    good = fichier.read_bytes()
    whole([*urls.values()])
    vide = sqlite3.connect(":memory:")
    vide.execute("VACUUM INTO ?", (str(tmp_path / "sans-table.db"),))
    vide.close()
    damaged = (b"ceci n'est pas une base" * 500, good[:100] + b"\xff" * (len(good) - 100))
    for content in (b"", None, (tmp_path / "sans-table.db").read_bytes(), *damaged):
        fichier.unlink(missing_ok=True)
        if content is not None:
            fichier.write_bytes(content)
        with pytest.raises(BaseAbimee if content in damaged else BaseVidee, match=r"ccsp\.db") as told:
            whole([*urls.values()])
        assert "antai.db" not in str(told.value) and (fichier.read_bytes() if fichier.exists() else None) == content
    with pytest.raises(BaseAbimee, match=r"ccsp\.db"):
        upgrade(urls[Party.CCSP], DEFINITIONS[Party.CCSP])
    found = here("up", "--port", str(free_base()), "--json", data_dir=tmp_path)
    problem = json.loads(found.stdout)
    assert (found.returncode, problem["code"]) == (1, "base-abimee") and "ccsp.db" in problem["title"], found
