"""From token states to one vector, as a model's own files say (the layout of sentence-transformers).

``modules.json`` lists the steps, ``1_Pooling/config.json`` the way of pooling, ``config_sentence_transformers.json``
what stands before each text. What can't be followed is refused: another way would give vectors that look sound and
are not the model's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.matching.onnx import read_config

_WAYS = {"cls": True, "mean": False, "mean_sqrt_len": False}
"""Ways of pooling, and whether they take the first token. After scaling to unit length the two means are one."""
_HARMLESS = {"Transformer", "Pooling", "Normalize", "Dropout"}
"""The steps that are followed: vectors are scaled to unit length in any case, and nothing drops out at run time."""


class UnknownStep(ValueError):
    """The files ask for something that is not followed here; the message completes "the encoder ..."."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a text becomes a vector: what stands before it, and whether the first token's state is taken or the mean."""

    prompt: str = ""
    first: bool = False


def read_recipe(folder: Path, *, pooled: bool) -> Recipe:
    """Read a model folder's recipe.

    Args:
        folder: The model folder.
        pooled: Whether the graph gives one vector a text already: then there are no steps left to follow.

    Raises:
        UnknownStep: It has a step or a way of pooling that is not followed here.
        OSError: A file can't be read.
        ValueError: A file is malformed.
    """
    prompt = _prompt(read_config(folder / "config_sentence_transformers.json"))
    if pooled:
        return Recipe(prompt)
    pooling = folder / "1_Pooling"
    for kind, place in _modules(folder / "modules.json"):
        if kind not in _HARMLESS:
            raise UnknownStep(f"has a step {kind} after its graph, which Footnote doesn't run")
        if kind == "Pooling":
            pooling = folder / place
    config = read_config(pooling / "config.json")
    if prompt and config.get("include_prompt") is False:
        raise UnknownStep("leaves its prompt out of the mean, which Footnote doesn't")
    return Recipe(prompt, _takes_first(config))


def _prompt(config: dict[str, Any]) -> str:
    """Return the default prompt, else the one for queries, else nothing.

    A post and a claim are of one kind, so that both sides get the same: E5's authors say so of their ``query: ``.
    """
    prompts = config.get("prompts") or {}
    return str(prompts.get(config.get("default_prompt_name")) or prompts.get("query") or "")


def _modules(path: Path) -> list[tuple[str, str]]:
    rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    # The class stands with its module, "sentence_transformers.models.Pooling", and has moved between versions.
    return [(str(row["type"]).rpartition(".")[2], str(row.get("path", ""))) for row in rows]


def _takes_first(config: dict[str, Any]) -> bool:
    modes = sorted(_modes(config)) or ["mean"]
    if len(modes) > 1 or modes[0] not in _WAYS:
        raise UnknownStep(f"pools tokens by {' and '.join(modes)}, and Footnote by mean or cls alone")
    return _WAYS[modes[0]]


def _modes(config: dict[str, Any]) -> set[str]:
    """Return the ways that a pooling file names: older ones hold a switch for each, newer ones the name."""
    if named := config.get("pooling_mode"):
        return {named} if isinstance(named, str) else set(named)
    switched = (key for key, on in config.items() if key.startswith("pooling_mode_") and on is True)
    return {key.removeprefix("pooling_mode_").removesuffix("s").removesuffix("_token") for key in switched}
