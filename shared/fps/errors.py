"""What the domain may refuse; no HTTP here, the kit gives each refusal its status."""

from typing import Any, ClassVar


class Refus(Exception):
    """La demande est refusée"""

    code: ClassVar[str] = "refus"
    article: ClassVar[str] = ""
    que_faire: ClassVar[str] = ""

    def __init__(self, detail: str, champ: str | None = None, accuse: Any = None) -> None:
        """`accuse`: the business answer that names every error, when the message has one (a pydantic model)."""
        super().__init__(detail)
        self.detail = detail
        self.champ = champ
        self.accuse = accuse

    @classmethod
    def titre(cls) -> str:
        """The French title of this refusal: the first line of its docstring (inherited when it has none)."""
        for classe in cls.__mro__:
            if classe.__doc__ and issubclass(classe, Refus):
                return classe.__doc__.strip().splitlines()[0]
        return ""


class Introuvable(Refus):
    """Rien n'est connu sous ce numéro"""

    code = "introuvable"
    que_faire = "Vérifiez le numéro, puis renvoyez la demande."


class Conflit(Refus):
    """Le dossier ne permet pas cet acte dans son état actuel"""

    code = "conflit"
    que_faire = "Consultez l'état du dossier avant de recommencer."


class MessageRefuse(Refus):
    """Le message est lisible mais son contenu est refusé"""

    code = "message-refuse"
    que_faire = "Corrigez chaque erreur listée, puis renvoyez le message avec une nouvelle Idempotency-Key."
