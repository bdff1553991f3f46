"""The error that an accusé names: written once, for the ANTAI, the DGFiP and who controls a message before sending it."""

from fps.errors import Refus
from fps.messages.mfps import ErreurAccuse


def erreur(code: str, champ: str, phrase: str, article: str, que_faire: str) -> ErreurAccuse:
    """An error found in a message: where, what is wrong, by which article, and what to do."""
    return ErreurAccuse(code=code, champ=champ, phrase=phrase, article=article, que_faire=que_faire)


def erreur_de(refus: Refus) -> ErreurAccuse:
    """A refusal as an accusé names it."""
    return erreur(refus.code, refus.champ or "", refus.detail or refus.titre(), refus.article, refus.que_faire)
