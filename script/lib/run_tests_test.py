"""What script/test counts, tried with made-up programs: a test that lies about its tests is worse than none."""

import concurrent.futures
import io
import os
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

import counting
import processes
import run_tests
from processes import Outcome

GOOD = "[ RUN      ] A.b\n[       OK ] A.b (0 ms)\n[==========] 3 tests ran.\n[  PASSED  ] 3 tests.\n"


def outcome(text, code=0, timed_out=False):
    return Outcome(code, text, 1.0, timed_out)


class Counting(unittest.TestCase):
    def check(self, counts, passed, failed, skipped=0, why=""):
        self.assertEqual((counts.passed, counts.failed, counts.skipped), (passed, failed, skipped), counts)
        self.assertIn(why, counts.why)

    def test_googletest(self):
        self.check(counting.googletest(outcome(GOOD)), 3, 0)

    def test_googletest_with_failures_and_skipped_and_disabled_ones(self):
        text = (
            "[  FAILED  ] A.b (0 ms)\n[  PASSED  ] 5 tests.\n[  SKIPPED ] 2 tests, listed below:\n[  SKIPPED ] A.c\n"
            "[  SKIPPED ] A.d\n[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.b\n\n 1 FAILED TEST\n"
            "  YOU HAVE 4 DISABLED TESTS\n"
        )
        self.check(counting.googletest(outcome(text, 1)), 5, 1, 6, "A.b")

    def test_googletest_that_crashes(self):
        text = "[ RUN      ] A.a\n[       OK ] A.a (0 ms)\n[ RUN      ] A.b\n"
        self.check(counting.googletest(outcome(text, -11)), 1, 1, 0, "SIGSEGV in A.b")

    def test_googletest_that_hangs(self):
        self.check(counting.googletest(outcome("[ RUN      ] A.b\n", -15, True)), 0, 1, 0, "took longer")

    def test_googletest_that_fails_after_its_summary(self):
        self.check(counting.googletest(outcome(GOOD, 1)), 3, 1, 0, "all tests passed, but")

    def test_googletest_without_tests(self):
        self.check(counting.googletest(outcome("[  PASSED  ] 0 tests.\n")), 0, 1, 0, "ran no test")

    def test_a_program_that_says_nothing(self):
        self.check(counting.googletest(outcome("")), 0, 1, 0, "no summary")
        self.check(counting.python_unittest(outcome("")), 0, 1, 0, "no summary")

    def test_vitest(self):
        good = "\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[32m59 passed\x1b[39m\x1b[22m\x1b[90m (59)\x1b[39m\n"
        self.check(counting.vitest(outcome(good)), 59, 0)
        text = " FAIL  src/a.test.ts > b\n      Tests  1 failed | 58 passed | 2 skipped (61)\n"
        self.check(counting.vitest(outcome(text, 1)), 58, 1, 2, "src/a.test.ts")
        self.check(counting.vitest(outcome(good, 1)), 59, 1, 0, "vitest")
        self.check(counting.vitest(outcome("")), 0, 1, 0, "no summary")

    def test_node(self):
        self.check(counting.node_test(outcome("# pass 7\n# fail 0\n# cancelled 0\n# skipped 1\n")), 7, 0, 1)
        self.check(counting.node_test(outcome("    not ok 2 - a story\n# pass 6\n# fail 1\n", 1)), 6, 1, 0, "a story")
        self.check(counting.node_test(outcome("# pass 0\n# fail 0\n")), 0, 1, 0, "ran no test")
        self.check(counting.node_test(outcome("")), 0, 1, 0, "no summary")

    def test_unittest(self):
        self.check(counting.python_unittest(outcome("Ran 7 tests in 0.1s\n\nOK\n")), 7, 0)
        self.check(counting.python_unittest(outcome("Ran 7 tests in 0.1s\n\nOK (skipped=2)\n")), 5, 0, 2)
        text = "FAIL: test_x (test_y.Z)\nRan 7 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=1)\n"
        self.check(counting.python_unittest(outcome(text, 1)), 3, 3, 1, "test_x")
        self.check(counting.python_unittest(outcome("Ran 0 tests in 0.0s\n\nOK\n")), 0, 1, 0, "ran no test")

    def test_stories(self):
        self.check(counting.stories(outcome("ok a.txt\nok b.txt\n"), 2), 2, 0)
        self.check(counting.stories(outcome("ok a.txt\nFAILED b.txt:3 no\n", 1), 2), 1, 1, 0, "b.txt")
        self.check(counting.stories(outcome("ok a.txt\n"), 2), 1, 1, 0, "1 of 2 stories")
        self.check(counting.stories(outcome("ok a.txt\nok b.txt\n", 1), 2), 2, 1)

    def test_fuzzing(self):
        self.check(counting.fuzzing(outcome("Done 5 runs in 2 second(s)\n")), 1, 0)
        self.check(counting.fuzzing(outcome("Done 0 runs in 2 second(s)\n")), 0, 1)
        text = "SUMMARY: AddressSanitizer: heap-use-after-free\nTest unit written to ./crash-1\n"
        self.check(counting.fuzzing(outcome(text, 1)), 0, 1, 0, "repeat with ./crash-1")

    def test_simulation(self):
        good = '$ x\n{"seed":1,"cases":5,"digest":"ab","violations":[]}\n'
        self.assertEqual(run_tests.Session.judge(outcome(good)), ("", "ab"))
        for text, code in [
            ("$ x\n", 0),
            (good, 1),
            (good.replace("[]", '["lost"]'), 1),
            (good.replace('"violations":[]', '"x":1'), 0),
            (good.replace(":5", ":0"), 0),
        ]:
            self.assertNotEqual(run_tests.Session.judge(outcome(text, code))[0], "", text)


