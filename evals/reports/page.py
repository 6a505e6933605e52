"""`report.html`: a run as one page, with nothing to fetch and no script; every case opens to its parts.

All that comes from cases, answers and articles is escaped by the template's engine, and the page forbids
itself by its policy what a report has no need of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from evals.measures import MEANINGS, UPPER_BOUNDS, shown
from evals.reports.charts import latency_chart, passed_chart, totals_chart
from evals.results import CaseResult, SuiteResult

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def report_page(result: SuiteResult) -> str:
    """The page."""
    page = _template().render(
        result=result,
        comparison=result.comparison,
        css=_resource("report.css"),
        groups=[
            ("Errored", result.having("error"), True),
            ("Failed", result.having("fail"), True),
            ("Passed", result.having("pass"), False),
        ],
        bounds={t.metric: t for t in result.thresholds},
        upper=UPPER_BOUNDS,
        meanings=MEANINGS,
        answerers=sorted({c.answer.answerer for c in result.cases if c.answer is not None}),
        tags=_by_tag(result.cases),
        charts={
            "passed": passed_chart(result),
            "totals": totals_chart(result),
            "latency": latency_chart([c.took_ms for c in result.cases if c.answer is not None]),
        },
        shown=shown,
        sources=_sources,
    )
    return _CONTROLS.sub("\ufffd", page)


def _by_tag(cases: Sequence[CaseResult]) -> dict[str, tuple[int, int]]:
    """Tag -> how many of its cases passed, and how many there are."""
    tags = sorted({tag for case in cases for tag in case.case.tags})
    having = {tag: [case.status == "pass" for case in cases if tag in case.case.tags] for tag in tags}
    return {tag: (sum(passed), len(passed)) for tag, passed in having.items()}


def _sources(case: CaseResult) -> list[dict[str, Any]]:
    """The citations of an answer, each with its verdicts."""
    if case.answer is None:
        return []
    return [
        {"citation": citation, "verdict": verdict}
        for citation, verdict in zip(case.answer.citations, case.citations, strict=True)
    ]


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.jinja")


def _resource(name: str) -> str:
    return (files("evals.reports") / name).read_text(encoding="utf-8")
