from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import load_suite
from evals.metrics.facts import Fact, fact_recall, judge_fact
from evals.metrics.text import tokenize
from index.splitter import split_sentences
from rag.checking.units import UNITS
from rag.checking.values import clean, find_values


@pytest.mark.parametrize(
    ("fact", "answer", "rule"),
    [
        (Fact(text="x y z", regex=r"two\s+MONTHS"), "It took two  months.", "regex"),
        (Fact(text="plane crash"), "Both died in a plane crash.", "alias"),
        (
            Fact(text="plane crash", any_of=("crash of a plane",)),
            "In the crash of the plane, both died.",
            "alias",
        ),
        (Fact(text="four men"), "It was 4 men.", "alias"),
        (Fact(text="does not signify a loss"), "It “doesn’t signify a loss”.", "alias"),
        (Fact(text="70-80% are former members"), "Former members are 70 to 80 percent of it.", "values"),
        (Fact(text="founded in June 2023"), "It was founded on 12 June 2023.", "values"),
        (
            Fact(text="Russia will expand its security role"),
            "The security role that Russia has, it will expand.",
            "recall",
        ),
    ],
)
def test_the_first_rule_that_succeeds_is_named(fact: Fact, answer: str, rule: str) -> None:
    assert judge_fact(fact, answer).rule == rule


@pytest.mark.parametrize(
    ("fact", "answer"),
    [
        ("June 2023", "The mutiny was in June 2024."),
        ("70-80%", "They are 60-80% of it."),
        ("70%", "They are 70-80% of it."),
        ("4", "They are 4% of it."),
        ("5 men", "There were 25 men."),
        ("two months later", "They died three months later."),
        ("two months later", "They died two weeks later."),
        ("it weighs 63 grams", "It weighs 63 kilograms."),
        ("46 km of road", "46 miles of road."),
        ("£2.8 million of damage", "Damage of €2.8 million."),
        ("damage of 1.5 million", "Damage of 1.5 billion."),
        ("12 June 2023", "It was on 12 July 2023."),
        ("12 June 2023", "It was in June 2023."),
        ("Yevgeny Prigozhin led the mutiny", "Sergei Prigozhin led the mutiny."),
        ("Prigozhin led the failed mutiny", "Shoigu led the failed mutiny."),
        ("12 people died in Bamako", "12 people died in Gao."),
        ("Russia will expand its security role", "Russia will not expand its security role."),
        ("Russia will expand its security role", "Russia will never expand the security role it has."),
        ("does not signify a loss of influence", "It signifies a loss of influence."),
        ("the presence is growing", "The presence isn't growing."),
        ("70-80% are former members", "70-80% are not former members."),
        ("Mali and Niger", "Mali."),
        ("mutiny", ""),
        ("mutiny", "   "),
        ("mutiny", "mutinyx"),
    ],
)
def test_one_thing_wrong_and_the_fact_is_missed(fact: str, answer: str) -> None:
    assert not judge_fact(Fact(text=fact), answer).found


def test_names_that_the_question_gave_may_be_left_out() -> None:
    fact = Fact(text="Utkin was killed in a plane crash")
    answer = "He was killed in the crash of his plane."
    assert not judge_fact(fact, answer).found
    assert judge_fact(fact, answer, asked="How did Utkin die?").rule == "recall"


def test_names_alone_state_nothing() -> None:
    fact = Fact(text="the Africa Corps replaces Wagner")
    assert not judge_fact(fact, "Former Wagner men are in the Africa Corps.").found


def test_must_not_comes_before_every_rule() -> None:
    fact = Fact(text="Corps replaces Wagner", regex="replaces", must_not=("Wagner replaces the Corps",))
    verdict = judge_fact(fact, "Corps replaces Wagner, or Wagner replaces Corps.")
    assert (verdict.found, verdict.blocked_by) == (False, "Wagner replaces the Corps")


def test_negation_beyond_the_clause_does_not_count() -> None:
    answer = "It does not signify a loss of influence, but a deeper support for Bamako."
    assert judge_fact(Fact(text="deeper support for Bamako"), answer).found


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("It grew out of a revolt that came to nothing.", True),
        ("They led the revolt without help and with no success.", True),
        ("The revolt did not take place.", False),
        ("There was no revolt.", False),
        ("Nobody led a revolt.", False),
    ],
)
def test_what_stands_behind_a_phrase_denies_it_only_by_its_verb(answer: str, found: bool) -> None:
    assert judge_fact(Fact(text="revolt"), answer).found is found


