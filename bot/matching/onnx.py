"""A transformer in ONNX (Hugging Face layout) with its tokenizer: texts in, one of the graph's outputs out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Encoding, Tokenizer

from bot.domain.errors import ModelError
from bot.matching.model_files import TOKENIZER, graph_of, name_of

Floats = npt.NDArray[np.float32]

PROBE = ("moon", " ".join(["The moon is made of cheese, they say."] * 40))
"""What is run while loading: one text that is padded, and one that is cut where every text is."""

_FEWEST_TOKENS = 8
_TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(float)": np.float32}
_FED = ("input_ids", "attention_mask", "token_type_ids")
_COUNTED_FROM_PADDING = {"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "xmod", "data2vec-text"}
"""Kinds of models that give the first token the position after the padding's id, so that few are lost."""


class OnnxModel:
    """Runs a graph on one thread. No network, no torch."""

    def __init__(self, folder: Path, *, what: str, setting: str, max_tokens: int, outputs: Sequence[str]) -> None:
        """Load graph and tokenizer.

        Args:
            folder: Where they lie.
            what: What users call the model, for errors: "encoder".
            setting: The variable that names the folder, for errors.
            max_tokens: Where texts are cut, or earlier where the model has fewer positions; of a pair, the longer
                text loses its end first.
            outputs: The names of outputs to look for, the best first; without any of them it is the first output.

        Raises:
            ModelError: A file is missing or damaged, or the graph wants what a tokenizer doesn't give.
        """
        self.folder = folder
        self._what, self._setting = what, setting
        graph, tokenizer = graph_of(folder), folder / TOKENIZER
        for path in (graph, tokenizer):
            if not path.is_file():
                raise ModelError(f"The {what} lacks {path}; reinstall Footnote or set {setting} to a model folder.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one post at a time on its own thread: more would only fight
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
            self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
            self.config = read_config(folder / "config.json")
            self.name = name_of(folder)
        except Exception as error:
            raise ModelError(
                f"The {what} in {folder} can't be loaded; its files are damaged or of another kind."
            ) from error
        self._inputs = {node.name: self._type(node.name, node.type) for node in self._session.get_inputs()}
        named = [node.name for node in self._session.get_outputs()]
        self.output = next((name for name in outputs if name in named), named[0])
        self._prepare_tokenizer(max_tokens)

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> tuple[Floats, Floats]:
        """Run one batch of texts or pairs of texts.

        Returns:
            The output, and the attention mask, shape (texts, tokens), 1.0 where there is a token.

        Raises:
            ModelError: The graph doesn't take what the tokenizer gives.
        """
        try:
            encoded: list[Encoding] = self._tokenizer.encode_batch(list(texts))
            mask = np.array([row.attention_mask for row in encoded], dtype=np.int64)
            feed = {
                "input_ids": np.array([row.ids for row in encoded], dtype=np.int64),
                "attention_mask": mask,
                "token_type_ids": np.array([row.type_ids for row in encoded], dtype=np.int64),
            }
            typed = {name: feed[name].astype(kind, copy=False) for name, kind in self._inputs.items()}
            output: Floats = self._session.run([self.output], typed)[0].astype(np.float32, copy=False)
        except Exception as error:  # the runtime's errors have no common class
            raise self.refusal("fails to run; its graph and its tokenizer don't go together") from error
        return output, mask.astype(np.float32)

    def refusal(self, why: str) -> ModelError:
        """Return the error that says why this model can't be used: "has no words"."""
        return ModelError(f"The {self._what} in {self.folder} {why}; set {self._setting} to another model.")

    def _type(self, name: str, kind: str) -> npt.DTypeLike:
        if name not in _FED or kind not in _TYPES:
            raise self.refusal(f"wants an input {name} of type {kind}, which is not what a text model takes")
        return _TYPES[kind]

    def _prepare_tokenizer(self, max_tokens: int) -> None:
        padding = self._tokenizer.padding or {}
        pad_id = padding.get("pad_id", self.config.get("pad_token_id"))
        if not isinstance(pad_id, int):
            known = (self._tokenizer.token_to_id(token) for token in ("[PAD]", "<pad>"))
            pad_id = next((number for number in known if number is not None), 0)
        limit = min(max_tokens, self._positions(pad_id) or max_tokens)
        if limit < _FEWEST_TOKENS:
            raise self.refusal(f"has room for {limit} tokens, which is no sentence")
        self._tokenizer.enable_truncation(limit, strategy="longest_first")
        self._tokenizer.enable_padding(pad_id=pad_id, pad_token=str(padding.get("pad_token", "[PAD]")))

    def _positions(self, pad_id: int) -> int | None:
        """Return how many tokens the model has positions for, or None where it doesn't say."""
        count = self.config.get("max_position_embeddings")
        if not isinstance(count, int) or count <= 0:
            return None
        return count - pad_id - 1 if self.config.get("model_type") in _COUNTED_FROM_PADDING else count


def read_config(path: Path) -> dict[str, Any]:
    """Return what a JSON file says, nothing where it is not there.

    Raises:
        OSError: It can't be read.
        ValueError: It is malformed.
    """
    data = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if not isinstance(data, dict):
        raise ValueError(f"{path} holds no object")  # noqa: TRY004 -- malformed, like JSON that ends too early
    return data
