"""Answers turned into eval cases of the user's own suite, and that suite run over the page's library."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.article import Article
from index.errors import UsageError
from rag.answer import Answer, Turn
from rag.settings import Settings
from ui.web.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a suite's run."""

    passed: bool
    """Whether the case that was asked about passed."""
    problems: tuple[str, ...]
    """Why it did not."""
    verdict: str
    """The line that `citewell eval` ends with."""


class Cases:
    """The user's suite: one YAML file."""

    def __init__(self, path: Path, engine: Engine, settings: Settings) -> None:
        self.path = path
        self._engine = engine
        self._settings = settings
        self._writing = threading.Lock()

    def add(
        self,
        question: str,
        history: Sequence[Turn],
        *,
        refuse: bool,
        facts: Sequence[str],
        gold: Sequence[str],
    ) -> str:
        """Append a case, and give its id; arguments as for `evals.adding.NewCase`.

        Raises:
            SuiteError: the file is no suite that can be appended to, or the case is none.
            UsageError: the file cannot be written.
        """
        from evals.adding import NewCase, add_case

        case = NewCase(
            question=question,
            history=tuple(history),
            expect="refuse" if refuse else "answer",
            facts=tuple(fact.strip() for fact in facts if fact.strip()),
            gold=tuple(gold),
        )
        try:
            with self._writing:
                return add_case(self.path, case)
        except OSError as error:
            raise UsageError(
                f"{str(self.path)!r} cannot be written: {error.strerror or error}",
                hint="check the folder's permissions, or name another file with CITEWELL_SUITE",
            ) from error

    def run(self, case_id: str) -> Ran:
        """Run the whole suite with the page's own engine, and tell of one case.

        Raises:
            SuiteError: the file is wrong.
            UsageError: it has no such case.
        """
        from evals.runner import run_suite

        @contextmanager
        def opened(*_: object) -> Iterator[_Judged]:
            yield _Judged(self._engine)

        result = run_suite(
            self.path, library=self._settings.library, settings=self._settings, open_engine=opened
        )
        for each in result.cases:
            if each.case.id == case_id:
                problems = (each.error,) if each.error else each.problems
                return Ran(passed=each.status == "pass", problems=problems, verdict=result.verdict)
        raise UsageError(f"the suite has no case {case_id!r}", hint=f"look into {self.path}")


class _Judged:
    """The page's engine as the evals ask it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(self, question: str, history: Sequence[Turn]) -> Answer:
        return self._engine.ask(question, history)

    def article(self, article_id: str, version: str) -> Article | None:
        try:
            return self._engine.library.show(article_id, version)
        except UsageError:
            return None

    def full_text(self, question: str, k: int) -> None:
        """No control of the retrieval here."""
