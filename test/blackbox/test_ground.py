"""What everything stands on: the relay, the database's file, the clock, the threads. Trouble there is said, once and aloud."""

import contextlib
import os
import socket
import socketserver
import sqlite3
import threading
import time
import unittest
from pathlib import Path

import world
from world import SOFTWARE, TEMPFAIL, ConfiguredTest

OURS = ("pomoc@firma.example",)


class GroundTest(ConfiguredTest):
    def setUp(self):
        super().setUp()
        self.relay = world.free_port()  # where nobody listens yet
        self.write(world.settings(self.folder, smtp=f"smtp://127.0.0.1:{self.relay}"))

    def serve(self):
        self.desk = super().serve()
        return self.desk

    def said(self):
        return (self.folder / "stderr").read_text("utf-8")

    def channel(self, name):
        found = [one for one in self.desk.get("/api/v1/health").json["channels"] if one["name"] == name]
        return found[0] if found else None

    def states(self):
        return {one["state"] for one in self.desk.good("GET", "/api/v1/notices")["items"]}

    def eventually(self, condition, words, longest_s=15):
        self.assertTrue(world.eventually(condition, longest_s), f"{words}: {self.said()}")


class Relay(GroundTest):
    def test_one_that_does_not_answer_is_named_and_so_is_its_return(self):
        self.serve()
        self.assertEqual(self.channel("smtp")["state"], "ok")
        self.desk.deliver(world.mail(), recipients=OURS)
        self.eventually(lambda: self.channel("smtp")["state"] == "degraded", "it says that all is well")
        self.assertIn(str(self.relay), self.channel("smtp")["detail"])
        self.assertEqual(self.desk.get("/api/v1/health", token=None).json["status"], "degraded")
        self.desk.deliver(world.mail(sender="jan@klient.example"), sender="jan@klient.example", recipients=OURS)
        self.eventually(lambda: {one["attempts"] for one in self.desk.good("GET", "/api/v1/notices")["items"]} == {1}, "not tried")
        self.assertEqual(self.said().count("does not take mail"), 1, self.said())

        class Refusing(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"220 relay\r\n")
                while line := self.rfile.readline():
                    refused = line.upper().startswith(b"RCPT")
                    self.wfile.write(b"550 5.1.1 nobody \xff\x9b\r\n" if refused else b"250 ok\r\n")

        with socketserver.ThreadingTCPServer(("127.0.0.1", self.relay), Refusing, bind_and_activate=False) as relay:
            relay.allow_reuse_address = relay.daemon_threads = True
            relay.server_bind()
            relay.server_activate()
            threading.Thread(target=relay.serve_forever, daemon=True).start()
            self.desk.deliver(world.mail(sender="ela@klient.example"), sender="ela@klient.example", recipients=OURS)
            # A refused recipient is no fault of the relay's.
            self.eventually(lambda: self.channel("smtp")["state"] == "ok", "it does not see that the relay is back")
            relay.shutdown()
        self.assertIn("takes mail again", self.said())
        errors = {one["last_error"] for one in self.desk.good("GET", "/api/v1/notices")["items"]}
        self.assertIn("550 5.1.1 nobody \ufffd\ufffd", errors)

    def test_the_end_of_the_server_is_no_fault_of_the_relay(self):
        with socket.create_server(("127.0.0.1", self.relay)):  # takes connections, and says nothing
            self.serve()
            self.desk.deliver(world.mail(), recipients=OURS)
            time.sleep(0.5)
            self.desk.stop()
        self.assertNotIn("does not take mail", self.said())


    def test_what_leaves_after_a_crash_can_be_had_back_too(self):
        with socket.create_server(("127.0.0.1", self.relay)):  # takes connections, and says nothing
            self.serve()
            self.desk.deliver(world.mail(), recipients=OURS)
            self.eventually(lambda: self.states() == {"handing_over"}, "nothing is handed over")
            self.desk.kill()
        self.serve()
        self.eventually(lambda: self.states() == {"queued"}, "it is not tried again")
        for one in self.desk.good("GET", "/api/v1/notices")["items"]:
            self.assertIn(b"Auto-Submitted: ", self.desk.raw(one["message"]))


