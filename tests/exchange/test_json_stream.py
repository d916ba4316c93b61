from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator

import pytest

from bot.domain.errors import ImportRefused
from bot.exchange.incoming import Rejected
from bot.exchange.json_stream import Entry, entries
from bot.exchange.json_window import Window, chunks
from tests.exchange.readers import made

UNSOUND = "is not sound JSON."
ENDS = "the file ends in the middle of it."
OVER = "is over 1,000,000 characters."


def _read(data: bytes | str) -> list[Entry | Rejected]:
    return list(entries(Window(chunks(io.BytesIO(data.encode() if isinstance(data, str) else data)))))


def _said(data: bytes | str) -> list[object]:
    """Return the values of the entries, and the reasons of those that are none."""
    return [item.value if isinstance(item, Entry) else item.why for item in _read(data)]


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}, {"b": 2}]',
        '[[{"a": 1}], [{"b": 2}],]',
        '{"a": 1}\n{"b": 2}\n',
        '{"a": 1}{"b": 2}',
        '{"@graph": [{"a": 1}, {"b": 2}]}',
        '{"dataFeedElement": [{"a": 1},{"b": 2}], "name": "}]{"}',
        '{"name": {"x": []}, "itemListElement": [\n{"a": 1},\n{"b": 2}\n]\n}\n',
        '<script type="application/ld+json">{"a": 1}</script>\n<script type="application/ld+json">{"b": 2}</script>,\n',
    ],
)
def test_entries_are_found_in_every_shape(text: str) -> None:
    """Lists, graphs, feeds, lines and script lines give the same entries."""
    assert _said(text) == [{"a": 1}, {"b": 2}]


def test_entries_know_what_is_around_their_list() -> None:
    """An entry of a small list knows the envelope and its siblings."""
    first, second = _read('{"x": 1, "claims": [{"a": 1}, {"b": 2}], "y": 2}')
    assert isinstance(first, Entry)
    assert isinstance(second, Entry)
    assert first.key == second.key == "claims"
    assert first.envelope == {"x": 1, "y": 2}
    assert second.siblings == [{"a": 1}, {"b": 2}]


def test_the_fields_before_a_long_list_are_known() -> None:
    """The envelope of a list that isn't held as a whole is what stands before it."""
    items = ",".join('{"a": "%s"}' % ("x" * 1000) for _ in range(1500))
    found = _read('{"text": "T", "claimReview": [' + items + '], "y": 2}')
    assert len(found) == 1500
    assert isinstance(found[-1], Entry)
    assert found[-1].envelope == {"text": "T"}


def test_places_tell_number_and_line() -> None:
    """A place counts entries and lines, also over damage."""
    found = _read('[\n{"a": 1},\n\n{"b": },\n{"c": 3}]')
    assert [item.place for item in found] == ["entry 1 (line 2)", "entry 2 (line 4)", "entry 3 (line 5)"]


@pytest.mark.parametrize(
    "broken",
    [
        '{"x": 1,}',
        '{"x": NaN}',
        '{"x": "\\q"}',
        '{"x": [1, 2}',
        '{"x": 1 "y": 2}',
        '{"x": "he said "no" to it"}',
        "{'x': 1}",
        '{"x": %s}' % ("1" * 5000),
        '{"x": 1e999}',
        '{{"x": 1}}',
        "oops",
        '{"x": "\\ud800\\',
    ],
)
@pytest.mark.parametrize(("before", "after"), [('[{"a": 1},\n', ',\n{"b": 2}]'), ('{"a": 1}\n', '\n{"b": 2}\n')])
def test_damage_costs_one_entry(broken: str, before: str, after: str) -> None:
    """An entry that isn't sound is reported by itself; those around it are read."""
    assert _said(before + broken + after) == [{"a": 1}, UNSOUND, {"b": 2}]


@pytest.mark.parametrize(
    "text",
    [
        '[{"t": "x, "b": 1},{"t": 2},{"t": 3}]',
        '[{"t": {"b": 1},{"t": 2},{"t": 3}]',
        '[\n  {"x": {"b": 1},\n  {"t": 2},\n  {"t": 3}\n]',
        '{"claims": [\n{"t": "x, "b": 1},\n{"t": 2},\n{"t": 3}\n]}',
    ],
)
def test_damage_that_hides_its_end_costs_one_entry(text: str) -> None:
    """Where a quote or a brace is missing, the next entry is known by its line or its first key."""
    assert _said(text) == [UNSOUND, {"t": 2}, {"t": 3}]


def test_a_brace_too_many_is_reported() -> None:
    """What follows an entry without meaning anything is reported, and no entry is lost."""
    assert _said('[{"a": 1}}, {"b": 2}]') == [{"a": 1}, UNSOUND, {"b": 2}]


@pytest.mark.parametrize("text", ['[{"a": 1}, {"b": "x', '[{"a": 1}, {"b": {"c": [1, ', '[{"a": 1},', '{"a": 1}\n{"b"'])
def test_a_file_that_ends_early_keeps_what_came_before(text: str) -> None:
    """The entry in which a file ends is named."""
    assert _said(text) == [{"a": 1}, ENDS]
    assert _read(text)[-1].place == "entry 2 (line 2)" if "\n" in text else "entry 2 (line 1)"


@pytest.mark.parametrize("name", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_encodings_are_known(name: str) -> None:
    """Marks are honoured, and UTF-16 and 32 known without."""
    assert _said('[{"a": "é"}]'.encode(name)) == [{"a": "é"}]


def test_what_is_not_utf8_costs_its_entry_alone() -> None:
    """An entry with bytes of another encoding is rejected, the others go in."""
    assert _said(b'[{"a": "caf\xe9"}, {"b": 2}]') == ["is not UTF-8.", {"b": 2}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "is nested too deeply."),
        ('{"a":' * 1_000_000 + "1" + "}" * 1_000_000, OVER),
        ('{"a":' + "[" * 1_000_000 + "]" * 1_000_000 + "}", OVER),
        ('{"a": "' + "x" * 50_000_000 + '"}', OVER),
        ('{"a": "' + '\\"{' * 1_000_000 + '"}', OVER),
    ],
    ids=["deep", "deeper", "brackets", "long", "escapes"],
)
def test_what_is_too_large_is_passed_over(text: str, reason: str) -> None:
    """A large or deep entry is rejected; the next one is read."""
    assert _said(f"[{text}, " + '{"b": 2}]') == [reason, {"b": 2}]


def test_damage_without_end_stops() -> None:
    """Where damage hides the end of one entry after another, reading stops and says so."""
    assert _said("[" + '{"a":{ }, ' * 10_000)[-1] == "the file is too damaged; the rest was left out."


@pytest.mark.parametrize("data", [b"", b"  \n", b"\xef\xbb\xbf", b"claim,verdict\n", b"\x89PNG\r\n"])
def test_what_is_no_json_at_all_is_refused(data: bytes) -> None:
    """An empty file or plain text raises one sentence."""
    with pytest.raises(ImportRefused, match=r"\.$"):
        _read(data)


def test_a_large_feed_streams_in_little_memory() -> None:
    """60 MB are read within 20 MB."""
    item = json.dumps({"@type": "ClaimReview", "claimReviewed": "x" * 1900}).encode()

    def parts() -> Iterator[bytes]:
        yield b'{"@context": "https://schema.org", "dataFeedElement": ['
        for _ in range(8000):
            yield b",\n".join([item] * 4) + b",\n"
        yield item + b"]}"

    tracemalloc.start()
    count = sum(1 for _ in entries(Window(chunks(made(parts())))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 32_001
    assert peak < 20_000_000
