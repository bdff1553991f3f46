"""A town that several authorities and providers work for: its numbers, its messages, ANTAI's control, the certificates follow (H128)."""

from datetime import date
from typing import Any, get_args

import pytest
import pytest_asyncio

from fps.confiance.habilitation import Permission
from fps.droit.numero import NumeroFps
from fps.messages.avis import AvisPaiement
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps.villes.defaut import MODELE
from fps.villes.prestataires import Droit
from fps_simulateur.langue.villes import VillesIllisibles, lire
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.world import World
from tests.flows.test_villes import VAL, donnee
from tests.parler.certificats import certificat
from tests.parler.espace import Espace, code
from tests.parler.ville import VOITURE, Ville

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2023, 9, 28)
ECRIRE = {"nom": "Recours Exemple", "adresse_electronique": "recours@exemple.example", "url": None}
EMET: dict[str, Any] = {
    "nom": "Exemple Stationnement",
    "siret": "73282932000074",
    "zones": ["centre"],
    "droits": ["emission", "suivi"],
    "autorite": 2,
}
RECOURT = {"nom": "Exemple Recours", "droits": ["rapo"], "contact_rapo": ECRIRE}
CHAMPS: dict[str, Any] = {"autres_autorites": [{"nom": "Exemple Stationnement", "indicatif": 2}], "prestataires": [EMET, RECOURT]}


def ville_de(**zone: Any) -> dict[str, Any]:
    """The town of the model file with two zones, the second one with what is given."""
    brut = donnee(**CHAMPS)
    centre = brut["commune"]["zones"][0]
    brut["commune"]["zones"] = [centre, {**centre, "code": "gare", "nom": "Gare", "voies": [], **zone}]
    return brut


@pytest_asyncio.fixture
async def ville(monde: World) -> Ville:
    """The town, in a bac of its own."""
    found = await Ville.ouvrir(monde, LE)
    await villes.ajouter(monde.pilot, found.bac, [ville_de(contact_rapo={**ECRIRE, "nom": "Recours de la gare"})])
    return found


def demande(zone: str, plaque: str, **champs: Any) -> dict[str, Any]:
    lieu = {"siret": VAL.siret, "zone": zone, "voie": "1 rue de l'Exemple", "agent": "72"}
    return {**lieu, "vehicule": {**VOITURE, "immatriculation": plaque}, **champs}


async def test_a_number_bears_the_digit_of_the_authority_and_a_notice_the_contact_of_its_zone(ville: Ville) -> None:
    plaques = ("AB-001-CD", "AB-002-CD", "AB-003-CD")
    zones: tuple[tuple[str, dict[str, Any]], ...] = (("centre", {}), ("gare", {}), ("gare", {"autorite": 2}))
    fps = [await ville.agir("/fps", demande(zone, p, **plus)) for (zone, plus), p in zip(zones, plaques, strict=True)]
    assert [NumeroFps.lire(x["numero"]).autorite for x in fps] == [2, 1, 2]
    assert await ville.refuse("/fps", demande("centre", "AB-004-CD", autorite=3)) == "autorite-inconnue"
    await ville.passer(2)
    avis = {}
    for un in fps:
        (pli,) = [p for p in await ville.world.pilot.courriers(ville.bac, un["numero"]) if p["nom"] == AvisPaiement.nom]
        avis[un["numero"]] = await ville.world.pilot.courrier(ville.bac, Party.ANTAI, pli["id"])
    contacts = [avis[x["numero"]]["modalites"]["contact_rapo"]["nom"] for x in fps]
    assert contacts == ["Recours Exemple", "Recours de la gare", "Recours de la gare"]


async def test_antai_warns_of_a_digit_and_of_a_provider_that_the_town_does_not_declare(monde: World) -> None:
    ville = await Espace.vierge(monde, LE)
    await villes.ajouter(monde.pilot, ville.bac, [ville_de()])
    val = ville.autre(VAL.siret)
    await val.demander(nom="Val")
    await val.connecter()
    await val.convenir()
    qui = certificat(monde.pki, EMET["siret"])
    assert code(await val.deposer(qui, prestataire="Exemple Stationement", zones=["gare"])) == (409, "prestataire-hors-perimetre")
    assert code(await val.deposer(qui, prestataire=EMET["nom"], droits=["emission", "rapo"])) == (409, "prestataire-hors-perimetre")
    assert code(await val.deposer(certificat(monde.pki, "81234567800017"), prestataire="Exemple Stationement")) == (
        409,
        "prestataire-non-declare",
    )
    depot = (await val.deposer(qui, prestataire=EMET["nom"])).json()
    assert depot["zones"] == ["centre"]
    assert code(await val.activer(qui, zones=["gare"])) == (409, "prestataire-hors-perimetre")
    assert (await val.activer(qui)).json()["zones"] == ["centre"]
    lieu = {**CreationFps.example["lieu"], "zone": "centre"}
    champs = {
        "siret": VAL.siret,
        "lieu": lieu,
        "date_heure_constat": "2023-09-28T10:42:00+02:00",
        "fin_effets": "2023-09-28T15:42:00+02:00",
    }
    avertis = {}
    for rang, (chiffre, nom) in enumerate(((2, EMET["nom"]), (1, None), (3, "Inconnue SARL")), 1):
        numero = NumeroFps.composer(VAL.siret, LE, autorite=chiffre, dispositif=72, ordre=rang)
        plus = {
            "numero_fps": str(numero),
            "cle": numero.cle,
            "prestataire": nom,
            "montant_fps": 2500,
            "montant_deduit": 0,
            "minoration": None,
        }
        accuse = (await val.envoyer(CreationFps, qui, **champs, **plus)).json()
        assert accuse["statut"] == "accepte", accuse
        avertis[chiffre] = [a["code"] for a in accuse["avertissements"]]
    assert avertis == {2: [], 1: [], 3: ["autorite-non-declaree", "prestataire-non-declare"]}


FAUTES = (
    ("prestataires: [{ nom: X, zones: [cente], droits: [emission] }]", "vouliez-vous dire « centre » ?"),
    ("prestataires: [{ nom: X, droits: [emision] }]", "vouliez-vous dire « emission » ?"),
    ("prestataires: [{ nom: X, droits: [emission], autorite: 4 }]", "4 n'est le chiffre d'aucune autorité"),
    ("autres_autorites: [{ nom: X, indicatif: 1 }]", "le chiffre d'autorité 1 est donné deux fois"),
    (
        "prestataires: [{ nom: X, droits: [suivi], contact_rapo: { nom: Y, adresse_electronique: a@b.example, url: null } }]",
        "sans le droit « rapo »",
    ),
    ("prestataires: [{ nom: X, droits: [suivi] }, { nom: x, droits: [suivi] }]", "décrit deux fois"),
    ("prestataire: []", "vouliez-vous dire « prestataires » ?"),
)


async def test_what_a_file_says_wrongly_of_its_providers_is_told() -> None:
    assert get_args(Droit) == tuple(Permission)
    for ecrit, dit in FAUTES:
        with pytest.raises(VillesIllisibles) as refus:
            lire(f"{MODELE}{ecrit}\n", "val.yaml")
        assert dit in str(refus.value) and len(refus.value.fautes) == 1, str(refus.value)
