"""Exports: rows of CSV and objects of JSON as articles, their fields, and what is wrong with a row."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from library_support import WordsEmbedding, statuses

from index.article import Article
from index.errors import InputError
from index.library import Library
from index.readers import read
from index.readers.exports import HEAD_BYTES, read_columns
from index.readers.reading import Reading


def rows(path: Path, data: str | bytes, **fields: str) -> list[Article | InputError]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read(path, article_id=path.name, reading=Reading(fields=tuple(fields.items()))))


def refused(path: Path, data: str | bytes, **fields: str) -> InputError:
    with pytest.raises(InputError) as caught:
        rows(path, data, **fields)
    assert str(path) in caught.value.message
    assert caught.value.hint
    return caught.value


CSV = (
    "ID,Headline,Body,Authors,Source,Link,Publish Date,Lang\n"
    '7,The lamp,"The lamp burns.\nAda lit it, she said.",Ada Bell,Island Post,https://e.org/1,2025-06-09,'
    "en-GB\n"
    "8,The basin,The basin is deeper.,,,,,\n"
)


def test_columns_are_recognised_by_their_names(tmp_path):
    lamp, basin = rows(tmp_path / "a.csv", CSV)
    assert lamp.text == "The lamp burns.\nAda lit it, she said."
    assert (lamp.title, lamp.author, lamp.publisher) == ("The lamp", "Ada Bell", "Island Post")
    assert (lamp.url, lamp.published, lamp.language) == ("https://e.org/1", date(2025, 6, 9), "en")
    assert (lamp.article_id, lamp.source) == ("a.csv#7", f"{tmp_path / 'a.csv'}#7")
    assert (basin.article_id, basin.author, basin.published) == ("a.csv#8", None, None)


@pytest.mark.parametrize(
    ("name", "head", "columns"),
    [
        ("a.csv", "Kopf;;Inhalt\nZug;x;\nKuh;y;Sie lief.\n", {"Kopf": "Zug", "Inhalt": "Sie lief."}),
        ("a.csv", "Kopf;Inhalt\n", {"Kopf": "", "Inhalt": ""}),
        ("a.tsv", 'Kopf\tInhalt\nZug\t"unclosed', {"Kopf": "", "Inhalt": ""}),
        ("a.jsonl", '{"Kopf": "Zug"}\nno\n{"Inhalt": {"a": 7}}\n', {"Kopf": "Zug", "Inhalt.a": "7"}),
        ("a.json", '[{"Kopf": "Zug"}, {"Inhalt": ["a", "b"]}]', {"Kopf": "Zug", "Inhalt": "a, b"}),
        ("a.json", '{"page": 1, "Items": [{"Kopf": "Zug"}, {"Kopf', {"Kopf": "Zug"}),
        ("a.json", '{"Kopf": "Zug"}', {"Kopf": "Zug"}),
    ],
)
def test_columns_are_told_from_the_head_of_an_export(name, head, columns):
    assert read_columns(head.encode(), Path(name)) == columns


def test_a_head_that_is_cut_off_within_a_character_is_read_to_its_last_line():
    row = "Zug;Ein Zug fährt über die Brücke.\n".encode()
    head = (b"Kopf;Inhalt\n" + row * (HEAD_BYTES // len(row) + 2))[:HEAD_BYTES]
    assert read_columns(head, Path("a.csv")) == {"Kopf": "Zug", "Inhalt": "Ein Zug fährt über die Brücke."}


@pytest.mark.parametrize(
    ("name", "head"),
    [
        *(("a.csv", b""), ("a.json", b"["), ("a.json", b"[1, 2]"), ("a.jsonl", b"\xff\x00\x01")),
        ("a.json", b"{" + b'"a": {' * 100_000),
    ],
)
def test_what_has_no_columns_is_said_to_have_none(name, head):
    with pytest.raises(InputError, match=name) as caught:
        read_columns(head, Path(name))
    assert caught.value.hint


@pytest.mark.parametrize(("name", "sign"), [("a.csv", ";"), ("a.tsv", "\t"), ("a.csv", "|")])
def test_other_delimiters_and_a_byte_order_mark(tmp_path, name, sign):
    (found,) = rows(tmp_path / name, f"\ufefftitle{sign}text\nLamp{sign}It burns, said Ada.\n")
    assert (found.title, found.text) == ("Lamp", "It burns, said Ada.")


def test_columns_of_other_names_are_told(tmp_path):
    data = "Stuff,Caption,date\nThe lamp burns.,Lamp,06/09/2025\n"
    assert "--map text=" in refused(tmp_path / "a.csv", data).hint
    (found,) = rows(tmp_path / "a.csv", data, text="Stuff", title="Caption", published="")
    assert (found.title, found.text, found.published) == ("Lamp", "The lamp burns.", None)
    assert "Stuff, Caption, date" in refused(tmp_path / "a.csv", data, text="Body").hint


def test_a_bad_row_is_named_and_the_others_are_read(tmp_path):
    data = (
        "title,text,date,url\n"
        "One,First text.,2025-06-09,\n"
        "Two,Second text.,06/09/2025,\n"
        'Three,"Third\ntext.",,not an address\n'
        "Four,,,\n"
        "Five,Fifth text.,,,,,\n"
        "\n"
        'Six,"Sixth" text.,,\n'
        "Seven,Seventh text.,,\n"
    )
    found = rows(tmp_path / "a.csv", data)
    assert [each.title for each in found if isinstance(each, Article)] == ["One", "Seven"]
    errors = [each.message for each in found if isinstance(each, InputError)]
    said = [message.removeprefix(str(tmp_path / "a.csv")) for message in errors]
    assert said[0].startswith(", line 3: the publication date '06/09/2025'")
    assert said[1].startswith(", line 4: the url 'not an address'")
    assert said[2].startswith(", line 6: the field for the text is empty")
    assert said[3].startswith(", line 7: the row has 7 cells")
    assert said[4].startswith(", line 9: the row is not CSV")


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest_unsaid(tmp_path):
    first, second = rows(tmp_path / "a.csv", 'title,text\nOne,First.\nTwo,"Second.\nThree,Third.\n')
    assert first.title == "One"
    assert "line 3" in second.message


@pytest.mark.parametrize(
    "written",
    [
        *("2025-06-09T10:00:00Z", "2025/06/09", "20250609", "Mon, 09 Jun 2025 10:00:00 GMT", "June 9, 2025"),
        *("09.06.2025", "9.6.2025 10:00", "9. 6. 2025"),
        *("9 June 2025", 1749463200, 1749463200000, "1749463200"),
    ],
)
def test_dates_in_the_ways_that_exports_write_them(tmp_path, written):
    (found,) = rows(tmp_path / "a.jsonl", json.dumps({"text": "The lamp burns.", "date": written}))
    assert found.published == date(2025, 6, 9)


def test_objects_with_nested_values_and_html(tmp_path):
    item = {
        "id": 12,
        "title": {"rendered": "Caf&eacute; <em>lamp</em>"},
        "content": {"rendered": "<p>The lamp burns.</p><ul><li>Ada</li><li>Morag</li></ul>"},
        "author": [{"name": "Ada Bell"}, {"name": "Morag Bain"}],
        "meta": {"outlet": "Island Post"},
    }
    (found,) = rows(tmp_path / "a.json", json.dumps([item]), publisher="meta.outlet")
    assert found.text == "The lamp burns.\n\n- Ada\n- Morag"
    assert (found.title, found.author, found.publisher) == (
        "Café lamp",
        "Ada Bell, Morag Bain",
        "Island Post",
    )
    assert found.article_id == "a.json#12"


@pytest.mark.parametrize(
    "wrap", [lambda items: items, lambda items: {"total": 2, "articles": items}, lambda items: items[0]]
)
def test_lists_in_whatever_they_come(tmp_path, wrap):
    items = [{"text": "One otter swims."}, {"text": "Two lamps burn."}]
    found = rows(tmp_path / "a.json", json.dumps(wrap(items), indent=1))
    assert found[0].text == "One otter swims."


def test_bad_objects_are_named_by_their_line(tmp_path):
    data = '[\n {"text": "One."},\n 7,\n {"text": ""},\n {"text": "Four."},\n {"text": broken}\n]'
    found = rows(tmp_path / "a.json", data)
    assert [each.text for each in found if isinstance(each, Article)] == ["One.", "Four."]
    said = [each.message for each in found if isinstance(each, InputError)]
    assert ["line 3" in said[0], "line 4" in said[1], "line 6" in said[2]] == [True] * 3
    cut = rows(tmp_path / "b.json", '[\n {"text": "One."},\n {"te')
    assert "line 3" in cut[1].message
    unclosed = rows(tmp_path / "c.json", '[\n {"text": "One."}')
    assert "never closed" in unclosed[1].message
    lines = rows(tmp_path / "a.jsonl", '{"text": "One."}\n{"te\n\n{"text": "Four."}\n[1]\n')
    assert [isinstance(each, Article) for each in lines] == [True, False, True, False]
    assert "line 2" in lines[1].message


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", ""),
        ("a.json", "[]"),
        ("a.json", "7"),
        ("a.json", "{broken"),
        ("a.json", "[" * 100_000),
        ("a.jsonl", "\n\n"),
        ("a.csv", ""),
        ("a.csv", "title,text\n"),
        ("a.csv", b"\x7fELF\x00\x01\x02"),
    ],
)
def test_a_file_without_rows_is_named(tmp_path, name, data):
    path = tmp_path / name
    try:
        found = rows(path, data)
    except InputError as error:
        assert str(path) in error.message  # noqa: PT017 - raised or given, it has to be named
    else:
        assert [isinstance(each, InputError) for each in found] == [True]


def test_limits(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(CSV, encoding="utf-8")
    with pytest.raises(InputError, match="limit") as caught:
        list(read(path, article_id="a", reading=Reading(max_export_bytes=50)))
    assert "CITEWELL_MAX_EXPORT_BYTES" in caught.value.hint
    lamp, basin = read(path, article_id="a", reading=Reading(max_article_bytes=20))
    assert "20" in lamp.message
    assert basin.title == "The basin"


def test_rows_keep_their_ids_when_others_come_and_go(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    export = folder / "a.csv"
    export.write_text("title,text\nLamp,The lamp burns.\nBasin,The basin is deep.\n", encoding="utf-8")
    with Library.open(tmp_path / "library", create=True, embedder=WordsEmbedding()) as library:
        lamp, basin = (result.article_id for result in library.add(folder))
        text = "title,text\nNew,A new text.\nBasin,The basin is deeper.\nLamp,The lamp burns.\nBad,\n"
        export.write_text(text, encoding="utf-8")
        new, *known, bad = library.add(folder)
        assert statuses(known) == [(basin, "updated"), (lamp, "unchanged")]
        assert (new.status, bad.status) == ("added", "failed")
        assert "line 5" in bad.reason
        # The same rows in another file of the same name are other articles.
        other = tmp_path / "other" / "a.csv"
        other.parent.mkdir()
        other.write_text("title,text\nLamp,Another lamp.\n", encoding="utf-8")
        (added,) = library.add(other)
        assert added.article_id.startswith(f"{lamp}~")
