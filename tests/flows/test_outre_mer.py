"""A town overseas lives at its own hour: its number, its paying hours, its free tickets, its notice; the court's distances follow."""

from datetime import date
from typing import Any

import pytest

from fps.droit.numero import NumeroFps
from fps.messages.avis import AvisPaiement
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.world import World
from tests.flows.test_villes import VAL, donnee
from tests.parler.ville import VOITURE, Ville

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2024, 6, 18)
# The instants around midnight: in each town, the last minute of the 17th and the first of the 18th.
MINUITS = [
    ("martinique", "2024-06-18T03:59:00+00:00", 17),
    ("martinique", "2024-06-18T04:00:00+00:00", 18),
    ("la-reunion", "2024-06-17T19:59:00+00:00", 17),
    ("la-reunion", "2024-06-17T20:00:00+00:00", 18),
    ("saint-pierre-et-miquelon", "2024-06-18T01:59:00+00:00", 17),
    ("saint-pierre-et-miquelon", "2024-06-18T02:00:00+00:00", 18),
    ("metropole", "2024-06-17T21:59:00+00:00", 17),
    ("metropole", "2024-06-17T22:00:00+00:00", 18),
]


async def ouvrir(monde: World, territoire: str, **champs: Any) -> Ville:
    ville = await Ville.ouvrir(monde, LE)
    await villes.ajouter(monde.pilot, ville.bac, [donnee(territoire=territoire, **champs)])
    return ville


async def etablir(ville: Ville, instant: str) -> dict[str, Any]:
    demande = {"siret": VAL.siret, "zone": "centre", "voie": "1 rue de l'Exemple", "vehicule": VOITURE, "agent": "72"}
    fps = await ville.agir("/fps", {**demande, "date_heure_constat": instant})
    ville.plaques[fps["numero"]] = VOITURE["immatriculation"]
    return fps


@pytest.mark.parametrize(("territoire", "instant", "jour"), MINUITS)
async def test_the_number_bears_the_day_of_the_town(territoire: str, instant: str, jour: int, monde: World) -> None:
    ville = await ouvrir(monde, territoire)
    fps = await etablir(ville, instant)
    assert NumeroFps.lire(fps["numero"]).date_etablissement == date(2024, 6, jour)
    assert (await ville.fps(fps["numero"]))["etat"] == "transmis"
    autre = NumeroFps.composer(VAL.siret, date(2024, 6, 35 - jour), autorite=1, dispositif=73, ordre=1)
    message = {**CreationFps.example, "siret": VAL.siret, "lieu": fps["lieu"], "montant_fps": 2500, "montant_deduit": 0, "minoration": None}
    message |= {"numero_fps": str(autre), "cle": autre.cle, "date_heure_constat": instant, "fin_effets": fps["fin_effets"]}
    refus = await monde.client.post(f"{monde.addresses[Party.ANTAI]}/bacs/{ville.bac}{CreationFps.path}", json=message)
    assert [e["code"] for e in refus.json()["accuse"]["erreurs"]] == ["numero-autre-date"]


@pytest.mark.parametrize(("territoire", "instant", "jour"), MINUITS)
async def test_a_notice_on_the_windscreen_is_notified_on_the_day_of_the_town(
    territoire: str, instant: str, jour: int, monde: World
) -> None:
    ville = await ouvrir(monde, territoire, cycle="partiel", mode_notification="pare-brise")
    fps = await etablir(ville, instant)
    assert fps["date_notification"] == date(2024, 6, jour).isoformat()
    await ville.aller(date(2024, 9, 17 if jour == 17 else 18))
    assert (await ville.fps(fps["numero"]))["etat"] == "notifie"
    await ville.aller(date(2024, 9, 18 if jour == 17 else 19))
    assert (await ville.fps(fps["numero"]))["etat"] == "impaye"
    dossier = await monde.client.get(f"{monde.addresses[Party.ANTAI]}/bacs/{ville.bac}/dossiers/{fps['numero']}")
    assert dossier.json()["date_notification"] == fps["date_notification"]


