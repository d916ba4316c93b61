"""The settings about what may be asked of other machines: how each is read."""

from __future__ import annotations

from bot.domain.errors import SettingsError
from bot.settings_models import read_yes


def read_check_sources(value: str) -> tuple[bool, bool]:
    """Return whether sources are looked at, and whether an archive is asked for copies.

    Raises:
        SettingsError: The value is malformed.
    """
    if value.lower() == "archive":
        return True, True
    try:
        return read_yes("FOOTNOTE_CHECK_SOURCES", value), False
    except SettingsError:
        raise SettingsError(f"FOOTNOTE_CHECK_SOURCES must be no, yes or archive; it is {value!r}.") from None
