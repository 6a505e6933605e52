"""PDF: paragraphs, columns, running heads, page numbers; and the files that cannot be read."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from pdf_making import HEIGHT, both, lines, make_pdf, wrap
from reportlab.pdfbase.pdfdoc import PDFString

from index.errors import InputError
from index.readers import read
from index.readers.reading import Reading

FILE_NAME = "report.pdf"
HARBOUR = (
    "The harbour board of Vell has agreed to deepen the southern basin so that larger ferries can call there "
    "from the spring of 2027. Engineers expect the dredging to remove about 410,000 cubic metres of silt."
)
PILOT = (
    "The pilot Morag Bain, who has brought ships in for thirty years, said that nobody had foreseen how much "
    "the traffic would grow. Residents of the quay have complained about the noise of the works at night."
)
WARDEN = (
    "The warden of the lighthouse will move to a house on the hill before the works begin; the lamp itself "
    "will be tended from the mainland. A museum will open in the tower when the last ship has left it."
)


def failed(path: Path, data: bytes, **limits: int) -> InputError:
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        list(read(path, article_id="a", reading=Reading(**limits)))
    assert str(path) in caught.value.message
    assert caught.value.hint
    return caught.value


def test_lines_become_paragraphs_again(load):
    article = load(make_pdf([lines([*wrap(HARBOUR), "", *wrap(PILOT)])]))
    assert article.text == f"{HARBOUR}\n\n{PILOT}"
    assert article.pages == (0,)


def test_an_indent_opens_a_paragraph(load):
    indented = [f"    {wrap(PILOT)[0]}", *wrap(PILOT)[1:]]
    draw = both(
        lines(wrap(HARBOUR)),
        lines(wrap(PILOT)[:1], left=75, top=HEIGHT - 110 - 12 * len(wrap(HARBOUR))),
        lines(indented[1:], top=HEIGHT - 110 - 12 * (len(wrap(HARBOUR)) + 1)),
    )
    assert load(make_pdf([draw])).text == f"{HARBOUR}\n\n{PILOT}"


@pytest.mark.parametrize("by_rows", [False, True], ids=["drawn by columns", "drawn by rows"])
def test_two_columns_are_read_one_after_the_other(load, by_rows):
    left, right = wrap(f"{HARBOUR} {PILOT}", 38), wrap(WARDEN, 38)
    if by_rows:
        rows = [
            lines([text], left=60 + 250 * column, top=HEIGHT - 110 - 12 * number)
            for number in range(max(len(left), len(right)))
            for column, texts in enumerate((left, right))
            if number < len(texts)
            for text in [texts[number]]
        ]
        draw = both(*rows)
    else:
        draw = both(lines(left), lines(right, left=310))
    assert load(make_pdf([draw])).text == f"{HARBOUR} {PILOT}\n\n{WARDEN}"


def test_a_table_is_read_by_rows(load):
    rows = [
        ("Ship", "Tons", "Year"),
        ("Vala", "410", "2019"),
        ("Runa", "1,200", "2021"),
        ("Ask", "88", "1974"),
    ]
    cells = [
        lines([cell], left=60 + 120 * column, top=HEIGHT - 110 - 14 * number)
        for number, row in enumerate(rows)
        for column, cell in enumerate(row)
    ]
    assert load(make_pdf([both(*cells)])).text == "\n".join(" | ".join(row) for row in rows)


def test_words_broken_at_the_end_of_a_line_are_whole_again(load):
    rows = [
        "The cooperation of the well-known board was praised. The board pre-",
        "sented a plan of coop-",
        "eration in the Anglo-",
        "Saxon style, with the well-",
        "known pilot, for 10-",
        "12 ships.",
    ]
    assert load(make_pdf([lines(rows)])).text == (
        "The cooperation of the well-known board was praised. The board presented a plan of cooperation "
        "in the Anglo-Saxon style, with the well-known pilot, for 10-12 ships."
    )


def test_a_list_keeps_its_lines(load):
    rows = ["The board has asked for three things from the islands this year, namely these:"]
    rows += ["- a ferry that is larger", "- a basin that is deeper", "- a lamp"]
    assert load(make_pdf([lines(rows)])).text == "\n".join(rows)


def test_running_heads_and_page_numbers_are_left_out_and_a_sentence_goes_on_over_the_page(load):
    words = WARDEN.split()
    thirds = [" ".join(words[:14]), " ".join(words[14:29]), " ".join(words[29:])]
    pages = [
        both(
            lines(["Island Quarterly | Ports"], top=HEIGHT - 30, size=8),
            lines(wrap(third, 40)),
            lines([f"Page {number} of 3"], left=480, top=25, size=8),
        )
        for number, third in enumerate(thirds, 1)
    ]
    article = load(make_pdf(pages))
    assert article.text == WARDEN
    assert [article.text[start:].split()[0] for start in article.pages] == [t.split()[0] for t in thirds]
    assert article.page_at(article.text.index("last ship")) == 3
    assert article.page_at(0) == 1
    assert article.page_at(len(article.text) - 1) == 3


def test_the_first_line_of_two_pages_that_are_alike_is_text(load):
    same = lines(wrap(HARBOUR))
    assert load(make_pdf([same, same, same])).text.count("The harbour board of Vell") == 3


def test_a_page_without_text_keeps_the_count(load):
    article = load(make_pdf([lines(wrap(HARBOUR)), lambda canvas: None, lines(wrap(PILOT))]))
    assert article.page_at(article.text.index("Morag")) == 3


def test_a_turned_page_is_read_as_it_is_shown(load):
    def turned(canvas):
        canvas.setPageRotation(90)
        canvas.translate(60, 60)
        canvas.rotate(90)
        canvas.setFont("Times-Roman", 10)
        for number, row in enumerate(wrap(HARBOUR)):
            canvas.drawString(0, -12 * number, row)

    assert load(make_pdf([turned])).text == HARBOUR


def test_what_it_says_of_itself(load):
    headline = lines(["A deeper basin", "for Vell"], top=HEIGHT - 60, size=22, leading=24)
    body = lines(["Published: Monday, 9 June 2025", "", *wrap(HARBOUR)])
    draw = both(headline, body)
    stated = load(make_pdf([draw], title="Deeper basin", author="Morag Bain"))
    assert (stated.title, stated.author, stated.published) == ("Deeper basin", "Morag Bain", date(2025, 6, 9))
    for junk in ("Microsoft Word - draft3.docx", "untitled", "basin_final.indd"):
        assert load(make_pdf([draw], title=junk)).title == "A deeper basin for Vell"


def test_neither_the_day_it_was_made_nor_a_day_it_mentions_is_its_date(load):
    article = load(make_pdf([lines(wrap(f"The basin was dug on 3 May 1974. {HARBOUR}"))]))
    assert article.published is None
    assert article.title == "report"


def test_an_encrypted_pdf_is_named(tmp_path):
    error = failed(tmp_path / "locked.pdf", make_pdf([lines(wrap(HARBOUR))], password="secret"))
    assert "encrypted" in error.message


def test_one_that_opens_without_a_password_is_read(load):
    assert load(make_pdf([lines(wrap(HARBOUR))], password="")).text == HARBOUR


def test_a_truncated_pdf_is_named(tmp_path):
    data = make_pdf([lines(wrap(HARBOUR))] * 40)
    for share in (0.2, 0.5, 0.9):
        assert "truncated" in failed(tmp_path / "cut.pdf", data[: int(len(data) * share)]).message


def test_a_pdf_of_images_is_named(tmp_path):
    def image(canvas):
        canvas.rect(60, 60, 300, 300, fill=1)

    error = failed(tmp_path / "scan.pdf", make_pdf([image, image]))
    assert "images" in error.message
    assert "ocr" in error.hint


def test_a_pdf_of_three_thousand_pages_is_refused_by_the_limit(tmp_path):
    path = tmp_path / "long.pdf"
    error = failed(path, make_pdf([lines(["A page."])] * 3_000))
    assert "3,000 pages" in error.message
    assert "2,000" in error.message
    assert "CITEWELL_MAX_PAGES" in error.hint


def test_too_much_text_is_refused(tmp_path):
    path = tmp_path / "wordy.pdf"
    data = make_pdf([lines(wrap(HARBOUR) * 12)] * 30)
    error = failed(path, data, max_article_bytes=len(data))
    assert "characters" in error.message


def test_what_is_no_pdf_is_named(tmp_path):
    assert "not a PDF" in failed(tmp_path / "page.pdf", b"<html><body>no</body></html>").message
    assert "damaged" in failed(tmp_path / "bare.pdf", b"%PDF-1.7\nnothing\n%%EOF\n").message


def test_whatever_is_broken_inside_it_gives_an_article_or_a_named_error(tmp_path):
    data = make_pdf([lines([*wrap(HARBOUR), *wrap(PILOT)])] * 2, title="Vell")
    chance = random.Random(7)
    path = tmp_path / "broken.pdf"
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(chance.choice((1, 8, 64))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        path.write_bytes(broken)
        try:
            (article,) = read(path, article_id="a", reading=Reading())
        except InputError as error:
            assert str(path) in error.message  # noqa: PT017 - an article is as welcome
            continue
        article.text.encode("utf-8")
        assert list(article.pages) == sorted(article.pages)


def test_the_language_that_it_says_it_is_in_or_else_its_letters_tell(load):
    def german(canvas):
        canvas._doc.Catalog.Lang = PDFString("de-AT")
        lines(wrap(HARBOUR))(canvas)

    assert load(make_pdf([german])).language == "de"
    assert load(make_pdf([lines(wrap(HARBOUR))])).language == "en"
