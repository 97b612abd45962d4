"""What does not work, for everybody: the status page and its Atom feed, and the banner on the pages for clients. Only sentences
that were written for the public are on them."""

import datetime
import re
import unittest
import xml.etree.ElementTree as xml
import zoneinfo

import world
from test_pages import XSS, PageTest, Tags
from world import ANNA, DAY, HOUR

ATOM = "{http://www.w3.org/2005/Atom}"
RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
SECRET = ("Macierz u Kowalskiego", "Kowalski", "kowalski.example", "Jan Technik", "Kasa padła")


def atom(text):
    """The feed, once everything that RFC 4287 demands of it is there: (feed, its entries)."""
    feed = xml.fromstring(text.encode("utf-8"))
    assert feed.tag == ATOM + "feed", feed.tag
    for element in [feed, *feed.findall(ATOM + "entry")]:
        for name in ("id", "title", "updated"):
            found = element.findall(ATOM + name)
            assert len(found) == 1 and found[0].text, f"{element.tag}: {len(found)} of {name}"
        assert re.fullmatch(RFC_3339, element.find(ATOM + "updated").text)
        assert re.match(r"https?://", element.find(ATOM + "id").text), "an IRI"
        known = {"id", "title", "updated", "published", "link", "author", "content", "entry"}
        assert {one.tag for one in element} <= {ATOM + name for name in known}
        kinds = [(one.get("rel"), one.get("type"), one.get("hreflang")) for one in element.findall(ATOM + "link")]
        assert len(kinds) == len(set(kinds)) and all(one.get("href") for one in element.findall(ATOM + "link"))
    assert feed.find(f"{ATOM}author/{ATOM}name").text, "entries without an author need the feed's"
    assert feed.find(f"{ATOM}link[@rel='self']") is not None
    entries = feed.findall(ATOM + "entry")
    ids = [one.find(ATOM + "id").text for one in entries]
    assert len(ids) == len(set(ids)), "two entries of one id"
    times = [one.find(ATOM + "updated").text for one in entries]
    assert times == sorted(times, reverse=True) and (not times or feed.find(ATOM + "updated").text == times[0])
    for one in entries:
        assert one.find(ATOM + "content").get("type") == "text"
    return feed, entries


class StatusTest(PageTest):
    def declare(self, text="Poczta nie działa.", title=SECRET[0], **more):
        return self.desk.good("POST", "/api/v1/outages", {"title": title, "public_text": text, **more})["id"]

    def tell(self, number, action, text, **more):
        return self.desk.good("POST", f"/api/v1/outages/{number}/{action}", {"public_text": text, **more})

    def in_hours(self, hours):
        return world.rfc3339(world.instant(self.desk.get("/api/v1/health").headers["Desk-Time"]) + hours * HOUR)

    def text(self, path="/status", **options):
        return " ".join(Tags(self.page(path, **options).text).text.split())

    def feed(self, path="/status.atom", **options):
        answer = self.desk.get(path, token=None, **options)
        self.assertEqual((answer.status, answer.type.split(";")[0]), (200, "application/atom+xml"))
        return atom(answer.text)


