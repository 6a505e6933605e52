"""Documents behind an address: read in the format that they are in, whatever their server calls it."""

from __future__ import annotations

import email.message
import io
import zipfile
from datetime import date

import docx
import pytest
from pdf_making import lines, make_pdf, wrap
from web_site import Reply, html_page

from index.errors import InputError
from index.readers.reading import Reading
from index.sources import pages
from index.sources.documents import Fetched
from index.sources.formats import format_of
from index.sources.pages import PAGE, read_web_page

SAID = "The harbour of Oban is to be dredged in June, and 550 passengers have to land at Lismore until then."


def a_pdf(**info: str) -> bytes:
    return make_pdf([lines(wrap(SAID)), lines(["The second page says more of it."])], **info)


def a_word_document() -> bytes:
    made, document = io.BytesIO(), docx.Document()
    document.core_properties.title, document.core_properties.author = "Oban is dredged", "Ada Bell"
    document.core_properties.language = "en-GB"
    document.add_paragraph(SAID)
    document.save(made)
    return made.getvalue()


def a_book() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>',
        )
        book.writestr(
            "b.opf",
            '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Oban</dc:title>'
            '<dc:language>en</dc:language></metadata><manifest><item id="c" href="c.xhtml" '
            'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>',
        )
        book.writestr("c.xhtml", f"<html><body><p>{SAID}</p></body></html>")
    return made.getvalue()


def a_mail() -> bytes:
    message = email.message.EmailMessage()
    message["Subject"], message["From"] = "Oban is dredged", "Ada Bell <ada@example.com>"
    message["Date"] = "Mon, 09 Jun 2025 08:00:00 +0000"
    message.set_content(SAID)
    return bytes(message)


def a_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("photo.jpg", b"x")
    return made.getvalue()


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize("named", ["right", "application/octet-stream", "text/html", None])
@pytest.mark.parametrize(
    ("make", "content_type"),
    [(a_pdf, "application/pdf"), (a_word_document, DOCX), (a_book, "application/epub+zip")],
)
def test_its_bytes_say_what_a_document_is(site, fetcher, make, content_type: str, named: str | None) -> None:
    kind = content_type if named == "right" else named
    address = site.reply("/files/12?download=1", Reply(body=make(), type=kind))
    article = read_web_page(fetcher.fetch(address, PAGE), address=address)
    assert " ".join(article.text.split()).startswith(SAID)
    assert article.article_id == article.url == address


@pytest.mark.parametrize(
    ("content_type", "path"), [("message/rfc822", "/letter"), ("application/octet-stream", "/letter.eml")]
)
def test_what_has_no_sign_of_its_own_goes_by_its_name(site, fetcher, content_type: str, path: str) -> None:
    address = site.reply(path, Reply(body=a_mail(), type=content_type))
    article = read_web_page(fetcher.fetch(address, PAGE), address=address)
    assert (article.title, article.published) == ("Oban is dredged", date(2025, 6, 9))


def test_pages_and_what_a_document_says_of_itself_are_kept(site, fetcher) -> None:
    address = site.reply("/report.pdf", Reply(body=a_pdf(title="Oban is dredged"), type="application/pdf"))
    article = read_web_page(fetcher.fetch(address, PAGE), address=address)
    assert article.title == "Oban is dredged"
    assert len(article.pages) == 2
    assert article.page_at(article.text.index("second page")) == 2
    address = site.reply("/report.docx", Reply(body=a_word_document(), type=DOCX))
    article = read_web_page(fetcher.fetch(address, PAGE), address=address)
    assert (article.title, article.author, article.language) == ("Oban is dredged", "Ada Bell", "en")


def test_a_page_about_a_pdf_is_a_page() -> None:
    url = "https://example.com/report.pdf"
    for content_type in ("text/html", ""):
        fetched = Fetched(url=url, data=html_page("Oban"), content_type=content_type)
        assert format_of(fetched) == ".html"
        assert "550 passengers" in read_web_page(fetched, address=url).text


@pytest.mark.parametrize(
    ("data", "content_type", "says"),
    [
        (html_page("Sign in"), "application/pdf", "is not a PDF"),
        (a_pdf()[:600], "application/pdf", "truncated"),
        (make_pdf([lines(["Secret."])], password="x"), "application/pdf", "encrypted"),
        (make_pdf([lambda canvas: canvas.rect(50, 50, 99, 99)]), "application/pdf", "holds no text"),
        (a_book()[:400], "application/epub+zip", "truncated"),
        (a_zip(), "application/octet-stream", "packed file"),
        (b"\x00\x01\x02" * 99, "application/octet-stream", "binary file"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_address(data: bytes, content_type: str, says: str) -> None:
    url = "https://example.com/files/12"
    with pytest.raises(InputError, match=says) as caught:
        read_web_page(Fetched(url=url, data=data, content_type=content_type), address=url)
    assert caught.value.message.startswith(f"{url}: ")
    assert caught.value.hint


def test_the_limits_of_files_hold() -> None:
    url = "https://example.com/report.pdf"
    fetched = Fetched(url=url, data=a_pdf(), content_type="application/pdf")
    with pytest.raises(InputError, match="2 pages; the limit is 1"):
        read_web_page(fetched, address=url, reading=Reading(max_pages=1))
    book = Fetched(url=url, data=a_book(), content_type="application/epub+zip")
    with pytest.raises(InputError, match="unpacks to more than 50 bytes"):
        read_web_page(book, address=url, reading=Reading(max_unpacked_bytes=50))


@pytest.mark.parametrize(("word", "says"), [("SEGFAULT", "SIGSEGV"), ("LOOP", "not read within 2 seconds")])
def test_a_hostile_document_ends_its_own_process_only(faults, monkeypatch, word: str, says: str) -> None:
    """The faults are those of a reader of text, so text is read as PDFs are here."""
    monkeypatch.setattr(pages, "_IN_LETTERS", frozenset())
    url = "https://example.com/letter"
    fetched = Fetched(url=url, data=f"{word}\n".encode(), content_type="text/plain")
    with pytest.raises(InputError, match=says) as caught:
        read_web_page(fetched, address=url, reading=Reading(max_reading_seconds=2))
    assert caught.value.message.startswith(f"{url}: ")
