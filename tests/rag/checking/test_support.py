"""A sentence keeps its citation only when the quote has its numbers, names and polarity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checking.support import support

FERRY = "The ferry will carry 550 passengers, cost 49 million pounds and sail from Oban on 12 June 2026."


@pytest.mark.parametrize(
    "sentence",
    [
        FERRY,
        "It carries 550 passengers.",
        "The ferry costs £49 million.",
        "The ferry costs 49,000,000 pounds.",
        "In June 2026 the ferry will sail from Oban.",
        "The ferry is to sail on June 12, 2026.",
        "From 2026, Oban's ferry carries passengers.",
    ],
)
def test_what_the_quote_says_in_other_forms_is_supported(sentence):
    assert support(sentence, [FERRY]) == ("supported", ())


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("The ferry will carry 560 passengers.", "the quote does not have the number 560"),
        ("The ferry will cost 49 million euros.", "the quote does not have the amount 49 million euros"),
        ("The ferry will sail on 12 July 2026.", "the quote does not have the date 12 July 2026"),
        ("The ferry will carry 550% passengers.", "the quote does not have the percentage 550%"),
        ("The ferry will sail from Mallaig.", "the quote does not have the name Mallaig"),
        ("Mallaig will see the ferry sail to Oban.", "the quote does not have the name Mallaig"),
        ("The ferry will not carry passengers.", "the sentence says “not”, the quote does not"),
        ("The ferry will never sail from Oban.", "the sentence says “never”, the quote does not"),
        ("The ferry failed to carry 550 passengers.", "the sentence says “failed to”, the quote does not"),
        ("Cheap bread fed hungry bakers.", "only 0% of its words are in the quote"),
    ],
)
def test_what_the_quote_does_not_have_is_named(sentence, reason):
    verdict = support(sentence, [FERRY])
    assert verdict.level == "unsupported"
    assert reason in verdict.reasons


@pytest.mark.parametrize(
    ("sentence", "quote", "level"),
    [
        ("The army left.", "The army did not leave.", "unsupported"),
        ("The army left Mali.", "The army refused to leave Mali.", "unsupported"),
        ("Peskov took the money.", "Peskov denied that he took the money.", "unsupported"),
        ("The army is in Mali.", "The army is no longer in Mali.", "unsupported"),
        ("The army didn't leave Mali.", "The army refused to leave Mali.", "supported"),
        ("The army stayed in Mali.", "The army did not go home, but stayed in Mali.", "supported"),
        ("The army left in 2019.", "It was not until 2019 that the army left.", "supported"),
        ("Not only the army left.", "The army left.", "supported"),
        ("He did not refuse the offer.", "He refused the offer.", "unsupported"),
        ("Four men came on 3rd May.", "4 men came on 3 May.", "supported"),
        ("The 19th regiment came.", "The 9th regiment came.", "unsupported"),
        ("The third regiment came.", "The 3rd regiment came.", "supported"),
        ("The G20 met.", "The G7 met.", "unsupported"),
        ("It is between 70 and 80 percent.", "It is 70-80%.", "supported"),
        ("He ruled from 1914 to 1918.", "He ruled 1914–18.", "supported"),
        ("70% of them came.", "70-80% of them came.", "unsupported"),
        ("Russian troops came.", "Troops from Russia came.", "supported"),
        ("Nigerian troops came.", "Troops from Niger came.", "unsupported"),
        ("French troops came.", "Troops came from France.", "supported"),
        ("The UN sent troops.", "The United Nations sent troops.", "supported"),
        ("US troops came.", "Troops of the U.S. came.", "supported"),
        ("Both men came.", "Two men came.", "supported"),
        ("President Aldana came.", "Aldana came.", "supported"),
        ("The 1950's ended.", "The 1950s ended.", "supported"),
        ("Yes.", "He came.", "unsupported"),
        ("", "He came.", "unsupported"),
    ],
)
def test_pairs(sentence, quote, level):
    assert support(sentence, [quote]).level == level


def test_a_name_that_only_the_context_has_is_weak_at_best():
    quote = "He has counted the seals of the bay since 2011."
    sentence = "Idris Cole has counted the seals of the bay since 2011."
    assert support(sentence, [quote]).level == "unsupported"
    verdict = support(sentence, [quote], context=["Idris Cole is a biologist."])
    assert verdict.level == "weak"
    assert verdict.reasons[0] == "the name Idris stands only near the quote"
    assert (
        support(sentence, [quote.replace("He", "Cole")], context=["Idris Cole is one."]).level == "supported"
    )
    assert (
        support(sentence, [quote.replace("He", "Cole")], context=["Idris Elba and Nat Cole."]).level == "weak"
    )


def test_a_number_that_only_the_context_has_is_not_supported():
    verdict = support(
        "The ship carries 40 cars.", ["The ship carries cars."], context=["Which carries 40 cars?"]
    )
    assert verdict.level == "unsupported"


def test_several_quotes_are_read_together():
    quotes = ["The ferry carries 550 passengers.", "It was built in Gdansk."]
    assert support("The ferry, built in Gdansk, carries 550 passengers.", quotes).level == "supported"
    assert support("It carries 60.", quotes).reasons[0] == "the quotes do not have the number 60"


def test_words_of_the_question_prove_little():
    sentence = "The ferry carries passengers and bread."
    assert support(sentence, ["The ferry carries passengers."]).level == "supported"
    asked = {"ferri", "carri", "passeng"}
    assert (
        support("The ferry carries bread, eggs.", ["The ferry carries on."], given=asked).level != "supported"
    )


_SOME_WORDS = "The ferry Oban not never no 550 12 June 2026 sailed , . but ; did carry Cole he denied 4%"
_WORDS = st.lists(st.sampled_from(_SOME_WORDS.split()), min_size=1, max_size=20).map(" ".join)


@given(st.text() | _WORDS)
def test_any_text_has_a_verdict(text):
    assert support(text, [text], context=[text]).level in ("supported", "weak", "unsupported")
    assert support(text, []).level == "unsupported"


@given(_WORDS)
def test_the_quote_itself_is_supported(text):
    assert support(text, [text]).level == "supported" or not any(c.isalnum() for c in text) or _is_stop(text)


def _is_stop(text):
    return set(text.lower().split()) <= {"the", "not", "never", "no", "did", "he", "but", ",", ".", ";"}


@given(_WORDS, st.integers(3, 10**6))
def test_a_new_number_is_never_supported(text, number):
    if str(number) not in text:
        assert support(f"{text} of {number} men", [text]).level == "unsupported"
