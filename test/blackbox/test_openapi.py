"""The API's description against the API: the same routes, and every real answer fits its schema."""

import json
import re
import unittest
import urllib.parse

import world
from test_signin import OTHER, PASSWORD, Browser, totp
from world import ANNA, HOUR

DOCUMENT = json.loads((world.SOURCE / "src/api/pages/openapi.json").read_text("utf-8"))
PHONE = "+48601000001"
KNOWN = {"$ref", "description", "type", "enum", "pattern", "minimum", "maximum", "maxLength", "format", "default", "properties", "required",
         "additionalProperties", "items", "oneOf", "anyOf"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def resolved(schema):
    while "$ref" in schema:
        found = DOCUMENT
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def is_of_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def mistakes(value, schema, where="$"):
    """What is wrong with the value: a list of sentences. Knows the words of JSON Schema that the document uses, and no others."""
    schema = resolved(schema)
    unknown = set(schema) - KNOWN
    if unknown:
        return [f"{where}: the schema has {unknown}"]
    for word in ("oneOf", "anyOf"):
        if word in schema:
            fits = [one for one in schema[word] if not mistakes(value, one, where)]
            if not fits or (word == "oneOf" and len(fits) > 1):
                return [f"{where}: {len(fits)} of {word} fit {value!r}"]
    out = []
    types = schema.get("type", [])
    types = types if isinstance(types, list) else [types]
    if types and not any(is_of_type(value, name) for name in types):
        return [f"{where}: {value!r} is not {'/'.join(types)}"]
    if "enum" in schema and value not in schema["enum"]:
        out.append(f"{where}: {value!r} is not one of {schema['enum']}")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        out.append(f"{where}: {value!r} is not like {schema['pattern']}")
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        out.append(f"{where}: {value} is out of bounds")
    if isinstance(value, list) and "items" in schema:
        for number, one in enumerate(value):
            out += mistakes(one, schema["items"], f"{where}[{number}]")
    if isinstance(value, dict):
        fields = schema.get("properties", {})
        out += [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, one in value.items():
            more = schema.get("additionalProperties", True)
            if name in fields:
                out += mistakes(one, fields[name], f"{where}.{name}")
            elif more is False:
                out.append(f"{where}: {name} is not in the document")
            elif isinstance(more, dict):
                out += mistakes(one, more, f"{where}.{name}")
    return out


def operation_of(method, path):
    """(pattern, operation) that describes a request; None where there is none."""
    for pattern, item in DOCUMENT["paths"].items():
        regular = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", pattern))
        if re.fullmatch(regular, path) and method.lower() in item:
            return pattern, item[method.lower()]
    return None


def routes():
    text = (world.SOURCE / "src/api/routes.cpp").read_text("utf-8")
    return {(method, path): (role, "true" in rest) for method, path, role, rest in
            re.findall(r'\{"([A-Z]+)",\s*"([^"]+)",\s*Role::(\w+),\s*\w+(.*?)\}', text, re.DOTALL)}


class Document(unittest.TestCase):
    def operations(self):
        for path, item in DOCUMENT["paths"].items():
            for method, operation in item.items():
                if method != "parameters":
                    yield method.upper(), path, operation, item.get("parameters", [])

    def test_it_has_every_route_and_no_other(self):
        described = {(method, path) for method, path, _, _ in self.operations()}
        real = set(routes()) | {("GET", "/api/v1/events")}  # which has no handler, but a stream
        self.assertGreater(len(routes()), 30)
        self.assertEqual(real - described, set(), "not in the document")
        self.assertEqual(described - real, set(), "not in the program")

    def test_roles_and_the_sandbox_are_marked(self):
        table = routes()
        for method, path, operation, _ in self.operations():
            role, sandbox = table.get((method, path), ("reader", False))
            with self.subTest(f"{method} {path}"):
                self.assertEqual(operation.get("x-role", "nobody"), role)
                self.assertEqual(operation.get("x-sandbox-only", False), sandbox)

    def test_the_parameters_are_those_that_the_program_takes(self):
        text = (world.SOURCE / "src/api/routes.cpp").read_text("utf-8")
        taken = {(method, path): set(filter(None, names.split(","))) for method, path, names in
                 re.findall(r'\{"([A-Z]+)",\s*"([^"]+)",\s*Role::\w+,\s*\w+,\s*\w+,\s*"([^"]*)"', text)}
        self.assertTrue(taken)
        for method, path, operation, shared in self.operations():
            described = {one["name"] for one in shared + operation.get("parameters", []) if one["in"] == "query"}
            if path.startswith("/api/") and path != "/api/v1/events":
                with self.subTest(f"{method} {path}"):
                    self.assertEqual(described, taken.get((method, path), set()))

    def test_it_is_well_formed(self):
        self.assertTrue(DOCUMENT["openapi"].startswith("3.1."))
        ids = [operation["operationId"] for _, _, operation, _ in self.operations()]
        self.assertEqual(len(ids), len(set(ids)))
        tags = {one["name"] for one in DOCUMENT["tags"]}
        for method, path, operation, shared in self.operations():
            with self.subTest(f"{method} {path}"):
                self.assertTrue(set(operation["tags"]) <= tags)
                self.assertTrue(operation["summary"])
                named = {one["name"] for one in shared + operation.get("parameters", []) if one["in"] == "path"}
                self.assertEqual(named, set(re.findall(r"\{(\w+)\}", path)))
                self.assertTrue([code for code in operation["responses"] if code[0] in "23"])

    def test_every_reference_leads_somewhere_and_every_schema_is_used(self):
        used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)))
        self.assertEqual(used, set(DOCUMENT["components"]["schemas"]))

    def test_the_validator_finds_mistakes(self):
        case = DOCUMENT["components"]["schemas"]["Case"]
        self.assertTrue(mistakes({}, case))
        self.assertTrue(mistakes({"number": "1"}, case))
        self.assertTrue(mistakes({"state": "odd", "more": 1}, case))
        self.assertEqual(mistakes("2026-11-23T10:00:00.000Z", {"$ref": "#/components/schemas/Time"}), [])
        self.assertTrue(mistakes("2026-11-23 10:00", {"$ref": "#/components/schemas/Time"}))
        self.assertTrue(mistakes(True, {"type": "integer"}))


