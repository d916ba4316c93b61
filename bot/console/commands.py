"""The console's slash commands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.console.ids import OPERATOR
from bot.console.session import Session
from bot.domain.policy import CONSOLE_GUILD, Mode
from bot.domain.review import Ruling
from bot.notes.sanitise import plain, shorten
from bot.notes.why import explain_match

EXAMPLES = (
    (
        "Always wondered why NATO continued to exist even though its nemesis & reason to exist, "
        "the Warsaw Pact, had dissolved"
    ),
    "Did NATO really lose its purpose when the Warsaw Pact dissolved, or is there more to it? genuinely asking",
    "Nope, NATO wasn't created as an answer to the Warsaw Pact, that gets the order backwards.",
)
"""What ``/example`` posts, in turn: the claim, a question about it, and a denial."""

_EXCERPT = 160
_LISTED = 25


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what may follow its name, what it does in a few words, and how."""

    arguments: str
    help: str
    run: Callable[[Session, str], Awaitable[None]]


async def run_command(session: Session, name: str, rest: str) -> None:
    """Run one command by its name, without the slash."""
    command = COMMANDS.get(name)
    if command is None:
        session.screen.line(f"There is no command /{name}; /help lists them. A post may begin with a space.", "red")
        return
    await command.run(session, rest)


async def _help(session: Session, _rest: str) -> None:
    rows = [(f"/{name} {command.arguments}".strip(), command.help) for name, command in COMMANDS.items()]
    rows += [("/quit", "leave (Ctrl-D does, too)"), ("anything else", "is a post, as if somebody had sent it")]
    session.screen.table(("command", "what it does"), rows)


async def _queue(session: Session, _rest: str) -> None:
    found = await session.services.reviews.open(CONSOLE_GUILD, limit=_LISTED)
    if not found:
        session.screen.line("The queue is empty.")
        return
    for item, fact in found:
        session.screen.line(f"#{item.id} {shorten(' '.join(plain(item.new.post_text).split()), _EXCERPT)}", "bold")
        claim = plain(fact.claim) if fact else f"{item.new.slug} (no longer there)"
        session.screen.items([f"Claim: {claim}", f"Held: {'; '.join(item.new.reasons)}"])
    more = await session.services.reviews.count(CONSOLE_GUILD) - len(found)
    if more > 0:
        session.screen.quiet(f"... and {more} more.")


def _ruling(ruling: Ruling) -> Callable[[Session, str], Awaitable[None]]:
    async def rule(session: Session, rest: str) -> None:
        number = rest.removeprefix("#")
        if not _is_id(number):
            session.screen.line("Say which item, by its number in /queue.", "red")
            return
        ruled = await session.services.rulings.rule(int(number), guild_id=CONSOLE_GUILD, ruling=ruling, by=OPERATOR)
        session.screen.line(ruled.message, "" if ruled.done else "red")
        await session.deliver()

    return rule


async def _why(session: Session, rest: str) -> None:
    number = rest.removeprefix("#")
    if not number:
        await _why_last(session)
        return
    sections = await session.services.why.note(int(number), guild_id=CONSOLE_GUILD) if _is_id(number) else None
    if sections is None:
        session.screen.line("There is no such note; each one shows its number.", "red")
        return
    session.screen.sections(sections)


async def _why_last(session: Session) -> None:
    decision = session.last
    match = decision.match if decision else None
    fact = await session.services.facts.get(match.slug) if match else None
    if decision is None or match is None or fact is None:
        session.screen.line("There is nothing to explain: the last post came near no fact.")
        return
    session.screen.line(f"{decision.action.value.capitalize()}: {'; '.join(decision.reasons)}", "bold")
    session.screen.sections(explain_match(fact, match, decision))


async def _facts(session: Session, rest: str) -> None:
    library = session.services.facts
    facts = await library.search(rest) if rest else await library.finished()
    if not facts:
        session.screen.line("No fact comes near these words." if rest else "There are no facts yet.")
        return
    session.screen.table(("fact", "claim"), [(fact.slug, fact.claim) for fact in facts])


async def _mode(session: Session, rest: str) -> None:
    if rest.lower() in {mode.value for mode in Mode}:
        mode = Mode(rest.lower())
        await session.services.policies.change(CONSOLE_GUILD, lambda policy: replace(policy, mode=mode), by=OPERATOR)
    elif rest:
        session.screen.line(f"The modes are {', '.join(Mode)}.", "red")
        return
    mode = await session.mode()
    session.screen.line(f"The mode is {mode.value}: {_MODES[mode]}.")


async def _example(session: Session, _rest: str) -> None:
    text = EXAMPLES[session.examples % len(EXAMPLES)]
    session.examples += 1
    session.screen.line(f"“{text}”", "italic")
    await session.post(text)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18  # noqa: PLR2004 -- fits SQLite's integers


_MODES = {
    Mode.OFF: "no post is looked at",
    Mode.SHADOW: "it decides and posts nothing",
    Mode.QUEUE: "every match waits for a moderator, as on a new server",
    Mode.AUTO: "clear repeats of a claim get a note, doubtful ones go to the queue",
}

COMMANDS = {
    "help": Command("", "list the commands", _help),
    "example": Command("", "post an example: a claim, then a question, then a denial", _example),
    "why": Command("[NOTE]", "explain the last decision, or a note by its number", _why),
    "queue": Command("", "list what waits for a moderator", _queue),
    "approve": Command("ITEM", "post the note of an item", _ruling(Ruling.APPROVE)),
    "wrong": Command("ITEM", "close an item: the post doesn't make this claim", _ruling(Ruling.WRONG_MATCH)),
    "dismiss": Command("ITEM", "close an item without a ruling on the match", _ruling(Ruling.DISMISS)),
    "facts": Command("[WORDS]", "list the facts, or those nearest to the words", _facts),
    "mode": Command("[off|shadow|queue|auto]", "show or set how far Footnote goes by itself", _mode),
}
