"""How alike raters answer, and how probable answers are for those of one mind. Imports the domain and numpy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from bot.domain.rating import Helpfulness

Answers = Mapping[str, Mapping[int, Helpfulness]]
"""By rater (sorted), what each said of which note."""

_COMPARABLE = 3
"""Notes that another rater must share with a group to be compared with it."""
_LEAST_LIKE_MINDED = 3


def agreement(answers: Answers) -> dict[tuple[str, str], tuple[int, int]]:
    """Return, for each pair of raters in order who share a note, how many answers are the same, of how many notes."""
    raters = list(answers)
    columns = {note: index for index, note in enumerate(sorted({note for said in answers.values() for note in said}))}
    given = {said: np.zeros((len(raters), len(columns)), dtype=np.float32) for said in Helpfulness}
    for row, rater in enumerate(raters):
        for note, said in answers[rater].items():
            given[said][row, columns[note]] = 1
    rated = np.sum(list(given.values()), axis=0)
    same, shared = np.sum([one @ one.T for one in given.values()], axis=0), rated @ rated.T
    return {
        (raters[one], raters[two]): (round(float(same[one, two])), round(float(shared[one, two])))
        for one, two in zip(*np.nonzero(np.triu(shared, 1)), strict=True)
    }


def chance_of_answers(group: Sequence[str], notes: Sequence[int], answers: Answers) -> list[float]:
    """Return, for each note, how probable the group's answer is for somebody like-minded outside of it.

    Like-minded are those of the others whose agreement with the group is in the upper half. One more answer is added to
    theirs, split as all answers on the server are, so that nothing is certain and a note that nobody else rated counts.
    """
    usual = {note: Counter(answers[rater][note] for rater in group).most_common(1)[0][0] for note in notes}
    everybody = Counter(said for own in answers.values() for said in own.values())
    prior = {said: (everybody[said] + 1) / (everybody.total() + len(Helpfulness)) for said in Helpfulness}
    like = _like_minded(group, usual, answers)
    chances = []
    for note, said in usual.items():
        theirs = [answers[rater][note] for rater in like if note in answers[rater]]
        chances.append((theirs.count(said) + prior[said]) / (len(theirs) + 1))
    return chances


def _like_minded(group: Sequence[str], usual: Mapping[int, Helpfulness], answers: Answers) -> list[str]:
    shares = []
    for rater, own in answers.items():
        shared = own.keys() & usual.keys()
        if rater not in group and len(shared) >= _COMPARABLE:
            shares.append((-sum(own[note] == usual[note] for note in shared) / len(shared), rater))
    shares.sort()
    return [rater for _, rater in shares[: max(_LEAST_LIKE_MINDED, (len(shares) + 1) // 2)]]
