"""The composition root: builds everything from the settings, and owns how long it lives."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.errors import StoreError, UsageError
from bot.domain.member import KEY_BYTES, Pseudonyms
from bot.domain.ports import Clock, LinkExpander, Meter, Sender, Store
from bot.matching.matcher import HybridMatcher, open_matcher
from bot.matching.model_set import ModelSet, load_models
from bot.models_hub import locate_models
from bot.services.answer_appeals import AnswerAppeals
from bot.services.answer_requests import AnswerRequests
from bot.services.appeals import Appeals
from bot.services.audit import ReadAudit
from bot.services.board import KeepBoard
from bot.services.bundle import Services
from bot.services.check import CheckPost
from bot.services.compute import MatchingWorker
from bot.services.connection import Connection
from bot.services.display import Display
from bot.services.drafts import Drafts
from bot.services.edit_facts import EditFacts
from bot.services.examine import ExamineFacts
from bot.services.export import ExportFacts
from bot.services.facts import FactLibrary
from bot.services.follow import FollowStore
from bot.services.imports.pending import PendingImports
from bot.services.imports.take_in import TakeIn
from bot.services.intake import Intake
from bot.services.judge import JudgeNotes
from bot.services.life import NoteLives
from bot.services.meter import NoMeter
from bot.services.operator_facts import OperateFacts
from bot.services.outage import Outage
from bot.services.outbox import Outbox
from bot.services.policies import Policies
from bot.services.privacy import Privacy
from bot.services.rate import RateNotes
from bot.services.raters import Raters
from bot.services.repair_notes import RepairNotes
from bot.services.requests import Requests
from bot.services.review import ReviewQueue
from bot.services.rule import RuleOnItems
from bot.services.same_claim import SameClaim
from bot.services.source_health import CheckSources
from bot.services.stats import CountFigures
from bot.services.statuses import KeepStatuses
from bot.services.undo import UndoRulings
from bot.services.upkeep import Scrub, Sweep, Upkeep, no_scrub, no_sweep
from bot.services.vectors import VectorSource, add_vectors
from bot.services.wakeup import Bell, Wakeup
from bot.services.watch import WatchPosts
from bot.services.watermarks import Watermarks
from bot.services.why import ExplainNote
from bot.settings import Settings
from bot.store import paths
from bot.store.database import Database, open_database
from bot.store.key import load_key, lost_key
from bot.wiring_web import open_web

MEMORY_FACTS = 500
"""Up to so many facts the index is built in memory at every start, which takes half a second at most. Of more, it is
kept in a folder beside the database, which can be deleted at any time and is then made again."""
VECTORS_AT_START = 500
"""The vectors of up to so many new facts are computed and stored at a start. Those of more are computed when a post
comes near them, until ``footnote facts index`` stores them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A running Footnote: its services, and the database they stand on."""

    services: Services
    store: Database
    matcher: HybridMatcher
    readonly: bool
    loops: tuple[Callable[[], Coroutine[Any, Any, None]], ...] = ()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the loops of a program that stays: those that follow the store, and look at sources where that is set."""
        tasks = [asyncio.create_task(loop()) for loop in self.loops]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)


def now() -> datetime:
    """Return the time, in UTC: the one clock of the program."""
    return datetime.now(UTC)


def with_facts(settings: Settings, path: Path | None) -> Settings:
    """Return the settings with another database, for commands that take ``--facts``.

    Raises:
        UsageError: There is no such file.
    """
    if path is None:
        return settings
    if not path.is_file():
        raise UsageError(f"There is no database {path}; give --facts the path of one.")
    return replace(settings, database=path)


@asynccontextmanager
async def open_store(settings: Settings, *, readonly: bool = False) -> AsyncIterator[Database]:
    """Open the database alone, for what needs no matching.

    Args:
        settings: The settings.
        readonly: Change and create nothing: a database that isn't there yet is read from the seed.

    Raises:
        StoreError: The database can't be opened.
    """
    path = paths.seed() if readonly and not settings.database.exists() else settings.database
    store = await open_database(path, readonly=readonly)
    try:
        yield store
    finally:
        await _in_full(store.close())


