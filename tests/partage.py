"""How the tests are shared between workers: what is made ready once stays on one of them, and what lasts longest starts first."""

import pytest

# The groups that last, the longest first: one that started last would be waited for by workers that have nothing more to do.
LONGS = (
    "catalogue-memoire",
    "vrai",
    "tests.situations.test_bornes.py",
    "up",
    "compose",
    "tests.kit.test_boites.py",
    "documents",
    "distributions",
    "tests.situations.test_refus.py",
    "tests.kit.test_migrations.py",
    "tests.scenarios.test_machine.py",
    "tests.console.test_play.py",
    "tests.flows.test_certificats_refuses.py",
    "enrolement",
    "tests.browser.test_pages_in_chromium.py",
    "tests.kill.test_harnais.py",
    "fuzz",
    "broker",
    "tls",
    "psce",
    "demo",
    "plans",
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
