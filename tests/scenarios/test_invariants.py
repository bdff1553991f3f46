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
from dgfip.domain import prise_en_charge
from fps.droit.numero import cle
from fps.flows import by_type
from fps.messages.avis import AvisPaiementRectificatif
from fps.messages.mfps import AccuseFps
from fps.messages.rapo import AccuseReceptionRapo
from fps.messages.titre import AvisRemboursementTitre, EmissionTitre
from fps.parties import Party
from fps_simulateur.invariants import CONTROLES, FINAUX, INVARIANTS, SANS_OBJET, verifier
from fps_simulateur.pilote.world import open_world
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


def acte(monde: Monde, service: str, nom: str, le: str = "2027-01-20T00:00:00+00:00", **data: Any) -> int:
    """An act more in the journal of the dossier; gives its rank."""
    colonnes, journal = table(monde, service, "journal")
    values = dict(zip(colonnes, journal[-1], strict=True)) | {"subject": numero(monde), "time": le, "acte": nom, "data": json.dumps(data)}
    values["rang"] = max(ligne[colonnes.index("rang")] for s in monde["services"] for ligne in table(monde, s, "journal")[1]) + 1
    journal.append([values[c] for c in colonnes])
    return int(values["rang"])


def numero(monde: Monde) -> str:
    return str(table(monde, "antai", "dossiers")[1][0][0])


def ecrire(monde: Monde, service: str, cls: Any, **corps: Any) -> None:
    """A courrier that the service wrote against the rule."""
    colonnes, lignes = table(monde, service, "courriers")
    body = {**cls.example, "numero_fps": numero(monde), **corps}
    ident = f"x{len(lignes)}"
    acte(monde, service, "courrier", id=ident)
    values = {"id": ident, "type": cls.type, "subject": numero(monde), "time": "2027-01-20T00:00:00+00:00", "body": json.dumps(body)}
    lignes.append([values[c] for c in colonnes])


def recevoir(monde: Monde, service: str, cls: Any, **corps: Any) -> None:
    """A letter that the service received against the rule."""
    colonnes, lignes = table(monde, service, "inbox")
    ident = f"x{len(lignes)}"
    acte(monde, service, "reception", id=ident)
    values = dict(zip(colonnes, lignes[-1], strict=True)) | {"id": ident, "type": cls.type, "subject": numero(monde), "outcome": "recu"}
    values["body"] = json.dumps({**cls.example, "numero_fps": numero(monde), **corps})
    lignes.append([values[c] for c in colonnes])


def doubler(monde: Monde, service: str) -> None:
    """The last courrier of a service, once more."""
    colonnes, lignes = table(monde, service, "courriers")
    ecrire(monde, service, by_type(lignes[-1][colonnes.index("type")]))
    lignes[-1][colonnes.index("body")] = lignes[-2][colonnes.index("body")]


def attendre(monde: Monde, service: str, table_: str, etat: str) -> None:
    """The dossier is at rest, and a day still waits."""
    acte(monde, service, "relance")
    changer(monde, service, table_, lambda row: True, etat=etat)
    table(monde, service, "deadlines")[1].append([numero(monde), "relance", "2027-02-01"])


def est(nom: str) -> Callable[[dict[str, Any]], bool]:
    return lambda row: row["type"] == nom


def deux_rectificatifs(monde: Monde) -> None:
    """Two notices under one number."""
    for motif in ("Premier.", "Second."):
        ecrire(monde, "antai", AvisPaiementRectificatif, **AVIS, **LIMITE, motif=motif)


AVIS = {"numero_avis": "21590350100017261271072009", "cle": cle("21590350100017261271072009")}
LIMITE = {"modalites": {"date_limite_paiement": "2027-01-05"}}
PAYE = "fps.05.titre-paye.v1"

