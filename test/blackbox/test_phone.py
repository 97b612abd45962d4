"""The telephone: outages, what a rejected call means, callbacks that are worked off, and exchanges that ask by HTTP."""

import base64
import contextlib
import hashlib
import hmac
import json
import sqlite3
import subprocess
import threading
import unittest
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import world

PHONE, OTHER = "+48604555666", "+48605777888"
HOUR = 3600


class Outages(world.SandboxTest):
    def declare(self, **more):
        return self.desk.good("POST", "/api/v1/outages", {"title": "Serwer poczty", "public_text": "Serwer poczty nie działa.", **more})

    def test_a_client_hears_of_it_once_and_is_answered_when_it_is_over(self):
        self.desk.email("ewa@szpital.example", "Poczta stoi", "Serwer poczty nie odpowiada.")
        outage = self.declare(cases=[1])
        self.assertEqual((outage["state"], outage["cases"]), ("open", [1]))
        self.assertEqual(self.desk.case(1)["outage"], outage["id"])
        self.desk.good("POST", f"/api/v1/outages/{outage['id']}/update", {"public_text": "Wymieniamy zasilacz."})
        self.desk.good("POST", f"/api/v1/outages/{outage['id']}/end", {"public_text": "Poczta działa od 13:00."})
        texts = [one["text"] for one in self.desk.emails(to="ewa@szpital.example")]
        for words in ("Serwer poczty nie działa.", "Wymieniamy zasilacz.", "Poczta działa od 13:00."):
            self.assertEqual(sum(words in text for text in texts), 1, words)
        self.assertEqual(self.desk.case(1)["state"], "waiting")
        again = self.desk.post(f"/api/v1/outages/{outage['id']}/end", {"public_text": "x"})
        self.assertEqual(again.status, 409)

    def end(self, outage, text="Działa."):
        self.desk.good("POST", f"/api/v1/outages/{outage}/end", {"public_text": text})

    def all_clear(self):
        return self.desk.good("GET", "/api/v1/outages")["all_clear"]

    def critical(self, who, subject="Kasy stoją"):
        self.desk.email(who, subject, subject + ".", to="awaria@wsparcie.example")
        return self.desk.all_cases()[-1]["number"]

    def told(self, who, words):
        return sum(words in one["text"] for one in self.desk.emails(to=who))

    def test_its_end_is_the_all_clear_and_an_objection_takes_it_back(self):
        kasia = "kasia@firma5.example"
        case = self.critical(kasia)
        outage = self.declare(cases=[case])["id"]
        self.desk.call(PHONE)
        self.end(outage, "Kasy działają.")
        self.assertTrue(self.all_clear())
        self.assertEqual((self.desk.case(case)["state"], self.told(kasia, "Kasy działają.")), ("settled", 1))
        self.assertEqual([one["state"] for one in self.desk.good("GET", "/api/v1/callbacks")["items"]], ["due"])
        self.desk.call(OTHER)
        self.assertNotIn("naprawia", self.desk.texts(OTHER)[-1]["text"])
        self.desk.email(kasia, "Re: " + self.desk.emails(to=kasia)[-1]["subject"], "Jednak znowu stoją.")
        self.assertFalse(self.all_clear())
        again = self.declare(title="Kasy znowu", cases=[case])
        self.assertEqual(self.desk.case(case)["outage"], again["id"])
        self.end(again["id"], "Teraz już na pewno.")
        self.assertEqual(self.told(kasia, "Teraz już na pewno."), 1)

    def test_who_was_answered_before_still_hears_the_end(self):
        self.desk.email("ewa@szpital.example", "Poczta stoi", "Serwer poczty nie odpowiada.")
        outage = self.declare(cases=[1])["id"]
        self.desk.act(1, "answer", text="Pracujemy nad tym.")
        self.desk.advance(8 * 24 * HOUR)
        self.end(outage, "Poczta działa.")
        self.assertEqual(self.told("ewa@szpital.example", "Poczta działa."), 1)

    def test_a_merged_case_belongs_to_the_outage_of_the_other(self):
        for who in ("ewa@szpital.example", "jan@inny.example"):
            self.desk.email(who, "Poczta stoi", "Serwer poczty nie odpowiada.")
        outage = self.declare(cases=[1])["id"]
        self.desk.good("POST", "/api/v1/cases/1/merge", {"into": 2})
        self.assertEqual(self.desk.case(2)["outage"], outage)
        self.desk.good("POST", f"/api/v1/outages/{outage}/attach", {"case": 2})  # it does already
        self.desk.good("POST", f"/api/v1/outages/{outage}/update", {"public_text": "Technik w drodze."})
        for who in ("ewa@szpital.example", "jan@inny.example"):
            self.assertEqual(self.told(who, "Technik w drodze."), 1, who)
        self.assertEqual(self.told("ewa@szpital.example", "Serwer poczty nie działa."), 1)
        self.desk.good("POST", f"/api/v1/outages/{outage}/detach", {"case": 2})
        self.assertIsNone(self.desk.case(2)["outage"])
        self.end(outage, "Poczta działa.")
        self.assertEqual(self.told("jan@inny.example", "Poczta działa."), 0)

    def test_cases_of_two_outages_are_not_merged(self):
        for who in ("ewa@szpital.example", "jan@inny.example"):
            self.desk.email(who, "Nie działa", "Nie działa.")
        self.declare(cases=[1])
        self.declare(title="Łącze", cases=[2])
        answer = self.desk.post("/api/v1/cases/1/merge", {"into": 2})
        self.assertEqual(answer.status, 409)
        self.assertIn("detach one first", answer.json["detail"])

    def test_a_merge_is_no_all_clear(self):
        self.desk.email("ewa@szpital.example", "Drukarka", "Nie drukuje.")
        self.desk.act(1, "settle")
        case = self.critical("ela@czwarty.example")
        self.desk.act(case, "answer", text="Proszę spróbować teraz.")
        self.assertFalse(self.all_clear())
        self.desk.good("POST", f"/api/v1/cases/{case}/merge", {"into": 1})
        self.assertFalse(self.all_clear())
        self.assertEqual(self.desk.case(1)["state"], "waiting")

    def test_a_split_is_no_all_clear(self):
        self.desk.email("ewa@szpital.example", "Drukarka", "Nie drukuje.")
        case = self.critical("ela@czwarty.example")
        self.desk.act(case, "read")
        self.desk.good("POST", f"/api/v1/cases/{case}/merge", {"into": 1})
        message = next(one["id"] for one in self.desk.case(1)["messages"] if one["from"] == "ela@czwarty.example")
        out = self.desk.good("POST", "/api/v1/cases/1/split", {"message": message})
        self.assertEqual((out["class"], out["state"]), ("critical", "read"))
        self.desk.act(1, "reclassify", **{"class": "routine", "reason": "zostaje drukarka"})
        self.assertFalse(self.all_clear())

    def test_a_declaration_that_is_sent_twice_is_one_outage(self):
        self.assertEqual(self.declare()["id"], self.declare()["id"])
        self.assertNotEqual(self.declare()["id"], self.declare(title="Łącze")["id"])

    def test_a_damaged_one_keeps_nobody_from_working_and_is_no_all_clear(self):
        outage = self.declare()["id"]
        self.desk.call(PHONE)
        self.desk.stop()
        with contextlib.closing(sqlite3.connect(self.desk.data / "hejnal.db")) as database, database:
            database.execute("UPDATE record_journal SET sum = sum + 1 WHERE kind = 1 AND id = 1 AND seq = 1")
        self.desk.start()
        self.desk.call(OTHER)
        self.desk.email("ewa@szpital.example", "Poczta stoi", "Nie działa.")
        self.assertEqual(self.desk.case(1)["state"], "new")
        self.assertFalse(self.all_clear())
        self.assertEqual(len(self.desk.good("GET", "/api/v1/callbacks")["items"]), 2)
        for path in ("/", "/status", "/report"):
            self.assertEqual(self.desk.get(path, token=None).status, 200, path)
        self.assertTrue(world.eventually(lambda: f"outage {outage}" in self.desk.get("/api/v1/health").text, 20))

    def test_a_new_report_is_offered_and_its_receipt_says_so(self):
        outage = self.declare()
        self.desk.email("jan@inny.example", "Serwer poczty", "Nie działa nam serwer poczty.")
        case = self.desk.case(1)
        self.assertEqual((case["looks_like_outage"], case["outage"]), (outage["id"], None))
        self.assertIn("Serwer poczty nie działa.", self.desk.emails(to="jan@inny.example")[0]["text"])

    def test_it_is_suggested_and_never_declared_by_itself(self):
        for number in range(3):
            self.desk.email(f"x@firma{number}.example", "Serwer poczty", "Od rana nie działa serwer poczty.")
        found = self.desk.good("GET", "/api/v1/outages")
        self.assertEqual((found["items"], found["all_clear"]), ([], True))
        self.assertEqual(found["suggestions"][0]["cases"], [1, 2, 3])

    def test_who_says_nothing_is_reminded(self):
        self.declare()
        self.desk.advance(5 * HOUR)
        told = [one for one in self.desk.emails(to="dyzur@wsparcie.example") if "Serwer poczty" in one["subject"]]
        self.assertEqual(len(told), 1)


