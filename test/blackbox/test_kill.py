"""kill -9 is a normal way to stop: what was answered 250 is there afterwards, exactly once, byte for byte.

HEJNAL_KILLS says how often (30). Several senders deliver by LMTP while the server is killed at some moment and started again
on the same data. A sender that got no answer sends the same mail again, as a mail server does.
"""

import collections
import json
import os
import random
import threading
import time
import unittest

import world

KILLS = int(os.environ.get("HEJNAL_KILLS", "30"))
SENDERS = 6


class Sender(threading.Thread):
    """A mail server with one client behind it: each mail is sent until it was answered 250."""

    def __init__(self, test, number):
        super().__init__(daemon=True)
        self.test, self.number = test, number
        self.chance = random.Random(number)
        self.accepted = {}  # Message-ID -> raw bytes, answered 250
        self.sent_again = 0
        self.trouble = []

    def write(self, count):
        address = f"s{self.number}.m{count}@klient{self.number}.example"
        message_id = f"<{self.number}.{count}@klient.example>"
        size = self.chance.choice([10, 100, 1000, 20_000, 200_000])
        raw = world.mail(subject=f"Nadawca {self.number} mail {count}", text=self.chance.randbytes(size // 2).hex(), sender=address,
                         message_id=message_id)
        return address, message_id, raw

    def run(self):
        count = 0
        while not self.test.over.is_set():
            count += 1
            address, message_id, raw = self.write(count)
            while not self.test.over.is_set():
                try:
                    reply = self.test.desk.deliver(raw, sender=address)[0]
                except (OSError, EOFError, AssertionError, ValueError):
                    self.sent_again += 1
                    time.sleep(0.02)
                    continue
                if reply.startswith("250"):
                    self.accepted[message_id] = raw
                    break
                if not reply.startswith("4"):
                    self.trouble.append(reply)
                    break
                time.sleep(0.02)


class Kill(world.SandboxTest):
    def test_nothing_accepted_is_lost_or_doubled(self):
        self.over = threading.Event()
        chance = random.Random(KILLS)
        senders = [Sender(self, number) for number in range(SENDERS)]
        for one in senders:
            one.start()
        receipts = collections.Counter()
        try:
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.01, 0.4))
                self.desk.kill()
                self.desk = self.start()
        finally:
            self.over.set()
            for one in senders:
                one.join(60)

        accepted = {key: raw for one in senders for key, raw in one.accepted.items()}
        self.assertEqual([one.trouble for one in senders if one.trouble], [])
        self.assertGreater(len(accepted), KILLS, "the senders hardly came to anything")

        # Each is there, once, and unchanged.
        found = collections.Counter()
        for one in self.desk.all_cases():
            mails = [message for message in self.desk.case(one["number"])["messages"] if message["direction"] == "in"]
            self.assertEqual(len(mails), 1, one)
            raw = self.desk.raw(mails[0]["id"])
            key = raw.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode()
            found[key] += 1
            if key in accepted:
                self.assertTrue(raw == accepted[key], f"{key} has changed")
        self.assertEqual([key for key in accepted if found[key] != 1], [])
        self.assertEqual([key for key, times in found.items() if times > 1], [])

        # A receipt that may have left already goes again with the same Message-ID, and no case has two of them.
        ids = collections.defaultdict(set)
        for mail in self.desk.emails():
            receipts[mail["case"]] += 1
            ids[mail["case"]].add(self.header(mail, "Message-ID"))
        self.assertEqual({number: several for number, several in ids.items() if len(several) > 1}, {})
        self.assertEqual(len(receipts), len(found), "a case has no receipt")

        # Nothing is left in between, and everything that is kept agrees with itself.
        states = collections.Counter(one["state"] for one in self.desk.good("GET", "/api/v1/notices")["items"])
        self.assertEqual(set(states), {"handed_over"})
        self.desk.kill()
        verified = world.run("verify", "--data", self.folder, "--json", timeout=300)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        self.assertEqual(json.loads(verified.stdout)["cases"], len(found))
        print(f"{KILLS} kills, {len(accepted)} accepted, {sum(one.sent_again for one in senders)} sent again, "
              f"{sum(receipts.values()) - len(receipts)} receipts twice", flush=True)


class KillWhileTimePasses(world.SandboxTest):
    def test_no_alarm_is_lost_or_rings_twice(self):
        for number in range(20):
            self.desk.email(f"k{number}@klient.example", f"Sprawa {number}", f"Tekst {number}.")
        chance = random.Random(KILLS)
        for _ in range(max(KILLS // 3, 3)):
            killer = threading.Timer(chance.uniform(0, 0.05), self.desk.kill)
            killer.start()
            try:
                self.desk.advance(1800)
            except (OSError, AssertionError, EOFError, ValueError, world.http.client.HTTPException):
                pass
            killer.join()
            self.desk = self.start()
        self.desk.advance(0)
        for one in self.desk.all_cases():
            rings = [(entry["promise"], entry["n"]) for entry in self.desk.case(one["number"])["journal"] if entry["kind"] == "rang"]
            self.assertEqual(len(rings), len(set(rings)), one["number"])
            for promise in {name for name, _ in rings}:
                numbers = [n for name, n in rings if name == promise]
                self.assertEqual(numbers, sorted(numbers))
        self.desk.kill()
        self.assertEqual(world.run("verify", "--data", self.folder).returncode, 0)


if __name__ == "__main__":
    unittest.main()
