"""Build the classifier bundle: ``python models/recipe/build.py --out DIR [--shared DIR]``.

With ``--shared`` it learns from the written messages, the lexicon and the real texts labelled by
reading; without it from what is in the repository alone.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from corpus import lexicon, read_labels, real_texts, written
from intake.learn.build import build_bundle
from intake.learn.example import Example
from intake.learn.fit import TrainingSettings
from intake.learn.fit_linear import LinearSettings
from intake.understand.classify.features import Reading

# How much a held-out text counts when temperature and thresholds are chosen. Written messages were
# made hard on purpose (each near a neighbouring leaf); what comes in is more like the real ones.
# Those read because a search proposed them are real, but rich in rare leaves.
JUDGED = {"read": 1.0, "targeted": 0.25, "written": 0.05}
# Runs of three characters serve as well as words here, in half the time; fastText beside the linear engine
# gains nothing on real texts and costs a quarter of the time (CARD.md).
SETTINGS = TrainingSettings(
    engines=("linear",),
    reading=Reading(longest=3, words=False, max_chars=480, mask_places=True),
    linear=LinearSettings(strictness=0.4, even=0.5, most_grams=60_000),
)


def write_base(file: Path, examples: list[Example]) -> None:
    """Write what ``intake learn`` starts from: the same bytes for the same examples."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(("code", "text", "origin"))
    writer.writerows((e.code, e.text, e.origin) for e in examples)
    file.write_bytes(gzip.compress(lines.getvalue().encode(), mtime=0))


def main() -> int:
    """Build, and print what was held out and how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--name", default="intake-zh")
    parser.add_argument("--base", type=Path, help="Write what is in the repository as CSV (gzip).")
    arguments = parser.parse_args()
    examples = [*written(), *lexicon()]
    if arguments.base:
        write_base(arguments.base, examples)
    if arguments.shared:
        examples += read_labels(real_texts(arguments.shared))
    bundle = build_bundle(
        arguments.out,
        examples,
        judged=JUDGED,
        name=arguments.name,
        created=datetime.now(UTC).replace(microsecond=0),
        settings=SETTINGS,
        data={"examples": dict(Counter(example.origin for example in examples))},
        tell=lambda news: print(news, flush=True),
    )
    print(bundle.version)
    print(json.dumps(bundle.manifest.metrics, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
