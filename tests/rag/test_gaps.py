"""What plainly is not there is told; what may be there is let through."""

from datetime import date

import pytest

from rag.gaps import WeighedText, gaps
from rag.question import analyse
from rag.weights import TermWeights

WORDS = {"ferri", "port", "ellen", "morag", "bain", "passeng", "crew", "ship", "2026", "pound"}
WEIGHTS = TermWeights(lambda stem: int(stem in WORDS), lambda stem: stem == "elen", chunks=10)


def missing(question, *texts):
    return gaps(analyse(question, WEIGHTS), [WeighedText(text, 1 / len(texts)) for text in texts])


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("What did Idris Cole say of the ferry?", "The ferry is late.", "No article mentions “Idris Cole”."),
        ("Was the ferry late in 2021?", "The ferry is late.", "No article has the number 2021."),
        (
            "How many crew does the ferry have?",
            "The ferry, built at a yard that has made ships for the isles for long, has 12 cabins.",
            "The closest sentences do not state a number of “crew”.",
        ),
        ("How much did the ferry cost?", "The ferry is late.", "The closest sentences do not state a sum."),
        (
            "Which junior minister spoke of the ferry?",
            "Ferries from the United Kingdom and Equatorial Guinea are of concern.",
            "The closest sentences do not state a name.",
        ),
        (
            "In which year was it ordered?",
            "It was ordered in May.",
            "The closest sentences do not state a year.",
        ),
        ("How long is the crossing?", "It is long.", "The closest sentences do not state a length."),
        (
            "How long has it been late?",
            "It is late.",
            "The closest sentences do not state a length of time.",
        ),
        (
            "How wide is the ferry?",
            "The ferry is 98 metres long.",
            "The closest sentences do not state a width.",
        ),
        (
            "How old is Morag Bain?",
            "Bain met Idris Cole, 41, at sea.",
            "The closest sentences do not state the age of “Morag Bain”.",
        ),
        (
            "What percentage of passengers complained?",
            "Of 40 passengers some complained.",
            "The closest sentences do not state a share of “passengers complained”.",
        ),
        (
            "What is the name of the ship's captain?",
            "The Ferry Company ordered it.",
            "The closest sentences do not state a name.",
        ),
        ("How old is Morag Bain?", "Bain led it for 31 years.", "The closest sentences do not state an age."),
        ("At what age did she retire?", "She led 31 crews.", "The closest sentences do not state an age."),
        (
            "What did the crew not leave?",
            "The crew left the port.",
            "The closest sentences do not say what is not so.",
        ),
        (
            "Which of the crew did not leave?",
            "The unions of the port left.",
            "The closest sentences do not say what is not so.",
        ),
        (
            "What discouraged the crew?",
            "Bain encouraged the crew.",
            "The closest sentences speak of the opposite of “discouraged”.",
        ),
        (
            "What did the first ferry carry?",
            "The second ferry is late.",
            "The closest sentences speak of “second”, not of “first”.",
        ),
        (
            "Who led the port in the 1800s?",
            "Bain led the port in 2026.",
            "The closest sentences are not of the 1800s.",
        ),
        ("Near which town did it sink?", "It sank on Monday.", "The closest sentences do not state a town."),
        ("Where was Morag Bain born?", "Bain leads it.", "The closest sentences do not speak of “born”."),
    ],
)
def test_a_gap_is_told(question, text, said):
    assert missing(question, text) == (said,)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many passengers does the ferry carry?", "The ferry will carry 550 passengers."),
        ("How many crew does the ferry have?", "It has a crew of twelve."),
        ("How much did the ferry cost?", "It cost 49 million."),
        ("In which year will it sail?", "It sails in 2026."),
        ("How long is the crossing?", "It takes forty minutes."),
        ("What is the name of the ship's captain?", "Morag Weir, who commands it, was late."),
        ("What is the name of the ship's owner?", "Its owner, Bain, was late."),
        ("How old is Morag Bain?", "Morag Bain, 31, leads it."),
        ("How old is Morag Bain?", "She is 31."),
        ("When does the port open?", "The port opens at 9 am."),
        ("What time did the ferry leave?", "The ferry left at 17:30."),
        ("When was the port founded?", "The port was founded in 911 by Bain."),
        ("What caused the delay?", "It was caused by a crew that fell ill."),
        ("What caused the delay?", "The crew was blamed for the delay."),
        ("How much does a seat on the ferry cost?", "A seat is free, but is to be booked."),
        ("Which of the crew was not paid?", "Of the crew one was unpaid."),
        ("How much damage did the ferry do?", "The ferry did no damage."),
        ("Why can't passengers go on board?", "The port is shut."),
        ("What persuaded the crew not to leave?", "A letter stopped them."),
        ("When was Morag Bain born?", "The port was led by Morag Bain (1919–1980)."),
        ("How old is Morag Bain?", "Bain was a thirty-one-year-old at sea."),
        ("How old is the ferry?", "The ferry was built in Oban in 1968."),
        ("How old is Morag Bain?", "Bain, 41, met Idris Cole at sea."),
        ("How wide is the ferry?", "The ferry is 98 metres long and 20 metres wide."),
        ("How high is the price of the ferry?", "The price of the ferry is 40."),
        ("Near which town did it sink?", "It sank off Oban."),
        ("Where was Morag Bain born?", "She is a native of Oban."),
        ("What happened to Port Elen?", "It burned."),
        ("What does the SNP want?", "It burned."),
        ("Is the ferry late?", "It burned."),
        (
            "Which junior minister spoke of the ferry?",
            "“It is late,” Maeve Lynch told the Dáil of the ferry.",
        ),
        ("Which minister spoke of the ferry?", "The minister, Lynch, spoke of the ferry."),
        ("What general concern about the ferry is there?", "The ferry is late."),
        ("What was the captain’s reply about the ferry?", "The ferry is late."),
    ],
)
def test_what_may_be_an_answer_passes(question, text):
    assert missing(question, text) == ()