class Callbacks(world.SandboxTest):
    def list(self):
        return self.desk.good("GET", "/api/v1/callbacks")["items"]

    def test_two_callers_are_called_back_after_the_all_clear(self):
        outage = self.desk.good("POST", "/api/v1/outages", {"title": "Łącze", "public_text": "Łącze nie działa."})["id"]
        self.desk.call(PHONE)
        self.desk.call(OTHER)
        self.desk.call(PHONE)
        self.assertEqual([(one["state"], one["calls_total"]) for one in self.list()], [("waiting", 2), ("waiting", 1)])
        sms = self.desk.texts(PHONE)
        self.assertEqual(len(sms), 1)
        self.assertIn("Lacze nie dziala.", sms[0]["text"])
        self.desk.good("POST", f"/api/v1/outages/{outage}/end", {"public_text": "Działa."})
        first, second = self.list()
        self.assertEqual((first["state"], second["state"]), ("due", "due"))
        self.assertEqual(len([one for one in self.desk.texts("+48600000001") if "oddzwonienia" in one["text"]]), 1)
        self.desk.good("POST", f"/api/v1/callbacks/{first['id']}/take", {})
        jan = self.desk.make_token("agent")
        answer = self.desk.post(f"/api/v1/callbacks/{first['id']}/take", {}, token=jan)
        self.assertEqual(answer.status, 409)
        tried = self.desk.good("POST", f"/api/v1/callbacks/{first['id']}/attempt", {"result": "no_answer"})
        self.assertEqual(tried["state"], "due")
        self.assertIsNotNone(tried["retry_at"])
        paid = self.desk.good("POST", f"/api/v1/callbacks/{first['id']}/attempt", {"result": "reached"})
        self.assertEqual(paid["state"], "paid")
        self.assertEqual(self.desk.post(f"/api/v1/callbacks/{second['id']}/write-off", {"reason": " "}).status, 400)
        gone = self.desk.good("POST", f"/api/v1/callbacks/{second['id']}/write-off", {"reason": "pomyłka"})
        self.assertEqual((gone["state"], gone["end_reason"]), ("written_off", "pomyłka"))
        self.assertEqual(self.list(), [])

    def test_without_a_failure_it_says_by_when_and_never_speaks_of_a_repair(self):
        self.desk.call(PHONE)
        text = self.desk.texts(PHONE)[0]["text"]
        self.assertIn("Oddzwonimy najpozniej", text)
        self.assertNotIn("naprawiamy", text)
        self.assertEqual(self.list()[0]["state"], "due")

    def test_no_sms_to_a_landline_or_to_who_wants_none(self):
        self.desk.sms(PHONE, "STOP")
        before = len(self.desk.texts(PHONE))
        self.desk.call(PHONE)
        self.desk.call("+48221234567")
        self.assertEqual(len(self.desk.texts(PHONE)), before)
        self.assertEqual(self.desk.texts("+48221234567"), [])
        self.assertEqual(len(self.list()), 2)

    def test_a_client_says_that_it_works(self):
        self.desk.call(PHONE)
        self.desk.sms(PHONE, "Już działa, dziękuję")
        found = self.list()[0]
        self.assertEqual((found["state"], found["says_it_works"]), ("due", "Już działa, dziękuję"))
        self.assertEqual(self.desk.good("POST", f"/api/v1/callbacks/{found['id']}/settle", {})["state"], "paid")

    def test_what_only_sounds_like_it_is_a_case_and_no_offer(self):
        self.desk.call(PHONE)
        for text in ("Nothing works now!", "Prawie wszystko dziala, ale drukarki fiskalne padly", "Czy juz dziala?"):
            before = len(self.desk.all_cases())
            self.desk.sms(PHONE, text)
            self.assertIsNone(self.list()[0]["says_it_works"], text)
            # In a case of its own, or in the one that is open: but not swallowed.
            told = [one["text"] for case in self.desk.all_cases() for one in self.desk.case(case["number"])["messages"]]
            self.assertIn(text, told)
            self.assertGreaterEqual(len(self.desk.all_cases()), max(1, before))

    def test_a_call_that_is_written_down_late_makes_no_false_debt(self):
        self.desk.call(PHONE)
        self.desk.advance(600)
        self.desk.good("POST", "/api/v1/callbacks/1/attempt", {"result": "reached"})
        now = world.instant(self.desk.world()["now"])
        self.desk.advance(3700)
        texts = len(self.desk.texts(PHONE))
        told = self.desk.good("POST", "/api/v1/calls", {"from": PHONE, "result": "rejected", "at": world.rfc3339(now - 300)})
        self.assertIsNone(told["callback"])
        self.assertEqual((self.list(), len(self.desk.texts(PHONE))), ([], texts))
        self.desk.good("POST", "/api/v1/outages", {"title": "Łącze", "public_text": "Łącze nie działa."})
        self.desk.good("POST", "/api/v1/calls", {"from": OTHER, "result": "missed", "at": world.rfc3339(now - 6 * 86400)})
        self.assertEqual([one["state"] for one in self.list()], ["waiting"])
        self.assertEqual(self.desk.texts(OTHER), [])

    def test_a_callback_shows_what_is_known_now(self):
        self.desk.call(PHONE)
        self.assertEqual([(one["person"]["email"], one["critical"], one["cases"], one["outage"]) for one in self.list()], [("", False, [], None)])
        self.write("anna@klient.example", PHONE)
        self.confirm(PHONE, "anna@klient.example")
        (one,) = self.list()
        self.assertEqual((one["person"]["email"], one["critical"], one["cases"]), ("anna@klient.example", False, [1]))
        self.desk.email("anna@klient.example", "Serwer", "Serwer nie działa.", to="awaria@wsparcie.example")
        outage = self.desk.good("POST", "/api/v1/outages", {"title": "Serwer", "public_text": "Serwer nie działa.", "cases": [2]})["id"]
        (one,) = self.list()
        self.assertEqual((one["critical"], one["cases"], one["outage"]), (True, [2, 1], {"id": outage, "title": "Serwer"}))
        # The number of a case that was merged is of no use to whoever calls back.
        self.desk.good("POST", "/api/v1/cases/1/merge", {"into": 2})
        self.assertEqual(self.list()[0]["cases"], [2])

    def test_every_open_one_is_seen_page_by_page(self):
        for i in range(7):
            self.desk.call(f"+4860170000{i}")
        for ends in (None, 3):
            seen, cursor = [], {}
            while True:
                told = self.desk.good("GET", "/api/v1/callbacks", limit=3, **cursor)
                seen += [one["id"] for one in told["items"]]
                if ends:  # the last one of this page ends: the next page begins behind it all the same
                    self.desk.good("POST", f"/api/v1/callbacks/{ends}/write-off", {"reason": "x"})
                    ends = None
                if not told["next"]:
                    break
                cursor = {"cursor": told["next"]}
            self.assertEqual(seen, [1, 2, 3, 4, 5, 6, 7])
        self.assertEqual(self.desk.get("/api/v1/callbacks?cursor=17").status, 400)

    def test_whoever_is_on_call_is_owed_no_call(self):
        before = len(self.desk.texts("+48600000001"))
        self.desk.call("+48600000001")
        self.desk.good("POST", "/api/v1/calls", {"from": "+48600000001", "result": "missed"})
        self.assertEqual((self.list(), len(self.desk.texts("+48600000001"))), ([], before))
        found = self.desk.good("GET", "/api/v1/calls")["items"]
        self.assertEqual([(one["from"], one["text"]) for one in found], [("+48600000001", "missed"), ("+48600000001", "rejected")])

    def test_one_who_says_that_it_fails_after_all_is_called_back(self):
        self.desk.call(PHONE)
        self.desk.sms(PHONE, "Już działa, dziękuję")
        self.desk.sms(PHONE, "Nie, jednak nie działa!")
        self.assertIsNone(self.list()[0]["says_it_works"])

    def test_an_answer_pays_only_for_what_came_before_it(self):
        self.desk.call(PHONE)
        for at in ("2020-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z"):
            answer = self.desk.post("/api/v1/calls", {"from": PHONE, "result": "answered", "at": at})
            self.assertEqual(answer.status, 400, at)
        self.assertEqual(self.list()[0]["state"], "due")

    def test_one_sms_an_hour_also_when_a_callback_has_ended(self):
        self.desk.good("POST", "/api/v1/outages", {"title": "Łącze", "public_text": "Łącze nie działa."})
        self.desk.call(PHONE)
        self.desk.good("POST", f"/api/v1/callbacks/{self.list()[0]['id']}/attempt", {"result": "reached"})
        for _ in range(3):
            self.desk.advance(600)
            self.desk.call(PHONE)
        self.assertEqual(len(self.desk.texts(PHONE)), 1)

    def confirm(self, phone, email, verb="confirm"):
        found = [one for one in self.desk.good("GET", "/api/v1/numbers")["items"] if (one["phone"], one["email"]) == (phone, email)]
        self.desk.good("POST", f"/api/v1/numbers/{found[0]['id']}/{verb}", {})

    def write(self, email, *numbers):
        self.desk.email(email, f"Kasa {numbers[-1]}", "Kasa stoi.\n\n-- \nNowak\n" + "".join(f"kom. {one[3:]}\n" for one in numbers))

    def test_two_numbers_that_turn_out_to_be_of_one_person_are_one_callback(self):
        self.write("anna@klient.example", PHONE, OTHER)
        self.desk.call(OTHER)
        self.confirm(PHONE, "anna@klient.example")
        self.confirm(OTHER, "anna@klient.example", "refuse")
        self.desk.call(PHONE)
        self.assertEqual(len(self.list()), 2)
        self.confirm(OTHER, "anna@klient.example")
        (one,) = self.list()
        self.assertEqual((one["calls_total"], sorted(one["phones"]), one["person"]["email"]), (2, sorted([PHONE, OTHER]), "anna@klient.example"))
        gone = next(other for other in self.desk.good("GET", "/api/v1/callbacks", state="all")["items"] if other["id"] != one["id"])
        self.assertEqual((gone["state"], gone["joined_into"]), ("joined", one["id"]))
        answer = self.desk.post(f"/api/v1/callbacks/{gone['id']}/take", {})
        self.assertEqual((answer.status, answer.json["detail"]), (409, f"callback {one['id']} is of the same person and goes on"))

    def test_people_without_an_email_are_one_person_too(self):
        for phone, text in ((PHONE, "Nie działa serwer u nas w biurze"), (OTHER, "Kasa w sklepie stoi od rana")):
            self.desk.sms(phone, text)
            self.desk.call(phone)
        first, second = (one["id"] for one in self.desk.good("GET", "/api/v1/people")["items"])
        self.assertEqual(len(self.list()), 2)
        self.desk.good("POST", f"/api/v1/people/{first}/merge", {"into": second})
        (one,) = self.list()
        self.assertEqual((one["calls_total"], len(one["cases"])), (2, 2))
        self.desk.call(PHONE)
        self.assertEqual([one["calls_total"] for one in self.list()], [3])

    def test_two_agents_who_hold_one_person_can_both_say_what_came_of_it(self):
        self.write("anna@klient.example", PHONE, OTHER)
        self.confirm(PHONE, "anna@klient.example")
        self.confirm(OTHER, "anna@klient.example", "refuse")
        self.desk.call(PHONE)
        self.desk.call(OTHER)
        agents = [self.desk.make_token("agent", name) for name in ("jan", "ola")]
        for number, token in enumerate(agents, 1):
            self.assertEqual(self.desk.post(f"/api/v1/callbacks/{number}/take", {}, token=token).status, 200)
        self.confirm(OTHER, "anna@klient.example")
        self.assertEqual([one["state"] for one in self.list()], ["taken", "taken"])
        self.assertEqual(self.desk.post("/api/v1/callbacks/1/attempt", {"result": "reached"}, token=agents[0]).status, 200)
        answer = self.desk.post("/api/v1/callbacks/2/attempt", {"result": "no_answer"}, token=agents[1])
        self.assertEqual((answer.status, answer.json["state"]), (200, "paid"))

    def test_a_number_that_changes_its_owner_takes_its_debt_along(self):
        self.desk.good("POST", "/api/v1/outages", {"title": "Łącze", "public_text": "Łącze nie działa."})
        self.write("anna@klient.example", PHONE, OTHER)
        for phone in (PHONE, OTHER):
            self.confirm(phone, "anna@klient.example")
            self.desk.call(phone)
        self.assertEqual(len(self.list()), 1)
        self.confirm(OTHER, "anna@klient.example", "refuse")
        self.write("jan@inny.example", OTHER)
        self.confirm(OTHER, "jan@inny.example")
        self.desk.call(OTHER)
        self.assertEqual(sorted((one["person"]["email"], one["calls_total"]) for one in self.list()), [("anna@klient.example", 1), ("jan@inny.example", 2)])
        self.desk.good("POST", "/api/v1/outages/1/end", {"public_text": "Działa."})
        self.desk.good("POST", "/api/v1/callbacks/1/attempt", {"result": "reached", "phone": PHONE})
        self.assertEqual([(one["phone"], one["state"]) for one in self.list()], [(OTHER, "due")])

    def test_it_is_all_there_after_a_restart_and_in_a_backup(self):
        self.desk.good("POST", "/api/v1/outages", {"title": "Łącze", "public_text": "Łącze nie działa."})
        self.desk.call(PHONE)
        before = self.desk.good("GET", "/api/v1/callbacks/1")
        self.desk.kill()
        self.desk.start()
        self.assertEqual(self.desk.good("GET", "/api/v1/callbacks/1"), before)
        verified = subprocess.run([world.HEJNAL, "verify", "--data", self.desk.data], capture_output=True, text=True)
        self.assertEqual(verified.returncode, 0, verified.stderr)


