"""A real Postfix before us and behind us: it delivers to our LMTP, takes our answers, and its bounces come back."""

import re
import smtplib
import time
import unittest

import servers
import world
from servers import Postfix, ServersTest

# Mail for us goes to our LMTP (docs/install.md); clients have Maildirs; one client does not exist.
MAIN = """\
virtual_mailbox_domains = firma.example, klient.example, dyzur.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1
virtual_transport = virtual
transport_maps = inline:{{ {{ firma.example = lmtp:{lmtp} }} }}
recipient_delimiter = +
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{ nobody@klient.example = 550 5.1.1 no such user }},
  {{ later@klient.example = 450 4.2.1 later }} }}, permit_mynetworks, reject
message_size_limit = 31457280
mailbox_size_limit = 0
virtual_mailbox_limit = 0
"""


@servers.needs("postfix")
class WithPostfix(ServersTest):
    lmtp_by_socket = False

    def setUp(self):
        super().setUp()
        mail = self.folder / "mail"
        mail.mkdir()
        mail.chmod(0o777)
        port = world.free_port()
        listen = f"unix:{self.folder}/lmtp" if self.lmtp_by_socket else f"127.0.0.1:{port}"
        route = listen if self.lmtp_by_socket else f"inet:{listen}"
        self.postfix = self.daemon(Postfix, "postfix", MAIN.format(folder=self.folder, lmtp=route))
        self.config = self.folder / "hejnal.toml"
        self.config.write_text(world.settings(self.folder, desk='aliases = ["awaria@firma.example"]', lmtp=listen,
                                              smtp=f"smtp://127.0.0.1:{self.postfix.port}", on_call="jan@dyzur.example"))
        self.desk = self.serve()

    def serve(self):
        return self.start("--config", self.config, token_file=self.folder / "token")

    def send(self, subject, text="Nie działa.", sender="anna@klient.example", to="pomoc@firma.example", raw=None, **options):
        with smtplib.SMTP("127.0.0.1", self.postfix.port, timeout=30) as client:
            client.sendmail(sender, [to], raw or world.mail(subject=subject, text=text, sender=sender, to=to), **options)

    def inbox(self):
        """What clients (all in one Maildir) have got."""
        return [path.read_bytes() for path in sorted((self.folder / "mail/all/new").glob("*"))]

    def case(self, number):
        return self.wait(lambda: [one for one in self.desk.all_cases() if one["number"] == number], f"no case {number}: {self.postfix.log()}")[0]

    def received(self, words, count=1):
        found = self.wait(lambda: [raw for raw in self.inbox() if words in raw] if len([raw for raw in self.inbox() if words in raw]) >= count else None,
                          f"{words!r} did not arrive: {self.postfix.log()}")
        self.assertEqual(len(found), count)
        return found


