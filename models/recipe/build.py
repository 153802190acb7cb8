"""Build the classifier bundle: ``python models/recipe/build.py --out DIR [--shared DIR]``.

With ``--shared`` it learns from the written messages, the real texts labelled by reading, and weak
labels; without it from what is in the repository alone.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from corpus import read_labels, real_texts, written

from intake.learn.bundle import build_bundle
from intake.learn.train import TrainingSettings


def main() -> int:
    """Build, and print what was held out and how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--name", default="intake-zh")
    arguments = parser.parse_args()
    examples = written()
    judged = examples
    if arguments.shared:
        texts = real_texts(arguments.shared)
        judged = read_labels(texts)
        examples = [*examples, *judged]
    bundle = build_bundle(
        arguments.out,
        examples,
        judged=judged,
        name=arguments.name,
        created=datetime.now(UTC).replace(microsecond=0),
        settings=TrainingSettings(quantize_to=60_000),
        data={"examples": dict(Counter(example.origin for example in examples))},
    )
    print(bundle.version, bundle.manifest.thresholds, bundle.manifest.metrics)
    return 0


if __name__ == "__main__":
    sys.exit(main())
