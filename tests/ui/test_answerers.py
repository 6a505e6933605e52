"""Who may be chosen to answer: what is offered, what it is called, and where it sends."""

from __future__ import annotations

import pytest
from web_scripted import HARBOUR

from index.library import Library
from rag import CitedQueryEngine
from rag.settings import load_settings
from ui import answerers
from ui.answerers import is_elsewhere, label_of, offered


@pytest.fixture
def names(tmp_path, monkeypatch):
    def given(*, installed=True, **settings):
        monkeypatch.setattr(answerers, "_local_model_is_there", lambda _: installed)
        chosen = load_settings(library=tmp_path / "library", **settings)
        with Library.open(tmp_path / "library", create=True) as library:
            library.add([HARBOUR])
            return list(offered(CitedQueryEngine(library, settings=chosen), chosen))

    return given


def test_quotes_and_where_it_is_installed_the_local_model_are_offered_by_themselves(names):
    assert names() == ["verbatim", "local"]
    assert names(installed=False) == ["verbatim"]
    assert names(llm="local") == ["local", "verbatim"]


def test_the_setting_names_the_others_or_none(names):
    assert names(offered_llms="ollama:qwen3:8b") == ["verbatim", "ollama:qwen3:8b"]
    assert names(offered_llms="") == ["verbatim"]


@pytest.mark.parametrize(
    ("name", "label", "elsewhere"),
    [
        ("verbatim", "Quotes, no model", False),
        ("local", "Local model", False),
        ("local:/models/phi.gguf", "Local model (phi.gguf)", False),
        ("ollama:qwen3:8b", "qwen3:8b (Ollama)", False),
        ("openai:gpt-5", "gpt-5 (OpenAI)", True),
        ("anthropic:claude", "claude (Anthropic)", True),
        ("openai-like:http://127.0.0.1:8080/v1#phi", "phi (127.0.0.1)", False),
        ("openai-like:https://gpu.example/v1#phi", "phi (gpu.example)", True),
    ],
)
def test_each_has_a_name_for_people_and_says_whether_it_sends(name, label, elsewhere):
    assert label_of(name) == label
    assert is_elsewhere(name, load_settings()) is elsewhere


def test_an_ollama_on_another_machine_is_elsewhere():
    assert is_elsewhere("ollama:qwen3:8b", load_settings(ollama_url="http://gpu.lan:11434"))
