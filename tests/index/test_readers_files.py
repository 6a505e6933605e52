"""Finding files, and what is refused before any format is looked at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.article import Article
from index.errors import InputError
from index.readers import SUFFIXES, discover, read
from index.readers.reading import Reading

LIMIT = 20_000_000


def put(path: Path, content: bytes = b"Some words.\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def only(path: Path, max_bytes: int = LIMIT) -> Article:
    (article,) = read(path, article_id="a", reading=Reading(max_article_bytes=max_bytes))
    return article


def refused(path: Path, max_bytes: int = LIMIT) -> InputError:
    with pytest.raises(InputError) as caught:
        only(path, max_bytes)
    assert str(path) in caught.value.message
    assert caught.value.hint
    return caught.value


def test_a_folder_is_walked_sorted_without_hidden_and_foreign_files(tmp_path: Path) -> None:
    wanted = [put(tmp_path / name) for name in ("a.txt", "b/B.MD", "b/c/d.html", "z.markdown", "z/e.htm")]
    for name in (".hidden.txt", ".git/x.txt", "b/.cache/x.md", "photo.jpg", "noext"):
        put(tmp_path / name)
    assert discover(tmp_path) == sorted(wanted, key=lambda p: p.parts)


def test_a_file_is_itself_whatever_its_name(tmp_path: Path) -> None:
    path = put(tmp_path / ".notes.xyz")
    assert discover(path) == [path]
    assert "'.txt'" not in refused(path).message
    assert ".txt" in refused(path).hint


@pytest.mark.parametrize("name", ["missing", "a" * 5000, "nul\x00byte"])
def test_a_path_that_does_not_exist_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="does not exist"):
        discover(tmp_path / name)


def test_a_web_address_is_told_apart_from_a_misspelt_path() -> None:
    with pytest.raises(InputError) as caught:
        discover(Path("https://example.com/a"))
    assert "save the page" in caught.value.hint


def test_a_folder_without_a_readable_file_says_what_is_read(tmp_path: Path) -> None:
    put(tmp_path / "only.jpg")
    with pytest.raises(InputError, match="no file") as caught:
        discover(tmp_path)
    assert all(suffix in caught.value.hint for suffix in SUFFIXES)


def test_a_dangling_link_is_among_the_files_and_fails_by_name(tmp_path: Path) -> None:
    link = tmp_path / "gone.md"
    link.symlink_to(tmp_path / "nowhere.md")
    assert discover(tmp_path) == [link]
    assert "cannot be read" in refused(link).message


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "regular file" in refused(tmp_path / "pipe.txt").message


def test_a_folder_named_like_an_article_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    assert "is a folder" in refused(tmp_path / "folder.txt").message


def test_a_file_of_a_hundred_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    error = refused(path)
    assert "100,000,000" in error.message
    assert f"{LIMIT:,}" in error.message
    assert "CITEWELL_MAX_ARTICLE_BYTES" in error.hint


def test_the_limit_itself_is_allowed(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", b"12345")
    assert only(path, max_bytes=5).text == "12345"
    refused(path, max_bytes=4)


def test_a_name_that_is_not_utf8_does_not_stop_the_article(tmp_path: Path) -> None:
    path = put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")))
    article = only(path)
    article.source.encode("utf-8")
    article.title.encode("utf-8")


def test_a_date_that_has_not_come_is_none(tmp_path: Path) -> None:
    for year, believed in ((2999, False), (2020, True)):
        article = only(put(tmp_path / "a.md", f"---\npublished: {year}-06-09\n---\nWords.\n".encode()))
        assert (article.published is not None) is believed
