"""The ingest benchmark: the same texts for all, and figures that are what they say."""

from __future__ import annotations

import json
from itertools import islice

import pytest

from evals.benchmarks.altered import Paragraph, altered_articles
from evals.benchmarks.ingest import entries_of, run, table, write_files

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


def test_all_three_are_measured_on_the_same_texts(tmp_path):
    folder = tmp_path / "files"
    write_files(islice(altered_articles(PARAGRAPHS, together=2), 4), folder)
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
    assert json.dumps(found)
    rows = table(4, found).splitlines()[2:]
    assert [row.split()[0] for row in rows] == ["session", "citewell", "llamaindex"]
