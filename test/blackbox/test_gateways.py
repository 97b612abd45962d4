"""What every SMS gateway has to stand, one kind after the other: an SMS that it brings twice, answers that are none, texts in
no encoding, a price that a crash must not lose, and how long an alert is of use."""

import threading
import time
import unittest
import urllib.parse

import sms_servers
import world
from sms_servers import call
from test_sms import CLIENT, PUBLIC, SECRET, SmsTest


class Kannel(sms_servers.Emulator):
    """smsbox, as far as sendsms goes: every parameter that it does not know is a complaint."""

    KNOWN = {"username", "password", "to", "text", "charset", "coding", "from", "priority", "dlr-mask", "dlr-url", "validity", "smsc"}

    def __init__(self):
        super().__init__()
        self.taken = []

    def answer(self, request):
        fields = request.query
        if set(fields) - self.KNOWN:
            self.complain(f"unknown parameters {set(fields) - self.KNOWN}")
        if (fields.get("username"), fields.get("password")) != ("hejnal", "kannel-password"):
            return 403, "text/html", b"Authorization failed for sendsms"
        if not fields.get("text") or fields.get("charset") != "UTF-8" or fields.get("coding") not in ("0", "2"):
            self.complain(f"text {fields}")
        if not 1 <= int(fields.get("validity", 1)) <= 30 * 24 * 60:
            self.complain("validity is counted in minutes")
        self.taken.append(fields)
        return 202, "text/html", b"0: Accepted for delivery"


class EveryKind(SmsTest):
    """One server with a gateway of each kind that speaks HTTP; which one is asked first says `first`."""

    def gateways(self, first=None):
        self.kannel_box = self.emulator(Kannel())
        smsapi_box, smsapi = self.smsapi()
        twilio_box, twilio = self.twilio()
        plain_box, plain = self.plain()
        kannel = self.table("kannel", "kannel", "kannel-password", url=f"{self.kannel_box.url}/cgi-bin/sendsms", user="hejnal", timeout_s=2)
        self.boxes = {"kannel": self.kannel_box, "smsapi": smsapi_box, "twilio": twilio_box, "plain": plain_box}
        lines = {"kannel": kannel, "smsapi": smsapi, "twilio": twilio, "plain": plain}
        if first:
            return lines[first]
        return "".join(lines.values()) + self.table("modem", "gammu", spool=str(self.folder))

    def given(self, box):
        taken = getattr(box, "taken", None)
        return len(box.messages if taken is None else taken)

    def bring(self, kind, text="Serwer nie działa", ident="7", sender="48601234567"):
        """An SMS comes in, as this kind of gateway brings it."""
        if kind == "twilio":
            fields = {"MessageSid": f"SM{ident}", "From": "+" + sender, "To": "+48799000000", "Body": text}
            return self.boxes["twilio"].say(self.base, "/hooks/sms/twilio/in", fields, PUBLIC)[0]
        fields = {
            "kannel": {"id": ident, "from": "+" + sender, "to": "600000000", "text": text, "charset": "UTF-8"},
            "smsapi": {"sms_from": sender, "sms_to": "48600000000", "sms_text": text, "sms_date": "1460978579", "MsgId": ident},
            "plain": {"from": sender, "text": text, "id": ident},
            "modem": {"from": "+" + sender, "text": text, "id": ident},
        }[kind]
        return call("GET" if kind == "kannel" else "POST", self.hook(kind, "in"), fields)[0]


class BroughtTwice(EveryKind):
    def test_it_is_one_sms_and_the_second_delivery_is_recorded(self):
        self.configure(self.gateways())
        self.serve()
        for number, kind in enumerate(("kannel", "smsapi", "twilio", "plain", "modem")):
            with self.subTest(kind):
                sender = f"4860123456{number}"
                for _ in range(3):
                    self.assertEqual(self.bring(kind, sender=sender), 200)
                cases = [one for one in self.desk.all_cases() if one["client"]["phone"] == f"+{sender}"]
                self.assertEqual(len(cases), 1)
                came = [one for one in self.desk.case(cases[0]["number"])["messages"] if one["direction"] == "in"]
                self.assertEqual([one["deliveries"] for one in came], [3])
                self.assertIsNotNone(came[0]["delivered_again_at"])

    def test_a_changed_repeat_is_refused(self):
        self.configure(self.gateways())
        self.serve()
        for kind in ("kannel", "smsapi", "twilio", "plain"):
            with self.subTest(kind):
                self.assertEqual(self.bring(kind), 200)
                self.assertEqual(self.bring(kind, text="1"), 403)
                self.assertEqual(self.bring(kind, sender="48600000001"), 403, "nobody becomes the person on call by a replay")


