"""Which case a message belongs to, and what never joins."""

import unittest

import world
from world import ANNA, DAY, HOUR


class ThreadTest(world.SandboxTest):
    def setUp(self):
        super().setUp()
        self.desk.email(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje faktur.")
        self.receipt = self.desk.emails(to=ANNA)[0]
        self.case = self.desk.case(1)
        self.tag = f"[#1 {self.case['short_code']}]"

    def count(self):
        return len(self.desk.all_cases())

    def last(self, number=1):
        return [one for one in self.desk.case(number)["messages"] if one["direction"] == "in"][-1]

    def assert_joined(self, text):
        self.assertEqual(self.count(), 1)
        self.assertEqual((self.last()["text"].strip(), self.last()["state"]), (text, "joined"))
        self.assertTrue(self.last()["join_reason"])

    def assert_apart(self, mentions):
        self.assertEqual(self.count(), 2)
        linked = [one["other"] for one in self.desk.case(2)["journal"] if one["kind"] == "linked"]
        self.assertEqual(linked, [1] if mentions else [])
        self.assertEqual(len([one for one in self.desk.case(1)["messages"] if one["direction"] == "in"]), 1)


class Replies(ThreadTest):
    def test_by_our_own_message_id(self):
        self.desk.email(ANNA, "Inny temat", "Dopisuję.", In_Reply_To=self.header(self.receipt, "Message-ID"))
        self.assert_joined("Dopisuję.")

    def test_by_the_clients_own_message_id(self):
        own = self.header(self.receipt, "In-Reply-To")
        self.desk.email(ANNA, "Inny temat", "Dopisuję.", References=f"<other@klient.example> {own}")
        self.assert_joined("Dopisuję.")

    def test_by_the_tag_in_the_subject(self):
        for number, subject in enumerate((f"Re: Drukarka {self.tag}", f"ODP: {self.tag.lower()}", f"Fwd: [pilne] x {self.tag} y")):
            self.desk.email(ANNA, subject, f"Dopisuję {number}.")
            self.assert_joined(f"Dopisuję {number}.")

    def test_by_the_plus_address(self):
        self.desk.email(ANNA, "Inny temat", "Dopisuję.", to=f"pomoc+{self.case['short_code'].lower()}@wsparcie.example")
        self.assert_joined("Dopisuję.")

    def test_a_tag_whose_number_and_code_disagree_says_nothing(self):
        self.desk.email(ANNA, f"Faktura [#2 {self.case['short_code']}]", "Coś zupełnie innego.")
        self.assertEqual(self.count(), 2)

    def test_another_mail_of_the_same_client_is_another_case(self):
        self.desk.email(ANNA, "Monitor", "Miga od rana.")
        self.assertEqual(self.count(), 2)

    def test_an_ordinary_reply_gets_no_receipt(self):
        self.desk.email(ANNA, self.receipt["subject"], "Dopisuję.", In_Reply_To=self.header(self.receipt, "Message-ID"))
        self.assertEqual(len(self.desk.emails(to=ANNA)), 1)

    def test_long_references_are_no_trouble(self):
        many = " ".join(f"<{n}@x.example>" for n in range(500))
        self.desk.email(ANNA, "Inny", "Dopisuję.", References=f"{many} {self.header(self.receipt, 'Message-ID')}")
        self.assert_joined("Dopisuję.")


class Strangers(ThreadTest):
    def test_the_tag_does_not_let_one_in(self):
        self.desk.email("obcy@gmail.com", f"Re: Drukarka {self.tag}", "Co tam słychać?")
        self.assert_apart(mentions=True)

    def test_nor_does_a_reference(self):
        self.desk.email("obcy@inny.example", "Re: Drukarka", "Co tam?", In_Reply_To=self.header(self.receipt, "Message-ID"))
        self.assert_apart(mentions=True)

    def test_nor_does_the_plus_address(self):
        self.desk.email("obcy@inny.example", "Co tam", "?", to=f"pomoc+{self.case['short_code']}@wsparcie.example")
        self.assert_apart(mentions=True)

    def test_what_they_get_tells_nothing_of_the_case(self):
        self.desk.email("obcy@inny.example", f"Re: x {self.tag}", "Co tam?")
        for mail in self.desk.emails(to="obcy@inny.example"):
            self.assertNotIn("księgowości", mail["text"])
            self.assertNotIn(ANNA, mail["text"])
            self.assertNotIn(self.case["follow_url"], mail["text"])

    def test_freemail_is_no_organisation(self):
        self.desk.email("ewa@gmail.com", "Laptop", "Nie startuje.")
        code = self.desk.case(2)["short_code"]
        self.desk.email("obcy@gmail.com", f"Re: Laptop [#2 {code}]", "Co tam?")
        self.assertEqual(self.count(), 3)

    def test_a_lookalike_domain_is_another_one(self):
        self.desk.email("anna@xklient.example", f"Re: {self.tag}", "x")
        self.desk.email("anna@klient.example.evil.example", f"Re: {self.tag}", "y")
        self.assertEqual(self.count(), 3)

    def test_a_name_that_looks_like_the_address(self):
        self.desk.eml(world.mail(subject=f"Re: {self.tag}", sender='"anna@klient.example" <evil@x.example>'))
        self.assert_apart(mentions=True)

    def test_the_same_organisation_joins(self):
        self.desk.email("szef@klient.example", f"Re: Drukarka {self.tag}", "Proszę o pośpiech.")
        self.assert_joined("Proszę o pośpiech.")
        self.assertIn("klient.example", self.last()["join_reason"])

    def test_who_stood_in_copy_joins(self):
        self.desk.email("ewa@gmail.com", "Laptop", "Nie startuje.", Cc="Informatyk <it@onet.pl>")
        code = self.desk.case(2)["short_code"]
        self.desk.email("it@onet.pl", f"Re: Laptop [#2 {code}]", "To zasilacz.")
        self.assertEqual(self.count(), 2)
        self.assertEqual(self.last(2)["text"].strip(), "To zasilacz.")


class SentAgain(ThreadTest):
    TEXT = "Drukarka w księgowości nie drukuje faktur."

    def test_the_same_words_are_step_two(self):
        self.desk.advance(2 * HOUR)
        self.desk.email(ANNA, "Drukarka", self.TEXT)
        self.assertEqual(self.count(), 1)
        case = self.desk.case(1)
        self.assertEqual((case["step"], case["class"]), (2, "urgent"))
        self.assertEqual(self.said(1).count("resend_receipt"), 1)

    def test_prefixes_are_no_difference(self):
        self.desk.advance(DAY)
        for number, subject in enumerate(("Ponawiam: Drukarka", "Fwd: Re: Drukarka", "PD: drukarka", "ODP: Drukarka")):
            with self.subTest(subject):
                self.desk.email(ANNA, subject, "Wysyłam ponownie.\n\n" + self.TEXT)
                self.assertEqual(self.count(), 1)

    def test_other_words_under_the_same_subject_are_another_case(self):
        self.desk.email(ANNA, "Drukarka", "Zamawiamy toner oraz papier do sekretariatu.")
        self.assertEqual(self.count(), 2)

    def test_the_same_words_from_somebody_else_are_another_case(self):
        self.desk.email("jan@inny.example", "Drukarka", self.TEXT)
        self.assertEqual(self.count(), 2)

    def test_on_call_hears_of_step_two_at_once(self):
        self.desk.email(ANNA, "[rutynowa] Toner", "Prosimy o toner do sekretariatu.")
        self.desk.act(1, "close")
        self.desk.advance(600)
        before = len(self.desk.emails(to=world.ON_CALL, number=2))
        self.desk.email(ANNA, "[rutynowa] Toner", "Prosimy o toner do sekretariatu.")
        self.assertEqual(len(self.desk.emails(to=world.ON_CALL, number=2)), before + 1)


class Texts(ThreadTest):
    PHONE = "+48601000001"

    def test_by_the_short_code(self):
        self.desk.sms(self.PHONE, f"kod {self.case['short_code'].lower()}")
        self.assertEqual(self.count(), 1)
        self.assertEqual(self.desk.case(1)["client"]["phone"], self.PHONE)

    def test_by_an_address_in_the_text_and_the_same_words(self):
        self.desk.sms(self.PHONE, f"Drukarka w ksiegowosci nie drukuje, {ANNA}")
        self.assertEqual(self.count(), 1)

    def test_by_the_number_and_the_same_words(self):
        self.desk.sms(self.PHONE, f"kod {self.case['short_code']}")
        self.desk.sms(self.PHONE, "Ksiegowosc nadal bez faktur")
        self.assertEqual(self.count(), 1)

    def test_a_number_alone_never_joins(self):
        self.desk.sms(self.PHONE, f"kod {self.case['short_code']}")
        self.desk.advance(30 * 60)
        self.desk.sms(self.PHONE, "Prosze o pilna pomoc, wyslalem maila")
        self.assertEqual(self.count(), 2)
        second = self.desk.case(2)
        self.assertTrue(second["email_missing"])
        self.assertEqual(second["candidates"], [1])

    def test_an_sms_about_a_lost_mail_is_not_hidden_in_an_open_case(self):
        self.desk.sms(self.PHONE, f"kod {self.case['short_code']}")
        self.desk.advance(6 * HOUR)
        self.desk.good("POST", "/sandbox/lose", {"channel": "email", "next": 1})
        self.desk.email(ANNA, "Serwer", "Serwer poczty nie odpowiada.")
        self.desk.sms(self.PHONE, "Serwer poczty lezy, wyslalam maila")
        self.assertEqual(self.count(), 2)
        self.assertTrue(self.desk.case(2)["email_missing"])
        self.assertEqual(self.desk.case(2)["class"], "critical")

    def test_of_a_stranger(self):
        self.desk.sms("+48602000002", "Nic nie dziala")
        second = self.desk.case(2)
        self.assertEqual((second["class"], second["email_missing"], second["candidates"]), ("critical", True, []))
        self.desk.advance(3 * 60)
        self.assertEqual(len(self.desk.texts(to="+48602000002")), 1)

    def test_the_announced_mail_joins_when_it_comes(self):
        self.desk.sms("+48602000002", "Serwer poczty nie odpowiada, jan@inny.example")
        self.desk.advance(10 * 60)
        self.desk.email("jan@inny.example", "Poczta", "Serwer poczty nie odpowiada od rana.")
        self.assertEqual(self.count(), 2)
        self.assertFalse(self.desk.case(2)["email_missing"])
        self.assertIn("email_found", self.kinds(2))

    def test_at_the_same_time_is_critical(self):
        self.desk.sms(self.PHONE, f"kod {self.case['short_code']}")
        self.assertEqual(self.desk.case(1)["class"], "critical")

    def test_after_two_hours_is_urgent_and_after_a_day_routine(self):
        self.desk.advance(2 * HOUR)
        self.desk.sms(self.PHONE, f"kod {self.case['short_code']}")
        self.assertEqual(self.desk.case(1)["class"], "urgent")
        self.desk.email("jan@inny.example", "Monitor", "Miga.")
        self.desk.advance(DAY)
        self.desk.sms("+48602000002", "kod " + self.desk.case(2)["short_code"])
        self.assertEqual(self.desk.case(2)["class"], "routine")

    def test_to_a_closed_case_it_opens_a_linked_one(self):
        self.desk.act(1, "close")
        self.desk.sms(self.PHONE, f"kod {self.case['short_code']}")
        self.assertEqual(self.count(), 2)
        self.assertEqual([one["other"] for one in self.desk.case(2)["journal"] if one["kind"] == "linked"], [1])


class Calls(ThreadTest):
    def test_a_rejected_call_is_answered_by_sms(self):
        self.desk.call("601 000 001")
        self.assertEqual(len(self.desk.texts(to="+48601000001")), 1)
        self.assertEqual(self.count(), 1)  # it is owed a callback, and is no case
        owed = self.desk.good("GET", "/api/v1/callbacks")["items"]
        self.assertEqual([one["phone"] for one in owed], ["+48601000001"])


if __name__ == "__main__":
    unittest.main()
