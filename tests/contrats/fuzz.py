"""Requests that the contracts allow, and others that they do not, made by schemathesis and sent to the four services of this process.

python -m tests.contrats.fuzz --cases 20000 [--database memory|sqlite|postgresql] [--service antai] [--seed 1]
"""

import argparse
import asyncio
import json
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, checks
from schemathesis.core.failures import Failure, FailureGroup

from fps.droit.calendar import PARIS
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.world import World, open_world

T = TypeVar("T")
CONTRACTS = Path(__file__).resolve().parents[2] / "docs/openapi"  # what the services serve: `fps docs --check` compares
BAC = "fuzz"
# positive_data_acceptance: the law refuses much that a schema allows. The others ask for requests of their own, or for a server.
LEFT_OUT = ("positive_data_acceptance", "unsupported_method", "ignored_auth", "missing_required_header", "use_after_free")
PILOT = "/pilotage"  # these routes make and end whole worlds: they are tried outside the bac where the others live


@schemathesis.serializer("application/x-ndjson", "application/pdf", "application/pkcs10")
def octets(_: Any, value: Any) -> bytes:
    """What is no JSON is sent as it is."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


class Loop:
    """The world at work in a thread of its own: schemathesis asks, and waits for each answer."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def stop(self) -> None:
        """Nothing runs after."""
        self.loop.call_soon_threadsafe(self.loop.stop)

    def run(self, what: Awaitable[T]) -> T:
        """What a coroutine gives."""
        return asyncio.run_coroutine_threadsafe(_wait(what), self.loop).result(120)


async def _wait(what: Awaitable[T]) -> T:
    return await what


@contextmanager
def world_in(loop: Loop, **options: Any) -> Iterator[World]:
    """The four services, started and stopped in that thread."""
    opened = open_world(token="essai", **options)
    world = loop.run(opened.__aenter__())
    try:
        loop.run(world.pilot.creer(BAC, datetime(2026, 6, 12, 20, tzinfo=PARIS)))
        yield world
    finally:
        loop.run(opened.__aexit__(None, None, None))


@dataclass
class Tries:
    """What was sent, and what was wrong with the answers."""

    world: World
    loop: Loop
    party: Party
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)

    def send(self, case: Case[Any], *, bac: str = BAC) -> schemathesis.Response:
        """The answer of the service to a case."""
        given = case.as_transport_kwargs(base_url=f"{self.world.addresses[self.party]}/bacs/{bac}")
        given = {k: v for k, v in given.items() if k in ("method", "url", "json", "data", "params", "headers", "cookies", "files")}
        body = given.pop("data", None)
        if isinstance(body, bytes | str):
            given["content"] = body
        given["headers"] = {k: v for k, v in given["headers"].items() if k.lower() not in ("authorization",)}
        request = self.world.client.build_request(**given)
        response = self.loop.run(self.world.client.send(request))
        self.cases += 1
        self.statuses[response.status_code] += 1
        return schemathesis.Response.from_httpx(response, verify=False)

    def check(self, case: Case[Any], response: schemathesis.Response) -> None:
        """Keep what the checks say of an answer, once for each operation, check and status."""
        left_out = (*LEFT_OUT, "negative_data_rejection") if case.path.endswith("/lot") else LEFT_OUT  # a line is refused in its own line
        excluded: list[Any] = [check for check in checks.CHECKS.get_all() if check.__name__ in left_out]
        try:
            case.validate_response(response, excluded_checks=excluded)
        except (FailureGroup, Failure) as error:
            for one in error.exceptions if isinstance(error, FailureGroup) else [error]:
                name = f"{case.method} {case.path} {type(one).__name__} {response.status_code}"
                self.wrong.setdefault(name, f"{one}\n{case.as_curl_command()}\n{response.text[:600]}")


def _schema(party: Party) -> Any:
    config = schemathesis.Config()
    config.projects.default.generation.with_security_parameters = False  # who calls is not what is tried here: tests/flows does
    return schemathesis.openapi.from_dict(json.loads((CONTRACTS / f"{party.value}.json").read_text(encoding="utf-8")), config=config)


def fuzz(tries: Tries, cases: int, graine: int, *, every: int = 1) -> None:
    """Send about so many cases to one service, evenly over one operation in `every`; half of them hold to the contract."""
    schema = _schema(tries.party)
    operations = [operation.ok() for operation in schema.get_all_operations()][::every]
    each = max(1, cases // len(operations) // 2)
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            wanted = settings(
                max_examples=each,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )

            @seed(graine)
            @wanted
            @given(case=operation.as_strategy(generation_mode=mode))
            def attempt(case: Case[Any]) -> None:
                tries.check(case, tries.send(case, bac="defaut" if PILOT in case.path else BAC))

            with suppress(Unsatisfiable):  # nothing can be wrong where nothing is asked
                attempt()


def lives(tries: Tries, runs: int, steps: int, graine: int, *, under: str = "/") -> None:
    """Follow the links of the contract: what one answer names, the next request asks about. `under`: of these paths only."""
    schema = _schema(tries.party).include(path_regex=f"^{under}").exclude(path_regex=f"^{PILOT}")

    class Life(schema.as_state_machine()):  # type: ignore[misc]
        def call(self, case: Case[Any], **_: Any) -> Any:
            return tries.send(case)

        def validate_response(self, response: Any, case: Case[Any], **_: Any) -> None:
            """An answer is checked once, below, and what is wrong with it is kept."""

        def after_call(self, response: Any, case: Case[Any]) -> None:
            tries.check(case, response)

    wanted = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    seed(graine)(Life)
    Life.run(settings=wanted)


def main() -> int:
    """The long run; gives 1 when an answer was wrong."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--cases", type=int, default=20_000)
    asked.add_argument("--database", choices=("memory", "sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--service", choices=[party.value for party in SERVICES])
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    loop, status = Loop(), 0
    with ExitStack() as stack:
        options: dict[str, Any] = {}
        if given.database == "sqlite":
            options["data_dir"] = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        elif given.database == "postgresql":
            from tests.conftest import Postgres
            from tests.parler.mondes import databases
            from tests.real import postgres_url

            made = databases(Postgres(postgres_url()))
            options["databases"] = loop.run(made.__aenter__())
            stack.callback(lambda: loop.run(made.__aexit__(None, None, None)))
        world = stack.enter_context(world_in(loop, **options))
        for party in SERVICES:
            if given.service in (None, party.value):
                tries = Tries(world, loop, party)
                fuzz(tries, given.cases, given.seed)
                lives(tries, max(1, given.cases // 200), 10, given.seed)
                print(f"{party.value}: {tries.cases} cas, {dict(sorted(tries.statuses.items()))}, {len(tries.wrong)} fautes", flush=True)  # noqa: T201
                for name, what in sorted(tries.wrong.items()):
                    print(f"--- {name}\n{what}", flush=True)  # noqa: T201
                    status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
