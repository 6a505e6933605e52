"""The choice of who answers: what it offers, and how far its model is loaded."""

from __future__ import annotations

import threading
import time

from fastapi import FastAPI
from starlette.testclient import TestClient
from web_scripted import harbour_engine

from index.errors import ModelFileError
from rag.settings import load_settings
from ui.api.service import Service
from ui.web.choice import choice_html, choice_routes


def client_over(**engines):
    app = FastAPI()
    app.include_router(choice_routes(Service(engines, load_settings())))
    return TestClient(app)


def test_there_is_no_choice_of_one():
    assert choice_html(["verbatim"], load_settings()) == ""


def test_those_that_send_something_away_stand_apart():
    html = choice_html(["verbatim", "local", "openai:gpt-5"], load_settings())
    here, elsewhere = html.split("</optgroup>")[:2]
    assert "Quotes, no model" in here
    assert "Local model" in here
    assert "sent there" in elsewhere
    assert "gpt-5 (OpenAI)" in elsewhere
    assert "optgroup" not in choice_html(["verbatim", "local"], load_settings())


def test_choosing_loads_the_model_in_the_background_and_tells_how_far_it_is():
    gate = threading.Event()
    slow, broken = harbour_engine(), harbour_engine()
    slow.warm_up = lambda: gate.wait(20)

    def fail():
        raise ModelFileError("the model is damaged", hint="install it again")

    broken.warm_up = fail
    client = client_over(verbatim=harbour_engine(), slow=slow, broken=broken)

    def state(name):
        return client.post("/answerers", json={"answerer": name}).json()

    begun = time.monotonic()
    assert state("slow") == {"state": "loading"}
    assert time.monotonic() - begun < 5, "and nobody waits for it"
    gate.set()
    while state("slow") == {"state": "loading"}:
        time.sleep(0.01)
    assert state("slow") == {"state": "ready"}
    while state("broken") == {"state": "loading"}:
        time.sleep(0.01)
    assert state("broken") == {
        "state": "failed",
        "message": "the model is damaged",
        "hint": "install it again",
    }
    assert client.post("/answerers", json={"answerer": "nobody"}).status_code == 404
