"""Pages that are open and live: each reads the stream of events, as a console in a browser does."""

import selectors
import smtplib
import socket
import threading
import time
from email.message import EmailMessage

import servers


class LivePages:
    """`count` open streams, and a mail every `every_s`. Afterwards `late_ms` tells how long after its 250 each mail reached
    the last of them."""

    def __init__(self, server, count, every_s):
        self.server, self.count, self.every_s = server, count, every_s
        self.sockets, self.late_ms, self.mails = [], [], 0
        self.over = threading.Event()
        self.mutex = threading.Lock()
        self.taken_at, self.reached = {}, {}  # by the number of the case

    def __enter__(self):
        for _ in range(self.count):
            one = socket.create_connection(("127.0.0.1", self.server.http_port), timeout=60)
            one.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.server.token}\r\n"
                        "Accept: text/event-stream\r\n\r\n".encode())
            if b" 200 " not in one.recv(4096).split(b"\r\n")[0]:
                raise RuntimeError("no stream of events")
            self.sockets.append(one)
        self.threads = [threading.Thread(target=self.read), threading.Thread(target=self.send)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()
        for one in self.sockets:
            one.close()

    def send(self):
        carrier = smtplib.LMTP("127.0.0.1", self.server.port)
        while not self.over.wait(self.every_s):
            mail = EmailMessage()
            mail["From"], mail["To"] = f"klient{self.mails}@live.example", servers.RECIPIENT
            mail["Subject"] = f"Zgłoszenie {self.mails}"
            mail["Message-ID"] = f"<live.{self.mails}.{time.time_ns()}@live.example>"
            mail.set_content("Coś nie działa.")
            carrier.send_message(mail)
            with self.mutex:
                self.taken_at[self.mails] = time.monotonic()
            self.mails += 1
        carrier.quit()

    # The n-th opening that a stream tells of is the n-th mail: they are sent one by one.
    def read(self):
        chosen = selectors.DefaultSelector()
        for one in self.sockets:
            one.setblocking(False)
            chosen.register(one, selectors.EVENT_READ)
        opened = dict.fromkeys(self.sockets, 0)
        left = dict.fromkeys(self.sockets, b"")
        until = None
        while until is None or time.monotonic() < until:
            if self.over.is_set() and until is None:
                until = time.monotonic() + 1
            for key, _ in chosen.select(0.1):
                one = key.fileobj
                told = left[one] + one.recv(65536)
                lines, _, left[one] = told.rpartition(b"\n")
                now = time.monotonic()
                for _ in range(lines.count(b"event: opened")):
                    self.reached.setdefault(opened[one], []).append(now)
                    opened[one] += 1
        chosen.close()
        for mail, times in self.reached.items():
            if len(times) == self.count and mail in self.taken_at:
                self.late_ms.append(max(1000 * (max(times) - self.taken_at[mail]), 0))
        if len(self.late_ms) < self.mails * 0.95:
            self.late_ms = []  # somebody was left behind
