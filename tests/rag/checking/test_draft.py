"""A draft gives the same sentences however it arrives, and only handed-out keys are citations."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.checking.draft import DraftParser

KEYS = ("k7f", "m2p", "r4t")


def parse(draft, *sizes):
    """The sentences of a draft that comes in pieces of these sizes, and the count of dropped markers."""
    parser = DraftParser(KEYS)
    found = []
    for size in sizes:
        found += parser.feed(draft[:size])
        draft = draft[size:]
    found += parser.feed(draft) + parser.finish()
    return [tuple(sentence[:2]) for sentence in found], parser.unknown


@pytest.mark.parametrize(
    ("draft", "sentences"),
    [
        ("One [k7f]. Two [m2p].", [("One.", ["k7f"]), ("Two.", ["m2p"])]),
        ("One. [k7f] Two.[m2p] Three.", [("One.", ["k7f"]), ("Two.", ["m2p"]), ("Three.", [])]),
        ("One [k7f][m2p]. Two [k7f, r4t; k7f].", [("One.", ["k7f", "m2p"]), ("Two.", ["k7f", "r4t"])]),
        ("He has, as [k7f] she has, two [m2p].", [("He has, as she has, two.", ["k7f", "m2p"])]),
        ("One [ K7F ] .", [("One.", ["k7f"])]),
        ("One [k7f]. then two.", [("One.", ["k7f"]), ("then two.", [])]),
        ("He said: “No.” [k7f] They left.", [("He said: “No.”", ["k7f"]), ("They left.", [])]),
        ("“It is over [k7f].” he said [m2p].", [("“It is over.” he said.", ["k7f", "m2p"])]),
        (
            "It cost $3.5 million [k7f]. Dr. Moor paid.",
            [("It cost $3.5 million.", ["k7f"]), ("Dr. Moor paid.", [])],
        ),
        (
            "The U.S. Army [k7f] left at 3 p.m. on Jan. 5.",
            [("The U.S. Army left at 3 p.m. on Jan. 5.", ["k7f"])],
        ),
        ("Did it? [k7f] Yes! [m2p]", [("Did it?", ["k7f"]), ("Yes!", ["m2p"])]),
        ("- one [k7f]\n- two [m2p]\n", [("one", ["k7f"]), ("two", ["m2p"])]),
        ("1. One [k7f].\n2) Two [m2p].", [("One.", ["k7f"]), ("Two.", ["m2p"])]),
        ("One.\n\n[k7f]\n\nTwo. [m2p]", [("One.", ["k7f"]), ("Two.", ["m2p"])]),
        ("[k7f] One. [m2p] Two.", [("One.", ["k7f"]), ("Two.", ["m2p"])]),
        ("One\n[k7f].", [("One", ["k7f"])]),
        ("桥是开放的。[k7f]第二句。[m2p]", [("桥是开放的。", ["k7f"]), ("第二句。", ["m2p"])]),
        ("**One** (source: [k7f]).", [("One.", ["k7f"])]),
        ("12.", [("12.", [])]),
        ("", []),
        (" \n. ! ", []),
    ],
)
def test_sentences_with_their_keys(draft, sentences):
    found, unknown = parse(draft)
    assert found == [(text, tuple(keys)) for text, keys in sentences]
    assert unknown == 0


def test_items_of_a_list_are_told_from_running_text():
    parser = DraftParser(KEYS)
    draft = (
        "It has three parts. All matter:\n- **Hull**: steel [k7f]. It is new.\n2. Deck [m2p]\n\nSo much. A. B"
    )
    found = parser.feed(draft) + parser.finish()
    assert [s.text for s in found if s.is_item] == ["Hull: steel.", "Deck"]
    assert len(found) > 5


@pytest.mark.parametrize(
    ("draft", "text", "unknown"),
    [
        ("One [1] two [2, 3] three [4-6] four [^7].", "One two three four.", 5),
        ("One [Source 3] two [ref. 2][sources: 1 and 4].", "One two.", 4),
        ("One [q9z] two [x1].", "One two.", 2),
        ("One (k7f) two (Source 3) three (q9z).", "One two three.", 3),
        ("One 【k7f】 two ［1］.", "One two.", 2),
        ("One [[k7f]] two [k7f [m2p]] three [].", "One two three.", 4),
        ("One [see k7f above] two [k7f: that].", "One two.", 2),
        ("One [k\u200b7f] two [\u200b1] three [１].", "One two three.", 3),
        ("One k7f] two [k7f", "One two", 2),
        ("k7f: One", "One", 1),
        ("One [k", "One", 1),
    ],
)
def test_what_only_looks_like_a_marker_is_dropped_and_counted(draft, text, unknown):
    assert parse(draft) == ([(text, ())], unknown)


@pytest.mark.parametrize(
    "text",
    [
        "“We [sic] saw [his] car in [2011],” she said.",
        "“[T]he [...] end […] of [the G20],” it said.",
        "It has three (3) parts, (1) and (1990) and (h1n1).",
        "[Applause] It has [citation needed] here.",
        "The list is a[b].",
        "A bracket [that is never closed and goes on for much longer than any marker would",
    ],
)
def test_other_brackets_are_text(text):
    assert parse(text) == ([(text, ())], 0)


def test_a_marker_is_found_in_a_bracket_that_never_closes():
    sentences, unknown = parse("One [his brother [k7f] said.\nTwo [k7f that.")
    assert sentences == [("One [his brother said.", ("k7f",)), ("Two that.", ())]
    assert unknown == 1


def test_a_marker_with_no_sentence_is_counted():
    assert parse("[k7f]") == ([], 1)


def test_a_sentence_waits_for_the_markers_behind_its_full_stop():
    parser = DraftParser(KEYS)
    assert parser.feed("One. [k7f]") == []
    assert [tuple(s[:2]) for s in parser.feed(" Two is")] == [("One.", ("k7f",))]
    assert [tuple(s[:2]) for s in parser.finish()] == [("Two is", ())]


_WORDS = ["One", "two", "Dr. ", "U.S. ", "3.5", "- ", "1. ", "[his]", "x" * 70, "é", "\u200b", "[T]he", "\n"]
_SIGNS = [". ", ".", "?” ", "。", "“", "”", ")", " ", "[", "]"]
_MARKS = ["k7f", "[k7f]", "[m2p]", "[1]", "(k7f)", "[Source 3]", "[k7f", "q9z]", "[m2p, r4t]"]
_PIECES = st.lists(st.sampled_from(_WORDS + _SIGNS + _MARKS) | st.text(max_size=4), max_size=30).map("".join)


@given(_PIECES, st.lists(st.integers(0, 9), max_size=40))
@example("One [k7f]. Two.", [5, 1, 1, 1, 1, 1, 1, 1])
def test_the_cutting_does_not_show(draft, sizes):
    whole = parse(draft)
    assert parse(draft, *sizes) == whole
    assert parse(draft, *[1] * len(draft)) == whole


@given(_PIECES)
def test_only_handed_out_keys_and_clean_sentences_come_out(draft):
    sentences, unknown = parse(draft)
    assert unknown >= 0
    for text, keys in sentences:
        assert set(keys) <= set(KEYS)
        assert len(set(keys)) == len(keys)
        assert text == " ".join(text.split())
        assert any(char.isalnum() for char in text)
        assert not re.search(r"\[k7f\b", text)
        assert "[1]" not in text


@given(_PIECES)
def test_a_key_that_nobody_put_in_brackets_is_never_cited(draft):
    sentences, _ = parse(draft.replace("k7f", "").replace("m2p", "").replace("r4t", ""))
    assert all(not keys for _, keys in sentences)


@pytest.mark.parametrize(
    "unit", ["a", "a ", "a. ", "A. ", "[", "[a", "(", ") ", "\n", "a[k7f] ", ". ", "[k7f]"]
)
def test_time_does_not_grow_with_the_square_of_a_draft(unit):
    def seconds(length):
        draft = unit * (length // len(unit))
        start = time.process_time()
        parse(draft)
        return time.process_time() - start

    assert seconds(20_000) < 12 * seconds(5_000) + 0.2
