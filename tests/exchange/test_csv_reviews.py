from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.fact import Review, Verdict
from bot.domain.slugs import web_source
from bot.exchange.incoming import ReviewedClaim
from tests.exchange.sheets import one, rejected


class TestReviews:
    """Sheets of publishers' reviews."""

    def test_a_review_needs_a_claim_a_page_and_a_rating(self) -> None:
        """The publisher is else the page's host, and the title the claim."""
        source = web_source("https://www.check.example/1", "check.example", "The moon is cheese.")
        assert one(
            " The moon is cheese. ,https://www.check.example/1,Pants on fire", "Claim,URL,Rating"
        ) == ReviewedClaim("line 2", Review("", source, "The moon is cheese.", Verdict.FALSE, "Pants on fire"))

    def test_all_of_it_is_read(self) -> None:
        """A label is preferred to a rating; the rating alone does, too."""
        columns = "claim;url;rating;label;publisher;published;title;language;speaker;claim_date;appearances"
        line = 'c;https://a.example/;1;False;P;2020-05-17;T;EN;S;2020-05;"https://b.example/\nhttps://c.example/"'
        source = replace(web_source("https://a.example/", "P", "T"), published=date(2020, 5, 17))
        assert one(line, columns) == ReviewedClaim(
            place="line 2",
            review=Review("", source, "c", Verdict.FALSE, "False"),
            language="en",
            speaker="S",
            claim_date="2020-05",
            appearances=("https://b.example/", "https://c.example/"),
        )

    def test_a_rating_may_be_blank(self) -> None:
        """Then nobody rated the claim."""
        found = one("c,https://a.example/,", "claim,url,label")
        assert isinstance(found, ReviewedClaim)
        assert (found.review.verdict, found.review.label) == (Verdict.UNRATED, None)

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            (",https://a.example/,x,,,", "claim is missing."),
            ("c,,x,,,", "url is missing."),
            ("c,a.example,x,,,", 'url is "a.example"; a web address starts with https://'),
            ("c,https://a.example/,x,May 2020,,", 'published is "May 2020"; a date looks like 2024-08-31.'),
            ("c,https://a.example/,x,,May 2020,", 'claim_date is "May 2020"; it looks like 2024'),
            ("c,https://a.example/,x,,,b.example", "appearances[0] is no web address"),
            (f"{'c' * 1001},https://a.example/,x,,,", "claim is 1001 characters; 1000 at most."),
            (f"c,https://a.example/,{'x' * 1001},,,", "label is 1001 characters; 1000 at most."),
            (f"c,https://a.example/{'x' * 2000},x,,,", "the source: url is 2018 characters; 2000 at most."),
        ],
    )
    def test_a_fault_rejects_the_row(self, line: str, why: str) -> None:
        """In one sentence."""
        place, said = rejected(one(line, "claim,url,rating,published,claim_date,appearances"))
        assert place == "line 2"
        assert said.startswith(why)
