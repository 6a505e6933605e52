"""The bundled model: it runs, and tells nobody."""

from __future__ import annotations

import os
import subprocess
import sys

EMBED = "from index.embedders import bundled, embed_query; print(embed_query(bundled(), 'a ferry').size)"


def test_the_runtime_of_the_model_keeps_and_sends_no_telemetry(tmp_path):
    """ONNX Runtime's own, on by default since 1.29, first writes a session and a device id.

    It is silent by itself under CI and tests, which it knows by the environment: here there is none.
    """
    places = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", EMBED],
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **places},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "384\n"
    assert list(tmp_path.rglob("*")) == []
