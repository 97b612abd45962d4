"""What comes back by SMS: answers of the person on call, STOP and START, answers to a question; and what becomes of a
delivery report that does not come."""

import time
import unittest

import sms_servers
import test_sms
import world
from sms_servers import call
from world import ANNA, ON_CALL, ON_CALL_PHONE

PHONE = "+48601222333"
JAN = "jan@sklep.example"


class OnCall(world.SandboxTest):
    """The person on call answers alerts with one thumb."""

    def alerted(self, subject="Serwer stoi", sender=ANNA):
        """A critical case; gives its number and the SMS that woke somebody."""
        before = len(self.desk.texts(ON_CALL_PHONE))
        self.desk.email(sender, f"[krytyczna] {subject}", "Nic nie działa.")
        self.assertEqual(len(self.desk.texts(ON_CALL_PHONE)), before + 1)
        sms = self.desk.texts(ON_CALL_PHONE)[-1]
        return sms["case"], sms["text"]

    def acted(self, number):
        return [(entry["action"], entry["by"], entry["why"]) for entry in self.desk.case(number)["journal"]
                if entry["kind"] == "acted"]

    def test_1_is_read_and_2_is_started(self):
        number, text = self.alerted()
        self.assertIn("Odpisz 1=czytam 2=zaczynam", text)
        self.desk.sms(ON_CALL_PHONE, "1")
        self.assertEqual(self.desk.case(number)["state"], "read")
        self.assertEqual(self.acted(number), [("read", "Dyżur", "by SMS")])
        self.desk.sms(ON_CALL_PHONE, "2")
        self.assertEqual(self.desk.case(number)["state"], "working")
        self.assertEqual(self.acted(number)[-1], ("start", "Dyżur", "by SMS"))
        # No client sees the desk's own SMS, and its journal has them.
        case = self.desk.case(number)
        self.assertIn("has answered an alert by SMS", str(case["messages"]))
        page = self.desk.get(case["follow_url"].split(self.desk.http)[-1], token=None)
        self.assertNotIn("by SMS", page.text)
        # Nothing is answered where everything is clear: an SMS costs.
        self.assertEqual(len(self.desk.texts(ON_CALL_PHONE)), 1)

    def test_codes_tell_several_alerts_apart_also_after_a_restart(self):
        one, first = self.alerted("Serwer stoi")
        two, second = self.alerted("Kasa stoi", JAN)
        three, third = self.alerted("Sieć stoi", "ewa@szpital.example")
        self.assertIn("Odpisz 1=", first)
        self.assertIn("Odpisz 11=", second)
        self.assertIn("Odpisz 21=", third)
        self.restart("kill")
        self.desk.sms(ON_CALL_PHONE, "12")
        self.assertEqual([self.desk.case(n)["state"] for n in (one, two, three)], ["new", "working", "new"])
        self.desk.sms(ON_CALL_PHONE, "21")
        self.assertEqual([self.desk.case(n)["state"] for n in (one, two, three)], ["new", "working", "read"])
        # A code stays with its case, and a case that is over does not give it to the next one at once.
        self.desk.sms(ON_CALL_PHONE, "1")
        self.desk.act(one, "settle")
        self.desk.advance(3600)
        four, fourth = self.alerted("Drukarnia stoi", "ola@druk.example")
        self.assertIn("Odpisz 31=", fourth)
        self.desk.sms(ON_CALL_PHONE, "1")
        self.assertEqual(self.desk.case(four)["state"], "new")

    def test_a_wrong_code_is_answered_with_the_open_ones(self):
        one, _ = self.alerted("Serwer stoi")
        two, _ = self.alerted("Kasa stoi", JAN)
        self.desk.sms(ON_CALL_PHONE, "91")
        answer = self.desk.texts(ON_CALL_PHONE)[-1]["text"]
        self.assertIn("Nie ma takiego kodu", answer)
        self.assertIn(f"{one} [krytyczna] Serwer ", answer)
        self.assertIn("1/2", answer)
        self.assertIn("11/12", answer)
        self.desk.sms(ON_CALL_PHONE, "HELP")
        self.assertIn("11/12", self.desk.texts(ON_CALL_PHONE)[-1]["text"])
        self.assertEqual([self.desk.case(n)["state"] for n in (one, two)], ["new", "new"])
        self.assertEqual(len(self.desk.all_cases()), 2)

    def test_words_become_a_note(self):
        number, _ = self.alerted()
        self.desk.sms(ON_CALL_PHONE, "Restartuję serwer, 10 minut")
        notes = [entry for entry in self.desk.case(number)["journal"] if entry["kind"] == "acted"]
        self.assertEqual([(n["action"], n["text"], n["by"]) for n in notes], [("note", "Restartuję serwer, 10 minut", "Dyżur")])
        self.assertEqual(self.desk.case(number)["state"], "new", "a note is no reading")
        two, _ = self.alerted("Kasa stoi", JAN)
        self.desk.sms(ON_CALL_PHONE, "jadę")
        self.assertIn("Ktorej sprawy", self.desk.texts(ON_CALL_PHONE)[-1]["text"])
        self.assertIn("jadę", str(self.desk.good("GET", "/api/v1/set-aside")), "the words are kept for a look")
        self.desk.sms(ON_CALL_PHONE, "11 jadę")
        self.assertEqual([e["text"] for e in self.desk.case(two)["journal"] if e["kind"] == "acted"], ["11 jadę"])

    def test_a_colleague_without_alerts_reports_like_anybody(self):
        self.desk.sms(ON_CALL_PHONE, "Serwer u klienta stoi")
        self.assertEqual(self.only_case()["client"]["phone"], ON_CALL_PHONE)

    def test_a_closed_case_says_so(self):
        number, _ = self.alerted()
        self.desk.act(number, "close")
        self.desk.sms(ON_CALL_PHONE, "1")
        self.assertIn("zamknięta", self.desk.texts(ON_CALL_PHONE)[-1]["text"])
        self.assertEqual(self.desk.case(number)["state"], "closed")

    def test_a_rejected_call_is_recorded_with_one_thumb(self):
        for text in ("R 601 222 333", "r601222333", "R: +48 601-222-333"):
            self.desk.sms(ON_CALL_PHONE, text)
        self.assertEqual(len(self.desk.texts(PHONE)), 1, "one SMS an hour and number")
        callback = self.desk.good("GET", "/api/v1/callbacks")["items"][0]
        self.assertEqual((callback["phone"], callback["calls_total"]), (PHONE, 3))
        self.assertEqual(self.desk.all_cases(), [])
        self.desk.sms(ON_CALL_PHONE, "R 112")
        self.assertIn("numer telefonu", self.desk.texts(ON_CALL_PHONE)[-1]["text"])

    def test_nobody_else_can_do_it_and_a_forged_number_can_do_little(self):
        number, _ = self.alerted()
        for text in ("zamknij", "settle", "close 1", "odpowiedz klientowi"):
            self.desk.sms(ON_CALL_PHONE, text)
        self.assertEqual({action for action, _, _ in self.acted(number)}, {"note"})
        self.assertEqual([m for m in self.desk.emails(ANNA) if "zamknij" in m["text"]], [])
        self.desk.sms(PHONE, "1")  # of somebody else: a report
        self.assertEqual(self.desk.case(number)["state"], "new")

    def test_answers_have_a_budget(self):
        for _ in range(60):
            self.desk.sms(ON_CALL_PHONE, "77")
        self.assertLessEqual(len(self.desk.texts(ON_CALL_PHONE)), 20)

    def test_stop_does_not_end_alerts_and_is_told(self):
        self.desk.sms(ON_CALL_PHONE, "STOP")
        self.assertIn("STOP nie wyłącza alarmów", self.desk.texts(ON_CALL_PHONE)[-1]["text"])
        self.assertTrue([m for m in self.desk.emails(ON_CALL) if "wyłączyć SMS-y" in m["subject"]])
        before = len(self.desk.texts(ON_CALL_PHONE))
        self.desk.email(ANNA, "[krytyczna] Serwer stoi", "Nic nie działa.")
        self.assertEqual(len(self.desk.texts(ON_CALL_PHONE)), before + 1)


