"""Telephones and exchanges that speak SIP, for tests: one of few words on a raw socket, sipp (package sip-tester) and a
real Kamailio, on 127.0.0.1, on free ports. Everything that is started is ended by its own pid."""

import csv
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import time
import unittest
import uuid
from pathlib import Path

import world

SIPP = shutil.which("sipp")
KAMAILIO = "/usr/sbin/kamailio"
MODULES = next((str(one) for one in Path("/usr/lib").glob("*/kamailio/modules")), "")

needs_sipp = unittest.skipUnless(SIPP, "sipp is not installed (script/bootstrap --test)")
needs_kamailio = unittest.skipUnless(os.path.exists(KAMAILIO), "kamailio is not installed (script/bootstrap --test)")


def port_of(address):
    return int(address.rsplit(":", 1)[1])


def header(message, name):
    found = re.search(rf"^{re.escape(name)}\s*:\s*(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else None


class Phone:
    """A telephone of few words: what it sends is what the test says, repeats included."""

    def __init__(self, server, tcp=False):
        self.tcp = tcp
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port_of(server)))
        self.port = self.socket.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def text(self, method="INVITE", branch=None, call_id=None, sender="sip:+48604555666@trunk.example", to_tag="", headers=(),
             body=""):
        self.branch = branch or "z9hG4bK" + uuid.uuid4().hex
        self.call_id = call_id or uuid.uuid4().hex
        lines = [
            f"{method} sip:120000000@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/{'TCP' if self.tcp else 'UDP'} 127.0.0.1:{self.port};branch={self.branch};rport",
            "Max-Forwards: 70",
            f"From: <{sender}>;tag=caller",
            f"To: <sip:120000000@127.0.0.1>{to_tag}",
            f"Call-ID: {self.call_id}",
            f"CSeq: 1 {method}",
            f"Contact: <sip:phone@127.0.0.1:{self.port}>",
            *headers,
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(lines) + "\r\n\r\n" + body

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def receive(self, longest_s=5):
        """The next message; None when none comes in time."""
        self.socket.settimeout(max(longest_s, 0.01))
        try:
            data = self.socket.recv(65536)
        except (TimeoutError, ConnectionRefusedError):
            return None
        return data.decode("utf-8", "replace")

    def final(self, longest_s=5):
        end = time.monotonic() + longest_s
        while True:
            message = self.receive(end - time.monotonic())
            if message is None or not message.startswith("SIP/2.0 1"):
                return message

    def call(self, **how):
        """Calls and acknowledges; gives the final answer."""
        invite = self.text(**how)
        self.send(invite)
        answer = self.final()
        if answer:
            self.send(self.text("ACK", branch=self.branch, call_id=self.call_id))
        return answer


SCENARIO = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="call">
  <send retrans="500" start_rtd="1"><![CDATA[
INVITE sip:120000000@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK{run}n[call_number]
From: <sip:{prefix}[call_number]@trunk.example>;tag=[call_number]
To: <sip:120000000@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0

]]></send>
{middle}
  <recv response="{expected}" rtd="1"></recv>
  <send><![CDATA[
ACK sip:120000000@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK{run}n[call_number]
From: <sip:{prefix}[call_number]@trunk.example>;tag=[call_number]
To: <sip:120000000@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
</scenario>
"""

TRYING = '  <recv response="100" optional="true"></recv>'
CANCEL = """  <send><![CDATA[
CANCEL sip:120000000@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK{run}n[call_number]
From: <sip:{prefix}[call_number]@trunk.example>;tag=[call_number]
To: <sip:120000000@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 CANCEL
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="100" optional="true"></recv>
  <recv response="200" optional="true"></recv>"""


class Sipp:
    """A run of sipp: `calls` calls at `rate` a second, each from a number of its own. Every call must get `expected`."""

    def __init__(self, folder, server, calls=1, rate=10, expected=603, tcp=False, cancel=False, prefix="+49301000", port=None):
        self.run = "r" + uuid.uuid4().hex[:10]
        self.prefix = prefix
        self.folder = Path(folder) / self.run
        self.folder.mkdir()
        middle = TRYING + ("\n" + CANCEL.replace("{run}", self.run).replace("{prefix}", prefix) if cancel else "")
        scenario = self.folder / "scenario.xml"
        scenario.write_text(SCENARIO.format(run=self.run, prefix=prefix, middle=middle, expected=expected))
        self.said = open(self.folder / "said", "wb")
        self.process = subprocess.Popen(
            [SIPP, f"127.0.0.1:{port_of(server)}", "-sf", scenario, "-i", "127.0.0.1", "-p", str(port or world.free_port()),
             "-m", str(calls), "-r", str(rate), "-l", str(calls), "-t", "t1" if tcp else "u1", "-nostdin", "-cid_str", f"{self.run}-%u", "-timeout", "180s",
             "-recv_timeout", "20000", "-trace_stat", "-stf", self.folder / "stat.csv", "-fd", "1s", "-trace_rtt", "-rtt_freq", "1",
             "-trace_err", "-error_file", self.folder / "errors", "-trace_screen", "-screen_file", self.folder / "screen"],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.said, stderr=self.said, env={**os.environ, "TERM": "dumb"})

    def wait(self, longest_s=200):
        try:
            code = self.process.wait(longest_s)
        finally:
            self.end()
        return code

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.said.close()

    def figures(self):
        """The last line of sipp's table."""
        with open(self.folder / "stat.csv", newline="") as table:
            rows = list(csv.DictReader(table, delimiter=";"))
        last = rows[-1] if rows else {}
        return {name: int(last.get(name) or 0) for name in ("TotalCallCreated", "SuccessfulCall(C)", "FailedCall(C)", "Retransmissions(C)")}

    def times_ms(self):
        """From each INVITE to its final answer."""
        times = []
        for path in self.folder.glob("*_rtt.csv"):
            with open(path) as table:
                for line in table.read().splitlines()[1:]:
                    times.append(float(line.split(";")[1]))
        return sorted(times)

    def errors(self):
        said = (self.folder / "said").read_text("utf-8", "replace")[-1500:]
        path = self.folder / "errors"
        return said + (path.read_text("utf-8", "replace")[-1500:] if path.exists() else "")

    def screen(self):
        path = self.folder / "screen"
        return path.read_text("utf-8", "replace") if path.exists() else ""


KAMAILIO_CFG = """\
debug=2
log_stderror=yes
children=2
auto_aliases=no
listen=udp:127.0.0.1:{port}
listen=tcp:127.0.0.1:{port}
mpath="{modules}/"
loadmodule "kex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "auth.so"
modparam("auth", "nonce_expire", {nonce_s})
modparam("registrar", "max_expires", {expires_s})
modparam("registrar", "min_expires", {least_s})
request_route {{
  if (is_method("REGISTER")) {{
    xlog("L_NOTICE", "asked: $rm from $si:$sp, credentials $(au{{s.len}}), $hdr(Contact)\\n");
    if (!pv_www_authenticate("$td", "{password}", "0")) {{
      xlog("L_NOTICE", "challenged: $tu\\n");
      www_challenge("$td", "1");
      exit;
    }}
    consume_credentials();
    save("location");
    xlog("L_NOTICE", "kept: $tu as $hdr(Contact), expires header $hdr(Expires)\\n");
    exit;
  }}
  if (is_method("CANCEL")) {{
    if (t_check_trans()) t_relay();
    exit;
  }}
  if (is_method("ACK")) {{
    t_check_trans();
    exit;
  }}
  if (is_method("INVITE")) {{
    if (!lookup("location")) {{
      sl_send_reply("404", "Not Found");
      exit;
    }}
    t_relay();
    exit;
  }}
  sl_send_reply("405", "Method Not Allowed");
}}
"""


class Kamailio:
    """A registrar with digest, which passes calls on to who is registered."""

    def __init__(self, folder, password="geheim", port=None, expires_s=3600, least_s=0, nonce_s=300):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        self.port = port or world.free_port()
        self.config = self.folder / "kamailio.cfg"
        self.config.write_text(KAMAILIO_CFG.format(port=self.port, modules=MODULES, password=password, expires_s=expires_s,
                                                   least_s=least_s, nonce_s=nonce_s))
        self.process = None
        self.start()

    def start(self):
        self.log_file = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [KAMAILIO, "-f", self.config, "-DD", "-E", "-m", "32", "-M", "4", "-w", self.folder, "-Y", self.folder,
             "-P", self.folder / "pid"],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.log_file, stderr=self.log_file)

        def answers():
            with socket.socket() as line:
                return line.connect_ex(("127.0.0.1", self.port)) == 0

        if not world.eventually(answers, 15):
            self.end()
            raise AssertionError("kamailio did not start: " + self.log())

    def log(self):
        return (self.folder / "log").read_text("utf-8", "replace")

    def said(self, words):
        return [line for line in self.log().splitlines() if words in line]

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log_file.close()


def kept_calls(data):
    """Every call that the store knows: its id, and what became of it last."""
    store = sqlite3.connect(f"file:{data}/hejnal.db?mode=ro", uri=True)
    found = {}
    try:
        for (entries,) in store.execute("SELECT entries FROM record_journal WHERE kind = 2 ORDER BY id, seq"):
            for entry in json.loads(entries):
                if entry.get("call_id", "").startswith("sip:"):
                    found[entry["call_id"][4:]] = entry["result"]
        for call_id, text in store.execute("SELECT message_id, text FROM messages WHERE message_id LIKE 'sip:%'"):
            found[call_id[4:]] = text
    finally:
        store.close()
    return found
