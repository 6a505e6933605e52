"""What another system answers, as an `Answer`.

A reply is Citewell's own JSON (`citewell ask --json`), or the least that says something:

    {"answer": "The mill burned down in 1914 [1].",
     "citations": [{"quote": "It burned down twelve years later.", "article_id": "mill.md"}],
     "refused": false}

or no more than a text. Markers `[n]` mean the citation with that `number`, else the n-th. `quote` may be
called `text`, `article_id` may be called `source`, `id`, `url` or `title`; an article is looked for by all of
them, and the quote in the article, so that offsets need not be given. A citation that is not found is one
that is not verbatim. `passages`, as a list of texts or of `{"text": …}`, best first, let retrieval be
measured. Without `refused` (or `answerable`) the first sentence decides: patterns of a refusal in words, for
foreign answers only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evals.foreign.shelf import Shelf
from index.article import Article
from index.errors import InputError
from index.splitter import split_sentences
from rag.answer import Answer, AnswerSentence, Citation, Passage

_MARKER = re.compile(r"\s*\[(\d+)\]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_REFUSES = re.compile(
    r"\b(?:i (?:do not|don't|cannot|can't|could not|couldn't|am unable|'m unable|am not able)"
    r"|(?:unable|not able) to (?:answer|find|determine)"
    r"|none of the (?:\w+ ){0,2}(?:sources|passages|documents|articles|excerpts|contexts?)"
    r"|no (?:information|mention|answer|evidence|relevant)"
    r"|(?:does|do|did) not (?:say|mention|state|specify|provide|contain|include|answer|indicate)"
    r"|(?:doesn't|don't|didn't) (?:say|mention|state|specify|provide|contain|include|answer|indicate)"
    r"|(?:is|are|was|were) not (?:mentioned|stated|specified|provided|given|found|available)"
    r"|(?:isn't|aren't|wasn't|weren't) (?:mentioned|stated|specified|provided|given|found|available)"
    r"|(?:not enough|insufficient) (?:information|context)|cannot be (?:answered|determined))\b",
    re.IGNORECASE,
)


def answer_of(reply: object, question: str, shelf: Shelf) -> Answer:
    """The reply in Citewell's form.

    Raises:
        InputError: it is in none of the forms.
    """
    if isinstance(reply, Answer):
        return reply
    if isinstance(reply, str):
        reply = {"answer": reply}
    if not isinstance(reply, Mapping) or not isinstance(reply.get("answer"), str):
        raise InputError(f"the engine's reply has no 'answer' that is a text: {str(reply)[:120]!r}")
    text = _valid(reply["answer"])
    refused = _refused(reply, text)
    citations = () if refused else _citations(reply, shelf)
    standalone = reply.get("standalone_question")
    return Answer(
        question=question,
        standalone_question=standalone if isinstance(standalone, str) and standalone else question,
        answerable=not refused,
        refusal_reason="low_evidence" if refused else None,
        answer=text,
        sentences=() if refused else _sentences(text),
        citations=citations,
        passages=_passages(reply),
        confidence=_number(reply.get("confidence")),
        answerer=str(reply.get("answerer") or "another system"),
    )


def refuses(text: str) -> bool:
    """Whether a text refuses in words, by its first sentence.

    >>> refuses("I don't know who founded it."), refuses("Ann founded it. The articles do not say when.")
    (True, False)
    """
    spans = split_sentences(text)
    return bool(spans) and bool(_REFUSES.search(text[spans[0].start : spans[0].end].replace("’", "'")))


def _refused(reply: Mapping[str, Any], text: str) -> bool:
    for key, means in (("refused", True), ("answerable", False)):
        if isinstance(reply.get(key), bool):
            return reply[key] is means
    return not text.strip() or refuses(text)


def _sentences(text: str) -> tuple[AnswerSentence, ...]:
    """The sentences of a text, each with the markers inside and behind it."""
    found: list[AnswerSentence] = []
    for start, end in split_sentences(text):
        part = text[start:end]
        numbers = tuple(dict.fromkeys(int(n) for n in _MARKER.findall(part)))
        words = _MARKER.sub("", part).strip()
        if not any(char.isalnum() for char in words):
            if found:  # markers that stand behind the full stop are those of the sentence before
                last = found.pop()
                numbers = tuple(dict.fromkeys((*last.citations, *numbers)))
                words = last.text
            else:
                continue
        found.append(AnswerSentence(text=words, citations=numbers, support="supported"))
    return tuple(_led_back(found, text))


def _led_back(sentences: Sequence[AnswerSentence], text: str) -> list[AnswerSentence]:
    """Markers that begin a sentence, having stood behind the full stop of the one before, go back to it."""
    moved = list(sentences)
    spans = [span for span in split_sentences(text) if _MARKER.sub("", text[span.start : span.end]).strip()]
    for number, (start, end) in enumerate(spans[1 : len(moved)], start=1):
        leading = re.match(r"(?:\s*\[\d+\])+", text[start:end])
        if leading:
            back = tuple(int(n) for n in _MARKER.findall(leading.group()))
            kept = tuple(int(n) for n in _MARKER.findall(text[start + leading.end() : end]))
            before = moved[number - 1]
            moved[number - 1] = AnswerSentence(
                text=before.text,
                citations=tuple(dict.fromkeys((*before.citations, *back))),
                support="supported",
            )
            moved[number] = AnswerSentence(text=moved[number].text, citations=kept, support="supported")
    return moved


def _citations(reply: Mapping[str, Any], shelf: Shelf) -> tuple[Citation, ...]:
    given = reply.get("citations") or []
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InputError("the engine's 'citations' are no list")
    return tuple(_citation(item, number, shelf) for number, item in enumerate(given, start=1))


def _citation(item: object, number: int, shelf: Shelf) -> Citation:
    fields: Mapping[str, Any] = item if isinstance(item, Mapping) else {"quote": str(item)}
    quote = _valid(str(fields.get("quote") or fields.get("text") or ""))
    names = [fields.get(key) for key in ("article_id", "source", "id", "url", "title")]
    article = shelf.find([name for name in names if isinstance(name, str)], quote)
    start, end = _place(fields, quote, article)
    said = fields.get("number")
    return Citation(
        number=said if isinstance(said, int) else number,
        article_id=article.article_id if article else str(next((n for n in names if n), "")),
        version=article.version if article else "",
        title=article.title if article else str(fields.get("title") or ""),
        publisher=article.publisher if article else None,
        url=article.url if article else None,
        published=article.published if article else None,
        start=start,
        end=end,
        quote=quote,
    )


def _place(fields: Mapping[str, Any], quote: str, article: Article | None) -> tuple[int, int]:
    start, end = fields.get("start"), fields.get("end")
    if isinstance(start, int) and isinstance(end, int):
        return start, end
    at = article.text.find(quote) if article and quote else -1
    return (at, at + len(quote)) if at >= 0 else (0, 0)


def _passages(reply: Mapping[str, Any]) -> tuple[Passage, ...]:
    found = []
    given = reply.get("passages")
    for rank, item in enumerate(given if isinstance(given, list) else [], start=1):
        fields = item if isinstance(item, Mapping) else {"text": item}
        text = _valid(str(fields.get("text") or ""))
        found.append(
            Passage(
                article_id=str(fields.get("article_id") or fields.get("source") or ""),
                start=int(_number(fields.get("start"))),
                end=int(_number(fields.get("end"))) or len(text),
                text=text,
                score=_number(fields.get("score")),
                ranks={"given": rank},
            )
        )
    return tuple(found)


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0


def _valid(text: str) -> str:
    """`text` without halves of characters, which JSON can carry and nothing else."""
    return _SURROGATES.sub("\ufffd", text)