class Exchanges(world.ConfiguredTest):
    """A PBX and Twilio Voice ask by HTTP."""

    SECRET, TOKEN = "0123456789abcdef0123", "twilio-auth-token"

    def begin(self, calls, more_of_phone=""):
        (self.folder / "pbx").write_text(self.SECRET + "\n")
        (self.folder / "twilio").write_text(self.TOKEN + "\n")
        more = f'[phone]\ncalls = "{calls}"\nsecret_file = "{{folder}}/pbx"\ntwilio_token_file = "{{folder}}/twilio"\n{more_of_phone}'
        self.write(world.settings("{folder}", end=more))
        self.desk = self.serve()

    def ask(self, path, fields, method="GET", headers=None):
        body = urllib.parse.urlencode(fields)
        url = f"http://{self.desk.http}{path}" + ("?" + body if method == "GET" else "")
        request = urllib.request.Request(url, body.encode() if method == "POST" else None, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def callbacks(self):
        return self.desk.good("GET", "/api/v1/callbacks")["items"]

    def twilio(self, path, fields):
        signed = "https://pomoc.firma.example" + path + "".join(key + fields[key] for key in sorted(fields))
        signature = base64.b64encode(hmac.new(self.TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        return self.ask(path, fields, "POST", {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"})

    def test_a_rejected_call_is_kept_once_before_the_answer(self):
        self.begin("reject")
        fields = {"from": "604 555 666", "id": "1700000000.17"}
        for _ in range(2):  # the exchange repeats itself
            self.assertEqual(self.ask(f"/hooks/call/{self.SECRET}", fields), (200, "reject no_calls"))
        self.assertEqual([(one["phone"], one["calls_total"]) for one in self.callbacks()], [(PHONE, 1)])
        self.desk.kill()
        self.desk.start()
        self.assertEqual(len(self.callbacks()), 1)
        self.desk.good("POST", "/api/v1/outages", {"title": "Serwer", "public_text": "Serwer stoi."})
        status, body = self.ask(f"/hooks/call/{self.SECRET}", {"from": "anonymous", "format": "json"})
        self.assertEqual((status, json.loads(body)["reason"]), (200, "repairing"))
        self.assertEqual(len(self.callbacks()), 1)

    def test_a_call_rings_through_and_is_owed_when_nobody_answers(self):
        self.begin("ring")
        self.assertEqual(self.ask(f"/hooks/call/{self.SECRET}", {"from": PHONE, "id": "1"}), (200, "dial +48600000001"))
        self.assertEqual([one["state"] for one in self.callbacks()], ["ringing"])
        event = f"/hooks/call/{self.SECRET}/event"
        self.assertEqual(self.ask(event, {"from": PHONE, "id": "1", "result": "NOANSWER"}), (200, "ok"))
        self.assertEqual(self.callbacks()[0]["state"], "due")
        self.assertEqual(self.ask(event, {"from": PHONE, "id": "2", "result": "ANSWERED", "by": "Ola"}), (200, "ok"))
        (case,) = self.desk.all_cases()
        self.assertEqual([one["text"] for one in self.desk.case(case["number"])["messages"] if one["channel"] == "call"], ["answered by Ola"])
        self.assertEqual(self.callbacks(), [])

    def test_a_call_that_was_put_through_waits_for_word_of_it(self):
        self.begin("ring", "told_within_minutes = 30\n")
        ask = f"/hooks/call/{self.SECRET}"
        for number, call in ((PHONE, "1"), (OTHER, "2"), (OTHER, "2")):
            self.assertEqual(self.ask(ask, {"from": number, "id": call}), (200, "dial +48600000001"))
        self.assertEqual(self.ask(ask + "/event", {"from": OTHER, "id": "2", "result": "answered", "by": "Ola"}), (200, "ok"))
        # Late word that it was put through changes nothing any more.
        self.assertEqual(self.ask(ask, {"from": OTHER, "id": "2"}), (200, "dial +48600000001"))
        (one,) = self.callbacks()
        self.assertEqual((one["phone"], one["state"], one["calls"][0]["result"]), (PHONE, "ringing", "put_through"))
        ended = [one for one in self.desk.good("GET", "/api/v1/callbacks", state="all")["items"] if one["phone"] == OTHER]
        self.assertEqual([(one["state"], one["end_reason"], one["calls_total"]) for one in ended], [("paid", "the call was put through and answered", 1)])
        self.desk.kill()
        self.desk.start()
        self.assertEqual(self.callbacks(), [one])

    def test_what_is_told_again_pays_and_opens_nothing(self):
        self.begin("ring")
        ask = f"/hooks/call/{self.SECRET}"

        def told(number, call, result):
            self.assertEqual(self.ask(ask + "/event", {"from": number, "id": call, "result": result}), (200, "ok"))

        def states(number):
            found = self.desk.good("GET", "/api/v1/callbacks", state="all")["items"]
            return [one["state"] for one in found if number in one["phones"]]

        for call, result in (("a1", "answered"), ("a2", "missed")):
            self.ask(ask, {"from": PHONE, "id": call})
            told(PHONE, call, result)
        told(PHONE, "a1", "answered")
        self.assertEqual(states(PHONE), ["due", "paid"])
        self.ask(ask, {"from": OTHER, "id": "b1"})
        for result in ("answered", "missed", "answered"):
            told(OTHER, "b1", result)
        self.assertEqual(states(OTHER), ["paid"])
        # The same where nobody has asked before: there is no callback, only a case.
        third = "+48606000111"
        for result in ("answered", "missed"):
            told(third, "c1", result)
        self.assertEqual(self.ask(ask, {"from": third, "id": "c1"}), (200, "dial +48600000001"))
        self.assertEqual(states(third), [])

    def test_a_rejected_call_is_no_other_than_itself(self):
        self.begin("ring")
        ask = f"/hooks/call/{self.SECRET}"
        self.assertEqual(self.ask(ask, {"from": PHONE, "id": "c1"})[1], "dial +48600000001")
        self.desk.good("POST", "/api/v1/outages", {"title": "Serwer", "public_text": "Serwer stoi."})
        self.assertEqual(self.ask(ask, {"from": PHONE, "id": "c2"})[1], "reject repairing")
        self.ask(ask + "/event", {"from": PHONE, "id": "c1", "result": "answered"})
        (one,) = self.callbacks()
        self.assertEqual((one["state"], one["calls_total"], [call["result"] for call in one["calls"]]), ("waiting", 2, ["answered", "rejected"]))

    def test_an_old_call_without_word_swallows_no_later_one(self):
        self.begin("ring")
        ask = f"/hooks/call/{self.SECRET}"
        self.ask(ask, {"from": PHONE, "id": "c1"})
        self.desk.good("POST", "/api/v1/calls", {"from": PHONE, "result": "rejected"})
        self.assertEqual([(one["state"], [call["result"] for call in one["calls"]]) for one in self.callbacks()], [("due", ["put_through", "rejected"])])
        for call in ("c1", "c2"):
            self.ask(ask, {"from": OTHER, "id": call})
        self.ask(ask + "/event", {"from": OTHER, "id": "c2", "result": "missed"})
        self.desk.good("POST", "/api/v1/calls", {"from": OTHER, "result": "answered"})
        self.assertEqual([one["phone"] for one in self.callbacks()], [PHONE])

    def test_what_is_no_number_is_not_called_withheld(self):
        self.begin("ring")
        ask = f"/hooks/call/{self.SECRET}"
        for given, kept, why in (
            ("112", "112", '"112" is no number that can be called back'),
            ("client:bob", "client:bob", '"client:bob" is no number that can be called back'),
            ("x" * 100, "x" * 60, '"' + "x" * 60 + '" is no number that can be called back'),
            ("anonymous", "", "the caller withholds the number: nobody can be called back"),
        ):
            self.ask(ask, {"from": given, "id": given[:20]})
            for _ in range(2):
                self.assertEqual(self.ask(ask + "/event", {"from": given, "id": given[:20], "result": "missed"}), (200, "ok"))
            found = self.desk.good("GET", "/api/v1/calls", limit=2)["items"]
            self.assertEqual([(one["from"], one["text"], one["join_reason"]) for one in found], [(kept, "missed", why), (kept, "put through", why)])
        self.assertEqual(self.callbacks(), [])

    def test_a_call_of_somebody_who_withholds_the_number_is_listed(self):
        self.begin("ring")
        self.ask(f"/hooks/call/{self.SECRET}", {"from": "anonymous", "id": "7"})
        self.desk.good("POST", "/api/v1/outages", {"title": "Serwer", "public_text": "Serwer stoi."})
        for _ in range(2):
            self.ask(f"/hooks/call/{self.SECRET}", {"from": "anonymous", "id": "8"})
        told = self.desk.good("GET", "/api/v1/calls", limit=1)
        self.assertEqual([(one["from"], one["text"], one["state"]) for one in told["items"]], [("", "rejected", "set_aside")])
        told = self.desk.good("GET", "/api/v1/calls", limit=1, cursor=told["next"])
        self.assertEqual(([one["text"] for one in told["items"]], told["next"]), (["put through"], None))
        self.assertEqual(self.desk.good("GET", "/api/v1/set-aside")["items"], [])

    def test_who_does_not_know_the_secret_is_nobody(self):
        self.begin("reject")
        for path in ("/hooks/call/", "/hooks/call/x", "/hooks/call/x/event", f"/hooks/call/{self.SECRET}x"):
            self.assertEqual(self.ask(path, {"from": PHONE})[0], 403, path)
        self.assertEqual(self.ask(f"/hooks/call/{self.SECRET}/event", {"from": PHONE, "result": "x"})[0], 400)
        self.assertEqual(self.ask("/hooks/call/twilio", {"From": PHONE}, "POST")[0], 403)
        self.assertEqual(self.callbacks(), [])

    def test_twilio_voice(self):
        self.begin("ring")
        status, body = self.twilio("/hooks/call/twilio", {"CallSid": "CA1", "From": PHONE, "To": "+48221234567"})
        self.assertEqual(status, 200)
        self.assertIn("<Number>+48600000001</Number>", body)
        status, body = self.twilio("/hooks/call/twilio/event", {"CallSid": "CA1", "From": PHONE, "DialCallStatus": "no-answer"})
        self.assertEqual((status, self.callbacks()[0]["calls"][0]["result"]), (200, "missed"))
        self.desk.good("POST", "/api/v1/outages", {"title": "Serwer", "public_text": "Serwer stoi."})
        status, body = self.twilio("/hooks/call/twilio", {"CallSid": "CA2", "From": OTHER})
        self.assertIn('<Reject reason="busy"/>', body)
        self.assertEqual({one["state"] for one in self.callbacks()}, {"waiting"})


class Pbx(BaseHTTPRequestHandler):
    """An exchange that calls out when it is asked to."""

    asked, status = [], 200

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        Pbx.asked.append((self.command, self.path, dict(self.headers), self.rfile.read(length).decode()))
        self.send_response(Pbx.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class CallingBack(world.ConfiguredTest):
    def setUp(self):
        super().setUp()
        Pbx.asked, Pbx.status = [], 200
        pbx = ThreadingHTTPServer(("127.0.0.1", 0), Pbx)
        threading.Thread(target=pbx.serve_forever, daemon=True).start()
        self.addCleanup(pbx.server_close)
        self.addCleanup(pbx.shutdown)
        self.pbx = f"http://127.0.0.1:{pbx.server_port}"

    def serve_with(self, lines):
        (self.folder / "password").write_text("ge\"heim\n")
        self.write(world.settings("{folder}") + "\n[phone.originate]\n" + lines)
        self.desk = self.serve()
        return self.desk.good("POST", "/api/v1/calls", {"from": PHONE, "result": "rejected"})["callback"]["id"]

    def call(self, number, **body):
        return self.desk.post(f"/api/v1/callbacks/{number}/call", body)

    def test_the_agent_is_rung_first_and_the_callback_is_taken(self):
        number = self.serve_with(f'url = "{self.pbx}/originate?id={{id}}"\nbody = \'{{"agent": "{{agent}}", "to": "{{to_digits}}", "key": "{{password}}"}}\'\n'
                                 'headers = ["Content-Type: application/json"]\npassword_file = "{folder}/password"\n')
        answer = self.call(number, agent="600 111 222")
        self.assertEqual((answer.status, answer.json["state"], answer.json["phone"]), (200, "taken", PHONE))
        ((method, path, _, body),) = Pbx.asked
        self.assertEqual((method, path), ("POST", f"/originate?id={number}"))
        self.assertEqual(json.loads(body), {"agent": "+48600111222", "to": PHONE[1:], "key": 'ge"heim'})
        # Whoever else presses is told who is on the telephone.
        jan = self.desk.make_token("agent")
        again = self.desk.post(f"/api/v1/callbacks/{number}/call", {"agent": "600111222"}, token=jan)
        self.assertEqual(again.status, 409)
        # Nor does it ring twice by a second press, unless that is meant.
        answer = self.call(number, agent="600111222")
        self.assertEqual(answer.status, 409)
        self.assertIn("s ago", answer.json["detail"])
        self.assertEqual(len(Pbx.asked), 1)
        self.assertEqual(self.call(number, agent="600111222", again=True).status, 200)
        self.assertEqual(len(Pbx.asked), 2)
        tried = self.desk.good("POST", f"/api/v1/callbacks/{number}/attempt", {"result": "reached"})
        self.assertEqual(tried["state"], "paid")
        self.assertEqual(self.call(number, agent="600111222").status, 409)

    def test_without_a_number_it_rings_at_who_is_on_call(self):
        number = self.serve_with(f'url = "{self.pbx}/?a={{agent}}&to={{to}}"\n')
        self.assertEqual(self.call(number).status, 400)
        jan = self.desk.make_token("agent", "Jan")
        self.assertEqual(self.desk.post(f"/api/v1/callbacks/{number}/call", {}, token=jan).status, 200)
        self.assertEqual(Pbx.asked[0][1], "/?a=%2B48600000001&to=%2B48604555666")

    def test_what_the_exchange_does_not_do_is_told(self):
        number = self.serve_with(f'url = "{self.pbx}/{{agent}}/{{to}}"\n')
        Pbx.status = 500
        answer = self.call(number, agent="600111222")
        self.assertEqual(answer.status, 503)
        self.assertIn("500", answer.json["detail"])
        self.assertEqual(self.desk.good("GET", f"/api/v1/callbacks/{number}")["state"], "taken")
        self.assertEqual(self.call(number, agent="600111222", phone=OTHER).status, 400)
        self.assertEqual(self.call(99, agent="600111222").status, 404)

    def test_without_an_exchange_it_says_so(self):
        number = self.serve_with("")
        self.assertEqual(self.call(number, agent="600111222").status, 409)
        self.assertIn("[phone.originate]", self.call(number, agent="600111222").json["detail"])


if __name__ == "__main__":
    unittest.main()
