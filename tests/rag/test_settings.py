"""Settings come from the environment, and wrong ones are named."""

import pytest

from index.errors import UsageError
from rag.settings import load_settings


def test_the_environment_is_read_and_overrides_win(monkeypatch):
    monkeypatch.setenv("CITEWELL_TOP_K", "7")
    assert load_settings().top_k == 7
    assert load_settings(top_k=3).top_k == 3
    assert load_settings(top_k=None).top_k == 7


@pytest.mark.parametrize(("name", "value"), [("TOP_K", "0"), ("REFUSE_BELOW", "2"), ("PORT", "many")])
def test_a_wrong_setting_is_named(monkeypatch, name, value):
    monkeypatch.setenv(f"CITEWELL_{name}", value)
    with pytest.raises(UsageError, match=name.lower()):
        load_settings()