class Answers(world.SandboxTest):
    """A long walk through the API; each answer is compared with the document on the way."""

    def setUp(self):
        super().setUp()
        self.seen = set()
        self.desk.observe = self.look

    def look(self, method, path, body, answer):
        path = urllib.parse.urlparse(path).path
        found = operation_of("GET" if method == "HEAD" else method, urllib.parse.unquote(path))
        self.assertIsNotNone(found, f"{method} {path} is not in the document")
        pattern, operation = found
        status = str(answer.status)
        self.assertIn(status, operation["responses"], f"{method} {path}: {answer}")
        content = resolved(operation["responses"][status]).get("content", {})
        kind = answer.type.split(";")[0].strip()
        if content:
            self.assertIn(kind, content, f"{method} {path}: {answer}")
            if kind.endswith("json"):
                self.assertEqual(mistakes(answer.json, content[kind]["schema"]), [], f"{method} {path} {status}")
        if answer.status < 400 and body is not None and body[:1] == b"{":
            taken = operation["requestBody"]["content"]["application/json"]["schema"]
            self.assertEqual(mistakes(json.loads(body), taken), [], f"the body of {method} {path}")
        self.seen.add((method, pattern))

    def test_the_server_gives_this_document(self):
        self.assertEqual(self.desk.get("/api/v1/openapi.json", token=None).json, DOCUMENT)

    def walk_through_sign_in(self):
        desk = self.desk
        link = lambda answer: answer["link"].partition("#")[2]
        adam, ola, nobody = Browser(desk), Browser(desk), Browser(desk)
        nobody.get("/api/v1/session")
        nobody.post("/sandbox/session")
        secret = link(desk.good("POST", "/api/v1/users", {"name": "Adam", "role": "administrator"}))
        adam.post("/api/v1/link/look", {"link": secret})
        adam.post("/api/v1/link", {"link": secret, "new_password": PASSWORD, "language": "en"})
        ola.post("/api/v1/link", {"link": link(adam.post("/api/v1/users", {"role": "agent", "email": "ola@wsparcie.example"}).json),
                                  "name": "Ola", "new_password": PASSWORD})
        number = [one["id"] for one in adam.get("/api/v1/users").json["items"] if one["name"] == "Ola"][0]
        at = lambda: world.instant(desk.world()["now"])
        begun = ola.post("/api/v1/session/totp/begin", {"password": PASSWORD}).json
        codes = ola.post("/api/v1/session/totp/confirm", {"code": totp(begun["secret"], at())}).json["recovery_codes"]
        for code in (None, "000000", codes[0]):
            ola.sign_in("Ola", code=code)
        codes = ola.post("/api/v1/session/recovery-codes", {"password": PASSWORD, "code": codes[1]}).json["recovery_codes"]
        ola.post("/api/v1/session/recovery-codes", {"password": OTHER})
        ola.get("/api/v1/session")
        ola.post("/api/v1/session/password", {"password": PASSWORD, "new_password": OTHER})
        sessions = ola.get("/api/v1/sessions").json["items"]
        ola.post("/api/v1/sessions/end-others")
        ola.post(f"/api/v1/sessions/{sessions[0]['id']}/end")
        secret = link(adam.post(f"/api/v1/users/{number}/reset", {}).json)
        ola.post("/api/v1/link", {"link": secret, "new_password": PASSWORD})
        ola.sign_in("Ola", code=codes[0])
        ola.post("/api/v1/session/totp/off", {"password": PASSWORD, "code": codes[1]})
        ola.ask("DELETE", "/api/v1/session")
        adam.post(f"/api/v1/users/{number}/role", {"role": "reader"})
        adam.post(f"/api/v1/users/{number}/disable")
        adam.post(f"/api/v1/users/{number}/enable")
        adam.post("/api/v1/users", {"name": "Ela", "role": "client"})
        adam.post(f"/api/v1/invitations/{adam.get('/api/v1/users').json['links'][0]['id']}/revoke")
        for _ in range(7):
            Browser(desk).sign_in("Ola", OTHER)
        adam.post("/api/v1/users/999/disable", csrf=False)
        adam.post("/api/v1/users/999/disable")
        desk.post("/api/v1/sessions/end-others")
        desk.good("GET", "/api/v1/audit")

    def test_every_answer_fits(self):
        desk = self.desk
        # Clients, by every way.
        desk.email(ANNA, "Drukarka", "Nie drukuje.")
        desk.eml(world.mail(subject="Serwer", sender="jan@inny.example", to="awaria@wsparcie.example"))
        desk.email("news@lista.example", "Biuletyn", "x", List_Id="<news.lista.example>")
        desk.email("news@lista.example", "Drugi", "y", List_Id="<news.lista.example>")
        desk.email("news@lista.example", "Trzeci", "z", List_Id="<news.lista.example>")
        desk.sms(PHONE, "Serwer nie dziala")
        desk.call("+48602000002")
        desk.good("POST", "/sandbox/lose", {"channel": "sms", "next": 1})
        desk.sms(PHONE, "zgubiony")
        desk.good("POST", "/api/v1/cases", {"class": "urgent", "subject": "x", "text": "y", "client": {"name": "Ela", "email": "ela@trzeci.example",
                                                                                                       "phone": PHONE}})
        desk.good("POST", "/api/v1/calls", {"from": PHONE, "result": "missed"})
        desk.good("POST", "/sandbox/call", {})
        desk.good("GET", "/api/v1/calls", limit=1)
        # An outage, and those who have phoned.
        outage = desk.good("POST", "/api/v1/outages", {"title": "Serwer", "public_text": "Serwer stoi.", "expected_end": "2036-01-01T00:00:00Z"})["id"]
        for verb, body in (("attach", {"case": 1}), ("detach", {"case": 1}), ("update", {"public_text": "Naprawiamy."}), ("end", {"public_text": "Działa."})):
            desk.good("POST", f"/api/v1/outages/{outage}/{verb}", body)
        desk.good("GET", "/api/v1/outages", state="all")
        desk.good("GET", f"/api/v1/outages/{outage}")
        waiting = [one["id"] for one in desk.good("GET", "/api/v1/callbacks")["items"]]
        for number in ("+48606000006", "+48606000007"):
            waiting.append(desk.good("POST", "/api/v1/calls", {"from": number, "result": "rejected"})["callback"]["id"])
        desk.good("POST", f"/api/v1/callbacks/{waiting[0]}/take", {})
        desk.good("POST", f"/api/v1/callbacks/{waiting[0]}/call", {"agent": "+48600000001"})
        desk.good("POST", f"/api/v1/callbacks/{waiting[0]}/attempt", {"result": "no_answer"})
        desk.good("POST", f"/api/v1/callbacks/{waiting[-1]}/write-off", {"reason": "pomyłka"})
        desk.sms("+48606000006", "Już działa, dziękuję")
        desk.good("POST", f"/api/v1/callbacks/{waiting[-2]}/settle", {})
        desk.good("GET", f"/api/v1/callbacks/{waiting[-2]}")
        desk.advance(30 * HOUR)
        # What we report ourselves.
        desk.good("GET", "/api/v1/providers")
        for subject in ("Serwer", "Sieć", "Prąd"):
            desk.good("POST", "/api/v1/sent-reports", {"class": "urgent", "subject": subject, "text": "Nie działa."})
        desk.good("POST", "/api/v1/sent-reports", {"subject": "Log", "text": "W pliku.", "class": "critical", "files": [{"name": "a.log", "data": "TQ=="}]})
        desk.post("/api/v1/sent-reports", {"provider": "nikt", "subject": "x", "text": "y"})
        desk.good("POST", "/api/v1/sent-reports/1/call-rejected", {})
        desk.good("POST", "/api/v1/sent-reports/1/called-back", {})
        storm = [desk.good("POST", "/api/v1/sent-reports", {"subject": f"Host {n}", "text": "Nie odpowiada."}) for n in range(11)]
        self.assertEqual([one["held"] for one in storm], [False] * 10 + [True])
        desk.good("POST", f"/api/v1/sent-reports/{storm[-1]['id']}/release", {})
        desk.good("POST", "/api/v1/sent-reports/2/settle", {"reason": "działa", "tell": True})
        desk.good("POST", "/api/v1/sent-reports/3/cancel", {"reason": "pomyłka"})
        desk.good("GET", "/api/v1/sent-reports", state="all", limit=2)
        whole = desk.good("GET", "/api/v1/sent-reports/1")
        sent = [one["id"] for one in whole["messages"] if one["direction"] == "out" and one["channel"] == "email"]
        desk.get(f"/api/v1/sent-reports/1/messages/{sent[0]}/raw")
        for ending in ("", ".txt", ".html"):
            desk.get(f"/api/v1/sent-reports/1/proof{ending}")
        # Agents.
        for action, body in (("read", {}), ("start", {}), ("note", {"text": "n"}), ("ask", {"text": "?"}), ("reclassify", {"class": "urgent", "reason": "r"}),
                             ("answer", {"text": "a", "channels": ["email"], "delay_s": 60}), ("cancel", {}), ("answer", {"text": "b"}), ("settle", {}),
                             ("reopen", {}), ("link", {"to": 2})):
            desk.act(1, action, **body)
        for state in ("looking", "typing"):
            desk.good("POST", "/api/v1/cases/1/presence", {"state": state})
        desk.good("GET", "/api/v1/cases/1/presence")
        desk.email(ANNA, desk.emails(to=ANNA)[0]["subject"], "Jeszcze coś.")
        message = [one for one in desk.case(1)["messages"] if one["direction"] == "in"][-1]["id"]
        desk.act(1, "split", message=message)
        desk.act(1, "merge", into=2)
        desk.act(2, "close")
        receipt = desk.emails(to="jan@inny.example")[0]
        detail = self.header(receipt, "Message-ID")[len("<hejnal."):].split("@")[0].replace(".", "-")
        desk.deliver(world.mail(subject="failure notice", sender="MAILER-DAEMON@x.example"), sender="", recipients=[f"pomoc+b-{detail}@wsparcie.example"])
        # What matching has done is put right.
        for text in ("Monitor miga", "Wygraj telefon!", "Mysz zgubiona"):
            desk.sms("+48603000003", text)
            desk.advance(16 * 60)
        first, second, third = [one["number"] for one in desk.all_cases() if one["client"]["phone"] == "+48603000003"]
        desk.act(second, "not-a-case")
        desk.act(third, "join", into=first)
        sms = [one["id"] for one in desk.case(first)["messages"] if one["direction"] == "in"][-1]
        desk.post(f"/api/v1/cases/{first}/unjoin", {"message": sms, "same_person": False})
        desk.act(first, "no-email", reason="Nikt go nie wysłał")
        desk.sms("+48604000004", "Ekran miga, ola@klient.example")
        desk.sms("+48605000005", "Myszka stoi, ula@klient.example")
        for one, verb in zip(desk.good("GET", "/api/v1/numbers", standing="learnt")["items"], ("confirm", "refuse")):
            desk.good("POST", f"/api/v1/numbers/{one['id']}/{verb}", {})
        desk.good("GET", "/api/v1/numbers")
        aside = [one["id"] for one in desk.good("GET", "/api/v1/set-aside")["items"]]
        desk.good("POST", f"/api/v1/set-aside/{aside[0]}/open", {})
        desk.good("POST", f"/api/v1/set-aside/{aside[1]}/join", {"case": 3})
        desk.good("POST", f"/api/v1/set-aside/{aside[2]}/dismiss", {})
        desk.advance(6 * HOUR)
        # Lists.
        for query in ({}, {"state": "all", "limit": 2}, {"q": "drukarka"}, {"order": "newest", "class": "urgent"}, {"only": "unmatched"},
                      {"only": "email_missing", "order": "newest"}):
            desk.cases(**query)
        for one in desk.all_cases():
            desk.case(one["number"])
        desk.get(f"/api/v1/messages/{message}/raw")
        desk.eml(world.html_mail("<b>Dzien dobry</b>", files=[("a.bin", "application/x-sh", b"ls")], subject="HTML", sender="iza@czwarty.example"))
        html = desk.case(len(desk.all_cases()))["messages"][0]["id"]
        for path in ("html", "attachments/0", "attachments/9"):
            desk.get(f"/api/v1/messages/{html}/{path}")
        for path in ("/api/v1/notices", "/api/v1/counts", "/api/v1/people", "/api/v1/health", "/metrics", "/", "/style.css", "/sandbox/", "/sandbox/sandbox.js",
                     "/sandbox/token", "/sandbox/world", "/api/v1/openapi.json", "/api/v1/mail-health"):
            desk.get(path)
        script = re.search(r"/console/assets/[^\"]+\.js", desk.get("/console/").text)[0]
        for path in ("/console", "/console/people", "/console/case/1", script):
            desk.get(path)
        desk.get("/api/v1/health", token=None)
        people = [one["id"] for one in desk.good("GET", "/api/v1/people")["items"]]
        desk.good("POST", f"/api/v1/people/{people[0]}/organisation", {"organisation": "Klient"})
        desk.good("POST", f"/api/v1/people/{people[0]}/merge", {"into": people[1]})
        for path in (f"/api/v1/people/{people[1]}", "/api/v1/people/999", "/api/v1/organisations", "/api/v1/organisation?name=Klient",
                     "/api/v1/organisation?name=Nikt", "/api/v1/organisation", "/api/v1/channels", "/api/v1/reports?by=class", "/api/v1/templates", "/api/v1/templates?case=1", "/api/v1/templates?case=999",
                     "/api/v1/reports", "/api/v1/reports.csv?by=organisation", "/api/v1/reports?by=x"):
            desk.get(path)
        for path, body in (("mine", {"title": "Moje", "text": "Dzień dobry {client}", "version": 0}), ("mine", {"title": "Moje", "text": "x", "version": 0}),
                           ("mine/put-back", {"version": 1}), ("nothing/put-back", {"version": 0}), ("fixed", {"text": "x", "version": 0})):
            desk.post(f"/api/v1/templates/{path}", body)
        desk.good("GET", "/api/v1/templates/edit")
        now = desk.good("GET", "/api/v1/procedure")
        now["data"]["title"] = "Inny tytuł"
        for draft in ({"data": now["data"]}, {"text": "x"}, {"text": ""}, {}):
            desk.post("/api/v1/procedure/preview", draft)
            desk.post("/api/v1/procedure/what-if", draft)
        for replaces in ("x", now["version"]):
            desk.post("/api/v1/procedure", {"data": now["data"], "replaces": replaces})
        desk.get(f"/api/v1/procedure/versions/{now['version']}")
        desk.get("/api/v1/procedure/versions/x")
        desk.good("GET", "/api/v1/procedure")
        for name in ("email", "email", "sms", "telex"):
            desk.request("POST", f"/api/v1/channels/{name}/test", {})
        desk.sms("+48601999888", "STOP")
        stopped = desk.good("GET", "/api/v1/people", q="+48601999888")["items"][0]["id"]
        desk.good("POST", f"/api/v1/people/{stopped}/allow-sms", {"phone": "+48601999888", "note": "prosi o SMS"})
        reader = desk.make_token("reader")
        desk.make_token("agent")
        desk.good("GET", "/api/v1/tokens")
        desk.good("POST", "/api/v1/tokens/revoke", {"name": "agent"})
        follow = urllib.parse.urlparse(desk.case(3)["follow_url"]).path
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        desk.get(follow)
        for body in (b"text=Jeszcze", b"text="):
            desk.request("POST", follow, body, token=None, headers=form)
        desk.get(follow + "/text")
        for body in (b"text=Jeszcze", b"text="):
            desk.request("POST", follow + "/text", body, token=None, headers=form)
        desk.request("POST", follow + "/text", b"text=x", token=None, headers={**form, "Sec-Fetch-Site": "cross-site"})
        desk.request("POST", follow, b"text=x", token=None, headers={**form, "Sec-Fetch-Site": "cross-site"})
        for verb in ("remind", "works", "remind"):
            desk.request("POST", f"{follow}/{verb}", b"", token=None, headers=form)
        desk.request("POST", follow + "/works", b"", token=None, headers={**form, "Sec-Fetch-Site": "cross-site"})
        desk.request("POST", "/c/nobody/remind", b"", token=None, headers=form)
        desk.get("/report")
        desk.get("/client.js")
        for path in ("/status", "/status.atom"):
            desk.request("GET", path, headers={"If-None-Match": desk.get(path).headers["ETag"]})
        for body in (b"do=preview", b"do=preview&class=urgent&text=x&email=a%40b.example", b"do=send&class=urgent&text=x&email=a%40b.example"):
            desk.request("POST", "/report", body, token=None, headers=form)
        desk.act(3, "revoke-link", reason="wysłany dalej")
        desk.get("/c/nobody")
        desk.request("POST", "/c/nobody", b"text=x", token=None, headers=form)
        self.walk_through_sign_in()
        # And what goes wrong.
        for method, path, body in (("GET", "/api/v1/cases/999", None), ("GET", "/api/v1/cases/x", None), ("POST", "/api/v1/cases", {"x": 1}),
                                   ("POST", "/api/v1/cases/2/read", {}), ("POST", "/api/v1/cases/3/answer", {}), ("GET", "/api/v1/messages/999999999/raw", None),
                                   ("GET", "/api/v1/messages/999999999/html", None), ("GET", "/api/v1/messages/999999999/attachments/0", None),
                                   ("POST", "/api/v1/people/999/merge", {"into": 1}), ("POST", "/api/v1/cases/999/presence", {"state": "looking"}),
                                   ("GET", "/api/v1/cases/x/presence", None), ("POST", "/api/v1/set-aside/999/open", {}),
                                   ("POST", "/api/v1/tokens", {"name": "x", "role": "y"}), ("POST", "/sandbox/advance", {"seconds": -1})):
            self.assertGreaterEqual(desk.request(method, path, body).status, 400, path)
            desk.request(method, path, body, token=None)
            desk.request(method, path, body, token=reader)
        # What a token or a person may change stands in the audit log, whichever it is. These three change nothing.
        changes_nothing = {"POST /api/v1/cases/{number}/presence", "POST /api/v1/procedure/preview", "POST /api/v1/procedure/what-if"}
        noted, page = set(), {"next": ""}
        while page["next"] is not None:
            page = desk.good("GET", "/api/v1/audit", limit=50, **({"cursor": page["next"]} if page["next"] else {}))
            noted |= {one["action"] for one in page["items"]}
        tried = {f"{method} {path}" for method, path in self.seen}
        expected = {f"{method} {path}" for (method, path), (role, _) in routes().items() if method != "GET" and role != "nobody"}
        self.assertEqual((expected & tried) - noted, changes_nothing, "these left no line in the audit log")
        wanted = {(method, path) for method, path in routes()}
        self.assertEqual(wanted - self.seen, set(), "these were not tried")


if __name__ == "__main__":
    unittest.main()
