"""The page of a dossier at a date: what it says of a past day is what the services said on that day, and each exchange is exact."""

import io
import json
import re
import secrets
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
import pytest_asyncio

from antai.domain import etats
from ccsp.domain import requete
from collectivite.domain import forfait, rapo, recours
from dgfip.domain import prise_en_charge, remise
from fps.kit.ground.clock import paris
from fps.messages.avis import AvisPaiement
from fps.messages.mfps import CreationFps
from fps.messages.rapo import DepotRapo
from fps.messages.recours_usager import Requete
from fps.messages.titre import EmissionTitre
from fps.parties import SERVICES, Party
from fps_console.commandes import explique
from fps_console.commandes.documents import Document, archive
from fps_console.frise.instant import DEPARTS, Frise
from fps_console.lecture import Lecture
from fps_console.web.app import application
from fps_simulateur.pilote import lectures
from fps_simulateur.pilote.world import World
from tests.console.test_pages import BASE, sound
from tests.parler.ville import Ville, deposer

pytestmark = [pytest.mark.xdist_group("frise"), pytest.mark.asyncio(loop_scope="session")]
VUES = {
    (Party.COLLECTIVITE, "fps"): "/fps/{numero}",
    (Party.COLLECTIVITE, "rapo"): "/rapos/{numero}",
    (Party.COLLECTIVITE, "recours"): "/recours/{requete}",
    (Party.ANTAI, "fps"): "/dossiers/{numero}",
    (Party.DGFIP, "prise-en-charge"): "/prises-en-charge/{numero}",
    (Party.CCSP, "requete"): "/requetes/{requete}",
}


