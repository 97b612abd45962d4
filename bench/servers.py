"""The servers that stand side by side in a measurement: Dovecot's LMTP, Postfix's queue, and hejnal.

Each has a folder and ports of its own, listens on 127.0.0.1 only, stays in the foreground and is ended by its pid. Postfix
and Dovecot change users, so they need root; where it is missing they say so with NotHere, and the rows go on without them.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

RECIPIENT = "pomoc@wsparcie.example"


class NotHere(Exception):
    """Something that a row needs is missing; the words say what."""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def greeting(port, timeout_s=30.0):
    """Waits until a server greets with 220; the time is the server's, to a millisecond."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as one:
                if one.recv(512).startswith(b"220"):
                    return
        except OSError:
            time.sleep(0.001)
    raise RuntimeError(f"nothing greets on port {port}")


class Server:
    """A server in a fresh folder. `with` starts it and ends it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.port = free_port()
        self.process = None
        self.slow_sync = None  # the library that makes syncs slower
        self.started_ms = 0.0

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {"LD_PRELOAD": str(self.slow_sync)} if self.slow_sync else {}

    def __enter__(self):
        command = self.command()
        begin = time.monotonic()
        with open(self.folder / "server.log", "wb") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **self.environment(), "LC_ALL": "C.UTF-8"}, start_new_session=True,
            )
        try:
            self.ready()
        except Exception:
            self.__exit__()
            raise
        self.started_ms = (time.monotonic() - begin) * 1000
        return self

    def ready(self):
        greeting(self.port)

    def pid_to_end(self):
        return self.process.pid

    def check_alive(self):
        """A server that has died would otherwise look like one that is slow."""
        if self.process.poll() is not None:
            said = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"{type(self).__name__} ended with {self.process.returncode}: {said[-500:].strip()}")

    def __exit__(self, *_):
        for sign, wait_s in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            if self.process.poll() is not None:
                return
            os.kill(self.pid_to_end(), sign)
            try:
                self.process.wait(wait_s)
            except subprocess.TimeoutExpired:
                continue


def need_root(*programs):
    for program in programs:
        if not Path(program).exists():
            raise NotHere(f"there is no {program} (script/bootstrap --test)")
    if os.geteuid() != 0:
        raise NotHere("Dovecot and Postfix are measured by root only")


class Dovecot(Server):
    """LMTP into one Maildir, as a support mailbox is one."""

    protocol = "lmtp"

    def __init__(self, folder, fsync="optimized", slow_sync=None):
        super().__init__(folder)
        self.fsync = fsync
        self.slow_sync = slow_sync

    def command(self):
        need_root("/usr/sbin/dovecot", "/usr/lib/dovecot/lmtp")
        mail = self.folder / "mail"
        mail.mkdir()
        shutil.chown(mail, "nobody", "nogroup")
        # The shim must reach the processes that store, through an environment that Dovecot cleans.
        preload = f"import_environment = TZ LD_PRELOAD={self.slow_sync}\n" if self.slow_sync else ""
        config = self.folder / "dovecot.conf"
        config.write_text(
            f"""{preload}base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/dovecot.log