class Stop(world.SandboxTest):
    def person(self):
        found = self.desk.good("GET", "/api/v1/people", q=PHONE)["items"]
        self.assertEqual(len(found), 1)
        return found[0]

    def test_it_is_confirmed_once_shown_and_lifted_with_a_note(self):
        for text in ("STOP", " stop. ", "Stop!", "WYPISZ"):
            self.desk.sms(PHONE, text)
        self.assertEqual(len(self.desk.texts(PHONE)), 1)
        self.assertIn("START", self.desk.texts(PHONE)[0]["text"])
        self.assertEqual(self.desk.all_cases(), [])
        person = self.person()
        self.assertEqual(person["phones"], [PHONE])
        self.assertEqual([(one["phone"], one["note"]) for one in person["sms"]], [(PHONE, "")])
        self.assertIsNotNone(person["sms"][0]["stopped_at"])
        self.restart("kill")
        path = f"/api/v1/people/{person['id']}/allow-sms"
        self.assertEqual(self.desk.post(path, {"phone": PHONE}).status, 400)
        self.assertEqual(self.desk.post(path, {"phone": "+48601999999", "note": "x"}).status, 404)
        lifted = self.desk.good("POST", path, {"phone": "601 222 333", "note": "prosi o SMS, rozmowa 3 maja"})
        self.assertEqual(lifted["sms"], [{"phone": PHONE, "stopped_at": None, "lifted_by": "sandbox",
                                          "note": "prosi o SMS, rozmowa 3 maja"}])
        self.assertEqual(self.desk.post(path, {"phone": PHONE, "note": "x"}).status, 409)

    def test_in_a_sentence_it_is_a_report(self):
        for text in ("stop, serwer stoi", "POMOC"):
            self.desk.sms(PHONE, text)
        self.assertTrue(self.desk.all_cases())
        self.assertEqual(self.desk.good("GET", "/api/v1/people", q=PHONE)["items"][0]["sms"], [])

    def test_nothing_goes_to_a_stopped_number_and_its_state_says_why(self):
        self.desk.sms(PHONE, "Serwer stoi")
        self.desk.sms(PHONE, "STOP")
        case = self.only_case()
        self.assertIn("STOP", str(case["messages"]))
        self.desk.advance(200)
        self.assertEqual(len(self.desk.texts(PHONE)), 1, "only the confirmation")
        notices = self.desk.good("GET", "/api/v1/notices", state="failed")["items"]
        self.assertEqual([(n["kind"], n["to"], n["last_error"]) for n in notices],
                         [("missing_email", PHONE, f"{PHONE} has sent STOP: no SMS goes there")])
        self.assertIn("has sent STOP", str([e for e in self.desk.case(1)["journal"] if e["kind"] == "fate"]))
        # A critical one: somebody has to reach the client in another way.
        told = [m for m in self.desk.emails(ON_CALL) if "STOP" in m["text"]]
        self.assertEqual(len(told), 1)
        self.assertIn("Klient nieosiągalny", told[0]["subject"])
        refused = self.desk.post("/api/v1/cases/1/answer", {"text": "Działa.", "channels": ["sms"]})
        self.assertEqual(refused.status, 422)
        self.assertIn("STOP", refused.json["detail"])
        self.desk.sms(PHONE, "START")
        self.assertEqual(len(self.desk.texts(PHONE)), 2)
        self.desk.act(1, "answer", text="Działa.", channels=["sms"])
        self.assertEqual(len(self.desk.texts(PHONE)), 3)
        self.assertIsNone(self.person()["sms"][0]["stopped_at"])

    def test_help_says_who_we_are_once_an_hour(self):
        for _ in range(5):
            self.desk.sms(PHONE, "HELP")
        self.assertEqual(len(self.desk.texts(PHONE)), 1)
        self.assertIn("pomoc@wsparcie.example", self.desk.texts(PHONE)[0]["text"])
        self.desk.advance(3601)
        self.desk.sms(PHONE, "info")
        self.assertEqual(len(self.desk.texts(PHONE)), 2)

    def test_two_machines_come_to_rest(self):
        for _ in range(60):
            self.desk.sms(PHONE, "STOP")
            self.desk.sms(PHONE, "START")
        self.assertLessEqual(len(self.desk.texts(PHONE)), 20)
        self.desk.sms(PHONE, self.desk.texts(PHONE)[0]["text"])  # our own words come back: a report, no command
        self.assertEqual(len(self.desk.all_cases()), 1)

    def test_two_hejnals_that_text_each_other_come_to_rest(self):
        folder = self.folder / "other"
        folder.mkdir()
        other = self.start("--sandbox", "--data", folder, "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0", data=folder)
        ours, theirs = "+48611000001", "+48611000002"  # what each is known by to the other
        self.desk.sms(theirs, "Serwer stoi")
        heard = {ours: 0, theirs: 0}
        for _ in range(12):
            for desk, to, name, recipient in ((self.desk, theirs, ours, other), (other, ours, theirs, self.desk)):
                said = desk.texts(to)
                for sms in said[heard[to]:]:
                    recipient.sms(name, sms["text"])
                heard[to] = len(said)
            self.desk.advance(240)
            other.advance(240)
        self.assertLessEqual(sum(heard.values()), 6)
        before = dict(heard)
        self.assertEqual({theirs: len(self.desk.texts(theirs)), ours: len(other.texts(ours))}, before, "they are at rest")

    def test_an_sms_shows_its_segments(self):
        self.desk.sms(PHONE, "ż" * 71)
        message = self.only_case()["messages"][0]
        self.assertEqual((message["channel"], message["segments"]), ("sms", 2))


