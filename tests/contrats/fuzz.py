"""Requests that the contracts allow, and others that they do not, made by schemathesis and sent to the four services of this process.

python -m tests.contrats.fuzz --cases 20000 [--database sqlite postgresql] [--service antai] [--seed 1] [--workers 2]

Each service is tried in a process of its own, with its own worlds: as many at once as the machine has cores. A line on stderr each minute
says how far each is; SIGINT or SIGTERM ends the run, and what was found until then is printed.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Flaky, Unsatisfiable
from schemathesis import Case, GenerationMode, checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation

from fps.kit.ground.memory import patient
from fps.kit.wire.carrier import always, bearer, open_client
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.world import World, open_world
from tests.contrats.planchers import manquent, table
from tests.contrats.suivi import coupable, suivi, transmettre
from tests.contrats.vecu import BAC, Vecu, lu, traductions, traduit
from tests.parler.certificats import certificat

T = TypeVar("T")
CONTRACTS = Path(__file__).resolve().parents[2] / "docs/openapi"  # what the services serve: `fps docs --check` compares
# positive_data_acceptance: the law refuses much that a schema allows. The others ask for requests of their own, or for a server.
LEFT_OUT = ("positive_data_acceptance", "unsupported_method", "ignored_auth", "missing_required_header", "use_after_free")
LIVING, TWICE = 3, 2  # how often a case that holds to the contract is sent, each time about another dossier; one that does not
PATIENCE = 900  # seconds for one answer, or a day of a bac: the machine may have much else to do
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
        return asyncio.run_coroutine_threadsafe(_wait(what), self.loop).result(PATIENCE)


async def _wait(what: Awaitable[T]) -> T:
    return await what


@dataclass
class Ground:
    """Where requests are sent: the four services, what is known of their bac, and who asks."""

    world: World
    loop: Loop
    vecu: Vecu
    editor: httpx.AsyncClient  # shows the certificate of a provider, and no token

    def day(self) -> None:
        """One day more in the bac."""
        self.loop.run(self.vecu.journee())


@contextmanager
def ground_in(loop: Loop, graine: int = 1, **options: Any) -> Iterator[Ground]:
    """The four services, started and stopped in that thread, with a bac where dossiers of every age live."""
    opened = open_world(token="essai", **options)
    world = loop.run(opened.__aenter__())
    reseau = {world.addresses[party]: one.asgi for party, one in world.services.items()}
    editor = open_client(reseau, present=always((certificat(world.pki).pem,)))
    try:
        vecu = Vecu(world, graine)
        loop.run(vecu.peupler())
        yield Ground(world, loop, vecu, editor)
    finally:
        loop.run(editor.aclose())
        loop.run(opened.__aexit__(None, None, None))


@dataclass
class Tries:
    """What was sent, what succeeded, and what was wrong with the answers."""

    grounds: Sequence[Ground]  # the same case is sent to each
    party: Party
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    reussites: Counter[str] = field(default_factory=Counter)  # cases that every world answered 2xx, by operation
    wrong: dict[str, str] = field(default_factory=dict)
    ecarts: dict[str, str] = field(default_factory=dict)  # what two engines answered otherwise

    def __post_init__(self) -> None:
        self.acted = False  # the last case may have written a letter
        self.mots: list[dict[str, str]] = [{} for _ in self.grounds]  # what the first world named, as each one calls it
        self.contract: dict[str, Any] = json.loads((CONTRACTS / f"{self.party.value}.json").read_text(encoding="utf-8"))

    def operation(self, case: Case[Any]) -> dict[str, Any]:
        """What the contract says of the operation of a case."""
        found: dict[str, Any] = self.contract["paths"][case.path][case.method.lower()]
        return found

    def day(self) -> None:
        """One day more in each bac."""
        for ground in self.grounds:
            ground.day()

    def place(self, case: Case[Any], *, path_only: bool = False) -> None:
        """Give a case, most of the time, what the bac knows instead of what was drawn."""
        self.grounds[0].vecu.placer(case, self.contract, path_only=path_only)

    def send(self, case: Case[Any], *, bac: str = BAC) -> schemathesis.Response:
        """The answer of the service to a case; with several engines, that of the last, and that they differ is a fault.

        The worlds are alike before each case: the same past, the same clock, no letter on its way.
        """
        if self.acted:
            for ground in self.grounds:
                ground.loop.run(ground.vecu.calme())
        answers = [self._send(ground, rank, case, bac) for rank, ground in enumerate(self.grounds)]
        self.acted = case.method != "GET" and any(answer.is_success for answer in answers)
        self.cases += 1
        self.statuses[answers[-1].status_code] += 1
        if all(answer.is_success for answer in answers):
            self.reussites[self.operation(case)["operationId"]] += 1
        told = [lu(answer) for answer in answers]
        for rank, other in enumerate(told):
            self.mots[rank].update(traductions(told[0], other))
            if answers[rank].is_success and bac == BAC:
                self.grounds[rank].vecu.apprendre(other)
        said = [
            f"{answer.status_code} {dict(one).get('code', '') if isinstance(one, dict) and not answer.is_success else ''}".strip()
            for answer, one in zip(answers, told, strict=True)
        ]
        if len(set(said)) > 1:
            texts = "\n".join(answer.text[:600] for answer in answers)
            self._keep(self.ecarts, f"{case.method} {case.path} {said}", f"{case.as_curl_command()}\n{texts}")
        return schemathesis.Response.from_httpx(answers[-1], verify=False)

    def _keep(self, where: dict[str, str], name: str, what: str) -> None:
        """What is wrong, named on stderr at its first coming: a run lasts for an hour."""
        if name not in where:
            where[name] = what
            print(f"{self.party.value}: {name}", file=sys.stderr, flush=True)

    def _send(self, ground: Ground, rank: int, case: Case[Any], bac: str) -> httpx.Response:
        """The answer of one world, asked by who the operation wants, in the words of that world."""
        world, operation, mots = ground.world, self.operation(case), self.mots[rank]
        given = case.as_transport_kwargs(base_url=f"{world.addresses[self.party]}/bacs/{bac}")
        given = {k: v for k, v in given.items() if k in ("method", "url", "json", "data", "params", "headers", "cookies", "files")}
        given["url"] = "/".join(mots.get(part, part) for part in given["url"].split("/"))
        given |= {part: traduit(given[part], mots) for part in ("json", "params") if part in given}
        body = given.pop("data", None)
        if isinstance(body, bytes | str):
            given["content"] = body
        given["headers"] = {k: v for k, v in given["headers"].items() if k.lower() not in ("authorization",)}
        doors = {name for way in operation["security"] for name in way}
        jetons = ground.vecu.mots["jeton"]
        if doors == {"session"} and jetons:
            given["headers"] |= bearer(str(jetons[-1]))
        provider = "certificat" in doors and not case.path.startswith("/flux/")
        client = ground.editor if provider else world.client
        return ground.loop.run(client.send(client.build_request(**given)))

    def check(self, case: Case[Any], response: schemathesis.Response) -> None:
        """Keep what the checks say of an answer, once for each operation, check and status."""
        # A line of a lot is refused in its own line; an empty list in an address is not written at all, whatever its parameter forbids.
        held = case.path.endswith("/lot") or [] in (case.query or {}).values()
        left_out = (*LEFT_OUT, "negative_data_rejection") if held else LEFT_OUT
        excluded: list[Any] = [check for check in checks.CHECKS.get_all() if check.__name__ in left_out]
        try:
            case.validate_response(response, excluded_checks=excluded)
        except (FailureGroup, Failure) as error:
            for one in error.exceptions if isinstance(error, FailureGroup) else [error]:
                name = f"{case.method} {case.path} {type(one).__name__} {response.status_code}"
                self._keep(self.wrong, name, f"{one}\n{case.as_curl_command()}\n{response.text[:600]}")


def _schema(party: Party) -> Any:
    config = schemathesis.Config()
    config.projects.default.generation.with_security_parameters = False  # who calls is not what is tried here: tests/flows does
    refused = config.projects.default.checks.negative_data_rejection.expected_statuses
    config.projects.default.checks.negative_data_rejection.expected_statuses = [*refused, "413"]  # too long is refused before it is read
    return schemathesis.openapi.from_dict(json.loads((CONTRACTS / f"{party.value}.json").read_text(encoding="utf-8")), config=config)


def fuzz(tries: Tries, cases: int, graine: int, *, every: int = 1) -> None:
    """Send about so many cases to one service, evenly over one operation in `every`; half of them hold to the contract.

    A day passes before each operation, and the cases that hold to the contract are about what lives in the bac, most of the time.
    """
    schema = _schema(tries.party)
    operations = [operation.ok() for operation in schema.get_all_operations()][::every]
    each = max(1, cases // len(operations) // (LIVING + TWICE))
    for operation in operations:
        tries.day()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _ask(tries, operation, mode, each, graine)


def _ask(tries: Tries, operation: Any, mode: GenerationMode, times: int, graine: int) -> None:
    """So many cases of one operation, that hold to the contract or do not."""
    pilot = PILOT in operation.path
    wanted = settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    @seed(graine)
    @wanted
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Case[Any]) -> None:
        if pilot:
            tries.check(case, tries.send(case, bac="defaut"))
        elif mode is GenerationMode.POSITIVE:
            for _ in range(LIVING):
                tries.place(case)
                tries.check(case, tries.send(case))
        else:
            tries.check(case, tries.send(case))
            if case.path_parameters and _holds(case, ParameterLocation.PATH):
                tries.place(case, path_only=True)
                tries.check(case, tries.send(case))

    with suppress(Unsatisfiable):  # nothing can be wrong where nothing is asked
        attempt()


def _holds(case: Case[Any], where: ParameterLocation) -> bool:
    """Whether that part of a case holds to the contract."""
    part = None if case.meta is None else case.meta.components.get(where)
    return part is not None and part.mode is GenerationMode.POSITIVE


def lives(tries: Tries, runs: int, steps: int, graine: int, *, under: str = "/") -> None:
    """Follow the links of the contract: what one answer names, the next request asks about. `under`: of these paths only.

    A world lives on from one life to the next, which hypothesis takes for a flaw of its draws: what is left is drawn from another seed.
    """
    begun = 0
    schema = _schema(tries.party).include(path_regex=f"^{under}").exclude(path_regex=f"^{PILOT}")

    class Life(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            nonlocal begun
            begun += 1
            super().setup()
            tries.day()

        def call(self, case: Case[Any], **_: Any) -> Any:
            tries.place(case)
            return tries.send(case)

        def validate_response(self, response: Any, case: Case[Any], **_: Any) -> None:
            """An answer is checked once, below, and what is wrong with it is kept."""

        def after_call(self, response: Any, case: Case[Any]) -> None:
            tries.check(case, response)

    while begun < runs:
        wanted = settings(
            max_examples=runs - begun,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        before = begun
        seed(graine + begun)(Life)
        with suppress(Flaky):
            Life.run(settings=wanted)
        if begun == before:
            break


def main() -> int:
    """The long run; gives 1 when an answer was wrong."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--cases", type=int, default=20_000)
    asked.add_argument("--database", choices=("memory", "sqlite", "postgresql"), nargs="+", default=["sqlite", "postgresql"])
    asked.add_argument("--service", choices=[party.value for party in SERVICES])
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = asked.parse_args()
    run = partial(_service, cases=given.cases, engines=given.database, graine=given.seed)
    if given.service is not None or given.workers == 1:
        return max(run(party) for party in SERVICES if given.service in (None, party.value))
    transmettre()
    # In the order in which they end late: the longest begins first.
    with ProcessPoolExecutor(given.workers, multiprocessing.get_context("spawn")) as pool:
        return max(pool.map(run, sorted(SERVICES, key=_operations, reverse=True)))


