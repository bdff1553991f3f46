"""Each invariant holds over a whole life, and a world in which one is broken is told so, with the act that broke it."""

import copy
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
import pytest_asyncio

from antai.domain import etats
from collectivite.domain import forfait
from dgfip.domain import prise_en_charge
from fps.droit.numero import cle
from fps.messages.avis import AvisPaiementRectificatif
from fps.messages.mfps import AccuseFps
from fps.messages.rapo import AccuseReceptionRapo
from fps.messages.titre import AvisRemboursementTitre, EmissionTitre
from fps.parties import Party
from fps_simulateur.invariants import CONTROLES, INVARIANTS, verifier
from fps_simulateur.invariants.dossiers import FINAUX, SUITES
from fps_simulateur.invariants.enonces import PAR_NUMERO
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import lire
from fps_simulateur.pilote.world import DEFINITIONS, open_world
from tests.scenarios.test_first_life import naitre

pytestmark = pytest.mark.asyncio(loop_scope="module")
Monde = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def monde() -> AsyncIterator[Monde]:
    """A dossier paid at the DGFiP with the rebate: every service has something to say."""
    async with open_world(token="essai") as world:
        vie = await naitre(world)
        await vie.jusqu_au(date(2024, 1, 25))
        prise = await vie.lire(Party.DGFIP, f"/prises-en-charge/{vie.numero}")
        corps = {"numero_fps": vie.numero, "numero_telepaiement": prise["numero_telepaiement"], "moyen": "internet", "montant": 6800}
        answer = await world.client.post(f"{world.addresses[Party.DGFIP]}/bacs/{vie.bac}/flux/04-paiement/paiement-titre", json=corps)
        assert answer.status_code == 200, answer.text
        yield await world.pilot.relever(vie.bac)


