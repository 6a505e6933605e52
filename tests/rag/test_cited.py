"""No citation passes whose words are not where they claim to be."""

import pytest

from index.article import Article, Span
from index.errors import UsageError
from index.library import Library
from rag.answer import AnswerSentence
from rag.citations import CitationDesk, DraftSentence, Source, with_markers
from tests.rag.conftest import FERRY


@pytest.fixture
def ferry(library):
    return next(info for info in library.list() if info.article_id == "ferry")


def source(info, quote, shift=0):
    start = FERRY.text.index(quote) + shift
    return Source(article=info, span=Span(start, start + len(quote)), quote=quote)


def checked(draft, read):
    desk = CitationDesk(read)
    for sentence in draft:
        desk.check(sentence)
    return desk


def test_numbers_are_given_by_first_use_and_kept(library, ferry):
    first, second = source(ferry, "It is being built in Gdansk."), source(ferry, "May 2026")
    draft = [
        DraftSentence(text="A.", sources=(first,)),
        DraftSentence(text="B.", sources=(second, first)),
    ]
    desk = checked(draft, library.show)
    assert [s.citations for s in desk.sentences] == [(1,), (2, 1)]
    assert [c.quote for c in desk.citations] == ["It is being built in Gdansk.", "May 2026"]
    assert desk.dropped == 0


@pytest.mark.parametrize("shift", [-1, 1, 100_000])
def test_words_that_stand_elsewhere_are_dropped_and_counted(library, ferry, shift):
    desk = checked([DraftSentence(text="A.", sources=(source(ferry, "May 2026", shift),))], library.show)
    assert (desk.sentences, desk.citations, desk.dropped) == ([], (), 1)


def test_a_sentence_keeps_the_sources_that_stand(library, ferry):
    good, bad = source(ferry, "May 2026"), source(ferry, "Gdansk", shift=2)
    desk = checked([DraftSentence(text="A.", sources=(bad, good))], library.show)
    assert [c.quote for c in desk.citations] == ["May 2026"]
    assert desk.sentences[0].citations == (1,)
    assert desk.dropped == 1


def test_the_version_that_was_read_is_the_version_that_is_checked(tmp_path):
    with Library.open(tmp_path / "l", create=True) as library:
        library.add([FERRY])
        (before,) = library.list()
        draft = [DraftSentence(text="A.", sources=(source(before, "May 2026"),))]
        library.add([Article(article_id="ferry", title=FERRY.title, text="Cancelled. " + FERRY.text)])
        (citation,) = checked(draft, library.show).citations
        assert citation.version == before.version
        assert library.show("ferry", citation.version).text[citation.start : citation.end] == "May 2026"


def test_an_article_that_is_gone_is_not_cited(ferry):
    def gone(article_id, version):
        raise UsageError("no such article")

    assert checked([DraftSentence(text="A.", sources=(source(ferry, "May 2026"),))], gone).dropped == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It rained.", "It rained [1]."),
        ("Did it rain!", "Did it rain [1]!"),
        ("“It rained.”", "“It rained.” [1]."),
        ("- 40 tonnes of grain", "- 40 tonnes of grain [1]."),
        ("桥是开放的。", "桥是开放的 [1]。"),
    ],
)
def test_every_sentence_ends_with_its_markers(text, shown):
    assert with_markers(AnswerSentence(text=text, citations=(1,), support="supported")) == shown
