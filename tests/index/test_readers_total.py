"""Whatever the bytes are, reading gives an article or an `InputError`, and the article can be stored."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.errors import InputError
from index.readers import read
from index.readers.reading import Reading

FRAGMENTS = st.sampled_from(
    [
        b"---\n",
        b"title: x\n",
        b"published: 2025-06-09\n",
        b"# H\n",
        b"- a\n",
        b"|a|b|\n|-|-|\n",
        b"```\n",
        b"\r\n",
        b"<html><body>",
        b"<p>",
        b"</p>",
        b"<article>",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"<script>",
        b"&#xD800;",
        b"&#0;",
        b"<table><tr><td>",
        b"<ul><li>",
        b"word ",
        b"A sentence of words. ",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x00",
        b"\xe9",
        b"\xed\xa0\x80",
        "😀 עברית ".encode(),
        b'<script type="application/ld+json">{"@graph":',
        b"<meta charset=utf-7>",
        b'<meta charset="hex">',
        b'<time datetime="2025">',
        b'<html lang="">',
        b"\x1b[31m",
    ]
)
BYTES = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=200).map(lambda text: text.encode("utf-8")),
    st.lists(st.one_of(FRAGMENTS, st.binary(max_size=8)), max_size=30).map(b"".join),
)


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@settings(max_examples=150, deadline=None)
@given(data=BYTES)
@example(data=b"---\n\xf0\x9f\x98\x80: [\n---\nx")
@example(data=b"---\n? {a: b}\n: c\n---\nx")
@example(data=b"---\n" + b"[" * 5000 + b"\n---\nx")
@example(data=b">" * 3000 + b"x")
def test_reading_is_total(suffix: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"x{suffix}")
        path.write_bytes(data)
        try:
            (article,) = read(path, article_id="a", reading=Reading())
        except InputError as error:
            assert str(path) in error.message  # noqa: PT017 - an article is as welcome
            assert error.hint  # noqa: PT017
            return
    assert article.text.strip()
    assert article.title
    for value in (article.text, article.title, article.author, article.publisher, article.url):
        (value or "").encode("utf-8")
    assert "\r" not in article.text
    assert "\n\n\n" not in article.text
