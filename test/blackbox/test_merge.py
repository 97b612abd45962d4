"""Two clients in one case, and one case in two: merging and splitting."""

import unittest

import world
from world import ANNA

BOB = "bob@inny.example"


class Merged(world.SandboxTest):
    def setUp(self):
        super().setUp()
        self.desk.email(ANNA, "Serwer", "Hasło Anny: tajne123")
        self.desk.email(BOB, "Internet", "Nie mam internetu.")
        self.token = world.follow_token(self.desk.emails(BOB)[0])
        self.desk.act(2, "merge", into=1)

    def test_another_clients_words_are_not_shown_by_the_old_link(self):
        self.assertNotIn("tajne123", self.desk.get("/c/" + self.token, token=None).text)

    def test_the_client_of_the_merged_case_is_answered_too(self):
        self.desk.act(1, "answer", text="Naprawione.")
        self.desk.advance(1)
        told = sorted(one["to"] for one in self.desk.world()["emails"] if "Naprawione" in one["text"])
        self.assertEqual(told, [ANNA, BOB])

    def test_each_is_answered_by_the_number_that_it_knows(self):
        self.desk.act(1, "answer", text="Naprawione.")
        self.desk.advance(1)
        anna, bob = (self.desk.emails(who)[-1] for who in (ANNA, BOB))
        self.assertIn("[#1 ", anna["subject"])
        self.assertIn("[#2 ", bob["subject"])
        self.assertIn("Internet", bob["subject"])
        self.assertIn("/c/" + self.token, bob["text"])
        self.assertNotIn("Serwer", bob["subject"] + bob["text"])

    def test_the_link_of_each_shows_its_own_words_and_the_answer(self):
        self.desk.act(1, "answer", text="Naprawione.")
        answer = self.desk.emails(BOB)[-1]
        self.desk.email(BOB, answer["subject"], "U mnie nadal źle.", In_Reply_To=self.header(answer, "Message-ID"))
        self.assertEqual(self.desk.case(1)["state"], "working")
        self.assertEqual(len(self.desk.all_cases()), 2)
        bob = self.desk.get("/c/" + self.token, token=None).text
        anna = self.desk.get("/c/" + world.follow_token(self.desk.emails(ANNA)[0]), token=None).text
        for page in (anna, bob):
            self.assertEqual(page.count("Naprawione."), 1)
        self.assertIn("nadal źle", bob)
        self.assertIn("Internet", bob)
        self.assertNotIn("nadal źle", anna)
        self.assertNotIn("Nie mam internetu", anna)
        self.assertIn("tajne123", anna)

    def test_what_is_typed_on_the_old_link_is_its_clients(self):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.assertEqual(self.desk.request("POST", "/c/" + self.token, b"text=Pisze+Bob", token=None, headers=form).status, 303)
        self.assertEqual(self.desk.case(1)["messages"][-1]["from"], BOB)
        self.assertIn("Pisze Bob", self.desk.get("/c/" + self.token, token=None).text)
        anna = self.desk.get("/c/" + world.follow_token(self.desk.emails(ANNA)[0]), token=None).text
        self.assertNotIn("Pisze Bob", anna)

    def test_settled_without_an_answer_both_hear_of_it(self):
        self.desk.act(1, "settle")
        self.desk.advance(1)
        for who in (ANNA, BOB):
            self.assertIn("została załatwiona", self.desk.emails(who)[-1]["text"])

    def test_the_journal_and_verify_agree_afterwards(self):
        self.desk.act(1, "answer", text="Naprawione.")
        self.desk.advance(1)
        self.desk.stop()
        copy = self.folder / "copy.db"
        self.assertEqual(world.run("backup", "--data", self.folder, copy).returncode, 0)
        done = world.run("verify", "--data", self.folder, copy)
        self.assertEqual(done.returncode, 0, done.stderr)


class Split(world.SandboxTest):
    def test_a_split_case_belongs_to_who_wrote_the_message(self):
        self.desk.email(ANNA, "Projekt", "Opis.")
        receipt = self.desk.emails(ANNA)[0]
        self.desk.email("jan@klient.example", receipt["subject"], "U mnie inny problem: mysz.",
                        In_Reply_To=self.header(receipt, "Message-ID"))
        last = [one["id"] for one in self.desk.case(1)["messages"] if one["direction"] == "in"][-1]
        opened = self.desk.act(1, "split", message=last)
        self.assertEqual(opened["client"]["email"], "jan@klient.example")

    def test_the_only_message_of_a_case_stays(self):
        self.desk.email(ANNA, "Projekt", "Opis.")
        only = self.desk.case(1)["messages"][0]["id"]
        self.assertEqual(self.desk.post("/api/v1/cases/1/split", {"message": only}).status, 409)
        self.only_case()


if __name__ == "__main__":
    unittest.main()
