"""When parking is paid."""

from datetime import time
from typing import Annotated

from pydantic import BeforeValidator

from fps.villes.lecture import Lecture


class Pause(Lecture):
    """The daily break during which parking is free."""

    debut: Annotated[time, BeforeValidator(lambda v: time.fromisoformat(v) if isinstance(v, str) else v)]
    fin: Annotated[time, BeforeValidator(lambda v: time.fromisoformat(v) if isinstance(v, str) else v)]
