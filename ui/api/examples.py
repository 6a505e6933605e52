"""What answers look like, for the API's own documentation."""

from __future__ import annotations

from typing import Any

_CITATION = {
    "number": 1,
    "article_id": "https://example.org/ferry",
    "version": "5c1f…",
    "title": "New ferry for Port Ellen",
    "publisher": "Island Post",
    "url": "https://example.org/ferry",
    "published": "2024-03-01",
    "start": 0,
    "end": 38,
    "quote": "The new ferry carries 550 passengers.",
}
_PASSAGE = {
    "article_id": "https://example.org/ferry",
    "start": 0,
    "end": 38,
    "text": "The new ferry carries 550 passengers.",
    "score": 0.031,
    "ranks": {"text": 1, "vector": 3},
}
_ASKED = {
    "question": "How many passengers does the ferry carry?",
    "standalone_question": "How many passengers does the ferry carry?",
}
_ANSWER = {
    "id": None,
    **_ASKED,
    "answerable": True,
    "refusal_reason": None,
    "answer": "The new ferry carries 550 passengers [1].",
    "sentences": [
        {"text": "The new ferry carries 550 passengers.", "citations": [1], "support": "supported"}
    ],
    "citations": [_CITATION],
    "passages": [_PASSAGE],
    "confidence": 0.93,
    "answerer": "verbatim",
    "timings_ms": {"retrieve": 12, "evidence": 20, "answer": 1, "total": 35},
}
_ARTICLE = {
    "article_id": "https://example.org/ferry",
    "version": "5c1f…",
    "title": "New ferry for Port Ellen",
    "author": "Morag Bain",
    "publisher": "Island Post",
    "url": "https://example.org/ferry",
    "published": "2024-03-01",
    "language": "en",
    "source": "upload:ferry.md",
    "added_at": "2025-06-09T08:00:00+00:00",
}
_ADDED = {
    "source": "ferry.md",
    "article_id": "https://example.org/ferry",
    "status": "added",
    "reason": None,
    "hint": "",
    "note": "",
    "copy_of": None,
    "chunks": 1,
    "tokens": 7,
}


def _json(example: object) -> dict[str, Any]:
    return {"application/json": {"example": example}}


ANSWER = _json(_ANSWER)
EVENTS: dict[str, Any] = {
    "text/event-stream": {
        "example": 'event: sources\ndata: {"question": "…", "standalone_question": "…", "passages": […]}\n\n'
        'event: text\ndata: {"text": "The new ferry carries 550 passengers [1]."}\n\n'
        'event: answer\ndata: {"id": null, "question": "…", …}\n\n'
    }
}
PASSAGES = _json({"question": _ASKED["question"], "passages": [_PASSAGE]})
ARTICLES = _json(
    {"articles": [{**_ARTICLE, "chunks": 1, "tokens": 7}], "total": 1, "offset": 0, "limit": 100}
)
ARTICLE = _json({**_ARTICLE, "text": "The new ferry carries 550 passengers.", "versions": ["5c1f…"]})
ADDED = _json({"results": [_ADDED], "summary": {"added": 1, "updated": 0, "unchanged": 0, "failed": 0}})
REMOVED = _json({"article_id": "https://example.org/ferry", "status": "removed"})
_MODEL = {"id": "citewell", "object": "model", "created": 0, "owned_by": "citewell"}
MODELS = _json({"object": "list", "data": [_MODEL, {**_MODEL, "id": "verbatim"}]})
MODEL = _json(_MODEL)
CHUNKS: dict[str, Any] = {
    "text/event-stream": {
        "example": 'data: {"choices": [{"delta": {"content": "The new ferry … [1]."}, …}], …}\n\n'
        'data: {"choices": [{"delta": {}, "finish_reason": "stop"}], "citewell": {"citations": […], …}}\n\n'
        "data: [DONE]\n\n"
    }
}
COMPLETION = _json(
    {
        "id": "chatcmpl-…",
        "object": "chat.completion",
        "created": 1750000000,
        "model": "verbatim",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": _ANSWER["answer"]},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 8, "completion_tokens": 9, "total_tokens": 17},
        "citewell": _ANSWER,
    }
)
