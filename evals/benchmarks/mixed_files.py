"""Real files of mixed formats made of texts at hand, and hostile ones: what `mixed` adds."""

from __future__ import annotations

import csv
import email.message
import email.utils
import html
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from index.splitter import split_sentences

_AUTHORS = ("Ada Bell", "Morag Bain", "Idris Cole", "Jonna Brandt", "Ewan Muir")
_PUBLISHERS = ("Island Post", "The Herald", "Nature Weekly", "Courier", "Évora Diário")
_ROWS = 2
_LEAST_CHARS, _MOST_CHARS = 200, 4_000
_CONTAINER = '<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>'
_BOMB_BYTES = 400_000_000


@dataclass(frozen=True, kw_only=True)
class Story:
    """A text with what is said of it, and a sentence by which it has to be found."""

    number: int
    title: str
    text: str
    sentence: str
    author: str
    publisher: str
    published: date


@dataclass(frozen=True, kw_only=True)
class Good:
    """A story in a file, and which of its fields the format can say."""

    source: str
    """Path of the file, with `#` and the key of the row for one of an export; or an address."""
    format: str
    story: Story
    says: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """A file or page that has to fail, and words of the reason."""

    source: str
    format: str
    reason: str


def stories(texts: Iterable[str]) -> Iterator[Story]:
    """One of each paragraph that is long enough, and has a sentence of its own; others are left out."""
    seen: set[str] = set()
    number = 0
    for text in texts:
        for paragraph in text.split("\n\n"):
            said = " ".join(paragraph.split())[:_MOST_CHARS]
            sentences = [said[span.start : span.end] for span in split_sentences(said, "en")]
            telling = max(sentences, key=lambda each: min(len(each), 200), default="")
            if len(said) < _LEAST_CHARS or len(telling) < 60 or telling in seen:
                continue
            seen.add(telling)
            beginning = " ".join(said.split()[:5]).strip('.,;:“”"')
            yield Story(
                number=number,
                title=f"{beginning}, part {number}",
                text=said,
                sentence=telling,
                author=_AUTHORS[number % len(_AUTHORS)],
                publisher=_PUBLISHERS[number % len(_PUBLISHERS)],
                published=date(2015, 1, 1) + timedelta(days=number),
            )
            number += 1


# Formats

_ALL = ("title", "author", "publisher", "published")


def _txt(story: Story) -> bytes:
    return f"{story.title}\n\n{story.text}\n".encode()


def _md(story: Story) -> bytes:
    said = "".join(f"{name}: {json.dumps(str(getattr(story, name)), ensure_ascii=False)}\n" for name in _ALL)
    return f"---\n{said}---\n{story.text}\n".encode()


def page(story: Story, *, around: str = "") -> bytes:
    """A web page of a story."""
    e = html.escape
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{e(story.title)}</title>'
        f'<meta property="og:title" content="{e(story.title)}">'
        f'<meta name="author" content="{e(story.author)}">'
        f'<meta property="og:site_name" content="{e(story.publisher)}">'
        f'<meta property="article:published_time" content="{story.published}T08:00:00Z">{around}</head><body>'
        f'<nav><a href="/">Home</a></nav><article><h1>{e(story.title)}</h1><p>{e(story.text)}</p></article>'
        "<footer>Imprint, terms, privacy</footer></body></html>"
    ).encode()


def _mhtml(story: Story) -> bytes:
    message = email.message.EmailMessage()
    message["Subject"], message["MIME-Version"] = "saved", "1.0"
    message.set_content(page(story).decode(), subtype="html", cte="quoted-printable")
    message.make_related()
    return bytes(message)


def _pdf(story: Story) -> bytes:
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    made, styles = io.BytesIO(), getSampleStyleSheet()
    body = _latin(story.text)
    SimpleDocTemplate(made, title=story.title, author=story.author).build(
        [
            Paragraph(html.escape(_latin(story.title)), styles["Title"]),
            Paragraph(f"Published: {story.published:%d %B %Y}", styles["Normal"]),
            Paragraph(html.escape(body), styles["BodyText"]),
        ]
    )
    return made.getvalue()


def _latin(text: str) -> str:
    """What the fonts of every PDF reader can draw."""
    return text.encode("cp1252", "replace").decode("cp1252")


def _docx(story: Story) -> bytes:
    import docx

    made, document = io.BytesIO(), docx.Document()
    document.core_properties.title, document.core_properties.author = story.title, story.author
    document.add_heading(story.title, 1)
    document.add_paragraph(story.text)
    document.save(made)
    return made.getvalue()


def _epub(story: Story) -> bytes:
    e = html.escape
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", _CONTAINER)
        book.writestr(
            "book.opf",
            '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            f"<dc:title>{e(story.title)}</dc:title><dc:creator>{e(story.author)}</dc:creator>"
            f"<dc:publisher>{e(story.publisher)}</dc:publisher><dc:date>{story.published}</dc:date></metadata>"
            '<manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="c"/></spine></package>',
        )
        book.writestr("c.xhtml", f"<html><body><h1>{e(story.title)}</h1><p>{e(story.text)}</p></body></html>")
    return made.getvalue()


