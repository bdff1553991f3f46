"""`python -m benchmarks [NAME…]`: measure, print the table, write build/bench.json; fails when a measured work was not done right."""

import asyncio
import signal
import sys
import time
from collections.abc import Sequence

import uvloop

from benchmarks.catalogue import LONG, NAMES, measure, promise
from benchmarks.figures import Bench, noise, say, table, write
from benchmarks.servers import ROOT, find_amqp, find_postgres
from fps.kit.ground.telemetry import configure_logs

USAGE = f"usage: python -m benchmarks [NAME…]\nnames: {', '.join(NAMES)}"


def main(names: Sequence[str]) -> int:
    """Measure these rows, or all but the long ones; gives the exit status."""
    if unknown := sorted(set(names) - set(NAMES)):
        say(f"unknown: {', '.join(unknown)}\n{USAGE}")
        return 2
    configure_logs("ERROR")
    # Asked to stop, it cleans behind itself as after Ctrl-C: processes, databases, queues.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    start = time.perf_counter()
    bench = Bench(postgres=find_postgres(), amqp=find_amqp())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures, why, wrong = measure(bench, names or [name for name in NAMES if name not in LONG], runner)
    path = ROOT / "build" / "bench.json"
    write(path, figures)
    say(f"\n{table(figures)}\n")
    for line in [*(f"{name}: not measured, {reason}" for name, reason in why.items()), *noise(bench.spins)]:
        say(line)
    missed = [text for figure in figures if (text := promise(figure))]
    say(f"promises not kept: {'; '.join(missed)}" if missed else "every figure measured keeps its promise")
    say(f"{time.perf_counter() - start:.0f} s; written to {path.relative_to(ROOT)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
