"""What the commands write: JSON for programs, text for people; results on stdout, all else on stderr."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.article import Article
    from index.errors import CitewellError
    from index.health import Report
    from index.tables import ArticleInfo
    from rag.answer import Answer, Citation, Passage

_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]")
_INDENT = "    "


class ReaderGone(Exception):
    """Raised when whoever reads our output closed it, as `head` does."""


def prepare_stdout() -> None:
    """Let stdout take any character, whatever the locale says; stderr does so already."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def valid(text: str) -> str:
    """`text` as UTF-8 can carry it: half characters (from bytes in an argument, say) become U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def out(text: str) -> None:
    """Write lines of a result, at once.

    Raises:
        ReaderGone: nobody reads any more.
    """
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise ReaderGone from error


def out_json(value: object, *, compact: bool = False) -> None:
    """Write a JSON value in UTF-8, whatever the locale says; on one line if `compact`."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.encoding.lower() != "utf-8":
        sys.stdout.reconfigure(encoding="utf-8")
    out(valid(json.dumps(value, ensure_ascii=False, indent=None if compact else 2, default=_json)))


def jsonable(value: dict[str, Any]) -> dict[str, Any]:
    """The same with dates in ISO 8601, as `out_json` writes them."""
    return {key: _json(each) if isinstance(each, date) else each for key, each in value.items()}


