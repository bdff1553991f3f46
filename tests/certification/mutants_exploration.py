"""Ten products that are wrong only in a combination: each act alone, as the written checks play it, is done well."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

import httpx
import pytest

from collectivite.actes import annulation, rapo
from collectivite.actes.paiement import encaisser as vrai_encaisser
from collectivite.domain.forfait import Forfait
from collectivite.domain.rapo import EtatRapo, Rapo
from collectivite.domain.refus import ActeApresTitre
from fps.droit.calculs import date_limite_rapo
from fps.messages.information_paiement import FpsPaye, FpsPayeMinore
from fps.messages.mfps import AnnulationFps, ModificationFps
from fps.parties import Party
from fps_simulateur.pilote.world import World

Patch = pytest.MonkeyPatch
Poser = Callable[[World, Patch], None]


def _encaisser(faire: Callable[[Any, Any], Awaitable[Any]]) -> Poser:
    """Another act in the place of what the product does of a payment that ANTAI tells."""

    def poser(monde: World, patch: Patch) -> None:
        handlers: Any = monde.services[Party.COLLECTIVITE].service.definition.handlers
        for cls in (FpsPaye, FpsPayeMinore):
            patch.setitem(handlers, cls, faire)

    return poser


async def _pas_de_second_paiement(message: Any, work: Any) -> None:
    forfait = await work.find(Forfait, message.numero_fps)
    if forfait.paye_le is None or forfait.montant_paye:  # a cheque that bounced leaves its day behind
        await vrai_encaisser(message, work)


async def _a_l_autre(message: Any, work: Any) -> None:
    numero = message.numero_fps
    ici = await work.find(Forfait, numero)
    avant = await work.find(Forfait, f"{numero[:-3]}{int(numero[-3:]) - 1:03d}")
    if avant is not None and avant.vehicule.immatriculation == ici.vehicule.immatriculation:
        message = message.model_copy(update={"numero_fps": avant.numero})
    await vrai_encaisser(message, work)


def _rapo_apres_paiement(monde: World, patch: Patch) -> None:
    vrai = rapo._accepter

    async def accepter(forfait: Forfait, *reste: Any) -> None:
        if not forfait.montant_paye:
            await vrai(forfait, *reste)

    patch.setattr(rapo, "_accepter", accepter)


def _annulation_le_jour_de_la_limite(monde: World, patch: Patch) -> None:
    vrai = annulation._avant_titre

    def avant_titre(forfait: Forfait, work: Any) -> None:
        if work.today == forfait.date_limite_paiement and forfait.montant_rectifie is None:
            raise ActeApresTitre("La limite est passée.", "numero")
        vrai(forfait, work)

    patch.setattr(annulation, "_avant_titre", avant_titre)


def _modification_puis_annulation(monde: World, patch: Patch) -> None:
    vrai: Any = vars(annulation)["transmettre"]

    def transmettre(forfait: Forfait, message: Any, work: Any, **reste: Any) -> None:
        if forfait.montant_rectifie is None or not isinstance(message, AnnulationFps):
            vrai(forfait, message, work, **reste)

    patch.setattr(annulation, "transmettre", transmettre)


def _vingt_neuf_fevrier(monde: World, patch: Patch) -> None:
    vrai: Any = vars(rapo)["irrecevabilites"]

    def irrecevabilites(depot: Any) -> tuple[str, ...]:
        return ("rapo-hors-delai",) if (depot.recu_le.month, depot.recu_le.day) == (2, 29) else vrai(depot)

    patch.setattr(rapo, "irrecevabilites", irrecevabilites)


def _minore_au_dernier_jour_du_rapo(monde: World, patch: Patch) -> None:
    vrai = Forfait.payer

    def payer(self: Forfait, montant: int, le: date, *, minore: bool = False, **reste: Any) -> Any:
        dernier = self.date_notification is not None and le == date_limite_rapo(self.date_notification)
        return vrai(self, montant, le, minore=minore or dernier, **reste)

    patch.setattr(Forfait, "payer", payer)


def _rejet_apres_rectificatif(monde: World, patch: Patch) -> None:
    vrai = Forfait.perdre_paiement

    def perdre(self: Forfait, montant: int, reste_du: int, le: date) -> Any:
        return vrai(self, montant, self.montant if self.montant_rectifie and reste_du else reste_du, le)

    patch.setattr(Forfait, "perdre_paiement", perdre)


def _second_rapo_apres_rejet(monde: World, patch: Patch) -> None:
    vrai = Rapo.a_completer

    def a_completer(self: Rapo, le: date) -> date | None:
        return le if self.etat is EtatRapo.REJETE else vrai(self, le)

    patch.setattr(Rapo, "a_completer", a_completer)
    patch.setattr(Rapo, "completer", lambda self, *reste: None)


class _Redite(httpx.AsyncBaseTransport):
    """After a rectificatif that left something due, a cancellation leaves twice, each with its key: what was sent was forgotten.

    A RAPO that is accepted whole is a rectificatif too, to nothing, and then a cancellation: the written plans play it.
    """

    def __init__(self, client: httpx.AsyncClient):
        self._client, self._rectifies = client, set[tuple[str, bytes]]()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, perhaps twice."""
        corps, url, entetes = await request.aread(), str(request.url), dict(request.headers)
        entetes.pop("content-length", None)
        numero = url.partition("/flux/")[0], corps.partition(b'"numero_fps"')[2][:32].strip(b' :"')[:26]
        if ModificationFps.path in url and b'"montant_rectifie":0,' not in corps:
            self._rectifies.add(numero)
        answer = await self._client.request(request.method, url, headers=entetes, content=corps)
        if AnnulationFps.path in url and numero in self._rectifies:
            await self._client.request(request.method, url, headers=entetes | {"idempotency-key": "encore"}, content=corps)
        return httpx.Response(answer.status_code, headers={"content-type": answer.headers["content-type"]}, content=answer.content)


