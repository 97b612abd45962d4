"""Calls by SIP: sipp and a raw socket as the trunk, a real Kamailio as the registrar."""

import os
import re
import threading
import time
import unittest
import urllib.request

import sip_phones
import sip_torture
import world
from sip_phones import Kamailio, Phone, Sipp, header, kept_calls, needs_kamailio, needs_sipp

CALLER, ON_CALL = "+48604555666", "+48600000001"
SIPP_ROWS = []  # what sipp has counted, for the table at the end
LONG = os.environ.get("HEJNAL_LONG") == "1"


class SipTest(world.FolderTest):
    """A sandbox that takes calls by SIP."""

    def setUp(self):
        super().setUp()
        self.serve()

    def serve(self, sip="127.0.0.1:0"):
        self.desk = self.start("--sandbox", "--data", self.folder, "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0", "--sip", sip)
        self.sip = self.desk.told["sip"]

    def sipp(self, **how):
        run = Sipp(self.folder, self.sip, **how)
        self.addCleanup(run.end)
        return run

    def finish(self, run, what):
        code = run.wait()
        figures = run.figures()
        times = run.times_ms() or [0]
        p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
        SIPP_ROWS.append((what, figures["TotalCallCreated"], figures["SuccessfulCall(C)"], figures["FailedCall(C)"],
                          figures["Retransmissions(C)"], f"{p50:.1f}", f"{p99:.1f}"))
        self.assertEqual((code, figures["FailedCall(C)"]), (0, 0), f"{figures} {run.errors()}")
        return figures

    def callbacks(self):
        return self.desk.good("GET", "/api/v1/callbacks", limit=200)["items"]

    def outage(self):
        return self.desk.good("POST", "/api/v1/outages", {"title": "Łącze", "public_text": "Łącze nie działa."})["id"]

    def metric(self, name):
        found = re.search(rf"^hejnal_{re.escape(name)} (\d+)$", self.desk.get("/metrics").text, re.MULTILINE)
        return int(found[1]) if found else None