protocols = lmtp
ssl = no
first_valid_uid = 1
mail_uid = nobody
mail_gid = nogroup
mail_location = maildir:{mail}/%n
mail_fsync = {self.fsync}
lmtp_save_to_detail_mailbox = no
default_process_limit = 200
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={mail}/%n allow_all_users=yes
}}
service lmtp {{
  process_min_avail = 4
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {self.port}
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
""",
            encoding="utf-8",
        )
        return ["/usr/sbin/dovecot", "-F", "-c", config]


class Postfix(Server):
    """smtpd and cleanup write the queue file; there is no queue manager that would take it up, so 250 is all there is."""

    protocol = "smtp"

    def command(self):
        need_root("/usr/sbin/postfix", "/usr/lib/postfix/sbin/master")
        config, queue, data = self.folder / "etc", self.folder / "queue", self.folder / "data"
        for one in (config, queue, data):
            one.mkdir()
        shutil.chown(data, "postfix")
        (config / "main.cf").write_text(
            f"""compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {self.folder}/mail.log
maillog_file_prefixes = {self.folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = queue.example
mydestination = wsparcie.example
local_recipient_maps =
alias_maps =
smtpd_peername_lookup = no
in_flow_delay = 0
smtpd_client_connection_count_limit = 0
""",
            encoding="utf-8",
        )
        (config / "master.cf").write_text(
            f"""127.0.0.1:{self.port} inet n - n - 100 smtpd
cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
""",
            encoding="utf-8",
        )
        return ["/usr/sbin/postfix", "-c", config, "start-fg"]

    def pid_to_end(self):
        """start-fg is a shell script that waits for the master: ended alone it would leave the master running."""
        try:
            return int((self.folder / "queue/pid/master.pid").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return self.process.pid


class Hejnal(Server):
    protocol = "lmtp"

    def __init__(self, folder, program, slow_sync=None):
        super().__init__(folder)
        self.program = program
        self.slow_sync = slow_sync
        self.http_port = free_port()
        self.token = ""

    @property
    def pid(self):
        return self.process.pid

    @property
    def database(self):
        return self.folder / "hejnal.db"

    def command(self):
        return [
            self.program, "serve", "--sandbox", "--json", "--data", self.folder, "--lmtp", f"127.0.0.1:{self.port}",
            "--http", f"127.0.0.1:{self.http_port}", "--token-file", self.folder / "token",
        ]

    def ready(self):
        """Says where it listens, greets, and answers a question."""
        log = self.folder / "server.log"
        until = time.monotonic() + 120
        while '"lmtp"' not in (said := log.read_text(encoding="utf-8", errors="replace")):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"hejnal does not start: {said[-500:]}")
            time.sleep(0.001)
        greeting(self.port)
        self.token = (self.folder / "token").read_text(encoding="utf-8").strip()
        self.get("/api/v1/cases?limit=1")

    def get(self, path):
        with socket.create_connection(("127.0.0.1", self.http_port), timeout=60) as one:
            one.sendall(
                f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            answer = b""
            while chunk := one.recv(65536):
                answer += chunk
        head, _, body = answer.partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"GET {path}: {head[:200]!r} {body[:200]!r}")
        return json.loads(body)

    # -- what the kernel knows about it ----------------------------------------------------------------------------

    def cpu_s(self):
        """Time on a core of all its threads, in nanoseconds' resolution."""
        total = 0
        for task in Path(f"/proc/{self.pid}/task").glob("*/schedstat"):
            total += int(task.read_text(encoding="ascii").split()[0])
        return total / 1e9

    def memory_mib(self):
        """(resident, private, the highest resident ever)"""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")

        def kib(text, *names):
            return sum(int(line.split()[1]) for line in text.splitlines() if line.split(":")[0] in names) / 1024

        return kib(rollup, "Rss"), kib(rollup, "Private_Clean", "Private_Dirty"), kib(status, "VmHWM")


class Exchange(Hejnal):
    """A sandbox that takes calls by SIP."""

    def __init__(self, folder, program):
        super().__init__(folder, program)
        self.sip_port = free_port()

    def command(self):
        return [*super().command(), "--sip", f"127.0.0.1:{self.sip_port}"]

    def post(self, path, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http_port}{path}", json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


class Company(Hejnal):
    """Not the sandbox: a company's own hejnal with an SMS gateway that calls in, and that alerts leave by."""

    SECRET = "0123456789abcdef0123456789abcdef"

    def __init__(self, folder, program):
        super().__init__(folder, program)
        self.gateway_port = free_port()
        self.calls_at = f"/hooks/sms/gateway/{self.SECRET}/in"

    def command(self):
        (self.folder / "secret").write_text(self.SECRET + "\n", encoding="ascii")
        config = self.folder / "hejnal.toml"
        config.write_text(
            f"""[desk]
name = "Wsparcie"
address = "{RECIPIENT}"
language = "pl"

[store]
url = "sqlite:{self.database}"

[http]
listen = "127.0.0.1:{self.http_port}"
public_url = "http://127.0.0.1:{self.http_port}"

[email.in]
lmtp = "127.0.0.1:{self.port}"

[email.out]
smtp = "smtp://127.0.0.1:1"

[[on_call]]
name = "Dyżur"
email = "dyzur@wsparcie.example"
phone = "+48600000001"

[[sms.gateway]]
name = "gateway"
kind = "http"
url = "http://127.0.0.1:{self.gateway_port}/send"
body = "to={{number}}&text={{text}}&ref={{id}}"
secret_file = "{self.folder}/secret"
""",
            encoding="utf-8",
        )
        return [self.program, "serve", "--config", config, "--json", "--token-file", self.folder / "token"]
