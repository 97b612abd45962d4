"""Which case an SMS belongs to, why, and what an agent's correction teaches."""

import unittest

import world
from world import ANNA, DAY, HOUR, ON_CALL

PHONE = "+48601222333"
JAN = "jan@klient.example"
JANS_PHONE = "+48602333444"
SIGNATURE = "\n-- \nAnna Nowak\ntel. 601 222 333\n"


class MatchingTest(world.SandboxTest):
    def know(self, email=ANNA, phone=PHONE):
        """The number is that person's own: an old case, closed since, has named both."""
        opened = self.desk.good("POST", "/api/v1/cases", {"class": "routine", "subject": "Umowa", "text": "Stara sprawa.",
                                                          "client": {"name": "Anna", "email": email, "phone": phone}})["number"]
        self.desk.act(opened, "close")
        return opened

    def opens(self, email, subject, text):
        self.desk.email(email, subject, text)
        return self.latest()["number"]

    def latest(self):
        return self.desk.case(self.desk.all_cases()[-1]["number"])

    def count(self):
        return len(self.desk.all_cases())

    def last_sms(self, number):
        return [one for one in self.desk.case(number)["messages"] if one["channel"] == "sms" and one["direction"] == "in"][-1]

    def numbers(self, **query):
        return self.desk.good("GET", "/api/v1/numbers", **query)["items"]

    def hears(self, number, sender, text):
        """The SMS joins that case and opens none."""
        before = self.count()
        self.desk.sms(sender, text)
        self.assertEqual(self.count(), before, self.latest()["suggestions"])
        found = self.last_sms(number)
        self.assertEqual(found["text"], text)
        return found

    def asks(self, sender, text, *candidates):
        """The SMS opens a case of its own, with these candidates."""
        before = self.count()
        self.desk.sms(sender, text)
        self.assertEqual(self.count(), before + 1)
        found = self.latest()
        self.assertTrue(found["email_missing"])
        self.assertEqual(found["candidates"], sorted(candidates))
        return found


class Joining(MatchingTest):
    def test_the_reason_and_the_score_are_shown(self):
        self.know()
        case = self.opens(ANNA, "Serwer nie działa", "Serwer plików stoi od rana.")
        self.desk.advance(180)
        found = self.hears(case, PHONE, "Wysłałam email")
        self.assertRegex(found["join_reason"], '^same person, 3 min( [0-9]+ s)? after "Serwer nie działa"$')
        self.assertEqual(found["join_score"], 70)
        received = [one for one in self.desk.case(case)["journal"] if one["kind"] == "received"][-1]
        self.assertEqual((received["score"], received["why"]), (70, found["join_reason"]))

    def test_two_open_cases_and_still_broken(self):
        self.know()
        one = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje.")
        two = self.opens(ANNA, "Internet", "W sekretariacie nie ma internetu.")
        self.desk.advance(5 * HOUR)
        asked = self.asks(PHONE, "dalej nie działa", one, two)
        self.assertEqual(sorted(s["case"] for s in asked["suggestions"]), [one, two])
        for suggestion in asked["suggestions"]:
            self.assertEqual(suggestion["score"], 40)
            self.assertIn("same person, 5 h after", suggestion["why"])
        self.assertTrue(self.desk.emails(ON_CALL, number=asked["number"]))

    def test_an_unknown_number_of_a_known_firm(self):
        case = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje faktur.")
        self.desk.advance(5 * HOUR)
        asked = self.asks(JANS_PHONE, "Jan z klient.example, prosze o telefon", case)
        self.assertIn("same organisation (klient.example)", asked["suggestions"][0]["why"])
        found = self.hears(case, "+48605000005", "Tu Jan, jan@klient.example: drukarka w ksiegowosci dalej stoi")
        self.assertIn("same organisation (klient.example)", found["join_reason"])
        self.assertEqual(self.desk.case(case)["client"]["phone"], "", "a colleague's number is not the client's")

    def test_a_firm_on_a_common_domain_is_none(self):
        self.opens("anna@gmail.com", "Drukarka", "Drukarka w księgowości nie drukuje faktur.")
        self.desk.advance(5 * HOUR)
        self.asks(JANS_PHONE, "Tu jan@gmail.com: drukarka w ksiegowosci dalej stoi")

    def test_a_colleague_whose_own_email_was_lost(self):
        self.know(JAN, JANS_PHONE)
        case = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje faktur.")
        self.desk.advance(60)
        asked = self.asks(JANS_PHONE, "Wyslalem email: drukarka w ksiegowosci, faktury", case)
        self.assertIn("it speaks of an email of its own", asked["suggestions"][0]["why"])

    def test_an_organisation_that_an_agent_has_named(self):
        self.know("jan@firma-bis.example", JANS_PHONE)
        case = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje faktur.")
        for person in self.desk.good("GET", "/api/v1/people")["items"]:
            self.desk.good("POST", f"/api/v1/people/{person['id']}/organisation", {"organisation": "Klient"})
        self.desk.advance(5 * HOUR)
        self.hears(case, JANS_PHONE, "Drukarka w ksiegowosci: kiedy?")

    def test_a_known_stranger_who_names_somebody_elses_address(self):
        self.know("ewa@inna.example", JANS_PHONE)
        case = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje faktur.")
        self.asks(JANS_PHONE, "Drukarka w ksiegowosci, anna@klient.example", case)

    def test_sms_first_and_the_email_five_hours_later(self):
        self.know()
        self.desk.sms(PHONE, "Serwer poczty nie odpowiada, wysylam email")
        case = self.latest()
        self.assertTrue(case["email_missing"])
        self.desk.advance(5 * HOUR)
        self.desk.email(ANNA, "Poczta", "Serwer poczty nie odpowiada.")
        self.assertEqual(self.latest()["number"], case["number"])
        after = self.desk.case(case["number"])
        self.assertFalse(after["email_missing"])
        late = [one for one in after["journal"] if one["kind"] == "email_found"]
        self.assertAlmostEqual(late[0]["late_ms"], 5 * HOUR * 1000, delta=60_000)

    def test_a_second_sms_while_the_first_waits(self):
        self.desk.sms(PHONE, "Serwer nie dziala, wyslalem email")
        case = self.latest()["number"]
        self.desk.advance(90 * 60)
        found = self.hears(case, PHONE, "Halo?")
        self.assertIn("the first SMS of this number still waits for its email", found["join_reason"])
        self.assertTrue(self.desk.case(case)["email_missing"])
        self.asks(PHONE, "Drukarka tez stoi", case)

    def test_the_worst_miss(self):
        self.know()
        case = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje.")
        self.desk.advance(10 * HOUR)
        self.desk.good("POST", "/sandbox/lose", {"channel": "email", "next": 1})
        self.desk.email(ANNA, "Internet", "W sekretariacie nie ma internetu.")
        asked = self.asks(PHONE, "Wyslalam email z anna@klient.example, internet nie dziala", case)
        self.assertIn("it speaks of something else", asked["suggestions"][0]["why"])
        # Not even when it names no matter.
        self.desk.act(asked["number"], "close")
        self.asks(PHONE, "Wyslalam email z anna@klient.example", case)

    def test_never_into_a_closed_case(self):
        self.know()
        case = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje.")
        self.desk.act(case, "close")
        self.asks(PHONE, "Drukarka w ksiegowosci znowu stoi")

    def test_a_client_of_a_merged_case(self):
        self.know(JAN, JANS_PHONE)
        one = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje.")
        two = self.opens(JAN, "Internet", "W sekretariacie nie ma internetu.")
        self.desk.act(two, "merge", into=one)
        self.desk.advance(5 * HOUR)
        self.hears(one, JANS_PHONE, "Internet w sekretariacie padl")


