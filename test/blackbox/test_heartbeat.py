"""Who has to call and does not: told once, by the clock of the sandbox."""

import sqlite3
import unittest

import world

MINUTE = 60
HOUR = 3600


class Heartbeat(world.FolderTest):
    """The sandbox expects its `watchdog` every hour, with ten minutes of grace, from its first call on."""

    def setUp(self):
        super().setUp()
        self.desk = self.start("--sandbox", "--data", self.folder, "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0")

    def beat(self, status=200, path="/sandbox", method="GET", body=None, headers=None):
        answer = self.desk.request(method, "/hooks/heartbeat/watchdog" + path, body, token=False, headers=headers)
        self.assertEqual(answer.status, status, answer)
        return answer.text

    def cases(self):
        return [(one["state"], one["subject"], one["class"]) for one in self.desk.all_cases()]

    def health(self):
        found = [one for one in self.desk.get("/api/v1/health").json["channels"] if one["name"] == "heartbeat watchdog"]
        return (found[0]["state"], found[0]["detail"]) if found else None

    def test_silence_is_told_once_and_ended_by_a_call(self):
        self.desk.advance(24 * HOUR)
        self.assertEqual((self.cases(), self.health()), ([], None))  # nobody plays with it
        self.beat()
        self.assertEqual(self.health()[0], "ok")
        self.desk.advance(HOUR)
        self.beat(method="POST", body={"status": "firing", "alerts": []})  # Alertmanager's Watchdog
        self.assertIn("no sign of life", self.beat(method="POST", body={"status": "resolved", "alerts": []}))
        self.desk.advance(HOUR + 9 * MINUTE)
        self.assertEqual(self.cases(), [])
        self.desk.advance(2 * MINUTE)
        self.assertEqual(self.cases(), [("new", "watchdog milczy", "urgent")])
        state, detail = self.health()
        self.assertEqual((state, "silent since" in detail), ("degraded", True), detail)
        self.desk.advance(5 * HOUR)
        self.assertEqual(len(self.cases()), 1)
        self.beat()
        self.desk.advance(1)
        self.assertEqual((self.cases()[0][0], self.health()[0]), ("settled", "ok"))
        self.desk.advance(HOUR + 11 * MINUTE)
        self.assertEqual([one[0] for one in self.cases()], ["settled", "new"])  # the next silence is another one

    def test_our_own_downtime_is_not_theirs(self):
        self.beat()
        self.desk.advance(HOUR + 5 * MINUTE)
        self.again()
        self.desk.advance(HOUR + 5 * MINUTE)
        self.assertEqual(self.cases(), [])
        self.desk.advance(10 * MINUTE)
        self.assertEqual(len(self.cases()), 1)
        self.again()  # a silence that was told is not told again
        self.desk.advance(10 * HOUR)
        self.assertEqual(len(self.cases()), 1)
        self.beat()
        self.desk.advance(1)
        self.assertEqual(self.cases()[0][0], "settled")

    def test_a_clock_that_ran_ahead_does_not_hide_a_silence(self):
        self.beat()
        self.desk.stop()
        with sqlite3.connect(self.folder / "hejnal.db") as database:
            changed = database.execute("UPDATE settings SET value = '1990000000000 0' WHERE key = 'heartbeat watchdog'")
            self.assertEqual(changed.rowcount, 1)
        database.close()
        self.again()
        now = self.desk.world()["now"]
        last = next(one["detail"] for one in self.desk.get("/api/v1/health").json["channels"] if one["name"] == "heartbeat watchdog")
        self.assertLessEqual(last.split()[3].rstrip(";"), now)  # "called last at T; ...": the page knows it, too
        self.desk.advance(HOUR + 11 * MINUTE)
        self.assertEqual(len(self.cases()), 1)

    def test_a_job_says_that_it_begins_and_how_it_ends(self):
        self.beat()
        self.beat(path="/sandbox/start")
        self.desk.advance(9 * MINUTE)
        self.beat(path="/sandbox/0")
        self.desk.advance(HOUR)
        self.assertEqual(self.cases(), [])
        self.beat(path="/sandbox/start")  # and is never done
        self.desk.advance(11 * MINUTE)
        self.assertEqual(len(self.cases()), 1)
        self.assertIn("nie zgłosił, że skończył", self.desk.case(1)["messages"][0]["text"])
        self.beat()
        self.desk.advance(1)
        self.beat(method="POST", path="/fail", body=b"disk full \xff", headers={"Authorization": "Bearer sandbox"})
        self.beat(path="/sandbox/fail")  # once more is not told once more
        states = [one[0] for one in self.cases()]
        self.assertEqual(len(states), 1)  # it was settled just now: the same case
        self.assertIn("disk full", str(self.desk.case(1)["messages"]))
        self.assertEqual(self.health()[0], "degraded")
        self.beat(path="/sandbox/3")
        self.assertIn("exit status 3", str(self.desk.case(1)["messages"]))
        self.beat()
        self.desk.advance(1)
        self.assertEqual((self.cases()[0][0], self.health()[0]), ("settled", "ok"))
        self.beat(404, path="/sandbox/later/fail")

    def again(self):
        self.desk.stop()
        self.desk = self.start("--sandbox", "--data", self.folder, "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0")

    def test_who_may(self):
        self.beat(403, path="/wrong")
        self.beat(403, path="")
        self.beat(404, path="/a/b")
        self.beat(200, path="", headers={"Authorization": "Bearer sandbox"})
        self.assertEqual(self.desk.request("GET", "/hooks/heartbeat/other/sandbox", token=False).status, 404)


if __name__ == "__main__":
    unittest.main()
