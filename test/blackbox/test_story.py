"""One report from its email to its end, as client, on-call person and agent see it."""

import time
import unittest

import world
from world import ANNA, DAY, HOUR, ON_CALL, ON_CALL_PHONE


class Story(world.SandboxTest):
    def test_a_routine_matter(self):
        desk = self.desk
        desk.email(ANNA, "Drukarka", "Drukarka w księgowości nie drukuje.")

        receipt = desk.emails(to=ANNA)
        self.assertEqual(len(receipt), 1)
        self.assertIn("[#1 ", receipt[0]["subject"])
        self.assertIn("Numer sprawy: 1", receipt[0]["text"])
        case = desk.case(1)
        self.assertEqual((case["state"], case["class"], case["step"]), ("new", "routine", 1))
        self.assertEqual((case["next"]["what"], case["next"]["owed_by"]), ("reaction", "desk"))
        self.assertIn(case["follow_url"], receipt[0]["text"])

        # Nobody has read it: on call hears of it before the client would have to remind us.
        desk.advance(HOUR + 60)
        self.assertEqual(len(desk.emails(to=ON_CALL)), 1)
        self.assertEqual(len(desk.texts(to=ON_CALL_PHONE)), 1)

        case = desk.act(1, "read")
        self.assertEqual(case["state"], "read")
        self.assertIsNotNone(case["read_at"])
        self.assertEqual(len(desk.emails(to=ANNA)), 1)
        desk.advance(5 * 60 + 1)  # it takes more than a few minutes
        self.assertEqual(len(desk.emails(to=ANNA)), 2)
        self.assertEqual(self.said(1).count("start_of_work"), 1)

        case = desk.act(1, "answer", text="Sterownik jest już poprawny.")
        self.assertEqual(case["state"], "waiting")
        answer = desk.emails(to=ANNA)[-1]
        self.assertIn("Sterownik jest już poprawny.", answer["text"])
        self.assertIsNone(self.header(answer, "Auto-Submitted"))

        desk.advance(7 * DAY + 60)
        self.assertEqual(desk.case(1)["state"], "settled")
        desk.advance(7 * DAY + 60)
        case = desk.case(1)
        self.assertEqual((case["state"], case["next"]), ("closed", None))
        self.assertEqual(len(desk.emails(to=ANNA)), 3)
        self.assertEqual(len(desk.emails(to=ON_CALL)), 1)

    def test_a_critical_matter_rings_until_somebody_reads(self):
        desk = self.desk
        desk.email(ANNA, "Serwer nie działa", "Nic nie działa.", to="awaria@wsparcie.example")
        self.assertEqual(desk.case(1)["class"], "critical")
        self.assertEqual(len(desk.texts(to=ON_CALL_PHONE)), 1)
        desk.advance(11 * 60)
        self.assertEqual(len(desk.texts(to=ON_CALL_PHONE)), 3)
        desk.act(1, "read")
        self.assertEqual(self.said(1).count("acknowledgement"), 1)
        desk.advance(30 * 60)
        self.assertEqual(len(desk.texts(to=ON_CALL_PHONE)), 3)
        desk.act(1, "start")
        self.assertEqual(self.said(1).count("start_of_work"), 1)
        desk.act(1, "answer", text="Serwer działa.")
        desk.act(1, "settle")
        self.assertEqual(desk.case(1)["state"], "settled")

    def test_settled_without_an_answer_is_said_once(self):
        self.desk.email(ANNA, "Toner", "Proszę o toner.")
        self.desk.act(1, "settle")
        self.assertEqual(self.said(1).count("settled"), 1)
        self.desk.act(1, "settle")
        self.assertEqual(self.said(1).count("settled"), 1)

    def test_a_reply_wakes_a_settled_case_and_a_closed_one_has_a_successor(self):
        desk = self.desk
        desk.email(ANNA, "Toner", "Proszę o toner.")
        desk.act(1, "answer", text="Jest w drodze.")
        desk.act(1, "settle")
        answer = desk.emails(to=ANNA)[-1]
        desk.email(ANNA, answer["subject"], "Nie ma go jeszcze.", In_Reply_To=self.header(answer, "Message-ID"))
        self.assertEqual(desk.case(1)["state"], "working")
        desk.act(1, "close")
        desk.email(ANNA, answer["subject"], "Nadal nie ma.", In_Reply_To=self.header(answer, "Message-ID"))
        self.assertEqual([one["number"] for one in desk.all_cases()], [1, 2])
        self.assertEqual([one["other"] for one in desk.case(2)["journal"] if one["kind"] == "linked"], [1])

    def test_a_delayed_answer_survives_kill_and_can_be_cancelled(self):
        self.desk.email(ANNA, "Toner", "Proszę o toner.")
        self.desk.email("jan@klient.example", "Myszka", "Nie klika.")
        for number in (1, 2):
            self.desk.act(number, "answer", text=f"Odpowiedź {number}.", delay_s=600)
        self.desk.act(2, "cancel")
        self.restart("kill")
        self.assertFalse([one for one in self.desk.emails() if "Odpowiedź 1." in one["text"]])
        self.desk.advance(601)
        self.assertEqual(len([one for one in self.desk.emails(to=ANNA) if "Odpowiedź 1." in one["text"]]), 1)
        self.assertFalse([one for one in self.desk.emails() if "Odpowiedź 2." in one["text"]])

    def test_a_question_stops_the_clock_of_the_answer(self):
        desk = self.desk
        desk.email(ANNA, "[rutynowa] Toner", "Proszę o toner.")
        desk.act(1, "ask", text="Do której drukarki?")
        desk.advance(3 * DAY)
        self.assertFalse(desk.emails(to=ON_CALL))
        self.assertNotIn("breached", self.kinds(1))

    def test_an_alarm_that_came_while_it_was_down_rings_once_and_says_how_late(self):
        # The clock of a sandbox stands still for nobody: what was due is due when it is back.
        desk = self.desk
        desk.email(ANNA, "Toner", "Proszę o toner.")
        desk.advance(HOUR - 1)
        desk.kill()
        time.sleep(2)
        self.desk = self.start()
        found = world.eventually(lambda: self.desk.emails(to=ON_CALL))
        self.assertEqual(len(found), 1)
        self.restart("kill")
        self.assertEqual(len(self.desk.emails(to=ON_CALL)), 1)

    def test_the_agents_answer_to_the_alert_goes_to_the_client(self):
        desk = self.desk
        desk.email(ANNA, "Serwer", "Nie działa.", to="awaria@wsparcie.example")
        alert = desk.emails(to=ON_CALL)[0]
        desk.email(ON_CALL, "Re: " + alert["subject"], "Już działa.\n\n> cytat", In_Reply_To=self.header(alert, "Message-ID"))
        self.assertTrue([one for one in desk.emails(to=ANNA) if "Już działa." in one["text"]])
        self.assertEqual(desk.case(1)["state"], "waiting")
        count = len(desk.emails(to=ANNA))
        desk.email(ON_CALL, "Re: " + alert["subject"], "#notatka\nKabel był luźny.",
                   In_Reply_To=self.header(alert, "Message-ID"))
        self.assertEqual(len(desk.emails(to=ANNA)), count)
        notes = [one["text"] for one in desk.case(1)["journal"] if one["kind"] == "acted" and one["action"] == "note"]
        self.assertEqual(notes, ["Kabel był luźny."])


if __name__ == "__main__":
    unittest.main()
