"""Markdown: front matter and the body as plain text."""

from __future__ import annotations

from datetime import date

import pytest

from index.errors import InputError
from index.readers.markdown import plain_text

FILE_NAME = "a-note.md"


def test_front_matter_in_full(load) -> None:
    article = load(
        "---\r\ntitle: 'Ports: a history'\r\nauthor: [Ada B, Carl D]\r\npublisher: The Gazette\r\n"
        "url: https://Example.com/ports#top\r\npublished: 2025-06-09\r\nlanguage: en-GB\r\nlayout: post\r\n"
        "---\r\n\r\n# Another heading\r\n\r\nBody.\r\n"
    )
    assert article.title == "Ports: a history"
    assert article.author == "Ada B, Carl D"
    assert article.publisher == "The Gazette"
    assert article.url == "https://example.com/ports"
    assert article.published == date(2025, 6, 9)
    assert article.language == "en"
    assert article.text == "Another heading\n\nBody."


@pytest.mark.parametrize(
    "line",
    [
        "published: 2025-06-09T23:30:00+02:00",
        "published: '2025-06-09 10:00'",
        "date: 2025-06-09T01:00:00Z",
        "Date: 2025-06-09 10:00:00 +02:00",
    ],
)
def test_a_date_and_time_gives_its_own_day(load, line: str) -> None:
    assert load(f"---\n{line}\n---\nBody.").published == date(2025, 6, 9)


@pytest.mark.parametrize("value", ["", "~", "null"])
def test_an_unset_date_is_unknown(load, value: str) -> None:
    assert load(f"---\npublished: {value}\n---\nBody.").published is None


@pytest.mark.parametrize("value", ["tomorrow", "2025-02-30", "09/06/2025", "20250609", "2025"])
def test_a_date_that_is_none_is_named(load, value: str) -> None:
    with pytest.raises(InputError) as caught:
        load(f"---\npublished: {value}\n---\nBody.")
    assert repr(value) in caught.value.message
    assert "a-note.md" in caught.value.message
    assert "2025-06-09" in caught.value.hint


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("title: [a\nauthor: b", "line"),
        ("title: [a: b: c", "line 2"),
        ("\tx: y", "line 2"),
        ("a: 1\nb: *c", "line 3"),
    ],
)
def test_front_matter_that_is_not_yaml_names_the_line(load, block: str, line: str) -> None:
    with pytest.raises(InputError, match="not YAML") as caught:
        load(f"---\n{block}\n---\nBody.")
    assert line in caught.value.message


@pytest.mark.parametrize(
    "title",
    [
        "Audit: the bay bridge cost more",
        "Saint-Aubin : la ligne C ouvrira",
        "Inquiry: the town's council was warned: twice",
        '"The Red Shawl" found in Elk Ford',
        '"A contract is a contract": governor on Veltra',
        "'Not our fault': Corvane answers",
    ],
)
def test_a_headline_with_a_colon_or_a_quotation_needs_no_quotes(load, title: str) -> None:
    article = load(f"---\nauthor: Oskar Lindh\ntitle: {title}\npublished: 2024-11-05\n---\nBody.")
    assert article.title == title
    assert (article.author, article.published) == ("Oskar Lindh", date(2024, 11, 5))


def test_a_quoted_headline_with_a_comment_is_read_as_yaml(load) -> None:
    assert load('---\ntitle: "Audit: more" # checked\n---\nBody.').title == "Audit: more"


@pytest.mark.parametrize("block", ["just words", "- a\n- b"])
def test_front_matter_that_is_not_fields(load, block: str) -> None:
    with pytest.raises(InputError, match="line 1"):
        load(f"---\n{block}\n---\nBody.")


def test_front_matter_never_closed(load) -> None:
    with pytest.raises(InputError, match="never closed"):
        load("---\ntitle: x\n\nBody.")


def test_a_rule_at_the_top_is_no_front_matter(load) -> None:
    assert load("---\n\nBody.").text == "Body."


def test_front_matter_cannot_make_objects(load) -> None:
    article = load("---\ntitle: !!python/object/apply:os.getcwd []\n---\nBody.")
    assert article.title == "a note"


@pytest.mark.parametrize("line", ["title: {a: b}", "url: www.example.com/x", "url: javascript:alert(1)"])
def test_a_field_of_the_wrong_kind_is_named(load, line: str) -> None:
    with pytest.raises(InputError, match=line.split(":")[0]):
        load(f"---\n{line}\n---\nBody.")


def test_a_surrogate_escaped_in_yaml_does_not_survive(load) -> None:
    assert load('---\ntitle: "a\\ud800b"\n---\nBody.').title == "a\ufffdb"


def test_nothing_below_the_front_matter(load) -> None:
    with pytest.raises(InputError, match="no text below its front matter"):
        load("---\ntitle: x\n---\n\n<!-- todo -->\n")


def test_title_falls_back_to_the_heading_then_the_name(load) -> None:
    assert load("Text.\n\n## The *first* heading\n\n# Second").title == "The first heading"
    assert load("Text.").title == "a note"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("A line\nwrapped in the *middle*.", "A line wrapped in the middle."),
        ("One  \ntwo", "One\ntwo"),
        ("[a link](http://x.y) and ![alt](i.png)<http://z.w>", "a link and http://z.w"),
        ("- a\n- b\n  c\n\n  d\n- e\n  1. f\n  2. g", "- a\n- b c\nd\n- e\n  1. f\n  2. g"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("|A|B|\n|-|-|\n|1|[2](x)|\n\nAfter.", "A | B\n1 | 2\n\nAfter."),
        ("```py\nx = [1]\n  y\n```", "x = [1]\n  y"),
        ("> quoted\n> words\n\n***\n\nAfter", "quoted words\n\nAfter"),
        ("<div>\n<p>Kept &amp; bare</p>\n</div>\n\nText <b>bold</b>.", "Kept & bare\n\nText bold."),
        ("<script>\nalert(1)\n\nmore()\n</script>\n\nText.", "Text."),
        ("<!-- a\n\ncomment -->\n\nText.", "Text."),
        ("a &lt;b&gt; \\<i>", "a <b> <i>"),
    ],
)
def test_body_as_plain_text(source: str, text: str) -> None:
    assert plain_text(source)[0] == text
