"""The library at a glance: how much there is, and a plot of the articles by the date they were published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from index.tables import ArticleInfo
from ui.web.library.links import article_fragment
from ui.web.library.rows import shortened
from ui.web.markup import long_date, plain

Unit = Literal["day", "month", "year", "decade"]

_MOST_DAYS = 62
_MOST_MONTHS = 60
_MOST_YEARS = 80
_WIDTH = 1_000
_HEIGHT = 100
_GAP_SHARE = 0.18
"""Share of a bar's place that is left free beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The articles of one day, month, year or decade."""

    since: date
    until: date
    """The last day that belongs to it."""
    name: str
    count: int


def timeline(days: Sequence[date]) -> tuple[Unit, list[Bar]]:
    """Bars from the first day to the last, empty ones included, in the smallest unit that fits a plot."""
    first, last = min(days), max(days)
    unit = _unit(first, last)
    counts = Counter(_begin(day, unit) for day in days)
    bars = []
    begin = _begin(first, unit)
    while True:
        following = _next(begin, unit)
        until = date.max if following is None else following - timedelta(days=1)
        bars.append(Bar(since=begin, until=until, name=_name(begin, unit), count=counts[begin]))
        if following is None or following > last:
            return unit, bars
        begin = following


def glance_html(infos: Sequence[ArticleInfo]) -> str:
    """Counts, the plot, the oldest article and the newest; nothing for an empty library."""
    if not infos:
        return ""
    publishers = {info.publisher.casefold() for info in infos if info.publisher}
    figures = [
        _figure(len(infos), "article", "articles"),
        _figure(len(publishers), "publisher", "publishers"),
        _figure(sum(info.chunks for info in infos), "passage", "passages"),
    ]
    dated = [info for info in infos if info.published is not None]
    plot = _plot(dated, undated=len(infos) - len(dated)) if dated else ""
    return f'<dl class="figures">{"".join(figures)}</dl>{plot}'


def timeline_svg(unit: Unit, bars: Sequence[Bar]) -> str:
    """The bars as an inline picture that says in words what it shows."""
    most = max(bars, key=lambda bar: bar.count)
    total = sum(bar.count for bar in bars)
    span = bars[0].name if len(bars) == 1 else f"{bars[0].name} to {bars[-1].name}"
    label = f"{_counted(total)} by {unit}, {span}; most in {most.name}: {most.count:,}"
    place = _WIDTH / len(bars)
    width = min(place * (1 - _GAP_SHARE), _WIDTH / 8)
    drawn = []
    for number, bar in enumerate(bars):
        height = _HEIGHT * bar.count / most.count
        if bar.count:
            height = max(height, 3)
        centre = (number + 0.5) * place
        drawn.append(
            f'<g class="bar-of" data-since="{bar.since}" data-until="{bar.until}">'
            f"<title>{plain(bar.name)}: {_counted(bar.count)}</title>"
            f'<rect class="ground" x="{number * place:.2f}" y="0" width="{place:.2f}" height="{_HEIGHT}"/>'
            f'<rect class="fill" x="{centre - width / 2:.2f}" y="{_HEIGHT - height:.2f}" '
            f'width="{width:.2f}" height="{height:.2f}"/></g>'
        )
    return (
        f'<svg class="timeline" role="img" aria-label="{plain(label)}" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'preserveAspectRatio="none">{"".join(drawn)}</svg>'
    )


def _plot(dated: Sequence[ArticleInfo], *, undated: int) -> str:
    unit, bars = timeline([info.published for info in dated if info.published])
    ends = f"<span>{plain(bars[0].name)}</span>"
    if len(bars) > 1:
        ends += f"<span>{plain(bars[-1].name)}</span>"
    by_date = sorted(dated, key=lambda info: (info.published or date.min, info.article_id))
    said = [_end("Oldest", by_date[0]), _end("Newest", by_date[-1])] if len(by_date) > 1 else []
    if undated:
        said.append(f'<p class="end">{_counted(undated)} without a date</p>')
    return (
        f'<figure class="plot">{timeline_svg(unit, bars)}'
        f'<figcaption class="axis">{ends}</figcaption></figure><div class="ends">{"".join(said)}</div>'
    )


def _end(label: str, info: ArticleInfo) -> str:
    assert info.published is not None
    title = plain(shortened(info.title))
    return (
        f'<p class="end">{label}: <a href="{article_fragment(info.article_id)}" dir="auto">{title}</a>'
        f', <time datetime="{info.published}">{long_date(info.published)}</time></p>'
    )


def _figure(count: int, one: str, many: str) -> str:
    return f"<div><dt>{one if count == 1 else many}</dt><dd>{count:,}</dd></div>"


def _counted(count: int) -> str:
    return "1 article" if count == 1 else f"{count:,} articles"


def _unit(first: date, last: date) -> Unit:
    if (last - first).days < _MOST_DAYS:
        return "day"
    if (last.year - first.year) * 12 + last.month - first.month < _MOST_MONTHS:
        return "month"
    return "year" if last.year - first.year < _MOST_YEARS else "decade"


def _begin(day: date, unit: Unit) -> date:
    if unit == "day":
        return day
    if unit == "month":
        return day.replace(day=1)
    year = day.year if unit == "year" else max(1, day.year // 10 * 10)
    return date(year, 1, 1)


def _next(begin: date, unit: Unit) -> date | None:
    """Where the next bar begins; None at the end of the calendar."""
    try:
        if unit == "day":
            return begin + timedelta(days=1)
        if unit == "month":
            return date(begin.year + begin.month // 12, begin.month % 12 + 1, 1)
        return date(begin.year + 1 if unit == "year" else begin.year // 10 * 10 + 10, 1, 1)
    except (ValueError, OverflowError):
        return None


def _name(begin: date, unit: Unit) -> str:
    if unit == "day":
        return long_date(begin)
    if unit == "month":
        return f"{begin:%B} {begin.year}"
    return f"{begin.year}" if unit == "year" else f"{begin.year // 10 * 10}s"
