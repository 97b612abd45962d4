"""The pages: the procedure, a client's own case, the sandbox. They show what strangers have written, and run none of it."""

import html.parser
import re
import unittest
import urllib.parse

import world
from world import ANNA, DAY, HOUR, ON_CALL

XSS = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "</textarea><script>x</script>", "</title><script>x</script>",
    "javascript:alert(1)", "&lt;b&gt; &amp; &#60;script&#62;", "<!-- -->", "]]><svg onload=alert(1)>", "{{7*7}} ${7*7}", "\u202e<b>\u200b",
]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SCRIPTED = ("script", "iframe", "object", "embed", "svg", "img", "base", "style")


MINUTE = 60


class Tags(html.parser.HTMLParser):
    """What a browser would see: elements with their attributes, and the text."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.words = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return "".join(self.words)


class PageTest(world.SandboxTest):
    def page(self, path, status=200, **options):
        answer = self.desk.get(path, token=None, **options)
        self.assertEqual(answer.status, status, answer)
        self.assertTrue(answer.type.startswith("text/html"), answer.type)
        return answer

    def follow(self, number=1):
        return urllib.parse.urlparse(self.desk.case(number)["follow_url"]).path

    def assert_harmless(self, page):
        seen = Tags(page)
        for tag, attributes in seen.elements:
            if (tag, attributes) == ("script", {"src": "/client.js", "defer": None}):
                continue
            self.assertNotIn(tag, SCRIPTED)
            for name, value in attributes.items():
                self.assertFalse(name.startswith("on"), (tag, attributes))
                if name in ("href", "src", "action", "formaction"):
                    self.assertFalse((value or "").strip().lower().startswith("javascript:"), (tag, attributes))
        return seen


class Pages(PageTest):
    def test_the_procedure_stands_there_word_for_word(self):
        seen = self.assert_harmless(self.page("/").text)
        text = " ".join(seen.text.split())
        done = world.run("procedure", "--language", "pl")
        for line in done.stdout.splitlines():
            for part in line.strip().split(": "):
                if part.strip():
                    self.assertIn(" ".join(part.split()), text)
        self.assertIn("pomoc@wsparcie.example", text)
        self.assertIn("+48600000000", text)

    def test_security_headers(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        for path in ("/", self.follow(), "/sandbox/", "/c/nobody"):
            with self.subTest(path):
                answer = self.desk.get(path, token=None)
                policy = answer.headers["Content-Security-Policy"]
                self.assertIn("default-src 'none'", policy)
                self.assertIn("frame-ancestors 'none'", policy)
                self.assertNotIn("unsafe-inline", policy)
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")

    def test_a_case_is_nobody_elses_to_keep(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.assertEqual(self.page(self.follow()).headers["Cache-Control"], "no-store")

    def test_the_style_is_there(self):
        answer = self.desk.get("/style.css", token=None)
        self.assertEqual((answer.status, answer.type.split(";")[0]), (200, "text/css"))

    def test_words_of_strangers_are_only_words(self):
        for number, words in enumerate(XSS, 1):
            with self.subTest(words):
                self.desk.good("POST", "/api/v1/cases", {
                    "subject": words, "text": words, "client": {"name": words, "email": f"k{number}@klient.example"}})
                page = self.page(self.follow(number)).text
                seen = self.assert_harmless(page)
                self.assertIn(words, seen.text)

    def test_words_in_a_mail_are_only_words(self):
        for number, words in enumerate(XSS, 1):
            with self.subTest(words):
                self.desk.email(f"k{number}@klient.example", words, words)
                self.assert_harmless(self.page(self.follow(number)).text)

    def test_an_unknown_case_is_404_and_echoes_nothing(self):
        for token in ("nobody", "%3Cscript%3E", "a" * 3000, "%27%20OR%201=1"):
            with self.subTest(token[:20]):
                page = self.page("/c/" + token, status=404).text
                self.assert_harmless(page)
                self.assertNotIn("script>", page.replace('<script src="/client.js" defer></script>', ""))
        self.assertEqual(self.desk.get("/c/", token=None).status, 404)

    def test_the_page_answers_what_a_client_asks(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.act(1, "answer", text="Proszę ją włączyć.")
        text = Tags(self.page(self.follow()).text).text
        for words in ("Nie drukuje.", "Proszę ją włączyć.", self.desk.case(1)["short_code"], "Drukarka"):
            self.assertIn(words, text)

    def test_an_answer_to_another_address_of_the_client_is_shown_as_well(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.", Reply_To="biuro@klient.example")
        self.desk.act(1, "answer", text="Proszę ją włączyć.")
        self.assertIn("Proszę ją włączyć.", Tags(self.page(self.follow()).text).text)

    def test_the_form_works_without_javascript(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        page = self.page(self.follow()).text
        form = [one for tag, one in Tags(page).elements if tag == "form"][0]
        field = [one for tag, one in Tags(page).elements if tag == "textarea"][0]
        body = urllib.parse.urlencode({field["name"]: "Teraz drukuje, ale krzywo: 100% + ąę & <b>\r\nDrugi wiersz"}).encode()
        answer = self.desk.request(form["method"].upper(), form["action"], body, token=None, headers=FORM)
        self.assertEqual(answer.status, 303)
        self.assertIn("dotarła", self.page(answer.headers["Location"]).text)
        message = self.desk.case(1)["messages"][-1]
        self.assertEqual((message["channel"], message["direction"]), ("web", "in"))
        self.assertEqual(message["text"].replace("\r\n", "\n"), "Teraz drukuje, ale krzywo: 100% + ąę & <b>\nDrugi wiersz")

    def test_an_empty_form_says_so_and_keeps_nothing(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        count = len(self.desk.case(1)["messages"])
        for body in (b"text=", b"", b"text=%20%0D%0A", b"other=1", b"text=%zz%"[:5]):
            with self.subTest(body):
                answer = self.desk.request("POST", self.follow(), body, token=None, headers=FORM)
                self.assertEqual(answer.status, 400)
                self.assertTrue(answer.type.startswith("text/html"))
        self.assertEqual(len(self.desk.case(1)["messages"]), count)

    def test_too_long_a_text_is_given_back_to_the_client(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        body = b"text=" + b"x" * 100_001
        answer = self.desk.request("POST", self.follow(), body, token=None, headers=FORM)
        self.assertEqual(answer.status, 400)
        self.assertTrue("x" * 1000 in answer.text, "what was typed is lost")

    def test_what_was_just_done_is_said_once(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        path = self.follow()
        self.desk.advance(15 * MINUTE)

        def text(query=""):
            return " ".join(Tags(self.page(path + query).text).text.split())

        for query in ("?reminded", "?told", "?thanks", "?sent", "?works"):
            with self.subTest(query):
                self.assertEqual(text(query), text(), "nothing of it has happened")
                self.assertNotIn("data-done", self.page(path + query).text, "nor is a draft dropped")
        self.desk.advance(2 * HOUR)
        self.assertIn("Nadal czekam", text())
        pressed = self.desk.request("POST", path + "/remind", b"", token=None, headers=FORM)
        self.assertEqual(pressed.headers["Location"], path)
        self.assertIn("właśnie dostał wiadomość", text())
        again = self.desk.request("POST", path + "/remind", b"", token=None, headers=FORM).headers["Location"]
        self.assertIn("Nie trzeba naciskać ponownie", text("?" + again.partition("?")[2]))
        self.desk.advance(10 * MINUTE)
        self.assertNotIn("właśnie", text("?reminded"))
        self.assertRegex(text(), "Dostał wiadomość (dziś|wczoraj) o")
        # Who comes back to that address hours later is not told that all is well.
        self.desk.advance(DAY)
        for query in ("", "?reminded", "?told"):
            self.assertNotIn("dostał wiadomość", text(query).lower())
            self.assertIn("Nadal czekam", text(query), "the button is here again")

    def test_who_has_written_much_can_still_say_that_it_is_time(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        path = self.follow()
        self.desk.advance(2 * HOUR + MINUTE)
        statuses = [self.desk.request("POST", path, f"text=Jeszcze {i}".encode(), token=None, headers=FORM).status for i in range(31)]
        self.assertEqual(statuses[-1], 429)
        self.assertEqual(self.desk.request("POST", path + "/remind", b"", token=None, headers=FORM).status, 303)
        self.assertEqual(self.desk.request("POST", path + "/works", b"", token=None, headers=FORM).status, 303)
        self.assertEqual(self.desk.case(1)["state"], "settled")

    def test_a_reader_has_no_key_to_a_clients_page(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        reader = self.desk.make_token("reader")
        key = self.follow()
        for path in ("/api/v1/cases", "/api/v1/cases/1", "/api/v1/people/1"):
            self.assertIn(key[3:], self.desk.get(path).text)
            seen = self.desk.get(path, token=reader)
            self.assertEqual(seen.status, 200)
            self.assertNotIn(key[3:], seen.text, path)
        self.assertIsNone(self.desk.get("/api/v1/cases/1", token=reader).json["follow_url"])
        self.assertIn("/c/…", self.desk.get("/api/v1/cases/1", token=reader).text, "of the receipt the rest can be read")
        self.assertEqual(self.desk.get("/api/v1/cases/1", token=reader).headers["Cache-Control"], "no-store")

    def test_a_mistyped_address_is_answered_kindly(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        for path in ("/report/", "/status/", self.follow() + "/", "/console/settings/", "/console/case/3/"):
            with self.subTest(path):
                answer = self.desk.get(path, token=None)
                self.assertEqual((answer.status, answer.headers["Location"]), (308, path[:-1]))
                self.assertEqual(self.desk.get(path[:-1], token=None).status, 200)
        for path in ("/c", "/c/", "/nothing", "//klient.example/", "/%0D%0ASet-Cookie:%20a=b/", "/console/a/b/c", "/a/<script>"):
            with self.subTest(path):
                page = self.page(path, status=404)
                self.assert_harmless(page.text)
                self.assertIn("Nie ma takiej strony", page.text)
                self.assertNotIn("Location", page.headers)
        self.assertIn("There is no such page", self.page("/nothing?lang=en", status=404).text)
        for path in ("/api/v1/nothing", "/api", "/api/v1/cases/"):
            self.assertEqual(self.desk.get(path, token=None).type, "application/problem+json", path)

    def test_the_lost_text_can_be_typed(self):
        self.desk.sms("+48601000001", "Serwer nie dziala, wyslalam maila z anna@klient.example")
        self.assertTrue(self.desk.case(1)["email_missing"])
        self.desk.request("POST", self.follow(), b"text=Serwer+stoi", token=None, headers=FORM)
        self.assertFalse(self.desk.case(1)["email_missing"])

    def test_a_closed_case_has_a_successor(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        path = self.follow()
        self.desk.act(1, "close")
        answer = self.desk.request("POST", path, b"text=Znowu", token=None, headers=FORM)
        self.assertEqual(answer.status, 303)
        cases = self.desk.all_cases()
        self.assertEqual(len(cases), 2)
        linked = [one["other"] for one in self.desk.case(2)["journal"] if one["kind"] == "linked"]
        self.assertEqual(linked, [1], "the new case does not mention the closed one")


class Promised(world.SandboxTest):
    def test_the_page_and_the_receipt_promise_the_answer_for_the_same_time(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        receipt = self.desk.emails(ANNA)[0]
        promised = re.search(r"należy się Państwu do: (.*)", receipt["text"]).group(1)
        page = self.desk.get("/c/" + world.follow_token(receipt), token=None).text
        self.assertEqual(re.search(r'Odpowiedź najpóźniej: <time datetime="[^"]+" title="([^"]+)"', page).group(1), promised)


class OnlyForTheDesk(PageTest):
    """What people of the desk write among themselves stays there."""

    def setUp(self):
        super().setUp()
        self.desk.email(ANNA, "Serwer", "Nie działa.", to="awaria@wsparcie.example")
        self.alert = self.desk.emails(to=ON_CALL)[0]

    def text(self):
        return Tags(self.page(self.follow()).text).text

    def test_a_note_by_the_api(self):
        self.desk.act(1, "note", text="Klient zalega z płatnością.")
        self.assertNotIn("zalega", self.text())

    def test_a_note_by_mail(self):
        self.desk.email(ON_CALL, "Re: " + self.alert["subject"], "#notatka\nKlient zalega z płatnością.",
                        In_Reply_To=self.header(self.alert, "Message-ID"))
        self.assertIn("note", [one.get("action") for one in self.desk.case(1)["journal"]])
        self.assertNotIn("zalega", self.text())

    def test_the_alert_that_an_agent_has_quoted(self):
        quoted = "\n".join("> " + line for line in self.alert["text"].splitlines())
        self.desk.email(ON_CALL, "Re: " + self.alert["subject"], "Już działa.\n\n" + quoted,
                        In_Reply_To=self.header(self.alert, "Message-ID"))
        self.assertIn("Już działa.", self.text())
        self.assertNotIn("#notatka", self.text())
        self.assertEqual(self.text().count("Już działa."), 1, "an agent's answer is shown as the client's as well")

    def test_the_alert_itself(self):
        self.assertNotIn("alarm", self.text().lower())

    def test_a_bounce(self):
        self.desk.world()
        sent = self.desk.emails(to=ANNA)[0]
        self.desk.eml(world.mail(
            subject="Undelivered", text="The mail system", sender="MAILER-DAEMON@relay.example", headers=[
                "Auto-Submitted: auto-replied", "X-Failed-Recipients: " + ANNA, "In-Reply-To: " + self.header(sent, "Message-ID")]))
        self.assertNotIn("The mail system", self.text())


class Sandbox(world.SandboxTest):
    def test_one_can_play_in_a_browser(self):
        answer = self.desk.get("/sandbox/", token=None)
        self.assertEqual(answer.status, 200)
        for kind, value in re.findall(r'(src|href)="([^"]+)"', answer.text):
            with self.subTest(value):
                if not value.startswith(("http", "mailto", "#")):
                    path = urllib.parse.urljoin("/sandbox/", value)
                    self.assertEqual(self.desk.get(path, token=None).status, 200, kind)
        self.assertNotIn("<script>", answer.text)
        moved = self.desk.get("/sandbox", token=None)
        self.assertEqual((moved.status, moved.headers["Location"]), (308, "/sandbox/"))

    def test_the_token_is_only_for_its_own_page(self):
        self.assertEqual(self.desk.get("/sandbox/token", token=None).json["token"], self.desk.token)
        for site in ("cross-site", "same-site", "none"):
            self.assertEqual(self.desk.get("/sandbox/token", token=None, headers={"Sec-Fetch-Site": site}).status, 403)


class AnotherSite(world.SandboxTest):
    def test_a_page_of_another_site_does_not_get_the_token_by_another_name(self):
        answer = self.desk.get("/sandbox/token", token=None, headers={"Host": "evil.example"})
        self.assertNotEqual(answer.status, 200)

    def test_a_page_of_another_site_cannot_play_with_the_sandbox(self):
        headers = {"Content-Type": "text/plain", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        answer = self.desk.request("POST", "/sandbox/advance", b'{"seconds": 3600}', token=None, headers=headers)
        self.assertEqual(answer.status, 403)


if __name__ == "__main__":
    unittest.main()
