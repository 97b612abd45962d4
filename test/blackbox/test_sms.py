"""SMS by HTTP gateways: SMSAPI, Twilio, any other; in order of preference, with what can go wrong on the way."""

import concurrent.futures
import json
import time
import unittest

import sms_servers
import world
from sms_servers import call
from world import ON_CALL_PHONE

CLIENT = "+48601234567"
SECRET = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://pomoc.firma.example"


class SmsTest(world.FolderTest):
    def setUp(self):
        super().setUp()
        self.config = self.folder / "hejnal.toml"
        self.port = world.free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        (self.folder / "secret").write_text(SECRET + "\n")

    def emulator(self, one):
        self.addCleanup(one.stop)
        self.addCleanup(lambda: self.assertEqual(one.complaints, []))
        return one

    def configure(self, gateways, more=""):
        self.config.write_text(world.settings(self.folder, desk='sms_number = "+48600000000"\n', http=f"127.0.0.1:{self.port}",
                                              end=more + gateways), "utf-8")

    def table(self, name, kind, password=None, secret=True, **keys):
        """A table of the configuration; what is secret has a file of its own."""
        if password is not None:
            keys["password_file"] = f"{self.folder}/{name}.password"
            (self.folder / f"{name}.password").write_text(password + "\n")
        if secret:
            keys["secret_file"] = f"{self.folder}/secret"
        lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in {"name": name, "kind": kind, **keys}.items())
        return "\n[[sms.gateway]]\n" + "".join(lines)

    def smsapi(self, name="smsapi", **more):
        emulator = self.emulator(sms_servers.Smsapi())
        return emulator, self.table(name, "smsapi", emulator.token, url=f"{emulator.url}/sms.do", **{
            "from": "Firma", "timeout_s": 2, **more})

    def twilio(self):
        emulator = self.emulator(sms_servers.Twilio())
        return emulator, self.table("twilio", "twilio", emulator.token, secret=False, url=emulator.url, user=emulator.sid, **{
            "from": emulator.number, "timeout_s": 2})

    def plain(self):
        emulator = self.emulator(sms_servers.Plain())
        return emulator, self.table(
            "plain", "http", "plain password", url=f"{emulator.url}/send", timeout_s=2, success="queued",
            body='{"to":"{number}","text":"{text}","ref":"{id}"}',
            headers=["Content-Type: application/json", "X-Key: {password}"])

    def serve(self):
        self.desk = self.start("--config", self.config, token_file=self.folder / "token")
        return self.desk

    def report(self, phone=CLIENT, text="Nie drukuje.", subject="Drukarka"):
        """A case of a client of whom only the number is known; gives its number when its receipt has left by SMS."""
        number = self.desk.good("POST", "/api/v1/cases", {"class": "routine", "subject": subject, "text": text,
                                                          "client": {"name": "Anna", "phone": phone}})["number"]
        self.assertTrue(world.eventually(lambda: self.state(number, phone) not in ("", "queued", "handing_over")), self.notices())
        return number

    def last_text(self, number, to=CLIENT):
        return self.outgoing(number, to=to)[-1]["text"]

    def answer(self, number, text="Już działa."):
        before = len(self.outgoing(number))
        self.desk.act(number, "answer", text=text, channels=["sms"])
        self.assertTrue(world.eventually(lambda: len(self.outgoing(number)) > before or not before))

    def outgoing(self, number, kind="sms", to=CLIENT):
        return [one for one in self.desk.case(number)["messages"]
                if one["direction"] == "out" and one["channel"] == kind and one["to"] == to]

    def state(self, number, to=CLIENT):
        found = self.outgoing(number, to=to)
        return found[-1]["state"] if found else ""

    def becomes(self, number, state, to=CLIENT, longest_s=20):
        reached = world.eventually(lambda: self.state(number, to) == state, longest_s)
        self.assertTrue(reached, f"{self.state(number, to)} instead of {state}: {self.notices()}")

    def notices(self):
        return self.desk.good("GET", "/api/v1/notices")

    def texts(self):
        """What clients' SMS say, of all cases."""
        return [m["text"] for c in self.desk.all_cases() for m in self.desk.case(c["number"])["messages"]
                if m["direction"] == "in" and m["channel"] == "sms"]

    def health(self, name):
        channels = self.desk.get("/api/v1/health").json["channels"]
        return next(one for one in channels if one["name"] == f"sms {name}")

    def hook(self, name, what, secret=SECRET):
        return f"{self.base}/hooks/sms/{name}/{secret}/{what}" if secret else f"{self.base}/hooks/sms/{name}/{what}"


