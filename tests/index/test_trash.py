"""Removal that can be taken back: gone from every answer, kept aside whole, put back as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from library_support import check_answers, check_clean, live, make_article, nothing_left_of

from index import trash
from index.errors import UsageError
from index.library import Library


def test_what_is_discarded_answers_nothing_and_comes_back_as_it_was(library):
    old, new = make_article("Brook"), make_article("Brook", edition=1, publisher="Mail", author="Ann")
    library.add([old, make_article("Dell")])
    library.add([new])
    before = library.list()
    trash.discard(library, "Brook")
    assert nothing_left_of(library, "Brook")
    check_answers(library)
    check_clean(library)
    [removed] = trash.kept_aside(library)
    assert (removed.article_id, removed.title, removed.publisher) == ("Brook", "News of Brook", "Mail")
    trash.restore(library, "Brook")
    assert library.list() == before
    assert library.show("Brook", old.version).text == old.text
    assert library.catalog.version_hashes("Brook") == [old.version, new.version]
    assert trash.kept_aside(library) == []
    check_answers(library)
    check_clean(library)


def test_it_outlives_the_process(tmp_path):
    with Library.open(tmp_path / "library", create=True) as library:
        library.add([make_article("Brook")])
        trash.discard(library, "Brook")
    with Library.open(tmp_path / "library") as library:
        assert live(library) == {}
        trash.restore(library, "Brook")
        assert live(library) == {"Brook": make_article("Brook").version}


def test_an_article_added_since_stays_and_gains_the_versions(library):
    old, new = make_article("Brook"), make_article("Brook", edition=1, title="Later")
    library.add([old])
    trash.discard(library, "Brook")
    library.add([new])
    assert trash.restore(library, "Brook").status == "unchanged"
    assert live(library) == {"Brook": new.version}
    assert library.show("Brook").title == "Later"
    assert library.show("Brook", old.version).text == old.text


@pytest.mark.parametrize("step", ["begin", "marked", "written", "live", "cleaned"])
def test_stopped_anywhere_it_is_live_or_kept_aside(tmp_path, step):
    class Stop(Exception):
        pass

    def stop(reached):
        if reached == step:
            raise Stop

    with Library.open(tmp_path / "library", create=True) as library:
        library.add([make_article("Brook"), make_article("Dell")])
        library.on_step = stop
        with pytest.raises(Stop):
            trash.discard(library, "Brook")
    with Library.open(tmp_path / "library") as library:
        check_clean(library)
        assert "Brook" in live(library) or [r.article_id for r in trash.kept_aside(library)] == ["Brook"]
        trash.restore(library, "Brook")
        assert set(live(library)) == {"Brook", "Dell"}
        assert trash.kept_aside(library) == []
        check_answers(library)


def test_what_is_forgotten_leaves_nothing_in_the_file(library):
    library.add([make_article("Brook"), make_article("Dell")])
    trash.discard(library, "Brook")
    trash.discard(library, "Dell")
    assert trash.forget(library, before=datetime.now(UTC) - timedelta(days=1)) == 0
    assert trash.forget(library, article_id="Brook") == 1
    assert [each.article_id for each in trash.kept_aside(library)] == ["Dell"]
    stored = b"".join(path.read_bytes() for path in library.path.glob("catalog*"))
    assert b"otters of Brook" not in stored
    assert b"otters of Dell" in stored
    assert trash.forget(library) == 1
    assert trash.forget(library) == 0


def test_what_is_not_there_is_wrong_usage(library):
    with pytest.raises(UsageError, match="no article"):
        trash.discard(library, "Brook")
    with pytest.raises(UsageError, match="not among the removed"):
        trash.restore(library, "Brook")
    assert trash.forget(library) == 0
