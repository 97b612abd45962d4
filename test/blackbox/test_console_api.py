"""What the team's console asks the server for, beside cases and what is done to them."""

import time
import unittest

import world
from world import ANNA

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")


class Mail(world.SandboxTest):
    """Attachments and the HTML version: what strangers send is never run, fetched or believed."""

    def deliver(self, html="<p>x</p>", **more):
        self.desk.eml(world.html_mail(html, **more))
        cases = self.desk.all_cases()
        return self.desk.case(cases[-1]["number"])["messages"][0]

    def html(self, message, **query):
        answer = self.desk.get(f"/api/v1/messages/{message['id']}/html", **query)
        self.assertEqual(answer.status, 200, answer)
        return answer

    def test_a_message_says_whether_there_is_html_and_what_is_attached(self):
        message = self.deliver(files=[("raport.pdf", "application/pdf", b"%PDF"), ("x.sh", "application/x-sh", b"rm")])
        self.assertTrue(message["html"])
        self.assertEqual([(one["index"], one["name"], one["type"], one["size"]) for one in message["attachments"]],
                         [(0, "raport.pdf", "application/pdf", 4), (1, "x.sh", "application/x-sh", 2)])
        self.desk.eml(world.mail(subject="Inne", sender="jan@inny.example"))
        plain = self.desk.case(2)["messages"]
        self.assertEqual([one["html"] for one in plain], [False, False])
        self.assertEqual(self.desk.get(f"/api/v1/messages/{plain[0]['id']}/html").status, 404)
        self.assertEqual(self.desk.get(f"/api/v1/messages/{plain[0]['id']}/attachments/0").status, 404)

    def test_an_attachment_is_a_download_of_a_type_that_does_nothing(self):
        kinds = {"application/pdf": "application/pdf", "image/png": "image/png", "text/html": "application/octet-stream",
                 "image/svg+xml": "application/octet-stream", "application/javascript": "application/octet-stream",
                 "application/xhtml+xml": "application/octet-stream"}
        message = self.deliver(files=[(f"plik{n}", kind, b"<script>" + bytes([n])) for n, kind in enumerate(kinds)])
        for number, (sent, shown) in enumerate(kinds.items()):
            with self.subTest(sent):
                answer = self.desk.get(f"/api/v1/messages/{message['id']}/attachments/{number}")
                self.assertEqual((answer.status, answer.type, answer.body), (200, shown, b"<script>" + bytes([number])))
                self.assertTrue(answer.headers["Content-Disposition"].startswith(f'attachment; filename="plik{number}"'))
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertIn("sandbox", answer.headers["Content-Security-Policy"])
        self.assertEqual(self.desk.get(f"/api/v1/messages/{message['id']}/attachments/{len(kinds)}").status, 404)
        self.assertEqual(self.desk.get(f"/api/v1/messages/{message['id']}/attachments/x").status, 400)
        self.assertEqual(self.desk.get(f"/api/v1/messages/{message['id']}/attachments/0", token=None).status, 401)

    def test_names_of_files_are_tame(self):
        names = {"../../etc/passwd": ("_.._etc_passwd", "_.._etc_passwd"), "żółw.txt": ("___w.txt", "%C5%BC%C3%B3%C5%82w.txt"),
                 "faktura\u202efdp.exe": ("fakturafdp.exe", "fakturafdp.exe"), 'a"b;c=d\\e.txt': ("a_b_c_d_e.txt", "a_b%3Bc%3Dd_e.txt"), ".htaccess": ("htaccess", "htaccess"),
                 "x" * 300 + ".pdf": ("x" * 146 + ".pdf", "x" * 146 + ".pdf")}
        message = self.deliver(files=[(name, "application/pdf", b"x") for name in names])
        for number, (ascii_name, encoded) in enumerate(names.values()):
            answer = self.desk.get(f"/api/v1/messages/{message['id']}/attachments/{number}")
            self.assertEqual(answer.headers["Content-Disposition"], f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{encoded}")

    def test_hostile_html_is_shown_without_its_teeth(self):
        message = self.deliver(
            '<html><head><meta http-equiv="refresh" content="0;url=https://zly.example"><base href="https://zly.example/">'
            '<link rel="stylesheet" href="https://zly.example/s.css"><style>@import url(https://zly.example/i.css);</style></head>'
            '<body onload="alert(1)" background="https://zly.example/tlo.png"><script>alert(1)</script><p onclick="alert(1)">Dzień dobry</p>'
            '<p style="background:url(https://zly.example/p.gif);color:red">czerwone</p><img src="https://zly.example/pixel.gif" width=1 height=1>'
            '<form action="https://zly.example"><input name="haslo" type="password"><button>Zaloguj</button></form>'
            '<svg onload="alert(1)"><a href="javascript:alert(1)">x</a></svg><iframe src="https://zly.example"></iframe>'
            '<a href="javascript:alert(1)">kliknij</a> <a href="https://dobry.example/a?b=1&amp;c=2">dalej</a></body></html>')
        answer = self.html(message)
        self.assertEqual(answer.type, "text/html; charset=utf-8")
        policy = answer.headers["Content-Security-Policy"]
        for part in ("sandbox;", "default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"):
            self.assertIn(part, policy)
        self.assertNotIn("allow-", policy)
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        page = answer.text
        for word in ("zly.example", "script", "onclick", "onload", "alert", "<form", "<input", "http-equiv", "<base", "<link", "<svg", "<iframe", "url("):
            self.assertNotIn(word, page)
        for word in ("Dzień dobry", "color: red", "dalej", 'href="https://dobry.example/a?b=1&amp;c=2"'):
            self.assertIn(word, page)

    def test_pictures_that_came_with_the_mail_are_shown_and_no_others(self):
        message = self.deliver('<img src="cid:logo@x"><img src="cid:wektor@x"><img src="https://zly.example/p.gif">',
                               pictures=[("logo@x", "image/png", PNG), ("wektor@x", "image/svg+xml", b"<svg onload='x'/>")])
        page = self.html(message).text
        self.assertEqual(page.count("data:image/png;base64,"), 1)
        self.assertNotIn("svg", page)
        self.assertIn("Pominięte obrazki spoza wiadomości: 2.", page)
        self.assertNotIn("data:", self.html(message, images="none").text.replace("img-src data:", ""))
        self.assertEqual(self.desk.get(f"/api/v1/messages/{message['id']}/html", images="remote").status, 400)

    def test_ten_megabytes_are_cut_and_the_page_says_so(self):
        message = self.deliver("<p>" + "Długi list. " * 800_000 + "</p>")
        start = time.monotonic()
        page = self.html(message).text
        self.assertLess(time.monotonic() - start, 5)
        self.assertIn("za długa", page)
        self.assertLess(len(page), 5_000_000)
        self.assertNotIn("za długa", self.html(self.deliver("<p>krótki</p>", subject="Krótki", sender="jan@inny.example")).text)


class Now(world.SandboxTest):
    """The list: everything that a row shows comes with it."""

    def row(self, number=1):
        return next(one for one in self.desk.cases(state="all")["items"] if one["number"] == number)

    def test_who_spoke_last(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.\n> stary cytat\nOd rana.")
        word = self.row()["last_word"]
        self.assertEqual((word["by"], word["channel"], word["from"], word["text"]), ("client", "email", ANNA, "Nie drukuje. Od rana."))
        self.desk.advance(3600)  # automatic mail is nobody's word
        self.desk.act(1, "read")
        self.assertEqual(self.row()["last_word"], word)
        self.desk.act(1, "answer", text="Proszę\nwłączyć. " + "x" * 500)
        said = self.row()["last_word"]
        self.assertEqual((said["by"], said["text"][:20], len(said["text"])), ("desk", "Proszę włączyć. xxxx", 120))
        self.desk.email(ANNA, self.desk.emails(ANNA)[-1]["subject"], "Działa.")
        self.assertEqual(self.row()["last_word"]["text"], "Działa.")
        self.assertEqual(self.desk.case(1)["last_word"], self.row()["last_word"])

    def test_the_last_word_of_merged_and_split_cases(self):
        self.desk.email(ANNA, "Serwer", "Pierwsza.")
        self.desk.email("bob@inny.example", "Internet", "Druga.")
        self.desk.act(2, "merge", into=1)
        self.assertEqual(self.row()["last_word"]["text"], "Druga.")
        self.desk.email("bob@inny.example", self.desk.emails("bob@inny.example")[0]["subject"], "Trzecia.")
        self.assertEqual(self.row()["last_word"]["text"], "Trzecia.")
        last = self.desk.case(1)["messages"][-1]["id"]
        split = self.desk.act(1, "split", message=last)["number"]
        self.assertEqual((self.row()["last_word"]["text"], self.row(split)["last_word"]["text"]), ("Druga.", "Trzecia."))

    def test_which_channel_still_works(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.assertEqual(self.row()["channels"], {"email": "ok", "sms": "none"})
        receipt = self.desk.emails(ANNA)[0]
        detail = self.header(receipt, "Message-ID")[len("<hejnal."):].split("@")[0].replace(".", "-")
        self.desk.deliver(world.mail(subject="failure notice", sender="MAILER-DAEMON@x.example"), sender="", recipients=[f"pomoc+b-{detail}@wsparcie.example"])
        self.assertEqual(self.row()["channels"]["email"], "bounced")
        self.desk.sms("+48601000001", "Serwer nie dziala")
        self.assertEqual(self.row(2)["channels"], {"email": "none", "sms": "ok"})
        self.desk.sms("+48601000001", "STOP")
        self.assertEqual(self.row(2)["channels"]["sms"], "stopped")

    def counted(self):
        counts = self.desk.good("GET", "/api/v1/counts")
        return counts, {(one["state"], one["class"]): one["cases"] for one in counts["items"]}

    def test_counts_follow_every_change(self):
        self.assertEqual(self.counted()[0]["open"], 0)
        for number in range(1, 4):
            self.desk.email(f"osoba{number}@klient{number}.example", "Drukarka", "Nie drukuje.")
        self.desk.act(1, "read")
        self.desk.act(2, "reclassify", **{"class": "urgent", "reason": "r"})
        counts, kinds = self.counted()
        self.assertEqual((counts["open"], kinds), (3, {("read", "routine"): 1, ("new", "urgent"): 1, ("new", "routine"): 1}))
        self.desk.act(1, "close")
        self.desk.advance(48 * 3600)
        counts, kinds = self.counted()
        self.assertEqual((counts["open"], kinds[("closed", "routine")], counts["overdue"], counts["at_least"]), (2, 1, 2, []))
        self.restart("kill")
        self.assertEqual(self.counted()[0]["open"], 2)
        real = {}
        for one in self.desk.all_cases():
            real[one["state"], one["class"]] = real.get((one["state"], one["class"]), 0) + 1
        self.assertEqual(self.counted()[1], real)

    def test_what_might_belong_elsewhere_is_found_alone(self):
        self.desk.sms("+48603000003", "Monitor miga")
        self.desk.advance(16 * 60)
        self.desk.sms("+48603000003", "Mysz zgubiona")
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        unmatched = self.desk.cases(only="unmatched")
        self.assertEqual([one["number"] for one in unmatched["items"]], [one["number"] for one in self.desk.all_cases() if one["candidates"]])
        self.assertEqual(self.counted()[0]["unmatched"], unmatched["total"])
        missing = self.desk.cases(only="email_missing", order="newest")["items"]
        self.assertEqual({one["number"] for one in missing}, {1, 2})
        self.assertEqual(self.counted()[0]["email_missing"], 2)
        self.assertEqual(self.desk.get("/api/v1/cases?only=x").status, 400)


if __name__ == "__main__":
    unittest.main()
