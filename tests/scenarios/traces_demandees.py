"""A service assembled as its command does it, which says what of OpenTelemetry that has brought in."""

import json
import sys

from antai.app import DEFINITION
from fps.kit.app.application import build
from fps.kit.ground.settings import Settings

if __name__ == "__main__":
    running = build(DEFINITION, Settings())
    found = sorted(name for name in ("opentelemetry.sdk", "fps.kit.ground.traces") if name in sys.modules)
    sys.stdout.write(json.dumps({"traces": running.service.traces is not None, "modules": found}))