class Calls(SipTest):
    def test_a_rejected_call_in_an_outage_is_a_promise_that_is_kept(self):
        outage = self.outage()
        with Phone(self.sip) as phone:
            answer = phone.call()
        self.assertTrue(answer.startswith("SIP/2.0 603 Decline\r\n"), answer)
        self.assertEqual(header(answer, "Reason"), 'Q.850;cause=21;text="Naprawiamy awarie, oddzwonimy"')
        self.assertIn(";tag=", header(answer, "To"))
        (callback,) = self.callbacks()
        self.assertEqual((callback["state"], callback["phone"], callback["calls_total"]), ("waiting", CALLER, 1))
        (sms,) = self.desk.texts(CALLER)
        self.assertIn("Lacze nie dziala.", sms["text"])
        self.desk.good("POST", f"/api/v1/outages/{outage}/end", {"public_text": "Działa."})
        self.assertEqual(self.callbacks()[0]["state"], "due")
        self.assertEqual(kept_calls(self.folder), {phone.call_id: "rejected"})
        self.assertEqual([one["result"] for one in self.desk.world()["calls"]], ["rejected"])
        self.assertEqual(self.metric('sip_calls_total{answer="rejected"}'), 1)

    def test_without_a_failure_the_words_are_another_promise(self):
        with Phone(self.sip) as phone:
            answer = phone.call()
        self.assertEqual(header(answer, "Reason"), 'Q.850;cause=21;text="Nie odbieramy, oddzwonimy"')
        self.assertEqual(self.callbacks()[0]["state"], "due")

    def test_a_withheld_number_is_kept_and_promised_nothing(self):
        self.outage()
        with Phone(self.sip) as phone:
            for sender, more in (("sip:anonymous@anonymous.invalid", []), ("sip:+48604555666@trunk.example", ["Privacy: id"])):
                answer = phone.call(sender=sender, headers=more)
                self.assertIn("prosimy napisac", header(answer, "Reason"))
        self.assertEqual(self.callbacks(), [])
        self.assertEqual(sorted(kept_calls(self.folder).values()), ["rejected", "rejected"])
        self.assertEqual(self.desk.texts(), [one for one in self.desk.texts() if one["to"] == ON_CALL])

    def test_nobody_is_believed_who_else_calls(self):
        with Phone(self.sip) as phone:
            phone.call(headers=["P-Asserted-Identity: <sip:+48605000111@trunk.example>"])
        self.assertEqual(self.callbacks()[0]["phone"], CALLER)

    def test_the_same_invite_again_gets_the_same_answer_and_is_one_call(self):
        self.outage()
        with Phone(self.sip) as phone:
            invite = phone.text()
            for _ in range(3):
                phone.send(invite)
            first = phone.final()
            others = [phone.receive(3) for _ in range(2)]  # to the repeats, or its own after half a second
            self.assertEqual(set(others), {first})
            phone.send(invite)
            self.assertEqual(phone.final(), first)
            phone.send(phone.text("ACK", branch=phone.branch, call_id=phone.call_id))
            time.sleep(0.2)
            while phone.receive(0.05):
                pass
            self.assertIsNone(phone.receive(1.5), "it goes on after the ACK")
        self.assertEqual(self.callbacks()[0]["calls_total"], 1)

    def test_an_unacknowledged_answer_is_repeated(self):
        with Phone(self.sip) as phone:
            phone.send(phone.text())
            first, begin = phone.final(), time.monotonic()
            times = []
            for _ in range(3):
                self.assertEqual(phone.receive(5), first)
                times.append(time.monotonic() - begin)
        for found, wanted in zip(times, (0.5, 1.5, 3.5)):
            self.assertAlmostEqual(found, wanted, delta=0.4)

    def test_an_invite_that_comes_again_after_a_crash_is_the_same_call(self):
        self.outage()
        with Phone(self.sip) as phone:
            invite = phone.text()
            phone.send(invite)
            self.assertTrue(phone.final().startswith("SIP/2.0 603 "))
            self.desk.kill()
            self.serve(self.sip)
            phone.send(invite)
            self.assertTrue(phone.final().startswith("SIP/2.0 603 "))
        self.assertEqual(self.callbacks()[0]["calls_total"], 1)

    def test_who_hangs_up_before_the_answer(self):
        """The race is real: whichever comes first, the call is kept once, as what its final answer says."""
        self.outage()
        results = {}
        with Phone(self.sip) as phone:
            for i in range(30):
                invite = phone.text(sender=f"sip:+4930100{i:04}@trunk.example", call_id=f"race{i}")
                cancel = phone.text("CANCEL", branch=phone.branch, call_id=phone.call_id, sender=f"sip:+4930100{i:04}@trunk.example")
                phone.send(invite)
                if i % 3:
                    time.sleep(0.0004 * (i % 5))
                phone.send(cancel)
                final = of_cancel = None
                while final is None or of_cancel is None:
                    message = phone.final(3)
                    self.assertIsNotNone(message, f"call {i}: {final} {of_cancel}")
                    if header(message, "CSeq").endswith("CANCEL"):
                        of_cancel = message
                    else:
                        final = message
                phone.send(phone.text("ACK", branch=phone.branch, call_id=f"race{i}"))
                self.assertTrue(of_cancel.startswith("SIP/2.0 200 "), of_cancel)
                results[f"race{i}"] = int(final.split()[1])
                while phone.receive(0.01):
                    pass
        self.assertLessEqual(set(results.values()), {487, 603})
        self.assertIn(487, results.values())
        kept = kept_calls(self.folder)
        self.assertEqual(kept, {one: "missed" if code == 487 else "rejected" for one, code in results.items()})
        self.assertEqual({one["calls_total"] for one in self.callbacks()}, {1})
        number = next(one["id"] for one in self.callbacks() if one["calls"][0]["result"] == "missed")
        journal = self.desk.good("GET", f"/api/v1/callbacks/{number}")["journal"]
        self.assertIn("the caller hung up before the answer", [one["why"] for one in journal])

    def test_what_is_no_call(self):
        with Phone(self.sip) as phone:
            for method, wanted in (("OPTIONS", 200), ("REGISTER", 405), ("MESSAGE", 405), ("REFER", 405), ("SUBSCRIBE", 405), ("NOTIFY", 405),
                                   ("INFO", 405), ("UPDATE", 405), ("PRACK", 405), ("PUBLISH", 405), ("BYE", 481), ("CANCEL", 481), ("DANCE", 501)):
                phone.send(phone.text(method))
                answer = phone.final()
                self.assertEqual(int(answer.split()[1]), wanted, answer)
                if wanted in (200, 405, 501):
                    self.assertEqual(header(answer, "Allow"), "INVITE, ACK, CANCEL, OPTIONS")
        self.assertEqual(kept_calls(self.folder), {})

    def test_health_and_configuration_say_where_it_listens(self):
        (channel,) = [one for one in self.desk.good("GET", "/api/v1/health")["channels"] if one["name"] == "sip"]
        self.assertEqual((channel["state"], channel["detail"]), ("ok", f"listens on {self.sip}"))

    def test_torture(self):
        """RFC 4475: everything is survived, and what is no call is none."""
        before = self.metric("sip_malformed_total")
        with Phone(self.sip) as phone:
            for name in sip_torture.MESSAGES:
                phone.send(sip_torture.bytes_of(name, f"127.0.0.1:{phone.port}"))
                phone.receive(0.03)
            time.sleep(0.3)
            while phone.receive(0.05):
                pass
            phone.send(phone.text("OPTIONS"))
            self.assertIsNotNone(phone.final())
        kept = kept_calls(self.folder)
        by_kind = {kind: {f"{name}@torture" for name, (one, _) in sip_torture.MESSAGES.items() if one == kind}
                   for kind in ("call", "any", "other", "bad")}
        self.assertLessEqual(by_kind["call"], set(kept), "a call was lost")
        self.assertLessEqual(set(kept), by_kind["call"] | by_kind["any"], "what is no call was taken for one")
        self.assertGreater(self.metric("sip_malformed_total"), before)
        self.assertEqual(self.desk.good("GET", "/api/v1/health")["status"], "ok")
        self.assertNotIn(b"sip: msg", (self.folder / "stderr").read_bytes())

    def test_torture_by_tcp_one_byte_at_a_time(self):
        for name in sip_torture.MESSAGES:
            try:
                with Phone(self.sip, tcp=True) as phone:
                    data = sip_torture.bytes_of(name, "127.0.0.1:9").replace(b"/UDP", b"/TCP")
                    for at in range(0, len(data), 7):
                        phone.send(data[at:at + 7])
            except OSError:
                pass  # it may hang up on nonsense
        with Phone(self.sip, tcp=True) as phone:
            self.assertTrue(phone.call().startswith("SIP/2.0 603 "))


