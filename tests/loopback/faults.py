"""Faults by script: what the double answers instead of, or after, doing what it was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

How = Literal["answer", "drop", "truncate", "hang"]


@dataclass
class Fault:
    """One fault of the REST side.

    ``after`` does what was asked first and then fails, as a gateway that loses the answer does. ``hang`` keeps the
    request open until the test lets it go; ``drop`` cuts the connection; ``truncate`` sends half a body.
    """

    method: str
    path: str
    times: int = 1
    how: How = "answer"
    after: bool = False
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    hit: int = 0

    def wants(self, method: str, path: str) -> bool:
        """Tell whether a request is one of those that it spoils."""
        return self.hit < self.times and method == self.method and re.fullmatch(self.path, path) is not None


def too_many(seconds: float, *, everywhere: bool = False) -> dict[str, Any]:
    """Return what makes a fault a rate limit as Discord answers it."""
    headers = {"Via": "1.1 google", "Retry-After": str(seconds), "X-RateLimit-Scope": "user"}
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}
    return {"status": 429, "body": body, "headers": headers}


def refusal(status: int, code: int, text: str) -> dict[str, Any]:
    """Return what makes a fault a refusal with one of Discord's codes."""
    return {"status": status, "body": {"code": code, "message": text}}
