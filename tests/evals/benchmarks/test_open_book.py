"""The open-book benchmark: BEIR's and SQuAD's forms read, and figures that are what they say."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evals.benchmarks.beir import JudgedQuery, load_beir
from evals.benchmarks.open_book import measure, ranking_figures
from evals.benchmarks.outcome import markdown

CORPUS = [
    {"_id": "ferry", "title": "New ferry", "text": "The new ferry carries 550 passengers to the island."},
    {"_id": "mill", "title": "The mill", "text": "Ann Marsh founded the mill on the weir in 1902."},
    {"_id": "storm", "title": "", "text": "A storm closed the harbour for two days in March."},
    {"_id": "empty", "title": "Nothing", "text": " "},
]
QUERIES = [
    {"_id": "q1", "text": "How many passengers does the ferry carry?"},
    {"_id": "q2", "text": "Who founded the mill?"},
    {"_id": "q3", "text": "never judged"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\tferry\t2\nq1\tstorm\t0\nq2\tmill\t1\nq2\tnowhere\t1\nq9\tmill\t1\n"


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "island"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, CORPUS)) + "\n", encoding="utf-8")
    with gzip.open(folder / "queries.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(map(json.dumps, QUERIES)))
    (folder / "qrels" / "test.tsv").write_text(QRELS, encoding="utf-8")
    return folder


def test_a_beir_folder_is_read(beir: Path) -> None:
    collection = load_beir(beir)
    assert [a.article_id for a in collection.articles] == ["ferry", "mill", "storm"]
    assert [(q.text, q.relevant) for q in collection.queries] == [
        (QUERIES[0]["text"], {"ferry": 2.0}),
        (QUERIES[1]["text"], {"mill": 1.0}),
    ]


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("corpus.jsonl", '{"_id": "x"}', r"corpus\.jsonl:1: lacks"),
        ("corpus.jsonl", "{", r"corpus\.jsonl:1: not JSON"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tferry\n", r"test\.tsv:2: expected"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq9\tferry\t1\n", "no judged query"),
    ],
)
def test_a_file_in_another_form_is_named(beir: Path, file: str, text: str, words: str) -> None:
    (beir / file).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        load_beir(beir)


def test_a_missing_file_is_named(beir: Path) -> None:
    (beir / "corpus.jsonl").unlink()
    with pytest.raises(ValueError, match=r"no corpus\.jsonl"):
        load_beir(beir)


def test_retrieval_is_measured_three_ways(beir: Path) -> None:
    rows = measure(beir)
    assert list(rows) == ["full text", "vectors", "hybrid"]
    assert rows["hybrid"]["hit@1"] == rows["hybrid"]["ndcg@10"] == 1
    assert rows["hybrid"]["questions"] == 2
    assert markdown("island", rows).count("\n| ") == 4


def test_figures_fall_with_the_rank() -> None:
    queries = [
        JudgedQuery(text="a", relevant={"x": 1.0, "y": 1.0}),
        JudgedQuery(text="b", relevant={"z": 1.0}),
    ]
    figures = ranking_figures(queries, [["n", "x"], ["n"]])
    assert [figures[k] for k in ("hit@1", "hit@3", "mrr@10", "recall@10")] == [0, 0.5, 0.25, 0.25]


def test_answers_are_measured_on_data_in_squads_form(tmp_path: Path) -> None:
    contexts = [doc["text"] for doc in CORPUS[:2]]
    qas = [
        ("How many passengers does the new ferry carry?", "550", 0),
        ("Who founded the mill on the weir?", "Ann Marsh", 1),
    ]
    paragraphs = [
        {
            "context": contexts[n],
            "qas": [
                {
                    "question": question,
                    "answers": [{"text": answer, "answer_start": contexts[n].index(answer)}],
                    "is_impossible": False,
                }
            ],
        }
        for question, answer, n in qas
    ]
    paragraphs[0]["qas"].append(
        {"question": "Which king was crowned in Vienna in 1612?", "answers": [], "is_impossible": True}
    )
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "Island", "paragraphs": paragraphs}]}), encoding="utf-8")
    figures = measure(path)["verbatim"]
    assert figures["questions"] == 3
    assert (figures["false refusals"], figures["refusals"]) == (0, 1)
    assert (figures["holds the answer"], figures["cites the passage"]) == (1, 1)
    assert 0 < (figures["token F1"] or 0) < 1
