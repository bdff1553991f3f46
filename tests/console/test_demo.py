"""`fps demo` as a new user runs it: two lives, their dates and amounts, their letters, and nothing left behind."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.console.simulator import fps, here

pytestmark = pytest.mark.xdist_group("demo")  # one run for all that only reads what it said
NBSP = "\u00a0"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple["subprocess.CompletedProcess[str]", Path]:
    folder = tmp_path_factory.mktemp("demo")
    return fps("demo", "--sortie", folder / "sortie", cwd=folder), folder


def test_it_succeeds_and_says_what_it_is(shown: tuple["subprocess.CompletedProcess[str]", Path]) -> None:
    result, _ = shown
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert result.stdout.count("SPÉCIMEN — environnement simulé") == 2


def test_it_reads_in_a_hundred_columns_without_colours(shown: tuple["subprocess.CompletedProcess[str]", Path]) -> None:
    lines = shown[0].stdout.splitlines()
    assert "\x1b" not in shown[0].stdout
    assert max(len(line.rstrip()) for line in lines if "/sortie/" not in line) <= 100


def test_paris_is_paid_at_the_reduced_amount(shown: tuple["subprocess.CompletedProcess[str]", Path]) -> None:
    paris = _part(shown[0].stdout, "Ville de Paris", "Ville de Lille")
    assert "Clé " in paris
    assert re.search(r"29/09/2026\s+ANTAI\s+Avis établi et envoyé\s+75,00", paris)
    assert "notification le 05/10/2026" in paris
    assert "minoré jusqu'au 08/10/2026" in paris
    assert re.search(r"03/10/2026\s+Usager → ANTAI\s+Paiement du FPS, reçu\s+4", paris)
    assert f"Fin : payé au montant minoré, 52,50{NBSP}€ au lieu de 75,00{NBSP}€." in paris


def test_lille_goes_unpaid_to_the_avertissement(shown: tuple["subprocess.CompletedProcess[str]", Path]) -> None:
    lille = _part(shown[0].stdout, "Ville de Lille", "Courriers écrits")
    # Sent on 29 September, notified on 5 October, payable to 5 January: unpaid on the 6th; ten days more, then the title.
    assert re.search(r"05/10/2026\s+ANTAI\s+Avis réputé notifié", lille)
    assert "à payer jusqu'au 05/01/2027" in lille
    assert re.search(r"06/01/2027\s+ANTAI\s+Terme passé sans paiement\s+35,00", lille)
    assert re.search(r"16/01/2027\s+ANTAI\s+Titre exécutoire émis\s+35,00", lille)
    assert re.search(r"ANTAI → DGFiP\s+Titre exécutoire\s+12", lille)
    assert re.search(r"DGFiP → Usager\s+Avertissement de FPS majoré\s+13\s+85,00", lille)
    end = " ".join(lille.split("Fin : ")[1].split()).replace(NBSP, " ")
    assert end == ("avertissement envoyé, 35,00 € + 50,00 € de majoration = 85,00 € ; 68,00 € si payé avant le 23/02/2027 inclus. ").strip()


def test_every_letter_it_names_is_a_pdf(shown: tuple["subprocess.CompletedProcess[str]", Path]) -> None:
    result, folder = shown
    named = [Path(m) for m in re.findall(r"^  .*?  (/\S+\.pdf)$", result.stdout, re.MULTILINE)]
    assert len(named) == 6
    assert set(named) == set((folder / "sortie").rglob("*.*"))
    for path in named:
        assert path.read_bytes().startswith(b"%PDF"), path
    assert [p.name for p in named] == [
        "2026-09-29-apa.pdf",
        "2026-09-29-requete-impression.pdf",
        "2026-10-03-justificatif-fps.pdf",
        "2026-09-29-apa.pdf",
        "2026-09-29-requete-impression.pdf",
        "2027-01-23-avertissement.pdf",
    ]


def test_the_first_pages_of_the_project_show_what_it_prints(shown: tuple["subprocess.CompletedProcess[str]", Path]) -> None:
    printed = shown[0].stdout
    story = printed[printed.index("2. Ville de Lille") : printed.index("Courriers écrits")]
    told = "\n".join(line.rstrip() for line in story.rstrip().splitlines())
    for readme in ("README.md", "README.fr.md"):
        quoted = (Path(__file__).resolve().parents[2] / readme).read_text("utf-8")
        assert told in quoted, readme
        shown_there = [block.partition("```")[0].strip() for block in quoted.split("```text\n")[1:]]
        assert len(shown_there) == 1 and shown_there[0] in "\n".join(line.rstrip() for line in printed.splitlines()), readme


def test_it_leaves_nothing_but_the_letters(shown: tuple["subprocess.CompletedProcess[str]", Path]) -> None:
    assert [p.name for p in shown[1].iterdir()] == ["sortie"]


def test_it_says_the_same_thing_twice(shown: tuple["subprocess.CompletedProcess[str]", Path]) -> None:
    result, folder = shown
    letters = {p: p.read_bytes() for p in folder.rglob("*.pdf")}
    again = here("demo", "--sortie", folder / "sortie")
    assert again.stdout == result.stdout
    assert {p: p.read_bytes() for p in folder.rglob("*.pdf")} == letters


def test_a_folder_that_cannot_be_written_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "sortie").write_text("un fichier, pas un dossier")
    result = here("demo", "--sortie", tmp_path / "sortie")
    assert result.returncode == 1
    assert result.stderr.startswith("fps : ")
    assert "Traceback" not in result.stderr


def _part(text: str, start: str, end: str) -> str:
    return text[text.index(start) : text.index(end, text.index(start))]