@asynccontextmanager
async def open_app(
    settings: Settings, *, readonly: bool = False, new_key: bool = False, meter: Meter | None = None
) -> AsyncIterator[App]:
    """Open everything: the models, the database, the matcher with its index up to date, its thread, the services.

    Args:
        settings: The settings.
        readonly: Change and create nothing; vectors that the database lacks are computed for this run alone.
        new_key: Where the key of the members' pseudonyms is lost, forget who was stored under it and make a new one.
        meter: What counts; without it, nothing is counted.

    Raises:
        SettingsError: A model has to be downloaded first, and that isn't allowed.
        StoreError: The database can't be opened.
        ModelError: A model file is missing or damaged, or can't be downloaded.
    """
    models = await asyncio.to_thread(models_of, settings, fetch=not readonly)
    async with open_store(settings, readonly=readonly) as store:
        key = None if readonly else await key_of(store, new=new_key)
        matcher, changed = await open_store_matcher(store, models, writable=not readonly)
        if not readonly and len(changed) <= VECTORS_AT_START:
            async for _ in add_vectors(store, matcher, changed):
                pass
        async with MatchingWorker(matcher) as worker, open_web(settings) as web:
            services = services_on(
                store,
                worker,
                settle=timedelta(seconds=settings.settle_seconds),
                vectors=None if readonly else matcher,
                pseudonyms=None if key is None else Pseudonyms(key),
                scrub=store.scrub,
                sweep=store.sweep,
                expander=web.expander,
                meter=meter,
            )
            if not readonly:
                await services.edits.resume_tests()
            loops = [FollowStore(reader=store.reader, worker=worker).run]
            if web.looker is not None:
                loops.append(CheckSources(store=store, looker=web.looker, clock=now, wakeup=Wakeup()).run)
            yield App(services=services, store=store, matcher=matcher, readonly=readonly, loops=tuple(loops))


async def key_of(store: Database, *, new: bool) -> bytes | None:
    """Return the key of the members' pseudonyms, and make one where nobody is stored under one yet.

    Args:
        store: The database beside which it is kept.
        new: Whether to forget who is stored under a key that is lost, and to make a new one.

    Raises:
        StoreError: The key is lost, damaged, or can't be read or made.
    """
    key = await asyncio.to_thread(load_key, store.path, create=False)
    if key is not None:
        return key
    async with store.transaction() as tx:
        if await tx.members.known():
            if not new:
                raise StoreError(lost_key(store.path))
            await tx.members.forget_everybody()
    return await asyncio.to_thread(load_key, store.path, create=True)


def open_queue(store: Store) -> ReviewQueue:
    """Return the review queue of an open database, without anything that matches."""
    return ReviewQueue(store=store, clock=now, board=Bell())


def open_rulings(store: Store) -> RuleOnItems:
    """Return what rules on the items of an open database, without anything that matches."""
    return RuleOnItems(store=store, clock=now, wakeup=Wakeup(), board=Bell())


def open_stats(store: Store) -> CountFigures:
    """Return what counts the figures in an open database."""
    return CountFigures(store=store, clock=now)


