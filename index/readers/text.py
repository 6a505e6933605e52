"""Plain text: front matter if there is any, hard-wrapped paragraphs joined, the first line as title."""

from __future__ import annotations

from pathlib import Path

from index.readers.cleaning import clean_text, join_wrapped, normalise, require_text
from index.readers.decoding import decode
from index.readers.frontmatter import split_front_matter
from index.readers.page import Page, looks_like_title, title_from_name


def read_page(data: bytes, path: Path) -> Page:
    """A `.txt` file as a page.

    A line such as "Reuters" below the title stays text: it is not taken for the publisher.

    Raises:
        InputError: it is empty, not text, or its front matter is wrong.
    """
    whole = require_text(normalise(decode(data, path)), path)
    fields, body = split_front_matter(whole, path)
    text = join_wrapped(clean_text(body))
    require_text(text, path, what="has no text below its front matter")
    first, _, rest = text.lstrip("\n").partition("\n")
    stated = first.strip() if rest.strip() and looks_like_title(first.strip()) else ""
    return fields.page(text, title=stated or title_from_name(path))