class Smsapi(SmsTest):
    def setUp(self):
        super().setUp()
        self.gateway, lines = self.smsapi()
        self.configure(lines)
        self.serve()

    def test_an_answer_goes_out_and_its_delivery_comes_back(self):
        number = self.report()
        self.assertIn(f"sprawa {number}", self.last_text(number))  # the receipt, in one segment
        self.assertEqual(sms_servers.segments(self.last_text(number)), 1)
        self.answer(number)
        self.becomes(number, "handed_over")
        key, sent = list(self.gateway.taken.items())[-1]
        self.assertIn("Już działa.", sent["message"])  # fits in a segment, so its letters stay
        self.assertEqual(sent["notify_url"], f"{PUBLIC}/hooks/sms/smsapi/{SECRET}/report")
        report = {"MsgId": "1", "idx": key, "status": "404", "status_name": "DELIVERED", "donedate": "1", "to": sent["to"]}
        self.assertEqual(call("GET", self.hook("smsapi", "report"), report), (200, "OK"))
        self.becomes(number, "delivered")
        # The same once more, and one that came late: nothing changes.
        entries = len(self.desk.case(number)["journal"])
        self.assertEqual(call("GET", self.hook("smsapi", "report"), report), (200, "OK"))
        self.assertEqual(call("GET", self.hook("smsapi", "report"), {**report, "status": "403"}), (200, "OK"))
        self.assertEqual(call("GET", self.hook("smsapi", "report"), {**report, "status": "405"}), (200, "OK"))
        self.assertEqual(len(self.desk.case(number)["journal"]), entries)
        self.assertEqual(self.state(number), "delivered")

    def test_several_reports_in_one_call(self):
        numbers = [self.report(phone=f"+4860123456{i}") for i in range(3)]
        for i, number in enumerate(numbers):
            self.desk.act(number, "answer", text="Już działa.", channels=["sms"])
            self.becomes(number, "handed_over", to=f"+4860123456{i}")
        keys = {sent["to"]: key for key, sent in self.gateway.taken.items()}  # of the answers: they were the last
        report = {"MsgId": "1,2,3", "status": "404,407,410", "status_name": "DELIVERED,REJECTD,ACCEPTD",
                  "idx": ",".join(keys[f"4860123456{i}"] for i in range(3))}
        self.assertEqual(call("GET", self.hook("smsapi", "report"), report), (200, "OK"))
        self.becomes(numbers[0], "delivered", to="+48601234560")
        self.becomes(numbers[1], "failed", to="+48601234561")
        self.becomes(numbers[2], "handed_over", to="+48601234562")
        # An answer that did not arrive is owed again.
        self.assertEqual(self.desk.case(numbers[1])["state"], "working")

    def test_an_sms_opens_a_case_once(self):
        fields = {"sms_to": "48600000000", "sms_from": "48601234567", "sms_text": "Serwer nie działa", "sms_date": "1460978579",
                  "username": "u", "MsgId": "5"}
        for method in ("POST", "GET", "POST"):
            self.assertEqual(call(method, self.hook("smsapi", "in"), fields), (200, "OK"))
        cases = self.desk.all_cases()
        self.assertEqual(len(cases), 1)
        self.assertEqual(cases[0]["client"]["phone"], CLIENT)
        self.assertTrue(cases[0]["email_missing"])
        # The person on call is told by SMS.
        self.assertTrue(world.eventually(lambda: any(one["to"] == "48600000001" for one in self.gateway.taken.values())))
        # ... and answers it with "1".
        self.assertEqual(call("POST", self.hook("smsapi", "in"), {**fields, "sms_from": "48600000001", "sms_text": " 1 ",
                                                                  "MsgId": "6"}), (200, "OK"))
        self.assertEqual(self.desk.case(cases[0]["number"])["state"], "read")

    def test_strangers_are_not_believed(self):
        fields = {"sms_from": "48601234567", "sms_text": "x", "MsgId": "5"}
        for secret in ("", "0" * 32, SECRET[:-1], SECRET + "0"):
            self.assertIn(call("POST", self.hook("smsapi", "in", secret), fields)[0], (403, 404), secret)
        self.assertEqual(call("POST", self.base + "/hooks/sms/other/x/in", fields)[0], 404)
        self.assertEqual(call("POST", self.hook("smsapi", "elsewhere"), fields)[0], 404)
        self.assertEqual(call("POST", self.hook("smsapi", "in"), {"sms_text": "nobody"})[0], 400)
        self.assertEqual(call("GET", self.hook("smsapi", "report"), {"idx": "a,b", "status": "404"})[0], 400)
        self.assertEqual(self.desk.all_cases(), [])
        self.assertIn("were not believed", self.health("smsapi")["detail"])

    def test_a_wrong_number_is_told_at_once(self):
        number = self.report(phone="+491701234567")  # the emulator takes Polish numbers only: error 13
        self.answer(number)
        self.becomes(number, "failed", to="+491701234567")

    def test_no_credit_is_ours_to_mend(self):
        number = self.report()
        self.gateway.credit = 0
        self.answer(number)
        self.assertTrue(world.eventually(lambda: self.health("smsapi")["state"] == "failing"))
        self.assertIn("no credit", self.health("smsapi")["detail"])
        self.becomes(number, "queued")

    def test_an_odd_answer_is_asked_for_again_and_nothing_is_sent_twice(self):
        for bend in ("html", "500", "cut", "drop", "slow"):
            with self.subTest(bend):
                number = self.report(subject=bend)
                self.gateway.bend = [bend]
                before = len(self.gateway.taken)
                self.answer(number)
                self.assertTrue(world.eventually(lambda: self.health("smsapi")["state"] != "ok"))
                self.becomes(number, "queued")
                self.assertLessEqual(len(self.gateway.taken), before + 1)

    def test_after_a_crash_the_same_idx_goes_again(self):
        number = self.report()
        self.gateway.bend = ["slow"]
        self.answer(number)
        self.assertTrue(world.eventually(lambda: len(self.gateway.taken) == 2))
        self.desk.kill()
        self.serve()
        self.becomes(number, "handed_over")
        self.assertEqual(len(self.gateway.taken), 2)
        self.assertEqual(len(self.gateway.requests), 3)
        self.assertIn("it had been taken before", str(self.notices()))


