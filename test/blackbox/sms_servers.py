"""SMS gateways for tests: small emulators of SMSAPI, Twilio and any other, which check every parameter that the real ones
check; and real Kannel (bearerbox, smsbox, fakesmsc) and gammu-smsd, each in a folder of its own, on 127.0.0.1, on free
ports. Their texts and codes stand in the providers' public documentation.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import unittest
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import world

GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWO = set("\f^{}\\[~]|€")


def segments(text):
    if all(sign in GSM or sign in GSM_TWO for sign in text):
        size = sum(2 if sign in GSM_TWO else 1 for sign in text)
        return 1 if size <= 160 else -(-size // 153)
    size = len(text.encode("utf-16-be")) // 2
    return 1 if size <= 70 else -(-size // 67)


class Request:
    def __init__(self, handler):
        self.method = handler.command
        target = urllib.parse.urlsplit(handler.path)
        self.path = target.path
        self.query = dict(urllib.parse.parse_qsl(target.query, keep_blank_values=True))
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.body = handler.rfile.read(int(self.headers.get("content-length", 0)))

    @property
    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode("utf-8"), keep_blank_values=True, strict_parsing=True))


class Emulator:
    """An HTTP server. `answer(request)` gives (status, type, body); `bend` may be set to spoil the next answers.

    bend: "html" (a page), "500", "cut" (half of the answer), "slow" (longer than anybody waits), "drop" (closes without a
    word, after the SMS was taken). Each counts for one request."""

    def __init__(self):
        self.requests = []
        self.complaints = []  # what the real one would not have stood
        self.bend = []
        emulator = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one(self):
                request = Request(self)
                emulator.requests.append(request)
                bend = emulator.bend.pop(0) if emulator.bend else ""
                if bend == "html":
                    status, kind, body = 200, "text/html", b"<html><body>Przerwa techniczna</body></html>"
                elif bend == "500":
                    status, kind, body = 500, "text/html", b"<html>500</html>"
                else:
                    status, kind, body = emulator.answer(request)
                if bend == "slow":
                    time.sleep(4)
                if bend == "drop":
                    self.connection.close()
                    return
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if bend == "cut" else body)

            do_GET = do_POST = do_PUT = handle_one

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def complain(self, what):
        self.complaints.append(what)

    def json(self, status, value):
        return status, "application/json", json.dumps(value).encode()


def call(method, url, fields=None, headers=None):
    """What a gateway calls in with: (status, body)."""
    target = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname, target.port, timeout=30)
    body = urllib.parse.urlencode(fields or {}) if method == "POST" else None
    path = target.path + (f"?{target.query}" if target.query else "")
    if method == "GET" and fields:
        path += ("&" if target.query else "?") + urllib.parse.urlencode(fields)
    told = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    connection.request(method, path, body, {**told, **(headers or {})})
    answer = connection.getresponse()
    out = answer.status, answer.read().decode()
    connection.close()
    return out


class Smsapi(Emulator):
    """api.smsapi.pl/sms.do"""

    KNOWN = {"to", "message", "from", "format", "encoding", "normalize", "nounicode", "max_parts", "idx", "check_idx",
             "notify_url", "date", "expiration_date", "fast", "flash", "test", "allow_duplicates", "udh", "datacoding"}

    def __init__(self, token="smsapi-token", senders=("Firma",)):
        super().__init__()
        self.token, self.senders = token, senders
        self.credit = 100.0
        self.taken = {}  # idx -> the fields of an SMS
        self.error = 0  # to be said to everybody
        self.fate = "QUEUE"  # what is told to those who ask

    def answer(self, request):
        if request.method == "GET" and request.path == "/sms.do" and "status" in request.query:
            if request.headers.get("authorization") != f"Bearer {self.token}":
                return self.json(401, {"error": 101, "message": "error 101"})
            if set(request.query) != {"status", "format"}:
                self.complain(f"unknown parameters {request.query}")
            return self.json(200, {"count": 1, "list": [{"id": request.query["status"], "status": self.fate, "error": None}]})
        if request.method != "POST" or request.path != "/sms.do":
            return 404, "text/html", b"<html>404</html>"
        if request.headers.get("content-type", "").split(";")[0] != "application/x-www-form-urlencoded":
            self.complain("content type")
        fields = request.form
        if set(fields) - self.KNOWN:
            self.complain(f"unknown fields {set(fields) - self.KNOWN}")
        if fields.get("format") != "json" or fields.get("encoding") != "utf-8":
            self.complain("format and encoding")
        until = fields.get("expiration_date")
        if until is not None and not 15 * 60 < int(until) - time.time() < 72 * 3600:
            self.complain(f"expiration_date {until}")
        code = self.error or self.check(request, fields)
        if code:
            return self.json(401 if code == 101 else 200, {"error": code, "message": f"error {code}"})
        number = len(self.taken) + 1
        self.taken[fields["idx"]] = fields
        self.credit -= 0.16
        return self.json(200, {"count": 1, "list": [{
            "id": str(1460978572913968440 + number), "points": 0.16, "number": fields["to"], "date_sent": int(time.time()),
            "submitted_number": fields["to"], "status": "QUEUE", "error": None, "idx": fields["idx"],
            "parts": segments(fields["message"])}]})

    def check(self, request, fields):
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return 101
        if not fields.get("message") or segments(fields["message"]) > 10:
            return 11
        if segments(fields["message"]) > int(fields.get("max_parts", 10)):
            return 12
        if not re.fullmatch(r"48\d{9}", fields.get("to", "")):
            return 13
        if fields.get("from", self.senders[0]) not in self.senders:
            return 14
        if len(fields.get("idx", "")) > 255:
            return 8
        if fields.get("check_idx") == "1" and fields.get("idx") in self.taken:
            return 53
        if self.credit < 0.16:
            return 103
        return 0


class Twilio(Emulator):
    """api.twilio.com, Messages.json"""

    def __init__(self, sid="AC0123456789abcdef0123456789abcdef", token="twilio-token", number="+48799000000"):
        super().__init__()
        self.sid, self.token, self.number = sid, token, number
        self.messages = []
        self.error = None  # (status, code) to be said to everybody
        self.fate = "sent"  # what is told to those who ask

    def answer(self, request):
        expected = base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return self.json(401, {"code": 20003, "message": "Authenticate", "status": 401})
        for one in self.messages:
            if request.method == "GET" and request.path == f"/2010-04-01/Accounts/{self.sid}/Messages/{one['sid']}.json":
                return self.json(200, {**one, "status": self.fate})
        if request.path != f"/2010-04-01/Accounts/{self.sid}/Messages.json":
            return self.json(404, {"code": 20404, "message": "not found", "status": 404})
        if request.method == "GET":
            if set(request.query) - {"To", "From", "DateSent", "DateSent>", "DateSent<", "PageSize"}:
                self.complain(f"unknown parameters {request.query}")
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", request.query.get("DateSent>", "2026-01-01")):
                self.complain("DateSent>")
            found = [one for one in self.messages if one["to"] == request.query.get("To", one["to"])]
            return self.json(200, {"messages": found[::-1], "page_size": 50})
        if self.error:
            return self.json(self.error[0], {"code": self.error[1], "message": "no", "status": self.error[0]})
        fields = request.form
        if set(fields) - {"To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod", "SmartEncoded"}:
            self.complain(f"unknown fields {fields}")
        if not 1 <= int(fields.get("ValidityPeriod", 1)) <= 14_400:
            return self.json(400, {"code": 21624, "message": "Invalid validity period value", "status": 400})
        if not re.fullmatch(r"\+[1-9]\d{7,14}", fields.get("To", "")):
            return self.json(400, {"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400})
        if fields.get("From") != self.number:
            return self.json(400, {"code": 21606, "message": "not a number of yours", "status": 400})
        if not fields.get("Body") or len(fields["Body"]) > 1600:
            return self.json(400, {"code": 21617, "message": "body", "status": 400})
        one = {"sid": f"SM{len(self.messages) + 1:032x}", "to": fields["To"], "from": fields["From"], "body": fields["Body"],
               "direction": "outbound-api", "status": "queued", "error_code": None,
               "num_segments": str(segments(fields["Body"])),
               "date_created": time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime()),
               "callback": fields.get("StatusCallback", "")}
        self.messages.append(one)
        return self.json(201, one)

    def signature(self, url, fields):
        data = url + "".join(name + fields[name] for name in sorted(fields))
        return base64.b64encode(hmac.new(self.token.encode(), data.encode(), hashlib.sha1).digest()).decode()

    def say(self, at, path, fields, public, signature=None):
        """Calls in: `at` is where the server listens, `public` what Twilio was told."""
        fields = {"AccountSid": self.sid, "ApiVersion": "2010-04-01", **fields}
        signed = self.signature(public + path, fields) if signature is None else signature
        return call("POST", at + path, fields, {"X-Twilio-Signature": signed})

    def test_vectors(self):
        """The emulator itself signs as Twilio does."""
        fields = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309",
                  "To": "+18005551212"}
        sender = Twilio.__new__(Twilio)
        sender.token = "12345"
        return sender.signature("https://mycompany.com/myapp.php?foo=1&bar=2", fields)


class Plain(Emulator):
    """Any gateway: POST /send with JSON."""

    def __init__(self):
        super().__init__()
        self.taken = []
        self.status = 200

    def answer(self, request):
        if self.status != 200:
            return self.status, "text/plain", b"no"
        fields = json.loads(request.body)
        if request.headers.get("x-key") != "plain password" or set(fields) != {"to", "text", "ref"}:
            self.complain(f"{request.headers} {fields}")
        self.taken.append(fields)
        return 200, "text/plain", b"queued 17"


# -- Kannel --------------------------------------------------------------------------------------------------------------

BEARERBOX = "/usr/sbin/bearerbox"
SMSBOX = "/usr/sbin/smsbox"
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"

KANNEL_CONF = """\
group = core
admin-interface = 127.0.0.1
admin-port = {admin}
admin-password = adminpass
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
log-file = "{folder}/bearerbox.log"
log-level = 0
access-log = "{folder}/access.log"
store-type = spool
store-location = "{folder}/spool"
dlr-storage = internal
sms-combine-concatenated-mo = {combine}

