"""How well copies are told from what only looks like them: altered texts, and `index.wording` over them.

    python -m evals.benchmarks.copies DATA… FOLDER… [--out DIR]

Takes data files (see `datasets`) and folders of articles; long articles are cut into texts of a news story's
length. Each is altered as outlets alter what an agency sends, and as corrections, weekly reports and briefs
differ from each other; told is how many of each kind are called copies at each threshold, and the overlap.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from evals.benchmarks.datasets import load
from evals.benchmarks.outcome import Figures, Outcome, Table, tell
from index import wording
from index.errors import InputError
from index.ingest import find_sources
from index.readers import read
from index.readers.reading import Reading
from index.splitter import split_sentences
from index.wording import Wording

_THRESHOLDS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
_STORY_CHARS = (900, 3_500)
_FIGURE = re.compile(r"\d+")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_SHORT_WORD = re.compile(r"\b[a-z]{3,9}\b")

Alteration = Callable[[list[str], random.Random, Sequence[str]], str]
"""(sentences, chance, sentences of other texts) -> another text."""


def texts_in(places: Sequence[Path]) -> list[str]:
    """Texts of a news story's length, each once."""
    found: dict[str, None] = {}
    for place in places:
        for text in _texts(place):
            for story in _stories(text):
                found.setdefault(story)
    return list(found)


def _texts(place: Path) -> Iterator[str]:
    if place.suffix in (".gz", ".json", ".jsonl", ".xml"):
        yield from (article.text for article in load(place).articles)
        return
    for source in find_sources([place]):
        if source.failure is not None:
            raise source.failure
        assert source.path is not None
        for article in read(source.path, article_id=source.relative, reading=Reading()):
            if not isinstance(article, InputError):
                yield article.text


def _stories(text: str) -> Iterator[str]:
    story = ""
    for paragraph in filter(str.strip, text.split("\n")):
        if len(story) + len(paragraph) > _STORY_CHARS[1] and len(story) >= _STORY_CHARS[0]:
            yield story
            story = ""
        story += paragraph + "\n\n"
    if len(story) >= _STORY_CHARS[0]:
        yield story


def _joined(sentences: Sequence[str]) -> str:
    return " ".join(sentences)


def _sent(sentences: list[str], chance: random.Random, other: Sequence[str]) -> str:
    town, day = chance.choice(["LONDON", "PARIS", "LAGOS"]), chance.randint(1, 28)
    writer, editor = chance.choice(["A. Reed", "M. Sow"]), chance.choice(["T. Orr", "L. Ba"])
    credit = f"Reporting by {writer}; editing by {editor}."
    return f"{town}, {day} June (Agency) - {_joined(sentences)}\n\n{credit}"


def _cut_to(share: float) -> Alteration:
    return lambda sentences, chance, other: _joined(sentences[: max(1, round(len(sentences) * share))])


def _thinned(share: float) -> Alteration:
    return lambda sentences, chance, other: _joined([s for s in sentences if chance.random() >= share])


def _added_to(share: float) -> Alteration:
    def alter(sentences: list[str], chance: random.Random, other: Sequence[str]) -> str:
        more = list(sentences)
        for _ in range(max(1, round(len(sentences) * share))):
            more.insert(chance.randint(1, len(more)), chance.choice(other))
        return _joined(more)

    return alter


def _moved(sentences: list[str], chance: random.Random, other: Sequence[str]) -> str:
    runs = [sentences[n : n + 3] for n in range(0, len(sentences), 3)]
    chance.shuffle(runs)
    return _joined([s for run in runs for s in run])


def _reworded(share: float) -> Alteration:
    def alter(sentences: list[str], chance: random.Random, other: Sequence[str]) -> str:
        words = _SHORT_WORD.findall(_joined(other[:200]))
        return _SHORT_WORD.sub(
            lambda m: chance.choice(words) if chance.random() < share * 1.3 else m[0], _joined(sentences)
        )

    return alter


def _typeset(sentences: list[str], chance: random.Random, other: Sequence[str]) -> str:
    return _joined(sentences).replace('"', "”").replace("'", "’").replace(" - ", " — ").replace(". ", ".\n\n")


def _edited(sentences: list[str], chance: random.Random, other: Sequence[str]) -> str:
    shorter = _thinned(0.1)(sentences, chance, other).split(". ")
    return _sent(
        [_added_to(0.08)(_reworded(0.03)(shorter, chance, other).split(". "), chance, other)], chance, other
    )


