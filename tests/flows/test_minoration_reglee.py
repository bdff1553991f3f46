"""What a town grants to who pays soon: a rate or a sum, counted from the sending or from the finding, by all channels or some."""

from datetime import date
from typing import Any

import pytest

from fps.messages.avis import AvisPaiement
from fps.messages.paiement import PaiementFps
from fps.parties import Party
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.world import World
from tests.flows.test_villes import VAL, donnee
from tests.parler.espace import Espace
from tests.parler.ville import VOITURE, Ville

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE, FIN = date(2023, 9, 28), date(2023, 10, 13)
CONSTAT = {"montant": 1000, "delai_jours": 15, "depuis": "constat", "canaux": ["serveur-vocal"]}


async def ouvrir(monde: World, minoration: dict[str, Any], **champs: Any) -> tuple[Ville, dict[str, Any]]:
    """A FPS of 25 € of a town that grants this, found on 28 September 2023."""
    ville = await Ville.ouvrir(monde, LE)
    await villes.ajouter(monde.pilot, ville.bac, [donnee(minoration=minoration, **champs)])
    fps = await ville.agir("/fps", {"siret": VAL.siret, "zone": "centre", "voie": "1 rue de l'Exemple", "vehicule": VOITURE, "agent": "72"})
    ville.plaques[fps["numero"]] = VOITURE["immatriculation"]
    return ville, fps


async def dossier(ville: Ville, numero: str, suite: str = "") -> Any:
    url = f"{ville.world.addresses[Party.ANTAI]}/bacs/{ville.bac}/dossiers/{numero}{suite}"
    return (await ville.world.client.get(url)).json()


async def avis_de(ville: Ville, numero: str) -> dict[str, Any]:
    """The notice that the redevable received."""
    (pli,) = [p for p in await ville.world.pilot.courriers(ville.bac, numero) if p["nom"] == AvisPaiement.nom]
    return await ville.world.pilot.courrier(ville.bac, Party.ANTAI, pli["id"])


async def payer(ville: Ville, fps: dict[str, Any], montant: int, moyen: str) -> str:
    """What becomes of a payment at ANTAI: its refusal, or whether it was reduced."""
    corps = {"numero_telepaiement": fps["telepaiement"], "immatriculation": VOITURE["immatriculation"], "montant": montant, "moyen": moyen}
    url = f"{ville.world.addresses[Party.ANTAI]}/bacs/{ville.bac}{PaiementFps.path}"
    recu = (await ville.world.client.post(url, json={**PaiementFps.example, **corps, "date_envoi": None})).json()
    await ville.world.pilot.au_calme(ville.bac)
    return str(recu.get("code") or recu["minore"])


@pytest.mark.parametrize(
    ("jour", "moyen", "attendu"),
    [
        (date(2023, 10, 12), "serveur-vocal", "True"),
        (FIN, "serveur-vocal", "True"),
        (date(2023, 10, 14), "serveur-vocal", "minoration-expiree"),
        (FIN, "internet", "minoration-autre-moyen"),
        (FIN, "cheque", "minoration-autre-moyen"),
    ],
)
async def test_a_sum_counted_from_the_finding_by_one_channel(jour: date, moyen: str, attendu: str, monde: World) -> None:
    ville, fps = await ouvrir(monde, CONSTAT)
    await ville.aller(jour)
    suivi = await ville.suivi(fps["numero"])
    assert (suivi["minore_jusqu_au"], suivi["montant_minore"]) == (FIN.isoformat(), 1000 if jour <= FIN else None)
    assert await payer(ville, fps, 1000, moyen) == attendu
    if attendu == "True":
        assert ((await dossier(ville, fps["numero"]))["etat"], (await ville.fps(fps["numero"]))["etat"]) == ("paye-minore", "paye-minore")


