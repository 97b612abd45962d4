"""The email that never came: an SMS announces it, and the desk, its sender and the record know."""

import contextlib
import json
import re
import sqlite3
import unittest
import urllib.parse

import world
from world import ANNA, HOUR, ON_CALL, ON_CALL_PHONE

PHONE = "+48601222333"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SPAM = {"X-Spam-Flag": "YES"}


class MissingTest(world.SandboxTest):
    def text_path(self, number=1):
        return urllib.parse.urlparse(self.desk.case(number)["follow_url"]).path + "/text"

    def type(self, number=1, headers=None, **fields):
        body = urllib.parse.urlencode(fields).encode()
        return self.desk.request("POST", self.text_path(number), body, token=None, headers={**FORM, **(headers or {})})

    def kinds(self, number=1):
        return [one["kind"] for one in self.desk.case(number)["journal"]]

    def why(self, kind, number=1):
        return [one["why"] for one in self.desk.case(number)["journal"] if one["kind"] == kind]

    def texts_to_client(self):
        return [one["text"] for one in self.desk.texts(to=PHONE)]


class TheDeskKnows(MissingTest):
    def test_at_once_and_the_sender_after_two_minutes(self):
        self.desk.sms(PHONE, "Serwer rejestracji stoi, email wyslany")
        self.assertTrue(self.desk.case(1)["email_missing"])
        self.assertEqual(len(self.desk.texts(to=ON_CALL_PHONE)), 1)
        self.assertEqual(len(self.desk.emails(to=ON_CALL)), 1)
        self.desk.advance(118)
        self.assertEqual(self.texts_to_client(), [])
        self.desk.advance(4)
        (text,) = self.texts_to_client()
        self.assertIn(self.text_path(), text)
        self.assertIn(self.desk.case(1)["short_code"], text)
        self.assertEqual(self.desk.texts(to=PHONE)[0]["segments"], 1)
        self.desk.advance(HOUR)
        self.assertEqual(len(self.texts_to_client()), 1)

    def test_the_sender_hears_nothing_when_the_email_was_only_slower(self):
        self.desk.sms(PHONE, "Serwer rejestracji stoi, anna@klient.example")
        self.desk.advance(60)
        self.desk.email(ANNA, "Rejestracja", "Serwer rejestracji stoi.")
        self.desk.advance(HOUR)
        self.assertEqual(self.texts_to_client(), [])
        self.assertFalse(self.desk.case(1)["email_missing"])
        self.assertEqual(len(self.desk.all_cases()), 1)

    def test_however_late_it_joins_and_the_record_says_so(self):
        self.desk.sms(PHONE, "Serwer rejestracji stoi, anna@klient.example")
        self.desk.advance(5 * HOUR + 12 * 60)
        self.desk.email(ANNA, "Rejestracja", "Serwer rejestracji stoi.")
        self.assertEqual(len(self.desk.all_cases()), 1)
        announced = self.desk.case(1)["announced"]
        self.assertRegex(announced["late"], r"^5 h 12 min after the SMS that announced it$")
        self.assertAlmostEqual(announced["late_ms"] / 1000, 5 * HOUR + 12 * 60, delta=60)
        self.assertIn("the email came 5 h 12 min after the SMS that announced it", self.why("email_found"))


