"""Whether an engine answers without loading anything first, and the thread that gets it there."""

from __future__ import annotations

import logging
import threading
from typing import Literal

from index.errors import CitewellError
from ui.web.engine import Engine

logger = logging.getLogger(__name__)

State = Literal["loading", "ready", "failed"]


class Readiness:
    """One for an engine. Threads share it."""

    def __init__(self, engine: Engine) -> None:
        self.trouble: CitewellError | None = None
        """Why it will not be ready."""
        self._engine = engine
        self._ready = threading.Event()
        self._begun = threading.Lock()

    def begin(self) -> State:
        """Load what the first answer needs, in a thread, unless that was begun before; how far it is."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._load, name="citewell-warm-up", daemon=True).start()
        if self.trouble is not None:
            return "failed"
        return "ready" if self._ready.is_set() else "loading"

    def _load(self) -> None:
        try:
            self._engine.warm_up()
        except CitewellError as error:
            self.trouble = error
            logger.warning("%s; %s", error.message, error.hint)
        else:
            self._ready.set()
