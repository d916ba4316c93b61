"""The errors of Footnote. Every message is safe to show and says what to do.

FootnoteError
|-- SettingsError          a setting is missing or malformed
|-- UsageError             a command was given something that it can't use
|-- StoreError             the database can't be opened, read or written
|   |-- SeedMissing        the seed database is not where it should be
|   |-- StoreTooNew        the database was written by a newer Footnote
|   |-- StoreCorrupt       the file is not a sound Footnote database
|   `-- StoreReadOnly      the database or its disk can't be written to
|-- PackError              a fact pack is malformed
|-- ImportRefused          what was to be imported can't be read, or may not come in
|-- FetchError             a web address can't be read, or may not be
|   `-- HostUnknown        its host has no address
|-- ModelError             a model file is missing or damaged
`-- DeliveryError          a note could not be sent, edited or taken down
    |-- SourceGone         the post to reply to is gone
    |-- DeliveryRefused    not allowed there; trying again won't help
    `-- DeliveryDelayed    a passing fault; try again later
"""

from __future__ import annotations


class FootnoteError(Exception):
    """Any error that Footnote raises on purpose."""


class SettingsError(FootnoteError):
    """A setting is missing or malformed."""


class UsageError(FootnoteError):
    """A command was given something that it can't use."""


class StoreError(FootnoteError):
    """The database can't be opened, read or written."""


class SeedMissing(StoreError):
    """The seed database is not where it should be."""


class StoreTooNew(StoreError):
    """The database was written by a newer Footnote."""


class StoreCorrupt(StoreError):
    """The file is not a sound Footnote database."""


class StoreReadOnly(StoreError):
    """The database or its disk can't be written to."""


class PackError(FootnoteError):
    """A fact pack is malformed."""


class ImportRefused(FootnoteError):
    """What was to be imported can't be read, or may not come in."""


class FetchError(FootnoteError):
    """A web address can't be read, or may not be."""


class HostUnknown(FetchError):
    """The host of a web address has no address itself: nobody keeps the name, or it is misspelt."""


class ModelError(FootnoteError):
    """A model file is missing or damaged."""


class DeliveryError(FootnoteError):
    """A note could not be sent, edited or taken down."""


class SourceGone(DeliveryError):
    """The post to reply to is gone."""


class DeliveryRefused(DeliveryError):
    """Sending is not allowed there; trying again won't help."""


class DeliveryDelayed(DeliveryError):
    """A passing fault stopped the sending; try again later."""
