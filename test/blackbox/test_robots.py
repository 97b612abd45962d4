"""A machine never argues with a machine: what robots send, and what we send by ourselves."""

import json
import unittest

import world
from world import ANNA, DESK, HOUR, ON_CALL


class RobotTest(world.SandboxTest):
    def answered(self, to=ANNA):
        return len(self.desk.emails(to=to))

    def set_aside(self):
        return self.desk.good("GET", "/api/v1/set-aside")["items"]

    def fates(self, number=1):
        return [one["state"] for one in self.desk.case(number)["journal"] if one["kind"] == "fate"]

    def dsn(self, to=DESK, final=ANNA, action="failed", status="5.1.1", original=None, original_to=ANNA):
        """A delivery status notification of RFC 3464."""
        headers = f"Message-ID: {original}\r\n" if original else ""
        return (
            f"Return-Path: <>\r\nFrom: MAILER-DAEMON@relay.example (Mail Delivery System)\r\nTo: {to}\r\n"
            "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\nMessage-ID: <dsn-%s@relay.example>\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you that your message could not be delivered.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
            f"Final-Recipient: rfc822; {final}\r\nAction: {action}\r\nStatus: {status}\r\n"
            "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: {DESK}\r\nTo: {original_to}\r\n{headers}Subject: x\r\n\r\n--b--\r\n"
            % world.os.urandom(4).hex()
        ).encode()


