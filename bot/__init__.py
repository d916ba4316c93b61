"""Footnote: a Discord bot that answers pasted claims with a short, sourced note.

The rooms of the house, from the top: ``cli`` and ``wiring``; ``discord_app`` and ``console``; ``services``;
``store``; ``notes``, ``review`` and ``matching``; ``domain``. Imports point downward only (import-linter checks it).
"""

__version__ = "0.1.0"
