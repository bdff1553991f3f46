"""Every refusal of the project is provoked by a situation of the folder `refus`, which is really played: one code, one way to reach it."""

import inspect
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ccsp.domain.bordereau import Contenu, Depot, relire
from ccsp.domain.refus import Irrecevabilite
from collectivite.actes.transmission.envoi import exiger_sans_attente
from collectivite.domain.etablissement import SerieAgent
from collectivite.domain.forfait import Forfait
from fps.confiance.refus import AccesRefuse
from fps.donnees import lire_yaml
from fps.droit import droit
from fps.droit.numero import NumeroFps
from fps.errors import Conflit, Introuvable, MessageRefuse, Refus
from fps.kit.ground.clock import wall_now
from fps.messages.mfps import AnnulationFps, CreationFps
from fps.messages.recours_collectivite import PieceDefense
from fps.messages.specimen_pdf import pdf, piece_jointe
from fps.regles import refus as partages
from fps.regles.defense import octets_de
from fps_simulateur.pilote.world import DEFINITIONS, World, modules, open_world
from tests.situations.joueur import DEPART, Situation, refus_construits

pytestmark = pytest.mark.asyncio(loop_scope="module")
DOSSIER = Path(__file__).parent / "refus"
FAMILLES = {
    Refus,
    Introuvable,
    Conflit,
    MessageRefuse,
    Irrecevabilite,
    *(cls for cls in vars(partages).values() if inspect.isclass(cls)),
}  # what several refusals share: none is ever made itself
# Enrolment, towns of a bac, certificates, accounts, letter boxes, letters that overtake one another: no situation of a FPS leads there,
# their refusals are told elsewhere.
ENROLEMENT = (
    "antai.domain.espace.refus",
    "fps.kit.boxes.adresses",
    "fps.kit.boxes.boites",
    "fps.kit.boxes.boite_aux_lettres",
    "fps.kit.boxes.pannes",
    "fps.kit.boxes.remise",
    "fps.kit.boxes.temps",
    "fps.kit.trust.personnes",
    "fps.kit.boxes.destinations",
    "fps.kit.ground.faults",
    "fps.kit.trust.psce",
    "fps.kit.trust.guichet_psce",
    "fps.kit.web.quotas",
    "fps.kit.engine.inscriptions",
    "fps.villes.prestataires",
)


def _refus() -> dict[tuple[str, str], type[Refus]]:
    """Every refusal that is defined, by the name of its file of situations and its code.

    What a door refuses to who has no good certificate is told by the tests of the doors: no situation of the law leads there.
    """
    found: dict[tuple[str, str], type[Refus]] = {}
    for nom in ("commun", *(party.value for party in DEFINITIONS)):
        for module in modules("fps" if nom == "commun" else nom):
            for cls in vars(module).values():
                if not inspect.isclass(cls) or not issubclass(cls, Refus) or issubclass(cls, AccesRefuse):
                    continue
                if cls.__module__.startswith(ENROLEMENT):
                    continue
                if cls.__module__ == module.__name__ and cls not in FAMILLES:
                    assert found.setdefault((nom, cls.code), cls) is cls, f"{nom} : « {cls.code} » dit deux refus"
    return found


CLASSES = _refus()
CAS = [(f.stem, cas) for f in sorted(DOSSIER.glob("*.yaml")) for cas in lire_yaml(f.read_text("utf-8"))]


def _parts(cas: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What is done before, and the act that is refused: not what its day brings."""
    *avant, dernier = cas["etapes"]
    if "le" in dernier and set(dernier) & {"acte", "demande", "lettre"}:
        return [*avant, {"le": dernier["le"]}], {nom: x for nom, x in dernier.items() if nom != "le"}
    return avant, dernier


def _depart(cas: dict[str, Any]) -> str:
    return str((cas.get("depart"), _parts(cas)[0]))


DEPARTS = Counter(_depart(cas) for _, cas in CAS if "etapes" in cas)  # where several situations begin the same, it is played once


async def _serie_epuisee() -> None:
    SerieAgent("21590350100017", date(2026, 6, 15), 72, dernier=999).suivant()


async def _numero_invalide() -> None:
    NumeroFps.composer("21590350100017", date(2026, 6, 15), autorite=1, dispositif=1000, ordre=1)


async def _piece_trop_grande() -> None:
    lourde = piece_jointe("autre", "lourde.pdf", pdf("Lourde") + b"\n" * 500_000)
    octets_de(PieceDefense.exemplaire().piece.model_copy(update=lourde), date(2026, 11, 6))


async def _depot_corrompu() -> None:
    recu = Depot("26000001-D1", "piece", "portail", 1, "a.pdf", "application/pdf", 4, "0" * 64, wall_now(), wall_now(), "")
    relire(recu, Contenu("26000001-D1", "AAAA"))


async def _hors_du_droit() -> None:
    droit(date(2000, 1, 1)).source("execution_mois")


async def _acte_en_attente() -> None:
    fps = Forfait.etablir(CreationFps.exemplaire())
    fps.transmettre(AnnulationFps.exemplaire(), wall_now())
    exiger_sans_attente(fps)


# What no door lets anybody provoke in a few steps.
DOMAINE = {
    "hors-du-droit": _hors_du_droit,
    "serie-epuisee": _serie_epuisee,
    "acte-en-attente": _acte_en_attente,
    "numero-invalide": _numero_invalide,
    "piece-trop-grande": _piece_trop_grande,
    "depot-corrompu": _depot_corrompu,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with open_world(token="essai") as opened:
        yield opened


@pytest.mark.parametrize(("service", "cas"), CAS, ids=[f"{service}: {cas['refus']}" for service, cas in CAS])
async def test_the_situation_is_refused_by_this_code_and_no_other(world: World, service: str, cas: dict[str, Any]) -> None:
    classe = CLASSES[service, cas["refus"]]
    assert classe.titre() and classe.que_faire.endswith(".") and (classe.article or service == "commun"), classe
    with refus_construits() as vus:
        if "domaine" in cas:
            with pytest.raises(classe):
                await DOMAINE[cas["domaine"]]()
            return
        avant, dernier = _parts(cas)
        nom, depart = f"refus-{service}-{cas['refus']}"[:40].rstrip("-"), cas.get("depart", DEPART)
        if DEPARTS[_depart(cas)] > 1:
            situation = await Situation.apres(world, nom, avant, depart)
        else:
            situation = await Situation.ouvrir(world, nom, depart)
            for etape in avant:
                await situation.faire(etape)
        vus.clear()
        if issubclass(classe, Irrecevabilite):  # nothing is raised: the registry keeps the reason, and says it
            assert dernier["ccsp"]["motifs"] == [classe.code]
            await situation.faire(dernier)
            return
        await situation.faire({**dernier, "refus": classe.code})
    assert vus == [classe], vus


async def test_every_refusal_that_is_defined_has_its_situation() -> None:
    joues = {(service, cas["refus"]) for service, cas in CAS}
    assert sorted(set(CLASSES) - joues) == []
    assert sorted(joues - set(CLASSES)) == []


async def test_every_situation_is_told_once_in_words_that_a_jurist_reads() -> None:
    situations = [(service, cas["situation"]) for service, cas in CAS]
    assert len(set(situations)) == len(situations)
    assert all(set(cas) <= {"refus", "situation", "depart", "etapes", "domaine"} for _, cas in CAS)
    assert {cas["domaine"] for _, cas in CAS if "domaine" in cas} == set(DOMAINE)