class Question(world.SandboxTest):
    def asked(self, sender=ANNA, subject="Drukarka"):
        self.desk.email(sender, subject, "Nie drukuje. Tel. 601222333\n-- \nAnna\ntel. 601 222 333")
        number = self.desk.all_cases()[-1]["number"]
        self.desk.act(number, "ask", text="Która drukarka?")
        return number

    def test_its_answer_joins_by_the_number(self):
        number = self.asked()
        self.desk.sms(PHONE, "Ta w księgowości")
        case = self.desk.case(number)
        self.assertEqual(case["state"], "working")
        self.assertEqual(case["step"], 1)
        joined = [m for m in case["messages"] if m["channel"] == "sms"][0]
        self.assertIn("our only open question", joined["join_reason"])
        self.assertEqual(len(self.desk.all_cases()), 1)

    def test_with_two_open_questions_it_is_for_a_person(self):
        one, two = self.asked(), self.asked(subject="Kasa fiskalna")
        self.assertNotEqual(one, two)
        self.desk.sms(PHONE, "Tak")
        case = self.desk.all_cases()[-1]
        self.assertEqual(sorted(case["candidates"]), [one, two])

    def test_an_announced_email_does_not_hide_in_it(self):
        number = self.asked()
        self.desk.sms(PHONE, "Wysłałam email, serwer stoi")
        self.assertEqual(self.desk.case(number)["state"], "waiting")
        self.assertTrue(self.desk.all_cases()[-1]["email_missing"])