def test_tokens_far_apart_do_not_add_up() -> None:
    fact = Fact(text="experts expect training of troops")
    assert judge_fact(fact, "Experts were heard. They expect training for the troops.").found
    assert not judge_fact(fact, "Experts were heard. It rained. It snowed. Training is costly.").found


def test_recall_is_the_share_found() -> None:
    facts = [judge_fact(Fact(text=t), "red and green") for t in ("red", "blue")]
    assert fact_recall(facts) == 0.5
    assert fact_recall([]) is None


WORDS = st.lists(st.from_regex(r"[a-z]{4,9}", fullmatch=True), min_size=2, max_size=6).map(" ".join)


@given(WORDS, st.integers(2, 10**6), st.integers(2, 10**6))
def test_a_changed_number_always_flips(words: str, right: int, wrong: int) -> None:
    fact = Fact(text=f"{words} {right} people")
    assert judge_fact(fact, f"It is said: {words} {right} people.").found
    assert judge_fact(fact, f"It is said: {words} {wrong} people.").found == (right == wrong)


def states(answer: str, fact: str) -> bool:
    """Whether an answer states the fact, the value apart in the same words."""
    return judge_fact(
        Fact(text=f"the total reached {fact}"), f"The total reached {answer}, as was said."
    ).found


DAYS = st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31))
PERCENT = st.sampled_from(["%", " %", " percent", " per cent"])
AMOUNTS = st.decimals("0.1", "999.9", places=1)
SCALES = st.sampled_from([("thousand", 3), ("million", 6), ("billion", 9)])


@given(DAYS, DAYS)
def test_a_date_is_stated_in_every_form_and_by_no_other(right: date, other: date) -> None:
    fact = right.isoformat()
    for form in ("{d.day} {m} {d.year}", "{m} {d.day}, {d.year}", "{d.day} {s}. {d.year}"):
        for day in (right, other):
            written = form.format(d=day, m=day.strftime("%B"), s=day.strftime("%b"))
            assert states(written, fact) == (day == right)


@given(DAYS)
def test_a_day_states_its_month_and_a_month_no_day(day: date) -> None:
    month = f"{day.strftime('%B')} {day.year}"
    assert states(f"{day.day} {month}", month)
    assert not states(month, f"{day.day} {month}")


@given(st.integers(0, 10**6), st.integers(0, 10**6), PERCENT, PERCENT)
def test_a_percentage_is_stated_by_its_like_alone(right: int, other: int, one: str, two: str) -> None:
    assert states(f"{other}{two}", f"{right}{one}") == (other == right)
    assert not states(f"{right}", f"{right}{one}")
    assert not states(f"{right}{one}", f"{right}")


@given(st.integers(0, 999), st.integers(1, 999), PERCENT)
def test_a_range_is_stated_by_the_same_range_and_by_neither_end(low: int, more: int, percent: str) -> None:
    high = low + more
    for written in (f"{low}-{high}%", f"{low} to {high} percent", f"between {low} and {high} per cent"):
        assert states(written, f"{low}–{high}{percent}")
    assert not states(f"{low}{percent}", f"{low}–{high}{percent}")
    assert not states(f"{low}–{high}{percent}", f"{high}{percent}")
    assert not states(f"{low}–{high + 1}{percent}", f"{low}–{high}{percent}")


@given(AMOUNTS, SCALES, SCALES)
def test_a_scale_written_out_is_the_same_amount(
    amount: Decimal, scale: tuple[str, int], other: tuple[str, int]
) -> None:
    assert states(f"{amount.scaleb(scale[1]):,f}", f"{amount} {scale[0]}")
    assert states(f"{amount} {other[0]}", f"{amount} {scale[0]}") == (scale == other)


@given(st.integers(2, 99))
def test_a_number_in_words_is_the_number(number: int) -> None:
    assert states(in_words(number), str(number))
    assert states(str(number), in_words(number))
    assert not states(in_words(number), str(number + 100))


