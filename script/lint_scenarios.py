#!/usr/bin/env python3
"""Do the stories in test/scenarios tell the whole procedure, and can each line of them be read?

For each class of procedures/*.toml every sentence of its remarks must be quoted (a line beginning with "> ") in a story
whose name begins with that class; the text on prolonged failures in one that begins with "prolonged-". A quotation that
stands in no procedure is a mistake, too: it is how a changed procedure finds the stories that no longer fit.

Prints one line for each complaint as path:line: what, and ends with 1 where there is one.
"""

import re
import sys
import tomllib
from pathlib import Path

ADDRESS = r"[^\s@:\"]+@[^\s@:\"]+"
NUMBER = r"\+\d{8,15}"
TEXT = r'"[^"]+"'
KIND = (
    r"(?:receipt|resend receipt|acknowledgement|start of work|answer|question|settled|alert"
    r"|missing email|rejected call|no reply|unreachable|sms stopped|sms started|about us|commands|outage update|outage silent|callbacks)"
)
CLASS = r"(?:routine|urgent|critical)"
STATEMENTS = [
    rf"{NUMBER} belongs to {ADDRESS}",
    rf"{ADDRESS} emails {TEXT} : {TEXT}",
    rf"{ADDRESS} resends",
    rf"{ADDRESS} (?:auto-)?replies {TEXT}",
    rf"{NUMBER} texts {TEXT}",
    rf"{NUMBER} calls",
    rf"{NUMBER} types {TEXT} : {TEXT}",
    rf"{ADDRESS} presses (?:no answer yet|it works again)",
    r"the next email is marked as spam",
    r"the next (?:email|sms) is lost",
    r"agent (?:reads|starts|settles|reopens|closes|expects no email)",
    rf"agent (?:answers|asks) {TEXT}",
    rf"agent reclassifies to {CLASS} {TEXT}",
    rf"expect email to (?:{ADDRESS}|on-call): {KIND}(?: containing {TEXT})?",
    rf"expect sms to (?:{NUMBER}|on-call): {KIND}(?: containing {TEXT})?",
    rf"agent declares outage {TEXT} : {TEXT}",
    rf"agent (?:updates|ends) the outage {TEXT}",
    r"agent attaches case \d+",
    r"agent [A-Z]\w* (?:takes|cannot take|settles) callback \d+",
    r"agent [A-Z]\w* tries callback \d+: (?:reached|no answer|voicemail|wrong number)",
    rf"agent [A-Z]\w* writes off callback \d+ {TEXT}",
    r"callback \d+ is (?:waiting|due|taken|paid|written off)",
    r"expect nothing",
    rf"case(?: \d+)? is (?:new|read|working|waiting|settled|closed)(?:, class {CLASS})?(?:, step \d+)?"
    r"(?:, email missing)?",
]
STATEMENT = re.compile("|".join(f"(?:{s})" for s in STATEMENTS))
TIME = re.compile(r"(?:\+(\d+)d )?([01]\d|2[0-3]):([0-5]\d) (.+)")


def sentences(text):
    """The sentences of a remark. Each ends with a full stop, and none has one inside."""
    return re.findall(r"[^.]+\.", text.strip()) if text else []


def procedure_sentences(procedure):
    """Yields (prefix of the story's name, sentence)."""
    for one in procedure["class"]:
        for remark in [step["note"] for step in one["step"]] + [one["phone"]["note"]]:
            for sentence in sentences(remark):
                yield one["id"], sentence.strip()
    for sentence in sentences(procedure["prolonged"]["text"]):
        yield "prolonged", sentence.strip()


def read_story(path, complain):
    """The quotations of one file; complains about each line that cannot be read."""
    quoted = []
    last = None
    statements = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("> "):
            quoted.append((number, line[2:].strip()))
            continue
        match = TIME.fullmatch(line)
        if not match:
            complain(path, number, f"no time at the beginning (09:00 or +7d 09:00): {line}")
            continue
        when = int(match[1] or 0) * 1440 + int(match[2]) * 60 + int(match[3])
        if last is not None and when < last:
            complain(path, number, "this is earlier than the line before it")
        last = when
        statements += 1
        if not STATEMENT.fullmatch(match[4]):
            complain(path, number, f"not a statement that test/scenarios/README.md knows: {match[4]}")
    if not statements:
        complain(path, 1, "a story without a statement")
    return quoted


def check(root):
    complaints = []

    def complain(path, number, what):
        complaints.append(f"{path.relative_to(root)}:{number}: {what}")

    stories = {path: read_story(path, complain) for path in sorted((root / "test/scenarios").glob("*.txt"))}
    known = set()
    for file in sorted((root / "procedures").glob("*.toml")):
        procedure = tomllib.loads(file.read_text(encoding="utf-8"))
        for prefix, sentence in procedure_sentences(procedure):
            known.add(sentence)
            if not any(
                path.name.startswith(prefix + "-") and sentence in [text for _, text in quoted]
                for path, quoted in stories.items()
            ):
                complain(file, 1, f"no story test/scenarios/{prefix}-*.txt quotes: {sentence}")
    for path, quoted in stories.items():
        for number, text in quoted:
            if text not in known:
                complain(path, number, f"not a sentence of any procedure: {text}")
    return complaints


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    complaints = check(root)
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
