"""A new case written into a user's suite: whole or not at all, and nothing else in the file is touched."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evals.cases import Suite, SuiteError, load_suite
from evals.metrics.refusals import Expect
from rag.answer import Turn

_ID_WORDS = 6
_NEW = "name: {name}\ndescription: Cases made from answers in the page.\ncases:\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A question, and what must come of it."""

    question: str
    expect: Expect
    history: tuple[Turn, ...] = ()
    facts: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    """Titles of the articles, one of which must be cited."""


def add_case(path: Path, case: NewCase) -> str:
    """Append a case to the suite in a YAML file, which is made where there is none.

    Returns:
        The new case's id.

    Raises:
        SuiteError: the file is no suite or not written as blocks, or the case is none; nothing is changed.
        OSError: the file cannot be written.
    """
    suite = load_suite(path) if path.exists() else Suite(name=path.parent.name, cases=())
    text = path.read_text(encoding="utf-8-sig") if path.exists() else _NEW.format(name="mine")
    case_id = _free(_slug(case.question), {each.id for each in suite.cases})
    sources = dict(suite.sources)
    gold = [_key_of(title, sources) for title in case.gold]
    new_sources = {key: list(sources[key]) for key in gold if key not in suite.sources}
    item: dict[str, Any] = {"id": case_id, "question": case.question}
    if case.history:
        turns = [{"question": t.question, "answer": t.answer} for t in case.history]
        item["history"] = [{key: value for key, value in turn.items() if value} for turn in turns]
    item["expect"] = case.expect
    if case.expect == "answer":
        item |= {"facts": list(case.facts)} | ({"gold": gold} if gold else {})
        text = _with_sources(path, text, new_sources)
    text = _with_item(path, text, item)
    _write_checked(path, text, case_id)
    return case_id


def _write_checked(path: Path, text: str, case_id: str) -> None:
    """Put the text in the file's place once the loader has read it as a suite that holds the case."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".suite-", suffix=".yaml")
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            loaded = load_suite(made)
        except SuiteError as error:
            raise SuiteError(error.message.replace(name, str(path)), hint=error.hint) from error
        if case_id not in {case.id for case in loaded.cases}:
            raise _not_blocks(path, "cases")
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def _with_item(path: Path, text: str, item: dict[str, Any]) -> str:
    node = _value(text, "cases")
    dash = 2
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        line = text[: node.value[0].start_mark.index].rpartition("\n")[2]
        dash = line.rindex("-")
    elif not (isinstance(node, yaml.ScalarNode) and not node.value):
        raise _not_blocks(path, "cases")
    first, *rest = _yaml(item)
    lines = [f"{' ' * dash}- {first}", *(" " * (dash + 2) + line for line in rest)]
    return _inserted(text, _end(text, node), "\n".join(lines))


def _with_sources(path: Path, text: str, sources: dict[str, list[str]]) -> str:
    if not sources:
        return text
    node = _value(text, "sources")
    if node is None:
        cases = re.search(r"^cases\s*:", text, re.MULTILINE)
        at = cases.start() if cases else len(text)
        return _inserted(text, at, "\n".join(["sources:", *(f"  {line}" for line in _yaml(sources))]))
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise _not_blocks(path, "sources")
    indent = " " * node.start_mark.column
    return _inserted(text, _end(text, node), "\n".join(indent + line for line in _yaml(sources)))


def _value(text: str, key: str) -> yaml.Node | None:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _end(text: str, node: yaml.Node) -> int:
    """Where the line after a block begins."""
    end = node.end_mark.index
    if text[end - 1 : end] == "\n":
        return end
    line_end = text.find("\n", end)
    return len(text) if line_end < 0 else line_end + 1


def _inserted(text: str, at: int, lines: str) -> str:
    before, after = text[:at], text[at:]
    return before + ("" if not before or before.endswith("\n") else "\n") + lines + "\n" + after


def _yaml(value: Any) -> list[str]:
    """The lines of a value in YAML's block style."""
    written: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)
    return written.rstrip("\n").split("\n")


def _key_of(title: str, sources: dict[str, tuple[str, ...]]) -> str:
    """The key of the source that means this title; a new one is added to `sources`."""
    for key, phrases in sources.items():
        if title in phrases:
            return key
    key = _free(_slug(title), sources)
    sources[key] = (title,)
    return key


def _slug(text: str) -> str:
    """A short name made of a text's first words.

    >>> _slug("What did the dredging cost, and why?")
    'what-did-the-dredging-cost-and'
    """
    return "-".join(re.findall(r"\w+", text.lower())[:_ID_WORDS]) or "case"


def _free(name: str, taken: Collection[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"


def _not_blocks(path: Path, key: str) -> SuiteError:
    return SuiteError(
        f"{path}: {key} is not written as a block, so nothing can be appended to it",
        hint=f"write {key} with a line for each, as evals/cases.py shows",
    )
