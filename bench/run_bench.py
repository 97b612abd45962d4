"""Measures every goal of docs/performance.md: the work of script/bench, which explains the arguments.

Intake is measured in turns (Dovecot, Postfix, the limit, hejnal, and again) and each figure is the median of its rounds; so
a neighbour who disturbs one round does not decide. Before each measurement we wait a while for the machine to be quiet, and
say at the end how quiet it was.
"""

import argparse
import datetime
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import report
import servers
from live import LivePages
from report import Row, median, number, percentile
from servers import Company, Dovecot, Exchange, Hejnal, NotHere, Postfix

ROOT = Path(__file__).resolve().parent.parent
QUIET_SHARE = 0.10  # of the machine, that others may use
SETTLING_S = 7  # that a server has run before mail comes: ours lays out its log meanwhile


def cpu_times():
    fields = [int(n) for n in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return sum(fields) - idle, sum(fields)


class Session:
    def __init__(self, options):
        self.quick = options.quick
        self.rounds = options.rounds or (2 if options.quick else 3)
        self.patience_s = options.patience
        self.programs = Path(options.programs or ROOT / "build/release").resolve()
        self.work = Path(tempfile.mkdtemp(prefix="hejnal-bench-", dir=options.dir))
        self.work.chmod(0o755)  # the servers' users have to get in
        self.folders = 0
        self.rows = []
        self.busy = []  # how much of the machine others had, before each measurement
        self.taken = {}  # results that several goals judge
        self.million = 100_000 if self.quick else 1_000_000
        # Alarms far enough away that none rings while something else is measured.
        self.far_ms = int((time.time() + 20 * 3600) * 1000)

    # -- tools ------------------------------------------------------------------------------------------------------

    def folder(self):
        self.folders += 1
        path = self.work / str(self.folders)
        path.mkdir()
        return path

    def quiet(self):
        """Waits until others leave the machine alone, but not for ever."""
        until = time.monotonic() + self.patience_s
        while True:
            before = cpu_times()
            time.sleep(0.5)
            after = cpu_times()
            share = (after[0] - before[0]) / max(1, after[1] - before[1])
            if share <= QUIET_SHARE or time.monotonic() > until:
                self.busy.append(share)
                return

    def tool(self, name, *arguments, timeout_s=600, slow_sync=None):
        environment = {**os.environ, **({"LD_PRELOAD": str(slow_sync)} if slow_sync else {})}
        done = subprocess.run(
            [self.programs / "bench" / name, *map(str, arguments)], capture_output=True, text=True, check=False,
            timeout=timeout_s, env=environment,
        )
        if not done.stdout.startswith("{"):
            raise RuntimeError(f"{name} ended with {done.returncode}: {done.stderr[-300:]}")
        return json.loads(done.stdout)

    def hejnal(self, folder=None, slow_sync=None):
        return Hejnal(folder or self.folder(), self.programs / "hejnal", slow_sync)

    def send(self, server, senders, mails):
        found = self.tool("bench_mail_load", server.protocol, f"127.0.0.1:{server.port}", senders, mails, servers.RECIPIENT)
        if found["accepted"] != mails:
            raise RuntimeError(f"{type(server).__name__} accepted {found['accepted']} of {mails} mails")
        return found

    def slow_sync(self):
        library = self.work / "slow_sync.so"
        if not library.exists():
            subprocess.run(["cc", "-O2", "-fPIC", "-shared", "-o", library, ROOT / "bench/slow_sync.c"], check=True)
        return library

    def filled_once(self):
        """A database with a million open cases."""
        if "filled" not in self.taken:
            path = self.work / "filled.db"
            print(f"filling a database with {self.million:,} cases", flush=True)
            begin = time.monotonic()
            self.tool("bench_fill", path, self.million, self.far_ms, timeout_s=3600)
            self.taken["filled"], self.taken["fill_s"] = path, time.monotonic() - begin
        return self.taken["filled"]

    def filled(self):
        """A folder with a copy of it."""
        folder = self.folder()
        shutil.copyfile(self.filled_once(), folder / "hejnal.db")
        return folder

    def add(self, row):
        self.rows.append(row)
        print(f"{row.goal}: {row.what}: {row.judged or row.note} ({row.verdict})", flush=True)

    def not_measured(self, goal, what, why):
        self.add(Row(goal, what, note=f"{what}: {why}"))

    # -- intake -----------------------------------------------------------------------------------------------------

    def intake(self, name, senders, mails, contestants):
        """Medians of {contestant: {"per_s", "p50_ms", "p99_ms"}}; measured in turns, each time from nothing."""
        if name in self.taken:
            return self.taken[name]
        scale = 0.4 if self.quick else 1.0
        results = {}
        for _ in range(self.rounds):
            for who, make in contestants.items():
                self.quiet()
                try:
                    count = max(senders * 10, int(mails[who] * scale))
                    results.setdefault(who, []).append(self.one_round(make, senders, count))
                except NotHere as words:
                    self.taken.setdefault("missing", {})[who] = str(words)
        medians = {who: {k: median([r[k] for r in rounds]) for k in rounds[0]} for who, rounds in results.items()}
        for who, found in medians.items():
            each = ", ".join(number(r["per_s"]) for r in results[who])
            print(f"  {name}, {who}: {number(found['per_s'])}/s of {each}; "
                  f"p50 {number(found['p50_ms'])} ms, p99 {number(found['p99_ms'])} ms", flush=True)
        self.taken[name] = medians
        return medians

    def one_round(self, make, senders, mails):
        made = make()
        if not isinstance(made, servers.Server):  # the limit: a program that measures itself
            found = self.tool("bench_sqlite_limit", self.folder() / "limit.db", mails, slow_sync=made)
            return {"per_s": found["rows_per_s"], "p50_ms": 0.0, "p99_ms": found["p99_ms"]}
        try:
            with made as server:
                time.sleep(SETTLING_S)
                found = self.send(server, senders, mails)
                out = {k: found[k] for k in ("per_s", "p50_ms", "p99_ms")}
                if isinstance(server, Hejnal):
                    out["resident_mib"] = server.memory_mib()[2]
                return out
        finally:
            shutil.rmtree(made.folder, ignore_errors=True)

    def many_senders(self):
        return self.intake(
            "32 senders", 32,
            {"dovecot": 3000, "dovecot always": 3000, "postfix": 4000, "limit": 100_000, "hejnal": 12_000},
            {
                "dovecot": lambda: Dovecot(self.folder()),
                "dovecot always": lambda: Dovecot(self.folder(), "always"),
                "postfix": lambda: Postfix(self.folder()),
                "limit": lambda: None,
                "hejnal": self.hejnal,
            },
        )

    def one_sender(self):
        return self.intake(
            "1 sender", 1, {"dovecot": 600, "hejnal": 1500},
            {"dovecot": lambda: Dovecot(self.folder()), "hejnal": self.hejnal},
        )

    def slow_disk(self):
        shim = self.slow_sync()
        return self.intake(
            "2 ms more a sync, 32 senders", 32, {"dovecot": 2000, "limit": 30_000, "hejnal": 8000},
            {
                "dovecot": lambda: Dovecot(self.folder(), slow_sync=shim),
                "limit": lambda: shim,
                "hejnal": lambda: self.hejnal(slow_sync=shim),
            },
        )

    def ratio(self, goal, what, found, rival, wanted, figure="per_s", limit_too=False):
        """ours / theirs, of rates; theirs / ours, of times."""
        ours = found["hejnal"][figure]
        unit = "/s" if figure == "per_s" else " ms"
        if rival not in found:
            why = self.taken.get("missing", {}).get(rival, "it was not measured")
            self.add(Row(goal, what, ours=number(ours) + unit, wanted=wanted, unit="×", note=f"{what}: {why}"))
            return
        theirs = found[rival][figure]
        self.add(Row(
            goal, what, ours=number(ours) + unit, rival=f"{number(theirs)}{unit}",
            limit=f"{number(found['limit']['per_s'])}/s" if limit_too else "",
            reached=ours / theirs if figure == "per_s" else theirs / ours, wanted=wanted, unit="×",
        ))

    def share(self, goal, what, found, wanted):
        ours, limit = found["hejnal"]["per_s"], found["limit"]["per_s"]
        self.add(Row(goal, what, ours=f"{number(ours)}/s", limit=f"{number(limit)}/s", reached=100 * ours / limit,
                     wanted=wanted, unit="%"))

    def i1(self):
        found = self.many_senders()
        self.ratio("I1", "32 senders, to Dovecot LMTP", found, "dovecot", 10, limit_too=True)
        self.ratio("I1", "32 senders, to Dovecot that syncs always", found, "dovecot always", 10, limit_too=True)
        self.ratio("I1", "32 senders, to Postfix's queue", found, "postfix", 5, limit_too=True)

    def i2(self):
        self.share("I2", "32 senders, share of SQLite's limit", self.many_senders(), 22)

    def i3(self):
        found = self.one_sender()
        self.ratio("I3", "1 sender, to Dovecot LMTP", found, "dovecot", 7)
        p50 = found["hejnal"]["p50_ms"]
        theirs = found.get("dovecot", {}).get("p50_ms")
        self.add(Row("I3", "1 sender, p50 of the 250", ours=f"{number(p50)} ms", reached=p50, wanted=0.5,
                     rival=f"{number(theirs)} ms" if theirs else "", more_is_better=False, unit="ms"))

    def i4(self):
        self.ratio("I4", "32 senders, p99 of the 250", self.many_senders(), "dovecot", 10, figure="p99_ms")

    def i5(self):
        found = self.slow_disk()
        self.ratio("I5", "2 ms more a sync, to Dovecot LMTP", found, "dovecot", 6, limit_too=True)
        self.share("I5", "2 ms more a sync, share of the limit", found, 40)

    def i6(self):
        self.not_measured("I6", "nothing lost, nothing doubled", "script/test --only kill decides that; "
                          "script/test --long with 1,000 kills")

    # -- time -------------------------------------------------------------------------------------------------------

    def t1(self):
        per_s, seconds = 50, 15 if self.quick else 40
        folder, count = self.folder(), per_s * seconds
        self.filled_once()
        # Filling takes as long as it took before; starting has to fit, too.
        first_ms = int((time.time() + 2 * self.taken["fill_s"] + 10 + self.million / 50_000) * 1000)
        self.tool("bench_fill", folder / "hejnal.db", self.million, first_ms, per_s, timeout_s=3600)
        self.quiet()
        with self.hejnal(folder) as server:
            if time.time() * 1000 > first_ms:
                raise RuntimeError("hejnal needed longer to start than the first alarm waited")
            last_s = first_ms / 1000 + seconds
            wait_until(last_s + 1)
            server.check_alive()
            late = [r["late_ms"] for r in rings(server.database, first_ms)]
        shutil.rmtree(folder)
        if len(late) < count:
            raise RuntimeError(f"{len(late)} of {count} alarms have rung")
        for name, share, wanted in (("p50", 0.5, 2), ("p99", 0.99, 10)):
            found = percentile(late, share)
            self.add(Row("T1", f"{self.million:,} cases, {per_s} due a second: lateness {name}", ours=f"{found} ms",
                         reached=float(found), wanted=wanted, more_is_better=False, unit="ms"))

    def t2(self):
        self.storm(10_000, 1.0)
        self.storm(100_000, 8.0, with_intake=True)

    def storm(self, count, wanted_s, with_intake=False):
        self.quiet()
        folder = self.folder()
        due_s = time.time() + 7 + count / 10_000  # filling and starting take less
        due_ms = int(due_s * 1000)
        self.tool("bench_fill", folder / "hejnal.db", count, due_ms)
        with self.hejnal(folder) as server:
            calm = self.send(server, 4, 400)["p99_ms"] if with_intake else 0.0
            if time.time() > due_s:
                raise RuntimeError("the alarms were due before everything was ready")
            database = sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)
            left = f"SELECT 1 FROM cases WHERE alarm_at <= {due_ms} LIMIT 1"
            wait_until(due_s)
            stormy = []
            load = None
            while database.execute(left).fetchone():
                server.check_alive()
                if time.time() > due_s + 40 * wanted_s:
                    raise RuntimeError(f"after {40 * wanted_s:.0f} s not all of the {count:,} have rung")
                if with_intake and (load is None or load.poll() is not None):
                    stormy += batch(load)
                    load = subprocess.Popen(
                        [self.programs / "bench/bench_mail_load", "lmtp", f"127.0.0.1:{server.port}", "4", "200",
                         servers.RECIPIENT], stdout=subprocess.PIPE, text=True)
                time.sleep(0.01)
            took_s = time.time() - due_s
            if load:
                load.wait()
                stormy += batch(load)
            moved = len(list(rings(server.database, due_ms)))
            queued = database.execute(
                f"SELECT count(DISTINCT case_number) FROM outbox WHERE case_number <= {count}").fetchone()[0]
            database.close()
        shutil.rmtree(folder)
        if min(moved, queued) < count:
            raise RuntimeError(f"of {count:,} alarms {moved:,} have rung and {queued:,} are in the outbox")
        self.add(Row("T2", f"{count:,} due at once" + (", while mail comes in" if with_intake else ""),
                     ours=f"{number(count / took_s)}/s", reached=took_s, wanted=wanted_s, more_is_better=False, unit="s"))
        if with_intake:
            worst = max(stormy)
            self.add(Row("T2", f"{count:,} due at once: p99 of the 250, to its quiet value", ours=f"{number(worst)} ms",
                         limit=f"{number(calm)} ms", reached=worst / calm, wanted=5, more_is_better=False, unit="×"))

    def t3(self):
        folder = self.filled()
        with self.hejnal(folder) as server:
            time.sleep(5)
            before, seconds = server.cpu_s(), 10 if self.quick else 30
            time.sleep(seconds)
            used = server.cpu_s() - before
        shutil.rmtree(folder)
        self.add(Row("T3", f"idle with {self.million:,} cases", ours=f"{number(1000 * used / seconds)} ms a second",
                     reached=100 * used / seconds, wanted=0.2, more_is_better=False, unit="% of a core"))

    # -- memory and start -------------------------------------------------------------------------------------------

    def m1(self):
        with self.hejnal() as server:
            time.sleep(2)
            resident, private, _ = server.memory_mib()
        self.memory("empty and idle, private", private, 12)
        self.memory("empty and idle, resident", resident, 28)
        folder = self.filled()
        with self.hejnal(folder) as server:
            for _ in range(20):
                server.get("/api/v1/cases?limit=50")
            resident, private, _ = server.memory_mib()
        shutil.rmtree(folder)
        self.memory(f"{self.million:,} cases, resident (private {number(private)})", resident, 160)
        self.memory("32 senders (I1), highest resident", self.many_senders()["hejnal"]["resident_mib"], 64)

    def memory(self, what, mib, wanted):
        self.add(Row("M1", what, ours=f"{number(mib)} MiB", reached=mib, wanted=wanted, more_is_better=False, unit="MiB"))

    def c1(self):
        found = {}
        full = self.filled()
        for _ in range(self.rounds):
            for who, make in (("dovecot", lambda: Dovecot(self.folder())), ("empty", self.hejnal),
                              ("full", lambda: self.hejnal(full))):
                self.quiet()
                try:
                    with make() as server:
                        found.setdefault(who, []).append(server.started_ms)
                except NotHere:
                    pass
        shutil.rmtree(full)
        rival = f"{number(median(found['dovecot']))} ms" if "dovecot" in found else ""
        for who, what, wanted in (("empty", "start to greeting and first answer", 40),
                                  ("full", f"the same with {self.million:,} cases", 150)):
            ms = median(found[who])
            self.add(Row("C1", what, ours=f"{number(ms)} ms", rival=rival, reached=ms, wanted=wanted,
                         more_is_better=False, unit="ms"))

    # -- users ------------------------------------------------------------------------------------------------------

    def users(self, server, path, seconds, most=0):
        """8 users who ask again as soon as they have their answer: (p99 in ms, answers a second)."""
        if not shutil.which("wrk"):
            raise NotHere("there is no wrk (script/bootstrap --test)")
        done = subprocess.run(
            ["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", "--timeout", "30s", "-H",
             f"Authorization: Bearer {server.token}", "-s", ROOT / "bench/search.lua",
             f"http://127.0.0.1:{server.http_port}"],
            capture_output=True, text=True, check=False, timeout=seconds + 60,
            env={**os.environ, "HEJNAL_QUERY": path, "HEJNAL_QUERY_MOST": str(max(most, 1))},
        )
        p99 = re.search(r"^\s+99%\s+(\S+)", done.stdout, re.MULTILINE)
        rate = re.search(r"^Requests/sec:\s+(\S+)", done.stdout, re.MULTILINE)
        if not p99 or not rate or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
            raise RuntimeError(f"wrk: {done.stdout[-400:]} {done.stderr[-200:]}")
        return report.milliseconds(p99[1]), float(rate[1])

    def on_full(self):
        """The measurements of U1 and U2, on one server."""
        if "users" in self.taken:
            return self.taken["users"]
        seconds = 4 if self.quick else 10
        folder = self.filled()
        page = "/api/v1/cases?limit=50"
        with self.hejnal(folder) as server:
            self.users(server, page, 2)
            found = {}
            for name, path in (("page", page), ("rare", "/api/v1/cases?limit=50&q=klient%d%40firma.example"),
                               ("common", "/api/v1/cases?limit=50&q=drukarka"),
                               ("number", "/api/v1/cases?limit=50&q=sprawa+%d")):
                self.quiet()
                found[name] = self.users(server, path, seconds, self.million)
            self.quiet()
            with LivePages(server, 200, 0.05) as pages:
                found["live"] = self.users(server, page, seconds)
            if not pages.late_ms:
                raise RuntimeError("some of the open pages have not heard of every case")
            found["told"] = percentile(pages.late_ms, 0.99)
            load = subprocess.Popen(
                [self.programs / "bench/bench_mail_load", "lmtp", f"127.0.0.1:{server.port}", "32", "200000",
                 servers.RECIPIENT], stdout=subprocess.DEVNULL)
            try:
                time.sleep(4)  # it prepares its mails first
                found["during I1"] = self.users(server, page, seconds)
                if load.poll() is not None:
                    raise RuntimeError("the mails ran out while the users were measured")
            finally:
                load.kill()
                load.wait()
        shutil.rmtree(folder)
        self.taken["users"] = found
        return found

    def u1(self):
        found = self.on_full()
        p99, rate = found["page"]
        self.add(Row("U1", f"first page of {self.million:,} cases, 8 users: p99", ours=f"{number(p99)} ms", reached=p99,
                     wanted=5, more_is_better=False, unit="ms"))
        self.add(Row("U1", "pages a second", ours=f"{number(rate)}/s", reached=rate, wanted=3000, unit="/s"))
        p99, rate = found["live"]
        self.add(Row("U1", "the same with 200 pages open and live, a mail every 50 ms: p99", ours=f"{number(p99)} ms", reached=p99,
                     wanted=5, more_is_better=False, unit="ms"))
        self.add(Row("U1", "from the 250 of a mail to the last of these pages: p99", ours=f"{number(found['told'])} ms",
                     reached=found["told"], wanted=200, more_is_better=False, unit="ms"))
        p99, rate = found["during I1"]
        self.add(Row("U1", "first page while 32 senders send: p99", ours=f"{number(p99)} ms", reached=p99, wanted=20,
                     more_is_better=False, unit="ms"))

    def u2(self):
        found = self.on_full()
        for name, what in (("rare", "search for an address"), ("number", "search for a word and a number"),
                           ("common", "search for a word that is everywhere")):
            p99, rate = found[name]
            self.add(Row("U2", f"{what}, 8 users: p99", ours=f"{number(p99)} ms, {number(rate)}/s", reached=p99, wanted=20,
                         more_is_better=False, unit="ms"))

    def s1(self):
        told = subprocess.run([self.programs / "hejnal", "simulate", "--help"], capture_output=True, text=True, check=False)
        if "--years" not in told.stdout:
            self.not_measured("S1", "simulated cases a second", "hejnal has no command simulate yet")
            return
        stores = [("sqlite", "simulated cases a second and core, on SQLite", 500)]
        if "--store" in told.stdout:
            stores.append(("memory", "the same on the store in memory", 5000))
        for store, what, wanted in stores:
            self.quiet()
            command = [self.programs / "hejnal", "simulate", "--seed", "1", "--years", "1", "--json"]
            command += ["--store", store] if len(stores) > 1 else []
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1800)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            cases = json.loads(done.stdout.splitlines()[-1])["cases"]
            self.add(Row("S1", what, ours=f"{cases} in {number(used)} s of a core", reached=cases / used, wanted=wanted,
                         unit="/s"))

    # -- SMS --------------------------------------------------------------------------------------------------------

    def s2(self):
        """100,000 SMS against a million open cases: by the desk itself, and as calls of a gateway beside mails."""
        texts, mails = (20_000, 6000) if self.quick else (100_000, 12_000)
        path = self.work / "town.db"
        print(f"filling a town with {self.million:,} cases", flush=True)
        self.tool("bench_fill", path, self.million, "town", timeout_s=3600)
        folder = self.folder()
        shutil.copyfile(path, folder / "hejnal.db")
        self.quiet()
        found = self.tool("bench_sms_load", "desk", folder / "hejnal.db", self.million, texts, 0)
        shutil.rmtree(folder)
        if found["accepted"] != texts:
            raise RuntimeError(f"{found['accepted']} of {texts} SMS were taken")
        what = f"{texts:,} SMS to {self.million:,} open cases"
        self.add(Row("S2", f"{what}: found, weighed, decided and written, p99", ours=f"{number(found['receive_p99_ms'])} ms",
                     reached=found["receive_p99_ms"], wanted=2, more_is_better=False, unit="ms"))
        self.add(Row("S2", f"{what}: durable", ours=f"{number(found['per_s'])}/s", reached=found["per_s"], wanted=5000, unit="/s"))
        rates = {"sms": [], "mail": []}
        for _ in range(self.rounds):
            for kind in rates:
                folder = self.folder()
                shutil.copyfile(path, folder / "hejnal.db")
                self.quiet()
                with Company(folder, self.programs / "hejnal") as server:
                    time.sleep(SETTLING_S)
                    if kind == "mail":
                        rates[kind].append(self.send(server, 32, mails)["per_s"])
                        continue
                    taken = self.tool("bench_sms_load", "http", f"127.0.0.1:{server.http_port}", server.calls_at, self.million,
                                      32, mails, 0, server.gateway_port)
                    if taken["refused"]:
                        raise RuntimeError(f"{taken['refused']} of {mails} calls were refused")
                    rates[kind].append(taken["per_s"])
                shutil.rmtree(folder)
        sms, mail = median(rates["sms"]), median(rates["mail"])
        self.add(Row("S2", "32 calls of a gateway at a time, to 32 senders of mail", ours=f"{number(sms)}/s",
                     rival=f"{number(mail)}/s", reached=sms / mail, wanted=1, unit="×"))
        path.unlink()

    # -- calls ------------------------------------------------------------------------------------------------------

    def p1(self):
        """Calls by SIP, 100 a second, of people who have open cases, while an outage is open: each is decided, stored
        and answered by SMS. From the INVITE to its final answer, as sipp sees it."""
        if not shutil.which("sipp"):
            raise NotHere("there is no sipp (script/bootstrap --test)")
        per_s, seconds = 100, 10 if self.quick else 60
        path = self.work / "town.db"
        if not path.exists():
            print(f"filling a town with {self.million:,} cases", flush=True)
            self.tool("bench_fill", path, self.million, "town", timeout_s=3600)
        times, people = [], self.million // 2
        for round_ in range(self.rounds):
            folder = self.folder()
            shutil.copyfile(path, folder / "hejnal.db")
            callers = [f"+486{(round_ + i * 7919) % people:08}" for i in range(per_s * seconds)]
            (folder / "callers.csv").write_text("SEQUENTIAL\n" + "\n".join(callers) + "\n", encoding="utf-8")
            self.quiet()
            with Exchange(folder, self.programs / "hejnal") as server:
                server.post("/api/v1/outages", {"title": "Serwer poczty", "public_text": "Serwer poczty nie działa."})
                time.sleep(SETTLING_S)
                done = subprocess.run(
                    ["sipp", f"127.0.0.1:{server.sip_port}", "-sf", ROOT / "bench/call.xml", "-inf", folder / "callers.csv",
                     "-i", "127.0.0.1", "-r", str(per_s), "-m", str(len(callers)), "-l", str(len(callers)), "-nostdin",
                     "-timeout", f"{seconds + 60}s", "-trace_rtt", "-rtt_freq", "1"],
                    cwd=folder, capture_output=True, check=False, timeout=seconds + 90, env={**os.environ, "TERM": "dumb"})
            found = []
            for table in folder.glob("*_rtt.csv"):
                found += [float(line.split(";")[1]) for line in table.read_text(encoding="utf-8").splitlines()[1:]]
            if done.returncode != 0 or len(found) != len(callers):
                raise RuntimeError(f"sipp: {done.returncode}, {len(found)} of {len(callers)} calls were rejected: {done.stdout[-800:]!r}")
            times.append((percentile(found, 0.5), percentile(found, 0.99)))
            shutil.rmtree(folder)
        p50, p99 = (median([one[i] for one in times]) for i in (0, 1))
        what = f"{per_s} calls a second by SIP, {self.million:,} cases: INVITE to final answer"
        self.add(Row("P1", f"{what}, p50", ours=f"{number(p50)} ms"))
        self.add(Row("P1", f"{what}, p99", ours=f"{number(p99)} ms", reached=p99, wanted=20, more_is_better=False, unit="ms"))

    # -- all of it --------------------------------------------------------------------------------------------------

    GOALS = ("I1", "I2", "I3", "I4", "I5", "I6", "T1", "T2", "T3", "M1", "C1", "U1", "U2", "S1", "S2", "P1")

    def run(self, goals):
        try:
            for goal in goals:
                try:
                    getattr(self, goal.lower())()
                except NotHere as words:
                    self.not_measured(goal, "needs what is missing here", str(words))
                except (RuntimeError, ValueError, OSError, sqlite3.Error, subprocess.SubprocessError) as error:
                    self.not_measured(goal, "FAILED", str(error))
        finally:
            shutil.rmtree(self.work, ignore_errors=True)

    def conditions(self):
        memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(encoding="ascii"))
        disturbed = sum(1 for share in self.busy if share > QUIET_SHARE)
        return {
            "at": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
            "cores": os.cpu_count(),
            "memory_gib": round(int(memory[1]) / 1024 / 1024),
            "rounds": self.rounds,
            "quick": self.quick,
            "measurements": len(self.busy),
            "begun_while_others_were_busy": disturbed,
        }