class WhoGetsNoReceipt(RobotTest):
    def test_robots_of_every_kind(self):
        robots = {
            "auto-generated": ["Auto-Submitted: auto-generated"],
            "auto-replied": ["Auto-Submitted: auto-replied (vacation)"],
            "precedence bulk": ["Precedence: bulk"],
            "precedence list": ["Precedence: list"],
            "list": ["List-Id: <news.klient.example>"],
            "unsubscribe": ["List-Unsubscribe: <mailto:x@y.example>"],
            "suppressed": ["X-Auto-Response-Suppress: All"],
            "autoreply": ["X-Autoreply: yes"],
            "loop": ["X-Loop: pomoc@wsparcie.example"],
            "feedback": ["Feedback-ID: 1:2:3:mailing"],
            "null sender": ["Return-Path: <>"],
        }
        for name, headers in robots.items():
            with self.subTest(name):
                sender = f"robot-{name.replace(' ', '-')}@klient.example"
                self.desk.eml(world.mail(subject=f"Robot {name}", sender=sender, headers=headers))
                self.assertEqual(self.answered(sender), 0)

    def test_daemons_by_their_names(self):
        for name in ("MAILER-DAEMON", "postmaster", "owner-list", "list-owner", "list-request", "list-bounces", "noreply", "no-reply",
                     "do-not-reply"):
            with self.subTest(name):
                sender = f"{name}@klient.example"
                self.desk.deliver(world.mail(subject=name, sender=sender), sender=sender)
                self.assertEqual(self.answered(sender), 0)

    def test_our_own_address_gets_none(self):
        self.desk.deliver(world.mail(sender=DESK), sender=DESK)
        self.assertEqual(self.answered(DESK), 0)

    def test_auto_submitted_no_is_a_person(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.", Auto_Submitted="no")
        self.assertEqual(self.answered(), 1)

    def test_a_monitoring_system_opens_a_case_without_a_receipt(self):
        self.desk.email("nagios@klient.example", "CRITICAL: disk", "95 %", Auto_Submitted="auto-generated")
        self.only_case()
        self.assertEqual(self.answered("nagios@klient.example"), 0)

    def test_what_they_send_is_still_there(self):
        self.desk.email(ANNA, "Biuletyn", "Promocja.", List_Id="<news.klient.example>")
        self.assertEqual(self.desk.all_cases(), [])
        kept = self.set_aside()
        self.assertEqual([(one["subject"], one["state"]) for one in kept], [("Biuletyn", "set_aside")])
        self.assertIn(b"List-Id", self.desk.raw(kept[0]["id"]))

    def test_spam_is_set_aside(self):
        self.desk.email(ANNA, "Wygrałeś", "Milion.", X_Spam_Flag="YES")
        self.assertEqual(self.desk.all_cases(), [])
        self.assertEqual(self.answered(), 0)
        self.assertEqual(len(self.set_aside()), 1)


class OutOfOffice(RobotTest):
    WORDS = ["Automatyczna odpowiedź: Re: Drukarka", "Poza biurem: Drukarka", "Automatic reply: Drukarka", "Out of Office: Drukarka",
             "Automatische Antwort: Drukarka", "Réponse automatique : Drukarka"]

    def setUp(self):
        super().setUp()
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.receipt = self.desk.emails(to=ANNA)[0]
        self.desk.act(1, "answer", text="Prosimy sprawdzić.")
        self.before = self.answered()

    def test_it_joins_and_changes_nothing(self):
        state = self.desk.case(1)["state"]
        for subject in self.WORDS:
            with self.subTest(subject):
                self.desk.email(ANNA, subject, "Wracam w poniedziałek.", Auto_Submitted="auto-replied",
                                In_Reply_To=self.header(self.receipt, "Message-ID"))
        self.assertEqual(len(self.desk.all_cases()), 1)
        self.assertEqual(self.desk.case(1)["state"], state)
        self.assertEqual(self.answered(), self.before)

    def test_one_that_is_known_only_by_its_subject(self):
        for subject in self.WORDS:
            with self.subTest(subject):
                self.desk.email(ANNA, subject, "Wracam w poniedziałek.", In_Reply_To=self.header(self.receipt, "Message-ID"))
                self.assertEqual(self.desk.case(1)["state"], "waiting")
        self.assertEqual(self.answered(), self.before)

    def test_a_person_who_writes_about_one(self):
        self.desk.email("ewa@inny.example", "Re: Automatyczna odpowiedź: nie działa", "Nie wysyła się.")
        self.assertEqual(self.answered("ewa@inny.example"), 1)

    def test_to_nothing_it_is_set_aside(self):
        self.desk.email("ewa@inny.example", "Automatic reply: x", "Away.", Auto_Submitted="auto-replied")
        self.assertEqual(len(self.desk.all_cases()), 1)
        self.assertEqual(self.answered("ewa@inny.example"), 0)


class Bounces(RobotTest):
    def setUp(self):
        super().setUp()
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.receipt = self.desk.emails(to=ANNA)[0]

    def verp(self, number=1, kind="receipt"):
        """The address to which a bounce of what was sent comes."""
        message_id = self.header(self.receipt, "Message-ID")
        detail = message_id[len("<hejnal."):message_id.rindex("@")].replace(".", "-")
        return f"pomoc+b-{detail}@wsparcie.example"

    def assert_bounced(self):
        self.assertEqual(self.fates(), ["bounced"])
        sent = [one for one in self.desk.case(1)["messages"] if one["direction"] == "out"][0]
        self.assertEqual(sent["state"], "bounced")
        self.assertEqual(len(self.desk.all_cases()), 1)
        self.assertEqual([one for one in self.desk.emails() if "daemon" in one["to"].lower() or not one["to"]], [])

    def test_tied_by_the_address_it_comes_to(self):
        self.assertEqual(self.desk.deliver(self.dsn(to=self.verp()), sender="", recipients=[self.verp()])[0][:3], "250")
        self.assert_bounced()

    def test_tied_by_the_address_even_when_nothing_else_can_be_read(self):
        raw = b"From: MAILER-DAEMON@old.example\r\nSubject: failure notice\r\n\r\nHi. This is the qmail-send program.\r\n"
        self.desk.deliver(raw, sender="", recipients=[self.verp()])
        self.assert_bounced()

    def test_tied_by_the_embedded_original(self):
        self.desk.deliver(self.dsn(original=self.header(self.receipt, "Message-ID")), sender="")
        self.assert_bounced()

    def test_a_warning_is_no_bounce(self):
        self.desk.deliver(self.dsn(action="delayed", status="4.4.1", original=self.header(self.receipt, "Message-ID")), sender="")
        self.assertEqual(self.fates(), [])
        self.assertEqual(len(self.desk.all_cases()), 1)

    def test_a_guessed_token_is_worth_nothing(self):
        self.desk.deliver(self.dsn(), sender="", recipients=["pomoc+b-1-1-0123456789abcdef@wsparcie.example"])
        self.desk.deliver(self.dsn(original="<hejnal.1.1.0123456789abcdef@wsparcie.example>"), sender="")
        self.assertEqual(self.fates(), [])
        self.assertEqual(len(self.set_aside()), 2)

    def test_the_receipt_goes_by_sms_when_the_number_is_known(self):
        case = self.desk.case(1)
        self.desk.sms("+48601000001", "Drukarka nadal nie drukuje, kod " + case["short_code"])
        before = len(self.desk.texts(to="+48601000001"))
        self.desk.deliver(self.dsn(to=self.verp()), sender="", recipients=[self.verp()])
        sent = self.desk.texts(to="+48601000001")[before:]
        self.assertEqual(len(sent), 1)
        self.assertIn(case["short_code"], sent[0]["text"])

    def test_without_a_number_the_person_on_call_is_told(self):
        self.desk.deliver(self.dsn(to=self.verp()), sender="", recipients=[self.verp()])
        self.assertEqual(len(self.desk.emails(to=ON_CALL)), 1)

    def test_twice_is_once(self):
        for _ in range(3):
            self.desk.deliver(self.dsn(to=self.verp()), sender="", recipients=[self.verp()])
        self.assertEqual(len(self.desk.emails(to=ON_CALL)), 1)

    def test_a_bounced_answer_is_owed_again(self):
        self.desk.act(1, "answer", text="Już drukuje.")
        self.receipt = self.desk.emails(to=ANNA)[-1]
        self.desk.deliver(self.dsn(to=self.verp()), sender="", recipients=[self.verp()])
        case = self.desk.case(1)
        self.assertEqual((case["state"], case["next"]["owed_by"]), ("working", "desk"))

    def test_a_persons_report_about_a_bounce_is_a_report(self):
        inner = self.dsn(original="<somebody@else.example>").replace(b"\r\n", b"\r\n")
        raw = world.mail(subject="Nie wychodzi poczta", sender="jan@klient.example").replace(
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit",
            b'Content-Type: multipart/mixed; boundary="outer"').replace(
            b"Nie drukuje.", b"--outer\r\nContent-Type: text/plain\r\n\r\nDostajemy zwroty.\r\n--outer\r\n"
            b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--outer--")
        self.desk.deliver(raw, sender="jan@klient.example")
        self.assertEqual(self.answered("jan@klient.example"), 1)

    def test_a_read_receipt_says_that_it_was_seen(self):
        original = self.header(self.receipt, "Message-ID")
        raw = (f"Return-Path: <>\r\nFrom: {ANNA}\r\nTo: {DESK}\r\nSubject: Read: x\r\nMIME-Version: 1.0\r\n"
               'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r\n\r\n--b\r\n'
               "Content-Type: text/plain\r\n\r\nread\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
               f"Final-Recipient: rfc822; {ANNA}\r\nOriginal-Message-ID: {original}\r\n"
               "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n").encode()
        self.desk.deliver(raw, sender="")
        self.assertEqual(self.fates(), ["seen"])
        self.assertEqual(len(self.desk.all_cases()), 1)


class WhatWeSend(RobotTest):
    def test_automatic_mail_says_so(self):
        message_id = self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        receipt = self.desk.emails(to=ANNA)[0]
        self.assertEqual(self.header(receipt, "Auto-Submitted"), "auto-replied")
        self.assertEqual(self.header(receipt, "X-Auto-Response-Suppress"), "All")
        self.assertEqual(self.header(receipt, "In-Reply-To"), message_id)
        self.assertEqual(self.header(receipt, "References"), message_id)
        self.assertIsNone(self.header(receipt, "Precedence"))
        self.desk.advance(2 * HOUR)
        for alert in self.desk.emails(to=ON_CALL):
            self.assertEqual(self.header(alert, "Auto-Submitted"), "auto-generated")

    def test_what_a_person_writes_does_not(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.act(1, "answer", text="Już.")
        answer = self.desk.emails(to=ANNA)[-1]
        for name in ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "List-Id"):
            self.assertIsNone(self.header(answer, name))

    def test_a_header_in_the_subject_stays_in_the_subject(self):
        self.desk.good("POST", "/api/v1/cases", {"subject": "x\r\nBcc: evil@x.example\r\n\r\nbody", "text": "y", "client": {"email": ANNA}})
        self.desk.act(1, "answer", text="Już.")
        for message in self.desk.case(1)["messages"]:
            if message["direction"] == "out":
                head = self.desk.raw(message["id"]).split(b"\r\n\r\n")[0]
                self.assertNotIn(b"\nBcc:", head)

    def test_answers_go_to_reply_to_and_receipts_to_the_envelope(self):
        raw = world.mail(headers=["Reply-To: biuro@klient.example"])
        self.desk.deliver(raw, sender="wysylka@klient.example")
        self.assertEqual([one["to"] for one in self.desk.emails()], ["wysylka@klient.example"])
        self.desk.act(1, "answer", text="Już.")
        self.assertEqual(self.desk.emails()[-1]["to"], "biuro@klient.example")

    def test_the_budget_of_an_address_is_kept_and_shown(self):
        for number in range(25):
            self.desk.deliver(world.mail(subject=f"Sprawa {number}", text=f"Tekst {number * 7919} inny."))
        self.assertEqual(self.answered(), 20)
        self.assertEqual(len(self.desk.all_cases()), 25)
        withheld = [one["why"] for one in self.desk.case(25)["journal"] if one["kind"] == "withheld"]
        self.assertIn(ANNA, withheld[0])
        self.desk.advance(HOUR)
        self.desk.deliver(world.mail(subject="Nowa godzina", text="Inny tekst."))
        self.assertIn("receipt", self.said(26))


class TwoDesks(world.FolderTest):
    """Two desks that get each other's automatic mail come to rest."""

    def setUp(self):
        super().setUp()
        self.desks = []
        for name in ("a", "b"):
            folder = self.folder / name
            folder.mkdir()
            desk = world.Desk(folder)
            self.addCleanup(desk.end)
            self.desks.append(desk.start())

    def exchange(self, change=lambda raw: raw, rounds=30):
        """What each desk sent goes to the other one. Gives how many mails went in each round."""
        taken, counts = [0, 0], []
        for _ in range(rounds):
            count = 0
            for me, other in ((0, 1), (1, 0)):
                mails = self.desks[me].emails()
                for one in mails[taken[me]:]:
                    headers = "".join(f"{name}: {value}\r\n" for name, value in one["headers"].items()
                                      if name.lower() not in ("content-type", "mime-version", "to", "from"))
                    raw = change(f"From: desk{me}@desk{me}.example\r\nTo: {DESK}\r\n{headers}\r\n{one['text']}".encode())
                    sender = f"desk{me}@desk{me}.example"
                    self.desks[other].deliver(raw.replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n"), sender=sender)
                    count += 1
                taken[me] = len(mails)
            counts.append(count)
            if not count:
                break
        return counts

    def test_receipts(self):
        self.desks[0].email("desk1@desk1.example", "Drukarka", "Nie drukuje.")
        self.assertEqual(self.exchange()[-1], 0)
        self.assertLess(sum(len(desk.all_cases()) for desk in self.desks), 3)

    def test_even_when_all_marks_are_lost_on_the_way(self):
        marks = (b"auto-submitted", b"x-auto-response-suppress", b"in-reply-to", b"references")

        def strip(raw):
            head, body = raw.split(b"\r\n\r\n", 1)
            return b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(marks)) + b"\r\n\r\n" + body

        self.desks[0].email("desk1@desk1.example", "Drukarka", "Nie drukuje.")
        counts = self.exchange(strip, rounds=80)
        self.assertEqual(counts[-1], 0, "they do not come to rest")
        self.assertLess(sum(counts), 100)


class Restart(RobotTest):
    def test_a_restart_never_floods(self):
        for number in range(10):
            self.desk.email(f"k{number}@klient.example", f"Sprawa {number}", f"Tekst {number}.")
        self.desk.advance(3 * HOUR)
        before = json.dumps(self.desk.world()["emails"]), len(self.desk.texts())
        for how in ("stop", "kill", "kill"):
            self.restart(how)
            world.time.sleep(0.2)
        self.assertEqual((json.dumps(self.desk.world()["emails"]), len(self.desk.texts())), before)


if __name__ == "__main__":
    unittest.main()
