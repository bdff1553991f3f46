"""`python -m benchmarks [NAME…]`: measure, print the table, write build/bench.json; fails when a measured work was not done right.

`--quick` measures in less than a minute what needs no server; `--trend` measures nothing, and prints what was found before.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence

import uvloop

from benchmarks import history
from benchmarks.catalogue import BUSY, LONG, NAMES, QUICK, measure, promise, unsure
from benchmarks.figures import Bench, noise, say, spread, table, write
from benchmarks.servers import ROOT, find_amqp, find_postgres
from fps.kit.ground.telemetry import configure_logs

HISTORY = ROOT / "bench-history.jsonl"
USAGE = f"usage: python -m benchmarks [--quick|--trend] [NAME…]\nnames: {', '.join(NAMES)}"


def main(names: Sequence[str]) -> int:
    """Measure these rows, or all but the long ones; gives the exit status."""
    asked, names = set(names) & {"--quick", "--trend"}, [name for name in names if name not in ("--quick", "--trend")]
    if unknown := sorted(set(names) - set(NAMES)):
        say(f"unknown: {', '.join(unknown)}\n{USAGE}")
        return 2
    if "--trend" in asked:
        say(history.trend(history.read(HISTORY), names))
        return 0
    names = [*names, *(QUICK if "--quick" in asked else ())]
    configure_logs("ERROR")
    # Asked to stop, it cleans behind itself as after Ctrl-C: processes, databases, queues.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    start, load = time.perf_counter(), round(os.getloadavg()[0], 2)
    bench = Bench(postgres=find_postgres(), amqp=find_amqp())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures, why, wrong = measure(bench, names or [name for name in NAMES if name not in LONG], runner)
    path = ROOT / "build" / "bench.json"
    write(path, figures)
    say(f"\n{table(figures)}\n")
    for line in [*(f"{name}: not measured, {reason}" for name, reason in why.items()), *spread(bench.rounds), *noise(bench.spins)]:
        say(line)
    noisy = unsure(bench.spins, load)
    if load > BUSY:
        say(f"the machine was at work before the run ({load} processes in the minute before it): nothing is concluded")
    missed = [text for figure in figures if figure.name not in noisy and (text := promise(figure))]
    say(f"promises not kept: {'; '.join(missed)}" if missed else "every figure that concludes keeps its promise")
    if open_ := sorted(noisy & {figure.name for figure in figures}):
        say(f"nothing is concluded of: {', '.join(open_)} (measure again on a machine that does nothing else)")
    history.keep(HISTORY, history.line(figures, bench.spins, load, history.version(ROOT)))
    say(f"{time.perf_counter() - start:.0f} s; written to {path.relative_to(ROOT)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
