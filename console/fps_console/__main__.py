"""`python -m fps_console serve`: the console alone, beside services that run elsewhere; any other word is a command of `fps`."""

import sys

from fps_console.cli.principal import main

raise SystemExit(main(sys.argv[1:]))
