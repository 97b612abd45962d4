"""The other side: hejnal as a client, with a real Postfix that delivers and refuses, and a real Dovecot in which the provider
answers. The provider's people are played here; their procedure is the built-in one with seconds instead of hours."""

import email
import email.policy
import imaplib
import json
import os
import pty
import re
import signal
import smtplib
import subprocess
import unittest

import servers
import sms_servers
import world
from servers import Dovecot, Postfix, ServersTest
from world import CONFIG, DATAERR, NOINPUT, OK, UNAVAILABLE, USAGE

ACKNOWLEDGED, GAVE_UP, ENDED = 10, 11, 12

MAIN = """\
virtual_mailbox_domains = dostawca.example, klient.example
virtual_mailbox_base = {folder}/dovecot/mail
virtual_mailbox_maps = inline:{{ {{ pomoc@dostawca.example = pomoc/ }}, {{ jan@klient.example = jan/ }}, {{ szef@klient.example = szef/ }} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1
virtual_transport = virtual
smtpd_reject_unlisted_recipient = no
"""

CLIENT = """
[[email.in.imap]]
url = "imap://127.0.0.1:{imap}"
user = "jan"
password_file = "{folder}/password"
starttls = "none"
use = "reports"
import_since = "2020-01-01"

[[provider]]
name = "dostawca"
title = "Dostawca"
email = "{to}"
sms_number = "+48 600 000 009"
procedure = "{folder}/procedure.toml"
from = "jan@klient.example"
from_name = "Jan Klient"
{more}
{gateway}"""

GATEWAY = """
[[sms.gateway]]
name = "plain"
kind = "http"
url = "{url}/send"
password_file = "{folder}/gateway.password"
timeout_s = 2
success = "queued"
body = '{{"to":"{{number}}","text":"{{text}}","ref":"{{id}}"}}'
headers = ["Content-Type: application/json", "X-Key: {{password}}"]
"""


def procedure(wait="3s", answer="4s"):
    """The built-in one, hastened: of urgent the second step after `wait`, and given up `answer` later."""
    text = (world.SOURCE / "procedures/pl.toml").read_text("utf-8")
    head, urgent, rest = re.split(r'(?=\[\[class\]\]\nid = "(?:urgent|critical)")', text)
    urgent = urgent.replace('wait = "2h"', f'wait = "{wait}"').replace('answer_within = "24h"', f'answer_within = "{answer}"')
    urgent = urgent.replace('react_within = "2h"', 'react_within = "2s"')
    return head + urgent + rest


