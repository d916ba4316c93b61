"""What was put right in a server after a start, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Repairs:
    """What was put right in a server."""

    again: int = 0
    changed: int = 0
    lost: list[str] = field(default_factory=list)

    def sentence(self) -> str | None:
        """Return what was put right in words, or None where nothing was."""
        parts = []
        if self.again:
            parts.append(f"posted {self.again} missing card{'s' if self.again > 1 else ''} again")
        if self.changed:
            parts.append(f"brought {self.changed} card{'s' if self.changed > 1 else ''} up to date")
        parts += self.lost
        return f"After its start Footnote {', '.join(parts)}." if parts else None
