"""What the metrics notice of right answers spoilt in one place: no less than they have reached."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from evals.benchmarks import mutations
from evals.benchmarks.mutants import KINDS
from evals.benchmarks.mutations import Trial, caught, outcome, trials_of
from evals.benchmarks.outcome import tell
from evals.cases import load_suite, suite_names

FLOORS = {
    ("digit", "facts"): 0.97,
    ("digit", "support"): 0.99,
    ("name", "facts"): 0.94,
    ("name", "support"): 0.98,
    ("negation", "facts"): 0.94,
    ("negation", "support"): 0.96,
    ("unit", "facts"): 0.91,
    ("unit", "support"): 0.9,
    ("swapped article", "gold"): 1.0,
    ("swapped article", "support"): 0.99,
    ("swapped sentence", "support"): 1.0,
    ("dropped marker", "coverage"): 1.0,
    ("lost citation", "validity"): 1.0,
    ("shifted quote", "verbatim"): 1.0,
}


@pytest.fixture(scope="module")
def tried() -> tuple[list[Trial], list[str]]:
    trials, left_out = [], []
    for name in suite_names():
        more, skipped = trials_of(load_suite(name))
        trials += more
        left_out += skipped
    return trials, left_out


def test_hardly_a_right_answer_is_taken_for_wrong(tried: tuple[list[Trial], list[str]]) -> None:
    trials, left_out = tried
    assert len(left_out) <= 2
    assert len({t.case_id for t in trials}) > 150


def test_every_kind_is_tried_often_enough(tried: tuple[list[Trial], list[str]]) -> None:
    counted = Counter(t.mutant.kind for t in tried[0])
    assert set(counted) == set(KINDS)
    assert min(counted.values()) >= 50
    assert all(caught(tried[0], *pair)[1] >= 10 for pair in FLOORS)


@pytest.mark.parametrize(("kind", "metric"), FLOORS)
def test_no_less_is_noticed_than_has_been(
    tried: tuple[list[Trial], list[str]], kind: str, metric: str
) -> None:
    fell, ought = caught(tried[0], kind, metric)
    assert fell / ought >= FLOORS[kind, metric]


@pytest.mark.parametrize("kind", KINDS[:4])
def test_what_slips_past_the_facts_is_what_their_cases_accept(
    tried: tuple[list[Trial], list[str]], kind: str
) -> None:
    fell, ought = caught([t for t in tried[0] if not t.mutant.spared], kind, "facts")
    assert fell / ought >= 0.95


def test_a_mutant_differs_in_what_it_says_alone(tried: tuple[list[Trial], list[str]]) -> None:
    """Whatever is spoilt of the citations, the facts stand; whatever of the words, the citations do."""
    fell = {kind: {m for t in tried[0] if t.mutant.kind == kind for m in t.fell} for kind in KINDS}
    assert not any("facts" in fell[kind] for kind in KINDS[4:])
    assert all(fell[kind] <= {"facts", "support"} for kind in KINDS[:4])
    assert fell["shifted quote"] == {"verbatim"}


def test_the_table_and_what_slipped_are_written(
    tried: tuple[list[Trial], list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(outcome(*tried), tmp_path)
    saved = json.loads((tmp_path / "mutations.json").read_text(encoding="utf-8"))
    (table,) = saved["tables"]
    assert set(table["rows"]) == set(KINDS)
    slipped = saved["details"]["slipped"]
    assert all(s["metric"] in mutations.METRICS for s in slipped)
    page = (tmp_path / "mutations.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out.strip() == page.strip()
    assert all(s["changed"] in page for s in slipped)
    assert (tmp_path / saved["plots"][0]["file"]).read_text(encoding="utf-8").startswith("<svg")