@servers.needs("postfix")
@servers.needs("dovecot")
class ReporterTest(ServersTest):
    def setUp(self):
        super().setUp()
        self.dovecot = self.daemon(Dovecot, "dovecot")
        self.postfix = self.daemon(Postfix, "postfix", MAIN.format(folder=self.folder))
        self.gateway = sms_servers.Plain()
        self.addCleanup(self.gateway.stop)
        self.config = self.folder / "hejnal.toml"
        for name, words in (("password", "secret"), ("gateway.password", "plain password")):
            (self.folder / name).write_text(words + "\n")
        self.configure()

    def configure(self, to="pomoc@dostawca.example", more="", sms=True, hurry=None):
        (self.folder / "procedure.toml").write_text(procedure(**(hurry or {})), "utf-8")
        gateway = GATEWAY.format(url=self.gateway.url, folder=self.folder) if sms else ""
        self.config.write_text(world.settings(
            self.folder, address="jan@klient.example", lmtp="", smtp=f"smtp://127.0.0.1:{self.postfix.port}", on_call="szef@klient.example",
            end=CLIENT.format(imap=self.dovecot.port, folder=self.folder, to=to, more=more, gateway=gateway)), "utf-8")

    def hejnal(self, *arguments, code=OK, **options):
        done = world.run(*arguments, "--config", self.config, **options)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}{self.postfix.log()}")
        return done

    def report(self, subject="Drukarka", text="Nie drukuje żadna.", of="urgent", code=OK, more=(), **options):
        done = self.hejnal("report", "--class", of, "--subject", subject, "--by", "Jan", *more, stdin=text.encode(), code=code, **options)
        return int(re.search(r"report (\d+)", done.stdout)[1]) if code == OK else done

    def runs(self):
        """hejnal report --run, ended with the test."""
        process = subprocess.Popen([world.HEJNAL, "report", "--run", "--config", str(self.config)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.ends, process)
        self.assertIn(b"carries on", process.stdout.readline())
        return process

    def ends(self, process, number=signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(number)
        process.communicate(timeout=20)

    def state(self, number=1):
        return json.loads(self.hejnal("report", number, "--json").stdout)

    def becomes(self, condition, words, number=1, longest_s=25):
        self.wait(lambda: condition(self.state(number)), f"{words}: {self.state(number)} {self.postfix.log()}", longest_s)
        return self.state(number)

    def inbox(self, user):
        found = []
        for folder in ("new", "cur"):
            for path in sorted((self.dovecot.folder / "mail" / user / folder).glob("*")):
                found.append(email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
        return sorted(found, key=lambda one: (one["Date"].datetime, one["Message-ID"]))

    def arrived(self, count, user="pomoc", longest_s=20):
        self.wait(lambda: len(self.inbox(user)) >= count, f"{len(self.inbox(user))} of {count} mails: {self.postfix.log()}", longest_s)
        return self.inbox(user)

    def answers(self, mail, text, sender="ola@dostawca.example", subject=None, threaded=True, headers=()):
        """What the provider's mail program sends."""
        more = list(headers)
        if threaded:
            more += [f"In-Reply-To: {mail['Message-ID']}", f"References: {mail['Message-ID']}"]
        raw = world.mail(subject=subject or f"Odp: {mail['Subject']}", text=text, sender=sender, to="jan@klient.example", headers=more)
        with smtplib.SMTP("127.0.0.1", self.postfix.port, timeout=30) as client:
            client.sendmail(sender, ["jan@klient.example"], raw)

    def texts(self):
        return [one["text"] for one in self.gateway.taken]


class Steps(ReporterTest):
    def test_the_whole_procedure_and_a_human_answer(self):
        (self.folder / "ekran żółty.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
        self.runs()
        self.assertEqual(self.report(more=["--attach", self.folder / "ekran żółty.png"]), 1)
        first = self.arrived(1)[0]
        self.assertEqual(first["From"].addresses[0].addr_spec, "jan@klient.example")
        self.assertIn("Drukarka", first["Subject"])
        self.assertIsNone(first["Auto-Submitted"])  # a person has written it
        self.assertIn("Nie drukuje żadna.", first.get_body(("plain",)).get_content())
        attached = list(first.iter_attachments())
        self.assertEqual([(one.get_filename(), one.get_content_type()) for one in attached], [("ekran żółty.png", "image/png")])
        self.assertEqual(attached[0].get_content(), b"\x89PNG\r\n\x1a\n\x00\xff")
        self.answers(first, "Jestem na urlopie do piątku.", subject="Automatyczna odpowiedź: Drukarka", headers=["Auto-Submitted: auto-replied"])

        again = self.arrived(2)[1]
        self.assertTrue(again["Subject"].startswith("Ponawiam: "), again["Subject"])
        self.assertNotEqual(again["Message-ID"], first["Message-ID"])
        self.assertEqual(again["In-Reply-To"], first["Message-ID"])
        self.assertIn("mógł nie dotrzeć", again.get_body(("plain",)).get_content())
        self.assertEqual(len(list(again.iter_attachments())), 1)
        self.wait(lambda: self.texts(), "no SMS")
        self.assertEqual(len(self.texts()), 1)
        self.assertIn("jan@klient.example", self.texts()[0])

        self.answers(again, "Wymieniliśmy toner, proszę sprawdzić.")
        told = self.becomes(lambda r: r["state"] == "answered", "the answer was not seen")
        self.assertEqual([one["what"] for one in told["came_back"]], ["absence", "answer"])
        self.assertTrue(all("250" in one["server"] for one in told["sent"] if one["channel"] == "email" and one["what"] == "report"), told)
        news = self.arrived(1, "szef")
        self.assertIn("jest odpowiedź", news[0]["Subject"])
        self.assertEqual(news[0]["Auto-Submitted"], "auto-generated")
        self.assertEqual(self.hejnal("report", 1, "settle", "--reason", "działa").returncode, OK)
        self.assertEqual(self.state()["state"], "settled")
        self.assertEqual(self.hejnal("reports").stdout, "")
        self.assertIn("settled", self.hejnal("reports", "--all").stdout)

    def test_nobody_reacts(self):
        done = self.hejnal("report", "--class", "urgent", "--subject", "Serwer", "--wait", stdin=b"Stoi.", code=GAVE_UP)
        self.assertRegex(done.stderr, r"report 1 to dostawca: waiting, step 2")
        self.assertIn("unanswered", done.stderr)
        mails = self.arrived(2)
        self.assertEqual(len(mails), 2)
        proof = self.hejnal("report", 1, "proof").stdout
        self.assertIn("krok 2", proof)
        self.assertIn("250 2.", proof)
        self.assertIn("Stoi.", proof)

    def test_a_receipt_changes_the_words_only(self):
        self.configure(hurry={"wait": "6s"})
        self.runs()
        self.report()
        first = self.arrived(1)[0]
        self.answers(first, "Nadaliśmy numer 4711.", subject="[#4711] Przyjęto", headers=["Auto-Submitted: auto-replied"])
        self.becomes(lambda r: r["receipt_at"], "the receipt was not seen")
        again = self.arrived(2)[1]
        self.assertIn("Automatyczne potwierdzenie", again.get_body(("plain",)).get_content())

    def test_critical_goes_both_ways_at_once(self):
        self.runs()
        self.report(of="critical", subject="Serwerownia")
        self.arrived(1)
        self.wait(lambda: self.texts(), "no SMS")
        self.assertIn("Serwerownia", self.texts()[0])
        self.assertTrue(self.arrived(1)[0]["Subject"].startswith("["), self.arrived(1)[0]["Subject"])

    def test_an_acknowledgement_ends_the_waiting(self):
        self.configure(hurry={"wait": "60s"})
        self.runs()
        process = subprocess.Popen([world.HEJNAL, "report", "--class", "urgent", "--subject", "Serwer", "--wait", "--config", str(self.config)],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.ends, process)
        process.stdin.write(b"Stoi.")
        process.stdin.close()
        process.stdin = None
        self.answers(self.arrived(1)[0], "Przyjąłem, zajmujemy się tym.")
        self.assertEqual(process.wait(30), ACKNOWLEDGED)
        self.assertEqual(self.state()["state"], "acknowledged")

    def test_a_reply_without_thread_is_known_by_its_tag_or_subject(self):
        self.configure(hurry={"wait": "60s"})
        self.runs()
        for number, subject in ((1, "Drukarka"), (2, "Skaner")):
            self.report(subject=subject)
            mail = self.arrived(number)[number - 1]
            told = subject if subject == "Skaner" else f"FW: {mail['Subject']}"
            self.answers(mail, "Zrobione.", subject=told, threaded=False)
            self.becomes(lambda r: r["state"] == "answered", "it was not recognised", number)
        # Somebody else with the same subject is no answer, nor is the provider about another matter.
        self.report(subject="Monitor")
        mail = self.arrived(3)[2]
        self.answers(mail, "Zrobione.", subject="Monitor", threaded=False, sender="obcy@inny.example")
        self.answers(mail, "Faktura.", subject="Faktura 12", threaded=False)
        self.answers(mail, "Jest.", sender="ola@dostawca.example")
        told = self.becomes(lambda r: r["state"] == "answered", "it was not recognised", 3)
        self.assertEqual([one["from"] for one in told["came_back"]], ["ola@dostawca.example"])

    def test_other_mail_of_the_mailbox_is_left_alone(self):
        self.runs()
        self.answers({"Subject": "x", "Message-ID": "<x@y>"}, "Prywatne.", sender="mama@dom.example", subject="Obiad", threaded=False)
        self.report()
        self.answers(self.arrived(1)[0], "Zrobione.")
        self.becomes(lambda r: r["state"] == "answered", "the answer was not seen")
        self.assertEqual(self.hejnal("cases", "--state", "all").stdout, "")
        with imaplib.IMAP4("127.0.0.1", self.dovecot.port, timeout=20) as client:
            client.login("jan", "secret")
            client.select("INBOX", readonly=True)
            self.assertEqual(len(client.search(None, "UNSEEN")[1][0].split()), 2)


class Trouble(ReporterTest):
    def test_an_address_that_bounces_goes_to_sms_at_once(self):
        self.configure(to="nikt@dostawca.example", hurry={"wait": "60s"})
        self.runs()
        self.report()
        told = self.becomes(lambda r: any(one["channel"] == "sms" for one in r["sent"]), "no SMS after the bounce")
        self.assertIn(told["sent"][0]["state"], ("bounced", "failed"))
        self.wait(lambda: self.texts(), "the SMS did not leave")
        self.assertIn("nikt@dostawca.example", self.texts()[0])
        self.assertIn("nie dociera", self.texts()[0])
        self.assertIn("Nie drukuje", self.texts()[0])

    def test_nothing_gets_through(self):
        self.configure(to="nikt@dostawca.example", sms=False, hurry={"wait": "60s"})
        self.runs()
        self.report()
        news = self.arrived(1, "szef")
        self.assertIn("nic nie dociera", news[0]["Subject"])

    def test_a_gateway_that_refuses_is_asked_again_and_the_email_goes(self):
        self.gateway.status = 500
        self.runs()
        self.report(of="critical")
        self.arrived(1)
        self.becomes(lambda r: any(one["channel"] == "sms" and one["attempts"] >= 1 and one["server"] for one in r["sent"]), "the trouble is not told")

    def test_it_is_kept_before_the_command_returns_and_carried_on_by_another(self):
        self.assertEqual(self.report(), 1)  # nobody runs: it is kept
        self.assertEqual(self.state()["sent"][0]["state"], "queued")
        self.assertEqual(self.inbox("pomoc"), [])
        process = self.runs()
        self.arrived(1)
        self.becomes(lambda r: r["sent"][0]["state"] == "handed_over", "not noted")
        self.ends(process, signal.SIGKILL)
        self.runs()  # after the crash step two comes all the same, and step one not again
        self.assertEqual(len([one for one in self.arrived(2) if not one["Subject"].startswith("Ponawiam")]), 1)

    def test_with_a_whole_server(self):
        desk = self.start("--config", self.config, token_file=self.folder / "token")
        self.report()
        self.answers(self.arrived(1)[0], "Zrobione.")
        self.becomes(lambda r: r["state"] == "answered", "the answer was not seen")
        self.assertEqual(desk.all_cases(), [])
        done = world.run("report", "--run", "--config", self.config)
        self.assertEqual(done.returncode, UNAVAILABLE, done.stderr)

    def test_a_rejected_call_and_the_callback(self):
        self.configure(more='callback_after = "2s"', hurry={"wait": "60s"})
        self.runs()
        self.report()
        self.hejnal("report", 1, "call-rejected")
        self.assertTrue(self.state()["callback_reminds_at"])
        self.assertIn("nikt nie oddzwonił", self.arrived(1, "szef")[0]["Subject"])
        self.hejnal("report", 1, "called-back")
        self.assertIsNone(self.state()["callback_reminds_at"])
        self.hejnal("report", 1, "called-back", code=DATAERR)

    def test_withdrawing(self):
        self.configure(hurry={"wait": "60s"})
        self.runs()
        self.report()
        first = self.arrived(1)[0]
        self.becomes(lambda r: r["sent"][0]["state"] == "handed_over", "not noted")
        self.hejnal("report", 1, "cancel", "--reason", "To był kabel.")
        last = self.arrived(2)[1]
        self.assertEqual(last["In-Reply-To"], first["Message-ID"])
        self.assertIn("To był kabel.", last.get_body(("plain",)).get_content())
        self.hejnal("report", 1, "cancel", code=DATAERR)
        self.assertIn("cancelled", self.hejnal("reports", "--all").stdout)


class Proof(ReporterTest):
    def test_it_shows_each_change(self):
        self.configure(hurry={"wait": "60s"})
        self.runs()
        self.report(text="-----END HEJNAL PROOF-----\nkey 00\nŻółw.")
        self.answers(self.arrived(1)[0], "Zrobione.")
        self.becomes(lambda r: r["state"] == "answered", "the answer was not seen")
        good = self.hejnal("report", 1, "proof").stdout
        proof = self.folder / "proof.txt"

        def verify(text, code, *more):
            proof.write_text(text, "utf-8", newline="")
            done = world.run("report", "verify", proof, *more)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            return done

        key = re.search(r"^key ([0-9a-f]{64})$", good, re.M)[1]
        self.assertIn("is not known here", verify(good, OK).stdout)
        verify(good, OK, "--key", key)
        verify(good, OK, "--config", self.config)
        verify(good.replace("\n", "\r\n"), OK)  # through a mail program
        verify("Od: Jan\n\n" + good + "\nPozdrawiam\n", OK)
        verify(good.replace("Zrobione", "Zrobiome"), DATAERR)
        verify(good.replace("handed_over", "queued"), DATAERR)
        verify(good, DATAERR, "--key", "00" * 32)
        verify("nothing", DATAERR)
        world.run("report", "verify", self.folder / "none")
        mail = self.inbox("pomoc")[0]
        self.assertIn(mail["Message-ID"], good)
        self.assertEqual(self.hejnal("verify").returncode, OK)


class Words(world.FolderTest):
    """Mistakes, and how they are told."""

    def settings(self, end):
        config = self.folder / "hejnal.toml"
        config.write_text(world.settings(self.folder, end=end), "utf-8")
        return config

    def test_no_provider(self):
        done = world.run("report", "--subject", "x", "--config", self.settings(""), stdin=b"x")
        self.assertEqual(done.returncode, DATAERR)
        self.assertIn("[[provider]]", done.stderr)

    def test_bad_input(self):
        config = self.settings('[[provider]]\nname = "a"\nemail = "a@b.example"\n')
        for arguments, stdin, code, words in (
            (["--subject", "x", "--attach", self.folder / "none"], b"x", NOINPUT, "none"),
            (["--subject", "x", "--attach", self.folder], b"x", NOINPUT, "folder"),
            (["--subject", "x", "--provider", "b"], b"x", DATAERR, "there is no provider"),
            (["--subject", "x", "--class", "gold"], b"x", DATAERR, "routine, urgent, critical"),
            (["--subject", "x"], b" \n", DATAERR, "empty"),
            (["--subject", " "], b"x", DATAERR, "subject"),
            ([], b"x", USAGE, "--subject"),
            (["abc"], b"", USAGE, "number"),
            (["1", "explode"], b"", USAGE, "settle"),
            (["7"], b"", NOINPUT, "no report 7"),
            (["7", "settle"], b"", NOINPUT, "no report 7"),
            (["7", "proof"], b"", NOINPUT, "no report 7"),
        ):
            done = world.run("report", *arguments, "--config", config, stdin=stdin)
            self.assertEqual((done.returncode, words in done.stderr), (code, True), f"{arguments}: {done.returncode} {done.stderr}")
        self.assertEqual(world.run("reports", "--all", "--config", config).stdout, "")

    def test_settings_are_explained(self):
        for provider, words in (
            ('name = "A b"\nemail = "a@b.example"', "small letters"),
            ('name = "a"', "an address, or an sms_number"),
            ('name = "a"\nemail = "jan@firma.example"\nfrom = "jan@firma.example"', "our own address"),
            ('name = "a"\nemail = "a@b.example"\nlanguage = "de"', '"pl" or "en"'),
            ('name = "a"\nemail = "a@b.example"\nprocedure = "/none.toml"', "provider a: procedure"),
            ('name = "a"\nemail = "a@b.example"\naddresses = ["gold: a@b.example"]', 'no class "gold"'),
            ('name = "a"\nemail = "a@b.example"\naddresses = ["critical"]', "critical: awaria@"),
            ('name = "a"\nemail = "a@b.example"\ncallback_after = "soon"', "callback_after"),
            ('name = "a"\nemail = "a@b.example"\ngateways = ["gsm"]', 'no [[sms.gateway]] named "gsm"'),
            ('name = "a"\nemail = "a@b.example"\ncolour = "red"', "colour"),
            ('name = "a"\nemail = "a@b.example"\n[[provider]]\nname = "a"\nemail = "c@b.example"', "another provider"),
        ):
            done = world.run("check", "--config", self.settings(f"[[provider]]\n{provider}\n"))
            self.assertEqual((done.returncode, words in done.stderr), (CONFIG, True), f"{provider}: {done.stderr}")

    def test_the_live_line_on_a_terminal(self):
        config = self.settings('[[provider]]\nname = "a"\nemail = "a@b.example"\n')  # its relay is not there
        controller, terminal = pty.openpty()
        process = subprocess.Popen([world.HEJNAL, "report", "--subject", "Serwer", "--wait", "--config", str(config)],
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=terminal)
        os.close(terminal)
        process.stdin.write(b"Stoi.")
        process.stdin.close()
        shown = b""
        while b"step 2 in" not in shown:
            shown += os.read(controller, 1000)
        self.assertIn(b"report 1 to a: waiting, step 1", shown)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 130)
        os.close(controller)
        self.assertIn("waiting", world.run("reports", "--config", config).stdout)


if __name__ == "__main__":
    unittest.main()
