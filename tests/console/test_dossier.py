"""`fps dossier`, `fps courriers`, `fps journal lire`: what is told of a dossier that went before the court, and its letters."""

import json
import re
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio

from fps.kit.ground.clock import paris
from fps.kit.ground.settings import Settings
from fps.messages.recours_usager import Requete
from fps.parties import SERVICES, Party
from fps_console.commandes import avance, dossier
from fps_console.commandes.output import Panne
from fps_simulateur.pilote.world import World
from tests.parler.ville import Ville

pytestmark = pytest.mark.asyncio(loop_scope="session")
Commande = Callable[[Any], Awaitable[int]]


@dataclass
class Juge:
    """A title before the court: its world, its bac, the number of the FPS and of the petition."""

    world: World
    bac: str
    numero: str
    requete: str

    async def dire(self, commande: object) -> int:
        """Run a command that was only made ready (`sans_lien`)."""
        return await cast("Commande", commande)(self.world.pilot)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def juge(monde: World) -> Juge:
    ville = await Ville.ouvrir(monde, date(2023, 9, 28))
    numero = await ville.etablir()
    await monde.pilot.avancer(ville.bac, paris(date(2024, 2, 10)))
    corps = {**Requete.example, "numero_fps": numero, "date_notification_avertissement": "2024-01-29"}
    answer = await monde.client.post(f"{monde.addresses[Party.CCSP]}/bacs/{ville.bac}{Requete.path}", json=corps)
    assert answer.status_code == 200, answer.text
    return Juge(monde, ville.bac, numero, answer.json()["numero_requete"])


