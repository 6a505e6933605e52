"""Answers, sources and articles as HTML. Every character that is not ours goes through `plain` first.

Gradio evaluates the *template* of `gr.HTML`, not its value, and no template of ours holds anything but the
value: `${…}` and `{{…}}` in an article are text like any other, and a browser test holds that.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from index.article import Article, Span
from index.errors import CitewellError
from rag.answer import Answer, AnswerSentence, Citation, Passage, RefusalReason
from rag.citations import with_markers
from rag.prompts import REFUSAL, REFUSAL_REASONS
from ui.web.engine import ArticleSummary

Show = Callable[[str, str | None], Article]
"""`Library.show`: an article by id and version."""

CONTEXT_CHARS = 140
"""How much of the article stands around a quote in the list of sources, on each side."""
WINDOW_CHARS = 400_000
"""A longer article is opened around the quote; a browser lays out this much in well under a second."""
CLOSEST_PASSAGES = 3
_QUESTION_SHOWN = 600
_PASSAGE_SHOWN = 320
_LONGEST_UNBROKEN = 24

_MARKER = re.compile(r" ?\[(\d{1,3})\]")

_WAYS_ON: dict[RefusalReason, str] = {
    "empty_library": "Add some, then ask again.",
    "no_evidence": "Try the words that an article would use, or add an article about it.",
    "low_evidence": "Read the closest passages, or ask for one thing at a time.",
    "filtered_out": "Widen the publishers, dates or articles, then ask again.",
}

HOW_TO_ADD = (
    '<p class="how">Add articles to this library from a terminal, then reload the page:</p>'
    "<pre><code>citewell add my-articles/</code></pre>"
)


def plain(text: str) -> str:
    """Text as HTML that shows exactly that text; a lone surrogate, which no page can carry, as U+FFFD.

    >>> plain('<b>${x}</b> & "y"')
    '&lt;b&gt;${x}&lt;/b&gt; &amp; &quot;y&quot;'
    """
    return html.escape(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), quote=True)


def long_date(day: date) -> str:
    """A date as a newspaper prints it.

    >>> long_date(date(2025, 6, 9))
    '9 June 2025'
    """
    return f"{day.day} {day:%B} {day.year}"


def byline(publisher: str | None, published: date | None) -> str:
    """Publisher and date, as far as they are known."""
    parts = [f"<bdi>{plain(publisher)}</bdi>"] if publisher else []
    parts.append(
        f'<time datetime="{published.isoformat()}">{long_date(published)}</time>' if published else "undated"
    )
    return ' <span class="dot" aria-hidden="true">·</span> '.join(parts)


# ---------------------------------------------------------------------------------------------- links


def check_of(words: str) -> str:
    """A digest of quoted words, carried in a link so that the article's page can check them again."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def article_link(article: Article, span: Span) -> str:
    """The relative address of an article opened at `span`; it carries a digest of the words there."""
    return "article?" + urlencode(
        {
            "id": article.article_id,
            "version": article.version,
            "start": span.start,
            "end": span.end,
            "check": check_of(article.text[span.start : span.end]),
        },
        errors="surrogatepass",
    )


