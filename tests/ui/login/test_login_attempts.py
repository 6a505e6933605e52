"""How often a login may be tried."""

from __future__ import annotations

from ui.web.login.attempts import OF_ADDRESS, OF_BOTH, OF_NAME, WINDOW_SECONDS, Attempts


class Clock:
    now = 1_000.0

    def __call__(self):
        return self.now


def test_guessing_one_name_is_bounded_and_free_again_later():
    clock = Clock()
    attempts = Attempts(clock)
    assert [attempts.begin("ada", "a") for _ in range(OF_BOTH)] == [0] * OF_BOTH
    clock.now += 60
    assert attempts.begin("ada", "a") == WINDOW_SECONDS - 60
    assert attempts.begin("bob", "a") == 0, "another name"
    assert attempts.begin("ada", "b") == 0, "another address"
    clock.now += WINDOW_SECONDS
    assert attempts.begin("ada", "a") == 0


def test_many_names_from_one_address_and_one_name_from_many_are_bounded():
    attempts = Attempts(Clock())
    assert not any(attempts.begin(str(n), "a") for n in range(OF_ADDRESS))
    assert attempts.begin("another", "a") > 0
    attempts = Attempts(Clock())
    assert not any(attempts.begin("ada", str(n)) for n in range(OF_NAME))
    assert attempts.begin("ada", "another") > 0


def test_a_success_counts_for_nothing():
    attempts = Attempts(Clock())
    for _ in range(OF_NAME * 2):
        assert attempts.begin("ada", "a") == 0
        attempts.succeeded("ada", "a")


def test_what_it_remembers_is_bounded(monkeypatch):
    monkeypatch.setattr("ui.web.login.attempts._MOST_KEYS", 30)
    attempts = Attempts(Clock())
    for n in range(1_000):
        attempts.begin(f"name{n}", f"address{n}")
    assert len(attempts._failures) <= 30
