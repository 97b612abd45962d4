"""The pages for clients, by plain HTTP as a browser without JavaScript does it: reporting with files, following, the two buttons,
links that were taken back. Thanks are said only for what is kept."""

import gzip
import re
import unittest
import urllib.parse
import uuid

import world
from test_pages import XSS, PageTest, Tags
from world import ANNA, HOUR

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GOOD = {"class": "urgent", "text": "Nie drukują się faktury.\nOd rana, trzy osoby.", "name": "Anna Kowalska", "email": ANNA, "phone": "601 234 567"}
BYTES = bytes(range(256)) * 40 + b"\r\n--\r\n"


def multipart(fields, files=()):
    """(body, headers) as a browser sends them: names of files with %22 for a quotation mark."""
    boundary = "----WebKitFormBoundary" + uuid.uuid4().hex[:16]
    parts = []
    for name, value in fields.items():
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.replace("\n", "\r\n").replace("\r\r", "\r").encode())
    for name, kind, content in files:
        quoted = name.replace('"', "%22")
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\nContent-Type: {kind}\r\n\r\n'.encode()
                     + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def fields_of(page, action):
    """What a browser would send of the form with this action, as it stands."""
    inside, out, area = False, {}, None
    for tag, attributes in Tags(page).elements:
        if tag == "form":
            inside = attributes["action"] == action
        if not inside:
            continue
        name = attributes.get("name")
        if tag == "input" and name and attributes.get("type") not in ("file", "radio"):
            out[name] = attributes.get("value") or ""
        if tag == "input" and attributes.get("type") == "radio" and "checked" in attributes:
            out[name] = attributes["value"]
        if tag == "textarea" and name and area is None:
            area = name
    if area:
        import html
        text = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page[page.index(f'action="{action}"'):], re.DOTALL)
        out[area] = html.unescape(text.group(1))
    return out


class ReportTest(PageTest):
    def post(self, path, fields, files=None, headers=None):
        if files is None:
            return self.desk.request("POST", path, urllib.parse.urlencode(fields).encode(), token=None, headers={**FORM, **(headers or {})})
        body, kind = multipart(fields, files)
        return self.desk.request("POST", path, body, token=None, headers={**kind, **(headers or {})})

    def form_id(self):
        return fields_of(self.page("/report").text, "/report")["form"]

    def report(self, files=(), **fields):
        """Both steps, as a client takes them; what is answered to the last one."""
        first = {**fields_of(self.page("/report").text, "/report"), **GOOD, **fields, "do": "preview"}
        preview = self.post("/report", first)
        self.assertEqual(preview.status, 200, preview)
        second = {**fields_of(preview.text, "/report"), "do": "send"}
        return self.post("/report", second, files)

    def count(self):
        return len(self.desk.all_cases())