def _corrected(sentences: list[str], chance: random.Random, other: Sequence[str]) -> str:
    text = _joined(sentences)
    places = [m.span() for m in _FIGURE.finditer(text)]
    start, end = chance.choice(places)
    new = str(int(text[start:end]) + chance.randint(1, 9))
    return f"{text[:start]}{new}{text[end:]}\n\nCorrection: an earlier version gave another figure."


def _next_weeks(sentences: list[str], chance: random.Random, other: Sequence[str]) -> str:
    return _FIGURE.sub(lambda m: str(int(m[0]) + chance.randint(1, 9)), _joined(sentences))


def _other_names(sentences: list[str], chance: random.Random, other: Sequence[str]) -> str:
    names = _NAME.findall(_joined(other)) or ["Moray"]
    return _NAME.sub(lambda m: chance.choice(names), _joined(sentences))


COPIES: dict[str, Alteration] = {
    "the same, typeset otherwise": _typeset,
    "with dateline and credit": _sent,
    "cut to 80 %": _cut_to(0.8),
    "cut to 60 %": _cut_to(0.6),
    "cut to 50 %": _cut_to(0.5),
    "every fifth sentence left out": _thinned(0.2),
    "a fifth added": _added_to(0.2),
    "half added": _added_to(0.5),
    "paragraphs moved": _moved,
    "one word in twenty another": _reworded(0.05),
    "one word in ten another": _reworded(0.1),
    "dateline, a tenth out, a twelfth in, 3 % reworded": _edited,
}
OTHERS: dict[str, Alteration] = {
    "a correction: one figure is another": _corrected,
    "of the same form: all figures are others": _next_weeks,
    "of the same form: all names are others": _other_names,
}
_NEEDED = dict(zip(OTHERS, (_FIGURE, _FIGURE, _NAME), strict=True))
"""What a text must have some of to be altered so."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("places", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=300, help="texts to alter")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    chance = random.Random(7)
    texts = texts_in(args.places)
    chance.shuffle(texts)
    texts = texts[: args.most]
    sentences = [[t[a:b] for a, b in split_sentences(t, "en")] for t in texts]
    read = [Wording(_joined(each)) for each in sentences]
    tables = [
        Table(
            title=heading,
            rows={
                name: _figures(list(_pairs(name, alter, sentences, read, chance))) for name, alter in kinds
            },
        )
        for heading, kinds in (("Copies", COPIES.items()), ("No copies", OTHERS.items()))
    ]
    tables += [Table(title="Two different texts", rows={"all pairs": _figures(list(combinations(read, 2)))})]
    words = float(np.median([len(t.split()) for t in texts]))
    about = (
        f"How many of {len(texts)} altered texts of {words:.0f} words (median) are called copies, by the "
        f"share of their shingles of {wording.SHINGLE} words that overlap ({wording.COPIED} ships); and the "
        "percentiles of that overlap."
    )
    tell(Outcome(name="copies", about=about, tables=tables), args.out)


def _pairs(
    name: str,
    alter: Alteration,
    sentences: Sequence[list[str]],
    read: Sequence[Wording],
    chance: random.Random,
) -> Iterator[tuple[Wording, Wording]]:
    """Each text and what it was altered to."""
    needed = _NEEDED.get(name)
    for n, own in enumerate(sentences):
        others = sentences[(n + 1) % len(sentences)]
        if needed is None or len(needed.findall(_joined(own))) >= 3:
            yield read[n], Wording(alter(own, chance, others))


def _figures(pairs: Sequence[tuple[Wording, Wording]]) -> Figures:
    overlaps = np.array([one.overlap(other) for one, other in pairs])
    disagree = np.array(
        [o > 0.2 and one.contradicts(other) for o, (one, other) in zip(overlaps, pairs, strict=True)]
    )
    low, middle, high = np.percentile(overlaps, [1, 50, 99])
    return {
        "pairs": len(pairs),
        **{f"at {t:.2f}": float(np.mean((overlaps >= t) & ~disagree)) for t in _THRESHOLDS},
        "1 %": float(low),
        "median": float(middle),
        "99 %": float(high),
        "highest": float(overlaps.max()),
        "figures differ": float(disagree.mean()),
    }


if __name__ == "__main__":
    main()
