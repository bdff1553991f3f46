"""The example of each message, validated, for the documents, the screens and the tests."""

from typing import TypeVar

from fps.messages.message import Message

M = TypeVar("M", bound=Message)


def exemple(message: type[M]) -> M:
    """The complete example of this message class."""
    return message.exemplaire()