def _operations(party: Party) -> int:
    return sum(map(len, json.loads((CONTRACTS / f"{party.value}.json").read_text(encoding="utf-8"))["paths"].values()))


def _service(party: Party, *, cases: int, engines: Sequence[str], graine: int) -> int:
    """The long run of one service; gives 1 when an answer was wrong."""
    patient()
    loop, begun = Loop(), time.process_time()
    with ExitStack() as stack:
        grounds = [stack.enter_context(ground_in(loop, graine, **_engine(one, loop, stack))) for one in engines]
        tries = Tries(grounds, party)
        with suivi(lambda: _etat(tries, cases)), coupable() as cut:
            tour, before = 0, -1
            # An operation that asks little has few cases of its own: the others make up for it, from another seed.
            while before < tries.cases < cases:
                before = tries.cases
                fuzz(tries, cases - before, graine + tour)
                tour += 1
            lives(tries, max(1, cases // 200), 10, graine)
        return _tell(tries, engines, time.process_time() - begun, cut)


def _etat(tries: Tries, cases: int) -> str:
    """How far a run is."""
    return f"{tries.party.value}: {tries.cases} cas sur {cases}, {len(tries.wrong)} fautes, {len(tries.ecarts)} écarts"


def _engine(name: str, loop: Loop, stack: ExitStack) -> dict[str, Any]:
    """The options of a world on that engine."""
    if name == "sqlite":
        return {"data_dir": Path(stack.enter_context(tempfile.TemporaryDirectory()))}
    if name == "memory":
        return {}
    from tests.conftest import Postgres
    from tests.parler.mondes import databases
    from tests.real import postgres_url

    made = databases(Postgres(postgres_url()))
    stack.callback(lambda: loop.run(made.__aexit__(None, None, None)))
    return {"databases": loop.run(made.__aenter__())}


def _tell(tries: Tries, engines: Sequence[str], seconds: float, cut: Sequence[str]) -> int:
    """Print what was tried, what succeeded, and what is wrong; gives 1 when something is, or when the run was cut.

    The floors are those of a whole run: the operations of one that was cut were not all asked.
    """
    count = f"{len(tries.wrong)} fautes, {len(tries.ecarts)} écarts"
    rate = f"{seconds:.0f} s de processeur, {tries.cases / seconds:.1f} cas/s"
    print(f"{tries.party.value}: {tries.cases} cas sur {' et '.join(engines)}, {dict(sorted(tries.statuses.items()))}, {count}, {rate}")
    print(table(tries.party, tries.contract, tries.reussites))
    few = [f"interrompu par {cut[0]}"] if cut else manquent(tries.party, tries.reussites, tries.cases)
    for one in few:
        print(f"--- {one}")
    for title, found in (("faute", tries.wrong), ("écart entre les mondes", tries.ecarts)):
        for name, what in sorted(found.items()):
            print(f"--- {title} : {name}\n{what}", flush=True)
    return int(bool(few or tries.wrong or tries.ecarts))


if __name__ == "__main__":
    sys.exit(main())
