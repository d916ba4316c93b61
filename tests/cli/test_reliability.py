from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from bot.cli.metrics import Labelled, Outcome, Share, evaluate
from bot.cli.misses import misses
from bot.cli.plot import draw
from bot.cli.reliability import reliability
from bot.domain.decision import Action
from bot.domain.match import Evidence, Match, Relation

OVERLAPS = {"a": ("b",), "b": (), "c": ()}
SVG = "{http://www.w3.org/2000/svg}"


def match(slug: str, confidence: float) -> Match:
    """Return a match with a fact."""
    return Match(slug, 1, Relation.REPEATS, confidence, Evidence("wording", (), {}, ()))


def outcome(label: str, *candidates: Match, action: Action = Action.IGNORE, line: int = 1) -> Outcome:
    """Return a decision on a post about fact a."""
    best = candidates[0] if candidates else None
    slug = best.slug if best and action is not Action.IGNORE else None
    return Outcome(
        Labelled(line, "text", label, "a"), action, slug, best.confidence if best else 0.0, candidates, "reason"
    )


def test_the_calibration_error_weighs_bins_by_their_posts() -> None:
    """Two bins by hand: three posts at .9 of which two are right, one at .25 which is wrong."""
    found = reliability(
        [
            outcome("repeat", match("a", 0.9)),
            outcome("repeat", match("b", 0.9)),
            outcome("deny", match("a", 0.9)),
            outcome("repeat", match("c", 0.25), match("a", 0.1)),
            outcome("repeat"),
        ],
        OVERLAPS,
    )
    assert found.posts == 4
    assert found.bins[9].right == Share(2, 3)
    assert found.bins[2].right == Share(0, 1)
    assert found.error == pytest.approx((3 * abs(0.9 - 2 / 3) + 0.25) / 4)


@pytest.mark.parametrize(("confidence", "number"), [(0.0, 0), (0.0999, 0), (0.1, 1), (0.7, 7), (0.999, 9), (1.0, 9)])
def test_each_confidence_has_one_bin(confidence: float, number: int) -> None:
    """A bin holds its lower end, the last one also 1."""
    found = reliability([outcome("repeat", match("a", confidence))], OVERLAPS)
    assert [each.right.of for each in found.bins].index(1) == number


def test_nothing_matched_is_no_error_of_zero() -> None:
    """Without a match there is nothing to be off."""
    found = reliability([outcome("repeat")], OVERLAPS)
    assert (found.posts, found.error) == (0, None)
    assert found.to_json()["error"] is None


def test_errors_come_worst_first() -> None:
    """Wrong replies by confidence; ignored repeats by how near their own fact came, apart from where it didn't."""
    outcomes = [
        outcome("deny", match("a", 0.8), action=Action.REPLY, line=1),
        outcome("ask", match("a", 0.9), action=Action.REPLY, line=2),
        outcome("repeat", match("c", 0.7), match("a", 0.2), line=3),
        outcome("repeat", match("c", 0.7), match("b", 0.6), line=4),
        outcome("repeat", match("c", 0.1), line=5),
        outcome("repeat", line=6),
        outcome("repeat", match("a", 0.5), action=Action.QUEUE, line=7),
        outcome("deny", match("a", 0.5), line=8),
    ]
    found = misses(evaluate(outcomes, OVERLAPS), outcomes, OVERLAPS)
    assert [each.post.line for each in found.wrong] == [2, 1]
    assert [each.outcome.post.line for each in found.untrusted] == [4, 3]
    assert [each.candidate.slug for each in found.untrusted if each.candidate] == ["b", "a"]
    assert [each.outcome.post.line for each in found.unfound] == [5, 6]
    assert found.unfound[1].to_json()["candidate"] is None


def test_the_plot_needs_no_eyes_for_colour() -> None:
    """One colour on white, a title, a description with every number, labelled axes, and a point a bin."""
    found = reliability([outcome("repeat", match("a", 0.9)), outcome("deny", match("a", 0.35))], OVERLAPS)
    root = ET.fromstring(draw(found, "posts & <more>.jsonl"))
    assert root.get("role") == "img"
    title, description = root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")
    assert title is not None
    assert title.endswith("posts & <more>.jsonl")
    assert description is not None
    assert "0.90, 1 of 1 were right" in description
    assert "0.35, 0 of 1 were right" in description
    assert root.get("aria-labelledby") == " ".join(str(part.get("id")) for part in (root[0], root[1]))
    assert len(root.findall(f"{SVG}circle")) == 2
    texts = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert any(text.startswith("confidence of the best match") for text in texts)
    assert any(text.startswith("share that was right") for text in texts)
    paints = {each.get(name) for each in root.iter() for name in ("fill", "stroke")} - {None, "none"}
    assert paints == {"#111", "#fff"}
