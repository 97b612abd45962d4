"""People who sign in: from the first link to a closed account, and what strangers try on the way."""

import base64
import hashlib
import hmac
import json
import re
import sqlite3
import struct
import threading
import time
import unittest
from http.cookies import SimpleCookie

import world
from world import ANNA, DAY, HOUR

PASSWORD = "cztery zielone żaby śpią"
OTHER = "pięć niebieskich wielorybów"


def totp(secret, at):
    """RFC 6238, written a second time."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 10 ** 6:06}"


class Browser:
    """Keeps cookies, and sends what the console would."""

    def __init__(self, desk, secure=False):
        self.desk = desk
        self.prefix = "__Host-hejnal" if secure else "hejnal"
        self.cookies = {}
        self.csrf = ""

    def ask(self, method, path, body=None, csrf=True, headers=None, **options):
        told = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Sec-Fetch-Site": "same-origin",
                "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
        if csrf and method != "GET":
            told["X-CSRF-Token"] = self.csrf if csrf is True else csrf
        told.update(headers or {})
        answer = self.desk.request(method, path, {} if body is None and method == "POST" else body, token=None,
                                   headers={name: value for name, value in told.items() if value is not None}, **options)
        for one in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(one).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        if answer.status == 200 and answer.type.startswith("application/json") and isinstance(answer.json, dict) and answer.json.get("csrf"):
            self.csrf = answer.json["csrf"]
        return answer

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.ask("POST", path, body, **options)

    def sign_in(self, name, password=PASSWORD, code=None, **options):
        return self.post("/api/v1/session", {"name": name, "password": password, **({"code": code} if code else {})}, **options)

    @property
    def device(self):
        return self.cookies.get(self.prefix + "_device")

    def forget(self, device=False):
        """Closes its session without saying so; `device`: knows nothing any more."""
        self.cookies = {} if device else {self.prefix + "_device": self.device}


class SignInTest(world.SandboxTest):
    """A sandbox with an administrator, Adam, and an agent, Zofia."""

    def setUp(self):
        super().setUp()
        self.adam = self.person("Adam", "administrator")
        self.zofia = self.person("Zofia", "agent")

    def link(self, *arguments):
        done = world.run("user", *arguments, "--data", self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip().partition("#")[2]

    def person(self, name, role, password=PASSWORD):
        browser = Browser(self.desk)
        answer = browser.post("/api/v1/link", {"link": self.link("invite", "--name", name, "--role", role), "new_password": password})
        self.assertEqual(answer.status, 200, answer)
        return browser

    def now(self):
        return world.instant(self.desk.world()["now"])

    def set_up_totp(self, browser, password=PASSWORD):
        """Gives the secret and the recovery codes."""
        begun = browser.post("/api/v1/session/totp/begin", {"password": password})
        self.assertEqual(begun.status, 200, begun)
        done = browser.post("/api/v1/session/totp/confirm", {"code": totp(begun.json["secret"], self.now())})
        self.assertEqual(done.status, 200, done)
        return begun.json["secret"], done.json["recovery_codes"]

    def audit(self):
        return self.desk.good("GET", "/api/v1/audit", limit=200)["items"]

    def user(self, name):
        return [one for one in self.desk.good("GET", "/api/v1/users")["items"] if one["name"] == name][0]


class Life(SignInTest):
    def test_from_the_link_to_a_closed_account(self):
        told = self.adam.get("/api/v1/session").json
        self.assertEqual((told["name"], told["role"], told["sandbox"], told["totp"]), ("Adam", "administrator", True, False))
        # Adam invites Ewa, who chooses her password and is signed in.
        answer = self.adam.post("/api/v1/users", {"name": "Ewa", "email": "ewa@wsparcie.example", "role": "agent"})
        self.assertEqual(answer.status, 201, answer)
        secret = answer.json["link"].partition("/console/link#")[2]
        ewa = Browser(self.desk)
        look = ewa.post("/api/v1/link/look", {"link": secret}).json
        self.assertEqual((look["kind"], look["name"], look["role"]), ("invitation", "Ewa", "agent"))
        self.assertEqual(ewa.post("/api/v1/link", {"link": secret, "new_password": PASSWORD, "language": "en"}).json["name"], "Ewa")
        self.assertEqual(ewa.post("/api/v1/link", {"link": secret, "new_password": OTHER}).status, 404)
        # She works, and the journal says so.
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.assertEqual(ewa.post("/api/v1/cases/1/read").status, 200)
        self.assertEqual([one["by"] for one in self.desk.case(1)["journal"] if one["kind"] == "acted"], ["Ewa"])
        self.assertEqual(ewa.get("/api/v1/users").status, 403)
        # A second factor: wrong code, right code, the same code again, a recovery code, the same one again.
        self.assertEqual(ewa.post("/api/v1/session/totp/begin", {"password": "falsch falsch falsch"}).status, 422)
        begun = ewa.post("/api/v1/session/totp/begin", {"password": PASSWORD}).json
        self.assertTrue(begun["uri"].startswith("otpauth://totp/") and begun["qr"].startswith("<svg "))
        self.assertEqual(ewa.post("/api/v1/session/totp/confirm", {"code": "000000"}).status, 422)
        confirmed = ewa.post("/api/v1/session/totp/confirm", {"code": totp(begun["secret"], self.now())}).json
        codes = confirmed["recovery_codes"]
        self.assertEqual(len(set(codes)), 10)
        ewa.forget()
        needed = ewa.sign_in("Ewa")
        self.assertEqual((needed.status, needed.json["code_needed"]), (401, True))
        wrong = ewa.sign_in("Ewa", code="123456" if totp(begun["secret"], self.now()) != "123456" else "654321")
        self.assertEqual((wrong.status, wrong.json["code_needed"]), (401, True))
        self.assertEqual(ewa.sign_in("Ewa", code=totp(begun["secret"], self.now())).status, 401, "it has set up the factor")
        self.desk.advance(60)
        code = totp(begun["secret"], self.now())
        self.assertEqual(ewa.sign_in("Ewa", code=code[:3] + " " + code[3:]).status, 200)
        self.assertEqual(Browser(self.desk).sign_in("Ewa", code=code).status, 401, "a code opens once")
        self.assertEqual(Browser(self.desk).sign_in("EWA", code=codes[0].upper()).status, 200)
        self.assertEqual(Browser(self.desk).sign_in("ewa", code=codes[0]).status, 401, "so does a recovery code")
        # New recovery codes make the old ones worthless.
        self.assertEqual(ewa.post("/api/v1/session/recovery-codes", {"password": PASSWORD}).json["code_needed"], True)
        fresh = ewa.post("/api/v1/session/recovery-codes", {"password": PASSWORD, "code": codes[1]}).json["recovery_codes"]
        self.assertEqual(Browser(self.desk).sign_in("Ewa", code=codes[2]).status, 401)
        phone = Browser(self.desk)
        self.assertEqual(phone.sign_in("Ewa", code=fresh[0]).status, 200)
        # Her sessions: seen, ended.
        sessions = ewa.get("/api/v1/sessions").json["items"]
        self.assertEqual(len(sessions), 4)
        self.assertEqual([one["agent"] for one in sessions], ["Firefox, Linux"] * 4)
        other = [one["id"] for one in sessions if not one["current"]][0]
        self.assertEqual(self.zofia.post(f"/api/v1/sessions/{other}/end").status, 404, "not somebody else's")
        self.assertEqual(ewa.post("/api/v1/sessions/end-others").json, {"ended": 3})
        self.assertEqual(phone.get("/api/v1/session").status, 401)
        self.assertEqual(phone.get("/api/v1/cases").status, 401)
        # Another password ends all but the browser in which it was changed, which gets a new session.
        self.assertEqual(phone.sign_in("Ewa", code=fresh[1]).status, 200)
        before = dict(ewa.cookies)
        self.assertEqual(ewa.post("/api/v1/session/password", {"password": PASSWORD, "new_password": "krótkie"}).status, 400)
        self.assertEqual(ewa.post("/api/v1/session/password", {"password": OTHER, "new_password": OTHER}).status, 422)
        self.assertEqual(ewa.post("/api/v1/session/password", {"password": PASSWORD, "new_password": OTHER}).status, 200)
        self.assertEqual(phone.get("/api/v1/session").status, 401)
        self.assertEqual(ewa.get("/api/v1/session").status, 200)
        self.assertNotEqual(ewa.cookies["hejnal"], before["hejnal"])
        ewa.cookies, now = before, ewa.cookies
        self.assertEqual(ewa.get("/api/v1/session").status, 401, "the old one is over")
        ewa.cookies = now
        # Another role, and the end of it.
        number = self.user("Ewa")["id"]
        self.assertEqual(self.adam.post(f"/api/v1/users/{number}/role", {"role": "reader"}).json["role"], "reader")
        self.assertEqual(ewa.get("/api/v1/session").status, 401)
        ewa.sign_in("Ewa", OTHER, code=fresh[2])
        self.assertEqual(ewa.post("/api/v1/cases/1/start").status, 403)
        self.assertEqual(self.adam.post(f"/api/v1/users/{number}/disable").json["disabled"], True)
        self.assertEqual(ewa.get("/api/v1/session").status, 401)
        self.assertEqual(ewa.sign_in("Ewa", OTHER, code=fresh[3]).json["detail"], "the name or the password is wrong")
        # Everything of it stands in the audit log, what failed a moment after its answer.
        self.assertTrue(world.eventually(lambda: "disabled" in {one["after"] for one in self.audit()}))
        log = self.audit()
        told = [(one["who"], one["action"], one["object"], one["before"], one["after"]) for one in log]
        for line in (("Adam", "POST /api/v1/users", "Ewa", "", "agent"), ("Ewa", "POST /api/v1/link", "Ewa", "", "invitation"),
                     ("Ewa", "POST /api/v1/cases/{number}/read", "1", "", ""), ("Ewa", "POST /api/v1/session", "Ewa", "", "signed in"),
                     ("Ewa", "POST /api/v1/session", "Ewa", "", "wrong code"), ("Ewa", "POST /api/v1/session", "Ewa", "", "signed in with a recovery code"),
                     ("Ewa", "POST /api/v1/session", "Ewa", "", "disabled"), ("Adam", "POST /api/v1/users/{id}/role", "Ewa", "agent", "reader"),
                     ("Adam", "POST /api/v1/users/{id}/disable", "Ewa", "", ""), ("Ewa", "POST /api/v1/session/password", "", "", "")):
            self.assertIn(line, told)
        self.assertEqual({one["address"] for one in log if one["via"] == "session"}, {"127.0.0.1"})
        self.assertEqual(self.zofia.get("/api/v1/audit").status, 403)
        ids = [one["id"] for one in log]
        page = self.desk.good("GET", "/api/v1/audit", limit=3)
        self.assertEqual([one["id"] for one in page["items"]], ids[:3])
        self.assertEqual(self.desk.good("GET", "/api/v1/audit", limit=3, cursor=page["next"])["items"][0]["id"], ids[3])

    def test_what_a_token_changes_is_noted_too_and_what_is_refused_is_not(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.desk.act(1, "read")
        self.desk.get("/api/v1/cases")
        self.desk.post("/api/v1/cases/999/read")
        self.desk.post("/api/v1/cases/1/note", {"text": ""})
        self.desk.request("POST", "/api/v1/cases/1/start", {}, headers={"If-Match": '"1"'})
        self.assertEqual([(one["who"], one["via"], one["action"], one["object"]) for one in self.audit() if one["via"] == "token"],
                         [("sandbox", "token", "POST /api/v1/cases/{number}/read", "1")])

    def test_a_name_is_one_holder(self):
        """Journals know people by name alone, and so does whoever has taken a callback."""
        self.desk.make_token("agent", "jan")
        self.assertEqual(self.adam.post("/api/v1/users", {"name": "Jan", "role": "agent"}).status, 409)
        self.assertEqual(self.desk.post("/api/v1/tokens", {"name": "ADAM", "role": "agent"}).status, 409)
        for name in ("desk", "Client", "the  exchange"):
            self.assertEqual(self.desk.post("/api/v1/tokens", {"name": name, "role": "agent"}).status, 400, name)
            self.assertEqual(self.adam.post("/api/v1/users", {"name": name, "role": "agent"}).status, 400, name)

    def test_a_reset_by_an_administrator(self):
        secret, codes = self.set_up_totp(self.zofia)
        number = self.user("Zofia")["id"]
        first = self.adam.post(f"/api/v1/users/{number}/reset", {}).json["link"].partition("#")[2]
        self.assertEqual(self.zofia.get("/api/v1/session").status, 401)
        self.zofia.forget()
        self.assertEqual(self.zofia.sign_in("Zofia", code=codes[0]).json["detail"], "the name or the password is wrong")
        second = self.adam.post(f"/api/v1/users/{number}/reset", {}).json["link"].partition("#")[2]
        self.assertEqual(self.zofia.post("/api/v1/link", {"link": first, "new_password": OTHER}).status, 404)
        # The link alone does not open an account that has a second factor.
        self.assertEqual(self.zofia.post("/api/v1/link", {"link": second, "new_password": OTHER}).json, {"name": "Zofia", "code_needed": True})
        self.assertNotIn("hejnal", self.zofia.cookies)
        self.assertEqual(self.zofia.sign_in("Zofia", OTHER, code=codes[1]).status, 200)
        third = self.adam.post(f"/api/v1/users/{number}/reset", {"totp": True}).json["link"].partition("#")[2]
        self.assertEqual(self.zofia.post("/api/v1/link", {"link": third, "new_password": PASSWORD}).json["totp"], False)

    def test_the_last_administrator_stays(self):
        sandbox = Browser(self.desk)
        sandbox.post("/sandbox/session")
        number = {one["name"]: one["id"] for one in self.desk.good("GET", "/api/v1/users")["items"]}
        self.assertEqual(self.adam.post(f"/api/v1/users/{number['sandbox']}/disable").status, 200)
        self.assertEqual(self.adam.post(f"/api/v1/users/{number['Adam']}/disable").status, 409)
        self.assertEqual(self.adam.post(f"/api/v1/users/{number['Adam']}/role", {"role": "agent"}).status, 409)

    def test_the_sandbox_signs_its_visitor_in(self):
        browser = Browser(self.desk)
        answer = browser.get("/api/v1/session")
        self.assertEqual((answer.status, answer.json["sandbox"]), (401, True))
        self.assertEqual(browser.post("/sandbox/session", headers={"Sec-Fetch-Site": "cross-site"}).status, 403)
        self.assertEqual(browser.post("/sandbox/session", headers={"Host": "evil.example", "Sec-Fetch-Site": None}).status, 403)
        self.assertEqual(browser.post("/sandbox/session").json["role"], "administrator")
        self.assertEqual(browser.get("/api/v1/session").json["name"], "sandbox")
        self.assertEqual(browser.ask("DELETE", "/api/v1/session").status, 200)
        self.assertEqual(browser.get("/api/v1/session").status, 401)
        self.assertEqual(Browser(self.desk).sign_in("sandbox", "x" * 20).status, 401, "it has no password")

    def test_sessions_end_by_themselves(self):
        for _ in range(3):
            self.desk.advance(11 * HOUR)
            self.assertEqual(self.zofia.get("/api/v1/session").status, 200)
        self.desk.advance(12 * HOUR)
        self.assertEqual(self.zofia.get("/api/v1/session").status, 401)
        self.zofia.sign_in("Zofia")
        ends = self.zofia.get("/api/v1/sessions").json["items"]
        self.assertEqual(len(ends), 1)
        for _ in range(15):
            self.desk.advance(11 * HOUR)
            last = self.zofia.get("/api/v1/session").status
        self.assertEqual(last, 200)
        self.desk.advance(3 * HOUR + 60)
        self.assertEqual(self.zofia.get("/api/v1/session").status, 401, "seven days are over")

    def test_a_session_outlives_a_restart(self):
        self.restart("kill")
        self.zofia.desk = self.desk
        self.assertEqual(self.zofia.get("/api/v1/session").json["name"], "Zofia")

    def test_the_stream_of_an_ended_session_ends(self):
        def stream(browser):
            connection = self.desk.connect(timeout=10)
            connection.request("GET", "/api/v1/events", headers={"Cookie": f"hejnal={browser.cookies['hejnal']}"})
            return connection.getresponse()

        kept, ended = stream(self.adam), stream(self.zofia)
        self.assertEqual((kept.status, ended.status), (200, 200))
        self.assertEqual(self.adam.post(f"/api/v1/users/{self.user('Zofia')['id']}/disable").status, 200)
        began = time.monotonic()
        while ended.readline():
            pass
        self.assertLess(time.monotonic() - began, 5)
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        self.assertTrue(kept.readline())


class Strangers(SignInTest):
    def test_a_page_of_somebody_else_does_nothing(self):
        self.desk.email(ANNA, "Drukarka", "Nie drukuje.")
        for options in ({"csrf": False}, {"csrf": "x"}, {"csrf": self.adam.csrf}, {"csrf": self.zofia.csrf + "0"},
                        {"headers": {"Sec-Fetch-Site": "cross-site"}}, {"headers": {"Sec-Fetch-Site": "same-site"}},
                        {"headers": {"Sec-Fetch-Site": None, "Origin": "https://evil.example"}}):
            with self.subTest(options):
                self.assertEqual(self.zofia.post("/api/v1/cases/1/read", **options).status, 403)
                self.assertEqual(self.zofia.ask("DELETE", "/api/v1/session", **options).status, 403)
        self.assertEqual(self.desk.case(1)["state"], "new")
        self.assertEqual(self.zofia.post("/api/v1/cases/1/read", headers={"Sec-Fetch-Site": None, "Origin": f"http://{self.desk.http}"}).status, 200)
        # Nobody is signed in to a stranger's account either, and a form is no JSON.
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": None, "Origin": "https://evil.example"}):
            self.assertEqual(Browser(self.desk).sign_in("Zofia", headers=headers).status, 403)
        self.assertEqual(Browser(self.desk).sign_in("Zofia", headers={"Content-Type": "text/plain"}).status, 415)
        # A client's page in the same browser is not disturbed by the session.
        link = "/c/" + world.follow_token(self.desk.emails(to=ANNA)[0])
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.assertIn(self.zofia.post(link, b"text=Nadal.", csrf=False, headers=form).status, (200, 303))

    def test_a_session_is_not_chosen_by_whoever_comes(self):
        victim = Browser(self.desk)
        victim.cookies["hejnal"] = "a" * 52
        self.assertEqual(victim.sign_in("Zofia").status, 200)
        self.assertNotEqual(victim.cookies["hejnal"], "a" * 52)
        first = victim.cookies["hejnal"]
        self.assertEqual(victim.sign_in("Zofia").status, 200)
        self.assertNotEqual(victim.cookies["hejnal"], first)
        victim.cookies["hejnal"] = first
        self.assertEqual(victim.get("/api/v1/session").status, 401, "the one before went with the new one")
        twice = Browser(self.desk)
        answer = twice.get("/api/v1/session", headers={"Cookie": f"hejnal={self.zofia.cookies['hejnal']}; hejnal={'b' * 52}"})
        self.assertEqual(answer.status, 401)

    def test_cookies_are_kept_from_scripts_and_other_sites(self):
        answer = Browser(self.desk).sign_in("Zofia")
        for one in answer.headers.get_all("Set-Cookie"):
            self.assertRegex(one, r"^hejnal(_device)?=[a-z0-9.]+; Path=/; Max-Age=[0-9]+; HttpOnly; SameSite=Strict$")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_who_is_not_there_is_answered_like_who_is(self):
        answers, times = {}, {"Zofia": [], "Nikt": []}
        for _ in range(4):
            for name in times:
                began = time.monotonic()
                answer = Browser(self.desk).sign_in(name, OTHER)
                times[name].append(time.monotonic() - began)
                answers[name] = (answer.status, answer.body, sorted(name for name in answer.headers if name != "Date"))
        self.assertEqual(answers["Zofia"], answers["Nikt"])
        self.assertEqual(answers["Zofia"][0], 401)
        # Far apart they would be without the second hash; both cost what a hash costs.
        self.assertGreater(min(times["Nikt"]), 0.5 * min(times["Zofia"]))
        self.assertGreater(min(times["Zofia"]), 0.5 * min(times["Nikt"]))
        for _ in range(3):
            last = [Browser(self.desk).sign_in(name, OTHER).status for name in times]
        self.assertEqual(last, [429, 429], "and the limits are the same")

    def test_strangers_cannot_lock_her_out(self):
        self.zofia.forget()
        statuses = [Browser(self.desk).sign_in("Zofia", f"falsch falsch {i}").status for i in range(8)]
        self.assertEqual(statuses, [401] * 5 + [429] * 3)
        refused = Browser(self.desk).sign_in("Zofia")
        self.assertEqual(refused.status, 429, "also with the right password, from an unknown browser")
        self.assertGreater(int(refused.headers["Retry-After"]), 0)
        self.assertEqual(self.zofia.sign_in("Zofia").status, 200, "but not in hers")
        # The cookie of one account is worth nothing for another one, nor is one that was changed.
        forger = Browser(self.desk)
        forger.cookies["hejnal_device"] = self.adam.device
        self.assertEqual(forger.sign_in("Zofia").status, 429)
        user, nonce, mac = self.zofia.device.split(".")
        for forged in (f"{user}.{nonce}.{mac[:-1]}{'0' if mac[-1] != '0' else '1'}", f"{user}.x{nonce}.{mac}", f"{user}..{mac}", "..", "1"):
            forger.cookies["hejnal_device"] = forged
            self.assertEqual(forger.sign_in("Zofia").status, 429, forged)
        # Time heals: one attempt every three minutes.
        self.desk.advance(180)
        self.assertEqual([Browser(self.desk).sign_in("Zofia", OTHER).status for _ in range(2)], [401, 429])
        # Nor from many networks at once: hers, where nothing was got wrong, still has a try.
        self.desk.advance(DAY)
        statuses = [Browser(self.desk).sign_in("Zofia", OTHER, source=f"127.0.0.{20 + i}").status for i in range(14)]
        self.assertEqual(set(statuses), {401})
        self.assertEqual(Browser(self.desk).sign_in("Zofia", source="127.0.0.77").status, 200)
        # Nor does it lock out anybody else.
        self.assertEqual(Browser(self.desk).sign_in("Adam").status, 200)

    def test_a_known_browser_cannot_guess_for_ever(self):
        self.zofia.forget()
        statuses = [self.zofia.sign_in("Zofia", OTHER).status for _ in range(16)]
        self.assertEqual(statuses, [401] * 15 + [429], "ten as a known one, five as a stranger")
        open_one = Browser(self.desk)
        self.desk.advance(HOUR)
        self.assertEqual(open_one.sign_in("Zofia").status, 200)
        statuses = [open_one.post("/api/v1/session/password", {"password": f"{OTHER}{i}", "new_password": OTHER}).status for i in range(20)]
        self.assertEqual(set(statuses[:10]), {422})
        self.assertIn(429, statuses, "an open browser does not help to find the password")

    def test_a_code_that_two_use_at_once_opens_once(self):
        secret, codes = self.set_up_totp(self.zofia)
        self.desk.advance(60)
        for code in (codes[0], totp(secret, self.now())):
            found, threads = [], []
            for _ in range(4):
                browser = Browser(self.desk)
                browser.cookies["hejnal_device"] = self.zofia.device
                threads.append(threading.Thread(target=lambda one=browser: found.append(one.sign_in("Zofia", code=code).status)))
            for one in threads:
                one.start()
            for one in threads:
                one.join()
            self.assertEqual(sorted(found), [200, 401, 401, 401])

    def test_a_link_that_two_use_at_once_makes_one_account(self):
        secret = self.link("invite", "--role", "reader")
        found, threads = [], []
        for i in range(3):
            body = {"link": secret, "name": f"Ktoś {i}", "new_password": PASSWORD}
            threads.append(threading.Thread(target=lambda one=body: found.append(Browser(self.desk).post("/api/v1/link", one).status)))
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        self.assertEqual(sorted(found), [200, 404, 404])
        self.assertEqual(len([one for one in self.desk.good("GET", "/api/v1/users")["items"] if one["name"].startswith("Ktoś")]), 1)

    def test_links_expire_are_replaced_and_revoked(self):
        first = self.link("invite", "--name", "Ola", "--role", "agent")
        second = self.link("invite", "--name", "ola", "--role", "agent")
        look = lambda one: Browser(self.desk).post("/api/v1/link/look", {"link": one}).status
        self.assertEqual((look(first), look(second)), (404, 200))
        shown = self.desk.good("GET", "/api/v1/users")["links"]
        self.assertEqual([one["name"] for one in shown], ["ola"])
        self.desk.good("POST", f"/api/v1/invitations/{shown[0]['id']}/revoke", {})
        self.assertEqual(look(second), 404)
        third = self.link("invite", "--role", "agent")
        self.desk.advance(DAY)
        self.assertEqual(look(third), 404)
        self.assertEqual(Browser(self.desk).post("/api/v1/link", {"link": third, "name": "Ola", "new_password": PASSWORD}).status, 404)
        self.assertEqual(look(""), 400)

    def test_odd_requests(self):
        sign_in = lambda body, **more: Browser(self.desk).post("/api/v1/session", body, headers={"Content-Type": "application/json", **more})
        self.assertEqual(sign_in(b'{"name":"Zofia","name":"Adam","password":"x"}').status, 400)
        self.assertEqual(sign_in({"name": "Zofia", "password": PASSWORD, "role": "administrator"}).status, 400)
        self.assertEqual(sign_in({"name": "Zofia", "password": "x" * 2000}).status, 400)
        self.assertEqual(sign_in({"name": "Zofia"}).status, 400)
        self.assertEqual(sign_in({"name": ["Zofia"], "password": {}}).status, 400)
        self.assertEqual(sign_in(b"[" * 100).status, 400)
        try:
            self.assertEqual(sign_in(b'{"name":"' + b"x" * 100_000 + b'"}').status, 413)
        except (ConnectionResetError, BrokenPipeError):
            pass  # cut while it was still talking
        # Names do not become headers, lines, or somebody else.
        for name in ("Zo\r\nSet-Cookie: x=y", "\u202eaifoZ", "", " ", "sandbox", "START", "x" * 101, "zofia", "ŻÓFIA".replace("ŻÓ", "ZÓ")):
            answer = self.desk.post("/api/v1/users", {"name": name, "role": "agent"})
            if answer.status == 201:
                secret = answer.json["link"].partition("#")[2]
                kept = Browser(self.desk).post("/api/v1/link/look", {"link": secret}).json["name"]
                self.assertNotRegex(kept, r"[\r\n\u202e]", name)
            else:
                self.assertIn(answer.status, (400, 409), name)
        answer = Browser(self.desk).post("/api/v1/session", {"name": "Zofia", "password": PASSWORD}, headers={"User-Agent": "x\tSet-Cookie: y=z" + "y" * 500})
        self.assertEqual(answer.status, 200)
        self.assertNotIn("y=z", "".join(answer.headers.get_all("Set-Cookie")))
        for path in ("/api/v1/session/password", "/api/v1/session/totp/begin", "/api/v1/sessions/end-others"):
            self.assertEqual(self.desk.post(path).status, 409, "a token has no session")
        self.assertEqual(self.desk.request("GET", "/api/v1/session").status, 401)

    def test_too_many_at_once_are_asked_to_come_back(self):
        found, threads = [], []
        for i in range(30):
            threads.append(threading.Thread(target=lambda name=f"nikt {i}": found.append(Browser(self.desk).sign_in(name))))
        for one in threads:
            one.start()
        began = time.monotonic()
        self.assertEqual(self.desk.get("/api/v1/cases").status, 200, "others do not wait for it")
        took = time.monotonic() - began
        for one in threads:
            one.join()
        self.assertLess(took, 1)
        self.assertEqual({one.status for one in found}, {401, 503})
        self.assertTrue(all(one.headers["Retry-After"] for one in found if one.status == 503))

    def test_nothing_secret_is_kept_as_it_is(self):
        secret, codes = self.set_up_totp(self.zofia)
        link = self.link("invite", "--role", "agent")
        backup = self.folder / "backup.db"
        self.assertEqual(world.run("backup", "--data", self.folder, backup).returncode, 0)
        key = (self.folder / "hejnal.db.key").read_text().strip()
        self.assertEqual((self.folder / "hejnal.db.key").stat().st_mode & 0o777, 0o600)
        raw = base64.b32decode(secret)
        with sqlite3.connect(backup) as database:
            tables = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")]
            dump = "\n".join(repr(row) for name in tables for row in database.execute(f"SELECT * FROM {name}"))
        stderr = (self.folder / "stderr").read_text()
        for what in (PASSWORD, secret, raw.hex(), codes[0], codes[0].replace("-", ""), link, key, self.zofia.cookies["hejnal"],
                     self.zofia.csrf, self.zofia.device):
            for place in (dump, stderr, json.dumps(self.audit()), json.dumps(self.desk.good("GET", "/api/v1/users"))):
                self.assertNotIn(what, place)
            self.assertNotIn(what.encode(), backup.read_bytes())
        self.assertIn("$argon2id$v=19$m=65536,t=2,p=1$", dump)
        # On another machine, without the key: the second factor is worth nothing, a recovery code and a reset are.
        self.desk.stop()
        (self.folder / "hejnal.db.key").unlink()
        self.desk = self.start()
        code = totp(secret, self.now() + 30)
        self.assertEqual(Browser(self.desk).sign_in("Zofia", code=code).status, 401)
        self.assertEqual(Browser(self.desk).sign_in("Zofia", code=codes[3]).status, 200)


class Configured(world.ConfiguredTest):
    def sections(self, more):
        self.write(world.settings("{folder}").replace("[email.in]", more + "\n[email.in]"))

    def first_link(self, desk):
        said = (self.folder / "stderr").read_text("utf-8")
        found = re.findall(r"https://pomoc\.firma\.example/console/link#([a-z0-9]+)", said)
        self.assertTrue(found, said)
        return found[-1]

    def test_the_first_start_makes_a_link_and_the_second_one_another(self):
        desk = self.serve()
        self.assertEqual(set(desk.told), {"http", "lmtp", "sip", "token_file", "pid"})
        first = self.first_link(desk)
        desk.stop()
        desk = self.serve()
        second = self.first_link(desk)
        self.assertNotEqual(first, second)
        browser = Browser(desk, secure=True)
        self.assertEqual(browser.post("/api/v1/link", {"link": first, "name": "Adam", "new_password": PASSWORD}).status, 404)
        self.assertEqual(browser.post("/api/v1/link/look", {"link": second}).json["kind"], "first")
        answer = browser.post("/api/v1/link", {"link": second, "name": "Adam", "new_password": PASSWORD})
        self.assertEqual((answer.status, answer.json["role"], answer.json["sandbox"]), (200, "administrator", False))
        for one in answer.headers.get_all("Set-Cookie"):
            self.assertRegex(one, r"^__Host-hejnal(_device)?=[a-z0-9.]+; Path=/; Max-Age=[0-9]+; HttpOnly; SameSite=Strict; Secure$")
        self.assertEqual(browser.get("/api/v1/session").json["name"], "Adam")
        self.assertEqual(browser.post("/sandbox/session").status, 404)
        desk.stop()
        (self.folder / "stderr").write_text("")
        desk = self.serve()
        self.assertNotIn("#", (self.folder / "stderr").read_text("utf-8"), "one administrator is enough")

    def test_the_commands(self):
        told = self.hejnal("user", "invite", "--role", "administrator", "--name", "Adam", "--config", self.config).stdout
        self.assertRegex(told, r"^https://pomoc\.firma\.example/console/link#[a-z0-9]{40}\n$")
        desk = self.serve()
        adam = Browser(desk, secure=True)
        self.assertEqual(adam.post("/api/v1/link", {"link": told.strip().partition("#")[2], "new_password": PASSWORD}).status, 200)
        self.hejnal("user", "invite", "--name", "ADAM", "--config", self.config, code=world.DATAERR)
        self.hejnal("user", "invite", "--name", "sandbox", "--config", self.config, code=world.DATAERR)
        listed = self.hejnal("user", "list", "--json", "--config", self.config).stdout
        self.assertEqual((json.loads(listed)["name"], json.loads(listed)["role"]), ("Adam", "administrator"))
        self.assertIn("Adam", self.hejnal("user", "list", "--config", self.config).stdout)
        self.hejnal("user", "disable", "--name", "Adam", "--config", self.config, code=world.DATAERR)  # the only one
        self.hejnal("user", "disable", "--name", "Ewa", "--config", self.config, code=world.NOINPUT)
        link = self.hejnal("user", "reset", "--name", "adam", "--config", self.config).stdout.strip().partition("#")[2]
        self.assertEqual(adam.get("/api/v1/session").status, 401)
        self.assertEqual(adam.post("/api/v1/link", {"link": link, "new_password": OTHER}).status, 200)
        log = desk.good("GET", "/api/v1/audit")["items"]
        self.assertIn(("hejnal user", "command", "hejnal user reset", "Adam"), [(one["who"], one["via"], one["action"], one["object"]) for one in log])

    def test_a_required_second_factor(self):
        self.sections('[sign_in]\ntotp = "required"\n')
        desk = self.serve()
        adam = Browser(desk, secure=True)
        answer = adam.post("/api/v1/link", {"link": self.first_link(desk), "name": "Adam", "new_password": PASSWORD})
        self.assertEqual(answer.json["totp_needed"], True)
        for path in ("/api/v1/cases", "/api/v1/users", "/api/v1/events", "/api/v1/audit"):
            answer = adam.get(path)
            self.assertEqual((answer.status, answer.json["totp_needed"]), (403, True), path)
        self.assertEqual(adam.get("/api/v1/health").status, 200)
        begun = adam.post("/api/v1/session/totp/begin", {"password": PASSWORD}).json
        self.assertEqual(adam.post("/api/v1/session/totp/confirm", {"code": totp(begun["secret"], time.time())}).status, 200)
        self.assertEqual(adam.get("/api/v1/cases").status, 200)
        self.assertEqual(adam.post("/api/v1/session/totp/off", {"password": PASSWORD}).status, 409)

    def test_behind_a_proxy(self):
        def tries(desk, **headers):
            return [Browser(desk, secure=True).sign_in(f"nikt {i}", headers={"X-Forwarded-For": "198.51.100.7", **headers}).status for i in range(32)]

        desk = self.serve()
        self.assertEqual(set(tries(desk)), {401}, "a proxy that is not trusted: nobody's address is known")
        desk.stop()
        self.write(world.settings("{folder}").replace(
            'public_url = "https://pomoc.firma.example"', 'public_url = "https://pomoc.firma.example"\ntrusted_proxy = ["127.0.0.1"]'))
        desk = self.serve()
        statuses = tries(desk)
        self.assertEqual(statuses[-2:], [429, 429])
        forged = Browser(desk, secure=True).sign_in("nikt", headers={"X-Forwarded-For": "203.0.113.1, 198.51.100.7"})
        self.assertEqual(forged.status, 429, "what stands before the proxy's own word is not believed")
        self.assertEqual(Browser(desk, secure=True).sign_in("nikt", headers={"X-Forwarded-For": "198.51.100.8"}).status, 401)


if __name__ == "__main__":
    unittest.main()
