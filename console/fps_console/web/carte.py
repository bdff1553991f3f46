"""The map of the ecosystem as one SVG drawing: five parties, the numbered arrows read from the flow table, counts when there are some."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from fps.flows import Flow
from fps.parties import LIBELLES, Channel, Party, Phase
from fps_console.mots.typographie import francais

Point = tuple[float, float]
Way = tuple[int, Party, Party]  # a flow, its sender, its receiver
WIDTH, HEIGHT = 1360, 1010
PITCH = 46  # between two parallel arrows: room for a label of two lines
CHAR = 7.6  # a wide average advance at 13 px, whatever the font of the reader
SPECIMEN = "SPÉCIMEN — environnement simulé"

COLOURS: dict[Phase, tuple[str, str]] = {
    Phase.AMIABLE: ("#1f5f8b", "Phase amiable"),
    Phase.RAPO: ("#8a4b00", "Recours préalable"),
    Phase.TOUTES: ("#33691e", "Paiement"),
    Phase.CONTENTIEUX: ("#6a1b7a", "Phase contentieuse"),
    Phase.EXECUTOIRE: ("#a3222c", "Phase exécutoire"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A party on the map, in pixels."""

    left: float
    top: float
    width: float
    height: float
    role: str

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def sides(self, n: int) -> list[float]:
        """The heights of n horizontal arrows on a vertical side, from top to bottom; a label stands above each."""
        return [self.top + self.height / 2 + (i - (n - 1) / 2) * PITCH + PITCH / 6 for i in range(n)]


BOXES: dict[Party, Box] = {
    Party.CCSP: Box(560, 230, 240, 90, "juge les recours"),
    Party.USAGER: Box(40, 420, 200, 200, "paie, conteste, reçoit"),
    Party.COLLECTIVITE: Box(560, 420, 240, 200, "établit les FPS, examine les RAPO"),
    Party.ANTAI: Box(1120, 420, 200, 200, "notifie, encaisse, émet les titres"),
    Party.DGFIP: Box(560, 720, 240, 200, "recouvre et rembourse"),
}


@dataclass(frozen=True, slots=True)
class Arrow:
    """The messages of one flow between two parties: towards the second, the first, or both."""

    flow: Flow
    first: Party
    second: Party
    forward: bool
    backward: bool


@dataclass(frozen=True, slots=True)
class Track:
    """The way of an arrow, from its first party to its second, and the place of its label (left, bottom, width)."""

    points: tuple[Point, ...]
    label: tuple[float, float, float]


# Each pair of parties that may write to one another, in the direction its tracks are drawn; the graph is planar: none cross.
PAIRS: tuple[tuple[Party, Party], ...] = (
    (Party.USAGER, Party.COLLECTIVITE),
    (Party.COLLECTIVITE, Party.ANTAI),
    (Party.USAGER, Party.ANTAI),
    (Party.USAGER, Party.CCSP),
    (Party.ANTAI, Party.CCSP),
    (Party.CCSP, Party.COLLECTIVITE),
    (Party.COLLECTIVITE, Party.DGFIP),
    (Party.USAGER, Party.DGFIP),
    (Party.ANTAI, Party.DGFIP),
)


def arrows(flows: Sequence[Flow]) -> list[Arrow]:
    """Return one arrow per flow and pair of parties; answers add no arrow, and a party outside the map (the print shop) none.

    Raises ValueError when two parties write to one another that the map does not link.
    """
    found = []
    for flow in flows:
        answers = {message.answer for message in flow.messages}
        ways = {
            (m.sender, m.receiver)
            for m in flow.messages
            if m.channel is not Channel.REPONSE and m not in answers and {m.sender, m.receiver} <= BOXES.keys()
        }
        for first, second in PAIRS:
            if {(first, second), (second, first)} & ways:
                found.append(Arrow(flow, first, second, (first, second) in ways, (second, first) in ways))
        if lost := [way for way in ways if way not in PAIRS and way[::-1] not in PAIRS]:
            raise ValueError(f"flux {flow.number} : la carte ne relie pas {lost}")
    return found