def in_words(number: int) -> str:
    """Of a number from 2 to 99."""
    small = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
    ]
    small += ["sixteen", "seventeen", "eighteen", "nineteen"]
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    if number < 20:
        return small[number]
    return tens[number // 10 - 2] + (f"-{small[number % 10]}" if number % 10 else "")


@given(
    st.integers(2, 10**4),
    st.sampled_from(sorted(set(UNITS.values()))),
    st.sampled_from(sorted(set(UNITS.values()))),
)
def test_a_unit_is_part_of_the_value(number: int, right: str, other: str) -> None:
    assert states(f"{number} {other}", f"{number} {right}") == (right == other)


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_a_fact_states_itself(text: str) -> None:
    verdict = judge_fact(Fact(text=text), text)
    if any(t.content for t in tokenize(text)) and not any(t.negates for t in tokenize(text)):
        assert verdict.found


def _right_sentences() -> list[tuple[str, Fact, str, str]]:
    """Each fact of the suite `seeds` with each sentence of its articles that states it."""
    suite = load_suite("seeds")
    assert suite.articles is not None
    sentences = []
    for path in sorted(suite.articles.glob("*.md")):
        body = path.read_text(encoding="utf-8").split("\n---\n", 1)[1]
        sentences += [body[start:end] for start, end in split_sentences(body)]
    return [
        (case.id, fact, case.asked, sentence)
        for case in suite.cases
        for fact in case.facts
        for sentence in sentences
        if judge_fact(fact, sentence, asked=case.asked).found
    ]


def test_changed_values_and_names_in_right_sentences_of_seeds_flip_the_verdict() -> None:
    """A value or new name of the fact is changed wherever the sentence has it; none may go unnoticed."""
    tried, unnoticed = 0, []
    for case_id, fact, asked, sentence in _right_sentences():
        known = {t.text for t in tokenize(asked)}
        wordings = [tokenize(t) for t in (fact.text, *fact.any_of)]
        mutants = []
        wanted = {t.value.key for w in wordings for t in w if t.value}
        cleaned = clean(sentence)
        if wanted:
            changed = cleaned
            for value in reversed(find_values(cleaned)):
                if value.key in wanted:
                    changed = changed[: value.start] + "97" + changed[value.end :]
            mutants.append(changed)
        if not fact.regex:  # a regex may allow several wordings, and so several names
            in_all = set.intersection(*({t.text for t in w if t.name} for w in wordings)) - known
            for name in in_all:
                word = next(
                    (w for w in re.findall(r"\w+", cleaned) if tokenize(w) and tokenize(w)[0].text == name),
                    "",
                )
                if word:
                    mutants.append(re.sub(rf"\b{word}\b", "Xavier", cleaned))
        for mutant in mutants:
            tried += 1
            if judge_fact(fact, mutant, asked=asked).found:
                unnoticed.append((case_id, fact.text, mutant))
    assert tried >= 30
    assert unnoticed == []


def test_a_denied_sentence_of_seeds_no_longer_states_its_fact() -> None:
    """Each right sentence made one clause and denied; a case's own regex is its own affair."""
    tried, unnoticed = 0, []
    for case_id, fact, asked, sentence in _right_sentences():
        clause = re.sub(
            r"[,;:!?()]|\bbut\b|\b(?:al)?though\b|\bwhile\b|\byet\b| - ",
            " ",
            clean(sentence),
            flags=re.IGNORECASE,
        )
        before = judge_fact(fact, clause, asked=asked)
        if before.rule in (None, "regex"):
            continue
        tried += 1
        if judge_fact(fact, f"Never has it been so that {clause}", asked=asked).found:
            unnoticed.append((case_id, fact.text, clause))
    assert tried >= 30
    assert unnoticed == []


@pytest.mark.parametrize(
    ("text", "regex", "answer", "found"),
    [
        (
            "the library is open",
            "is open|open, as it has been",
            "The library is not open, as it has been.",
            False,
        ),
        ("the library is open", "is open|open, as it has been", "The library is open, as it has been.", True),
        ("he survived", "did not die|survived", "He did not die.", True),
        ("he survived", "did not die|survived", "It is not true that he survived.", False),
        ("he survived", "did not die|survived", "Not in May, but in June, he survived.", True),
        ("he survived", "survived", "Nobody survived at first, she said. He survived.", True),
        ("no casualties", "casualt", "There were no casualties.", True),
        ("he survived", "happ|surv", "Unhappily, he survived.", True),
    ],
)
def test_what_a_regex_finds_must_not_be_denied(text: str, regex: str, answer: str, found: bool) -> None:
    verdict = judge_fact(Fact(text=text, regex=regex), answer)
    assert (verdict.rule == "regex") is found