def _json(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def notice(message: str) -> None:
    """Tell the user something that is no result."""
    sys.stderr.write(f"citewell: {shown(message)}\n")
    sys.stderr.flush()


def complain(message: str, hint: str = "") -> None:
    """Tell the user what went wrong and what to do about it."""
    notice(f"error: {message}")
    if hint:
        sys.stderr.write(f"{_INDENT}{shown(hint)}\n")


def complain_of(error: CitewellError) -> None:
    complain(error.message, error.hint)


def shown(text: str) -> str:
    """`text` without what a terminal would obey: an article's escape sequences are not ours to send."""
    return _CONTROLS.sub("\ufffd", valid(text))


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "chunk"), counted(1200, "chunk")
    ('1 chunk', '1,200 chunks')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def styled(*parts: str | tuple[str, str]) -> str:
    """Text with rich styles, as escape sequences on a terminal and without elsewhere."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    text = Text.assemble(*(shown(p) if isinstance(p, str) else (shown(p[0]), p[1]) for p in parts))
    with console.capture() as capture:
        console.print(text, soft_wrap=not console.is_terminal, end="")
    return capture.get()


# Articles


def article_json(article: Article | ArticleInfo, copies: Sequence[str] = ()) -> dict[str, Any]:
    """Every field under its own name, `pages` and `copies` only where there are any; `text` last."""
    fields = {f.name: getattr(article, f.name) for f in dataclasses.fields(article)}
    if not fields.get("pages"):
        fields.pop("pages", None)
    text = {"text": fields.pop("text")} if "text" in fields else {}
    return fields | ({"copies": list(copies)} if copies else {}) | text


def article_line(info: ArticleInfo, copies: Sequence[str] = ()) -> str:
    """An article in a list: id, then what is known of it."""
    facts = [
        info.title,
        info.publisher,
        _iso(info.published),
        counted(info.chunks, "chunk"),
        _copies(copies),
    ]
    return styled((info.article_id, "bold"), f"\n{_INDENT}" + " · ".join(filter(None, facts)))


def _copies(copies: Sequence[str]) -> str | None:
    return f"also printed as {', '.join(copies)}" if copies else None


def article_page(article: Article, copies: Sequence[str] = ()) -> str:
    """An article in full, as it is read."""
    facts = {
        "id": article.article_id,
        "author": article.author,
        "publisher": article.publisher,
        "published": _iso(article.published),
        "url": article.url,
        "language": article.language,
        "source": article.source,
        "pages": str(len(article.pages)) if article.pages else None,
        "copies": ", ".join(copies),
        "version": article.version,
    }
    lines = "".join(f"\n{name}: {value}" for name, value in facts.items() if value)
    return styled((article.title, "bold"), f"{lines}\n\n{article.text}")


# Answers


def answer_page(answer: Answer, titles: Mapping[str, str]) -> str:
    """An answer with its numbered sources, or a refusal with the passages that came closest."""
    said = [styled((answer.answer, "" if answer.answerable else "yellow"))]
    said[:0] = _searched_as(answer.question, answer.standalone_question)
    said.extend(styled((notice, "yellow")) for notice in answer.notices)
    said.extend(
        styled((f"({sentence.support}: {'; '.join(sentence.reasons)}) {sentence.text}", "yellow"))
        for sentence in answer.sentences
        if sentence.support != "supported"
    )
    said.extend(_source(citation) for citation in answer.citations)
    if not answer.answerable:
        said.extend(_closest(answer.passages, titles))
    return "\n\n".join(said)


def _searched_as(question: str, standalone: str) -> list[str]:
    return [] if standalone == question else [styled((f"Searched as: {standalone}", "dim"))]


def _source(citation: Citation) -> str:
    page = f"p. {citation.page}" if citation.page else None
    known = [citation.publisher, _iso(citation.published), page]
    about = ", ".join(filter(None, known))
    where = citation.url or citation.article_id
    copies = ((c.title, c.publisher, _iso(c.published), c.article_id) for c in citation.also_in)
    also = [f"\n{_INDENT}also in {', '.join(filter(None, copy))}" for copy in copies]
    return styled(
        (f"[{citation.number}] ", "bold cyan"),
        (citation.title, "bold"),
        f" — {about}" if about else "",
        f"\n{_INDENT}> {_one_line(citation.quote)}\n{_INDENT}",
        (where, "dim"),
        *also,
    )


def _closest(passages: Iterable[Passage], titles: Mapping[str, str]) -> list[str]:
    from ui.closest import CLOSEST, excerpt, says_something

    shown = [
        styled(
            (titles.get(p.article_id) or p.article_id, "bold"),
            f"\n{_INDENT}{excerpt(p.text)}\n{_INDENT}",
            (p.article_id, "dim"),
        )
        for p in passages
        if says_something(p.text, titles.get(p.article_id, ""))
    ]
    return [styled(("Closest passages:", "bold")), *shown[:CLOSEST]] if shown else []


def passages_page(
    question: str, standalone: str, passages: Iterable[Passage], titles: Mapping[str, str]
) -> str:
    """Passages as a search shows them, numbered, in full."""
    found = [
        styled(
            (f"{number}. ", "bold cyan"),
            (titles.get(p.article_id) or p.article_id, "bold"),
            f"\n{_INDENT}{_one_line(p.text)}\n{_INDENT}",
            (_where(p), "dim"),
        )
        for number, p in enumerate(passages, 1)
    ]
    return "\n\n".join([*_searched_as(question, standalone), *(found or ["No passage was found."])])


def _where(passage: Passage) -> str:
    ranks = ", ".join(f"{name} {rank}" for name, rank in passage.ranks.items())
    return f"{passage.article_id}, characters {passage.start} to {passage.end}; rank: {ranks}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _one_line(text: str) -> str:
    return " ".join(text.split())


# Health


def report_json(report: Report) -> dict[str, Any]:
    return {"clean": report.clean, **dataclasses.asdict(report)}


def report_page(report: Report) -> str:
    """What `doctor` found, one finding a paragraph."""
    lines = [styled((f"{f.part}: {f.problem}", "green"), "\n    mended") for f in report.repaired]
    lines += [styled((f"{f.part}: ", "bold red"), f"{f.problem}\n{_INDENT}{f.fix}") for f in report.findings]
    size = f"{counted(report.articles, 'article')}, {counted(report.chunks, 'chunk')}"
    return "\n".join([*lines, f"The library is {'sound' if report.clean else 'not sound'}: {size}."])
