"""PDFs made for the tests, line by line, as a typesetter would."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterable, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
Draw = Callable[[Canvas], None]


def make_pdf(pages: Iterable[Draw], *, password: str | None = None, **info: str) -> bytes:
    """A PDF of pages, each drawn by a function; `info` is its title, author …"""
    made = io.BytesIO()
    locked = StandardEncryption(password, ownerPassword="owner") if password is not None else None
    canvas = Canvas(made, pagesize=A4, encrypt=locked)
    for name, value in info.items():
        getattr(canvas, f"set{name.title()}")(value)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def wrap(text: str, chars: int = 80) -> list[str]:
    return textwrap.wrap(text, chars, break_on_hyphens=False)


def lines(
    rows: Sequence[str], *, left: float = 60, top: float = HEIGHT - 110, size: float = 10, leading: float = 12
) -> Draw:
    """Rows of text below each other; an empty one leaves half a line."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", size)
        y = top
        for row in rows:
            if row:
                canvas.drawString(left, y, row)
            y -= leading if row else leading / 2
        canvas.setFont("Times-Roman", 10)

    return draw


def both(*draws: Draw) -> Draw:
    def draw(canvas: Canvas) -> None:
        for each in draws:
            each(canvas)

    return draw
