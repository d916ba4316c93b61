"""Which files of a model folder (Hugging Face layout) are read, and how a model is named after them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

GRAPHS = ("model.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx", "onnx/model_int8.onnx")
"""Where the graph may lie in a folder: ours first, then as exporters for Hugging Face name it."""

TOKENIZER = "tokenizer.json"
_CONFIGS = re.compile(r"(config|modules|config_sentence_transformers)\.json|\d+_Pooling/config\.json")


def graph_of(folder: Path) -> Path:
    """Return the path of a folder's graph: the first that is there, else the one that should be."""
    return next((folder / name for name in GRAPHS if (folder / name).is_file()), folder / GRAPHS[0])


def wanted(names: Iterable[str]) -> list[str]:
    """Return those of a folder's files that loading reads, one graph among them; none where a part is missing.

    Args:
        names: The paths of all its files, relative, with slashes.
    """
    listed = set(names)
    graph = next((name for name in GRAPHS if name in listed), None)
    if graph is None or TOKENIZER not in listed:
        return []
    return sorted(
        name for name in listed if name in (graph, TOKENIZER) or _is_data(name, graph) or _CONFIGS.fullmatch(name)
    )


def name_of(folder: Path) -> str:
    """Return the name of the model in a folder: the folder's, and a hash of its graph and weights.

    Raises:
        OSError: There is no graph, or it can't be read.
    """
    graph = graph_of(folder)
    digest = hashlib.sha256()
    # Weights of more than two gigabytes lie in files beside the graph.
    beside = sorted(path for path in graph.parent.iterdir() if _is_data(path.name, graph.name))
    for path in (graph, *beside):
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return f"{folder.resolve().name}-{digest.hexdigest()[:16]}"


def same_model(one: str, other: str) -> bool:
    """Tell whether two names are of one model: the hash decides, wherever its folder lies and however it is called."""
    return one.rpartition("-")[2] == other.rpartition("-")[2]


def _is_data(name: str, graph: str) -> bool:
    return re.fullmatch(rf"{re.escape(graph)}[._]data(_\d+)?", name) is not None