class Twilio(SmsTest):
    def setUp(self):
        super().setUp()
        self.gateway, lines = self.twilio()
        self.configure(lines)
        self.serve()

    def test_the_emulator_signs_as_twilio_does(self):
        self.assertEqual(self.gateway.test_vectors(), "RSOYDt4T1cUTdK1PDd93/VVr8B8=")

    def test_both_ways_with_signatures(self):
        number = self.report()
        self.answer(number)
        self.becomes(number, "handed_over")
        callback = self.gateway.messages[-1]["callback"]
        self.assertTrue(callback.startswith(PUBLIC + "/hooks/sms/twilio/report?key=hejnal."), callback)
        path = callback[len(PUBLIC):]
        fields = {"MessageSid": self.gateway.messages[-1]["sid"], "MessageStatus": "delivered", "To": CLIENT}
        for bad in ("", "x", self.gateway.signature(PUBLIC + path + "&x=1", fields)):
            self.assertEqual(self.gateway.say(self.base, path, fields, PUBLIC, signature=bad)[0], 403)
        self.assertEqual(self.gateway.say(self.base, path, fields, self.base)[0], 403)  # not the public address
        self.assertEqual(self.state(number), "handed_over")
        # What is on its way comes after what has arrived.
        self.assertEqual(self.gateway.say(self.base, path, fields, PUBLIC)[0], 204)
        self.assertEqual(self.gateway.say(self.base, path, {**fields, "MessageStatus": "sent"}, PUBLIC)[0], 204)
        self.becomes(number, "delivered")

        incoming = {"MessageSid": "SM77", "From": CLIENT, "To": self.gateway.number, "Body": "Nadal nie działa 😀", "NumMedia": "0"}
        for _ in range(2):
            self.assertEqual(self.gateway.say(self.base, "/hooks/sms/twilio/in", incoming, PUBLIC), (200, "<Response/>"))
        self.assertEqual(self.texts(), ["Nadal nie działa 😀"])
        self.assertEqual(self.gateway.say(self.base, "/hooks/sms/twilio/in", {**incoming, "AccountSid": "AC9"}, PUBLIC)[0], 403)

    def test_who_has_opted_out_is_told_apart(self):
        number = self.report()
        self.gateway.error = (400, 21610)
        self.answer(number)
        self.becomes(number, "failed")
        self.assertIn("opted out", str(self.desk.case(number)["journal"]))

    def test_after_a_crash_it_is_looked_up(self):
        number = self.report()
        self.gateway.bend = ["slow"]
        self.answer(number)
        self.assertTrue(world.eventually(lambda: len(self.gateway.messages) == 2))
        self.desk.kill()
        self.serve()
        self.becomes(number, "handed_over")
        self.assertEqual(len(self.gateway.messages), 2)
        self.assertEqual([one.method for one in self.gateway.requests], ["POST", "POST", "GET"])