class OddAnswers(EveryKind):
    """HTML, 500, half an answer, none, or one that comes too late: nobody knows, and nothing goes twice."""

    def odd(self, kind, recognises):
        self.configure(self.gateways(first=kind))
        self.serve()
        box = self.boxes[kind]
        for number, bend in enumerate(("html", "500", "cut", "drop", "slow")):
            with self.subTest(f"{kind} {bend}"):
                phone = f"+4860123450{number}"
                case = self.report(phone=phone, subject=bend)
                before = self.given(box)
                box.bend = [bend]
                self.answer_to(case, phone)
                once = not recognises and bend in ("cut", "drop", "slow", "500")
                going = ("handing_over", "", "queued") if once else ("handing_over", "")
                self.assertTrue(world.eventually(lambda: self.state(case, phone) not in going), self.notices())
                time.sleep(0.3)
                state = self.state(case, phone)
                if once:
                    # A body of a few bytes cut in half is still the status that says everything.
                    self.assertIn(state, ("unknown", "handed_over") if bend == "cut" else ("unknown",))
                self.assertNotIn(state, ("delivered", "failed"))
                if not (kind == "kannel" and bend == "cut"):
                    self.assertLessEqual(self.given(box), before + 1, "not twice")

    def answer_to(self, case, phone):
        before = len(self.outgoing(case, to=phone))
        self.desk.act(case, "answer", text="Już działa.", channels=["sms"])
        self.assertTrue(world.eventually(lambda: len(self.outgoing(case, to=phone)) > before))

    def test_kannel(self):
        self.odd("kannel", recognises=False)

    def test_any_other(self):
        self.odd("plain", recognises=False)

    def test_twilio(self):
        self.odd("twilio", recognises=True)


