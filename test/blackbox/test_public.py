"""Strangers and the pages for clients: what leaks, what can be forged, and what too much of it does."""

import re
import threading
import unittest

import world
from test_pages import PageTest, Tags
from test_report import BYTES, FORM, GOOD, ReportTest, multipart
from world import ANNA, HOUR


class Links(PageTest):
    def test_nobody_guesses_a_link(self):
        tokens = []
        for number in range(1, 41):
            self.desk.email(f"k{number}@klient.example", "Kasa", "Kasa nie drukuje.")
            tokens.append(self.follow(number).removeprefix("/c/"))
        self.assertEqual(len(set(tokens)), 40)
        # 26 letters of chance behind the number of the case: no two have any four of them at the same place in common by more than chance.
        secrets = [one[-26:] for one in tokens]
        alphabet = set("".join(secrets))
        self.assertGreaterEqual(len(alphabet), 30)
        for place in range(26):
            self.assertGreater(len({one[place] for one in secrets}), 12, "a letter that hardly changes")
        first = tokens[0]
        near = [first[:-1] + one for one in "abc0" if one != first[-1]] + [first[:-1], first + "a", first.upper(), tokens[1][:1] + first[1:]]
        for guess in near:
            if guess not in tokens:
                self.page("/c/" + guess, status=404)

    def test_no_answer_of_a_link_is_kept_or_told_on(self):
        self.desk.email(ANNA, "Kasa", "Kasa nie drukuje.")
        path = self.follow()
        etag = self.page(path).headers["ETag"]
        answers = [
            self.desk.get(path, token=None), self.desk.get(path + "?lang=en", token=None), self.desk.get(path, token=None, headers={"If-None-Match": etag}),
            self.desk.get(path + "/text", token=None), self.desk.request("HEAD", path, token=None),
            self.desk.request("POST", path, b"text=x", token=None, headers=FORM), self.desk.request("POST", path, b"text=", token=None, headers=FORM),
            self.desk.request("POST", path + "/works", b"", token=None, headers=FORM), self.desk.get("/c/nobody", token=None),
            self.desk.request("POST", "/report", b"do=preview&class=urgent&text=x&email=a%40b.example", token=None, headers=FORM),
            self.desk.request("POST", "/report", b"do=send&class=urgent&text=x&email=a%40b.example", token=None, headers=FORM),
        ]
        for number, answer in enumerate(answers):
            with self.subTest(number):
                self.assertIn(answer.status, (200, 303, 304, 400, 404))
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
                self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        for number, answer in enumerate(answers[:2] + answers[3:4]):
            self.assertIn("noindex", answer.headers["X-Robots-Tag"], number)

    def test_a_page_leads_to_no_other_site(self):
        self.desk.email(ANNA, "https://zly.example", "Proszę zobaczyć https://zly.example/x i http://inny.example.")
        for tag, attributes in Tags(self.page(self.follow()).text).elements:
            for name in ("href", "src", "action"):
                self.assertFalse(re.match(r"(?i)(https?:)?//", attributes.get(name, "")), (tag, attributes))