def tracks(first: Party, second: Party, n: int) -> list[Track]:
    """Return the ways of n parallel arrows between two parties, in the order of their labels from top to bottom."""
    a, b = BOXES[first], BOXES[second]
    if a.top == b.top and (first, second) == (Party.USAGER, Party.ANTAI):  # over the roof
        return [
            Track(((x, a.top), (x, y), (WIDTH - x, y), (WIDTH - x, b.top)), (400, y, 560))
            for x, y in ((a.left + 24 + i * 28, a.top - 290 + i * PITCH) for i in range(n))
        ]
    if a.top == b.top:
        return [Track(((a.right, y), (b.left, y)), (a.right, y, b.left - a.right)) for y in a.sides(n)]
    if a.left == b.left:  # one above the other, labels outside
        middle = (a.bottom + b.top) / 2
        xs = [a.left + a.width / 2 + (i - (n - 1) / 2) * 60 for i in range(n)]
        return [
            Track(((x, a.bottom), (x, b.top)), (x + 10, middle + 14, 340) if i >= n / 2 or n == 1 else (x - 350, middle + 14, 340))
            for i, x in enumerate(xs)
        ]
    upward = b.top < a.top
    from_left = a.left < b.left
    ys = b.sides(n)
    found = []
    for i, y in enumerate(ys):
        inner = (i if not upward else n - 1 - i) * 42 + 24  # nested: the arrow that stays nearest leaves nearest
        x = a.right - inner if from_left else a.left + inner
        end = b.left if from_left else b.right
        label = (a.right + 8, y, end - a.right - 30) if from_left else (end + 22, y, a.left - end - 30)
        found.append(Track(((x, a.top if upward else a.bottom), (x, y), (end, y)), label))
    return found


def carte_svg(flows: Sequence[Flow], counts: Mapping[Way, int] | None = None, lien: Callable[[int], str] | None = None) -> str:
    """Return the map of these flows as a standalone SVG; `counts` gives the messages of each flow from one party to another.

    `lien`: the address of each flow, by its number; its arrows then lead there.
    """
    drawn = arrows(flows)
    parts = []
    for first, second in PAIRS:
        group = [arrow for arrow in drawn if (arrow.first, arrow.second) == (first, second)]
        for arrow, track in zip(group, tracks(first, second, len(group)), strict=True):
            number = "" if counts is None else _count(arrow, track, counts)
            parts.append(_arrow(arrow, track, number, None if lien is None else lien(arrow.flow.number)))
    role = "img" if lien is None else "group"
    boxes = "\n".join(_box(party, box) for party, box in BOXES.items())
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="{role}"
 aria-labelledby="carte-titre carte-texte" font-family="Inter, 'Open Sans', 'DejaVu Sans', sans-serif" font-size="13">
