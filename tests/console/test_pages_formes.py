"""The forms that are made from the contracts: an act of each party, what a refusal keeps, what a form that comes twice does."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from fps.parties import Party
from fps.villes import catalogue
from fps_console.web.actes import NOMS, Contrats, formulaire
from fps_console.web.cadre import Cadre
from fps_console.web.champs import Formulaire, Illisible
from fps_console.web.formes import Saisie
from fps_console.web.pages.configuration import formulaire_de_ville, ville_saisie
from fps_console.web.possibles import DU_BAC, POSSIBLES, lire, usuels
from fps_console.web.seances import lien
from fps_simulateur.langue.actes import ACTES
from fps_simulateur.langue.villes import lire as lire_ville
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.world import World
from tests.console.test_pages import establish, sound
from tests.console.test_pages_qui_agissent import navigateur

pytestmark = [pytest.mark.xdist_group("pages"), pytest.mark.asyncio(loop_scope="session")]


class Forme(HTMLParser):
    """What a browser would send of the forms of a page whose address ends so, untouched."""

    def __init__(self, text: str, action: str):
        super().__init__()
        self.donnees: dict[str, list[str]] = {}
        self._action, self._dans = action, False
        self._liste: list[str] | None = None
        self._texte: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {nom: v or "" for nom, v in attrs}
        if tag == "form":
            self._dans = a.get("method") == "post" and a.get("action", "").endswith(self._action)
        if not self._dans:
            return
        if tag == "input" and (a.get("type") != "checkbox" or "checked" in a):
            self.donnees.setdefault(a["name"], []).append(a.get("value", ""))
        elif tag == "select":
            self._liste = [a["name"]]
        elif tag == "option" and self._liste is not None and (len(self._liste) == 1 or "selected" in a):
            self._liste[1:] = [a["value"]]
        elif tag == "textarea":
            self._texte = [a["name"], ""]

    def handle_data(self, data: str) -> None:
        if self._texte is not None:
            self._texte[1] += data

    def handle_endtag(self, tag: str) -> None:
        for fini in (self._liste if tag == "select" else None, self._texte if tag == "textarea" else None):
            if fini is not None:
                self.donnees.setdefault(fini[0], []).append(fini[1])
                self._liste = self._texte = None
        if tag == "form":
            self._dans = False


@pytest_asyncio.fixture(loop_scope="session")
async def agent(defaut: World) -> AsyncIterator[httpx.AsyncClient]:
    async with navigateur(defaut) as client:
        await client.get(lien("", defaut.token))
        yield client


async def envoyer(client: httpx.AsyncClient, path: str, **saisi: Any) -> httpx.Response:
    """Open the form of an address, type that in it, send it."""
    page = await client.get(path)
    sound(page)
    adresse = path.partition("?")[0]
    donnees = Forme(page.text, adresse.rpartition("/")[2]).donnees
    assert donnees, path
    return await client.post(adresse, data=donnees | {nom.replace("__", "."): v for nom, v in saisi.items()})


async def fait(client: httpx.AsyncClient, path: str, **saisi: Any) -> str:
    """The address where an act leads."""
    answer = await envoyer(client, path, **saisi)
    assert answer.status_code == 303, re.findall(r'class="(?:titre|erreur)"[^>]*>([^<]*)', answer.text)
    return answer.headers["location"].partition("?")[0]


async def test_a_dossier_goes_from_the_street_to_its_refund_by_the_forms_as_they_are_filled(
    defaut: World, agent: httpx.AsyncClient
) -> None:
    page = await fait(agent, "/bacs/defaut/actes/etablir-un-fps", date_heure_constat="2026-06-27T10:30", montant_deduit="5,50")
    shown = (await agent.get(page)).text
    assert "29,50" in shown and "Payer avec la notice" in shown.partition("Les autres actes")[0]
    await defaut.pilot.conduire("defaut", (await _plus(defaut, 8)))
    for acte in ("payer-fps", "deposer-un-rapo", "decider-rapo", "rembourser"):
        offert = (await agent.get(page)).text.partition("Les autres actes")[0]
        assert f'href="{page}/actes/{acte}"' in offert, acte  # its state lets it be done
        await fait(agent, f"{page}/actes/{acte}")
    shown = (await agent.get(page)).text
    assert "Remboursement" in shown or "remboursé" in shown
    town = (await defaut.client.get(f"{defaut.addresses[Party.COLLECTIVITE]}/fps/{page.rpartition('/')[2]}")).json()
    assert (town["rembourse"], town["dette"], town["montant_deduit"]) == (2065, 0, 550)  # the reduced amount was due


async def _plus(world: World, jours: int) -> Any:
    from datetime import datetime, timedelta

    return datetime.fromisoformat((await world.pilot.etat("defaut"))["instant"]) + timedelta(days=jours)


async def test_a_refusal_of_a_service_stands_beside_its_field_and_nothing_typed_is_lost(agent: httpx.AsyncClient) -> None:
    form = "/bacs/defaut/actes/etablir-un-fps"
    wrong = await envoyer(agent, form, agent="9999", voie="7 rue d'Essai", montant_deduit="mille")
    sound(wrong)
    assert wrong.status_code == 422 and 'id="montant_deduit-erreur"' in wrong.text  # what cannot be read is said before anybody is asked
    assert 'value="mille"' in wrong.text and 'value="7 rue d&#39;Essai"' in wrong.text and 'value="9999"' in wrong.text
    refused = await envoyer(agent, form, vehicule__immatriculation="?!", agent="9999")
    sound(refused)
    assert refused.status_code == 422 and 'id="vehicule.immatriculation-erreur"' in refused.text
    early = await envoyer(agent, form, date_heure_constat="2030-01-01T10:00")
    sound(early)
    assert 'id="date_heure_constat-erreur"' in early.text and 'value="2030-01-01T10:00"' in early.text, early.text
    assert 'class="que-faire"' in early.text and "constat-refuse" in early.text
    for path in ("/bacs/defaut/actes/rien", "/bacs/defaut/actes/payer-fps", f"/bacs/defaut/dossiers/{'1' * 26}/actes/payer-fps"):
        assert (await agent.get(path)).status_code == 404, path


async def test_a_form_that_comes_twice_establishes_one_fps(defaut: World, agent: httpx.AsyncClient) -> None:
    form = "/bacs/defaut/actes/etablir-un-fps"
    donnees = Forme((await agent.get(form)).text, "etablir-un-fps").donnees | {"date_heure_constat": "2026-06-27T10:30"}
    both = await asyncio.gather(*(agent.post(form, data=donnees) for _ in range(2)))
    assert len({one.headers["location"] for one in both}) == 1
    listed = (await defaut.client.get(f"{defaut.addresses[Party.COLLECTIVITE]}/fps")).json()
    assert len(listed["elements"]) == 1


async def test_each_act_of_the_language_has_its_form_from_the_contract_of_its_service(defaut: World) -> None:
    numero = await establish(defaut, date_heure_constat="2026-06-27T10:30:00+02:00")
    cadre = Cadre(defaut.pilot, defaut.client, defaut.addresses, defaut.addresses, ())
    contrats, etat = Contrats(cadre), await lire(cadre.lecture, "defaut", numero)
    assert POSSIBLES.keys() <= ACTES.keys() and DU_BAC.keys() <= ACTES.keys() and len(NOMS) > 50
    for un in NOMS.values():
        forme = await formulaire(contrats, un, etat.mots, usuels(un.nom, etat))
        schema, _ = await contrats.schema(un)
        assert {c.nom.partition(".")[0] for c in forme.champs} >= schema.get("properties", {}).keys(), un.nom
        if un.nom in POSSIBLES:  # filled as it is shown, it is what its service takes, or says which field somebody must fill
            vides = {c.nom for c in forme.champs if c.requis and not (c.defaut or c.coches)}
            assert len(vides) <= 2, (un.nom, vides)


def _schema() -> dict[str, Any]:
    lettre = {"type": "object", "properties": {"sorte": {"const": "lettre"}, "poids": {"type": "integer"}}, "required": ["poids"]}
    colis = {"type": "object", "properties": {"sorte": {"const": "colis"}, "boite": {"type": "string"}}, "required": ["boite"]}
    part = {
        "type": "object",
        "properties": {"ville": {"type": "string"}, "pays": {"type": "string", "default": "FR"}},
        "required": ["ville"],
    }
    return {
        "properties": {
            "somme": {"type": "integer", "maximum": 99_999_999, "description": "Somme, en centimes"},
            "envoi": {"oneOf": [lettre, colis]},
            "adresse": {"anyOf": [part, {"type": "null"}]},
            "quand": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "codes": {"type": "array", "items": {"type": "string"}},
            "oui": {"type": "boolean", "default": True},
        },
        "required": ["somme", "envoi"],
    }


async def test_what_is_typed_is_read_as_the_schema_wants_it() -> None:
    forme = Formulaire.de(_schema(), {}, {"somme": 1750})
    assert {c.nom: c.defaut for c in forme.champs if c.defaut} == {"somme": "17,50", "envoi.sorte": "lettre", "oui": "oui"}
    typed = {"somme": "1 035 €", "envoi.sorte": "colis", "envoi.boite": "B", "envoi.poids": "lourd", "quand": "2026-07-01T10:00"}
    lu = forme.lire(Saisie({**typed, "codes": "a\n\n b ", "oui": "non", "adresse.pays": ""}))
    attendu = {
        "somme": 103500,
        "envoi": {"sorte": "colis", "boite": "B"},
        "quand": "2026-07-01T10:00:00+02:00",
        "codes": ["a", "b"],
        "oui": False,
    }
    assert lu == attendu  # the branch that was not chosen is not read, the part where nothing was typed is not there
    assert forme.lire(Saisie({"adresse.ville": "Lille"}))["adresse"] == {"ville": "Lille"}
    for faux in ("35,123", "-3", "3.5.1", "trente"):
        with pytest.raises(Illisible) as refus:
            forme.lire(Saisie({"somme": faux, "envoi.poids": "lourd", "envoi.sorte": "lettre"}))
        assert refus.value.champs.keys() == {"somme", "envoi.poids"}


async def test_the_usager_pays_and_contests_with_his_number_and_his_plate_and_nobody_else_does(
    defaut: World, agent: httpx.AsyncClient
) -> None:
    numero = await establish(defaut, date_heure_constat="2026-06-27T10:30:00+02:00")
    await defaut.pilot.conduire("defaut", await _plus(defaut, 8))
    usager = "/bacs/defaut/usager"
    sound(await agent.get(usager))
    other = await agent.get(usager, params={"numero": numero, "immatriculation": "ZZ-999-ZZ"})
    sound(other)
    assert other.status_code == 404 and f'value="{numero}"' in other.text and "Avis introuvable" in other.text
    key = (await defaut.client.get(f"{defaut.addresses[Party.COLLECTIVITE]}/fps/{numero}")).json()["cle"]
    mine = await agent.get(usager, params={"numero": f"{numero} {key}", "immatriculation": "ab123cd"})
    sound(mine)
    assert "24,50" in mine.text and f'href="{usager}/{numero}/payer-fps?immatriculation=ab123cd"' in mine.text
    assert "Mes courriers" in mine.text and ".pdf" in mine.text
    stranger = await agent.get(f"{usager}/{numero}/payer-fps", params={"immatriculation": "ZZ-999-ZZ"})
    assert stranger.status_code == 404 and "Payer le FPS" not in stranger.text
    plaque = "?immatriculation=AB-123-CD"
    await fait(agent, f"{usager}/{numero}/payer-fps{plaque}")
    await fait(agent, f"{usager}/{numero}/deposer-un-rapo{plaque}", expose="J'avais un ticket.", demandeur__identite__nom="Modèle")
    then = await agent.get(usager, params={"numero": numero, "immatriculation": "AB-123-CD"})
    sound(then)
    assert "Déjà payé" in then.text and "Mon recours" in then.text and "payer-fps" not in then.text
    rapo = (await defaut.client.get(f"{defaut.addresses[Party.COLLECTIVITE]}/rapos/{numero}")).json()
    assert (rapo["demandeur"]["identite"]["nom"], rapo["expose"]) == ("Modèle", "J'avais un ticket.")


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
    assert (await agent.get(desks.replace("21590350100017", "1" * 14))).status_code in (403, 404)
    form = f"{desks}/preparer-une-convention"
    refused = await envoyer(agent, form, signataire__nom="")
    assert refused.status_code == 422 and 'id="signataire.nom-erreur"' in refused.text
    await fait(agent, form, signataire__nom="Camille Modèle")
    assert (await agent.get(desks)).text.count("<li>N° ") == 2
    for autre in ("accepter-cahier-charges", "inscrire-agents-au-portail"):
        sound(await agent.get(f"{desks}/{autre}"))


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
    assert await fait(agent, f"{page}/formulaire", nom="Ville changée", depuis="2026-06-28") == page  # as it is shown, it is taken
    assert "Ville changée" in (await agent.get(page)).text
    other = await envoyer(agent, f"{page}/formulaire", siret="21590350100017")
    assert other.status_code == 422 and 'id="siret-erreur"' in other.text


async def test_a_form_of_a_town_loses_nothing_of_the_towns_that_are_shipped() -> None:
    forme = formulaire_de_ville()
    for chemin in sorted((Path(catalogue.__file__).parent / "livrees").glob("*.yaml")):
        lue = lire_ville(chemin.read_text("utf-8"), chemin.name).donnee()
        _, donnee, _ = ville_saisie(forme.valeurs({"depuis": lue["depuis"], **lue["commune"]}))
        assert donnee == lue, chemin.name


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 2_000 + b"IEND\xaeB`\x82"


async def test_a_file_of_ones_own_is_enclosed_and_kept_while_the_form_is_refused(
    defaut: World, agent: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, real = list[Any](), defaut.client.request

    async def request(method: str, url: Any, **options: Any) -> httpx.Response:
        sent.append(options.get("json"))
        return await real(method, url, **options)

    monkeypatch.setattr(defaut.client, "request", request)
    numero = await establish(defaut, date_heure_constat="2026-06-27T10:30:00+02:00")
    await defaut.pilot.conduire("defaut", await _plus(defaut, 8))
    form = f"/bacs/defaut/usager/{numero}/deposer-un-rapo"
    donnees = Forme((await agent.get(f"{form}?immatriculation=AB-123-CD")).text, "deposer-un-rapo").donnees

    async def envoye(**fichiers: tuple[str, bytes]) -> httpx.Response:
        return await agent.post(form, data=donnees, files={f"pieces.fichier.{nom[-1]}": un for nom, un in fichiers.items()})

    donnees |= {"expose": ["J'avais un ticket."], "pieces": ["avis-paiement"], "pieces.nature.1": ["justificatif"]}
    wrong = await envoye(f1=("C:\\photos\\ticket.png", PNG), f2=("virus.exe", b"MZ\x90"), f3=("gros.pdf", b"%PDF-" + b"0" * 500_001))
    sound(wrong)
    assert wrong.status_code == 422 and "« ticket.png », 2 Ko, est gardé" in wrong.text and "J&#39;avais un ticket." in wrong.text
    erreur = re.findall(r'id="pieces-erreur">([^<]*)', wrong.text)[0]
    assert "« virus.exe »" in erreur and "PDF, JPEG ou PNG" in erreur and "« gros.pdf » pèse 500 Ko" in erreur
    donnees = Forme(wrong.text, "deposer-un-rapo").donnees  # what the browser sends again
    sans_nature = await envoye(f2=("plan.pdf", PDF))
    assert sans_nature.status_code == 422 and "Dites ce qu’est « plan.pdf »." in sans_nature.text
    donnees = Forme(sans_nature.text, "deposer-un-rapo").donnees | {"pieces.retirer.2": ["oui"]}
    cookies, agent.cookies = agent.cookies, httpx.Cookies()
    expired = await envoye()  # the session ended meanwhile: the file is still there
    agent.cookies = cookies
    assert expired.status_code == 403 and "« ticket.png », 2 Ko, est gardé" in expired.text and "plan.pdf" not in expired.text
    assert (await envoye()).status_code == 303
    (rapo,) = (body for body in sent if body and "expose" in body)
    kept = {p["fichier"]: (p["nature"], p["type_media"], base64.b64decode(p["contenu"])) for p in rapo["pieces"]}
    assert kept["ticket.png"] == ("justificatif", "image/png", PNG) and kept.keys() == {"ticket.png", "avis-paiement.pdf"}
    odd = await agent.post(
        form, content=b"--x\r\nContent-Disposition: form-data\r\n\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert odd.status_code == 400 and "ne se lit pas" in odd.text
