"""Which questions are about the collection, and what they ask; above all which are not."""

import time
from datetime import date

import pytest

from rag.answer import Turn
from rag.collection.periods import Period
from rag.collection.recognising import recognise, recognise_in

SOURCES = {"reuters", "guardian", "maria silva"}
MARCH = Period(date(2024, 3, 1), date(2024, 3, 31))
SINCE_MARCH = Period(date(2024, 3, 1), None)
YEAR = Period(date(2024, 1, 1), date(2024, 12, 31))


def is_source(name):
    return name.lower().removeprefix("the ") in SOURCES


@pytest.mark.parametrize(
    ("question", "wanted", "mentions", "source", "period"),
    [
        ("how many articles mention Wagner?", "count", "Wagner", "", Period()),
        ("How many of the articles mention Wagner?", "count", "Wagner", "", Period()),
        ("how many articles in my library mention wagner", "count", "wagner", "", Period()),
        ("How many articles are about Mali?", "count", "Mali", "", Period()),
        ("How many articles about Mali are there?", "count", "Mali", "", Period()),
        ("In how many articles is Wagner mentioned?", "count", "Wagner", "", Period()),
        ("Can you tell me how many articles mention Wagner, please?", "count", "Wagner", "", Period()),
        ("how many articles are there?", "count", "", "", Period()),
        ("How many articles are in the library?", "count", "", "", Period()),
        ("how many articles do I have?", "count", "", "", Period()),
        ("How many articles about Mali do I have from Reuters?", "count", "Mali", "Reuters", Period()),
        (
            "How many articles from the Guardian about Mali were published since March 2024?",
            *("count", "Mali", "the Guardian", SINCE_MARCH),
        ),
        ("what is the newest on Mali?", "newest", "Mali", "", Period()),
        ("What’s the latest on Mali?", "newest", "Mali", "", Period()),
        ("What is the latest news about the war in Mali?", "newest", "the war in Mali", "", Period()),
        ("What are the latest articles on Mali", "newest", "Mali", "", Period()),
        ("What is the newest article about Mali from Reuters?", "newest", "Mali", "Reuters", Period()),
        ("latest on Mali", "newest", "Mali", "", Period()),
        ("the latest from Reuters", "newest", "", "Reuters", Period()),
        ("Most recent article about Mali?", "newest", "Mali", "", Period()),
        ("What's new?", "newest", "", "", Period()),
        ("Any news about Mali?", "list", "Mali", "", Period()),
        ("news on drones since March 2024", "list", "drones", "", SINCE_MARCH),
        ("articles by Maria Silva", "list", "", "Maria Silva", Period()),
        ("Everything from Reuters", "list", "", "Reuters", Period()),
        ("articles about Mali", "list", "Mali", "", Period()),
        ("what is the oldest article?", "oldest", "", "", Period()),
        ("what do I have from Reuters?", "list", "", "Reuters", Period()),
        ("What do I have from Nowhere Times?", "list", "", "Nowhere Times", Period()),
        ("What do I have about Mali from 2024?", "list", "Mali", "", YEAR),
        ("What do you have on Syria?", "list", "Syria", "", Period()),
        ("Do I have anything about Syria?", "list", "Syria", "", Period()),
        ("which articles are from March 2024?", "list", "", "", MARCH),
        ("Which articles from Reuters mention Wagner?", "list", "Wagner", "Reuters", Period()),
        ("Which article mentions Prigozhin?", "list", "Prigozhin", "", Period()),
        ("Which articles mention WHO?", "list", "WHO", "", Period()),
        ('Do any articles mention "Africa Corps"?', "list", '"Africa Corps"', "", Period()),
        ("Are there any articles about withdrawal from Mali?", "list", "withdrawal from Mali", "", Period()),
        ("list the articles about Mali", "list", "Mali", "", Period()),
        ("Show me articles about drones from 2024", "list", "drones", "", YEAR),
        ("Please list all of the articles by Maria Silva", "list", "", "Maria Silva", Period()),
        ("List all articles", "list", "", "", Period()),
        ("who wrote about Mali?", "authors", "Mali", "", Period()),
        ("Who wrote the articles about Mali?", "authors", "Mali", "", Period()),
        ("which publishers do I have?", "publishers", "", "", Period()),
        ("Which newspapers do I have?", "publishers", "", "", Period()),
        ("From when to when are the articles?", "period", "", "", Period()),
        ("What period do my articles cover?", "period", "", "", Period()),
        ("When were the articles about Mali published?", "period", "Mali", "", Period()),
    ],
)
def test_a_question_about_the_collection_is_taken_as_it_is_meant(question, wanted, mentions, source, period):
    query = recognise(question, is_source)
    assert query is not None
    asked = (query.wanted, " + ".join(query.mentions), query.source, query.period)
    assert asked == ((wanted,), mentions, source, period)


@pytest.mark.parametrize(
    ("question", "mentions", "period"),
    [
        ("What happened since March 2024?", (), SINCE_MARCH),
        ("what has happened in Mali since March 2024?", ("Mali",), SINCE_MARCH),
        ("What happened to the drones after February 2024?", ("the drones",), SINCE_MARCH),
        ("What happened between 1 March 2024 and 31 March 2024?", (), MARCH),
    ],
)
def test_what_happened_in_an_open_time_is_asked_of_the_catalogue(question, mentions, period):
    query = recognise(question, is_source)
    assert query is not None
    assert query.of_events
    assert (query.wanted, query.mentions, query.period) == (("list",), mentions, period)


