"""Run apart: a first migration killed (-9) at one statement after another, then started again on the same file."""

import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from antai.app import DEFINITION
from fps.kit.app.migrate import upgrade
from fps.kit.app.revision import is_current

POINTS = 15
STATEMENTS = 45  # of a first migration, at least


def killed(url: str, after: int) -> None:
    """Migrate until that statement, and die of it."""
    left = after

    def count(*arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", count)
    upgrade(url, DEFINITION)


def main(folder: Path, seed: int) -> None:
    """Each point twice on its own file, the second further, then to the end."""
    draw = random.Random(seed)
    for n in range(POINTS):
        url = f"sqlite+aiosqlite:///{folder / f'{n}.db'}"
        for after in sorted(draw.sample(range(STATEMENTS), 2)):
            child = os.fork()
            if child == 0:
                killed(url, after)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            if not os.WIFSIGNALED(status):
                raise SystemExit(f"statement {after} was never reached: {status}")
        upgrade(url, DEFINITION)
        if not is_current(url, DEFINITION):
            raise SystemExit(f"killed at {after}: not whole")
    sys.stdout.write(f"{POINTS}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
