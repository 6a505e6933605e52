"""A case appended to a user's suite: the loader reads it, and what stood there stands as it was."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.adding import NewCase, add_case
from evals.cases import SuiteError, load_suite
from rag.answer import Turn

THEIRS = """\
# My own suite: mind the comments.
name: harbour   # a name
sources:
    old: [Old title]   # four spaces
cases:
-   id: one   # no indent
    question: Why?
    expect: refuse
thresholds:
    facts: 0.5
# the end"""


def new(**changes):
    fields = {
        "question": "What did it cost?",
        "expect": "answer",
        "facts": ("31 million",),
        "gold": ("A: title",),
    }
    return NewCase(**{**fields, **changes})


def test_a_suite_is_made_and_grows(tmp_path):
    path = tmp_path / "new" / "suite.yaml"
    assert add_case(path, new()) == "what-did-it-cost"
    assert add_case(path, new(history=(Turn(question="Who?", answer="They: did"),))) == "what-did-it-cost-2"
    assert add_case(path, NewCase(question="How warm?", expect="refuse")) == "how-warm"
    suite = load_suite(path)
    assert [case.id for case in suite.cases] == ["what-did-it-cost", "what-did-it-cost-2", "how-warm"]
    assert suite.sources == {"a-title": ("A: title",)}
    assert suite.cases[0].gold == ("a-title",)
    assert suite.cases[0].facts[0].text == "31 million"
    assert suite.cases[1].history == (Turn(question="Who?", answer="They: did"),)
    assert list(path.parent.iterdir()) == [path]


def test_a_users_own_lines_and_comments_stay(tmp_path):
    path = tmp_path / "suite.yaml"
    path.write_text(THEIRS)
    add_case(path, new(gold=("Old title", "New title")))
    text = path.read_text()
    assert [line for line in text.splitlines() if line in THEIRS.splitlines()] == THEIRS.splitlines()
    suite = load_suite(path)
    assert suite.cases[1].gold == ("old", "new-title")
    assert suite.thresholds["facts"] == 0.5


@settings(deadline=None, max_examples=40)  # each writes a file to disk
@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1).filter(str.strip))
def test_any_words_come_back_as_they_are(question, fact):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "suite.yaml"
        try:
            add_case(path, new(question=question, facts=(fact,), gold=(fact,)))
        except SuiteError:
            assert not path.exists()
            return
        case = load_suite(path).cases[0]
        assert (case.question, case.facts[0].text) == (question, fact)


@pytest.mark.parametrize(
    "text", ["cases: [", "name: x\ncases: [{id: a, question: b, expect: refuse}]\n", "name: x\n", "- 1\n"]
)
def test_a_file_that_cannot_be_appended_to_is_left_as_it_is(tmp_path, text):
    path = tmp_path / "suite.yaml"
    path.write_text(text)
    with pytest.raises(SuiteError, match=r"suite\.yaml"):
        add_case(path, new())
    assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


def test_a_case_that_is_none_changes_nothing(tmp_path):
    path = tmp_path / "suite.yaml"
    path.write_text(THEIRS)
    with pytest.raises(SuiteError, match="facts"):
        add_case(path, new(facts=()))
    assert path.read_text() == THEIRS
