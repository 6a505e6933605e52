"""What an empty page says: what is in the library, or how to put something into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ui.web.engine import ArticleSummary
from ui.web.markup import long_date, plain

HOW_TO_ADD = (
    '<p class="how">Add articles in the <a href="#library">Library</a>, or from a terminal:</p>'
    "<pre><code>citewell add my-articles/</code></pre>"
)


def welcome_html(articles: Sequence[ArticleSummary], examples: Sequence[str] = ()) -> str:
    """What an empty page says: what is in the library, or how to put something into it."""
    if not articles:
        return f'<div class="welcome empty"><p class="lead">The library is empty.</p>{HOW_TO_ADD}</div>'
    return (
        '<div class="welcome"><p class="lead">Ask your articles; every sentence carries a checked quote.</p>'
        f'<p class="library">{library_line(articles)}</p>{_offered(examples)}</div>'
    )


def _offered(questions: Sequence[str]) -> str:
    """Questions to begin with, each a button that asks it."""
    if not questions:
        return ""
    items = "".join(
        f'<li><button type="button" data-act="ask" data-question="{each}" dir="auto">{each}</button></li>'
        for each in map(plain, questions)
    )
    return f'<ul class="examples" aria-label="Questions to begin with">{items}</ul>'


def library_line(articles: Sequence[ArticleSummary]) -> str:
    """What the library holds, in one sentence; what holds of some of them only says of how many."""
    count = len(articles)
    line = "One article" if count == 1 else f"{count:,} articles"
    publishers = [a.publisher for a in articles if a.publisher]
    dates = sorted(a.published for a in articles if a.published)
    if publishers:
        names = [f"<bdi>{plain(name)}</bdi>" for name, _ in Counter(publishers).most_common()]
        named = names[:3] + ([f"{len(names) - 3:,} more"] if len(names) > 3 else [])
        some = "" if len(publishers) == count else f", {_number(len(publishers))} of them"
        line += f"{some} from " + (
            named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
        )
    if dates:
        first, last = long_date(dates[0]), long_date(dates[-1])
        some = "published" if len(dates) == count else f"{_number(len(dates))} dated"
        line += f", {some} {first}" if first == last else f", {some} {first} to {last}"
    return line + "."


def _number(count: int) -> str:
    return "one" if count == 1 else f"{count:,}"
