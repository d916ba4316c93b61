"""Count how often words and pairs of words occur in ordinary chat, for the magnet guard.

    python training/background_statistics.py CHAT.txt.gz bot/matching/models/background.json

CHAT holds a message a line ("source TAB text"). Only counts of pairs that many messages share are written, under the
hash of the pair: nothing of any message can be read out of the file.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from pathlib import Path

from bot.matching.magnet import informative_pairs
from bot.matching.normalise import normalise
from bot.matching.words import words

MIN_TOGETHER = 10


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chat", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    with gzip.open(arguments.chat, "rt", encoding="utf-8") as file:
        contents = [words(normalise(line.split("\t", 1)[1])).content for line in file]
    seen = Counter(stem for content in contents for stem in content)
    common = {stem for stem, count in seen.items() if count >= MIN_TOGETHER}
    together = Counter(key for content in contents for key in informative_pairs(content & common))
    table = {
        "messages": len(contents),
        "pairs": {key: count for key, count in sorted(together.items()) if count >= MIN_TOGETHER},
    }
    arguments.out.write_text(json.dumps(table, indent=0) + "\n", encoding="utf-8")
    print(f"{len(contents)} messages, {len(table['pairs'])} pairs")


if __name__ == "__main__":
    main()
