"""A row of a table is read with the names of its cells; what has no header is left as it is."""

from dataclasses import replace

import pytest

from index.article import Article, Span
from index.splitter import split_chunks
from rag.rows import header_over, headers_of, read_with

HEADER = "Car park | Spaces | An hour, from 1 April"


def chunks_of(*lines):
    return split_chunks(Article(article_id="a", title="Minutes", text="\n".join(lines)))


def of(*lines):
    chunks = chunks_of(*lines)
    return [header for chunk in chunks for header in headers_of(chunks)["a", chunk.number]]


def test_rows_stand_under_their_header_and_prose_under_none():
    lines = ("The charges.", HEADER, "Station | 85 | £1.00", "Riverside | 110 | £1.40", "They were agreed.")
    assert of(*lines) == [None, HEADER, HEADER, HEADER, None]


def test_a_table_without_numbers_has_a_header_too():
    header = "Class | First | Second"
    assert of(header, "Leek | Karim Sadiq | Gwen Lomax") == [header, header]


@pytest.mark.parametrize(
    "lines",
    [
        ("Name | Bet Sallow", "Born | Averley"),
        ("Station | 85 | £1.00", "Riverside | 110 | £1.40"),
        ("Station | Riverside | Mill",),
    ],
)
def test_what_has_no_header_stands_under_none(lines):
    assert of(*lines) == [None] * len(lines)


def test_a_table_takes_its_header_along_into_the_next_chunk():
    rows = [f"Car park number {number} by the river | {number} | £{number}.00" for number in range(40)]
    chunks = chunks_of(HEADER, *rows)
    assert len(chunks) > 1
    assert of(HEADER, *rows) == [HEADER] * 41
    assert set(headers_of(chunks[1:])["a", 1]) == {None}  # its beginning was not retrieved


def test_two_tables_have_each_their_own():
    lines = (
        HEADER,
        "Station | 85 | £1",
        "Then:",
        "List | Votes | Share | Seats",
        "Fair Valley | 118 | 6% | 0",
    )
    assert of(*lines) == [HEADER, HEADER, None, lines[3], lines[3]]


def test_a_row_reads_with_the_names_of_its_cells():
    assert read_with("Car park | Spaces", "Station | 85") == "Car park: Station; Spaces: 85"


def test_the_header_is_found_however_far_above():
    rows = [f"Car park number {number} by the river | {number} | £{number}.00" for number in range(40)]
    text = "\n".join(["The charges are these.", HEADER, *rows, "They were agreed."])

    def over(words):
        found = header_over(text, Span(text.index(words), text.index(words) + len(words)))
        return found and text[found.start : found.end]

    assert over(rows[-1]) == over(rows[0]) == HEADER
    assert over(HEADER) is None
    assert over("They were agreed.") is None


@pytest.mark.parametrize(
    ("row", "header"), [("Station | 85 | £1.00", HEADER), ("Station | none | free", None)]
)
def test_what_opens_a_chunk_is_a_header_when_it_alone_has_no_figures(row, header):
    (chunk,) = chunks_of(HEADER, row)
    assert headers_of([replace(chunk, number=1)])["a", 1] == [header] * 2