def dossiers(monde: Monde, service: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = monde["services"][service]["dossiers"]
    return found


def dossier(monde: Monde, service: str) -> dict[str, Any]:
    """What a service states of the FPS."""
    return next(d for d in dossiers(monde, service) if d["sujet"] == numero(monde))


def changer(lieux: list[dict[str, Any]], ou: Callable[[dict[str, Any]], bool], **valeurs: Any) -> None:
    """Rewrite what was chosen; composed values are merged."""
    choisis = [lieu for lieu in lieux if ou(lieu)]
    assert choisis, "nothing to break"
    for lieu in choisis:
        lieu.update({champ: lieu[champ] | valeur if isinstance(valeur, dict) else valeur for champ, valeur in valeurs.items()})


def acte(monde: Monde, service: str, nom: str, le: str = "2024-01-20T00:00:00Z", **donnees: Any) -> int:
    """An act more in the journal of the dossier; gives its rank."""
    rang: int = max(a["rang"] for s in monde["services"] for d in dossiers(monde, s) for a in d["actes"]) + 1
    vide = {"rang": rang, "date": le, "acte": nom, "article": "", "lettre": None, "code": None, "ecriture": None}
    dossier(monde, service)["actes"].append(vide | donnees)
    return rang


def numero(monde: Monde) -> str:
    return str(dossiers(monde, "antai")[0]["sujet"])


def lettre(monde: Monde, service: str, sort: str, cls: Any, **corps: Any) -> None:
    """A letter that the service wrote, or received, against the rule."""
    lettres = dossier(monde, service)["lettres"]
    ident = f"x{len(lettres)}"
    acte(monde, service, "courrier" if sort == "courrier" else "reception", lettre=ident)
    lettres.append({"id": ident, "type": cls.type, "sort": sort, "corps": {**cls.example, "numero_fps": numero(monde), **corps}})


def ecrire(monde: Monde, service: str, cls: Any, **corps: Any) -> None:
    lettre(monde, service, "courrier", cls, **corps)


def recevoir(monde: Monde, service: str, cls: Any, **corps: Any) -> None:
    lettre(monde, service, "recue", cls, **corps)


def dire(monde: Monde, service: str, nom: str, **corps: Any) -> None:
    """Other words in the letters of one type that a service keeps."""
    changer(dossier(monde, service)["lettres"], lambda x: x["type"] == nom, corps=corps)


def doubler(monde: Monde, service: str) -> None:
    """The last courrier of a service, once more."""
    lettres = dossier(monde, service)["lettres"]
    derniere = next(x for x in reversed(lettres) if x["sort"] == "courrier")
    acte(monde, service, "courrier", lettre="double")
    lettres.append(derniere | {"id": "double"})


def attendre(monde: Monde, service: str, etat: str) -> None:
    """A dossier in a final state for which a day still waits."""
    trouve = dossier(monde, service)
    lieu = trouve["partie"]["titre"] if service == "dgfip" else trouve["partie"]
    lieu["etat"] = etat
    acte(monde, service, "relance")
    trouve["echeances"].append({"nature": "relance", "le": "2024-02-01"})


def trop_tot(monde: Monde, service: str, nom: str, *, reponse: bool = False) -> None:
    """A service received, or refused, a letter of another one a second before it was written."""
    actes = dossier(monde, service)["actes"]
    autres = [s for s in monde["services"] if s != service]
    ailleurs = {a["lettre"]: a["date"] for s in autres for d in dossiers(monde, s) for a in d["actes"] if a["lettre"]}
    venu = next(a for a in actes if (cle := (a["lettre"] or "").removesuffix("/reponse")) in ailleurs and (cle != a["lettre"]) is reponse)
    ecrite = datetime.fromisoformat(ailleurs[venu["lettre"].removesuffix("/reponse")])
    venu |= {"acte": nom, "date": (ecrite - timedelta(seconds=1)).isoformat()}


def titre(monde: Monde) -> dict[str, Any]:
    found: dict[str, Any] = dossier(monde, "dgfip")["partie"]["titre"]
    return found


def majoration_perdue(monde: Monde) -> None:
    """The ledger of the DGFiP holds a cent less of majoration than its act told."""
    ecriture = next(e for e in dossier(monde, "dgfip")["ecritures"] if e["libelle"] == "prise en charge")
    ecriture["lignes"] = [["etat", 0, 4999] if ligne == ["etat", 0, 5000] else ligne for ligne in ecriture["lignes"]]


def entrees(monde: Monde) -> list[dict[str, Any]]:
    """What certificates brought to ANTAI, and how they changed."""
    found: list[dict[str, Any]] = monde["services"]["antai"]["entrees"]
    return found


def change(monde: Monde, etat: str, *, dit: bool = True, **dates: Any) -> None:
    """The certificate of the reference system stood so before the first letter; without `dit`, only its last act says so, too late."""
    poses = monde["services"]["antai"]["releve"]["certificats"]
    pose = next(c for c in poses if (c["cle"], c["siret"]) == ("service:collectivite", numero(monde)[:14]))
    etats = {"etat": etat, "effet_le": pose["effet_le"], "remplacee_le": None} | dates
    rang, lot = (1, "2020-01-01T00:00:00Z") if dit else (99, "2100-01-01T00:00:00Z")
    ligne = {"quoi": "certificat", "rang": rang, "lot": lot, "certificat": pose["cle"], "siret": pose["siret"], **etats}
    entrees(monde).insert(0 if dit else len(entrees(monde)), ligne)
    if dit:
        pose.update(etats)


def inconnu(monde: Monde) -> None:
    """A letter let in by a certificate that nobody has deposited."""
    changer(entrees(monde), lambda x: x["quoi"] == "lettre", certificat="0" * 64)


def retrait(monde: Monde) -> None:
    """Letters taken from a box by a certificate that nobody has deposited."""
    entrees(monde).append(entrees(monde)[-1] | {"quoi": "retrait", "date": None, "certificat": "0" * 64})


def deux_rectificatifs(monde: Monde) -> None:
    """Two notices under one number."""
    for motif in ("Premier.", "Second."):
        ecrire(monde, "antai", AvisPaiementRectificatif, **AVIS, **LIMITE, motif=motif)


AVIS = {"numero_avis": "21590350100017231271072009", "cle": cle("21590350100017231271072009")}
LIMITE = {"modalites": {"date_limite_paiement": "2024-01-05"}}
PAYE = "fps.05.titre-paye.v1"

# Each invariant, broken in every way that it forbids: the service whose act is named, its act, and what breaks it.
CASSES: list[tuple[int, str, str, Callable[[Monde], None]]] = [
    (1, "antai", "courrier", lambda m: ecrire(m, "antai", AvisPaiementRectificatif, **AVIS)),
    (2, "dgfip", "reception", lambda m: dire(m, "dgfip", "fps.12.emission.v1", majoration=4000)),
    (2, "dgfip", "reception", lambda m: dire(m, "dgfip", "fps.12.emission.v1", montant_impaye=3600)),
    (3, "dgfip", "courrier", lambda m: dire(m, "dgfip", "fps.13.avertissement.v1", rabais=5001)),
    (3, "dgfip", "courrier", lambda m: dire(m, "dgfip", "fps.04.justificatif-titre.v1", rabais=5001)),
    (3, "antai", "reception", lambda m: dire(m, "antai", PAYE, rabais=5001)),
    (4, "collectivite", "courrier", lambda m: ecrire(m, "collectivite", AccuseReceptionRapo, date_avis_reception="2024-01-20")),
    (5, "dgfip", "écriture « prise en charge »", majoration_perdue),
    (5, "antai", "reception", lambda m: dire(m, "antai", PAYE, part_etat=3299)),
    (5, "dgfip", "envoi", lambda m: dire(m, "antai", PAYE, part_collectivite=3501, part_etat=3299)),
    (5, "antai", "écriture « titre exécutoire payé à la DGFiP »", lambda m: titre(m).update(majoration=6000)),
    (6, "collectivite", "reception", lambda m: recevoir(m, "collectivite", AccuseFps, redevable={"nom": "Exemple"})),
    (6, "collectivite", "reception", lambda m: recevoir(m, "collectivite", AccuseFps, erreurs=[{"redevable": "Exemple"}])),
    (7, "antai", "reception", lambda m: dire(m, "antai", "fps.01.creation.v1", cle="00")),
    (7, "antai", "reception", lambda m: dire(m, "antai", "fps.01.creation.v1", numero_fps="123")),
    (7, "antai", "courrier", lambda m: ecrire(m, "antai", AvisPaiementRectificatif, **LIMITE, numero_avis=numero(m), cle=cle(numero(m)))),
    (7, "antai", "courrier", deux_rectificatifs),
    (8, "antai", "lettre « creation »", lambda m: change(m, "desactivee")),
    (8, "antai", "lettre « creation »", lambda m: change(m, "deposee")),
    (8, "antai", "lettre « creation »", lambda m: change(m, "active", effet_le="2023-10-01T00:00:00Z")),
    (8, "antai", "lettre « creation »", lambda m: change(m, "active", remplacee_le="2023-09-01T00:00:00Z")),
    (8, "antai", "lettre « creation »", inconnu),
    (8, "antai", "retrait de lettres", retrait),
    (8, "antai", "certificat", lambda m: change(m, "desactivee", dit=False)),
    (9, "antai", "courrier", lambda m: doubler(m, "antai")),
    (9, "dgfip", "courrier", lambda m: doubler(m, "dgfip")),
    (10, "dgfip", "relance", lambda m: attendre(m, "dgfip", "paye-avec-rabais")),
    (10, "antai", "relance", lambda m: attendre(m, "antai", "annule")),
    (10, "collectivite", "relance", lambda m: attendre(m, "collectivite", "abandonne")),
    (11, "antai", "reception", lambda m: trop_tot(m, "antai", "reception")),
    (11, "dgfip", "reception", lambda m: trop_tot(m, "dgfip", "reception")),
    (11, "collectivite", "reception", lambda m: trop_tot(m, "collectivite", "reception", reponse=True)),
    (11, "antai", "refus", lambda m: trop_tot(m, "antai", "refus")),
]


async def test_a_whole_life_keeps_every_invariant(monde: Monde) -> None:
    assert verifier(monde) == []


async def test_each_invariant_has_a_name_and_is_broken_here() -> None:
    assert [i.numero for i in INVARIANTS] == list(CONTROLES) == sorted({casse[0] for casse in CASSES}) == list(range(1, 12))
    assert len({i.nom for i in INVARIANTS}) == len(INVARIANTS) and all(i.phrase and i.article for i in INVARIANTS)


@pytest.mark.parametrize("casse", CASSES, ids=lambda casse: f"{casse[0]}-{casse[1]}-{casse[2]}")
async def test_an_invariant_that_is_broken_is_told_with_its_act(monde: Monde, casse: tuple[int, str, str, Any]) -> None:
    invariant, service, nom, casser = casse
    faux = copy.deepcopy(monde)
    casser(faux)
    ruptures = verifier(faux)
    assert {r.invariant for r in ruptures} == {invariant}, ruptures
    assert (ruptures[0].service, ruptures[0].acte) == (service, nom) and ruptures[0].rang and ruptures[0].sujet.isdigit()
    assert PAR_NUMERO[invariant].phrase in str(ruptures[0])


async def test_a_rank_of_a_title_serves_one_fps(monde: Monde) -> None:
    faux = copy.deepcopy(monde)
    autre = copy.deepcopy(dossier(faux, "dgfip")) | {"sujet": numero(faux)[:-1] + "9", "ecritures": [], "partie": None, "echeances": []}
    autre["lettres"] = [x for x in autre["lettres"] if x["type"] == EmissionTitre.type]
    autre["actes"] = [a for a in autre["actes"] if a["lettre"] == autre["lettres"][0]["id"]]
    dossiers(faux, "dgfip").append(autre)
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


async def test_what_one_transaction_did_has_no_order(monde: Monde) -> None:
    """A letter and the deactivation of its certificate in one batch: the letter may have come first."""
    faux = copy.deepcopy(monde)
    change(faux, "desactivee")
    deactivation, lettre = entrees(faux)[:2]
    deactivation["lot"] = lettre["lot"]
    del entrees(faux)[2:]
    assert lettre["quoi"] == "lettre" and verifier(faux) == []


CONTESTE_APRES_PAIEMENT = """
- vie: conteste-apres-paiement
  titre: Payé au montant minoré, puis contesté par un RAPO
  etapes:
    - { acte: établir un FPS }
    - { le: 2023-10-06, acte: payer le FPS, avec: { montant: 2450, moyen: internet } }
    - { acte: déposer un RAPO, collectivite: { etat: paye-minore } }
"""


async def test_who_paid_and_contests_waits_for_the_answer_of_the_town() -> None:
    (vie,) = lire(CONTESTE_APRES_PAIEMENT, "essai")
    async with open_world(token="essai") as world:
        await jouer(world, vie, vie.vie)
        releve = await world.pilot.relever(vie.vie)
    attendues = [x["nature"] for d in releve["services"]["collectivite"]["dossiers"] for x in d["echeances"]]
    assert attendues == ["silence-rapo"] and verifier(releve) == []
    for d in releve["services"]["collectivite"]["dossiers"]:
        d["echeances"][0]["nature"] = "impaye"
    assert [r.invariant for r in verifier(releve)] == [10]


async def test_what_may_follow_a_final_state_is_planned_by_the_services() -> None:
    for party, natures in SUITES.items():
        assert natures <= set(DEFINITIONS[party].deadlines), party


async def test_the_final_states_of_the_services_are_among_those_at_rest(monde: Monde) -> None:
    services: dict[Party, tuple[type[StrEnum], frozenset[Any]]] = {
        Party.COLLECTIVITE: (forfait.Etat, forfait.SANS_SUITE),
        Party.ANTAI: (etats.Etat, etats.FINAUX),
        Party.DGFIP: (prise_en_charge.Etat, prise_en_charge.FINAUX),
    }
    for party, (tous, finaux) in services.items():
        assert {etat.value for etat in finaux} <= FINAUX[party] <= {etat.value for etat in tous}
        assert dossier(monde, party)["partie"] is not None
