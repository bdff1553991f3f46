"""The findings about what the product receives: each letter brought to it is acknowledged, once and in time."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fps.flows import MESSAGES
from fps.messages.message import MessageClass
from fps.parties import Channel, Party
from fps_certification.assertions.registre import Assertion, Resultat, Sens, assertion, entrer
from fps_certification.observation import Observation

_PANNE: Final = re.compile(r"panne simulée « [^»]* » : ([a-z-]+)")
_PREMIERE: Final = re.compile(r"(\d{3}|sans réponse) la première fois")
FAUSSES: Final = frozenset({"corps-altere", "cle-inconnue"})  # what arrives then is no letter of anybody
REVENUES: Final = frozenset({"erreur", "coupure", "doublon"})  # it had arrived whole, and comes again
ESSAIS = 3  # a letter that is well received is taken at the third try at the latest
RECUES: tuple[MessageClass, ...] = tuple(
    sorted(
        (c for c in MESSAGES if c.receiver is Party.COLLECTIVITE and c.sender is not Party.USAGER and c.channel is Channel.REST),
        key=lambda c: c.type,
    )
)


def _acquittee(cls: MessageClass) -> Assertion:
    def evaluer(vu: Observation) -> Iterator[Resultat]:
        for recue in vu.recues:
            if recue.type == cls.type:
                yield Resultat(recue.etat == "acquittee", None, f"la lettre {recue.id} acquittée", recue.etat)

    return Assertion(
        f"reception/{cls.flow:02d}.{cls.nom}", f"Le produit acquitte la lettre « {cls.flow:02d}.{cls.nom} ».", Sens.RECEPTION, evaluer
    )


def panne(essai: Mapping[str, Any]) -> str | None:
    """The fault that struck a try, None when none did: the history of the box says it."""
    found = _PANNE.match(str(essai.get("cause") or ""))
    return None if found is None else found[1]


for _cls in RECUES:
    entrer(_acquittee(_cls))


@assertion("reception/sans-insister", "Une lettre poussée est prise en trois essais au plus.", Sens.RECEPTION)
def _essais(vu: Observation) -> Iterator[Resultat]:
    for recue in vu.recues:
        if essais := sum(panne(essai) is None for essai in recue.tentatives):
            yield Resultat(essais <= ESSAIS, None, f"{ESSAIS} essais au plus", f"{essais} essais pour {recue.id}")


@assertion("reception/sans-redirection", "Le produit ne redirige pas ce qu'on lui apporte.", Sens.RECEPTION)
def _redirige(vu: Observation) -> Iterator[Resultat]:
    for recue in vu.recues:
        for essai in recue.tentatives:
            statut = essai.get("statut") or 0
            yield Resultat(not 300 <= statut < 400, None, "une réponse", f"{statut} à l'essai {essai.get('essai')} de {recue.id}")


@assertion("reception/reponse-2xx", "Le produit répond 2xx à une lettre qu'il a prise, jamais 4xx à une lettre juste.", Sens.RECEPTION)
def _reponse(vu: Observation) -> Iterator[Resultat]:
    for recue in vu.recues:
        for essai in recue.tentatives:
            if (statut := essai.get("statut")) is not None and panne(essai) not in FAUSSES:
                yield Resultat(not 400 <= statut < 500, None, "2xx", f"{statut} à l'essai {essai.get('essai')} de {recue.id}")


def _refusee(vu: Observation, fausse: str) -> Iterator[Resultat]:
    for recue in vu.recues:
        for essai in recue.tentatives:
            if panne(essai) == fausse:
                statut = essai.get("statut")
                yield Resultat(statut is None or statut >= 300, None, "un refus", f"{statut} à l'essai {essai.get('essai')} de {recue.id}")


@assertion("reception/alteree-refusee", "Une lettre dont le corps n'est pas celui qui a été signé est refusée.", Sens.RECEPTION)
def _alteree(vu: Observation) -> Iterator[Resultat]:
    yield from _refusee(vu, "corps-altere")


@assertion("reception/inconnue-refusee", "Une lettre signée d'une clé que personne ne publie est refusée.", Sens.RECEPTION)
def _inconnue(vu: Observation) -> Iterator[Resultat]:
    yield from _refusee(vu, "cle-inconnue")


@assertion("reception/revenue-acquittee", "Une lettre qui revient, et qui avait déjà été reçue, est acquittée de nouveau.", Sens.RECEPTION)
def _revenue(vu: Observation) -> Iterator[Resultat]:
    for recue in vu.recues:
        if any(panne(essai) in REVENUES for essai in recue.tentatives) and recue.etat != "attente":
            yield Resultat(recue.etat == "acquittee", None, f"la lettre {recue.id} acquittée", recue.etat)


@assertion("reception/doublon-repondu-de-meme", "À la même lettre, postée deux fois, la même réponse.", Sens.RECEPTION)
def _doublon(vu: Observation) -> Iterator[Resultat]:
    for recue in vu.recues:
        for essai in recue.tentatives:
            if panne(essai) == "doublon" and (found := _PREMIERE.search(str(essai.get("cause")))) is not None:
                dite = str(essai.get("statut") or "sans réponse")
                yield Resultat(found[1] == dite, None, f"{found[1]}, comme la première fois", f"{dite}, pour {recue.id}")
