"""What a question asks for: its words and their weights, its names and numbers, the kind of answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, get_args

from index.fulltext import terms
from rag.peoples import other_words
from rag.phrases import meanings_at
from rag.weights import TermWeights

Kind = Literal[
    "money",
    "count",
    "share",
    "duration",
    "year",
    "date",
    "person",
    "role",
    "town",
    "place",
    "cause",
    "reason",
    "manner",
    "yes_no",
    "thing",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

Scope = Literal["fact", "list", "comparison", "summary"]
"""How much an answer takes: one fact, several alike, one of each side, the gist."""
_SCOPE_FORMS: tuple[tuple[Scope, str], ...] = (
    (
        "comparison",
        r"\b(?:compar(?:e|es|ed|ing|ison)|differ(?:s|ed|ent|ence|ences)?|contrast|versus|vs"
        r"|both articles|each article)\b",
    ),
    (
        "summary",
        r"\b(?:summari[sz]e|summary|sum up|overview|gist|in short|main points?|key points?|describe|explain"
        r"|tell me (?:all |more )?about|what (?:do|does) (?:the |these |my )?articles? say"
        r"|what happened)\b",
    ),
    (
        "list",
        r"\b(?:list|name (?:all|every|the|some|two|three|four|five)|all (?:the|of)|who (?:are|were)"
        r"|which (?:two|three|four|five|countries|people|companies|places|groups|states|nations|cities"
        r"|towns|teams|men|women)|what (?:are|were) (?:the|some|all)|examples? of|what kinds|what sorts"
        r"|reasons|ways)\b",
    ),
)
_SCOPES = tuple((scope, re.compile(pattern, re.IGNORECASE)) for scope, pattern in _SCOPE_FORMS)

_ASKING = re.compile(
    r"\W*(?:please )?(?:(?:what|how much) (?:do|does|did) (?:(?:the|these|this|my|our|your|any|all) )*"
    r"(?:articles?|library|sources?|reports?|texts?|papers?|news) "
    r"(?:say|tell|report|know|have|write|mention)(?: (?:me|us))?"
    r"|(?:tell|show|give) (?:me|us)(?: (?:all|more|something|everything|what you know))?)"
    r" (?:about|of|on)\b",
    re.IGNORECASE,
)
"""What only puts a question: no article need have the words of "What do the articles say about …?"."""

_A = r"(?:what|which) (?:\w+ )?"
_ROLES = (
    r"(?:author|boss|brother|captain|chair(?:man|woman|person)?|chief|co-?founder|coach|commander|daughter|director"
    r"|doctor|editor|father|founder|general|governor|head|husband|judge|king|lawyer|leader|manager|mayor|minister"
    r"|mother|officer|owner|pilot|president|queen|secretary|sister|son|spokes(?:man|woman|person)|successor|victim"
    r"|wife|winner|writer)s?"
)
ROLE = re.compile(rf"\b{_ROLES}\b", re.IGNORECASE)
_FORMS: tuple[tuple[Kind, str], ...] = (
    (
        "money",
        r"\bhow much\b.*\b(?:paid|pays?|costs?|earn(?:s|ed)?|spen[dt]|worth|charged?"
        r"|invest(?:s|ed)?|donated?|sold|money)\b"
        r"|\bhow much (?:is|are|was|were) (?:an?\b|(?:the )?(?:\w+ )?(?:tickets?|fares?|fees?|rent|toll"
        r"|admission|entry)\b)"
        r"|\bhow many (?:\w+ of )?(?:dollars|euros|pounds|roubles|rubles|francs)\b"
        r"|\bwhat (?:is|was|were|are) the (?:\w+ )?(?:price|cost|salary|salaries|budget|fee|fine)\b",
    ),
    (
        "share",
        rf"\b{_A}(?:percent|percentage|proportion|share|fraction|portion)\b"
        r"|\bhow (?:many|much) of\b|\bwhat (?:is|was|were|are) the (?:percentage|proportion|share)\b",
    ),
    (
        "count",
        rf"\bhow (?:many|much|old|far|tall|high|fast|deep|wide|heavy|often)\b|\b{_A}(?:number|amount)\b"
        r"|\bwhat (?:is|was|were|are) the (?:\w+ )?(?:population|number|total|toll|sum)\b",
    ),
    ("duration", r"\bhow (?:long|soon|late|early)\b|\bfor how\b"),
    ("year", rf"\b{_A}year\b"),
    (
        "date",
        r"^\W*(?:\w+ )?when\b(?!.*, (?:what|who|which|how|where)\b)"
        rf"|\bhow recently\b|\b{_A}(?:century|decade|month|day|date|time|era|period)\b",
    ),
    ("role", rf"\bwhat (?:is|was|are|were) the names? of (?:\S+ ){{0,4}}?{_ROLES}\b"),
    ("person", r"\bwho(?:m|se)?\b"),
    ("town", rf"\b{_A}(?:city|cities|towns?|villages?)\b"),
    (
        "place",
        rf"\bwhere\b|\b{_A}(?:country|countries|places?|states?|regions?|locations?|nations?"
        r"|continents?|rivers?|provinces?|areas?|capital)\b",
    ),
    ("cause", r"\bwhat (?:caused|led to)\b|\bwhat (?:is|was|were|are) the causes?\b"),
    (
        "reason",
        r"\bwhy\b|\bhow come\b|\bfor what\b|\bwhat (?:is|was|were|are) the (?:reasons?|purpose)\b",
    ),
    ("manner", r"\bhow\b"),
    ("thing", r"\b(?:what|which)\b"),
    ("yes_no", r"^\W*(?:is|are|was|were|did|do|does|has|have|had|can|could|will|would|should|must)\b"),
)
_KIND_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _FORMS)

WORD = re.compile(r"[^\W_]+")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LONGEST_ACRONYM = 4
"""Acronyms are often the asker's own: "SP" for the Scottish Parliament."""
_QUANTITY_WORDS = frozenset(["many", "much"])
_UNCOUNTED = frozenset(["can", "could", "more", "time", "times"])
"""Not what is counted, though they stand where it stands."""
_SHORTEST_ROOT = 4
_LONGEST_ENDING = 3
ASKING_WORDS = frozenset(["what", "who", "whom", "whose", "when", "where", "which", "why", "how"])