class Parts(SmsTest):
    def setUp(self):
        super().setUp()
        self.configure(self.table("kannel", "kannel", "kannel-password", url="http://127.0.0.1:1/cgi-bin/sendsms", user="hejnal"))
        self.serve()

    def part(self, number, total, text):
        """Brings one part by Kannel's post-url; gives the status, also when it comes late."""
        request = self.desk.connect()
        try:
            request.request("POST", f"/hooks/sms/kannel/{SECRET}/in?id=part-{number}", text.encode(),
                            {"X-Kannel-From": CLIENT, "X-Kannel-To": "+48600000000", "Content-Type": "text/plain; charset=UTF-8",
                             "X-Kannel-UDH": f"%05%00%03%2A%{total:02X}%{number:02X}"})
            return request.getresponse().status
        except OSError as error:
            return repr(error)
        finally:
            request.close()

    def test_one_that_waits_for_the_other_is_kept_and_answered_at_the_end(self):
        with concurrent.futures.ThreadPoolExecutor() as gateway:
            first = gateway.submit(self.part, 1, 2, "Od rana nie działa nam serwer")
            self.assertTrue(world.eventually(lambda: "1 received" in self.health("kannel")["detail"]))
            self.assertEqual(self.desk.stop(), 0)
            self.assertEqual(first.result(), 200)  # else it came again, with an id that the desk knows already
        self.serve()
        self.assertEqual(self.texts(), ["Od rana nie działa nam serwer[…]"])


class AnyHttp(SmsTest):
    def test_by_a_template_both_ways(self):
        gateway, lines = self.plain()
        self.configure(lines)
        self.serve()
        number = self.report()
        self.answer(number, 'Już "działa" {text}\nna pewno')
        self.becomes(number, "handed_over")
        self.assertEqual(gateway.taken[-1]["to"], "48601234567")
        self.assertIn('Już "działa" {text}\nna pewno', gateway.taken[-1]["text"])
        status, body = call("GET", self.hook("plain", "report"), {"key": gateway.taken[-1]["ref"], "status": "delivered"})
        self.assertEqual((status, body), (200, ""))
        self.becomes(number, "delivered")
        self.assertEqual(call("POST", self.hook("plain", "in"), {"from": "ORANGE", "text": "Promocja", "id": "9"}), (200, ""))
        self.assertEqual(self.desk.all_cases()[-1]["client"]["phone"], "ORANGE")

    def test_without_an_idempotency_key_a_lost_answer_is_for_a_person(self):
        gateway, lines = self.plain()
        self.configure(lines)
        self.serve()
        number = self.report()
        gateway.bend = ["drop"]
        self.answer(number)
        self.becomes(number, "unknown")
        time.sleep(1)
        self.assertEqual(len(gateway.taken), 2)


