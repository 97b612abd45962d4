"""Whose a telephone number is: what anybody may claim gives nobody a client's case, nor pays somebody else's debt."""

import unittest
import urllib.parse

import world
from world import ANNA

ANNAS, STRANGERS, OFFICE = "+48606000111", "+48607999888", "+48221234567"
JAN = "jan@klient.example"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Claims(world.SandboxTest):
    def report(self, **fields):
        """The public form, which anybody may fill in. Gives the link's token."""
        body = urllib.parse.urlencode({"do": "send", "class": "routine", **fields}).encode()
        answer = self.desk.request("POST", "/report", body, token=None, headers=FORM)
        self.assertEqual(answer.status, 303, answer)
        return answer.headers["Location"].split("/c/")[1].split("?")[0]

    def callbacks(self):
        return self.desk.good("GET", "/api/v1/callbacks")["items"]

    def confirm(self, phone, email):
        number = next(one for one in self.desk.good("GET", "/api/v1/numbers")["items"] if (one["phone"], one["email"]) == (phone, email))
        self.desk.good("POST", f"/api/v1/numbers/{number['id']}/confirm")

    def write(self, sender, subject, *phones):
        self.desk.email(sender, subject, "Proszę o pomoc.\n\n-- \n" + "\n".join(f"tel. {phone}" for phone in phones))

    def test_a_stranger_who_claims_a_clients_address_gets_no_link(self):
        self.report(email=ANNA, phone="607 999 888", name="Anna", text="Drobne pytanie o drukarkę")
        self.desk.email(ANNA, "Poufne", "Jan zostaje zwolniony w piątek.")
        self.desk.call(STRANGERS)
        self.assertNotIn("/c/", self.desk.texts(STRANGERS)[-1]["text"])
        self.assertEqual([(one["person"]["email"], one["cases"]) for one in self.callbacks()], [("", [])])

    def test_a_number_in_a_signature_gets_no_link_until_it_is_confirmed(self):
        self.write(ANNA, "Poufne", ANNAS)
        self.desk.call(ANNAS)
        self.assertNotIn("/c/", self.desk.texts(ANNAS)[-1]["text"])
        self.confirm(ANNAS, ANNA)
        self.desk.advance(2 * 3600)
        self.desk.call(ANNAS)
        self.assertIn("/c/", self.desk.texts(ANNAS)[-1]["text"])

    def test_a_client_is_not_sent_to_the_page_of_a_stranger(self):
        self.write(ANNA, "Kasa", ANNAS)
        self.confirm(ANNAS, ANNA)
        stranger = self.report(email="m@evil.example", phone="606 000 111", text="Proszę o ofertę")
        self.desk.call(ANNAS)
        link = self.desk.texts(ANNAS)[-1]["text"].split("/c/")[1].split()[0]
        self.assertNotEqual(link, stranger)
        self.assertEqual([(one["person"]["email"], one["cases"]) for one in self.callbacks()], [(ANNA, [1])])

    def test_an_sms_does_not_join_what_a_stranger_has_typed(self):
        self.write(ANNA, "Kasa", ANNAS)
        self.confirm(ANNAS, ANNA)
        stranger = self.report(email="m@evil.example", phone="606 000 111", text="Serwer plików nie działa, hasło nie działa")
        self.desk.sms(ANNAS, "Serwer plików nie działa, nowe hasło to kotek7")
        self.assertNotIn("kotek7", self.desk.get("/c/" + stranger, token=None).text)

    def test_a_case_that_an_sms_opens_is_not_of_who_has_claimed_the_number(self):
        self.report(email="m@evil.example", phone="606 000 111", text="Proszę o ofertę")
        self.desk.sms(ANNAS, "Kasa stoi, ktoś się włamał do sejfu")
        self.assertEqual(self.desk.case(2)["client"]["email"], "")
        self.desk.email("m@evil.example", "Dzień dobry", "Proszę o ofertę.")  # nor when the address is met
        self.desk.sms(STRANGERS, "START")
        self.desk.sms(ANNAS, "START")
        self.desk.call(ANNAS)
        self.assertEqual([one["person"]["email"] for one in self.callbacks()], [""])

    def test_a_press_on_a_strangers_page_offers_to_settle_no_callback_of_the_number(self):
        self.desk.good("POST", "/api/v1/outages", {"title": "Łącze", "public_text": "Łącze nie działa."})
        self.desk.call(ANNAS)
        stranger = self.report(email="m@evil.example", phone="606 000 111", text="Proszę o ofertę")
        answer = self.desk.request("POST", f"/c/{stranger}/works", b"", token=None, headers=FORM)
        self.assertEqual(answer.status, 303, answer)
        self.assertIsNone(self.callbacks()[0]["says_it_works"])

    def test_the_telephone_of_an_office_joins_nobody(self):
        self.write(ANNA, "Drukarka", OFFICE, ANNAS)
        self.write(JAN, "Skaner", OFFICE, "+48605111222")
        self.desk.good("POST", "/api/v1/outages", {"title": "Łącze", "public_text": "Łącze nie działa."})
        self.desk.call(OFFICE)
        self.desk.call(ANNAS)
        self.assertEqual(sorted(one["phones"] for one in self.callbacks()), [[OFFICE], [ANNAS]])

    def test_confirmed_numbers_of_one_person_are_one_callback(self):
        self.write(ANNA, "Drukarka", ANNAS, OFFICE)
        self.confirm(ANNAS, ANNA)
        self.confirm(OFFICE, ANNA)
        self.desk.good("POST", "/api/v1/outages", {"title": "Łącze", "public_text": "Łącze nie działa."})
        self.desk.call(OFFICE)
        self.desk.call(ANNAS)
        self.assertEqual([(one["person"]["email"], sorted(one["phones"])) for one in self.callbacks()], [(ANNA, [OFFICE, ANNAS])])


if __name__ == "__main__":
    unittest.main()
