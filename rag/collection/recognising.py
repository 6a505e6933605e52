"""Which questions are about the collection itself; what the articles say is left to retrieval.

A question is taken only when every word of it has its place in one of these forms: what is asked of the
articles (`_HEADS`), then clauses that say which ones. One word that fits nowhere, and it is a question like
any other: "How many articles does the treaty have?" is about a treaty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.answer import Turn
from rag.collection.periods import read_period
from rag.collection.query import CollectionQuery, Wanted

IsSource = Callable[[str], bool]
"""Whether the library has a publisher or an author of this name."""

_I = r"(?:i|we|you)"
_ALL = r"(?:(?:all|of|the|my|our|your|these|those|this|different|news|other|available)\s)*"
_PLURAL = r"(?:articles|stories|documents|texts)"
_ARTICLES = rf"{_ALL}articles"
_HERE = (
    r"(?:in|of)\s(?:the|my|our|your|this)\s(?:library|collection|archive|catalogue|catalog)"
    r"|(?:in\s)?here|altogether|in\stotal|all\sin\sall|right\snow|so\sfar"
)
_THING = r"(?:articles?|(?:news\s)?stor(?:y|ies))"
_NEWEST = r"(?:newest|latest|most\srecent)"

_HEADS: tuple[tuple[tuple[Wanted, ...], str], ...] = (
    (("count",), rf"(?:in\s|from\s)?how\smany\s(?:of\s)?{_ARTICLES}"),
    (("count",), rf"what(?:\sis|'s)\sthe\s(?:total\s)?number\sof\s{_ARTICLES}|count\s{_ARTICLES}"),
    (("list",), rf"(?:in\s)?(?:which|what)\s{_ARTICLES}"),
    (
        ("list",),
        r"(?:in\s)?which\s(?:of\s(?:the|my|these)\s)?articles?(?=\s(?:mention|talk|refer|is\sabout))",
    ),
    (
        ("list",),
        rf"(?:list|show(?:\sme)?|give\sme|find(?:\sme)?)\s(?:a\slist\sof\s|the\stitles\sof\s|every\s)?{_ARTICLES}",
    ),
    (("list",), rf"(?:do|does)\s(?:any\s(?:of\s)?|some\sof\s){_ALL}articles?"),
    (("list",), r"(?:is|are)\sthere\s(?:any|an)\sarticles?"),
    (("list",), rf"(?:have|do)\s{_I}\s(?:have\s|got\s)?(?:any\s{_PLURAL}|an\sarticle|anything)(?=\s\w)"),
    (("list",), rf"what(?:\s{_PLURAL})?\s(?:do|have)\si\s(?:have|got)"),
    (
        ("list",),
        rf"what(?:\s{_PLURAL})?\s(?:do|have)\s(?:we|you)\s(?:have|got)(?=\s(?:on|about|regarding)\s)",
    ),
    (("newest",), rf"(?:what|which)(?:\sis|\sare|'s)\s(?:the|my|our|your)\s{_NEWEST}\s{_THING}"),
    (("newest",), rf"(?:show\sme|give\sme|find|open)\s(?:the|my|our|your)\s{_NEWEST}\s{_THING}"),
    (
        ("newest",),
        rf"(?:what(?:\sis|'s)\s)?(?:the\s|my\s)?{_NEWEST}(?:\s(?:news|{_THING}))?(?=\s(?:on|about|from|by)\s)",
    ),
    (("newest",), r"what(?:\sis|'s)\snew(?=$|\s(?:on|about|from)\s)"),
    (
        ("list",),
        rf"(?:(?:is|are)\sthere\s|(?:have|do)\s{_I}\s(?:have|got)\s)?(?:any\s|the\s)?(?:recent\s)?news"
        r"(?=\s(?:on|about|from|since)\s)",
    ),
    (("list",), rf"{_ALL}articles(?=\s(?:by|from|about|on|mentioning|published)\s)"),
    (("list",), r"(?:show\sme\s|list\s|give\sme\s)?(?:everything|anything)(?=\s(?:by|from)\s)"),
    (("oldest",), r"(?:what|which)(?:\sis|\sare|'s)\s(?:the|my|our|your)\s(?:oldest|earliest)\sarticles?"),
    (
        ("publishers",),
        r"(?:which|what|how\smany|list(?:\sall)?(?:\sthe|\smy)?|show\sme(?:\sall)?(?:\sthe|\smy)?)"
        r"\s(?:different\s)?publishers(?=$|\s(?:do|are|have)\s)",
    ),
    (
        ("publishers",),
        r"(?:which|what|how\smany)\s(?:different\s)?(?:newspapers|outlets|news\soutlets|publications|sources|papers)"
        rf"(?=\s(?:do|have)\s{_I}\s(?:have|got)(?:\s(?:articles\sfrom|{_HERE}))?$)",
    ),
    (("publishers",), rf"(?:where|who)\s(?:are|is)\s(?:the|my|our|these|all)\s{_ARTICLES}\s(?:from|by)$"),
    (("authors",), r"(?:who|which\sauthors?)\s(?:wrote|has\swritten|have\swritten|writes)(?=\sabout\s)"),
    (("authors",), rf"(?:who|which\sauthors?)\swrote\s(?:the|my|these)\s{_ARTICLES}"),
    (("authors",), r"(?:which|what|how\smany)\sauthors(?=\s(?:do|have|are)\s)"),
    (("period",), rf"(?:from|since)\swhen\s(?:to\swhen\s)?(?:are|do|were)\s{_ARTICLES}"),
    (
        ("period",),
        r"(?:what|which)\s(?:period|time\sspan|dates|years)\s(?:do|does|are)\s"
        rf"(?:the|my|our|these)\s{_ARTICLES}(?=\scover)",
    ),
    (("period",), rf"when\swere\s(?:the|my|our|these)\s{_ARTICLES}(?=.*\spublished$)"),
)
_MENTION = (
    r"(?:mention(?:s|ed|ing)?|(?:talk|write|speak)(?:s|ing)?\s(?:about|of)|(?:is|are)\sabout|about|regarding"
    r"|concerning|on|refer(?:s|ring)?\sto|deal(?:s|ing)?\swith|discuss(?:es|ing)?|report(?:s|ing)?\son"
    r"|name(?:s)?|contain(?:s|ing)?\sthe\s(?:words?|phrase|name|term))"
)
_MENTIONED = re.compile(
    r"(?:is|are|was|were)\s(?P<what>.+?)\s(?:mentioned|named|discussed|talked\sabout)", re.IGNORECASE
)
_RELATIVE = r"(?:that|which)"
_FILLER = re.compile(
    rf"(?:are\sthere|(?:do|have)\s{_I}\s(?:have|got)|exist|cover(?:ed)?$|(?:articles\s)?from$"
    rf"|(?:(?:{_RELATIVE}\s)?(?:is|are)\s)?(?:{_HERE}))(?=\s|$)\s*",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    rf"\s(?:{_HERE}|(?:do|have)\s{_I}\s(?:have|got)|are\sthere|(?:were\s)?published)$", re.IGNORECASE
)
_CLAUSE = re.compile(rf"(?:{_RELATIVE}\s|also\s)*(?P<verb>{_MENTION})\s+(?P<what>.+)", re.IGNORECASE)
_PUBLISHED = re.compile(
    rf"(?:{_RELATIVE}\s)?(?:(?:is|are|was|were)\s)?(?:(?:published|written|issued|dated)\s)?", re.IGNORECASE
)
_SOURCE = re.compile(r"(?:from|by|in|of)\s+(.+)", re.IGNORECASE)
_UNKNOWN_SOURCE = re.compile(r"(?:from|From)(?:\s[Tt]he)?(?:\s[A-Z][\w.'’-]*){1,4}")
"""A name that may be a publisher which the library does not have."""
_SPLIT = re.compile(
    rf"\s(?=(?:(?:(?:{_RELATIVE}\s)?(?:is|are|was|were)\s)?(?:published|written|issued|dated)\s)?"
    r"(?:from|by|in|on|since|after|before|until|between|during)\s)",
    re.IGNORECASE,
)
_THEN_MENTION = re.compile(rf"\s(?=(?:{_RELATIVE}\s)?{_MENTION}\s)", re.IGNORECASE)
_NO_TOPIC = re.compile(
    r"\b(?:am|is|are|was|were|be|been|being|did|does|do|has|have|had|will|would|could|can|should|may|might|must"
    r"|that|which|who|whom|whose|what|when|where|why|how|if|whether|than|most|least|more|fewer"
    r"|i|me|my|you|your|we|us|our|he|him|his|she|her|it|its|they|them|their|this|these|those|there|each|both\sof|best|worst|(?:high|low|larg|bigg|small|great|old|new|young|late|earli|long|short)est"
    r"|(?:number|amount|percentage|share|names?|dates?|year|causes?|reasons?|price|cost|size|age|length)\s(?:of|for))\b",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    r"what(?:\s(?:has|else))?\shappened(?:\s(?:in|to|at|with|around)\s(?P<what>.+?))?"
    r"\s(?P<when>(?:after|since|before|until|between|from)\s.+)",
    re.IGNORECASE,
)
"""What happened *in* a month is what the articles say of that month."""
_WHOLE_LIST = re.compile(r"(?:list|show|what\s(?:do|have)\si)\b", re.IGNORECASE)
_NO_NEWS = re.compile(
    r"on\s(?:the\s)?(?:record|market|earth|planet|list|sale|offer|display|show|menu|board|team|block|scene|road"
    r"|charts?|throne|map)\b",
    re.IGNORECASE,
)
_LONGEST_TOPIC = 8
"""Words; what is longer is a statement, not a topic."""
_LONGEST_FOLLOW_UP = 20
_MOST_CLAUSES = 8
"""Every way to part them is tried, and each one more doubles the ways."""

_ALSO: tuple[tuple[Wanted, str], ...] = (
    ("list", r"which(?:\sones?|\sarticles|\sare\s(?:they|these|those))?|what\sare\sthey|list\sthem"),
    ("list", r"show\s(?:me\s)?(?:them|those)(?:\sto\sme)?|name\sthem|what\sare\s(?:their|the)\stitles"),
    ("period", r"from\swhen(?:\sto\swhen|\still\swhen|\suntil\swhen)?(?:\sare\sthey|\swere\sthey)?"),
    ("period", r"when\s(?:are\sthey\sfrom|were\sthey\s(?:published|written))|since\swhen"),
    ("count", r"how\smany(?:\sare\s(?:they|there|those)|\sof\sthem(?:\sare\sthere)?)?"),
    (
        "newest",
        rf"(?:(?:which|what)(?:\s(?:one\s)?is|'s)\s)?the\s{_NEWEST}(?:\sone|\sof\s(?:them|these|those))?",
    ),
    (
        "oldest",
        r"(?:(?:which|what)(?:\s(?:one\s)?is|'s)\s)?the\s(?:oldest|earliest)(?:\sone|\sof\s(?:them|these|those))?",
    ),
    (
        "publishers",
        r"who\spublished\s(?:them|those)|(?:which|what)\spublishers|(?:who|where)\sare\sthey\sfrom|from\swhom",
    ),
    ("authors", r"who\s(?:wrote\s(?:them|those)|are\sthe(?:ir)?\sauthors)|by\swhom"),
)
_NARROWED: tuple[tuple[Wanted, str], ...] = (
    ("count", r"how\smany\sof\s(?:them|these|those)"),
    (
        "list",
        r"(?:which|what)\s(?:ones\s|of\s(?:them|these|those)|are(?=\s(?:from|by|since|before|after)\s))",
    ),
    ("list", r"only\s(?:the\sones|those)|(?:do|does)\sany\sof\s(?:them|these|those)"),
)
_CHANGED = re.compile(r"(?:what|how)\sabout\s(?P<what>.+)", re.IGNORECASE)
_ANOTHER = re.compile(
    r"(?i:and)\s(?P<what>(?:the\s)?[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){0,3}|the(?:\s\w+){1,3}|[\"“«].+[\"”»])"
)
"""Something else of which the same is asked: "and Mali?"."""
_CHANGED_CLAUSE = re.compile(
    r"(?:and\s)?(?P<what>(?:about|from|by|since|before|after|in)\s.+)", re.IGNORECASE
)

_POLITE = re.compile(
    r"^(?:(?:please|ok(?:ay)?|so|and|now|then|hi|hello)\b[,\s]*)+"
    r"|^(?:(?:can|could|would)\syou\s(?:please\s)?)(?=(?:list|show|give|find|count|tell)\b)"
    r"|^tell\sme,?\s(?=(?:how|which|what|who|from|when)\b)|(?:,?\s(?:please|then|exactly))+$",
    re.IGNORECASE,
)
_CONTINUES = re.compile(r"(?:,\s*(?:and\s)?|;\s*(?:and\s)?|\sand\s|\?\s*(?:and\s)?)", re.IGNORECASE)


def recognise(question: str, is_source: IsSource) -> CollectionQuery | None:
    """The query that a question about the collection makes; None for any other question.

    Args:
        question: Standing alone.
        is_source: Asked of what follows "from" and "by", only once the rest has been recognised.
    """
    text = _tidied(question)
    if len(_SPLIT.findall(text)) + len(_THEN_MENTION.findall(text)) > _MOST_CLAUSES:
        return None
    query = _recognised(text, is_source)
    if query is not None:
        return query
    for joint in reversed(
        list(_CONTINUES.finditer(text))
    ):  # "how many …, and which ones, from when to when?"
        also = _also(text[joint.end() :])
        first = recognise(text[: joint.start()], is_source) if also else None
        if also and first is not None:
            return replace(first, wanted=_united(first.wanted, also))
    return None


def recognise_in(question: str, history: Sequence[Turn], is_source: IsSource) -> CollectionQuery | None:
    """As `recognise`, for a question of a conversation: "which ones?" goes on from such a question."""
    before: CollectionQuery | None = None
    for asked in (*(turn.question for turn in history), question):
        found = _followed(asked, before, is_source) if before is not None else None
        before = found or recognise(asked, is_source)
    return before


def _followed(question: str, before: CollectionQuery, is_source: IsSource) -> CollectionQuery | None:
    text = _tidied(question)
    if len(text.split()) > _LONGEST_FOLLOW_UP:
        return None
    if wanted := _also(text):
        return replace(before, wanted=wanted)
    for asked, head in _NARROWED:
        if found := re.match(rf"(?:{head})\s+", text, re.IGNORECASE):
            named = _clauses(text[found.end() :], (asked,), is_source)
            return _narrowed(before, named) if named else None
    changed = _CHANGED.fullmatch(text) or _ANOTHER.fullmatch(" ".join(question.split()).rstrip("?!. "))
    if changed and (topic := _topic(changed["what"])):
        return replace(before, mentions=(topic,))
    clause = _CHANGED_CLAUSE.fullmatch(text)
    named = _clauses(clause["what"], before.wanted, is_source) if clause else None
    return (
        _narrowed(replace(before, mentions=() if named.mentions else before.mentions), named)
        if named
        else None
    )


def _narrowed(before: CollectionQuery, named: CollectionQuery) -> CollectionQuery:
    return CollectionQuery(
        wanted=named.wanted,
        mentions=tuple(dict.fromkeys((*before.mentions, *named.mentions))),
        source=named.source or before.source,
        period=named.period or before.period,
    )


def _also(text: str) -> tuple[Wanted, ...]:
    """What is wanted of articles already named: "which ones, from when to when"; empty for anything else."""
    wanted: tuple[Wanted, ...] = ()
    for part in _CONTINUES.split(_tidied(text)):
        found = next((w for w, form in _ALSO if re.fullmatch(form, part.strip(), re.IGNORECASE)), None)
        if found is None:
            return ()
        wanted = _united(wanted, (found,))
    return wanted


def _united(first: tuple[Wanted, ...], second: tuple[Wanted, ...]) -> tuple[Wanted, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _happened(text: str) -> CollectionQuery | None:
    """The articles of the time that is asked about: "what happened in Mali after March 2024"."""
    asked = _HAPPENED.fullmatch(text)
    period = read_period(asked["when"]) if asked else None
    if not asked or not period:
        return None
    topic = _topic(asked["what"]) if asked["what"] else ""
    if asked["what"] and not topic:
        return None
    mentions = (topic,) if topic else ()
    return CollectionQuery(wanted=("list",), mentions=mentions, period=period, of_events=True)


def _recognised(text: str, is_source: IsSource) -> CollectionQuery | None:
    if (query := _happened(text)) is not None:
        return query
    for wanted, head in _HEADS:
        if found := re.match(rf"(?:{head})(?=\s|$)", text, re.IGNORECASE):
            rest = text[found.end() :].strip()
            if wanted == ("newest",) and _NO_NEWS.match(rest):
                continue
            if not rest and wanted == ("list",) and not _WHOLE_LIST.match(text):
                continue
            if (query := _clauses(rest, wanted, is_source)) is not None:
                return query
    return None


def _clauses(rest: str, wanted: tuple[Wanted, ...], is_source: IsSource) -> CollectionQuery | None:
    """The query whose articles `rest` describes; None when a word of it has no place."""
    query = CollectionQuery(wanted=wanted)
    while rest:
        if passive := _MENTIONED.fullmatch(rest):
            topic = _topic(passive["what"])
            return replace(query, mentions=(*query.mentions, topic)) if topic else None
        if described := _described(query, rest, is_source):
            return described
        if filler := _FILLER.match(rest):
            rest = rest[filler.end() :].strip()
            continue
        return None
    return query


def _described(
    query: CollectionQuery, text: str, is_source: IsSource, *, topics: bool = True
) -> CollectionQuery | None:
    """The query with all of `text` as one topic, period or source, what stands behind a topic included."""
    plain = _PUBLISHED.sub("", text, count=1)
    if period := read_period(plain):
        return replace(query, period=period)
    source = _SOURCE.fullmatch(plain)
    if source and not _NO_TOPIC.search(source[1]) and is_source(_unquoted(source[1])):
        return replace(query, source=_unquoted(source[1]))
    if trailing := _TRAILING.search(text):
        return _described(query, text[: trailing.start()], is_source, topics=topics)
    for cut in _SPLIT.finditer(text):
        behind = _described(query, text[cut.end() :], is_source, topics=False)
        if behind is not None:
            return _described(behind, text[: cut.start()], is_source, topics=topics)
    for cut in _THEN_MENTION.finditer(text) if topics else ():
        before = _described(query, text[: cut.start()], is_source, topics=False)
        if before is not None:
            return _described(before, text[cut.end() :], is_source)
    if topics and (clause := _CLAUSE.fullmatch(text)) and (topic := _topic(clause["what"])):
        return replace(query, mentions=(*query.mentions, topic))
    if topics and query == CollectionQuery(wanted=query.wanted) and _UNKNOWN_SOURCE.fullmatch(text):
        return replace(query, source=_unquoted(text.partition(" ")[2]))
    return None


def _topic(text: str) -> str:
    """A topic as it was asked, without what is said around it; empty when it is none."""
    text = re.sub(r"^(?:both|also|the\s(?:name|words?|phrase|term))\s(?!of\s|for\s)", "", text.strip())
    if re.fullmatch(r"[\"“'‘«].+[\"”'’»]", text):
        return text
    words = text.split()
    longest = len(words) > _LONGEST_TOPIC
    shouted = " ".join(w for w in words if not (w.isupper() and len(w) > 1))  # WHO, IT, US
    return "" if not words or longest or _NO_TOPIC.search(shouted) or "?" in text else text


def _unquoted(text: str) -> str:
    return text.strip("\"“”'‘’«» ")


def _tidied(question: str) -> str:
    """On one line, without politeness and closing punctuation."""
    text = " ".join(question.split()).rstrip("?!. ").replace("What’s", "What's").replace("what’s", "what's")
    while (shorter := _POLITE.sub("", text).strip()) != text:
        text = shorter
    return text
