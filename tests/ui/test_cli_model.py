"""`citewell model`: where the model is, and as a server."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys

import pytest

from ui.cli import main


def free_port():
    with socket.socket() as claimed:
        claimed.bind(("127.0.0.1", 0))
        return claimed.getsockname()[1]


def test_path_is_the_file_of_the_settings(tmp_path, monkeypatch, capsys):
    file = tmp_path / "other.gguf"
    file.write_bytes(b"GGUF and the rest")
    monkeypatch.setenv("CITEWELL_LOCAL_MODEL", str(file))
    assert main(["model", "path"]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    assert main(["model", "path", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(file)}


@pytest.mark.parametrize("command", ["path", "serve"])
def test_a_file_that_is_no_model_is_wrong_usage(tmp_path, capsys, command):
    port = ["--port", str(free_port())] if command == "serve" else []
    assert main(["model", command, "--model", str(tmp_path / "none.gguf"), *port]) == 2
    assert "none.gguf cannot be read" in capsys.readouterr().err


def test_a_taken_port_is_wrong_usage(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["model", "serve", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert f"cannot listen on port {port} of 127.0.0.1" in said
    assert "--port" in said


def test_a_model_that_cannot_be_loaded_has_failed(tmp_path, capsys):
    pytest.importorskip("xllamacpp", reason="the local model is not installed")
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + bytes(range(256)) * 8)
    port = str(free_port())
    assert main(["model", "serve", "--port", port, "--model", str(tmp_path / "broken.gguf")]) == 1
    assert "cannot be loaded" in capsys.readouterr().err


@pytest.mark.local_model
@pytest.mark.usefixtures("local_llm")
def test_other_programs_are_answered_until_ctrl_c():
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "model", "serve", "--port", str(port), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        said = json.loads(process.stdout.readline())
        assert said["url"] == f"http://127.0.0.1:{port}/v1"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        request = {
            "model": said["model"],
            "messages": [{"role": "user", "content": "Say yes."}],
            "max_tokens": 3,
        }
        origin = {"Content-Type": "application/json", "Origin": "https://example.org"}
        connection.request("POST", "/v1/chat/completions", json.dumps(request), origin)
        response = connection.getresponse()
        assert response.getheader("Access-Control-Allow-Origin") == ""  # a page's script may not read it
        assert "yes" in json.loads(response.read())["choices"][0]["message"]["content"].lower()
        connection.close()
    finally:
        process.send_signal(signal.SIGINT)
        out, complaint = process.communicate(timeout=60)
    assert (process.returncode, out, complaint) == (0, b"", b"")
