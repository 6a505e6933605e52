"""Whether the quoted words carry a written sentence: a check of words, values, names and polarity.

Nothing is understood here; what can be compared is. A sentence is `unsupported` when the quotes lack one of
its numbers, dates, percentages or amounts (compared as values), or a name that stands nowhere near either;
when one side is negated and the other is not; or when hardly a word is shared. It is `weak` when a name
stands only in the context (the sentence before the quote, the title, the question), where a pronoun of the
quote may point to it or may not, when few words are shared, or when the quote says it as a wish or of another
(`rag.checking.misreading`); a name of which the quote has a part may be completed from the context ("Cole",
"Idris Cole"). A number in the context does not help: numbers are what a wrong question smuggles in.

Of the content stems at least `SUPPORTED` must be in the quotes; those in the context count half, and words
of the question weigh half, since repeating them is neither proof nor fault.

Fails on: swapped roles ("A sued B"), opposites without a negation ("rose", "fell"), hedges left out
("about"), values worked out ("twice as many"), synonyms, and a name at the beginning of a sentence that is
also a word.

Measured (supported / weak / unsupported). SQuAD 2.0, 8 articles, 1,188 questions, quote = the sentence with
the answer, context = the one before, title, question: the question with its asking words replaced by the
answer .75 / .21 / .05; the quote itself 1 / 0 / 0; a digit changed 0 / 0 / 1; a name swapped for another of
the article .01 / .12 / .87; "not" or "never" put in .02 / .01 / .97, taken out .13 / 0 / .87; a quote from
another article .01 / .04 / .95, from the same paragraph .03 / .10 / .87. CLAPNQ, 966 sentences that people
wrote from the marked sentences: .90 / .04 / .06; a digit changed 0 / 0 / 1; "not" put in .01 / 0 / .99;
another question's quotes 0 / .01 / .99.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rag.answer import Support
from rag.checking.misreading import misread
from rag.checking.statement import Clause, Name, Statement, fold, read, stem_of
from rag.checking.units import is_among
from rag.checking.values import Kind, Value

SUPPORTED = 0.5
"""Share of the content stems from which a sentence is supported; the limit of the `support` metric."""
WEAK = 0.4
GIVEN_WEIGHT = 0.5
"""Weight of a word of the question among the content stems."""
CONTEXT_CREDIT = 0.5
"""Credit for a word that only the context has."""
BEARS = 0.6
"""Share of a negated clause's stems that the sentence must have for the clause to speak of the same."""

_RANGE = re.compile(r"(\S )?(-?[\d.]+?)\.\.(-?[\d.]+)( %)?")
_YEARS = re.compile(r"(\d{4})\.\.(\d{4}|\d\d)")
_DEMONYMS = """french:france british:britain spanish:spain dutch:netherlands greek:greece swiss:switzerland
    turkish:turkey polish:poland danish:denmark welsh:wales swedish:sweden finnish:finland irish:ireland
    scottish:scotland chinese:china norwegian:norway ukrainian:ukraine czech:czechia thai:thailand"""
_PLACES = dict(pair.split(":") for pair in _DEMONYMS.split())
_OF_A_PLACE = re.compile(r"(?:ians?|ans?|ns?|ese|ish|is?)$")
_TWO = frozenset({"both", "two", "couple", "pair", "twice", "twin", "double"})
_KINDS = {"percent": "percentage", "money": "amount", "range": "range", "date": "date"}


class SupportVerdict(NamedTuple):
    """How far the quotes carry a sentence."""

    level: Support
    reasons: tuple[str, ...]
    """For people, one a shortcoming; empty when there is none."""


def support(
    sentence: str,
    quotes: Sequence[str],
    *,
    context: Sequence[str] = (),
    given: Collection[str] = (),
) -> SupportVerdict:
    """Whether `quotes` carry `sentence`.

    Args:
        sentence: As written, without markers.
        quotes: The words of the articles that it cites.
        context: Where a quote's pronouns may point: the sentence before each, the title, the question.
        given: Stems of the question (`Question.stems`).

    >>> support("The ferry cost £49 million.", ["The ferry cost 49 million pounds in all."]).level
    'supported'
    >>> support("The ferry carries 41 cars.", ["The ferry carries 14 cars."])
    SupportVerdict(level='unsupported', reasons=('the quote does not have the number 41',))
    """
    said = read(sentence)
    sources = [read(quote) for quote in quotes]
    near = [read(text) for text in context]
    whose = "the quote does" if len(quotes) == 1 else "the quotes do"
    missing = [f"{whose} not have {what}" for what in _missing_values(said, sources)]
    unsure = []
    for name in said.names:
        if any(_has_name(source, name.text) for source in sources):
            continue
        if any(_has_name(text, name.text) for text in near):
            if not _is_rest_of_a_name(name, sources, near):
                unsure.append(f"the name {name.text} stands only near the quote")
        elif name.certain:
            missing.append(f"{whose} not have the name {name.text}")
        else:
            unsure.append(f"{whose} not have {name.text}")
    if turned := _turned(said, [clause for source in sources for clause in source.clauses]):
        missing.append(turned)
    misreadings = [misread(sentence, quote) for quote in quotes]
    if all(misreadings):
        unsure.extend(misreadings)
    share = _share(said, sources, near, frozenset(given))
    if share < SUPPORTED:
        reason = f"only {share:.0%} of its words are in {'the quote' if len(quotes) == 1 else 'the quotes'}"
        (unsure if share >= WEAK else missing).append(reason)
    level: Support = "unsupported" if missing else "weak" if unsure else "supported"
    return SupportVerdict(level, tuple(dict.fromkeys((*missing, *unsure))))


