"""What it takes to start: time and memory of help pages, beside another build in the same run.

``python bench/startup.py [INTAKE …] [--rounds 10] [--json]``. Each INTAKE is the executable of another
checkout (its ``.venv/bin/intake``). The builds take turns, so that a busy machine is busy for all of
them; the figure is the fastest of the rounds, beside it the ratio to the first build named.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

OWN = Path(sys.executable).with_name("intake")
COMMANDS = (("--help",), ("doctor", "--help"), ("--version",))


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds of wall time and of processor time, and the peak of resident memory in MB."""

    seconds: float
    processor: float
    memory: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("others", nargs="*", type=Path, metavar="INTAKE")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    builds = [*options.others, OWN]
    found = []
    for command in COMMANDS:
        rounds = [[started(build, command) for build in builds] for _ in range(options.rounds)]
        best = [_best(starts) for starts in zip(*rounds, strict=True)]
        found.append((command, best))
    if options.json:
        print(
            json.dumps(
                {
                    " ".join(command): {
                        str(build): asdict(start) for build, start in zip(builds, best, strict=True)
                    }
                    for command, best in found
                }
            )
        )
        return
    print(f"load {os.getloadavg()[0]:.1f}, {options.rounds} rounds")
    for command, best in found:
        print(f"intake {' '.join(command)}")
        for build, start in zip(builds, best, strict=True):
            first = best[0]
            print(
                f"  {start.seconds:6.2f} s ({start.seconds / first.seconds:4.2f}x)"
                f"  {start.processor:6.2f} s of processor ({start.processor / first.processor:4.2f}x)"
                f"  {start.memory:6.1f} MB ({start.memory / first.memory:4.2f}x)  {build}"
            )


def started(build: Path, command: tuple[str, ...]) -> Start:
    """Run a command to its end, its output thrown away."""
    before = time.perf_counter()
    child = os.posix_spawn(
        build,
        [str(build), *command],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - before
    if status:
        raise SystemExit(f"{build} {' '.join(command)} ended with {status}")
    return Start(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _best(starts: tuple[Start, ...]) -> Start:
    return Start(
        min(start.seconds for start in starts),
        min(start.processor for start in starts),
        max(start.memory for start in starts),
    )


if __name__ == "__main__":
    main()
