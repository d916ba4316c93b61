from __future__ import annotations

import json
import time

import pytest

from bot.exchange.html import page_text
from bot.exchange.incoming import ReviewedClaim
from tests.exchange.readers import REVIEW, claims, read, reasons

_BLOCK = f'<script type="application/ld+json">{json.dumps(REVIEW)}</script>'
_ITEM = '<div itemscope itemtype="https://schema.org/ClaimReview"><meta itemprop="claimReviewed" content="Micro.">'
_LEFT_OUT = "it is nested too deeply, or a text in it is too long; the rest was left out."


@pytest.mark.parametrize(
    ("page", "found", "why"),
    [
        ("<div>" * 100_000 + _BLOCK, [], [_LEFT_OUT]),
        (_BLOCK + "<div>" * 100_000, [REVIEW["claimReviewed"]], [_LEFT_OUT]),
        (_BLOCK + "<b></b>" * 400_000, [], ["it has over 300,000 tags."]),
        (_BLOCK + f'<a x="{"y" * 12_000_000}">', [REVIEW["claimReviewed"]], [_LEFT_OUT]),
        (_BLOCK + "<a " + " ".join(f"a{number}" for number in range(200_000)) + ">", [], None),
        (_BLOCK + "<a" * 290_000, [], ["it has a tag with over 300 attributes, or tags in tags."]),
        (_BLOCK.replace("</script>", " " * 1_000_000 + "x</script>"), [REVIEW["claimReviewed"]], None),
        (_BLOCK.replace("</script>", "-->" + " " * 1_000_000 + "x</script>"), [REVIEW["claimReviewed"]], None),
        (_BLOCK + "<p>" + "&amp;&lt;&#x41;" * 500_000, [REVIEW["claimReviewed"]], []),
        ('<!DOCTYPE x [<!ENTITY a "&b;&b;"><!ENTITY b "&a;&a;">]><p>&a;' + _BLOCK, [REVIEW["claimReviewed"]], []),
        (_BLOCK + "<table>" + "<tr><td>x</td></tr>" * 70_000, [REVIEW["claimReviewed"]], []),
        (
            _BLOCK + ("<p>" + "word " * 200) * 22_000,
            [REVIEW["claimReviewed"]],
            ["it is over 20 MB; the rest was left out."],
        ),
        (_ITEM + '<i itemprop="x">y</i>' * 50_000, ["Micro."], []),
        (_ITEM + '<i itemprop="x">' * 240 + "y", ["Micro."], []),
        (_ITEM + '<b itemprop="x">' * 60 + "<i>y</i>" * 20_000, [], ["is too large."]),
        (
            (_ITEM + "</div>") * 600,
            ["Micro."] * 500,
            ["there is too much microdata in the page; the rest was left out."],
        ),
        (_ITEM * 200, ["Micro."], []),
    ],
    ids=[
        *(
            "deep",
            "deep after",
            "tags",
            "attribute",
            "attributes",
            "tags in tags",
            "spaces",
            "more",
            "entities",
            "doctype",
            "table",
            "20 MB",
        ),
        *("properties", "nested properties", "copies", "items", "nested items"),
    ],
)
def test_bombs_do_no_harm(page: str, found: list[str], why: list[str] | None) -> None:
    """What is too much for the parser is left out in good time, and that is said."""
    before = time.monotonic()
    items = read("<html>" + page, "https://page.example/")
    assert time.monotonic() - before < 10
    assert claims(items) == found
    told = [reason for _, reason in reasons(items)]
    assert told == why if why is not None else len(told) == 1


@pytest.mark.parametrize(
    "data",
    [
        "<p>café".encode(),
        "<p>café".encode("utf-8-sig"),
        "<p>café".encode("utf-16"),
        "<p>café".encode("utf-16-le"),
        "<p>café".encode("latin-1"),
        '<meta charset="utf-8"><p>café'.encode("latin-1"),
        '<meta charset="iso-8859-1"><p>café'.encode(),
        '<meta http-equiv="Content-Type" content="text/html; charset=mac-roman"><p>café'.encode("mac-roman"),
        '<meta charset="rot13"><p>café'.encode("latin-1"),
        '<meta charset="none-such"><p>café'.encode("latin-1"),
    ],
)
def test_encodings_of_pages_are_found_out(data: bytes) -> None:
    """A page is read in its encoding, also where it declares none, or a wrong one."""
    assert page_text(data).endswith("café")


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ("", "https://given.example/dir/check"),
        ('<link rel="canonical" href="https://page.example/a">', "https://page.example/check"),
        ('<link rel="canonical" href="/b/c">', "https://given.example/b/check"),
        ('<meta property="og:url" content="https://og.example/a">', "https://og.example/check"),
        ('<link rel="canonical" href="javascript:x">', "https://given.example/dir/check"),
    ],
)
def test_relative_addresses_are_the_pages(head: str, url: str) -> None:
    """A relative address is meant on the page, whose address it may tell itself."""
    block = json.dumps({**REVIEW, "url": "check"})
    page = f'<html><head>{head}</head><script type="application/ld+json">{block}</script>'
    (found,) = read(page, "https://given.example/dir/page")
    assert isinstance(found, ReviewedClaim)
    assert found.review.source.url == url


def test_a_page_without_reviews_says_so() -> None:
    """A page that holds no ClaimReview gives one sentence."""
    assert reasons(read("<html><p>Nothing.")) == [("the file", "there is no ClaimReview in it.")]
