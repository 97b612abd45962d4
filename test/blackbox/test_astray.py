"""Words that must not get lost: a person's mail among copies and robots, an agent's answer among colleagues."""

import unittest

import world
from world import ANNA, DAY, DESK, HOUR, ON_CALL


class Astray(world.SandboxTest):
    def test_a_mail_that_first_came_as_a_copy_of_a_list_still_becomes_a_case(self):
        mail = world.mail("Serwer stoi", "Pomocy.", message_id="<twice@klient.example>")
        self.desk.deliver(b"Precedence: list\r\nList-Id: <it.klient.example>\r\n" + mail, sender="it-bounces@klient.example")
        self.desk.deliver(mail)
        self.assertEqual(len(self.desk.all_cases()), 1)

    def test_an_objection_with_a_suppressing_header_is_not_silence(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.act(1, "answer", text="Zrobione.")
        self.desk.advance(1)
        answer = [one for one in self.desk.emails(ANNA) if "Zrobione" in one["text"]][0]
        self.desk.email(ANNA, answer["subject"], "Nadal nie drukuje!", In_Reply_To=self.header(answer, "Message-ID"),
                        X_Auto_Response_Suppress="DR, OOF, AutoReply")
        self.desk.advance(15 * DAY)
        self.assertNotEqual(self.desk.case(1)["state"], "closed")

    def test_the_client_gets_the_answer_although_a_colleague_wrote_last(self):
        first = world.mail("Projekt", "Opis.", headers=("Cc: ola@inna.example",), message_id="<p@klient.example>")
        self.desk.deliver(first)
        self.desk.deliver(world.mail("Re: Projekt", "Ja też.", sender="ola@inna.example",
                                     headers=("In-Reply-To: <p@klient.example>",)), sender="ola@inna.example")
        self.desk.act(1, "answer", text="Gotowe.")
        self.desk.advance(1)
        self.assertIn(ANNA, [one["to"] for one in self.desk.world()["emails"] if "Gotowe" in one["text"]])

    def test_a_written_answer_is_not_dropped_by_a_merge(self):
        self.desk.email(ANNA, "Jeden", "Pierwsza sprawa.")
        self.desk.email(ANNA, "Dwa", "Inna rzecz.")
        self.desk.act(2, "answer", text="Odpowiedź druga.", delay_s=60)
        merged = self.desk.post("/api/v1/cases/2/merge", {"into": 1})
        self.desk.advance(120)
        sent = [one for one in self.desk.emails(ANNA) if "Odpowiedź druga" in one["text"]]
        self.assertTrue(merged.status == 409 or len(sent) == 1, merged)

    def test_the_tag_of_the_case_is_found_behind_another_bracket(self):
        self.desk.email(ANNA, "[#45] z naszego systemu", "Opis.")
        self.desk.email(ANNA, self.desk.emails(ANNA)[0]["subject"], "Całkiem inne słowa dopisane.")
        self.only_case()

    def test_a_line_break_in_a_subject_does_not_cost_the_tag(self):
        self.desk.good("POST", "/api/v1/cases", {"subject": "a\r\nb", "text": "x", "client": {"email": ANNA}})
        self.assertIn("[#1 ", self.desk.emails(ANNA)[0]["subject"])

    def test_an_agent_with_an_old_view_does_not_answer_twice(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        seen = self.desk.get("/api/v1/cases/1").headers["ETag"]
        answers = [self.desk.post("/api/v1/cases/1/answer", {"text": "Raz."}, headers={"If-Match": seen}) for _ in range(3)]
        self.assertEqual([one.status for one in answers], [200, 412, 412])
        self.assertEqual(answers[0].headers["ETag"], self.desk.get("/api/v1/cases/1").headers["ETag"])
        self.desk.advance(1)
        self.assertEqual(len([one for one in self.desk.emails(ANNA) if "Raz." in one["text"]]), 1)
        self.assertEqual(self.desk.post("/api/v1/cases/1/note", {"text": "x"}, headers={"If-Match": "*"}).status, 200)

    def test_a_question_that_nobody_answers_settles_nothing(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.act(1, "ask", text="Która?")
        self.desk.advance(7 * DAY)
        self.assertEqual(self.desk.case(1)["state"], "waiting")
        self.assertIn("zostanie zamknięta", self.desk.emails(ANNA)[-1]["text"])
        self.desk.advance(7 * DAY)
        self.assertEqual(self.desk.case(1)["state"], "closed")

    def test_an_sms_has_an_end(self):
        self.desk.good("POST", "/api/v1/cases", {"subject": "x", "text": "y", "client": {"email": ANNA, "phone": "+48601222333"}})
        long = self.desk.post("/api/v1/cases/1/answer", {"text": "ż" * 901, "channels": ["sms"]})
        self.assertEqual(long.status, 422)
        self.assertIn("900", long.json["detail"])

    def test_a_receipt_by_sms_has_words(self):
        self.desk.good("POST", "/api/v1/cases", {"subject": "x", "text": "y", "client": {"phone": "+48601222333"}})
        self.desk.advance(1)
        self.assertIn("sprawa 1", self.desk.texts("+48601222333")[0]["text"])

    def test_invisible_words_are_none(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.assertEqual(self.desk.post("/api/v1/cases/1/answer", {"text": "\u200b"}).status, 400)

    def test_an_older_tag_does_not_stand_beside_the_new_one(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.act(1, "close")
        self.desk.email(ANNA, self.desk.emails(ANNA)[0]["subject"], "Znowu.")
        subject = self.desk.emails(ANNA)[-1]["subject"]
        self.assertEqual(subject.count("[#"), 1)
        self.assertIn("[#2 ", subject)

    def test_an_answer_ends_with_a_signature_as_mail_programs_know_it(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.act(1, "answer", text="Już.")
        self.assertIn("\n-- \n", self.desk.emails(ANNA)[-1]["text"])

    def test_a_long_text_on_the_page_is_counted_in_characters(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        link = "/c/" + world.follow_token(self.desk.emails(ANNA)[0])
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for length, status in ((100_000, 303), (100_001, 400)):
            body = "text=" + "ż" * length
            self.assertEqual(self.desk.request("POST", link, body.encode(), token=None, headers=form).status, status)


class OnCall(world.SandboxTest):
    """A small desk works from a mail program."""

    def alert(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje faktur od rana.")
        self.desk.advance(HOUR)
        return self.desk.emails(ON_CALL)[0]

    def reply(self, mail, text, headers=()):
        to_it = f"In-Reply-To: {self.header(mail, 'Message-ID')}"
        self.desk.deliver(world.mail("Re: x", text, sender=ON_CALL, headers=(to_it, *headers)), sender=ON_CALL)
        self.desk.advance(1)

    def test_an_alert_says_what_the_client_has_written(self):
        self.assertIn("Nie drukuje faktur od rana.", self.alert()["text"])

    def test_who_attaches_a_file_is_told_that_it_did_not_go(self):
        to_it = self.header(self.alert(), "Message-ID")
        lines = [f"From: {ON_CALL}", f"To: {DESK}", "Subject: Re: x", "Message-ID: <file@wsparcie.example>", f"In-Reply-To: {to_it}",
                 "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="B"', "",
                 "--B", "Content-Type: text/plain", "", "Plan w pliku.", "--B", "Content-Type: application/pdf",
                 'Content-Disposition: attachment; filename="plan.pdf"', "", "%PDF", "--B--", ""]
        self.desk.deliver("\r\n".join(lines).encode(), sender=ON_CALL)
        self.desk.advance(1)
        self.assertIn("Plan w pliku.", self.desk.emails(ANNA)[-1]["text"])
        told = self.desk.emails(ON_CALL)[-1]
        self.assertIn("plan.pdf", told["text"])

    def test_what_stands_below_a_line_of_dashes_is_not_lost_in_silence(self):
        self.reply(self.alert(), "Najpierw to.\r\n--\r\n" + "\r\n".join(f"Punkt {n}: zrobić coś ważnego." for n in range(14)))
        self.assertNotIn("Punkt 13", self.desk.emails(ANNA)[-1]["text"])
        self.assertIn("Punkt 13", self.desk.emails(ON_CALL)[-1]["text"])

    def test_mail_that_was_set_aside_is_looked_at_by_a_reply(self):
        for number, subject in enumerate(("Promocja", "Serwer stoi", "Wyprzedaż")):
            bulk = ("Precedence: bulk", f"List-Id: <{number}.sklep.example>")
            self.desk.deliver(world.mail(subject, "Treść.", sender="lista@sklep.example", headers=bulk), sender="x@sklep.example")
        self.desk.advance(DAY)
        daily = self.desk.emails(ON_CALL)[-1]
        ids = {one["subject"]: one["id"] for one in self.desk.good("GET", "/api/v1/set-aside")["items"]}
        for subject, id_ in ids.items():
            self.assertIn(f"{id_}. lista@sklep.example: {subject}", daily["text"])
        self.reply(daily, f"#sprawa {ids['Serwer stoi']}\r\n#nie {ids['Promocja']} 99999\r\n")
        self.assertEqual([one["subject"] for one in self.desk.all_cases()], ["Serwer stoi"])
        self.assertEqual([one["subject"] for one in self.desk.good("GET", "/api/v1/set-aside")["items"]], ["Wyprzedaż"])


if __name__ == "__main__":
    unittest.main()
