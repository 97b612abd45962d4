"""The API under /api/v1: each endpoint with good and bad requests."""

import json
import os
import re
import socket
import threading
import time
import unittest
import urllib.parse

import world
from world import ANNA, HOUR

PHONE = "+48601000001"


class ApiTest(world.SandboxTest):
    def problem(self, answer, status, words=""):
        """Every error is a problem detail (RFC 9457)."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.type, "application/problem+json")
        told = answer.json
        self.assertEqual(told["status"], status)
        self.assertTrue(told["title"])
        self.assertTrue(told["detail"])
        self.assertIn(words, told["detail"])
        return told

    def open_case(self, subject="Drukarka", text="Nie drukuje.", email=ANNA, **more):
        body = {"subject": subject, "text": text, "client": {"email": email}, **more}
        return self.desk.good("POST", "/api/v1/cases", body)


class Tokens(ApiTest):
    ROUTES = [  # what the least role is
        ("GET", "/api/v1/cases", "reader"), ("POST", "/api/v1/cases", "client"), ("GET", "/api/v1/cases/1", "reader"),
        ("GET", "/api/v1/messages/1/raw", "reader"), ("GET", "/api/v1/notices", "reader"), ("GET", "/api/v1/set-aside", "reader"),
        ("GET", "/api/v1/people", "reader"), ("POST", "/api/v1/people/1/merge", "agent"),
        ("POST", "/api/v1/people/1/organisation", "agent"), ("POST", "/api/v1/calls", "agent"),
        ("GET", "/api/v1/outages", "reader"), ("POST", "/api/v1/outages", "agent"), ("GET", "/api/v1/outages/1", "reader"),
        ("POST", "/api/v1/outages/1/update", "agent"), ("POST", "/api/v1/outages/1/end", "agent"), ("POST", "/api/v1/outages/1/attach", "agent"),
        ("POST", "/api/v1/outages/1/detach", "agent"), ("GET", "/api/v1/callbacks", "reader"), ("GET", "/api/v1/callbacks/1", "reader"),
        ("POST", "/api/v1/callbacks/1/take", "agent"), ("POST", "/api/v1/callbacks/1/attempt", "agent"),
        ("POST", "/api/v1/callbacks/1/settle", "agent"), ("POST", "/api/v1/callbacks/1/write-off", "agent"),
        ("POST", "/api/v1/tokens", "administrator"), ("GET", "/api/v1/events", "reader"),
    ] + [("POST", f"/api/v1/cases/1/{action}", "agent") for action in (
        "read", "start", "settle", "reopen", "close", "answer", "ask", "cancel", "note", "reclassify", "merge", "split", "link")]
    ROLES = ["client", "reader", "agent", "administrator"]

    def test_without_with_a_wrong_and_with_a_weak_one(self):
        tokens = {role: self.desk.make_token(role) for role in self.ROLES}
        for method, path, least in self.ROUTES:
            with self.subTest(f"{method} {path}"):
                body = b"{}" if method == "POST" else None
                for token in (None, "wrong", "0" * 48, "' OR 1=1 --"):
                    answer = self.desk.request(method, path, body, token=token)
                    self.problem(answer, 401)
                    self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
                for role in self.ROLES[: self.ROLES.index(least)]:
                    self.problem(self.desk.request(method, path, body, token=tokens[role]), 403, least)
                if path != "/api/v1/events":
                    answer = self.desk.request(method, path, body, token=tokens[least])
                    self.assertNotIn(answer.status, (401, 403), answer)

    def test_other_schemes_are_refused(self):
        for header in ("Basic YTpi", self.desk.token, "Bearer", "Bearer ", "Bearer  "):
            answer = self.desk.get("/api/v1/cases", token=None, headers={"Authorization": header})
            self.problem(answer, 401)
        answer = self.desk.get("/api/v1/cases", token=None, headers={"Authorization": "bearer " + self.desk.token})
        self.assertEqual(answer.status, 200)

    def test_what_a_proxy_is_told_means_nothing_to_us(self):
        follow = urllib.parse.urlparse(self.open_case()["follow_url"]).path
        for header in ("Basic YTpi", "Digest username=x", "Bearer wrong"):
            for path in ("/", "/style.css", follow):
                self.assertEqual(self.desk.get(path, token=None, headers={"Authorization": header}).status, 200, (header, path))
        self.assertEqual(self.desk.get("/api/v1/health", token=None, headers={"Authorization": "Basic YTpi"}).status, 200)
        self.problem(self.desk.get("/api/v1/health", token="wrong"), 401, "valid")  # a mistake of ours to be told of

    def test_the_numbers_are_for_this_machine_and_for_readers(self):
        self.assertEqual(self.desk.get("/metrics", token=None).status, 200)
        through_a_proxy = {"X-Forwarded-For": "203.0.113.7"}
        for header in (through_a_proxy, {"Forwarded": "for=203.0.113.7"}, {"X-Forwarded-Proto": "https"}, {"Host": "pomoc.firma.example"}):
            self.problem(self.desk.get("/metrics", token=None, headers=header), 401)
        for host in ("localhost:8080", "[::1]:8080", "127.0.0.1"):
            self.assertEqual(self.desk.get("/metrics", token=None, headers={"Host": host}).status, 200)
        self.problem(self.desk.get("/metrics", token=self.desk.make_token("client"), headers=through_a_proxy), 401)
        self.assertEqual(self.desk.get("/metrics", token=self.desk.make_token("reader"), headers=through_a_proxy).status, 200)

    def test_listed_and_taken_back(self):
        token = self.desk.make_token("agent", "Żaneta z biura")
        listed = self.desk.good("GET", "/api/v1/tokens")["items"]
        self.assertEqual([(one["name"], one["role"]) for one in listed], [("sandbox", "administrator"), ("Żaneta z biura", "agent")])
        self.assertNotIn(token, json.dumps(listed))
        self.assertEqual(self.desk.get("/api/v1/cases", token=token).status, 200)
        self.desk.good("POST", "/api/v1/tokens/revoke", {"name": "Żaneta z biura"})
        self.problem(self.desk.get("/api/v1/cases", token=token), 401)
        self.problem(self.desk.post("/api/v1/tokens/revoke", {"name": "Żaneta z biura"}), 404)
        self.desk.make_token("reader", "Żaneta z biura")

    def test_one_name_is_one_token(self):
        self.desk.make_token("agent", "jan")
        self.problem(self.desk.post("/api/v1/tokens", {"name": "jan", "role": "reader"}), 409, "jan")
        for name in ("", " ", "\u0007", "sandbox", "start"):
            self.problem(self.desk.post("/api/v1/tokens", {"name": name, "role": "reader"}), 400, "name")
        self.restart()  # and each start makes the sandbox's own anew
        self.restart()
        self.assertEqual([one["name"] for one in self.desk.good("GET", "/api/v1/tokens")["items"]], ["jan", "sandbox"])

    def test_who_may_only_report_is_not_told_who_is_on_call(self):
        token = self.desk.make_token("client")
        body = {"subject": "Serwer stoi", "text": "x", "class": "critical", "client": {"phone": "+48601222333"}}
        made = self.desk.request("POST", "/api/v1/cases", body, token=token)
        self.assertEqual(made.status, 201)
        self.assertNotIn(world.ON_CALL_PHONE, made.text)
        self.assertNotIn("journal", made.json)
        self.assertEqual(made.json["class"], "critical")

    def test_a_role_that_is_none(self):
        self.problem(self.desk.post("/api/v1/tokens", {"name": "x", "role": "king"}), 400, "role")

    def test_the_name_stands_in_the_journal(self):
        self.open_case()
        token = self.desk.make_token("agent", "Żaneta")
        self.desk.good("POST", "/api/v1/cases/1/read", {}, token=token)
        self.assertEqual([one["by"] for one in self.desk.case(1)["journal"] if one["kind"] == "acted"], ["Żaneta"])


class Requests(ApiTest):
    def test_unknown_fields_are_named(self):
        self.open_case()
        paths = ["/api/v1/cases", "/api/v1/calls", "/api/v1/tokens", "/api/v1/people/1/merge", "/sandbox/email", "/sandbox/sms", "/sandbox/call",
                 "/sandbox/lose", "/sandbox/advance"]
        paths += [path for _, path, _ in Tokens.ROUTES if "/cases/1/" in path]
        for path in paths:
            with self.subTest(path):
                self.problem(self.desk.post(path, {"zażółć": 1}), 400, "zażółć")
        self.problem(self.desk.post("/api/v1/cases", {"subject": "a", "text": "b", "client": {"mail": 1}}), 400, "client.mail")

    def test_unknown_parameters_are_named(self):
        for path in ("/api/v1/cases", "/api/v1/notices", "/api/v1/people"):
            self.problem(self.desk.get(path, sort="x"), 400, "sort")

    def test_what_is_said_twice_is_refused(self):
        self.problem(self.desk.get("/api/v1/cases?limit=1&limit=2"), 400, "twice")
        for body in (b'{"subject": "a", "text": "b", "text": "c"}', b'{"subject": "a", "text": "b", "t\\u0065xt": "c"}',
                     b'{"subject": "a:", "text": "b", "client": {"name": "\\":", "name": "x"}}'):
            self.problem(self.desk.request("POST", "/api/v1/cases", body), 400, "twice")
        self.assertEqual(self.desk.request("POST", "/api/v1/cases", b'{"subject": "a:\\"b\\":", "text": "{\\":\\"}"}').status, 201)

    def test_addresses_that_are_none(self):
        for address in ("@", "a@b@c", "a@b;c@d", "a@b\u0000.example", "a\u009b@b.example", "a\u202e@b.example", "Anna <a@b.example>", "a@", "a@b..c"):
            with self.subTest(address):
                self.problem(self.desk.post("/api/v1/cases", {"subject": "x", "text": "y", "client": {"email": address}}), 400, "client.email")

    def test_what_is_one_line_stays_one_line(self):
        case = self.open_case("a\r\nb\u2028c\u009b31m", client={"name": "Anna\n\u0085Nowak", "email": "Anna@Klient.Example"})
        self.assertEqual((case["subject"], case["client"]["name"], case["client"]["email"]), ("a b c31m", "Anna Nowak", "anna@klient.example"))

    def test_the_id_of_an_event_is_a_number(self):
        self.problem(self.desk.get("/api/v1/events?last_id=abc"), 400, "last_id")
        self.problem(self.desk.get("/api/v1/events?foo=1"), 400, "foo")

    def test_pages_do_not_mind_what_is_hung_on_to_a_link(self):
        path = urllib.parse.urlparse(self.open_case()["follow_url"]).path
        self.assertEqual(self.desk.get(path + "?utm_source=x&utm_source=y", token=None).status, 200)

    def test_malformed_json(self):
        for body in (b"{", b"[]", b'"x"', b"1", b"null", b"{'a': 1}", b'{"text": }', b'{"text": "x"} more', b"\xff\xfe", b'{"text": "\xff"}',
                     b'{"text": "' + b"x" * 10 + b"\x01\"}", b"[" * 10000, b'{"a":' * 1000 + b"1" + b"}" * 1000, b'{"text": 1e999}'):
            with self.subTest(body[:20]):
                answer = self.desk.request("POST", "/api/v1/cases", body)
                self.problem(answer, 400)

    def test_wrong_types(self):
        for body in ({"subject": 1, "text": "x"}, {"subject": ["x"], "text": "x"}, {"subject": "x", "text": {}},
                     {"subject": "x", "text": "x", "client": "anna"}, {"subject": "x"}, {"text": "x"}, {"subject": " ", "text": "x"},
                     {"subject": "x", "text": "x", "client": {"email": "anna"}}, {"subject": "x", "text": "x", "client": {"phone": "abc"}},
                     {"subject": "x", "text": "x", "client": {"email": "a@b.example\r\nBcc: c@d.example"}},
                     {"subject": "x" * 3000, "text": "x"}, {"subject": "x", "text": "x", "class": "none"}):
            with self.subTest(str(body)[:60]):
                self.problem(self.desk.post("/api/v1/cases", body), 400)
        self.open_case()
        for action, body in (("answer", {"text": "x", "channels": "email"}), ("answer", {"text": "x", "channels": ["fax"]}),
                             ("answer", {"text": "x", "channels": [1]}), ("answer", {"text": "x", "delay_s": "1"}),
                             ("answer", {"text": "x", "delay_s": -1}), ("answer", {"text": "x", "delay_s": 1.5}),
                             ("answer", {"text": "x", "delay_s": 10**12}), ("answer", {"text": ""}), ("answer", {}), ("ask", {}), ("note", {}),
                             ("reclassify", {"class": "urgent"}), ("reclassify", {"class": "none", "reason": "x"}), ("merge", {"into": "1"}),
                             ("merge", {}), ("split", {}), ("link", {"to": 1.5}), ("link", {"to": 2**70})):
            with self.subTest(f"{action} {body}"):
                self.problem(self.desk.post(f"/api/v1/cases/1/{action}", body), 400)
        self.assertEqual(self.desk.case(1)["state"], "new")

    def test_what_is_not_there(self):
        self.open_case()
        for path in ("/api/v1/cases/99", "/api/v1/messages/99/raw", "/api/v1/nothing", "/api/v2/cases", "/nothing", "/api/v1/cases/1/nothing",
                     "/api/v1/messages/9223372036854775807/raw", "/api/v1/cases/9223372036854775807", "/api/v1/cases/0", "/api"):
            with self.subTest(path):
                self.problem(self.desk.get(path), 404)
        for action, body in (("read", {}), ("merge", {"into": 1}), ("link", {"to": 1}), ("split", {"message": 1}), ("note", {"text": "x"})):
            with self.subTest(action):
                self.problem(self.desk.post(f"/api/v1/cases/99/{action}", body), 404)
        self.problem(self.desk.post("/api/v1/cases/1/merge", {"into": 99}), 404)
        self.problem(self.desk.post("/api/v1/cases/1/link", {"to": 99}), 404)
        self.problem(self.desk.post("/api/v1/cases/1/split", {"message": 99}), 404)
        self.problem(self.desk.post("/api/v1/people/99/merge", {"into": 1}), 404)
        self.problem(self.desk.post("/api/v1/people/1/merge", {"into": 99}), 404)
        self.problem(self.desk.post("/api/v1/people/99/organisation", {"organisation": "x"}), 404)

    def test_numbers_that_are_none(self):
        for number in ("x", "-1", "1.5", "1e3", "99999999999999999999", "%00", "1%20", "%C5%BC"):
            with self.subTest(number):
                answer = self.desk.get(f"/api/v1/cases/{number}")
                self.assertIn(answer.status, (400, 404))
                self.assertEqual(answer.type, "application/problem+json")

    def test_other_methods(self):
        self.open_case()
        for method, path, allowed in (("DELETE", "/api/v1/cases/1", "GET"), ("PUT", "/api/v1/cases", "GET, POST"), ("GET", "/api/v1/cases/1/read", "POST"),
                                      ("POST", "/metrics", "GET"), ("POST", "/", "GET"), ("PATCH", "/sandbox/world", "GET"), ("POST", "/api/v1/events", "GET")):
            with self.subTest(f"{method} {path}"):
                answer = self.desk.request(method, path)
                self.problem(answer, 405)
                self.assertEqual(answer.headers["Allow"], allowed)

    def test_head_is_get_without_its_body(self):
        self.open_case()
        answer = self.desk.request("HEAD", "/api/v1/cases/1")
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertGreater(int(answer.headers["Content-Length"]), 100)

    def test_too_much(self):
        big = json.dumps({"subject": "x", "text": "x" * 2_000_000}).encode()
        self.problem(self.desk.request("POST", "/api/v1/cases", big), 413)
        self.problem(self.desk.post("/api/v1/cases", {"subject": "x", "text": "x" * 600_000}), 400, "text")
        self.problem(self.desk.get("/api/v1/cases", headers={"X-Long": "x" * 20000}), 431)
        self.problem(self.desk.get("/api/v1/cases", q="x" * 600), 400, "q")

    def test_requests_that_are_none(self):
        for raw, status in ((b"nonsense\r\n\r\n", b"400"), (b"GET / HTTP/1.1\r\n\r\n", b"400"),
                            (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"400"), (b"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
                            (b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", b"400"), (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", b"505"),
                            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
                            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", b"400")):
            with self.subTest(raw[:40]):
                host, port = self.desk.http.rsplit(":", 1)
                with socket.create_connection((host, int(port)), 10) as line:
                    line.sendall(raw)
                    self.assertEqual(line.recv(4096).split(b" ")[1], status)

    def test_unicode_comes_back_as_it_went_in(self):
        words = "Zażółć 🎺 \u202e\u0000\ud83d \"\\ \u2028"
        body = json.dumps({"subject": "x", "text": words}).encode()  # a lone surrogate as \ud83d
        answer = self.desk.request("POST", "/api/v1/cases", body)
        if answer.status == 400:
            return  # refusing it is fine as well
        self.assertEqual(answer.status, 201)
        text = answer.json["messages"][0]["text"]
        self.assertTrue(text.startswith("Zażółć 🎺"))


class Cases(ApiTest):
    def test_opening_one(self):
        answer = self.desk.post("/api/v1/cases", {"class": "urgent", "subject": "Zażółć", "text": "gęślą", "client": {
            "name": "Anna", "email": ANNA, "phone": "601 000 001"}})
        self.assertEqual((answer.status, answer.headers["Location"]), (201, "/api/v1/cases/1"))
        case = answer.json
        self.assertEqual((case["class"], case["state"], case["subject"], case["step"], case["email_missing"]), ("urgent", "new", "Zażółć", 1, False))
        self.assertEqual(case["client"], {"name": "Anna", "email": ANNA, "phone": PHONE, "organisation": ""})
        self.assertEqual((case["messages"][0]["channel"], case["messages"][0]["state"]), ("api", "opened"))
        self.assertEqual(len(self.desk.emails(to=ANNA)), 1)

    def test_a_client_token_can_only_report(self):
        token = self.desk.make_token("client")
        self.assertEqual(self.desk.post("/api/v1/cases", {"subject": "x", "text": "y"}, token=token).status, 201)
        self.problem(self.desk.get("/api/v1/cases/1", token=token), 403)

    def test_what_an_agent_does(self):
        self.open_case()
        self.assertEqual(self.desk.act(1, "read")["state"], "read")
        self.assertEqual(self.desk.act(1, "start")["state"], "working")
        self.assertEqual(self.desk.act(1, "note", text="Uwaga.")["state"], "working")
        self.assertEqual(self.desk.act(1, "reclassify", **{"class": "urgent", "reason": "bo tak"})["class"], "urgent")
        self.assertEqual(self.desk.act(1, "ask", text="Która?")["state"], "waiting")
        case = self.desk.act(1, "answer", text="Już.")
        self.assertIsNotNone(case["answered_at"])
        self.assertEqual(self.desk.act(1, "settle")["state"], "settled")
        self.assertEqual(self.desk.act(1, "reopen")["state"], "working")
        self.assertEqual(self.desk.act(1, "close")["state"], "closed")
        self.assertIsNone(self.desk.case(1)["next"])
        self.assertEqual(self.desk.act(1, "reopen")["state"], "working")

    def test_twice_is_no_harm(self):
        self.open_case()
        for action in ("read", "start", "settle", "close"):
            first = self.desk.act(1, action)
            second = self.desk.act(1, action)
            self.assertEqual(first["state"], second["state"])
        self.assertEqual(self.said(1).count("start_of_work"), 1)

    def test_what_does_not_fit_the_state(self):
        self.open_case()
        self.problem(self.desk.post("/api/v1/cases/1/reopen"), 409)
        self.problem(self.desk.post("/api/v1/cases/1/cancel"), 409)
        self.problem(self.desk.post("/api/v1/cases/1/merge", {"into": 1}), 409)
        self.problem(self.desk.post("/api/v1/cases/1/link", {"to": 1}), 409)
        self.problem(self.desk.post("/api/v1/cases/1/answer", {"text": "x", "channels": ["sms"]}), 422, "telephone")
        self.desk.act(1, "answer", text="x", delay_s=60)
        self.problem(self.desk.post("/api/v1/cases/1/answer", {"text": "y"}), 409)
        self.problem(self.desk.post("/api/v1/cases/1/close"), 409, "waiting")
        self.desk.act(1, "cancel")
        self.desk.act(1, "close")
        for action, body in (("read", {}), ("answer", {"text": "x"}), ("settle", {}), ("start", {})):
            self.problem(self.desk.post(f"/api/v1/cases/1/{action}", body), 409, "closed")

    def test_an_answer_by_sms(self):
        self.desk.good("POST", "/api/v1/cases", {"subject": "x", "text": "y", "client": {"email": ANNA, "phone": PHONE}})
        self.desk.act(1, "answer", text="Już.", channels=["email", "sms"])
        self.assertEqual(len([one for one in self.desk.emails(to=ANNA) if "Już." in one["text"]]), 1)
        self.assertEqual(len([one for one in self.desk.texts(to=PHONE) if "Juz." in one["text"] or "Już." in one["text"]]), 1)

    def test_an_answer_to_a_case_without_any_address(self):
        self.desk.good("POST", "/api/v1/cases", {"subject": "x", "text": "y"})
        self.problem(self.desk.post("/api/v1/cases/1/answer", {"text": "x"}), 422)

    def test_merging(self):
        self.open_case("Pierwsza")
        self.open_case("Druga")
        merged = self.desk.act(2, "merge", into=1)
        self.assertEqual(merged["number"], 1)
        gone = self.desk.case(2)
        self.assertEqual((gone["state"], gone["merged_into"]), ("closed", 1))
        self.assertEqual(len([one for one in self.desk.case(1)["messages"] if one["direction"] == "in"]), 2)
        self.problem(self.desk.post("/api/v1/cases/2/answer", {"text": "x"}), 409)
        self.problem(self.desk.post("/api/v1/cases/1/merge", {"into": 2}), 409)

    def test_a_reply_to_a_merged_case_comes_to_the_living_one(self):
        self.desk.email(ANNA, "Pierwsza", "Treść pierwsza.")
        self.desk.email(ANNA, "Druga", "Coś innego zupełnie.")
        receipt = self.desk.emails(to=ANNA, number=2)[0]
        self.desk.act(2, "merge", into=1)
        self.desk.email(ANNA, receipt["subject"], "Dopisuję.", In_Reply_To=self.header(receipt, "Message-ID"))
        self.assertIn("Dopisuję.", [one["text"].strip() for one in self.desk.case(1)["messages"]])
        self.assertEqual(len(self.desk.all_cases()), 2)

    def test_merging_in_a_circle_is_impossible(self):
        for subject in ("a", "b", "c"):
            self.open_case(subject)
        self.desk.act(1, "merge", into=2)
        self.desk.act(2, "merge", into=3)
        self.problem(self.desk.post("/api/v1/cases/3/merge", {"into": 1}), 409)

    def test_splitting(self):
        self.open_case("Pierwsza")
        self.desk.email(ANNA, "Re: " + self.desk.emails(to=ANNA)[0]["subject"], "Coś zupełnie innego.")
        message = [one for one in self.desk.case(1)["messages"] if one["direction"] == "in"][-1]["id"]
        answer = self.desk.post("/api/v1/cases/1/split", {"message": message})
        self.assertEqual(answer.status, 201)
        number = answer.json["number"]
        self.assertEqual(number, 2)
        self.assertIn("Coś zupełnie innego.", [one["text"].strip() for one in self.desk.case(2)["messages"]])
        self.assertEqual([one["other"] for one in self.desk.case(1)["journal"] if one["kind"] == "linked"], [2])
        sent = [one for one in self.desk.case(1)["messages"] if one["direction"] == "out"][0]["id"]
        self.problem(self.desk.post("/api/v1/cases/1/split", {"message": sent}), 422)

    def test_linking_goes_both_ways(self):
        self.open_case("a")
        self.open_case("b")
        self.desk.act(1, "link", to=2)
        for number, other in ((1, 2), (2, 1)):
            self.assertEqual([one["other"] for one in self.desk.case(number)["journal"] if one["kind"] == "linked"], [other])

    def test_a_call_is_recorded(self):
        done = self.desk.good("POST", "/api/v1/calls", {"from": "601 000 001", "result": "rejected"})
        self.assertEqual((done["callback"]["phone"], done["callback"]["calls"][0]["result"], done["case"]), (PHONE, "rejected", None))
        self.assertEqual(len(self.desk.texts(to=PHONE)), 1)
        self.problem(self.desk.post("/api/v1/calls", {"from": "601 000 001", "result": "lost"}), 400, "result")
        self.problem(self.desk.post("/api/v1/calls", {"from": "x", "result": "missed"}), 400, "from")

    def test_a_call_has_the_time_that_is_given(self):
        at = world.rfc3339(time.time() - 2 * 86_400)
        done = self.desk.good("POST", "/api/v1/calls", {"from": PHONE, "result": "missed", "at": at})
        self.assertEqual(done["callback"]["calls"][0]["at"], at)
        done = self.desk.good("POST", "/api/v1/calls", {"from": "+48602000002", "result": "answered", "at": at})
        self.assertEqual((self.desk.case(done["case"])["messages"][0]["at"], done["callback"]), (at, None))
        self.problem(self.desk.post("/api/v1/calls", {"from": PHONE, "result": "missed", "at": "yesterday"}), 400, "at")

    def test_the_journal_explains_everything(self):
        self.open_case()
        self.desk.advance(3 * HOUR)
        self.desk.act(1, "read")
        case = self.desk.case(1)
        self.assertEqual([one["seq"] for one in case["journal"]], list(range(1, len(case["journal"]) + 1)))
        self.assertEqual(sorted(one["at"] for one in case["journal"]), [one["at"] for one in case["journal"]])
        self.assertNotIn(case["follow_url"].rsplit("/", 1)[1], json.dumps(case["journal"]))
        for entry in case["journal"]:
            for name in ("due", "since", "ring_at", "sent_at"):
                if name in entry:
                    self.assertRegex(entry[name], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", entry)


class Lists(ApiTest):
    def test_states_classes_and_order(self):
        for number in range(6):
            self.open_case(f"Sprawa {number}", email=f"k{number}@klient.example", **{"class": ["routine", "urgent", "critical"][number % 3]})
        self.desk.act(1, "read")
        self.desk.act(2, "settle")
        self.desk.act(3, "close")
        numbers = lambda **query: [one["number"] for one in self.desk.cases(**query)["items"]]
        self.assertEqual(sorted(numbers()), [1, 2, 4, 5, 6])
        self.assertEqual(sorted(numbers(state="all")), [1, 2, 3, 4, 5, 6])
        self.assertEqual(sorted(numbers(state="new,read")), [1, 4, 5, 6])
        self.assertEqual(numbers(state="closed"), [3])
        self.assertEqual(sorted(numbers(**{"class": "urgent"})), [2, 5])
        self.assertEqual(numbers(order="newest", state="all"), [6, 5, 4, 3, 2, 1])
        due = [one["next"]["due_at"] for one in self.desk.cases(order="due")["items"]]
        self.assertEqual(due, sorted(due))
        self.assertEqual(self.desk.cases(state="all")["total"], 6)
        for query in ({"state": "nonsense"}, {"state": "new,"}, {"class": "none"}, {"order": "x"}, {"limit": 0}, {"limit": 201}, {"limit": "x"},
                      {"cursor": "x"}, {"cursor": "1-"}, {"cursor": "-"}, {"cursor": "1-2-3"}, {"cursor": "0;DROP TABLE cases"}):
            with self.subTest(query):
                self.problem(self.desk.get("/api/v1/cases", **query), 400)

    def test_every_page_once(self):
        for number in range(45):
            self.open_case(f"Sprawa {number}", email=f"k{number}@klient.example")
        for number in range(1, 20):
            self.desk.act(number, "close")
        for query in ({"state": "all"}, {"state": "open"}, {"order": "newest", "state": "all"}, {"state": "closed"}, {"state": "all", "q": "Sprawa"}):
            with self.subTest(query):
                found, cursor = [], {}
                while True:
                    page = self.desk.cases(limit=7, **query, **cursor)
                    self.assertLessEqual(len(page["items"]), 7)
                    found += [one["number"] for one in page["items"]]
                    if page["next"] is None:
                        break
                    self.assertRegex(page["next"], r"^[A-Za-z0-9_.~-]+$")
                    cursor = {"cursor": page["next"]}
                self.assertEqual(len(found), len(set(found)), "a case came twice")
                self.assertEqual(len(found), page["total"])

    def test_pages_while_cases_change(self):
        for number in range(60):
            self.open_case(f"Sprawa {number}", email=f"k{number}@klient.example")
        stopping = threading.Event()

        def work():
            number = 0
            while not stopping.is_set():
                number = number % 60 + 1
                self.desk.post(f"/api/v1/cases/{number}/note", {"text": "x"})
                self.open_case(f"Neu {number}", email=f"n{number}@klient.example")

        worker = threading.Thread(target=work)
        worker.start()
        try:
            for _ in range(5):
                found, cursor = [], {}
                while True:
                    page = self.desk.cases(limit=10, order="newest", state="all", **cursor)
                    found += [one["number"] for one in page["items"]]
                    if page["next"] is None:
                        break
                    cursor = {"cursor": page["next"]}
                self.assertEqual(len(found), len(set(found)))
                self.assertTrue(set(range(1, 61)) <= set(found), "a case that was there all the time was left out")
        finally:
            stopping.set()
            worker.join()

    def test_search_folds_polish_letters_and_syntax_is_only_words(self):
        self.open_case("Zażółć gęślą jaźń", "Łódź: żółta ściana")
        self.open_case("Drukarka", "Nie drukuje.", email="Żaneta.Nowak@klient.example")
        find = lambda q: [one["number"] for one in self.desk.cases(q=q, state="all")["items"]]
        for q in ("zazolc", "ZAŻÓŁĆ", "gesla jazn", "lodz", "sciana zolta", "zaz"):
            with self.subTest(q):
                self.assertTrue(world.eventually(lambda: find(q) == [1]), find(q))
        for q in ('"', "*", "NOT", "a OR b", "subject:", "(", "^", "-x", "NEAR(a b)", "'; DROP TABLE cases", "\\", "%", "_", "zazolc AND nothing", "\u0000"):
            with self.subTest(q):
                answer = self.desk.get("/api/v1/cases", q=q)
                self.assertIn(answer.status, (200, 400))
        self.assertEqual(find("drukarka zazolc"), [])

    def test_search_finds_people(self):
        self.desk.good("POST", "/api/v1/cases", {"subject": "x", "text": "y", "client": {"name": "Żaneta Bąk", "email": "zaneta@klient.example"}})
        for q in ("zaneta@klient.example", "bąk", "bak"):
            with self.subTest(q):
                self.assertTrue(world.eventually(lambda: self.desk.cases(q=q, state="all")["items"], 3))


class Others(ApiTest):
    def test_health(self):
        answer = self.desk.get("/api/v1/health", token=None)
        self.assertEqual((answer.status, answer.json["status"]), (200, "ok"))
        self.assertNotIn("detail", answer.text)
        self.assertNotIn("open_cases", answer.json)
        told = self.desk.good("GET", "/api/v1/health")
        self.assertEqual((told["store"], told["open_cases"]), ("ok", 0))

    def test_metrics(self):
        self.open_case()
        answer = self.desk.get("/metrics", token=None)
        self.assertEqual(answer.status, 200)
        values = {}
        for line in answer.text.splitlines():
            if line.startswith("#"):
                self.assertRegex(line, r"^# (HELP|TYPE) hejnal_\w+ .+")
            else:
                name, value = line.split(" ")
                self.assertRegex(name, r'^hejnal_[a-z_]+(\{[a-z_]+="[^"]*"\})?$')
                values[name] = float(value)
        self.assertEqual((values["hejnal_cases_open"], values["hejnal_store_up"]), (1, 1))

    def test_notices(self):
        self.open_case()
        self.desk.world()
        notice = self.desk.good("GET", "/api/v1/notices")["items"][0]
        self.assertEqual((notice["case"], notice["kind"], notice["channel"], notice["to"], notice["state"]), (1, "receipt", "email", ANNA, "handed_over"))
        self.assertEqual(self.desk.good("GET", "/api/v1/notices", state="failed")["items"], [])
        self.problem(self.desk.get("/api/v1/notices", state="x"), 400, "state")

    def test_people(self):
        self.open_case(email="a@klient.example")
        self.open_case(email="b@klient.example")
        people = {one["emails"][0]: one["id"] for one in self.desk.good("GET", "/api/v1/people")["items"]}
        a, b = people["a@klient.example"], people["b@klient.example"]
        self.desk.good("POST", f"/api/v1/people/{a}/merge", {"into": b})
        found = self.desk.good("GET", "/api/v1/people", q="a@klient")["items"]
        self.assertEqual([(one["id"], sorted(one["emails"])) for one in found], [(b, ["a@klient.example", "b@klient.example"])])
        self.desk.good("POST", f"/api/v1/people/{b}/organisation", {"organisation": "Klient sp. z o.o."})
        found = self.desk.good("GET", "/api/v1/people", q="sp. z")["items"]
        self.assertEqual([one["organisation"] for one in found], ["Klient sp. z o.o."])
        self.assertIn(self.desk.post(f"/api/v1/people/{b}/merge", {"into": b}).status, (409, 422, 400))
        self.assertEqual(len(self.desk.good("GET", "/api/v1/people", q="b@klient")["items"]), 1)

    def test_people_are_found_whatever_their_letters(self):
        self.desk.good("POST", "/api/v1/cases", {"subject": "x", "text": "y", "client": {"name": "Żaneta", "email": "z@klient.example"}})
        for q in ("Żaneta", "żaneta", "zaneta"):
            with self.subTest(q):
                self.assertEqual(len(self.desk.good("GET", "/api/v1/people", q=q)["items"]), 1)

    def test_the_original_is_no_page(self):
        self.desk.email(ANNA, "x", "<script>alert(1)</script>")
        answer = self.desk.get("/api/v1/messages/1/raw")
        self.assertEqual((answer.status, answer.type), (200, "message/rfc822"))
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")


class Lists(ApiTest):
    def pages(self, path, limit, **query):
        found, cursor = [], {}
        while True:
            page = self.desk.good("GET", path, limit=limit, **query, **cursor)
            self.assertLessEqual(len(page["items"]), limit)
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}

    def test_every_list_goes_on_page_by_page(self):
        for number in range(5):
            self.open_case(f"Sprawa {number}", email=f"k{number}@klient.example")
            self.desk.email("news@lista.example", f"Biuletyn {number}", "x", List_Id="<news.lista.example>")
        self.desk.advance(0)  # everything has left, so that nothing changes from page to page
        for path in ("/api/v1/people", "/api/v1/notices", "/api/v1/set-aside"):
            with self.subTest(path):
                whole = self.desk.good("GET", path)
                self.assertEqual((len(whole["items"]), whole["next"]), (5, None))
                for limit in (1, 2, 4, 5):
                    self.assertEqual(self.pages(path, limit), whole["items"])
                for bad in ({"limit": 0}, {"limit": 201}, {"limit": "x"}, {"cursor": "x"}, {"cursor": -1}):
                    self.problem(self.desk.get(path, **bad), 400, next(iter(bad)))
        self.assertEqual(len(self.pages("/api/v1/people", 1, q="k3@")), 1)


class Events(ApiTest):
    def stream(self, token=None, **headers):
        connection = self.desk.connect(timeout=10)
        self.addCleanup(connection.close)
        connection.request("GET", "/api/v1/events", headers={"Authorization": f"Bearer {token or self.desk.token}", **headers})
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        self.assertTrue(response.headers["Content-Type"].startswith("text/event-stream"))
        return response

    def next_event(self, response):
        event = {}
        while True:
            line = response.readline().decode().rstrip("\r\n")
            if not line and "data" in event:
                return event
            name, _, value = line.partition(":")
            if name:
                event[name] = value.strip()

    def test_changes_arrive_as_they_happen(self):
        response = self.stream()
        self.open_case()
        seen = []
        while "opened" not in seen:
            event = self.next_event(response)
            seen.append(event["event"])
        self.assertEqual(json.loads(event["data"]), {"case": 1})
        self.desk.act(1, "read")
        while self.next_event(response)["event"] != "changed":
            pass

    def test_a_stream_ends_with_its_token(self):
        watching = {name: self.stream(self.desk.make_token("reader", name)) for name in ("ela", "jan", "ola")}
        self.desk.good("POST", "/api/v1/tokens/revoke", {"name": "ela"})
        world.run("token", "revoke", "--name", "jan", "--data", self.folder)  # by the command, as far as the server
        for name in ("ela", "jan"):
            self.assertEqual(watching[name].read(), b"")
        self.open_case()
        self.assertEqual(self.next_event(watching["ola"])["event"], "opened")
        # The name may come again, and its new token is worth something.
        again = self.stream(self.desk.make_token("reader", "ela"))
        self.desk.act(1, "read")
        self.assertEqual(self.next_event(again)["event"], "changed")

    def test_nothing_is_missed_between_two_connections(self):
        first = self.stream()
        self.open_case("a")
        last = self.next_event(first)["id"]
        first.close()
        for subject in "bcd":
            self.open_case(subject, email=f"{subject}@klient.example")
        again, seen = self.stream(**{"Last-Event-ID": last}), set()
        while not {2, 3, 4} <= seen:
            event = self.next_event(again)
            self.assertGreater(int(event["id"]), int(last))
            last = event["id"]
            seen.add(json.loads(event["data"]).get("case"))

    def test_an_id_from_before_a_restart_means_reload(self):
        self.restart()
        response = self.stream(**{"Last-Event-ID": "1000"})
        self.assertEqual(self.next_event(response)["event"], "reload")

    def test_requests_that_fail_swallow_no_event(self):
        self.open_case()
        response, stopping = self.stream(), threading.Event()

        def fail():
            while not stopping.is_set():
                self.desk.post("/api/v1/cases/1/cancel")  # 409, in the same commit as somebody's report

        workers = [threading.Thread(target=fail) for _ in range(6)]
        for one in workers:
            one.start()
        try:
            for number in range(2, 102):
                reply = self.desk.deliver(world.mail(subject=f"Sprawa {number}", sender=f"k{number}@klient.example"), sender=f"k{number}@klient.example")
                self.assertEqual(reply[0][:3], "250")
        finally:
            stopping.set()
            for one in workers:
                one.join()
        self.desk.act(1, "close")
        opened = set()
        while True:
            event = self.next_event(response)
            number = json.loads(event["data"]).get("case")
            if event["event"] == "opened":
                opened.add(number)
            elif (event["event"], number) == ("changed", 1):
                break
        self.assertEqual(set(range(2, 102)) - opened, set())

    def test_many_listeners(self):
        listeners = [self.stream() for _ in range(50)]
        self.open_case()
        for one in listeners:
            self.assertTrue(self.next_event(one)["event"])


class Sandbox(ApiTest):
    def test_only_its_own_page_may_play(self):
        port = self.desk.http.rsplit(":", 1)[1]
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", "LOCALHOST", "hejnal.localhost:1", "box:8080"):
            self.assertEqual(self.desk.get("/sandbox/token", token=None, headers={"Host": host}).status, 200, host)
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example."):
            for path in ("/sandbox/token", "/sandbox/world"):
                self.problem(self.desk.get(path, token=None, headers={"Host": host}), 403)
        foreign = ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                   {"Origin": f"http://127.0.0.1:{int(port) ^ 1}"})
        for headers in foreign:
            self.problem(self.desk.request("POST", "/sandbox/sms", {"from": PHONE, "text": "x"}, token=None, headers=headers), 403, "own page")
        self.assertEqual(self.desk.all_cases(), [])
        own = {"Origin": f"http://127.0.0.1:{port}", "Host": f"127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"}
        self.assertEqual(self.desk.request("POST", "/sandbox/sms", {"from": PHONE, "text": "x"}, token=None, headers=own).status, 200)
        for page in ("/sandbox/", "/sandbox/sandbox.js", "/"):  # there is a link to it in each alert
            self.assertEqual(self.desk.get(page, token=None, headers={"Sec-Fetch-Site": "cross-site"}).status, 200)

    def test_bad_requests(self):
        for path, body in (("/sandbox/advance", {"seconds": -1}), ("/sandbox/advance", {"seconds": 10**12}), ("/sandbox/advance", {}),
                           ("/sandbox/advance", {"seconds": "1"}), ("/sandbox/email", {"subject": "x"}), ("/sandbox/email", {"from": "x"}),
                           ("/sandbox/sms", {"from": "x", "text": "y"}), ("/sandbox/sms", {"from": PHONE}), ("/sandbox/call", {"from": "x"}),
                           ("/sandbox/lose", {"channel": "fax", "next": 1}), ("/sandbox/lose", {"channel": "sms", "next": -1})):
            with self.subTest(f"{path} {body}"):
                self.problem(self.desk.post(path, body), 400)

    def test_losing_and_finding(self):
        self.desk.good("POST", "/sandbox/lose", {"channel": "email", "next": 2})
        for number in range(3):
            self.desk.email(ANNA, f"Sprawa {number}", f"Tekst {number} {number * 37}.")
        self.assertEqual([one["subject"] for one in self.desk.all_cases()], ["Sprawa 2"])

    def test_a_call_is_rejected(self):
        self.assertEqual(self.desk.call("601000001"), {"result": "rejected", "to": None})
        self.assertEqual([one["from"] for one in self.desk.world()["calls"]], [PHONE])

    def test_the_world_counts_segments(self):
        self.desk.call(PHONE)
        one = self.desk.texts(to=PHONE)[0]
        self.assertGreaterEqual(one["segments"], 1)

    def test_a_year_passes_quickly(self):
        for number in range(10):
            self.desk.email(f"k{number}@klient.example", f"Sprawa {number}", f"Tekst {number}.")
            self.desk.act(number + 1, "answer", text="Już.")
        self.assertGreater(self.desk.advance(365 * 24 * HOUR), "2027")
        self.assertEqual({one["state"] for one in self.desk.all_cases()}, {"closed"})

    @unittest.skipUnless(os.environ.get("HEJNAL_LONG") == "1", "takes minutes: script/test --long")
    def test_a_year_in_which_nobody_reads_is_answered_as_well(self):
        for number in range(10):
            self.desk.email(f"k{number}@klient.example", f"Sprawa {number}", f"Tekst {number}.")
        self.assertGreater(self.desk.advance(365 * 24 * HOUR), "2027")

    def test_sigterm_ends_a_long_advance(self):
        for number in range(10):
            self.desk.email(f"k{number}@klient.example", f"Sprawa {number}", f"Tekst {number}.")
        waiting = threading.Thread(target=lambda: self.assertRaises(Exception, self.desk.advance, 9 * 365 * 24 * HOUR))
        waiting.start()
        time.sleep(1)
        try:
            self.desk.stop(longest_s=10)
        finally:
            waiting.join()


class NothingIsMissed(world.SandboxTest):
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

    def test_unknown_parameters_are_refused_everywhere(self):
        self.desk.email(ANNA, "Jeden", "Opis.")
        for path in ("/api/v1/cases/1", "/api/v1/set-aside", "/api/v1/messages/1/raw", "/api/v1/health"):
            with self.subTest(path):
                self.assertEqual(self.desk.get(path + "?foo=1").status, 400)


if __name__ == "__main__":
    unittest.main()
