"""What an article is called: the id of a file, by its place, its content or its URL."""

from __future__ import annotations

from library_support import statuses

from index.library import Library


def test_files_are_named_by_their_place_in_the_folder(library, tmp_path):
    folder = tmp_path / "articles"
    (folder / "sub").mkdir(parents=True)
    (folder / "one.txt").write_text("The otters swim at the weir. It rained.")
    (folder / "sub" / "two.md").write_text("---\ntitle: Two\n---\n\nThe lamp is out. Nobody mends it.\n")
    assert statuses(library.add(folder)) == [("one.txt", "added"), ("sub/two.md", "added")]
    assert library.show("one.txt").source == str(folder / "one.txt")
    # The same file, named in another way, is the same article.
    assert statuses(library.add(str(folder / "sub" / "two.md"))) == [("sub/two.md", "unchanged")]
    assert statuses(library.add([folder, folder / "one.txt"])) == [
        ("one.txt", "unchanged"),
        ("sub/two.md", "unchanged"),
    ]
    (folder / "one.txt").write_text("The otters are gone. It rained.")
    assert ("one.txt", "updated") in statuses(library.add(folder))


def test_another_file_of_the_same_name_does_not_replace_the_first(library, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.txt").write_text(f"The otters of {name} swim. It rained.")
    (result,) = library.add([tmp_path / "a"])
    (other,) = library.add([tmp_path / "b"])
    assert result.article_id == "page.txt"
    assert other.article_id.startswith("page.txt~")
    assert len(other.article_id) == len("page.txt~") + 8
    assert statuses(library.add([tmp_path / "b"])) == [(other.article_id, "unchanged")]
    # Both in one go come out the same.
    with Library.open(tmp_path / "second", create=True) as second:
        assert statuses(second.add([tmp_path / "a", tmp_path / "b"])) == [
            ("page.txt", "added"),
            (other.article_id, "added"),
        ]


def test_a_moved_file_keeps_its_id(library, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "page.txt").write_text("The otters swim. It rained.")
    library.add([tmp_path / "a"])
    (tmp_path / "a").rename(tmp_path / "b")
    assert statuses(library.add([tmp_path / "b"])) == [("page.txt", "updated")]
    assert library.show("page.txt").source == str(tmp_path / "b" / "page.txt")


def test_a_url_names_an_article_and_two_files_cannot_share_one(library, tmp_path):
    for name in ("a", "b"):
        text = f"---\ntitle: T\nurl: https://example.org/otters\n---\n\nOtters of {name} swim. It rained.\n"
        (tmp_path / f"{name}.md").write_text(text)
    added, failed = library.add([tmp_path / "a.md", tmp_path / "b.md"])
    assert (added.article_id, added.status) == ("https://example.org/otters", "added")
    assert failed.status == "failed"
    assert "a.md" in failed.reason
    assert "b.md" in failed.reason


def test_a_file_that_gets_a_url_keeps_its_id(library, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("---\ntitle: T\n---\n\nOtters swim. It rained.\n")
    library.add([page])
    page.write_text("---\ntitle: T\nurl: https://example.org/x\n---\n\nOtters swim. It rained.\n")
    assert statuses(library.add([page])) == [("page.md", "updated")]
    assert library.list()[0].url == "https://example.org/x"
