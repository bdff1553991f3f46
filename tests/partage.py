"""How the tests are shared between workers: what is made ready once stays on one, what lasts longest starts first, or has its turn."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

# The groups that last, the longest first: one that started last would be waited for by workers that have nothing more to do.
LONGS = (
    "catalogue-memoire",
    "vrai",
    "tests.situations.test_bornes.py",
    "navigateur",
    "up",
    "compose",
    "tests.kit.test_boites.py",
    "documents",
    "distributions",
    "tests.situations.test_refus.py",
    "tests.kit.test_migrations.py",
    "tests.scenarios.test_machine.py",
    "tests.console.test_play.py",
    "tests.flows.test_hostile_values.py",
    "tests.kit.test_once_killed.py",
    "exemples",
    "tests.certification.test_exploration.py",
    "tests.console.test_langue.py",
    "tests.flows.test_certificats_refuses.py",
    "enrolement",
    "tests.kill.test_harnais.py",
    "fuzz",
    "broker",
    "tls",
    "psce",
    "demo",
    "plans",
)
# What is played in its turn when all the tests are shared between workers: a run plays one part in so many of it, which the commit draws,
# and FPS_TEST_LONG=1 all of it. Others play nearly the same each time, or `make check` and `make kill` do.
# Asked by its file, without workers, each is played.
TOURS = 6
LONGUES = (
    # Each product that is wrong on purpose: `make check` plays nine of them each time, and counts them all.
    "tests/certification/test_mutants.py::",
    "tests/certification/test_exemples.py::",
    "tests/certification/test_reprise.py::test_a_run_killed_twice",
    "tests/certification/test_repetition.py::",
    "tests/certification/test_duel.py::",
    "tests/flows/test_import_champ_par_champ.py::",
    "tests/kit/test_migrations.py::test_what_each_earlier_revision_holds_is_kept_up_to_the_last",
    "tests/kit/test_distributions.py::",
    "tests/kit/test_archive.py::test_four_times_more_dossiers_need_no_more_memory",
    "tests/scenarios/test_memoire.py::test_what_was_asked_of_a_bac_waits_outside_the_memory",
    "tests/scenarios/test_memoire.py::test_two_journals_are_compared_without_being_held",
    "tests/scenarios/test_shuffled_letters.py::",
    "tests/scenarios/test_traces_processus.py::",
    "tests/scenarios/test_record_du_catalogue.py::",
    "tests/contrats/test_fuzz.py::",
    "tests/project/test_bench.py::test_the_pages_of_a_large_bac_are_asked_on_dossiers_that_were_copied",
    "tests/console/test_play.py::test_lives_stop_at_a_moment_and_are_the_same_whatever_processes_play_them",
    "tests/console/test_valeurs_hostiles.py::",
    "tests/flows/test_altered_exports.py::",
    # The mouse does each walk each time.
    *(
        f"tests/browser/test_parcours_in_chromium.py::{nom}[clavier]"
        for nom in (
            "test_a_first_dossier_goes_to_its_refund_by_the_forms",
            "test_a_product_is_certified_by_hand_from_the_plan_to_the_evidence_that_is_verified",
            "test_a_town_enrols_at_its_desks",
            "test_a_town_goes_from_its_form_to_a_title",
        )
    ),
    "tests/browser/test_apprendre_in_chromium.py::",
    # `make check` compares the documents too.
    "tests/project/test_documentation.py::test_the_generated_documents_are_fresh_else_run_make_docs",
    "tests/certification/test_exploration.py::test_ten_thousand_steps_find_nothing_on_the_reference_collectivite",
    "tests/certification/test_exploration.py::test_no_written_plan_catches_any_of_these_products",
    *(
        f"tests/certification/test_exploration.py::test_what_is_wrong_in_a_combination_is_found_as_a_life_that_fails[{nom}]"
        for nom in (
            "cheque-rejete-puis-repaye",
            "deux-fps-de-la-meme-plaque",
            "annulation-le-jour-de-la-limite",
            "vingt-neuf-fevrier",
            "minore-au-dernier-jour-du-rapo",
            "rejet-apres-rectificatif",
            "second-rapo-apres-rejet",
            "redite-apres-rectificatif",
            "modification-puis-annulation",
        )
    ),
    "tests/kit/test_integration_continue.py::test_the_steps_of_both_jobs_do_what_they_say_in_an_empty_environment",
    "tests/console/test_up.py::test_killed_at_any_moment_it_loses_nothing_and_says_nothing_twice[0.1]",
    "tests/certification/test_execution.py::test_the_reference_collectivite_passes_every_plan_whole_by_the_published_contract[contentieux]",
    "tests/certification/test_exemples.py::test_a_product_passes_a_shipped_plan_whole",
    "tests/certification/test_rapports.py::test_the_file_of_a_test_is_played_by_pytest_itself",
    "tests/certification/test_execution.py::test_the_reference_collectivite_passes_every_plan_whole_by_the_published_contract[reception]",
    "tests/certification/test_execution.py::test_the_reference_collectivite_passes_every_plan_whole_by_the_published_contract[robustesse]",
    # The rows of the bench are measured by who measures; that they can be is shown by the quicker ones.
    "tests/project/test_bench.py::test_a_whole_life_is_timed_and_written_with_the_keys_of_the_contract",
    "tests/project/test_bench.py::test_lives_and_the_months_of_a_town_are_counted_before_their_time_means_anything",
    # Measured under tracemalloc, which slows all that it sees.
    "tests/console/test_doctor_invariants.py::test_four_times_more_dossiers_need_no_more_memory_to_be_looked_at",
    *(f"tests/kit/test_distributions.py::test_a_wheel_holds_every_file_of_its_package[{nom}]" for nom in ("dgfip", "ccsp", "collectivite")),
    "tests/population/test_marche.py::test_a_run_cut_anywhere_gives_the_same_world_byte_for_byte",
    "tests/kit/test_distributions.py::test_a_distribution_starts_alone[dgfip]",
    "tests/kit/test_distributions.py::test_a_distribution_starts_alone[ccsp]",
    "tests/kit/test_distributions.py::test_a_distribution_starts_alone[collectivite]",
    # Each service passes by each of its revisions on one engine, and from the first to the last at once on both.
    "tests/kit/test_migrations.py::test_what_each_earlier_revision_holds_is_kept_up_to_the_last[postgresql-ccsp-each]",
    "tests/kit/test_migrations.py::test_what_each_earlier_revision_holds_is_kept_up_to_the_last[postgresql-dgfip-each]",
    "tests/kit/test_migrations.py::test_what_each_earlier_revision_holds_is_kept_up_to_the_last[sqlite-antai-each]",
    "tests/kit/test_migrations.py::test_what_each_earlier_revision_holds_is_kept_up_to_the_last[sqlite-collectivite-each]",
)
COURTS = ("tests.flows.test_table.py", "tests.project.test_project.py")  # many tests of nothing: they fill what is left at the end


def groupe(item: pytest.Item) -> str:
    """The `xdist_group` of a test, else its file."""
    return next((str(mark.args[0]) for mark in item.iter_markers("xdist_group")), item.nodeid.partition("::")[0].replace("/", "."))


def ordre(groupes: dict[str, int]) -> dict[str, int]:
    """The place of each group among these, which have so many tests: the long ones, the many, the short ones."""
    reste = sorted(groupes.keys() - {*LONGS, *COURTS}, key=lambda nom: (-groupes[nom], nom))
    return {nom: place for place, nom in enumerate((*LONGS, *reste, *COURTS))}


def a_son_tour(nom: str) -> bool:
    """Whether this one is played now: where no turn is said, all are."""
    tour = os.environ.get("FPS_TEST_TOUR", "")
    return tour == "" or crc32(nom.encode()) % TOURS == int(tour) % TOURS


def _tour() -> int:
    """The turn that the commit draws; of the day where there is none."""
    try:
        git = ["git", "rev-parse", "HEAD"]
        said = subprocess.run(git, cwd=Path(__file__).parent, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return datetime.now(UTC).toordinal() % TOURS
    return crc32(said.strip().encode()) % TOURS


def pytest_configure(config: pytest.Config) -> None:
    """pytest-xdist would start the groups of many tests first, whatever they last."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False
    if os.environ.get("FPS_TEST_LONG") == "1":
        os.environ.pop("FPS_TEST_TOUR", None)
    elif config.getoption("loadgroup", False) or config.getoption("dist", "no") == "loadgroup":
        os.environ.setdefault("FPS_TEST_TOUR", str(_tour()))  # the workers are told


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Which turn it was, to play the same again."""
    if tour := os.environ.get("FPS_TEST_TOUR"):
        terminalreporter.write_line(f"turn {tour} of {TOURS}: FPS_TEST_TOUR={tour} plays the same, FPS_TEST_LONG=1 what all the turns do")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each group together, on one worker, in that order.

    pytest-xdist 3.8 writes the group where pytest 9.2 no longer reads it.
    """
    if not config.getoption("loadgroup", False):
        return
    if os.environ.get("FPS_TEST_TOUR"):
        remis = {item for item in items if item.nodeid.startswith(LONGUES) and not a_son_tour(item.nodeid)}
        config.hook.pytest_deselected(items=[item for item in items if item in remis])
        items[:] = [item for item in items if item not in remis]
    nombres: dict[str, int] = {}
    noms: dict[pytest.Item, str] = {}
    for item in items:
        nom = noms[item] = groupe(item)
        nombres[nom] = nombres.get(nom, 0) + 1
        if hasattr(item, "_id") and not item.nodeid.endswith(f"@{nom}"):  # an older pytest needs nothing
            from _pytest.nodeid import coerce_node_id

            item._id = coerce_node_id(f"{item.nodeid}@{nom}")
    places = ordre(nombres)
    items.sort(key=lambda item: places[noms[item]])