@pytest.mark.parametrize(
    "question",
    """
    What happened in Mali in March 2024?
    What happened after Wagner left?
    What happened since?
    What happened to those who left before March 2024?
    News of the war
    What news did the messenger bring?
    Everything about it by heart
    Articles of Confederation
    latest on record
    How many articles does the treaty have?
    How many articles are there in the treaty?
    How many articles are in the constitution?
    How many articles are there in the Articles of Confederation?
    How many articles of the constitution mention slavery?
    How many articles did Darwin publish?
    How many articles did Darwin write about worms?
    How many articles about worms did Darwin publish?
    How many articles on average did he publish?
    How many articles were written by Diderot?
    How many articles in the Encyclopédie were by Diderot?
    How many articles were written by Voltaire for the Encyclopédie?
    How many people mention the war?
    How many times do articles mention Wagner?
    How many documents mention the king's signature?
    How many newspapers are there?
    How many newspapers are there in Paris?
    Which newspapers reported the strike?
    Which publishers rejected Harry Potter?
    Which publishers are based in London?
    Which publishers have offices in Paris?
    Which article of the constitution mentions free speech?
    Which articles of the Treaty of Rome are about competition?
    Which articles of clothing mention the brand?
    Which articles were banned from export?
    Which articles are duty free?
    Which articles are published in Nature?
    Which article says that Wagner left?
    Which article mentions the highest number of deaths?
    Which article mentions the name of the captain?
    Which article mentions how many people died?
    Who wrote Hamlet?
    Who wrote the article?
    Who wrote the Articles of Confederation?
    Who wrote about the plague that killed Boccaccio?
    Who has written the most about Mali?
    Who is mentioned in the articles?
    What is mentioned on the newest coin?
    What is the newest ship of the line?
    What is the newest story in the Bible?
    What is the newest on the market?
    What is the latest on record?
    What is the latest on offer?
    What is the latest article about?
    What is the latest report of the UN?
    What is the most recent report on climate change by the IPCC?
    What is the first article of the constitution?
    What is the oldest article of clothing ever found?
    What is the oldest document in the archive of Venice?
    What is the oldest story about a flood?
    What do I have to do to apply?
    What do we have from the Romans?
    What sources do historians have?
    What do the articles say about Mali?
    What do both articles say about Wagner?
    What happened in March 2024?
    Where are the Normans from?
    When were the articles of impeachment published?
    From when to when did the Normans rule?
    Do articles mention anything?
    List the articles of the constitution
    List the articles that were stolen
    Show me the articles of association
    Summarize the articles about Mali
    """.strip().split("\n    "),
)
def test_a_question_about_what_articles_say_is_left_alone(question):
    assert recognise(question, is_source) is None
    assert recognise_in(question, [Turn(question="Who founded Wagner?")], is_source) is None


def follow(*questions):
    *before, last = questions
    return recognise_in(last, [Turn(question=each) for each in before], is_source)


@pytest.mark.parametrize(
    ("questions", "wanted", "mentions"),
    [
        (["how many articles mention Wagner?", "which ones, from when to when?"], "list period", "Wagner"),
        (["how many articles mention Wagner, and which ones?"], "count list", "Wagner"),
        (["how many articles mention Wagner?", "And Mali?"], "count", "Mali"),
        (
            ["how many articles mention Wagner?", "and the drones?", "what's the newest?"],
            "newest",
            "the drones",
        ),
        (["how many articles mention Wagner?", "and why?"], None, None),
        (["how many articles mention Wagner?", "what about Mali?"], "count", "Mali"),
        (["how many articles mention Wagner?", "How many of them mention Mali?"], "count", "Wagner Mali"),
        (
            ["how many articles mention Wagner?", "which are from Reuters?", "who wrote them?"],
            "authors",
            "Wagner",
        ),
        (["list the articles about Mali", "the newest?"], "newest", "Mali"),
        (["how many articles mention Wagner?", "Who founded Wagner?"], None, None),
        (["Who founded Wagner?", "which ones?"], None, None),
        (["how many articles mention Wagner?", "Who founded Wagner?", "which ones?"], None, None),
    ],
)
def test_a_follow_up_goes_on_from_the_articles_named_before(questions, wanted, mentions):
    query = follow(*questions)
    if wanted is None:
        assert query is None
    else:
        assert (" ".join(query.wanted), " ".join(query.mentions)) == (wanted, mentions)


def test_a_follow_up_narrows_to_a_publisher_and_a_period_and_says_so():
    query = follow(
        "how many articles mention Wagner?", "which of them are from Reuters?", "and since March 2024?"
    )
    assert (query.source, query.period) == ("Reuters", SINCE_MARCH)
    assert query.in_words() == (
        "Which are the articles from Reuters published since 1 March 2024 that mention Wagner?"
    )


def test_a_question_of_a_thousand_clauses_costs_no_time():
    begun = time.perf_counter()
    for clause in (" from a in b", " mention x and which ones", " that were published by y"):
        assert recognise("How many articles" + clause * 1_000, is_source) is None
        assert follow("How many articles are there?", "which of them are" + clause * 1_000) is None
    assert time.perf_counter() - begun < 5
