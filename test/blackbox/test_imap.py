"""A hosted mailbox: a real Dovecot, read by IMAP with IDLE."""

import imaplib
import time
import unittest

import servers
import sms_servers
import world
from servers import Dovecot, ServersTest

MAILBOX = """
[[email.in.imap]]
url = "imap://127.0.0.1:{port}"
user = "pomoc"
password_file = "{folder}/password"
starttls = "none"
"""


@servers.needs("dovecot")
class WithDovecot(ServersTest):
    def setUp(self):
        super().setUp()
        self.dovecot = self.daemon(Dovecot, "dovecot")
        (self.folder / "password").write_text("secret\n")
        self.config = self.folder / "hejnal.toml"
        self.client = self.connect()

    def configure(self, more=""):
        mailbox = MAILBOX.format(folder=self.folder, port=self.dovecot.port) + more
        self.config.write_text(world.settings(self.folder, lmtp="", end=mailbox))

    def serve(self, more=""):
        self.configure(more)
        self.desk = self.start("--config", self.config, token_file=self.folder / "token")
        self.wait(self.connected, "it does not connect to the mailbox")
        return self.desk

    def channel(self):
        told = self.desk.good("GET", "/api/v1/health")
        return [one for one in told["channels"] if one["name"] == "imap"][0]

    def connected(self):
        return self.channel()["state"] == "ok" and self.channel()["detail"].startswith("connected")

    def connect(self):
        client = imaplib.IMAP4("127.0.0.1", self.dovecot.port, timeout=20)
        client.login("pomoc", "secret")
        client.select("INBOX")
        self.addCleanup(client.shutdown)
        return client

    def put(self, subject, flags="", folder="INBOX"):
        raw = world.mail(subject=subject, text=f"Tekst {subject}.", sender=f"{subject.lower()}@klient.example")
        self.assertEqual(self.client.append(folder, flags, None, raw)[0], "OK")
        return raw

    def subjects(self):
        return sorted(one["subject"] for one in self.desk.all_cases())

    def wait_for(self, *subjects, longest_s=20):
        self.wait(lambda: self.subjects() == sorted(subjects), f"expected {subjects}", longest_s)


class Idle(WithDovecot):
    def test_a_new_mail_is_a_case_within_seconds(self):
        self.serve()
        time.sleep(0.5)
        begin = time.monotonic()
        raw = self.put("Drukarka")
        self.wait_for("Drukarka", longest_s=5)
        self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual(self.desk.raw(self.desk.case(1)["messages"][0]["id"]), raw)

    def test_what_was_there_at_the_first_contact_stays_there(self):
        self.put("Stara")
        self.serve()
        self.put("Nowa")
        self.wait_for("Nowa")

    def test_it_is_imported_where_that_is_wanted(self):
        self.put("Stara")
        self.serve('import_since = "2020-01-01"\n')
        self.put("Nowa")
        self.wait_for("Nowa", "Stara")

    def test_another_client_that_has_seen_it_does_not_matter(self):
        self.serve()
        self.put("Drukarka", flags="\\Seen")
        self.wait_for("Drukarka")
        self.put("Monitor")
        self.client.store("1:*", "+FLAGS", "\\Seen")
        self.wait_for("Drukarka", "Monitor")

    def test_a_restart_takes_nothing_twice_and_misses_nothing(self):
        self.serve()
        self.put("A")
        self.wait_for("A")
        self.desk.stop()
        self.put("B", flags="\\Seen")
        self.serve()
        self.wait_for("A", "B")
        self.desk.kill()
        self.put("C")
        self.serve()
        self.wait_for("A", "B", "C")
        time.sleep(1)
        self.assertEqual(self.subjects(), ["A", "B", "C"])
        self.assertEqual([one["step"] for one in self.desk.all_cases()], [1, 1, 1])

    def test_nothing_is_changed_in_the_mailbox(self):
        self.serve()
        self.put("Drukarka")
        self.wait_for("Drukarka")
        time.sleep(0.5)
        self.client.noop()
        self.assertEqual(self.client.search(None, "UNSEEN")[1], [b"1"])

    def test_it_is_marked_when_it_is_ours(self):
        self.serve('after = "seen"\n')
        self.put("Drukarka")
        self.wait_for("Drukarka")
        self.wait(lambda: self.client.noop() and self.client.search(None, "SEEN")[1] == [b"1"], "it is not marked")

    def test_it_is_moved_when_it_is_ours(self):
        self.client.create("Done")
        self.serve('after = "move:Done"\n')
        for subject in ("A", "B", "C"):
            self.put(subject)
        self.wait_for("A", "B", "C")
        self.wait(lambda: self.client.select("Done")[1] == [b"3"], "they are not moved")
        self.assertEqual(self.client.select("INBOX")[1], [b"0"])

    def test_many_at_once(self):
        self.serve()
        names = [f"Sprawa{number}" for number in range(100)]
        for name in names:
            self.put(name)
        self.wait_for(*names, longest_s=30)

    def test_a_session_that_was_cut_begins_again(self):
        self.serve()
        self.put("A")
        self.wait_for("A")
        self.dovecot.end_sessions()
        self.client = self.connect()
        self.put("B")
        self.wait_for("A", "B", longest_s=40)

    def test_while_the_mailbox_is_away_the_health_page_says_so(self):
        self.serve()
        self.dovecot.end()
        self.wait(lambda: self.channel()["state"] == "degraded", "it says that all is well")
        self.assertIn("not connected", self.channel()["detail"])
        self.assertEqual(self.desk.get("/api/v1/health", token=None).json["status"], "degraded")
        self.dovecot.start()
        self.client = self.connect()
        self.put("B")
        self.wait_for("B", longest_s=60)

    def test_a_wrong_password_is_named(self):
        (self.folder / "password").write_text("wrong\n")
        self.configure()
        self.desk = self.start("--config", self.config, token_file=self.folder / "token")
        self.wait(lambda: "not connected" in self.channel()["detail"] and ";" in self.channel()["detail"], "nothing is said")
        self.assertEqual(self.channel()["state"], "degraded")


