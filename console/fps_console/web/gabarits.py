"""What the templates are made with, beside the words that they are given."""

from collections.abc import Iterable

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from fps_console.mots.typographie import espaces


class Insecables(Extension):
    """The words that a template itself says, with the spaces of French: read once, when it is compiled."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        for token in stream:
            yield Token(token.lineno, token.type, espaces(token.value)) if token.type == "data" else token
