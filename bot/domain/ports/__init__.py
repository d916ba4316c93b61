"""What the services need from the rooms that touch the world."""

from bot.domain.ports.edges import Clock, LinkExpander, Matcher, Meter, Sender, SourceLooker
from bot.domain.ports.facts import DraftRepository, FactReader, FactRepository
from bot.domain.ports.imports import ImportRepository, SourceRepository
from bot.domain.ports.members import AppealRepository, MemberRepository, RatingRepository, RequestRepository
from bot.domain.ports.notes import NoteRepository
from bot.domain.ports.reviews import ReviewRepository
from bot.domain.ports.servers import AuditRepository, CardRepository, PolicyRepository, WatermarkRepository
from bot.domain.ports.store import Store, Transaction

__all__ = [
    "AppealRepository",
    "AuditRepository",
    "CardRepository",
    "Clock",
    "DraftRepository",
    "FactReader",
    "FactRepository",
    "ImportRepository",
    "LinkExpander",
    "Matcher",
    "MemberRepository",
    "Meter",
    "NoteRepository",
    "PolicyRepository",
    "RatingRepository",
    "RequestRepository",
    "ReviewRepository",
    "Sender",
    "SourceLooker",
    "SourceRepository",
    "Store",
    "Transaction",
    "WatermarkRepository",
]
