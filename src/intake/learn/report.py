"""A measurement as Markdown."""

from __future__ import annotations

from intake.learn.measure import Measurement, PrecisionCoverage

_CONFUSIONS = 15


def write_report(measured: Measurement, version: str, source: str, picture: str) -> str:
    """Write the figures, the table of labels and the commonest confusions."""
    lines = [
        f"# {version} on {source}",
        "",
        "| measure | value |",
        "|---|---:|",
        f"| texts | {measured.texts} |",
        f"| accuracy | {measured.accuracy:.4f} |",
        f"| accuracy, second label accepted | {measured.accuracy_or_second:.4f} |",
        f"| among the first three | {measured.top3:.4f} |",
        *(
            [f"| first level | {measured.first_level:.4f} |"]
            if measured.first_level is not None
            else []
        ),
        f"| macro-F1 | {measured.macro_f1:.4f} |",
        f"| expected calibration error, 10 bins | {measured.calibration_error:.4f} |",
        "",
        "Deciding alone, with cutoffs chosen on the texts held out in training, never on these:",
        "",
        "| cutoff for | confidence | coverage | precision here |",
        "|---|---:|---:|---:|",
        *(_covered(f"{percent} % precision", c) for percent, c in measured.coverage.items()),
        _covered("the bundle's own thresholds", measured.own),
        "",
        f"![confusion]({picture})",
        "",
        "| label | texts | given | precision | recall | F1 |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {_cell(label)} | {f.texts} | {f.given} | {f.precision:.3f} | {f.recall:.3f} | {f.f1:.3f} |"
        for label, f in measured.by_class.items()
    ]
    lines += ["", "| commonest confusions: truth | given | texts |", "|---|---|---:|"]
    wrong = [
        (count, truth, given)
        for truth, row in measured.confusion.items()
        for given, count in row.items()
        if truth != given
    ]
    lines += [
        f"| {_cell(truth)} | {_cell(given)} | {count} |"
        for count, truth, given in sorted(wrong, key=lambda w: (-w[0], w[1:]))[:_CONFUSIONS]
    ]
    return "\n".join(lines) + "\n"


def _covered(what: str, found: PrecisionCoverage) -> str:
    precision = "–" if found.precision is None else f"{found.precision:.4f}"
    return f"| {what} | {found.cutoff:.4f} | {found.coverage:.4f} | {precision} |"


def _cell(label: str) -> str:
    return label.replace("|", "\\|").replace("\n", " ")
