"""The operator's guide names what is there, and nothing that isn't."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.cli.program import build_parser
from bot.domain.outstanding import Outstanding
from bot.monitor.gauges import Disk
from bot.monitor.meter import PrometheusMeter
from bot.monitor.pages import MonitorPages
from bot.monitor.server import LONGEST_CONNECTION, MOST_CONNECTIONS
from bot.services import health
from bot.services.connection import ConnectionState
from bot.services.health import Figures, Stored
from bot.services.intake import MOST
from bot.settings import VARIABLES
from tests.builders import NOW
from tests.test_docs import ROOT, commands, read

GUIDE = read("docs/operating.md")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def section(title: str) -> str:
    """The text under a heading, up to the next one of its rank or a higher one."""
    rank, _, _ = title.partition(" ")
    found = re.search(rf"^{re.escape(title)}$(.*?)(?=^#{{1,{len(rank)}}} |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def first_column(text: str) -> set[str]:
    """What stands in code in the first column of a text's tables."""
    rows = re.findall(r"^\| (`[^|]*)\|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


NOTHING = Figures(
    at=NOW,
    stored=None,
    answered_in=0.0,
    gateway=ConnectionState.UNUSED,
    gateway_since=0.0,
    restarts=0,
    identifies=0,
    shards_up=0,
    shards_known=0,
    posts_waiting=0,
    oldest_post=0.0,
)
"""How things stand where there is nothing."""


def metrics() -> set[str]:
    """The names of all metrics, as they stand in an answer."""
    meter = PrometheusMeter()
    pages = MonitorPages(meter)
    waiting = Outstanding(1, NOW)
    figures = replace(NOTHING, stored=Stored(waiting, waiting, waiting), gateway=ConnectionState.LOST)
    pages._gauges.show(figures, Disk(1, 1, 1), wordings=1, behind=False)
    suffix = {"counter": "_total", "info": "_info"}
    return {metric.name + suffix.get(metric.type, "") for metric in meter.registry.collect()}


def events() -> Iterator[tuple[str, Path]]:
    """Every event that is logged in ``bot``, and where."""
    for file in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
            ):
                [event] = node.args
                assert isinstance(event, ast.Constant), f"{file}:{node.lineno} logs what is no fixed event"
                yield str(event.value), file


def test_every_metric_stands_in_the_guide_and_only_those() -> None:
    """With its type and what to watch for; on other systems than Linux those of the process are missing."""
    told = first_column(section("### Metrics"))
    there = metrics()
    assert len(there) > 20
    assert there <= told
    assert {name for name in told - there if not name.startswith("process_")} == set()
    assert set(re.findall(r"footnote_[a-z_]+", GUIDE)) - {"footnote_"} <= there


def test_every_label_of_a_metric_stands_in_the_guide() -> None:
    """So that a rule can be written from it."""
    for metric in PrometheusMeter().registry.collect():
        labels = {label for sample in metric.samples for label in sample.labels} - {"le"}
        for label in labels:
            assert re.search(rf"^\| `{metric.name}_total` \| counter, `{label}` \|", GUIDE, re.MULTILINE)


def test_every_event_that_is_logged_stands_in_the_guide_and_only_those() -> None:
    """Each with what it means and what to do."""
    logged = dict(events())
    assert len(logged) > 40
    told = {name for name in first_column(section("## The log")) if "." in name}
    assert {event: file for event, file in logged.items() if event not in told} == {}
    assert told - set(logged) == set()


def test_events_are_fixed_words() -> None:
    """Nothing is put into them."""
    assert [event for event, _ in events() if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", event)] == []


def test_every_setting_stands_in_the_guide_with_a_reason_to_change_it() -> None:
    """All of them, and no other."""
    assert first_column(section("## Settings")) == set(VARIABLES)


def test_every_command_stands_in_the_guide() -> None:
    """With when to use it."""
    told = first_column(section("## Commands"))
    assert [name for name in commands(build_parser()) if name not in told] == []


def test_every_check_stands_in_the_guide_with_its_limit() -> None:
    """As the program has them."""
    table = section("## Health").partition("### Metrics")[0]
    told = first_column(table)
    assert told == {"start", *NOTHING.checks()}
    assert f"longer than {health.DATABASE_PATIENCE:.0f} seconds" in table
    assert f"longer than {_minutes(health.LONGEST_AWAY)} minutes" in table
    assert f"more than {_minutes(health.LONGEST_OVERDUE)} minutes" in table
    assert f"longer than {health.LONGEST_WAIT.total_seconds():.0f} seconds" in table
    assert f"closed after {LONGEST_CONNECTION:.0f} seconds, {MOST_CONNECTIONS} at a time" in table
    assert f"from {MOST:,} on they are dropped" in GUIDE


def test_links_inside_the_guide_lead_to_a_heading() -> None:
    """No one looks for help in vain."""
    headings = re.findall(r"^#+ (.*)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert [link for link in re.findall(r"\(#([^)]+)\)", GUIDE) if link not in anchors] == []


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
