from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.matching.links import canonical_url

STATUS = "x.com/i/status/123"
VIDEO = "youtube.com/watch?v=dQw4w9WgXcQ"
SKEET = "bsky.app/profile/alice.bsky.social/post/3kxyz"
REDDIT = "reddit.com/comments/1abc2d"
TIKTOK = "tiktok.com/@/video/7123456789012345678"
INSTAGRAM = "instagram.com/p/CxYz_12-abc"
THREAD = "threads.com/t/CxYz_12-abc"
FACEBOOK = "facebook.com/posts/123456789012345678"
CLIP = "facebook.com/watch?v=123456789012345678"
PAGE = "example.com/a?id=7"
WRAPPED = "https%3A%2F%2Fwww.example.com%2Fa%3Fid%3D7"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.Example.com/Path/", "example.com/Path"),
        ("HTTP://m.example.com", "example.com"),
        ("https://www.m.touch.example.com/a", "example.com/a"),
        ("https://example.com:443/a", "example.com/a"),
        ("http://example.com:80/a", "example.com/a"),
        ("https://example.com:8443/a", "example.com:8443/a"),
        ("https://example.com./a#part", "example.com/a"),
        ("https://example.com//a///b", "example.com/a/b"),
        ("https://user:word@example.com/a", "example.com/a"),
        (" https://example.com/a). ", "example.com/a"),
        ("https://example.com/a?b=2&a=1", "example.com/a?a=1&b=2"),
        ("https://example.com/index.html", "example.com/index.html"),
        ("https://www.gov.uk/a", "gov.uk/a"),
        ("https://en.m.wikipedia.org/wiki/NATO", "en.wikipedia.org/wiki/NATO"),
        ("https://commons.m.wikimedia.org/wiki/NATO", "commons.wikimedia.org/wiki/NATO"),
    ],
)
def test_one_page_is_one_address(url: str, expected: str) -> None:
    """However it was shared."""
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a%2db%7e", "example.com/a-b~"),
        ("https://example.com/a%2fb", "example.com/a%2Fb"),
        ("https://example.com/ä b", "example.com/%C3%A4%20b"),
        ("https://example.com/%c3%a4%20b", "example.com/%C3%A4%20b"),
        ("https://example.com/100%", "example.com/100%25"),
        ("https://example.com/%%32%45", "example.com/%252E"),
        ("https://example.com/Moon_%28cheese%29", "example.com/Moon_(cheese"),
        ("https://example.com/Moon_(cheese)", "example.com/Moon_(cheese"),
        ("https://example.com/?q=%e4+b", "example.com?q=%E4+b"),
        ("https://müller.example/ä", "xn--mller-kva.example/%C3%A4"),
        ("https://MÜLLER.example/", "xn--mller-kva.example"),
        ("https://faß.example/", "faß.example"),
    ],
)
def test_one_spelling_is_left(url: str, expected: str) -> None:
    """Of escapes and of names in other alphabets."""
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    "tracker",
    [
        *("utm_source=x", "UTM_Medium=x", "fbclid=1", "gclid=1", "wbraid=1", "gbraid=1", "mc_cid=1", "mc_eid=1"),
        *(
            "_hsenc=1",
            "_hsmi=1",
            "vero_id=1",
            "yclid=1",
            "twclid=1",
            "ttclid=1",
            "li_fat_id=1",
            "igsh=1",
            "at_medium=x",
        ),
        *("amp", "amp=1", "outputType=amp", "usqp=mq331AQ", "mkt_tok=1", "mtm_campaign=x", "ref=home", "smid=tw-share"),
    ],
)
def test_trackers_go(tracker: str) -> None:
    """Wherever they stand among the parameters; what tells one page from another stays."""
    assert canonical_url(f"https://example.com/a?{tracker}&id=7") == PAGE
    assert canonical_url(f"https://example.com/a?id=7&{tracker}") == PAGE