class Status(StatusTest):
    def test_of_nothing_it_says_so(self):
        self.assertIn("nie wiemy o żadnej awarii", self.text())
        self.assertIn("Bez awarii: 90 dni z 90.", self.text())
        self.assertIn("We know of no outage", self.text("/status?lang=en"))
        feed, entries = self.feed()
        self.assertEqual(entries, [])
        self.assertEqual(feed.get("{http://www.w3.org/XML/1998/namespace}lang"), "pl")

    def test_an_outage_from_its_first_sentence_to_its_end(self):
        late = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Warsaw")).hour - 18
        self.desk.advance(max(late, 0) and (15 - late) * HOUR)  # so that it is over on the day that it began
        number = self.declare(expected_end=self.in_hours(2))
        text = self.text()
        for words in ("Naprawiamy awarię", "Poczta nie działa.", "Trwa od: dziś o", "Przewidywany koniec:"):
            self.assertIn(words, text)
        self.assertNotIn("nie wiemy o żadnej", text)
        self.desk.advance(3 * HOUR)
        self.assertIn("Naprawa trwa dłużej, niż zakładaliśmy.", self.text())
        self.tell(number, "update", "Wymieniamy zasilacz.")
        text = self.text()
        # What is broken stays on top; what is said later mostly takes it for known.
        self.assertLess(text.index("Poczta nie działa."), text.index("Wymieniamy zasilacz."))
        self.assertEqual(text.count("Poczta nie działa."), 1)
        self.desk.advance(HOUR)
        self.tell(number, "end", "Poczta działa.")
        text = self.text()
        self.assertIn("nie wiemy o żadnej awarii", text)
        past = text[text.index("Ostatnie 90 dni"):]
        for words in ("Bez awarii: 89 dni z 90. 1 awaria, razem 4 h", "(4 h", "Poczta nie działa.", "Wymieniamy zasilacz.", "Poczta działa."):
            self.assertIn(words, past)
        _, entries = self.feed()
        titles = [one.find(ATOM + "title").text for one in entries]
        self.assertEqual(titles, ["Koniec awarii: Poczta działa.", "Awaria, nowe wiadomości: Wymieniamy zasilacz.", "Awaria: Poczta nie działa."])
        # An entry is what it was: readers must not be told twice.
        ids = {one.find(ATOM + "content").text: one.find(ATOM + "id").text for one in entries}
        _, english = self.feed("/status.atom?lang=en")
        self.assertEqual({one.find(ATOM + "content").text: one.find(ATOM + "id").text for one in english}, ids)
        self.assertEqual(english[0].find(ATOM + "title").text, "Outage over: Poczta działa.")

    def test_after_90_days_it_is_forgotten_here(self):
        first, long_one = self.declare("Stara awaria."), self.declare("Długa awaria.")
        self.desk.advance(HOUR)
        self.tell(first, "end", "Koniec starej.")
        self.desk.advance(60 * DAY)
        self.tell(long_one, "end", "Koniec długiej.")
        self.desk.advance(31 * DAY)
        text = self.text()
        self.assertNotIn("starej", text)
        self.assertIn("Koniec długiej.", text)
        self.assertEqual(len(self.feed()[1]), 2)
        self.desk.advance(60 * DAY)
        self.assertNotIn("Koniec długiej.", self.text())
        self.assertEqual(self.feed()[1], [])

    def test_nothing_internal_is_on_it(self):
        self.desk.email("jan@kowalski.example", "Kasa padła", "Kasa padła.\n\nJan Kowalski")
        jan = self.desk.good("POST", "/api/v1/tokens", {"name": "Jan Technik", "role": "agent"})["token"]
        number = self.desk.post("/api/v1/outages", {"title": SECRET[0], "public_text": "Jedna z usług nie działa.", "cases": [1]}, token=jan).json["id"]
        self.desk.post(f"/api/v1/outages/{number}/update", {"public_text": "Naprawiamy."}, token=jan)
        for path in ("/status", "/status?lang=en", "/status.atom", "/", "/report"):
            seen = self.desk.get(path, token=None).text
            for words in SECRET:
                self.assertNotIn(words, seen, path)
        self.desk.post(f"/api/v1/outages/{number}/end", {"public_text": "Już działa."}, token=jan)
        for path in ("/status", "/status.atom"):
            seen = self.desk.get(path, token=None).text
            for words in SECRET:
                self.assertNotIn(words, seen, path)

    def test_words_for_the_public_are_only_words(self):
        for words in [*XSS, "\ufffe\uffff\U0001f525 ]]> &amp; &bogus;"]:
            with self.subTest(words):
                number = self.declare(words)
                self.assert_harmless(self.page("/status").text)
                _, entries = self.feed()
                shown = re.sub("[\ufffe\uffff\u202e\u200b]", "", words)
                self.assertEqual(re.sub("[\u202e\u200b]", "", entries[0].find(ATOM + "content").text), shown)
                self.tell(number, "end", words)
                self.assert_harmless(self.page("/status").text)
                self.feed()

    def test_each_day_is_shown_by_more_than_its_colour(self):
        number = self.declare()
        self.desk.advance(5 * HOUR)
        self.tell(number, "end", "Działa.")
        days = [attributes for tag, attributes in Tags(self.page("/status").text).elements if tag == "i"]
        self.assertEqual(len(days), 90)
        out = [one for one in days if "title" in one]
        self.assertIn(len(out), (1, 2))  # over midnight, two
        self.assertTrue(all(one["class"] in ("short", "long", "longer") for one in out))
        self.assertTrue(all(one["class"] == "none" for one in days if one not in out))

    def test_what_has_not_changed_is_not_sent_again(self):
        for path, kept in (("/status", "private, no-cache"), ("/status.atom", "public, max-age=60")):
            first = self.desk.get(path, token=None)
            self.assertEqual(first.headers["Cache-Control"], kept)
            again = self.desk.get(path, token=None, headers={"If-None-Match": first.headers["ETag"]})
            self.assertEqual((again.status, again.body), (304, b""))
        number = self.declare()
        for path in ("/status", "/status.atom"):
            self.assertNotEqual(self.desk.get(path, token=None).headers["ETag"], first.headers["ETag"])
        self.tell(number, "end", "Działa.")

    def test_search_engines_and_readers_find_it(self):
        page = self.page("/status")
        self.assertNotIn("X-Robots-Tag", page.headers)
        self.assertNotIn("noindex", page.text)
        links = [attributes for tag, attributes in Tags(page.text).elements if tag == "link" and attributes["rel"] == "alternate"]
        self.assertEqual(self.feed(links[0]["href"])[1], [])
        self.assertIn('href="/status"', self.page("/").text)

    def test_the_feed_does_not_depend_on_who_asks(self):
        english = {"Accept-Language": "en", "Cookie": "lang=en"}
        feed, _ = self.feed(headers=english)
        self.assertEqual(feed.find(ATOM + "title").text, "Wsparcie (sandbox): awarie")


