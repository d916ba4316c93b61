"""A transformer in ONNX (Hugging Face layout) with its tokenizer: texts in, the graph's first output out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Encoding, Tokenizer

from bot.domain.errors import ModelError

Floats = npt.NDArray[np.float32]

_GRAPHS = ("model.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx", "onnx/model_int8.onnx")
"""Where the graph may lie in a folder: ours first, then as exporters for Hugging Face name it."""


class OnnxModel:
    """Runs a graph on one thread. No network, no torch."""

    def __init__(self, folder: Path, *, what: str, setting: str, max_tokens: int) -> None:
        """Load graph and tokenizer.

        Args:
            folder: Where they lie.
            what: What users call the model, for errors: "encoder".
            setting: The variable that names the folder, for errors.
            max_tokens: Where texts are cut; of a pair, the longer text loses its end first.

        Raises:
            ModelError: A file is missing or damaged.
        """
        graph = next((folder / name for name in _GRAPHS if (folder / name).is_file()), folder / _GRAPHS[0])
        tokenizer = folder / "tokenizer.json"
        for path in (graph, tokenizer):
            if not path.is_file():
                raise ModelError(f"The {what} lacks {path}; reinstall Footnote or set {setting} to a model folder.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one post at a time on its own thread: more would only fight
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
            self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
            self.config = _json(folder / "config.json")
            self.pooling = _json(folder / "1_Pooling" / "config.json")
        except Exception as error:
            raise ModelError(
                f"The {what} in {folder} can't be loaded; its files are damaged or of another kind."
            ) from error
        self._tokenizer.enable_truncation(max_tokens, strategy="longest_first")
        padding = self._tokenizer.padding or {}
        self._tokenizer.enable_padding(**{key: padding[key] for key in ("pad_id", "pad_token") if key in padding})
        self._inputs = {node.name for node in self._session.get_inputs()}
        self.name = f"{folder.name}-{hashlib.sha256(graph.read_bytes()).hexdigest()[:16]}"

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> tuple[Floats, Floats]:
        """Run one batch of texts or pairs of texts.

        Returns:
            The graph's first output, and the attention mask, shape (texts, tokens), 1.0 where there is a token.
        """
        encoded: list[Encoding] = self._tokenizer.encode_batch(list(texts))
        mask = np.array([row.attention_mask for row in encoded], dtype=np.int64)
        feed = {
            "input_ids": np.array([row.ids for row in encoded], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([row.type_ids for row in encoded], dtype=np.int64),
        }
        output: Floats = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
        return output, mask.astype(np.float32)


def _json(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return data