<title id="carte-titre">Carte des flux du forfait de post-stationnement</title>
<desc id="carte-texte">{SPECIMEN}. {_text(" ".join(map(_sentence, drawn)))}</desc>
<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>
<text x="40" y="44" font-size="22" font-weight="700" fill="#1d2733">Les {len(flows)} flux du forfait de post-stationnement</text>
<g><rect x="{WIDTH - 330}" y="22" width="290" height="30" rx="4" fill="#31506b"/>
<text x="{WIDTH - 185}" y="42" text-anchor="middle" fill="#ffffff" font-weight="700">{SPECIMEN}</text></g>
{chr(10).join(parts)}
{boxes}
{_legend()}
</svg>
"""


def _text(words: str) -> str:
    return escape(francais(words))


def _sentence(arrow: Arrow) -> str:
    a, b = LIBELLES[arrow.first], LIBELLES[arrow.second]
    way = f"entre {a} et {b}" if arrow.forward and arrow.backward else f"de {a} à {b}" if arrow.forward else f"de {b} à {a}"
    return f"Flux {arrow.flow.number}, {arrow.flow.nom}, {way}."


def _count(arrow: Arrow, track: Track, counts: Mapping[Way, int]) -> str:
    """« 12 », or « →12 ←3 » on an arrow with two heads."""
    number = arrow.flow.number
    there, back = counts.get((number, arrow.first, arrow.second), 0), counts.get((number, arrow.second, arrow.first), 0)
    if not (arrow.forward and arrow.backward):
        return _short(there if arrow.forward else back)
    (x0, y0), (x1, y1) = track.points[0], track.points[-1]
    forth, home = ("→←" if x1 > x0 else "←→") if x0 != x1 else ("↓↑" if y1 > y0 else "↑↓")
    return f"{forth}{_short(there, 1_000)} {home}{_short(back, 1_000)}"


def _short(count: int, exact: int = 1_000_000) -> str:
    """A count that always fits: all its digits below `exact`, then « 12k », « 3M »; the table under the map is exact."""
    if count < exact:
        return f"{count:,}".replace(",", "\u202f")
    return f"{count // 1_000}k" if count < 1_000_000 else f"{count // 1_000_000}M"


def _arrow(arrow: Arrow, track: Track, number: str, lien: str | None) -> str:
    colour = COLOURS[arrow.flow.phase][0]
    path = " L".join(f"{x:g} {y:g}" for x, y in track.points)
    heads = [pair for pair, present in ((track.points[-2:], arrow.forward), (track.points[1::-1], arrow.backward)) if present]
    left, bottom, width = track.label
    pill = len(number) * 9 + 18 if number else 0
    lines = wrap(arrow.flow.nom, max(12, int((width - 40 - pill) / CHAR)))
    before = 28 + pill  # the number of the flow, then its count: both known to the pixel, so the text can never run over them
    whole = before + max(map(len, lines)) * CHAR
    vertical = len(track.points) == 2 and track.points[0][0] == track.points[1][0]
    on_the_left = left < track.points[0][0]
    start = left + ((width - whole) / 2 if not vertical else width - whole if on_the_left else 0)
    top = bottom - 8 - 15 * (len(lines) - 1)
    tspans = "".join(f'<tspan x="{start + before:g}" dy="{0 if i == 0 else 15}">{_text(line)}</tspan>' for i, line in enumerate(lines))
    badge = (
        f'<rect x="{start + 24:g}" y="{top - 14:g}" width="{pill - 4}" height="19" rx="9.5" fill="{colour}"/>'
        f'<text x="{start + 22 + pill / 2:g}" y="{top:g}" text-anchor="middle" fill="#ffffff" font-weight="700">{number}</text>'
    )
    ouvrir, fermer = ("", "") if lien is None else (f'<a href="{escape(lien)}">', "</a>")
    return (
        f'<g class="flux" data-flux="{arrow.flow.number}">{ouvrir}<title>{_text(_sentence(arrow))}</title>'
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round"/>'
        + "".join(_head(before, tip, colour) for before, tip in heads)
        + f'<circle cx="{start + 11:g}" cy="{top - 4.5:g}" r="11" fill="#ffffff" stroke="{colour}" stroke-width="1.6"/>'
        f'<text x="{start + 11:g}" y="{top:g}" text-anchor="middle" font-weight="700" fill="{colour}">{arrow.flow.number}</text>'
        f'<text y="{top:g}" fill="#1d2733">{tspans}</text>' + (badge if number else "") + f"{fermer}</g>"
    )


def _head(before: Point, tip: Point, colour: str) -> str:
    dx, dy = (tip[0] > before[0]) - (tip[0] < before[0]), (tip[1] > before[1]) - (tip[1] < before[1])
    (x, y), wing = tip, 5
    a, b = (x - 11 * dx - wing * dy, y - 11 * dy - wing * dx), (x - 11 * dx + wing * dy, y - 11 * dy + wing * dx)
    return f'<polygon points="{x:g},{y:g} {a[0]:g},{a[1]:g} {b[0]:g},{b[1]:g}" fill="{colour}"/>'


def _box(party: Party, box: Box) -> str:
    names = wrap(LIBELLES[party], 20)
    roles = wrap(box.role, 24)
    middle, y = box.left + box.width / 2, box.top + box.height / 2 - (len(names) * 20 + len(roles) * 16) / 2 + 15
    rows = [f'<text x="{middle:g}" y="{y + 20 * i:g}" font-size="17" font-weight="700">{_text(n)}</text>' for i, n in enumerate(names)]
    y += 20 * len(names)
    rows += [f'<text x="{middle:g}" y="{y + 16 * i:g}" fill="#55616d">{_text(role)}</text>' for i, role in enumerate(roles)]
    return (
        f'<g text-anchor="middle" fill="#1d2733"><rect x="{box.left:g}" y="{box.top:g}" width="{box.width:g}" height="{box.height:g}" '
        f'rx="8" fill="#eef2f5" stroke="#31506b" stroke-width="2"/>{"".join(rows)}</g>'
    )


def _legend() -> str:
    return "".join(
        f'<g><line x1="{x}" y1="{HEIGHT - 34}" x2="{x + 34}" y2="{HEIGHT - 34}" stroke="{colour}" stroke-width="3"/>'
        f'<text x="{x + 42}" y="{HEIGHT - 29}" fill="#1d2733">{_text(name)}</text></g>'
        for x, (colour, name) in zip(range(40, WIDTH, 210), COLOURS.values(), strict=False)
    )
