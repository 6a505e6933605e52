"""Things named in a setting: made, or refused with what is wrong with the name."""

from __future__ import annotations

from collections import Counter

import pytest

from index.errors import UsageError
from index.factories import made_by


def test_what_the_factory_makes():
    assert made_by("collections:Counter", dict, what="tally") == Counter()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("collections", "unknown tally 'collections'"),
        (":Counter", "unknown tally ':Counter'"),
        ("no_such_module:made", "ModuleNotFoundError"),
        ("collections:Nothing", "AttributeError"),
        ("collections:namedtuple", "TypeError"),
        ("collections:deque", "made a deque"),
    ],
)
def test_what_is_wrong_is_named(name, said):
    with pytest.raises(UsageError) as raised:
        made_by(name, dict, what="tally")
    assert said in raised.value.message
    assert raised.value.hint
