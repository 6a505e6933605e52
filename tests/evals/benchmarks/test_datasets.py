"""The forms of open data sets: where the gold stands in the articles they become."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evals.benchmarks.datasets import load


def row(text: str) -> str:
    return "\t".join(text.split(" "))


TREC = f"""
<QApairs id='1'>
<question>
{row("Who built the mill ?")}
</question>
<positive>
{row("Ann Marsh -LRB- a miller -RRB- built the mill .")}
</positive>
<negative>
{row("The weir burst & nobody came .")}
</negative>
<negative>
{row("The mill is closed .")}
</negative>
</QApairs>
<QApairs id='2'>
<question>
{row("Is the mill closed ?")}
</question>
<positive>
{row("The mill is closed .")}
</positive>
</QApairs>
<QApairs id='3'>
<question>
{row("Who burnt the mill ?")}
</question>
<negative>
{row("Ann Marsh -LRB- a miller -RRB- built the mill .")}
</negative>
</QApairs>
"""


def test_gold_of_trec_is_a_right_sentence_in_whichever_pool(tmp_path: Path) -> None:
    path = tmp_path / "news.xml.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(TREC)
    data = load(path)
    texts = {article.article_id: article.text for article in data.articles}
    first, second, third = data.questions
    assert [
        (place.article_id, texts[place.article_id][slice(*place.span)])
        for question in data.questions
        for place in question.gold
    ] == [
        ("1", "Ann Marsh (a miller) built the mill."),
        ("3", "Ann Marsh (a miller) built the mill."),
        ("1", "The mill is closed."),
        ("2", "The mill is closed."),
    ]
    assert [question.answerable for question in (first, second, third)] == [True, True, False]
    assert first.text == "Who built the mill?"
    assert [texts["1"][slice(*span)] for span in first.evidence] == ["Ann Marsh (a miller) built the mill."]
    assert sorted(texts["1"].split("\n")) == [
        "Ann Marsh (a miller) built the mill.",
        "The mill is closed.",
        "The weir burst & nobody came.",
    ]


def test_right_sentences_do_not_come_first(tmp_path: Path) -> None:
    right = "".join(f"<positive>\n{row(f'The mill was built in 19{n:02} .')}\n</positive>" for n in range(20))
    wrong = "".join(f"<negative>\n{row(f'It rained in 18{n:02} .')}\n</negative>" for n in range(20))
    path = tmp_path / "news.xml"
    question = f"<question>\n{row('When was it built ?')}\n</question>"
    path.write_text(f"<QApairs id='1'>{question}{right}{wrong}</QApairs>", encoding="utf-8")
    (article,) = load(path).articles
    first_half = article.text.split("\n")[:20]
    assert 4 < sum("built" in line for line in first_half) < 16


def test_gold_of_squad_is_the_context(tmp_path: Path) -> None:
    asked = {"question": "Who?", "answers": [{"text": "Ann", "answer_start": 0}], "is_impossible": False}
    paragraphs = [{"context": "Nobody.", "qas": []}, {"context": "Ann built it.", "qas": [asked]}]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "The_mill", "paragraphs": paragraphs}]}), encoding="utf-8")
    data = load(path)
    ((place,),) = (question.gold for question in data.questions)
    assert data.articles[0].text[slice(*place.span)] == "Ann built it."
    assert place.overlaps("The_mill", 0, 10)
    assert not place.overlaps("The_mill", 0, place.span.start)
    assert not place.overlaps("another", 0, 100)


def test_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected"):
        load(tmp_path / "data.csv")