def _missing_values(said: Statement, sources: Sequence[Statement]) -> Iterator[str]:
    values = [
        (each, unit)
        for source in sources
        for value, unit in zip(source.values, source.units, strict=True)
        for each in _stated(value)
    ]
    words = frozenset[str]().union(*(source.words for source in sources))
    for value, shown, unit in zip(said.values, said.shown, said.units, strict=True):
        if value.kind == "number" and (
            shown.lower() == "one" or (value.key == "2" and not unit and words & _TWO)
        ):
            continue  # "one man" for "a man", "two" for "both"
        theirs = [[other for each, other in values if each.covers(end)] for end in (value, *_ends(value))]
        whole, *ends = (is_among(unit, others) for others in theirs)
        if not whole and not all(ends):
            yield f"the {_KINDS.get(value.kind, 'number')} {shown}{f' {unit}' if unit else ''}"
    figures = {figure for source in sources for figure in source.figures}
    yield from (f"“{figure}”" for figure in said.figures if figure not in figures)


def _ends(value: Value) -> tuple[Value, ...]:
    """A range as the two values that "from 5 to 10" gives; any other value as it is."""
    found = _RANGE.fullmatch(value.key) if value.kind == "range" else None
    if found is None:
        return (value,)
    sign, low, high, unit = found.groups(default="")
    kind: Kind = "money" if sign else "percent" if unit else "number"
    return tuple(value._replace(kind=kind, key=f"{sign}{end}{unit}") for end in (low, high))


def _stated(value: Value) -> tuple[Value, ...]:
    """The value, and both years of "1914-18", which a person's or a war's dates state one by one."""
    years = _YEARS.fullmatch(value.key) if value.kind == "range" else None
    if years is None:
        return (value,)
    low, high = years.groups()
    return (
        value,
        *(value._replace(kind="number", key=key) for key in (low, low[: -len(high)] + high)),
    )


def _has_name(text: Statement, name: str) -> bool:
    folded = fold(name)
    return (
        folded in text.words
        or bool(stem_of(folded) & text.stems)
        or _PLACES.get(folded, folded) in text.words
        or any(_of_one_place(folded, word) for word in text.words)
    )


def _is_rest_of_a_name(name: Name, sources: Sequence[Statement], near: Sequence[Statement]) -> bool:
    """Whether a quote has part of the name and the context all of it: "Cole" and "Idris Cole"."""
    joined = {one + other for one, other in pairwise(name.whole)}
    return any(word in source.words for word in name.whole for source in sources) and any(
        joined <= text.words for text in near
    )


def _of_one_place(one: str, other: str) -> bool:
    """`Mali` and `Malian`, `France` and `French`; not `Niger` and `Nigerian`."""
    if one[:3] != other[:3] or {one, other} & {"niger"}:
        return False
    return other == _PLACES.get(one) or one == _PLACES.get(other) or _root(one) == _root(other) != ""


@lru_cache(maxsize=4096)
def _root(word: str) -> str:
    root = _OF_A_PLACE.sub("", word)
    root = root.rstrip("aiey") if len(root) > 3 else ""
    return root if len(root) > 2 else ""


def _turned(said: Statement, clauses: Sequence[Clause]) -> str:
    """A negation that stands on one side only, in words; empty when none does."""
    for clause in said.clauses:
        if not clause.negator or not clause.stems:  # "No." as a whole answer
            continue
        met = [(len(clause.stems & each.stems), each) for each in clauses]
        best = max((count for count, _ in met), default=0)
        if best and not any(each.negator for count, each in met if count >= BEARS * best):
            return f"the sentence says “{clause.negator}”, the quote does not"
    elsewhere = [each for each in clauses if not each.negator and each.stems]
    kept = [each for each in said.clauses if each.negator]
    for each in clauses:
        shared = each.stems & said.stems
        least = max(2, BEARS * len(each.stems)) if elsewhere else 1
        if not each.negator or len(shared) < least:
            continue
        if all(len(other.stems & shared) < BEARS * len(shared) for other in (*elsewhere, *kept)):
            return f"the quote says “{each.negator}”, the sentence does not"
    return ""


def _share(
    said: Statement, sources: Sequence[Statement], near: Sequence[Statement], given: frozenset[str]
) -> float:
    """Weighted share of the sentence's content that the quotes have; values are judged on their own."""
    quoted = frozenset[str]().union(*(source.stems for source in sources))
    around = frozenset[str]().union(*(text.stems for text in near))
    total = credit = float(len(said.values))
    for stem in said.stems:
        weight = GIVEN_WEIGHT if stem in given else 1.0
        total += weight
        credit += weight * (1.0 if stem in quoted else CONTEXT_CREDIT if stem in around else 0.0)
    return credit / total if total else 0.0
