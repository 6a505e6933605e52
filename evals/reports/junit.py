"""`junit.xml`, which every CI reads: a test for each case, each threshold, and each way of being worse."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from evals.results import CaseResult, SuiteResult

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(result: SuiteResult) -> str:
    """The run in the form that Jenkins, GitLab and the JUnit actions of GitHub take."""
    name = f"citewell.{result.suite.name}"
    file = _from_here(result.suite.path)
    suite = ET.Element("testsuite", name=_valid(name))
    for case in result.cases:
        suite.append(_case(name, case, file))
    for threshold in result.thresholds if result.thresholds_gate else ():
        element = _test(f"{name}.thresholds", threshold.metric)
        if not threshold.ok:
            _add(element, "failure", str(threshold), "")
        suite.append(element)
    if result.comparison is not None:
        element = _test(f"{name}.baseline", "no worse than the baseline")
        if regressions := result.comparison.regressions:
            _add(element, "failure", regressions[0], "\n".join(regressions))
        suite.append(element)
    tests = list(suite)
    suite.set("tests", str(len(tests)))
    for outcome in ("failure", "error"):
        suite.set(f"{outcome}s", str(sum(test.find(outcome) is not None for test in tests)))
    suite.set("time", f"{sum(c.took_ms for c in result.cases) / 1000:.3f}")
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(name: str, result: CaseResult, file: str) -> ET.Element:
    element = _test(name, result.case.id)
    element.set("time", f"{result.took_ms / 1000:.3f}")
    if file and result.case.line:
        element.set("file", _valid(file))
        element.set("line", str(result.case.line))
    if result.error is not None:
        _add(element, "error", result.error, result.error)
    elif result.problems:
        answer = result.answer.answer if result.answer else ""
        said = [f"question: {result.case.question}", f"answer: {answer}", *result.problems]
        _add(element, "failure", result.problems[0], "\n".join(said))
    return element


def _from_here(path: Path | None) -> str:
    """A path as a CI that has checked out this folder knows it."""
    if path is None:
        return ""
    here = Path.cwd()
    return str(path.resolve().relative_to(here) if path.resolve().is_relative_to(here) else path)


def _test(classname: str, name: str) -> ET.Element:
    return ET.Element("testcase", classname=_valid(classname), name=_valid(name), time="0")


def _add(test: ET.Element, tag: str, message: str, text: str) -> None:
    ET.SubElement(test, tag, message=_valid(message)).text = _valid(text)


def _valid(text: str) -> str:
    """`text` as XML can carry it."""
    return _NOT_XML.sub("\ufffd", text)