class Banner(StatusTest):
    """What is out of order stands on every page where somebody would report it."""

    def pages(self):
        return ("/", "/report", self.follow())

    def banner(self, path, **options):
        page = self.page(path, **options).text
        self.assert_harmless(page)
        return " ".join(Tags(page[page.index('<div id="banner">'):page.index("<main")]).text.split())

    def test_it_stands_there_while_the_outage_is_open(self):
        self.desk.email(ANNA, "Kasa", "Kasa nie drukuje.")
        for path in self.pages():
            self.assertEqual(self.banner(path), "")
        number = self.declare("Poczta <b>nie działa</b>.", expected_end=self.in_hours(2))
        for path in self.pages():
            text = self.banner(path)
            for words in ("Naprawiamy awarię: Poczta <b>nie działa</b>.", "Przewidywany koniec:", "Więcej o awarii"):
                self.assertIn(words, text)
            self.assertIn(f'href="/status#o{number}"', self.page(path).text)
        self.assertIn("We are repairing an outage: Poczta", self.banner("/report?lang=en"))
        self.desk.advance(3 * HOUR)
        self.assertNotIn("Przewidywany koniec", self.banner("/"))
        self.tell(number, "update", "Wymieniamy zasilacz.")
        text = self.banner("/")
        self.assertIn("Naprawiamy awarię: Poczta <b>nie działa</b>. Ostatnia wiadomość,", text)
        self.assertIn(": Wymieniamy zasilacz.", text)
        self.tell(number, "end", "Działa.")
        for path in self.pages():
            self.assertEqual(self.banner(path), "")

    def test_it_is_on_what_a_form_answers(self):
        self.declare()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for body, status in ((b"do=preview&class=urgent&text=x&email=a%40b.example", 200), (b"do=preview", 400)):
            answer = self.desk.request("POST", "/report", body, token=None, headers=form)
            self.assertEqual(answer.status, status)
            self.assertIn("Naprawiamy awarię:", answer.text)

    def test_of_many_outages_it_names_three(self):
        for number in range(5):
            self.declare(f"Awaria nr {number}.")
        self.assertEqual(self.banner("/").count("Awaria nr"), 3)
        self.assertEqual(self.text("/status").count("Awaria nr"), 5)

    def test_a_page_that_is_open_hears_of_it(self):
        self.desk.email(ANNA, "Kasa", "Kasa nie drukuje.")
        etag = self.page(self.follow()).headers["ETag"]
        self.declare()
        self.assertEqual(self.desk.get(self.follow(), token=None, headers={"If-None-Match": etag}).status, 200)


