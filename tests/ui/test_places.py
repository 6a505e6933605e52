"""Places to answer at: how many, in what order, and who gives up."""

from __future__ import annotations

import threading
import time

import pytest

from ui.places import Busy, Places


def test_no_more_than_the_places_are_taken_and_in_the_order_of_asking():
    places, order, at_once, most = Places(2, 20), [], [], []
    started = threading.Event()

    def work(number):
        with places.taken():
            order.append(number)
            at_once.append(number)
            most.append(len(at_once))
            started.wait(5)
            time.sleep(0.005)
            at_once.remove(number)

    threads = []
    for number in range(8):
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        while len(order) + len(places.waiting) < number + 1:
            time.sleep(0.001)
    started.set()
    for thread in threads:
        thread.join()
    assert max(most) == 2
    assert sorted(order) == list(range(8))
    assert order[:2] == [0, 1]
    assert all(abs(place - number) <= 1 for place, number in enumerate(order))


def test_a_full_line_turns_away_and_a_free_place_does_not():
    places = Places(1, 1)
    gone = threading.Event()
    with places.taken() as has_place:
        assert has_place
        outcome = []

        def wait():
            with places.taken(gone) as has_place:
                outcome.append(has_place)

        waiting = threading.Thread(target=wait)
        waiting.start()
        while not places.waiting:
            time.sleep(0.001)
        with pytest.raises(Busy) as refused, places.taken():
            pass
        assert refused.value.retryable
        gone.set()
        waiting.join(5)
        assert outcome == [False]
    with places.taken() as has_place:
        assert has_place


def test_an_error_gives_the_place_back():
    places = Places(1, 1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places.taken():
            raise ZeroDivisionError
