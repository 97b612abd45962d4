"""SMS by a real Kannel: bearerbox, smsbox, and a fake SMSC on loopback. Both ways, delivery reports, UCS-2, long texts."""

import re
import unittest

import sms_servers
import world
from sms_servers import call
from test_sms import CLIENT, SmsTest

LONG = "Dzień dobry, od rana nie działa nam serwer plików ani drukarka na pierwszym piętrze. " * 3


class Kannel(SmsTest, sms_servers.KannelTest):
    def setUp(self):
        super().setUp()
        self.choose_ports()

    def hejnal(self):
        self.configure(self.table("kannel", "kannel", "kannel-password", url=self.sendsms, user="hejnal", callback=self.base,
                                    timeout_s=5, **{"from": "600000000"}))
        self.serve()

    def url(self, kind="get-url"):
        hook = self.hook("kannel", "in")
        if kind == "post-url":
            return f'post-url = "{hook}?id=%I&from=%p&to=%P"'
        return f'get-url = "{hook}?id=%I&from=%p&to=%P&text=%b&charset=%C&ts=%T"'

    def comes(self, *texts, longest_s=20):
        there = world.eventually(lambda: len(self.texts()) >= len(texts), longest_s)
        self.assertTrue(there, f"{self.texts()}\n{(self.folder / 'kannel/smsbox.log').read_text('utf-8', 'replace')[-3000:]}")
        self.assertEqual(sorted(self.texts()), sorted(texts))

    def test_an_sms_comes_in_and_its_answer_is_delivered(self):
        self.hejnal()
        self.kannel(self.url())
        self.phone_sends("Serwer nie dziala, tel. 601 & 602")
        self.comes("Serwer nie dziala, tel. 601 & 602")
        case = self.desk.all_cases()[0]
        self.assertEqual(case["client"]["phone"], CLIENT)
        # fakesmsc ends when it has sent; another one takes what the desk says, and reports its delivery.
        self.phone_network()
        number = case["number"]
        self.answer(number, "Juz dziala [ok]")
        reached = world.eventually(lambda: self.state(number) in ("handed_over", "delivered"))
        self.assertTrue(reached, self.notices())
        self.becomes(number, "delivered")
        sent = self.operator_was_given()
        self.assertTrue([one for one in sent if "[to:+48601234567]" in one and "Juz dziala [ok]" in one], sent)
        # The person on call was told by the same way.
        self.assertTrue([one for one in sent if "[to:+48600000001]" in one], sent)

    def test_ucs2_and_long_texts_come_in_whole(self):
        self.hejnal()
        self.kannel(self.url())
        self.phone_sends_ucs2("Zażółć gęślą jaźń 😀")
        self.comes("Zażółć gęślą jaźń 😀")
        self.parts(LONG)
        self.comes("Zażółć gęślą jaźń 😀", LONG)

    def parts(self, text, order=None):
        """A long SMS as a telephone sends it: parts of 67 units with a header."""
        pieces = [text[i:i + 67] for i in range(0, len(text), 67)]
        for i in order or range(len(pieces)):
            self.phone_sends_ucs2(pieces[i], udh=bytes([5, 0, 3, 0xCC, len(pieces), i + 1]))
        return len(pieces)

    def test_parts_that_kannel_does_not_join_are_joined_here(self):
        self.hejnal()
        self.kannel(self.url("post-url"), combine="false", recode="false")
        self.parts(LONG, order=[2, 0, 3, 1, 1])
        self.comes(LONG)
        self.phone_sends_ucs2("Krótki", sender="48601234568")
        self.comes(LONG, "Krótki")

    def test_an_answer_in_polish_leaves_as_ucs2_in_parts_with_one_report(self):
        self.hejnal()
        self.kannel(self.url())
        self.phone_network()
        number = self.report()
        text = "Zażółć 😀 " * 18
        self.answer(number, text)
        self.becomes(number, "delivered")
        whole = self.last_text(number)
        self.assertIn(whole.encode("utf-16-be").hex().upper(), self.operator_was_given()[-1])
        log = (self.folder / "kannel/bearerbox.log").read_text("utf-8", "replace")
        # The receipt's one segment, and those of the answer.
        self.assertEqual(log.count("smsc_fake: sending message to client"), 1 + sms_servers.segments(whole))

    def test_a_wrong_password_is_ours_to_mend(self):
        self.hejnal()
        self.kannel(self.url())
        self.phone_network()
        number = self.report()
        (self.folder / "kannel.password").write_text("wrong\n")
        self.desk.stop()
        self.serve()
        self.answer(number)
        self.assertTrue(world.eventually(lambda: "does not know this user" in self.health("kannel")["detail"]))
        self.becomes(number, "queued")

    def test_while_hejnal_is_down_kannel_keeps_the_sms(self):
        self.hejnal()
        self.desk.stop()
        self.kannel(self.url())
        self.phone_sends("Czy ktos tam jest?")
        log = self.folder / "kannel/smsbox.log"
        self.assertTrue(world.eventually(lambda: re.search(r"[Rr]etrying|retry", log.read_text("utf-8", "replace"))))
        self.serve()
        self.comes("Czy ktos tam jest?")

    def test_kannel_is_not_running(self):
        self.hejnal()
        number = self.desk.good("POST", "/api/v1/cases", {"class": "routine", "subject": "a", "text": "b",
                                                          "client": {"phone": CLIENT}})["number"]
        self.assertTrue(world.eventually(lambda: "no connection" in self.health("kannel")["detail"]))
        self.becomes(number, "queued")


if __name__ == "__main__":
    unittest.main()
