"""A question that qualifies a word otherwise than the articles is told apart; one that may be met is not."""

import pytest

from rag.opposed import opposed
from rag.question import analyse
from rag.weights import TermWeights

WEIGHTS = TermWeights(lambda stem: 1, lambda stem: False, chunks=10)


def found(question, *close):
    return opposed(analyse(question, WEIGHTS), close)


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("What does the lowest bid offer?", "The highest bid offers a harbour.", ("highest", "lowest")),
        ("Who chairs the Second Committee?", "Orr chairs the First Committee.", ("first", "second")),
        ("Who was her 4th pupil?", "Her third pupil was Orr.", ("third", "4th")),
        ("Where did the fewest ferries dock?", "Most ferries docked at Oban.", ("most", "fewest")),
        ("Who speaks before the vote is taken?", "After the vote, Orr spoke.", ("after", "before")),
        ("What are the three parts of the plan?", "The plan has two parts.", ("two", "three")),
        ("Which natural disasters came?", "Unnatural disasters came.", ("unnatural", "natural")),
        ("When did illegal fishing begin?", "Legal fishing began in May.", ("legal", "illegal")),
        ("Who sailed the North Channel?", "Orr sailed the South Channel.", ("south", "north")),
        ("What was the Six Years War?", "Orr fought in the Seven Years' War.", ("seven", "six")),
        ("How many voted for the old bridge?", "For the new bridge 412 voted.", ("new", "old")),
    ],
)
def test_the_contrary_is_told(question, text, said):
    other, asked = said
    assert found(question, text) == (f"The closest sentences speak of “{other}”, not of “{asked}”.",)


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        (
            "What does the lowest bid offer?",
            ["The highest bid offers a harbour.", "The lowest bid offers none."],
        ),
        ("What does the lowest bid offer?", ["The highest tower on the quay has a bid for it."]),
        ("What does the smallest bid offer?", ["The tiny bid offers what the largest bid does."]),
        ("Who was her fourth pupil?", ["Her third pupil was Orr, her 4th pupil Bain."]),
        ("How many ferries dock?", ["Few ferries dock."]),
        ("How old is the new bridge?", ["The new bridge is older than the old bridge."]),
        ("Which is cheaper, the old bridge or the new bridge?", ["The old bridge is."]),
        ("Is the highest bid Orr's?", ["The lowest bid is Orr's."]),
        ("Who did not take the highest bid?", ["Orr took the lowest bid."]),
        ("When did the last ferry sail?", ["The second ferry sailed in May."]),
        ("Who won the Seven Years War?", ["It was a war of six years, and Orr won."]),
        ("Which form did she use?", ["She wants to inform Orr."]),
        ("What is the highest bid?", []),
    ],
)
def test_what_may_be_met_passes(question, texts):
    assert found(question, *texts) == ()
