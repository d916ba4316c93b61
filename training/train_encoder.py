"""Fine-tune the sentence encoder: all-MiniLM-L6-v2, contrastively, on posts and the claims that they repeat.

    python training/train_encoder.py MODEL_DIR OUT [--pairs relation_pairs.jsonl.gz] [--unseen BENCHMARK] [--epochs 3]

Each query must find its claim among those of its batch and among posts that look alike: denials, questions, role swaps,
other numbers (the loss is InfoNCE, both ways, van den Oord et al. 2018). Only claims of the corpus's train split are
used, and nothing of the dev split of the retrieval benchmark named by ``--unseen``. Word embeddings stay frozen.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import torch
from encoder_triples import Triple, corpus_triples, public_triples
from relation_pairs import held_out
from tokenizers import Tokenizer
from train_relation import optimiser_for, tensors
from transformers import AutoModel, PreTrainedModel

from benchmarks.claims import load, split_of
from bot.matching.normalise import normalise

BATCH = 64
CHUNK = 32
RATE = 3e-5
SCALE = 20.0
MAX_TOKENS = 64  # longer posts cost most of the time
SEED = 11


def embed(model: PreTrainedModel, tokenizer: Tokenizer, texts: list[str]) -> torch.Tensor:
    """Return unit vectors by masked mean pooling, shape (texts, 384), as at run time."""
    encoded = tokenizer.encode_batch([normalise(text) for text in texts])
    order = sorted(range(len(texts)), key=lambda i: len(encoded[i].ids))
    parts = []
    for start in range(0, len(order), CHUNK):  # texts of like length together, so that padding costs little
        feed = tensors([encoded[i] for i in order[start : start + CHUNK]])
        with torch.autocast("cpu", torch.bfloat16):
            states = model(**feed).last_hidden_state.float()
        mask = feed["attention_mask"].unsqueeze(-1).float()
        parts.append((states * mask).sum(dim=1) / mask.sum(dim=1))
    back = torch.argsort(torch.tensor(order))
    return torch.nn.functional.normalize(torch.cat(parts)[back], dim=-1)


def loss_of(queries: torch.Tensor, rights: torch.Tensor, wrongs: torch.Tensor) -> torch.Tensor:
    """Return InfoNCE of queries over all rights and wrongs, and of rights over all queries; shapes (batch, 384)."""
    own = torch.arange(len(queries))
    there = SCALE * queries @ torch.cat([rights, wrongs]).T
    back = SCALE * rights @ queries.T
    return torch.nn.functional.cross_entropy(there, own) + 0.5 * torch.nn.functional.cross_entropy(back, own)


def train(model: PreTrainedModel, tokenizer: Tokenizer, rounds: list[list[Triple]]) -> None:
    """Run AdamW over the rounds."""
    draw = random.Random(SEED)  # noqa: S311 - an order, not a secret
    plan = []
    for triples in rounds:
        draw.shuffle(triples)
        plan += [triples[start : start + BATCH] for start in range(0, len(triples) - BATCH + 1, BATCH)]
    optimiser, schedule = optimiser_for(model, rate=RATE, steps=len(plan))
    model.train()
    started, total = time.monotonic(), 0.0
    for step, batch in enumerate(plan):
        texts = [*(t.query for t in batch), *(t.right for t in batch), *(t.wrong for t in batch)]
        queries, rights, wrongs = embed(model, tokenizer, texts).chunk(3)
        loss = loss_of(queries, rights, wrongs)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += loss.item()
        if step % 50 == 49:
            pace = (step + 1) * BATCH / (time.monotonic() - started)
            print(f"step {step + 1} of {len(plan)}: loss {total / 50:.3f}, {pace:.0f} triples/s", flush=True)
            total = 0.0
    model.eval()


def main() -> None:
    """Train and save in Hugging Face layout."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--unseen", type=Path, help="a retrieval benchmark whose dev split stays unseen")
    parser.add_argument("--epochs", type=int, default=3)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    tokenizer = Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    model = AutoModel.from_pretrained(arguments.model, attn_implementation="eager")
    own = [claim for claim in load() if split_of(claim["id"]) == "train"]
    rounds = [corpus_triples(own, SEED + k) for k in range(arguments.epochs)]
    if arguments.pairs:
        unseen = held_out(arguments.unseen) if arguments.unseen else frozenset()
        rounds = [
            triples + public_triples(arguments.pairs, SEED + k, unseen=unseen) for k, triples in enumerate(rounds)
        ]
    print(f"{len(own)} claims, {sum(map(len, rounds))} triples, seed {SEED}", flush=True)
    train(model, tokenizer, rounds)
    model.save_pretrained(arguments.out)
    tokenizer.save(str(arguments.out / "tokenizer.json"))
    facts = {"seed": SEED, "rate": RATE, "batch": BATCH, "triples": sum(map(len, rounds))}
    (arguments.out / "training.json").write_text(json.dumps(facts), encoding="utf-8")


if __name__ == "__main__":
    main()
