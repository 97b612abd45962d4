"""Reads how many tests passed, failed and were skipped from what a test program has said.

The rule for doubt: a program that ends well without saying how many tests it ran has failed. So has one that ran none.
"""

import re
from dataclasses import dataclass


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    why: str = ""  # one line for people, where it failed

    def __add__(self, other):
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def first_number(pattern, text):
    match = None
    for match in re.finditer(pattern, text, re.MULTILINE):
        pass  # the last one: the summary stands at the end
    return int(match[1]) if match else None


def googletest(outcome):
    text = outcome.output
    passed = first_number(r"^\[  PASSED  \] (\d+) tests?", text)
    failed = first_number(r"^\[  FAILED  \] (\d+) tests?, listed below", text) or 0
    skipped = first_number(r"^\[  SKIPPED \] (\d+) tests?", text) or 0
    skipped += first_number(r"YOU HAVE (\d+) DISABLED TESTS?", text) or 0
    if passed is None:  # it has not come to its end
        ok = len(re.findall(r"^\[       OK \] ", text, re.MULTILINE))
        bad = len(re.findall(r"^\[  FAILED  \] ", text, re.MULTILINE))
        running = re.findall(r"^\[ RUN      \] (\S+)", text, re.MULTILINE)
        where = f" in {running[-1]}" if running else ""
        return Counts(ok, bad + 1, skipped, f"{outcome.how()}{where}, with no summary")
    if outcome.code != 0 and failed == 0:
        return Counts(passed, 1, skipped, f"all tests passed, but the program {outcome.how()}")
    if passed + failed + skipped == 0:
        return Counts(0, 1, 0, "ran no test")
    names = re.findall(r"^\[  FAILED  \] ([^\s,(]+)$", text, re.MULTILINE)
    return Counts(passed, failed, skipped, ", ".join(sorted(set(names))[:3]) if failed else "")


def python_unittest(outcome):
    text = outcome.output
    ran = first_number(r"^Ran (\d+) tests? in ", text)
    if ran is None:
        return Counts(0, 1, 0, f"{outcome.how()}, with no summary")
    summary = re.findall(r"^(?:OK|FAILED)(?: \((.*)\))?$", text, re.MULTILINE)
    words = dict(re.findall(r"([a-z ]+)=(\d+)", summary[-1] if summary else ""))
    number = {name.strip(): int(value) for name, value in words.items()}
    failed = number.get("failures", 0) + number.get("errors", 0) + number.get("unexpected successes", 0)
    skipped = number.get("skipped", 0) + number.get("expected failures", 0)
    if outcome.code != 0 and failed == 0:
        return Counts(max(ran - skipped, 0), 1, skipped, f"the program {outcome.how()}")
    if ran == 0 and failed == 0:
        return Counts(0, 1, 0, "ran no test")
    names = re.findall(r"^(?:FAIL|ERROR): (\S+)", text, re.MULTILINE)
    return Counts(max(ran - failed - skipped, 0), failed, skipped, ", ".join(names[:3]))


def vitest(outcome):
    """The last line about tests: "Tests  1 failed | 58 passed | 2 skipped (61)", in whatever colours."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", outcome.output)
    line = re.findall(r"^ *Tests +(.*\(\d+\)) *$", text, re.MULTILINE)
    if not line:
        return Counts(0, 1, 0, f"{outcome.how()}, with no summary")
    number = {word: int(value) for value, word in re.findall(r"(\d+) (passed|failed|skipped|todo)", line[-1])}
    passed, failed = number.get("passed", 0), number.get("failed", 0)
    skipped = number.get("skipped", 0) + number.get("todo", 0)
    if outcome.code != 0 and failed == 0:
        return Counts(passed, 1, skipped, f"vitest {outcome.how()}")
    if passed + failed == 0:
        return Counts(0, 1, skipped, "ran no test")
    names = re.findall(r"^ *FAIL +(\S+)", text, re.MULTILINE)
    return Counts(passed, failed, skipped, ", ".join(sorted(set(names))[:3]) if failed else "")


def node_test(outcome):
    """The summary of `node --test`: "# pass 4", "# fail 0" ... at the beginnings of lines."""
    passed, failed = first_number(r"^# pass (\d+)$", outcome.output), first_number(r"^# fail (\d+)$", outcome.output)
    if passed is None or failed is None:
        return Counts(0, 1, 0, f"{outcome.how()}, with no summary")
    skipped = first_number(r"^# skipped (\d+)$", outcome.output) or 0
    failed += first_number(r"^# cancelled (\d+)$", outcome.output) or 0
    if outcome.code != 0 and failed == 0:
        return Counts(passed, 1, skipped, f"node {outcome.how()}")
    if passed + failed == 0:
        return Counts(0, 1, skipped, "ran no test")
    names = re.findall(r"^ *not ok \d+ - (.*)$", outcome.output, re.MULTILINE)
    return Counts(passed, failed, skipped, ", ".join(names[:3]) if failed else "")


def stories(outcome, expected):
    """One line a story: "ok FILE" or "FAILED FILE ...". Each of the expected number must have its line."""
    passed = len(re.findall(r"^ok ", outcome.output, re.MULTILINE))
    names = re.findall(r"^FAILED (\S+)", outcome.output, re.MULTILINE)
    silent = max(expected - passed - len(names), 0)
    failed = len(names) + silent
    why = ", ".join(names[:3])
    if silent:
        why = f"{outcome.how()}, and {silent} of {expected} stories have not been told"
    elif outcome.code != 0 and not failed:
        failed, why = 1, f"the program {outcome.how()}"
    return Counts(passed, failed, 0, why)


def fuzzing(outcome):
    runs = first_number(r"^Done (\d+) runs in ", outcome.output)
    if outcome.code == 0 and runs:
        return Counts(1, 0, 0, "")
    summary = re.findall(r"^SUMMARY: (.*)$", outcome.output, re.MULTILINE)
    unit = re.findall(r"Test unit written to (\S+)", outcome.output)
    why = summary[-1] if summary else f"{outcome.how()}, {runs or 0} runs"
    return Counts(0, 1, 0, why + (f"; repeat with {unit[-1]}" if unit else ""))
