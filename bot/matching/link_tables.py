"""What is known of sites and of the ways in which their pages are shared, as data for ``links``.

Be careful with a line here: two pages that fold into one make a note stand under the wrong post. A host that shows
other sites' posts folds only where the post is known by its number; a page is known by less than its address only
where that is all that the site itself looks at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TRACKERS = re.compile(
    r"""(?ix)
    utm_\w+ | mc_\w+ | _hs\w+ | __hs\w+ | hsctatracking | vero_\w+ | mkt_tok | oly_(?:anon|enc)_id | mtm_\w+
    | pk_(?:campaign|kwd|source|medium|content|keyword|cid) | at_(?:medium|campaign|custom\d|link_\w+|ptr_name|bbc_team)
    | fbclid | gclid | gclsrc | dclid | wbraid | gbraid | msclkid | yclid | ysclid | twclid | ttclid | li_fat_id | epik
    | igshid | igsh | mibextid | fb_(?:action_ids|action_types|source|ref) | srsltid | s_kwcid | ef_id | wickedid
    | ref | ref_src | ref_url | si | cmpid | smid | ocid | xtor | s_cid | _openstat | _ga | _gl | _branch_match_id
    | _branch_referrer | __twitter_impression | guccounter | guce_referrer(?:_sig)? | usqp | amp_js_v | amp_gsa
    """
)
"""Names of parameters that tell where a reader came from, and nothing of the page."""
AMP = {"amp": frozenset({"", "1", "true"}), "outputtype": frozenset({"amp"})}
"""Parameters, in lower case, with the values that ask for a page's AMP form."""

HOST_PREFIX = re.compile(
    r"(?:www\.|(?:m|mobile|amp|touch)\.(?!(?:ac|co|com|edu|go|gov|ne|net|or|org)\.[a-z]{2}\Z))(?=[^.]+\.)"
)
"""A prefix that names a form of the site. "m.co.uk" is a site of its own."""
WIKI_MOBILE = re.compile(
    r"\.m\.(?=(?:wik(?:ipedia|tionary|inews|iquote|isource|ivoyage|ibooks|iversity|imedia))\.org\Z)"
)

_GOOGLE = r"google\.(?:com?\.)?[a-z]{2,3}"

WRAPPERS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern), names)
    for pattern, names in (
        (rf"{_GOOGLE}/url", ("q", "url")),
        (r"lm?\.(?:facebook|instagram|messenger)\.com(?:/l\.php)?|facebook\.com/l\.php", ("u",)),
        (r"l\.threads\.(?:net|com)", ("u",)),
        (r"out\.reddit\.com(?:/\w+)?", ("url",)),
        (r"youtube\.com/redirect", ("q",)),
        (r"consent\.(?:youtube|google)\.com/\w+", ("continue",)),
        (r"duckduckgo\.com/l", ("uddg",)),
        (r"t\.umblr\.com/redirect", ("z",)),
        (r"(?:away\.)?vk\.com/away\.php", ("to",)),
        (r"[\w.-]+\.safelinks\.protection\.outlook\.com", ("url",)),
        (r"t\.me/iv", ("url",)),
        (r"slack-redir\.net/link", ("url",)),
        (r"steamcommunity\.com/linkfilter", ("u", "url")),
    )
)
"""Host and path of pages that only lead on, with the parameters that name where to."""

CARRIERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_GOOGLE}/amp/(?:s/)?(?P<rest>[^/]+\..+)",
        r"(?:[\w-]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)/(?:c|v|wp)/(?:s/)?(?P<rest>[^/]+\..+)",
        r"web\.archive\.org/web/(?:\d{1,14}(?:[a-z]{2}_)?/)?(?P<rest>https?:/.+)",
        r"web\.archive\.org/web/\d{1,14}(?:[a-z]{2}_)?/(?P<rest>[^/:]+\.[^/]+.*)",
        r"archive\.today/(?:[\d.-]{4,20}|newest|oldest|o/\w+)/(?P<rest>https?:/.+)",
        r"archive\.today/(?:[\d.-]{4,20}|newest|oldest|o/\w+)/(?P<rest>[^/:]+\.[^/]+.*)",
    )
)
"""Host and path of copies that carry the page's own address in theirs."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site, under some of its hosts.

    ``pages`` are patterns for path and query with what a page that fits is known by; ``whole`` tells whether the other
    pages of these hosts are the site's, too; ``trackers`` are parameters that mean nothing here alone. One that is in
    ``inner`` points at something in the page, such as a comment, which makes it another page. With ``any_case`` the
    site reads an address of one of these pages in lower case.
    """

    name: str
    hosts: re.Pattern[str]
    pages: tuple[tuple[re.Pattern[str], str], ...] = ()
    whole: bool = True
    trackers: frozenset[str] = frozenset()
    inner: frozenset[str] = frozenset()
    any_case: bool = False


