"""Copies in a library: linked when they are added, through updates, removals and upgrades, found once."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
import sqlalchemy as sa
from library_support import NoEmbedding, WordsEmbedding, check_clean
from test_wording import CORRECTED, PRINTED_ELSEWHERE, SAME_SUBJECT, STORY

from index import tables
from index.article import Article, Filters
from index.library import Library
from index.trash import discard, restore

FIRST = Article(
    article_id="post/ferry",
    title="New ferry",
    text=STORY,
    publisher="Island Post",
    published=date(2024, 3, 1),
)
AGAIN = Article(
    article_id="herald/ferry",
    title="Islay to get a ferry",
    text=PRINTED_ELSEWHERE,
    publisher="Herald",
    published=date(2024, 3, 3),
)
KEPT_TWICE = dataclasses.replace(FIRST, article_id="archive/ferry", publisher=None, published=None)
CORRECTION = dataclasses.replace(
    FIRST, article_id="post/ferry-2", text=CORRECTED, published=date(2024, 3, 5), version=""
)
OTHER = Article(article_id="gazette/yard", title="Steel is cut", text=SAME_SUBJECT, publisher="Gazette")
COPIES = {"post/ferry", "herald/ferry", "archive/ferry"}


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", create=True, embedder=WordsEmbedding()) as opened:
        yield opened


def linked(library):
    """The sets of articles that are copies of each other."""
    stories = library.reprints.stories(info.article_id for info in library.list())
    return sorted(
        sorted(article_id for article_id, story in stories.items() if story == each)
        for each in set(stories.values())
    )


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 4, 1, 0, 3)])
@pytest.mark.parametrize("together", [True, False])
def test_copies_are_linked_in_whatever_order_they_come(library, order, together):
    articles = [(FIRST, AGAIN, KEPT_TWICE, CORRECTION, OTHER)[n] for n in order]
    for some in [articles] if together else [[each] for each in articles]:
        library.add(some)
    assert linked(library) == [sorted(COPIES)]
    check_clean(library)


def test_adding_says_what_an_article_is_a_copy_of(library):
    [first, other] = library.add([FIRST, OTHER])
    assert (first.copy_of, other.copy_of) == (None, None)
    [again, twice] = library.add([AGAIN, KEPT_TWICE])
    assert again.copy_of == FIRST.article_id
    assert twice.copy_of in {FIRST.article_id, AGAIN.article_id}
    [known, renamed] = library.add([FIRST, dataclasses.replace(AGAIN, title="Another title")])
    assert (known.status, known.copy_of) == ("unchanged", None)
    assert (renamed.status, renamed.copy_of) == ("updated", None)  # its text is not new


def test_a_removed_original_leaves_its_copies_linked(library):
    library.add([FIRST, AGAIN, KEPT_TWICE])
    library.remove("post/ferry")
    assert linked(library) == [["archive/ferry", "herald/ferry"]]
    library.remove("archive/ferry")
    assert linked(library) == []
    library.add(KEPT_TWICE)
    assert linked(library) == [["archive/ferry", "herald/ferry"]]


def test_what_is_put_back_is_linked_again(library):
    library.add([FIRST, AGAIN])
    discard(library, "post/ferry")
    assert linked(library) == []
    restore(library, "post/ferry")
    assert linked(library) == [["herald/ferry", "post/ferry"]]


def test_an_update_joins_or_leaves(library):
    library.add([FIRST, AGAIN, OTHER])
    library.add(dataclasses.replace(AGAIN, text=CORRECTED, version=""))
    assert linked(library) == []
    library.add(dataclasses.replace(OTHER, text=STORY, version=""))
    assert linked(library) == [["gazette/yard", "post/ferry"]]
    library.add(dataclasses.replace(FIRST, title="Another title"))
    assert linked(library) == [["gazette/yard", "post/ferry"]]


def test_a_shortened_copy_does_not_join_a_story_with_its_correction(library):
    """It has what is right in both, so that it is like either."""
    shortened = dataclasses.replace(
        FIRST,
        article_id="brief",
        text=STORY.replace("carry 550 passengers and 88 cars, and is to ", ""),
        version="",
    )
    library.add([FIRST, CORRECTION, shortened])
    [together] = linked(library)
    assert "brief" in together
    assert len(together) == 2


def test_a_library_from_before_is_completed_at_the_next_change_without_embedding(library, tmp_path):
    library.add([FIRST, AGAIN, KEPT_TWICE, CORRECTION, OTHER])
    before = linked(library)
    library.close()
    for change in (lambda opened: opened.remove("gazette/yard"), lambda opened: opened.reindex()):
        with (
            Library.open(tmp_path / "library", embedder=WordsEmbedding()) as opened,
            opened.catalog.writing() as connection,
        ):
            for name in ("signatures", "bands", "copies"):
                connection.execute(sa.text(f"DROP TABLE {name}"))
            connection.execute(sa.text("DELETE FROM state WHERE key = 'signatures'"))
            connection.execute(sa.text("UPDATE state SET value = '2' WHERE key = 'format'"))
        with Library.open(tmp_path / "library", embedder=NoEmbedding(name="words")) as opened:
            assert linked(opened) == []
            change(opened)
            assert linked(opened) == before
            check_clean(opened)


def test_an_interrupted_completion_goes_on(library, monkeypatch):
    library.add([FIRST, AGAIN, KEPT_TWICE])
    with library.catalog.writing() as connection:
        for table in (tables.signatures, tables.bands, tables.copies):
            connection.execute(table.delete())
    library.catalog.set_state({"signatures": None})
    monkeypatch.setattr("index.copies._IN_BATCH", 1)
    done = []

    def stopped(connection, article):
        if done:
            raise KeyboardInterrupt
        done.append(article.article_id)
        link(connection, article)

    from index.copies import link

    with monkeypatch.context() as patched:
        patched.setattr("index.copies.link", stopped)
        with pytest.raises(KeyboardInterrupt):
            library.remove("archive/ferry")
    with library.catalog.reading() as connection:
        assert (
            list(connection.scalars(sa.select(tables.signatures.c.article_id))) == done == ["archive/ferry"]
        )
    library.remove("archive/ferry")
    assert linked(library) == [["herald/ferry", "post/ferry"]]


def test_nothing_is_left_of_a_removed_article(library):
    library.add([FIRST, AGAIN])
    for article_id in ("post/ferry", "herald/ferry"):
        library.remove(article_id)
    with library.catalog.reading() as connection:
        for table in (tables.signatures, tables.bands, tables.copies):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_one_more_copy_of_many_costs_no_more(library):
    """Five hundred copies of one text: each further one looks at a bounded number of texts."""
    library.add([dataclasses.replace(FIRST, article_id=f"copy{n:03}") for n in range(500)])
    statements = []
    engine = library.catalog._engine
    sa.event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    library.add(dataclasses.replace(AGAIN, article_id="one more"))
    texts = [each for each in statements if "substr" in each]
    assert len(texts) <= 24
    assert len(library.reprints.stories(["one more"])) == 1
    assert len(library.reprints.of("one more")) == 20


def found(library, question, **named):
    return library.search(question, k=5, **named).hits


QUESTION = "How many passengers will the vessel carry?"


def test_a_story_is_found_once_in_its_first_printing(library):
    library.add([AGAIN, KEPT_TWICE, FIRST, OTHER])
    hits = found(library, QUESTION)
    assert {hit.article.article_id for hit in hits if hit.story} == {"post/ferry"}
    ranks = sorted(hit.text_rank for hit in hits if hit.text_rank)
    assert ranks == list(range(1, len(ranks) + 1))


def test_what_a_copy_adds_is_found_behind_what_it_repeats(library):
    added = "The Herald has learned that 14 other yards had asked for the work."
    text = AGAIN.text.replace("Reporting by", f"{added} Reporting by")
    library.add([FIRST, dataclasses.replace(AGAIN, text=text, version="")])
    hits = {hit.article.article_id: hit for hit in found(library, "Which yards had asked for the work?")}
    repeated, chunk = hits["herald/ferry"].repeated, hits["herald/ferry"].chunk
    said = {chunk.text[s.start - chunk.start : s.end - chunk.start]: s in repeated for s in chunk.sentences}
    assert said[added] is False
    assert sum(said.values()) > 1
    assert hits["post/ferry"].text_rank < hits["herald/ferry"].text_rank


def test_its_copy_answers_where_the_first_printing_is_filtered_out(library):
    library.add([AGAIN, KEPT_TWICE, FIRST, OTHER])
    hits = found(library, QUESTION, filters=Filters(publishers=("Herald", "Gazette")))
    assert {hit.article.article_id for hit in hits} == {"herald/ferry", "gazette/yard"}
    assert not any(hit.repeated for hit in hits)


def test_forty_copies_leave_room_for_others(library):
    library.add([dataclasses.replace(FIRST, article_id=f"copy{n:02}") for n in range(40)])
    library.add([OTHER, CORRECTION])
    hits = found(library, QUESTION)
    assert {hit.article.article_id for hit in hits} == {"copy00", "gazette/yard", "post/ferry-2"}


def test_a_correction_is_found_beside_the_story(library):
    library.add([FIRST, AGAIN, CORRECTION])
    texts = [hit.chunk.text for hit in found(library, QUESTION)]
    assert any("550 passengers" in text for text in texts)
    assert any("480 passengers" in text for text in texts)


def test_where_a_sentence_stands_in_the_copies(library):
    library.add([FIRST, AGAIN, KEPT_TWICE, CORRECTION])
    quote = STORY.partition("winters of delays. ")[2].partition("\n")[0]
    places = library.reprints.saying("post/ferry", quote)
    assert [place.article.article_id for place in places] == ["herald/ferry", "archive/ferry"]
    for place in places:
        text = library.show(place.article.article_id).text[place.span.start : place.span.end]
        assert text.split() == quote.split()
    assert library.reprints.saying("post/ferry", "Nobody said this.") == []
    assert library.reprints.saying("post/ferry-2", quote) == []
    assert (
        library.reprints.saying("post/ferry", quote, Filters(publishers=("Herald",)))[0].span
        == places[0].span
    )
