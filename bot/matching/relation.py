"""A relation model in ONNX (a cross-encoder, Hugging Face layout): how a post stands to a claim."""

from __future__ import annotations

CLASSES = ("repeats", "denies", "asks", "truth", "other")
"""What the relation model tells apart. ``other`` is a mention, a near miss or something unrelated."""

MAX_TOKENS = 128
"""Tokens of a post and a claim together; of what is longer, the longer one's end is cut."""