class DatabaseFile(GroundTest):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "hejnal.db"
        self.away = self.folder / "away.db"

    def test_nothing_is_taken_into_a_file_that_is_gone(self):
        self.serve()
        self.desk.deliver(world.mail(), recipients=OURS)
        self.path.rename(self.away)
        self.assertRegex(self.desk.deliver(world.mail(sender="jan@klient.example"), recipients=OURS)[0], "^4")
        self.assertEqual(self.desk.post("/api/v1/cases", {"subject": "x", "text": "y"}).status, 503)
        health = self.desk.get("/api/v1/health")
        self.assertEqual((health.status, health.json["status"]), (503, "failing"))
        self.assertIn("moved or deleted", self.channel("store")["detail"])
        self.eventually(lambda: "moved or deleted" in self.said(), "nothing is said")
        self.away.rename(self.path)
        self.eventually(lambda: self.desk.get("/api/v1/health", token=None).status == 200, "it does not recover")
        self.assertEqual(self.desk.deliver(world.mail(sender="jan@klient.example"), recipients=OURS)[0][:3], "250")
        self.assertEqual(len(self.desk.all_cases()), 2)

    def test_a_log_without_its_database_is_not_thrown_away(self):
        self.serve()
        self.desk.deliver(world.mail(), recipients=OURS)
        self.desk.kill()
        log = self.folder / "hejnal.db-wal"
        before = log.read_bytes()
        self.assertTrue(before)
        self.path.rename(self.away)
        for empty in (False, True):
            with self.subTest(empty=empty):
                if empty:
                    self.path.touch()
                done = world.run("serve", "--config", self.config, timeout=20)
                self.assertEqual((done.returncode, done.stdout), (SOFTWARE, ""), done.stderr)
                self.assertIn("hejnal.db-wal", done.stderr)
                self.assertIn("hejnal restore", done.stderr)
                self.hejnal("deliver", "--config", self.config, stdin=world.mail(), code=TEMPFAIL)
                self.assertEqual(log.read_bytes(), before)
        self.away.rename(self.path)
        self.assertEqual(len(self.serve().all_cases()), 1)

    def test_another_program_that_has_looked_into_it_takes_nothing_away(self):
        self.serve()
        log, long = self.folder / "hejnal.db-wal", (os.urandom(3 << 20)).hex()
        long = "\r\n".join(long[i:i + 900] for i in range(0, len(long), 900))
        for i in range(4):  # until the log is worth shortening
            self.desk.deliver(world.mail(subject=f"Plik {i}", text=long), recipients=OURS)
        self.eventually(lambda: self.path.stat().st_size > 8 << 20, "the log was not shortened")
        time.sleep(0.5)  # now the database has been synced as well
        with contextlib.closing(sqlite3.connect(self.path)) as other:
            self.assertEqual(other.execute("SELECT count(*) FROM cases").fetchone(), (4,))
        self.assertTrue(log.exists(), "the log is gone")
        self.assertEqual(self.desk.deliver(world.mail(subject="Awaria"), recipients=OURS)[0][:3], "250")
        self.desk.kill()
        self.assertEqual(self.serve().all_cases()[-1]["subject"], "Awaria")

    def test_it_stays_locked_for_other_programs(self):
        self.serve()
        self.desk.deliver(world.mail(), recipients=OURS)
        files = {(self.folder / name).stat().st_ino: name for name in ("hejnal.db", "hejnal.db-shm")}

        def locked():
            held = (line.split() for line in Path("/proc/locks").read_text().splitlines())
            return {files.get(int(one[5].split(":")[2])) for one in held if one[4] == str(self.desk.pid)} - {None}

        self.assertEqual(locked(), set(files.values()))
        time.sleep(4.5)  # whoever looks after the log has begun
        self.assertEqual(locked(), set(files.values()))

    def test_a_new_one_is_said_to_be_new(self):
        self.serve()
        self.assertIn(f"made a new database: {self.path}", self.said())
        self.desk.stop()
        self.serve()
        self.assertEqual(self.said().count("made a new database"), 1)


class Clock(GroundTest):
    def test_a_clock_that_went_back_is_no_secret(self):
        self.serve()
        self.desk.deliver(world.mail(), recipients=OURS)
        self.desk.stop()
        with sqlite3.connect(self.folder / "hejnal.db") as database:  # as if the clock had once been set far ahead
            changed = database.execute("UPDATE settings SET value = value + 90 * 86400000 WHERE key = 'last_now_ms'").rowcount
        database.close()
        self.assertEqual(changed, 1)
        self.serve()
        self.eventually(lambda: "clock: desk time is" in self.said(), "nothing is said")
        answer = self.desk.get("/api/v1/health")
        self.assertEqual((answer.status, answer.json["status"]), (503, "failing"))
        self.assertRegex(self.channel("clock")["detail"], "desk time is .* ahead of the clock")


class Threads(world.SandboxTest):
    def test_each_is_named(self):
        tasks = Path(f"/proc/{self.desk.pid}/task")

        def read():
            return sorted((one / "comm").read_text().strip() for one in tasks.iterdir())

        world.eventually(lambda: read().count("hejnal") == 1)  # a thread has the program's name until it runs
        names = read()
        self.assertEqual([one for one in names if not one.startswith("hejnal-")], ["hejnal"])
        self.assertEqual(len(set(names)), len(names), names)
        for name in ("ledger", "net", "parse-1", "api-1", "out", "log", "watch"):
            self.assertIn("hejnal-" + name, names)


class End(GroundTest):
    def test_within_ten_seconds_however_slow_everybody_is(self):
        with socket.create_server(("127.0.0.1", self.relay)):  # takes connections, and says nothing
            self.write(world.settings(self.folder, smtp=f"smtp://127.0.0.1:{self.relay}", end=f"""
[[sms.gateway]]
name = "silent"
kind = "http"
url = "http://127.0.0.1:{self.relay}/send?to={{to}}&text={{text}}"
"""))
            self.serve()
            self.desk.deliver(world.mail("[krytyczna] Serwer"), recipients=OURS)  # an alert by mail and by SMS
            self.eventually(lambda: self.states() == {"handing_over"}, "nothing is handed over")
            mail = self.desk.lmtp_socket()
            self.addCleanup(mail.close)
            mail.read_reply()
            for command in ("LHLO test.example", "MAIL FROM:<anna@klient.example>", f"RCPT TO:<{OURS[0]}>", "DATA"):
                mail.command(command)
            mail.send("Subject: x\r\n")
            request = self.desk.connect()
            self.addCleanup(request.close)
            request.putrequest("POST", "/api/v1/cases")
            request.putheader("Content-Length", "100")
            request.endheaders(b"{")
            begin = time.monotonic()
            self.assertEqual(self.desk.stop(), 0)
            self.assertLess(time.monotonic() - begin, 10)


class Sandbox(world.FolderTest):
    def test_one_that_everybody_reaches_says_so(self):
        self.start("--sandbox", "--data", self.folder, "--http", "0.0.0.0:0", "--lmtp", "127.0.0.1:0", data=self.folder)
        self.assertIn("administrator of this sandbox", (self.folder / "stderr").read_text("utf-8"))


if __name__ == "__main__":
    unittest.main()