@pytest.mark.parametrize(
    "url",
    [
        "https://amp.example.com/a/amp?id=7",
        "https://www.example.com/amp/a?id=7",
        "https://www.example.com/a/amp/?amp=1&id=7",
        "https://www.google.com/amp/s/www.example.com/a?id=7",
        "https://www.google.co.uk/amp/example.com/amp/a?id=7",
        "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a/amp?id=7&usqp=mq331AQ",
        "https://www-example-com.cdn.ampproject.org/v/example.com/a?id=7&amp_js_v=0.1",
        f"https://www.google.com/url?sa=t&source=web&q=&url={WRAPPED}&ved=2ah",
        f"https://www.google.de/url?q={WRAPPED}",
        f"https://l.facebook.com/l.php?u={WRAPPED}%26fbclid%3D1&h=AT0",
        f"https://lm.facebook.com/l.php?u={WRAPPED}",
        f"https://l.instagram.com/?u={WRAPPED}&e=AT",
        f"https://out.reddit.com/t3_abc?url={WRAPPED}&token=1",
        f"https://www.youtube.com/redirect?event=x&q={WRAPPED}",
        f"https://duckduckgo.com/l/?uddg={WRAPPED}&rut=1",
        f"https://vk.com/away.php?to={WRAPPED}",
        f"https://t.me/iv?url={WRAPPED}&rhash=1",
        f"https://nam02.safelinks.protection.outlook.com/?url={WRAPPED}&data=1",
        "https://web.archive.org/web/20240101000000/https://www.example.com/a?id=7",
        "https://web.archive.org/web/20240101000000id_/http://example.com:80/a?id=7",
        "https://web.archive.org/web/2024/example.com/a?id=7",
        "https://web.archive.org/web/https://example.com/a?id=7",
        "https://archive.ph/20240101000000/https://example.com/a?id=7",
        "https://archive.is/2024.01.01-000000/https://example.com/a?id=7",
        "https://archive.today/newest/https://example.com/a?id=7",
        f"https://archive.vn/newest/{WRAPPED}",
        "https://archive.li/o/AbCdE/https://example.com/a?id=7",
        f"https://archive.fo/newest/https://www.google.com/url?q={WRAPPED}",
        f"https://l.facebook.com/l.php?u=https%3A%2F%2Fweb.archive.org%2Fweb%2F2024%2F{WRAPPED}",
    ],
)
def test_what_leads_to_a_page_is_the_page(url: str) -> None:
    """AMP's copies, links that only lead on, and archives' copies, also one inside the other."""
    assert canonical_url(url) == PAGE


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a.amp.html", "example.com/a.html"),
        ("https://www.google.com/url?q=moon+cheese", "google.com/url?q=moon+cheese"),
        ("https://web.archive.org/web/2024*/example.com/a", "web.archive.org/web/2024*/example.com/a"),
        ("https://web.archive.org/web/2024/ftp://example.com/a", "web.archive.org/web/2024/ftp:/example.com/a"),
        ("https://archive.md/AbCdE", "archive.today/AbCdE"),
        ("https://ghostarchive.org/archive/AbCdE", "ghostarchive.org/archive/AbCdE"),
        ("https://bit.ly/AbCdE", "bit.ly/AbCdE"),
        ("https://fb.watch/AbCdE_/", "fb.watch/AbCdE_"),
    ],
)
def test_what_names_no_page_is_a_page_itself(url: str, expected: str) -> None:
    """Nothing is guessed."""
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://twitter.com/Some_One/status/123?s=20&t=abc", STATUS),
        ("https://mobile.twitter.com/i/web/status/123", STATUS),
        ("https://nitter.net/a/statuses/123#m", STATUS),
        ("https://nitter.poast.org/a/status/123", STATUS),
        ("https://fxtwitter.com/a/status/123/photo/1", STATUS),
        ("https://d.vxtwitter.com/a/status/123.mp4", STATUS),
        ("https://fixupx.com/a/status/123/de", STATUS),
        ("https://fixvx.com/a/status/123", STATUS),
        ("https://twittpr.com/a/status/123", STATUS),
        ("https://xcancel.com/a/status/123", STATUS),
        ("https://x.com/elonmusk", "x.com/elonmusk"),
        ("https://twitter.com/elonmusk?s=20", "x.com/elonmusk"),
        ("https://nitter.net/about", "nitter.net/about"),
        ("https://youtu.be/dQw4w9WgXcQ?t=42", VIDEO),
        ("https://m.youtube.com/watch?v=dQw4w9WgXcQ&t=42s&si=x", VIDEO),
        ("https://www.youtube.com/watch?app=desktop&feature=share&list=PL1&v=dQw4w9WgXcQ", VIDEO),
        ("https://youtube.com/shorts/dQw4w9WgXcQ?feature=share", VIDEO),
        ("https://www.youtube.com/live/dQw4w9WgXcQ", VIDEO),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", VIDEO),
        ("https://music.youtube.com/watch?v=dQw4w9WgXcQ&feature=share", VIDEO),
        ("https://bsky.app/profile/Alice.bsky.social/post/3kxyz?ref_src=embed", SKEET),
        ("https://fxbsky.app/profile/alice.bsky.social/post/3kxyz", SKEET),
        ("https://bskx.app/profile/alice.bsky.social/post/3kxyz", SKEET),
        ("https://bskyx.app/profile/alice.bsky.social/post/3kxyz", SKEET),
        ("https://vxbsky.app/profile/alice.bsky.social/post/3kxyz", SKEET),
        ("at://alice.bsky.social/app.bsky.feed.post/3kxyz", SKEET),
        ("at://did:plc:ab12/app.bsky.feed.post/3kxyz", "bsky.app/profile/did:plc:ab12/post/3kxyz"),
        ("https://bsky.app/profile/did%3Aplc%3Aab12/post/3kxyz", "bsky.app/profile/did:plc:ab12/post/3kxyz"),
        ("https://www.tiktok.com/@some.one/video/7123456789012345678?is_from_webapp=1&sender_device=pc", TIKTOK),
        ("https://www.vxtiktok.com/@some.one/video/7123456789012345678", TIKTOK),
        ("https://tnktok.com/@some.one/photo/7123456789012345678", TIKTOK),
        ("https://m.tiktok.com/v/7123456789012345678.html", TIKTOK),
        ("https://www.tiktok.com/embed/v2/7123456789012345678", TIKTOK),
        ("https://www.instagram.com/p/CxYz_12-abc/?igsh=1&img_index=2", INSTAGRAM),
        ("https://www.instagram.com/some.one/reel/CxYz_12-abc/", INSTAGRAM),
        ("https://www.instagram.com/reels/CxYz_12-abc", INSTAGRAM),
        ("https://instagram.com/tv/CxYz_12-abc/embed/captioned", INSTAGRAM),
        ("https://www.ddinstagram.com/reel/CxYz_12-abc", INSTAGRAM),
        ("https://kkinstagram.com/reel/CxYz_12-abc", INSTAGRAM),
        ("https://www.threads.net/@some.one/post/CxYz_12-abc?xmt=1", THREAD),
        ("https://www.threads.com/t/CxYz_12-abc", THREAD),
        ("https://fixthreads.net/@some.one/post/CxYz_12-abc", THREAD),
    ],
)
def test_a_post_is_known_by_its_number(url: str, expected: str) -> None:
    """Whoever shows it, and whatever else stands in the address."""
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.reddit.com/r/Space/comments/1abc2d/the_moon/?share_id=x", REDDIT),
        ("https://old.reddit.com/r/space/comments/1abc2d", REDDIT),
        ("https://np.reddit.com/user/some_one/comments/1abc2d/the_moon", REDDIT),
        ("https://new.reddit.com/comments/1abc2d/", REDDIT),
        ("https://www.reddit.com/gallery/1abc2d", REDDIT),
        ("https://rxddit.com/r/space/comments/1abc2d/the_moon", REDDIT),
        ("https://vxreddit.com/r/space/comments/1abc2d", REDDIT),
        ("https://redd.it/1abc2d", REDDIT),
        ("https://old.reddit.com/r/space/comments/1abc2d/the_moon/kxyz9?context=3", f"{REDDIT}/_/kxyz9"),
        ("https://www.reddit.com/r/space/comments/1abc2d/comment/kxyz9/", f"{REDDIT}/_/kxyz9"),
        ("https://m.facebook.com/story.php?story_fbid=123456789012345678&id=77&mibextid=x", FACEBOOK),
        ("https://www.facebook.com/permalink.php?id=77&story_fbid=123456789012345678", FACEBOOK),
        ("https://mbasic.facebook.com/some.one/posts/123456789012345678?refsrc=x", FACEBOOK),
        ("https://de-de.facebook.com/some.one/posts/the-moon/123456789012345678/", FACEBOOK),
        ("https://touch.facebook.com/some.one/videos/123456789012345678", CLIP),
        ("https://www.facebook.com/watch/?v=123456789012345678&rdid=x", CLIP),
        ("https://www.facebook.com/reel/123456789012345678", CLIP),
        (
            "https://www.facebook.com/photo.php?fbid=123456789012345678&set=a.1",
            "facebook.com/photo?fbid=123456789012345678",
        ),
        ("https://www.facebook.com/groups/moon/permalink/12345/", "facebook.com/groups/moon/posts/12345"),
        ("https://t.me/s/SomeChannel/123?single", "t.me/somechannel/123"),
        ("https://telegram.me/somechannel/123", "t.me/somechannel/123"),
    ],
)
def test_a_thread_is_known_by_its_number(url: str, expected: str) -> None:
    """On sites that put other things around it."""
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://forum.example/thread?t=1", "https://forum.example/thread?t=2"),
        ("https://forum.example/?s=nato", "https://forum.example/?s=putin"),
        ("https://forum.example/thread?1955", "https://forum.example/thread?1949"),
        ("https://old.example/?q=%ef%e0", "https://old.example/?q=%ef%e1"),
        (
            "https://google.com/url?q=http%3A%2F%2Fa.example%2F%25ef",
            "https://google.com/url?q=http%3A%2F%2Fa.example%2F%25ee",
        ),
        ("https://x.com/a/status/1", "https://x.com/a/status/2"),
        ("https://x.com/a/status/12", "https://x.com/a/status/12b"),
        ("https://a.example/x", "https://b.example/x"),
        ("https://a.example:8080/x", "https://a.example/x"),
        ("https://a.example/Story", "https://a.example/story"),
        ("https://a.example/a%2Fb", "https://a.example/a/b"),
        ("https://m.co.uk/x", "https://co.uk/x"),
        ("https://mobile.com/x", "https://com/x"),
        ("https://old.example.com/x", "https://example.com/x"),
        ("https://faß.example/", "https://fass.example/"),
        ("https://nitter.net/about", "https://x.com/about"),
        ("https://youtube.com:8443/watch?v=dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube.com/embed/videoseries?list=PL1", "https://www.youtube.com/embed/videoseries?list=PL2"),
        ("https://www.youtube.com/embed/live_stream?channel=a", "https://www.youtube.com/embed/live_stream?channel=b"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&lc=Ugx1", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://youtube.com/dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcQ"),
        ("https://bsky.app/profile/alice.example/post/3k", "https://bsky.app/profile/bob.example/post/3k"),
        ("https://www.instagram.com/reels/audio/123456789", "https://www.instagram.com/reels/audio/987654321"),
        ("https://facebook.com/a/posts/123", "https://facebook.com/b/posts/123"),
        ("https://facebook.com/story.php?story_fbid=123&id=7", "https://facebook.com/story.php?story_fbid=123&id=8"),
        (
            "https://facebook.com/a/posts/123456789012345678?comment_id=1",
            "https://facebook.com/a/posts/123456789012345678",
        ),
        ("https://t.me/somechannel/123?comment=4", "https://t.me/somechannel/123"),
        ("https://t.me/c/1234/5", "https://t.me/c/1235/5"),
        (
            "https://x.example/?u=at://a.b/app.bsky.feed.post/1",
            "https://x.example/?u=https://bsky.app/profile/a.b/post/1",
        ),
    ],
)
def test_two_pages_are_two_addresses(one: str, other: str) -> None:
    """A link to the one must never be taken for the other."""
    assert canonical_url(one) != canonical_url(other)


