"""`make bench` measures real work: its cheap rows run here with tiny sizes; nothing is said of time."""

import asyncio
import contextlib
import json
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from benchmarks import curve, history, pages, pairs
from benchmarks.catalogue import AT_LEAST, AT_MOST, NAMES, QUICK, measure, promise, unsure
from benchmarks.figures import Bench, Faux, Figure, Sizes, expect, noise, spread, table, write
from benchmarks.http1 import Order
from benchmarks.servers import ROOT
from tests.real import postgres_url

TINY = Sizes(rounds=1, lives=1, fixtures=2)


def run(*names: str) -> tuple[list[Figure], dict[str, str], bool]:
    with asyncio.Runner() as runner:
        return measure(Bench(TINY), names, runner)


@pytest.fixture(scope="module")
def measured() -> tuple[list[Figure], dict[str, str], bool]:
    return run("sql-per-batch", "letter-amqp", "mfps-batch")


def named(figures: list[Figure], *names: str) -> list[Figure]:
    return [f for f in figures if f.name in names]


def test_a_whole_life_is_timed_and_written_with_the_keys_of_the_contract(tmp_path: Path) -> None:
    figures, _, wrong = run("first-life-ms", "fixture-ms", "sql-per-batch")
    assert not wrong
    write(tmp_path / "build" / "bench.json", named(figures, "first-life-ms", "fixture-ms", "sql-per-batch"))
    found = json.loads((tmp_path / "build" / "bench.json").read_text("utf-8"))
    assert [list(row) for row in found] == [["name", "ours", "limit", "unit", "ratio"]] * 3
    assert [row["name"] for row in found] == ["first-life-ms", "fixture-ms", "sql-per-batch"]
    assert all(row["ours"] > 0 and row["limit"] > 0 and row["ratio"] > 0 for row in found)


def test_a_batch_of_five_hundred_takes_as_many_statements_as_one_of_fifty(measured: tuple[list[Figure], dict[str, str], bool]) -> None:
    (figure,) = named(measured[0], "sql-per-batch")
    assert figure.ours == figure.limit and figure.ratio == 1


def test_without_the_real_servers_a_row_says_so_and_the_others_run(measured: tuple[list[Figure], dict[str, str], bool]) -> None:
    figures, why, wrong = measured
    assert {f.name for f in figures if f.ratio is None} == {"letter-amqp", "mfps-batch"} and len(figures) == 3
    assert "PostgreSQL" in why["letter-amqp"] and set(why) == {"letter-amqp", "mfps-batch"} and not wrong


def test_the_days_are_measured_again_and_again_in_a_database_that_was_emptied() -> None:
    with asyncio.Runner() as runner:
        sizes = Sizes(rounds=2, few=2, many=4)
        figures, why, wrong = measure(Bench(sizes, postgres=postgres_url()), ["deadline-linear"], runner)
    assert [f.name for f in figures if f.ratio] == ["deadline-linear"] and not why and not wrong


def test_lives_and_the_months_of_a_town_are_counted_before_their_time_means_anything() -> None:
    with asyncio.Runner() as runner:
        bench, names = (
            Bench(Sizes(rounds=1, played=3, street=(3, 6), days=2, inside=(2, 4))),
            ["catalogue-s", "city", "life-memory", "dossier-kb"],
        )
        figures, why, wrong = measure(bench, names, runner)
    assert [f.name for f in figures if f.ratio] == names and not why and not wrong


def test_each_kind_of_act_is_timed_among_many_dossiers_and_among_few() -> None:
    with asyncio.Runner() as runner:
        figures, why, wrong = measure(Bench(Sizes(rounds=1, few=2, grand=4, acted=4)), ["acts-sqlite"], runner)
    assert [f.name for f in figures if f.ratio] == ["acts-sqlite"] and not why and not wrong


def test_every_row_of_the_contract_has_its_promise() -> None:
    assert len(NAMES) == len(set(NAMES)) == 25 + len(pairs.PAIRS)
    # The two that validate nothing are there to be compared with: nothing is promised.
    assert set(AT_MOST) | set(AT_LEAST) == set(NAMES) - {"pair-mountebank", "pair-wiremock"}


@pytest.mark.parametrize(
    ("figure", "kept"),
    [
        (Figure("mfps-batch", 40, 100, "messages/s"), True),
        (Figure("mfps-batch", 39, 100, "messages/s"), False),
        (Figure("first-life-ms", 150, 150, "ms"), True),
        (Figure("first-life-ms", 151, 150, "ms"), False),
        (Figure("letter-amqp", None, None, "letters/s"), True),
    ],
)
def test_a_promise_that_is_not_kept_is_told(figure: Figure, kept: bool) -> None:
    assert (promise(figure) == "") is kept


def test_the_table_shows_what_is_missing_and_noise_forbids_a_conclusion() -> None:
    lines = table([Figure("letter-amqp", None, None, "letters/s"), Figure("mfps-http", 1234.5, 2469.0, "messages/s")]).splitlines()
    assert lines[0].split() == ["name", "ours", "limit", "unit", "ratio"]
    assert lines[2].split() == ["letter-amqp", "-", "-", "letters/s", "-"]
    assert lines[3].split() == ["mfps-http", "1,234", "2,469", "messages/s", "0.5"]
    assert "too noisy to conclude" in noise({"mfps-http": [10.0, 16.0]})[-1]
    assert "quiet enough" in noise({"mfps-http": [10.0, 14.0]})[-1]


