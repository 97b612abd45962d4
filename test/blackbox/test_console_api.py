"""What the team's console asks the server for, beside cases and what is done to them."""

import concurrent.futures
import contextlib
import sqlite3
import time
import unittest
import urllib.parse

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


class Presence(world.SandboxTest):
    def setUp(self):
        super().setUp()
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.ela, self.jan = (self.desk.make_token("agent", name) for name in ("ela", "jan"))

    def say(self, who, state):
        answer = self.desk.post("/api/v1/cases/1/presence", {"state": state}, token=who)
        self.assertEqual(answer.status, 200, answer)
        return [(one["who"], one["state"]) for one in answer.json["items"]]

    def test_colleagues_see_each_other_and_the_journal_does_not(self):
        before = len(self.desk.case(1)["journal"])
        self.say(self.ela, "looking")
        self.assertEqual(self.say(self.jan, "typing"), [("ela", "looking"), ("jan", "typing")])
        self.assertEqual([one["who"] for one in self.desk.case(1)["present"]], ["ela", "jan"])
        self.assertEqual(self.say(self.ela, "gone"), [("jan", "typing")])
        self.assertEqual(len(self.desk.case(1)["journal"]), before)
        actions = [one["action"] for one in self.desk.good("GET", "/api/v1/audit", limit=200)["items"]]
        self.assertNotIn("POST /api/v1/cases/{number}/presence", actions)
        self.assertIn("POST /api/v1/tokens", actions)
        self.desk.advance(31)
        self.assertEqual(self.desk.case(1)["present"], [])

    def test_a_difference_is_an_event_and_saying_it_again_is_none(self):
        with contextlib.closing(self.desk.connect(timeout=10)) as events:
            events.request("GET", "/api/v1/events", headers={"Authorization": "Bearer " + self.ela})
            stream = events.getresponse()
            for state in ("looking", "looking", "typing", "gone"):
                self.say(self.jan, state)
            self.desk.act(1, "note", text="x")
            heard = []
            while "changed" not in heard:
                line = stream.readline().decode()
                if line.startswith("event: ") and line[7:].strip() != "notice":  # the receipt may still be on its way
                    heard.append(line[7:].strip())
        self.assertEqual(heard, ["presence", "presence", "presence", "changed"])

    def test_what_is_not_understood(self):
        for body in ({}, {"state": "sleeping"}, {"state": "looking", "x": 1}):
            self.assertEqual(self.desk.post("/api/v1/cases/1/presence", body).status, 400)
        self.assertEqual(self.desk.post("/api/v1/cases/99/presence", {"state": "looking"}).status, 404)


class Channels(world.SandboxTest):
    def channel(self, name):
        return next(one for one in self.desk.good("GET", "/api/v1/channels")["items"] if one["name"] == name)

    def test_what_went_in_and_out(self):
        before = self.channel("email")
        self.assertEqual((before["last_in_at"], before["last_out_at"], before["queued"], before["stale"]), (None, None, 0, False))
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.world()
        after = self.channel("email")
        self.assertTrue(after["last_in_at"] and after["last_out_at"])
        self.assertIsNone(self.channel("sms")["last_in_at"])
        self.assertEqual([(one["name"], one["in"], one["out"]) for one in self.desk.good("GET", "/api/v1/channels")["items"]],
                         [("email", True, True), ("sms", True, True), ("lmtp", True, False)])

    def test_a_test_goes_to_the_person_on_call_and_is_no_case(self):
        sent = self.desk.good("POST", "/api/v1/channels/email/test", {})
        self.assertEqual((sent["sent"], sent["to"]), (True, world.ON_CALL))
        self.assertIn("hejnal check", self.desk.emails(world.ON_CALL)[0]["subject"])
        self.assertEqual(self.desk.good("POST", "/api/v1/channels/sms/test", {})["to"], world.ON_CALL_PHONE)
        self.assertEqual(self.desk.texts(world.ON_CALL_PHONE)[0]["text"], "hejnal check: sms")
        self.assertEqual(self.desk.all_cases(), [])

    def test_why_not(self):
        for name, status in (("sms", 200), ("sms", 409), ("lmtp", 422), ("telex", 404)):
            self.assertEqual(self.desk.post(f"/api/v1/channels/{name}/test").status, status, name)
        self.assertEqual(self.desk.post("/api/v1/channels/sms/test", token=self.desk.make_token("reader")).status, 403)


