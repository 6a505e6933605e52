"""What benchmarks leave behind: JSON and Markdown that agree, plots that are SVG, one page of all."""

from __future__ import annotations

import json
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
    for name in ("retrieval", "answers"):
        tell(made(name), tmp_path)
    (tmp_path / "other.json").write_text("[1]", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["report", str(tmp_path)])
    report.main()
    page = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert page.index("## answers") < page.index("## retrieval")
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


def test_lines_go_up_and_to_the_right() -> None:
    points = [(1_000.0, 10.0), (10_000.0, 20.0), (100_000.0, 40.0)]
    drawn = ET.fromstring(Lines(title="x", across="chunks", lines={"a": points}, by_tens=True).svg())
    places = [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in drawn.iter(f"{SVG}circle")]
    assert places[2][0] - places[1][0] == pytest.approx(places[1][0] - places[0][0], abs=0.2)
    assert places[0][1] > places[1][1] > places[2][1]
    assert not ET.fromstring(Lines(title="nothing", across="", lines={}).svg()).findall(f"{SVG}circle")
