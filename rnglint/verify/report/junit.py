"""The verification as JUnit XML: a test suite per target, a test case per check."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from rnglint.verify.results import Result, Verdict, Verification

#: Characters that XML 1.0 cannot hold, not even escaped.
_UNFIT = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(verification: Verification) -> str:
    """One XML document."""
    suites = ET.Element("testsuites", name="rnglint verify")
    for result in verification.results:
        suites.append(_suite(result))
    counted = list(suites)
    for count in ("tests", "failures", "skipped"):
        suites.set(count, str(sum(int(suite.get(count, "0")) for suite in counted)))
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _suite(result: Result) -> ET.Element:
    passed = [verdict.passed for verdict in result.verdicts]
    suite = ET.Element(
        "testsuite",
        name=_fit(result.name),
        tests=str(len(passed)),
        failures=str(passed.count(False)),
        skipped=str(passed.count(None)),
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in result.environment.items():
        ET.SubElement(properties, "property", name=name, value=_fit(value))
    for verdict in result.verdicts:
        suite.append(_case(result, verdict))
    if result.notes:
        ET.SubElement(suite, "system-out").text = _fit("\n".join(result.notes))
    return suite


def _case(result: Result, verdict: Verdict) -> ET.Element:
    case = ET.Element("testcase", classname=_fit(result.name), name=verdict.check)
    details = _fit("\n".join(verdict.details))
    if verdict.passed is False:
        failure = ET.SubElement(case, "failure", message=_fit(verdict.short), type=verdict.status)
        failure.text = details
    elif verdict.passed is None:
        ET.SubElement(case, "skipped", message=_fit(verdict.short))
    elif details:
        ET.SubElement(case, "system-out").text = details
    return case


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)
