"""Let a post's short links stand for what they lead to, before it is matched."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.domain.ports import LinkExpander
from bot.domain.post import Post
from bot.matching.spans import read

log = logging.getLogger(__name__)


async def expanded(post: Post, expander: LinkExpander | None) -> Post:
    """Return a post with where its short links lead; as it is without an expander, and where nothing is found out.

    It waits for other machines: call it outside of every transaction.
    """
    if expander is None or "://" not in post.text:
        return post
    urls = read(post).urls
    try:
        found = await expander.expand(urls)
    except Exception:
        # What it says itself can be matched all the same.
        log.exception("links.unexpanded")
        return post
    return replace(post, resolved=tuple(found[url] for url in dict.fromkeys(urls) if url in found))
