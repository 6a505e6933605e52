from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import load_suite
from evals.metrics.facts import Fact, fact_recall, judge_fact
from evals.metrics.text import tokenize
from index.splitter import split_sentences
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
