"""Plots as SVG text, without a library: bars side by side, and lines over a scale.

Each stands alone in a file and follows the reader's light or dark setting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Protocol

COLOURS = ("#24588f", "#c8642b", "#3b8f5a", "#8a5aa8", "#777777", "#b3261e")
_WIDTH, _LEFT, _RIGHT, _TOP = 720, 150, 90, 44
_BAR, _GAP = 14, 12
_TICKS = 8
"""Labels along a scale, at most."""
_DOTS = 20
"""Points of a line that are still drawn as such."""
_STYLE = """text{font:12px system-ui,sans-serif;fill:#1d2326}.title{font-weight:600;font-size:14px}
.paper{fill:#fdfdfb}.rule{stroke:#dcdfdc}.dim{fill:#5d6a70}
@media (prefers-color-scheme:dark){text{fill:#e5e9e8}.paper{fill:#15191b}.rule{stroke:#343c40}
.dim{fill:#98a5a9}}"""


class Plot(Protocol):
    """Something to look at."""

    @property
    def title(self) -> str: ...

    def svg(self) -> str:
        """The picture as the text of a file."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Figures of several things, in groups side by side."""

    title: str
    groups: Mapping[str, Mapping[str, float | None]]
    """Group -> thing -> figure."""
    most: float | None = None
    """End of the scale; the largest figure when not given."""

    def svg(self) -> str:
        things = list(dict.fromkeys(thing for group in self.groups.values() for thing in group))
        values = [v for group in self.groups.values() for v in group.values() if v is not None]
        most = self.most or max(values, default=1.0) or 1.0
        width = _WIDTH - _LEFT - _RIGHT
        y = _TOP
        drawn = [_legend(things)]
        for name, group in self.groups.items():
            middle = y + len(things) * _BAR / 2 + 4
            drawn.append(_text(_LEFT - 10, middle, name, anchor="end"))
            for thing in things:
                value = group.get(thing)
                if value is not None:
                    long = max(1.0, min(value / most, 1.0) * width)
                    colour = _colour(things.index(thing))
                    drawn.append(
                        f'<rect x="{_LEFT}" y="{y}" width="{long:.1f}" height="{_BAR - 2}" fill="{colour}"/>'
                    )
                    drawn.append(_text(_LEFT + long + 6, y + _BAR - 4, _figure(value), kind="dim"))
                y += _BAR
            y += _GAP
        return _picture(self.title, drawn, y + 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Figures over a scale, a line for each thing."""

    title: str
    across: str
    """What the scale from left to right is of."""
    lines: Mapping[str, Sequence[tuple[float, float]]]
    """Thing -> its points, (across, up)."""
    diagonal: bool = False
    """Whether up is the same share as across, so that a line tells where both are equal."""
    by_tens: bool = False
    """Whether each step across is ten times the last."""

    def svg(self) -> str:
        height, bottom = 260, 260 + _TOP
        points = [point for line in self.lines.values() for point in line]
        across = [self._scaled(x) for x, _ in points] or [0.0, 1.0]
        low, high = (0.0, 1.0) if self.diagonal else (min(across), max(across))
        top = 1.0 if self.diagonal else 4 * _step(max((y for _, y in points), default=1.0) / 4)
        width = _WIDTH - _LEFT - _RIGHT

        def place(x: float, y: float) -> tuple[float, float]:
            right = (self._scaled(x) - low) / (high - low) if high > low else 0.5
            return _LEFT + right * width, bottom - min(y / top, 1.0) * height

        drawn = [_legend(list(self.lines))]
        for part in range(5):
            y = bottom - part * height / 4
            drawn.append(f'<line class="rule" x1="{_LEFT}" x2="{_LEFT + width}" y1="{y:.1f}" y2="{y:.1f}"/>')
            drawn.append(_text(_LEFT - 10, y + 4, f"{top * part / 4:.3g}", anchor="end", kind="dim"))
        for x in self._ticks(points):
            drawn.append(_text(place(x, 0)[0], bottom + 18, f"{x:,.4g}", anchor="middle", kind="dim"))
        drawn.append(_text(_LEFT + width / 2, bottom + 38, self.across, anchor="middle"))
        if self.diagonal:
            (x1, y1), (x2, y2) = place(0, 0), place(1, 1)
            drawn.append(
                f'<line class="rule" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke-dasharray="4 4"/>'
            )
        for number, line in enumerate(self.lines.values()):
            spots = [place(x, y) for x, y in sorted(line)]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
            drawn.append(
                f'<polyline points="{path}" fill="none" stroke="{_colour(number)}" stroke-width="2"/>'
            )
            drawn += [
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{_colour(number)}"/>'
                for x, y in (spots if len(spots) <= _DOTS else ())
            ]
        return _picture(self.title, drawn, bottom + 52)

    def _ticks(self, points: Sequence[tuple[float, float]]) -> Sequence[float]:
        """Where the scale across is labelled: at each value if they are few, else at round ones."""
        values = sorted({x for x, _ in points})
        if self.diagonal:
            return [0.0, 0.25, 0.5, 0.75, 1.0]
        if len(values) <= _TICKS or self.by_tens:
            return values
        step = _step((values[-1] - values[0]) / _TICKS, of=(1, 2, 5, 10))
        return [step * n for n in range(ceil(values[0] / step), floor(values[-1] / step) + 1)]

    def _scaled(self, x: float) -> float:
        return log10(x) if self.by_tens and x > 0 else x


def _picture(title: str, drawn: Sequence[str], height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" role="img" '
        f'aria-label="{escape(title)}"><style>{_STYLE}</style>'
        f'<rect class="paper" width="{_WIDTH}" height="{height:.0f}"/>'
        f'<text class="title" x="12" y="20">{escape(title)}</text>{"".join(drawn)}</svg>\n'
    )


def _figure(value: float) -> str:
    """A figure beside its bar.

    >>> _figure(0.63333), _figure(23.456), _figure(5605.4)
    ('0.633', '23.5', '5,605')
    """
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _legend(things: Sequence[str]) -> str:
    drawn, x = [], 12.0
    for number, thing in enumerate(things):
        drawn.append(f'<rect x="{x:.0f}" y="27" width="10" height="10" rx="2" fill="{_colour(number)}"/>')
        drawn.append(_text(x + 15, 36, thing, kind="dim"))
        x += 15 + 7 * len(thing) + 18
    return "".join(drawn)


def _text(x: float, y: float, text: str, *, anchor: str = "start", kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _step(least: float, of: Sequence[float] = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)) -> float:
    """The next round number: a step for a scale.

    >>> _step(10.25), _step(187.5), _step(0), _step(5.4, of=(1, 2, 5, 10))
    (15.0, 200.0, 1.0, 10.0)
    """
    if least <= 0:
        return 1.0
    size = 10.0 ** floor(log10(least))
    return next(float(each * size) for each in of if each * size >= least * (1 - 1e-9))