def _pages(**known_by: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return patterns, given as ``name=pattern``, each with the form of ``_FORMS`` that has the name."""
    return tuple((re.compile(pattern), _FORMS[name.split("__")[0]]) for name, pattern in known_by.items())


_FORMS = {
    "status": "/i/status/{id}",
    "watch": "/watch?v={id}",
    "comments": "/comments/{id}",
    "comment": "/comments/{id}/_/{comment}",
    "tiktok": "/@/video/{id}",
    "shortcode": "/p/{id}",
    "thread": "/t/{id}",
    "bluesky": "/profile/{who}/post/{id}",
    "message": "/{who}/{id}",
    "posts": "/posts/{id}",
    "photo": "/photo?fbid={id}",
    "group": "/groups/{who}/posts/{id}",
}
_STATUS = _pages(status=r"/(?:i/web/|\w+/)?status(?:es)?/(?P<id>\d+)\b.*")
_VIDEO = r"(?P<id>(?!videoseries|live_stream)[\w-]{11})"
_WATCH = _pages(
    watch__query=rf"/watch\?(?:.*&)?v={_VIDEO}(?:&.*)?",
    watch__path=rf"/(?:shorts|live|embed|v|e)/{_VIDEO}(?:\?.*)?",
)
_REDDIT = _pages(
    comments=r"/(?:(?:r|u|user)/[\w-]+/)?comments/(?P<id>\w+)(?:/[^/?]*)?(?:\?.*)?",
    comment=r"/(?:(?:r|u|user)/[\w-]+/)?comments/(?P<id>\w+)/[^/?]*/(?P<comment>\w+)(?:\?.*)?",
    comments__gallery=r"/gallery/(?P<id>\w+)(?:\?.*)?",
)
_TIKTOK = _pages(
    tiktok=r"/@[\w.-]*/(?:video|photo)/(?P<id>\d+)(?:\?.*)?",
    tiktok__embed=r"/(?:embed(?:/v\d)?|player/v1|v)/(?P<id>\d+)(?:\.html)?(?:\?.*)?",
)
_INSTAGRAM = _pages(
    shortcode=r"/(?:[\w.]+/)?(?:p|reels?|tv)/(?P<id>[\w-]{9,})(?:/embed(?:/captioned)?)?(?:\?.*)?",
)
_THREADS = _pages(thread=r"/(?:@[\w.]+/post|t)/(?P<id>[\w-]{9,})(?:/embed)?(?:\?.*)?")
_BLUESKY = _pages(bluesky=r"/profile/(?P<who>[\w.:-]+)/post/(?P<id>\w+)(?:\?.*)?")
_OBJECT = r"(?P<id>\d{15,20}|pfbid\w{20,})"
"""Facebook's newer numbers, each given once; the older, shorter ones only tell apart what one account has posted."""
_FACEBOOK = _pages(
    posts=rf"/(?:[\w.-]+/)?posts/(?:[^/?]+/)?{_OBJECT}(?:\?.*)?",
    posts__story=rf"/(?:story|permalink)\.php\?(?:.*&)?story_fbid={_OBJECT}(?:&.*)?",
    watch=rf"/(?:watch(?:/live)?|video\.php)\?(?:.*&)?v={_OBJECT}(?:&.*)?",
    watch__path=rf"/(?:[\w.-]+/videos/(?:[^/?]+/)?|videos/|reel/){_OBJECT}(?:\?.*)?",
    photo=rf"/photo(?:\.php)?\?(?:.*&)?fbid={_OBJECT}(?:&.*)?",
    photo__path=rf"/[\w.-]+/photos/(?:[^/?]+/)?{_OBJECT}(?:\?.*)?",
    group=r"/groups/(?P<who>[\w.-]+)/(?:posts|permalink)/(?P<id>\d+)(?:\?.*)?",
)
_X_MIRRORS = (
    r"(?:[dg]\.)?(?:fxtwitter|fixupx|twittpr)\.com|(?:[cd]\.)?(?:vxtwitter|fixvx)\.com|xcancel\.com|nitter\.[\w.-]+"
)
_YOUTUBE_TRACKERS = frozenset({"t", "feature", "app", "pp", "ab_channel"})
_TIKTOK_TRACKERS = frozenset({"is_from_webapp", "is_copy_url", "sender_device", "sender_web_id", "web_id", "_r", "_t"})
_FACEBOOK_TRACKERS = frozenset(
    {"rdid", "share_url", "_rdr", "_rdc", "refsrc", "paipv", "eav", "fref", "__tn__", "sfnsn"}
)
_COMMENT = frozenset({"comment_id", "reply_comment_id"})

SITES = (
    Site("x.com", re.compile(r"(?:x|twitter)\.com"), _STATUS, trackers=frozenset({"s", "t"})),
    Site("x.com", re.compile(_X_MIRRORS), _STATUS, whole=False),
    Site("youtube.com", re.compile(r"youtube\.com"), _WATCH, trackers=_YOUTUBE_TRACKERS, inner=frozenset({"lc"})),
    Site("youtube.com", re.compile(r"music\.youtube\.com|youtube-nocookie\.com"), _WATCH, whole=False),
    Site("youtube.com", re.compile(r"youtu\.be"), _pages(watch=rf"/{_VIDEO}(?:\?.*)?"), whole=False),
    Site("reddit.com", re.compile(r"(?:(?:old|np|new|sh)\.)?reddit\.com"), _REDDIT, any_case=True),
    Site("reddit.com", re.compile(r"(?:old\.)?(?:rxddit|vxreddit)\.com"), _REDDIT, whole=False, any_case=True),
    Site("reddit.com", re.compile(r"redd\.it"), _pages(comments=r"/(?P<id>\w+)(?:\?.*)?"), whole=False, any_case=True),
    Site("tiktok.com", re.compile(r"tiktok\.com"), _TIKTOK, trackers=_TIKTOK_TRACKERS),
    Site("tiktok.com", re.compile(r"vxtiktok\.com|(?:[ad]\.)?tnktok\.com"), _TIKTOK, whole=False),
    Site("instagram.com", re.compile(r"instagram\.com"), _INSTAGRAM),
    Site("instagram.com", re.compile(r"(?:[dg]\.)?(?:dd|kk|ee|vx)instagram\.com"), _INSTAGRAM, whole=False),
    Site("threads.com", re.compile(r"threads\.(?:com|net)"), _THREADS, trackers=frozenset({"xmt"})),
    Site("threads.com", re.compile(r"(?:fix|vx)threads\.net"), _THREADS, whole=False),
    Site("bsky.app", re.compile(r"bsky\.app"), _BLUESKY, any_case=True),
    Site("bsky.app", re.compile(r"(?:fxbsky|bskx|bskyx|vxbsky)\.app"), _BLUESKY, whole=False, any_case=True),
    Site(
        "facebook.com",
        re.compile(r"(?:mbasic\.|web\.|[a-z]{2}-[a-z]{2}\.)?facebook\.com"),
        _FACEBOOK,
        trackers=_FACEBOOK_TRACKERS,
        inner=_COMMENT,
    ),
    Site(
        "t.me",
        re.compile(r"t\.me|telegram\.(?:me|dog)"),
        _pages(message=r"/(?:s/)?(?P<who>[a-z]\w{3,})/(?P<id>\d+)(?:\?.*)?"),
        inner=frozenset({"comment", "thread"}),
        any_case=True,
    ),
    Site("archive.today", re.compile(r"archive\.(?:today|ph|is|li|vn|fo|md)")),
)
