"""JSON objects read field by field. Whatever is wrong becomes a PackError that says where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from urllib.parse import urlsplit

from bot.domain.errors import PackError
from bot.exchange.sentences import sentence, shown


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
            raise PackError(sentence(f"{place} must be an object, not {_kind(value)}"))
        return cls(place, cast("dict[str, Any]", value))

    def error(self, problem: str) -> PackError:
        """Return the error for a problem with this object."""
        return PackError(sentence(f"{self.place}: {problem}" if self.place else problem))

    def only(self, names: Iterable[str]) -> None:
        """Refuse fields of other names: a misspelt optional field would be lost in silence."""
        known = set(names)
        for name in self.values:
            if name not in known:
                raise self.error(f'there is no field "{shown(name)}"; known are {", ".join(sorted(known))}')

    def text(self, name: str) -> str:
        """Return a text that isn't blank."""
        return self._text(name, self._required(name))

    def optional_text(self, name: str) -> str | None:
        """Return a text that isn't blank, or None."""
        value = self.values.get(name)
        return None if value is None else self._text(name, value)

    def loose_text(self, name: str) -> str:
        """Return a text, "" where it is blank or missing."""
        value = self.values.get(name)
        return "" if value is None or (isinstance(value, str) and not value.strip()) else self._text(name, value)

    def day(self, name: str) -> date:
        """Return an ISO date."""
        value = self.text(name)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.error(f'{name} is "{shown(value)}"; a date looks like 2024-08-31') from None

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

    def optional_object(self, name: str) -> Mapping[str, Any]:
        """Return an object, or an empty one."""
        value = self.values.get(name)
        return {} if value is None else self._inside(name, value).values

    def objects(self, name: str) -> list[Fields]:
        """Return a list of objects."""
        return [self._inside(f"{name}[{place}]", value) for place, value in enumerate(self._list(name))]

    def optional_objects(self, name: str) -> list[Fields]:
        """Return a list of objects, or an empty one."""
        return [] if self.values.get(name) is None else self.objects(name)

    def _inside(self, name: str, value: object) -> Fields:
        return Fields.of(f"{self.place}: {name}" if self.place else name, value)

    def _required(self, name: str) -> object:
        if self.values.get(name) is None:
            raise self.error(f"{name} is missing")
        return self.values[name]

    def _text(self, name: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.error(f"{name} must be a text, not {_kind(value)}")
        if not value.strip():
            raise self.error(f"{name} is blank")
        if "\0" in value:  # where SQLite's own functions take a text to end
            raise self.error(f"{name} holds a NUL character")
        return value

    def _list(self, name: str) -> list[object]:
        value = self._required(name)
        if not isinstance(value, list):
            raise self.error(f"{name} must be a list, not {_kind(value)}")
        return cast("list[object]", value)

    def _address(self, name: str, value: str) -> str:
        if not is_address(value):
            raise self.error(f'{name} is "{shown(value)}"; a web address starts with https:// and names a host alone')
        return value


def is_address(text: str) -> bool:
    """Tell whether a text is a web address that leads where it seems to: it names no user, and hides no characters."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = text.isprintable() and " " not in text and text.startswith(("https://", "http://"))
    return plain and bool(parts.hostname) and "@" not in parts.netloc


def _kind(value: object) -> str:
    if value is None:
        return "null"
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return kinds.get(type(value), "a number")
