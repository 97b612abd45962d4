"""Disks that are full, files that cannot be written, and strangers who are slow or send too much."""

import os
import socket
import subprocess
import threading
import time
import unittest
from pathlib import Path

import world
from world import ANNA


class FullDisk(world.FolderTest):
    """The data folder on a small file system of its own."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system wants root")
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", self.disk], capture_output=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"no small file system can be mounted: {done.stderr.decode()}")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=False)
        self.desk = self.start("--sandbox", "--data", self.disk, "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0")

    def start(self, *arguments, **options):
        desk = world.Desk(self.folder, list(arguments), **options)
        self.addCleanup(desk.end)
        return desk.start()

    def fill(self):
        """Leaves nothing; gives the file that holds the rest."""
        path = self.disk / "ballast"
        with open(path, "ab", buffering=0) as ballast:
            for size in (65536, 512):
                try:
                    while True:
                        ballast.write(b"\0" * size)
                except OSError:
                    pass
        return path

    def withheld(self):
        return [entry["why"] for one in self.desk.all_cases() for entry in self.desk.case(one["number"])["journal"] if entry["kind"] == "withheld"]

    def deliver(self, number, size=20_000):
        raw = world.mail(subject=f"Sprawa {number}", text=os.urandom(size // 2).hex(), sender=f"k{number}@klient.example")
        return self.desk.deliver(raw, sender=f"k{number}@klient.example")[0], raw

    def test_mail_is_for_later_and_it_recovers_by_itself(self):
        accepted = [number for number in range(3) if self.deliver(number)[0].startswith("250")]
        self.assertEqual(accepted, [0, 1, 2])
        ballast = self.fill()
        refused = 0
        for number in range(3, 60):
            reply, _ = self.deliver(number)
            if reply.startswith("250"):
                accepted.append(number)  # what still fits into the log
            else:
                self.assertRegex(reply, r"^4\d\d ", reply)
                refused += 1
        self.assertGreater(refused, 10)
        # What is there can still be read.
        self.assertEqual(len(self.desk.all_cases()), len(accepted))
        answer = self.desk.post("/api/v1/cases/1/note", {"text": "x"})
        self.assertEqual(answer.status, 503, answer)
        self.assertTrue(answer.headers["Retry-After"])

        ballast.unlink()
        self.assertTrue(world.eventually(lambda: self.desk.get("/api/v1/health", token=None).status == 200, 20), "it does not recover")
        for number in range(60, 63):
            self.assertEqual(self.deliver(number)[0][:3], "250")
            accepted.append(number)
        subjects = sorted(one["subject"] for one in self.desk.all_cases())
        self.assertEqual(subjects, sorted(f"Sprawa {number}" for number in accepted))
        self.assertTrue(world.eventually(lambda: {one["case"] for one in self.desk.emails() if one["to"].startswith("k")}
                                         == {one["number"] for one in self.desk.all_cases()}), self.withheld())
        for number in accepted:
            self.assertEqual(len(self.desk.cases(q=f"k{number}@klient.example", state="all")["items"]), 1, f"{number} is not found")
        self.desk.stop()
        done = world.run("verify", "--data", self.disk)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_it_says_that_it_is_not_well(self):
        self.fill()
        while self.deliver(time.monotonic_ns())[0].startswith("250"):
            pass
        time.sleep(2)  # nothing has changed meanwhile
        answer = self.desk.get("/api/v1/health", token=None)
        self.assertEqual((answer.status, answer.json["status"]), (503, "failing"))
        said = (self.folder / "stderr").read_text("utf-8")
        self.assertEqual(said.count("store: nothing can be stored"), 1, said)  # the change, not each attempt

    def test_a_crash_on_a_full_disk(self):
        replies = [self.deliver(number)[0] for number in range(3)]
        self.fill()
        for number in range(3, 30):
            replies.append(self.deliver(number)[0])
        self.desk.kill()
        (self.disk / "ballast").unlink()
        self.desk = self.start("--sandbox", "--data", self.disk, "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0")
        self.assertEqual(sorted(one["subject"] for one in self.desk.all_cases()),
                         sorted(f"Sprawa {number}" for number, reply in enumerate(replies) if reply.startswith("250")))

    def test_starting_on_a_full_disk_says_so(self):
        self.deliver(1)
        self.desk.kill()
        self.fill()
        process = subprocess.Popen([world.HEJNAL, "serve", "--sandbox", "--data", self.disk, "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0", "--json"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            try:
                _, said = process.communicate(timeout=5)
                self.assertEqual(process.returncode, 75, said)
                self.assertTrue(said)
            except subprocess.TimeoutExpired:
                pass  # it runs, and waits for room
        finally:
            process.kill()
            process.communicate()


class ReadOnly(world.FolderTest):
    def test_a_folder_that_cannot_be_written(self):
        if os.geteuid() != 0:
            self.skipTest("a read-only file system wants root")
        disk = self.folder / "disk"
        disk.mkdir()
        desk = world.Desk(disk)
        desk.start()
        self.addCleanup(desk.end)
        desk.deliver(world.mail())
        desk.stop()
        if subprocess.run(["mount", "--bind", disk, disk], capture_output=True, check=False).returncode != 0:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=False)
        subprocess.run(["mount", "-o", "remount,bind,ro", disk], check=True)
        done = world.run("serve", "--sandbox", "--data", disk, "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0", timeout=20)
        self.assertNotIn(done.returncode, (0, 70))
        self.assertIn("hejnal", done.stderr)
        self.assertEqual(world.run("deliver", "--data", disk, stdin=world.mail(text="Inny.")).returncode, 75)
        # Looking works, or says why it does not.
        done = world.run("cases", "--data", disk, "--json")
        if done.returncode:
            self.assertEqual(done.returncode, 75)
            self.assertIn("hejnal: ", done.stderr)
        else:
            self.assertEqual(len(done.stdout.splitlines()), 1)


class Strangers(world.SandboxTest):
    def rss_kb(self):
        status = Path(f"/proc/{self.desk.pid}/status").read_text("ascii")
        return int(status.split("VmRSS:")[1].split()[0])

    def http_socket(self):
        host, port = self.desk.http.rsplit(":", 1)
        line = socket.create_connection((host, int(port)), 30)
        self.addCleanup(line.close)
        return line

    def test_a_line_of_100_megabytes_as_a_command(self):
        line = self.desk.lmtp_socket(timeout=120)
        self.addCleanup(line.close)
        line.read_reply()
        before = self.rss_kb()
        for _ in range(100):
            line.send(b"x" * 1_000_000)
        line.send(b"\r\n")
        self.assertEqual(line.read_reply()[:3], "500")
        self.assertEqual(line.command("LHLO t")[:3], "250")
        self.assertLess(self.rss_kb() - before, 30_000)

    def test_a_line_of_100_megabytes_as_data(self):
        line = self.desk.lmtp_socket(timeout=120)
        self.addCleanup(line.close)
        line.read_reply()
        for command in ("LHLO t", f"MAIL FROM:<{ANNA}>", f"RCPT TO:<{world.DESK}>", "DATA"):
            line.command(command)
        before = self.rss_kb()
        line.send(b"Subject: x\r\n\r\n")
        for _ in range(100):
            line.send(b"x" * 1_000_000)
        line.send(b"\r\n.\r\n")
        self.assertEqual(line.read_reply()[:9], "552 5.3.4")
        self.assertLess(self.rss_kb() - before, 80_000)
        self.assertEqual(self.desk.all_cases(), [])

    def test_a_header_of_20_megabytes_is_kept(self):
        raw = world.mail(headers=["X-Long: " + "x" * 20_000_000])
        self.assertEqual(self.desk.deliver(raw)[0][:3], "250")
        case = self.only_case()
        self.assertTrue(self.desk.raw(case["messages"][0]["id"]) == raw)

    def test_bombs_are_cut_and_kept(self):
        depth = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
        parts = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 100_000 + b"--b--\r\n"
        headers = b"".join(b"X-%d: y\r\n" % n for n in range(100_000)) + b"\r\nbody\r\n"
        references = b"References: " + b" ".join(b"<%d@x.example>" % n for n in range(100_000)) + b"\r\n\r\nbody\r\n"
        html = b"Content-Type: text/html\r\n\r\n" + b"<div>" * 300_000 + b"x\r\n"
        quoted = b"\r\n" + b">" * 1_000_000 + b" x\r\n"
        recipients = b"To: " + b", ".join(b"a%d@x.example" % n for n in range(50_000)) + b"\r\n\r\nbody\r\n"
        for name, body in (("depth", depth), ("parts", parts), ("headers", headers), ("references", references), ("html", html), ("quoted", quoted),
                           ("recipients", recipients)):
            with self.subTest(name):
                raw = b"From: %s@klient.example\r\nSubject: %s\r\nMIME-Version: 1.0\r\n" % (name.encode(), name.encode()) + body
                begin = time.monotonic()
                self.assertEqual(self.desk.deliver(raw, sender=f"{name}@klient.example")[0][:3], "250")
                self.assertLess(time.monotonic() - begin, 5)
                number = self.desk.cases(state="all", order="newest")["items"][0]["number"]
                self.assertTrue(self.desk.raw(self.desk.case(number)["messages"][0]["id"]) == raw)
                self.assertEqual(self.desk.get("/api/v1/health", token=None).status, 200)

    def test_a_big_case_is_still_a_page(self):
        self.desk.email(ANNA, "Drukarka", "x" * 500_000)
        for number in range(20):
            self.desk.email(ANNA, f"Re: {self.desk.case(1)['subject']} [#1 {self.desk.case(1)['short_code']}]", f"{number} " + "ż" * 200_000)
        case = self.desk.case(1)
        self.assertGreaterEqual(len(case["messages"]), 21)
        answer = self.desk.get("/c/" + case["follow_url"].rsplit("/", 1)[1], token=None)
        self.assertEqual(answer.status, 200)

    def test_slow_clients_do_not_hinder_others(self):
        lines = []
        for _ in range(200):  # begin, and say no more
            line = self.http_socket()
            line.sendall(b"POST /api/v1/cases HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
            lines.append(line)
        slow = [self.desk.lmtp_socket() for _ in range(50)]
        for line in slow:
            self.addCleanup(line.close)
            line.send("LHLO t\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: ")
        begin = time.monotonic()
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.assertEqual(self.desk.deliver(world.mail(sender="jan@klient.example"), sender="jan@klient.example")[0][:3], "250")
        self.assertLess(time.monotonic() - begin, 3)
        self.assertEqual(len(self.desk.all_cases()), 2)

    def test_a_reader_that_does_not_read(self):
        self.desk.email(ANNA, "Drukarka", "x" * 500_000)
        lines = [self.http_socket() for _ in range(30)]
        for line in lines:
            line.sendall(b"GET /api/v1/cases/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % self.desk.token.encode())
        begin = time.monotonic()
        self.desk.case(1)
        self.assertLess(time.monotonic() - begin, 3)

    def test_a_header_that_comes_too_slowly_is_ended(self):
        line = self.http_socket()
        line.settimeout(30)
        line.sendall(b"GET / HTTP/1.1\r\n")
        begin = time.monotonic()
        got = line.recv(1000)
        self.assertTrue(got == b"" or got.startswith(b"HTTP/1.1 408"), got)
        self.assertLess(time.monotonic() - begin, 25)

    def test_many_connections_and_a_clean_end(self):
        lines = [self.http_socket() for _ in range(300)]
        self.assertEqual(self.desk.get("/", token=None).status, 200)
        begin = time.monotonic()
        self.assertEqual(self.desk.stop(), 0)
        self.assertLess(time.monotonic() - begin, 10)
        self.assertEqual(len(lines), 300)

    def test_many_writers_at_once(self):
        troubles = []

        def work(worker):
            try:
                for number in range(10):
                    self.desk.good("POST", "/api/v1/cases", {"subject": f"{worker}-{number}", "text": "x", "client": {"email": f"w{worker}@klient.example"}})
            except Exception as error:  # noqa: BLE001 - whatever it is, the test fails
                troubles.append(error)

        workers = [threading.Thread(target=work, args=(worker,)) for worker in range(20)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        self.assertEqual(troubles, [])
        numbers = [one["number"] for one in self.desk.all_cases()]
        self.assertEqual(numbers, list(range(1, 201)))


if __name__ == "__main__":
    unittest.main()