group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
port = {fake}
connect-allow-ip = "127.0.0.1"

group = smsc
smsc = http
smsc-id = web
system-type = kannel
smsc-username = hejnal
smsc-password = kannel-password
denied-smsc-id = fake
port = {web}
connect-allow-ip = "127.0.0.1"
send-url = "http://127.0.0.1:{operator}/sendsms"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-interface = 127.0.0.1
sendsms-port = {send}
log-file = "{folder}/smsbox.log"
log-level = 0
http-request-retry = 10
http-queue-delay = 1
mo-recode = {recode}

group = sendsms-user
username = hejnal
password = kannel-password
max-messages = 10
concatenation = true
{forced}

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
{url}
"""


class Processes(world.FolderTest):
    """Programs that end with their test, by their process ids."""

    def run_one(self, command, **options):
        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stderr", subprocess.DEVNULL)
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                   cwd=self.folder, **options)
        self.addCleanup(self.end_one, process)
        return process

    @staticmethod
    def end_one(process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()


@unittest.skipUnless(all(os.path.exists(path) for path in (BEARERBOX, SMSBOX, FAKESMSC)), "kannel is not installed")
class KannelTest(Processes):
    """Starts bearerbox, smsbox and fakesmsc. The port of smsbox is known before it runs, so that a server can be told."""

    def choose_ports(self):
        self.kannel_port = {name: world.free_port() for name in ("admin", "box", "fake", "web", "send", "operator")}
        self.sendsms = f"http://127.0.0.1:{self.kannel_port['send']}/cgi-bin/sendsms"

    def kannel(self, url, combine="true", recode="true", smsc="fake"):
        folder = self.folder / "kannel"
        (folder / "spool").mkdir(parents=True, exist_ok=True)
        conf = folder / "kannel.conf"
        conf.write_text(KANNEL_CONF.format(folder=folder, url=url, combine=combine, recode=recode,
                                           forced=f"forced-smsc = {smsc}", **self.kannel_port))
        self.run_one([BEARERBOX, conf])
        self.wait_port("box")
        self.run_one([SMSBOX, conf])
        self.wait_port("send")
        return folder

    def wait_port(self, name):
        import socket

        def there():
            with socket.socket() as one:
                return one.connect_ex(("127.0.0.1", self.kannel_port[name])) == 0

        self.assertTrue(world.eventually(there), f"nothing listens on {name}: see the log")

    def phone_sends(self, text, sender="48601234567", to="600000000"):
        """A telephone's SMS by fakesmsc, plain text only; it ends when it has sent."""
        return self.run_one([FAKESMSC, "-H", "127.0.0.1", "-r", self.kannel_port["fake"], "-m", "1", "-i", "0.01",
                             f"{sender} {to} text {text}"])

    def phone_network(self):
        """fakesmsc that only takes."""
        self.run_one([FAKESMSC, "-H", "127.0.0.1", "-r", self.kannel_port["fake"], "-m", "0", "nothing"])

    def operator_was_given(self):
        """Lines of bearerbox's access log, one for each segment."""
        log = (self.folder / "kannel/access.log").read_text("utf-8", "replace")
        return [line for line in log.splitlines() if "Sent SMS" in line]

    def phone_sends_ucs2(self, text, sender="48601234567", to="600000000", udh=b"", **more):
        """A telephone's SMS by the http SMSC, as UTF-16."""
        query = {"username": "hejnal", "password": "kannel-password", "from": sender, "to": to, "coding": "2",
                 "charset": "UTF-16BE", "text": text.encode("utf-16-be"), **more}
        if udh:
            query["udh"] = udh
        status, body = call("GET", f"http://127.0.0.1:{self.kannel_port['web']}/?" + urllib.parse.urlencode(query))
        self.assertLess(status, 300, body)