@needs_sipp
class BySipp(SipTest):
    @classmethod
    def tearDownClass(cls):
        print("\n| sipp | calls | right | wrong | repeats | p50 ms | p99 ms |\n|---|---|---|---|---|---|---|")
        for row in SIPP_ROWS:
            print("| " + " | ".join(str(one) for one in row) + " |")
        super().tearDownClass()

    def test_reject(self):
        self.outage()
        run = self.sipp(calls=50, rate=50)
        self.assertEqual(self.finish(run, "reject, UDP")["SuccessfulCall(C)"], 50)
        self.assertEqual(len(kept_calls(self.folder)), 50)

    def test_reject_by_tcp(self):
        self.outage()
        run = self.sipp(calls=50, rate=50, tcp=True)
        self.assertEqual(self.finish(run, "reject, TCP")["SuccessfulCall(C)"], 50)
        self.assertEqual(set(kept_calls(self.folder).values()), {"rejected"})

    def test_many_calls_a_second_and_no_record_is_lost(self):
        self.outage()
        seconds = 60 if LONG else 4
        run = self.sipp(calls=200 * seconds, rate=200)
        figures = self.finish(run, f"200/s for {seconds} s")
        self.assertEqual(figures["SuccessfulCall(C)"], 200 * seconds)
        kept = kept_calls(self.folder)
        self.assertEqual(kept, {f"{run.run}-{i}": "rejected" for i in range(1, 200 * seconds + 1)})

    def test_kill_in_the_middle(self):
        """Each call with a final answer is in the store."""
        self.outage()
        answered, go_on = set(), True
        with Phone(self.sip) as phone:
            def listen():
                while go_on:
                    message = phone.receive(0.2)
                    if message and re.match(r"SIP/2.0 [3-6]", message):
                        answered.add(header(message, "Call-ID"))

            listener = threading.Thread(target=listen)
            listener.start()
            for i in range(600):
                if i == 300:
                    self.desk.kill()
                try:
                    phone.send(phone.text(sender=f"sip:+4930100{i:04}@trunk.example", call_id=f"k{i}"))
                except ConnectionRefusedError:
                    break
                time.sleep(0.002)
            time.sleep(0.3)
            go_on = False
            listener.join()
        self.assertGreater(len(answered), 50)
        self.serve()
        self.assertLessEqual(answered, set(kept_calls(self.folder)))


