"""The files a run is reported as: whole, valid, and deaf to what articles and answers would smuggle in."""

from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from evals.baseline import baseline_of, compare
from evals.measures import ALL, MEANINGS
from evals.reports.junit import junit_xml
from evals.reports.page import report_page
from evals.reports.results_json import to_dict, to_json
from evals.reports.summary import summary_md
from evals.reports.terminal import print_report
from evals.reports.writing import write_reports
from evals.results import SuiteResult
from evals.runner import HowToRun, run_suite
from index.errors import UsageError
from rag.settings import Settings

FOUNDER, FIRE, OWNER = "Who founded the mill?", "And when did it burn down?", "Who owns the mill today?"
HOSTILE = "<script>alert(1)</script> ${7*7} {{7*7}} ]]> | `x` ![x](http://a.b/c.png) \x1b[31m \x00 &amp; \"'"


def run(kit: Any, mill: Path, changes: dict[str, Any] | None = None, **how: Any) -> SuiteResult:
    engine = kit.ScriptedEngine(kit.RIGHT | (changes or {}))
    return run_suite(mill, open_engine=engine.open(), settings=Settings(), how=HowToRun(**how))


@pytest.fixture
def mixed(kit: Any, mill: Path) -> SuiteResult:
    """One case passed, one failed, one errored, held against a run that passed."""
    before = baseline_of(run(kit, mill))
    wrong = dataclasses.replace(
        kit.quoting("Nobody was hurt."), passages=(kit.passage("It rained that day."),)
    )
    result = run(kit, mill, {FIRE: wrong, OWNER: RuntimeError("out of memory")})
    return dataclasses.replace(result, comparison=compare(result.cases, before, name="baseline.json"))


@pytest.fixture
def hostile(kit: Any, mill: Path) -> SuiteResult:
    """Hostile text wherever text can stand."""
    from index.article import Article

    article = Article(article_id=HOSTILE, text=f"Ann {HOSTILE} Marsh", title=HOSTILE)
    citation = kit.cite(article.text, article=article)
    answer = kit.answer((HOSTILE, (1,)), citations=[citation])
    answer = dataclasses.replace(answer, passages=(kit.passage(HOSTILE),), notices=(HOSTILE,))
    result = run(kit, mill, {FOUNDER: answer, OWNER: RuntimeError(f"{HOSTILE} \ud83d")})
    suite = dataclasses.replace(result.suite, name=f"{HOSTILE} \ud83d", description=HOSTILE)
    return dataclasses.replace(result, suite=suite)


