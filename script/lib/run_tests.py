"""Runs every test there is and says how it went: the work of script/test, which explains the arguments.

A part that the tree does not have (no fuzz/, no sim/ ...) is not mentioned. Everything that is there runs, also after a
failure; some of them at once. What a part has said is kept in build/test-logs/. The last line is `N passed, N failed`,
with `, N skipped` where something was skipped.
"""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import counting
import processes
from counting import Counts

ROOT = Path(__file__).resolve().parent.parent.parent
JOBS = min((os.cpu_count() or 1) + 1, 3)
AT_ONCE = min(os.cpu_count() or 1, 2)  # of what keeps a core busy

GROUPS = ("release", "scenarios", "console", "black box", "simulate", "asan", "fuzz", "kill", "tsan")
QUICK_GROUPS = ("release", "scenarios", "console", "black box")


@dataclass
class Row:
    name: str
    counts: Counts
    seconds: float
    log: Path


@dataclass
class Part:
    """What is to be run; `count` makes the numbers of what it said."""

    name: str
    command: list
    timeout_s: float
    count: Callable
    env: dict = field(default_factory=dict)
    cwd: Path | None = None


@dataclass
class Session:
    root: Path
    long: bool
    only: str
    rows: list = field(default_factory=list)
    built: dict = field(default_factory=dict)  # preset -> did it build

    # -- how a part is run -----------------------------------------------------------------------------------------

    @property
    def logs(self):
        return self.root / "build/test-logs"

    @property
    def hejnal(self):
        return self.root / "build/release/hejnal"

    def log(self, name):
        return self.logs / (re.sub(r"[^A-Za-z0-9_.-]+", "-", name) + ".log")

    def environment(self):
        return {
            "HEJNAL": str(self.hejnal),
            "HEJNAL_SOURCE": str(self.root),
            "HEJNAL_LONG": "1" if self.long else "0",
            "HEJNAL_KILLS": os.environ.get("HEJNAL_KILLS", "1000" if self.long else "30"),
            "LC_ALL": "C.UTF-8",
        }

    def enters(self, group):
        """May --only mean something in this group? A name without a group is looked for where no other build is needed."""
        named = [one for one in GROUPS if self.only.startswith(one)]
        return not self.only or group in (named or QUICK_GROUPS)

    def wanted(self, group, name):
        """Is this part meant? --only takes a whole group, or parts by their names."""
        return self.enters(group) and (self.only in ("", group) or self.only in name)

    def add(self, name, counts, seconds, log):
        self.rows.append(Row(name, counts, seconds, log))
        skipped = f", {counts.skipped} skipped" if counts.skipped else ""
        print(f"{name}: {counts.passed} passed, {counts.failed} failed{skipped} ({seconds:.1f} s)", flush=True)
        if counts.failed:
            print(f"    {counts.why or 'see its log'}\n    log: {log.relative_to(self.root)}", flush=True)
            for line in tail(log, 40):
                print("    | " + line, flush=True)

    def run(self, parts, at_once=AT_ONCE):
        """Some at once; they are told of in their order."""
        def one(part):
            environment = {**self.environment(), **part.env}
            return processes.run(part.command, part.timeout_s, self.log(part.name), environment, part.cwd or self.root)

        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            for part, outcome in zip(parts, pool.map(one, parts)):
                self.add(part.name, part.count(outcome), outcome.seconds, self.log(part.name))

    def build(self, preset, options):
        """Configures and builds. A build that works is no test, one that does not is a failure."""
        if preset in self.built:
            return self.built[preset]
        name = f"build {preset}"
        print(f"{name} ...", flush=True)
        steps = [
            ["cmake", "--preset", preset, *options],
            ["cmake", "--build", "--preset", preset, "--parallel", str(JOBS)],
        ]
        begin = time.monotonic()
        for number, step in enumerate(steps):
            log = self.log(f"{name}-{number}")
            outcome = processes.run(step, 3000, log, cwd=self.root)
            if outcome.code != 0:
                self.add(name, Counts(0, 1, 0, f"{step[0]} {step[1]} {outcome.how()}"), outcome.seconds, log)
                self.built[preset] = False
                return False
        print(f"{name}: done ({time.monotonic() - begin:.1f} s)", flush=True)
        self.built[preset] = True
        return True

    # -- the parts ---------------------------------------------------------------------------------------------------

    def targets(self, preset):
        """The names of all targets, so that a program left behind by an older build is not taken for a test."""
        done = subprocess.run(
            ["ninja", "-C", f"build/{preset}", "-t", "targets", "all"],
            cwd=self.root, capture_output=True, text=True, check=False, timeout=60,
        )
        return set(re.findall(r"^(?:\S*/)?([\w.-]+): ", done.stdout, re.MULTILINE))

    def programs(self, preset, beginning):
        found = {}
        targets = self.targets(preset)
        for path in sorted((self.root / "build" / preset).glob(f"**/{beginning}*")):
            if path.is_file() and os.access(path, os.X_OK) and not path.suffix and path.name in targets:
                found.setdefault(path.name[len(beginning):], path)
        return found

    def unit_tests(self, group, preset, options, timeout_s, env=None):
        if not self.enters(group) or not self.build(preset, options):
            return
        for name, program in self.programs(preset, "test_").items():
            row = f"{group}: {name}"
            if self.wanted(group, row):
                yield Part(row, [program, "--gtest_color=no"], timeout_s, counting.googletest, env or {})

    def release(self):
        return self.unit_tests("release", "release", ["-DHEJNAL_TESTS=ON"], 1200 if self.long else 400)

    def python_modules(self):
        """Modules of test/blackbox; the kill test is one of them, and runs as a part of its own."""
        return sorted((self.root / "test/blackbox").glob("test_*.py"))

    def black_box(self, group="black box", kills=False):
        for module in self.python_modules():
            row = f"{group}: {module.stem[len('test_'):]}"
            if module.stem.startswith("test_kill") != kills or not self.wanted(group, row):
                continue
            if not self.build("release", ["-DHEJNAL_TESTS=ON"]):
                return
            yield Part(
                row, [sys.executable, "-m", "unittest", "-v", module.stem],
                (7200 if self.long else 600), counting.python_unittest, cwd=module.parent,
            )

    def kill_test(self):
        return self.black_box("kill", kills=True)

    def scenarios(self):
        """The program that plays test/scenarios; where there is none, a room's own tests do it."""
        files = sorted((self.root / "test/scenarios").glob("*.txt"))
        if not files or not self.wanted("scenarios", "scenarios"):
            return
        if not self.build("release", ["-DHEJNAL_TESTS=ON"]):
            return
        for program in self.programs("release", "hejnal_scenarios").values():
            yield Part("scenarios", [program, *files], 300, lambda outcome: counting.stories(outcome, len(files)))

    def console(self):
        """The team's pages: their logic by itself, and stories in a browser against the real program."""
        if not (self.root / "console/package.json").exists():
            return
        if self.wanted("console", "console: unit"):
            yield Part("console: unit", [self.root / "script/console", "test"], 300, counting.vitest)
        yield from self.stories("console: stories", [one for one in self.story_files() if not self.is_timed(one)])

    def speed(self):
        """What a page may take: others beside it would slow it down."""
        return self.stories("console: speed", [one for one in self.story_files() if self.is_timed(one)])

    def story_files(self):
        return sorted((self.root / "test/browser").glob("*.test.mjs"))

    @staticmethod
    def is_timed(file):
        return file.name.startswith("speed.")

    def stories(self, row, files):
        if files and self.wanted("console", row) and self.build("release", ["-DHEJNAL_TESTS=ON"]):
            yield Part(row, [self.root / "script/console", "stories", *files], 900, counting.node_test)

    def asan(self):
        return self.unit_tests(
            "asan", "asan", ["-DHEJNAL_TESTS=ON", "-DHEJNAL_NO_NET=ON"], 1800 if self.long else 600,
            {"ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1", "UBSAN_OPTIONS": "print_stacktrace=1"},
        )

    def tsan(self):
        if not self.long and not self.only:
            return ()
        return self.unit_tests("tsan", "tsan", ["-DHEJNAL_TESTS=ON"], 3600, {"TSAN_OPTIONS": "second_deadlock_stack=1"})

    def seed(self):
        """The commit decides, so that each commit looks somewhere else and can be repeated."""
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=self.root, capture_output=True, text=True, check=False, timeout=10
        )
        return int(done.stdout[:7], 16) if re.match(r"[0-9a-f]{7}", done.stdout) else 1

    def fuzz(self):
        if not (self.root / "fuzz/CMakeLists.txt").exists() or not self.enters("fuzz"):
            return
        if not self.build("fuzz", ["-DHEJNAL_TESTS=OFF", "-DHEJNAL_NO_NET=ON"]):
            return
        seconds = 300 if self.long else 20
        for name, program in self.programs("fuzz", "fuzz_").items():
            row = f"fuzz: {name}"
            if not self.wanted("fuzz", row):
                continue
            # What is found on the way goes to a folder of the build; the kept corpus is only read.
            found = self.root / "build/fuzz/found" / name
            found.mkdir(parents=True, exist_ok=True)
            kept = [path for path in (self.root / "fuzz/corpus" / name,) if path.is_dir()]
            yield Part(
                row,
                [program, f"-max_total_time={seconds}", f"-seed={self.seed()}", "-timeout=10", "-rss_limit_mb=2048",
                 "-print_final_stats=1", f"-artifact_prefix={self.root}/build/fuzz/{name}-", found, *kept],
                seconds + 180, counting.fuzzing,
            )

    def simulated_here(self):
        sources = (self.root / "src/app").glob("**/*.cpp")
        return (self.root / "sim").is_dir() and any('"simulate"' in path.read_text("utf-8") for path in sources)

    def simulate(self):
        if not self.simulated_here() or not self.wanted("simulate", "simulate"):
            return
        if not self.build("release", ["-DHEJNAL_TESTS=ON"]):
            return
        # Some tens of desk-months, or hundreds of desk-years. The first seeds are always the same ones.
        years = 4 if self.long else 1
        seeds = [1, 2] + [self.seed() + i for i in range(98 if self.long else 1)]
        # Both sides: a fixed seed, twice, and one of the commit.
        both = [1] + [self.seed() + i for i in range(98 if self.long else 1)]
        self.simulated("simulate", [], [*seeds, seeds[0]], years)
        self.simulated("simulate: two sides", ["--two-sided"], [*both, both[0]], 1 if self.long else 0.3)

    def simulated(self, row, options, seeds, years):
        """The first seed stands there twice: the same seed must give the same bytes."""
        begin = time.monotonic()
        counts, digests, logs = Counts(), {}, {}

        def one(number, seed):
            log = self.log(f"{row}-{seed}-{number}")
            command = [self.hejnal, "simulate", *options, "--seed", seed, "--years", years, "--json"]
            limit_s = 3600 if self.long else 400
            return seed, log, processes.run(command, limit_s, log, self.environment(), self.root)

        complaints = []
        with concurrent.futures.ThreadPoolExecutor(max(JOBS - 1, 1)) as pool:
            for seed, log, outcome in pool.map(one, range(len(seeds)), seeds):
                problem, digest = self.judge(outcome)
                if not problem and digests.setdefault(seed, digest) != digest:
                    problem = "the same seed gave another digest"
                counts += Counts(0, 1) if problem else Counts(1)
                logs.setdefault(bool(problem), log)
                if problem:
                    complaints.append(
                        f"{' '.join(['hejnal simulate', *options])} --seed {seed} --years {years}: {problem}")
        counts.why = "; ".join(complaints[:3])
        self.add(row, counts, time.monotonic() - begin, logs.get(True) or logs.get(False))

    @staticmethod
    def judge(outcome):
        """(what is wrong or "", digest) of one simulation."""
        answer = None
        for line in outcome.output.splitlines()[1:]:
            try:
                parsed = json.loads(line)
            except ValueError:
                continue
            if isinstance(parsed, dict) and "digest" in parsed:
                answer = parsed
        if answer is None:
            return f"{outcome.how()}, without its JSON line", ""
        if answer.get("violations") != []:
            return f"violations: {json.dumps(answer.get('violations'), ensure_ascii=False)[:300]}", ""
        if outcome.code != 0:
            return outcome.how(), ""
        if not answer.get("cases") or not answer["digest"]:
            return "nothing has happened in it", ""
        return "", answer["digest"]

    # -- all of it -----------------------------------------------------------------------------------------------------

    def run_all(self):
        # Servers and browsers wait most of the time.
        self.run([*self.release(), *self.scenarios(), *self.console(), *self.black_box()], at_once=JOBS)
        self.run([*self.speed()])
        self.simulate()
        for group in (self.asan, self.fuzz, self.kill_test, self.tsan):
            self.run([*group()])
        processes.end_descendants(os.getpid())
        return self.summary()

    def summary(self):
        if not self.rows:
            log = self.log("nothing")
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text("", encoding="utf-8")
            self.add("nothing", Counts(0, 1, 0, f"no test is named {self.only}" if self.only else "no test ran"), 0, log)
        total = Counts()
        width = max(len(row.name) for row in self.rows)
        print(f"\n{'part':<{width}}  passed  failed  skipped  seconds")
        for row in self.rows:
            total += row.counts
            counts = row.counts
            print(f"{row.name:<{width}}  {counts.passed:6}  {counts.failed:6}  {counts.skipped:7}  {row.seconds:7.1f}")
        print()
        skipped = f", {total.skipped} skipped" if total.skipped else ""
        print(f"{total.passed} passed, {total.failed} failed{skipped}", flush=True)
        return 0 if total.failed == 0 and total.passed > 0 else 1


def tail(path, lines):
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    except OSError:
        return []


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="script/test", add_help=False)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only", default="", metavar="NAME")
    options = parser.parse_args(arguments)
    processes.adopt_orphans()

    def stop(number, _frame):
        processes.end_descendants(os.getpid(), patience_s=3.0)
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    session = Session(ROOT, options.long, options.only)
    shutil.rmtree(session.logs, ignore_errors=True)
    return session.run_all()


if __name__ == "__main__":
    sys.exit(main())
