"""Train the relation model: all-MiniLM-L6-v2 as a cross-encoder over (post, claim) with five classes.

    python training/train_relation.py MODEL_DIR OUT [--start OUT_OF_AN_EARLIER_RUN] [--epochs 4]
        [--pairs relation_pairs.jsonl.gz] [--share 1.0] [--rate 6e-5]

Each epoch is one drawing from the corpus; with ``--pairs``, a share of the public research sets is spread over the
epochs. Only claims of the train split are used; the dev split is printed at the end. The word embeddings stay frozen:
a few thousand claims don't hold enough words to move them well. Where the processor has it, bfloat16 does the matrices.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import torch
from relation_pairs import CorpusPairs, Pair, held_out, public_pairs
from tokenizers import Encoding, Tokenizer
from transformers import AutoModelForSequenceClassification, PreTrainedModel

from benchmarks.claims import load, split_of
from bot.matching.normalise import normalise
from bot.matching.relation import CLASSES, MAX_TOKENS

BATCH = 32
WARMUP = 0.1
SMOOTHING = 0.05  # labels of the research sets are noisy
SEED = 7


def tensors(rows: list[Encoding]) -> dict[str, torch.Tensor]:
    """Return the padded input of a batch, shape (pairs, tokens) each."""
    longest = max(len(row.ids) for row in rows)

    def padded(name: str) -> torch.Tensor:
        return torch.tensor([list(getattr(row, name)) + [0] * (longest - len(row.ids)) for row in rows])

    return {
        "input_ids": padded("ids"),
        "attention_mask": padded("attention_mask"),
        "token_type_ids": padded("type_ids"),
    }


def batches(pairs: list[Pair], tokenizer: Tokenizer, draw: random.Random) -> list[list[tuple[Encoding, Pair]]]:
    """Return the batches in random order; pairs of like length share one, so that padding costs little."""
    encoded = tokenizer.encode_batch([(normalise(pair.post), normalise(pair.claim)) for pair in pairs])
    rows = list(zip(encoded, pairs, strict=True))
    draw.shuffle(rows)
    rows.sort(key=lambda row: len(row[0].ids) + draw.random() * 8)
    cut = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    draw.shuffle(cut)
    return cut


def loss_of(logits: torch.Tensor, allowed: list[tuple[int, ...]]) -> torch.Tensor:
    """Return the mean negative log of the probability that all allowed classes hold together, smoothed."""
    log_p = torch.log_softmax(logits, dim=-1)
    mask = torch.full_like(log_p, -torch.inf)
    for row, classes in enumerate(allowed):
        mask[row, list(classes)] = 0.0
    hit = torch.logsumexp(log_p + mask, dim=-1)
    return -((1 - SMOOTHING) * hit + SMOOTHING * log_p.mean(dim=-1)).mean()


def optimiser_for(
    model: PreTrainedModel, *, rate: float, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """Return AdamW over all but the word embeddings, with linear warm-up and decay over so many steps."""
    for name, weight in model.named_parameters():
        weight.requires_grad = "embeddings.word" not in name
    decays = [w for w in model.parameters() if w.requires_grad and w.dim() > 1]
    plain = [w for w in model.parameters() if w.requires_grad and w.dim() <= 1]
    optimiser = torch.optim.AdamW([{"params": decays}, {"params": plain, "weight_decay": 0.0}], lr=rate)
    warm = max(1, int(WARMUP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
    )
    return optimiser, schedule


def train(model: PreTrainedModel, tokenizer: Tokenizer, rounds: list[list[Pair]], *, rate: float) -> None:
    """Run AdamW over the rounds."""
    draw = random.Random(SEED)  # noqa: S311 - an order, not a secret
    plan = [batch for pairs in rounds for batch in batches(pairs, tokenizer, draw)]
    print(f"{sum(map(len, rounds))} pairs in {len(plan)} batches", flush=True)
    optimiser, schedule = optimiser_for(model, rate=rate, steps=len(plan))
    model.train()
    started, seen, total = time.monotonic(), 0, 0.0
    for step, batch in enumerate(plan):
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(**tensors([row for row, _ in batch])).logits
        loss = loss_of(logits.float(), [pair.allowed for _, pair in batch])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        seen += len(batch)
        total += loss.item()
        if step % 100 == 99:
            pace = seen / (time.monotonic() - started)
            print(f"step {step + 1} of {len(plan)}: loss {total / 100:.3f}, {pace:.0f} pairs/s", flush=True)
            total = 0.0
    model.eval()


def measure(model: PreTrainedModel, tokenizer: Tokenizer, pairs: list[Pair]) -> None:
    """Print, for each true class, the share that each class was given."""
    table = torch.zeros(len(CLASSES), len(CLASSES), dtype=torch.long)
    with torch.no_grad():
        for batch in batches(pairs, tokenizer, random.Random(SEED)):  # noqa: S311
            best = model(**tensors([row for row, _ in batch])).logits.argmax(dim=-1)
            for guess, (_, pair) in zip(best.tolist(), batch, strict=True):
                table[pair.allowed[0], guess] += 1
    print(" " * 9, *(f"{name:>8s}" for name in CLASSES))
    for name, row in zip(CLASSES, table.tolist(), strict=True):
        print(f"{name:9s}", *(f"{count / max(1, sum(row)):8.3f}" for count in row), f"  of {sum(row)}", flush=True)


def main() -> None:
    """Train, measure on the dev split, and save in Hugging Face layout."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--unseen", type=Path, help="a retrieval benchmark whose dev split stays unseen")
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=6e-5)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    tokenizer = Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    labels = dict(enumerate(CLASSES))
    model = AutoModelForSequenceClassification.from_pretrained(
        arguments.start or arguments.model,
        num_labels=len(CLASSES),
        attn_implementation="eager",
        id2label=labels,
        label2id={name: number for number, name in labels.items()},
    )
    claims = load()
    own = [claim for claim in claims if split_of(claim["id"]) == "train"]
    print(f"{len(own)} claims to train on, seed {SEED}", flush=True)
    corpus = CorpusPairs(own)
    rounds = [corpus.epoch(SEED + k) for k in range(arguments.epochs)]
    if arguments.pairs:
        unseen = held_out(arguments.unseen) if arguments.unseen else frozenset()
        public = public_pairs(arguments.pairs, SEED, share=arguments.share, unseen=unseen)
        random.Random(SEED).shuffle(public)  # noqa: S311 - an order, not a secret
        rounds = [pairs + public[k :: len(rounds)] for k, pairs in enumerate(rounds)]
    train(model, tokenizer, rounds, rate=arguments.rate)
    dev = [claim for claim in claims if split_of(claim["id"]) == "dev"]
    measure(model, tokenizer, [pair for pair in CorpusPairs(dev).epoch(0) if len(pair.allowed) == 1])
    model.save_pretrained(arguments.out)
    tokenizer.save(str(arguments.out / "tokenizer.json"))
    (arguments.out / "training.json").write_text(
        json.dumps({"seed": SEED, "rate": arguments.rate, "batch": BATCH, "pairs": sum(map(len, rounds))}),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