class Learning(MatchingTest):
    def signed(self):
        self.desk.email(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje." + SIGNATURE)
        return self.latest()["number"]

    def test_a_number_of_a_signature_is_weak_until_it_is_confirmed(self):
        case = self.signed()
        learnt = self.numbers()
        self.assertEqual([(one["phone"], one["email"], one["source"], one["standing"]) for one in learnt],
                         [(PHONE, ANNA, "signature", "learnt")])
        self.assertEqual(learnt[0]["message"], self.desk.case(case)["messages"][0]["id"])
        self.desk.advance(DAY)
        asked = self.asks(PHONE, "Pilne!", case)  # step two is due, but whose number is it?
        self.assertEqual(asked["suggestions"][0]["score"], 55)
        self.assertIn("a number that was learnt, not confirmed", asked["suggestions"][0]["why"])
        self.desk.act(asked["number"], "not-a-case")
        self.assertEqual(self.desk.good("POST", f"/api/v1/numbers/{learnt[0]['id']}/confirm", {})["standing"], "confirmed")
        self.assertEqual(self.numbers(standing="learnt"), [])
        found = self.hears(case, PHONE, "Drukarka!")
        self.assertTrue(found["join_reason"].startswith("same person"), found)

    def test_with_a_shared_word_it_joins(self):
        case = self.signed()
        self.desk.advance(5 * HOUR)
        self.assertEqual(self.hears(case, PHONE, "Drukarka!")["join_score"], 60)

    def test_a_refused_number_is_not_learnt_again(self):
        case = self.signed()
        self.desk.good("POST", f"/api/v1/numbers/{self.numbers()[0]['id']}/refuse", {})
        self.desk.email(ANNA, "Monitor", "Monitor miga." + SIGNATURE)
        self.assertEqual([one["standing"] for one in self.numbers()], ["refused"])
        self.asks(PHONE, "Drukarka!")
        self.assertEqual(self.desk.case(case)["client"]["phone"], "")
        self.assertEqual(self.desk.post("/api/v1/numbers/999/refuse", {}).status, 404)
        self.assertEqual(self.desk.get("/api/v1/numbers?standing=odd").status, 400)

    def test_a_switchboard_in_two_signatures(self):
        one = self.signed()
        self.desk.email(JAN, "Internet", "W sekretariacie nie ma internetu.\n-- \nJan\ntel. 601 222 333\n")
        two = self.latest()["number"]
        self.desk.advance(5 * HOUR)
        self.asks(PHONE, "dalej nie dziala", one, two)
        self.desk.advance(HOUR)
        self.hears(two, PHONE, "Internet w sekretariacie!")


class Correcting(MatchingTest):
    def test_joining_teaches_the_number(self):
        case = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje.")
        self.desk.advance(5 * HOUR)
        asked = self.asks(PHONE, "Pilne, anna@klient.example", case)
        after = self.desk.act(asked["number"], "join", into=case)
        self.assertEqual(after["number"], case)
        self.assertEqual(self.desk.case(asked["number"])["merged_into"], case)
        self.assertEqual([(one["standing"], one["decided_by"]) for one in self.numbers()], [("confirmed", "sandbox")])
        self.assertTrue(self.hears(case, PHONE, "Drukarka!")["join_reason"].startswith("same person"))
        # In another matter, too.
        self.desk.act(case, "close")
        other = self.opens(ANNA, "Internet", "W sekretariacie nie ma internetu.")
        self.hears(other, PHONE, "Wyslalam email")

    def test_joining_without_teaching(self):
        case = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje.")
        self.desk.advance(5 * HOUR)
        asked = self.asks(PHONE, "Pilne!")
        self.desk.act(asked["number"], "join", into=case, same_person=False)
        self.assertEqual(self.numbers(), [])

    def test_an_sms_that_was_joined_wrongly(self):
        self.know()
        case = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje.")
        sms = self.hears(case, PHONE, "Pilne, prosze o telefon")
        opened = self.desk.act(case, "unjoin", message=sms["id"])
        self.assertEqual((opened["email_missing"], opened["class"], opened["candidates"]), (True, "critical", []))
        self.assertEqual(opened["messages"][0]["text"], "Pilne, prosze o telefon")
        self.assertEqual([one["channel"] for one in self.desk.case(case)["messages"] if one["direction"] == "in"], ["email"])
        self.assertIn("unjoined", self.kinds(case))
        self.assertEqual(self.desk.case(case)["client"]["phone"], PHONE, "it is still her number")
        self.assertTrue(self.desk.emails(ON_CALL, number=opened["number"]), "on call has to hear of it")
        # It is not done again.
        self.desk.act(opened["number"], "close")
        self.asks(PHONE, "Drukarka w ksiegowosci!")
        # Nothing of it is lost in a restart.
        self.restart()
        self.desk.act(self.latest()["number"], "close")
        self.asks(PHONE, "Drukarka w ksiegowosci!")

    def test_and_it_was_not_even_her_number(self):
        case = self.opens(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje." + SIGNATURE)
        sms = self.hears(case, PHONE, "Drukarka!")
        self.desk.act(case, "unjoin", message=sms["id"], same_person=False)
        self.assertEqual(self.desk.case(case)["client"]["phone"], "")
        self.assertEqual([one["standing"] for one in self.numbers()], ["refused"])
        other = self.opens(ANNA, "Internet", "Nie ma internetu." + SIGNATURE)
        self.desk.sms(PHONE, "Internet?")
        self.assertNotIn("Internet?", [one["text"] for one in self.desk.case(other)["messages"]])

    def test_what_cannot_be_taken_out(self):
        case = self.opens(ANNA, "Drukarka", "Nie drukuje.")
        mail = self.desk.case(case)["messages"][0]["id"]
        self.assertEqual(self.desk.post(f"/api/v1/cases/{case}/unjoin", {"message": mail}).status, 404)
        self.desk.sms(PHONE, "Cos")
        only = self.latest()
        self.assertEqual(self.desk.post(f"/api/v1/cases/{only['number']}/unjoin", {"message": only["messages"][0]["id"]}).status, 409)
        self.assertEqual(self.desk.post(f"/api/v1/cases/{case}/unjoin", {"message": mail, "same_person": "no"}).status, 400)

    def test_not_a_case(self):
        self.desk.sms("+48605666777", "Wygraj telefon! Kliknij")
        spam = self.latest()["number"]
        self.assertEqual(self.desk.act(spam, "not-a-case")["state"], "closed")
        before = self.count()
        self.desk.sms("+48605666777", "Ostatnia szansa na telefon")
        self.assertEqual(self.count(), before)
        aside = self.desk.good("GET", "/api/v1/set-aside")["items"]
        self.assertEqual([one["text"] for one in aside], ["Ostatnia szansa na telefon"])
        # A person takes it up after all: then later ones are cases again.
        self.desk.good("POST", f"/api/v1/set-aside/{aside[0]['id']}/open", {})
        self.assertEqual(self.latest()["client"]["phone"], "+48605666777")
        self.desk.act(self.latest()["number"], "close")
        self.desk.sms("+48605666777", "Serwer nie dziala")
        self.assertTrue(self.latest()["email_missing"])

    def test_the_journal_and_verify_agree_afterwards(self):
        self.test_an_sms_that_was_joined_wrongly()
        self.desk.stop()
        copy = self.folder / "copy.db"
        self.assertEqual(world.run("backup", "--data", self.folder, copy).returncode, 0)
        done = world.run("verify", "--data", self.folder, copy)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
