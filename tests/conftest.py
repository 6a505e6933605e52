"""The local model, loaded once for all tests that want it."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def local_llm():
    """The bundled model; its tests are marked `local_model`, and skipped where it is not installed.

    It is joined in the user's own cache folder, as any use of it does, so that 1.1 GB are written once, not
    at each run. CITEWELL_REQUIRE_LOCAL_MODEL=1 makes its absence a failure.
    """
    from rag.local import LocalLLM, is_installed
    from rag.settings import load_settings

    cache = load_settings().cache
    if not is_installed(cache=cache):
        if os.environ.get("CITEWELL_REQUIRE_LOCAL_MODEL") == "1":
            pytest.fail("the local model is not installed")
        pytest.skip("the local model is not installed")
    llm = LocalLLM(cache=cache)
    yield llm
    llm.close()
