"""Runs programs so that they end: each has a time limit, and what it started ends with it.

A program that is run here gets a session and a keeper of its own. Whatever it leaves behind, even a daemon that has gone
away from its session, becomes the keeper's child (PR_SET_CHILD_SUBREAPER) and is ended, too. So several may run at once.
"""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """From now on orphaned descendants become our children. Linux only; elsewhere nothing happens."""
    try:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (OSError, AttributeError):
        pass


def parents():
    """pid -> parent's pid, of all processes that can be seen."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        # The name stands in brackets and may hold anything; state and parent follow the last bracket.
        found[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    return found


def descendants(pid):
    children = {}
    for one, parent in parents().items():
        children.setdefault(parent, []).append(one)
    found, todo = [], [pid]
    while todo:
        more = children.get(todo.pop(), [])
        found += more
        todo += more
    return found


def end_descendants(pid, patience_s=5.0):
    """Asks all descendants of `pid` to end, and after a while ends those that have not."""
    for sign, wait_s in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 2.0)):
        left = descendants(pid)
        for one in left:
            try:
                os.kill(one, sign)
            except ProcessLookupError:
                pass
        until = time.monotonic() + wait_s
        while left and time.monotonic() < until:
            reap()
            left = descendants(pid)
            time.sleep(0.02)
        if not left:
            return


def reap():
    """Takes note of adopted children that have ended."""
    for child in [one for one, parent in parents().items() if parent == os.getpid()]:
        try:
            os.waitpid(child, os.WNOHANG)
        except ChildProcessError:
            pass


@dataclass
class Outcome:
    code: int  # exit code; -N where signal N ended it
    output: str
    seconds: float
    timed_out: bool

    def how(self):
        if self.timed_out:
            return f"took longer than its {self.seconds:.0f} s"
        if self.code < 0:
            return f"was ended by {signal.Signals(-self.code).name}"
        return f"ended with {self.code}"


def run(command, timeout_s, log, env=None, cwd=None):
    """Runs a command with a time limit; everything it says goes to the file `log` and into the outcome.

    A program that cannot be started is an outcome, too: exit code 127. What the command left running is ended.
    """
    words = [str(word) for word in command]
    log = Path(log)
    log.parent.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    timed_out = False
    with open(log, "wb") as out:
        out.write(("$ " + " ".join(words) + "\n").encode())
        out.flush()
        keeper = subprocess.Popen(
            [sys.executable, Path(__file__).resolve(), *words],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            start_new_session=True,
        )
        try:
            keeper.wait(timeout_s)
        except subprocess.TimeoutExpired:
            timed_out = True
            end_group(keeper)
    text = log.read_text(encoding="utf-8", errors="replace")
    return Outcome(keeper.returncode, text, time.monotonic() - begin, timed_out)


def keep(command):
    """The keeper: runs the command, ends what it leaves behind, and ends as the command did."""
    adopt_orphans()

    def stop(number, _frame):
        end_descendants(os.getpid(), patience_s=2.0)
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    try:
        code = subprocess.Popen(command).wait()
    except OSError as error:
        print(error, flush=True)
        return 127
    end_descendants(os.getpid(), patience_s=1.0)
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def end_group(process):
    for sign, wait_s in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            pass
        try:
            process.wait(wait_s)
            return
        except subprocess.TimeoutExpired:
            continue


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1:]))
