"""Mail that comes back: a machine never argues with a machine, least of all with itself."""

import re
import socketserver
import threading
import time
import unittest

import world
from world import ANNA, DESK


class Loop(world.FolderTest):
    """The person on call is, by mistake or by a forwarding, the desk itself."""

    def setUp(self):
        super().setUp()
        test = self

        class Relay(socketserver.StreamRequestHandler):
            def handle(self):
                say = lambda line: self.wfile.write(line + b"\r\n")
                say(b"220 relay")
                while line := self.rfile.readline():
                    word = line.strip().upper()
                    if word.startswith(b"MAIL"):
                        sender = line.split(b"<")[1].split(b">")[0].decode()
                    elif word.startswith(b"RCPT"):
                        to = line.split(b"<")[1].split(b">")[0].decode()
                    if word == b"DATA":
                        say(b"354 go on")
                        raw = b""
                        while (piece := self.rfile.readline()) not in (b".\r\n", b""):
                            raw += piece[1:] if piece.startswith(b".") else piece
                        say(b"250 ok")
                        if to == DESK and test.relayed < 50:
                            test.relayed += 1
                            test.desk.deliver(raw, sender, (to,))
                    elif word == b"QUIT":
                        say(b"221 bye")
                        return
                    else:
                        say(b"250 ok")

        self.relayed = 0
        self.relay = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay)
        self.relay.daemon_threads = True
        threading.Thread(target=self.relay.serve_forever, daemon=True).start()
        self.addCleanup(self.relay.server_close)
        self.addCleanup(self.relay.shutdown)
        self.settings = self.folder / "hejnal.toml"
        relay = f"smtp://127.0.0.1:{self.relay.server_address[1]}"
        self.settings.write_text(world.settings(self.folder, address=DESK, smtp=relay, on_call=DESK), "utf-8")

    def test_check_refuses_it(self):
        self.assertEqual(world.run("check", "--config", self.settings).returncode, 78)

    def test_our_own_alert_that_comes_back_rings_nobody(self):
        try:
            self.desk = self.start("--config", self.settings)
        except AssertionError:
            return  # it does not even start
        self.desk.deliver(world.mail("[krytyczna] Serwer", "Stoi."))
        time.sleep(3)
        self.assertLess(self.relayed, 5)


class Returned(world.SandboxTest):
    def test_our_own_mail_that_comes_back_is_kept_and_nothing_follows(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.act(1, "answer", text="Już.")
        self.desk.advance(1)
        sent = [one for one in self.desk.case(1)["messages"] if one["direction"] == "out"]
        for one in sent:
            self.desk.deliver(self.desk.raw(one["id"]), sender="")
        found = self.only_case()
        self.assertEqual(found["state"], "waiting")
        self.assertEqual(len(found["messages"]), 1 + 2 * len(sent))
        link = re.search(r"/c/[a-z0-9]+", self.desk.emails(ANNA)[0]["text"]).group(0)
        self.assertEqual(self.desk.get(link, token=None).text.count("Już."), 1)

    def test_automatic_mail_from_our_own_address_is_set_aside(self):
        self.desk.deliver(world.mail("[krytyczna] x", "y", sender=DESK, headers=("Auto-Submitted: auto-generated",)), sender="")
        self.assertEqual(self.desk.all_cases(), [])

    def test_a_machines_subject_says_nothing_of_the_class(self):
        mail = world.mail("[krytyczna] PROBLEM", "y", sender="monitor@klient.example", headers=("Auto-Submitted: auto-generated",))
        self.desk.deliver(mail, sender="")
        self.assertEqual(self.only_case()["class"], "routine")


if __name__ == "__main__":
    unittest.main()
