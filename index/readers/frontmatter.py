"""The block between two `---` lines at the top of a file: what the article says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from index.errors import InputError
from index.readers.cleaning import clean_line
from index.readers.dates import parse_date
from index.readers.page import Page, parse_language, parse_url

_OPEN = re.compile(r"---[ \t]*\n")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY_LINE = re.compile(r"[A-Za-z_][\w -]*:(?:\s|$)")
# A headline as people write it: "Audit: the bridge cost more", or with a quotation at its beginning.
_HEADLINE = re.compile(
    r"""^([A-Za-z_][\w -]*:[ \t]+)((?![\[{|>&*!"'#%@`-]).*:(?:[ \t].*)?|(["']).*\3[ \t]*[^\s#].*)$""",
    re.MULTILINE,
)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The fields that are understood; others are passed over."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: date | None = None
    language: str | None = None

    def page(self, text: str, *, title: str) -> Page:
        """The text below as a page, with what the fields say of it; `title` where they give none."""
        return Page(
            text=text,
            title=self.title or title,
            author=self.author,
            publisher=self.publisher,
            url=self.url,
            published=self.published,
            language=self.language,
        )


def split_front_matter(text: str, path: Path) -> tuple[FrontMatter, str]:
    """The front matter of a text with `\\n` line breaks, and the text below it.

    Raises:
        InputError: the block is not closed, not YAML, not a mapping, or holds a wrong date or address.
    """
    if not _OPEN.match(text):
        return FrontMatter(), text
    start = text.index("\n") + 1
    end = _CLOSE.search(text, start)
    if end is None:
        if _KEY_LINE.match(text, start):
            raise InputError(
                f"{path}: the front matter opened in line 1 is never closed",
                hint="put a line with --- below its last field",
            )
        return FrontMatter(), text  # a rule drawn above plain text
    return _fields(_load(text[start : end.start()], path), path), text[end.end() :]


def _load(block: str, path: Path) -> dict[object, object]:
    try:
        loaded = _yaml(block)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        raise InputError(
            f"{path}: the front matter is not YAML, line {line}: {problem}",
            hint="write 'key: value' lines, and quote a value that holds a colon",
        ) from error
    except (RecursionError, ValueError) as error:
        raise InputError(
            f"{path}: the front matter that begins in line 1 cannot be read: {error}",
            hint="write plain 'key: value' lines",
        ) from error
    if loaded in (None, ""):
        return {}
    if not isinstance(loaded, dict):
        raise InputError(
            f"{path}: the front matter that begins in line 1 is not a list of fields",
            hint="write 'key: value' lines between the two ---, or remove the first --- if it is none",
        )
    return loaded


def _yaml(block: str) -> object:
    # BaseLoader builds strings, lists and mappings only: nothing can run, a title `2024` or `yes` stays
    # as written, and a date that is none reaches our own check, which can name it.
    try:
        return yaml.load(block, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        quoted = _HEADLINE.sub(_in_quotes, block)
        if quoted == block:
            raise
        try:
            return yaml.load(quoted, Loader=yaml.BaseLoader)
        except yaml.YAMLError:
            pass
        raise  # the first error: its line and words are the file's own


def _in_quotes(line: re.Match[str]) -> str:
    return line[1] + "'" + line[2].strip().replace("'", "''") + "'"


def _fields(loaded: dict[object, object], path: Path) -> FrontMatter:
    values = {str(key).strip().lower(): value for key, value in loaded.items()}

    def text(*names: str) -> str | None:
        for name in names:
            found = _text(values.get(name), name, path)
            if found:
                return found
        return None

    published = text("published", "date")
    url = text("url")
    language = text("language", "lang")
    return FrontMatter(
        title=text("title"),
        author=text("author", "authors"),
        publisher=text("publisher"),
        url=_url(url, path) if url else None,
        published=_date(published, path) if published else None,
        language=parse_language(language) if language else None,
    )


def _text(value: object, name: str, path: Path) -> str | None:
    if value is None or (isinstance(value, str) and value in _NULLS):
        return None
    if isinstance(value, str):
        return clean_line(value) or None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(filter(None, map(clean_line, value))) or None
    raise InputError(
        f"{path}: {name!r} in the front matter must be text", hint=f"write it on one line: '{name}: …'"
    )


def _date(value: str, path: Path) -> date:
    found = parse_date(value)
    if found is None:
        raise InputError(
            f"{path}: the publication date {value[:80]!r} is no date",
            hint="write it as 2025-06-09, or leave the field out",
        )
    return found


def _url(value: str, path: Path) -> str:
    found = parse_url(value)
    if found is None:
        raise InputError(
            f"{path}: the url {value[:200]!r} is no web address",
            hint="write it in full, as https://example.com/article, or leave the field out",
        )
    return found
