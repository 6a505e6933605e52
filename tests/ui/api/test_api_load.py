"""Several at once: places, the line, a clear no, and answers that nobody waits for any more."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import openai
import pytest
from api_serving import api_app, listening
from web_scripted import COST, POSTS, harbour_engine


def eventually(condition, seconds=10.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def gated():
    """An engine that answers when its gate opens: one place, and one that waits."""
    engine = harbour_engine(gate=threading.Event())
    app = api_app(engine, concurrent_answers=1, queue_length=1)
    with listening(app) as address, httpx.Client(base_url=address, timeout=30, trust_env=False) as http:
        yield engine, http, app.state.service
        engine.gate.set()


def test_too_many_questions_are_turned_away_at_once_and_the_others_answered(gated):
    engine, http, service = gated
    with ThreadPoolExecutor() as pool:
        answers = []
        for number in (1, 2):
            answers.append(pool.submit(http.post, "/api/ask", json={"question": COST, "id": number}))
            assert eventually(
                lambda: len(service.places.waiting) == len(answers) - 1 and len(engine.asked) == 1
            )
        for path, body in (
            ("/api/ask", {"question": COST}),
            ("/api/ask?stream=1", {"question": COST}),
            ("/v1/chat/completions", {"messages": [{"role": "user", "content": COST}]}),
        ):
            begun = time.monotonic()
            busy = http.post(path, json=body)
            assert time.monotonic() - begun < 5
            assert busy.status_code == 503
            assert int(busy.headers["retry-after"]) > 0
            assert "too many questions" in busy.text
        assert http.get("/api/search", params={"question": COST}).status_code == 503
        assert http.get("/healthz").status_code == 200
        with pytest.raises(openai.InternalServerError) as refused:
            openai.OpenAI(base_url=f"{http.base_url}/v1", api_key="x", max_retries=0).chat.completions.create(
                model="citewell", messages=[{"role": "user", "content": COST}]
            )
        assert refused.value.code == "busy"
        engine.gate.set()
        assert [answer.result().json()["id"] for answer in answers] == [1, 2]


def test_a_listener_who_leaves_ends_the_answer_and_frees_the_place(gated):
    engine, http, _ = gated
    engine.gate.set()
    engine.pause = 0.05
    with http.stream("POST", "/api/ask?stream=1", json={"question": COST}) as stream:
        next(stream.iter_lines())
        assert engine.closed == 0
    assert eventually(lambda: engine.closed == 1)
    engine.pause = 0.0
    assert http.post("/api/ask", json={"question": POSTS}).json()["answerable"]


@pytest.mark.parametrize("path", ["/api/ask", "/api/ask?stream=1"])
def test_who_leaves_while_waiting_gives_up_the_turn(gated, path):
    engine, http, service = gated
    with ThreadPoolExecutor() as pool:
        first = pool.submit(http.post, "/api/ask", json={"question": COST})
        assert eventually(lambda: len(engine.asked) == 1)
        with pytest.raises(httpx.ReadTimeout):
            http.post(path, json={"question": POSTS}, timeout=0.5)
        assert eventually(lambda: not service.places.waiting)
        engine.gate.set()
        assert first.result().json()["answerable"]
    assert [question for question, _ in engine.asked] == [COST]


def test_an_answer_without_a_listener_is_ended_too(gated):
    engine, http, _ = gated
    engine.gate.set()
    engine.pause = 0.2
    with pytest.raises(httpx.ReadTimeout):
        http.post("/api/ask", json={"question": COST}, timeout=0.5)
    assert eventually(lambda: engine.closed == 1, seconds=1.5)


def test_the_event_loop_answers_others_while_an_answer_is_made(gated):
    engine, http, _ = gated
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(http.post, "/api/ask", json={"question": COST})
        assert eventually(lambda: len(engine.asked) == 1)
        assert http.get("/healthz").status_code == 200
        assert http.get("/api/nothing").status_code == 404
        engine.gate.set()
        assert slow.result().status_code == 200


def test_nobody_gets_what_another_asked(articles_engine):
    app = api_app(articles_engine, concurrent_answers=4, queue_length=64)
    with listening(app) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as http:

        def ask(number):
            history = [{"question": f"Who is Zanthia{number}?", "answer": "A baker."}]
            body = {"question": "Did she cost 31 million kroner?", "history": history, "id": number}
            return number, http.post("/api/ask", json=body).json()

        with ThreadPoolExecutor(12) as pool:
            for number, answer in pool.map(ask, range(24)):
                assert answer["id"] == number
                assert f"Zanthia{number} " in answer["standalone_question"] + " "