SMS_IN = """
[[sms.gateway]]
name = "plain"
kind = "http"
url = "http://127.0.0.1:1/send"
body = "to={{to}}&text={{text}}"
secret_file = "{folder}/secret"
"""


class Quarantine(WithDovecot):
    """Junk is nobody's business, until an SMS waits for the email that lies there."""

    SECRET = "0123456789abcdef0123456789abcdef"

    def setUp(self):
        super().setUp()
        self.client.create("Junk")
        (self.folder / "secret").write_text(self.SECRET + "\n")

    def junk(self, subject, sender="anna@klient.example", folder="Junk", text="Proszę o pomoc."):
        raw = world.mail(subject=subject, text=text, sender=sender)
        self.assertEqual(self.client.append(folder, "", None, raw)[0], "OK")
        return raw

    def sms(self, text, sender="48601234567", ident="1"):
        fields = {"from": sender, "text": text, "id": ident}
        self.assertEqual(sms_servers.call("POST", f"http://{self.desk.http}/hooks/sms/plain/{self.SECRET}/in", fields)[0], 200)

    def start_with(self, folders):
        self.serve(f"quarantine = {folders}\n" + SMS_IN.format(folder=self.folder))

    def test_the_awaited_email_is_found_and_joins_and_the_rest_stays_where_it_is(self):
        self.junk("Najlepsza oferta", sender="oferta@spam.example", text="Tanie drukarki i serwery")
        raw = self.junk("Serwer rejestracji stoi")
        self.start_with('["Junk"]')
        self.sms("Wysłałam maila: serwer rejestracji stoi, anna@klient.example")
        self.wait(lambda: not self.desk.case(1)["email_missing"], str(self.desk.case(1)), longest_s=40)
        mail = [one for one in self.desk.case(1)["messages"] if one["channel"] == "email" and one["direction"] == "in"]
        self.assertEqual([one["subject"] for one in mail], ["Serwer rejestracji stoi"])
        self.assertEqual(self.desk.raw(mail[0]["id"]), raw)
        self.assertIn("Junk", str(self.desk.case(1)["journal"]))
        self.assertEqual(self.desk.good("GET", "/api/v1/set-aside")["items"], [], "of the others we know nothing")
        self.assertEqual(len(self.desk.all_cases()), 1)
        self.client.select("Junk", readonly=True)
        self.assertEqual(len(self.client.search(None, "UNSEEN")[1][0].split()), 2, "nothing was touched")

    def test_it_comes_there_after_the_sms(self):
        self.start_with('["Junk"]')
        self.sms("Wysłałam maila: serwer rejestracji stoi, anna@klient.example")
        time.sleep(1)
        self.junk("Serwer rejestracji stoi")
        self.wait(lambda: not self.desk.case(1)["email_missing"], str(self.desk.case(1)), longest_s=60)

    def test_a_folder_that_is_not_there_is_told_and_the_others_are_searched(self):
        self.junk("Serwer rejestracji stoi")
        self.start_with('["Spam", "Junk"]')
        self.sms("Wysłałam maila: serwer rejestracji stoi, anna@klient.example")
        self.wait(lambda: not self.desk.case(1)["email_missing"], str(self.desk.case(1)), longest_s=40)
        health = self.desk.good("GET", "/api/v1/health")["channels"]
        found = [one for one in health if one["name"] == "imap quarantine"]
        self.assertTrue(found and "Spam" in found[0]["detail"], health)


if __name__ == "__main__":
    unittest.main()
