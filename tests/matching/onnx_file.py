"""A model small enough to be written byte by byte: one ``Gather`` from a table of word vectors, in ONNX's protobuf."""

from __future__ import annotations

import json
import struct
from pathlib import Path

WORDS = {"[PAD]": (9.0, 9.0, 9.0), "moon": (2.0, 0.0, 0.0), "cheese": (0.0, 2.0, 0.0), "[UNK]": (0.0, 0.0, 1.0)}
"""Padding points far away, so that a mean that forgets the mask is seen to be wrong."""

_FLOAT, _INT64 = 1, 7


def write_encoder(folder: Path) -> None:
    """Write ``model.onnx`` and ``tokenizer.json``."""
    (folder / "model.onnx").write_bytes(_model())
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = {
        "version": "1.0",
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")


def _model() -> bytes:
    rows = list(WORDS.values())
    values = [value for row in rows for value in row]
    table = (
        _number(1, len(rows))
        + _number(1, len(rows[0]))
        + _number(2, _FLOAT)
        + _bytes(8, b"table")
        + _bytes(9, struct.pack(f"<{len(values)}f", *values))
    )
    gather = _bytes(1, b"table") + _bytes(1, b"input_ids") + _bytes(2, b"states") + _bytes(4, b"Gather")
    graph = (
        _bytes(1, gather)
        + _bytes(2, b"tiny")
        + _bytes(5, table)
        + _bytes(11, _tensor(b"input_ids", _INT64, ["batch", "words"]))
        + _bytes(12, _tensor(b"states", _FLOAT, ["batch", "words", "dimensions"]))
    )
    opset = _bytes(1, b"") + _number(2, 13)
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, opset)


def _tensor(name: bytes, kind: int, dimensions: list[str]) -> bytes:
    shape = b"".join(_bytes(1, _bytes(2, dimension.encode())) for dimension in dimensions)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, shape)))


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
