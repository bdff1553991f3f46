"""The pages to which printed addresses and QR codes lead: reached in their bac, at the public address; hostile input shown inert."""

import io
import re
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from pypdf import PdfReader

from fps.droit.numero import telepaiement
from fps.kit.ground.clock import paris
from fps.kit.ground.settings import Settings
from fps.kit.web.sites import adresses
from fps.messages.avis import AvisPaiement
from fps.messages.avis_collectivite import AvisPaiementCollectivite
from fps.messages.mfps import CreationFps
from fps.messages.titre import Avertissement
from fps.parties import Party
from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
VOITURE = CreationFps.example["vehicule"]
LILLE = {"siret": "21590350100017", "zone": "rouge", "voie": "12 rue de l'Exemple", "vehicule": VOITURE, "agent": "0072"}
BOURG = {"siret": "21000200200017", "zone": "centre", "voie": "4 rue de l'Exemple", "vehicule": VOITURE, "agent": "0072"}


async def lettre(monde: World, bac: str, numero: str, cls: Any) -> tuple[dict[str, Any], bytes]:
    """A letter of a dossier as a person reads it: its content and its PDF."""
    courrier = next(c for c in await monde.pilot.courriers(bac, numero) if c["type"] == cls.type)
    party = Party(courrier["service"])
    pdf = await monde.pilot.pdf(bac, party, courrier["id"])
    return await monde.pilot.courrier(bac, party, courrier["id"]), pdf