def _eml(story: Story) -> bytes:
    message = email.message.EmailMessage()
    message["Subject"] = story.title
    message["From"] = email.utils.formataddr((story.author, "desk@example.org"))
    day = datetime(story.published.year, story.published.month, story.published.day, 9, tzinfo=UTC)
    message["Date"] = email.utils.format_datetime(day)
    message.set_content(story.text)
    return bytes(message)


_ONE_EACH: dict[str, tuple[Callable[[Story], bytes], tuple[str, ...]]] = {
    ".txt": (_txt, ("title",)),
    ".md": (_md, _ALL),
    ".html": (page, _ALL),
    ".mhtml": (_mhtml, _ALL),
    ".pdf": (_pdf, ("author", "published")),
    ".docx": (_docx, ("title", "author")),
    ".epub": (_epub, _ALL),
    ".eml": (_eml, ("title", "author", "published")),
}


def _rows(some: Sequence[Story]) -> list[dict[str, str]]:
    return [
        {"id": str(story.number), "text": story.text, **{name: str(getattr(story, name)) for name in _ALL}}
        for story in some
    ]


def _csv(some: Sequence[Story]) -> bytes:
    made = io.StringIO()
    rows = _rows(some)
    writer = csv.DictWriter(made, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue().encode()


_EXPORTS: dict[str, Callable[[Sequence[Story]], bytes]] = {
    ".csv": _csv,
    ".json": lambda some: json.dumps(_rows(some), ensure_ascii=False).encode(),
    ".jsonl": lambda some: "\n".join(json.dumps(row, ensure_ascii=False) for row in _rows(some)).encode(),
}


def write_good(folder: Path, told: Iterator[Story], files: int) -> list[Good]:
    """So many files of all formats in turn; an export holds several stories."""
    made: list[Good] = []
    formats = [*_ONE_EACH, *_EXPORTS]
    for number in range(files):
        suffix = formats[number % len(formats)]
        path = folder / suffix[1:] / f"{number:04}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if suffix in _ONE_EACH:
            write, says = _ONE_EACH[suffix]
            story = next(told)
            path.write_bytes(write(story))
            made.append(Good(source=str(path), format=suffix, story=story, says=says))
            continue
        some = [next(told) for _ in range(_ROWS)]
        path.write_bytes(_EXPORTS[suffix](some))
        made += [
            Good(source=f"{path}#{story.number}", format=suffix, story=story, says=_ALL) for story in some
        ]
    return made


# What has to fail


def _blank_pdf(pages: int, *, password: str | None = None, says: str = "") -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    made = io.BytesIO()
    locked = StandardEncryption(password, ownerPassword="owner") if password else None
    canvas = Canvas(made, encrypt=locked)
    for number in range(pages):
        canvas.rect(50, 50, 400, 400)
        if says:
            canvas.drawString(60, 700, f"{says} {number}")
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def bomb(members: dict[str, bytes], big: str) -> bytes:
    """A packed file one of whose members unpacks to 400 MB."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
        with packed.open(big, "w") as member:
            for _ in range(_BOMB_BYTES // 1_000_000):
                member.write(b" " * 1_000_000)
    return made.getvalue()


def write_hostile(folder: Path, story: Story) -> list[Hostile]:
    """One file of each kind of bad input."""
    noise = random.Random(5).randbytes(5_000)
    manifest = b'<manifest><item id="c" href="c.xhtml"/></manifest>'
    opf = b"<package>" + manifest + b'<spine><itemref idref="c"/></spine></package>'
    kinds: dict[str, tuple[bytes, str]] = {
        "locked.pdf": (_blank_pdf(1, password="x", says="Secret"), "encrypted"),
        "cut.pdf": (_pdf(story)[:700], "truncated"),
        "scanned.pdf": (_blank_pdf(3), "no text"),
        "long.pdf": (_blank_pdf(3_000, says="Page"), "3,000 pages"),
        "page.pdf": (page(story), "not a PDF"),
        "bomb.docx": (bomb({"[Content_Types].xml": b"<Types/>"}, "word/document.xml"), "unpacks to more"),
        "bomb.epub": (
            bomb({"META-INF/container.xml": _CONTAINER.encode(), "book.opf": opf}, "c.xhtml"),
            "unpacks to more",
        ),
        "cut.docx": (_docx(story)[:2_000], "truncated"),
        "old.docx": (b"\xd0\xcf\x11\xe0" + noise, "encrypted, or in the format of Word before 2007"),
        "noise.txt": (noise, "binary|control|not text"),
        "empty.md": (b"", "empty|no text|holds nothing"),
        "wrong-date.md": (b"---\npublished: yesterday\n---\nSome words are here.\n", "date"),
        "navigation.html": (b"<html><body><nav><a href='/'>Home</a></nav></body></html>", "no article"),
        "attached.eml": (b"Subject: x\nFrom: a@b.c\n\n", "no text"),
        "broken.json": (b'[{"text": "Some words', "JSON"),
        "columns.csv": (b"a,b\n1,2\n", "no column holds the text"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, (content, reason) in kinds.items():
        path = folder / name
        path.write_bytes(content)
        made.append(Hostile(source=str(path), format=path.suffix, reason=reason))
    return made