@dataclass
class Vie:
    """A dossier that went through a RAPO, a title and the court; what the services said of it on its days, when those were lived."""

    world: World
    bac: str
    numero: str
    requete: str = ""
    dits: dict[date, tuple[dict[Any, str], dict[Party, dict[str, int]]]] = field(default_factory=dict)

    async def regarder(self, le: date) -> None:
        """Keep the states and the balances of that evening."""
        await self.world.pilot.avancer(self.bac, paris(le))
        lus = {}
        for (service, machine), chemin in VUES.items():
            url = f"{self.world.addresses[service]}/bacs/{self.bac}{chemin.format(numero=self.numero, requete=self.requete or '24999999')}"
            vue = await self.world.client.get(url)
            if vue.status_code == 200:
                lus[service, machine] = vue.json()["etat"]
        self.dits[le] = lus, await self.world.pilot.soldes(self.bac, self.numero)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def vie(monde: World) -> Vie:
    ville = await Ville.ouvrir(monde, date(2023, 9, 28))
    await monde.pilot.observer(ville.bac)
    vie = Vie(monde, ville.bac, await ville.etablir())
    for jour in (date(2023, 9, 28), date(2023, 10, 2), date(2023, 10, 5)):
        await vie.regarder(jour)
    ville.le = date(2023, 10, 10)
    await monde.pilot.avancer(ville.bac, paris(ville.le))
    await deposer(ville, vie.numero)
    for jour in (date(2023, 10, 10), date(2023, 11, 20), date(2024, 1, 20), date(2024, 2, 10)):
        await vie.regarder(jour)
    corps = {**Requete.example, "numero_fps": vie.numero, "date_notification_avertissement": "2024-01-29"}
    answer = await monde.client.post(f"{monde.addresses[Party.CCSP]}/bacs/{ville.bac}{Requete.path}", json=corps)
    vie.requete = answer.json()["numero_requete"]
    for jour in (date(2024, 2, 11), date(2024, 5, 2)):
        await vie.regarder(jour)
    await monde.pilot.avancer(ville.bac, paris(date(2024, 5, 3)))
    decision = {"nature": "jugement", "sens": "decharge-totale", "motifs": "Fondée.", "fps_du": 3500, "majoration_due": 5000}
    url = f"{monde.addresses[Party.CCSP]}/bacs/{ville.bac}/requetes/{vie.requete}/decision"
    rendue = await monde.client.post(url, json=decision)
    assert rendue.status_code == 200, rendue.text
    for jour in (date(2024, 5, 3), date(2024, 8, 1)):
        await vie.regarder(jour)
    return vie


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def frise(vie: Vie) -> Frise:
    found = await Lecture(vie.world.pilot, vie.world.client, vie.world.addresses).dossier(vie.bac, vie.numero)
    assert found is not None
    return Frise(found["journal"], found["courriers"], found["contenus"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lecteur(vie: Vie) -> AsyncIterator[httpx.AsyncClient]:
    app = application(vie.world.pilot, vie.world.client, vie.world.addresses)
    base = f"{BASE}/bacs/{vie.bac}/dossiers/{vie.numero}/"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base) as client:
        yield client


async def test_what_is_told_of_a_past_evening_is_what_the_services_said_that_evening(vie: Vie, frise: Frise) -> None:
    for le, (connus, comptes) in vie.dits.items():
        instant = frise.a(le)
        lus = {(voie.party, e.machine): e.code for voie in instant.voies for e in voie.etats}
        assert {cle: lus.get(cle) for cle in connus} == connus, le
        soldes = {voie.party: {s.compte: s.centimes for s in voie.soldes} for voie in instant.voies if voie.party in SERVICES}
        assert soldes == comptes, le
    assert (Party.COLLECTIVITE, "rapo") in vie.dits[date(2023, 10, 10)][0]
    assert len({str(dits) for dits in vie.dits.values()}) > 6, "a life where nothing changes shows nothing"


async def test_the_first_state_of_each_machine_is_that_of_its_table() -> None:
    tables = {
        Party.COLLECTIVITE: (forfait.MACHINE, rapo.MACHINE, recours.MACHINE),
        Party.ANTAI: (etats.MACHINE,),
        Party.DGFIP: (prise_en_charge.MACHINE, remise.MACHINE),
        Party.CCSP: (requete.MACHINE,),
    }
    connus: dict[tuple[Party, str], str] = {(qui, une.nom): une.depart.value for qui, siennes in tables.items() for une in siennes}
    assert {cle: depart for cle, (depart, _) in DEPARTS.items()} == connus


async def test_every_value_that_an_act_told_is_explained_by_its_service(vie: Vie, frise: Frise) -> None:
    dites = {(v.service, v.champ): v for acte in frise.actes for v in acte.valeurs if v.champ}
    assert len(dites) > 15
    for (service, champ), v in dites.items():
        sujet = v.sujet if service is Party.CCSP else vie.numero
        _, trouvee = await explique.ask(vie.world.pilot, vie.bac, sujet, f"{service}.{champ}")
        assert trouvee["champ"] == champ


async def test_a_letter_is_in_the_post_until_its_reader_has_it(frise: Frise) -> None:
    route = {pli.cls for pli in frise.a(date(2023, 10, 4)).en_route}
    assert route == {AvisPaiement} and AvisPaiement not in {pli.cls for pli in frise.a(date(2023, 10, 5)).en_route}
    (usager, *_), (avant, *_) = frise.a(date(2023, 10, 5)).voies, frise.a(date(2023, 10, 4)).voies
    assert [pli.cls for pli in usager.recues] == [AvisPaiement] and avant.recues == [] and avant.valeurs == []
    assert {v.brute for v in usager.valeurs} >= {3500, "2024-01-05"}
    assert [v.champ for v in frise.a(date(2023, 10, 2)).attendues] == ["date_notification", "minoration_jusqu_au"]


async def test_a_page_of_a_day_a_deep_link_and_a_list_of_days_without_script(vie: Vie, lecteur: httpx.AsyncClient) -> None:
    page = await lecteur.get("frise", params={"le": "2023-10-02"})
    found = sound(page)
    assert "2 octobre 2023, au soir" in page.text and "FPS\u00a0: avis envoyé" in page.text and "5 octobre 2023" in page.text
    assert "copie?date=2023-10-02" in page.text, "what cannot be known at a past date is said"
    assert sum("frise?le=" in link for link in found.links) > 10
    second = await lecteur.get("frise", params={"jour": "2", "niveau": "developpeur"})
    assert 'data-adresse="' in second.text and "le=2023-09-29&amp;niveau=developpeur" in second.text
    assert "fps.envoyer_avis\u00a0: transmis → apa-envoye" in second.text and "fps.envoyer_avis" not in page.text
    present = await lecteur.get("frise", params={"le": "2099-01-01"})
    assert "1er août 2024, au soir" in present.text
    for faux in ({"le": "demain"}, {"jour": "x"}):
        perdu = await lecteur.get("frise", params=faux)
        sound(perdu)
        assert perdu.status_code == 404 and "n’est pas un jour" in perdu.text
    assert (await lecteur.get("frise/actes/999")).status_code == 404 and (await lecteur.get("frise/valeurs/antai/A-B")).status_code == 404


async def test_each_exchange_is_shown_as_it_was_written_and_as_it_passed(frise: Frise, lecteur: httpx.AsyncClient) -> None:
    vus = set()
    for acte in frise.actes:
        if acte.ligne["acte"] == "envoi":
            page = await lecteur.get(f"frise/actes/{acte.numero}")
            sound(page)
            texte = unescape(page.text)
            assert "À l’octet près" in texte, acte
            vus.add(acte.message)
            if acte.message is CreationFps:
                assert "POST /flux/01-message-fps/creation → 200" in texte and f"idempotency-key: {acte.lettre}" in texte
                assert "12 rue de l'Exemple" in texte, "the apostrophe of the letter, not that of the page"
            if acte.message is EmissionTitre:
                assert "routing_key: dgfip.12.titre-executoire" in texte and '"specversion":"1.0"' in texte
    assert vus >= {CreationFps, EmissionTitre}


async def test_a_value_says_how_it_was_found_and_that_it_has_changed_since(frise: Frise, lecteur: httpx.AsyncClient) -> None:
    limite = await lecteur.get("frise/valeurs/antai/date_limite_paiement", params={"le": "2023-10-05"})
    sound(limite)
    assert "5 janvier 2024" in limite.text and "CGCT, art. L. 2333-87, II" in limite.text and "Depuis," not in limite.text
    inconnue = await lecteur.get("frise/valeurs/antai/couleur")
    sound(inconnue)
    assert "champ-inexplique" in inconnue.text
    solde = await lecteur.get("frise", params={"le": "2024-01-20"})
    assert re.search(r"titre exécutoire\s: \+85,00", solde.text), "a balance opens on its entries"


async def test_the_letters_leave_in_one_archive_of_the_same_bytes(lecteur: httpx.AsyncClient) -> None:
    une, autre = await lecteur.get("courriers.zip"), await lecteur.get("courriers.zip")
    assert une.content == autre.content and une.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(une.content)) as packed:
        noms = packed.namelist()
        assert any("fps.13.avertissement" in nom for nom in noms)
        assert all(packed.read(nom).startswith(b"%PDF") for nom in noms if nom.endswith(".pdf"))
        assert json.loads(packed.read(next(nom for nom in noms if nom.endswith(".json"))))


