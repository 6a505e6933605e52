"""Writes what a run is reported as into a folder.

`results.json` is the truth, and the same for two runs; `timings.json` is what differs between them;
`junit.xml` is for CI, `summary.md` for its job page, `report.html` for people: one file, without a script.
"""

from __future__ import annotations

from pathlib import Path

from evals.reports.junit import junit_xml
from evals.reports.page import report_page
from evals.reports.results_json import timings_of, to_dict, to_json
from evals.reports.summary import summary_md
from evals.results import SuiteResult
from evals.selection import RESULTS
from index.errors import UsageError


def write_reports(result: SuiteResult, folder: Path) -> None:
    """Write all five files.

    Raises:
        UsageError: they cannot be written there.
    """
    files = {
        RESULTS: to_json(to_dict(result)) + "\n",
        "timings.json": to_json(timings_of(result)) + "\n",
        "junit.xml": junit_xml(result),
        "summary.md": summary_md(result),
        "report.html": report_page(result),
    }
    make_folder(folder)
    try:
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise _unwritable(folder, error) from error


def make_folder(folder: Path) -> None:
    """Make the folder, so that a run need not end before it is known that there can be none.

    Raises:
        UsageError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> UsageError:
    return UsageError(
        f"cannot write results into {str(folder)!r}: {error.strerror}", hint="name another folder with --out"
    )
