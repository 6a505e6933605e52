"""YAML as nodes that still know their lines, and what a field may be: the ground of every suite error."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from pathlib import Path

import yaml

from index.errors import UsageError

_YAML_HINT = "correct that line; a text with one of : # , ? [ ] { } in it may need quotes"


class SuiteError(UsageError):
    """Raised when a suite is unknown or its file is wrong; the message names file, line and field."""


def compose(path: Path, text: str) -> yaml.Node | None:
    """The root node of a YAML text; None where there is nothing in it.

    Raises:
        SuiteError: it is not YAML.
    """
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else f"{path}"
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise SuiteError(f"{where}: not YAML: {problem}", hint=_YAML_HINT) from error
    return root


class Nodes:
    """Reads the nodes of one file. `at` is the path of a field, for messages: `cases[3] (id).facts[0]`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def mapping(self, node: yaml.Node, at: str, known: Collection[str] | None) -> dict[str, yaml.Node]:
        """The fields of a mapping; with `known`, no others than these."""
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, at, "is not a mapping", "write it as `key: value` lines")
        fields: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = self.text(key_node, at)
            if known is not None and key not in known:
                raise self.error(key_node, f"{at}.{key}", "is not a known field", near(key, known))
            if key in fields:
                raise self.error(key_node, f"{at}.{key}", "is given twice", "keep one of them")
            fields[key] = value
        return fields

    def required(self, fields: dict[str, yaml.Node], key: str, parent: yaml.Node, at: str) -> yaml.Node:
        if key not in fields:
            raise self.error(parent, f"{at}.{key}", "is missing", "add it")
        return fields[key]

    def items(self, node: yaml.Node, at: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(node, at, "is not a list", "write it as `- item` lines or [item, item]")
        return list(node.value)

    def texts(self, node: yaml.Node, at: str) -> tuple[str, ...]:
        """A list of texts, at least one."""
        found = tuple(self.text(item, f"{at}[{n}]") for n, item in enumerate(self.items(node, at)))
        if not found:
            raise self.error(node, at, "is empty", "name at least one, or leave the field out")
        return found

    def text(self, node: yaml.Node, at: str) -> str:
        """A scalar as it stands there."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.error(node, at, "is not a text", "quote it if it has a colon or a bracket")
        value = str(node.value)
        if not value.strip():
            raise self.error(node, at, "is empty", "fill it in")
        return value

    def number(self, node: yaml.Node, at: str, low: float, high: float) -> float:
        try:
            value = float(self.text(node, at))
        except ValueError as error:
            raise self.error(node, at, "is not a number", "write it like 0.95") from error
        if not low <= value <= high:
            limits = f"it lies between {low:g} and {high:g}" if high < float("inf") else f"at least {low:g}"
            raise self.error(node, at, f"is {value:g}, out of range", limits)
        return value

    def error(self, node: yaml.Node, at: str, problem: str, hint: str) -> SuiteError:
        return SuiteError(f"{self.path}:{line_of(node)}: {at} {problem}", hint=hint)


def line_of(node: yaml.Node) -> int:
    """Where a node begins, from 1."""
    return int(node.start_mark.line) + 1


def near(word: str, known: Collection[str]) -> str:
    """A hint for a word that is none of the known."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted(known)) or 'none'}"
