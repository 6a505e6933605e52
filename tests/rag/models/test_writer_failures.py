"""How a model's server fails, over real requests on loopback, and what the writer makes of it."""

import time

import pytest
from llm_server import Reply, error, openai_events, said, with_pauses
from writing import ANTHROPIC, KEY, LIKE, OLLAMA, QUESTION, STALL, every_service, failure, writer_of

from index.errors import ModelError
from rag.models import llms

# Attempts


@every_service
@pytest.mark.parametrize("before", [[error(429)], [error(500), error(503)], [Reply(cut=True)]])
def test_it_tries_again_while_a_server_is_busy_or_failing(server, write, waits, service, before):
    server.script(*before, said(service.events, "Yes."))
    assert write(service) == ["Yes."]
    assert waits == [0.5, 1.0][: len(before)]


@every_service
def test_it_gives_up_in_the_end(server, write, waits, service):
    server.script(error(500, "out of <b>memory</b>"))
    failed = failure(write, service, llm_retries=3)
    assert "fails on its side (500: " in failed.message
    assert "out of memory" in failed.message
    assert failed.retryable
    assert len(server.requests) == 4
    assert waits == [0.5, 1.0, 2.0]


def test_a_wait_that_the_server_asks_for_is_kept(server, write, waits):
    server.script(error(429, retry_after="3"), error(503, retry_after="0"), said(openai_events, "Yes."))
    assert write(llm_timeout_seconds=60) == ["Yes."]
    assert waits == [3.0, 1.0]


