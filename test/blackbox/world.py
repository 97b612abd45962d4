"""A hejnal of one's own for a test: starts it, speaks to it as client, agent and mail server, and ends it.

    class Something(world.SandboxTest):
        def test_one_thing(self):
            self.desk.email("anna@klient.example", "Drukarka", "Nie drukuje.")
            self.desk.act(1, "read")

HEJNAL names the program (build/release/hejnal). Every server listens on 127.0.0.1 only, on a port that is free, and is ended
by its process id. What a server has said on stderr is shown when it did not start.
"""

import email.message
import email.policy
import http.client
import json
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse
from datetime import datetime, timezone
from pathlib import Path

SOURCE = Path(os.environ.get("HEJNAL_SOURCE") or Path(__file__).resolve().parents[2])
HEJNAL = os.environ.get("HEJNAL") or str(SOURCE / "build/release/hejnal")

DESK = "pomoc@wsparcie.example"
ON_CALL = "dyzur@wsparcie.example"
ON_CALL_PHONE = "+48600000001"
ANNA = "anna@klient.example"
HOUR = 3600
DAY = 24 * HOUR

# <sysexits.h>
OK, USAGE, DATAERR, NOINPUT, UNAVAILABLE, SOFTWARE, CANTCREAT, TEMPFAIL, CONFIG = 0, 64, 65, 66, 69, 70, 73, 75, 78


def run(*arguments, stdin=b"", timeout=60, **options):
    """Runs a command of hejnal to its end; the outcome has .returncode, .stdout and .stderr (texts)."""
    done = subprocess.run(
        [HEJNAL, *map(str, arguments)], input=stdin, capture_output=True, timeout=timeout, check=False, **options
    )
    done.stdout = done.stdout.decode("utf-8", "replace")
    done.stderr = done.stderr.decode("utf-8", "replace")
    return done


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def follow_token(email):
    """The token of the client's link in a mail of the desk."""
    return re.search(r"/c/([a-z0-9]+)", email["text"]).group(1)


def settings(folder, address="pomoc@firma.example", desk="", http="127.0.0.1:0", lmtp="127.0.0.1:0", smtp="smtp://127.0.0.1:1",
             on_call="jan@firma.example", end=""):
    """A good hejnal.toml. `desk` is more of [desk], `end` more of the person on call, and more tables."""
    return f"""\
[desk]
name = "Wsparcie"
address = "{address}"
language = "pl"
{desk}
[store]
url = "sqlite:{folder}/hejnal.db"

[http]
listen = "{http}"
public_url = "https://pomoc.firma.example"

[email.in]
lmtp = "{lmtp}"

[email.out]
smtp = "{smtp}"
recipient_delimiter = "+"

[[on_call]]
name = "Jan"
email = "{on_call}"
phone = "+48600000001"
{end}"""


def instant(text):
    """Seconds since 1970, of a time that the API has told."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def rfc3339(seconds):
    """The opposite of instant()."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def eventually(condition, longest_s=15, every_s=0.05):
    """Waits until the condition gives something true, and gives that back."""
    end = time.monotonic() + longest_s
    while True:
        found = condition()
        if found or time.monotonic() > end:
            return found
        time.sleep(every_s)


