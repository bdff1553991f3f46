"""A product driven by hand: what is to be done is told, recognised when it comes, declared when nothing shows it; a run goes on."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fps.kit.ground.clock import paris
from fps_certification.certifier import ALaMain, Certifiee, certifier, verifier
from fps_certification.execution import DEPART, Demande, Mode
from fps_certification.observation import Echange
from fps_certification.plans.plan import Plan
from fps_certification.preuves import signature
from fps_certification.preuves.reprise import Journal, PassageAutre
from fps_certification.sujets.contrat import ACTIONS
from fps_certification.sujets.personne import FAIT, NE_SAIT_PAS, REFUSE, AFaire, lignes
from fps_certification.sujets.reference import Reference
from fps_certification.sujets.sujet import Domaine
from fps_certification.verdict import Sort
from fps_console.commandes.a_la_main import Terminal
from fps_simulateur.joueur import Ailleurs
from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLAN = Plan(
    plan="main",
    titre="À la main",
    epreuves=("amiable-transmis", "amiable-paye", "rapo-accepte", "rapo-lendemain"),
    exigences=("EX-101..EX-105", "EX-190", "EX-510", "EX-301", "EX-304"),
    bacs="un",
)


class Main:
    """Somebody, in front of the reference collectivité: does what is told, and says what it shows. `jusqua`: then leaves."""

    def __init__(self, monde: World, jusqua: int = 99, sait: frozenset[str] = frozenset(ACTIONS)):
        self._produit, self._jusqua, self._sait = Reference(Ailleurs(monde.pilot)), jusqua, sait
        self.vus: list[AFaire] = []
        self.venus: list[Echange] = []
        self.parti = asyncio.Event()
        self._dit: asyncio.Queue[str] = asyncio.Queue()

    async def demander(self, quoi: AFaire) -> None:
        self.vus.append(quoi)
        if len(self.vus) > self._jusqua:
            self.parti.set()
            await asyncio.Event().wait()
        if quoi.action not in self._sait:
            self._dit.put_nowait(NE_SAIT_PAS)
            return
        fait = await self._produit.agir(ACTIONS[quoi.action], quoi.bac, quoi.donnees)
        if quoi.action == "lire":
            self._dit.put_nowait(fait.corps["etat"])
        elif fait.statut >= 400:
            self._dit.put_nowait(REFUSE)
        elif not quoi.attend:
            self._dit.put_nowait(FAIT)

    async def repondre(self) -> str | None:
        return await self._dit.get()

    async def reconnaitre(self, echange: Echange) -> None:
        self.venus.append(echange)


async def conduire(monde: World, plan: Plan, main: Main, journal: Journal | None = None, delai: float = 30.0) -> Certifiee:
    nom = plan.plan if journal is None else str(journal.entete["execution"])
    demande = Demande(plan, nom, mode=Mode.A_LA_MAIN, prealable=False)  # the reference system stands for the product
    return await certifier(demande, monde.client, monde.addresses, monde.token, main=ALaMain(main, journal, delai, 0.01))


async def test_a_stopped_run_goes_on_and_what_nothing_shows_is_declared_and_not_proved(monde: World, tmp_path: Path) -> None:
    await monde.pilot.creer("a-la-main", paris(DEPART))
    plan = PLAN.model_copy(update={"bac": "a-la-main"})
    dit = {"plan": plan.model_dump(mode="json"), "execution": "main-1"}
    place = tmp_path / "p.jsonl"
    premier = Main(monde, jusqua=5)
    passage = asyncio.create_task(conduire(monde, plan, premier, Journal(place, dit)))
    await asyncio.wait({passage, asyncio.ensure_future(premier.parti.wait())}, return_when=asyncio.FIRST_COMPLETED)
    passage.cancel()
    with pytest.raises(asyncio.CancelledError):
        await passage
    with place.open("a") as file:
        file.write('{"quoi": "serv')  # it was killed while it wrote
    second = Main(monde)
    journal = Journal(place, dit | {"execution": "main-2"})
    found = await conduire(monde, plan, second, journal)
    assert [q.action for q in premier.vus][5:] == [q.action for q in second.vus][:1]  # what was done is not asked again
    faits = [q.action for q in (*premier.vus[:5], *second.vus)]
    assert faits.count("etablir") == 4 and found.rapport.execution == "main-1"
    sorts = {e.id: e.sort for e in found.rapport.exigences}
    assert sorts == {
        **dict.fromkeys(("EX-101", "EX-102", "EX-103", "EX-104", "EX-105", "EX-190", "EX-304"), Sort.CONFORME),
        "EX-510": Sort.DECLARE,  # nothing but the product shows it
        "EX-301": Sort.DECLARE,
    }
    assert (found.rapport.etat, found.rapport.fautes) == ("conforme", ())
    assert {e.message.nom for e in (*premier.venus, *second.venus) if e.message} == {"creation", "annulation"}
    found.prouver(tmp_path / "preuve", signature.cle(tmp_path))
    assert (await verifier(tmp_path / "preuve"))[1] == found.rapport
    journal.finir()
    assert not place.exists()


async def test_what_somebody_cannot_do_is_not_proved_and_what_does_not_come_is_the_fault_of_the_product(monde: World) -> None:
    await monde.pilot.creer("main-lente", paris(DEPART))
    plan = PLAN.model_copy(update={"bac": "main-lente", "epreuves": ("rapo-lendemain",), "exigences": ("EX-190", "EX-301")})
    found = (await conduire(monde, plan, Main(monde, sait=frozenset({"etablir"})))).rapport
    assert [(e.id, e.sort) for e in found.exigences] == [("EX-190", Sort.CONFORME), ("EX-301", Sort.NON_PROUVE)]
    assert "le produit ne fait pas « déposer un RAPO »" in found.exigences[1].raison and found.etat == "incomplet"

    class Absente(Main):
        async def demander(self, quoi: AFaire) -> None:
            self.vus.append(quoi)

        async def repondre(self) -> str | None:
            return None

    found = (await conduire(monde, plan, Absente(monde), delai=0.05)).rapport
    assert found.code == 1 and [(f.domaine, "« 01.creation » n'est pas venu" in f.phrase) for f in found.fautes] == [
        (Domaine.PRODUIT, True)
    ]
    assert "le bac est au" in found.fautes[0].phrase


async def test_a_run_of_another_plan_is_not_taken_up(tmp_path: Path) -> None:
    Journal(tmp_path / "p", {"plan": {"plan": "un"}, "execution": "x"})
    with pytest.raises(PassageAutre, match="autre plan"):
        Journal(tmp_path / "p", {"plan": {"plan": "autre"}, "execution": "x"})
    (tmp_path / "p").write_text("rien\n")
    with pytest.raises(PassageAutre):
        Journal(tmp_path / "p", {"plan": {"plan": "un"}, "execution": "x"})


async def test_the_terminal_says_what_to_do_keeps_it_as_data_and_reads_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def saisie() -> Iterator[str]:
        yield from ("peut-être\n", "r\n", "2\n", "paye\n", "n\n")

    terminal = Terminal(tmp_path / "a-faire.json", entree=saisie())
    donnees = {"vehicule": {"immatriculation": "AB-123-CD"}, "montant_rectifie": 1500, "conteste_erreur": True, "pieces": [1, 2]}
    quoi = AFaire(1, "essai", "2024-01-02T20:00:00+01:00", "etablir", "Établir un FPS.", donnees, ("01.creation",), ("ANTAI",))
    await terminal.demander(quoi)
    assert json.loads((tmp_path / "a-faire.json").read_text()) == json.loads(json.dumps(quoi.json()))
    assert await terminal.repondre() == REFUSE
    said = capsys.readouterr().out
    assert "À faire, le 02/01/2024 dans le bac « essai »" in said and "vehicule, immatriculation : AB-123-CD" in said
    assert "« 01.creation », à : ANTAI" in said and "« peut-être » n'est pas une réponse" in said
    assert dict(lignes(donnees))["montant rectifie"].startswith("15,00") and dict(lignes(donnees))["pieces"] == "2 élément(s)"
    await terminal.demander(AFaire(2, "essai", quoi.jour, "lire", "Lisez.", {}, choix=("transmis", "paye")))
    assert [await terminal.repondre() for _ in range(4)] == ["paye", "paye", NE_SAIT_PAS, None]
    assert await terminal.repondre() is None
