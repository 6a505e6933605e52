"""What a suite says of its own articles, held against them: what none of them has can never be found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals.cases import Case, Suite, SuiteError
from evals.foreign.shelf import Shelf
from evals.metrics.evidence import stands_in
from index.article import Article
from index.readers.reading import Reading


def check_own_articles(suite: Suite, cases: Sequence[Case], reading: Reading) -> None:
    """See that evidence and gold of the cases are there.

    Raises:
        SuiteError: some are not; the message names file, line and field of the first.
        UsageError: one of the articles cannot be read.
    """
    if suite.articles is None or not any(case.evidence or case.gold for case in cases):
        return
    articles = Shelf.of_folder(suite.articles, reading).articles
    wrong = list(_wrong(suite, cases, articles))
    if wrong:
        more = f"; and {len(wrong) - 1} more like it" if len(wrong) > 1 else ""
        raise SuiteError(wrong[0] + more, hint="copy the words from the article, letter by letter")


def _wrong(suite: Suite, cases: Sequence[Case], articles: Sequence[Article]) -> Iterator[str]:
    for case in cases:
        at = f"{suite.path}:{case.line}: {case.id}"
        for number, quote in enumerate(case.evidence):
            if not any(stands_in(article.text, quote) for article in articles):
                yield f"{at}.evidence[{number}] stands in none of the articles: {quote!r}"
        phrases = [phrase for key in case.gold for phrase in suite.sources[key]]
        if phrases and not any(p in a.title or p in a.text for a in articles for p in phrases):
            keys = ", ".join(map(repr, case.gold))
            yield f"{at}.gold {keys}: no article has a phrase of it in its title or text"
