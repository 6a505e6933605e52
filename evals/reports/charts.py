"""The charts of `report.html`, as SVG that stands in the page and takes its colours from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from evals.measures import MEANINGS, UPPER_BOUNDS, shown
from evals.results import SuiteResult
from evals.statistics import percentile, wilson

_LABEL, _SCALE, _ROW = 100, 220, 24
"""Widths of the labels and of the scale, and height of a row, in pixels: narrow, for telephones."""
_RIGHT = 120
"""Room for the figures behind the scale."""


class Bar(NamedTuple):
    """One metric between 0 and 1."""

    name: str
    value: float
    bound: float | None
    ok: bool
    beside: float | None
    """What it is compared with."""


def totals_chart(result: SuiteResult) -> Markup:
    """The totals as bars, with their thresholds as ticks and full text alone as rings."""
    bounds = {t.metric: t for t in result.thresholds}
    bars = [
        Bar(
            metric,
            value,
            bounds[metric].bound if metric in bounds else None,
            bounds[metric].ok if metric in bounds else True,
            result.control.get(metric),
        )
        for metric, value in result.totals.items()
        if value is not None and metric not in ("answer_tokens", "score")
    ]
    rows = [_bar_row(bar, number) for number, bar in enumerate(bars)]
    return _svg(rows, "Totals of the metrics, with thresholds")


def _bar_row(bar: Bar, number: int) -> Markup:
    y = number * _ROW
    drawn = [
        Markup("<title>{}</title>").format(MEANINGS[bar.name]),
        _text(_LABEL - 10, y + 16, bar.name.replace("_", " "), "end"),
        _rect("track", _LABEL, y + 6, _SCALE, 12),
        _rect(_kind(bar), _LABEL, y + 6, max(1.0, bar.value * _SCALE), 12),
        _text(_LABEL + _SCALE + 12, y + 16, shown(bar.name, bar.value), "start"),
    ]
    if bar.bound is not None:
        x = _LABEL + bar.bound * _SCALE
        sign = "at most" if bar.name in UPPER_BOUNDS else "at least"
        drawn.append(
            Markup(
                '<line class="bound" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"><title>{3}</title></line>'
            ).format(x, y + 2, y + 22, f"threshold: {sign} {bar.bound:g}")
        )
    if bar.beside is not None:
        drawn.append(
            Markup('<circle class="beside" cx="{:.1f}" cy="{}" r="5"><title>{}</title></circle>').format(
                _LABEL + bar.beside * _SCALE, y + 12, f"full text alone: {shown(bar.name, bar.beside)}"
            )
        )
    return Markup("<g>{}</g>").format(Markup("").join(drawn))


def _kind(bar: Bar) -> str:
    return "value free" if bar.bound is None else "value" if bar.ok else "value bad"


def passed_chart(result: SuiteResult) -> Markup:
    """The share that passed with its 95 % interval, above that of the baseline."""
    shares = [("this run", len(result.having("pass")), len(result.cases))]
    if result.comparison is not None and result.comparison.cases:
        shares.append(("baseline", result.comparison.passed_before, result.comparison.cases))
    return _svg(
        [_share_row(*share, number) for number, share in enumerate(shares)], "Share of cases that passed"
    )


def _share_row(name: str, passed: int, cases: int, number: int) -> Markup:
    y = number * _ROW
    low, high = wilson(passed, cases)
    dot = Markup('<circle class="value" cx="{:.1f}" cy="{}" r="5"/>').format(
        _LABEL + passed / cases * _SCALE, y + 12
    )
    return Markup("").join(
        [
            _text(_LABEL - 10, y + 16, name, "end"),
            _rect("track", _LABEL, y + 11, _SCALE, 2),
            _rect("interval", _LABEL + low * _SCALE, y + 9, (high - low) * _SCALE, 6),
            dot,
            _text(_LABEL + _SCALE + 12, y + 16, f"{passed / cases:.0%} ({low:.0%} to {high:.0%})", "start"),
        ]
    )


def latency_chart(took_ms: Sequence[float]) -> Markup:
    """Every answer's time as a stroke, with the median and the 95th percentile."""
    if not took_ms:
        return Markup("")
    longest = max(took_ms) or 1.0
    strokes = [
        Markup('<line class="stroke" x1="{0:.1f}" x2="{0:.1f}" y1="6" y2="26"/>').format(
            _LABEL + took / longest * _SCALE
        )
        for took in took_ms
    ]
    marks = [
        Markup('<line class="bound" x1="{0:.1f}" x2="{0:.1f}" y1="2" y2="34"/>').format(
            _LABEL + percentile(took_ms, share) / longest * _SCALE
        )
        for share in (0.5, 0.95)
    ]
    ends = [
        _text(_LABEL - 10, 20, "ms an answer", "end"),
        _text(_LABEL + _SCALE + 12, 20, f"max {longest:.0f}", "start"),
        *(
            _text(
                _LABEL + percentile(took_ms, share) / longest * _SCALE,
                46,
                f"{name} {percentile(took_ms, share):.0f}",
                anchor,
            )
            for name, share, anchor in (("p50", 0.5, "end"), ("p95", 0.95, "start"))
        ),
    ]
    return _svg([Markup("").join([*strokes, *marks, *ends])], "Time of each answer", height=52)


def _svg(rows: Sequence[Markup], title: str, height: int | None = None) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _LABEL + _SCALE + _RIGHT, height or max(1, len(rows)) * _ROW, title, Markup("").join(rows)
    )


def _rect(kind: str, x: float, y: float, width: float, height: float) -> Markup:
    return Markup('<rect class="{}" x="{:.1f}" y="{}" width="{:.1f}" height="{}" rx="2"/>').format(
        kind, x, y, width, height
    )


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(x, y, anchor, text)
