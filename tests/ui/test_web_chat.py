"""A conversation: frames of an answer, what the engine is told, and how an answer ends early."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from web_scripted import COST, COST_QUOTE, FOLLOW_UP, POSTS, ScriptedLibrary, harbour_engine

from index.errors import LibraryDamaged, UsageError
from rag.answer import Turn
from ui.places import Places
from ui.web import chat
from ui.web.chat import Answering, Conversation, Draft
from ui.web.exchange import Exchange


def converse(engine, *questions):
    """Ask one after the other; the conversation, and the frames of each answer."""

    async def run():
        answering = Answering({"verbatim": engine}, Places(2, 8))
        known, films = Conversation(), []
        for question in questions:
            known = known.begun(question)
            frames = [frame async for frame in answering.frames(known.draft, known.history())]
            films.append(frames)
            known = known.ended(frames[-1])
        return known, films

    return asyncio.run(run())


def test_an_answer_ends_as_a_finished_exchange():
    known, [frames] = converse(harbour_engine(), COST)
    *before, last = frames
    assert all(isinstance(frame, str) for frame in before)
    assert isinstance(last, Exchange)
    assert COST_QUOTE in last.html
    assert last.answer.question == COST
    assert known.exchanges == (last,)


def test_an_instant_answer_comes_sentence_by_sentence():
    _, [frames] = converse(harbour_engine(), POSTS)
    texts = [frame for frame in frames if isinstance(frame, str)]
    assert "museum" in texts[1]
    assert "Tree rings" not in texts[1]


def test_at_most_fifteen_frames_a_second():
    begun = time.perf_counter()
    _, [frames] = converse(harbour_engine(pause=0.005), POSTS)
    assert len(frames) <= 15 * (time.perf_counter() - begun) + 3


def test_reveal_is_bounded_for_long_texts():
    text = "A sentence. " * 500
    shown = list(chat.reveal(text, 0, whole=False))
    assert len(shown) <= 12
    assert all(text.startswith(s) and s.endswith(".") for s in shown)


def test_a_follow_up_brings_the_words_of_the_conversation_and_nothing_else():
    engine = harbour_engine()
    converse(engine, COST, FOLLOW_UP, "How warm is the bay?", POSTS)
    assert engine.asked[0] == (COST, [])
    assert engine.asked[1] == (FOLLOW_UP, [Turn(question=COST, answer=COST_QUOTE)])
    final = engine.asked[3][1]
    assert [t.question for t in final] == [
        COST,
        FOLLOW_UP,
        "How warm is the bay?",
    ]
    assert final[2].answer == ""
    assert not any("[" in t.answer or "<" in t.answer for t in final)


def test_an_error_of_ours_shows_message_and_hint():
    engine = harbour_engine(errors={COST: LibraryDamaged("the catalogue cannot be read", hint="run doctor")})
    known, _ = converse(engine, COST)
    page = known.exchanges[0].html
    assert "The catalogue cannot be read" in page
    assert "run doctor" in page


def test_any_other_error_stays_vague_and_is_logged(caplog):
    engine = harbour_engine(errors={COST: ValueError("secret path of a file")})
    known, _ = converse(engine, COST, POSTS)
    page = known.exchanges[0].html
    assert "Something went wrong" in page
    assert "secret" not in page
    assert "ValueError" not in page
    assert "secret path" in caplog.text
    assert "forty-one" in known.exchanges[1].html


def test_a_stream_that_ends_without_an_answer_is_an_error():
    engine = harbour_engine()
    engine.stream = lambda question, **options: iter(["words only"])
    known, _ = converse(engine, COST)
    assert "Something went wrong" in known.exchanges[0].html


def test_an_empty_library_is_a_helpful_refusal():
    engine = harbour_engine()
    engine.library, engine.script = ScriptedLibrary([]), {}
    known, _ = converse(engine, COST)
    assert "citewell add" in known.exchanges[0].html


def test_closing_the_frames_ends_the_engines_stream():
    engine = harbour_engine(pause=0.05)

    async def run():
        frames = Answering({"verbatim": engine}, Places(1, 8)).frames(Draft(1, POSTS), [])
        async for frame in frames:
            if "Archaeologists" in frame:
                break
        await frames.aclose()

    asyncio.run(run())
    deadline = time.monotonic() + 5
    while not engine.closed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert engine.closed == 1


def test_no_more_answers_at_once_than_there_are_places():
    gate = threading.Event()
    engine = harbour_engine(gate=gate)

    async def run():
        answering = Answering({"verbatim": engine}, Places(2, 8))

        async def one(number):
            return [frame async for frame in answering.frames(Draft(number, COST), [])][-1]

        tasks = [asyncio.create_task(one(n)) for n in range(5)]
        await asyncio.sleep(0.3)
        started = len(engine.asked)
        gate.set()
        return started, await asyncio.gather(*tasks)

    started, exchanges = asyncio.run(run())
    assert started == 2
    assert all(COST_QUOTE in e.html for e in exchanges)


def test_a_stopped_answer_ends_at_once_and_keeps_its_words():
    engine = harbour_engine(gate=threading.Event())

    async def run():
        draft = Draft(1, POSTS)
        asyncio.get_running_loop().call_later(0.2, draft.stop)
        begun = time.perf_counter()
        frames = [frame async for frame in Answering({"verbatim": engine}, Places(1, 8)).frames(draft, [])]
        return draft, frames[-1], time.perf_counter() - begun

    draft, exchange, seconds = asyncio.run(run())
    engine.gate.set()
    assert seconds < 2
    assert draft.status == "ended"
    assert exchange.answer is None
    assert "Stopped." in exchange.html


def test_what_was_stopped_keeps_the_words_that_came():
    draft = Draft(2, COST)
    draft.text = "Dredging cost 31 million"
    exchange = chat.stopped(draft)
    html = Answering({"verbatim": harbour_engine()}, Places(1, 1)).drawn(exchange, "c").html
    assert "Dredging cost 31 million" in html
    assert "Stopped." in html
    assert exchange.answer is None
    assert Conversation((exchange,)).history() == []


@pytest.mark.parametrize("length", [4_001, 30_000_000])
def test_a_question_that_is_too_long_is_refused_politely(length):
    with pytest.raises(UsageError) as caught:
        chat.check_question("x" * length, 4_000)
    assert "4,000" in caught.value.message
    assert caught.value.hint
