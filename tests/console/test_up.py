"""`fps up` as one uses it: ready, stopped, killed, started twice, driven by the other commands."""

import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fps.parties import Party
from fps_simulateur.client import ouvrir_sync
from tests.console.simulator import Simulator, fps, free_base, here, parsed, up

pytestmark = pytest.mark.xdist_group("up")  # one simulator for what does not stop it


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_it_starts_five_servers_and_stops_them_all(tmp_path: Path, number: signal.Signals) -> None:
    with up(tmp_path / "fps", "--memory", neuf=number == signal.SIGINT) as simulator:
        for address in (simulator.antai, simulator.dgfip, simulator.ccsp, simulator.collectivite):
            assert httpx.get(f"{address}/sante/pret").json()["statut"] == "pret"
            assert httpx.get(f"{address}/docs").status_code == 200
        simulator.establish()
        assert httpx.get(f"{simulator.console}/sante/pret").json() == {"statut": "pret", "service": "console"}
        assert httpx.get(f"{simulator.console}/sante/vivant").json()["mention"] == "SPÉCIMEN — environnement simulé"
        status, said = simulator.stop(number)
        assert (status, said) == (0, "")
        for port in range(simulator.base, simulator.base + 5):
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", port)) != 0
    # Memory keeps nothing but what the other commands need.
    assert sorted(p.name for p in (tmp_path / "fps").iterdir()) == ["adresses", "pilotage.token", "verrou"]
    assert (tmp_path / "fps" / "pilotage.token").stat().st_mode & 0o777 == 0o600


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator for all that does not stop it."""
    with up(tmp_path_factory.mktemp("simulateur") / "fps", "--memory") as simulator:
        yield simulator


def test_it_creates_the_default_bac_frozen_at_eight_in_the_evening(running: Simulator) -> None:
    state = parsed(running.fps("bac", "etat", "--json"))
    assert (state["bac"], state["mode"]) == ("defaut", "fige")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT20:00:00\+0[12]:00", state["instant"])


def test_it_tells_the_command_that_finds_it_again(running: Simulator) -> None:
    assert f"« fps advance --de P3M --data-dir {running.data_dir} »" in running.said


def test_the_credential_given_by_the_environment_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.console.simulator.clean_environment", _with_token(monkeypatch))
    with up(tmp_path / "fps", "--memory") as simulator:
        refused = httpx.get(f"{simulator.antai}/pilotage/bacs", headers={"Authorization": "Bearer autre"})
        accepted = httpx.get(f"{simulator.antai}/pilotage/bacs", headers={"Authorization": "Bearer mot-de-passe-de-test"})
    assert (refused.status_code, accepted.status_code) == (401, 200)
    assert not (tmp_path / "fps" / "pilotage.token").exists()


def _with_token(monkeypatch: pytest.MonkeyPatch) -> object:
    from tests.console import simulator

    plain = simulator.clean_environment
    return lambda **more: plain(FPS_PILOTAGE_TOKEN="mot-de-passe-de-test", **more)


def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    base = free_base()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", base + 2))
        other.listen()
        result = fps("up", "--port", str(base), data_dir=tmp_path / "fps")
    assert result.returncode == 1
    assert result.stdout == ""
    first, second = result.stderr.splitlines()
    assert first.startswith(f"fps : Un port est déjà pris : {base + 2} (DGFiP), par « ")
    assert "fps up --port 9000" in second
    assert not list((tmp_path / "fps").glob("*.db"))


def test_a_second_simulator_on_the_same_data_is_refused(running: Simulator) -> None:
    result = fps("up", "--port", str(free_base()), data_dir=running.data_dir)
    assert result.returncode == 1
    assert "Un simulateur tourne déjà" in result.stderr


@pytest.mark.parametrize("pause", [0.0, 0.1])
def test_killed_at_any_moment_it_loses_nothing_and_says_nothing_twice(tmp_path: Path, pause: float) -> None:
    base = free_base()
    with up(tmp_path / "fps", base=base) as simulator:
        numbers = [simulator.establish() for _ in range(5)]
        time.sleep(pause)
        simulator.process.kill()
        simulator.process.wait(10)
    with up(tmp_path / "fps", base=base) as simulator:
        for number in numbers:
            simulator.wait_state(number, "transmis")
        assert [d["numero"] for d in httpx.get(f"{simulator.antai}/dossiers", headers=simulator.bearer).json()["elements"]] == numbers
        counts = parsed(simulator.fps("bac", "etat", "--json"))["comptes"]
        assert (counts["ecrites"], counts["recues"], counts.get("refusees", 0), counts.get("mortes", 0)) == (5, 5, 0, 0)
        assert simulator.stop()[0] == 0


def test_one_simulator_answers_all_the_commands(running: Simulator, tmp_path: Path) -> None:
    _bacs(running, tmp_path)
    _advance(running)
    _doctor(running)
    _dead_letters(running)


def _bacs(simulator: Simulator, folder: Path) -> None:
    assert (
        simulator.fps("bac", "creer", "essai", "--le", "2026-09-28T10:00").stdout
        == "Le bac « essai » est créé, au 28 septembre 2026, 10:00.\n"
    )
    twice = simulator.fps("bac", "creer", "essai")
    assert twice.returncode == 1
    assert twice.stderr.startswith("fps : Un bac à sable porte déjà ce nom")
    assert simulator.fps("bac", "copier", "essai", "copie").returncode == 0
    assert simulator.fps("bac", "exporter", "copie", str(folder / "copie.bac.gz")).returncode == 0
    assert simulator.fps("bac", "importer", "reprise", str(folder / "copie.bac.gz")).returncode == 0
    assert [path.name for path in folder.glob("copie*")] == ["copie.bac.gz"]
    _modeles(simulator, folder / "copie.bac.gz")
    assert [s["bac"] for s in parsed(simulator.fps("bac", "lister", "--json"))] == ["copie", "defaut", "essai", "reprise"]
    assert "28/09/2026 10:00" in simulator.fps("bac", "lister").stdout
    for name in ("copie", "reprise"):
        assert simulator.fps("bac", "supprimer", name).returncode == 0
    gone = simulator.fps("bac", "etat", "copie")
    assert (gone.returncode, gone.stdout) == (1, "")
    assert "n'existe pas" in gone.stderr
    missing = simulator.fps("bac", "importer", "faux", str(folder / "absent.json"))
    assert missing.stderr.startswith(f"fps : {folder / 'absent.json'} : ce chemin n'existe pas.")
    assert simulator.fps("bac", "creer", "Majuscule").stderr.startswith("fps : Ce nom de bac n'est pas permis.")
    _clock(simulator)
    (folder / "faux.json").write_text("pas du JSON")
    assert "n'est pas un fichier JSON" in simulator.fps("bac", "importer", "faux", str(folder / "faux.json")).stderr


def _modeles(simulator: Simulator, fichier: Path) -> None:
    """A bac that begins as another is, or as one was exported; a model is given alone."""
    for modele in ("essai", str(fichier)):
        assert simulator.fps("bac", "creer", "calque", "--modele", modele).returncode == 0, modele
        assert parsed(simulator.fps("bac", "etat", "calque", "--json"))["instant"] == "2026-09-28T10:00:00+02:00"
        assert simulator.fps("bac", "supprimer", "calque").returncode == 0
    seul = simulator.fps("bac", "creer", "calque", "--modele", "essai", "--le", "2026-01-01")
    assert seul.returncode == 2 and "Donnez --modele seul." in seul.stderr
    absent = simulator.fps("bac", "creer", "calque", "--modele", "nulle-part")
    assert absent.returncode == 1 and "nulle-part" in absent.stderr


def _clock(simulator: Simulator) -> None:
    assert simulator.fps("bac", "creer", "vif", "--le", "2026-09-28", "--courant", "--vitesse", "5").returncode == 0
    running = simulator.fps("advance", "--bac", "vif", "--de", "P1D")
    assert running.returncode == 1
    assert "fps bac figer vif" in running.stderr
    fast = simulator.fps("bac", "courir", "vif", "--vitesse", "1000000000000")
    assert fast.returncode == 1
    assert re.search(r"^      vitesse : .{10,}$", fast.stderr, re.MULTILINE), fast.stderr
    assert simulator.fps("bac", "figer", "vif").stdout.endswith("horloge figée.\n")
    assert simulator.fps("advance", "--bac", "vif", "--de", "P1D").returncode == 0
    assert simulator.fps("bac", "courir", "vif").stdout.endswith("horloge courante, × 1.\n")
    assert simulator.fps("bac", "supprimer", "vif").returncode == 0


def _advance(simulator: Simulator) -> None:
    collectivite, simulator.collectivite = simulator.collectivite, f"{simulator.collectivite}/bacs/essai"
    number = simulator.establish()
    simulator.wait_state(number, "transmis")
    simulator.collectivite = collectivite
    found = parsed(simulator.fps("advance", "--bac", "essai", "--de", "P7D", "--json"))
    assert found["instant"] == "2026-10-05T10:00:00+02:00"
    acts = [(e["date"][:10], e["service"], e["acte"]) for e in found["evenements"]]
    assert ("2026-09-29", "antai", "courrier") in acts
    assert acts[-1] == ("2026-10-05", "antai", "notification")
    assert {"date", "service", "acte", "article", "sujet", "donnees", "rang", "wall_time"} <= set(found["evenements"][0])
    told = simulator.fps("advance", "--bac", "essai", "--jusqua", "2027-01-06").stdout
    assert re.search(rf"06/01/2027\s+ANTAI\s+Terme passé sans paiement\s+35,00.*\n.*\n\s+{number}", told)
    assert told.endswith("Le bac « essai » est au 6 janvier 2027, 20:00.\n")
    back = simulator.fps("advance", "--bac", "essai", "--jusqua", "2026-10-01")
    assert back.returncode == 5
    assert back.stderr.startswith("fps : Le temps d'un bac ne recule pas")
    assert "Créez un autre bac à la date voulue. Une date sans heure veut dire 20:00" in back.stderr
    assert simulator.fps("advance", "--bac", "essai", "--de", "P1D").stdout.startswith("Rien n'était dû.\n")


def _doctor(simulator: Simulator) -> None:
    healthy = simulator.fps("doctor")
    assert healthy.returncode == 0, healthy.stdout
    assert healthy.stdout.endswith("Tout va bien.\n")
    assert "Bac « essai » : date figée, 7 janvier 2027 20:00" in healthy.stdout
    wrong_token = here("doctor", data_dir=simulator.data_dir, FPS_PILOTAGE_TOKEN="autre")
    assert wrong_token.returncode == 1
    assert "PANNE  Jeton de pilotage : refusé par Collectivité, ANTAI, DGFiP, Juridiction du stationnement payant" in wrong_token.stdout


def _dead_letters(simulator: Simulator) -> None:
    assert simulator.fps("lettres-mortes", "lister").stdout == "Aucune lettre morte dans le bac « defaut ».\n"
    assert parsed(simulator.fps("lettres-mortes", "lister", "--json")) == []
    unknown = simulator.fps("lettres-mortes", "rejouer", "inconnue")
    assert unknown.returncode == 1
    assert "Aucune lettre morte ne porte l'identifiant" in unknown.stderr
    for name in ("nul", "?"):
        found = simulator.fps("lettres-mortes", "lister", "--bac", name)
        assert (found.returncode, "n'existe pas" in found.stderr) == ((1, True) if name == "nul" else (0, False)), found


def test_the_doctor_tells_a_silent_service_from_a_taken_port(tmp_path: Path) -> None:
    base = free_base()
    book = ",".join(f"{p}=http://127.0.0.1:{base + i}" for i, p in enumerate(("antai", "dgfip", "ccsp", "collectivite"), 1))
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", base + 1))
        other.listen()
        result = here("doctor", "--adresses", book, data_dir=tmp_path)
    assert result.returncode == 1
    assert f"PANNE  ANTAI : le port {base + 1} est pris" in result.stdout
    assert f"PANNE  DGFiP : ne répond pas à http://127.0.0.1:{base + 2} (port libre)" in result.stdout
    assert "→ Démarrez tout avec « fps up »" in result.stdout
    assert "Traceback" not in result.stderr


def test_the_client_of_programs_plays_in_it(running: Simulator) -> None:
    """The same as in memory, over HTTP; its bac is gone afterwards."""
    addresses = {Party.ANTAI: running.antai, Party.DGFIP: running.dgfip, Party.CCSP: running.ccsp, Party.COLLECTIVITE: running.collectivite}
    token = (running.data_dir / "pilotage.token").read_text().strip()
    with ouvrir_sync(addresses, token) as monde:
        bac = monde.bac()
        dossier = bac.etablir()
        bac.advance("avertissement")
        dossier.attendre(antai={"etat": "titre-emis"}, dgfip={"etat": "averti", "a_payer": 6800})
        monde.oublier(bac)
    assert bac.nom not in running.fps("bac", "lister").stdout


def test_a_life_is_played_in_a_bac_that_stays(running: Simulator) -> None:
    """And twice under one name is refused before anything is played."""
    played = running.fps("play", "titre-collectif", "--bac", "joue")
    assert played.returncode == 0 and "dans le bac « joue »" in played.stdout, played.stdout + played.stderr
    assert (
        "joue" in running.fps("bac", "lister").stdout and "Titre exécutoire émis" in running.fps("journal", "lire", "--bac", "joue").stdout
    )
    again = running.fps("play", "titre-collectif", "--bac", "joue")
    assert again.returncode == 2 and "existe déjà" in again.stderr
    sans_tls = running.fps("play", "creation-refusee", "titre-collectif", "--bac", "sans-tls")
    assert sans_tls.returncode == 4 and "NON   creation-refusee" in sans_tls.stdout and "« fps up --tls »" in sans_tls.stdout
    assert "ok    titre-collectif" in sans_tls.stdout and "1 vie jouée, aucune fausse, 1 qui montre un certificat" in sans_tls.stdout
    assert "sans-tls-1" not in running.fps("bac", "lister").stdout
    ill_named = running.fps("play", "titre-collectif", "--bac", "Mauvais_Nom")
    assert ill_named.returncode == 2 and "nom d'un bac" in ill_named.stderr
    unknown = running.fps("comparer", "joue", "nulle")  # 1 would say that they differ
    assert unknown.returncode == 2 and "nulle" in unknown.stderr
