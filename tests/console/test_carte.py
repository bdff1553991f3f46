"""The map: every flow has its arrow, in its direction, and no label stands on an arrow, a box or another label."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from fps.flows import FLOWS, by_type, flow
from fps.messages.mfps import AccuseFps
from fps.parties import Party
from fps_console.web.carte import BOXES, CHAR, HEIGHT, WIDTH, Way, arrows, carte_svg

SVG = "{http://www.w3.org/2000/svg}"
Rect = tuple[float, float, float, float]
WAYS = [(n, a, b) for n in range(1, 17) for a in Party for b in Party]
COUNTS = [None, {way: way[0] for way in WAYS}, dict.fromkeys(WAYS, 9_999), dict.fromkeys(WAYS, 912_345_678)]


def overlap(a: Rect, b: Rect) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def labels(group: ET.Element) -> Rect:
    circle = group.find(f"{SVG}circle")
    assert circle is not None
    spans = group.findall(f".//{SVG}tspan")
    x, y = float(circle.get("cx", "")), float(circle.get("cy", ""))
    right = max(float(span.get("x", "")) + len(span.text or "") * CHAR for span in spans)
    return (x - 11, y - 11, right, y + 9 + 15 * (len(spans) - 1))


def segments(group: ET.Element) -> list[Rect]:
    path = group.find(f"{SVG}path")
    assert path is not None
    points = [tuple(map(float, point.split())) for point in path.get("d", "").removeprefix("M").split(" L")]
    return [(min(a[0], b[0]) - 1, min(a[1], b[1]) - 1, max(a[0], b[0]) + 1, max(a[1], b[1]) + 1) for a, b in pairwise(points)]


@pytest.mark.parametrize("counts", COUNTS, ids=["no-counts", "small", "thousands", "millions"])
def test_labels_arrows_and_boxes_do_not_overlap(counts: dict[Way, int] | None) -> None:
    groups = ET.fromstring(carte_svg(FLOWS, counts)).findall(f"{SVG}g[@class='flux']")
    texts = [(g.get("data-flux"), labels(g)) for g in groups]
    lines = [(g.get("data-flux"), s) for g in groups for s in segments(g)]
    boxes = [(p.value, (b.left, b.top, b.right, b.bottom)) for p, b in BOXES.items()]
    assert not [(t, o) for t in texts for o in lines + boxes if overlap(t[1], o[1])]
    assert not [(a, b) for a, b in combinations(texts, 2) if overlap(a[1], b[1])]
    assert not [(a, b) for g, h in combinations(groups, 2) for a in segments(g) for b in segments(h) if overlap(a, b)], "two arrows cross"
    assert all(x0 > 0 and x1 < WIDTH and y0 > 0 and y1 < HEIGHT for _, (x0, y0, x1, y1) in texts + lines)


def test_every_flow_has_its_number_its_name_and_a_sentence() -> None:
    svg = carte_svg(FLOWS)
    root = ET.fromstring(svg)
    assert {g.get("data-flux") for g in root.findall(f"{SVG}g[@class='flux']")} == {str(n) for n in range(1, 17)}
    assert "SPÉCIMEN — environnement simulé" in svg
    assert root.findtext(f"{SVG}title") == "Carte des flux du forfait de post-stationnement"
    assert "Flux 13, Avertissement, de DGFiP à Usager." in (root.findtext(f"{SVG}desc") or "")


@pytest.mark.parametrize(
    ("number", "first", "second", "forward", "backward"),
    [
        (1, Party.COLLECTIVITE, Party.ANTAI, True, False),
        (2, Party.USAGER, Party.ANTAI, False, True),
        (3, Party.USAGER, Party.COLLECTIVITE, True, True),
        (4, Party.USAGER, Party.DGFIP, True, False),
        (5, Party.ANTAI, Party.DGFIP, True, True),
        (7, Party.CCSP, Party.COLLECTIVITE, True, True),
        (12, Party.ANTAI, Party.DGFIP, True, False),
        (14, Party.ANTAI, Party.CCSP, False, True),
    ],
)
def test_an_arrow_goes_the_way_of_its_messages(number: int, first: Party, second: Party, forward: bool, backward: bool) -> None:
    found = {(a.first, a.second): (a.forward, a.backward) for a in arrows([flow(number)])}
    assert found[first, second] == (forward, backward)


def counted(svg: str, number: int) -> set[str]:
    """The counts written beside the arrows of a flow."""
    groups = ET.fromstring(svg).findall(f"{SVG}g[@class='flux'][@data-flux='{number}']")
    return {group.findall(f"{SVG}text")[-1].text or "" for group in groups}


def test_each_arrow_counts_its_own_messages_and_not_those_of_another_pair() -> None:
    svg = carte_svg(FLOWS, {(5, Party.ANTAI, Party.COLLECTIVITE): 4, (5, Party.DGFIP, Party.ANTAI): 3})
    assert counted(svg, 5) == {"4", "←0 →3", "0"}


def test_an_arrow_of_two_heads_counts_each_way() -> None:
    svg = carte_svg(FLOWS, {(7, Party.CCSP, Party.COLLECTIVITE): 925, (7, Party.COLLECTIVITE, Party.CCSP): 31})
    assert counted(svg, 7) == {"↓925 ↑31"}


def test_two_parties_that_the_map_does_not_link_are_refused() -> None:
    message = type(
        "Lettre", (), {"sender": Party.DGFIP, "receiver": Party.CCSP, "channel": by_type(AccuseFps.type).channel.AMQP, "answer": None}
    )
    with pytest.raises(ValueError, match="flux 12"):
        arrows([replace(flow(12), messages=(message,))])
