"""While mail pours in, what goes out yields to it, but never stands still."""

import json
import subprocess
import unittest
from pathlib import Path

import world

LOAD = Path(world.HEJNAL).parent / "bench/bench_mail_load"
MAILS = 6000


class Load(world.SandboxTest):
    def test_receipts_leave_while_mail_pours_in(self):
        done = subprocess.run([LOAD, "lmtp", self.desk.lmtp, "32", str(MAILS), world.DESK], capture_output=True, text=True,
                              check=True, timeout=120)
        left = len(self.desk.world()["emails"])
        self.assertEqual(json.loads(done.stdout)["accepted"], MAILS)
        self.assertGreater(left, MAILS // 50, "receipts had to wait until all mail was in")


if __name__ == "__main__":
    unittest.main()