# Each invariant, broken in every way that it forbids: the service whose act is named, its act, and what breaks it.
CASSES: list[tuple[int, str, str, Callable[[Monde], None]]] = [
    (1, "antai", "courrier", lambda m: ecrire(m, "antai", AvisPaiementRectificatif, **AVIS)),
    (2, "dgfip", "reception", lambda m: changer(m, "dgfip", "inbox", est("fps.12.emission.v1"), body={"majoration": 4000})),
    (2, "dgfip", "reception", lambda m: changer(m, "dgfip", "inbox", est("fps.12.emission.v1"), body={"montant_impaye": 3600})),
    (3, "dgfip", "courrier", lambda m: changer(m, "dgfip", "courriers", est("fps.13.avertissement.v1"), body={"rabais": 5001})),
    (3, "dgfip", "courrier", lambda m: changer(m, "dgfip", "courriers", est("fps.04.justificatif-titre.v1"), body={"rabais": 5001})),
    (3, "antai", "reception", lambda m: changer(m, "antai", "inbox", est(PAYE), body={"rabais": 5001})),
    (4, "collectivite", "courrier", lambda m: ecrire(m, "collectivite", AccuseReceptionRapo, date_avis_reception="2027-01-20")),
    (5, "dgfip", "écriture « prise en charge »", lambda m: changer(m, "dgfip", "ecritures", majoration, credit=4999)),
    (5, "antai", "reception", lambda m: changer(m, "antai", "inbox", est(PAYE), body={"part_etat": 3299})),
    (5, "dgfip", "envoi", lambda m: changer(m, "antai", "inbox", est(PAYE), body={"part_collectivite": 3501, "part_etat": 3299})),
    (5, "antai", "écriture « titre exécutoire payé à la DGFiP »", lambda m: changer(m, "dgfip", "prises_en_charge", tous, majoration=6000)),
    (6, "collectivite", "reception", lambda m: recevoir(m, "collectivite", AccuseFps, redevable={"nom": "Exemple"})),
    (6, "collectivite", "reception", lambda m: recevoir(m, "collectivite", AccuseFps, erreurs=[{"redevable": "Exemple"}])),
    (7, "antai", "reception", lambda m: changer(m, "antai", "inbox", est("fps.01.creation.v1"), body={"cle": "00"})),
    (7, "antai", "reception", lambda m: changer(m, "antai", "inbox", est("fps.01.creation.v1"), body={"numero_fps": "123"})),
    (7, "antai", "courrier", lambda m: ecrire(m, "antai", AvisPaiementRectificatif, **LIMITE, numero_avis=numero(m), cle=cle(numero(m)))),
    (7, "antai", "courrier", deux_rectificatifs),
    (9, "antai", "courrier", lambda m: doubler(m, "antai")),
    (9, "dgfip", "courrier", lambda m: doubler(m, "dgfip")),
    (10, "dgfip", "relance", lambda m: attendre(m, "dgfip", "prises_en_charge", "paye-avec-rabais")),
    (10, "antai", "relance", lambda m: attendre(m, "antai", "dossiers", "annule")),
    (10, "collectivite", "relance", lambda m: attendre(m, "collectivite", "forfaits", "abandonne")),
]


def tous(row: dict[str, Any]) -> bool:
    return True


def majoration(row: dict[str, Any]) -> bool:
    return bool(row["compte"] == "etat" and row["credit"] == 5000)


async def test_a_whole_life_keeps_every_invariant(monde: Monde) -> None:
    assert verifier(monde) == []


async def test_each_invariant_but_that_of_the_certificates_is_broken_here() -> None:
    assert {casse[0] for casse in CASSES} == set(INVARIANTS) - SANS_OBJET and {i for i in INVARIANTS if i in SANS_OBJET} == {8}


@pytest.mark.parametrize("casse", CASSES, ids=lambda casse: f"{casse[0]}-{casse[1]}-{casse[2]}")
async def test_an_invariant_that_is_broken_is_told_with_its_act(monde: Monde, casse: tuple[int, str, str, Any]) -> None:
    invariant, service, nom, casser = casse
    faux = copy.deepcopy(monde)
    casser(faux)
    ruptures = verifier(faux)
    assert {r.invariant for r in ruptures} == {invariant}, ruptures
    assert (ruptures[0].service, ruptures[0].acte) == (service, nom) and ruptures[0].rang and ruptures[0].sujet.isdigit()
    assert INVARIANTS[invariant] in str(ruptures[0])


async def test_a_rank_of_a_title_serves_one_fps(monde: Monde) -> None:
    faux = copy.deepcopy(monde)
    colonnes, lignes = table(faux, "dgfip", "inbox")
    emission = next(x for x in lignes if x[colonnes.index("type")] == EmissionTitre.type)
    recevoir(faux, "dgfip", EmissionTitre, **json.loads(emission[colonnes.index("body")]))
    lignes[-1][colonnes.index("subject")] = numero(faux)[:-1] + "9"
    [rupture] = [r for r in verifier(faux) if r.invariant == 7]
    assert (rupture.service, rupture.acte) == ("dgfip", "reception") and "sert déjà" in rupture.phrase


async def test_a_refund_above_what_was_paid_breaks_the_money(monde: Monde) -> None:
    faux = copy.deepcopy(monde)
    ecrire(faux, "dgfip", AvisRemboursementTitre, montant_rembourse=6801)
    assert [r.invariant for r in verifier(faux)] == [5]


async def test_the_first_act_that_breaks_comes_first(monde: Monde) -> None:
    faux = copy.deepcopy(monde)
    for invariant in (3, 7):
        next(casser for n, _, _, casser in CASSES if n == invariant)(faux)
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