def test_a_sentence_of_small_share_does_not_fill_the_gap():
    question = analyse("In which year was it ordered?", WEIGHTS)
    far = [WeighedText("It was ordered in May.", 0.9), WeighedText("In 1999 it rained.", 0.1)]
    assert gaps(question, far)
    near = [WeighedText("It was ordered in May.", 0.6), WeighedText("In 1999 it rained.", 0.4)]
    assert not gaps(question, near)


def test_what_is_counted_may_be_worded_otherwise_if_it_is_near_in_meaning():
    question = analyse("How many passengers does it need?", WEIGHTS)
    other = WeighedText("It needs 310 riders.", 1.0)
    assert gaps(question, [other._replace(counted_nearness=0.3)])
    assert not gaps(question, [other._replace(counted_nearness=0.6)])


def test_a_year_told_of_something_else_is_not_the_one_asked_for():
    question = analyse("In which year did the crew leave?", WEIGHTS)
    left, rained = WeighedText("The crew left.", 0.4), WeighedText("In 1999 it rained.", 0.6)
    assert gaps(question, [rained._replace(is_related=False), left]) == (
        "The closest sentences do not state a year.",
    )
    assert gaps(question, [each._replace(is_related=False) for each in (rained, left)])
    assert not gaps(question, [rained, left])
    told = WeighedText("The crew left in 2001.", 0.2)
    assert not gaps(question, [rained._replace(is_related=False), told])


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("Morag Bain has led the port since May.", True),
        ("Morag Bain has led the port for nine years.", True),
        ("When asked about the ferry, Morag Bain laughed.", False),
        ("Morag Bain has opened a fund that held 300 pounds by yesterday evening.", False),
    ],
)
def test_since_when_is_told_by_a_beginning_not_by_any_time(text, tells):
    assert (missing("Since when has Morag Bain led the port?", text) == ()) is tells


def test_the_sentences_must_be_of_the_year_asked_about():
    question = analyse("How many passengers did the ferry have in 2026?", WEIGHTS)
    best = WeighedText("It had 40 passengers.", 0.7, "In 2024 it sailed. It had 40 passengers.")
    other = WeighedText("It had 50 passengers.", 0.2, "In 2026 it was ordered. It had 50 passengers.")
    assert gaps(question, [best, other]) == ("The closest sentences are not of 2026.",)
    assert not gaps(question, [best, other._replace(share=0.3)])
    assert not gaps(question, [best._replace(published=date(2026, 5, 1)), other])
