"""Each invariant holds over a whole life, and a world in which one is broken is told so, with the act that broke it."""

import copy
import json
from collections.abc import AsyncIterator, Callable
from datetime import date
from enum import StrEnum
from typing import Any

import pytest
import pytest_asyncio

from antai.domain import etats
from collectivite.domain import forfait
from console.invariants import CONTROLES, FINAUX, INVARIANTS, SANS_OBJET, verifier
from console.world import open_world
from dgfip.domain import prise_en_charge
from fps.messages.avis import AvisPaiementRectificatif
from fps.messages.rapo import AccuseReceptionRapo
from fps.messages.titre import AvisRemboursementTitre
from fps.parties import Party
from tests.scenarios.test_first_life import naitre

pytestmark = pytest.mark.asyncio(loop_scope="module")
Monde = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def monde() -> AsyncIterator[Monde]:
    """A dossier paid at the DGFiP with the rebate: every service has something to say."""
    async with open_world(token="essai") as world:
        vie = await naitre(world)
        await vie.jusqu_au(date(2027, 1, 25))
        prise = await vie.lire(Party.DGFIP, f"/prises-en-charge/{vie.numero}")
        corps = {"numero_fps": vie.numero, "numero_telepaiement": prise["numero_telepaiement"], "moyen": "internet", "montant": 6800}
        answer = await world.client.post(f"{world.addresses[Party.DGFIP]}/bacs/{vie.bac}/flux/04-paiement/paiement-titre", json=corps)
        assert answer.status_code == 200, answer.text
        yield await world.pilot.exporter(vie.bac)


def table(monde: Monde, service: str, nom: str) -> tuple[list[str], list[list[Any]]]:
    found = monde["services"][service]["tables"][nom]
    return found["colonnes"], found["lignes"]


def changer(monde: Monde, service: str, nom: str, ou: Callable[[dict[str, Any]], bool], **valeurs: Any) -> None:
    """Rewrite the rows chosen; composed values are merged into their JSON."""
    colonnes, lignes = table(monde, service, nom)
    done = 0
    for ligne in lignes:
        row = dict(zip(colonnes, ligne, strict=True))
        if ou(row):
            done += 1
            for champ, valeur in valeurs.items():
                ligne[colonnes.index(champ)] = json.dumps(json.loads(row[champ]) | valeur) if isinstance(valeur, dict) else valeur
    assert done, "no row to break"


def ecrire(monde: Monde, service: str, cls: Any, **corps: Any) -> None:
    """A courrier that the service never wrote."""
    colonnes, lignes = table(monde, service, "courriers")
    numero = table(monde, "antai", "dossiers")[1][0][0]
    body = {**cls.example, "numero_fps": numero, **corps}
    values = {"id": "x", "type": cls.type, "subject": numero, "time": "2027-01-20T00:00:00+00:00", "body": json.dumps(body)}
    lignes.append([values[c] for c in colonnes])


def est(nom: str) -> Callable[[dict[str, Any]], bool]:
    return lambda row: row["type"] == nom


CASSES: dict[int, Callable[[Monde], None]] = {
    1: lambda m: ecrire(m, "antai", AvisPaiementRectificatif),
    2: lambda m: changer(m, "dgfip", "inbox", est("fps.12.emission.v1"), body={"majoration": 4000, "total_du": 7500}),
    3: lambda m: changer(m, "dgfip", "courriers", est("fps.13.avertissement.v1"), body={"rabais": 5001}),
    4: lambda m: ecrire(m, "collectivite", AccuseReceptionRapo, date_avis_reception="2027-01-20"),
    5: lambda m: changer(m, "dgfip", "ecritures", lambda row: row["compte"] == "etat" and row["credit"] == 5000, credit=4999),
    6: lambda m: changer(m, "collectivite", "inbox", est("fps.05.titre-paye-collectivite.v1"), body={"redevable": {"nom": "Exemple"}}),
    7: lambda m: changer(m, "antai", "inbox", est("fps.01.creation.v1"), body={"cle": "00"}),
    9: lambda m: table(m, "antai", "courriers")[1].append(["y", *table(m, "antai", "courriers")[1][0][1:]]),
    10: lambda m: table(m, "dgfip", "deadlines")[1].append([table(m, "antai", "dossiers")[1][0][0], "envoi-avertissement", "2027-02-01"]),
}


async def test_a_whole_life_keeps_every_invariant(monde: Monde) -> None:
    assert verifier(monde) == []


@pytest.mark.parametrize("invariant", sorted(set(INVARIANTS) - SANS_OBJET), ids=lambda i: INVARIANTS[i][:40])
async def test_an_invariant_that_is_broken_is_told_with_its_act(monde: Monde, invariant: int) -> None:
    faux = copy.deepcopy(monde)
    CASSES[invariant](faux)
    ruptures = verifier(faux)
    assert {r.invariant for r in ruptures} == {invariant}, ruptures
    assert ruptures[0].acte and ruptures[0].sujet.isdigit() and INVARIANTS[invariant] in str(ruptures[0])


async def test_a_refund_above_what_was_paid_breaks_the_money(monde: Monde) -> None:
    faux = copy.deepcopy(monde)
    ecrire(faux, "dgfip", AvisRemboursementTitre, montant_rembourse=6801)
    assert [r.invariant for r in verifier(faux)] == [5]


async def test_the_first_act_that_breaks_comes_first(monde: Monde) -> None:
    faux = copy.deepcopy(monde)
    CASSES[3](faux)
    CASSES[7](faux)
    assert [r.invariant for r in verifier(faux)] == [7, 3]
    assert len(CONTROLES) == len(INVARIANTS) - len(SANS_OBJET)


async def test_the_final_states_of_the_services_are_among_those_at_rest(monde: Monde) -> None:
    services: dict[tuple[Party, str], tuple[type[StrEnum], frozenset[Any]]] = {
        (Party.COLLECTIVITE, "forfaits"): (forfait.Etat, forfait.SANS_SUITE),
        (Party.ANTAI, "dossiers"): (etats.Etat, etats.FINAUX),
        (Party.DGFIP, "prises_en_charge"): (prise_en_charge.Etat, prise_en_charge.FINAUX),
    }
    for place, (tous, finaux) in services.items():
        assert {etat.value for etat in finaux} <= FINAUX[place] <= {etat.value for etat in tous}
        assert table(monde, place[0].value, place[1])[1]
