"""Two hejnals that talk to each other (docs/protocol.md): one reports, the other is the desk. First by real SMTP and LMTP, with
`hejnal report --wait`; then two sandboxes with a post between them that loses what it is told to, for simulated days. What is
counted on the way comes to rest."""

import base64
import contextlib
import email.message
import email.policy
import email.utils
import socketserver
import sqlite3
import subprocess
import threading
import unittest
from datetime import datetime

import world
from world import DATAERR, HOUR, OK

MIN = 60
MIME = {"content-type", "content-transfer-encoding", "mime-version", "content-disposition", "content-language"}


class Wire:
    """The mail server between them: takes by SMTP, gives by LMTP to whom the recipient's domain belongs, and counts."""

    def __init__(self):
        self.routes = {}  # domain: Desk
        self.seen = []  # (from, to)
        wire = self

        class Session(socketserver.StreamRequestHandler):
            def say(self, words):
                self.wfile.write(words.encode() + b"\r\n")

            def handle(self):
                self.say("220 wire")
                sender, recipients = "", []
                while line := self.rfile.readline():
                    word = line.strip().upper()
                    if word.startswith((b"EHLO", b"HELO", b"RSET", b"NOOP")):
                        self.say("250 wire")
                    elif word.startswith(b"MAIL"):
                        sender, recipients = line.split(b"<")[1].split(b">")[0].decode(), []
                        self.say("250 2.1.0 Ok")
                    elif word.startswith(b"RCPT"):
                        recipients.append(line.split(b"<")[1].split(b">")[0].decode())
                        self.say("250 2.1.5 Ok")
                    elif word.startswith(b"DATA"):
                        self.say("354 go on")
                        body = b""
                        while (piece := self.rfile.readline()) not in (b".\r\n", b""):
                            body += piece[1:] if piece.startswith(b".") else piece
                        wire.hand_on(sender, recipients, body)
                        self.say("250 2.0.0 Ok: queued on the wire")
                    elif word.startswith(b"QUIT"):
                        self.say("221 bye")
                        return
                    else:
                        self.say("500 what?")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def hand_on(self, sender, recipients, body):
        for to in recipients:
            self.seen.append((sender, to))
            desk = self.routes.get(to.rsplit("@", 1)[1])
            if desk:
                with desk.lmtp_client() as client:
                    client.sendmail(sender, [to], body)

    def between(self, sender, to):
        return len([one for one in self.seen if one[0].endswith(sender) and one[1].endswith(to)])

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class OverRealMail(world.FolderTest):
    """The procedure as it is published, and `hejnal report --wait` against our own desk."""

    def setUp(self):
        super().setUp()
        self.wire = Wire()
        self.addCleanup(self.wire.stop)
        smtp = f"smtp://127.0.0.1:{self.wire.port}"
        for name in ("desk", "client"):
            (self.folder / name).mkdir()
        self.desk_config, self.client_config = self.folder / "desk.toml", self.folder / "client.toml"
        self.desk_config.write_text(world.settings(self.folder / "desk", address="pomoc@wsparcie.example", smtp=smtp, on_call="dyzur@nikt.example"), "utf-8")
        self.client_config.write_text(world.settings(
            self.folder / "client", address="jan@klient.example", smtp=smtp, on_call="szef@nikt.example",
            end='[[provider]]\nname = "wsparcie"\nemail = "pomoc@wsparcie.example"\nfrom_name = "Jan Klient"\n'), "utf-8")
        self.desk = self.start("--config", self.desk_config, data=self.folder / "desk", token_file=self.folder / "desk/token")
        self.client = self.start("--config", self.client_config, data=self.folder / "client", token_file=self.folder / "client/token")
        self.wire.routes = {"wsparcie.example": self.desk, "klient.example": self.client}

    def report(self):
        return self.client.good("GET", "/api/v1/sent-reports/1")

    def notices(self):
        return [(one["what"], one["notice"]) for one in self.report()["came_back"]]

    def comes(self, *expected):
        world.eventually(lambda: self.client.get("/api/v1/sent-reports/1").status == 200 and len(self.notices()) >= len(expected), 15)
        self.assertEqual(self.notices(), list(expected))

    def test_receipt_read_started_answered_and_the_proof(self):
        process = subprocess.Popen(
            [world.HEJNAL, "report", "--class", "critical", "--subject", "Serwer plików", "--wait-for", "answer", "--by", "Jan",
             "--config", str(self.client_config)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(lambda: process.poll() is None and (process.kill(), process.communicate()))
        process.stdin.write("Nikt nie może otworzyć pliku.".encode())
        process.stdin.close()
        process.stdin = None
        receipt = ("receipt", "receipt")
        self.comes(receipt)
        case = self.desk.all_cases()[0]
        self.assertEqual(case["class"], "critical")
        self.desk.act(case["number"], "read")
        self.comes(receipt, ("acknowledgement", "acknowledgement"))
        self.assertEqual(self.report()["state"], "acknowledged")
        self.desk.act(case["number"], "start")
        self.comes(receipt, ("acknowledgement", "acknowledgement"), ("acknowledgement", "start_of_work"))
        self.desk.act(case["number"], "answer", text="Macierz już działa, proszę sprawdzić.")
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, OK, err)
        self.assertEqual(out.decode().strip(), "report 1")
        told = self.report()
        self.assertEqual((told["state"], told["peer"]["case"]), ("answered", str(case["number"])))
        self.client.good("POST", "/api/v1/sent-reports/1/settle", {"reason": "działa", "tell": True})
        world.eventually(lambda: any(one["what"] == "word" and one["state"] == "handed_over" for one in self.report()["sent"]), 15)

        proof = self.folder / "proof.txt"
        proof.write_bytes(self.client.get("/api/v1/sent-reports/1/proof.txt").body)
        self.assertEqual(world.run("report", "verify", proof, "--config", self.client_config).returncode, OK)
        proof.write_text(proof.read_text("utf-8").replace("Macierz", "Mącierz"), "utf-8")
        self.assertEqual(world.run("report", "verify", proof, "--config", self.client_config).returncode, DATAERR)
        self.assertEqual(len(self.desk.all_cases()), 1)  # the last word joined it
        self.assertEqual((self.wire.between("klient.example", "wsparcie.example"), len(self.client.all_cases())), (2, 0))


class Sandboxes(world.FolderTest):
    """The client's `centrala.example` is the desk's `wsparcie.example`, and the client's own domain is `klient.example` there."""

    def setUp(self):
        super().setUp()
        self.sides = {}
        for name in ("client", "desk"):
            (self.folder / name).mkdir()
            self.sides[name] = self.start("--sandbox", "--data", self.folder / name, "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0",
                                          data=self.folder / name, token_file=self.folder / name / "token")
        self.client, self.desk = self.sides["client"], self.sides["desk"]
        self.done = {"client": [0, 0], "desk": [0, 0]}
        self.lost = {"email": 0, "sms": 0}
        self.passed = {"email": 0, "sms": 0, "back": 0}

    def rows(self, side, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/{'desk' if side is self.desk else 'client'}/hejnal.db?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    @staticmethod
    def forth(text):
        return text.replace("wsparcie.example", "klient.example").replace("centrala.example", "wsparcie.example")

    @staticmethod
    def back(text):
        return text.replace("wsparcie.example", "centrala.example").replace("klient.example", "wsparcie.example")

    def rewritten(self, one, change):
        mail = email.message.EmailMessage(policy=email.policy.SMTP)
        headers = one["headers"].items() if isinstance(one["headers"], dict) else [(h["name"], h["value"]) for h in one["headers"]]
        for name, value in headers:
            if name.lower() not in MIME and name.lower() != "date":
                mail[name] = change(value)
        mail["Date"] = email.utils.format_datetime(datetime.fromisoformat(one["at"].replace("Z", "+00:00")))
        mail.set_content(change(one["text"]))
        return bytes(mail)

    def rest(self):
        """The reporter hands over on a thread of its own: until nothing is on its way."""
        def quiet():
            now = self.client.world()["now"]
            return not any(s["state"] == "handing_over" or (s["next_try_at"] and s["next_try_at"] <= now)
                           for r in self.client.good("GET", "/api/v1/sent-reports", state="all")["items"] for s in r["sent"])
        self.assertTrue(world.eventually(quiet, 10))

    def post(self):
        """Carries everything that has left to the other side, until nothing leaves any more."""
        for _ in range(20):
            self.rest()
            moved = 0
            for name in ("client", "desk"):
                side, other = self.sides[name], self.sides["desk" if name == "client" else "client"]
                told = side.world()
                mails, texts = told["emails"][self.done[name][0]:], told["sms"][self.done[name][1]:]
                self.done[name] = [len(told["emails"]), len(told["sms"])]
                for one in mails:
                    if name == "client" and one["to"].endswith("@centrala.example"):
                        moved += 1
                        self.passed["email"] += 1
                        if self.lost["email"] > 0:
                            self.lost["email"] -= 1
                        else:
                            other.eml(self.rewritten(one, self.forth))
                    elif name == "desk" and one["to"].endswith("@klient.example"):
                        moved += 1
                        self.passed["back"] += 1
                        other.eml(self.rewritten(one, self.back))
                for one in texts:
                    if name == "client" and one["to"] == "+48600000099":
                        moved += 1
                        self.passed["sms"] += 1
                        if self.lost["sms"] > 0:
                            self.lost["sms"] -= 1
                        else:
                            other.sms("+48601222333", self.forth(one["text"]))
                    elif name == "desk" and one["to"] == "+48601222333":
                        moved += 1
                        self.passed["back"] += 1
                        other.sms("+48600000099", self.back(one["text"]))
            if moved == 0:
                return
        self.fail(f"it does not come to rest: {self.passed}")

    def hours(self, hours, every=HOUR):
        for _ in range(int(hours * HOUR // every)):
            for side in self.sides.values():
                side.advance(every)
            self.post()

    def report(self, of, subject):
        number = self.client.good("POST", "/api/v1/sent-reports", {"class": of, "subject": subject, "text": f"{subject}: stoi od rana."})["id"]
        self.post()
        return number

    def look(self, number):
        return self.client.good("GET", f"/api/v1/sent-reports/{number}")

    def test_a_lost_email_is_known_within_minutes_and_joins_its_case(self):
        self.report("routine", "Drukarka")
        first = self.look(1)
        self.assertEqual([one["notice"] for one in first["came_back"]], ["receipt"])
        self.assertEqual(first["peer"], {"case": "1", "state": "new"})
        # The second one is lost on its way; its SMS opens the case.
        self.lost["email"] = 1
        number = self.report("critical", "Serwer")
        self.hours(10 / 60, every=5 * MIN)
        told = self.look(number)
        self.assertEqual([(one["what"], one["wording"]) for one in told["sent"] if one["channel"] == "email" and one["what"] == "report"],
                         [("report", "first"), ("report", "again")])
        cases = self.desk.all_cases()
        self.assertEqual([one["email_missing"] for one in cases], [False, False])  # it has joined the SMS, exactly
        self.assertIn("receipt", [one["what"] for one in told["came_back"]])
        before = dict(self.passed)
        self.hours(2)
        self.assertEqual(self.passed["email"], before["email"])  # nothing more of ours: its procedure has no second step

    def test_of_two_reports_the_desks_sms_names_the_one_whose_email_is_lost(self):
        self.report("critical", "Drukarka")
        self.lost["email"] = 1
        number = self.report("critical", "Serwer")
        self.hours(9 / 60, every=3 * MIN)  # before a receipt is missed
        told = self.look(number)
        self.assertEqual(told["came_back"][0]["notice"], "missing_email")
        self.assertIn("has our reference", told["came_back"][0]["why"])
        self.assertEqual([one["wording"] for one in told["sent"] if one["what"] == "report"], ["first", "again"])
        self.assertEqual([one["email_missing"] for one in self.desk.all_cases()], [False, False])
        self.assertNotIn("missing_email", [one["notice"] for one in self.look(1)["came_back"]])
        self.assertEqual(self.client.all_cases(), [])
        # Without a code nobody knows which: both show it, and it is no case of ours.
        self.client.sms("+48600000099", "Przeczytaliśmy zgłoszenie i potwierdzamy przyjęcie, sprawa 7.")
        self.assertEqual([self.look(one)["came_back"][-1]["what"] for one in (1, number)], ["unclear", "unclear"])
        self.assertEqual(self.client.all_cases(), [])

    def test_files_of_the_form_go_with_the_email(self):
        png = bytes(range(256)) * 40
        files = [{"name": "ekran żółty.png", "type": "image/png", "data": base64.b64encode(png).decode()},
                 {"name": "log", "type": "no\r\nX-Evil: 1", "data": ""}]
        self.client.good("POST", "/api/v1/sent-reports", {"class": "urgent", "subject": "Skaner", "text": "Nie działa.", "files": files})
        self.rest()
        message = next(one for one in self.look(1)["messages"] if one["direction"] == "out" and one["channel"] == "email")
        raw = self.client.get(f"/api/v1/sent-reports/1/messages/{message['id']}/raw").body
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        self.assertEqual([(one.get_filename(), one.get_content_type()) for one in mail.iter_attachments()],
                         [("ekran żółty.png", "image/png"), ("log", "application/octet-stream")])
        self.assertEqual(next(mail.iter_attachments()).get_content(), png)
        for bad, words in (({"name": "x", "data": "!!"}, "not base64"), ({"data": "TQ=="}, "name"), ({"name": "x", "data": "TQ==", "y": 1}, "y"), (5, "list of files"),
                           ({"name": "x", "data": base64.b64encode(bytes(15_000_001)).decode()}, "15000000 bytes")):
            answer = self.client.post("/api/v1/sent-reports", {"subject": "x", "text": "y", "files": [bad]})
            self.assertEqual(answer.status, 400, bad if bad == 5 else bad.get("name"))
            self.assertIn(words, answer.text)

    def test_a_step_two_is_the_same_case(self):
        self.report("urgent", "Skaner")
        self.hours(2, every=30 * MIN)
        self.assertEqual(self.look(1)["step"], 2)
        case = self.desk.case(1)
        self.assertEqual((len(self.desk.all_cases()), case["step"]), (1, 2))
        self.assertTrue(any("same report" in (one.get("join_reason") or "") for one in case["messages"]), case["messages"])

    def test_settlement_is_offered_and_done_by_us_or_by_our_silence(self):
        self.report("urgent", "Skaner")
        self.desk.act(1, "settle")
        self.post()
        told = self.look(1)
        self.assertEqual((told["came_back"][-1]["what"], told["state"], told["peer"]["state"]), ("settled", "answered", "settled"))
        self.client.good("POST", "/api/v1/sent-reports/1/settle", {"reason": "działa", "tell": True})
        self.post()
        self.assertEqual(len(self.desk.all_cases()), 1)
        # Who says nothing for seven days has agreed, not sooner.
        self.report("urgent", "Telefon")
        self.desk.act(2, "settle")
        self.post()
        self.client.advance(7 * 24 * HOUR - HOUR)
        self.assertEqual(self.look(2)["state"], "answered")
        self.client.advance(HOUR + MIN)
        self.assertEqual((self.look(2)["state"], self.look(2)["end_reason"]), ("settled", "nothing was said for a while after the answer"))

    def test_what_a_client_called_its_case_is_forgotten_when_that_is_closed(self):
        self.report("urgent", "Skaner")
        rows = lambda: [key for (key,) in self.rows(self.sides["desk"], "SELECT key FROM settings WHERE key LIKE 'report%'")]
        self.assertEqual(len(rows()), 2)
        self.desk.act(1, "settle")
        self.desk.act(1, "close")
        self.assertEqual(rows(), [])

    def test_a_foreigner_with_the_same_header_joins_nothing(self):
        self.report("urgent", "Skaner")
        code = self.look(1)["code"]
        self.desk.email("obcy@inny.example", "Skaner", "Skaner: stoi od rana.", hejnal_report=f"report; code={code}; class=urgent; step=2")
        self.assertEqual(len(self.desk.all_cases()), 2)
        # And one who only claims to be the provider's hejnal is not believed.
        self.client.email("obcy@inny.example", "Odp: Skaner", "Załatwione.", hejnal_notice=f"settled; case=1; report={code}")
        self.assertEqual([one["what"] for one in self.look(1)["came_back"]], ["receipt"])

    def test_a_stranger_with_the_code_and_the_address_gets_nothing(self):
        self.report("critical", "Skaner")
        code = self.look(1)["code"]
        sms = lambda who, text: self.desk.sms(who, text)
        sms("+48999888777", f"Skaner dalej stoi. pomoc@klient.example Znak {code}.")
        case = self.desk.case(1)
        self.assertEqual((len(self.desk.all_cases()), case["client"]["phone"]), (1, "+48601222333"))  # it joins, and the number stays
        self.assertIn("code of the client's hejnal", case["messages"][-1]["join_reason"])
        self.assertEqual([one for one in self.desk.world()["sms"] if one["to"] == "+48999888777"], [])
        sms("+48999888776", f"Skaner. Znak {code}.")  # the code alone, or the address alone, is not enough
        sms("+48999888775", "Skaner. pomoc@klient.example Znak ABCDEF.")
        self.assertEqual({one["client"]["phone"] for one in self.desk.all_cases()}, {"+48601222333", "+48999888776", "+48999888775"})

    def test_they_come_to_rest(self):
        for of, subject in (("routine", "Drukarka"), ("urgent", "Skaner"), ("critical", "Serwer")):
            self.report(of, subject)
        self.desk.act(2, "ask", text="Jaki to model?")  # a question that no program answers
        self.desk.act(3, "read")
        self.post()
        self.hours(48, every=2 * HOUR)
        after_two_days = dict(self.passed)
        self.hours(48, every=6 * HOUR)
        # 3 reports, one second step of the routine one after a day: and then nobody says anything to nobody.
        self.assertLessEqual(self.passed["email"], 5)
        self.assertLessEqual(self.passed["sms"], 3)
        self.assertLessEqual(self.passed["back"], 16)
        self.assertEqual(self.passed["email"], after_two_days["email"])
        self.assertEqual(self.passed["sms"], after_two_days["sms"])
        self.assertLessEqual(self.passed["back"] - after_two_days["back"], 3)
        self.assertEqual(len(self.desk.all_cases()), 3)
        self.assertEqual(self.client.all_cases(), [])


if __name__ == "__main__":
    unittest.main()
