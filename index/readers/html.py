"""Web pages: the article without what surrounds it (trafilatura), and what the page states about it."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml.etree import _Element
from trafilatura import bare_extraction

from index.errors import InputError
from index.readers.cleaning import clean_line, clean_text, is_blank, require_text
from index.readers.dates import date_in_words, parse_date
from index.readers.decoding import declared_charset, decode
from index.readers.markup import parse_html
from index.readers.page import Page, parse_language, parse_url, title_from_name

_DATE_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dc.date.created",
    "dcterms.created",
    "citation_publication_date",
    "citation_date",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publish_date",
    "publication_date",
    "pubdate",
    "date",
)
"""Names under which pages state when the article appeared, the surest first."""

_LANGUAGE_META = (
    "content-language",
    "og:locale",
    "inlanguage",
    "dc.language",
    "dcterms.language",
    "language",
)

_DATE_ELEMENTS = (
    "//*[@itemprop='datePublished'] | //time[@pubdate]"
    " | //article[count(//article) = 1]//time | //main[not(//article)]//time"
    " | //*[@class and not(self::time) and not(self::body) and contains("
    "' date published pubdate post-date entry-date publish-date published-date article-date dateline ',"
    " concat(' ', normalize-space(@class), ' '))]"
)
"""Elements that say when the article appeared; a page of several articles says it of none."""
_DATE_WITHIN = 200
"""Characters of such an element in which the date is looked for."""

_SCRAP_CHARS = 20

_TABLE_RULE = re.compile(r"^\|(?:-+\|)+[ \t]*$\n?", re.MULTILINE)
_TABLE_ROW = re.compile(r"^\|(.*)\|[ \t]*$", re.MULTILINE)

for _name in ("trafilatura", "htmldate", "courlan", "charset_normalizer"):
    # Without a handler their complaints about a page land on stderr, beside the error that we raise.
    logging.getLogger(_name).addHandler(logging.NullHandler())


def read_page(data: bytes, path: Path) -> Page:
    """An `.html` file as a page.

    Raises:
        InputError: it is empty, not text, or no article is found in it.
    """
    markup = require_text(decode(data, path, declared=declared_charset(data)), path)
    tree = parse_html(markup)
    # Before the extraction, which prunes the tree.
    published = None if tree is None else _published(tree)
    language = None if tree is None else _language(tree)
    try:
        found = None if tree is None else _extract(tree)
    except Exception as error:  # whatever a parser of foreign markup may raise
        raise InputError(
            f"{path}: no article could be read from the page ({type(error).__name__}: {error})",
            hint="save the article's text as .txt or .md and add that",
        ) from error
    text = clean_text(_plain_tables(found.text or "")) if found is not None else ""
    if found is None or is_blank(text) or _is_scrap(text):
        raise InputError(
            f"{path}: no article was found in the page",
            hint="save the article's text as .txt or .md and add that",
        )
    return Page(
        text=text,
        title=clean_line(found.title or "") or title_from_name(path),
        author=clean_line(found.author or "") or None,
        publisher=clean_line(found.sitename or "") or None,
        url=_address(found.url),
        published=published,
        language=language,
    )


def _is_scrap(text: str) -> bool:
    """Whether all that was found is a word or two of what surrounds an article: "Home"."""
    return len(text) < _SCRAP_CHARS and not text.rstrip().endswith((".", "!", "?", "…", "。", "！", "？"))


def _extract(tree: _Element) -> Any:
    # The date found on the way is not used: it may be guessed from any date in the page, an image's name or
    # the copyright line included, and the quick search at least does not read the whole page for it.
    return bare_extraction(
        tree,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )


def _plain_tables(text: str) -> str:
    """Tables as rows of cells parted by ` | `, as in Markdown articles."""

    def row(match: re.Match[str]) -> str:
        return " | ".join(" ".join(cell.split()) for cell in match.group(1).split("|"))

    return _TABLE_ROW.sub(row, _TABLE_RULE.sub("", text))


def _address(value: str | None) -> str | None:
    """The page's own address; one that names only the site would make all its articles one."""
    found = parse_url(value) if value else None
    if found is None:
        return None
    parts = urlsplit(found)
    return found if parts.path.strip("/") or parts.query else None


def _language(tree: _Element) -> str | None:
    """The language that the page says it is in: its own, else the one it is announced in."""
    said = [tree.get("lang"), tree.get("{http://www.w3.org/XML/1998/namespace}lang")]
    for meta in tree.iter("meta"):
        name = (
            meta.get("http-equiv") or meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        )
        if name.lower() in _LANGUAGE_META:
            said.append(meta.get("content"))
    return next(filter(None, (parse_language(each) for each in said if each)), None)


def _published(tree: _Element) -> date | None:
    """The day on which the page says it was published; None where it does not say."""
    return next(filter(None, _stated_dates(tree)), None)


def _stated_dates(tree: _Element) -> Iterator[date | None]:
    stated: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        stated.setdefault(name.lower(), meta.get("content") or "")
    yield parse_date(stated.get("article:published_time", ""))
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            yield from map(parse_date, _json_dates(script.text or ""))
    for name in _DATE_META:
        yield parse_date(stated.get(name, "").replace("/", "-"))
    for element in tree.xpath(_DATE_ELEMENTS):
        if not any(a.tag in ("aside", "footer", "nav") for a in element.iterancestors()):
            yield parse_date(element.get("datetime") or element.get("content") or "")
            yield date_in_words(element.text_content()[:_DATE_WITHIN])


def _json_dates(source: str) -> Iterator[str]:
    try:
        pending = [json.loads(source)]
    except (ValueError, RecursionError):
        return
    while pending:
        node = pending.pop(0)
        if isinstance(node, list):
            pending.extend(node)
        elif isinstance(node, dict):
            if isinstance(node.get("datePublished"), str):
                yield node["datePublished"]
            pending.extend(v for k, v in node.items() if k in ("@graph", "mainEntity", "mainEntityOfPage"))
