"""What a hostile or merely unlucky outsider can do: forged mail, loops, links in the wrong hands, answers that go astray."""

import hashlib
import re
import socketserver
import threading
import time
import unittest

import world
from world import ANNA, DAY, DESK, HOUR, ON_CALL

MALLORY = "mallory@evil.example"


def follow_token(email):
    return re.search(r"/c/([a-z0-9]+)", email["text"]).group(1)


class Forged(world.SandboxTest):
    def test_a_clients_link_does_not_make_an_answer_of_the_on_call_person(self):
        reply_to = "Reply-To: victim@bank.example"
        self.desk.deliver(world.mail("Hello", "hello there", sender=MALLORY, headers=(reply_to,)), sender=MALLORY)
        self.desk.advance(HOUR)  # the person on call has been told
        token = follow_token(self.desk.emails(MALLORY)[0])
        for notice in range(1, 6):  # what the desk's Message-IDs are made of, the client knows
            secret = hashlib.sha256(f"{token}.1.{notice}".encode()).hexdigest()[:16]
            forged = f"In-Reply-To: <hejnal.1.{notice}.{secret}@wsparcie.example>"
            self.desk.deliver(world.mail("Re: Hello", "Pay to account 666.", sender=ON_CALL, headers=(forged,)), sender=MALLORY)
        self.desk.advance(1)
        self.assertEqual([one["to"] for one in self.desk.world()["emails"] if "666" in one["text"]], [])

    def test_a_forged_resend_gives_nobody_the_link_and_the_answers_of_a_case(self):
        self.desk.deliver(world.mail("Awaria", "Dzień dobry, serwer plików stoi. Hasło: tajne123"), sender=ANNA)
        reply_to = f"Reply-To: {MALLORY}"
        self.desk.deliver(world.mail("awaria", "Dzień dobry", sender=ANNA, headers=(reply_to,)), sender=MALLORY)
        self.desk.advance(1)
        for email in self.desk.emails(MALLORY):
            page = self.desk.get("/c/" + follow_token(email), token=None)
            self.assertNotIn("tajne123", page.text)
        self.desk.act(1, "answer", text="Serwer już działa.")
        self.desk.advance(1)
        self.assertIn(ANNA, [one["to"] for one in self.desk.world()["emails"] if "już działa" in one["text"]])


class Merged(world.SandboxTest):
    def setUp(self):
        super().setUp()
        self.desk.email(ANNA, "Serwer", "Hasło Anny: tajne123")
        self.desk.email("bob@inny.example", "Internet", "Nie mam internetu.")
        self.token = follow_token(self.desk.emails("bob@inny.example")[0])
        self.desk.act(2, "merge", into=1)

    def test_another_clients_words_are_not_shown_by_the_old_link(self):
        self.assertNotIn("tajne123", self.desk.get("/c/" + self.token, token=None).text)

    def test_the_client_of_the_merged_case_is_answered_too(self):
        self.desk.act(1, "answer", text="Naprawione.")
        self.desk.advance(1)
        told = sorted(one["to"] for one in self.desk.world()["emails"] if "Naprawione" in one["text"])
        self.assertEqual(told, [ANNA, "bob@inny.example"])


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

    def test_a_split_case_belongs_to_who_wrote_the_message(self):
        self.desk.email(ANNA, "Projekt", "Opis.")
        receipt = self.desk.emails(ANNA)[0]
        self.desk.email("jan@klient.example", receipt["subject"], "U mnie inny problem: mysz.",
                        In_Reply_To=self.header(receipt, "Message-ID"))
        last = [one["id"] for one in self.desk.case(1)["messages"] if one["direction"] == "in"][-1]
        opened = self.desk.act(1, "split", message=last)
        self.assertEqual(opened["client"]["email"], "jan@klient.example")

    def test_a_written_answer_is_not_dropped_by_a_merge(self):
        self.desk.email(ANNA, "Jeden", "Pierwsza sprawa.")
        self.desk.email(ANNA, "Dwa", "Inna rzecz.")
        self.desk.act(2, "answer", text="Odpowiedź druga.", delay_s=60)
        merged = self.desk.post("/api/v1/cases/2/merge", {"into": 1})
        self.desk.advance(120)
        sent = [one for one in self.desk.emails(ANNA) if "Odpowiedź druga" in one["text"]]
        self.assertTrue(merged.status == 409 or len(sent) == 1, merged)

    def test_an_answer_named_twice_leaves_once(self):
        self.desk.email(ANNA, "Jeden", "Pierwsza sprawa.")
        answer = self.desk.post("/api/v1/cases/1/answer", {"text": "Raz.", "channels": ["email", "email"]})
        self.desk.advance(1)
        sent = [one for one in self.desk.emails(ANNA) if "Raz." in one["text"]]
        self.assertTrue(answer.status == 400 or len(sent) == 1, len(sent))

    def test_addresses_are_alike_in_any_case(self):
        self.desk.good("POST", "/api/v1/cases", {"subject": "Mysz", "text": "x", "client": {"email": "Ola@Klient.Example"}})
        receipt = self.desk.world()["emails"][0]
        self.desk.email("ola@klient.example", "Re: Mysz", "Coś jeszcze.", In_Reply_To=self.header(receipt, "Message-ID"))
        self.only_case()

    def test_the_tag_of_the_case_is_found_behind_another_bracket(self):
        self.desk.email(ANNA, "[#45] z naszego systemu", "Opis.")
        self.desk.email(ANNA, self.desk.emails(ANNA)[0]["subject"], "Całkiem inne słowa dopisane.")
        self.only_case()

    def test_a_line_break_in_a_subject_does_not_cost_the_tag(self):
        self.desk.good("POST", "/api/v1/cases", {"subject": "a\r\nb", "text": "x", "client": {"email": ANNA}})
        self.assertIn("[#1 ", self.desk.emails(ANNA)[0]["subject"])