class InAndOut(WithPostfix):
    def test_a_mail_becomes_a_case_and_its_receipt_arrives(self):
        self.send("Drukarka")
        case = self.case(1)
        self.assertEqual((case["subject"], case["client"]["email"]), ("Drukarka", "anna@klient.example"))
        receipt = self.received(b"Auto-Submitted: auto-replied")[0]
        self.assertIn(b"Return-Path: <pomoc+b-1-1-", receipt)
        self.assertIn(b"\nDelivered-To: anna@klient.example\n", receipt)
        raw = self.desk.raw(self.desk.case(1)["messages"][0]["id"])
        self.assertTrue(raw.startswith(b"Received: ") or raw.startswith(b"Return-Path: "), raw[:100])
        self.assertTrue(raw.endswith(b"\r\n\r\nNie dzia\xc5\x82a.\r\n"), raw[-60:])

    def test_an_answer_arrives_and_its_reply_joins(self):
        self.send("Drukarka")
        self.case(1)
        self.desk.act(1, "answer", text="Proszę włączyć.\n.\n..kropki\nFrom początek")
        answer = self.received(b"kropki")[0]
        message_id = re.search(rb"(?im)^Message-ID:\s*(<[^>]+>)", answer)[1].decode()
        self.assertNotIn(b"Auto-Submitted", answer)
        sent = [one for one in self.desk.case(1)["messages"] if one["direction"] == "out"][-1]
        self.wait(lambda: [one for one in self.desk.case(1)["messages"] if one["id"] == sent["id"]][0]["state"] == "handed_over", "not handed over")
        self.send("Re", raw=world.mail(subject="Re: Drukarka", text="Działa.", headers=[f"In-Reply-To: {message_id}"]))
        self.wait(lambda: "Działa." in [one["text"].strip() for one in self.desk.case(1)["messages"]], "the reply did not join")
        self.assertEqual(len(self.desk.all_cases()), 1)

    def test_a_client_that_does_not_exist(self):
        self.send("Drukarka", sender="nobody@klient.example")
        self.case(1)
        message = self.wait(lambda: [one for one in self.desk.case(1)["messages"] if one["direction"] == "out" and one["state"] == "failed"],
                            "the refusal is not known")
        self.assertEqual(message[0]["to"], "nobody@klient.example")
        self.wait(lambda: [one for one in self.desk.case(1)["messages"] if one["to"] == "jan@dyzur.example"], "on call was not told")

    def test_a_relay_that_says_later_is_asked_again_later(self):
        self.send("Drukarka", sender="later@klient.example")
        self.case(1)
        notice = self.wait(lambda: [one for one in self.desk.good("GET", "/api/v1/notices")["items"] if one["attempts"] == 1], "not tried")[0]
        self.assertEqual(notice["state"], "queued")
        self.assertIn("later", notice["last_error"])
        self.assertTrue(notice["next_try_at"])

    def test_a_bounce_comes_back_to_its_notice(self):
        self.send("Drukarka", sender="anna@gone.invalid")  # accepted by the relay, and undeliverable behind it
        self.case(1)
        self.wait(lambda: "bounced" in [one["state"] for one in self.desk.case(1)["messages"]], f"no bounce: {self.postfix.log()}", 40)
        self.assertEqual(len(self.desk.all_cases()), 1)

    def test_big_eight_bit_and_odd(self):
        body = "\r\n".join("ąę" * 30 + str(line) for line in range(40_000))
        raw = world.mail(subject="Duży", text=body)
        self.send("", raw=raw, mail_options=["BODY=8BITMIME"])
        self.case(1)
        kept = self.desk.raw(self.desk.case(1)["messages"][0]["id"])
        self.assertTrue(kept.endswith(raw[-1000:]))

    def test_while_we_are_down_postfix_keeps_it(self):
        self.desk.stop()
        self.send("Nocna")
        self.wait(self.postfix.queue, "nothing is queued")
        time.sleep(1)
        self.desk = self.serve()
        self.postfix.flush()
        self.assertEqual(self.case(1)["subject"], "Nocna")
        self.wait(lambda: not self.postfix.queue(), "it is still queued")

    def test_while_the_relay_is_down_nothing_is_lost(self):
        self.send("Drukarka")
        self.case(1)
        self.received(b"Auto-Submitted: auto-replied")
        self.postfix.end()
        self.desk.act(1, "answer", text="Proszę poczekać.")
        notice = self.wait(lambda: [one for one in self.desk.good("GET", "/api/v1/notices")["items"] if one["kind"] == "answer" and one["attempts"]],
                           "not tried")[0]
        self.assertEqual(notice["state"], "queued")
        self.postfix.start()
        self.desk.stop()
        self.desk = self.serve()
        found = self.wait(lambda: [one for one in self.desk.good("GET", "/api/v1/notices")["items"] if one["kind"] == "answer"], "it is gone")
        self.assertEqual(found[0]["state"], "queued")

    def test_check_live(self):
        done = world.run("check", "--live", "--config", self.config, timeout=150)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("it is back", done.stdout)

    def test_check_live_without_a_relay(self):
        self.postfix.end()
        done = world.run("check", "--live", "--config", self.config, timeout=150)
        self.assertEqual(done.returncode, 75, done.stdout + done.stderr)
        self.assertIn("relay", done.stderr)

    def test_check_live_does_not_burden_the_desk(self):
        done = world.run("check", "--live", "--config", self.config, timeout=150)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.desk.all_cases(), [], "the test mail has become a case that somebody owes an answer to")

    def test_a_hundred_at_once(self):
        with smtplib.SMTP("127.0.0.1", self.postfix.port, timeout=30) as client:
            for number in range(100):
                client.sendmail(f"k{number}@klient.example", ["pomoc@firma.example"],
                                world.mail(subject=f"Sprawa {number}", text=f"Tekst {number}", sender=f"k{number}@klient.example"))
        self.wait(lambda: len(self.desk.all_cases()) == 100, "not all arrived", 60)
        self.wait(lambda: len([raw for raw in self.inbox() if b"Auto-Submitted: auto-replied" in raw]) == 100, "not all receipts arrived", 60)


class BySocket(WithPostfix):
    lmtp_by_socket = True

    def test_a_socket_in_the_file_system(self):
        (self.folder / "lmtp").chmod(0o666)
        self.send("Drukarka")
        self.assertEqual(self.case(1)["subject"], "Drukarka")
        self.desk.stop()
        self.assertFalse((self.folder / "lmtp").exists())


if __name__ == "__main__":
    unittest.main()