async def _in_full(work: Coroutine[Any, Any, None]) -> None:
    """Do something that must not be torn; a cancellation that comes meanwhile takes effect when it is done."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    task.result()


def models_of(settings: Settings, *, fetch: bool) -> ModelSet:
    """Load the models that the settings name. Blocking.

    Args:
        settings: The settings.
        fetch: Whether a model may be downloaded, where the settings allow it.

    Raises:
        SettingsError: A model has to be downloaded first, and that isn't allowed.
        ModelError: A model file is missing or damaged, or can't be downloaded.
    """
    folders = locate_models(settings, fetch=fetch)
    return load_models(folders.encoder, folders.relation, folders.calibration, languages=settings.languages)


def index_folder(database: Path) -> Path:
    """Return where the index of a database with many facts is kept."""
    return database.with_name(f"{database.name}.index")


async def open_store_matcher(store: Database, models: ModelSet, *, writable: bool) -> tuple[HybridMatcher, list[str]]:
    """Open the matcher on a database, up to date, and return it with the slugs of the facts that it had to index.

    Raises:
        StoreError: The database can't be read.
    """
    count = (await asyncio.to_thread(store.reader.fingerprint)).count
    folder = index_folder(store.path) if count > MEMORY_FACTS else None
    matcher = await asyncio.to_thread(open_matcher, store.reader, models, folder=folder, writable=writable)
    return matcher, await asyncio.to_thread(matcher.sync)


def services_on(
    store: Store,
    worker: MatchingWorker,
    *,
    settle: timedelta,
    clock: Clock = now,
    wakeup: Wakeup | None = None,
    board: Bell | None = None,
    ratings: Bell | None = None,
    vectors: VectorSource | None = None,
    pseudonyms: Pseudonyms | None = None,
    upkeep: Wakeup | None = None,
    marks: Wakeup | None = None,
    scrub: Scrub = no_scrub,
    sweep: Sweep = no_sweep,
    expander: LinkExpander | None = None,
    meter: Meter | None = None,
) -> Services:
    """Return the services on a store and a matcher.

    Args:
        store: The database.
        worker: The matcher on its thread.
        settle: How long an automatic note waits.
        clock: What tells the time.
        wakeup: What the outbox waits on.
        board: What the moderators' cards wait on.
        ratings: What the notes' statuses wait on.
        vectors: What computes the vectors of facts that are changed; without it, none are stored.
        pseudonyms: What members are stored as; without it, as something that nobody knows after this run.
        upkeep: What the forgetting of what is over waits on.
        marks: What the storing of watermarks waits on.
        scrub: What clears the database's log of what was deleted.
        sweep: What deletes old copies of the database.
        expander: What finds out where short links lead; without it, none are expanded.
        meter: What counts; without it, nothing is counted.
    """
    wakeup, board, ratings = wakeup or Wakeup(), board or Bell(), ratings or Bell()
    pseudonyms = pseudonyms or Pseudonyms(secrets.token_bytes(KEY_BYTES))
    meter = meter or NoMeter()
    watermarks = Watermarks(store=store, clock=clock, wakeup=marks or Wakeup())
    drafts = Drafts(store=store, clock=clock)
    library = FactLibrary(store=store, worker=worker)
    edits = EditFacts(
        store=store, worker=worker, library=library, drafts=drafts, vectors=vectors, clock=clock, board=board
    )

    def outbox(sender: Sender) -> Outbox:
        return Outbox(store=store, sender=sender, clock=clock, wakeup=wakeup, board=board, meter=meter)

    def cards(display: Display) -> KeepBoard:
        return KeepBoard(store=store, display=display, clock=clock, board=board)

    return Services(
        watch=WatchPosts(
            store=store,
            worker=worker,
            clock=clock,
            wakeup=wakeup,
            board=board,
            settle=settle,
            pseudonyms=pseudonyms,
            expander=expander,
        ),
        checks=CheckPost(store=store, worker=worker, clock=clock, expander=expander),
        reviews=ReviewQueue(store=store, clock=clock, board=board),
        rulings=RuleOnItems(store=store, clock=clock, wakeup=wakeup, board=board),
        undo=UndoRulings(store=store, clock=clock, wakeup=wakeup, board=board, pseudonyms=pseudonyms),
        notes=JudgeNotes(store=store, clock=clock, wakeup=wakeup, board=board),
        why=ExplainNote(store=store),
        policies=Policies(store=store, clock=clock, board=board),
        facts=library,
        drafts=drafts,
        edits=edits,
        examine=ExamineFacts(store=store, worker=worker),
        take_in=TakeIn(store=store, worker=worker, library=library, vectors=vectors, clock=clock, board=board),
        pending_imports=PendingImports(clock=clock),
        export=ExportFacts(store=store),
        operate=OperateFacts(store=store, worker=worker, edits=edits, clock=clock),
        stats=CountFigures(store=store, clock=clock),
        audit=ReadAudit(store=store, clock=clock),
        life=NoteLives(store=store),
        repairs=RepairNotes(store=store, clock=clock, wakeup=wakeup, board=board),
        appeals=Appeals(store=store, clock=clock, pseudonyms=pseudonyms, wakeup=wakeup, board=board),
        appeal_answers=AnswerAppeals(store=store, clock=clock, wakeup=wakeup, board=board, ratings=ratings),
        privacy=Privacy(
            store=store,
            clock=clock,
            board=board,
            ratings=ratings,
            pseudonyms=pseudonyms,
            scrub=scrub,
            expands=expander is not None,
        ),
        upkeep=Upkeep(store=store, clock=clock, board=board, wakeup=upkeep or Wakeup(), scrub=scrub, sweep=sweep),
        requests=Requests(store=store, same=SameClaim(worker=worker, clock=clock), clock=clock, pseudonyms=pseudonyms),
        request_answers=AnswerRequests(store=store, clock=clock),
        rate=RateNotes(store=store, clock=clock, pseudonyms=pseudonyms, bell=ratings),
        raters=Raters(store=store, clock=clock, pseudonyms=pseudonyms, bell=ratings),
        statuses=KeepStatuses(store=store, clock=clock, wakeup=wakeup, board=board, bell=ratings),
        outbox=outbox,
        cards=cards,
        intake=Intake(),
        connection=Connection(clock),
        meter=meter,
        watermarks=watermarks,
        outage=Outage(store=store, watermarks=watermarks, clock=clock),
        clock=clock,
    )