@pytest.mark.parametrize("value", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_server_that_wants_a_long_rest_is_not_asked_again(server, write, waits, value):
    server.script(error(429, retry_after=value))
    failed = failure(write, llm_timeout_seconds=10_000)
    assert failed.hint.startswith("ask again in ")
    assert len(server.requests) == 1


def test_no_wait_goes_beyond_the_deadline(server, write, waits):
    server.script(error(500))
    failure(write, llm_timeout_seconds=0.9, llm_retries=9)
    assert waits == [0.5]


@every_service
@pytest.mark.parametrize(
    ("status", "told"),
    [
        (400, "refuses the request (400: "),
        (401, "refuses the key"),
        (404, "is not there"),
        (302, "sends elsewhere"),
    ],
)
def test_what_would_fail_again_is_not_tried_again(server, write, waits, service, status, told):
    reply = error(status, f"too long, and so is {KEY}")
    reply.headers["Location"] = f"{server.url}/elsewhere"
    server.script(reply)
    failed = failure(write, service)
    assert told in failed.message
    assert service.name.partition(":")[0] in failed.message
    assert failed.hint
    assert not failed.retryable
    assert failed.__cause__ is not None
    assert KEY not in failed.message or service.name.startswith("ollama")  # which has no key
    assert len(server.requests) == 1


def test_hints_name_what_to_do(server, write):
    server.script(error(401))
    assert failure(write).hint == "set the right one: CITEWELL_OPENAI_LIKE_API_KEY"
    server.script(error(404))
    assert failure(write, OLLAMA).hint == "fetch it: ollama pull qwen3:4b"


def test_a_used_up_quota_is_no_reason_to_wait(server, write, waits):
    server.script(error(429, code="insufficient_quota"))
    failed = failure(write)
    assert "no quota left" in failed.message
    assert not failed.retryable
    assert not waits


@every_service
def test_a_server_that_is_not_there_is_named(write, waits, service, monkeypatch):
    nowhere = "http://127.0.0.1:9"
    monkeypatch.setattr(llms, "OPENAI_URL", nowhere)
    monkeypatch.setattr(llms, "ANTHROPIC_URL", nowhere)
    moved = service._replace(name=service.name.replace("URL", nowhere))
    failed = failure(write, moved, ollama_url=nowhere)
    assert "is not reachable" in failed.message
    assert failed.retryable
    assert len(waits) == 2


# Replies that are none


@every_service
def test_another_kind_of_server_is_told_from_an_empty_reply(server, write, service):
    page = Reply(headers={"Content-Type": "text/html"}, body=[b"<html><body>Welcome</body></html>"])
    server.script(page)
    failed = failure(write, service)
    assert "gave what is not a reply" in failed.message
    assert not failed.retryable
    assert len(server.requests) == 1


@every_service
def test_an_empty_reply_is_a_failure(server, write, service):
    server.script(said(service.events))
    assert "answered nothing" in failure(write, service).message


@every_service
@pytest.mark.parametrize("at_end", [False, True], ids=["chunked", "to the connection's end"])
def test_a_connection_cut_in_the_middle_of_an_event(server, service, at_end):
    whole = service.events("Five ", "hundred ", "pounds", end=None)
    server.script(Reply(body=[*whole[:-1], whole[-1][:-20]], cut=True, at_end=at_end))
    pieces = []
    with pytest.raises(ModelError, match=r"broke|not a reply") as caught:
        pieces.extend(writer_of(server, service).stream(QUESTION, max_tokens=40))
    assert pieces == [] or pieces == ["Five ", "hundred "]
    assert "\n" not in caught.value.message
    assert len(server.requests) == 1


@every_service
def test_the_pieces_before_a_failure_are_given_out(server, service):
    server.script(Reply(body=service.events("Five ", "hundred ", end=None), cut=True))
    stream = writer_of(server, service).stream(QUESTION, max_tokens=40)
    assert [next(stream), next(stream)] == ["Five ", "hundred "]
    with pytest.raises(ModelError):
        next(stream)
    assert len(server.requests) == 1


def test_an_error_among_the_events(server, waits):
    broken = b'data: {"error": {"message": "the model crashed"}}\n\n'
    server.script(Reply(body=[broken]), Reply(body=[*openai_events("Five ", end=None), broken]))
    stream = writer_of(server).stream(QUESTION, max_tokens=40)
    assert next(stream) == "Five "
    with pytest.raises(ModelError, match="the model crashed"):
        next(stream)
    assert len(server.requests) == 2


def test_a_reply_that_was_withheld_says_so(server, write):
    server.script(Reply(body=openai_events("I ", end="content_filter")))
    assert "withheld" in failure(write).message


# Time


@every_service
def test_a_slow_first_word(server, write, service):
    server.script(Reply(body=[5.0, *service.events("Yes.")]))
    began = time.monotonic()
    failed = failure(write, service)
    assert time.monotonic() - began < 2
    assert "does not answer in time" in failed.message
    assert failed.retryable
    assert len(server.requests) == 1


@every_service
def test_a_stall_between_words(server, service):
    server.script(Reply(body=[*service.events("Five ", end=None), 5.0]))
    stream = writer_of(server, service).stream(QUESTION, max_tokens=40)
    assert next(stream) == "Five "
    began = time.monotonic()
    with pytest.raises(ModelError, match="does not answer in time"):
        next(stream)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("service", [LIKE, ANTHROPIC], ids=["openai-like", "anthropic"])
def test_signs_of_life_that_are_none_do_not_hold_the_line(server, service):
    """Comments and pings keep a connection awake without a word being written."""
    awake = (
        b": processing\n\n" if service.events is openai_events else b'event: ping\ndata: {"type": "ping"}\n\n'
    )
    server.script(Reply(body=[*service.events("Five ", end=None), *with_pauses([awake] * 100, 0.05)]))
    stream = writer_of(server, service).stream(QUESTION, max_tokens=40)
    assert next(stream) == "Five "
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"silent for 0\.4 s"):
        next(stream)
    assert time.monotonic() - began < 2


@every_service
def test_a_reply_that_goes_on_for_ever_ends(server, service):
    server.script(Reply(body=list(with_pauses(service.events(*["word "] * 400), 0.05))))
    writer = writer_of(server, service, llm_timeout_seconds=0.5)
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"did not finish within 0\.5 s"):
        list(writer.stream(QUESTION, max_tokens=5_000))
    assert time.monotonic() - began < 2


def test_a_slow_reader_is_no_silence_of_the_model(server):
    server.script(Reply(body=list(with_pauses(openai_events("Five ", "hundred ", "pounds"), 0.01))))
    pieces = []
    for piece in writer_of(server).stream(QUESTION, max_tokens=40):
        time.sleep(STALL + 0.1)
        pieces.append(piece)
    assert pieces == ["Five ", "hundred ", "pounds"]
