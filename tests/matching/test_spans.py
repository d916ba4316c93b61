from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.post import Post
from bot.matching.normalise import MAX_CHARACTERS
from bot.matching.spans import MAX_SENTENCES, Reading, SpanKind, read, sentences

OWN, SPOILER, QUOTE, SHARED = SpanKind.OWN, SpanKind.SPOILER, SpanKind.QUOTE, SpanKind.SHARED


def _spans(reading: Reading) -> list[tuple[SpanKind, str]]:
    return [(span.kind, " ".join(span.text.split())) for span in reading.spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("just my words", [(OWN, "just my words")]),
        ("> their words\nmy words", [(OWN, "my words"), (QUOTE, "their words")]),
        ("  > indented\nmine", [(OWN, "mine"), (QUOTE, "indented")]),
        ("> > > nested\nmine", [(OWN, "mine"), (QUOTE, "nested")]),
        ("mine\n>>> theirs\nstill theirs", [(OWN, "mine"), (QUOTE, "theirs still theirs")]),
        ("> theirs", [(QUOTE, "theirs")]),
        ("2 > 1, you know", [(OWN, "2 > 1, you know")]),
        ("look: ||the secret|| wow", [(OWN, "look: wow"), (SPOILER, "the secret")]),
        ("||over\ntwo lines||", [(SPOILER, "over two lines")]),
        ("one || two", [(OWN, "one || two")]),
        ("he said `rm -rf /` again", [(OWN, "he said again")]),
        ("he said ``a ` tick`` again", [(OWN, "he said again")]),
        ("he said `over\ntwo lines` again", [(OWN, "he said again")]),
        ("run ```py\nprint('hi')\n``` now", [(OWN, "run now")]),
        ("run ```never closed", [(OWN, "run")]),
        ("a lone ` tick", [(OWN, "a lone ' tick")]),
        (
            'she wrote "the moon is made of cheese" today',
            [(OWN, "she wrote today"), (QUOTE, "the moon is made of cheese")],
        ),
        (
            "she wrote “the moon is made of cheese” today",
            [(OWN, "she wrote today"), (QUOTE, "the moon is made of cheese")],
        ),
        ('the so-called "moon landings"', [(OWN, 'the so-called "moon landings"')]),
        ("**bold** and *italic* __under__ ~~gone~~", [(OWN, "bold and italic under gone")]),
        ("2 * 3 * 4 and snake_case_name", [(OWN, "2 * 3 * 4 and snake_case_name")]),
        ("<@42> hello <#7>", [(OWN, "hello")]),
        ("N\u200bA\u202eTO ＮＡＴＯ", [(OWN, "NATO NATO")]),
        ("🎉🎉🎉", [(OWN, "🎉🎉🎉")]),
        ("<:pepe:123456>", []),
        ("", []),
        (" \n\t\u200b", []),
        ("الناتو تأسس عام 1949\n> اقتباس", [(OWN, "الناتو تأسس عام 1949"), (QUOTE, "اقتباس")]),
    ],
)
def test_a_post_is_taken_apart(text: str, expected: list[tuple[SpanKind, str]]) -> None:
    """Own words, spoilers and quotes stand apart; code, mention codes and markup are gone."""
    assert _spans(read(Post(text))) == expected


def test_shared_words_stand_apart() -> None:
    """The words of embeds and forwarded messages are nobody's own."""
    reading = read(Post("see this", shared=("their title https://a.example", " ")))
    assert _spans(reading) == [(OWN, "see this"), (SHARED, "their title")]


@pytest.mark.parametrize("opening", ["RT @some_body: ", "rt @a.b ", "via @x:\n", "QT @x "])
def test_a_classic_reshare_is_the_post_itself(opening: str) -> None:
    """What stands behind "RT @name:" is passed on as if it were one's own, quotation marks or not."""
    reading = read(Post(opening + '"the moon is made of cheese"'))
    assert reading.reshared
    assert _spans(reading) == [(OWN, '"the moon is made of cheese"')]


@pytest.mark.parametrize("text", ["start the RT @x now", "RTX 4090 is out", "artful @x"])
def test_rt_inside_a_post_is_no_reshare(text: str) -> None:
    """Only at the start does it mean one."""
    assert not read(Post(text)).reshared


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("https://a.example/x and http://b.example", ("https://a.example/x", "http://b.example")),
        ("<https://a.example/x>", ("https://a.example/x",)),
        ("[words](https://a.example/x)", ("https://a.example/x)",)),
        ("`https://a.example`", ()),
        ("```\nhttps://a.example\n```", ()),
        ("||https://a.example||", ()),
        ("|| hidden https://a.example || https://b.example", ("https://b.example",)),
        ("ftp://a.example www.b.example", ()),
    ],
)
def test_links_are_collected(text: str, urls: tuple[str, ...]) -> None:
    """Links are taken out of the words; those in code or behind a spoiler don't count as shared."""
    reading = read(Post(text))
    assert reading.urls == urls
    assert "example/" not in reading.text(*SpanKind)


def test_where_short_links_lead_is_collected_as_well() -> None:
    """Behind the post's own links, and not as words."""
    reading = read(Post("https://b.example", resolved=("https://a.example/the-moon",)))
    assert reading.urls == ("https://b.example", "https://a.example/the-moon")
    assert not reading.text(*SpanKind).strip()


def test_ten_thousand_nested_quotes_are_a_quote() -> None:
    """However deep, it is one quote, and there is an end to it."""
    reading = read(Post("> " * 10_000 + "deep"))
    assert all(span.kind is QUOTE for span in reading.spans)
    assert not read(Post(">" * 10_000)).text(OWN)


def test_a_post_is_cut_at_the_limit() -> None:
    """What stands behind the limit is not read."""
    reading = read(Post("a" * MAX_CHARACTERS + " behind"))
    assert "behind" not in reading.text(*SpanKind)


@given(st.text(alphabet=st.sampled_from('ab \n>|`*_"~.?!<@1:/h\u200b'), max_size=200))
def test_any_post_can_be_taken_apart(text: str) -> None:
    """Whatever the markup, reading ends well and leaves no empty span."""
    assert all(span.text.strip() for span in read(Post(text)).spans)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Wait… what", ["Wait…", "what"]),
        ("Well... no", ["Well...", "no"]),
        ("What?! No.", ["What?!", "No."]),
        ("He said so.) Then left", ["He said so.", "Then left"]),
        ("line one\nline two\n\nline three", ["line one", "line two", "line three"]),
        ("first; second", ["first", "second"]),
        ("before - after – later | end", ["before", "after", "later", "end"]),
        ("a well-known co-op", ["a well-known co-op"]),
        ("The U.S. left", ["The U.S. left"]),
        ("J. Smith wrote 3.5 pages", ["J. Smith wrote 3.5 pages"]),
        ("see a.example/b.c for it", ["see a.example/b.c for it"]),
        ("", []),
        ("   ", []),
        ("...", ["..."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    """Full stops, line breaks, semicolons and dashes end a sentence; initials and decimals don't."""
    assert sentences(text) == expected


def test_there_is_an_end_to_sentences() -> None:
    """A post of a thousand sentences costs no more than one of a few."""
    assert len(sentences("No. " * 1000)) == MAX_SENTENCES
