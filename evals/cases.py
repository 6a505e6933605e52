"""Suites of cases: the file format, and its loading with errors that name file, line and field.

A suite is a YAML file, or a folder with a `suite.yaml`:

    name: seeds                      # required
    description: what it is for      # optional
    articles: articles               # folder of its own articles, relative to the file; optional
    sources:                         # names for articles, so that cases can say which one is right;
      treaty: [Treaty signed, …]     #   an article is meant when its title or text has one of the phrases,
                                     #   compared as written; so one key can serve several article sets
    thresholds:                      # what is not named here has the strict default
      facts: 0.95
      false_refusals: 0.05           # upper bounds: false_refusals, answer_tokens; all others are lower
    cases: […]                       # required

and a case:

    - id: crash-when                 # required, unique in the suite
      question: When did they die?   # required
      history:                       # earlier exchanges, oldest first; the answer may be left out
        - {question: Who led it?, answer: Two men did.}
      expect: answer                 # required: answer | refuse
      facts:                         # what a right answer states; required for `answer`, wrong for `refuse`
        - two months later           # a text, or a mapping:
        - text: two months later
          any_of: [after two months] # other wordings
          regex: two\\s+months        # searched without regard to case
          must_not: [three months]   # phrases that make it wrong
      gold: [treaty]                 # keys of `sources`; one of them must be cited
      tags: [when]                   # for reading the results

Every scalar is read as the text that stands there: `no`, `5` and `2025-06-09` need no quotes. Texts are
matched as `evals.metrics.facts` describes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from evals.metrics.facts import Fact
from evals.metrics.refusals import Expect
from index.errors import UsageError
from rag.answer import Turn

SUITES = Path(__file__).parent / "suites"

DEFAULT_THRESHOLDS: dict[str, float] = {
    "facts": 1.0,
    "validity": 1.0,
    "coverage": 1.0,
    "verbatim": 1.0,
    "refusals": 1.0,
    "false_refusals": 0.0,
}
"""What a suite that says nothing is held to: everything right."""
UPPER_BOUNDS = frozenset({"false_refusals", "answer_tokens"})
THRESHOLDS = frozenset({*DEFAULT_THRESHOLDS, "gold", "score", "answer_tokens"})


class SuiteError(UsageError):
    """Raised when a suite is unknown or its file is wrong; the message names file, line and field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question, and what must come of it."""

    id: str
    question: str
    expect: Expect
    history: tuple[Turn, ...] = ()
    facts: tuple[Fact, ...] = ()
    gold: tuple[str, ...] = ()
    """Keys of the suite's sources; a citation of any of them is a hit."""
    tags: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """All that has been said when the answer is due."""
        return " ".join([*(f"{t.question} {t.answer}" for t in self.history), self.question])


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Cases, the articles they are about, and how good is good enough."""

    name: str
    cases: tuple[Case, ...]
    description: str = ""
    articles: Path | None = None
    """Folder of the suite's own articles."""
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Key -> phrases; an article with one of them in its title or text is meant by the key."""
    thresholds: dict[str, float] = field(default_factory=lambda: dict(DEFAULT_THRESHOLDS))


def suite_names() -> list[str]:
    """Names of the suites that ship."""
    return sorted(p.parent.name for p in SUITES.glob("*/suite.yaml"))


def load_suite(suite: str | Path) -> Suite:
    """A suite by the name of one that ships, or by the path of a folder or YAML file.

    Raises:
        SuiteError: there is no such suite, or its file is wrong.
    """
    path = Path(suite)
    shipped = SUITES / str(suite) / "suite.yaml"
    if len(path.parts) == 1 and shipped.is_file():
        path = shipped
    elif path.is_dir():
        path = path / "suite.yaml"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SuiteError(f"{path}: not UTF-8 text", hint="save the suite as UTF-8") from error
    except (OSError, ValueError) as error:
        raise SuiteError(
            f"no suite {str(suite)!r}",
            hint=f"name one of {', '.join(suite_names())}, or the path of a folder with a suite.yaml",
        ) from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else f"{path}"
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise SuiteError(f"{where}: not YAML: {problem}", hint="correct that line") from error
    return _Reader(path).suite(root)


class _Reader:
    """Walks the YAML nodes, which still know their lines, by the shape a suite must have."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def suite(self, root: yaml.Node | None) -> Suite:
        if root is None:
            raise SuiteError(f"{self.path}:1: the file is empty", hint="see evals/cases.py for the format")
        fields = self.mapping(
            root, "suite", {"name", "description", "articles", "sources", "thresholds", "cases"}
        )
        sources = {k: self.texts(v, f"sources.{k}") for k, v in self.optional_mapping(fields, "sources")}
        thresholds = dict(DEFAULT_THRESHOLDS)
        for key, node in self.optional_mapping(fields, "thresholds", THRESHOLDS):
            thresholds[key] = self.number(
                node, f"thresholds.{key}", limit=None if key == "answer_tokens" else 1
            )
        suite = Suite(
            name=self.text(self.required(fields, "name", root, "suite"), "name"),
            description=self.text(fields["description"], "description") if "description" in fields else "",
            articles=self.folder(fields["articles"]) if "articles" in fields else None,
            sources=sources,
            thresholds=thresholds,
            cases=tuple(self.cases(self.required(fields, "cases", root, "suite"), sources)),
        )
        if not suite.cases:
            raise self.error(fields["cases"], "cases", "is empty", "a suite without a case passes nothing")
        return suite

    def cases(self, node: yaml.Node, sources: Collection[str]) -> Iterator[Case]:
        seen: dict[str, int] = {}
        for number, item in enumerate(self.items(node, "cases")):
            case = self.case(item, f"cases[{number}]", sources)
            line = item.start_mark.line + 1
            if case.id in seen:
                problem = f"{case.id!r} is already the id of the case on line {seen[case.id]}"
                raise self.error(item, f"cases[{number}].id", problem, "give each case its own id")
            seen[case.id] = line
            yield case

    def case(self, node: yaml.Node, at: str, sources: Collection[str]) -> Case:
        fields = self.mapping(node, at, {"id", "question", "history", "expect", "facts", "gold", "tags"})
        case_id = self.text(self.required(fields, "id", node, at), f"{at}.id")
        at = f"{at} ({case_id})"
        expect = self.expect(self.required(fields, "expect", node, at), f"{at}.expect")
        facts = self.facts(fields["facts"], f"{at}.facts") if "facts" in fields else ()
        if expect == "answer" and not facts:
            raise self.error(node, f"{at}.facts", "is missing", "say what a right answer states")
        for key in ("facts", "gold"):
            if expect == "refuse" and key in fields:
                raise self.error(
                    fields[key], f"{at}.{key}", "has no meaning in a case that expects a refusal", "remove it"
                )
        gold = self.texts(fields["gold"], f"{at}.gold") if "gold" in fields else ()
        for key in gold:
            if key not in sources:
                raise self.error(
                    fields["gold"], f"{at}.gold", f"{key!r} is not one of sources", _near(key, sources)
                )
        return Case(
            id=case_id,
            question=self.text(self.required(fields, "question", node, at), f"{at}.question"),
            expect=expect,
            history=self.history(fields["history"], f"{at}.history") if "history" in fields else (),
            facts=facts,
            gold=gold,
            tags=self.texts(fields["tags"], f"{at}.tags") if "tags" in fields else (),
        )

    def expect(self, node: yaml.Node, at: str) -> Expect:
        match self.text(node, at):
            case "answer":
                return "answer"
            case "refuse":
                return "refuse"
            case other:
                raise self.error(node, at, f"is {other!r}", "write answer or refuse")

    def facts(self, node: yaml.Node, at: str) -> tuple[Fact, ...]:
        return tuple(self.fact(item, f"{at}[{n}]") for n, item in enumerate(self.items(node, at)))

    def fact(self, node: yaml.Node, at: str) -> Fact:
        if isinstance(node, yaml.ScalarNode):
            return Fact(text=self.text(node, at))
        fields = self.mapping(node, at, {"text", "any_of", "regex", "must_not"})
        regex = self.text(fields["regex"], f"{at}.regex") if "regex" in fields else None
        try:
            re.compile(regex or "")
        except re.error as error:
            problem = f"is not a regular expression: {error}"
            raise self.error(fields["regex"], f"{at}.regex", problem, "correct it") from error
        return Fact(
            text=self.text(self.required(fields, "text", node, at), f"{at}.text"),
            any_of=self.texts(fields["any_of"], f"{at}.any_of") if "any_of" in fields else (),
            regex=regex,
            must_not=self.texts(fields["must_not"], f"{at}.must_not") if "must_not" in fields else (),
        )

    def history(self, node: yaml.Node, at: str) -> tuple[Turn, ...]:
        turns = []
        for number, item in enumerate(self.items(node, at)):
            where = f"{at}[{number}]"
            fields = self.mapping(item, where, {"question", "answer"})
            question = self.text(self.required(fields, "question", item, where), f"{where}.question")
            answer = self.text(fields["answer"], f"{where}.answer") if "answer" in fields else ""
            turns.append(Turn(question=question, answer=answer))
        return tuple(turns)

    def folder(self, node: yaml.Node) -> Path:
        folder = self.path.parent / self.text(node, "articles")
        if not folder.is_dir():
            raise self.error(
                node, "articles", f"names no folder: {folder}", "the path is relative to the suite"
            )
        return folder

    def mapping(self, node: yaml.Node, at: str, known: Collection[str] | None) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, at, "is not a mapping", "write it as `key: value` lines")
        fields: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = self.text(key_node, at)
            if known is not None and key not in known:
                raise self.error(key_node, f"{at}.{key}", "is not a known field", _near(key, known))
            if key in fields:
                raise self.error(key_node, f"{at}.{key}", "is given twice", "keep one of them")
            fields[key] = value
        return fields

    def optional_mapping(
        self, fields: dict[str, yaml.Node], key: str, known: Collection[str] | None = None
    ) -> list[tuple[str, yaml.Node]]:
        return list(self.mapping(fields[key], key, known).items()) if key in fields else []

    def required(self, fields: dict[str, yaml.Node], key: str, parent: yaml.Node, at: str) -> yaml.Node:
        if key not in fields:
            raise self.error(parent, f"{at}.{key}", "is missing", "add it")
        return fields[key]

    def items(self, node: yaml.Node, at: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(node, at, "is not a list", "write it as `- item` lines or [item, item]")
        return list(node.value)

    def texts(self, node: yaml.Node, at: str) -> tuple[str, ...]:
        found = tuple(self.text(item, f"{at}[{n}]") for n, item in enumerate(self.items(node, at)))
        if not found:
            raise self.error(node, at, "is empty", "name at least one, or leave the field out")
        return found

    def text(self, node: yaml.Node, at: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.error(node, at, "is not a text", "quote it if it has a colon or a bracket")
        value = str(node.value)
        if not value.strip():
            raise self.error(node, at, "is empty", "fill it in")
        return value

    def number(self, node: yaml.Node, at: str, limit: float | None) -> float:
        try:
            value = float(self.text(node, at))
        except ValueError as error:
            raise self.error(node, at, "is not a number", "write it like 0.95") from error
        if not (-1 if at.endswith("score") else 0) <= value <= (limit or float("inf")):
            raise self.error(node, at, f"is {value:g}, out of range", "shares lie between 0 and 1")
        return value

    def error(self, node: yaml.Node, at: str, problem: str, hint: str) -> SuiteError:
        return SuiteError(f"{self.path}:{node.start_mark.line + 1}: {at} {problem}", hint=hint)


def _near(word: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted(known)) or 'none'}"
