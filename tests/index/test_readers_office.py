"""Word documents and EPUB: what is read of them, and what they may not do."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest

from index.errors import InputError
from index.readers import read
from index.readers.reading import Reading

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
FILE_NAME = "a.docx"
BOOK = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>Lamps of Vell</dc:title><dc:creator>Morag Bain</dc:creator><dc:creator>Ada Bell</dc:creator>
<dc:publisher>Island Press</dc:publisher><dc:date>2021-05-04</dc:date><dc:language>en-GB</dc:language>
</metadata><manifest><item id="two" href="two%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/></manifest>
<spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/></spine></package>"""
CHAPTERS = {
    "OPS/one.xhtml": "<h1>The tower</h1><p>The lamp was lit in 1874.<br/>It burnt oil.</p>",
    "OPS/two b.xhtml": "<h1>The keeper</h1><ol><li>Morag</li><li>Ada</li></ol>",
    "OPS/nav.xhtml": "<nav><ol><li>The tower</li></ol></nav>",
}


def packed(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def book(**more: str | bytes) -> dict[str, str | bytes]:
    chapters = {
        name: f"<html><head><title>x</title></head><body>{c}</body></html>" for name, c in CHAPTERS.items()
    }
    return {"META-INF/container.xml": CONTAINER, "OPS/book.opf": BOOK, **chapters, **more}


def word(body: str, **more: str | bytes) -> bytes:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return packed(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{kind}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>",
            **more,
        }
    )


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def failed(path: Path, data: bytes, **limits: int) -> InputError:
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        list(read(path, article_id="a", reading=Reading(**limits)))
    assert str(path) in caught.value.message
    assert caught.value.hint
    return caught.value


def test_a_word_document(load):
    made = docx.Document()
    made.core_properties.author = "Morag Bain"
    made.core_properties.language = "en-GB"
    made.add_heading("A deeper basin", level=0)
    made.add_paragraph("9 June 2025")
    made.add_paragraph("The basin of Vell will be deeper. Work begins in spring.")
    for item in ("a ferry", "a lamp"):
        made.add_paragraph(item, style="List Bullet")
    table = made.add_table(rows=2, cols=2)
    for row, values in zip(table.rows, (("Ship", "Tons"), ("Vala", "410")), strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    made.add_paragraph("The end.")
    file = io.BytesIO()
    made.save(file)
    article = load(file.getvalue(), "basin.docx")
    assert article.text == (
        "A deeper basin\n\n9 June 2025\n\nThe basin of Vell will be deeper. Work begins in spring.\n\n"
        "- a ferry\n- a lamp\n\nShip | Tons\nVala | 410\n\nThe end."
    )
    assert (article.title, article.author, article.language) == ("A deeper basin", "Morag Bain", "en")
    assert article.published == date(2025, 6, 9)


def test_the_chapters_of_a_book_in_their_order(load):
    article = load(packed(book()), "lamps.epub")
    assert (
        article.text
        == "The tower\n\nThe lamp was lit in 1874.\nIt burnt oil.\n\nThe keeper\n\n1. Morag\n2. Ada"
    )
    assert (article.title, article.author) == ("Lamps of Vell", "Morag Bain, Ada Bell")
    assert (article.publisher, article.published, article.language) == (
        "Island Press",
        date(2021, 5, 4),
        "en",
    )


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    bomb = b"<p>" + b" " * 80_000_000
    error = failed(tmp_path / "a.epub", packed(book(**{"OPS/one.xhtml": bomb})))
    assert "50,000,000" in error.message
    assert "CITEWELL_MAX_UNPACKED_BYTES" in error.hint
    assert "50,000,000" in failed(tmp_path / "a.docx", word("", **{"word/styles.xml": bomb})).message


def test_many_small_members_are_counted_together(tmp_path):
    members = {f"word/extra{n}.xml": b" " * 1_000_000 for n in range(6)}
    assert (
        "5,000,000" in failed(tmp_path / "a.docx", word("", **members), max_unpacked_bytes=5_000_000).message
    )


def test_a_bomb_that_lies_about_its_size_is_found_while_unpacking(tmp_path):
    data = bytearray(packed({**book(), "OPS/one.xhtml": b" " * 80_000_000}))
    # The sizes in the directory at the end of the file, which is what is believed of it.
    place = data.rindex(b"OPS/one.xhtml") - 46
    assert struct.unpack_from("<L", data, place + 24) == (80_000_000,)
    struct.pack_into("<L", data, place + 24, 100)
    message = failed(tmp_path / "a.epub", bytes(data)).message
    assert "damaged" in message or "unpacks to more" in message


def test_images_are_not_unpacked(load):
    data = word(paragraph("The lamp burns."), **{"word/media/image1.png": b"\0" * 60_000_000})
    assert load(data, "a.docx").text == "The lamp burns."


def entities(times: int) -> str:
    """The declaration of entities, each of them so many of the one before."""
    pairs = zip("abcdefgh", "bcdefghi", strict=True)
    return (
        '<!DOCTYPE x [<!ENTITY a "lol lol">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * times}">' for a, b in pairs)
        + "]>"
    )


