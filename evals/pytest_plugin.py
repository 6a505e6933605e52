"""A suite as tests: `pytest --citewell-suite PATH`, a case is a test.

    pytest --citewell-suite tests/answers                       # Citewell, over the suite's own articles
    pytest --citewell-suite tests/answers -k "crash or treaty"  # pytest chooses, runs and reports as it does
    pytest --citewell-suite tests/answers --citewell-engine my_rag:build

The engine is opened once, at the first case. A case fails with its question, its answer and what is wrong
with it, and so does one at which the engine raises. The suite's thresholds are over all cases, and not looked
at here: each case has to pass by itself. Where the option is not given, nothing but this file is loaded.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from evals.cases import Case, Suite
    from evals.engines import Engine
    from evals.results import CaseResult
    from index.errors import CitewellError


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("citewell", "answers held to a suite of cases")
    group.addoption(
        "--citewell-suite",
        action="append",
        default=[],
        metavar="SUITE",
        help="suite of questions with known answers; a case is a test (repeatable)",
    )
    group.addoption(
        "--citewell-engine", metavar="NAME", help="what answers: module:factory, or an address [Citewell]"
    )
    group.addoption("--citewell-library", metavar="DIR", help="run over this library, as it is")


@pytest.hookimpl(tryfirst=True)  # before -k and -m choose
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Adds the cases of the suites to the tests."""
    for name in config.getoption("citewell_suite"):
        node = _SuiteNode.from_parent(session, name=name, nodeid=f"citewell:{name}", asked=name)
        items.extend(node.collect())


class _SuiteNode(pytest.Collector):
    """One suite, and the engine that its cases share."""

    def __init__(self, *, asked: str, **more: Any) -> None:
        super().__init__(**more)
        from evals.cases import load_suite
        from index.errors import CitewellError

        try:
            self.suite: Suite = load_suite(asked)
        except CitewellError as error:
            raise pytest.UsageError(f"{error.message} ({error.hint})") from error
        self._open = ExitStack()
        self._engine: Engine | CitewellError | None = None
        self.config.add_cleanup(self._open.close)

    def collect(self) -> list[_CaseItem]:
        return [_CaseItem.from_parent(self, name=case.id, case=case) for case in self.suite.cases]

    def engine(self) -> Engine:
        """Opened for the first case; what fails then is not tried again for the next."""
        from index.errors import CitewellError

        if self._engine is None:
            try:
                self._engine = self._opened()
            except CitewellError as error:
                self._engine = error
        if isinstance(self._engine, CitewellError):
            raise EngineMissing(f"{self._engine.message}\n{self._engine.hint}") from self._engine
        return self._engine

    def _opened(self) -> Engine:
        from evals.engines import open_citewell
        from evals.foreign.engine import foreign_engine
        from evals.own_articles import check_own_articles
        from evals.runner import what_to_run_over
        from rag.settings import load_settings

        name, folder = self.config.getoption("citewell_engine"), self.config.getoption("citewell_library")
        over = what_to_run_over(self.suite, None, Path(folder) if folder else None)
        settings = load_settings()
        if not folder:
            check_own_articles(self.suite, self.suite.cases, settings.reading())
        opener = foreign_engine(name) if name else open_citewell
        return self._open.enter_context(opener(*over, settings))


class _CaseItem(pytest.Item):
    """One case as a test."""

    def __init__(self, *, case: Case, **more: Any) -> None:
        super().__init__(**more)
        self.case = case
        for tag in case.tags:
            self.extra_keyword_matches.add(tag)  # for -k

    def runtest(self) -> None:
        from evals.runner import run_case

        assert isinstance(self.parent, _SuiteNode)
        result = run_case(self.case, self.parent.engine(), self.parent.suite)
        if result.status != "pass":
            raise CaseFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, (CaseFailed, EngineMissing)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path | str, int | None, str]:
        assert isinstance(self.parent, _SuiteNode)
        return self.parent.suite.path or "", max(0, self.case.line - 1), self.name


class EngineMissing(Exception):
    """Raised by every case of a suite whose engine or articles cannot be used."""


class CaseFailed(Exception):
    """Raised by a case that does not pass."""

    def __init__(self, result: CaseResult) -> None:
        asked = [turn.question for turn in result.case.history] + [result.case.question]
        wrong = [f"error: {result.error}"] if result.error is not None else result.problems
        said = [f"question: {question}" for question in asked]
        if result.answer is not None:
            said.append(f"answer: {result.answer.answer}")
        super().__init__("\n".join([*wrong, *said]))  # the first line is what pytest's summary shows