class Configured(world.ConfiguredTest):
    PHONE = ""
    SIP = ""

    def serve_sip(self, phone="", sip="", listen="127.0.0.1:0"):
        self.write(world.settings("{folder}") + f'\n[phone]\n{phone}\n[phone.sip]\nlisten = "{listen}"\n{sip}\n')
        self.desk = self.serve()
        self.sip = self.desk.told["sip"]

    def answer(self, **how):
        with Phone(self.sip) as phone:
            return phone.call(**how)


class Settings(Configured):
    def test_while_nothing_fails_a_call_goes_to_who_is_on_call(self):
        self.serve_sip('calls = "ring"')
        answer = self.answer()
        self.assertTrue(answer.startswith("SIP/2.0 302 Moved Temporarily\r\n"), answer)
        self.assertEqual(header(answer, "Contact"), f"<sip:{ON_CALL}@127.0.0.1;user=phone>")
        self.assertEqual(list(kept_calls(self.folder).values()), ["put through"])
        self.assertEqual(self.desk.good("GET", "/api/v1/callbacks")["items"], [])
        self.desk.good("POST", "/api/v1/outages", {"title": "x", "public_text": "y"})
        self.assertTrue(self.answer().startswith("SIP/2.0 603 "))

    def test_what_came_of_a_redirected_call_is_told_by_the_exchange(self):
        """Who redirects and who tells know the call by different ids."""
        (self.folder / "pbx").write_text("0123456789abcdef0123\n")
        self.serve_sip('calls = "ring"\nsecret_file = "{folder}/pbx"')
        told = "http://" + self.desk.http + "/hooks/call/0123456789abcdef0123/event?from=%2B4860455566{}&id=17.{}&result={}&by=Ola"
        for last, result in (("6", "NOANSWER"), ("7", "ANSWER"), ("8", "BUSY")):
            self.assertTrue(self.answer(sender=f"sip:+4860455566{last}@trunk.example").startswith("SIP/2.0 302 "))
            self.assertIn("ringing", [one["state"] for one in self.desk.good("GET", "/api/v1/callbacks")["items"]])
            urllib.request.urlopen(told.format(last, last, result), timeout=10).read()
        found = {one["phone"][-1]: (one["state"], one["calls_total"], one["calls"][0]["result"], one["end_reason"])
                 for one in self.desk.good("GET", "/api/v1/callbacks", state="all")["items"]}
        self.assertEqual(found, {"6": ("due", 1, "missed", None), "7": ("paid", 1, "answered", "the call was put through and answered"),
                                 "8": ("due", 1, "rejected", None)})
        (case,) = self.desk.all_cases()
        self.assertEqual([one["text"] for one in self.desk.case(case["number"])["messages"]], ["answered by Ola"])

    @needs_sipp
    def test_redirect_by_sipp(self):
        self.serve_sip('calls = "ring"', 'redirect_host = "provider.example:5070"')
        run = Sipp(self.folder, self.sip, calls=20, rate=20, expected=302)
        self.assertEqual(run.wait(), 0, run.errors())
        self.assertEqual(run.figures()["SuccessfulCall(C)"], 20)
        self.assertEqual(header(self.answer(), "Contact"), f"<sip:{ON_CALL}@provider.example:5070;user=phone>")

    def test_busy_instead_of_declined(self):
        self.serve_sip("", 'reject = "486"')
        answer = self.answer()
        self.assertTrue(answer.startswith("SIP/2.0 486 Busy Here\r\n"), answer)
        self.assertIn("cause=17", header(answer, "Reason"))

    def test_a_trusted_peer_says_who_calls(self):
        self.serve_sip("", 'trusted = ["127.0.0.1"]')
        self.answer(sender="sip:anonymous@anonymous.invalid", headers=["P-Asserted-Identity: <sip:x@y>, <tel:+48605000111>"])
        self.assertEqual(self.desk.good("GET", "/api/v1/callbacks")["items"][0]["phone"], "+48605000111")

    def test_strangers_may_not_call(self):
        self.serve_sip("", 'peers = ["192.0.2.1"]')
        self.assertTrue(self.answer().startswith("SIP/2.0 403 "))
        self.assertEqual(kept_calls(self.folder), {})

    def test_a_flood_is_turned_away_and_counted(self):
        self.serve_sip("", "per_caller = 3\nper_address = 10")
        with Phone(self.sip) as phone:
            codes = [phone.call().split()[1] for _ in range(5)]
            more = [phone.call(sender=f"sip:+4930100{i:04}@x").split()[1] for i in range(30)]
        self.assertEqual(codes, ["603"] * 3 + ["480"] * 2)
        self.assertIn("480", more)
        self.assertEqual(len(kept_calls(self.folder)), (codes + more).count("603"))
        text = self.desk.get("/metrics").text
        self.assertIn('hejnal_sip_turned_away_total{of="caller"} 2', text)
        self.assertRegex(text, r'hejnal_sip_turned_away_total\{of="address"\} [1-9]')

    def test_a_mistake_is_told(self):
        for lines, words in (
            ('listen = "nonsense"', "listen"),
            ('listen = "localhost:5060"', "IP:PORT"),
            ('listen = "127.0.0.1:5060"\nreject = "404"', '"603" or "486"'),
            ('listen = "127.0.0.1:5060"\npeers = ["trunk.example"]', "IP address"),
            ('listen = "127.0.0.1:5060"\npeers = ["192.0.2.1"]\ntrusted = ["192.0.2.2"]', "not among the peers"),
            ('register = "sip:provider.example"', "needs listen"),
            ('listen = "127.0.0.1:5060"\nregister = "provider.example"\nuser = "a"\npassword_file = "x"', "sip:provider.example"),
            ('listen = "127.0.0.1:5060"\nregister = "sip:provider.example"', "account"),
            ('listen = "0.0.0.0:5060"\nregister = "sip:p.example"\nuser = "a"\npassword_file = "x"', "contact"),
            ('listen = "127.0.0.1:5060"\nredirect_host = "a>b"', "HOST"),
            ('listen = "127.0.0.1:5060"\ncolour = "red"', "colour"),
        ):
            self.write(world.settings("{folder}") + "\n[phone.sip]\n" + lines + "\n")
            done = self.hejnal("check", "--config", self.config, code=78)
            self.assertIn(words, done.stderr, lines)
        self.write(world.settings("{folder}") + '\n[phone.sip]\nlisten = "0.0.0.0:5060"\n')
        self.assertIn("peers", self.hejnal("check", "--config", self.config).stderr)

    def test_a_port_that_is_taken_is_told(self):
        with Phone("127.0.0.1:9") as other:
            self.write(world.settings("{folder}") + f'\n[phone.sip]\nlisten = "127.0.0.1:{other.port}"\n')
            with self.assertRaisesRegex(AssertionError, "cannot listen"):
                self.serve()

    def test_sip_by_the_command_is_for_a_sandbox(self):
        done = world.run("serve", "--config", self.config, "--sip", "127.0.0.1:0")
        self.assertEqual(done.returncode, 64)
        self.assertIn("[phone.sip]", done.stderr)