async def etablir(monde: World, bac: str, corps: dict[str, Any]) -> str:
    await monde.pilot.creer(bac, paris(date(2026, 6, 28)), graine="graine")
    reponse = await monde.client.post(f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{bac}/fps", json=corps)
    assert reponse.status_code == 201, reponse.text
    return str(reponse.json()["numero"])


async def lire(monde: World, adresse: str, **champs: str) -> tuple[int, str]:
    """A page, as text; it says SPÉCIMEN and loads nothing."""
    reponse = await monde.client.get(adresse, params=champs or None)
    assert reponse.headers["content-type"] == "text/html; charset=utf-8" and reponse.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in reponse.headers["content-security-policy"]
    assert '<p class="specimen">SPÉCIMEN — environnement simulé</p>' in reponse.text and '<html lang="fr">' in reponse.text
    return reponse.status_code, reponse.text.replace("\u00a0", " ")


async def test_the_qr_code_of_a_notice_leads_in_its_bac_to_the_sum_due(monde: World) -> None:
    numero = await etablir(monde, "page-antai", LILLE)
    await monde.pilot.avancer("page-antai", paris(date(2026, 7, 6)))
    avis, pdf = await lettre(monde, "page-antai", numero, AvisPaiement)
    url = avis["modalites"]["url_paiement"]
    assert url == f"{monde.addresses[Party.ANTAI]}/bacs/page-antai/payer?numero={telepaiement(numero)}"
    imprime = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert f"{monde.addresses[Party.ANTAI]}/bacs/page-antai/payer" in imprime.replace("\n", "") and ".invalid" not in imprime
    statut, page = await lire(monde, url)
    assert statut == 200 and f'value="{telepaiement(numero)}"' in page and "Somme due" not in page
    statut, page = await lire(monde, url, numero=telepaiement(numero), immatriculation=VOITURE["immatriculation"])
    assert statut == 200 and "<dt>Somme due</dt><dd>35,00 €</dd>" in page and "24,50 € jusqu&#x27;au 08/07/2026" in page
    statut, page = await lire(monde, url, numero=telepaiement(numero), immatriculation="ZZ-999-ZZ")
    assert statut == 409 and 'role="alert"' in page and "35,00" not in page
    statut, page = await lire(monde, url, numero="12", immatriculation="ZZ-999-ZZ")
    assert statut == 422 and "35,00" not in page


async def test_five_wrong_plates_lock_the_page_as_the_interface(monde: World) -> None:
    numero = await etablir(monde, "page-verrou", LILLE)
    await monde.pilot.avancer("page-verrou", paris(date(2026, 7, 6)))
    adresse = f"{monde.addresses[Party.ANTAI]}/bacs/page-verrou/payer"
    for n in range(5):
        assert (await lire(monde, adresse, numero=telepaiement(numero), immatriculation=f"ZZ-00{n}-ZZ"))[0] == 409
    statut, page = await lire(monde, adresse, numero=telepaiement(numero), immatriculation=VOITURE["immatriculation"])
    assert statut == 409 and "35,00" not in page


async def test_the_qr_code_of_an_avertissement_leads_to_the_sum_due_with_its_rebate(monde: World) -> None:
    numero = await etablir(monde, "page-dgfip", LILLE)
    await monde.pilot.avancer("page-dgfip", paris(date(2026, 10, 25)))
    avertissement, _ = await lettre(monde, "page-dgfip", numero, Avertissement)
    url = avertissement["url_paiement"]
    assert url.startswith(f"{monde.addresses[Party.DGFIP]}/bacs/page-dgfip/payer?numero=")
    assert avertissement["juridiction"]["url"] == f"{monde.addresses[Party.CCSP]}/bacs/page-dgfip"
    telepayer = avertissement["numero_telepaiement"]
    assert f'value="{telepayer}"' in (await lire(monde, url))[1]
    statut, page = await lire(monde, url, numero=telepayer, numero_fps=numero)
    assert statut == 200 and "<dt>Somme due</dt><dd>68,00 €</dd>" in page and "17,00 € jusqu&#x27;au 23/11/2026" in page
    assert (await lire(monde, url, numero=telepayer, numero_fps="0" * 26))[0] == 404
    statut, page = await lire(monde, avertissement["juridiction"]["url"])
    assert statut == 200 and 'href="/bacs/page-dgfip/docs"' in page


async def test_the_qr_code_of_a_notice_of_the_town_leads_to_what_is_due_there(monde: World) -> None:
    numero = await etablir(monde, "page-bourg", BOURG)
    avis, _ = await lettre(monde, "page-bourg", numero, AvisPaiementCollectivite)
    url = avis["modalites"]["url_paiement"]
    assert url == f"{monde.addresses[Party.COLLECTIVITE]}/bacs/page-bourg/payer?numero={telepaiement(numero)}"
    statut, page = await lire(monde, url, numero=telepaiement(numero), immatriculation=VOITURE["immatriculation"])
    assert statut == 200 and "17,00 €" in page
    assert (await lire(monde, url, numero=telepaiement(numero), immatriculation="ZZ-999-ZZ"))[0] == 404


@pytest.mark.parametrize("party", [Party.ANTAI, Party.DGFIP, Party.COLLECTIVITE])
async def test_what_is_typed_is_shown_again_inert(monde: World, party: Party) -> None:
    hostile = '"><script>alert(1)</script>'
    champs = {"numero": hostile, "numero_fps" if party is Party.DGFIP else "immatriculation": "x"}
    statut, page = await lire(monde, f"{monde.addresses[party]}/payer", **champs)
    assert statut in (404, 422) and "<script" not in page and "&lt;script&gt;" in page
    trop = await monde.client.get(f"{monde.addresses[party]}/payer", params={"numero": "1" * 61})
    assert trop.status_code == 422


async def test_each_service_has_a_first_page_that_links_to_what_it_has(monde: World) -> None:
    for party, adresse in monde.addresses.items():
        statut, page = await lire(monde, f"{adresse}/")
        for lien in re.findall(r'href="([^"]+)"', page):
            assert (await monde.client.get(f"{adresse}{lien}")).status_code == 200, lien
        assert statut == 200 and ('href="/payer"' in page) == (party is not Party.CCSP)


async def test_the_public_addresses_are_those_told_else_those_of_the_services() -> None:
    assert adresses(Settings(_env_file=None), "defaut")[Party.ANTAI] == "http://127.0.0.1:8001"
    dites = Settings(_env_file=None, public_addresses="antai=https://fps.exemple/antai/")
    assert adresses(dites, "essai")[Party.ANTAI] == "https://fps.exemple/antai/bacs/essai"
    assert adresses(dites, "essai")[Party.DGFIP] == "http://127.0.0.1:8002/bacs/essai"
    with pytest.raises(ValidationError):
        Settings(_env_file=None, public_addresses="mairie=https://fps.exemple")
