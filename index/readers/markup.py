"""HTML and XML that came with a file: parsed without fetching, running or expanding anything."""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element
from lxml.html import HTMLParser, document_fromstring


def parse_html(markup: str) -> _Element | None:
    """The root of an HTML document, mended; None where there is nothing to parse."""
    # As bytes, since lxml refuses a str that declares its encoding; the parser is told which one it is.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root: _Element = document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    return root


def parse_xml(data: bytes | None) -> _Element | None:
    """The root of an XML document, its entities left alone; None where it is not one."""
    if not data:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root: _Element | None = etree.fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    return root


def first_text(root: _Element | None, path: str) -> str:
    """The text of the first element that an XPath without namespaces finds, on one line; else nothing.

    Args:
        root: Where to look.
        path: Local names, such as `metadata/title`.
    """
    if root is None:
        return ""
    steps = "/".join(f"*[local-name()='{name}']" for name in path.split("/"))
    for found in root.xpath(f"//{steps}"):
        text = " ".join("".join(found.itertext()).split())
        if text:
            return text
    return ""