def safe_url(url: str | None) -> str | None:
    """The address when it is a web address, else None: no `javascript:` becomes a link."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


# ------------------------------------------------------------------------------------------- exchange


def question_html(question: str) -> str:
    """The question as asked; a very long one is cut for display."""
    shown = question if len(question) <= _QUESTION_SHOWN else question[:_QUESTION_SHOWN].rstrip() + " …"
    return f'<h2 class="question" dir="auto">{plain(shown)}</h2>'


def exchange_html(number: int, state: str, main: str, side: str = "") -> str:
    """One question with what came of it. `state` is `working`, `done`, `refused` or `failed`."""
    aside = f'<div class="beside">{side}</div>' if side else ""
    busy = "true" if state == "working" else "false"
    return (
        f'<article class="exchange {state}" id="e{number}" data-state="{state}" aria-busy="{busy}">'
        f'<div class="main">{main}</div>{aside}</article>'
    )


def working_html(number: int, question: str, text: str, *, waiting: bool = False) -> str:
    """An answer as far as it has come."""
    if text:
        body = f'<div class="answer">{_streamed(text)}</div>'
    else:
        label = "Waiting for a free place" if waiting else "Searching the articles"
        body = f'<p class="working-note">{label}<span class="dots" aria-hidden="true"></span></p>'
    return exchange_html(number, "working", question_html(question) + body)


def note_html(number: int, question: str, text: str, *, kind: str, message: str, hint: str = "") -> str:
    """An exchange that ended without an answer: stopped by the user, or failed with a message."""
    partial = f'<div class="answer">{_streamed(text)}</div>' if text else ""
    aside = f'<p class="hint">{plain(hint)}</p>' if hint else ""
    role = ' role="alert"' if kind == "failed" else ""
    note = f'<div class="note {kind}"{role}><p>{plain(message)}</p>{aside}</div>'
    return exchange_html(number, kind, question_html(question) + partial + note)


def _streamed(text: str) -> str:
    """Text on its way: markers stand where they will, but open nothing before the answer is checked."""
    paragraphs = [p for p in text.split("\n") if p.strip()]
    marked = [_MARKER.sub(r'<span class="cite waiting">[\1]</span>', plain(p)) for p in paragraphs]
    return "".join(f'<p dir="auto">{p}</p>' for p in marked)


class Source(NamedTuple):
    """A citation with its article, or with the reason why it cannot be shown."""

    citation: Citation
    article: Article | None
    problem: str

    @property
    def span(self) -> Span:
        return Span(self.citation.start, self.citation.end)


def find_sources(citations: Sequence[Citation], show: Show) -> list[Source]:
    """The article of every citation, by id and version, its quote compared with the text once more."""
    sources: list[Source] = []
    for citation in sorted(citations, key=lambda c: c.number):
        try:
            article = show(citation.article_id, citation.version)
        except CitewellError as error:
            sources.append(Source(citation, None, error.message))
            continue
        intact = (
            article.version == citation.version
            and 0 <= citation.start < citation.end
            and article.text[citation.start : citation.end] == citation.quote
        )
        if intact:
            sources.append(Source(citation, article, ""))
        else:
            sources.append(
                Source(citation, None, "The quoted words do not stand at this place in the article.")
            )
    return sources


def answer_html(number: int, question: str, answer: Answer, show: Show, *, searched: int) -> str:
    """A finished answer with its sources beside it, or the refusal with the closest passages.

    Args:
        number: place of the exchange in the conversation; makes element ids unique.
        searched: how many articles the library holds.
    """
    head = question_html(question)
    if answer.standalone_question.strip() != question.strip():
        understood = plain(answer.standalone_question)
        head += f'<p class="standalone">Understood as <q dir="auto">{understood}</q></p>'
    if not answer.answerable:
        main = head + _refusal(answer, searched)
        return exchange_html(number, "refused", main, _passages(answer.passages, show))
    sources = find_sources(answer.citations, show)
    main = head + f'<div class="answer">{_sentences(number, answer, sources)}</div>' + _colophon(answer)
    return exchange_html(number, "done", main, _source_list(number, sources))


def _sentences(number: int, answer: Answer, sources: Sequence[Source]) -> str:
    """The sentences with their marks, in the paragraphs of the answer.

    Marks come from `AnswerSentence.citations`, never from the text, so a bracketed number that an article
    itself contains stays text.
    """
    known = {source.citation.number: source for source in sources}
    paragraphs: list[list[str]] = [[]]
    position = 0
    for sentence in answer.sentences:
        found = answer.answer.find(sentence.text.rstrip(" .!?…"), position)
        if found >= 0:
            if "\n" in answer.answer[position:found] and paragraphs[-1]:
                paragraphs.append([])
            position = found
        paragraphs[-1].append(_sentence(number, sentence, known))
    if not any(paragraphs):
        return "".join(f'<p dir="auto">{plain(p)}</p>' for p in answer.answer.split("\n") if p.strip())
    return "".join(f'<p dir="auto">{" ".join(p)}</p>' for p in paragraphs if p)


_SUPPORT_NOTE = {
    "weak": "the quoted words carry this only in part",
    "unsupported": "the quoted words do not carry this",
}


def _sentence(number: int, sentence: AnswerSentence, known: dict[int, Source]) -> str:
    marks = "".join(_mark(number, known[n]) for n in sentence.citations if n in known)
    written = "".join(f"[{n}]" for n in sentence.citations)
    words, _, closing = with_markers(sentence).rpartition(written) if written else (sentence.text, "", "")
    before, space, last = words.strip().rpartition(" ")
    if len(last) > _LONGEST_UNBROKEN:
        before, space, last = words.strip(), "", ""
    start = (plain(before) + space).replace("\n", "<br>")
    # The last word holds its marks: none stands alone at the start of a line.
    end = f'<span class="unbroken">{plain(last)}{marks}{plain(closing)}</span>'
    note = _SUPPORT_NOTE.get(sentence.support)
    if note is None:
        return f"<span>{start}{end}</span>"
    return (
        f'<span class="{sentence.support}"><span class="words">{start}</span>{end}'
        f' <small class="support">({note})</small></span>'
    )


def _mark(number: int, source: Source) -> str:
    n = source.citation.number
    label = f"Source {n}: {source.citation.title}"
    if source.article is None:
        return f'<span class="cite broken" title="{plain(label)} cannot be shown">[{n}]</span>'
    return (
        f'<button type="button" class="cite" data-source="e{number}-s{n}" aria-label="{plain(label)}">'
        f"[{n}]</button>"
    )


def _colophon(answer: Answer) -> str:
    count = len({c.article_id for c in answer.citations})
    articles = "one article" if count == 1 else f"{count} articles"
    who = (
        f"In the words of {articles}, quoted exactly"
        if answer.answerer == "verbatim"
        else f"Written by {plain(answer.answerer)} from {articles}; open a number to check the words"
    )
    return f'<p class="colophon">{who}.</p>'


def _source_list(number: int, sources: Sequence[Source]) -> str:
    if not sources:
        return ""
    items = "".join(_source(number, source) for source in sources)
    return f'<h3 class="label">Sources</h3><ol class="sources">{items}</ol>'


def _source(number: int, source: Source) -> str:
    citation = source.citation
    identity = f"e{number}-s{citation.number}"
    heading = (
        f'<span class="number">{citation.number}</span>'
        f'<span class="title" dir="auto">{plain(citation.title)}</span>'
    )
    line = f'<p class="byline">{byline(citation.publisher, citation.published)}</p>'
    if source.article is None:
        return (
            f'<li class="source broken" id="{identity}"><p class="heading">{heading}</p>{line}'
            f'<p class="problem">This citation cannot be shown. {plain(source.problem)}</p></li>'
        )
    return (
        f'<li class="source" id="{identity}" data-read="{plain(article_link(source.article, source.span))}">'
        f'<button type="button" class="heading open">{heading}</button>{line}'
        f'<p class="context" dir="auto">{_in_context(source.article.text, source.span)}</p></li>'
    )


def _in_context(text: str, span: Span) -> str:
    """The quote, marked, with a few words of its own paragraph on either side."""
    before = text[max(0, span.start - CONTEXT_CHARS - 40) : span.start].rpartition("\n")[2]
    if len(before) > CONTEXT_CHARS:
        before = "… " + before[-CONTEXT_CHARS:].partition(" ")[2]
    after = text[span.end : span.end + CONTEXT_CHARS + 40].partition("\n")[0]
    if len(after) > CONTEXT_CHARS:
        after = after[:CONTEXT_CHARS].rpartition(" ")[0] + " …"
    return f"{plain(before)}<mark>{plain(text[span.start : span.end])}</mark>{plain(after)}"


# -------------------------------------------------------------------------------------------- refusal


def _refusal(answer: Answer, searched: int) -> str:
    reason = answer.refusal_reason or "no_evidence"
    where = "one article" if searched == 1 else f"{searched:,} articles"
    looked = (
        HOW_TO_ADD
        if reason == "empty_library"
        else f'<p class="searched">Searched {where} for '
        f'<q dir="auto">{plain(answer.standalone_question)}</q></p>'
    )
    why = answer.answer.removeprefix(REFUSAL).strip() or REFUSAL_REASONS[reason]
    return (
        f'<div class="note refusal"><p class="verdict">{REFUSAL}</p>'
        f'<p>{plain(why)}</p><p class="hint">{_WAYS_ON[reason]}</p>{looked}</div>'
    )


def _passages(passages: Sequence[Passage], show: Show) -> str:
    """The passages that came nearest, each with a way into its article."""
    items: list[str] = []
    for passage in passages:
        try:
            article = show(passage.article_id, None)
        except CitewellError:
            continue
        span = Span(passage.start, passage.end)
        if article.text[span.start : span.end] != passage.text:  # edited since it was retrieved
            continue
        excerpt = passage.text.replace("\n", " ").strip()
        if len(excerpt) > _PASSAGE_SHOWN:
            excerpt = excerpt[:_PASSAGE_SHOWN].rpartition(" ")[0] + " …"
        items.append(
            f'<li class="source passage" data-read="{plain(article_link(article, span))}">'
            f'<button type="button" class="heading open">'
            f'<span class="title" dir="auto">{plain(article.title)}</span></button>'
            f'<p class="byline">{byline(article.publisher, article.published)}</p>'
            f'<p class="context" dir="auto">{plain(excerpt)}</p></li>'
        )
        if len(items) == CLOSEST_PASSAGES:
            break
    if not items:
        return ""
    return f'<h3 class="label">Closest passages</h3><ul class="sources">{"".join(items)}</ul>'


# -------------------------------------------------------------------------------------------- article


def article_html(article: Article, span: Span, check: str, *, around: int | None = None) -> str:
    """An article to read, the words at `span` highlighted if they are the ones that `check` was made of.

    Args:
        around: where to open an article that is longer than `WINDOW_CHARS`; the span if None.
    """
    words = article.text[span.start : span.end]
    intact = 0 <= span.start < span.end <= len(article.text) and check_of(words) == check
    url = safe_url(article.url)
    origin = (
        f' <span class="dot" aria-hidden="true">·</span> '
        f'<a href="{plain(url)}" target="_blank" rel="noopener noreferrer nofollow">original'
        '<span class="sr"> (opens in a new tab)</span></a>'
        if url
        else ""
    )
    author = f'<p class="author" dir="auto">{plain(article.author)}</p>' if article.author else ""
    head = (
        f'<header><h2 class="headline" dir="auto">{plain(article.title)}</h2>{author}'
        f'<p class="byline">{byline(article.publisher, article.published)}{origin}</p></header>'
    )
    if not intact:
        head += (
            '<p class="problem" role="alert">The quoted words do not stand at this place in the article. '
            "Nothing is highlighted.</p>"
        )
        span = Span(0, 0)
    window = _window(article.text, span.start if around is None else around)
    more = {
        "Earlier": max(0, window.start - WINDOW_CHARS // 2) if window.start else None,
        "Later": window.end + WINDOW_CHARS // 2 if window.end < len(article.text) else None,
    }
    earlier, later = (
        f'<p class="more"><button type="button" data-around="{place}">{label} text</button></p>'
        if place is not None
        else ""
        for label, place in more.items()
    )
    return head + earlier + f'<div class="text">{_paragraphs(article.text, window, span)}</div>' + later


def _window(text: str, around: int) -> Span:
    """What of a text is shown: all of it, or `WINDOW_CHARS` that begin and end with a line where possible."""
    if len(text) <= WINDOW_CHARS:
        return Span(0, len(text))
    start = min(max(0, around - WINDOW_CHARS // 2), len(text) - WINDOW_CHARS)
    end = start + WINDOW_CHARS
    start = text.rfind("\n", max(0, start - 2_000), start) + 1 or start
    line_end = text.find("\n", end, end + 2_000)
    return Span(start, line_end if line_end >= 0 else end)


def _paragraphs(text: str, window: Span, marked: Span) -> str:
    """The lines of the window as paragraphs; what of `marked` lies in a line stands in a `<mark>`."""
    parts: list[str] = []
    position = window.start
    for line in text[window.start : window.end].split("\n"):
        start, end = position, position + len(line)
        position = end + 1
        if not line.strip():
            continue
        low, high = max(start, marked.start), min(end, marked.end)
        if low < high:
            body = f"{plain(text[start:low])}<mark>{plain(text[low:high])}</mark>{plain(text[high:end])}"
        else:
            body = plain(line)
        parts.append(f'<p dir="auto">{body}</p>')
    return "".join(parts)


# -------------------------------------------------------------------------------------------- library


def welcome_html(articles: Sequence[ArticleSummary]) -> str:
    """What an empty page says: what is in the library, or how to put something into it."""
    if not articles:
        return f'<div class="welcome empty"><p class="lead">The library is empty.</p>{HOW_TO_ADD}</div>'
    return (
        '<div class="welcome"><p class="lead">Ask your articles; every sentence carries a checked quote.</p>'
        f'<p class="library">{library_line(articles)}</p></div>'
    )


def library_line(articles: Sequence[ArticleSummary]) -> str:
    """What the library holds, in one sentence."""
    count = len(articles)
    line = "One article" if count == 1 else f"{count:,} articles"
    publishers = [name for name, _ in Counter(a.publisher for a in articles if a.publisher).most_common()]
    if publishers:
        named = [f"<bdi>{plain(name)}</bdi>" for name in publishers[:3]]
        if len(publishers) > 3:
            named.append(f"{len(publishers) - 3:,} more")
        line += " from " + (named[0] if len(named) == 1 else ", ".join(named[:-1]) + " and " + named[-1])
    dates = sorted(a.published for a in articles if a.published)
    if dates:
        first, last = long_date(dates[0]), long_date(dates[-1])
        line += f", published {first}" if first == last else f", published {first} to {last}"
    return line + "."