class ThePage(MissingTest):
    def setUp(self):
        super().setUp()
        self.desk.sms(PHONE, "Serwer rejestracji stoi, email wyslany")

    def test_the_form_shows_the_sms_and_speaks_the_readers_language(self):
        page = self.desk.get(self.text_path(), token=None).text
        self.assertIn("Serwer rejestracji stoi, email wyslany", page)
        self.assertIn("Co się stało?", page)
        self.assertEqual(page.count("<script"), 1)  # and the form works without it
        english = self.desk.get(self.text_path(), token=None, headers={"Accept-Language": "en-GB,en;q=0.9,pl;q=0.1"}).text
        self.assertIn("What has happened?", english)
        self.assertIn('<html lang="en">', english)

    def test_typed_text_stands_for_the_email(self):
        self.desk.advance(125)
        answer = self.type(text="Serwer rejestracji stoi.\r\nOd ósmej, 5 osób.", subject="Rejestracja stoi", email="Anna@Klient.example")
        self.assertEqual(answer.status, 303)
        page = self.desk.get(answer.headers["Location"], token=None)
        self.assertEqual(page.status, 200)
        self.assertIn("Dziękujemy", page.text)
        case = self.desk.case(1)
        self.assertFalse(case["email_missing"])
        self.assertEqual((case["subject"], case["client"]["email"]), ("Rejestracja stoi", ANNA))
        message = [one for one in case["messages"] if one["channel"] == "web"][0]
        self.assertEqual(message["text"], "Serwer rejestracji stoi.\nOd ósmej, 5 osób.")
        self.assertEqual(self.why("email_found")[0].split(" the text ")[0], "the client has typed")
        self.assertEqual(len(self.desk.emails(to=ANNA)), 1)  # the receipt
        self.assertIsNone(case["announced"]["email_came_at"])
        # The email itself comes after all, and is not taken for another matter.
        self.desk.advance(3 * HOUR)
        self.desk.email(ANNA, "Rejestracja stoi", "Serwer rejestracji stoi. Od ósmej, 5 osób.")
        self.assertEqual(len(self.desk.all_cases()), 1)
        self.assertIsNotNone(self.desk.case(1)["announced"]["email_came_at"])

    def test_a_second_press_says_nothing_new(self):
        for _ in range(3):
            self.assertEqual(self.type(text="Serwer stoi", subject="Serwer").status, 303)
        self.assertEqual(len([one for one in self.desk.case(1)["messages"] if one["channel"] == "web"]), 1)

    def test_text_that_crosses_with_the_email_is_kept(self):
        self.desk.email(ANNA, "Rejestracja", "Serwer rejestracji stoi. tel. 601 222 333\n\n-- \nAnna\ntel. 601 222 333")
        self.assertFalse(self.desk.case(1)["email_missing"])
        self.assertNotIn("<form", self.desk.get(self.text_path(), token=None).text)
        self.assertEqual(self.type(text="I jeszcze jedno.").status, 303)
        self.assertIn("I jeszcze jedno.", [one["text"] for one in self.desk.case(1)["messages"]])

    def test_without_a_subject_a_second_press_says_nothing_new_either(self):
        for _ in range(2):
            self.assertEqual(self.type(text="Serwer stoi").status, 303)
        self.assertEqual(len([one for one in self.desk.case(1)["messages"] if one["channel"] == "web"]), 1)

    def test_whoever_holds_a_link_adds_no_reader_to_a_case(self):
        stranger = "obcy@gdzies.example"
        self.desk.email("ewa@inny.example", "Drukarka", "Nie drukuje.")
        self.assertEqual(self.type(2, text="Proszę pisać tu", email=stranger).status, 303)
        self.assertIn("Proszę pisać tu", [one["text"] for one in self.desk.case(2)["messages"]])
        self.desk.act(2, "revoke-link")
        self.desk.act(2, "answer", text="Już działa.")
        self.assertEqual(self.desk.emails(to=stranger), [])
        self.assertEqual(len(self.desk.emails(to="ewa@inny.example")), 2)
        tag = self.desk.emails(to="ewa@inny.example")[-1]["subject"]
        self.desk.email(stranger, tag, "A mnie nie działa.")
        self.assertEqual(len(self.desk.all_cases()), 3)

    def test_mistakes_are_told_and_nothing_typed_is_lost(self):
        for fields, told in (
            ({"text": "", "subject": "Serwer"}, "Proszę napisać, co się stało."),
            ({"text": " \r\n\t", "subject": "Serwer"}, "Proszę napisać, co się stało."),
            ({"text": "x" * 20_001, "subject": "Serwer"}, "Tekst jest za długi: 20001 znaków"),
            ({"text": "Stoi", "subject": "Serwer" + "x" * 200}, "Temat jest za długi"),
            ({"text": "Stoi", "subject": "Serwer", "email": "anna klient"}, "To nie wygląda na adres"),
            ({"text": "Stoi", "subject": "Serwer", "email": "a@b@c.example\r\nBcc: x@y.example"}, "To nie wygląda na adres"),
        ):
            with self.subTest(fields.get("email", told)):
                answer = self.type(**fields)
                self.assertEqual(answer.status, 400)
                self.assertTrue(answer.type.startswith("text/html"))
                self.assertIn(told, answer.text)
                self.assertIn('value="Serwer', answer.text)
                if fields["text"].strip():
                    self.assertIn(fields["text"][:1000], answer.text)
        self.assertTrue(self.desk.case(1)["email_missing"])

    def test_words_of_strangers_are_only_words(self):
        answer = self.type(text="", subject='"><script>alert(1)</script>', email="<img src=x onerror=1>")
        self.assertEqual(answer.status, 400)
        self.assertNotIn("<script>", answer.text)
        self.assertNotIn("<img", answer.text)
        self.type(text="</textarea><script>x</script>", subject="{{7*7}}\r\nBcc: x@y")
        self.assertEqual(self.desk.case(1)["subject"], "{{7*7}} Bcc: x@y")

    def test_another_site_is_refused_and_the_text_given_back(self):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}):
            with self.subTest(headers):
                answer = self.type(headers=headers, text="Serwer stoi")
                self.assertEqual(answer.status, 403)
                self.assertIn("Serwer stoi", answer.text)
        self.assertTrue(self.desk.case(1)["email_missing"])
        self.assertEqual(self.type(headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"}, text="Stoi").status, 303)

    def test_other_bodies_do_no_harm(self):
        path = self.text_path()
        for body, kind in ((b"", None), (b"\xff\xfe" * 1000, None), (b"&" * 50_000, None), (b"text=%", None), (b"a=1&" * 10_000, None),
                           (b'{"text": "x"}', "application/json"), (b"--b\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b")):
            with self.subTest(body[:10]):
                headers = {"Content-Type": kind} if kind else FORM
                answer = self.desk.request("POST", path, body, token=None, headers=headers)
                # "text=%" is a text, if a short one.
                self.assertIn(answer.status, (303, 400) if body == b"text=%" else (400,), answer)

    def test_too_many_from_one_link_wait(self):
        for number in range(30):
            self.assertEqual(self.type(text=f"Serwer stoi, próba {number}").status, 303)
        answer = self.type(text="Jeszcze raz")
        self.assertEqual(answer.status, 429)
        self.assertIn("Jeszcze raz", answer.text)
        self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.desk.advance(HOUR)
        self.assertEqual(self.type(text="Jeszcze raz").status, 303)

    def test_unknown_links_are_404(self):
        for method in ("GET", "POST"):
            answer = self.desk.request(method, "/c/nobody/text", b"text=x" if method == "POST" else None, token=None, headers=FORM)
            self.assertEqual(answer.status, 404)
            self.assertTrue(answer.type.startswith("text/html"))


class SetAside(MissingTest):
    def test_what_the_spam_filter_has_kept_is_found_by_the_sms(self):
        self.desk.email(ANNA, "Rejestracja", "Serwer rejestracji stoi.", **SPAM)
        self.assertEqual(self.desk.all_cases(), [])
        self.desk.sms(PHONE, "Serwer rejestracji stoi, pisze anna@klient.example")
        case = self.desk.case(1)
        self.assertFalse(case["email_missing"])
        self.assertEqual(case["announced"]["late_ms"], 0)
        self.assertIn("the spam filter has marked it", self.why("email_found")[0])
        self.assertIn("both speak of", " ".join(self.why("received")))
        self.assertEqual(self.desk.get("/api/v1/set-aside").json["items"], [])
        self.desk.advance(HOUR)
        self.assertEqual(len(self.texts_to_client()), 1)  # a receipt; not that the email is missing
        self.assertNotIn("/text", self.texts_to_client()[0])
        self.assertEqual(self.desk.emails(to=ANNA), [])

    def test_what_comes_after_the_sms_and_is_set_aside_joins_it(self):
        self.desk.sms(PHONE, "Serwer rejestracji stoi, pisze anna@klient.example")
        self.desk.advance(HOUR)
        self.desk.email(ANNA, "Rejestracja", "Serwer rejestracji stoi.", **SPAM)
        self.assertFalse(self.desk.case(1)["email_missing"])
        self.assertIn("1 h after the SMS", self.why("email_found")[0])

    def test_what_only_looks_alike_is_offered_and_taken_in_with_one_press(self):
        self.desk.email("ola@klient.example", "Serwer", "Serwer rejestracji nie odpowiada.", **SPAM)
        self.desk.sms(PHONE, "Serwer rejestracji stoi, pisze anna@klient.example")
        case = self.desk.case(1)
        self.assertTrue(case["email_missing"])
        (offered,) = case["announced"]["set_aside"]
        self.assertEqual(offered["from"], "ola@klient.example")
        self.assertIn("the client's organisation", self.why("offered")[0])
        self.assertIn("Serwer (ola@klient.example)", self.desk.emails(to=ON_CALL)[0]["text"])
        self.desk.good("POST", f"/api/v1/set-aside/{offered['message']}/join", {"case": 1})
        case = self.desk.case(1)
        self.assertFalse(case["email_missing"])
        self.assertEqual(case["announced"]["set_aside"], [])
        self.assertEqual(case["announced"]["late_ms"], 0)


class Astray(MissingTest):
    """What the desk says may get lost as well."""

    def test_a_receipt_that_bounces_goes_by_sms_once(self):
        self.desk.good("POST", "/api/v1/cases", {"subject": "Drukarka", "text": "Nie drukuje.", "client": {"name": "Anna", "email": ANNA, "phone": PHONE}})
        receipt = self.desk.emails(to=ANNA)[0]
        message_id = self.header(receipt, "Message-ID")
        for number in (1, 2):
            self.desk.eml(bounce(message_id, number))
        (text,) = self.texts_to_client()
        self.assertIn("/c/", text)


def bounce(message_id, number):
    return f"""From: MAILER-DAEMON@mx.example
To: pomoc@wsparcie.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce.{number}@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

It could not be delivered ({number}).
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; anna@klient.example
Action: failed
Status: 5.1.1

--B
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--B--
""".replace("\n", "\r\n").encode()


class MailHealth(MissingTest):
    def test_it_is_counted_by_day_and_domain(self):
        self.desk.email(ANNA, "Drukarka", "Drukarka w kadrach nie drukuje.")
        self.desk.sms(PHONE, "Drukarka nie drukuje, anna@klient.example")  # in time
        self.desk.sms("+48602000001", "Serwer rejestracji stoi, jan@sklep.example")
        self.desk.sms("+48603000001", "Nic nie dziala")
        self.desk.advance(HOUR)
        self.desk.email("jan@sklep.example", "Serwer", "Serwer rejestracji stoi.")
        health = self.desk.get("/api/v1/mail-health", days=7).json
        total = health["total"]
        self.assertEqual((total["announced"], total["in_time"], total["late"], total["missing"]), (3, 1, 1, 1))
        by_domain = {one["domain"]: one for one in health["domains"]}
        self.assertEqual(by_domain["klient.example"]["in_time"], 1)
        self.assertAlmostEqual(by_domain["sklep.example"]["late_ms_max"] / 1000, HOUR, delta=60)
        self.assertEqual(by_domain[""]["missing"], 1)
        self.assertTrue(all(re.fullmatch(r"\d{4}-\d\d-\d\d", one["day"]) for one in health["items"]))
        for days in ("0", "367", "x", "-1"):
            self.assertEqual(self.desk.get("/api/v1/mail-health", days=days).status, 400)
        told = world.run("mail-health", "--data", self.desk.data, "--days", "7")
        self.assertEqual(told.returncode, world.OK, told.stderr)
        self.assertIn("klient.example", told.stdout)
        again = json.loads(world.run("mail-health", "--data", self.desk.data, "--json").stdout)
        self.assertEqual(again["total"]["announced"], 3)

    def test_the_command_lives_in_the_time_of_the_sandbox(self):
        self.desk.advance(40 * 24 * HOUR)
        self.desk.sms(PHONE, "Serwer rejestracji stoi, anna@klient.example")
        self.desk.advance(600)
        told = json.loads(world.run("mail-health", "--data", self.desk.data, "--days", "2", "--json").stdout)
        self.assertEqual((told["total"]["announced"], told["total"]["missing"]), (1, 1))

    def test_verify_compares_what_is_counted(self):
        self.desk.sms(PHONE, "Serwer rejestracji stoi, anna@klient.example")
        self.desk.stop()
        self.assertEqual(world.run("verify", "--data", self.desk.data).returncode, world.OK)
        with contextlib.closing(sqlite3.connect(f"{self.desk.data}/hejnal.db")) as database, database:
            database.execute("UPDATE announcements SET late_ms = 5")
        told = world.run("verify", "--data", self.desk.data)
        self.assertEqual(told.returncode, 70)
        self.assertIn("case 1: what is counted of its announced email", told.stderr)

    def test_nothing_was_announced(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        told = world.run("mail-health", "--data", self.desk.data)
        self.assertEqual((told.returncode, told.stderr), (world.OK, ""))
        self.assertIn("no SMS", told.stdout)


if __name__ == "__main__":
    unittest.main()