class Processes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name) / "x.log"

    def test_a_time_limit_ends_children_too(self):
        begin = time.monotonic()
        done = processes.run(["sh", "-c", "sleep 60 & sleep 60"], 0.3, self.log)
        self.assertTrue(done.timed_out)
        self.assertLess(time.monotonic() - begin, 10)
        self.assertEqual(processes.descendants(os.getpid()), [])

    def test_a_daemon_that_has_gone_away_is_ended(self):
        code = (
            "import sys; sys.path.insert(0, sys.argv[1]); import os, processes; processes.adopt_orphans();"
            "done = processes.run(['sh', '-c', 'setsid sleep 61 & echo well'], 10, sys.argv[2]);"
            "assert 'well' in done.output, done; assert done.code == 0; print(processes.descendants(os.getpid()))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent), str(self.log)],
            capture_output=True, text=True, timeout=30, check=False,
        )
        self.assertEqual(done.stdout.strip(), "[]", done.stderr)

    def test_what_one_leaves_behind_is_ended_and_the_one_beside_it_is_not(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            beside = pool.submit(processes.run, ["sh", "-c", "sleep 1; echo well"], 20, self.log.with_name("y.log"))
            processes.run(["sh", "-c", "setsid sleep 62 &"], 20, self.log)
            done = beside.result()
        self.assertEqual((done.code, "well" in done.output), (0, True), done)
        self.assertEqual(processes.descendants(os.getpid()), [])

    def test_a_program_that_a_signal_ended(self):
        self.assertEqual(processes.run(["sh", "-c", "kill -ABRT $$"], 5, self.log).code, -6)

    def test_a_program_that_is_not_there(self):
        self.assertEqual(processes.run(["/nonexistent/program"], 5, self.log).code, 127)


class WholeRun(unittest.TestCase):
    """A tree with a cmake and a ninja that only pretend."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.program("bin/cmake", "true")
        self.program("bin/ninja", 'for i in $(cd ${2#} && find . -type f); do echo "${i#./}: phony"; done')
        path = mock.patch.dict(os.environ, {"PATH": f"{self.root}/bin:{os.environ['PATH']}"})
        path.start()
        self.addCleanup(path.stop)
        (self.root / "build/release").mkdir(parents=True)
        (self.root / "build/asan").mkdir()

    def program(self, name, script):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def run_all(self, long=False, only=""):
        out = io.StringIO()
        session = run_tests.Session(self.root, long, only)
        with redirect_stdout(out):
            code = session.run_all()
        return code, out.getvalue(), [row.name for row in session.rows]

    def good(self, name):
        self.program(name, f"cat <<'E'\n{GOOD}E")

    def test_what_is_not_there_is_not_mentioned(self):
        self.good("build/release/src/base/test_base")
        code, text, rows = self.run_all()
        self.assertEqual((code, rows), (0, ["release: base"]))
        self.assertEqual(text.splitlines()[-1], "3 passed, 0 failed")

    def test_it_goes_on_after_a_failure_and_counts_what_was_skipped(self):
        self.program("build/release/src/base/test_base", "kill -9 $$")
        self.good("build/release/src/core/test_core")
        self.program("test/blackbox/test_mail.py", "")
        (self.root / "test/blackbox/test_mail.py").write_text(
            "import os, unittest\nclass T(unittest.TestCase):\n  def test_a(self): assert os.environ['HEJNAL']\n"
            "  @unittest.skip('x')\n  def test_b(self): pass\n"
        )
        code, text, rows = self.run_all()
        self.assertEqual((code, rows), (1, ["release: base", "release: core", "black box: mail"]))
        self.assertEqual(text.splitlines()[-1], "4 passed, 1 failed, 1 skipped")
        self.assertIn("SIGKILL", text)

    def test_every_part(self):
        (self.root / "build/fuzz").mkdir()
        self.good("build/release/test_base")
        self.good("build/asan/test_base")
        self.program("build/fuzz/fuzz/fuzz_mime", "echo 'Done 9 runs in 20 second(s)'")
        (self.root / "fuzz").mkdir()
        (self.root / "fuzz/CMakeLists.txt").write_text("")
        (self.root / "sim").mkdir()
        (self.root / "src/app").mkdir(parents=True)
        (self.root / "src/app/main.cpp").write_text('run("simulate");')
        self.program("build/release/hejnal", 'echo "{\\"cases\\": 3, \\"digest\\": \\"d$3\\", \\"violations\\": []}"')
        self.program("build/release/hejnal_scenarios", 'for f; do echo "ok $f"; done')
        (self.root / "test/scenarios").mkdir(parents=True)
        (self.root / "test/scenarios/a.txt").write_text("")
        self.program("test/blackbox/test_kill.py", "")
        (self.root / "test/blackbox/test_kill.py").write_text(
            "import os, unittest\nclass T(unittest.TestCase):\n"
            "  def test_a(self): self.assertEqual(os.environ['HEJNAL_KILLS'], '30')\n"
        )
        code, text, rows = self.run_all()
        simulated = ["simulate", "simulate: two sides"]
        self.assertEqual(rows, ["release: base", "scenarios", *simulated, "asan: base", "fuzz: mime", "kill: kill"], text)
        self.assertEqual(text.splitlines()[-1], "16 passed, 0 failed")
        self.assertEqual(code, 0)

    def test_only_one_part(self):
        self.good("build/release/test_base")
        self.good("build/release/test_core")
        self.good("build/asan/test_core")
        self.assertEqual(self.run_all(only="core")[2], ["release: core"])
        self.assertEqual(self.run_all(only="asan")[2], ["asan: core"])
        code, text, _ = self.run_all(only="cellar")
        self.assertEqual((code, text.splitlines()[-1]), (1, "0 passed, 1 failed"))

    def test_a_build_that_fails_is_a_failure(self):
        self.program("bin/cmake", "echo no such compiler; exit 2")
        code, text, _ = self.run_all()
        self.assertEqual(code, 1)
        self.assertIn("no such compiler", text)
        self.assertEqual(text.splitlines()[-1], "0 passed, 2 failed")  # release and asan

    def test_a_program_left_by_an_older_build_is_no_test(self):
        self.program("bin/ninja", "echo 'src/base/test_base: phony'")
        self.good("build/release/test_base")
        self.good("build/release/test_attic")
        self.assertEqual(self.run_all()[2], ["release: base"])


if __name__ == "__main__":
    unittest.main()
