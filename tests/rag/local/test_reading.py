"""Steps of a prompt, over a stand-in for llama.cpp that remembers the last prompt it read, like one slot."""

from __future__ import annotations

import pytest

from index.errors import ModelError
from rag.local.reading import Prompt, Reader

SYSTEM, FIRST, SECOND = [1, 2, 3], [4, 5], [4, 6]


class Slot:
    """Reads a prompt from what it has in common with the last one; at least its last token is read again."""

    def __init__(self):
        self.tokens = []
        self.read = []
        self.error = None

    def generate(self, request, on_chunk):
        if self.error:
            on_chunk({"error": {"message": self.error}})
            return
        prompt = list(request["prompt"])
        shared = 0
        if request["cache_prompt"]:
            while shared < min(len(prompt) - 1, len(self.tokens)) and prompt[shared] == self.tokens[shared]:
                shared += 1
        self.tokens = prompt[:shared]
        choice = {"choices": [{"text": "", "finish_reason": None}]}
        if on_chunk({**choice, "prompt_progress": {"cache": shared}}):
            return
        self.read.append((shared, len(prompt)))
        self.tokens = prompt
        on_chunk({"choices": [{"text": "", "finish_reason": "length"}]})

    def did(self):
        done, self.read = self.read, []
        return done


@pytest.fixture
def slot():
    return Slot()


@pytest.fixture
def reader(slot):
    return Reader(slot.generate)


def never():
    return False


def test_each_step_begins_where_the_last_one_ended(slot, reader):
    assert reader.read(Prompt(SYSTEM + FIRST, (3, 5)), never) == 0
    assert slot.did() == [(0, 3), (2, 3), (3, 5)]


def test_a_prefix_of_the_answer_makes_the_last_step_one_to_go_on_from(slot, reader):
    reader.read(Prompt([*SYSTEM, *FIRST, 9], (3, 5)), never)
    assert slot.did() == [(0, 3), (2, 3), (3, 5), (4, 5)]


def test_what_is_shared_is_gone_on_from_at_its_step_and_no_later(slot, reader):
    reader.read(Prompt(SYSTEM + FIRST, (3, 5)), never)
    slot.did()
    assert reader.read(Prompt(SYSTEM + SECOND, (3, 5)), never) == 3
    assert slot.did() == [(2, 3), (3, 5)]  # token 4, though shared too, is read again with its neighbours


def test_the_same_prompt_is_remembered_whole(slot, reader):
    reader.read(Prompt(SYSTEM + FIRST, (3, 5)), never)
    slot.did()
    slot.tokens += [7, 8]  # an answer
    assert reader.read(Prompt(SYSTEM + FIRST, (3, 5)), never) == 5
    assert slot.did() == [(4, 5)]


def test_what_llama_cpp_has_dropped_is_read_again(slot, reader):
    reader.read(Prompt(SYSTEM + FIRST, (3, 5)), never)
    slot.did()
    slot.tokens = [1, 2]
    assert reader.read(Prompt(SYSTEM + FIRST, (3, 5)), never) == 0
    assert slot.did() == [(0, 3), (2, 3), (3, 5)]


def test_a_beginning_that_was_read_otherwise_is_not_trusted(slot, reader):
    slot.tokens = [1, 2, 3, 4, 5]
    assert reader.read(Prompt(SYSTEM + FIRST, (3, 5)), never) == 0
    assert slot.did()[0] == (0, 3)


def test_a_reader_that_leaves_stops_it_and_nothing_half_read_is_remembered(slot, reader):
    reader.read(Prompt(SYSTEM + FIRST, (3, 5)), lambda: True)
    assert slot.did() == []
    assert reader.read(Prompt(SYSTEM + FIRST, (3, 5)), never) == 0


def test_text_that_is_no_conversation_has_no_steps(slot, reader):
    assert reader.read(Prompt(SYSTEM, ()), never) == 0
    assert slot.did() == []


def test_a_refusal_is_said(slot, reader):
    slot.error = "too much"
    with pytest.raises(ModelError, match="too much"):
        reader.read(Prompt(SYSTEM, (3,)), never)