class Several(SmsTest):
    def setUp(self):
        super().setUp()
        self.first, one = self.smsapi()
        self.second, two = self.plain()
        self.configure(one + two)
        self.serve()

    def test_the_next_one_takes_over_and_says_why(self):
        number = self.report()
        self.first.error = 103
        self.answer(number)
        self.becomes(number, "handed_over")
        self.assertEqual(len(self.second.taken), 1)
        self.assertEqual(self.health("smsapi")["state"], "degraded")
        self.assertEqual(self.health("plain")["state"], "ok")
        self.assertIn("plain took it, because smsapi: the account has no credit", str(self.notices()))
        self.assertIn("no credit", (self.folder / "stderr").read_text())

    def test_an_alert_goes_by_the_next_when_nobody_knows(self):
        self.first.bend = ["cut"]
        self.assertEqual(call("POST", self.hook("smsapi", "in"), {"sms_from": "48601234567", "sms_text": "Serwer stoi",
                                                                  "MsgId": "5"}), (200, "OK"))
        self.assertTrue(world.eventually(lambda: [one for one in self.second.taken if one["to"] == ON_CALL_PHONE[1:]]))


class Money(SmsTest):
    def test_the_monthly_cap_warns_and_holds_over_a_restart(self):
        gateway, lines = self.smsapi(price=10, monthly_cap=40)
        self.configure(lines)
        self.serve()
        number = self.report()
        for i in range(4):
            self.assertTrue(world.eventually(lambda: len(gateway.taken) >= i + 1), self.notices())
            if i < 3:
                self.answer(number, f"Odpowiedź {i}")
        self.assertTrue(world.eventually(lambda: "0.40 spent this month of 0.40" in self.health("smsapi")["detail"]))
        self.assertEqual(self.health("smsapi")["state"], "degraded")
        self.desk.stop()
        self.serve()
        self.assertIn("0.40 spent this month of 0.40", self.health("smsapi")["detail"])
        self.answer(number, "Jeszcze jedna")
        self.assertTrue(world.eventually(lambda: "monthly cap of 0.40 is reached" in str(self.notices())))
        self.assertEqual(len(gateway.taken), 4)


class Checking(SmsTest):
    def check(self, lines):
        self.configure(lines)
        return world.run("check", "--config", self.config)

    def test_every_mistake_is_explained(self):
        _, good = self.smsapi()
        self.assertEqual(self.check(good).returncode, 0)
        for bad, words in (
            (good.replace("secret_file", "secret"), "sms.gateway.secret"),
            (good.replace(f"{self.folder}/secret", "/nowhere/secret"), "/nowhere/secret"),
            (good.replace("smsapi.password", "no-token"), "no-token"),
            (good.replace('"smsapi"', '"pigeon"', 2), "pigeon"),
            ("[sms]\nper_number = 0\n" + good, "sms.per_number"),
        ):
            with self.subTest(words):
                done = self.check(bad)
                self.assertEqual(done.returncode, 78, done.stderr)
                self.assertIn(words, done.stderr)
        (self.folder / "secret").write_text("short\n")
        done = self.check(good)
        self.assertEqual(done.returncode, 78)
        self.assertIn("openssl rand", done.stderr)

    def test_a_test_sms_leaves_by_each_gateway(self):
        first, one = self.smsapi()
        second, two = self.plain()
        self.configure(one + two)
        done = world.run("check", "--config", self.config, "--live", "--sms", "601 234 567")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([sent["to"] for sent in first.taken.values()], ["48601234567"])
        self.assertEqual([sent["to"] for sent in second.taken], ["48601234567"])
        first.error = 103
        done = world.run("check", "--config", self.config, "--live", "--sms", "+48601234567")
        self.assertEqual(done.returncode, 78)
        self.assertIn("smsapi did not take the SMS: the account has no credit", done.stderr)
        self.assertIn("plain has taken the SMS", done.stdout)
        self.assertEqual(world.run("check", "--config", self.config, "--live", "--sms", "12").returncode, 64)
        self.assertEqual(world.run("check", "--config", self.config, "--sms", "+48601234567").returncode, 64)


if __name__ == "__main__":
    unittest.main()
