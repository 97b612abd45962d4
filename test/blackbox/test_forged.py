"""What a stranger claims, and what of it is believed: forged senders, guessed references, borrowed links."""

import hashlib
import unittest

import world
from world import ANNA, HOUR, ON_CALL

MALLORY = "mallory@evil.example"


class Forged(world.SandboxTest):
    def test_a_clients_link_does_not_make_an_answer_of_the_on_call_person(self):
        reply_to = "Reply-To: victim@bank.example"
        self.desk.deliver(world.mail("Hello", "hello there", sender=MALLORY, headers=(reply_to,)), sender=MALLORY)
        self.desk.advance(HOUR)  # the person on call has been told
        token = world.follow_token(self.desk.emails(MALLORY)[0])
        for notice in range(1, 6):  # what the desk's Message-IDs are made of, the client knows
            secret = hashlib.sha256(f"{token}.1.{notice}".encode()).hexdigest()[:16]
            forged = f"In-Reply-To: <hejnal.1.{notice}.{secret}@wsparcie.example>"
            self.desk.deliver(world.mail("Re: Hello", "Pay to account 666.", sender=ON_CALL, headers=(forged,)), sender=MALLORY)
        self.desk.advance(1)
        told = {one["to"] for one in self.desk.world()["emails"] if "666" in one["text"]}
        self.assertEqual(told - {ON_CALL}, set())  # who sees it as what it is: a report

    def test_a_forged_resend_gives_nobody_the_link_and_the_answers_of_a_case(self):
        self.desk.deliver(world.mail("Awaria", "Dzień dobry, serwer plików stoi. Hasło: tajne123"), sender=ANNA)
        reply_to = f"Reply-To: {MALLORY}"
        self.desk.deliver(world.mail("awaria", "Dzień dobry", sender=ANNA, headers=(reply_to,)), sender=MALLORY)
        self.desk.advance(1)
        for email in self.desk.emails(MALLORY):
            page = self.desk.get("/c/" + world.follow_token(email), token=None)
            self.assertNotIn("tajne123", page.text)
        self.desk.act(1, "answer", text="Serwer już działa.")
        self.desk.advance(1)
        self.assertIn(ANNA, [one["to"] for one in self.desk.world()["emails"] if "już działa" in one["text"]])

    def test_who_is_named_in_a_forged_resend_does_not_take_part(self):
        text = "Dzień dobry, serwer plików stoi od rana."
        self.desk.email(ANNA, "Awaria", text)
        named = world.mail("Awaria", text, message_id="<mine@evil.example>", headers=(f"Cc: {MALLORY}",))
        self.desk.deliver(named, sender=MALLORY)
        self.only_case()  # it is taken for a re-send, and nobody gains by it
        self.desk.deliver(world.mail("Re: Awaria", "I ja.", sender=MALLORY, headers=("In-Reply-To: <mine@evil.example>",)), sender=MALLORY)
        self.assertEqual(len(self.desk.all_cases()), 2)
        self.desk.act(1, "answer", text="Już działa.")
        self.desk.advance(1)
        self.assertEqual([one["to"] for one in self.desk.world()["emails"] if "Już działa" in one["text"]], [ANNA])

    def test_the_key_of_message_ids_is_kept_over_a_restart(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.advance(HOUR)
        alert = self.desk.emails(ON_CALL)[0]
        self.restart()
        self.desk.email(ON_CALL, "Re: " + alert["subject"], "Już jadę.", In_Reply_To=self.header(alert, "Message-ID"))
        self.assertEqual(self.desk.emails(ANNA)[-1]["text"].split("\n")[0], "Już jadę.")


if __name__ == "__main__":
    unittest.main()
