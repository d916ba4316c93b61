"""Export a trained model to the int8 ONNX that ships with Footnote.

    python training/export_model.py encoder TRAINED bot/matching/models/encoder
    python training/export_model.py relation TRAINED bot/matching/models/relation

``TRAINED`` is what ``train_encoder.py`` or ``train_relation.py`` wrote. Weights are quantised per channel to int8
(dynamic quantisation, activations stay float32), which takes a file from 90 MB to about 23 MB. The script writes
``golden.json``: what the float model gives for a few texts, against which a test holds the shipped file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import AutoModel, AutoModelForSequenceClassification

from bot.matching.encoder import OnnxEncoder
from bot.matching.relation import OnnxRelation

GOLDEN_TEXTS = (
    "NATO was founded in 1955.",
    "The Warsaw Pact was formed first and NATO was created in response to it.",
    "who's on for ranked tonight? need one more, support preferably",
    "Musk hat nie mit Putin gesprochen.",
)
GOLDEN_PAIRS = (
    ("nobody ever walked on the moon, they shot it in a studio", "The Moon landings were faked."),
    ("no, the moon landings weren't faked, go read a book", "The Moon landings were faked."),
    ("were the moon landings faked?", "The Moon landings were faked."),
    ("Twelve astronauts walked on the Moon between 1969 and 1972.", "The Moon landings were faked."),
    ("the landing on mars was so cool to watch", "The Moon landings were faked."),
)
VALUE = {"encoder": "vector", "relation": "probabilities"}
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class OneOutput(torch.nn.Module):
    """Give a model one output, so that the exported graph has one name to ask for."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """Return token states, shape (batch, tokens, 384), or class logits, shape (batch, classes)."""
        output = self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        first: torch.Tensor = output[0]
        return first


def write(graph: torch.nn.Module, path: Path, *, tokens_out: bool) -> None:
    """Write a float ONNX file with free batch and length."""
    example = torch.ones((2, 8), dtype=torch.long)
    axes = {0: "batch", 1: "tokens"}
    torch.onnx.export(
        graph,
        (example, example, torch.zeros_like(example)),
        str(path),
        input_names=list(INPUTS),
        output_names=["output"],
        dynamic_axes={**dict.fromkeys(INPUTS, axes), "output": axes if tokens_out else {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )


def export(kind: str, trained: Path, target: Path) -> None:
    """Write ``model.onnx``, ``tokenizer.json``, ``golden.json`` and, for the relation model, ``config.json``."""
    target.mkdir(parents=True, exist_ok=True)
    loader = AutoModel if kind == "encoder" else AutoModelForSequenceClassification
    model = loader.from_pretrained(trained, attn_implementation="eager").eval()
    tokenizer = Tokenizer.from_file(str(trained / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(target / "tokenizer.json"), pretty=False)
    if kind == "relation":
        labels = {str(number): name for number, name in model.config.id2label.items()}
        (target / "config.json").write_text(json.dumps({"id2label": labels}) + "\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        floats = Path(scratch)
        for name in ("tokenizer.json", "config.json"):
            if (target / name).is_file():
                shutil.copy(target / name, floats / name)
        write(OneOutput(model), floats / "model.onnx", tokens_out=kind == "encoder")
        quantize_dynamic(floats / "model.onnx", target / "model.onnx", per_channel=True, weight_type=QuantType.QInt8)
        onnx.checker.check_model(str(target / "model.onnx"))
        golden, shipped = measure(kind, floats), measure(kind, target)
    worst = max(
        float(np.abs(np.array(a[VALUE[kind]]) - b[VALUE[kind]]).max()) for a, b in zip(golden, shipped, strict=True)
    )
    print(f"largest difference of int8 to float: {worst:.4f}")
    (target / "golden.json").write_text(json.dumps(golden) + "\n", encoding="utf-8")
    for path in sorted(target.iterdir()):
        print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())


def measure(kind: str, folder: Path) -> list[dict[str, Any]]:
    """Return what a model gives for each golden text or pair."""
    if kind == "encoder":
        vectors = OnnxEncoder(folder).encode(GOLDEN_TEXTS)
        return [{"text": text, VALUE[kind]: _rounded(row)} for text, row in zip(GOLDEN_TEXTS, vectors, strict=True)]
    found = OnnxRelation(folder).relate(GOLDEN_PAIRS)
    return [
        {"post": post, "claim": claim, VALUE[kind]: _rounded(row)}
        for (post, claim), row in zip(GOLDEN_PAIRS, found, strict=True)
    ]


def _rounded(row: np.ndarray) -> list[float]:
    return [round(float(x), 5) for x in row]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("encoder", "relation"))
    parser.add_argument("trained", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    export(arguments.kind, arguments.trained, arguments.target)
