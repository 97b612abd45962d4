"""Mail that a mail server hands over: what is said, what is kept, and that it is kept once and unchanged."""

import base64
import os
import random
import unittest

import world
from world import ANNA, DESK


class Conversation(world.SandboxTest):
    """Commands and replies."""

    def setUp(self):
        super().setUp()
        self.line = self.desk.lmtp_socket()
        self.addCleanup(self.line.close)
        self.assertEqual(self.line.read_reply()[:3], "220")

    def begin(self, sender=ANNA, recipients=(DESK,)):
        self.assertEqual(self.line.command("LHLO test.example")[:3], "250")
        self.assertEqual(self.line.command(f"MAIL FROM:<{sender}>")[:3], "250")
        for recipient in recipients:
            self.assertEqual(self.line.command(f"RCPT TO:<{recipient}>")[:3], "250")

    def test_what_it_can_is_said_in_the_greeting(self):
        told = self.line.command("LHLO test.example").split("\n")
        words = [line[4:] for line in told[1:]]
        for word in ("PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8"):
            self.assertIn(word, words)
        self.assertTrue([word for word in words if word.startswith("SIZE ")])

    def test_everything_at_once(self):
        self.line.send(b"LHLO t\r\nMAIL FROM:<anna@klient.example> SIZE=500 BODY=8BITMIME\r\nRCPT TO:<pomoc@wsparcie.example>\r\n"
                       b"DATA\r\n")
        self.assertEqual([self.line.read_reply()[:3] for _ in range(4)], ["250", "250", "250", "354"])
        self.line.send(world.stuffed(world.mail()) + b".\r\nMAIL FROM:<jan@klient.example>\r\nRCPT TO:<pomoc@wsparcie.example>\r\n"
                       b"RSET\r\nNOOP\r\nQUIT\r\n")
        self.assertEqual([self.line.read_reply()[:3] for _ in range(6)], ["250", "250", "250", "250", "250", "221"])
        self.assertEqual(len(self.desk.all_cases()), 1)

    def test_one_reply_for_each_recipient_in_order_also_for_the_same_one_twice(self):
        self.begin(recipients=[DESK, "awaria@wsparcie.example", DESK])
        self.assertEqual(self.line.command("DATA")[:3], "354")
        self.line.send(world.stuffed(world.mail()) + b".\r\n")
        self.assertEqual([self.line.read_reply()[:3] for _ in range(3)], ["250"] * 3)
        self.assertEqual(self.line.command("NOOP")[:3], "250")
        self.assertEqual(len(self.desk.all_cases()), 1)

    def test_too_big_is_refused_before_and_after(self):
        self.assertEqual(self.line.command("LHLO t")[:3], "250")
        self.assertEqual(self.line.command(f"MAIL FROM:<{ANNA}> SIZE=99999999999")[:9], "552 5.3.4")
        self.assertEqual(self.line.command(f"MAIL FROM:<{ANNA}> SIZE=999999999999999999999999")[:3], "552")
        self.begin()
        self.assertEqual(self.line.command("DATA")[:3], "354")
        self.line.send(world.mail()[:-2])
        for _ in range(26):
            self.line.send((b"x" * 998 + b"\r\n") * 1024)
        self.line.send(b".\r\n")
        self.assertEqual(self.line.read_reply()[:9], "552 5.3.4")
        self.assertEqual(self.line.command("NOOP")[:3], "250")
        self.assertEqual(self.desk.all_cases(), [])

    def test_mistakes_have_their_codes(self):
        expected = [
            ("MAIL FROM:<a@b.example>", "503"), ("HELO t", "500"), ("EHLO t", "500"), ("LHLO", "501"), ("LHLO t", "250"),
            ("RCPT TO:<a@b.example>", "503"), ("DATA", "503"), ("MAIL FROM:a b", "501"), ("MAIL FROM:<a@b.example> X=1", "555"),
            ("MAIL FROM:<a@b.example> SIZE=x", "501"), ("MAIL FROM:<a@b.example>", "250"), ("MAIL FROM:<c@d.example>", "503"),
            ("RCPT TO:<>", "501"), ("DATA", "503"), ("VRFY a", "252"), ("NONSENSE", "500"), ("RSET", "250"), ("QUIT", "221"),
        ]
        for command, code in expected:
            with self.subTest(command):
                self.assertEqual(self.line.command(command)[:3], code)

    def test_too_many_recipients_are_for_later(self):
        self.begin(recipients=[f"r{i}@wsparcie.example" for i in range(100)])
        self.assertEqual(self.line.command("RCPT TO:<one.more@wsparcie.example>")[:9], "452 4.5.3")
        self.assertEqual(self.line.command("DATA")[:3], "354")
        self.line.send(world.stuffed(world.mail()) + b".\r\n")
        self.assertEqual({self.line.read_reply()[:3] for _ in range(100)}, {"250"})
        self.assertEqual(len(self.desk.all_cases()), 1)

    def test_a_loop_is_broken(self):
        self.begin()
        self.line.command("DATA")
        received = [f"Received: from a by b; Mon, 23 Nov 2026 10:00:{i % 60:02} +0100" for i in range(150)]
        self.line.send(world.stuffed(world.mail(headers=received)) + b".\r\n")
        self.assertEqual(self.line.read_reply()[:9], "554 5.4.6")

    def test_an_empty_message_is_refused_for_good(self):
        self.begin()
        self.line.command("DATA")
        self.line.send(b"\r\n.\r\n")
        self.assertEqual(self.line.read_reply()[:9], "554 5.6.0")

    def test_only_a_dot_between_two_crlf_ends_the_data(self):
        self.begin()
        self.line.command("DATA")
        head = world.mail(text="before")
        smuggled = b"\n.\nMAIL FROM:<evil@x.example>\r\n\r.\rRSET\r\n\n.\r\nstill data"
        self.line.send(head + smuggled + b"\r\n.\r\n")
        self.assertEqual(self.line.read_reply()[:3], "250")
        self.assertEqual(self.line.command("NOOP")[:3], "250")
        case = self.only_case()
        self.assertEqual(self.desk.raw(case["messages"][0]["id"]), head + smuggled + b"\r\n")

    def test_a_message_that_breaks_off_is_nothing(self):
        self.begin()
        self.line.command("DATA")
        self.line.send(world.mail() + b"and then")
        self.line.close()
        self.assertEqual(self.desk.all_cases(), [])

    def test_too_many_mistakes_end_it(self):
        for _ in range(40):
            self.line.send(b"WRONG\r\n")
        last = ""
        try:
            while True:
                last = self.line.read_reply()
        except (EOFError, ConnectionError):
            pass
        self.assertEqual(last[:3], "421")

    def test_a_browser_is_sent_away(self):
        self.assertEqual(self.line.command("GET / HTTP/1.1")[:3], "421")

    def test_a_null_sender_gets_no_receipt(self):
        self.begin(sender="")
        self.line.command("DATA")
        self.line.send(world.stuffed(world.mail()) + b".\r\n")
        self.assertEqual(self.line.read_reply()[:3], "250")
        self.only_case()
        self.assertEqual(self.desk.emails(), [])


