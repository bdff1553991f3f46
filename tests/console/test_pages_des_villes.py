"""The pages of the towns: tariffs and calculator, configuration by a form and by its file, the desks of their agents."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from fps.parties import Party
from fps.villes import catalogue
from fps_console.web.guichets import GUICHETS
from fps_console.web.pages.configuration import formulaire_de_ville, ville_saisie
from fps_simulateur.langue.villes import lire as lire_ville
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.world import World
from tests.console.test_pages import sound
from tests.console.test_pages_formes import Forme, agent, envoyer, fait
from tests.console.test_pages_qui_agissent import navigateur

__all__ = ["agent"]
pytestmark = [pytest.mark.xdist_group("pages"), pytest.mark.asyncio(loop_scope="session")]


async def test_a_town_is_drawn_and_computes_a_fps_and_says_how(defaut: World, agent: httpx.AsyncClient) -> None:
    await agent.get("/bacs/defaut/villes")
    page = "/bacs/defaut/villes/21590350100017"
    shown = await agent.get(page)
    sound(shown)
    assert '<svg class="grille"' in shown.text and "Tarifs du jour, Zone rouge" in shown.text
    asked = {"immatriculation": "AB-123-CD", "zone": "rouge", "categorie": "voiture", "instant": "2026-06-27T10:30"}
    due = await agent.get(page, params=asked)
    sound(due)
    assert "<strong>35,00" in due.text and "CGCT, art. L. 2333-87, I" in due.text and "27 juin 2026 à 15:30" in due.text
    street = await agent.get(page, params={**asked, "voie": "8 rue de l'Échantillon"})
    assert "<strong>25,00" in street.text and "(zone verte)" in street.text
    sunday = await agent.get(page, params={**asked, "instant": "2026-06-28T10:30"})
    assert sunday.status_code == 200 and "<strong>" in sunday.text
    ticket = {"reference": "T-1", "debut": "2026-06-27T09:00", "fin": "2026-06-27T10:00", "montant": "2", "zone": "rouge"}
    await fait(agent, "/bacs/defaut/actes/payer-au-parcmetre?siret=21590350100017", **ticket)
    less = await agent.get(page, params=asked)
    assert "<strong>33,00" in less.text and "Paiement insuffisant" in less.text and "27 juin 2026 à 14:00" in less.text
    for wrong in ({"immatriculation": ""}, {"instant": "hier"}, {"zone": "mauve"}):
        refused = await agent.get(page, params={**asked, **wrong})
        sound(refused)
        assert refused.status_code in (404, 409, 422) and 'class="refus"' in refused.text, wrong
    listed = (await defaut.client.get(f"{defaut.addresses[Party.COLLECTIVITE]}/fps")).json()
    assert listed["elements"] == []  # nothing was established


async def test_a_town_is_added_by_its_siret_then_by_its_file_whose_errors_have_a_line(defaut: World, agent: httpx.AsyncClient) -> None:
    wrong = await envoyer(agent, "/bacs/defaut/villes/siret", siret="12345678901234")
    assert wrong.status_code == 422 and 'id="siret-erreur"' in wrong.text
    page = await fait(agent, "/bacs/defaut/villes/siret", siret="216 901 231 00011", nom="Ville d'Exemple")
    assert page == "/bacs/defaut/villes/21690123100011" and "Ville d’Exemple" in (await agent.get(page)).text
    texte = Forme((await agent.get(f"{page}/fichier")).text, "fichier").donnees["fichier"][0]
    faux = texte.replace("nom: Ville d'Exemple", "nmo: Ville d'Exemple")
    assert faux != texte
    refused = await envoyer(agent, f"{page}/fichier", fichier=faux)
    sound(refused)
    assert (
        refused.status_code == 422
        and re.search(r'id="fichier-erreur">Ligne \d+, colonne \d+', refused.text)
        and "nmo: Ville" in refused.text
    )
    other = await envoyer(agent, f"{page}/fichier", fichier=texte.replace("21690123100011", "21590350100017"))
    assert other.status_code == 422 and "siret-autre" in other.text
    assert await fait(agent, f"{page}/fichier", fichier=texte.replace("Ville d'Exemple", "Ville changée")) == page
    assert "Ville changée" in (await agent.get(page)).text


async def test_the_agents_of_a_town_see_their_desks_and_prepare_a_convention(defaut: World, agent: httpx.AsyncClient) -> None:
    desks = "/bacs/defaut/villes/21590350100017/guichets"
    before = await agent.get(desks)
    sound(before)
    assert "Espace <strong>" in before.text and before.text.count("<li>N° ") == 1
    assert (await agent.get(desks.replace("21590350100017", "1" * 14))).status_code == 404
    form = f"{desks}/preparer-une-convention"
    refused = await envoyer(agent, form, signataire__nom="")
    assert refused.status_code == 422 and 'id="signataire.nom-erreur"' in refused.text
    await fait(agent, form, signataire__nom="Camille Modèle")
    assert (await agent.get(desks)).text.count("<li>N° ") == 2
    for nom in GUICHETS:
        sound(await agent.get(f"{desks}/{nom}"))


async def test_a_town_enrols_by_its_agents_and_their_sessions(defaut: World, agent: httpx.AsyncClient) -> None:
    siret, phrase = "21690123100011", "une phrase assez longue"
    desks = f"/bacs/defaut/villes/{siret}/guichets"
    assert "n’a pas d’espace" in (await agent.get(desks)).text
    ailleurs = {"agent.mot_de_passe": phrase, "agent.login": "alix"}
    await fait(agent, f"{desks}/demander-espace-numerique", nom="Ville d'Exemple", **ailleurs)
    if "Espace <strong>ouvert" not in (await agent.get(desks)).text:
        await fait(agent, f"{desks}/ouvrir-espace-demande")
    assert "Aucun agent n’a de session dans l’espace numérique" in (await agent.get(desks)).text
    wrong = await envoyer(agent, f"{desks}/session/antai", login="alix", mot_de_passe="autre chose, de long")
    sound(wrong)
    assert wrong.status_code in (401, 403, 422) and 'value="alix"' in wrong.text and "autre chose" not in wrong.text
    assert await fait(agent, f"{desks}/session/antai", login="alix", mot_de_passe=phrase) == desks
    assert "«\u00a0alix\u00a0», responsable) a une session" in (await agent.get(desks)).text
    await fait(agent, f"{desks}/ouvrir-un-compte-agent", login="camille", nom="Camille Exemple", mot_de_passe=phrase)
    await fait(agent, f"{desks}/regler-espace", cycle="complet")
    await fait(agent, f"{desks}/preparer-une-convention")
    for inconnue in ("7", "0"):
        assert (await agent.get(f"{desks}/conventions/{inconnue}/depot")).status_code == 404
    trop = await agent.post(
        f"{desks}/conventions/1/depot",
        data=Forme((await agent.get(f"{desks}/conventions/1/depot")).text, "depot").donnees,
        files={"depot": ("convention.pdf", b"ce n'est pas un PDF")},
    )
    sound(trop)
    assert trop.status_code in (409, 422) and 'id="depot-erreur"' in trop.text
    encore = await agent.post(f"{desks}/conventions/1/depot", data=Forme(trop.text, "depot").donnees)
    assert encore.status_code == 422 and "champ-vide" in encore.text  # the model of ANTAI does not take the place of the file
    assert (await agent.get(f"{desks}/conventions/1/modele.pdf")).content.startswith(b"%PDF-")
    await fait(agent, f"{desks}/conventions/1/depot")
    shown = await agent.get(desks)
    sound(shown)
    assert "«\u00a0camille\u00a0», agent)\u00a0: actif" in shown.text and "préparer-une" not in shown.text
    signees = [line for line in await defaut.pilot.audit("defaut") if line["acte"] == "convention"]
    assert ["alix" in str(line["qui"]) for line in signees] == [True]  # it was done in her name
    # The court: a code that is told once, a password, a session; what an agent may not do is told by its service.
    inscrit = await envoyer(agent, f"{desks}/inscrire-un-agent-au-portail", login="sacha", nom="Sacha Exemple", role="agent")
    dite, montre = inscrit.headers["location"], re.compile(r"«\ssacha\s»\s: <code>([^<]+)</code>")
    async with navigateur(defaut) as autre:  # without a session
        assert not montre.search((await autre.get(dite)).text)
    assert not montre.search((await agent.get(dite.replace(siret, "21590350100017"))).text)
    (code,) = montre.findall((await agent.get(dite)).text)
    assert not montre.search((await agent.get(dite)).text)
    choisi = {"login": "sacha", "code": code, "mot_de_passe": phrase}
    await fait(agent, f"{desks}/choisir-son-mot-passe-portail", **choisi)
    await fait(agent, f"{desks}/session/ccsp", login="sacha", mot_de_passe=phrase)
    theirs = await agent.get(desks)
    sound(theirs)
    assert "Aucune requête n’a été communiquée" in theirs.text and "Cet acte est celui du responsable" in theirs.text
    refused = await envoyer(agent, f"{desks}/accepter-cahier-charges")
    assert refused.status_code == 403
    assert 'action="' + f'{desks}/session/ccsp"' in (await agent.get(f"{desks}/session/ccsp/fin")).text  # what it shows opens one
    quitte = await agent.post(f"{desks}/session/ccsp/fin", data=Forme((await agent.get(desks)).text, "fin").donnees)
    assert (quitte.status_code, quitte.headers["location"]) == (303, desks)
    assert "Aucune requête" not in (await agent.get(desks)).text
    await fait(agent, f"{desks}/accepter-cahier-charges")
    sans = await envoyer(agent, f"{desks}/deposer-un-memoire-au-portail", numero="26000001")
    assert sans.status_code == 409 and "session-requise" in sans.text


async def fait_et_dit(client: httpx.AsyncClient, path: str, **saisi: Any) -> str:
    """What the page shows where an act leads."""
    answer = await envoyer(client, path, **saisi)
    assert answer.status_code == 303, re.findall(r'class="(?:titre|erreur)"[^>]*>([^<]*)', answer.text)
    return (await client.get(answer.headers["location"])).text


async def test_a_town_is_given_field_by_field_and_the_form_writes_the_file_that_says_the_same(
    defaut: World, agent: httpx.AsyncClient
) -> None:
    form = "/bacs/defaut/villes/formulaire"
    sound(await agent.get(form))
    faux = {"siret": "12345678901234", "population": "beaucoup", "zones.0.fps.0.valeur": "voiture : 35\nvoiture : 20"}
    wrong = await envoyer(agent, form, **faux)
    sound(wrong)
    assert wrong.status_code == 422 and 'id="population-erreur"' in wrong.text and 'id="zones.0.fps.0.valeur-erreur"' in wrong.text
    assert 'value="beaucoup"' in wrong.text and "voiture : 35\nvoiture : 20" in wrong.text  # nothing typed is lost
    cher = await envoyer(
        agent, form, siret="12345678901234", **{"zones.0.fps.0.valeur": "voiture : 35", "minoration.0.valeur.delai_jours": "0"}
    )
    sound(cher)
    for nom in ("siret", "zones.0", "minoration.0.valeur.delai_jours"):  # each rule beside what it is about
        assert f'id="{nom}-erreur"' in cher.text, nom
    assert "dépasse le prix de la durée maximale" in cher.text

    ajoutee = await envoyer(agent, form, refaire="plus:zones", nom="Ville des champs")
    sound(ajoutee)
    assert ajoutee.status_code == 200 and 'name="zones.1.code"' in ajoutee.text and 'value="Ville des champs"' in ajoutee.text
    typed = Forme(ajoutee.text, "formulaire").donnees | {
        "zones.1.code": "bord",
        "zones.1.nom": "Bord de l'eau",
        "zones.1.duree_maximale": "0",
        "zones.1.duree_maximale.0.valeur": "120",
        "zones.1.codes_postaux": "00400",
        "zones.1.fps": "0",
        "zones.1.fps.0.depuis": "2018-01-01",
        "zones.1.fps.0.valeur": "voiture : 20,50",
    }
    file = await agent.post(form, data=typed | {"refaire": "fichier"})
    sound(file)
    assert "code: bord" in file.text and "voiture: 2050" in file.text
    less = await agent.post(form, data=typed | {"refaire": "moins:zones:0"})
    assert "zones.0.code" not in less.text and 'value="Bord de l&#39;eau"' in less.text
    assert [v["siret"] for v in await villes.lister(defaut.pilot, "defaut")].count("21000400800012") == 0
    answer = await agent.post(form, data=typed)
    assert answer.status_code == 303, re.findall(r'class="erreur"[^>]*>([^<]*)', answer.text)
    shown = await agent.get(answer.headers["location"])
    assert "Ville des champs" in shown.text and "20,50" in shown.text and "Tarifs du jour, Centre-ville" in shown.text
    page = answer.headers["location"]
    file_of = Forme((await agent.get(f"{page}/fichier")).text, "fichier").donnees["fichier"][0]
    assert "nom: Ville des champs" in file_of
    assert await fait(agent, f"{page}/formulaire", nom="Ville changée") == page  # as it is shown, it is taken, from today
    assert "Ville changée" in (await agent.get(page)).text
    assert await fait(agent, f"{page}/formulaire", nom="Ville d'après") == page  # and the next one from a later day
    avant = await envoyer(agent, f"{page}/formulaire", nom="Ville d'avant", depuis="2018-01-01")
    assert (avant.status_code, "ville-existante" in avant.text, 'id="depuis-erreur"' in avant.text) == (409, True, True)
    other = await envoyer(agent, f"{page}/formulaire", siret="21590350100017")
    assert other.status_code == 422 and 'id="siret-erreur"' in other.text


async def test_a_form_of_a_town_loses_nothing_of_the_towns_that_are_shipped() -> None:
    forme = formulaire_de_ville()
    for chemin in sorted((Path(catalogue.__file__).parent / "livrees").glob("*.yaml")):
        lue = lire_ville(chemin.read_text("utf-8"), chemin.name).donnee()
        _, donnee, _ = ville_saisie(forme.valeurs({"depuis": lue["depuis"], **lue["commune"]}))
        assert donnee == lue, chemin.name