class Elements(HTMLParser):
    """What a page consists of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.addresses += [found[name] or "" for name in ("href", "src", "action") if name in found]
        self.ids += [found["id"] or ""] if "id" in found else []
        assert not [name for name in found if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_all_five_files_are_written(mixed: SuiteResult, tmp_path: Path) -> None:
    write_reports(mixed, tmp_path / "deep" / "out")
    names = ["junit.xml", "report.html", "results.json", "summary.md", "timings.json"]
    assert sorted(p.name for p in (tmp_path / "deep" / "out").iterdir()) == names
    times = json.loads((tmp_path / "deep" / "out" / "timings.json").read_text(encoding="utf-8"))
    assert times["cases"].keys() == {"founder", "fire", "owner"}
    assert times["answer"]["p50"] <= times["answer"]["p95"] <= times["answer"]["max"]


def test_a_folder_that_is_a_file_is_wrong_usage(mixed: SuiteResult, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        write_reports(mixed, tmp_path / "file")


def test_results_hold_what_every_verdict_rests_on(mixed: SuiteResult) -> None:
    saved = json.loads(to_json(to_dict(mixed)))
    assert saved["counts"] == {"cases": 3, "pass": 1, "fail": 1, "error": 1, "left_out": 0}
    founder, fire, owner = saved["cases"]
    assert founder["facts"] == [{"text": "Ann Marsh", "found": True, "rule": "alias", "blocked_by": None}]
    assert founder["citations"] == [{"number": 1, "verbatim": True, "gold": True, "needed": True}]
    assert founder["metrics"]["support"] == 1
    assert fire["problems"] == ["missed: 12 years later"]
    assert owner["error"] == "RuntimeError: out of memory"
    assert saved["baseline"]["flips"] == [
        {"id": "fire", "before": "pass", "after": "fail"},
        {"id": "owner", "before": "pass", "after": "error"},
    ]


def test_junit_has_a_test_for_each_case_threshold_and_baseline(mixed: SuiteResult) -> None:
    (suite,) = ET.fromstring(junit_xml(mixed))
    tests = {test.get("name"): test for test in suite}
    assert [test.get("name") for test in suite][:3] == ["founder", "fire", "owner"]
    assert tests["fire"].find("failure").get("message") == "missed: 12 years later"
    assert tests["owner"].find("error").get("message") == "RuntimeError: out of memory"
    assert tests["founder"].find("failure") is None
    assert tests["fire"].get("line") == "13"
    assert tests["facts"].get("classname") == "citewell.mill.thresholds"
    assert tests["no worse than the baseline"].find("failure") is not None
    assert (suite.get("tests"), suite.get("errors")) == (str(len(suite)), "1")
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))


def test_thresholds_that_do_not_decide_are_no_tests(kit: Any, mill: Path) -> None:
    result = run(kit, mill, {FIRE: kit.quoting("Nobody was hurt.")}, thresholds_gate=False)
    assert not [t for t in ET.fromstring(junit_xml(result))[0] if "thresholds" in t.get("classname")]


def test_the_summary_tells_the_verdict_the_flips_and_what_failed(mixed: SuiteResult) -> None:
    lines = summary_md(mixed).splitlines()
    assert lines[0].startswith("## ❌ ERROR mill")
    assert "| fire | pass | fail |" in lines
    assert lines.index("| fire | pass | fail |") < lines.index("- missed: 12 years later")


def test_the_page_opens_every_case_to_its_parts(mixed: SuiteResult) -> None:
    page = Elements(report_page(mixed))
    assert {"case-founder", "case-fire", "case-owner", "case-fire-1"} <= set(page.ids)
    for words in (mixed.verdict, FIRE, "12 years later", "Nobody was hurt.", "It rained that day.", "alias"):
        assert words in page.text
    assert set(page.addresses) <= {f"#{name}" for name in page.ids}
    assert page.tags.count("svg") == 3


def test_a_link_to_a_case_opens_it(mixed: SuiteResult) -> None:
    """A browser opens a `details` for what is linked inside it, not for itself."""
    page = report_page(mixed)
    flip = page.index('href="#case-fire"')
    opened = page.index('<details class="case fail"', flip)
    assert opened < page.index('id="case-fire"') < page.index("</details>", opened)


def test_the_page_says_who_answered_and_what_each_figure_means(mixed: SuiteResult) -> None:
    text = Elements(report_page(mixed)).text
    assert "Answered by scripted." in text
    for metric, value in mixed.totals.items():
        if value is not None:
            assert MEANINGS[metric] in text
    tags = {tag for case in mixed.cases for tag in case.case.tags}
    assert ("By tag" in text) == bool(tags)


def test_every_metric_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ALL)


def test_junit_names_the_file_as_a_checkout_has_it(
    kit: Any, mill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(mill.parent)
    result = run(kit, mill)
    assert result.suite.path is not None
    assert result.suite.path.is_absolute()
    files = {test.get("file") for test in ET.fromstring(junit_xml(result))[0].findall("testcase[@file]")}
    assert files == {str(result.suite.path.relative_to(mill.parent))}


def test_a_summary_stays_short_enough_to_be_shown(mixed: SuiteResult) -> None:
    failed = mixed.having("fail")[0]
    assert failed.answer is not None
    long = dataclasses.replace(failed, answer=dataclasses.replace(failed.answer, answer="Long. " * 10_000))
    text = summary_md(dataclasses.replace(mixed, cases=(long,) * 1_000))
    assert len(text.encode()) < 2**20
    assert "900 more" in text


@pytest.mark.parametrize("name", ["mixed", "hostile"])
def test_the_page_fetches_and_runs_nothing(name: str, request: pytest.FixtureRequest) -> None:
    text = report_page(request.getfixturevalue(name))
    page = Elements(text)
    assert not {"script", "link", "iframe", "img", "form", "object", "base"} & set(page.tags)
    assert all(address.startswith("#") for address in page.addresses)
    assert "default-src 'none'" in text
    text.encode("utf-8")


def test_hostile_text_stands_in_the_page_as_text(hostile: SuiteResult) -> None:
    page = report_page(hostile)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ${7*7} {{7*7}}" in page
    assert "\x1b" not in page


def test_hostile_text_breaks_no_report(hostile: SuiteResult, tmp_path: Path) -> None:
    write_reports(hostile, tmp_path)
    ET.parse(tmp_path / "junit.xml")
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["counts"]["error"] == 1
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "<script>" not in summary
    assert "![x]" not in summary
    assert " | `x`" not in summary


def printed(result: SuiteResult, folder: Path) -> str:
    with (folder / "page").open("w", encoding="utf-8", errors="surrogatepass") as file:
        console = Console(record=True, width=200, file=file)
        print_report(result, console)
        return console.export_text()


def test_the_terminal_shows_failed_cases_then_flips_and_the_verdict_last(
    mixed: SuiteResult, mill: Path
) -> None:
    page = printed(mixed, mill)
    assert page.splitlines()[0] == "ERROR owner"
    order = [
        "FAIL fire",
        "Nobody was hurt. [1]",
        "missed: 12",
        "pass → fail  fire",
        "false refusals",
        mixed.verdict,
    ]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert page.splitlines()[-1] == mixed.verdict


def test_the_terminal_is_sent_no_escapes_of_an_article(hostile: SuiteResult, mill: Path) -> None:
    assert "\x1b[31m" not in printed(hostile, mill)