class Original(world.SandboxTest):
    """Every byte can be had back unchanged."""

    def stored(self, raw):
        before = {one["number"] for one in self.desk.all_cases()}
        self.assertEqual(self.desk.deliver(raw)[0][:3], "250")
        new = [one["number"] for one in self.desk.all_cases() if one["number"] not in before]
        self.assertEqual(len(new), 1)
        return self.desk.case(new[0])["messages"][0]["id"]

    def test_strange_bytes(self):
        head = world.mail()[: -len("Nie drukuje.\r\n")]
        bodies = {
            "eight bit": bytes(range(128, 256)) + b"\r\n",
            "windows-1250": "zażółć gęślą jaźń\r\n".encode("cp1250"),
            "NUL": b"a\0b\0\0\r\n",
            "bare LF": b"one\ntwo\n\nthree\r\n",
            "bare CR": b"one\rtwo\r\rthree\r\n",
            "CR before CRLF": b"one\r\r\ntwo\r\n",
            "dots": b".\r\n..\r\n...\r\n.a\r\n"[3:] + b"x\r\n",
            "trailing spaces": b"a  \t \r\n  \r\n",
            "a long line": b"x" * 100_000 + b"\r\n",
            "many empty lines": b"\r\n" * 500,
            "lone surrogate": b"\xed\xa0\x80\r\n",
            "From line": b"From nobody Mon Nov 23\r\n>From\r\n",
        }
        for name, body in bodies.items():
            with self.subTest(name):
                raw = world.mail(subject=name)[: -len("Nie drukuje.\r\n")] + body
                self.assertEqual(self.desk.raw(self.stored(raw)), raw)
        self.assertTrue(head)

    def test_not_a_mail_at_all(self):
        for raw in (b"hello\r\n", bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") + b"\r\n",
                    b"Subject\r\n: x\r\n\r\n", b"\r\nbody only\r\n",
                    b"Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n--\r\n"):
            with self.subTest(raw[:20]):
                message = self.stored(raw)
                self.assertEqual(self.desk.raw(message), raw)

    def test_noise(self):
        chance = random.Random(2026)
        for round_ in range(20):
            raw = b"From: a@b.example\r\n" + chance.randbytes(chance.randrange(1, 5000)).replace(b"\r\n", b"") + b"\r\n"
            with self.subTest(round_):
                self.assertEqual(self.desk.deliver(raw, sender=f"noise{round_}@klient.example")[0][:3], "250")
        held = [self.desk.raw(message["id"]) for one in self.desk.all_cases() for message in self.desk.case(one["number"])["messages"]
                if message["direction"] == "in"]
        held += [self.desk.raw(one["id"]) for one in self.desk.good("GET", "/api/v1/set-aside")["items"]]
        chance = random.Random(2026)
        for round_ in range(20):
            raw = b"From: a@b.example\r\n" + chance.randbytes(chance.randrange(1, 5000)).replace(b"\r\n", b"") + b"\r\n"
            self.assertIn(raw, held)

    def with_attachment(self, number, data):
        return world.mail(
            subject=f"Zrzut {number}", sender=f"osoba{number}@klient.example", headers=["X-Number: %d" % number]
        ).replace(b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit",
                  b'Content-Type: multipart/mixed; boundary="b-%d"' % number).replace(
            b"Nie drukuje.\r\n",
            b"--b-%d\r\nContent-Type: text/plain\r\n\r\nW zalaczniku.\r\n--b-%d\r\nContent-Type: application/octet-stream; "
            b"name=zrzut.bin\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=zrzut.bin\r\n\r\n"
            % (number, number) + data + b"\r\n--b-%d--\r\n" % number)

    def test_a_large_attachment_is_stored_once(self):
        data = base64.encodebytes(os.urandom(5_000_000)).replace(b"\n", b"\r\n").rstrip()
        sizes, raws = [], []
        for number in (1, 2, 3, 4):
            raws.append(self.with_attachment(number, data))
            self.assertEqual(self.desk.deliver(raws[-1], sender=f"osoba{number}@klient.example")[0][:3], "250")
            sizes.append(sum(path.stat().st_size for path in self.folder.glob("hejnal.db*")))
        case = self.desk.case(1)
        self.assertEqual(case["messages"][0]["attachments"],
                         [{"index": 0, "name": "zrzut.bin", "type": "application/octet-stream", "size": 5_000_000}])
        for number, raw in enumerate(raws, 1):
            self.assertEqual(self.desk.raw(self.desk.case(number)["messages"][0]["id"]), raw)
        self.desk.stop()
        size = (self.folder / "hejnal.db").stat().st_size
        self.assertLess(size, 10_000_000, "the attachment was stored more than once")
        self.assertGreater(size, 5_000_000)

    def test_what_was_sent_can_be_read_as_well(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.world()
        sent = [one for one in self.desk.case(1)["messages"] if one["direction"] == "out"][0]
        raw = self.desk.raw(sent["id"])
        self.assertIn(b"Auto-Submitted: auto-replied\r\n", raw)


class WithoutANumber(world.ConfiguredTest):
    def test_what_is_not_known_is_not_said(self):
        for language in ("pl", "en"):
            with self.subTest(language):
                client = f"{language}@klient.example"
                self.write(world.settings(self.folder).replace('language = "pl"', f'language = "{language}"'))
                desk = self.serve()
                desk.deliver(world.mail(subject=language, sender=client), client, ("pomoc@firma.example",))
                case = desk.all_cases()[-1]
                receipt = next(one for one in desk.case(case["number"])["messages"] if one["to"] == client)
                self.assertIn(case["short_code"], receipt["text"])
                self.assertNotRegex(receipt["text"], r": *\.|Numer do|Number for")
                desk.stop()


class Duplicates(world.SandboxTest):
    def test_the_same_mail_twice_is_one_case_and_one_receipt(self):
        raw = world.mail(message_id="<same@klient.example>")
        self.desk.deliver(raw)
        entries = len(self.only_case()["journal"])
        for _ in range(2):
            self.assertEqual(self.desk.deliver(raw)[0][:3], "250")
        found = self.only_case()
        self.assertEqual(len(self.desk.emails(to=ANNA)), 1)
        # It is recorded, and nothing follows.
        self.assertEqual(len(found["journal"]), entries)
        mail, receipt = found["messages"]
        self.assertEqual((mail["deliveries"], receipt["deliveries"]), (3, None))
        self.assertGreaterEqual(mail["delivered_again_at"], mail["at"])

    def test_of_what_was_set_aside_too(self):
        raw = world.mail(message_id="<same@klient.example>", headers=("List-Id: <news.lista.example>", "Precedence: bulk"))
        for _ in range(2):
            self.desk.deliver(raw)
        self.assertEqual([one["deliveries"] for one in self.desk.good("GET", "/api/v1/set-aside")["items"]], [2])

    def test_another_way_here_is_still_the_same_mail(self):
        raw = world.mail(message_id="<same@klient.example>")
        self.desk.deliver(b"Received: from a\r\n" + raw)
        self.desk.deliver(b"Received: from b\r\nDelivered-To: x@y.example\r\n" + raw)
        self.only_case()

    def test_the_same_id_with_other_words_is_a_new_message(self):
        self.desk.deliver(world.mail(message_id="<same@klient.example>", subject="Drukarka", text="Nie drukuje wcale."))
        self.desk.deliver(world.mail(message_id="<same@klient.example>", subject="Monitor", text="Miga od rana."))
        self.assertEqual(len(self.desk.all_cases()), 2)

    def test_it_is_known_after_a_crash(self):
        raw = world.mail(message_id="<same@klient.example>")
        self.desk.deliver(raw)
        self.restart("kill")
        self.desk.deliver(raw)
        self.only_case()
        # What was being handed over when it died goes again, as the same mail.
        self.assertEqual(len({self.header(one, "Message-ID") for one in self.desk.emails(to=ANNA)}), 1)


if __name__ == "__main__":
    unittest.main()
