"""The days that a service plans, each with what it brings in words, and the text that wants it."""

from enum import StrEnum
from typing import Self


class Nature(StrEnum):
    """A kind of day: the code that the plan of a bac keeps, `libelle` what comes then, `article` its source or its hypothesis."""

    libelle: str
    article: str

    def __new__(cls, code: str, libelle: str, article: str) -> Self:
        found = str.__new__(cls, code)
        found._value_, found.libelle, found.article = code, libelle, article
        return found
