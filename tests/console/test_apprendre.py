"""What helps to learn: the tour that recognises its steps, the glossary and its words in the pages, the documentation or its command."""

import re
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from fps.parties import Party
from fps_console.commandes.demo import LILLE
from fps_console.mots.glossaire import glossaire, intitule, terme
from fps_console.web import documentation
from fps_console.web.parcours import BAC
from fps_console.web.seances import lien
from fps_simulateur.pilote.enrolement import CERTIFICAT
from fps_simulateur.pilote.world import World
from tests.console.test_pages import sound
from tests.console.test_pages_qui_agissent import navigateur

pytestmark = [pytest.mark.xdist_group("pages"), pytest.mark.asyncio(loop_scope="session")]
VISITE = "/apprendre/visite"
GABARITS = Path(documentation.__file__).parent / "templates"


async def agir(client: httpx.AsyncClient, path: str = VISITE, **champs: str) -> httpx.Response:
    """Send a form of the tour, as the page holds it; gives the page where that leads."""
    cachees = dict(re.findall(r'<input type="hidden" name="(jeton|cle)" value="([^"]*)">', (await client.get(VISITE)).text))
    return await client.post(path, data=cachees | champs, follow_redirects=True)


async def etapes(client: httpx.AsyncClient) -> tuple[int, str]:
    """How many steps are done, and the name of the one where one is."""
    text = (await client.get(VISITE)).text
    return text.count('<li class="faite"'), "".join(re.findall(r'<li class="ici".*?<h3>([^<]+)<', text, re.DOTALL))


async def test_the_tour_goes_from_an_empty_bac_to_a_certificate_and_sees_what_others_did(defaut: World, tmp_path: Path) -> None:
    async with navigateur(defaut, donnees=tmp_path) as client:
        first = await client.get(VISITE)
        sound(first)
        assert await etapes(client) == (0, "Ouvrir un bac pour la visite") and "fps pages" in first.text
        refused = await client.post(VISITE, data={"etape": "ouvrir"})
        assert refused.status_code == 403 and BAC not in await defaut.pilot.lister()
        await client.get(lien("", defaut.token))
        await agir(client, etape="ouvrir")
        empty = await agir(client, etape="etablir", plaque="")
        assert empty.status_code == 422 and "Dites la plaque du véhicule." in empty.text
        assert await etapes(client) == (1, "Établir un FPS")
        # The FPS is established by somebody else: the page sees it.
        url = f"{defaut.addresses[Party.COLLECTIVITE]}/bacs/{BAC}/fps"
        assert (await defaut.client.post(url, json=dict(LILLE))).status_code == 201
        await defaut.pilot.au_calme(BAC)
        assert await etapes(client) == (2, "Laisser partir l’avis de paiement")
        for repere, suivante in (("envoi-avis", "Laisser passer le délai, sans payer"), ("titre", "Payer trop tard, au mauvais endroit")):
            await agir(client, f"/bacs/{BAC}/temps", par="repere", repere=repere, retour=VISITE)
            assert (await etapes(client))[1] == suivante
        late = await agir(client, etape="payer")
        sound(late)
        assert late.status_code == 409 and "titre-deja-emis" in late.text and "Payez auprès de la DGFiP" in late.text
        assert await etapes(client) == (5, "Attendre l’avertissement")
        await agir(client, f"/bacs/{BAC}/temps", par="repere", repere="avertissement", retour=VISITE)
        assert "68,00\N{NO-BREAK SPACE}€ payés à la DGFiP" in (await agir(client, etape="solder")).text
        await agir(client, etape="espace", nom="Commune d'Essai")
        signed = await agir(client, etape="convention")
        sound(signed)
        assert "Espace ouvert\u00a0: Commune d’Essai." in signed.text and await etapes(client) == (9, "Obtenir un certificat")
        issued = await agir(client, etape="certificat")
        sound(issued)
        assert "Émis par le PSCE de test" in issued.text and "fps up --tls" in issued.text and await etapes(client) == (10, "")
        assert "Commune d'Essai" in x509.load_pem_x509_certificate((tmp_path / BAC / CERTIFICAT).read_bytes()).subject.rfc4514_string()
        await agir(client, etape="ouvrir")
        assert await etapes(client) == (1, "Établir un FPS")


async def test_the_glossary_is_searched_without_accents_and_says_what_to_do_when_it_has_no_such_word(defaut: World) -> None:
    async with navigateur(defaut) as client:
        sound(await client.get("/apprendre"))
        whole, found = await client.get("/apprendre/glossaire"), await client.get("/apprendre/glossaire", params={"q": "ECHEANCE"})
        sound(found)
        assert whole.text.count("<dt>") == len(glossaire()) > 130
        assert re.findall("<dt>([^<]+)</dt>", found.text)[0] == "échéance" and found.text.count("<dt>") < 10
        none = await client.get("/apprendre/glossaire", params={"q": "<zz>"})
        sound(none)
        assert "&lt;zz&gt;" in none.text and "<dt>" not in none.text and "Voir les" in none.text


async def test_a_word_of_a_page_says_its_meaning_to_the_keyboard_and_each_is_in_the_glossary() -> None:
    shown = str(terme("RAPO")) + str(terme("FPS", "forfait"))
    buttons, meanings = re.findall(r'popovertarget="([^"]+)">', shown), re.findall(r'id="([^"]+)" popover>', shown)
    assert buttons == meanings and len(set(meanings)) == 2 and ">forfait</button>" in shown
    label = str(intitule("Titre exécutoire d'office"))
    assert ">Titre exécutoire</button>" in label and label.endswith(" d’office") and intitule("Titre émis le") == "Titre émis le"
    with pytest.raises(KeyError):
        terme("mot inconnu")
    said = {mot for path in GABARITS.rglob("*.html") for mot in re.findall(r'terme\("([^"]+)"', path.read_text("utf-8"))}
    assert len(said) >= 15 and sorted(said - glossaire().keys()) == []


async def test_the_documentation_is_served_with_its_own_policy_else_the_page_says_the_command(
    defaut: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documentation, "SITE", tmp_path)
    async with navigateur(defaut) as client:
        absent = await client.get("/documentation/docs/flux.html")
        sound(absent)
        assert absent.status_code == 404 and "make docs" in absent.text
        (tmp_path / "docs").mkdir()
        (tmp_path / documentation.ENTREE).write_text("<p>entrée</p>" * 100, encoding="utf-8")
        there = await client.get("/documentation", follow_redirects=True)
        assert there.url.path == "/documentation/docs/README.html" and there.headers["content-encoding"] == "gzip"
        policy = there.headers.get_list("content-security-policy")
        assert policy == [policy[0]] and "img-src 'self' data:" in policy[0] and "unsafe" not in policy[0]
        assert there.headers["cache-control"] == "no-cache"
        for outside in ("/documentation/docs/absent.html", "/documentation/../app.py", "/documentation/%2e%2e/app.py"):
            assert (await client.get(outside)).status_code == 404, outside
