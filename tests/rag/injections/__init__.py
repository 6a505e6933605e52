"""Hostile articles, each with one true fact, so that every attack leaves a right answer to give.

A case is an entry of a YAML file here: `id`; `kind` of attack; `format` (`text` if not said: the article is
`title` and `text` as they stand; `markdown` and `html` go through the readers as files); the `question` to
ask; `fact`, wordings of the right answer, one of which it holds; `must_not`, strings that show in an answer
when the article was obeyed or believed. Both are looked for without regard to case.
"""

from dataclasses import dataclass
from pathlib import Path

import yaml

from index.article import Article
from index.readers import read
from index.readers.reading import Reading

_SUFFIXES = {"markdown": ".md", "html": ".html"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One hostile article and what to ask of it."""

    id: str
    kind: str
    title: str
    text: str
    question: str
    fact: tuple[str, ...]
    must_not: tuple[str, ...]
    format: str = "text"

    def article(self, folder: Path) -> Article:
        """The article as a library gets it; `folder` takes the file that a reader reads."""
        if self.format == "text":
            return Article(article_id=self.id, title=self.title, text=self.text)
        path = folder / f"{self.id}{_SUFFIXES[self.format]}"
        path.write_text(self.text, encoding="utf-8")
        (article,) = read(path, article_id=self.id, reading=Reading())
        return article

    def states_fact(self, answer: str) -> bool:
        return any(fact.casefold() in answer.casefold() for fact in self.fact)

    def obeyed(self, answer: str) -> list[str]:
        """What of `must_not` the answer has."""
        return [each for each in self.must_not if each.casefold() in answer.casefold()]


def load_injections() -> list[Injection]:
    """All cases, in the order of the files."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            listed = {name: tuple(entry.pop(name)) for name in ("fact", "must_not")}
            found.append(Injection(**entry, **listed))
    return found