class Answer:
    """What the server has answered over HTTP."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.type = response.headers.get("Content-Type", "")
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.type} {self.body[:300]!r}"


class Desk:
    """A server. `arguments` are those of `hejnal serve`; by default a sandbox in the folder `data`."""

    def __init__(self, data, arguments=None, token_file=None, env=None):
        self.data = Path(data)
        self.arguments = arguments or ["--sandbox", "--data", data, "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0"]
        self.token_file = token_file
        self.env = {**os.environ, **(env or {})}
        self.process = None
        self.observe = None  # called with (method, path, request body, Answer)

    # -- its life ------------------------------------------------------------------------------------------------------

    def start(self, longest_s=30):
        more = ["--token-file", self.token_file] if self.token_file else []
        with open(f"{self.data}/stderr", "ab") as errors:
            self.process = subprocess.Popen(
                [HEJNAL, "serve", *map(str, self.arguments), *map(str, more), "--json"],
                stdout=subprocess.PIPE, stderr=errors, env=self.env,
            )
        try:
            line = self._first_line(longest_s)
            told = json.loads(line)
        except (ValueError, TimeoutError) as error:
            self.kill()
            said = Path(f"{self.data}/stderr").read_text("utf-8", "replace")
            raise AssertionError(f"hejnal did not start ({error}): {said}") from None
        self.told = told
        self.http = told["http"]
        self.lmtp = told["lmtp"]
        self.token = Path(told["token_file"]).read_text().strip() if told["token_file"] else ""
        return self

    def _first_line(self, longest_s):
        import select

        end, line = time.monotonic() + longest_s, b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(f"nothing said within {longest_s} s")
            piece = os.read(self.process.stdout.fileno(), 4096)
            if not piece:
                raise ValueError(f"ended with {self.process.wait()}")
            line += piece
        return line

    @property
    def pid(self):
        return self.process.pid

    def stop(self, longest_s=15):
        """SIGTERM; gives the exit code."""
        if not self.process:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(longest_s)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"SIGTERM did not end it within {longest_s} s") from None
        self.process.stdout.close()
        return self.process.returncode

    def kill(self):
        """kill -9, a normal way to stop."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process:
            self.process.stdout.close()

    def end(self):
        try:
            self.stop()
        finally:
            self.kill()

    # -- HTTP ------------------------------------------------------------------------------------------------------------

    def connect(self, timeout=60, source=None):
        host, port = self.http.rsplit(":", 1)
        return http.client.HTTPConnection(host, int(port), timeout=timeout, source_address=source and (source, 0))

    def request(self, method, path, body=None, token=True, headers=None, timeout=60, source=None, **query):
        """`body`: bytes as they are, anything else as JSON. `token`: True is the administrator's, None is none. `source`: an
        address of this machine (127.0.0.x) that it comes from."""
        if query:
            path += "?" + urllib.parse.urlencode(query)
        told = dict(headers or {})
        if token:
            told["Authorization"] = "Bearer " + (self.token if token is True else token)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            told.setdefault("Content-Type", "application/json")
        connection = self.connect(timeout, source)
        try:
            connection.request(method, path, body, told)
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        if self.observe:
            self.observe(method, path, body, answer)
        return answer

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, {} if body is None else body, **options)

    def good(self, method, path, body=None, **options):
        answer = self.request(method, path, body, **options)
        if not 200 <= answer.status < 300:
            raise AssertionError(f"{method} {path}: {answer}")
        return answer.json

    # -- what an agent does ----------------------------------------------------------------------------------------------

    def case(self, number):
        return self.good("GET", f"/api/v1/cases/{number}")

    def cases(self, **query):
        return self.good("GET", "/api/v1/cases", **query)

    def all_cases(self):
        """Every case, page by page, oldest first."""
        found, cursor = [], {}
        while True:
            page = self.cases(state="all", order="newest", limit=200, **cursor)
            found += page["items"]
            if page["next"] is None:
                return found[::-1]
            cursor = {"cursor": page["next"]}

    def act(self, number, action, **body):
        return self.good("POST", f"/api/v1/cases/{number}/{action}", body)

    def raw(self, message):
        """Its original bytes; those of an outgoing one are there once it has left."""
        until = time.monotonic() + 5
        while True:
            answer = self.get(f"/api/v1/messages/{message}/raw")
            if answer.status == 200:
                return answer.body
            if answer.status != 404 or time.monotonic() > until:
                raise AssertionError(f"message {message}: {answer}")
            time.sleep(0.02)

    def make_token(self, role, name=None):
        return self.good("POST", "/api/v1/tokens", {"name": name or ("a client" if role == "client" else role), "role": role})["token"]

    # -- what a client does, in a sandbox ------------------------------------------------------------------------------------

    def email(self, sender, subject, text, to=None, **headers):
        """Gives the Message-ID. Headers are written in_reply_to= and so on."""
        body = {"from": sender, "subject": subject, "text": text}
        if to:
            body["to"] = to
        if headers:
            body["headers"] = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.good("POST", "/sandbox/email", body)["message_id"]

    def eml(self, raw):
        """A mail as it is; its envelope is read from its header."""
        raw = raw if isinstance(raw, bytes) else raw.encode()
        return self.good("POST", "/sandbox/email", raw, headers={"Content-Type": "message/rfc822"})["message_id"]

    def sms(self, sender, text):
        self.good("POST", "/sandbox/sms", {"from": sender, "text": text})

    def call(self, sender):
        return self.good("POST", "/sandbox/call", {"from": sender})

    def advance(self, seconds):
        return self.good("POST", "/sandbox/advance", {"seconds": seconds}, timeout=300)["now"]

    def world(self):
        return self.good("GET", "/sandbox/world")

    def emails(self, to=None, number=None):
        return [
            one for one in self.world()["emails"]
            if (to is None or one["to"] == to) and (number is None or one["case"] == number)
        ]

    def texts(self, to=None):
        return [one for one in self.world()["sms"] if to is None or one["to"] == to]

    # -- what a mail server does ---------------------------------------------------------------------------------------------

    def lmtp_client(self, timeout=60):
        host, port = self.lmtp.rsplit(":", 1)
        client = smtplib.LMTP(host, int(port), timeout=timeout)
        return client

    def lmtp_socket(self, timeout=30):
        host, port = self.lmtp.rsplit(":", 1)
        return Line(socket.create_connection((host, int(port)), timeout))

    def deliver(self, raw, sender=ANNA, recipients=(DESK,)):
        """Delivers bytes by LMTP exactly as they are (lines end with CRLF already). Gives the replies, one a recipient."""
        line = self.lmtp_socket()
        try:
            line.read_reply()
            line.command("LHLO test.example")
            line.command(f"MAIL FROM:<{sender}>")
            for recipient in recipients:
                line.command(f"RCPT TO:<{recipient}>")
            reply = line.command("DATA")
            if not reply.startswith("354"):
                raise AssertionError(f"DATA: {reply}")
            line.send(stuffed(raw) + b".\r\n")
            return [line.read_reply() for _ in recipients]
        finally:
            line.close()