class Gateways(test_sms.SmsTest):
    def test_a_missing_report_is_asked_for_and_nothing_is_sent_twice(self):
        for kind in ("smsapi", "twilio"):
            with self.subTest(kind):
                self.setUp()
                gateway, lines = getattr(self, kind)()
                self.configure(lines)
                self.serve()
                number = self.report()
                self.becomes(number, "handed_over")
                sent = len(gateway.requests)
                gateway.fate = "DELIVERED" if kind == "smsapi" else "delivered"
                # The question is due in half an hour; the database says when, so the clock need not run.
                self.desk.stop()
                self.hasten()
                self.serve()
                self.becomes(number, "delivered")
                self.assertEqual([one.method for one in gateway.requests[sent:]], ["GET"])
                self.desk.stop()

    def hasten(self):
        import sqlite3

        with sqlite3.connect(self.folder / "hejnal.db") as db:
            self.assertEqual(db.execute("UPDATE sms_handed SET ask_at = 1 WHERE ask_at IS NOT NULL").rowcount, 1)
        db.close()

    def test_after_a_crash_the_gateway_that_had_it_is_asked(self):
        first, one = self.smsapi()
        second, two = self.twilio()
        self.configure(one + two)
        self.serve()
        first.error = 103  # no credit, so that the second one gets it
        number = self.report()
        self.assertEqual(len(second.messages), 1)
        second.bend = ["slow"]
        self.answer(number)
        self.assertTrue(world.eventually(lambda: len(second.messages) == 2))
        self.desk.kill()
        first.error = 0  # it could take it now, and would not know that the other one has it
        self.serve()
        self.becomes(number, "handed_over")
        self.assertEqual(len(second.messages), 2)
        self.assertEqual(len(first.taken), 0)

    def test_the_budget_of_a_number_outlives_a_restart(self):
        gateway, lines = self.smsapi()
        self.configure(lines, more="\n[sms]\nper_number = 2\n")
        self.serve()
        self.report(subject="Jeden")
        self.report(subject="Dwa")
        self.desk.stop()
        self.serve()
        self.desk.good("POST", "/api/v1/cases", {"class": "routine", "subject": "Trzy", "text": "x",
                                                 "client": {"name": "Anna", "phone": test_sms.CLIENT}})
        self.assertTrue(world.eventually(lambda: "within an hour" in str(self.notices())))
        self.assertEqual(len(gateway.taken), 2)

    def test_a_replayed_call_with_other_words_is_refused_and_counted(self):
        _, lines = self.smsapi()
        self.configure(lines)
        self.serve()
        fields = {"sms_to": "48600000000", "sms_from": "48601234567", "sms_text": "Serwer nie działa", "sms_date": "1460978579",
                  "username": "u", "MsgId": "5"}
        self.assertEqual(call("POST", self.hook("smsapi", "in"), fields), (200, "OK"))
        self.assertEqual(call("POST", self.hook("smsapi", "in"), fields), (200, "OK"), "the gateway may repeat itself")
        for forged in ({"sms_text": "Już działa"}, {"sms_from": "48601999999"}):
            self.assertEqual(call("POST", self.hook("smsapi", "in"), {**fields, **forged})[0], 403)
        self.assertEqual(call("POST", self.hook("smsapi", "in", "0" * 32), fields)[0], 403)
        self.assertEqual(len(self.desk.all_cases()), 1)
        self.assertIn('hejnal_sms_refused_calls_total{gateway="smsapi"} 3', self.desk.get("/metrics").text)
        self.assertIn('hejnal_sms_received_total{gateway="smsapi"}', self.desk.get("/metrics").text)

    def test_twenty_parts_of_which_one_never_comes(self):
        import threading
        import urllib.request

        (self.folder / "kannel").write_text("kannel-password\n")
        self.configure(f"""
[[sms.gateway]]
name = "kannel"
kind = "kannel"
url = "http://127.0.0.1:1/cgi-bin/sendsms"
user = "hejnal"
password_file = "{self.folder}/kannel"
secret_file = "{self.folder}/secret"
""")
        self.serve()
        answers = []

        def bring(part):
            url = self.hook("kannel", "in") + f"?id=p{part}&from=48601234567&to=600000000"
            udh = "".join(f"%{byte:02X}" for byte in (5, 0, 3, 42, 20, part))
            request = urllib.request.Request(url, f"część{part} ".encode(), {
                "X-Kannel-UDH": udh, "Content-Type": 'text/plain; charset="UTF-8"'})
            with urllib.request.urlopen(request, timeout=60) as answer:
                answers.append(answer.status)

        threads = [threading.Thread(target=bring, args=(part,)) for part in range(20, 0, -1) if part != 7]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(answers, [200] * 19, "each is answered when all of it is stored")
        text = self.desk.case(1)["messages"][0]["text"]
        self.assertEqual(len(self.desk.all_cases()), 1)
        self.assertTrue(text.startswith("część1 część2 "), text)
        self.assertIn("część6 […]", text)
        self.assertTrue(text.rstrip().endswith("część20"), text)

    def test_twilio_has_answered_stop_itself(self):
        gateway, lines = self.twilio()
        self.configure(lines)
        self.serve()
        incoming = {"MessageSid": "SM77", "From": test_sms.CLIENT, "To": gateway.number, "Body": "STOP", "OptOutType": "STOP"}
        self.assertEqual(gateway.say(self.base, "/hooks/sms/twilio/in", incoming, test_sms.PUBLIC)[0], 200)
        person = self.desk.good("GET", "/api/v1/people", q=test_sms.CLIENT)["items"][0]
        self.assertIsNotNone(person["sms"][0]["stopped_at"])
        time.sleep(0.5)
        self.assertEqual(gateway.messages, [])

    def test_a_sender_that_is_a_name_cannot_be_answered_and_the_case_says_so(self):
        _, lines = self.plain()
        self.configure(lines)
        self.serve()
        self.assertEqual(call("POST", self.hook("plain", "in"), {"from": "ORANGE", "text": "Awaria", "id": "9"}), (200, ""))
        self.assertIn("cannot be answered by SMS", self.desk.case(1)["messages"][0]["join_reason"])
        refused = self.desk.post("/api/v1/cases/1/answer", {"text": "Tak.", "channels": ["sms"]})
        self.assertEqual(refused.status, 422)


if __name__ == "__main__":
    unittest.main()