def test_a_book_cannot_read_other_files(load, tmp_path):
    (tmp_path / "secret").write_text("root: secret", encoding="utf-8")
    opf = BOOK.replace("<dc:title>Lamps", "<dc:title>&a; Lamps")
    declared = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    article = load(packed(book(**{"OPS/book.opf": declared + opf})), "a.epub")
    assert "secret" not in article.title
    assert "Lamps of Vell" in article.title


def test_a_book_of_entities_is_not_expanded(tmp_path):
    opf = BOOK.replace("<dc:title>Lamps", "<dc:title>&i; Lamps")
    path = tmp_path / "a.epub"
    path.write_bytes(packed(book(**{"OPS/book.opf": entities(60) + opf})))
    try:
        (article,) = read(path, article_id="a", reading=Reading())
    except InputError as error:
        assert "a.epub" in error.message  # noqa: PT017 - an article is as welcome
    else:
        assert len(article.title) < 100


def test_a_document_of_entities_is_named(tmp_path):
    data = word(paragraph("&i;"))
    content = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    bomb = f"{entities(60)}{content}"
    assert "damaged" in failed(tmp_path / "a.docx", word("", **{"word/document.xml": bomb})).message


def test_deep_nesting_is_named_or_read(tmp_path):
    path = tmp_path / "a.epub"
    path.write_bytes(packed(book(**{"OPS/one.xhtml": "<div>" * 50_000 + "deep" + "</div>" * 50_000})))
    (article,) = read(path, article_id="a", reading=Reading())
    assert "Morag" in article.text
    nested = "<w:sdt>" * 20_000 + "</w:sdt>" * 20_000
    assert "a.docx" in failed(tmp_path / "a.docx", word(nested)).message


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted"),
        ("a.docx", b"PK nonsense", "truncated"),
        ("a.docx", word(paragraph("Text."))[:200], "truncated"),
        ("a.docx", packed(book()), "no Word document"),
        ("a.docx", word(""), "no text"),
        ("a.docx", word("<w:p><w:r>"), "damaged"),
        ("a.epub", word(paragraph("Text.")), "no EPUB"),
        ("a.epub", packed(book())[:-40], "truncated"),
        ("a.epub", packed({n: c for n, c in book().items() if "one" not in n}), "missing"),
        ("a.epub", packed({n: "" if n.endswith("xhtml") else c for n, c in book().items()}), "no text"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, name, data, says):
    assert says in failed(tmp_path / name, data).message


def test_a_book_under_lock_is_named(tmp_path):
    def locked(name: str) -> dict[str, str | bytes]:
        reference = f"<e><EncryptedData><CipherReference URI='{name}'/></EncryptedData></e>"
        return book(**{"META-INF/encryption.xml": reference})

    assert "DRM" in failed(tmp_path / "a.epub", packed(locked("OPS/one.xhtml"))).message
    (tmp_path / "b.epub").write_bytes(packed(locked("OPS/serif.otf")))
    assert list(read(tmp_path / "b.epub", article_id="a", reading=Reading()))


@pytest.mark.parametrize("name", ["a.docx", "a.epub"])
def test_whatever_is_broken_inside_gives_an_article_or_a_named_error(tmp_path, name):
    stored = (
        packed(book(), zipfile.ZIP_STORED) if name == "a.epub" else word(paragraph("The lamp burns.") * 9)
    )
    chance = random.Random(3)
    path = tmp_path / name
    for _ in range(40):
        broken = bytearray(stored)
        for _ in range(chance.choice((1, 6, 40))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        path.write_bytes(broken)
        try:
            (article,) = read(path, article_id="a", reading=Reading())
        except InputError as error:
            assert str(path) in error.message  # noqa: PT017 - an article is as welcome
        else:
            article.text.encode("utf-8")