def test_work_that_is_not_exact_is_never_a_figure() -> None:
    expect("letters", 3, 3)
    with pytest.raises(Faux, match="letters: 2 instead of 3"):
        expect("letters", 2, 3)


async def test_the_pages_of_a_large_bac_are_asked_on_dossiers_that_were_copied() -> None:
    figures = await pages.sur_sqlite(Bench(Sizes(rounds=0, grand=6, lived=2, starts=1)))
    assert [f.name for f in figures if f.ratio] == ["lists-sqlite", "pages-sqlite", "start-sqlite", "rss-sqlite"]


def test_the_curve_of_the_replicas_begins_at_what_a_core_gives_and_ends_where_a_bac_is_held_whole() -> None:
    total = sum(cost.beside + cost.alone + cost.turn for cost in curve.COSTS.values())
    town = curve.COSTS["collectivite"]
    one = curve.Simulation(1, 1, 1).run(20)
    assert one == pytest.approx(1_000 / total, rel=0.1)
    assert one < curve.Simulation(2, 2, 1).run(20) < 2.1 * one
    alone, apart = curve.Simulation(32, 8, 1).run(20), curve.Simulation(32, 8, 64).run(20)
    assert alone < 1_000 / town.alone < apart


def test_the_page_of_the_replicas_tells_the_curve_of_the_costs_that_it_tells() -> None:
    page = (ROOT / "docs/repliques.md").read_text(encoding="utf-8")
    assert f"\n| 1 | 8 | {curve.SERVICES:.2f} | {curve.BASES:.2f} |".replace(".", ",") in page
    found = [cost for one in curve.COSTS.values() for cost in (one.beside, one.alone)]
    assert sum(found) == pytest.approx(curve.SERVICES, rel=0.001)
    assert sum(one.turn for one in curve.COSTS.values()) == pytest.approx(curve.BASES, rel=0.001)
    assert [row for cores in (1, 2, 4) if f"\n{(row := curve.row(cores))}\n" not in page] == []


def test_a_run_is_kept_and_a_noisy_row_concludes_nothing_nor_does_any_beside_other_work(tmp_path: Path) -> None:
    figures = [Figure("letter-amqp", 500, 2000, "letters/s"), Figure("mfps-batch", 10, 5, "messages/s"), Figure("city", None, None, "ms")]
    shaky = {"mfps-http": [10.0, 30.0], "letter-amqp": [10.0, 10.1]}
    assert unsure(shaky, 0.1) == {"mfps-http", "mfps-batch"} and unsure(shaky, 1.9) == set(NAMES) and not unsure({}, 0.1)
    place = tmp_path / "bench-history.jsonl"
    history.keep(place, history.line(figures, shaky, 0.1, "abc"))
    with place.open("a") as file:
        file.write('{"when": "20')  # a run that was cut while it wrote
    history.keep(place, history.line(figures, {"letter-amqp": [10.0]}, 0.1, "def"))
    runs = history.read(place)
    assert [run["commit"] for run in runs] == ["abc", "def"]
    history.keep(place, history.line(figures, {"letter-amqp": [10.0]}, 0.1, "ghi"))
    told = history.trend(history.read(place), ["mfps-batch"]).splitlines()
    assert told[0] == "mfps-batch" and "abc" in told[1] and told[1].endswith("2 ?") and "ghi" in told[3] and told[3].endswith("2")
    assert len(told) == 4 and history.trend([], []) == "nothing was measured yet"


def test_the_rounds_of_a_side_tell_their_spread() -> None:
    bench = Bench(Sizes(rounds=3))
    values = iter([10.0, 4.0, 30.0, 4.0, 20.0, 4.0])

    async def side() -> float:
        return next(values)

    assert asyncio.run(bench.medians("city", side, side)) == [20.0, 4.0]
    assert spread(bench.rounds)[1:] == ["  city             0.50 to 1.50, 1.00 to 1.00"]
    assert spread({}) == [] and set(QUICK) <= set(NAMES)


def test_another_tool_is_measured_where_it_is_and_its_row_says_what_it_needs_where_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "TOOLS", tmp_path)
    figures, why, wrong = run(*pairs.PAIRS)
    assert [f.ratio for f in figures] == [None] * 3 and set(why) == set(pairs.PAIRS) and not wrong
    assert all(said.startswith("needs ") for said in why.values()), why


def test_the_contract_that_another_tool_is_given_is_that_of_the_published_file_and_asks_no_certificate() -> None:
    validate(given := pairs.contract())
    [(path, operation)] = [(path, one["post"]) for path, one in given["paths"].items() if "post" in one]
    published = json.loads((ROOT / "docs/openapi/antai.json").read_text("utf-8"))["paths"][path]["post"]
    assert operation == {key: value for key, value in published.items() if key != "security"} and published["security"]


def test_a_message_that_another_tool_is_asked_is_counted_by_its_answer_alone() -> None:
    """As ANTAI's is by its acknowledgement: one that refuses is no faster for it."""

    async def asked(status: str) -> dict[str, object]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(asyncio.IncompleteReadError):
                while head := await reader.readuntil(b"\r\n\r\n"):
                    size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                    await reader.readexactly(size)
                    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(pairs.answer())}\r\n\r\n".encode() + pairs.answer())
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            return await Order(server.sockets[0].getsockname()[1], "", "", 0, 5, 2).send()

    good, bad = asyncio.run(asked("200 OK")), asyncio.run(asked("422 Unprocessable"))
    assert (good["accepted"], good["statuses"]) == (5, {"200": 5}) and (bad["accepted"], bad["statuses"]) == (0, {"422": 5})
