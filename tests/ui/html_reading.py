"""HTML as a browser would read it, so that a test can ask what is shown and what is marked."""

from __future__ import annotations

from html.parser import HTMLParser


class Reading(HTMLParser):
    """What a browser would find: the tags, their attributes, and the text inside `<mark>`."""

    def __init__(self, fragment: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.marked: list[str] = []
        self._in_mark = False
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag == "mark":
            self._in_mark = True
            self.marked.append("")

    def handle_endtag(self, tag):
        if tag == "mark":
            self._in_mark = False

    def handle_data(self, data):
        self.text += data
        if self._in_mark:
            self.marked[-1] += data
