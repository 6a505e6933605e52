"""The lines of a PDF's page as PDFium finds them, each with its place.

Of what reads PDFs and may be used here, PDFium gave the same words as pypdf on generated pages in a tenth of
the time, and tells where each character stands, without which columns and paragraphs cannot be told.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from index.readers.cleaning import clean_line

_GAP = 1.5
"""White space wider than this many letter heights parts columns or cells; justified text stays below it."""
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BREAKS = (0x0A, 0x0D)
_SPACE = 0x20
_HYPHENS = (0x02, 0xAD, 0xFFFE)
"""The soft hyphen, and what PDFium makes of a hyphen at the end of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A run of words on one base line, without a gap as wide as between columns. Places are in points."""

    text: str
    """On one line; ends with a soft hyphen where a word is broken."""
    page: int
    """From 0."""
    left: float
    right: float
    base: float
    """Height of the base line above the page's lower edge."""
    size: float
    """Height of its letters, from the lowest to the highest that the font has."""
    row: int
    """Lines of a page with the same number were drawn side by side, from left to right."""
    is_table_row: bool = False
    """Whether it is made of the cells of a table."""


class _Box(NamedTuple):
    left: float
    right: float
    base: float
    size: float


class _Glyph(NamedTuple):
    character: str
    box: _Box | None = None
    """None for white space, and inside words."""


def page_lines(page: Any, number: int) -> list[Line]:
    """The lines of a page in the order in which they were drawn.

    Args:
        page: A `pypdfium2.PdfPage`.
        number: Its number from 0.
    """
    turned = page.get_rotation()
    textpage = page.get_textpage()
    try:
        found: list[Line] = []
        for row, glyphs in enumerate(_rows(textpage.raw, turned)):
            for piece in _pieces(glyphs):
                line = _line(piece, number, row)
                if line is not None:
                    found.append(line)
        return found
    finally:
        textpage.close()


def _rows(textpage: Any, turned: int) -> Iterator[list[_Glyph]]:
    """Runs of glyphs between line breaks; of a word, the glyphs inside it are placed with its first."""
    count = max(0, pdfium.FPDFText_CountChars(textpage))
    codes = [pdfium.FPDFText_GetUnicode(textpage, index) for index in range(count)]
    glyphs: list[_Glyph] = []
    for index, code in enumerate(codes):
        if code in _BREAKS:
            yield glyphs
            glyphs = []
        elif code == _SPACE:
            glyphs.append(_Glyph(" "))
        elif code > _SPACE or code in _HYPHENS:
            inside = 0 < index < count - 1 and codes[index - 1] > _SPACE and codes[index + 1] > _SPACE
            character = "\xad" if code in _HYPHENS else chr(code)
            box = None if inside and code not in _HYPHENS else _place(textpage, index, turned)
            glyphs.append(_Glyph(character, box))
            if character == "\xad":  # PDFium writes no line break after it
                yield glyphs
                glyphs = []
    yield glyphs


def _place(textpage: Any, index: int, turned: int) -> _Box:
    box = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetLooseCharBox(textpage, index, box)
    pdfium.FPDFText_GetCharOrigin(textpage, index, x, y)
    wide, high = abs(box.right - box.left), abs(box.top - box.bottom)
    match turned:
        case 90:
            return _Box(box.bottom, box.top, -x.value, wide)
        case 180:
            return _Box(-box.right, -box.left, -y.value, high)
        case 270:
            return _Box(-box.top, -box.bottom, x.value, wide)
        case _:
            return _Box(box.left, box.right, y.value, high)


def _pieces(glyphs: list[_Glyph]) -> Iterator[list[_Glyph]]:
    """The glyphs of a row, cut where white space is too wide to be a space between words."""
    piece: list[_Glyph] = []
    last: _Box | None = None
    for glyph in glyphs:
        box = glyph.box
        if box is not None:
            if last is not None and piece[-1].character == " " and box.left - last.right > _GAP * box.size:
                yield piece
                piece = []
            last = box
        piece.append(glyph)
    yield piece


def _line(glyphs: list[_Glyph], page: int, row: int) -> Line | None:
    written = "".join(glyph.character for glyph in glyphs).strip()
    text = clean_line(written.replace("\xad", "").translate(_LIGATURES))
    boxes = [glyph.box for glyph in glyphs if glyph.box is not None]
    if not text or not boxes:
        return None
    size = median(box.size for box in boxes) or 1.0
    rise = abs(boxes[-1].base - boxes[0].base)
    if rise > max(2 * size, abs(boxes[-1].right - boxes[0].left)):
        return None  # written up the margin: a stamp, not text
    return Line(
        text=text + "\xad" * written.endswith("\xad"),
        page=page,
        left=min(box.left for box in boxes),
        right=max(box.right for box in boxes),
        base=median(box.base for box in boxes),
        size=size,
        row=row,
    )
