"""How the tests are shared between workers: what is made ready once stays on one of them, what lasts longest starts first, or waits."""

import os

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
# What waits for FPS_TEST_LONG=1 when all the tests are shared between workers: others play nearly the same, or `make kill` does more.
# Asked by its file, without workers, each is played.
LONGUES = (
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


def pytest_configure(config: pytest.Config) -> None:
    """pytest-xdist would start the groups of many tests first, whatever they last."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each group together, on one worker, in that order.

    pytest-xdist 3.8 writes the group where pytest 9.2 no longer reads it.
    """
    if not config.getoption("loadgroup", False):
        return
    if os.environ.get("FPS_TEST_LONG") != "1":
        remis = {item for item in items if item.nodeid.startswith(LONGUES)}
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