async def test_the_same_view_is_one_file_where_each_link_finds_its_place(frise: Frise, lecteur: httpx.AsyncClient) -> None:
    fichier = await lecteur.get("frise.html")
    liens = re.findall(r'(?:href|src)="([^"]*)"', fichier.text)
    ids = re.findall(r'\sid="([^"]*)"', fichier.text)
    assert len(ids) == len(set(ids)) and {lien[1:] for lien in liens if lien.startswith("#")} <= set(ids)
    assert [lien[:60] for lien in liens if not lien.startswith(("#", "data:application/pdf;base64,"))] == []
    assert fichier.text.count('class="un-jour"') == len(frise.jours) + 1 and fichier.text.count("data:application/pdf") >= 3
    assert "SPÉCIMEN" in fichier.text and "CGCT, art. L. 2333-87, II" in fichier.text and "À l’octet près" in fichier.text


async def test_the_exchanges_of_a_moment_are_found_without_reading_those_of_before(monde: World, monkeypatch: pytest.MonkeyPatch) -> None:
    debut, lus = datetime(2024, 1, 2, tzinfo=UTC), list[int]()
    tous = [{"rang": n, "wall_time": (debut + timedelta(minutes=n)).isoformat()} for n in range(1, 1_001)]

    async def _call(service: Party, methode: str, path: str, params: dict[str, int]) -> httpx.Response:
        page = tous[params["apres"] :][: params["limite"]]
        lus.append(len(page))
        return httpx.Response(200, json={"lignes": page, "suite": len(page) == params["limite"]})

    monkeypatch.setattr(monde.pilot, "_call", _call)
    monkeypatch.setattr(lectures, "ECHANGES", 10)
    for premier, dernier in ((1, 3), (998, None), (500, 512), (1_001, None), (0, 0)):
        lus.clear()
        du, au = (None if n is None else debut + timedelta(minutes=n) for n in (premier, dernier))
        assert du is not None
        found = await monde.pilot.echanges_entre(Party.ANTAI, "defaut", du, au)
        assert [vu["rang"] for vu in found] == [n for n in range(1, 1_001) if premier <= n and (dernier is None or n <= dernier)]
        assert sum(lus) <= 60, (premier, lus)


async def test_an_archive_leaves_letter_after_letter_and_holds_one_at_a_time() -> None:
    faites, contenu = list[int](), {"texte": "é"}

    async def lettres_dites() -> AsyncIterator[Document]:
        for rang in range(4):
            faites.append(rang)
            pdf = rang.to_bytes() * 1_000 + secrets.token_bytes(50_000)
            yield Document(f"{rang:08d}", "21590350100017", paris(date(2026, 6, 28)), DepotRapo.type, "RAPO", "usager", contenu, pdf)

    parties = list[bytes]()
    async for octets in archive(lettres_dites()):
        parties.append(octets)
        assert len(faites) == min(len(parties), 4) and len(octets) < 60_000
    with zipfile.ZipFile(io.BytesIO(b"".join(parties))) as packed:
        assert packed.testzip() is None and len(packed.namelist()) == 8
