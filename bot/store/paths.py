"""Where the shipped seed and the migrations are.

A checkout keeps them at its top level; an installed package carries them inside ``bot`` (see ``force-include`` in
pyproject.toml).
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
"""The folder of the package ``bot``."""


def seed() -> Path:
    """Return the path of the shipped seed database, whether or not it is there."""
    return _shipped("facts.db.seed")


def migrations() -> Path:
    """Return the folder of alembic's migrations."""
    return _shipped("migrations")


def _shipped(name: str) -> Path:
    # Inside the package first: above an installed one lies site-packages, where a "migrations" may be a stranger's.
    packaged = _PACKAGE / name
    return packaged if packaged.exists() else _PACKAGE.parent / name
