"""What a page of another site can do, and what a console may miss."""

import re
import unittest

import world
from world import ANNA


class Shown(world.SandboxTest):
    def events_after(self, last_id):
        connection = self.desk.connect(2)
        try:
            headers = {"Authorization": f"Bearer {self.desk.token}", "Last-Event-ID": str(last_id)}
            connection.request("GET", "/api/v1/events", headers=headers)
            return connection.getresponse().read1(4000).decode()
        except TimeoutError:
            return ""
        finally:
            connection.close()

    def test_events_of_an_earlier_run_are_not_taken_for_those_of_this_one(self):
        self.desk.email(ANNA, "Jeden", "Opis.")
        self.desk.advance(0)
        seen = re.findall(r"id: (\d+)", self.events_after(0))[-1]  # the last event that a console has had
        self.restart()
        self.desk.email("jan@k.example", "Dwa", "Po restarcie.")
        self.desk.advance(0)
        said = self.events_after(seen)
        self.assertTrue("reload" in said or '"case":2' in said, "a change was missed in silence")

    def test_a_page_of_another_site_does_not_get_the_token_by_another_name(self):
        answer = self.desk.get("/sandbox/token", token=None, headers={"Host": "evil.example"})
        self.assertNotEqual(answer.status, 200)

    def test_a_page_of_another_site_cannot_play_with_the_sandbox(self):
        headers = {"Content-Type": "text/plain", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        answer = self.desk.request("POST", "/sandbox/advance", b'{"seconds": 3600}', token=None, headers=headers)
        self.assertEqual(answer.status, 403)

    def test_unknown_parameters_are_refused_everywhere(self):
        self.desk.email(ANNA, "Jeden", "Opis.")
        for path in ("/api/v1/cases/1", "/api/v1/set-aside", "/api/v1/messages/1/raw", "/api/v1/health"):
            with self.subTest(path):
                self.assertEqual(self.desk.get(path + "?foo=1").status, 400)


if __name__ == "__main__":
    unittest.main()
