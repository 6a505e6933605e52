"""Speed and time left are those of the last half minute."""

from __future__ import annotations

from index.pace import Pace


def test_nothing_is_said_at_first():
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert pace.tokens_per_second is pace.seconds_left is None
    now[0] = 0.5
    pace.note(1_000, 0.5)
    assert pace.tokens_per_second is pace.seconds_left is None


def test_an_even_pace():
    now = [0.0]
    pace = Pace(lambda: now[0])
    for second in range(1, 101):
        now[0] = float(second)
        pace.note(400.0 * second, second / 200)
    assert abs(pace.tokens_per_second - 400) < 1e-6
    assert abs(pace.seconds_left - 100) < 1e-6


def test_a_pace_that_changes_is_followed():
    now = [0.0]
    pace = Pace(lambda: now[0])
    for second in range(1, 61):
        now[0] = float(second)
        pace.note(10.0 * second, second / 1_000)
    for second in range(61, 121):
        now[0] = float(second)
        pace.note(600 + 100.0 * (second - 60), 0.06 + (second - 60) / 100)
    assert abs(pace.tokens_per_second - 100) < 1e-6
    assert abs(pace.seconds_left - 34) < 1e-6


def test_no_progress_is_no_estimate():
    now = [0.0]
    pace = Pace(lambda: now[0])
    now[0] = 10.0
    pace.note(0, 0.0)
    assert pace.seconds_left is None
    assert pace.tokens_per_second == 0
