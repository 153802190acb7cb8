"""Learning from what people decided: a candidate beside the bundle in force, and whether it may replace it.

The latest decisions are never learned from: both bundles are examined on them. A candidate is promoted
only if it does no worse on the whole, and in no category with enough of them.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake.errors import Refused
from intake.learn.build import build_bundle
from intake.learn.evaluate import Evaluation, evaluate, worse_categories
from intake.learn.example import Example
from intake.learn.fit import TrainingSettings
from intake.learn.refine import refine
from intake.learn.track import Tell, Track, say_nothing, untracked
from intake.store.corrections import Confirmed
from intake.understand.classify import BundleClassifier, load_bundle

HELD_OUT = 0.2
ENOUGH = 20
"""Held-out texts from which a category, or the whole, can be judged."""
JUDGED = {"corrected": 1.0, "confirmed": 1.0, "written": 0.05}


@dataclass(frozen=True, slots=True)
class CandidateBundle:
    """A new bundle and what both did on the held-out decisions; ``worse`` are categories."""

    bundle: BundleClassifier
    learned: int
    before: Evaluation
    after: Evaluation
    worse: tuple[str, ...]

    @property
    def better(self) -> bool:
        """Return whether it may be promoted."""
        return not self.worse and self.after.leaf_or_also >= self.before.leaf_or_also


def split(confirmed: Sequence[Confirmed]) -> tuple[list[Example], list[Example]]:
    """Return (earlier decisions to learn from, latest ones to examine); no text is in both.

    Raises :class:`Refused` where there are too few to examine a bundle.
    """
    known = sorted(confirmed, key=lambda one: one.at)
    cut = len(known) - int(len(known) * HELD_OUT)
    learned = [_example(one) for one in known[:cut]]
    seen = {(example.title, example.text) for example in learned}
    held_out = [e for one in known[cut:] if ((e := _example(one)).title, e.text) not in seen]
    if len(held_out) < ENOUGH:
        raise Refused(
            f"People decided {len(known)} requests; the latest fifth gives {len(held_out)} texts to "
            f"examine a bundle on, and {ENOUGH} are needed. Nothing was trained.",
            hint="Corrections are followed meanwhile without training; try again with more.",
        )
    return learned, held_out


def refined(
    out: Path,
    folder: Path,
    anchors: Sequence[Example],
    confirmed: Sequence[Confirmed],
    *,
    created: datetime,
    track: Track = untracked,
) -> CandidateBundle:
    """Refine the bundle of ``folder`` with people's decisions while its answers on ``anchors`` stay; write
    the result into ``out`` and examine both.
    """
    learned, held_out = split(confirmed)
    bundle = refine(out, folder, learned, anchors, created=created, track=track)
    return _examined(bundle, load_bundle(folder), learned, held_out, track)


def retrained(
    out: Path,
    base: Sequence[Example],
    confirmed: Sequence[Confirmed],
    current: BundleClassifier,
    *,
    created: datetime,
    tell: Tell = say_nothing,
    track: Track = untracked,
) -> CandidateBundle:
    """Train a candidate into ``out`` the way the current bundle was trained, and examine both."""
    learned, held_out = split(confirmed)
    manifest = current.manifest
    settings = TrainingSettings.model_validate(manifest.data.get("settings", {}))
    examples = [*base, *learned]
    bundle = build_bundle(
        out,
        examples,
        judged=JUDGED,
        name=out.name,
        created=created,
        settings=settings,
        data={"examples": dict(Counter(example.origin for example in examples))},
        precision=manifest.target_precision,
        tell=tell,
        track=track,
    )
    return _examined(bundle, current, learned, held_out, track)


def _examined(
    bundle: BundleClassifier,
    current: BundleClassifier,
    learned: Sequence[Example],
    held_out: Sequence[Example],
    track: Track,
) -> CandidateBundle:
    before = evaluate(current, track(held_out, "examining the bundle in force"))
    after = evaluate(bundle, track(held_out, "examining the candidate"))
    worse = tuple(worse_categories(before, after, enough=ENOUGH))
    return CandidateBundle(bundle, len(learned), before, after, worse)


def read_base(file: Path) -> list[Example]:
    """Read the examples that the product ships with."""
    text = gzip.decompress(file.read_bytes()).decode("utf-8")
    return [Example.model_validate(row) for row in csv.DictReader(io.StringIO(text))]


def report(found: CandidateBundle, *, was_promoted: bool) -> str:
    """Write the comparison as Markdown."""
    verdict = "promoted" if was_promoted else "not promoted"
    lines = [
        f"# {found.after.version}: {verdict}",
        "",
        f"Learned from {found.learned} requests that people decided; examined on "
        f"the latest {found.after.texts}, which neither bundle learned from.",
        "",
        "| figure | in force | candidate |",
        "|---|---|---|",
    ]
    for name in ("leaf", "leaf_or_also", "top3", "coverage", "auto_precision"):
        lines.append(f"| {name} | {getattr(found.before, name)} | {getattr(found.after, name)} |")
    lines += [
        "",
        "| category | texts | right in force | right candidate | |",
        "|---|---|---|---|---|",
    ]
    for code, old in found.before.by_category.items():
        new = found.after.by_category[code]
        mark = "worse" if code in found.worse else ""
        lines.append(f"| {code} | {old.texts} | {old.right} | {new.right} | {mark} |")
    return "\n".join(lines) + "\n"


def _example(one: Confirmed) -> Example:
    origin = "corrected" if one.corrected else "confirmed"
    return Example(code=one.category, title=one.title, text=one.text, origin=origin)
