"""The ingest benchmark: the same texts for all, and figures that are what they say."""

from __future__ import annotations

import json
from itertools import islice

import pytest

from evals.benchmarks import ingest
from evals.benchmarks.altered import Paragraph, altered_articles
from evals.benchmarks.ingest import run, write_files
from evals.benchmarks.ingest_parts import entries_of

PARAGRAPHS = [
    Paragraph(f"Weir {n}", f"The otters of weir {n} swim at dawn. In 19{n:02} the lamp went out. " * 6)
    for n in range(5)
]


def test_articles_repeat_with_other_words_and_numbers():
    articles = list(islice(altered_articles(PARAGRAPHS, together=2), 9))
    assert [a.article_id for a in articles[:4]] == ["0000-0000", "0000-0001", "0000-0002", "0001-0000"]
    assert articles[0].text == "\n\n".join(text for _, text in PARAGRAPHS[:2])
    assert len({article.text for article in articles}) == 9
    assert "1900" in articles[0].text
    assert "1900" not in articles[3].text


def test_files_are_written_until_they_make_so_many_chunks(tmp_path):
    folder = tmp_path / "files"
    write_files(altered_articles(PARAGRAPHS, together=2), folder, 30)
    per_file = [len(entry.chunks) for entry in entries_of(folder)]
    assert sum(per_file) >= 30 > sum(per_file[:-1])


def test_all_three_are_measured_on_the_same_texts(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "files"
    write_files(altered_articles(PARAGRAPHS, together=2), folder, 20)
    found = run(folder)
    tokens = sum(entry.tokens for entry in entries_of(folder))
    chunks = sum(len(entry.chunks) for entry in entries_of(folder))
    for name in ("session", "citewell", "llamaindex"):
        assert found[name]["tokens"] == tokens
        assert found[name]["seconds"] > 0
        assert found[name]["processor_seconds"] > 0
    assert found["session"]["chunks"] == found["citewell"]["chunks"] == chunks
    assert found["session"]["of_session"] == pytest.approx(1)
    assert found["citewell"]["failed"] == 0
    assert all(sample.own > 50 for sample in found["citewell"]["memory"])

    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps({"size": 20, "articles": 4} | found) + "\n", encoding="utf-8")
    monkeypatch.setattr(ingest, "run", None)  # what is in the log is not measured again
    data = tmp_path / "data.json"
    qas = {"context": "The otters of the weir.", "qas": []}
    data.write_text(json.dumps({"data": [{"title": "Weir", "paragraphs": [qas]}]}), encoding="utf-8")
    out = ["--sizes", "20", "--log", str(log), "--out", str(tmp_path / "out")]
    monkeypatch.setattr("sys.argv", ["ingest", str(data), *out])
    ingest.main()
    saved = json.loads((tmp_path / "out" / "ingest.json").read_text(encoding="utf-8"))
    (table,) = saved["tables"]
    assert table["title"].startswith(f"{chunks} chunks: 4 articles, {tokens:,} tokens")
    assert list(table["rows"]) == ["bare session", "Citewell", "LlamaIndex"]
    assert table["rows"]["Citewell"]["of the session"] == pytest.approx(found["citewell"]["of_session"])
    assert table["rows"]["bare session"]["by processor"] == pytest.approx(1)
    costs = [found[name]["processor_seconds"] for name in ("session", "citewell")]
    assert table["rows"]["Citewell"]["by processor"] == pytest.approx(costs[0] / costs[1])
    assert table["rows"]["bare session"]["MB at the end"] is None
    assert table["rows"]["LlamaIndex"]["MB at ½"] > 50
    assert [plot["title"] for plot in saved["plots"]] == [
        "Tokens a second",
        f"Resident memory while {chunks} chunks are added, MB",
    ]
    assert "Measured on" in capsys.readouterr().out