class Forged(ReportTest):
    def only_mail(self):
        self.desk.world()
        sent = self.desk.world()["emails"]
        return sent

    def test_no_header_gets_in_through_a_field(self):
        evil = "Anna\r\nBcc: zly@zly.example\r\nX-Evil: 1"
        cases = 0
        for field in ("name", "email", "phone", "text", "form"):
            for line_end in ("\r\n", "\n", "\r", "\u2028", "\x0b", "\x00"):
                value = (ANNA if field == "email" else "601 234 567" if field == "phone" else "Anna") + evil.removeprefix("Anna").replace("\r\n", line_end)
                answer = self.post("/report", {**GOOD, field: value, "do": "send"})
                self.assertIn(answer.status, (303, 400, 429), (field, line_end))
                cases += answer.status == 303
                if answer.status == 429:
                    self.desk.advance(HOUR)
        self.assertGreater(cases, 6)
        for mail in self.only_mail():
            names = {name.lower() for name, _ in mail["headers"]} if isinstance(mail["headers"], list) else {name.lower() for name in mail["headers"]}
            self.assertFalse({"bcc", "x-evil"} & names, mail)
            self.assertNotIn("zly@zly.example", mail["to"])
        for sms in self.desk.world()["sms"]:
            self.assertIn(sms["to"], (world.ON_CALL_PHONE, "+48601234567"))

    def test_no_header_gets_in_through_the_name_of_a_file(self):
        name = 'a.png"\r\nBcc: zly@zly.example\r\n\r\n<script>'
        boundary = "xxxx"
        body = (f'--{boundary}\r\nContent-Disposition: form-data; name="text"\r\n\r\nKasa\r\n'
                f'--{boundary}\r\nContent-Disposition: form-data; name="class"\r\n\r\nurgent\r\n'
                f'--{boundary}\r\nContent-Disposition: form-data; name="email"\r\n\r\n{ANNA}\r\n'
                f'--{boundary}\r\nContent-Disposition: form-data; name="do"\r\n\r\nsend\r\n'
                f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\nabc\r\n--{boundary}--\r\n').encode()
        answer = self.desk.request("POST", "/report", body, token=None, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"})
        self.assertIn(answer.status, (303, 400))
        if answer.status == 303:
            self.assert_harmless(self.page(answer.headers["Location"]).text)
            message = self.desk.case(1)["messages"][0]
            for attachment in range(len(message["attachments"])):
                got = self.desk.get(f"/api/v1/messages/{message['id']}/attachments/{attachment}")
                self.assertNotIn("Bcc", got.headers)

    def test_a_text_in_another_charset_is_kept_as_far_as_it_can_be_read(self):
        latin = "Zażółć".encode("iso-8859-2")
        quoted = b"".join(b"%%%02X" % one for one in latin)
        answer = self.desk.request("POST", "/report", b"do=send&class=urgent&email=a%40b.example&text=Kasa+" + quoted, token=None,
                                   headers={"Content-Type": "application/x-www-form-urlencoded; charset=iso-8859-2"})
        self.assertEqual(answer.status, 303)
        self.assertIn("Kasa Za", self.page(answer.headers["Location"]).text)
        body, kind = multipart({**GOOD, "do": "send", "text": "KASA"})
        answer = self.desk.request("POST", "/report", body.replace(b"KASA", b"Kasa " + latin + b"\xff\xfe\x00"), token=None, headers=kind)
        self.assertEqual(answer.status, 303)
        self.assertIn("Kasa Za", self.page(answer.headers["Location"]).text)

    def test_another_site_cannot_send_for_somebody(self):
        self.desk.email(ANNA, "Kasa", "Kasa nie drukuje.")
        path = self.follow()
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://zly.example"},
                        {"Origin": "https://zly.example", "Content-Type": "text/plain"}):
            for where in ("/report", path, path + "/works", path + "/remind", path + "/text"):
                with self.subTest((headers, where)):
                    answer = self.desk.request("POST", where, b"do=send&class=urgent&text=x&email=a%40b.example", token=None, headers={**FORM, **headers})
                    self.assertIn(answer.status, (400, 403))  # 400: what a foreign page has sent is no form either
        self.assertEqual(len(self.desk.all_cases()), 1)
        self.assertEqual(len(self.desk.case(1)["messages"]), 2)  # hers, and the receipt


class TooMuch(ReportTest):
    def test_twenty_megabytes_fit(self):
        answer = self.post("/report", {**GOOD, "do": "send"}, [("film.mp4", "video/mp4", b"x" * 19_900_000)])
        self.assertEqual(answer.status, 303)
        self.assertEqual(self.desk.case(1)["messages"][0]["attachments"][0]["size"], 19_900_000)

    def test_more_than_that_is_refused_before_it_is_read(self):
        answer = self.post("/report", {**GOOD, "do": "send"}, [("film.mp4", "video/mp4", b"x" * 30_000_000)])
        self.assertEqual(answer.status, 413)
        self.assert_harmless(answer.text)
        self.assertIn("Załączniki są za duże", answer.text)
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
        self.assertEqual(self.count(), 0)

    def test_one_link_is_written_to_so_often(self):
        self.desk.email(ANNA, "Kasa", "Kasa nie drukuje.")
        path = self.follow()
        answers = [self.post(path, {"text": f"Raz {number}"}).status for number in range(32)]
        self.assertEqual((answers[:30], answers[30:]), ([303] * 30, [429] * 2))
        self.desk.advance(HOUR)
        self.assertEqual(self.post(path, {"text": "Za godzinę"}).status, 303)

    def test_a_flood_of_forms_leaves_the_others_their_answer(self):
        self.desk.email(ANNA, "Kasa", "Kasa nie drukuje.")
        body, kind = multipart({**GOOD, "do": "preview"}, [("a.bin", "application/octet-stream", BYTES * 400)])  # 4 MB each
        stop = threading.Event()

        def flood(number):
            while not stop.is_set():
                try:
                    self.desk.request("POST", "/report", body, token=None, headers={**kind, "X-Forwarded-For": f"192.0.2.{number}"})
                except OSError:
                    pass

        threads = [threading.Thread(target=flood, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        try:
            for number in range(5):
                self.page(self.follow())
                self.assertEqual(self.post("/report", {**GOOD, "text": f"Prawdziwe {number}", "do": "send"}, headers={"X-Forwarded-For": "198.51.100.7"}).status, 303)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(self.count(), 6)


if __name__ == "__main__":
    unittest.main()
