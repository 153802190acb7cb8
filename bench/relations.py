"""How well requests about one matter are found, and what is taken for one though it is not.

Messages go through the product's own stages one by one, as ``intake try dedupe`` runs them, with the
user's number as their contact. ``python bench/relations.py [--shared DIR] [--each N]`` writes a table.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import edits
from edits import Text

from intake import log
from intake.bootstrap import build_router
from intake.decide.router import Router
from intake.rehearse.trial import Trial
from intake.settings import ModelSettings

PLANT = "丽发新城"  # the one case that is a seventh of all labelled pairs
SEED = 12345
_TIMES = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M")


@dataclass(frozen=True, slots=True)
class Message:
    """One line for the product."""

    id: str
    text: Text
    contact: str
    at: datetime


Answer = dict[str, Any]


class Machine:
    """The stages up to the case, over messages in order."""

    def __init__(self) -> None:
        self.router: Router = build_router(ModelSettings(), [None])

    def answers(self, messages: Iterable[Message]) -> dict[str, Answer]:
        """Give what the product says of each message, all in one history."""
        lines = [
            json.dumps(
                {
                    "id": message.id,
                    "title": message.text.title,
                    "text": message.text.body,
                    "contact": message.contact,
                    "received_at": message.at.isoformat(),
                }
            ).encode()
            for message in messages
        ]
        with Trial(lambda _homes: self.router, None) as trial:
            answers = trial.answers(lines, trial.dedupe)
        return {answer["id"]: answer for answer in answers if "error" not in answer}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--each", type=int, default=250, help="synthetic pairs of each kind")
    parser.add_argument("--only", choices=("labelled", "edits", "questions"))
    arguments = parser.parse_args()
    log.configure(level="error")
    data = arguments.shared / "data"
    if not data.is_dir():
        sys.exit(f"There are no real texts in {data}; name their folder with --shared.")
    machine = Machine()
    parts: dict[str, Callable[[], list[str]]] = {
        "labelled": lambda: labelled(machine, data),
        "edits": lambda: synthetic(machine, data, arguments.each),
        "questions": lambda: questions(machine, data),
    }
    for name, part in parts.items():
        if arguments.only in (None, name):
            print("\n".join(part()), "\n", flush=True)


def labelled(machine: Machine, data: Path) -> list[str]:
    """Pairs of real complaints that a reader labelled, out of the whole history in time order."""
    messages = _complaints(data / "tipdm2020c" / "hot_fujian3_shared.csv")
    answers = machine.answers(messages)
    by_id = {message.id: message for message in messages}
    with (data / "gold" / "pairs_dev.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if row["id_a"] in by_id and row["id_b"] in by_id
        ]
    lines = [
        "| labelled pairs | pairs | same matter | precision | recall | relation right |",
        "|---|---:|---:|---:|---:|---:|",
    ]

    def strangers(row: dict[str, str]) -> bool:
        return by_id[row["id_a"]].contact != by_id[row["id_b"]].contact

    def other_case(row: dict[str, str]) -> bool:
        texts = [by_id[row[side]].text for side in ("id_a", "id_b")]
        return not any(PLANT in text.title + text.body for text in texts)

    kinds: tuple[tuple[str, Callable[[dict[str, str]], bool]], ...] = (
        ("all", lambda _row: True),
        ("different users", strangers),
        ("all but the largest case", other_case),
        ("different users, all but the largest case", lambda r: strangers(r) and other_case(r)),
    )
    for name, wanted in kinds:
        lines.append(_scored(name, [row for row in rows if wanted(row)], answers, by_id))
    return lines


def _scored(
    name: str,
    rows: Sequence[dict[str, str]],
    answers: dict[str, Answer],
    by_id: dict[str, Message],
) -> str:
    counts: Counter[str] = Counter()
    for row in rows:
        joined = answers[row["id_a"]]["case"] == answers[row["id_b"]]["case"]
        true = row["same_matter"] == "yes"
        counts["true"] += true
        counts["joined"] += joined
        counts["both"] += joined and true
        if joined and true:
            counts["right"] += _relation(row, answers, by_id) == row["relation"]
    both = counts["both"]
    precision, recall, right = (
        f"{part / whole:.3f}" if whole else "–"
        for part, whole in (
            (both, counts["joined"]),
            (both, counts["true"]),
            (counts["right"], both),
        )
    )
    return f"| {name} | {len(rows)} | {counts['true']} | {precision} | {recall} | {right} |"


def _relation(row: dict[str, str], answers: dict[str, Answer], by_id: dict[str, Message]) -> str:
    """Give the relation between two of one case: the later one's, if it was related to the other.

    Else to a third of the case: then by whether it is the same person.
    """
    one, other = sorted((row["id_a"], row["id_b"]), key=lambda key: by_id[key].at)
    answer = answers[other]
    if answer["of"] == one:
        return str(answer["relation"])
    return "repeat" if by_id[one].contact == by_id[other].contact else "shared"


def synthetic(machine: Machine, data: Path, each: int) -> list[str]:
    """Real texts changed on purpose, each after all the originals, from another person."""
    texts = [m.text for m in _complaints(data / "tipdm2020c" / "replies_fujian4_shared.csv")]
    start = datetime(2026, 3, 2, 8)  # noqa: DTZ001 - a wall clock, as exports write it
    lines = ["| changed on purpose | pairs | joined | wanted |", "|---|---:|---:|---|"]
    for kinds, wanted in ((edits.SAME, "≥ 97 %"), (edits.OTHER, "none")):
        for name, make in kinds.items():
            made = _unlike(machine, list(edits.pairs(texts, make, each, SEED)), start)
            messages = [
                Message(f"{half}{number}", pair[half], f"U{half}{number}", start)
                for half in (0, 1)
                for number, pair in enumerate(made)
            ]
            answers = machine.answers(messages)
            joined = sum(
                answers[f"0{number}"]["case"] == answers[f"1{number}"]["case"]
                for number in range(len(made))
            )
            share = f"{joined} ({joined / max(1, len(made)):.1%})"
            lines.append(f"| {name} | {len(made)} | {share} | {wanted} |")
    return lines


def _unlike(machine: Machine, made: list[edits.Pair], at: datetime) -> list[edits.Pair]:
    """Leave out originals that are about one matter: their changed texts could meet each other."""
    originals = [Message(str(n), pair[0], f"U{n}", at) for n, pair in enumerate(made)]
    answers = machine.answers(originals)
    cases = Counter(answer["case"] for answer in answers.values())
    return [pair for n, pair in enumerate(made) if cases[answers[str(n)]["case"]] == 1]


def questions(machine: Machine, data: Path) -> list[str]:
    """Pairs of short questions: those of one meaning are paraphrases, and no duplicates."""
    start = datetime(2026, 3, 2, 8)  # noqa: DTZ001
    with (data / "zh_pairs" / "LCQMC_dev.txt").open(encoding="utf-8") as file:
        pairs = [line.rstrip("\n").split("\t") for line in list(file)[:2_000]]
    messages = [
        Message(f"{half}{number}", Text("", pair[half]), f"U{half}{number}", start)
        for number, pair in enumerate(pairs)
        for half in (0, 1)
    ]
    answers = machine.answers(messages)
    joined: dict[str, list[bool]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        cases = [answers.get(f"{half}{number}", {}).get("case", half) for half in (0, 1)]
        joined[pair[2]].append(cases[0] == cases[1])
    lines = ["| short questions (a warning, no goal) | pairs | joined |", "|---|---:|---:|"]
    for label, name in (("1", "same meaning"), ("0", "other meaning")):
        found = joined[label]
        lines.append(f"| {name} | {len(found)} | {sum(found) / len(found):.1%} |")
    return lines


def _complaints(path: Path) -> list[Message]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        messages = [
            Message(
                row["留言编号"],
                Text(row["留言主题"].strip(), row["留言详情"].strip()),
                row["留言用户"],
                _time(row["留言时间"]),
            )
            for row in csv.DictReader(file)
        ]
    return sorted(messages, key=lambda message: message.at)


def _time(value: str) -> datetime:
    for form in _TIMES:
        try:
            return datetime.strptime(value, form)  # noqa: DTZ007 - a wall clock, as exports write it
        except ValueError:
            continue
    raise ValueError(f"{value} is no time in a known form")


if __name__ == "__main__":
    main()
