"""The JSON Schemas that an editor reads, as they are published: they are installed with the language, and need no service."""

from importlib.resources import files


def publie(quoi: str) -> str:
    """The schema of a file of lives (`vie`) or of towns (`ville`), as `make docs` writes it in docs/."""
    return (files("fps_simulateur.langue") / f"{quoi}.schema.json").read_text("utf-8")
