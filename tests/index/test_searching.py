"""What a search finds: ranks, cosines and sentences of a hit; filters; questions of any characters."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from library_support import make_article

from index.article import Filters
from index.embedders import load_embedder


def test_a_hit_carries_both_ranks_the_cosine_and_its_sentences(library):
    library.add([make_article(name, paragraphs=2) for name in ("Brook", "Dell", "Fen")])
    found = library.search("What does the warden say of the lamp at Dell?", k=3)
    embedder = load_embedder()
    assert [hit.chunk.chunk_id for hit in found.hits] == sorted(hit.chunk.chunk_id for hit in found.hits)
    for hit in found.hits:
        assert hit.text_rank or hit.vector_rank
        assert hit.article.article_id == hit.chunk.article_id
        assert hit.chunk.text == library.show(hit.chunk.article_id).text[hit.chunk.start : hit.chunk.end]
        assert hit.sentence_vectors.shape == (len(hit.chunk.sentences), 384)
        assert np.allclose(np.linalg.norm(hit.sentence_vectors, axis=1), 1, atol=1e-5)
        alone = np.array(embedder.get_text_embedding(f"{hit.article.title}\n{hit.chunk.text}"))
        assert hit.similarity == pytest.approx(float(alone @ found.question_vector), abs=1e-4)
    best = min(found.hits, key=lambda hit: hit.text_rank or 99)
    assert best.article.article_id == "Dell"
    assert best.text_score > 0


def test_sentence_vectors_survive_eight_bits(library):
    from index.article import Span
    from index.embedders import PassageText, embed_passage

    article = make_article("Brook")
    library.add([article])
    hit = library.search("otters", k=1).hits[0]
    spans = tuple(Span(s.start - hit.chunk.start, s.end - hit.chunk.start) for s in hit.chunk.sentences)
    passage = PassageText(article.title, hit.chunk.text, spans)
    exact = embed_passage(library.embedder, passage).sentences
    assert (exact * hit.sentence_vectors).sum(axis=1).min() > 0.9995


def test_filters_let_pass_what_they_say(library):
    library.add(
        [
            make_article("A", publisher="Straße", published=date(2020, 1, 1), language="en-GB"),
            make_article("B", publisher="STRASSE", published=date(1960, 1, 1), language="DE"),
            make_article("C", publisher=None, published=None),
        ]
    )
    for filters, expected in (
        (Filters(), "ABC"),
        (Filters(publishers=("strasse",)), "AB"),
        (Filters(publishers=("nobody",)), ""),
        (Filters(since=date(1960, 1, 1)), "AB"),
        (Filters(since=date(1960, 1, 2)), "A"),
        (Filters(until=date(1960, 1, 1)), "B"),
        (Filters(since=date(1950, 1, 1), until=date(1970, 1, 1)), "B"),
        (Filters(articles=("C", "A", "nothing")), "AC"),
        (Filters(articles=("A", "C"), publishers=("strasse",), since=date(2000, 1, 1)), "A"),
        (Filters(languages=("en",)), "A"),
        (Filters(languages=("EN_us", "de")), "AB"),
        (Filters(languages=("fr",)), ""),
        (Filters(languages=("de", "en"), publishers=("strasse",), until=date(1990, 1, 1)), "B"),
        (Filters(articles=(*(f"x{n}" for n in range(5000)), "B")), "B"),
    ):
        assert "".join(info.article_id for info in library.list(filters)) == expected
        assert library.count_matching(filters) == len(expected)
        hits = library.search("Where do otters swim?", k=3, filters=filters).hits
        assert {hit.article.article_id for hit in hits} == set(expected)
        assert sorted(hit.text_rank for hit in hits) == list(range(1, len(expected) + 1))
        assert sorted(hit.vector_rank for hit in hits) == list(range(1, len(expected) + 1))


def test_questions_are_words_not_query_syntax(library):
    library.add([make_article("Brook")])
    for question in (
        '"otters',
        "otters AND",
        "body:otters",
        "(otters",
        "-otters",
        "otters*",
        "\\",
        "a:b OR c:d",
    ):
        hits = library.search(question, k=1).hits
        assert len(hits) == 1
    assert library.search("Who is it?", k=1).hits[0].text_rank is None
    assert len(library.search("otters " * 20_000, k=1).hits) == 1
    assert len(library.search("half \ud800 otters", k=1).hits) == 1
