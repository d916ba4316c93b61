"""What the lexical index keeps: its fields, and a fact as its documents. A change here makes every index anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import tantivy

from bot.domain.fact import Fact
from bot.matching.links import canonical_url
from bot.matching.magnet import refusal
from bot.matching.normalise import normalise
from bot.matching.words import Words, words

FACT, OWN, OVERRIDE, STATE = "fact", "own", "override", "state"
"""What a document's ``kind`` may say: a fact's claim, a wording of a server's own fact, the claim of one that overrides
another, the index's state. Of the middle two each server has its own (see ``scoped``)."""


def schema() -> tantivy.Schema:
    """Return the fields. Every document has ``slug`` and ``stems``, but for the one of the index's own ``state``."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("slug", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("stems", stored=True, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    # The rest stands on one document a fact, that of its claim.
    builder.add_text_field("overrides", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("truth", tokenizer_name="whitespace", index_option="basic")
    builder.add_unsigned_field("version", stored=True)
    builder.add_text_field("url", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("state", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def documents(fact: Fact) -> Iterator[tantivy.Document]:
    """Return a document a wording; one whose content stems are those of an earlier one needs none.

    A wording that says too little (see ``magnet.refusal``) stands there without its stems: nothing finds it.
    """
    wordings = (words(normalise(text)) for text in fact.wordings())
    texts = dict.fromkeys("" if refusal(wording) else _stems(wording, fact) for wording in wordings)
    for place, stems in enumerate(texts):
        document = tantivy.Document(slug=fact.slug, stems=stems)
        if fact.guild_id is not None:
            document.add_text("kind", OWN)
            document.add_text("kind", scoped(OWN, fact.guild_id))
        if place == 0:
            _describe(document, fact)
        yield document


def _describe(document: tantivy.Document, fact: Fact) -> None:
    document.add_text("kind", FACT)
    document.add_text("truth", _stems(words(normalise(fact.true_statement)), fact))
    document.add_unsigned("version", fact.version)
    for url in filter(None, map(canonical_url, fact.appearances)):
        document.add_text("url", scoped(url, fact.guild_id))
    if fact.guild_id is not None and fact.overrides is not None:
        document.add_text("kind", scoped(OVERRIDE, fact.guild_id))
        document.add_text("overrides", fact.overrides)


def state_document(state: str) -> tantivy.Document:
    """Return the document that says what the index holds."""
    return tantivy.Document(kind=STATE, state=state)


def scoped(term: str, guild_id: int | None) -> str:
    """Return a term as the facts of a server bear it; those of all servers (None) bear it as it is.

    No stem holds a stroke, and no canonical address begins with a number and one.
    """
    return term if guild_id is None else f"{guild_id}/{term}"


def unscoped(terms: Iterable[str], guild_id: int | None) -> Iterable[str]:
    """Return what ``scoped`` was given."""
    prefix = scoped("", guild_id)
    return (term.removeprefix(prefix) for term in terms) if prefix else terms


def _stems(text: Words, fact: Fact) -> str:
    return " ".join(scoped(stem, fact.guild_id) for stem in sorted(text.content))
