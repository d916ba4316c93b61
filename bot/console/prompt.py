"""Where posts come from: a prompt on a terminal (what is pasted at once is one post), plain lines in a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.styles import Style

_STYLE = Style.from_dict({"prompt": "ansicyan bold", "placeholder": "ansibrightblack", "bottom-toolbar": "noreverse"})


class Source(Protocol):
    """Gives one post or command after the other."""

    async def next(self) -> str | None:
        """Return the next one, or None at the end."""
        ...


class CommandCompleter(Completer):
    """Completes the name of a slash command."""

    def __init__(self, commands: Mapping[str, str]) -> None:
        self._commands = commands

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002
        """Return the commands that begin with what stands before the cursor."""
        typed = document.text_before_cursor
        if not typed.startswith("/") or " " in typed or "\n" in typed:
            return
        for name, help_text in self._commands.items():
            if f"/{name}".startswith(typed):
                yield Completion(f"/{name}", start_position=-len(typed), display_meta=help_text)


class Prompt:
    """Asks on a terminal. What was typed is remembered until the end of the session and never written to a file."""

    def __init__(self, commands: Mapping[str, str], status: Callable[[], str]) -> None:
        self._session: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            completer=CommandCompleter(commands),
            style=_STYLE,
            bottom_toolbar=status,
            placeholder=[("class:placeholder", "paste a post")],
            reserve_space_for_menu=min(len(commands), 6),
        )

    async def next(self) -> str | None:
        """Return what was entered; Ctrl-C gives up a line, and leaves where there is none."""
        try:
            return await self._session.prompt_async([("class:prompt", "› ")])
        except EOFError:
            return None
        except KeyboardInterrupt:
            return "" if self._session.default_buffer.text else None
