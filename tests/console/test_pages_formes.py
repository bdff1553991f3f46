"""The forms that are made from the contracts: an act of each party, what a refusal keeps, what a form that comes twice does."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
import pytest_asyncio

from fps.parties import Party
from fps_console.web.actes import NOMS, Contrats, formulaire
from fps_console.web.cadre import Cadre
from fps_console.web.champs import Formulaire, Illisible
from fps_console.web.formes import Saisie
from fps_console.web.possibles import DU_BAC, POSSIBLES, lire, usuels
from fps_console.web.seances import lien
from fps_simulateur.langue.actes import ACTES
from fps_simulateur.pilote.world import World
from tests.console.test_pages import NBSP, establish, sound
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
        if tag == "input" and (a.get("type") not in ("checkbox", "radio") or "checked" in a):
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


async def test_a_cheque_that_the_bank_returns_has_its_reference_and_a_refusal_says_states_in_french(
    defaut: World, agent: httpx.AsyncClient
) -> None:
    page = f"/bacs/defaut/dossiers/{await establish(defaut, date_heure_constat='2026-06-27T10:30:00+02:00')}"

    async def offre(acte: str) -> bool:
        return f'href="{page}/actes/{acte}"' in (await agent.get(page)).text.partition("Les autres actes")[0]

    await defaut.pilot.conduire("defaut", await _plus(defaut, 8))
    minore = await envoyer(agent, f"{page}/actes/payer-fps", moyen="cheque")
    assert minore.status_code == 409 and f"Par «{NBSP}chèque{NBSP}»" in minore.text and 'id="moyen-erreur"' in minore.text
    await fait(agent, f"{page}/actes/payer-fps", moyen="cheque", montant="35", reference="CHQ-7")
    assert await offre("cheque-fps-impaye")
    await fait(agent, f"{page}/actes/cheque-fps-impaye")  # as it is shown
    assert await offre("payer-fps") and not await offre("cheque-fps-impaye")
    await fait(agent, f"{page}/actes/payer-fps", reference="CB-8")
    assert not await offre("cheque-fps-impaye")  # nobody returns a card
    await fait(agent, f"{page}/actes/deposer-un-rapo")
    await fait(agent, f"{page}/actes/decider-rapo", sens="rejet")
    await fait(agent, f"{page}/actes/saisir-juridiction")
    assert not await offre("juger")  # the registry has not looked at it
    tot = await envoyer(agent, f"{page}/actes/ouvrir-decision")
    assert tot.status_code == 409 and f"état «{NBSP}déposée{NBSP}»" in tot.text
    assert f"Par «{NBSP}chèque{NBSP}»" in (await agent.get(page)).text  # so does its life


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
        assert [c.nom for c in forme.champs if c.genre == "euros" and c.aide[:1].islower()] == [], "the end of a sentence says nothing"
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
    assert wrong.status_code == 422 and "«\u00a0ticket.png\u00a0», 2 Ko, est gardé" in wrong.text and "J&#39;avais un ticket." in wrong.text
    erreur = re.findall(r'id="pieces-erreur">([^<]*)', wrong.text)[0].replace(NBSP, " ")
    assert "« virus.exe »" in erreur and "PDF, JPEG ou PNG" in erreur and "« gros.pdf » pèse 500 Ko" in erreur
    donnees = Forme(wrong.text, "deposer-un-rapo").donnees  # what the browser sends again
    sans_nature = await envoye(f2=("plan.pdf", PDF))
    assert sans_nature.status_code == 422 and "Dites ce qu’est «\u00a0plan.pdf\u00a0»." in sans_nature.text
    donnees = Forme(sans_nature.text, "deposer-un-rapo").donnees | {"pieces.retirer.2": ["oui"]}
    cookies, agent.cookies = agent.cookies, httpx.Cookies()
    expired = await envoye()  # the session ended meanwhile: the file is still there
    agent.cookies = cookies
    assert expired.status_code == 403 and "«\u00a0ticket.png\u00a0», 2 Ko, est gardé" in expired.text and "plan.pdf" not in expired.text
    assert (await envoye()).status_code == 303
    (rapo,) = (body for body in sent if body and "expose" in body)
    kept = {p["fichier"]: (p["nature"], p["type_media"], base64.b64decode(p["contenu"])) for p in rapo["pieces"]}
    assert kept["ticket.png"] == ("justificatif", "image/png", PNG) and kept.keys() == {"ticket.png", "avis-paiement.pdf"}
    odd = await agent.post(
        form, content=b"--x\r\nContent-Disposition: form-data\r\n\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert odd.status_code == 400 and "ne se lit pas" in odd.text