class ConfiguredChannels(world.ConfiguredTest):
    """With a relay that nobody listens behind."""

    def test_a_relay_that_does_not_answer_is_stale_and_says_why(self):
        desk = self.serve()
        self.assertFalse(desk.good("POST", "/api/v1/channels/smtp/test", {})["sent"])
        desk.deliver(world.mail(), recipients=["pomoc@firma.example"])
        stale = world.eventually(lambda: desk.good("GET", "/api/v1/channels")["stale"])
        self.assertEqual(stale, ["smtp"])

        def waiting():  # the first attempt is over, and the notice is back in the queue
            items = desk.good("GET", "/api/v1/channels")["items"]
            return next((one for one in items if one["name"] == "smtp" and one["queued"] > 0), None)

        smtp = world.eventually(waiting)
        self.assertEqual((smtp["in"], smtp["out"], smtp["state"]), (False, True, "degraded"))
        self.assertTrue(smtp["oldest_queued_at"] and smtp["detail"])


class People(world.SandboxTest):
    def test_a_person_with_everything_that_is_known(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.\n--\nAnna\ntel. 601 000 001")
        self.desk.email(ANNA, "Monitor", "Miga.")
        self.desk.email("jan@inny.example", "Mysz", "Stoi.")
        self.desk.act(1, "close")
        person = next(one["id"] for one in self.desk.good("GET", "/api/v1/people")["items"] if ANNA in one["emails"])
        found = self.desk.good("GET", f"/api/v1/people/{person}")
        self.assertEqual([one["number"] for one in found["open_cases"]], [2])
        self.assertEqual([(one["phone"], one["standing"]) for one in found["numbers"]], [("+48601000001", "learnt")])
        self.assertTrue(world.eventually(
            lambda: [one["number"] for one in self.desk.good("GET", f"/api/v1/people/{person}")["recent_cases"]] == [2, 1]))
        self.desk.sms("+48601000001", "Monitor miga nadal")
        self.desk.advance(7 * 3600)
        self.assertEqual([one["domain"] for one in self.desk.good("GET", f"/api/v1/people/{person}")["mail_health"]], ["klient.example"])
        self.assertEqual(self.desk.get("/api/v1/people/999").status, 404)

    def test_organisations_page_by_page(self):
        for number in range(4):
            self.desk.email(f"osoba{number}@firma{number}.example", "Drukarka", "Nie drukuje.")
        for one in self.desk.good("GET", "/api/v1/people")["items"]:
            self.desk.good("POST", f"/api/v1/people/{one['id']}/organisation", {"organisation": f"Firma {'ABBC'[one['id'] - 1]}"})
        found, cursor = [], {}
        while True:
            page = self.desk.good("GET", "/api/v1/organisations", limit=2, **cursor)
            found += [(one["name"], one["people"]) for one in page["items"]]
            if not page["next"]:
                break
            cursor = {"cursor": page["next"]}
        self.assertEqual(found, [("Firma A", 1), ("Firma B", 2), ("Firma C", 1)])
        self.assertEqual([one["name"] for one in self.desk.good("GET", "/api/v1/organisations", q="b")["items"]], ["Firma B"])
        one = self.desk.good("GET", "/api/v1/organisation", name="Firma B")
        self.assertEqual((len(one["people"]), len(one["open_cases"]), one["domains"]), (2, 2, ["firma1.example", "firma2.example"]))
        self.assertEqual(self.desk.get("/api/v1/organisation?name=Nikt").status, 404)


class Reports(world.SandboxTest):
    def setUp(self):
        super().setUp()
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.advance(1800)
        self.desk.act(1, "read")
        self.desk.advance(1800)
        self.desk.act(1, "answer", text="Już.")
        self.desk.email("jan@inny.example", "Serwer", "Nie działa.")
        self.desk.advance(3 * 3600)
        self.desk.email("jan@inny.example", "Serwer", "Nie działa.")  # the client reminds us

    def report(self, **query):
        return self.desk.good("GET", "/api/v1/reports", **query)

    def test_what_is_counted(self):
        total = self.report()["total"]
        self.assertEqual((total["cases"], total["step_twos"]), (2, 1))
        self.assertEqual((total["kept"], total["broken"]), (2, 1))  # the other one's reaction is late now
        self.assertAlmostEqual(total["share_kept"], 2 / 3)
        self.assertEqual((total["reaction"]["count"], total["answer"]["count"], total["receipt"]["count"]), (1, 1, 2))
        self.assertAlmostEqual(total["reaction"]["median_ms"], 1_800_000, delta=30_000)
        self.assertAlmostEqual(total["answer"]["p90_ms"], 3_600_000, delta=30_000)
        self.assertLess(total["receipt"]["p90_ms"], 30_000)

    def test_by_class_organisation_and_week(self):
        self.assertEqual({one["group"]: one["cases"] for one in self.report(by="organisation")["items"]}, {"klient.example": 1, "inny.example": 1})
        self.assertEqual(sum(one["cases"] for one in self.report(by="class")["items"]), 2)
        for one in self.report()["items"]:
            self.assertRegex(one["group"], r"^20\d\d-W\d\d$")
        self.assertEqual(self.report(**{"from": "2001-01-01", "to": "2001-02-01"})["total"]["cases"], 0)
        for bad in ("by=x", "from=gestern", "from=2026-13-01", "from=2026-02-01&to=2026-01-01"):
            self.assertEqual(self.desk.get(f"/api/v1/reports?{bad}").status, 400, bad)

    def test_csv_is_a_table_and_no_program(self):
        self.desk.email("zlo@zlo.example", "x", "y")
        person = next(one["id"] for one in self.desk.good("GET", "/api/v1/people")["items"] if "zlo@zlo.example" in one["emails"])
        self.desk.good("POST", f"/api/v1/people/{person}/organisation", {"organisation": '=HYPERLINK("x")'})
        self.desk.email("zlo@zlo.example", "Inna sprawa", "z")
        for answer in (self.desk.get("/api/v1/reports.csv?by=organisation"),
                       self.desk.get("/api/v1/reports?by=organisation", headers={"Accept": "text/csv"})):
            self.assertEqual(answer.type, "text/csv; charset=utf-8")
            lines = answer.text.split("\r\n")
            self.assertTrue(lines[0].startswith("group,cases,step_twos,kept,broken,share_kept,"))
            self.assertTrue(lines[-2].startswith('"total",4,'), lines)
            self.assertNotIn('"=', answer.text)

    def test_it_outlives_a_crash_and_is_taken_from_journals_after_an_update(self):
        before = self.report(by="class")
        self.desk.kill()
        with contextlib.closing(sqlite3.connect(self.folder / "hejnal.db")) as database:
            database.execute("UPDATE cases SET receipt_at = NULL, reacted_at = NULL, first_answer_at = NULL, kept = NULL, broken = NULL")
            database.execute("INSERT OR REPLACE INTO settings (key, value) VALUES ('measured_from', '3')")
            database.commit()
        self.desk = self.start()
        self.assertTrue(world.eventually(lambda: self.report(by="class")["items"] == before["items"]))


class Procedure(world.SandboxTest):
    def now(self):
        return self.desk.good("GET", "/api/v1/procedure")

    def draft(self):
        """A procedure that owes the first reaction to an urgent case sooner."""
        data = self.now()["data"]
        urgent = next(one for one in data["class"] if one["id"] == "urgent")
        urgent["promise"]["react_within"] = "1h"
        urgent["title"] = "Sprawy <pilne>"
        return data

    def test_the_built_in_one(self):
        now = self.now()
        self.assertEqual((now["language"], [one["id"] for one in now["data"]["class"]]), ("pl", ["routine", "urgent", "critical"]))
        self.assertEqual([(one["version"], one["by"], one["current"]) for one in now["versions"]], [(now["version"], "", True)])
        self.restart()
        self.assertEqual(self.now(), now)

    def test_a_draft_is_shown_and_its_mistakes_are_named(self):
        shown = self.desk.good("POST", "/api/v1/procedure/preview", {"data": self.draft()})
        self.assertTrue(shown["good"])
        self.assertIn("Sprawy &lt;pilne&gt;", shown["html"])
        self.assertEqual({one["path"] for one in shown["differences"]}, {"class.urgent.promise.react_within", "class.urgent.title"})
        change = next(one for one in shown["differences"] if one["path"].endswith("react_within"))
        self.assertEqual(change["after"], "1h")
        data = self.draft()
        data["class"][0]["promise"]["react_within"] = "soon"
        data["nonsense"] = 1
        shown = self.desk.good("POST", "/api/v1/procedure/preview", {"data": data})
        self.assertFalse(shown["good"])
        messages = " ".join(one["message"] for one in shown["mistakes"])
        self.assertIn("react_within", messages)
        self.assertIn("nonsense", messages)
        self.assertTrue(all(one["line"] > 0 for one in shown["mistakes"]))
        text = self.desk.good("POST", "/api/v1/procedure/preview", {"text": "title = 1\nx ="})
        self.assertEqual((text["good"], text["mistakes"][0]["line"]), (False, 2))
        for body in ({}, {"text": "a = 1", "data": {}}):
            self.assertEqual(self.desk.post("/api/v1/procedure/preview", body).status, 400)

    def test_what_would_have_been_under_a_draft(self):
        self.desk.email(ANNA, "[pilne] Serwer", "stoi")
        self.desk.advance(90 * 60)
        self.desk.act(1, "read")
        self.desk.act(1, "answer", text="Już działa.")

        def tried(**more):
            return self.desk.good("POST", "/api/v1/procedure/what-if", {"data": self.draft(), **more})

        shown = tried()
        self.assertEqual((shown["days"], shown["cases"], shown["cut"], shown["not_allowed"]), (90, 1, False, 0))
        before, after = shown["before"]["total"], shown["after"]["total"]
        self.assertEqual((before["kept"], before["broken"]), (2, 0))
        self.assertEqual((after["kept"], after["broken"]), (1, 1))
        self.assertEqual(shown["after"]["classes"]["urgent"]["cases"], 1)
        self.assertEqual([(one["number"], one["subject"]) for one in shown["changed"]], [(1, "[pilne] Serwer")])
        self.desk.advance(3 * 86400)
        self.assertEqual(tried(days=1)["cases"], 0)
        same = self.desk.good("POST", "/api/v1/procedure/what-if", {"data": self.now()["data"]})
        self.assertEqual((same["before"], same["changed_total"]), (same["after"], 0))
        for body in ({}, {"text": "title = 1"}, {"data": self.draft(), "days": 0.5}, {"data": self.draft(), "days": 400}):
            self.assertEqual(self.desk.post("/api/v1/procedure/what-if", body).status, 400)

    def test_a_client_is_shown_the_steps_of_the_procedure_that_the_case_has(self):
        self.desk.email(ANNA, "[pilne] Serwer", "stoi")
        page = urllib.parse.urlparse(self.desk.case(1)["follow_url"]).path
        data = self.now()["data"]
        next(one for one in data["class"] if one["id"] == "urgent")["step"][1]["wait"] = "10m"
        self.desk.good("POST", "/api/v1/procedure", {"data": data, "replaces": self.now()["version"]})
        self.desk.advance(30 * 60)
        self.assertNotIn("/remind", self.desk.get(page, token=None).text)
        # An old page is pressed: nobody was told, so the new one does not say so.
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        pressed = self.desk.request("POST", page + "/remind", b"", token=None, headers=form)
        self.assertNotIn("Dyżurny już wie", self.desk.get(pressed.headers["Location"], token=None).text)

    def test_one_draft_is_tried_at_a_time_and_both_are_answered(self):
        self.desk.email(ANNA, "Drukarka", "x")
        with concurrent.futures.ThreadPoolExecutor(4) as several:
            tried = list(several.map(lambda _: self.desk.post("/api/v1/procedure/what-if", {"data": self.draft()}).status, range(8)))
        self.assertIn(200, tried)
        self.assertLessEqual(set(tried), {200, 409})

    def test_it_is_put_in_force_for_new_cases_alone(self):
        self.desk.email(ANNA, "Stara sprawa", "x")
        self.desk.act(1, "reclassify", **{"class": "urgent", "reason": "r"})
        before, draft = self.now()["version"], self.draft()
        agent = self.desk.make_token("agent")
        self.assertEqual(self.desk.post("/api/v1/procedure", {"data": draft, "replaces": before}, token=agent).status, 403)
        self.assertEqual(self.desk.post("/api/v1/procedure", {"data": draft, "replaces": "x"}).status, 409)
        self.assertEqual(self.desk.post("/api/v1/procedure", {"data": {"title": 1}, "replaces": before}).status, 400)
        self.assertEqual(self.now()["version"], before)
        after = self.desk.good("POST", "/api/v1/procedure", {"data": draft, "replaces": before})["version"]

        def look():
            self.assertEqual([(one["version"], one["by"]) for one in self.now()["versions"]], [(after, "sandbox"), (before, "")])
            self.assertIn("Sprawy &lt;pilne&gt;", self.desk.get("/", token=None).text)
            opened = {one["number"]: next(e["procedure"] for e in self.desk.case(one["number"])["journal"] if e["kind"] == "opened")
                      for one in self.desk.all_cases()}
            self.assertEqual(opened.pop(1), before)
            self.assertEqual(set(opened.values()), {after})

        self.desk.email("jan@inny.example", "Nowa sprawa", "y")
        look()
        self.restart("kill")
        self.desk.email("ela@trzeci.example", "Jeszcze nowsza", "z")
        look()
        self.desk.act(1, "reclassify", **{"class": "critical", "reason": "stara procedura działa dalej"})
        differences = self.desk.good("GET", f"/api/v1/procedure/versions/{before}")["differences"]
        self.assertEqual({one["path"] for one in differences}, {"class.urgent.promise.react_within", "class.urgent.title"})
        self.assertEqual(self.desk.good("GET", f"/api/v1/procedure/versions/{before}", **{"from": before})["differences"], [])
        self.assertEqual(self.desk.get("/api/v1/procedure/versions/x").status, 404)


class Templates(world.ConfiguredTest):
    def test_the_companys_own_are_read_when_they_are_asked_for(self):
        folder = self.folder / "templates"
        (folder / "answers").mkdir(parents=True)
        self.write(world.settings("{folder}", desk=f'templates = "{folder}"'))
        desk = self.serve()
        desk.deliver(world.mail(subject="Drukarka {number}"), recipients=["pomoc@firma.example"])
        built_in = desk.good("GET", "/api/v1/templates")["items"]
        self.assertEqual(sorted(one["name"] for one in built_in), ["fixed", "later", "more"])
        (folder / "answers/fixed.txt").write_text("Title: Gotowe\n\n#{number} {subject} {client} {nic} {agent}", "utf-8")
        (folder / "answers/more.txt").write_text("", "utf-8")
        found = {one["name"]: one for one in desk.good("GET", "/api/v1/templates", case=1)["items"]}
        self.assertEqual(set(found), {"fixed", "later"})
        self.assertEqual((found["fixed"]["title"], found["fixed"]["text"]), ("Gotowe", f"#1 Drukarka {{number}} {ANNA} {{nic}} start"))
        self.assertIn("https://pomoc.firma.example/c/", found["later"]["text"])


class EditedTemplates(world.SandboxTest):
    def change(self, name, version, **fields):
        return self.desk.post(f"/api/v1/templates/{name}", {**fields, "version": version})

    def edited(self):
        return {one["name"]: one for one in self.desk.good("GET", "/api/v1/templates/edit")["items"]}

    def offered(self):
        return {one["name"]: one["text"] for one in self.desk.good("GET", "/api/v1/templates")["items"]}

    def test_one_is_made_changed_taken_away_and_put_back(self):
        self.assertEqual(self.change("mine", 0, title="Moje", text="Tu {agent} {nic}").json["version"], 1)
        self.assertEqual(self.offered()["mine"], "Tu sandbox {nic}")
        before = self.edited()["fixed"]
        self.assertEqual((before["version"], before["changed_by"], before["file"]["text"]), (0, None, before["text"]))
        self.assertEqual(self.change("fixed", 0, title="Gotowe", text="Gotowe.").json["changed_by"], "sandbox")
        self.assertEqual(self.change("fixed", 1, title="", text=" ").json["text"], "")
        self.assertNotIn("fixed", self.offered())
        self.desk.kill()
        self.desk.start()
        back = self.desk.good("POST", "/api/v1/templates/fixed/put-back", {"version": 2})
        self.assertEqual((back["text"], back["version"], back["changed_by"]), (before["text"], 3, None))
        self.desk.good("POST", "/api/v1/templates/mine/put-back", {"version": 1})
        self.assertNotIn("mine", self.edited())
        self.assertEqual(self.change("mine", 0, title="Moje", text="Znowu").json["version"], 3)

    def test_nobody_overwrites_what_was_not_seen(self):
        self.change("mine", 0, title="a", text="b")
        for version in (0, 2):
            answer = self.change("mine", version, title="x", text="y")
            self.assertEqual((answer.status, self.edited()["mine"]["text"]), (409, "b"))
        self.assertEqual(self.desk.post("/api/v1/templates/mine/put-back", {"version": 9}).status, 409)
        self.assertEqual(self.desk.post("/api/v1/templates/nothing/put-back", {"version": 0}).status, 404)

    def test_what_is_no_text(self):
        for name, fields in (("Mine", {"title": "a", "text": "b"}), ("x" * 41, {"title": "a", "text": "b"}), ("a", {"text": "b"}),
                             ("a", {"title": "a" * 101, "text": "b"}), ("a", {"title": "a", "text": "b" * 10001})):
            self.assertEqual(self.change(name, 0, **fields).status, 400, name)
        agent = self.desk.make_token("agent")
        self.assertEqual(self.desk.post("/api/v1/templates/a", {"title": "a", "text": "b", "version": 0}, token=agent).status, 403)
        changed = [one for one in self.desk.good("GET", "/api/v1/audit")["items"] if "templates" in one["action"]]
        self.assertEqual(changed, [])


if __name__ == "__main__":
    unittest.main()
