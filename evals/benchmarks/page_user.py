"""A user of the page without a browser: the requests that the page's script makes for a question."""

from __future__ import annotations

import html
import json
import re
import secrets
from typing import Any

import httpx

_STATE = re.compile(r'data-state=\\?"(\w+)\\?"')


class PageUser:
    """One tab. Each question begins a new conversation, which the server keeps."""

    def __init__(self, client: httpx.Client) -> None:
        """Opens the page, which gives the client its cookie."""
        self._client = client
        self._session = secrets.token_hex(6)
        client.get("/").raise_for_status()
        config = client.get("/config").raise_for_status().json()
        self._open = _event(config, "open-it")
        self._begin = _event(config, "ask")
        self._answer = next(
            each["id"] for each in config["dependencies"] if each.get("trigger_after") == self._begin
        )

    def ask(self, question: str) -> str:
        """What came of a question: `answered` (refusals too), or what else."""
        try:
            self._run(self._open, [{"conversation": None}, None])
            shown = self._run(self._begin, [question, None, {}, None])
            if html.escape(question[:40]) not in shown:
                return "not begun"
            joined = self._client.post(
                "/gradio_api/queue/join",
                json={"data": [None], "fn_index": self._answer, "session_hash": self._session},
            )
            if joined.status_code != 200:
                return str(joined.status_code)
            return self._outcome()
        except httpx.HTTPError as error:
            return type(error).__name__

    def _run(self, event: int, data: list[Any]) -> str:
        asked = {"data": data, "fn_index": event, "session_hash": self._session}
        said = self._client.post("/gradio_api/run/predict", json=asked).raise_for_status()
        return json.dumps(said.json(), ensure_ascii=False)

    def _outcome(self) -> str:
        state = ""
        where = {"session_hash": self._session}
        with self._client.stream("GET", "/gradio_api/queue/data", params=where) as events:
            for line in events.iter_lines():
                if not line.startswith("data:"):
                    continue
                found = _STATE.findall(line)
                state = found[-1] if found else state
                message = json.loads(line.removeprefix("data:"))
                if message["msg"] == "process_completed":
                    if not message["success"]:
                        return "failed"
                    return "answered" if state in ("done", "refused") else state or "empty"
        return "cut off"


def _event(config: dict[str, Any], element: str) -> int:
    """The id of what a click on an element does."""
    [component] = [each["id"] for each in config["components"] if each["props"].get("elem_id") == element]
    found: int = next(
        each["id"] for each in config["dependencies"] if [component, "click"] in each["targets"]
    )
    return found
