"""One page of all benchmarks that stand in a folder: `python -m evals.benchmarks.report DIR`

Every benchmark with `--out DIR` leaves its figures there; `report.md` joins them, plots included.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from evals.benchmarks.outcome import page_of

REPORT = "report.md"


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
    """The outcomes of a folder, by name; other JSON files are none."""
    read = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [
        each for each in read if isinstance(each, dict) and {"name", "about", "tables", "plots"} <= set(each)
    ]


def joined(outcomes: list[dict[str, Any]]) -> str:
    """The page."""
    return "\n".join(["# Benchmarks\n", *map(page_of, outcomes)])


if __name__ == "__main__":
    main()
