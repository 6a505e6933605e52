"""Token F1: how far the words of an answer and of a reference answer are the same, as bags.

SQuAD's F1 over the tokens of `evals.metrics.text`: a number in figures and one in words are the same token.

Fails on: everything but words. A right answer in other words scores low, a wrong digit hardly lowers it, a
negation less; and an answer that quotes a whole sentence loses for each word that the reference leaves out.
It is told beside the facts, and never gates by itself.
"""

from __future__ import annotations

from collections import Counter

from evals.metrics.text import tokenize


def token_f1(answer: str, reference: str) -> float:
    """Harmonic mean of token precision and recall, in [0, 1].

    >>> token_f1("12 June 2023", "June 12, 2023")
    1.0
    >>> token_f1("It burned down in 1914", "the mill burned down")
    0.5
    """
    said, wanted = (Counter(t.text for t in tokenize(text)) for text in (answer, reference))
    shared = (said & wanted).total()
    return 2 * shared / (said.total() + wanted.total()) if shared else 0.0
