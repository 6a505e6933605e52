"""The writer over real requests on loopback: what it asks, and what it gives."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, LLMMetadata
from llama_index.core.llms import CustomLLM, MockLLM
from llm_server import Reply, ollama_events, openai_events, said, with_pauses
from pydantic import Field
from writing import OLLAMA, QUESTION, Service, every_service, failure, writer_of

import rag.models.wire
from index.errors import ModelError
from rag.models.writer import Writer


@every_service
def test_a_reply_comes_in_pieces(server, write, service):
    server.script(said(service.events, "Five ", "hundred", ".\n"))
    assert write(service) == ["Five ", "hundred", ".\n"]
    (request,) = server.requests
    assert request.path == service.path
    assert request.body["stream"] is True
    assert "How many?" in str(request.body["messages"])
    assert "Answer." in str(request.body)
    options = request.body.get("options", request.body)
    assert options["temperature"] == 0
    assert 40 in (options.get("max_tokens"), options.get("num_predict"))


def test_ollama_is_told_how_much_context_it_needs(server, write):
    server.script(said(ollama_events, "Yes."))
    write(OLLAMA, llm_context_window=4096)
    assert server.requests[0].body["options"]["num_ctx"] == 4096


def test_a_reasoning_model_is_asked_in_its_own_terms(server):
    server.script(said(openai_events, "Yes."))
    list(writer_of(server, Service("openai:o3-mini", openai_events, "")).stream(QUESTION, max_tokens=40))
    body = server.requests[0].body
    assert body["max_completion_tokens"] == 40
    assert "max_tokens" not in body


def test_nothing_is_asked_before_the_first_piece_is_wanted(server):
    server.script(said(openai_events, "Yes."))
    stream = writer_of(server).stream(QUESTION, max_tokens=5)
    assert not server.requests
    assert next(stream) == "Yes."


@every_service
def test_leaving_hangs_up(server, service):
    server.script(Reply(body=list(with_pauses(service.events(*["word "] * 400), 0.02))))
    stream = writer_of(server, service).stream(QUESTION, max_tokens=5_000)
    assert next(stream) == "word "
    stream.close()
    assert server.hung_up.wait(3)


@every_service
def test_a_model_that_heeds_no_limit_is_cut_off(server, write, service):
    server.script(Reply(body=list(with_pauses(service.events(*["0123456789"] * 1_000), 0.001))))
    assert len("".join(write(service, max_tokens=10))) == 160
    assert server.hung_up.wait(3)


def test_a_reply_of_one_huge_event_is_not_taken_in(server, write, monkeypatch):
    monkeypatch.setattr(rag.models.wire, "_MOST_BYTES", 100_000)
    server.script(said(openai_events, "a" * 1_000_000))
    assert "more than 100,000 bytes" in failure(write).message


# Any LLM of LlamaIndex


class Sure(CustomLLM):
    """Offers what the local model offers."""

    tokens: dict[str, float] = Field(default_factory=dict)
    asked: list = Field(default_factory=list)

    @property
    def metadata(self):
        return LLMMetadata(context_window=2_048, is_chat_model=True)

    def stream_chat(self, messages, **kwargs):
        self.asked.append(kwargs)
        return (ChatResponse(message=ChatMessage(content="so"), delta=delta) for delta in ("s", "o"))

    def first_token_probabilities(self, messages, top=20):
        return self.tokens

    def count_tokens(self, text):
        return 7

    def complete(self, prompt, formatted=False, **kwargs):
        raise NotImplementedError

    stream_complete = complete


def test_a_model_that_tells_its_probabilities_is_asked_for_them():
    writer = Writer(
        Sure(tokens={"Yes": 0.5, " yes": 0.1, "No": 0.2, "Maybe": 0.1}), name="sure", is_local=True
    )
    assert writer.yes_probability(QUESTION) == pytest.approx(0.75)
    assert Writer(Sure(tokens={"Maybe": 0.9}), name="sure", is_local=True).yes_probability(QUESTION) is None
    assert writer.count_tokens("one two") == 7
    assert writer.context_window == 2_048


def test_a_model_that_takes_a_beginning_gets_it():
    llm = Sure()
    writer = Writer(llm, name="sure", is_local=True)
    assert list(writer.stream(QUESTION, max_tokens=9, assistant_prefix="Well,")) == ["s", "o"]
    assert llm.asked[-1] == {"max_tokens": 9, "assistant_prefix": "Well,"}


def test_another_model_has_neither():
    writer = Writer(MockLLM(), name="mock", is_local=False)
    assert writer.yes_probability(QUESTION) is None
    assert not writer.takes_prefix
    assert writer.count_tokens("Ask your articles.") == 4
    written = "".join(writer.stream([ChatMessage(content="hi")], max_tokens=5, assistant_prefix="Well,"))
    assert "hi" in written
    assert "Well," not in written


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (ValueError("no\nluck"), "the model mock gave what is not a reply: ValueError: no luck"),
        (ModelError("its own"), "its own"),
    ],
)
def test_what_a_model_raises_is_translated_and_its_own_errors_pass(problem, told):
    class Broken(MockLLM):
        def stream_chat(self, messages, **kwargs):
            raise problem

    with pytest.raises(ModelError) as caught:
        list(Writer(Broken(), name="mock", is_local=True).stream(QUESTION, max_tokens=5))
    assert caught.value.message == told


def test_two_threads_share_one_writer(server):
    server.script(Reply(body=list(with_pauses(openai_events("Five ", "hundred"), 0.02))))
    writer = writer_of(server)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: "".join(writer.stream(QUESTION, max_tokens=9)), range(8)))
    assert replies == ["Five hundred"] * 8