_TOKEN = re.compile(r"[\w’'-]+")
_JOINERS = frozenset(["of", "de", "von", "van", "al", "bin", "der", "the", "da", "du", "la"])
_OPENERS = re.compile(
    r"^(?:what|who|whom|whose|when|where|which|why|how|in|on|at|is|are|was|were|did|do|does|has|have|had|can|could"
    r"|will|would|should|the|a|an|to|by|for|from|of|under|with|along|about|after|before|during|since|until|tell"
    r"|it|its|he|his|she|her|they|their|we|our|you|your|this|that|these|those|there|both|each|all|some|many|most"
    r"|any|anything|anyone|something|nothing|however|yet|while|although|though|because|then|now|here|not|no|one"
    r"|name|list|give|describe|explain|according|and|but|so|or|if|as|i|please|show|find|summari[sz]e|compare)$",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:how (?:many|much)|number of|(?:share|percentage|proportion|part|fraction) of)\s+(.*)", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionWord:
    """One content word of a question."""

    text: str
    stem: str
    start: int
    end: int
    weight: float
    """Rarity in the library (inverse document frequency), above 0."""
    is_name: bool
    is_known: bool
    """Whether the library has the word at all, or one that it derives from: `Mali` for `Malian`."""
    also: frozenset[str]
    """Stems that say the same: of a country its people, of an expression the one word for it."""

    def is_among(self, stems: AbstractSet[str]) -> bool:
        """Whether the word, or one that says the same, is there."""
        return self.stem in stems or not self.also.isdisjoint(stems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, analysed."""

    text: str
    kind: Kind
    words: tuple[QuestionWord, ...]
    """Content words in order; stop words are left out."""
    names: tuple[str, ...]
    """Proper names, as far as capital letters tell."""
    numbers: frozenset[str]
    unknown_names: tuple[str, ...]
    """Names of which the library has no word, nor one spelt nearly so."""
    unknown_numbers: tuple[str, ...]
    """Numbers of two digits and more that no article has."""
    measured_text: str
    """What is counted: `fighters` in "how many fighters"; empty when nothing is."""
    measured: frozenset[str]
    """Its stems."""
    library_chunks: int
    """Size of the library that it is asked of."""

    @property
    def scope(self) -> Scope:
        """How much an answer takes."""
        return next((scope for scope, pattern in _SCOPES if pattern.search(self.text)), "fact")

    @property
    def asks_for_several(self) -> bool:
        """Whether one sentence will hardly do."""
        return self.scope != "fact"

    @property
    def stems(self) -> tuple[str, ...]:
        """Distinct stems of the content words, in order."""
        return tuple(dict.fromkeys(word.stem for word in self.words))


def analyse(text: str, weights: TermWeights) -> Question:
    """The question in parts, its words weighed by their rarity in a library."""
    names = find_names(text)
    in_names = {word for name in names for word in WORD.findall(name)}
    expressions = meanings_at(text)
    words = []
    asking = _ASKING.match(text)
    for match in WORD.finditer(text, asking.end() if asking else 0):
        stems = terms(match.group())
        if not stems or match.group().lower() in _QUANTITY_WORDS:
            continue
        known = _is_known(stems[0], weights)
        opens = not text[: match.start()].strip()
        is_name = match.group() in in_names and (known or not opens)
        also = other_words(stems[0]) if is_name else frozenset[str]()
        words.append(
            QuestionWord(
                text=match.group(),
                stem=stems[0],
                start=match.start(),
                end=match.end(),
                weight=weights(stems[0]),
                is_name=is_name,
                is_known=known,
                also=also.union(*(m for start, end, m in expressions if start <= match.start() < end)),
            )
        )
    measured = _measured(text) if kind_of(text) in ("count", "share") else ""
    return Question(
        text=text,
        kind=kind_of(text),
        words=tuple(words),
        names=tuple(names),
        numbers=frozenset(NUMBER.findall(text)),
        unknown_names=tuple(name for name in names if _is_unknown_name(name, words, weights)),
        unknown_numbers=tuple(
            word.text for word in words if len(word.text) > 1 and word.text.isdigit() and not word.is_known
        ),
        measured_text=measured,
        measured=frozenset(terms(measured)),
        library_chunks=weights.chunks,
    )


def _measured(text: str) -> str:
    """The words between "how many" and the verb, as far as stop words tell: at most two content words."""
    found = _MEASURED.search(text)
    taken: list[str] = []
    for word in WORD.findall(found.group(1)) if found else []:
        if not terms(word) or word.lower() in _UNCOUNTED:
            if taken:
                break
            continue
        taken.append(word)
        if len(taken) == 2:
            break
    return " ".join(taken)


def _is_unknown_name(name: str, words: Sequence[QuestionWord], weights: TermWeights) -> bool:
    parts = [word for word in words if word.is_name and word.text in WORD.findall(name)]
    if not parts or any(word.is_known for word in parts):
        return False
    return not any(
        word.text.isdigit()
        or (word.text.isupper() and len(word.text) <= _LONGEST_ACRONYM)
        or weights.knows_nearly(word.stem)
        for word in parts
    )


def _is_known(stem: str, weights: TermWeights) -> bool:
    """Whether the library has the stem, its root, or the name of a country for that of its people.

    A decade may be written `1950s` on one side and `1950's` on the other.
    """
    shortest = max(_SHORTEST_ROOT, len(stem) - _LONGEST_ENDING)
    roots = [stem, *(stem[:length] for length in range(len(stem) - 1, shortest - 1, -1))]
    return any(weights.knows(each) for each in [*roots, stem.removesuffix("ish"), *other_words(stem)])


def kind_of(text: str) -> Kind:
    """The kind of answer asked for, by its asking words.

    >>> kind_of("How many fighters stayed?"), kind_of("Who led it?"), kind_of("Did it rain?")
    ('count', 'person', 'yes_no')
    """
    lowered = text.lower()
    return next((kind for kind, pattern in _KIND_PATTERNS if pattern.search(lowered)), "thing")


def find_names(text: str) -> list[str]:
    """Proper names by their capital letters; the capital that only opens a sentence is passed over.

    >>> find_names("When did the Central African Republic ask Dmitry Peskov?")
    ['Central African Republic', 'Dmitry Peskov']
    """
    names: list[str] = []
    parts: list[str] = []
    end = 0
    for match in (*_TOKEN.finditer(text), None):
        if match is not None:
            word = match.group()
            joined = not parts or text[end : match.start()].isspace()
            if joined and (word[0].isupper() or (parts and word in _JOINERS)):
                parts.append(word)
                end = match.end()
                continue
        while parts and (_OPENERS.match(parts[0]) or parts[0] in _JOINERS):
            parts = parts[1:]
        while parts and parts[-1] in _JOINERS:
            parts = parts[:-1]
        if parts:
            names.append(_without_possessive(" ".join(parts)))
        starts_anew = match is not None and match.group()[0].isupper()
        parts, end = ([match.group()], match.end()) if match is not None and starts_anew else ([], 0)
    return names


def _without_possessive(name: str) -> str:
    return re.sub(r"[’']s?$", "", name)
