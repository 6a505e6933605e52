"""Models by name: what each name gives, what is wrong with the others, and what never leaves."""

import logging
import sys

import pytest
from llm_server import ScriptedServer, said
from writing import KEY, LIKE, QUESTION, SERVICES, every_service, writer_of

from index.errors import UsageError
from rag.models import llms
from rag.models.llms import FORMS, load_llm
from rag.models.writer import Writer
from rag.settings import Settings

TRAPS = {
    "ALL_PROXY": "URL",
    "HTTP_PROXY": "URL",
    "HTTPS_PROXY": "URL",
    "http_proxy": "URL",
    "NO_PROXY": "",
    "ANTHROPIC_AUTH_TOKEN": "trap",
    "ANTHROPIC_API_KEY": "trap",
    "ANTHROPIC_BASE_URL": "URL",
    "ANTHROPIC_CUSTOM_HEADERS": "X-Api-Key: trap\nX-Trap: trap",
    "OLLAMA_API_KEY": "trap",
    "OLLAMA_HOST": "URL",
    "OPENAI_ADMIN_KEY": "trap",
    "OPENAI_API_BASE": "URL/v1",
    "OPENAI_API_KEY": "trap",
    "OPENAI_API_TYPE": "azure",
    "OPENAI_BASE_URL": "URL/v1",
    "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer trap\nHost: trap\nX-Trap: trap",
    "OPENAI_ORG_ID": "trap",
    "OPENAI_PROJECT_ID": "trap",
}
"""Variables that the providers' libraries heed when they are left to themselves."""

SENT = {
    *("host", "accept", "content-type", "content-length", "connection", "user-agent"),
    *("authorization", "x-api-key", "anthropic-version"),
}


def test_verbatim_is_no_model():
    assert load_llm("verbatim", Settings()) is None
    assert Writer.by_name("verbatim", Settings()) is None


def test_the_local_model_is_named_and_not_yet_loaded(tmp_path):
    pytest.importorskip("xllamacpp")
    from rag.local.llm import LocalLLM

    writer = Writer.by_name("local", Settings())
    assert writer.is_local
    assert writer.takes_prefix
    assert isinstance(load_llm("local", Settings()), LocalLLM)
    assert load_llm(f"local:{tmp_path}/other.gguf", Settings()).model_path == tmp_path / "other.gguf"


@pytest.mark.parametrize(
    "name", ["", "gpt-4o", "ollama", "ollama:", "local:", "openai", "verbatim:x", "Ollama:m", "openai-like:"]
)
def test_an_unknown_name_is_answered_with_those_there_are(name):
    with pytest.raises(UsageError) as caught:
        load_llm(name, Settings())
    assert repr(name) in caught.value.message
    assert all(form in caught.value.hint for form in FORMS)


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("openai-like:http://127.0.0.1:1/v1#m", "llama_index.llms.openai_like"),
        ("openai:gpt-4o-mini", "llama_index.llms.openai"),
        ("ollama:m", "llama_index.llms.ollama"),
        ("anthropic:claude-sonnet-4-6", "llama_index.llms.anthropic"),
        ("local", "xllamacpp"),
    ],
)
def test_what_is_not_installed_is_named(monkeypatch, name, module):
    class Absent:
        """What an import finds where the package is not installed: nothing."""

        def find_spec(self, fullname, path=None, target=None):
            if fullname == module:
                raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)

    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(llms, "find_spec", lambda wanted: None if wanted == module else object())
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    with pytest.raises(UsageError) as caught:
        load_llm(name, Settings(openai_api_key=KEY, anthropic_api_key=KEY))
    extra = name.partition(":")[0]
    assert caught.value.hint == f"install it: pip install 'citewell[{extra}]'"
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8080/v1",
        "ftp://host/v1",
        "http://",
        "http://host:99999/v1",
        "http://[::1/v1",
        "http://h/v1?a=b",
    ],
)
def test_an_address_that_is_none_is_answered_with_an_example(url):
    with pytest.raises(UsageError) as caught:
        load_llm(f"openai-like:{url}#m", Settings())
    assert "openai-like:http://host:8080/v1#MODEL" in caught.value.hint


def test_an_address_without_a_model_says_where_it_goes():
    with pytest.raises(UsageError, match="names no model") as caught:
        load_llm("openai-like:http://127.0.0.1:8080/v1", Settings())
    assert "#MODEL" in caught.value.hint