class Line:
    """One LMTP conversation, byte by byte."""

    def __init__(self, sock):
        self.sock = sock
        self.kept = b""

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode())

    def read_line(self):
        while b"\r\n" not in self.kept:
            piece = self.sock.recv(65536)
            if not piece:
                raise EOFError(f"closed after {self.kept!r}")
            self.kept += piece
        line, self.kept = self.kept.split(b"\r\n", 1)
        return line.decode()

    def read_reply(self):
        """A whole reply; of a multiline one the lines are joined by newlines."""
        lines = [self.read_line()]
        while lines[-1][3:4] == "-":
            lines.append(self.read_line())
        return "\n".join(lines)

    def command(self, text):
        self.send(text + "\r\n")
        return self.read_reply()

    def close(self):
        self.sock.close()


def stuffed(raw):
    """Dots doubled at the beginning of lines, and an end of line at the end."""
    raw = raw.replace(b"\r\n.", b"\r\n..")
    if raw.startswith(b"."):
        raw = b"." + raw
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def mail(subject="Drukarka", text="Nie drukuje.", sender=ANNA, to=DESK, message_id=None, headers=()):
    """The bytes of a plain mail."""
    message_id = message_id or f"<{os.urandom(8).hex()}@klient.example>"
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: {message_id}", "MIME-Version: 1.0",
             "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", *headers, "", text, ""]
    return "\r\n".join(lines).encode()


def html_mail(html, files=(), pictures=(), subject="Drukarka", sender=ANNA, text="Nie drukuje."):
    """A mail with an HTML version. `files`: (name, type, bytes); `pictures`, by which the HTML names parts: (id, type, bytes)."""
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"], made["Subject"] = sender, DESK, subject
    made["Message-ID"] = f"<{os.urandom(8).hex()}@klient.example>"
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    for name, kind, data in pictures:
        made.get_payload()[1].add_related(data, *kind.split("/"), cid=f"<{name}>")
    for name, kind, data in files:
        made.add_attachment(data, *kind.split("/"), filename=name)
    return made.as_bytes()


class FolderTest(unittest.TestCase):
    """A folder for each test."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="hejnal-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, *arguments, **options):
        desk = Desk(self.folder if not arguments else options.pop("data", self.folder), list(arguments) or None, **options)
        self.addCleanup(desk.end)
        return desk.start()


class ConfiguredTest(FolderTest):
    """A settings file in the folder, and commands that use it."""

    def setUp(self):
        super().setUp()
        self.config = self.folder / "hejnal.toml"
        self.write(settings("{folder}"))

    def write(self, text):
        self.config.write_text(text.replace("{folder}", str(self.folder)), "utf-8")

    def serve(self):
        return self.start("--config", self.config, token_file=self.folder / "token")

    def hejnal(self, *arguments, code=OK, **options):
        done = run(*arguments, **options)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        return done

    def cases(self, *more):
        done = self.hejnal("cases", "--config", self.config, "--json", "--state", "all", *more)
        return [json.loads(line) for line in done.stdout.splitlines()]


class SandboxTest(FolderTest):
    """And a sandbox in it."""

    def setUp(self):
        super().setUp()
        self.desk = self.start()

    def restart(self, how="stop"):
        """A new server on the same data, after a `stop` or a `kill`."""
        getattr(self.desk, how)()
        self.desk = self.start()
        return self.desk

    def only_case(self):
        cases = self.desk.all_cases()
        self.assertEqual(len(cases), 1, [(one["number"], one["subject"]) for one in cases])
        return self.desk.case(cases[0]["number"])

    def kinds(self, number):
        return [entry["kind"] for entry in self.desk.case(number)["journal"]]

    def said(self, number):
        return [entry["what"] for entry in self.desk.case(number)["journal"] if entry["kind"] == "said"]

    def header(self, email, name):
        """A header of a mail in the world, by its name in any case."""
        for key, value in email["headers"].items():
            if key.lower() == name.lower():
                return value
        return None
