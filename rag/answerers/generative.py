"""Answers that a language model writes: evidence under opaque keys in, verified sentences out.

The model sees a handful of evidence sentences and worked examples, never whole passages: a small one reads
45 to 60 tokens a second on two cores, and given whole passages it refuses a third of what they answer.
Every sentence it writes is kept back until it is whole, then held against the quotes it names
(`rag.checking.support`). What does not stand, or does not tell what was asked (`rag.answerers.telling`), is
replaced by the quote, where the model is a local one. Where the user chose a model elsewhere, the sentence is
shown with what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from index.fulltext import terms
from index.tokens import count_tokens
from rag.answerers.quoting import as_source, merged, needed_before, preceding, quoted
from rag.answerers.telling import tells
from rag.checking.draft import DraftParser, ParsedSentence
from rag.checking.support import SupportVerdict, support
from rag.citations import DraftSentence
from rag.evidence import Evidence, EvidenceSentence
from rag.models.writer import Message, Writer
from rag.prompts import ANSWERING, ANSWERING_EXAMPLES, ASKED, SENTENCE
from rag.question import Question

SENTENCES, TOKENS = 5, 150
"""Evidence shown for a question after one fact, at most: about 2.7 s of reading, median."""
MANY_SENTENCES, MANY_TOKENS = 8, 280
"""Where the question asks for several: lists, comparisons, summaries."""
UNLIKELY = 0.1
"""Where a small model begins with a sentence on a quote that is less likely than this part of the likeliest,
that one is given instead. Of its sentences on 150 SQuAD questions 101 of 115 hold the gold answer where they
rest on the likeliest, below this 4 of 16. So answers hold it in their first sentence of .773 (was .740)."""
_OF_WHAT_IT_READ = re.compile(
    r"^(?:(?:the|these|both) (?:given |provided )?sentences? (?:clearly |explicitly )?"
    r"(?:states?|says?|mentions?|indicates?|tells?|suggests?|shows?|implies|imply)(?: us)? that"
    r"|according to (?:the|these) (?:given |provided )?sentences?,?) ",
    re.IGNORECASE,
)
_KEY_LETTERS = "bcdfghjkmnpqrstvwxyz"
_KEY_DIGITS = "23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """An evidence sentence under the key that the model knows it by."""

    key: str
    sentences: tuple[EvidenceSentence, ...]
    """Several where several articles state the same; the first is shown."""

    @property
    def quote(self) -> str:
        return self.sentences[0].text

    @property
    def context(self) -> tuple[str, ...]:
        """Where pronouns of the quote may point: the sentence before it, the article's title."""
        before = preceding(self.sentences[0])
        title = self.sentences[0].hit.article.title
        return (before.text, title) if before is not None else (title,)


def exhibits(question: Question, evidence: Evidence) -> tuple[Exhibit, ...]:
    """What the model is shown, best first: a small one makes most of what it reads first.

    A sentence whose subject is a pronoun brings along, in front of it, the one that tells whom it means. Keys
    follow from the question and the place, so that they are the same each time, and no article can know
    them when it is written.
    """
    room, most = (MANY_TOKENS, MANY_SENTENCES) if question.asks_for_several else (TOKENS, SENTENCES)
    chosen: list[tuple[EvidenceSentence, ...]] = []
    for group in merged(evidence.sentences):
        before = needed_before(group[0])
        more = [each for each in ((before,) if before else (), group) if each]
        more = [each for each in more if all(each[0].place != known[0].place for known in chosen)]
        room -= sum(count_tokens(each[0].text) for each in more)
        if chosen and (room < 0 or len(chosen) >= most):
            break
        chosen.extend(more)
    keys: list[str] = []
    for group in chosen:
        keys.append(_key(f"{question.text}\0{group[0].place}", taken=keys))
    return tuple(Exhibit(key=key, sentences=group) for key, group in zip(keys, chosen, strict=True))


def _key(seed: str, *, taken: Sequence[str]) -> str:
    digest = int.from_bytes(sha256(seed.encode()).digest()[:8])
    while True:
        digest, first = divmod(digest, len(_KEY_LETTERS))
        rest, digit = divmod(digest, len(_KEY_DIGITS))
        key = _KEY_LETTERS[first] + _KEY_DIGITS[digit] + _KEY_LETTERS[rest % len(_KEY_LETTERS)]
        examples = {known for example in ANSWERING_EXAMPLES for known, _ in example.sentences}
        if key not in taken and key not in examples:
            return key
        digest += 1 + len(_KEY_LETTERS) ** 6


