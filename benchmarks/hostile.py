"""Texts that are made to cost time: what a bored member, or an attacker, pastes."""

from __future__ import annotations

SCRIPTS = "NATO было основано 北大西洋条約 στον καιρό του नाटो 나토 חבר الناتو ნატო ՆԱՏՕ "


def hostile_texts(wording: str, length: int) -> dict[str, str]:
    """Return hostile texts of exactly so many characters, by what they are.

    Args:
        wording: A wording of a fact, for the text that repeats one.
        length: Characters.
    """
    units = {
        "one word repeated": "alliance ",
        "one letter": "a",
        "all scripts mixed": SCRIPTS,
        "combining characters": "e\u0301\u0323\u0330\u035c",
        "zero-width": "N\u200bA\u200cT\u200dO\u2060 \ufeff",
        "emoji": "🎂👩‍👩‍👧🇪🇪🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "a wording repeated": f"{wording} ",
        "a wording a line": f"{wording}\n",
        "addresses": "https://nato.example/a?b=c#d ",
        "quotation marks": "\"'“‘«‹>",
        "quoted lines": "> > NATO\n",
        "unclosed markup": "**||`~~__[(<@",
    }
    return {name: (unit * (length // len(unit) + 1))[:length] for name, unit in units.items()}