class Shown(world.SandboxTest):
    def test_the_page_and_the_receipt_promise_the_answer_for_the_same_time(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        receipt = self.desk.emails(ANNA)[0]
        promised = re.search(r"należy się Państwu do: (.*)", receipt["text"]).group(1)
        page = self.desk.get("/c/" + follow_token(receipt), token=None).text
        self.assertEqual(re.search(r"należy się do</dt><dd>(.*?)</dd>", page).group(1), promised)

    def events_after(self, last_id):
        connection = self.desk.connect(2)
        try:
            headers = {"Authorization": f"Bearer {self.desk.token}", "Last-Event-ID": str(last_id)}
            connection.request("GET", "/api/v1/events", headers=headers)
            return connection.getresponse().read1(4000).decode()
        except TimeoutError:
            return ""
        finally:
            connection.close()

    def test_events_of_an_earlier_run_are_not_taken_for_those_of_this_one(self):
        self.desk.email(ANNA, "Jeden", "Opis.")
        self.desk.advance(0)
        seen = re.findall(r"id: (\d+)", self.events_after(0))[-1]  # the last event that a console has had
        self.restart()
        self.desk.email("jan@k.example", "Dwa", "Po restarcie.")
        self.desk.advance(0)
        said = self.events_after(seen)
        self.assertTrue("reload" in said or '"case":2' in said, "a change was missed in silence")

    def test_a_page_of_another_site_does_not_get_the_token_by_another_name(self):
        answer = self.desk.get("/sandbox/token", token=None, headers={"Host": "evil.example"})
        self.assertNotEqual(answer.status, 200)

    def test_a_page_of_another_site_cannot_play_with_the_sandbox(self):
        headers = {"Content-Type": "text/plain", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        answer = self.desk.request("POST", "/sandbox/advance", b'{"seconds": 3600}', token=None, headers=headers)
        self.assertEqual(answer.status, 403)

    def test_unknown_parameters_are_refused_everywhere(self):
        self.desk.email(ANNA, "Jeden", "Opis.")
        for path in ("/api/v1/cases/1", "/api/v1/set-aside", "/api/v1/messages/1/raw", "/api/v1/health"):
            with self.subTest(path):
                self.assertEqual(self.desk.get(path + "?foo=1").status, 400)


class Loop(world.FolderTest):
    """The person on call is, by mistake or by a forwarding, the desk itself."""

    def setUp(self):
        super().setUp()
        test = self

        class Relay(socketserver.StreamRequestHandler):
            def handle(self):
                say = lambda line: self.wfile.write(line + b"\r\n")
                say(b"220 relay")
                while line := self.rfile.readline():
                    word = line.strip().upper()
                    if word.startswith(b"MAIL"):
                        sender = line.split(b"<")[1].split(b">")[0].decode()
                    elif word.startswith(b"RCPT"):
                        to = line.split(b"<")[1].split(b">")[0].decode()
                    if word == b"DATA":
                        say(b"354 go on")
                        raw = b""
                        while (piece := self.rfile.readline()) not in (b".\r\n", b""):
                            raw += piece[1:] if piece.startswith(b".") else piece
                        say(b"250 ok")
                        if to == DESK and test.relayed < 50:
                            test.relayed += 1
                            test.desk.deliver(raw, sender, (to,))
                    elif word == b"QUIT":
                        say(b"221 bye")
                        return
                    else:
                        say(b"250 ok")

        self.relayed = 0
        self.relay = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay)
        self.relay.daemon_threads = True
        threading.Thread(target=self.relay.serve_forever, daemon=True).start()
        self.addCleanup(self.relay.server_close)
        self.addCleanup(self.relay.shutdown)
        self.settings = self.folder / "hejnal.toml"
        self.settings.write_text(f"""
[desk]
name = "Wsparcie"
address = "{DESK}"
[store]
url = "sqlite:{self.folder}/hejnal.db"
[http]
listen = "127.0.0.1:0"
public_url = "https://pomoc.example"
[email.in]
lmtp = "127.0.0.1:0"
[email.out]
smtp = "smtp://127.0.0.1:{self.relay.server_address[1]}"
[[on_call]]
name = "Jan"
email = "{DESK}"
""")

    def test_check_refuses_it(self):
        self.assertEqual(world.run("check", "--config", self.settings).returncode, 78)

    def test_our_own_alert_that_comes_back_rings_nobody(self):
        try:
            self.desk = self.start("--config", self.settings)
        except AssertionError:
            return  # it does not even start
        self.desk.deliver(world.mail("[krytyczna] Serwer", "Stoi."))
        time.sleep(3)
        self.assertLess(self.relayed, 5)


if __name__ == "__main__":
    unittest.main()
