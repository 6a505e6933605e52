"""What is remembered of a whole library is found once for each of its states, and never after it changed."""

from __future__ import annotations

from library_support import make_article

from index import remembering
from index.article import Filters
from index.holdings import Sources

HERALD = Filters(publishers=("herald",))


def test_it_is_found_once_for_each_state(library):
    library.add([make_article("Brook")])
    found = iter(range(10))
    assert [library.remembered.get("key", lambda: next(found)) for _ in range(3)] == [0, 0, 0]
    assert library.remembered.get("other", lambda: next(found)) == 1
    library.add([make_article("Brook")])  # unchanged
    assert library.remembered.get("key", lambda: next(found)) == 0
    library.add([make_article("Brook", publisher="Herald")])
    assert library.remembered.get("key", lambda: next(found)) == 2
    library.remove("Brook")
    assert library.remembered.get("key", lambda: next(found)) == 3


def test_counts_and_sources_follow_each_change(library):
    for publisher, count in (("Herald", 1), ("Gazette", 0), ("Herald", 1)):
        library.add([make_article("Brook", publisher=publisher)])
        assert library.count_matching(HERALD) == count
        assert library.holdings.sources() == Sources((publisher,), ())
    library.remove("Brook")
    assert (library.count_matching(HERALD), library.article_count()) == (0, 0)


def test_what_is_found_while_the_library_changes_is_not_kept(library):
    def change_and_count():
        count = library.catalog.article_count()
        library.add([make_article("Brook")])
        return count

    assert library.remembered.get("count", change_and_count) == 0
    assert library.remembered.get("count", library.catalog.article_count) == 1


def test_ever_new_keys_take_no_more_room(library, monkeypatch):
    monkeypatch.setattr(remembering, "_MOST", 3)
    for key in range(10):
        assert library.remembered.get(key, lambda key=key: key) == key
    assert len(library.remembered._values) == 3