class LooksLikeIt(StatusTest):
    """Who reports what is known already learns so at once, however the report came."""

    SAID = "Serwer poczty nie działa od rana."
    PLAIN = "Serwer poczty nie dziala od rana."  # as an SMS says it

    def setUp(self):
        super().setUp()
        self.number = self.declare(self.SAID, title="Poczta")

    def page_of(self, number):
        page = self.page(self.follow(number)).text
        return " ".join(Tags(page[page.index("<main"):]).text.split())

    def test_by_email_and_on_the_page_of_the_case(self):
        self.desk.email(ANNA, "Nie działa serwer poczty", "Od rana nie działa.")
        self.assertIn(self.SAID, self.desk.emails(to=ANNA)[0]["text"])
        self.assertIn("Wygląda na awarię, którą już naprawiamy: " + self.SAID, self.page_of(1))
        # A person decides; from then on it belongs to it.
        self.desk.good("POST", f"/api/v1/outages/{self.number}/attach", {"case": 1})
        text = self.page_of(1)
        self.assertIn("Sprawa dotyczy awarii, którą naprawiamy.", text)
        self.assertNotIn("Wygląda na awarię", text.split("Rozmowa")[0])
        self.tell(self.number, "end", "Działa.")
        self.assertNotIn("Sprawa dotyczy awarii", self.page_of(1))

    def test_who_reports_late_learns_what_is_broken_and_the_latest_news(self):
        self.tell(self.number, "update", "Wymieniamy zasilacz.")
        self.desk.email(ANNA, "Nie działa serwer poczty", "Od rana nie działa.")
        self.assertIn(f"{self.SAID} Wymieniamy zasilacz.", self.desk.emails(to=ANNA)[0]["text"])
        self.assertIn("Wygląda na awarię, którą już naprawiamy: " + self.SAID, self.page_of(1))

    def test_on_the_page_by_sms(self):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        body = "do=send&class=urgent&text=Serwer poczty nie działa&phone=601 234 567".replace(" ", "+").encode()
        answer = self.desk.request("POST", "/report", body, token=None, headers=form)
        self.assertEqual(answer.status, 303)
        sms = self.desk.texts(to="+48601234567")
        self.assertEqual(len(sms), 1)
        self.assertIn(self.PLAIN, sms[0]["text"])
        self.assertIn(self.SAID, self.page_of(1))

    def test_by_an_sms_whose_email_is_missing(self):
        self.desk.sms("+48601000001", "Serwer poczty nie dziala, wyslalam maila z anna@klient.example")
        self.assertEqual(self.desk.case(1)["looks_like_outage"], self.number)
        self.desk.advance(15 * 60)
        self.assertIn(self.PLAIN, self.desk.texts(to="+48601000001")[0]["text"])

    def test_of_anything_else_nothing_is_said(self):
        self.desk.email(ANNA, "Nowe konto", "Proszę o konto dla Ewy.")
        self.assertNotIn("poczty", self.desk.emails(to=ANNA)[0]["text"])
        self.assertNotIn("Wygląda na awarię", self.page_of(1))


class AlertLink(world.SandboxTest):
    def test_the_alert_leads_to_the_case_in_the_console(self):
        self.desk.email(ANNA, "Serwer", "Nie działa.", to="awaria@wsparcie.example")
        link = f"{self.desk.case(1)['follow_url'].split('/c/')[0]}/console/case/1"
        self.assertTrue(self.desk.texts(to=world.ON_CALL_PHONE)[0]["text"].endswith(link))
        self.assertIn(link, self.desk.emails(to=world.ON_CALL)[0]["text"])
        self.assertEqual(self.desk.get("/console/case/1", token=None).status, 200)


class OwnBanner(world.ConfiguredTest):
    def test_the_companys_own_words(self):
        own = '[desk.banner]\npl = """W święta odpowiadamy\ntylko na krytyczne <b>zgłoszenia</b>."""\n'
        self.write(world.settings("{folder}", desk=own + 'en = "Closed on Friday."\n'))
        desk = self.serve()
        for path in ("/", "/report"):
            seen = desk.get(path, token=None).text
            self.assertIn("W święta odpowiadamy\ntylko na krytyczne &lt;b&gt;zgłoszenia&lt;/b&gt;.", seen)
            seen = desk.get(path + "?lang=en", token=None).text
            self.assertIn("Closed on Friday.", seen)
            self.assertNotIn("święta", seen)
        desk.stop()
        self.write(world.settings("{folder}", desk=own))
        self.assertIn("W święta", self.serve().get("/?lang=en", token=None).text)


if __name__ == "__main__":
    unittest.main()
