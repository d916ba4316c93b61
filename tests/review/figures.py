"""Sample figures: of nothing, of a quiet start, of a usual month and of more than any server has."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bot.review.figures import Day, Figures

FIRST = date(2026, 3, 1)


def some_figures(**over: Any) -> Figures:
    """Return the figures of a server in which nothing happened; every field can be overridden by name."""
    nothing: dict[str, Any] = {
        "days": 30,
        "notes_by_state": {},
        "notes_by_provenance": {},
        "automatic_right": 0,
        "automatic_judged": 0,
        "hours_to_ruling": (),
        "open_ages_hours": (),
        "top_facts": (),
        "unanswered": (),
        "per_day": (),
        "shift": None,
        "shift_rulings": 0,
    }
    return Figures(**{**nothing, **over})


EMPTY = some_figures()

SMALL = some_figures(
    days=7,
    notes_by_state={"posted": 1, "retracted": 0},
    notes_by_provenance={"matched automatically": 1},
    automatic_right=1,
    automatic_judged=1,
    hours_to_ruling=(0.2,),
    open_ages_hours=(3.0,),
    top_facts=(("The moon is made of cheese.", 1),),
    per_day=(*(Day(FIRST + timedelta(day)) for day in range(6)), Day(FIRST + timedelta(6), 1, 2, 1, 0)),
    shift_rulings=1,
)

TYPICAL = some_figures(
    notes_by_state={"posted": 143, "retracted": 4, "dropped": 9},
    notes_by_provenance={"matched automatically": 91, "approved by a moderator": 60, "asked for by a member": 5},
    automatic_right=83,
    automatic_judged=86,
    hours_to_ruling=(0.1, 0.5, 2.0, 3.0, 4.0, 5.0, 7.0, 12.0, 30.0, 100.0),
    open_ages_hours=(0.5, 5.0, 26.0, 319.0),
    top_facts=(("Vaccines cause autism.", 31), ("地震は兵器だ。", 2)),
    unanswered=(("Is $5 \\frac{1}{ really enough?", 3),),
    per_day=tuple(Day(FIRST + timedelta(day), day % 5, day % 9, day % 4, day % 2) for day in range(30)),
    shift=-0.42,
    shift_rulings=120,
)

HUGE = some_figures(
    days=100_000,
    notes_by_state={f"state {number}": 10**12 for number in range(100)},
    notes_by_provenance={f"provenance {number}": 10**12 for number in range(100)},
    automatic_right=10**12 - 1,
    automatic_judged=10**12,
    hours_to_ruling=tuple(float(number) for number in range(100_000)),
    open_ages_hours=(1e9,) * 100_000,
    top_facts=tuple((f"{number} 𒀀\u202e{'長い ' * 500}", 10**12) for number in range(100)),
    unanswered=tuple((f"{number} \n\n{'x' * 5000}", 10**12) for number in range(100)),
    per_day=tuple(Day(FIRST + timedelta(day), 10**12, 10**11, 10**10, day) for day in range(100_000)),
    shift=50.0,
    shift_rulings=10**12,
)

ALL = {"empty": EMPTY, "small": SMALL, "typical": TYPICAL, "huge": HUGE}