class Report(ReportTest):
    def test_the_whole_way_with_files(self):
        answer = self.report([('zdjęcie "ekranu".png', "image/png", BYTES), ("notatka.txt", "text/plain", b"abc\n")])
        self.assertEqual(answer.status, 303, answer)
        page = self.page(answer.headers["Location"]).text
        self.assertIn("już nie zginie", page)
        case = self.desk.case(1)
        self.assertEqual((case["class"], case["subject"]), ("urgent", "Nie drukują się faktury."))
        self.assertEqual((case["client"]["name"], case["client"]["email"], case["client"]["phone"]), ("Anna Kowalska", ANNA, "+48601234567"))
        message = [one for one in case["messages"] if one["direction"] == "in"][0]
        self.assertEqual(message["text"], GOOD["text"])
        self.assertEqual(message["channel"], "web")
        self.assertEqual([(one["name"], one["size"]) for one in message["attachments"]], [('zdjęcie "ekranu".png', len(BYTES)), ("notatka.txt", 4)])
        self.assertIn(BYTES, self.desk.raw(message["id"]))
        self.assertIn("ekranu", Tags(page).text)
        receipt = self.desk.emails(to=ANNA)[0]
        self.assertEqual("/c/" + world.follow_token(receipt), urllib.parse.urlparse(answer.headers["Location"]).path)

    def test_the_preview_says_what_will_happen_and_keeps_nothing(self):
        answer = self.post("/report", {**GOOD, "class": "critical", "do": "preview"})
        text = " ".join(Tags(answer.text).text.split())
        for words in ("potwierdzenie na adres " + ANNA, "zaalarmujemy osobę na dyżurze", "ktoś z nas przeczyta zgłoszenie", "Nie drukują się faktury."):
            self.assertIn(words, text)
        self.assertEqual(self.count(), 0)

    def test_one_can_go_back_and_nothing_typed_is_lost(self):
        preview = self.post("/report", {**GOOD, "form": "abc", "do": "preview"})
        again = self.post("/report", {**fields_of(preview.text, "/report"), "do": "back"}, files=[])
        back = fields_of(again.text, "/report")
        self.assertEqual({name: back[name] for name in GOOD}, GOOD)
        self.assertEqual(back["form"], "abc")

    def test_mistakes_stand_beside_their_fields(self):
        answer = self.post("/report", {"class": "", "text": " ", "name": "Anna", "email": "anna bez małpy", "phone": "abc", "do": "preview"})
        self.assertEqual(answer.status, 400)
        bad = {attributes["id"] for tag, attributes in Tags(answer.text).elements if tag == "p" and attributes.get("class") == "bad"}
        self.assertEqual(bad, {"class-bad", "text-bad", "email-bad", "phone-bad"})
        back = fields_of(answer.text, "/report")
        self.assertEqual((back["name"], back["email"], back["phone"]), ("Anna", "anna bez małpy", "abc"))
        self.assertIn("email albo telefon", self.post("/report", {**GOOD, "email": "", "phone": ""}).text)
        self.assertEqual(self.post("/report", {**GOOD, "text": "x" * 20_001, "do": "send"}).status, 400)
        self.assertEqual(self.count(), 0)

    def test_sent_twice_it_is_one_case(self):
        fields = {**GOOD, "form": self.form_id(), "do": "send"}
        first = self.post("/report", fields, [("a.txt", "text/plain", b"abc")])
        second = self.post("/report", fields, [("a.txt", "text/plain", b"abc")])
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(self.count(), 1)
        self.assertEqual(len(self.desk.emails(to=ANNA)), 1)
        # Other words are not the same press: nothing that was typed disappears.
        self.post("/report", {**fields, "text": "Drukują się, ale puste."}, [])
        self.assertEqual(self.count(), 2)

    def test_a_phone_alone_is_enough(self):
        answer = self.report(email="", phone="+48 601 234 567")
        self.assertEqual(answer.status, 303)
        self.assertTrue(self.desk.texts(to="+48601234567"))

    def test_a_phone_that_was_only_typed_is_not_its_persons_own(self):
        self.report(email="prezes@klient.example", phone="+48666000666")
        people = self.desk.good("GET", "/api/v1/numbers", standing="confirmed")["items"]
        self.assertEqual([one for one in people if one["phone"] == "+48666000666"], [])

    def test_after_kill_9_everything_that_was_thanked_for_is_there(self):
        answer = self.report([("zrzut.png", "image/png", BYTES)])
        self.desk.kill()
        self.desk.start()
        self.assertEqual(self.page(answer.headers["Location"]).status, 200)
        message = [one for one in self.desk.case(1)["messages"] if one["direction"] == "in"][0]
        self.assertEqual(message["attachments"][0]["size"], len(BYTES))
        self.assertIn(BYTES, self.desk.raw(message["id"]))

    def test_too_large_files_are_told_and_the_text_stays(self):
        answer = self.post("/report", {**GOOD, "form": "a", "do": "send"}, [("film.mp4", "video/mp4", b"x" * 21_000_000)])
        self.assertEqual(answer.status, 400)
        self.assertIn("1 plik, razem 21 MB", answer.text)
        self.assertEqual(fields_of(answer.text, "/report")["text"], GOOD["text"])
        self.assertEqual(self.count(), 0)

    def test_robots_and_other_sites_are_refused_in_the_open(self):
        robot = self.post("/report", {**GOOD, "website": "https://spam.example", "do": "send"})
        self.assertEqual(robot.status, 400)
        self.assertEqual(fields_of(robot.text, "/report")["text"], GOOD["text"])
        foreign = self.post("/report", {**GOOD, "do": "send"}, headers={"Sec-Fetch-Site": "cross-site"})
        self.assertEqual(foreign.status, 403)
        self.assertEqual(self.count(), 0)

    def test_one_address_reports_so_often_and_others_go_on(self):
        for number in range(12):
            self.assertEqual(self.post("/report", {**GOOD, "text": f"Sprawa {number}", "do": "send"}, headers={"X-Forwarded-For": "192.0.2.1"}).status, 303)
        often = self.post("/report", {**GOOD, "text": "Jeszcze", "do": "send"}, headers={"X-Forwarded-For": "8.8.8.8, 192.0.2.1"})
        self.assertEqual(often.status, 429)
        self.assertGreater(int(often.headers["Retry-After"]), 0)
        self.assertEqual(fields_of(often.text, "/report")["text"], "Jeszcze")
        self.assertEqual(self.post("/report", {**GOOD, "do": "send"}, headers={"X-Forwarded-For": "192.0.2.2"}).status, 303)

    def test_a_broken_form_says_so(self):
        body, kind = multipart({**GOOD, "do": "send"}, [("a.png", "image/png", BYTES)])
        for cut in (len(body) // 2, len(body) - 30, 10, 0):
            with self.subTest(cut):
                self.assertEqual(self.desk.request("POST", "/report", body[:cut], token=None, headers=kind).status, 400)
        for kind in ("multipart/form-data", "multipart/form-data; boundary=", "text/plain", "application/json"):
            self.assertEqual(self.desk.request("POST", "/report", body, token=None, headers={"Content-Type": kind}).status, 400)
        self.assertEqual(self.count(), 0)

    def test_words_of_strangers_are_only_words(self):
        for number, words in enumerate(XSS, 1):
            with self.subTest(words):
                fields = {"class": words, "text": words, "name": words, "email": words, "phone": words, "form": words, "website": words}
                self.assert_harmless(self.post("/report", fields).text)
                self.assert_harmless(self.post("/report", {**GOOD, "text": words, "name": words, "form": words, "do": "preview"}).text)
                name = words.replace("\r", "").replace("\n", "")
                answer = self.post("/report", {**GOOD, "text": words, "name": words, "form": words, "do": "send"}, [(name, words[:20], b"x")])
                self.assertEqual(answer.status, 303)
                seen = self.assert_harmless(self.page(answer.headers["Location"]).text)
                self.assertIn(words, seen.text)


class Follow(ReportTest):
    def setUp(self):
        super().setUp()
        self.desk.email(ANNA, "Kasa", "Kasa nie drukuje.")
        self.path = self.follow()

    def text(self, query=""):
        return " ".join(Tags(self.page(self.path + query).text).text.split())

    def test_what_is_owed_and_what_to_do_next(self):
        text = self.text()
        for words in ("czeka na przeczytanie", "Odpowiedź najpóźniej:", "pojawi się tutaj przycisk", "Europe/Warsaw"):
            self.assertIn(words, text)
        self.desk.act(1, "read")
        self.assertIn("Ktoś z nas przeczytał", self.text())
        self.desk.act(1, "start")
        self.assertIn("Pracujemy nad tym", self.text())
        self.desk.act(1, "ask", text="Która kasa?")
        self.assertIn("Mamy do Państwa pytanie", self.text())
        self.post(self.path, {"text": "Druga."})
        self.desk.act(1, "answer", text="Wymieniliśmy głowicę.")
        text = self.text()
        self.assertIn("Odpowiedzieliśmy", text)
        self.assertIn("Wymieniliśmy głowicę.", text)
        self.desk.act(1, "settle")
        self.assertIn("Sprawa jest załatwiona", self.text())
        self.desk.act(1, "close")
        self.assertIn("otworzymy nową sprawę", self.text())

    def test_what_stands_under_our_mails_is_not_in_the_conversation(self):
        self.desk.act(1, "answer", text="Głowica wymieniona.\n\nPiotr")
        text = self.text()
        self.assertIn("Głowica wymieniona.", text)
        self.assertNotIn("/c/", text.split("Rozmowa")[1].split("Dopisz")[0].split("My ·")[-1])

    def test_the_button_is_the_second_step_and_comes_when_it_is_time(self):
        self.assertNotIn("/remind", self.page(self.path).text)
        early = self.post(self.path + "/remind", {})
        self.assertEqual(early.status, 303)
        self.assertEqual(self.desk.case(1)["step"], 1)
        self.desk.advance(2 * HOUR + 60)
        self.assertIn("/remind", self.page(self.path).text)
        before = len(self.desk.texts(to=world.ON_CALL_PHONE))
        done = self.post(self.path + "/remind", {})
        self.assertIn("Dyżurny właśnie dostał wiadomość", self.page(done.headers["Location"]).text)
        case = self.desk.case(1)
        self.assertEqual((case["step"], case["class"]), (2, "urgent"))
        self.assertEqual(len(self.desk.texts(to=world.ON_CALL_PHONE)), before + 1)
        self.post(self.path + "/remind", {})
        self.assertEqual(len(self.desk.texts(to=world.ON_CALL_PHONE)), before + 1)
        self.assertNotIn("/remind", self.page(self.path).text)

    def test_it_works_again(self):
        done = self.post(self.path + "/works", {})
        self.assertIn("Dziękujemy za wiadomość, że działa", self.page(done.headers["Location"]).text)
        case = self.desk.case(1)
        self.assertEqual(case["state"], "settled")
        self.assertEqual(case["messages"][-1]["text"], "Już działa.")
        self.post(self.path + "/works", {})
        self.assertEqual(len(self.desk.case(1)["messages"]), len(case["messages"]))
        self.post(self.path, {"text": "Jednak nie."})
        self.assertEqual(self.desk.case(1)["state"], "working")

    def test_another_site_presses_nothing(self):
        self.desk.advance(2 * HOUR + 60)
        for verb in ("remind", "works", ""):
            answer = self.post(f"{self.path}/{verb}".rstrip("/"), {"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
            self.assertEqual(answer.status, 403)
        self.assertEqual((self.desk.case(1)["step"], self.desk.case(1)["state"]), (1, "new"))

    def test_a_reply_with_files_and_twice_is_once(self):
        fields = {**fields_of(self.page(self.path).text, self.path), "text": "Zdjęcie w załączniku."}
        for _ in range(2):
            self.assertEqual(self.post(self.path, fields, [("kasa.jpg", "image/jpeg", BYTES)]).status, 303)
        messages = [one for one in self.desk.case(1)["messages"] if one["channel"] == "web"]
        self.assertEqual(len(messages), 1)
        self.assertIn(BYTES, self.desk.raw(messages[0]["id"]))
        self.assertIn("kasa.jpg", self.text())
        # From the page as it is now, the same words are said again.
        fields = {**fields_of(self.page(self.path).text, self.path), "text": "Zdjęcie w załączniku."}
        self.post(self.path, fields, [])
        self.assertEqual(len([one for one in self.desk.case(1)["messages"] if one["channel"] == "web"]), 2)

    def test_files_alone_are_a_reply(self):
        self.assertEqual(self.post(self.path, {"text": ""}, [("kasa.jpg", "image/jpeg", BYTES)]).status, 303)
        self.assertEqual(self.desk.case(1)["messages"][-1]["text"], "Załącznik.")

    def test_a_link_that_was_taken_back_leads_nowhere(self):
        self.desk.act(1, "revoke-link", reason="wysłany dalej")
        self.page(self.path, status=404)
        self.assertEqual(self.post(self.path, {"text": "x"}).status, 404)
        new = self.follow()
        self.assertNotEqual(new, self.path)
        self.assertEqual(self.page(new).status, 200)
        self.assertEqual(len(self.desk.emails(to=ANNA)), 1)  # nobody was told
        self.desk.kill()
        self.desk.start()
        self.page(self.path, status=404)
        self.page(new)
        self.desk.stop()
        self.assertEqual(world.run("verify", "--data", self.desk.data).returncode, 0)

    def test_of_a_merged_case_too(self):
        self.desk.email("ewa@inny.example", "Kasa", "U nas też.")
        other = self.follow(2)
        self.desk.act(2, "merge", into=1)
        self.desk.act(2, "revoke-link")
        self.page(other, status=404)
        self.page(self.path)
        self.page(self.follow(2))

    def test_who_tries_many_links_is_slowed_down(self):
        headers = {"X-Forwarded-For": "192.0.2.9"}
        for _ in range(60):
            self.page("/c/nobody", status=404, headers=headers)
        self.page("/c/nobody", status=429, headers=headers)
        self.page(self.path, headers=headers)  # a good link is not shut

    def test_what_has_not_changed_is_not_sent_again(self):
        first = self.page(self.path)
        again = self.desk.get(self.path, token=None, headers={"If-None-Match": first.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))
        self.desk.act(1, "read")
        self.assertEqual(self.desk.get(self.path, token=None, headers={"If-None-Match": first.headers["ETag"]}).status, 200)

    def test_no_page_of_a_case_is_indexed(self):
        for path in (self.path, self.path + "/text", "/c/nobody"):
            answer = self.desk.get(path, token=None)
            self.assertIn("noindex", answer.headers["X-Robots-Tag"])
            self.assertIn('content="noindex', answer.text)
            self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")


class Languages(ReportTest):
    def test_the_switch_is_kept(self):
        answer = self.page("/report?lang=en")
        self.assertIn("What has happened?", answer.text)
        cookie = answer.headers["Set-Cookie"]
        self.assertIn("SameSite=Lax", cookie)
        self.assertIn("HttpOnly", cookie)
        kept = {"Cookie": "a=b; " + cookie.split(";")[0], "Accept-Language": "pl"}
        self.assertIn("Contact procedure", self.page("/", headers=kept).text)
        self.assertIn("Which sentence", self.post("/report", {"do": "preview"}, headers=kept).text)
        self.assertNotIn("Set-Cookie", self.page("/", headers=kept).headers)
        for odd in ("lang=<script>", "lang=de", "lang=pl\"; x", "lang"):
            self.assert_harmless(self.page("/", headers={"Cookie": odd}).text)

    def test_every_text_that_the_program_asks_for_is_there(self):
        texts = (world.SOURCE / "templates/pages/texts.txt").read_text("utf-8")
        names = set(re.findall(r"^\[(\w+)\]$", texts, re.M))
        used = set()
        for page in (world.SOURCE / "templates/pages").glob("*.html"):
            used |= set(re.findall(r"\[\[(\w+)\]\]", page.read_text("utf-8")))
        source = "".join(one.read_text("utf-8") for one in (world.SOURCE / "src/api").glob("*.cpp"))
        literals = set(re.findall(r'"(\w+)"', source))
        begun = tuple(re.findall(r'"(\w+_)" \+', source))  # the rest of the name is a state's
        literals |= {name for name in names if begun and name.startswith(begun)}
        self.assertEqual(used - names, set(), "pages ask for texts that there are none of")
        self.assertEqual(names - used - literals, set(), "texts that nobody asks for")
        for block in re.split(r"\n(?=\[)", texts[texts.index("\n[") + 1:]):
            with self.subTest(block.split("\n")[0]):
                lines = dict(line.split(" = ", 1) for line in block.strip().split("\n")[1:])
                self.assertEqual(set(lines), {"pl", "en"})
                holes = [sorted(re.findall(r"\{\{?\w*\}?\}", lines[one].split(" | ")[0])) for one in ("pl", "en")]
                self.assertEqual(holes[0], holes[1])
                self.assertEqual((lines["pl"].count(" | "), lines["en"].count(" | ")) in ((0, 0), (2, 1)), True)


    def test_the_script_speaks_both_languages(self):
        script = (world.SOURCE / "src/api/pages/client.js").read_text("utf-8")
        both = [set(re.findall(r'(\w+): "', block)) for block in re.findall(r"[?:] \{ (.*) \}", script[:script.index("RETRY_MS")])]
        self.assertEqual(len(both), 2)
        self.assertEqual(both[0], both[1])
        self.assertEqual(both[0], set(re.findall(r"say\.(\w+)", script)))


class Size(ReportTest):
    def test_a_page_with_all_that_it_needs_is_small(self):
        self.desk.email(ANNA, "Kasa", "Kasa nie drukuje. " * 50)
        shared = sum(len(gzip.compress(self.desk.get(path, token=None).body)) for path in ("/style.css", "/client.js"))
        for path in ("/", "/report", self.follow(), "/c/nobody"):
            page = self.desk.get(path, token=None)
            for kind, value in re.findall(r'(src|href)="(\w+:[^"]*)"', page.text):
                self.assertTrue(value.startswith(("mailto:", "sms:")), (kind, value))
            self.assertLess(len(gzip.compress(page.body)) + shared, 30_000, path)


if __name__ == "__main__":
    unittest.main()
