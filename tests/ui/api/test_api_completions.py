"""`/v1`: asked by OpenAI's own client over loopback, and by hand with what that would not send."""

from __future__ import annotations

import re
from pathlib import Path

import openai
import pytest
from api_serving import api_app, listening
from web_scripted import COST, HARBOUR, PIER

from index import Article

TEXTS = {article.article_id: article.text for article in (HARBOUR, PIER)}
QUESTION = [{"role": "user", "content": COST}]


@pytest.fixture(scope="module")
def address(articles_engine):
    with listening(api_app(articles_engine, api_token="sesame")) as address:
        yield address


@pytest.fixture
def official(address):
    with openai.OpenAI(base_url=f"{address}/v1", api_key="sesame", max_retries=0) as client:
        yield client


def checked(found):
    """The citations of the field `citewell`, each held against the article."""
    assert found["citations"]
    for citation in found["citations"]:
        assert TEXTS[citation["article_id"]][citation["start"] : citation["end"]] == citation["quote"]
        assert f"[{citation['number']}]" in found["answer"]
    return found


def test_the_official_client_gets_an_answer_with_its_citations(official):
    completion = official.chat.completions.create(model="citewell", messages=QUESTION)
    found = checked(completion.model_extra["citewell"])
    [choice] = completion.choices
    assert choice.message.content == found["answer"]
    assert choice.finish_reason == "stop"
    assert (
        completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    )


def test_the_official_client_gets_a_stream(official):
    pieces = list(
        official.chat.completions.create(
            model="verbatim", messages=QUESTION, stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(choice.delta.content or "" for piece in pieces for choice in piece.choices)
    assert pieces[0].choices[0].delta.role == "assistant"
    assert pieces[-1].choices == []
    assert pieces[-1].usage.completion_tokens > 0
    last = pieces[-2]
    assert last.choices[0].finish_reason == "stop"
    assert checked(last.model_extra["citewell"])["answer"] == text
    assert len({piece.id for piece in pieces}) == 1


def test_earlier_messages_are_the_history(official):
    completion = official.chat.completions.create(
        model="citewell",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "assistant", "content": "Hello!"},
            {"role": "user", "content": [{"type": "text", "text": "Who heads the port authority?"}]},
            {"role": "assistant", "content": "Jonna Brandt [1]."},
            {"role": "user", "content": "What did she say?"},
        ],
    )
    found = completion.model_extra["citewell"]
    assert found["question"] == "What did she say?"
    assert "Jonna Brandt" in found["standalone_question"]


def test_the_field_citewell_of_the_request_says_which_articles_may_answer(official):
    completion = official.chat.completions.create(
        model="citewell", messages=QUESTION, extra_body={"citewell": {"article": PIER.article_id, "top_k": 1}}
    )
    assert {p["article_id"] for p in completion.model_extra["citewell"]["passages"]} == {PIER.article_id}


def test_a_refusal_is_text_with_its_reason_beside(official):
    completion = official.chat.completions.create(
        model="citewell", messages=[{"role": "user", "content": "Who won the chess olympiad of 1988?"}]
    )
    assert completion.choices[0].message.content
    assert completion.model_extra["citewell"]["answerable"] is False


def test_the_models_are_who_answers_here(official):
    names = [model.id for model in official.models.list()]
    assert names == ["citewell", "verbatim"]
    assert official.models.retrieve("verbatim").owned_by == "citewell"


def test_the_official_client_understands_what_went_wrong(official, address):
    with pytest.raises(openai.NotFoundError) as unknown:
        official.chat.completions.create(model="gpt-x", messages=QUESTION)
    assert unknown.value.code == "model_not_found"
    assert "verbatim" in unknown.value.message
    with pytest.raises(openai.NotFoundError):
        official.models.retrieve("gpt-x")
    with pytest.raises(openai.BadRequestError, match="empty"):
        official.chat.completions.create(model="citewell", messages=[{"role": "user", "content": " "}])
    with pytest.raises(openai.BadRequestError, match="4,000"):
        official.chat.completions.create(
            model="citewell", messages=[{"role": "user", "content": "x" * 4_001}], stream=True
        )
    with pytest.raises(openai.AuthenticationError) as forbidden:
        openai.OpenAI(base_url=f"{address}/v1", api_key="wrong").models.list()
    assert forbidden.value.code == "invalid_api_key"


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"messages": []}, 422, "messages"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, 422, "role"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, 400, "last message"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "image_url"),
        ({"messages": QUESTION, "n": 2}, 422, "n:"),
        ({"messages": QUESTION, "citewell": {"since": "x"}}, 422, "citewell.since"),
        ([], 422, "request"),
    ],
)
def test_what_is_wrong_is_told_in_openai_s_shape(client, body, status, told):
    response = client.post("/v1/chat/completions", json=body)
    assert response.status_code == status
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    assert told in error["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/chat/completions", 405), ("POST", "/v1/x", 404)]
)
def test_what_is_not_there_has_openai_s_shape_too(client, method, path, status):
    response = client.request(method, path)
    assert response.status_code == status
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}


def test_the_example_in_the_readme_runs(own_engine, capsys):
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```py\n(.*?)```", readme, re.DOTALL)
    own_engine.library.add(
        [Article(article_id="ferry", title="New ferry", text="The new ferry carries 550 passengers.")]
    )
    with listening(api_app(own_engine)) as address:
        exec(compile(code.replace("http://127.0.0.1:7860", address), "README.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == [
        "The new ferry carries 550 passengers [1].",
        "The new ferry carries 550 passengers.",
    ]