async def test_the_notice_and_the_explanations_say_it(monde: World) -> None:
    ville, fps = await ouvrir(monde, CONSTAT)
    numero = fps["numero"]
    await ville.aller(date(2023, 9, 29))
    avis = await avis_de(ville, numero)
    minoration = avis["modalites"]["minoration"]
    assert (minoration["montant"], minoration["jusqu_au"], minoration["canaux"]) == (1000, FIN.isoformat(), ["serveur-vocal"])
    for service, chemin, champ in (
        (Party.ANTAI, "dossiers", "minoration_jusqu_au"),
        (Party.COLLECTIVITE, "fps", "minore_jusqu_au"),
    ):
        url = f"{monde.addresses[service]}/bacs/{ville.bac}/{chemin}/{numero}/explication/{champ}"
        explique = (await monde.client.get(url)).json()
        assert (explique["valeur"], explique["arbre"]["regle"].rpartition(".")[2]) == (FIN.isoformat(), "date_limite_minoration_constat")
    telepaiement, plaque = fps["telepaiement"], VOITURE["immatriculation"]
    due = (await monde.client.get(f"{monde.addresses[Party.ANTAI]}/bacs/{ville.bac}/payer/{telepaiement}?immatriculation={plaque}")).json()
    assert (due["montant_minore"], due["canaux_minoration"]) == (1000, ["serveur-vocal"])


@pytest.mark.parametrize(("jours", "annonce"), [(14, True), (15, True), (16, False)])
async def test_what_is_over_before_the_notice_leaves_is_not_printed(jours: int, annonce: bool, monde: World) -> None:
    ville, fps = await ouvrir(monde, CONSTAT, envoi_avis_jours=jours)
    await ville.aller(date(2023, 10, 16))
    avis = await avis_de(ville, fps["numero"])
    assert (avis["modalites"]["minoration"] is not None) is annonce


async def test_what_is_not_said_counts_from_the_sending_by_every_channel(monde: World) -> None:
    ville, fps = await ouvrir(monde, {"pourcent": 30, "delai_jours": 9})
    await ville.aller(date(2023, 10, 8))
    assert (
        (await dossier(ville, fps["numero"]))["minoration_jusqu_au"]
        == "2023-10-08"
        == (await ville.suivi(fps["numero"]))["minore_jusqu_au"]
    )
    assert await payer(ville, fps, 1750, "internet") == "True"


DECLAREES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"montant": 1200, "delai_jours": 9}, {"montant": 1200, "delai_jours": 9}, "12,00"),
    (
        {"montant": 1200, "delai_jours": 9, "depuis": "constat", "canaux": ["internet"]},
        {"montant": 1200, "delai_jours": 9, "depuis": "constat", "canaux": ["internet"]},
        "du constat, par internet",
    ),
]


@pytest.mark.parametrize(("declaree", "juste", "phrase"), DECLAREES)
async def test_the_espace_declares_a_sum_a_start_and_channels(
    declaree: dict[str, Any], juste: dict[str, Any], phrase: str, monde: World
) -> None:
    ville = await Espace.conventionnee(monde)
    qui = await ville.actif()
    vu = (await ville.agent("PUT", "/reglages", json={"minoration": declaree})).json()["minoration"]
    assert {nom: valeur for nom, valeur in vu.items() if nom in declaree} == declaree
    for fausse in (
        {**juste, "montant": 1400},
        {**juste, "depuis": "constat" if "depuis" not in juste else "envoi"},
        {**juste, "canaux": ["serveur-vocal"]},
    ):
        refus = await ville.mfps(qui, minoration=fausse)
        erreurs = refus.json()["accuse"]["erreurs"]
        assert [e["code"] for e in erreurs] == ["minoration-autre-que-declaree"] and phrase in erreurs[0]["phrase"], erreurs
    assert (await ville.mfps(qui, minoration=juste)).json()["statut"] == "accepte"


@pytest.mark.parametrize(
    ("fausse", "dit"),
    [
        ({"delai_jours": 9}, "l'un des deux"),
        ({"pourcent": 30, "montant": 1200, "delai_jours": 9}, "l'un des deux"),
        ({"montant": 1200, "delai_jours": 9, "canaux": ["cheque"]}, "canaux"),
        ({"montant": 1200, "delai_jours": 9, "canaux": []}, "canaux"),
        ({"montant": 1200, "delai_jours": 9, "canaux": ["internet", "internet"]}, "deux fois"),
        ({"montant": 1200, "delai_jours": 9, "depuis": "lecture"}, "depuis"),
    ],
)
async def test_a_minoration_that_cannot_be_is_refused(fausse: dict[str, Any], dit: str, monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    refus = await ville.agent("PUT", "/reglages", json={"minoration": fausse})
    assert refus.status_code == 422 and dit in refus.text, refus.text