@pytest.fixture(autouse=True)
def sans_lien(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands give what they would do, instead of reaching running services in a loop of their own."""
    for module in (dossier, avance):
        monkeypatch.setattr(module, "drive", lambda settings, act: act)


async def test_a_dossier_tells_its_sums_what_is_due_and_why_its_letters_and_its_petition(
    juge: Juge, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await juge.dire(dossier.dossier(Settings(), juge.bac, juge.numero, en_json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["numero"], told["etat"], told["faits"]["Total du titre"]) == (juge.numero, "titre exécutoire émis", "85,00\u00a0€")
    due = {e["nature"]: e for e in told["echeances"]}
    assert due["examen"]["sujet"] == juge.requete and due["examen"]["article"].startswith("CGCT, art. R. 2333-120-32")
    assert due["prescription"]["libelle"] == "Le titre est prescrit" and due["prescription"]["article"] == "LPF, art. L. 274"
    assert [e["le"] for e in told["echeances"]] == sorted(e["le"] for e in told["echeances"])
    types = [c["type"] for c in told["courriers"]]
    assert {"fps.02.apa.v1", "fps.13.avertissement.v1"} <= set(types) and types.index("fps.02.apa.v1") < types.index(
        "fps.13.avertissement.v1"
    )
    lines = told["journal"]
    assert {line["service"] for line in lines} == set(SERVICES)
    assert [line["date"] for line in lines] == sorted(line["date"] for line in lines)


async def test_two_levels_of_reading_an_agent_sees_words_a_developer_everything(juge: Juge, capsys: pytest.CaptureFixture[str]) -> None:
    await juge.dire(dossier.dossier(Settings(), juge.bac, juge.numero, en_json=False))
    agent = capsys.readouterr().out.replace("\u00a0", " ")
    await juge.dire(dossier.dossier(Settings(), juge.bac, juge.numero, en_json=False, developpeur=True))
    developpeur = capsys.readouterr().out
    assert "SPÉCIMEN" in agent and "Le titre est prescrit" in agent and "Avertissement de FPS majoré" in agent and "68,00 €" in agent
    assert "emission-titre" not in agent and "écriture" not in agent
    lines = await juge.world.pilot.journal(juge.bac, juge.numero)
    assert all(f"rang {line['rang']} {line['acte']}" in developpeur and line["empreinte"][:12] in developpeur for line in lines)


async def test_the_letters_of_a_dossier_and_of_a_whole_bac_are_written_with_the_same_bytes_each_time(
    juge: Juge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await juge.world.pilot.avancer(juge.bac, paris(date(2024, 5, 3)))
    decision = {"nature": "jugement", "sens": "rejet", "motifs": "Non fondée.", "fps_du": 3500, "majoration_due": 5000}
    url = f"{juge.world.addresses[Party.CCSP]}/bacs/{juge.bac}/requetes/{juge.requete}/decision"
    assert (await juge.world.client.post(url, json=decision)).status_code == 200
    await juge.world.pilot.avancer(juge.bac, paris(date(2024, 6, 1)))
    one, two, pages = tmp_path / "un.zip", tmp_path / "deux.zip", tmp_path / "lettres"
    await juge.dire(dossier.courriers(Settings(), juge.bac, juge.numero, one, None, en_json=True))
    told = json.loads(capsys.readouterr().out)
    await juge.dire(dossier.courriers(Settings(), juge.bac, None, two, pages, en_json=False))  # the only dossier of its bac
    with zipfile.ZipFile(one) as packed:
        names = packed.namelist()
        contents = {name: packed.read(name) for name in names}
    assert one.read_bytes() == two.read_bytes() and len(names) == told["fichiers"] == len(set(names))
    assert {str(p.relative_to(pages)): p.read_bytes() for p in pages.rglob("*.*")} == contents
    assert len(told["courriers"]) == 4 and told["courriers"][-1]["service"] == "ccsp"
    printed = [c for c in told["courriers"] if c["imprimable"]]
    assert sum(name.endswith(".pdf") for name in names) == len(printed) >= 2
    assert all(content.startswith(b"%PDF") for name, content in contents.items() if name.endswith(".pdf"))


async def test_the_journal_of_a_dossier_has_its_petition_and_that_of_a_bac_every_line(
    juge: Juge, capsys: pytest.CaptureFixture[str]
) -> None:
    await juge.dire(avance.journal(Settings(), juge.bac, None, en_json=True))
    bac = json.loads(capsys.readouterr().out)["evenements"]
    assert bac == await juge.world.pilot.journal(juge.bac)
    await juge.dire(avance.journal(Settings(), juge.bac, juge.numero, en_json=True))
    own = json.loads(capsys.readouterr().out)["evenements"]
    assert juge.requete in {line["donnees"].get("numero_requete") for line in own} and [line for line in bac if line in own] == own
    await juge.dire(avance.journal(Settings(), juge.bac, juge.numero, en_json=False))
    assert "Titre exécutoire émis" in capsys.readouterr().out


@pytest.mark.parametrize(("numero", "dit"), [("123", "n'est pas le numéro"), ("21590350100017231332072009", "Aucun dossier ne porte")])
async def test_an_unknown_number_is_a_sentence(juge: Juge, numero: str, dit: str) -> None:
    with pytest.raises(Panne, match=dit):
        await juge.dire(dossier.dossier(Settings(), juge.bac, numero, en_json=False))


async def test_a_dossier_is_also_one_page_that_needs_nothing_else_with_its_documents(
    juge: Juge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "ici" / "dossier.html"
    assert await juge.dire(dossier.dossier(Settings(), juge.bac, juge.numero, en_json=True, html=page)) == 0
    capsys.readouterr()
    texte = page.read_text("utf-8")
    assert juge.numero in texte and "titre exécutoire émis" in texte and "SPÉCIMEN" in texte
    assert "sequenceDiagram" in texte and texte.count("data:application/pdf;base64,") >= 3, "its letters are in it, one click away"
    assert re.findall(r"""(?:src|href)=["']?(https?:[^"' >]*)""", texte) == [], "nothing is fetched from elsewhere"
    perdu = tmp_path / "perdu.html"
    with pytest.raises(Panne, match="Aucun dossier ne porte"):
        await juge.dire(dossier.dossier(Settings(), juge.bac, "21590350100017231011072999", en_json=True, html=perdu))
    assert not perdu.exists()