class Encodings(EveryKind):
    def setUp(self):
        super().setUp()
        self.configure(self.gateways())
        self.serve()

    def kannel(self, ident, raw, charset):
        query = urllib.parse.urlencode({"id": ident, "from": CLIENT, "to": "600000000", "charset": charset})
        return call("GET", f"{self.hook('kannel', 'in')}?{query}&text={urllib.parse.quote_from_bytes(raw)}")[0]

    def test_bytes_of_no_encoding_are_kept_as_far_as_they_can_be_read(self):
        rows = (
            (b"Stoi serwer \xb3\xf3", "UTF-8", "Stoi serwer"),                        # Latin-2, declared as UTF-8
            ("Zażółć".encode("utf-16-be"), "UTF-16BE", "Zażółć"),                      # no mark
            ("Zażółć".encode("utf-16-be") + b"\x00", "UTF-16BE", "Zażółć"),             # half a letter too many
            (b"\xd8\x00\x00A", "UTF-16BE", "A"),                                      # half of an emoji
            (b"\x00S\xdc\x00\xd8\x00", "UTF-16BE", "S"),                              # both halves, the wrong way round
            (b"caf\xe9", "WINDOWS-1252", "café"),
            (b"\xed\xa0\x80 serwer", "UTF-8", "serwer"),                              # a surrogate in UTF-8
            (b"zero\x00 serwer", "UTF-8", "serwer"),
            (b"\xff\xfe", "no-such-charset", ""),
        )
        for number, (raw, charset, expected) in enumerate(rows):
            with self.subTest(f"{raw} {charset}"):
                self.assertEqual(self.kannel(f"e{number}", raw, charset), 200)
                text = self.texts_of(f"kannel:e{number}", number)
                self.assertIn(expected, text)
                text.encode("utf-8")

    def texts_of(self, _, number):
        found = sorted((m["id"], m["text"]) for c in self.desk.all_cases() for m in self.desk.case(c["number"])["messages"]
                       if m["direction"] == "in")
        self.assertEqual(len(found), number + 1, "each has become a message")
        return found[-1][1]

    def test_json_and_forms_that_are_none(self):
        for body, kind in ((b"{", "application/json"), (b"[]", "application/json"), (b"\xff", "application/json"),
                           (b"%zz=%", "application/x-www-form-urlencoded"), (b"", "application/json")):
            request = self.desk.connect()
            request.request("POST", f"/hooks/sms/plain/{SECRET}/in", body, {"Content-Type": kind})
            self.assertEqual(request.getresponse().status, 400, body)
            request.close()
        self.assertEqual(self.desk.all_cases(), [])
        self.assertEqual(self.desk.get("/api/v1/health", token=None).status, 200)

    def test_senders_in_every_notation(self):
        for number, sender in enumerate(("48601234567", "+48 601 234 567", "0048601234567", "601-234-567", "601\u00a0234\u00a0567")):
            fields = {"from": sender, "text": "Nadal nie działa", "id": f"n{number}"}
            self.assertEqual(call("POST", self.hook("plain", "in"), fields)[0], 200)
        self.assertEqual({one["client"]["phone"] for one in self.desk.all_cases()}, {CLIENT})
        self.assertEqual(call("POST", self.hook("plain", "in"), {"from": "ORANGE", "text": "Twoja faktura", "id": "x"})[0], 200)
        case = [one for one in self.desk.all_cases() if one["client"]["phone"] == "ORANGE"][0]
        self.assertIn("cannot", str(self.desk.case(case["number"])["journal"]))


class Secrets(EveryKind):
    def test_many_wrong_ones_are_refused_and_counted(self):
        self.configure(self.gateways())
        self.serve()
        for guess in range(200):
            self.assertEqual(call("POST", self.hook("plain", "in", f"{guess:032x}"), {"from": "600000001", "text": "2"})[0], 403)
        self.assertIn("200 calls were not believed", self.health("plain")["detail"])
        self.assertEqual(self.desk.all_cases(), [])


class OfUse(EveryKind):
    def test_an_alert_is_worth_an_hour(self):
        for kind, read in (("kannel", lambda box: int(box.taken[-1]["validity"]) * 60),
                           ("twilio", lambda box: int(urllib.parse.parse_qs(box.requests[-1].body.decode())["ValidityPeriod"][0])),
                           ("smsapi", lambda box: int(list(box.taken.values())[-1]["expiration_date"]) - time.time())):
            with self.subTest(kind):
                self.configure(self.gateways(first=kind))
                self.serve()
                try:
                    sender = {"kannel": "48601234567", "twilio": "48602234567", "smsapi": "48603234567"}[kind]  # somebody else each time: a case, and an alert
                    self.assertEqual(self.bring(kind, sender=sender, ident=f"of-use-{kind}"), 200)
                    self.assertTrue(world.eventually(lambda: self.given(self.boxes[kind])), self.notices())
                    self.assertTrue(3400 < read(self.boxes[kind]) <= 3601, read(self.boxes[kind]))
                finally:
                    self.desk.stop()


class MoneyAfterAKill(SmsTest):
    def test_a_kill_loses_no_price(self):
        gateway, lines = self.smsapi(price=10, monthly_cap=1000)
        self.configure(lines)
        self.serve()
        number = self.report()
        self.assertTrue(world.eventually(lambda: "0.10 spent" in self.health("smsapi")["detail"]))
        gateway.bend = ["slow"]
        self.answer(number)
        self.assertTrue(world.eventually(lambda: len(gateway.taken) == 2))
        self.desk.kill()  # the SMS has left, its answer has not come
        self.serve()
        self.becomes(number, "handed_over")
        self.assertEqual(len(gateway.taken), 2)
        self.assertIn("0.20 spent", self.health("smsapi")["detail"])


if __name__ == "__main__":
    unittest.main()