@needs_kamailio
class Registered(Configured):
    def registrar(self, **how):
        kamailio = Kamailio(self.folder / "kamailio", **how)
        self.addCleanup(kamailio.end)
        return kamailio

    def serve_registered(self, kamailio, password="geheim", transport="", seconds=60):
        (self.folder / "password").write_text(password + "\n")
        self.serve_sip("", f'register = "sip:127.0.0.1:{kamailio.port}{transport}"\nuser = "48120000000"\n'
                           f'password_file = "{{folder}}/password"\nregister_seconds = {seconds}')

    def health(self):
        (channel,) = [one for one in self.desk.good("GET", "/api/v1/health")["channels"] if one["name"] == "sip"]
        return channel

    def becomes(self, state, words, longest_s=15):
        self.assertTrue(world.eventually(lambda: self.health()["state"] == state and words in self.health()["detail"], longest_s), self.health())

    def test_it_registers_with_digest_and_calls_come_through_the_registrar(self):
        kamailio = self.registrar()
        self.serve_registered(kamailio)
        self.becomes("ok", "; registered at ")
        self.assertEqual(len(kamailio.said("challenged:")), 1)
        self.assertEqual(len(kamailio.said("kept:")), 1)
        print("\n" + "\n".join(one for word in ("asked:", "challenged:", "kept:") for one in kamailio.said(word)))
        with Phone(f"127.0.0.1:{kamailio.port}") as phone:
            invite = phone.text().replace("sip:120000000@127.0.0.1", f"sip:48120000000@127.0.0.1:{kamailio.port}")
            phone.send(invite)
            answer = phone.final()
            self.assertTrue(answer.startswith("SIP/2.0 603 "), answer)
            self.assertIn("oddzwonimy", header(answer, "Reason"))
        self.assertEqual(list(kept_calls(self.folder).values()), ["rejected"])
        self.desk.stop()
        self.assertTrue(world.eventually(lambda: [one for one in kamailio.said("asked:") if "expires=0" in one]), kamailio.log())

    def test_by_tcp(self):
        kamailio = self.registrar()
        self.serve_registered(kamailio, transport=";transport=tcp")
        self.becomes("ok", "; registered at ")

    def test_it_registers_again_in_time(self):
        kamailio = self.registrar(expires_s=3, nonce_s=2)
        self.serve_registered(kamailio)
        self.assertTrue(world.eventually(lambda: len(kamailio.said("kept:")) >= 4, 15), kamailio.log())
        self.assertEqual(self.health()["state"], "ok")

    def test_a_longer_time_is_asked_for_where_the_registrar_wants_it(self):
        kamailio = self.registrar(least_s=600)
        self.serve_registered(kamailio)
        self.becomes("ok", "; registered at ")

    def test_a_wrong_password_is_told_by_the_health(self):
        kamailio = self.registrar()
        self.serve_registered(kamailio, password="falsch")
        self.becomes("degraded", "does not accept this user and password")
        self.assertIn("since 20", self.health()["detail"])
        self.assertEqual(kamailio.said("kept:"), [])
        self.assertIn("hejnal_sip_registered 0", self.desk.get("/metrics").text)

    @unittest.skipUnless(LONG, "takes a minute: script/test --long")
    def test_a_registrar_that_went_away_is_found_again(self):
        kamailio = self.registrar(expires_s=4)
        self.serve_registered(kamailio)
        self.becomes("ok", "; registered at ")
        kamailio.end()
        self.becomes("degraded", "not registered", 60)
        again = self.registrar(port=kamailio.port)
        self.becomes("ok", "; registered at ", 90)
        self.assertTrue(again.said("kept:"))


if __name__ == "__main__":
    unittest.main()
