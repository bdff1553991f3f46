"""How a town file is read: strictly, every word of it known."""

from pydantic import BaseModel, ConfigDict


class Lecture(BaseModel):
    """Strict reading of the directory."""

    model_config = ConfigDict(frozen=True, extra="forbid")
