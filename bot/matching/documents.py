"""What the lexical index keeps: its fields, and a fact as its documents. A change here makes every index anew."""

from __future__ import annotations

from collections.abc import Iterator

import tantivy

from bot.domain.fact import Fact
from bot.matching.links import canonical_url
from bot.matching.magnet import refusal
from bot.matching.normalise import normalise
from bot.matching.words import Words, words


def schema() -> tantivy.Schema:
    """Return the fields. Every document has ``slug`` and ``stems``, but for the one of the index's own ``state``."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("slug", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("stems", stored=True, tokenizer_name="whitespace", index_option="freq")
    # The rest stands on one document a fact, that of its claim.
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
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
    texts = dict.fromkeys("" if refusal(wording) else _stems(wording) for wording in wordings)
    for place, stems in enumerate(texts):
        document = tantivy.Document(slug=fact.slug, stems=stems)
        if place == 0:
            document.add_text("kind", "fact")
            document.add_text("truth", _stems(words(normalise(fact.true_statement))))
            document.add_unsigned("version", fact.version)
            for url in filter(None, map(canonical_url, fact.appearances)):
                document.add_text("url", url)
        yield document


def state_document(state: str) -> tantivy.Document:
    """Return the document that says what the index holds."""
    return tantivy.Document(kind="state", state=state)


def _stems(text: Words) -> str:
    return " ".join(sorted(text.content))
