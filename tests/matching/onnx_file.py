"""Models small enough to be written byte by byte: a table of word vectors and a step or two, in ONNX's protobuf."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

WORDS = {"[PAD]": (9.0, 9.0, 9.0), "moon": (2.0, 0.0, 0.0), "cheese": (0.0, 2.0, 0.0), "[UNK]": (0.0, 0.0, 1.0)}
"""Padding points far away, so that a mean that forgets the mask is seen to be wrong."""

FLOAT, INT32, INT64, FLOAT16 = 1, 6, 7, 10
_KINDS = {"float32": FLOAT, "int64": INT64, "float16": FLOAT16}
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Node:
    """One step of a graph. An attribute is a number, or a list of numbers."""

    operator: str
    inputs: Sequence[str]
    output: str
    attributes: Mapping[str, int | Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Graph:
    """A graph: its inputs and outputs by name, with their types and the names of their dimensions."""

    nodes: Sequence[Node]
    tables: Mapping[str, Array]
    inputs: Mapping[str, tuple[int, Sequence[str]]]
    outputs: Mapping[str, tuple[int, Sequence[str]]]


TOKENS = ("batch", "words")
TABLE: Array = np.array(list(WORDS.values()), dtype=np.float32)
GATHER = Node("Gather", ("table", "input_ids"), "states")


def encoder_graph(
    *nodes: Node,
    output: str = "states",
    kind: int = FLOAT,
    shape: Sequence[str] = ("batch", "words", "dimensions"),
    inputs: Iterable[str] = ("input_ids",),
    tables: Mapping[str, Array] | None = None,
    input_kind: int = INT64,
) -> Graph:
    """A table of word vectors, and what follows it; without anything that, its states are what comes out."""
    return Graph(
        (GATHER, *nodes),
        {"table": TABLE, **(tables or {})},
        dict.fromkeys(inputs, (input_kind, TOKENS)),
        {output: (kind, shape)},
    )


def relation_graph(scores: Sequence[Sequence[float]], **inputs: int) -> Graph:
    """A cross-encoder: its logits are the sums of the scores of a pair's words, a row for each of ``WORDS``."""
    given = inputs or {"input_ids": INT64}
    return Graph(
        (GATHER, Node("ReduceSum", ("states", "axis"), "logits", {"keepdims": 0})),
        {"table": np.array(scores, dtype=np.float32), "axis": np.array([1], dtype=np.int64)},
        {name: (kind, TOKENS) for name, kind in given.items()},
        {"logits": (FLOAT, ("batch", "classes"))},
    )


def write_encoder(folder: Path) -> None:
    """Write ``model.onnx`` and ``tokenizer.json``."""
    write_model(folder, encoder_graph())


def write_model(
    folder: Path,
    graph: Graph,
    *,
    name: str = "model.onnx",
    outside: bool = False,
    words: Sequence[str] = tuple(WORDS),
    **files: object,
) -> None:
    """Write a model folder.

    Args:
        folder: Where; it is made.
        graph: The graph.
        name: Its path in the folder.
        outside: Whether its tables lie in a file of their own beside it.
        words: What the tokenizer knows; ``[UNK]`` among them.
        files: What else lies there: ``config`` is ``config.json``, ``pooling`` is ``1_Pooling/config.json``, and so on.
    """
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + "_data") if outside else None
    path.write_bytes(model_bytes(graph, beside))
    tokenizer = {
        "version": "1.0",
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "vocab": {word: i for i, word in enumerate(words)}, "unk_token": "[UNK]"},
    }
    places = {
        "config": "config.json",
        "modules": "modules.json",
        "pooling": "1_Pooling/config.json",
        "sentences": "config_sentence_transformers.json",
    }
    for key, content in {"tokenizer.json": tokenizer, **files}.items():
        file = folder / places.get(key, key)
        file.parent.mkdir(exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def model_bytes(graph: Graph, beside: Path | None = None) -> bytes:
    """Return a graph as a model file; its tables go to the file beside it, where one is given."""
    tables = b""
    offset = 0
    for name, table in graph.tables.items():
        raw = table.tobytes()
        head = b"".join(_number(1, size) for size in table.shape) + _number(2, _KINDS[str(table.dtype)])
        head += _bytes(8, name.encode())
        if beside is None:
            tables += _bytes(5, head + _bytes(9, raw))
            continue
        with beside.open("ab") as file:
            file.write(raw)
        place = {"location": beside.name, "offset": str(offset), "length": str(len(raw))}
        entries = (_bytes(1, key.encode()) + _bytes(2, value.encode()) for key, value in place.items())
        tables += _bytes(5, head + b"".join(_bytes(13, entry) for entry in entries) + _number(14, 1))
        offset += len(raw)
    content = (
        b"".join(_bytes(1, _node(node)) for node in graph.nodes)
        + _bytes(2, b"tiny")
        + tables
        + b"".join(_bytes(11, _tensor(name, *what)) for name, what in graph.inputs.items())
        + b"".join(_bytes(12, _tensor(name, *what)) for name, what in graph.outputs.items())
    )
    opset = _bytes(1, b"") + _number(2, 13)
    return _number(1, 8) + _bytes(7, content) + _bytes(8, opset)


def _node(node: Node) -> bytes:
    inputs = b"".join(_bytes(1, name.encode()) for name in node.inputs)
    attributes = b"".join(_bytes(5, _attribute(name, value)) for name, value in node.attributes.items())
    return inputs + _bytes(2, node.output.encode()) + _bytes(4, node.operator.encode()) + attributes


def _attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _bytes(1, name.encode()) + _number(3, value) + _number(20, 2)
    return _bytes(1, name.encode()) + b"".join(_number(8, one % 2**64) for one in value) + _number(20, 7)


def _tensor(name: str, kind: int, dimensions: Sequence[str]) -> bytes:
    shape = b"".join(_bytes(1, _bytes(2, dimension.encode())) for dimension in dimensions)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, shape)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