def test_there_is_an_end_to_links_in_links() -> None:
    """Three inside each other are followed; a fourth leaves nothing that could be matched."""
    url = "https://example.com/a?id=7"
    for _ in range(3):
        url = f"https://archive.ph/newest/{url}"
    assert canonical_url(url) == PAGE
    assert canonical_url(f"https://archive.ph/newest/{url}") is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "words",
        "ftp://example.com/a",
        "javascript:alert(1)",
        "at://did:plc:ab12/app.bsky.graph.list/3kxyz",
        "https://",
        "https://localhost/a",
        "https://[::1/a",
        "https://[::ffff:127.0.0.1]/a",
        "https://a..example/",
        "https://exa mple.com/",
        f"https://{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}/",
        "https://example.com:port/",
        "https://example.com:99999/",
        "https://exam\u2100ple.com/",
        "mailto:a@example.com",
    ],
)
def test_what_is_no_web_address_has_no_form(url: str) -> None:
    """Broken addresses are an answer, not an error."""
    assert canonical_url(url) is None


_PIECES = st.sampled_from(
    [
        *(
            "/",
            "//",
            "?",
            "&",
            "=",
            "#",
            ".",
            ")",
            "%",
            "%2F",
            "%3A",
            "%2E",
            "%25",
            "%ff",
            ":",
            ":80",
            "+",
            " ",
            "@",
            "ä",
            "ß",
        ),
        *(
            "amp",
            "/amp/",
            ".amp.html",
            "www.",
            "m.",
            "mobile.",
            "s/",
            "https://",
            "http:/",
            "a.example",
            "b",
            "123",
            "co.uk",
        ),
        *(
            "google.com",
            "/url",
            "q=",
            "url=",
            "u=",
            "l.facebook.com/l.php?",
            "out.reddit.com?url=",
            "v=",
            "dQw4w9WgXcQ",
        ),
        *(
            "web.archive.org/web/2020/",
            "archive.ph/newest/",
            "cdn.ampproject.org/c/s/",
            "\ud800",
            "\udcff",
            "\x00",
            "。",
        ),
        *(
            "x.com",
            "twitter.com",
            "/a/status/",
            "youtu.be/",
            "youtube.com/",
            "watch",
            "reddit.com/comments/",
            "t.me/s/",
        ),
    ]
)


@given(
    st.one_of(st.text(max_size=100), st.lists(_PIECES, max_size=14).map("".join)),
    st.sampled_from(["", "https://", "//"]),
)
@example("a.example?\ud800=\udfff", "http://")
@example("a.example?%ff%00&&==", "http://")
@example("www.m.a.example/amp./?b=.&a=%29&utm_source=x", "https://")
def test_no_address_is_an_error_and_each_form_is_its_own(text: str, start: str) -> None:
    """Whatever somebody posts; and an address that was written down in its canonical form is found again."""
    form = canonical_url(start + text)
    assert form is None or (form and canonical_url(f"https://{form}") == form)


_PART = st.text(alphabet="abcxyz0189-_", min_size=1, max_size=8)


@given(_PART, st.lists(_PART, max_size=3), st.dictionaries(_PART, _PART, max_size=3))
def test_an_ordinary_address_has_a_form(host: str, path: list[str], query: dict[str, str]) -> None:
    """Which is its own."""
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    form = canonical_url(f"https://h{host}.example/{'/'.join(path)}?{pairs}")
    assert form is not None
    assert canonical_url(f"https://{form}") == form
