"""The commands: what they print, and with which code they end."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import time
import unittest

import world
from world import ANNA, CANTCREAT, CONFIG, DATAERR, DAY, NOINPUT, OK, SOFTWARE, TEMPFAIL, UNAVAILABLE, USAGE, ConfiguredTest

GOOD = world.settings("{folder}")


class Help(unittest.TestCase):
    COMMANDS = ["serve", "check", "procedure", "inspect", "deliver", "cases", "case", "token", "backup", "restore", "verify",
                "simulate", "sms"]

    def test_how_a_text_leaves_as_sms(self):
        done = world.run("sms", "--json", "Zażółć gęślą jaźń. " * 5)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual((told["alphabet"], told["segments"], told["segments_as_written"], told["transliterated"]),
                         ("GSM 7-bit", 1, 2, True))
        self.assertTrue(told["text"].startswith("Zazolc gesla jazn."))
        done = world.run("sms", "żółć")  # nothing is saved, so it stays
        self.assertIn("UCS-2", done.stdout)
        self.assertIn("żółć", done.stdout)
        done = world.run("sms", "--transliterate", "never", "--json", "€[]{}" * 20)
        self.assertEqual(json.loads(done.stdout)["units"], 200)

    def test_help_teaches(self):
        done = world.run("--help")
        self.assertEqual(done.returncode, 0)
        for command in self.COMMANDS:
            self.assertIn(command, done.stdout)
            one = world.run(command, "--help")
            self.assertEqual(one.returncode, 0, command)
            self.assertGreater(len(one.stdout), 100, command)
        self.assertRegex(world.run("--version").stdout, r"^hejnal \d")

    def test_usage_has_its_code(self):
        for arguments in ([], ["nonsense"], ["serve"], ["serve", "--nonsense"], ["check"], ["cases", "--limit", "0"], ["token"],
                          ["serve", "--sandbox", "--config", "x"], ["procedure", "--language", "de"], ["case"]):
            with self.subTest(arguments):
                self.assertEqual(world.run(*arguments).returncode, USAGE)

    def test_mistakes_are_named_in_one_or_two_lines(self):
        for arguments, words in ((["bogus"], "bogus"), (["bogus", "--help"], "bogus"), (["serve", "--nonsense"], "--nonsense"),
                                 (["simulate", "--years", "nan"], "years"), (["simulate", "--years", "inf"], "--years"), ([], "subcommand")):
            with self.subTest(arguments):
                done = world.run(*arguments)
                self.assertEqual((done.returncode, done.stdout), (USAGE, ""))
                self.assertIn(words, done.stderr)
                self.assertLessEqual(len(done.stderr.splitlines()), 2, done.stderr)
                self.assertTrue(done.stderr.endswith("\n") and not done.stderr.endswith("\n\n"), done.stderr)

    def test_the_completion_knows_every_command(self):
        text = (world.SOURCE / "packaging/hejnal.bash").read_text("utf-8")
        for command in self.COMMANDS:
            self.assertRegex(text, rf"\b{command}\b")
            for subcommand in ((), ("create",), ("list",), ("revoke",)) if command == "token" else ((),):
                words = [command, *subcommand]
                script = f"source packaging/hejnal.bash; COMP_WORDS=(hejnal {' '.join(words)} ''); COMP_CWORD={len(words) + 1}; _hejnal; echo ${{COMPREPLY[@]}}"
                offered = subprocess.run(["bash", "-c", script], cwd=world.SOURCE, capture_output=True, text=True, check=True).stdout.split()
                options = set(re.findall(r"(?<!-)--[a-z][a-z-]*", "\n".join(re.findall(r"(?m)^  (-.*)", world.run(*words, "--help").stdout))))
                with self.subTest(words):
                    self.assertEqual({one for one in offered if one.startswith("--")}, options)


class Check(ConfiguredTest):
    def test_good(self):
        self.hejnal("check", "--config", self.config)

    def test_each_mistake_is_named_with_its_place(self):
        mistakes = {  # name: (old, new, line, words)
            "unknown key": ('language = "pl"', 'lang = "pl"', 4, "lang"),
            "unknown section": ("[email.out]", "[email.outt]", None, "outt"),
            "wrong type": ('name = "Wsparcie"', "name = 5", 2, "name"),
            "syntax": ('name = "Wsparcie"', 'name = "Wsparcie', 2, ""),
            "missing": ('name = "Wsparcie"\n', "", None, "name"),
            "address": ("pomoc@firma.example", "pomoc", 3, "address"),
            "language": ('language = "pl"', 'language = "de"', 4, "pl"),
            "zone": ('language = "pl"', 'language = "pl"\ntimezone = "Europe/Warszawa"', 5, "Warszawa"),
            "country": ('language = "pl"', 'language = "pl"\ncountry = "PL"', 5, "PL"),
            "store": ("sqlite:", "postgres:", 7, "sqlite:PATH"),
            "listen": ('listen = "127.0.0.1:0"', 'listen = "8080"', 10, "HOST:PORT"),
            "port": ('listen = "127.0.0.1:0"', 'listen = "127.0.0.1:99999"', 10, "99999"),
            "public_url": ("https://pomoc.firma.example", "pomoc.firma.example", 11, "https://"),
            "lmtp": ('lmtp = "127.0.0.1:0"', 'lmtp = "unix:run"', 14, "lmtp"),
            "smtp": ("smtp://127.0.0.1:1", "127.0.0.1", 17, "smtp://"),
            "delimiter": ('recipient_delimiter = "+"', 'recipient_delimiter = "++"', 18, "one sign"),
            "starttls": ('recipient_delimiter = "+"', 'starttls = "yes"', 18, "require"),
            "size": ('lmtp = "127.0.0.1:0"', "size_limit = 5", 14, "10000"),
            "on call": ("jan@firma.example", "jan", 22, "jan"),
            "a loop": ("jan@firma.example", "pomoc+jan@firma.example", 22, "the desk itself"),
            "phone": ("+48600000001", "12", 23, "telephone"),
            "line break": ('name = "Wsparcie"', 'name = "Wsparcie\\r\\nBcc: x"', 2, "line break"),
            "folder": ("sqlite:{folder}/hejnal.db", "sqlite:{folder}/nowhere/hejnal.db", None, "nowhere"),
            "alias": ('language = "pl"', 'aliases = ["a@b@c"]', 4, "a@b@c"),
            "domain": ('language = "pl"', 'own_domains = ["@firma.example"]', 4, "@firma.example"),
            "nobody on call": (GOOD[GOOD.index("[[on_call]]"):], "", None, "on_call"),
            "procedure": ('language = "pl"', 'language = "pl"\nprocedure = "/nowhere/procedure.toml"', None, "/nowhere/procedure.toml"),
        }
        for name, (old, new, line, words) in mistakes.items():
            with self.subTest(name):
                self.assertIn(old, GOOD)
                self.write(GOOD.replace(old, new, 1))
                done = self.hejnal("check", "--config", self.config, code=CONFIG)
                if line is not None:
                    self.assertRegex(done.stderr, rf"^{re.escape(str(self.config))}:{line}:\d+: ")
                self.assertIn(words, done.stderr)
                # The server says the same, and does not start.
                served = world.run("serve", "--config", self.config, timeout=20)
                self.assertEqual((served.returncode, served.stdout), (CONFIG, ""), served.stderr)

    def test_all_mistakes_at_once(self):
        self.write(GOOD.replace('"pl"', '"de"').replace("smtp://127.0.0.1:1", "x").replace("jan@firma.example", "jan"))
        done = self.hejnal("check", "--config", self.config, code=CONFIG)
        self.assertEqual(len(done.stderr.strip().splitlines()), 3, done.stderr)

    def test_what_is_seldom_meant_is_a_warning(self):
        for old, new, words in (('lmtp = "127.0.0.1:0"', 'lmtp = "0.0.0.0:2424"', rf"{re.escape(str(self.config))}:14:\d+: warning: .*another machine"),
                                ('lmtp = "127.0.0.1:0"', "", "warning: .*only by `hejnal deliver`"),
                                ('lmtp = "127.0.0.1:0"', 'lmtp = "[::1]:2424"', "^$"), ('lmtp = "127.0.0.1:0"', 'lmtp = "unix:/run/lmtp"', "^$")):
            with self.subTest(new):
                self.write(GOOD.replace(old, new))
                self.assertRegex(self.hejnal("check", "--config", self.config).stderr, words)

    def test_a_file_that_is_not_there(self):
        done = self.hejnal("check", "--config", self.folder / "none.toml", code=CONFIG)
        self.assertIn("none.toml", done.stderr)

    def test_a_mistake_in_ones_own_procedure(self):
        own = self.folder / "procedure.toml"
        text = (world.SOURCE / "procedures/pl.toml").read_text("utf-8")
        self.write(GOOD.replace('language = "pl"', f'language = "pl"\nprocedure = "{own}"'))
        own.write_text(text, "utf-8")
        self.hejnal("check", "--config", self.config)
        wait = re.search(r'wait *= *"2h"', text)[0]
        own.write_text(text.replace(wait, 'wait = "two hours"', 1), "utf-8")
        line = text[: text.index(wait)].count("\n") + 1
        done = self.hejnal("check", "--config", self.config, code=CONFIG)
        self.assertRegex(done.stderr, rf"^{re.escape(str(own))}:{line}:\d+: ")

    def test_a_folder_of_templates_that_is_not_there(self):
        self.write(GOOD.replace('language = "pl"', 'language = "pl"\ntemplates = "/nowhere/templates"'))
        self.assertIn("/nowhere/templates", self.hejnal("check", "--config", self.config, code=CONFIG).stderr)

    def test_a_template_with_an_unknown_placeholder(self):
        (self.folder / "templates").mkdir()
        (self.folder / "templates/receipt.email.txt").write_text("Subject: x\n\nDzień dobry {nazwa}\n", "utf-8")
        self.write(GOOD.replace('language = "pl"', 'language = "pl"\ntemplates = "{folder}/templates"'))
        self.assertIn("{nazwa}", self.hejnal("check", "--config", self.config, code=CONFIG).stderr)

    def test_a_password_file_that_is_not_there(self):
        self.write(GOOD.replace('recipient_delimiter = "+"', 'user = "u"\npassword_file = "/nowhere/password"'))
        self.assertIn("/nowhere/password", self.hejnal("check", "--config", self.config, code=CONFIG).stderr)

    def test_a_port_that_is_none(self):
        self.write(GOOD.replace("smtp://127.0.0.1:1", "smtp://"))
        self.hejnal("check", "--config", self.config, code=CONFIG)

    def test_the_example_is_good_also_with_everything_switched_on(self):
        text = (world.SOURCE / "packaging/hejnal.toml").read_text("utf-8")
        text = text.replace("sqlite:/var/lib/hejnal/", "sqlite:{folder}/")
        with self.subTest("as it is"):
            self.write(text)
            self.hejnal("check", "--config", self.config)
        with self.subTest("switched on"):
            text = re.sub(r"^#(?=\[|\w+ = )", "", text, flags=re.MULTILINE)
            for name in ("procedure", "imap.password", "smtp.password", "smsapi.token", "smsapi.secret", "prometheus.secret", "prometheus-alive.secret"):
                text = text.replace(f"/etc/hejnal/{name}", f"{{folder}}/{name}")
                (self.folder / name).write_text("a-secret-of-16-signs\n")
            shutil.copy(world.SOURCE / "procedures/en.toml", self.folder / "procedure.toml")
            self.write(text)
            self.hejnal("check", "--config", self.config)

    def test_the_documentation_is_the_programs_own(self):
        done = self.hejnal("check", "--document")
        self.assertIn("## `[desk]`", done.stdout)
        path = world.SOURCE / "docs/configuration.md"
        if path.exists():
            self.assertEqual(path.read_text("utf-8"), done.stdout, "hejnal check --document > docs/configuration.md")


class Procedure(ConfiguredTest):
    def test_both_languages_in_all_forms(self):
        for language, words in (("pl", "Sprawy rutynowe"), ("en", "outine")):
            text = self.hejnal("procedure", "--language", language, "--format", "text").stdout
            self.assertIn(words.lower(), text.lower())
            page = self.hejnal("procedure", "--language", language, "--format", "html").stdout
            self.assertTrue(page.startswith("<!DOCTYPE html>"))
            self.assertIn(f'<html lang="{language}">', page)
            told = json.loads(self.hejnal("procedure", "--language", language, "--format", "json").stdout)
            self.assertEqual([one["id"] for one in told["classes"]], ["routine", "urgent", "critical"])
            self.assertEqual([one["failure"] for one in told["classes"]], [False, False, True])
            self.assertEqual([step["wait_s"] for step in told["classes"][1]["steps"]][1], 7200)

    def test_the_one_of_a_company(self):
        own = self.folder / "procedure.toml"
        text = (world.SOURCE / "procedures/pl.toml").read_text("utf-8")
        own.write_text(re.sub(r'^title = ".*"', 'title = "Nasza procedura"', text, count=1, flags=re.MULTILINE), "utf-8")
        self.write(GOOD.replace('language = "pl"', f'language = "pl"\nprocedure = "{own}"'))
        self.assertIn("Nasza procedura", self.hejnal("procedure", "--config", self.config).stdout)


class Inspect(ConfiguredTest):
    def test_a_line_for_each_file(self):
        first, second = self.folder / "a.eml", self.folder / "b.eml"
        first.write_bytes(world.mail(subject="=?utf-8?q?Za=C5=BC=C3=B3=C5=82=C4=87?=", text="Tekst.\r\n\r\n-- \r\nAnna", sender="Anna <anna@klient.example>"))
        second.write_bytes(b"From x@y.example Mon Nov 23\r\n" + world.mail(headers=["Auto-Submitted: auto-replied"]))
        lines = [json.loads(line) for line in self.hejnal("inspect", first, second).stdout.splitlines()]
        self.assertEqual([one["file"] for one in lines], [str(first), str(second)])
        fields = {"file", "message_id", "from", "from_name", "to", "subject", "text", "auto", "bounce", "reply_text", "in_reply_to",
                  "references", "attachments"}
        for one in lines:
            self.assertEqual(fields - set(one), set())
        self.assertEqual((lines[0]["subject"], lines[0]["from_name"], lines[0]["auto"]), ("Zażółć", "Anna", "none"))
        self.assertEqual(lines[0]["reply_text"].strip(), "Tekst.")
        self.assertEqual((lines[1]["auto"], lines[1]["bounce"]), ("auto-replied", []))

    def test_a_folder_is_no_mail(self):
        self.assertIn("folder", self.hejnal("inspect", self.folder, code=NOINPUT).stderr)

    def test_a_file_that_is_not_there_does_not_stop_the_others(self):
        (self.folder / "a.eml").write_bytes(world.mail())
        done = self.hejnal("inspect", self.folder / "none", self.folder / "a.eml", code=NOINPUT)
        self.assertEqual(len(done.stdout.splitlines()), 1)


class Deliver(ConfiguredTest):
    def deliver(self, raw, *more, code=OK):
        return self.hejnal("deliver", "--config", self.config, *more, stdin=raw, code=code)

    def test_without_a_server(self):
        self.deliver(world.mail(subject="Pierwsza"))
        self.deliver(world.mail(subject="Druga", sender="jan@klient.example"))
        self.assertEqual({one["subject"] for one in self.cases()}, {"Pierwsza", "Druga"})
        self.hejnal("verify", "--config", self.config)

    def test_while_the_server_runs(self):
        desk = self.serve()
        self.deliver(world.mail(subject="Przez gniazdo"))
        self.assertEqual([one["subject"] for one in desk.all_cases()], ["Przez gniazdo"])
        raw = desk.case(1)["messages"][0]
        self.assertTrue(desk.raw(raw["id"]).startswith(b"From: "))

    def test_what_came_without_a_server_is_answered_by_the_next_one(self):
        self.deliver(world.mail(subject="Przed startem", headers=["Return-Path: <anna@klient.example>"]))
        desk = self.serve()
        kinds = [one["kind"] for one in desk.good("GET", "/api/v1/notices")["items"]]
        self.assertEqual(kinds, ["receipt"])

    def test_without_an_envelope_the_receipt_goes_where_the_return_path_says(self):
        desk = self.serve()
        for number, headers in enumerate((["Return-Path: <anna@klient.example>"], ["Return-Path: <>"], [])):
            self.deliver(world.mail(subject=f"Sprawa {number}", sender=f"k{number}@klient.example", headers=headers))
        notices = [(one["case"], one["to"]) for one in desk.good("GET", "/api/v1/notices")["items"] if one["kind"] == "receipt"]
        self.assertEqual(notices, [(1, ANNA)])

    def test_ones_own_templates_hold_without_a_server_as_well(self):
        (self.folder / "templates").mkdir()
        (self.folder / "templates/receipt.email.txt").write_text("Subject: Mamy to {tag}\n\nNasze słowa.\n", "utf-8")
        self.write(GOOD.replace('language = "pl"', 'language = "pl"\ntemplates = "{folder}/templates"'))
        self.deliver(world.mail(), "--from", ANNA)
        case = json.loads(self.hejnal("case", "1", "--config", self.config, "--json").stdout)
        self.assertEqual([one["text"].strip() for one in case["messages"] if one["direction"] == "out"], ["Nasze słowa."])

    def test_unusable(self):
        for raw in (b"", b" \r\n\t\n"):
            self.deliver(raw, code=DATAERR)
        self.serve()
        for raw in (b"", b" \r\n\t\n"):
            self.deliver(raw, code=DATAERR)

    def test_too_large(self):
        self.write(GOOD.replace('lmtp = "127.0.0.1:0"', 'lmtp = "127.0.0.1:0"\nsize_limit = 20000'))
        self.deliver(world.mail(text="x" * 30000), code=DATAERR)
        self.deliver(world.mail(text="x" * 10000))

    def test_nearly_too_large_while_the_server_runs(self):
        self.serve()
        raw = world.mail() + b"x" * 90 + b"\r\n"
        raw += (b"y" * 98 + b"\r\n") * ((26_214_400 - len(raw)) // 100)
        self.deliver(raw)
        self.assertEqual(len(self.cases()), 1)

    def test_anything_else_is_a_case(self):
        for raw in (b"hello", b"\0\0\0", os.urandom(2000), b"\xff\xfe" * 10):
            self.deliver(raw)
        self.assertEqual(len(self.cases()), 4)

    def test_a_broken_configuration_bounces_nothing(self):
        self.write("[desk")
        self.deliver(world.mail(), code=TEMPFAIL)
        self.hejnal("deliver", "--config", self.folder / "none.toml", stdin=world.mail(), code=TEMPFAIL)

    def test_a_store_that_cannot_be_had_bounces_nothing(self):
        self.write(GOOD.replace("sqlite:{folder}/hejnal.db", "sqlite:{folder}/none/hejnal.db"))
        self.deliver(world.mail(), code=TEMPFAIL)

    def test_a_killed_server_is_no_hindrance(self):
        self.serve().kill()
        self.deliver(world.mail())  # its socket is still there, its lock is not
        self.assertEqual(len(self.cases()), 1)

    def test_the_envelope(self):
        self.deliver(world.mail(subject="A"), "--from", ANNA, "--to", "pomoc@firma.example")
        self.deliver(world.mail(subject="B", sender="jan@klient.example"), "--from", "", "--to", "pomoc@firma.example")
        desk = self.serve()
        to = [one["to"] for one in desk.good("GET", "/api/v1/notices")["items"] if one["kind"] == "receipt"]
        self.assertEqual(to, [ANNA])  # the null sender gets none


class Tokens(ConfiguredTest):
    def test_with_and_without_a_server(self):
        before = self.hejnal("token", "create", "--name", "jan", "--role", "agent", "--config", self.config).stdout.strip()
        desk = self.serve()
        after = self.hejnal("token", "create", "--name", "ela", "--role", "reader", "--config", self.config).stdout.strip()
        self.assertNotEqual(before, after)
        self.assertGreaterEqual(len(after), 32)
        self.hejnal("deliver", "--config", self.config, stdin=world.mail())
        self.assertEqual(desk.post("/api/v1/cases/1/read", token=before).status, 200)
        self.assertEqual(desk.post("/api/v1/cases/1/start", token=after).status, 403)
        self.assertEqual([one["by"] for one in desk.case(1)["journal"] if one["kind"] == "acted"], ["jan"])

    def test_listed_and_taken_back_with_and_without_a_server(self):
        for running in (False, True):
            with self.subTest(running=running):
                if running:
                    self.serve()
                named = ("--config", self.config, "--name", "jan")
                self.hejnal("token", "create", *named, "--role", "reader")
                self.hejnal("token", "create", *named, code=DATAERR)  # a name has one
                self.assertRegex(self.hejnal("token", "list", "--config", self.config).stdout, r"(?m)^\d{4}-\S+  reader +jan$")
                lines = self.hejnal("token", "list", "--config", self.config, "--json").stdout.splitlines()
                self.assertIn(("jan", "reader"), [(json.loads(line)["name"], json.loads(line)["role"]) for line in lines])
                self.hejnal("token", "revoke", *named)
                self.hejnal("token", "revoke", *named, code=NOINPUT)
                self.assertNotIn("jan", self.hejnal("token", "list", "--config", self.config).stdout)
                for name in ("", " ", "a\nb", "start"):
                    self.hejnal("token", "create", "--config", self.config, "--name", name, code=DATAERR)

    def test_the_database_holds_no_token(self):
        token = self.hejnal("token", "create", "--name", "jan", "--config", self.config).stdout.strip()
        for path in self.folder.glob("hejnal.db*"):
            if path.is_file():
                self.assertNotIn(token.encode(), path.read_bytes())

    def test_the_token_file_is_only_for_its_owner(self):
        self.serve()
        self.assertEqual((self.folder / "token").stat().st_mode & 0o777, 0o600)

    def test_the_database_is_not_for_everybody(self):
        self.serve()
        for path in self.folder.glob("hejnal.db*"):
            with self.subTest(path.name):
                self.assertEqual(path.stat().st_mode & 0o007, 0, oct(path.stat().st_mode))


class Cases(ConfiguredTest):
    def setUp(self):
        super().setUp()
        self.hejnal("deliver", "--config", self.config, stdin=world.mail(subject="Zażółć", text="gęślą jaźń"))

    def test_for_people(self):
        self.assertIn("Zażółć", self.hejnal("cases", "--config", self.config).stdout)
        text = self.hejnal("case", "1", "--config", self.config).stdout
        self.assertIn("Zażółć", text)
        self.assertIn("received", text)

    def test_what_strangers_wrote_does_not_steer_the_terminal(self):
        subject = "=?utf-8?q?a=0D=0A_____2__critical__x=1B[31m=C2=9B31m=E2=80=AEb?="
        self.hejnal("deliver", "--config", self.config, stdin=world.mail(subject=subject, sender="x@klient.example"))
        for arguments in (("cases",), ("case", "2")):
            said = self.hejnal(*arguments, "--config", self.config).stdout
            self.assertNotRegex(said, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
        self.assertEqual(len(self.hejnal("cases", "--config", self.config).stdout.splitlines()), 2)

    def test_for_scripts(self):
        self.assertEqual(len(self.cases()), 1)
        case = json.loads(self.hejnal("case", "1", "--config", self.config, "--json").stdout)
        self.assertEqual((case["number"], case["subject"]), (1, "Zażółć"))
        self.assertTrue(case["journal"] and case["messages"])
        self.assertEqual(case["follow_url"][:30], "https://pomoc.firma.example/c/"[:30])

    def test_searching(self):
        self.assertEqual(len(self.cases("--search", "gesla")), 1)
        self.assertEqual(len(self.cases("--search", "nothing")), 0)

    def test_what_is_not_there(self):
        self.hejnal("case", "99", "--config", self.config, code=NOINPUT)
        self.hejnal("cases", "--config", self.config, "--state", "nonsense", code=DATAERR)

    def test_looking_is_not_reading(self):
        self.hejnal("case", "1", "--config", self.config)
        self.assertEqual(self.cases()[0]["state"], "new")


class Keeping(ConfiguredTest):
    def setUp(self):
        super().setUp()
        for number in range(5):
            self.hejnal("deliver", "--config", self.config, stdin=world.mail(subject=f"Sprawa {number}", sender=f"k{number}@klient.example"))
        self.copy = self.folder / "copy.db"

    def test_a_backup_while_the_server_runs(self):
        desk = self.serve()
        self.hejnal("backup", "--config", self.config, self.copy)
        self.hejnal("verify", "--config", self.config, self.copy)
        self.hejnal("backup", "--config", self.config, self.copy, code=CANTCREAT)  # never overwrites
        desk.deliver(world.mail(sender="late@klient.example"), sender="late@klient.example")
        self.hejnal("restore", "--config", self.config, self.copy, code=UNAVAILABLE)  # the server runs
        desk.stop()
        self.assertEqual(len(self.cases()), 6)
        self.hejnal("restore", "--config", self.config, self.copy)
        self.assertEqual(len(self.cases()), 5)
        self.assertEqual(len(self.serve().all_cases()), 5)

    def test_what_was_there_is_kept(self):
        self.hejnal("backup", "--config", self.config, self.copy)
        self.hejnal("deliver", "--config", self.config, stdin=world.mail(sender="late@klient.example"))
        restored = self.hejnal("restore", "--config", self.config, self.copy)
        self.assertIn("before-restore", restored.stdout)
        done = self.hejnal("verify", "--config", self.config, self.folder / "hejnal.db.before-restore", "--json")
        self.assertEqual(json.loads(done.stdout)["cases"], 6)

    def test_a_rehearsal_in_another_folder(self):
        # As docs/install.md shows it.
        self.hejnal("backup", "--config", self.config, self.copy)
        other = self.folder / "rehearsal"
        restored = self.hejnal("restore", "--data", other, self.copy)
        self.assertNotIn("before-restore", restored.stdout)  # nothing was there
        self.hejnal("verify", "--data", other)

    def test_a_restore_of_nonsense_changes_nothing(self):
        bad = self.folder / "bad.db"
        bad.write_bytes(b"SQLite format 3\0" + os.urandom(10000))
        self.assertNotEqual(world.run("restore", "--config", self.config, bad).returncode, 0)
        bad.write_bytes(b"nonsense")
        self.assertNotEqual(world.run("restore", "--config", self.config, bad).returncode, 0)
        self.hejnal("restore", "--config", self.config, self.folder / "none.db", code=NOINPUT)
        self.assertEqual(len(self.cases()), 5)

    def test_verify_finds_what_was_changed_by_hand(self):
        changes = [
            "UPDATE cases SET state = 'closed' WHERE number = 2",
            "UPDATE cases SET subject = 'other' WHERE number = 3",
            "DELETE FROM cases WHERE number = 4",
            "DELETE FROM messages WHERE id = 1",
        ]
        self.hejnal("backup", "--config", self.config, self.copy)
        for change in changes:
            with self.subTest(change):
                bad = self.folder / "changed.db"
                shutil.copy(self.copy, bad)
                with sqlite3.connect(bad) as database:
                    database.execute("PRAGMA foreign_keys = off")
                    database.execute(change)
                database.close()
                self.hejnal("verify", "--config", self.config, bad, code=SOFTWARE)

    def test_verify_finds_damaged_originals(self):
        self.hejnal("deliver", "--config", self.config, stdin=world.mail(subject="Z plikiem").replace(
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit",
            b'Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64').replace(
            b"Nie drukuje.", b"QUJD" * 5000))
        self.hejnal("backup", "--config", self.config, self.copy)
        with sqlite3.connect(self.copy) as database:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        database.close()
        self.assertTrue({"raw_pieces", "blobs"} <= tables)
        for change in ("DELETE FROM raw_pieces WHERE id = (SELECT min(id) FROM raw_pieces)", "DELETE FROM blobs",
                       "UPDATE blobs SET frame = x'00'", "UPDATE raw_pieces SET frame = x'00' WHERE frame IS NOT NULL"):
            with self.subTest(change):
                bad = self.folder / "changed.db"
                shutil.copy(self.copy, bad)
                with sqlite3.connect(bad) as database:
                    if "blobs" in change and not list(database.execute("SELECT 1 FROM blobs")):
                        self.skipTest("this mail was kept in one piece")
                    database.execute(change)
                database.close()
                self.hejnal("verify", "--config", self.config, bad, code=SOFTWARE)


class Serving(ConfiguredTest):
    def test_two_on_one_database_is_one_too_many(self):
        self.serve()
        done = world.run("serve", "--config", self.config, timeout=20)
        self.assertEqual(done.returncode, UNAVAILABLE)
        self.assertIn("hejnal.db", done.stderr)

    def test_a_taken_port_is_named(self):
        desk = self.serve()
        self.write(GOOD.replace('listen = "127.0.0.1:0"', f'listen = "{desk.http}"').replace("hejnal.db", "other.db"))
        done = world.run("serve", "--config", self.config, timeout=20)
        self.assertEqual(done.returncode, UNAVAILABLE)
        self.assertIn(desk.http, done.stderr)

    def test_sigterm_ends_it_soon_and_nothing_is_left(self):
        for busy in (False, True):
            with self.subTest(busy=busy):
                desk = self.serve()
                open_lines = []
                if busy:
                    open_lines = [desk.lmtp_socket() for _ in range(20)]
                    connection = desk.connect()
                    connection.request("GET", "/api/v1/events", headers={"Authorization": "Bearer " + desk.token})
                    connection.getresponse()
                begin = time.monotonic()
                self.assertEqual(desk.stop(), 0)
                self.assertLess(time.monotonic() - begin, 10)
                for line in open_lines:
                    line.close()
                self.assertFalse((self.folder / "hejnal.db.sock").exists())

    def test_a_damaged_database_is_refused_with_advice(self):
        self.hejnal("deliver", "--config", self.config, stdin=world.mail())
        path = self.folder / "hejnal.db"
        good = path.read_bytes()
        for damaged in (b"nonsense" * 1000, good[:100] + os.urandom(len(good) - 100), good[: len(good) // 2 // 4096 * 4096]):
            path.write_bytes(damaged)
            done = world.run("serve", "--config", self.config, timeout=20)
            self.assertEqual(done.returncode, SOFTWARE, done.stderr)
            self.assertIn("hejnal restore", done.stderr)
            self.assertEqual(path.read_bytes(), damaged, "it was changed")
            self.hejnal("verify", "--config", self.config, code=SOFTWARE)

    def test_damage_deep_in_a_large_database_is_found_after_the_start(self):
        self.hejnal("deliver", "--config", self.config, stdin=world.mail())
        path = self.folder / "hejnal.db"
        with sqlite3.connect(path) as database:
            database.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) "
                             "INSERT INTO raw_pieces (id, frame) SELECT 1000000000 + i, randomblob(600) FROM n")
        database.close()
        self.hejnal("backup", "--config", self.config, self.folder / "good.db")
        with path.open("r+b") as file:
            file.seek(3000 * 4096)
            file.write(b"\xa5" * 64)
        desk = self.serve()
        health = lambda: desk.get("/api/v1/health")
        self.assertTrue(world.eventually(lambda: health().status == 503, 20), health().text)
        told = [one for one in health().json["channels"] if one["name"] == "database"]
        self.assertEqual(told[0]["state"], "failing")
        self.assertIn("hejnal restore", told[0]["detail"])
        self.assertEqual(desk.deliver(world.mail(sender="jan@klient.example"), sender="jan@klient.example")[0][:3], "250",
                         "what still can be stored is")
        self.assertEqual(desk.stop(), 0)
        done = world.run("serve", "--config", self.config, timeout=20)
        self.assertEqual(done.returncode, SOFTWARE, done.stderr)
        self.assertIn("hejnal restore", done.stderr)
        self.hejnal("restore", "--config", self.config, self.folder / "good.db")
        desk = self.serve()
        self.assertTrue(world.eventually(lambda: "was looked through" in desk.get("/api/v1/health").text, 20))
        self.assertEqual(desk.get("/api/v1/health").status, 200)

    def test_a_database_of_a_newer_program_is_left_alone(self):
        self.hejnal("deliver", "--config", self.config, stdin=world.mail())
        with sqlite3.connect(self.folder / "hejnal.db") as database:
            database.execute("PRAGMA user_version = 9999")
        database.close()
        done = world.run("serve", "--config", self.config, timeout=20)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("newer", done.stderr)

    def test_the_line_for_people(self):
        done = world.run("serve", "--sandbox", "--data", self.folder / "s", "--http", "nonsense", timeout=20)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("nonsense", done.stderr)

    def test_a_temporary_sandbox_leaves_nothing(self):
        desk = self.start("--sandbox", "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0")
        folder = os.path.dirname(desk.told["token_file"])
        self.assertTrue(os.path.isdir(folder))
        desk.stop()
        self.assertFalse(os.path.exists(folder))

    def test_addresses_in_capitals_are_the_same_addresses(self):
        self.write(GOOD.replace("pomoc@firma.example", "Pomoc@Firma.example").replace("jan@firma.example", "Jan@Firma.example"))
        desk = self.serve()
        desk.deliver(world.mail(sender="pomoc@firma.example"), sender="pomoc@firma.example", recipients=["pomoc@firma.example"])
        self.assertEqual([one["kind"] for one in desk.good("GET", "/api/v1/notices")["items"]], [], "a receipt to itself")
        desk.deliver(world.mail(subject="[krytyczna] x"), recipients=["pomoc@firma.example"])
        case = desk.all_cases()[-1]["number"]
        alert = world.eventually(lambda: [one for one in desk.case(case)["messages"] if one["to"].lower() == "jan@firma.example"])[0]
        raw = world.eventually(lambda: desk.get(f"/api/v1/messages/{alert['id']}/raw").status == 200) and desk.raw(alert["id"])
        message_id = re.search(rb"^Message-ID: *(<[^>]+>)", raw, re.M | re.I)[1].decode()
        desk.deliver(world.mail(subject="Re: " + "x", text="Już działa.", sender="jan@firma.example", headers=["In-Reply-To: " + message_id]),
                     sender="jan@firma.example", recipients=["pomoc@firma.example"])
        self.assertEqual(desk.case(case)["state"], "waiting", "the answer of the person on call was not taken for one")


class SandboxData(world.SandboxTest):
    def test_the_clock_goes_on_where_it_was(self):
        before = self.desk.advance(10 * DAY)
        self.restart()
        self.assertGreater(self.desk.advance(0), before)

    def test_what_reached_whom_is_still_known(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        before = self.desk.world()["emails"]
        self.restart("kill")
        self.assertEqual(self.desk.world()["emails"], before)

    def test_deliver_without_its_server_does_not_turn_the_clock_back(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        now = self.desk.advance(10 * DAY)
        self.desk.stop()
        done = world.run("deliver", "--data", self.folder, stdin=world.mail(sender="jan@klient.example"))
        self.assertEqual(done.returncode, 0, done.stderr)
        done = world.run("cases", "--data", self.folder, "--json")
        opened = [json.loads(line) for line in done.stdout.splitlines()]
        late = [one["opened_at"] for one in opened if one["client"]["email"] == "jan@klient.example"]
        self.assertGreaterEqual(late[0], now)


if __name__ == "__main__":
    unittest.main()
