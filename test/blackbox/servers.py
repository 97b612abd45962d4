"""Real servers of others for tests: Postfix and Dovecot, each in a folder of its own, on 127.0.0.1, on free ports."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import unittest
from pathlib import Path

import world

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/mail.log
maillog_file_prefixes = /tmp
myhostname = mail.test.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
smtpd_relay_restrictions = permit_mynetworks, reject
smtputf8_enable = yes
"""

MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
lmtp      unix - - n - - lmtp
virtual   unix - n n - - virtual
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""

DOVECOT_CONF = """\
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
"""


def answers(port, begin):
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as line:
            line.settimeout(2)
            return line.recv(200).startswith(begin)
    except OSError:
        return False


def children_of(pid):
    """Every process below this one."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    found, wave = [], [pid]
    while wave:
        wave = [child for child, parent in parents.items() if parent in wave]
        found += wave
    return found


class Daemon:
    """A server that went into the background: ended by its own pid and those of its children."""

    def __init__(self, folder, stop):
        self.folder = Path(folder)
        self.folder.mkdir(mode=0o755)
        self.port = world.free_port()
        self.stop_command = stop
        self.pid_file = None

    def pid(self):
        try:
            return int(self.pid_file.read_text())
        except (OSError, ValueError):
            return None

    def run(self, *command):
        """Runs a command whose children stay: its output goes to a file, not to a pipe that they would hold open."""
        with open(self.folder / "said", "ab") as said:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=60, check=False)

    def wait_until_it_answers(self, begin):
        if not world.eventually(lambda: answers(self.port, begin), 20):
            said = (self.folder / "said").read_text("utf-8", "replace")
            self.end()
            raise AssertionError(f"{type(self).__name__} did not start: {said}")

    def end(self):
        pid = self.pid()
        family = [pid, *children_of(pid)] if pid else []
        self.run(*self.stop_command)
        world.eventually(lambda: not any(os.path.exists(f"/proc/{one}") for one in family), 5)
        for one in family:
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                pass


class Postfix(Daemon):
    """`main` is added to main.cf: where mail goes."""

    def __init__(self, folder, main):
        super().__init__(folder, ["/usr/sbin/postfix", "-c", str(Path(folder) / "etc"), "stop"])
        for name in ("etc", "queue", "data"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        self.pid_file = self.folder / "queue/pid/master.pid"
        (self.folder / "etc/main.cf").write_text(MAIN_CF.format(folder=folder) + main)
        (self.folder / "etc/master.cf").write_text(MASTER_CF.format(port=self.port))
        self.start()

    def start(self):
        self.run("/usr/sbin/postfix", "-c", self.folder / "etc", "start")
        self.wait_until_it_answers(b"220")

    def log(self):
        try:
            return (self.folder / "mail.log").read_text("utf-8", "replace")[-4000:]
        except OSError:
            return ""

    def queue(self):
        done = subprocess.run(["/usr/sbin/postqueue", "-c", self.folder / "etc", "-j"], capture_output=True, timeout=30, check=False)
        return done.stdout.decode("utf-8", "replace").splitlines()

    def flush(self):
        subprocess.run(["/usr/sbin/postqueue", "-c", self.folder / "etc", "-f"], capture_output=True, timeout=30, check=False)


class Dovecot(Daemon):
    def __init__(self, folder):
        config = Path(folder) / "dovecot.conf"
        super().__init__(folder, ["/usr/bin/doveadm", "-c", str(config), "stop"])
        (self.folder / "mail").mkdir()
        shutil.chown(self.folder / "mail", "nobody")
        self.config = config
        self.pid_file = self.folder / "run/master.pid"
        config.write_text(DOVECOT_CONF.format(folder=folder, port=self.port))
        self.start()

    def start(self):
        self.run("/usr/sbin/dovecot", "-c", self.config)
        self.wait_until_it_answers(b"* OK")

    def end_sessions(self):
        """Ends the processes that serve logged-in clients, as an out-of-memory killer would."""
        for one in children_of(self.pid()):
            try:
                if Path(f"/proc/{one}/comm").read_text().strip() == "imap":
                    os.kill(one, signal.SIGKILL)
            except OSError:
                pass


def needs(program):
    """Servers of others want root, to become their own users."""
    if os.geteuid() != 0:
        return unittest.skip(f"{program} wants root")
    if not os.path.exists(f"/usr/sbin/{program}"):
        return unittest.skip(f"{program} is not installed (script/bootstrap --test)")
    if program == "postfix" and not [one for one in pwd.getpwall() if one.pw_name == "postfix"]:
        return unittest.skip("there is no user postfix")
    return lambda one: one


class ServersTest(world.FolderTest):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)  # the servers drop their rights

    def daemon(self, kind, name, *arguments):
        one = kind(self.folder / name, *arguments)
        self.addCleanup(one.end)
        return one

    def wait(self, condition, words, longest_s=20):
        found = world.eventually(condition, longest_s)
        self.assertTrue(found, words)
        return found
