"""Numbers, dates, percentages, amounts and ranges in a text, as values that can be compared.

What answers are held against facts and against quotes by. "1.5 million" is 1,500,000, "four" is 4, "70-80%"
is "70 to 80 per cent", "Dec 12, 2023" is "12 December 2023"; "4%" is not "4" and nothing is inside "25".

Fails on: ordinals other than in dates ("the third"), fractions ("half"), vague counts ("dozens"), roundings,
dates in figures whose order is a guess (12/06/2023 equals only itself), and "from 5 to 10", which is read as
two values and not as a range, because it usually tells of a change.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

Kind = Literal["number", "percent", "money", "range", "date", "literal"]


class Value(NamedTuple):
    """One value of a text, and where it stands in the cleaned text."""

    kind: Kind
    key: str
    """Canonical form: equal keys of one kind are equal values."""
    start: int
    end: int

    def covers(self, wanted: Value) -> bool:
        """Whether a text that states this value states `wanted`: a day states its month, $4 states 4."""
        if (self.kind, self.key) == (wanted.kind, wanted.key):
            return True
        if self.kind == "date":
            if wanted.kind == "number":
                return self.key[:4] == wanted.key and len(wanted.key) == 4
            if wanted.kind == "date":
                return self.key.startswith(f"{wanted.key}-") or (
                    wanted.key.startswith("-") and self.key.endswith(wanted.key[1:])
                )
        return self.kind == "money" and wanted.kind == "number" and self.key.split(" ")[1] == wanted.key


def clean(text: str) -> str:
    """NFKC, with one form each for quotes, dashes and spaces; digits grouped by thin spaces are joined."""
    text = re.sub(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))", "", text)
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[\u200b-\u200d\u2060\ufeff\u00ad]", "", text)
    text = re.sub(r"[‘’ʼ′`´]", "'", text)
    text = re.sub(r"[“”„«»″]", '"', text)
    text = re.sub(r"\s*[—―]\s*", " - ", text)
    return re.sub(r"[‐‑‒–−]", "-", text)


_UNIT_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen"""
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS, _TENS = _UNIT_WORDS.split(), _TEN_WORDS.split()
_SMALL = {w: n for n, w in enumerate(_UNITS)} | {w: 10 * n for n, w in enumerate(_TENS, start=2)}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SUFFIXES = _SCALES | {"k": 10**3, "mn": 10**6, "bn": 10**9, "tn": 10**12}

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>[Mm]arch|MARCH|May|MAY|(?i:jan(?:uary)?|feb(?:ruary)?|mar|apr(?:il)?|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?))\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[12]\d{3})"
_DATES = [
    re.compile(rf"(?<![\w.-]){pattern}(?![\w%]|[.,]\d)")
    for pattern in (
        r"(?P<year>[12]\d{3})-(?P<month>[01]\d)-(?P<day>[0-3]\d)",
        rf"{_DAY}(?: of)? {_MONTH},? {_YEAR}",
        rf"{_MONTH} {_DAY},? {_YEAR}",
        rf"{_MONTH},?(?: of)? {_YEAR}",
        rf"{_DAY}(?: of)? {_MONTH}",
        rf"{_MONTH} {_DAY}",
    )
]
_LITERAL = re.compile(r"(?<![\w/])\d{1,2}/\d{1,2}/\d{2,4}(?![\w/])|(?<![\w:])\d{1,2}:\d{2}(?![\w:])")
_DIGITS = re.compile(
    r"(?<![\w.])(?<!(?-i:[A-Z])-)(?P<sign>(?<!\S)-)?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?P<glued>k|mn|bn|tn)|[ -](?P<scale>thousand|million|billion|trillion|bn))?(?![^\W_]|\.\d)",
    re.IGNORECASE,
)
_WORDS = re.compile(
    rf"\b(?:(?:a|an)[ ](?=hundred|thousand|million|billion)|)(?:{'|'.join([*_SMALL, 'hundred', *_SCALES])})"
    rf"(?:(?:[ -]|[ ]and[ ])(?:{'|'.join([*_SMALL, 'hundred', *_SCALES])}))*\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(r" ?(?:%|per ?cent\b|percent\b)", re.IGNORECASE)
_SIGNS = {"$": "$", "us$": "$", "€": "€", "£": "£", "¥": "¥", "usd": "$", "eur": "€", "gbp": "£"}
_SIGN_BEFORE = re.compile(r"(US\$|[$€£¥]|USD|EUR|GBP) ?$", re.IGNORECASE)
_NAMES = {"dollar": "$", "euro": "€", "pound": "£", "yen": "¥", "rouble": "₽", "ruble": "₽"}
_NAME_AFTER = re.compile(
    r" ?(?:US )?(dollar|euro|pound|yen|rouble|ruble)s?\b|( ?[€£])| (usd|eur|gbp)\b", re.IGNORECASE
)
_BETWEEN = re.compile(r" ?(?:%|per ?cent)? ?(?:-|to|and) ?[$€£]?", re.IGNORECASE)


_NEAR = 16
"""Characters around a number in which the words that change its meaning stand."""


class _Number(NamedTuple):
    amount: Decimal
    scale: int
    start: int
    end: int


def find_values(text: str) -> list[Value]:
    """The values of a cleaned text, in order, without overlap.

    >>> [v.key for v in find_values("four men, 70-80% of 1.5 million, on 12 June 2023")]
    ['4', '70..80 %', '1500000', '2023-06-12']
    """
    found: list[Value] = []
    taken = bytearray(len(text))

    def take(kind: Kind, key: str, start: int, end: int) -> None:
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append(Value(kind, key, start, end))

    for pattern in _DATES:
        for match in pattern.finditer(text):
            key = _date_key(**match.groupdict())
            if key:
                take("date", key, match.start(), match.end())
    for match in _LITERAL.finditer(text):
        take("literal", match.group(), match.start(), match.end())
    numbers = [n for n in _numbers(text) if not any(taken[n.start : n.end])]
    position = 0
    while position < len(numbers):
        pair = numbers[position : position + 2]
        merged = len(pair) == 2 and _is_range(text, *pair)
        take(*_quantity(text, pair if merged else pair[:1]))
        position += 2 if merged else 1
    return sorted(found, key=lambda v: v.start)


def _date_key(month: str, year: str | None = None, day: str | None = None) -> str | None:
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    if not 1 <= number <= 12 or (day and not 1 <= int(day) <= 31):
        return None
    return f"{year or '-'}-{number:02}" + (f"-{int(day):02}" if day else "")


def _numbers(text: str) -> list[_Number]:
    found = []
    for match in _DIGITS.finditer(text):
        amount = Decimal(match["digits"].replace(",", "")) * (-1 if match["sign"] else 1)
        scale = (
            _SUFFIXES[(match["glued"] or match["scale"]).lower()] if match["glued"] or match["scale"] else 1
        )
        found.append(_Number(amount * scale, scale, match.start(), match.end()))
    for match in _WORDS.finditer(text):
        found.extend(_spelled_out(match.group(), match.start()))
    return sorted((n for n in found if not _is_pronoun(text, n)), key=lambda n: n.start)


def _is_pronoun(text: str, number: _Number) -> bool:
    """ "One" counts nothing in "no one", "one another", "one of", "the one", "one cannot"."""
    if text[number.start : number.end].lower() != "one":
        return False
    before = text[max(0, number.start - _NEAR) : number.start].lower()
    after = text[number.end : number.end + _NEAR].lower()
    return bool(
        re.search(r"\b(?:no|the|this|that|any|every|each|some|which|as)[ -]$", before)
        or not re.match(r"[ -](?!of\b|another\b|can\b|cannot\b|may\b|might\b|must\b|is\b)\w", after)
    )


def _spelled_out(words: str, offset: int) -> Iterator[_Number]:
    """Number words as numbers: "two hundred and five" is one number, "two and three" are two."""
    total = current = 0
    start = end = -1
    scale = 1
    last = ""
    for match in re.finditer(r"[a-z]+", words.lower()):
        word = match.group()
        if word in ("a", "an"):
            total, current, start, last = 0, 1, match.start(), "a"
            continue
        if word == "and":
            if last == "hundred" or last in _SCALES:
                continue
            last = "and"
            continue
        if word in _SMALL:
            joins = last in ("hundred", *_SCALES) or (last in _TENS and 0 < _SMALL[word] < 10)
            if start >= 0 and not joins:
                yield _Number(Decimal(total + current), scale, offset + start, offset + end)
                total, current, scale, start = 0, 0, 1, match.start()
            elif start < 0:
                start = match.start()
            current += _SMALL[word]
        else:
            if start < 0:
                start, current = match.start(), 1
            if word == "hundred":
                current *= 100
            else:
                scale = _SCALES[word]
                total, current = total + (current or 1) * scale, 0
        last, end = word, match.end()
    if end >= 0:
        yield _Number(Decimal(total + current), scale, offset + start, offset + end)


def _is_range(text: str, low: _Number, high: _Number) -> bool:
    gap = text[low.end : high.start]
    before = text[max(0, low.start - _NEAR) : low.start].lower()
    if gap.strip().lower().endswith("and"):
        return bool(_BETWEEN.fullmatch(gap)) and bool(re.search(r"\bbetween ?[$€£]?$", before))
    return bool(_BETWEEN.fullmatch(gap)) and not re.search(r"\bfrom ?[$€£]?$", before)


def _quantity(text: str, numbers: list[_Number]) -> tuple[Kind, str, int, int]:
    """One number or the two ends of a range, with the unit that stands before or after."""
    start, end = numbers[0].start, numbers[-1].end
    amounts = [n.amount for n in numbers]
    if len(numbers) == 2 and numbers[0].scale == 1 < numbers[1].scale:
        amounts[0] *= numbers[1].scale  # "2 to 3 million"
    key = "..".join(f"{a.normalize():f}" for a in amounts)
    kind: Kind = "range" if len(numbers) == 2 else "number"
    if percent := _PERCENT.match(text, end):
        return "range" if kind == "range" else "percent", f"{key} %", start, percent.end()
    sign = ""
    if before := _SIGN_BEFORE.search(text, max(0, start - _NEAR), start):
        sign, start = _SIGNS[before.group(1).lower()], before.start()
    elif after := _NAME_AFTER.match(text, end):
        name = after.group().strip().lower().removeprefix("us ").removesuffix("s")
        sign, end = _NAMES.get(name) or _SIGNS[name], after.end()
    if sign:
        return "range" if kind == "range" else "money", f"{sign} {key}", start, end
    return kind, key, start, end
