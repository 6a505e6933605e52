"""What a benchmark has measured: tables and plots, as JSON, as Markdown and as SVG files beside it.

A benchmark called NAME writes `NAME.json`, `NAME.md` and its plots into the folder of `--out`;
`evals.benchmarks.report` makes one page of all that stand there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.benchmarks.plots import Plot
from evals.benchmarks.set_up import set_up

Figures = Mapping[str, float | None]
"""Column -> figure; None where there is nothing to measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What was measured of several things, side by side."""

    title: str
    rows: Mapping[str, Figures]
    """Each thing and its figures; the columns are those of the first."""
    note: str = ""
    """What the figures mean and how they were measured, as far as the title does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One run of one benchmark."""

    name: str
    about: str
    """What it asks, in a sentence."""
    tables: Sequence[Table]
    plots: Sequence[Plot] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    """What is kept for whoever wants to look closer; JSON only."""


def tell(outcome: Outcome, folder: Path | None) -> None:
    """Print the outcome's page, and write its files where a folder is named.

    Raises:
        OSError: they cannot be written there.
    """
    kept = to_dict(outcome)
    page = page_of(kept)
    print(page)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for plot, shown in zip(outcome.plots, kept["plots"], strict=True):
        (folder / shown["file"]).write_text(plot.svg(), encoding="utf-8")
    text = json.dumps(kept, indent=2, ensure_ascii=False) + "\n"
    (folder / f"{outcome.name}.json").write_text(text, encoding="utf-8")
    (folder / f"{outcome.name}.md").write_text(page, encoding="utf-8")


def to_dict(outcome: Outcome) -> dict[str, Any]:
    """The outcome as JSON types, with what it was measured on."""
    return {
        "name": outcome.name,
        "about": outcome.about,
        "set_up": set_up(),
        "tables": [{"title": t.title, "note": t.note, "rows": t.rows} for t in outcome.tables],
        "plots": [{"title": plot.title, "file": _file_of(outcome.name, plot)} for plot in outcome.plots],
        **({"details": outcome.details} if outcome.details else {}),
    }


def page_of(kept: Mapping[str, Any]) -> str:
    """The Markdown page of an outcome as its JSON has it."""
    parts = [f"## {kept['name']}", kept["about"]]
    for table in kept["tables"]:
        parts += [markdown(table["title"], table["rows"]).rstrip("\n")]
        parts += [table["note"]] if table["note"] else []
    parts += [f"Measured on {kept['set_up']}"]
    parts += [f"![{plot['title']}]({plot['file']})" for plot in kept["plots"]]
    return "\n\n".join(parts) + "\n"


def markdown(title: str, rows: Mapping[str, Figures]) -> str:
    """A table: a row for each thing measured.

    >>> print(markdown("T", {"a": {"questions": 3.0, "hit@1": 0.5, "best": None}}))
    ### T
    <BLANKLINE>
    | | questions | hit@1 | best |
    |---|---:|---:|---:|
    | a | 3 | 0.500 | – |
    <BLANKLINE>
    """
    columns = list(next(iter(rows.values()), {}))
    lines = [f"### {title}", "", f"| | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    for label, figures in rows.items():
        cells = " | ".join(cell(figures.get(column)) for column in columns)
        lines.append(f"| {label.replace('|', '/')} | {cells} |")
    return "\n".join(lines) + "\n"


def cell(value: float | None) -> str:
    """A figure for people: counts whole, shares to three places, all else to four digits.

    >>> cell(12.0), cell(1), cell(1.0), cell(0.98765), cell(1234.5), cell(23.456), cell(None)
    ('12', '1', '1.000', '0.988', '1,234', '23.5', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if value == int(value) and (value >= 2 or value == 0):
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 1000 else f"{value:,.0f}"


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of what is known; None where nothing is.

    >>> mean([True, False, None]), mean([])
    (0.5, None)
    """
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _file_of(name: str, plot: Plot) -> str:
    return f"{name}-{re.sub(r'[^a-z0-9]+', '-', plot.title.lower()).strip('-')}.svg"
