#!/usr/bin/env python3
"""clang-tidy on the files that have changed.

    script/lint_tidy.py [--base GIT-REF] [--all] [--files-max N] [--seconds-max N]

Changed is what differs between GIT-REF (by default HEAD~1) and the working tree, and what git does not know yet. For a
changed header the .cpp beside it is read. What a limit leaves out is said, never left out in silence. Needs a configured
build/release (script/lint sees to it).
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Our headers are seen through links in build/*/rooms/, so that place belongs to the filter, too.
HEADERS = "/(src|rooms|sim|fuzz|bench)/"


def git(*words):
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else None


def changed(base):
    differing = git("diff", "--name-only", "--diff-filter=d", base, "--")
    if differing is None:  # the first commit, or a shallow clone
        print(f"tidy: no {base} to compare with, so every file counts as changed")
        return git("ls-files") or []
    return differing + (git("ls-files", "--others", "--exclude-standard") or [])


def sources(names, compiled):
    found = []
    for name in names:
        path = ROOT / name
        if path.suffix == ".hpp":
            path = path.with_suffix(".cpp")
        if path.suffix == ".cpp" and path in compiled and path not in found:
            found.append(path)
    return sorted(found)


def tidy(path, build, seconds):
    command = ["clang-tidy-14", "--quiet", f"--header-filter={HEADERS}", "-p", str(build), str(path)]
    begin = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=max(seconds, 1), check=False)
    except subprocess.TimeoutExpired:
        return path, None, "", time.monotonic() - begin
    # What matters goes to stdout; stderr says how many warnings of others were held back, or why nothing could be read.
    return path, done.returncode, done.stdout + (done.stderr if done.returncode and not done.stdout else ""), (
        time.monotonic() - begin
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", default="HEAD~1")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--files-max", type=int, default=0, help="0: no limit")
    parser.add_argument("--seconds-max", type=float, default=0, help="0: no limit")
    arguments = parser.parse_args()

    build = ROOT / "build/release"
    database = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    compiled = {Path(entry["directory"], entry["file"]).resolve() for entry in database}
    files = sources(git("ls-files") if arguments.all else changed(arguments.base), compiled)
    left_out = []
    if arguments.files_max and len(files) > arguments.files_max:
        left_out = files[arguments.files_max:]
        files = files[: arguments.files_max]

    until = time.monotonic() + (arguments.seconds_max or 1e9)
    complaints = 0

    def one(path):
        left = until - time.monotonic()
        return (path, None, "", 0.0) if left <= 0 else tidy(path, build, min(left, 600))

    with concurrent.futures.ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        for path, code, text, seconds in pool.map(one, files):
            if code is None:
                left_out.append(path)
            elif code != 0:
                complaints += 1
                print(text, end="" if text.endswith("\n") else "\n")
                print(f"tidy: {path.relative_to(ROOT)}: complaints ({seconds:.0f} s)", flush=True)
    if left_out:
        names = " ".join(str(path.relative_to(ROOT)) for path in left_out)
        print(f"tidy: not looked at, for lack of time: {names}")
    print(f"tidy: {len(files)} files chosen, {complaints} with complaints, {len(left_out)} left out")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