def prompt(question: Question, shown: Sequence[Exhibit]) -> tuple[Message, ...]:
    """The messages: instruction and worked examples, the same for every question, then this one."""
    lines = [(exhibit.key, exhibit.quote) for exhibit in shown]
    return (*INSTRUCTION, {"role": "user", "content": _asked(lines, question.text)})


def _asked(lines: Sequence[tuple[str, str]], question: str) -> str:
    """One line a sentence: an article cannot begin a line of its own, so it cannot forge one."""
    shown = "\n".join(SENTENCE.format(key=key, text=_unforged(text)) for key, text in lines)
    return ASKED.format(sentences=shown, question=" ".join(question.split()))


def _unforged(text: str) -> str:
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def _instruction() -> Iterator[Message]:
    yield {"role": "system", "content": ANSWERING}
    for example in ANSWERING_EXAMPLES:
        yield {"role": "user", "content": _asked(example.sentences, example.question)}
        yield {"role": "assistant", "content": example.reply}


INSTRUCTION: tuple[Message, ...] = tuple(_instruction())
"""What every prompt begins with; a local model reads it once."""


class Verifier:
    """Turns a model's reply into draft sentences that were held against their quotes."""

    def __init__(self, question: Question, shown: Sequence[Exhibit], writer: Writer) -> None:
        self._question = question
        self._shown = {exhibit.key: exhibit for exhibit in shown}
        self._replaces = writer.is_local
        self._parser = DraftParser(self._shown)
        self._cited: set[str] = set()
        """Keys that the answer cites so far; no quote is given twice."""
        self._said: list[str] = []
        self.replaced = 0
        """Sentences that did not stand, in whose place their quote is given."""

    @property
    def dropped(self) -> int:
        """Markers that resolved to nothing."""
        return self._parser.unknown

    def sentences(self, pieces: Iterator[str]) -> Iterator[DraftSentence]:
        """The reply's sentences, each as soon as it is whole and verified."""
        for piece in pieces:
            yield from self._verified(self._parser.feed(piece))
        left = self._parser.finish()
        if self._cited and left and not left[-1].keys and left[-1].text[-1].isalnum():
            left.pop()  # the reply was cut off within it
        yield from self._verified(left)

    def _verified(self, parsed: Sequence[ParsedSentence]) -> Iterator[DraftSentence]:
        for each in parsed:
            sentence = each._replace(text=_to_the_reader(each.text))
            if self._is_said_again(sentence.text):
                continue
            for draft in self._judged(sentence):
                self._said.append(draft.text)
                yield draft

    def _is_said_again(self, text: str) -> bool:
        """Whether it was there before; or says nothing new, of a small model, which may run in circles."""
        if text in self._said:
            return True
        said = " ".join(self._said)
        new = frozenset(terms(text)) - frozenset(terms(said))
        return self._replaces and bool(said) and not new

    def _judged(self, sentence: ParsedSentence) -> Iterator[DraftSentence]:
        keys = sentence.keys
        verdict = self._support(sentence.text, keys)
        if verdict.level == "unsupported" and (better := self._carrying(sentence.text)):
            keys, verdict = better, self._support(sentence.text, better)
        if not keys:
            return
        if verdict.level == "weak" and (wider := self._with_those_before(sentence.text, keys)):
            keys, verdict = wider, self._support(sentence.text, wider)
        if self._replaces and not self._said and (likelier := self._likelier(keys)):
            self.replaced += 1
            yield from self._quotes(likelier)
            return
        if self._replaces and not self._stands(sentence.text, keys, verdict):
            self.replaced += 1
            yield from self._quotes(keys[0])
            return
        keys = self._needed(sentence.text, keys, verdict)
        if self._replaces:
            keys += self._stating_the_same(sentence.text, keys)
        self._cited.update(keys)
        yield DraftSentence(
            text=sentence.text,
            sources=tuple(as_source(each) for key in keys for each in self._shown[key].sentences),
            support=verdict.level,
            reasons=verdict.reasons,
            starts_line=sentence.is_item,
        )

    def _likelier(self, keys: Sequence[str]) -> str:
        """The likeliest exhibit, where a small model rested on others that hardly answer; empty where not."""
        shares = {key: exhibit.sentences[0].share for key, exhibit in self._shown.items()}
        likeliest = max(shares, key=lambda key: shares[key])
        unlikely = max(shares[key] for key in keys) < UNLIKELY * shares[likeliest]
        return likeliest if unlikely and self._question.scope != "comparison" else ""

    def _stands(self, text: str, keys: Sequence[str], verdict: SupportVerdict) -> bool:
        """Whether a small model's sentence is given, and not the quote."""
        exhibits = [self._shown[key] for key in keys]
        return verdict.level == "supported" and tells(
            self._question,
            text,
            [exhibit.quote for exhibit in exhibits],
            [line for exhibit in exhibits for line in exhibit.context],
            " ".join(self._said),
        )

    def _with_those_before(self, text: str, keys: Sequence[str]) -> tuple[str, ...]:
        """The keys and those of the sentences that their pronouns point to, where these carry the rest."""
        wider = list(keys)
        for key in keys:
            before = needed_before(self._shown[key].sentences[0])
            wider.extend(
                other
                for other, exhibit in self._shown.items()
                if before is not None and exhibit.sentences[0].place == before.place and other not in wider
            )
        return tuple(wider) if self._support(text, wider).level == "supported" else ()

    def _stating_the_same(self, text: str, keys: Sequence[str]) -> tuple[str, ...]:
        """Exhibits of other articles that state the same: they are cited, not quoted behind it."""
        articles = {self._shown[key].sentences[0].hit.article.article_id for key in keys}
        answer = self._beyond(text)
        found = []
        for key, exhibit in self._shown.items():
            hit = exhibit.sentences[0].hit
            if hit.article.article_id in articles or not answer <= exhibit.sentences[0].stems:
                continue
            if self._stands(text, [key], self._support(text, [key])):
                found.append(key)
                articles.add(hit.article.article_id)
        return tuple(found)

    def _carrying(self, text: str) -> tuple[str, ...]:
        """The exhibit that fully carries a sentence whose marker the model forgot, or got wrong.

        It has all that the sentence says beyond the question: what half the words carry, many quotes do.
        """
        answer = self._beyond(text)
        having = (key for key, exhibit in self._shown.items() if answer <= exhibit.sentences[0].stems)
        return tuple(key for key in having if self._support(text, [key]).level == "supported")[:1]

    def _beyond(self, text: str) -> frozenset[str]:
        """What a sentence says that the question does not."""
        return frozenset(terms(text)) - frozenset(self._question.stems)

    def _needed(self, text: str, keys: tuple[str, ...], verdict: SupportVerdict) -> tuple[str, ...]:
        """The keys without those that the sentence stands as well without, and that do not carry it alone."""
        kept = list(keys)
        for key in keys:
            others = [other for other in kept if other != key]
            if (
                others
                and self._support(text, [key]).level != "supported"
                and self._support(text, others).level == verdict.level
            ):
                kept = others
        return tuple(kept)

    def _support(self, text: str, keys: Sequence[str]) -> SupportVerdict:
        exhibits = [self._shown[key] for key in keys]
        return support(
            text,
            [exhibit.quote for exhibit in exhibits],
            context=[self._question.text, *(line for exhibit in exhibits for line in exhibit.context)],
            given=self._question.stems,
        )

    def _quotes(self, key: str) -> Iterator[DraftSentence]:
        """An exhibit in its own words, behind the one that its pronoun points to; none is given twice."""
        before = needed_before(self._shown[key].sentences[0])
        for each, exhibit in self._shown.items():
            leads = before is not None and exhibit.sentences[0].place == before.place
            if (each == key or leads) and each not in self._cited:
                self._cited.add(each)
                yield quoted(exhibit.sentences)


def _to_the_reader(text: str) -> str:
    """A sentence without "The sentences state that", of which its reader knows nothing."""
    told = _OF_WHAT_IT_READ.sub("", text)
    return text if told == text else told[:1].upper() + told[1:]