def _redite_apres_rectificatif(monde: World, patch: Patch) -> None:
    relais = monde.services[Party.COLLECTIVITE].relay.carrier
    patch.setattr(relais, "client", httpx.AsyncClient(transport=_Redite(relais.client)))


TOMBE = "produit-qui-tombe"  # see tests/certification/test_exploration.py
MUTANTS: dict[str, Poser] = {
    "cheque-rejete-puis-repaye": _encaisser(_pas_de_second_paiement),
    "deux-fps-de-la-meme-plaque": _encaisser(_a_l_autre),
    "rapo-accepte-apres-paiement": _rapo_apres_paiement,
    "annulation-le-jour-de-la-limite": _annulation_le_jour_de_la_limite,
    "modification-puis-annulation": _modification_puis_annulation,
    "vingt-neuf-fevrier": _vingt_neuf_fevrier,
    "minore-au-dernier-jour-du-rapo": _minore_au_dernier_jour_du_rapo,
    "rejet-apres-rectificatif": _rejet_apres_rectificatif,
    "second-rapo-apres-rejet": _second_rapo_apres_rejet,
    "redite-apres-rectificatif": _redite_apres_rectificatif,
}
# The requirement that the difference which is found first breaks.
ATTRAPES_DE_L_EXPLORATION: Mapping[str, str] = {
    "cheque-rejete-puis-repaye": "EX-850",
    "deux-fps-de-la-meme-plaque": "EX-850",
    "rapo-accepte-apres-paiement": "EX-854",
    "annulation-le-jour-de-la-limite": "EX-852",
    "modification-puis-annulation": "EX-854",
    "vingt-neuf-fevrier": "EX-853",
    "minore-au-dernier-jour-du-rapo": "EX-850",
    "rejet-apres-rectificatif": "EX-851",
    "second-rapo-apres-rejet": "EX-853",
    "redite-apres-rectificatif": "EX-062",
    TOMBE: "EX-856",
}
