"""What the relation model is asked, and what becomes of its answers; with a model whose answers are set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bot.domain.fact import NearMiss
from bot.domain.post import Post
from bot.matching.encoder import Encoder
from bot.matching.features import Scored
from bot.matching.listed import index_of
from bot.matching.onnx import Floats
from bot.matching.relate import LONGEST_POST, RELATED, relate
from bot.matching.relation import CLASSES
from bot.matching.retrieve import Retriever
from bot.matching.spans import read
from tests.builders import a_fact

FACT = a_fact(
    claim="Zeppelins crossed Patagonia every week until 1987.",
    phrasings=("Until 1987 there was a weekly zeppelin over Patagonia.",),
    true_statement="No zeppelin ever crossed Patagonia.",
    near_misses=(NearMiss("Balloons crossed Patagonia every week until 1987.", "other object"),),
)


class Recorder:
    """A relation model that remembers what it was asked and says that everything repeats its claim."""

    name = "recorder"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def relate(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Return all of the probability for the first class."""
        self.asked += pairs
        answer = np.zeros((len(pairs), len(CLASSES)), dtype=np.float32)
        answer[:, 0] = 1
        return answer


def related(text: str, encoder: Encoder, copies: int = 1) -> tuple[list[Scored], list[tuple[str, str]]]:
    """The candidates of a post with the model's features, and what it was asked."""
    facts = [replace(FACT, slug=f"zeppelin-{number}") for number in range(copies)]
    reading = read(Post(text))
    scored = Retriever(index_of(facts, {}, encoder), encoder).scored(reading)
    model = Recorder()
    return relate(scored, reading, model), model.asked


def test_the_post_as_a_whole_is_held_against_its_closest_wording(encoder: Encoder) -> None:
    """Not only the words that match: what stands around them may deny them."""
    text = "I was there. Until 1987 a weekly zeppelin flew over Patagonia. Honest!"
    _, asked = related(text, encoder)
    assert asked == [(text, FACT.phrasings[0])]


def test_what_the_model_says_becomes_features(encoder: Encoder) -> None:
    """Each by its name, beside those that were there."""
    [one], _ = related("Zeppelins crossed Patagonia every week", encoder)
    assert {f"post_{name}" for name in CLASSES} <= set(one.features)
    assert "cosine" in one.features
    assert one.features["post_repeats"] == 0.0
    assert one.features["post_denies"] == pytest.approx(np.log(1e-3))


def test_only_the_closest_candidates_are_asked_about(encoder: Encoder) -> None:
    """The model takes most of the time."""
    found, _ = related("Zeppelins crossed Patagonia every week until 1987.", encoder, copies=RELATED + 3)
    assert len(found) == RELATED


@pytest.mark.parametrize(("cosines", "asked"), [((0.3,), 0), ((0.8, 0.6), 1), ((0.8, 0.75), 2), ((), 0)])
def test_what_is_far_is_not_asked_about(encoder: Encoder, cosines: tuple[float, ...], asked: int) -> None:
    """Neither where nothing comes near, nor what is far behind the best."""
    reading = read(Post(FACT.claim))
    [one] = Retriever(index_of([FACT], {}, encoder), encoder).scored(reading)
    scored = [replace(one, features={**one.features, "cosine": cosine}) for cosine in cosines]
    assert len(relate(scored, reading, Recorder())) == asked


def test_of_a_very_long_post_the_window_stands_for_all(encoder: Encoder) -> None:
    """What the model would cut off is not given to it."""
    _, asked = related("Zeppelins crossed Patagonia every week. " + "And so on it goes. " * LONGEST_POST, encoder)
    assert max(len(post.split()) for post, _ in asked) < LONGEST_POST