def test_an_address_with_a_password_does_not_show_it():
    with pytest.raises(UsageError) as caught:
        load_llm("openai-like:http://me:hunter2@host:x/v1#m", Settings())
    assert "hunter2" not in caught.value.message + caught.value.hint
    with pytest.raises(UsageError, match="address"):
        load_llm("ollama:m", Settings(ollama_url="127.0.0.1:11434"))


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openai:gpt-4o-mini", "CITEWELL_OPENAI_API_KEY"),
        ("anthropic:claude-sonnet-4-6", "CITEWELL_ANTHROPIC_API_KEY"),
    ],
)
@pytest.mark.parametrize("key", [None, "", "  "])
def test_a_missing_key_is_asked_for_by_its_own_name(monkeypatch, name, variable, key):
    monkeypatch.setenv(variable.removeprefix("CITEWELL_"), "another program's")
    if key is not None:
        monkeypatch.setenv(variable, key)
    with pytest.raises(UsageError) as caught:
        load_llm(name, Settings())
    assert caught.value.hint == f"set {variable}"


def test_a_key_that_cannot_be_sent_is_not_shown():
    with pytest.raises(UsageError, match="CITEWELL_OPENAI_API_KEY") as caught:
        load_llm("openai:gpt-4o-mini", Settings(openai_api_key="sk-secret\nX: y"))
    assert "secret" not in str(caught.value)


def test_a_model_that_the_package_does_not_know_is_named():
    with pytest.raises(UsageError, match="'gpt-99'") as caught:
        load_llm("openai:gpt-99", Settings(openai_api_key=KEY))
    assert "openai-like:" in caught.value.hint


@every_service
def test_the_environment_neither_diverts_nor_adds_to_a_request(monkeypatch, server, service):
    server.script(said(service.events, "Yes."))
    with ScriptedServer() as trap:
        trap.script(said(service.events, "Caught."))
        for name, value in TRAPS.items():
            monkeypatch.setenv(name, value.replace("URL", trap.url))
        writer = writer_of(server, service)
        assert list(writer.stream(QUESTION, max_tokens=5)) == ["Yes."]
        assert not trap.requests
    (request,) = server.requests
    assert request.headers.keys() <= SENT
    assert "trap" not in str(request)
    assert request.headers["host"] == server.url.removeprefix("http://")
    assert request.headers["user-agent"] == "citewell"


@every_service
def test_only_a_model_s_own_key_is_sent_to_it(server, service):
    server.script(said(service.events, "Yes."))
    keys = {kind: f"key of {kind}" for kind in ("openai", "openai-like", "anthropic")}
    given = {llms.key_setting(kind): key for kind, key in keys.items()}
    list(writer_of(server, service, **given).stream(QUESTION, max_tokens=5))
    headers = server.requests[0].headers
    own = keys.get(service.name.partition(":")[0])
    sent = [headers[name] for name in ("authorization", "x-api-key") if name in headers]
    assert sent == ([] if own is None else [own if "x-api-key" in headers else f"Bearer {own}"])


def test_a_server_that_wants_no_key_gets_none(server):
    server.script(said(LIKE.events, "Yes."))
    list(writer_of(server, openai_like_api_key=None).stream(QUESTION, max_tokens=5))
    assert "authorization" not in server.requests[0].headers


@every_service
def test_a_key_shows_nowhere(server, service, caplog):
    caplog.set_level(logging.DEBUG)
    server.script(said(service.events, "Yes."))
    writer = writer_of(server, service)
    list(writer.stream(QUESTION, max_tokens=5))
    settings = Settings(openai_api_key=KEY)
    for shown in (caplog.text, repr(writer), repr(writer._llm), str(writer._llm.to_dict()), repr(settings)):
        assert KEY not in shown
    assert caplog.records


@every_service
def test_the_libraries_try_only_once(service):
    name = service.name.replace("URL", "http://127.0.0.1:9")
    llm = load_llm(name, Settings(openai_api_key=KEY, anthropic_api_key=KEY))
    assert getattr(llm, "max_retries", 0) == 0


def test_what_the_settings_say_of_a_server_without_a_catalogue():
    llm = load_llm("openai-like:http://127.0.0.1:9/v1#a/b:c", Settings(llm_context_window=32_000))
    assert llm.metadata.context_window == 32_000
    assert llm.metadata.is_chat_model
    assert llm.model == "a/b:c"
    assert len(SERVICES) == len(llms._MAKERS)
