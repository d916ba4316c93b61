"""JSON objects read field by field. Whatever is wrong becomes a PackError that says where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from bot.domain.errors import PackError


@dataclass(frozen=True, slots=True)
class Fields:
    """One object of a pack and its place, such as ``facts[3] (moon-cheese)``; the place of the whole may be "".

    Every method that reads raises PackError where the field is missing (unless it is optional) or of another type.
    """

    place: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, place: str, value: object) -> Fields:
        """Take a JSON value that must be an object."""
        if not isinstance(value, dict):
            raise PackError(f"{place} must be an object, not {_kind(value)}.")
        return cls(place, cast("dict[str, Any]", value))

    def error(self, problem: str) -> PackError:
        """Return the error for a problem with this object."""
        return PackError(f"{self.place}: {problem}." if self.place else f"{problem}.")

    def only(self, names: Iterable[str]) -> None:
        """Refuse fields of other names: a misspelt optional field would be lost in silence."""
        known = set(names)
        for name in self.values:
            if name not in known:
                raise self.error(f'there is no field "{name}"; known are {", ".join(sorted(known))}')

    def text(self, name: str) -> str:
        """Return a text that isn't blank."""
        return self._text(name, self._required(name))

    def optional_text(self, name: str) -> str | None:
        """Return a text that isn't blank, or None."""
        value = self.values.get(name)
        return None if value is None else self._text(name, value)

    def day(self, name: str) -> date:
        """Return an ISO date."""
        value = self.text(name)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.error(f'{name} is "{value}"; a date looks like 2024-08-31') from None

    def optional_day(self, name: str) -> date | None:
        """Return an ISO date, or None."""
        return None if self.values.get(name) is None else self.day(name)

    def url(self, name: str) -> str:
        """Return a web address."""
        return self._address(name, self.text(name))

    def optional_url(self, name: str) -> str | None:
        """Return a web address, or None."""
        value = self.optional_text(name)
        return None if value is None else self._address(name, value)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, each once."""
        texts = tuple(self._text(f"{name}[{place}]", value) for place, value in enumerate(self._list(name)))
        if len(set(texts)) < len(texts):
            raise self.error(f"{name} holds a text twice")
        return texts

    def optional_texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, each once, or an empty one."""
        return () if self.values.get(name) is None else self.texts(name)

    def objects(self, name: str) -> list[Fields]:
        """Return a list of objects."""
        prefix = f"{self.place}: {name}" if self.place else name
        return [Fields.of(f"{prefix}[{place}]", value) for place, value in enumerate(self._list(name))]

    def _required(self, name: str) -> object:
        if self.values.get(name) is None:
            raise self.error(f"{name} is missing")
        return self.values[name]

    def _text(self, name: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.error(f"{name} must be a text, not {_kind(value)}")
        if not value.strip():
            raise self.error(f"{name} is blank")
        return value

    def _list(self, name: str) -> list[object]:
        value = self._required(name)
        if not isinstance(value, list):
            raise self.error(f"{name} must be a list, not {_kind(value)}")
        return cast("list[object]", value)

    def _address(self, name: str, value: str) -> str:
        if not value.startswith(("https://", "http://")) or any(sign.isspace() for sign in value):
            raise self.error(f'{name} is "{value}"; a web address starts with https://')
        return value


def _kind(value: object) -> str:
    if value is None:
        return "null"
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return kinds.get(type(value), "a number")