def rings(path, since_ms):
    """What the journal says of alarms that have rung."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for (text,) in database.execute(
                "SELECT entries FROM journal WHERE at >= ? AND entries LIKE '%\"rang\"%'", (since_ms,)):
            for entry in json.loads(text):
                if entry["kind"] == "rang":
                    yield {"late_ms": 0, **entry}
    finally:
        database.close()


def batch(load):
    """The p99 that an ended sender has seen."""
    return [json.loads(load.stdout.read())["p99_ms"]] if load else []


def wait_until(epoch_s):
    time.sleep(max(0.0, epoch_s - time.time()))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="script/bench", add_help=False)
    parser.add_argument("--only", default="", metavar="GOALS")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--patience", type=float, default=20.0, metavar="SECONDS")
    parser.add_argument("--json", default="", metavar="FILE")
    parser.add_argument("--markdown", default="", metavar="FILE")
    parser.add_argument("--dir", default="/var/tmp")
    parser.add_argument("--programs", default="", metavar="DIR")
    options = parser.parse_args(arguments)
    goals = [one.strip().upper() for one in options.only.split(",") if one.strip()] or list(Session.GOALS)
    for goal in goals:
        if goal not in Session.GOALS:
            parser.error(f"there is no goal {goal}; there are {', '.join(Session.GOALS)}")
    session = Session(options)

    def stop(number, _frame):  # so that every `with` ends its server; once, so that nothing interrupts the ending
        for sign in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(sign, signal.SIG_IGN)
        sys.exit(128 + number)

    for sign in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(sign, stop)
    session.run(goals)
    conditions = session.conditions()
    print(f"\n{report.table(session.rows)}\n")
    print(f"{conditions['cores']} cores, {conditions['memory_gib']} GiB, {conditions['at']}; {conditions['rounds']} rounds; "
          f"{conditions['begun_while_others_were_busy']} of {conditions['measurements']} measurements began while others "
          "used the machine")
    if options.json:
        Path(options.json).write_text(report.as_json(session.rows, conditions) + "\n", encoding="utf-8")
    if options.markdown:
        Path(options.markdown).write_text(report.markdown(session.rows) + "\n", encoding="utf-8")
    failed = [row for row in session.rows if row.what == "FAILED"]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
