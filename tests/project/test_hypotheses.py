"""The hypotheses keep their numbers: each stays about the subject under which docs/hypotheses.lock froze it, or is withdrawn."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "docs/hypotheses.lock"
RETIREE = "Retirée"  # the first word of a choice that is not made any more: its number stays, and serves no other


def written(page: str) -> dict[str, str]:
    """The choice of each hypothesis of the page, by its number."""
    return dict(re.findall(r"^\| (H\d{2,3}) \| (.*?) \|", page, re.MULTILINE))


def frozen() -> list[tuple[str, str, tuple[str, ...]]]:
    """The lines of the lock: number, digest of the chain, the words of the subject."""
    lines = [line.split() for line in LOCK.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [(number, digest, tuple(words)) for number, digest, *words in lines]


def digest(previous: str, number: str, words: tuple[str, ...]) -> str:
    """Each digest holds the former ones: a line that changes, goes or moves breaks all that follow."""
    return hashlib.sha256(" ".join((previous, number, *words)).encode()).hexdigest()[:12]


def subject(choice: str, others: list[str]) -> tuple[str, ...]:
    """The three words of a choice that the fewest others use."""
    words = set(re.findall(r"[a-zà-ÿ]{5,}", choice.lower()))
    return tuple(sorted(sorted(words, key=lambda word: (sum(word in other.lower() for other in others), -len(word), word))[:3]))


def wrong(choices: dict[str, str], lines: list[tuple[str, str, tuple[str, ...]]]) -> list[str]:
    """The numbers that were taken away or given to another subject, and those that nobody froze."""
    kept = {number: words for number, _, words in lines}
    gone = [f"{number} was removed: keep its line, its choice beginning with « {RETIREE} »" for number in kept if number not in choices]
    reused = [
        f"{number} speaks of something else than {', '.join(words)}: take a new number"
        for number, words in kept.items()
        if number in choices and not choices[number].startswith(RETIREE) and not any(word in choices[number].lower() for word in words)
    ]
    return gone + reused


def test_a_hypothesis_is_never_removed_nor_given_to_another_subject() -> None:
    assert wrong(written((ROOT / "docs/hypotheses.md").read_text(encoding="utf-8")), frozen()) == []


def test_every_hypothesis_is_frozen_and_the_frozen_list_is_only_added_to() -> None:
    choices, lines, previous, expected = written((ROOT / "docs/hypotheses.md").read_text(encoding="utf-8")), frozen(), "", []
    for number, _, words in lines:
        previous = digest(previous, number, words)
        expected.append((number, previous, words))
    assert expected == lines, "a line of docs/hypotheses.lock was changed: it is only added to"
    missing = []
    for number in sorted(choices.keys() - {number for number, _, _ in lines}, key=lambda n: int(n[1:])):
        words = subject(choices[number], list(choices.values()))
        previous = digest(previous, number, words)
        missing.append(" ".join((number, previous, *words)))
    assert missing == [], "add to docs/hypotheses.lock:\n" + "\n".join(missing)


def test_the_guard_sees_a_number_removed_reused_or_withdrawn() -> None:
    choices = written((ROOT / "docs/hypotheses.md").read_text(encoding="utf-8"))
    lines = frozen()
    assert wrong({number: text for number, text in choices.items() if number != "H42"}, lines)[0].startswith("H42 was removed")
    assert wrong(choices | {"H42": choices["H43"]}, lines)[0].startswith("H42 speaks of something else")
    assert wrong(choices | {"H42": f"{RETIREE} le 1er mars 2027 : le rythme est désormais publié."}, lines) == []
    moved = dict(zip(choices, [*list(choices.values())[1:], "Une hypothèse neuve."], strict=True))
    assert len(wrong(moved, lines)) > len(choices) * 0.9  # numbered again, one place further
