"""The findings about what the product receives: each letter brought to it is acknowledged, once and in time."""

from collections.abc import Iterator

from fps.flows import MESSAGES
from fps.messages.message import MessageClass
from fps.parties import Channel, Party
from fps_certification.assertions.registre import Assertion, Resultat, Sens, assertion, entrer
from fps_certification.observation import Observation

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


for _cls in RECUES:
    entrer(_acquittee(_cls))


@assertion("reception/sans-insister", "Une lettre poussée est prise en trois essais au plus.", Sens.RECEPTION)
def _essais(vu: Observation) -> Iterator[Resultat]:
    for recue in vu.recues:
        if recue.tentatives:
            yield Resultat(
                len(recue.tentatives) <= ESSAIS, None, f"{ESSAIS} essais au plus", f"{len(recue.tentatives)} essais pour {recue.id}"
            )


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
            if (statut := essai.get("statut")) is not None:
                yield Resultat(not 400 <= statut < 500, None, "2xx", f"{statut} à l'essai {essai.get('essai')} de {recue.id}")
