"""One page of all benchmarks that stand in a folder: `python -m evals.benchmarks.report DIR`

Every benchmark with `--out DIR` leaves its figures there; `report.md` joins them, plots included.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.benchmarks.outcome import page_of

REPORT = "report.md"
ORDER = ("retrieval", "answers", "open_book", "peer", "ingest", "asking", "timings")
"""What comes first; all others follow by name."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    found = outcomes_in(folder)
    if not found:
        parser.error(f"there is no benchmark's result in {folder}")
    (folder / REPORT).write_text(joined(found), encoding="utf-8")
    print(folder / REPORT)


def outcomes_in(folder: Path) -> list[dict[str, Any]]:
    """The outcomes of a folder, in the order of the page; other JSON files are none."""
    read = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    outcomes = [
        each
        for each in read
        if isinstance(each, dict) and {"name", "about", "set_up", "tables", "plots"} <= set(each)
    ]
    return sorted(outcomes, key=lambda o: ORDER.index(o["name"]) if o["name"] in ORDER else len(ORDER))


def joined(outcomes: Sequence[dict[str, Any]]) -> str:
    """The page: what there is, then each."""
    contents = "\n".join(f"- [{o['name']}](#{o['name']}): {o['about']}" for o in outcomes)
    return "\n".join(["# Benchmarks\n", contents + "\n", *map(page_of, outcomes)])


if __name__ == "__main__":
    main()