async def imprime(ville: Ville, numero: str, service: Party, nom: str) -> str:
    from io import BytesIO

    from pypdf import PdfReader

    (pli,) = [p for p in await ville.world.pilot.courriers(ville.bac, numero) if p["nom"] == nom]
    lu = PdfReader(BytesIO(await ville.world.pilot.pdf(ville.bac, service, pli["id"])))
    return " ".join(" ".join(page.extract_text().split()) for page in lu.pages)


@pytest.mark.parametrize(("code_postal", "ecrit"), [("97200", "17 juin 2024 à 23 h 59"), ("59000", "18 juin 2024 à 05 h 59")])
async def test_the_notice_prints_the_hour_of_the_place(code_postal: str, ecrit: str, monde: World) -> None:
    territoire = "martinique" if code_postal == "97200" else "metropole"
    brut = donnee()["commune"]["zones"][0]
    ville = await ouvrir(monde, territoire, zones=[{**brut, "codes_postaux": [code_postal]}])
    fps = await etablir(ville, "2024-06-18T03:59:00+00:00")
    await ville.aller(date(2024, 6, 20))
    assert ecrit in await imprime(ville, fps["numero"], Party.ANTAI, AvisPaiement.nom)


async def test_what_is_free_is_told_at_the_hour_of_the_town(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    vu = {"siret": "21974011500015", "zone": "verte", "immatriculation": "AB-123-CD"}
    for instant, verdict in (("2024-06-18T04:59:00+00:00", "gratuit"), ("2024-06-18T05:00:00+00:00", "a-constater")):
        controle = await ville.agir("/controles", {**vu, "instant": instant})
        assert controle["verdict"] == verdict
        if verdict == "gratuit":
            assert "payant à partir du 18/06/2024 à 09 h 00" in controle["raison"]


async def test_a_right_and_a_free_ticket_are_of_the_day_of_the_town(monde: World) -> None:
    """At 23:59 in Martinique a right of the 17th holds, and thirty free minutes are taken again a minute later."""
    brut = donnee()["commune"]["zones"][0]
    ville = await ouvrir(monde, "martinique", zones=[{**brut, "ticket_gratuit": 30}])
    droit = {"siret": VAL.siret, "immatriculation": "CD-123-EF", "nature": "resident", "depuis": "2024-06-01", "jusqu_au": "2024-06-17"}
    await ville.agir("/stationnements/droits", droit)
    for instant, verdict in (("2024-06-18T03:59:00+00:00", "droit"), ("2024-06-18T04:00:00+00:00", "a-constater")):
        vu = {"siret": VAL.siret, "zone": "centre", "immatriculation": "CD-123-EF", "instant": instant}
        assert (await ville.agir("/controles", vu))["verdict"] == verdict
    ticket = {"siret": VAL.siret, "immatriculation": "AB-123-CD", "zone": "centre", "montant": 0}
    for reference, debut, fin, admis in (
        ("A", "2024-06-18T02:00:00+00:00", "2024-06-18T02:30:00+00:00", True),
        ("B", "2024-06-18T03:20:00+00:00", "2024-06-18T03:50:00+00:00", False),
        ("C", "2024-06-18T04:00:00+00:00", "2024-06-18T04:30:00+00:00", True),
    ):
        reponse = await ville.poster("/stationnements/paiements", {**ticket, "reference": reference, "debut": debut, "fin": fin})
        assert (reponse.status_code == 201) is admis, reponse.text


async def test_the_agent_finds_the_facts_on_the_day_of_the_control(monde: World) -> None:
    """23:50 then 00:10 in Martinique: one day in Paris, two there; 19:50 and 20:10 in Paris, the contrary at La Réunion."""
    constat = {"agent": "72", "voie": "1 rue de l'Exemple", "vehicule": VOITURE}
    ville = await ouvrir(monde, "martinique")
    vu = {"siret": VAL.siret, "zone": "centre", "immatriculation": VOITURE["immatriculation"]}
    veille = (await ville.agir("/controles", {**vu, "instant": "2024-06-18T03:50:00+00:00"}))["numero"]
    assert await ville.refuse(f"/controles/{veille}/constat", constat) == "controle-sans-suite"
    meme = (await ville.agir("/controles", {**vu, "instant": "2024-06-18T04:10:00+00:00"}))["numero"]
    assert (await ville.agir(f"/controles/{meme}/constat", constat))["siret"] == VAL.siret
