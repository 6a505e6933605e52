"""The questions that the evidence model is fitted on: of every sort, measured once, kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.benchmarks import evidence_questions
from evals.benchmarks.datasets import Dataset, GoldQuestion
from evals.benchmarks.evidence_questions import CUTS, IN_PARTS, IN_PIECES, Cut, kept, pieces
from evals.benchmarks.train_evidence import fit_ranking
from index.article import Article, Span


def _dataset(name: str, told: dict[str, tuple[str, str, str]]) -> Dataset:
    articles, questions = [], []
    for article_id, (text, asked, answer) in told.items():
        start = text.index(answer)
        articles.append(Article(article_id=article_id, title=article_id.title(), text=text))
        questions.append(
            GoldQuestion(
                text=asked,
                article_id=article_id,
                context=Span(0, len(text)),
                answers=(answer,),
                evidence=(Span(start, start + len(answer)),),
                gold=(),
                answerable=True,
                group=article_id,
            )
        )
    return Dataset(name=name, articles=tuple(articles), questions=tuple(questions))


ISLAND = _dataset(
    "island",
    {
        "ferry": (
            "The council ordered a ferry. The new ferry carries 550 passengers to the island.",
            "How many passengers does the new ferry carry?",
            "550",
        ),
        "mill": (
            "Ann Marsh founded the mill on the weir in 1902. It closed after a flood.",
            "Who founded the mill?",
            "Ann Marsh",
        ),
    },
)
SKY = _dataset(
    "sky",
    {
        "comet": (
            "Lio Tan found the comet in 1988. It has a tail of blue gas and comes back every 76 years.",
            "How often does the comet come back?",
            "every 76 years",
        ),
        "moon": (
            "The moon of the planet was named Oru by its finder. Its ice is three kilometres thick.",
            "How thick is the ice of the moon?",
            "three kilometres",
        ),
    },
)


@pytest.fixture
def all_large(monkeypatch):
    monkeypatch.setattr(evidence_questions, "LARGE", 2)
    monkeypatch.setattr(evidence_questions, "OFF_TOPIC_SHARE", 1.0)
    monkeypatch.setattr(evidence_questions, "CUTS", (Cut(IN_PIECES, 1, 9, 36), Cut(IN_PARTS, 2, 10, 44)))


@pytest.mark.usefixtures("all_large")
def test_questions_of_every_sort_are_asked_and_kept(tmp_path: Path, monkeypatch):
    file = tmp_path / "kept"
    measured = kept(file, [ISLAND, SKY], fit_ranking)
    whole = [a for a in measured.asked if a.dataset == "island"]
    assert [a.sort for a in whole] == ["answerable"] * 2 + ["off-topic"] * 2 + ["absent"] * 2
    for each in whole:
        best = [m for m in each.sentences if m.answers]
        assert bool(best) == (each.sort == "answerable")
        assert all(m.holds for m in best)
        assert all(len(m.covered) == len(each.question.words) for m in each.sentences)
    absent = [a for a in whole if a.sort == "absent"]
    assert all(m.text.around.split("\n")[0].lower() != a.gold.article_id for a in absent for m in a.sentences)
    assert {a.dataset for a in measured.asked} == {
        name + cut for name in ("island", "sky") for cut in ("", IN_PIECES, IN_PARTS)
    }

    monkeypatch.setattr(evidence_questions, "measure", lambda *_: pytest.fail("measured again"))
    again = kept(file, [ISLAND, SKY], fit_ranking)
    assert again == measured


def test_a_small_data_set_is_neither_cut_nor_asked_without_its_articles():
    assert not list(pieces(ISLAND, CUTS[0]))


@pytest.mark.usefixtures("all_large")
def test_what_is_left_over_makes_no_library_of_its_own_size():
    assert not list(pieces(ISLAND, Cut(IN_PARTS, 60, 10, 44)))


@pytest.mark.usefixtures("all_large")
def test_a_piece_has_its_questions_where_they_stand_in_it():
    cut = list(pieces(ISLAND, Cut(IN_PIECES, 1, 9, 36)))
    assert len(cut) == 2
    for piece in cut:
        (gold,) = piece.questions
        (article,) = piece.articles
        start, end = gold.evidence[0]
        assert article.text[start:end] in gold.answers
