"""Suites of cases: the file format, and its loading with errors that name file, line and field.

A suite is a YAML file, or a folder with a `suite.yaml`:

    name: seeds                      # required
    description: what it is for      # optional
    articles: articles               # folder of its own articles, relative to the file; optional
    sources:                         # names for articles, so that cases can say which one is right;
      treaty: [Treaty signed, …]     #   an article is meant when its title or text has one of the phrases,
                                     #   compared as written; so one key can serve several article sets
    thresholds:                      # of the whole suite: the names are those of `evals.measures`;
      facts: 0.95                    #   what is not named here has the strict default
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
          regex: two\\s+months        # searched without regard to case; not behind a not
          must_not: [three months]   # phrases that make it wrong
      gold: [treaty]                 # keys of `sources`; one of them must be cited
      evidence:                      # words of the articles that hold the answer: what retrieval must find
        - They died two months later.
      reference: They died in May.   # an answer as a person gives it; its token F1 is told, and gates only
                                     #   where a threshold says so
      thresholds: {facts: 0.5}       # of this case alone; without them facts, validity, coverage, verbatim
                                     #   and gold must all be 1
      tags: [when]                   # for reading the results, and for --filter

What has no meaning in a refusal (facts, gold, evidence, reference, thresholds) is wrong there. Every scalar
is read as the text that stands there: `no`, `5` and `2025-06-09` need no quotes. Facts are matched as
`evals.metrics.facts` describes, evidence as `evals.metrics.evidence` does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from evals.measures import ALL, NEEDS, OF_A_CASE, SUITE_DEFAULTS, limits
from evals.metrics.facts import Fact
from evals.metrics.refusals import Expect
from evals.nodes import Nodes, SuiteError, compose, line_of, near
from rag.answer import Turn

__all__ = ["SUITES", "Case", "Suite", "SuiteError", "load_suite", "suite_names"]

SUITES = Path(__file__).parent / "suites"

SUITE_FIELDS = ("name", "description", "articles", "sources", "thresholds", "cases")
CASE_FIELDS = (
    *("id", "question", "history", "expect", "facts", "gold", "evidence"),
    *("reference", "thresholds", "tags"),
)
FACT_FIELDS = ("text", "any_of", "regex", "must_not")
TURN_FIELDS = ("question", "answer")
ONLY_OF_ANSWERS = ("facts", "gold", "evidence", "reference", "thresholds")
"""Fields that a case which expects a refusal may not have."""


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
    evidence: tuple[str, ...] = ()
    """Words of the articles that hold the answer."""
    reference: str | None = None
    thresholds: dict[str, float] = field(default_factory=dict)
    """Bounds of this case, laid over `evals.measures.CASE_DEFAULTS`."""
    tags: tuple[str, ...] = ()
    line: int = 0
    """Where it begins in the suite's file, from 1; 0 for one that stands in no file."""

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
    thresholds: dict[str, float] = field(default_factory=lambda: dict(SUITE_DEFAULTS))
    path: Path | None = None
    """Its file."""


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
    return _Reader(path).suite(compose(path, text))


class _Reader(Nodes):
    """Walks the nodes of a suite by the shape that it must have."""

    def suite(self, root: yaml.Node | None) -> Suite:
        if root is None:
            raise SuiteError(f"{self.path}:1: the file is empty", hint="give it a name and cases")
        fields = self.mapping(root, "suite", SUITE_FIELDS)
        sources: dict[str, tuple[str, ...]] = {}
        if "sources" in fields:
            named = self.mapping(fields["sources"], "sources", None)
            sources = {key: self.texts(node, f"sources.{key}") for key, node in named.items()}
        suite = Suite(
            name=self.text(self.required(fields, "name", root, "suite"), "name"),
            description=self.text(fields["description"], "description") if "description" in fields else "",
            articles=self.folder(fields["articles"]) if "articles" in fields else None,
            sources=sources,
            thresholds=SUITE_DEFAULTS | self.thresholds(fields, "thresholds", ALL),
            cases=tuple(self.cases(self.required(fields, "cases", root, "suite"), sources)),
            path=self.path,
        )
        if not suite.cases:
            raise self.error(fields["cases"], "cases", "is empty", "a suite without a case passes nothing")
        return suite

    def thresholds(self, fields: dict[str, yaml.Node], at: str, known: Collection[str]) -> dict[str, float]:
        if "thresholds" not in fields:
            return {}
        named = self.mapping(fields["thresholds"], at, known)
        return {key: self.number(node, f"{at}.{key}", *limits(key)) for key, node in named.items()}

    def cases(self, node: yaml.Node, sources: Collection[str]) -> Iterator[Case]:
        seen: dict[str, int] = {}
        for number, item in enumerate(self.items(node, "cases")):
            case = self.case(item, f"cases[{number}]", sources)
            line = line_of(item)
            if case.id in seen:
                problem = f"{case.id!r} is already the id of the case on line {seen[case.id]}"
                raise self.error(item, f"cases[{number}].id", problem, "give each case its own id")
            seen[case.id] = line
            yield case

    def case(self, node: yaml.Node, at: str, sources: Collection[str]) -> Case:
        fields = self.mapping(node, at, CASE_FIELDS)
        case_id = self.text(self.required(fields, "id", node, at), f"{at}.id")
        at = f"{at} ({case_id})"
        expect = self.expect(self.required(fields, "expect", node, at), f"{at}.expect")
        for key in ONLY_OF_ANSWERS:
            if expect == "refuse" and key in fields:
                raise self.error(
                    fields[key], f"{at}.{key}", "has no meaning in a case that expects a refusal", "remove it"
                )
        facts = self.facts(fields["facts"], f"{at}.facts") if "facts" in fields else ()
        if expect == "answer" and not facts:
            raise self.error(node, f"{at}.facts", "is missing", "say what a right answer states")
        gold = self.texts(fields["gold"], f"{at}.gold") if "gold" in fields else ()
        for key in gold:
            if key not in sources:
                problem = f"{key!r} is not one of sources"
                hint = (
                    near(key, sources) if sources else f"write `sources: {{{key}: [words of the article]}}`"
                )
                raise self.error(fields["gold"], f"{at}.gold", problem, hint)
        thresholds = self.thresholds(fields, f"{at}.thresholds", OF_A_CASE)
        for metric in thresholds:
            if NEEDS.get(metric, "facts") not in fields:
                problem = f"cannot be held without {NEEDS[metric]!r}"
                raise self.error(fields["thresholds"], f"{at}.thresholds.{metric}", problem, "add that field")
        return Case(
            id=case_id,
            question=self.text(self.required(fields, "question", node, at), f"{at}.question"),
            expect=expect,
            history=self.history(fields["history"], f"{at}.history") if "history" in fields else (),
            facts=facts,
            gold=gold,
            evidence=self.texts(fields["evidence"], f"{at}.evidence") if "evidence" in fields else (),
            reference=self.text(fields["reference"], f"{at}.reference") if "reference" in fields else None,
            thresholds=thresholds,
            tags=self.texts(fields["tags"], f"{at}.tags") if "tags" in fields else (),
            line=line_of(node),
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
        fields = self.mapping(node, at, FACT_FIELDS)
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
            fields = self.mapping(item, where, TURN_FIELDS)
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
