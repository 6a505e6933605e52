"""What benchmarks leave behind: JSON and Markdown that agree, plots that are SVG, one page of all."""

from __future__ import annotations

import json
import platform
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from evals.benchmarks import report
from evals.benchmarks.outcome import Outcome, Table, tell
from evals.benchmarks.plots import Bars, Lines

SVG = "{http://www.w3.org/2000/svg}"


def made(name: str) -> Outcome:
    rows = {"a | b": {"questions": 12.0, "hit@1": 0.5}, "c": {"questions": 12.0, "hit@1": None}}
    return Outcome(
        name=name,
        about="Is it found?",
        tables=[Table(title="Found", rows=rows, note="On paper.")],
        plots=[Bars(title="Found <first>", groups={"hit@1": {"a": 0.5, "c": None}}, most=1)],
    )


def test_files_agree_with_what_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tell(made("retrieval"), tmp_path)
    page = (tmp_path / "retrieval.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out == page + "\n"
    assert "| a / b | 12 | 0.500 |" in page
    assert "| c | 12 | – |" in page
    saved = json.loads((tmp_path / "retrieval.json").read_text(encoding="utf-8"))
    assert saved["tables"][0]["rows"]["c"]["hit@1"] is None
    assert f"({saved['plots'][0]['file']})" in page
    assert (tmp_path / saved["plots"][0]["file"]).is_file()


def test_one_page_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("answers", "mutations", "retrieval"):
        tell(made(name), tmp_path)
    (tmp_path / "other.json").write_text("[1]", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["report", str(tmp_path)])
    report.main()
    page = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert page.index("## retrieval") < page.index("## answers") < page.index("## mutations")
    assert "- [answers](#answers): Is it found?" in page
    monkeypatch.setattr("sys.argv", ["report", str(tmp_path / "nowhere")])
    with pytest.raises(SystemExit) as ended:
        report.main()
    assert ended.value.code == 2


def test_bars_are_as_long_as_their_figures() -> None:
    drawn = ET.fromstring(Bars(title="x", groups={"g": {"one": 0.25, "two": 1.0, "none": None}}).svg())
    bars = [r for r in drawn.iter(f"{SVG}rect") if r.get("fill") and r.get("height") == "12"]
    widths = [float(bar.get("width", 0)) for bar in bars]
    assert len(widths) == 2
    assert widths[1] == pytest.approx(4 * widths[0], abs=0.2)


def test_it_says_what_it_was_measured_on_and_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [f"{tmp_path}/retrieval.py", f"{tmp_path}/squad.json", "--questions", "7"]
    monkeypatch.setattr("sys.argv", command)
    tell(made("retrieval"), tmp_path / "out")
    told = json.loads((tmp_path / "out" / "retrieval.json").read_text(encoding="utf-8"))["set_up"]
    assert "`python -m evals.benchmarks.retrieval squad.json --questions 7`" in told
    assert platform.python_version() in told
    assert str(tmp_path) not in told
    assert told in (tmp_path / "out" / "retrieval.md").read_text(encoding="utf-8")


def test_a_long_scale_is_labelled_at_round_values_and_a_single_point_stands_in_the_middle() -> None:
    curve = [(n / 2, 100.0 + n) for n in range(75)]
    drawn = ET.fromstring(Lines(title="x", across="seconds", lines={"a": curve}).svg())
    labels = [t.text for t in drawn.iter(f"{SVG}text") if t.get("text-anchor") == "middle"]
    assert labels == ["0", "5", "10", "15", "20", "25", "30", "35", "seconds"]
    assert not list(drawn.iter(f"{SVG}circle"))
    single = ET.fromstring(Lines(title="x", across="chunks", lines={"a": [(300.0, 1.0)]}).svg())
    (point,) = single.iter(f"{SVG}circle")
    frame = next(single.iter(f"{SVG}line"))
    middle = (float(frame.get("x1", 0)) + float(frame.get("x2", 0))) / 2
    assert float(point.get("cx", 0)) == pytest.approx(middle)


def test_lines_go_up_and_to_the_right() -> None:
    points = [(1_000.0, 10.0), (10_000.0, 20.0), (100_000.0, 40.0)]
    drawn = ET.fromstring(Lines(title="x", across="chunks", lines={"a": points}, by_tens=True).svg())
    places = [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in drawn.iter(f"{SVG}circle")]
    assert places[2][0] - places[1][0] == pytest.approx(places[1][0] - places[0][0], abs=0.2)
    assert places[0][1] > places[1][1] > places[2][1]
    assert not ET.fromstring(Lines(title="nothing", across="", lines={}).svg()).findall(f"{SVG}circle")
