"""A town may keep its message FPS some days: ANTAI knows nothing before that day, and never of what is over by then."""

from datetime import date
from typing import Any

import pytest

from fps.messages.mfps import AnnulationFps, CreationFps
from fps.messages.rapo import DepotRapo
from fps.parties import Party
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.world import World
from tests.flows.test_collectivite_contentieux import REQUETE, communiquer, decider
from tests.flows.test_villes import VAL, donnee
from tests.parler.ville import TOTALE, VOITURE, Ville

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2018, 6, 12)
NOTICE = {"mode_notification": "pare-brise", "paiement_rapide": {"jours": 5}}


async def ouvrir(monde: World, **champs: Any) -> Ville:
    """A town that keeps its messages three days."""
    ville = await Ville.ouvrir(monde, LE)
    await villes.ajouter(monde.pilot, ville.bac, [donnee(**{"envoi_messages_jours": 3, **champs})])
    return ville


async def etablir(ville: Ville) -> dict[str, Any]:
    demande = {"siret": VAL.siret, "zone": "centre", "voie": "1 rue de l'Exemple", "vehicule": VOITURE, "agent": "72"}
    fps = await ville.agir("/fps", demande)
    ville.plaques[fps["numero"]] = VOITURE["immatriculation"]
    return fps


async def connu(ville: Ville, numero: str) -> dict[str, Any] | None:
    """The dossier at ANTAI, None as long as it has none."""
    world = ville.world
    reponse = await world.client.get(f"{world.addresses[Party.ANTAI]}/bacs/{ville.bac}/dossiers/{numero}")
    return reponse.json() if reponse.status_code == 200 else None


async def test_the_message_leaves_on_its_day_and_the_notice_and_the_title_follow(monde: World) -> None:
    """Titles of 2018 and 2019 come 119 to 123 days after the finding, the notice eleven days after it (CE, n° 429414, 438038, 436605)."""
    ville = await ouvrir(monde, envoi_avis_jours=8)
    numero = (await etablir(ville))["numero"]
    await ville.aller(date(2018, 6, 14))
    assert await connu(ville, numero) is None and await ville.envois(numero, CreationFps) == 0
    vu = await ville.fps(numero)
    assert (vu["etat"], vu["date_envoi"], vu["transmission_le"]) == ("etabli", "2018-06-23", "2018-06-15")
    for champ in ("date_envoi", "transmission_le"):
        assert (await ville.lire(f"/fps/{numero}/explication/{champ}"))["valeur"] == vu[champ]
    await ville.aller(date(2018, 6, 15))
    dossier, vu = await connu(ville, numero), await ville.fps(numero)
    assert dossier is not None and await ville.envois(numero, CreationFps) == 1
    assert (vu["etat"], vu["date_envoi"], vu["transmission_le"]) == ("transmis", "2018-06-23", None)
    assert (await ville.lire(f"/fps/{numero}/explication/date_envoi"))["valeur"] == "2018-06-23"
    await ville.aller(date(2018, 6, 16))
    assert await ville.envois(numero, CreationFps) == 1
    await ville.aller(date(2018, 10, 9))
    assert (await connu(ville, numero) or {})["etat"] != "titre-emis"
    await ville.aller(date(2018, 10, 10))
    dossier = await connu(ville, numero) or {}
    assert (dossier["date_envoi"], dossier["etat"], dossier["date_titre"]) == ("2018-06-23", "titre-emis", "2018-10-10")
    assert ((date(2018, 6, 23) - LE).days, (date(2018, 10, 10) - LE).days) == (11, 120)


async def test_without_a_delay_the_message_leaves_at_once(monde: World) -> None:
    ville = await ouvrir(monde, envoi_messages_jours=0)
    numero = (await etablir(ville))["numero"]
    assert await connu(ville, numero) is not None and (await ville.fps(numero))["transmission_le"] is None


async def payer(ville: Ville, numero: str) -> None:
    await ville.agir(f"/fps/{numero}/paiement-rapide", {"montant": 2500, "moyen": "internet", "reference": "CB-1"})


async def annuler(ville: Ville, numero: str) -> None:
    await ville.agir(f"/fps/{numero}/annulation", {"origine": "erreur-agent", "motif": "Plaque mal lue."})


async def accepter_le_rapo(ville: Ville, numero: str) -> None:
    notice = {**DepotRapo.example["pieces"][0], "nature": "notice-information"}
    carte = {**notice, "nature": "certificat-immatriculation"}
    await ville.recevoir(DepotRapo, numero_fps=numero, pieces=[notice, carte], date_notification_avis=None)
    await ville.agir(f"/rapos/{numero}/decision", TOTALE)


@pytest.mark.parametrize(("acte", "etat"), [(payer, "paye-rapide"), (annuler, "annule"), (accepter_le_rapo, "annule")])
@pytest.mark.parametrize(("jour", "su"), [(date(2018, 6, 14), False), (date(2018, 6, 15), True), (date(2018, 6, 16), True)])
async def test_what_is_over_before_the_message_leaves_is_never_told(acte: Any, etat: str, jour: date, su: bool, monde: World) -> None:
    ville = await ouvrir(monde, **NOTICE)
    numero = (await etablir(ville))["numero"]
    await ville.aller(jour)
    await acte(ville, numero)
    await ville.aller(date(2018, 6, 20))
    dossier = await connu(ville, numero)
    assert (dossier is not None, await ville.envois(numero, AnnulationFps)) == (su, int(su))
    assert dossier is None or dossier["etat"] == "annule"
    vu = await ville.fps(numero)
    assert (vu["etat"], vu["suite"], vu["transmission_le"]) == (etat, "aucune", None)
    assert (await ville.echeance()) is None or acte is accepter_le_rapo


async def test_a_discharge_before_the_message_left_makes_it_leave_first(monde: World) -> None:
    """Flow 8 is about a FPS that ANTAI knows."""
    ville = await ouvrir(monde)
    numero = (await etablir(ville))["numero"]
    jour = {"date_mise_a_disposition": "2018-06-12T10:00:00+02:00"}
    await communiquer(ville, numero, **jour)
    await decider(ville, numero, siret=VAL.siret, fps_decharge=2500)
    await ville.agir(f"/recours/{REQUETE}/execution", {})
    await ville.aller(date(2018, 6, 14))
    dossier = await connu(ville, numero) or {}
    assert (dossier.get("etat"), (await ville.fps(numero))["etat"], await ville.envois(numero, CreationFps)) == ("annule", "annule", 1)
    await ville.aller(date(2018, 6, 16))
    assert await ville.envois(numero, CreationFps) == 1
