"""All services of one running Footnote, as the composition root hands them to Discord or the console."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.ports import Clock, Meter, Sender
from bot.services.answer_appeals import AnswerAppeals
from bot.services.answer_requests import AnswerRequests
from bot.services.appeals import Appeals
from bot.services.audit import ReadAudit
from bot.services.board import KeepBoard
from bot.services.check import CheckPost
from bot.services.connection import Connection
from bot.services.display import Display
from bot.services.drafts import Drafts
from bot.services.edit_facts import EditFacts
from bot.services.examine import ExamineFacts
from bot.services.export import ExportFacts
from bot.services.facts import FactLibrary
from bot.services.imports.pending import PendingImports
from bot.services.imports.take_in import TakeIn
from bot.services.intake import Intake
from bot.services.judge import JudgeNotes
from bot.services.life import NoteLives
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
from bot.services.stats import CountFigures
from bot.services.statuses import KeepStatuses
from bot.services.undo import UndoRulings
from bot.services.upkeep import Upkeep
from bot.services.watch import WatchPosts
from bot.services.watermarks import Watermarks
from bot.services.why import ExplainNote


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """One of each.

    ``outbox`` makes the outbox for a sender and ``cards`` the moderators' cards for a display, since only their room
    knows how to send.
    """

    watch: WatchPosts
    checks: CheckPost
    reviews: ReviewQueue
    rulings: RuleOnItems
    undo: UndoRulings
    notes: JudgeNotes
    why: ExplainNote
    policies: Policies
    facts: FactLibrary
    drafts: Drafts
    edits: EditFacts
    examine: ExamineFacts
    take_in: TakeIn
    pending_imports: PendingImports
    export: ExportFacts
    operate: OperateFacts
    stats: CountFigures
    audit: ReadAudit
    life: NoteLives
    repairs: RepairNotes
    appeals: Appeals
    appeal_answers: AnswerAppeals
    privacy: Privacy
    upkeep: Upkeep
    requests: Requests
    request_answers: AnswerRequests
    rate: RateNotes
    raters: Raters
    statuses: KeepStatuses
    outbox: Callable[[Sender], Outbox]
    cards: Callable[[Display], KeepBoard]
    intake: Intake
    connection: Connection
    meter: Meter
    watermarks: Watermarks
    outage: Outage
    clock: Clock
