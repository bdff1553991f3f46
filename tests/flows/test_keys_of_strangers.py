"""The identifier of a letter between services can be guessed from the seed of a bac: nobody can take it before the letter comes."""

from datetime import date, datetime
from typing import Any

import pytest

from fps.confiance.habilitation import Identite
from fps.droit.numero import telepaiement
from fps.kit.ground.clock import paris
from fps.kit.post.door import EXTERNE, UNTOLD, letter_of
from fps.messages.mfps import CreationFps
from fps.messages.paiement import PaiementFps
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.ville import Ville

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2024, 6, 3)


async def test_a_stranger_who_guesses_the_identifier_of_a_letter_to_come_does_not_take_its_place(monde: World) -> None:
    """The same seed twice: the first world says the identifier that the next FPS of the second will have."""
    mondes = [Ville(monde, f"cles-{n}", LE) for n in (1, 2)]
    for ville in mondes:
        await monde.pilot.creer(ville.bac, paris(LE), graine="la-meme")
    premier, second = mondes
    connu = [await premier.etablir()]
    await premier.aller(date(2024, 6, 10))
    connu.append(await premier.etablir())
    [devine] = [
        x["donnees"]["id"]
        for x in await monde.pilot.journal(premier.bac, connu[1])
        if (x["service"], x["acte"]) == ("collectivite", "envoi")
    ]
    assert await second.etablir() == connu[0]
    await second.aller(date(2024, 6, 10))
    avant = (await monde.pilot.etat(second.bac))["comptes"]
    corps = {"numero_telepaiement": telepaiement(connu[0]), "immatriculation": "AB-123-CD", "moyen": "internet", "montant": 100}
    url = f"{monde.addresses[Party.ANTAI]}/bacs/{second.bac}{PaiementFps.path}"
    for marque in (devine, f"anonyme/{devine}", f"/{devine}"):
        intrus = await monde.client.post(
            url, json=PaiementFps.example | corps, headers={"Idempotency-Key": marque, "Ce-Source": "/services/collectivite"}
        )
        assert intrus.status_code < 500, intrus.text
    numero = await second.etablir()
    apres = (await monde.pilot.etat(second.bac))["comptes"]
    envois = [
        x["donnees"]["id"] for x in await monde.pilot.journal(second.bac, numero) if (x["service"], x["acte"]) == ("collectivite", "envoi")
    ]
    assert (numero, envois) == (connu[1], [devine]), "the identifier was the one that was guessed"
    antai = await monde.client.get(f"{monde.addresses[Party.ANTAI]}/bacs/{second.bac}/dossiers/{numero}")
    assert antai.status_code == 200 and (await second.fps(numero))["suite"] == "aucune"
    assert apres["ecrites"] - avant["ecrites"] == apres["recues"] - avant["recues"] > 0
    assert apres.get("mortes", 0) == apres.get("refusees", 0) == 0


@pytest.mark.parametrize(
    ("qui", "cle"),
    [
        (None, "anonyme/un-nom"),
        (Identite("a" * 64, "a" * 64, "SI Éditeur", siret="73282932000074"), "73282932000074/un-nom"),
        (Identite("service:antai", "", "ANTAI", service=Party.ANTAI), "un-nom"),
        (Identite("service:collectivite", "", "Collectivité", service=Party.COLLECTIVITE), "un-nom"),
    ],
    ids=["personne", "un prestataire", "un autre service", "son service"],
)
async def test_an_envelope_is_believed_from_the_certificate_of_the_service_that_writes_such_letters(qui: Identite | None, cle: str) -> None:
    dit: dict[str, Any] = {"id": "un-nom", "rang": "7", "time": paris(LE).isoformat(), "apres": "un-autre-nom"}
    message = CreationFps.exemplaire()
    for source in ("/services/collectivite", "/services/antai", None):
        lettre = letter_of("bac", message, message.model_dump_json(), dit | {"source": source}, qui)
        cru = qui is not None and qui.service is Party.COLLECTIVITE and source == "/services/collectivite"
        attendu: tuple[str, int, datetime, str | None] = (source or "", 7, paris(LE), "un-autre-nom") if cru else (EXTERNE, 0, UNTOLD, None)
        assert (lettre.id, (lettre.source, lettre.rang, lettre.time, lettre.apres)) == (cle, attendu)
