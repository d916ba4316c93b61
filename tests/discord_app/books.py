"""Whether what a server's database says of a stretch of time agrees with itself, with Discord and with the truth."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import Act, AuditEvent
from bot.domain.note import Note, NoteKind, NoteState, Provenance
from bot.domain.policy import APPROVALS_NEEDED
from bot.domain.review import WAITING, ReviewItem, ReviewState, Wanted
from bot.review.autonomy import COUNTED, approvals
from bot.services.plan import MAX_LINKS
from tests.discord_app.week import FACTS, Server

_SEEN = frozenset({NoteState.POSTED, NoteState.RETRACTED})


@dataclass
class Books:
    """All that was written down."""

    notes: list[Note]
    items: list[ReviewItem]
    events: list[AuditEvent]


async def check_books(server: Server) -> None:
    """Fail where two accounts of the same thing differ."""
    guild_id = server.guild.id
    async with server.store.transaction() as tx:
        every = frozenset(ReviewState)
        books = Books(
            notes=await tx.notes.find(guild_id),
            items=await tx.reviews.find(guild_id, Wanted(states=every)),
            events=[*reversed(await tx.audit.find(guild_id))],
        )
        steps = {note.id: await tx.notes.events(note.id) for note in books.notes}
    assert all(steps[note.id][0].cause == "decided" for note in books.notes)
    _only_claims_are_known(server, books)
    _every_claim_has_one_outcome(server, books)
    _no_note_without_a_reason(books)
    _what_stands_in_discord_is_what_was_posted(server, books)
    _every_ruling_is_on_record(server, books)
    _moderators_had_the_last_word(server, books)
    await _the_figures_say_the_same(server, books)


def _only_claims_are_known(server: Server, books: Books) -> None:
    known = {note.new.source_message_id for note in books.notes} | {item.new.message_id for item in books.items}
    assert known <= set(server.book.right)


def _every_claim_has_one_outcome(server: Server, books: Books) -> None:
    notes = {note.new.source_message_id: note for note in books.notes}
    items = {item.new.message_id: item for item in books.items}
    assert len(notes) == len(books.notes)
    assert len(items) == len(books.items)
    outcomes: Counter[str] = Counter()
    for message_id in server.book.right:
        note, item = notes.get(message_id), items.get(message_id)
        if note is not None and item is not None:
            assert item.ruling is not None
            assert item.ruling.name == "APPROVE"
            outcomes["approved"] += 1
        elif note is not None:
            assert note.new.provenance is Provenance.AUTO
            outcomes["by itself"] += 1
        elif item is not None:
            outcomes["not posted"] += 1
        else:
            outcomes["silent"] += 1
    # Nothing was decided, or silence after too many links: the channel heard it often enough.
    assert outcomes["silent"] <= _links_at_the_limit(books)
    assert min(outcomes["approved"], outcomes["by itself"], outcomes["not posted"]) > 0


def _links_at_the_limit(books: Books) -> int:
    links = Counter((note.new.channel_id, note.new.slug) for note in books.notes if note.new.kind is NoteKind.LINK)
    return sum(count for count in links.values() if count >= MAX_LINKS)


def _no_note_without_a_reason(books: Books) -> None:
    for note in books.notes:
        at, slug = note.new.created_at, note.new.slug
        if note.new.provenance is Provenance.AUTO:
            assert _earned(books, slug, at) >= APPROVALS_NEEDED
            assert not _stopped(books, at)
            fact = next(fact for fact in FACTS if fact.slug == slug)
            assert not fact.expired(at.date())
        else:
            [item] = [item for item in books.items if item.new.message_id == note.new.source_message_id]
            assert item.new.slug == slug
            assert item.ruled_at == at


def _earned(books: Books, slug: str, at: datetime) -> int:
    before = [e for e in books.events if e.new.slug == slug and e.new.at <= at and e.new.act in COUNTED]
    return approvals(reversed(before))


def _stopped(books: Books, at: datetime) -> bool:
    switches = [e for e in books.events if e.new.act in (Act.STOPPED, Act.RESUMED) and e.new.at < at]
    return bool(switches) and switches[-1].new.act is Act.STOPPED


def _what_stands_in_discord_is_what_was_posted(server: Server, books: Books) -> None:
    for channel in server.channels:
        standing = {message.id for message in channel.history() if message.author.bot}
        posted = [n for n in books.notes if n.new.channel_id == channel.id and n.state is NoteState.POSTED]
        assert standing == {note.message_id for note in posted}
        assert len(standing) == len(posted)
    assert {note.state for note in books.notes} <= {NoteState.POSTED, NoteState.RETRACTED, NoteState.DROPPED}


def _every_ruling_is_on_record(server: Server, books: Books) -> None:
    moderators = {moderator.id for moderator in server.moderators}
    assert not [item for item in books.items if item.state in WAITING]
    assert all(item.new.post_text == "" for item in books.items)
    for item in books.items:
        [event] = [e for e in books.events if e.new.item_id == item.id]
        assert item.ruling is not None
        assert (event.new.act, event.new.by, event.new.at) == (Act.of(item.ruling), item.ruled_by, item.ruled_at)
        assert event.new.by in moderators
    for note in books.notes:
        events = [e for e in books.events if e.new.note_id == note.id]
        assert [Act.of(note.ruling)] == [e.new.act for e in events] if note.ruling else not events


def _moderators_had_the_last_word(server: Server, books: Books) -> None:
    """What they know to be wrong stands nowhere; what they know to be right was not taken down."""
    for note in books.notes:
        right = server.book.right[note.new.source_message_id]
        if note.new.kind is NoteKind.NOTE and note.state in _SEEN:
            assert (note.state is NoteState.POSTED) is right


async def _the_figures_say_the_same(server: Server, books: Books) -> None:
    """What ``/stats`` counts is what the books hold."""
    figures = await server.services.stats.figures(server.guild.id, days=30)
    judged = [event for event in books.events if event.new.automatic]
    assert figures.automatic_judged == len(judged) > 0
    assert figures.automatic_right == sum(event.new.act is Act.APPROVE for event in judged)
    assert sum(figures.notes_by_state.values()) == len(books.notes)
    assert len(figures.hours_to_ruling) == len(books.items)
    assert figures.open_ages_hours == ()
    assert sum(day.queued for day in figures.per_day) == len(books.items)
