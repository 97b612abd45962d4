"""Alerts of monitoring systems become reports: with Debian's real prometheus-alertmanager, and what the others send."""

import json
import os
import subprocess
import unittest
import urllib.request
from datetime import datetime, timedelta, timezone

import world
from world import CONFIG

SECRET = "0123456789abcdef0123456789abcdef"
ALERTMANAGER = "/usr/bin/prometheus-alertmanager"

TABLES = """
[[provider]]
name = "dostawca"
email = "pomoc@dostawca.example"
[[monitor]]
name = "mon"
kind = "{kind}"
secret_file = "{folder}/secret"
quiet = "{quiet}"
{more}"""

ALERTMANAGER_YML = """\
route:
  receiver: hejnal
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1s
receivers:
  - name: hejnal
    webhook_configs:
      - url: {url}
        http_config:
          authorization:
            credentials: {secret}
"""


class MonitorTest(world.FolderTest):
    def serve(self, kind="alertmanager", quiet="1s", more=""):
        (self.folder / "secret").write_text(SECRET + "\n")
        self.config = self.folder / "hejnal.toml"
        self.config.write_text(world.settings(self.folder, end=TABLES.format(kind=kind, folder=self.folder, quiet=quiet, more=more)))
        self.desk = self.start("--config", self.config, token_file=self.folder / "token")
        self.url = f"http://{self.desk.http}/hooks/monitor/mon"
        return self.desk

    def reports(self):
        done = world.run("reports", "--all", "--json", "--config", self.config)
        self.assertEqual(done.returncode, world.OK, done.stderr)
        return sorted(map(json.loads, done.stdout.splitlines()), key=lambda one: one["report"])

    def tell(self, payload, status=200, headers=None, path=""):
        told = {"Authorization": f"Bearer {SECRET}"} if headers is None else headers
        answer = self.desk.request("POST", "/hooks/monitor/mon" + path, payload, token=False, headers=told)
        self.assertEqual(answer.status, status, answer)

    def becomes(self, condition, words, longest_s=20):
        self.assertTrue(world.eventually(lambda: condition(self.reports()), longest_s), f"{words}: {self.reports()}")
        return self.reports()


def group(status="firing", severity="critical", key='{}:{alertname="InstanceDown"}', instance="db1:9100"):
    return {"version": "4", "groupKey": key, "status": status, "receiver": "hejnal", "groupLabels": {}, "externalURL": "http://am:9093",
            "commonLabels": {"alertname": "InstanceDown", "severity": severity}, "commonAnnotations": {"summary": "db1 nie działa"},
            "alerts": [{"status": status, "labels": {"alertname": "InstanceDown", "instance": instance, "severity": severity},
                        "annotations": {"summary": "db1 nie działa"}, "startsAt": "2026-11-22T10:15:00.123Z", "fingerprint": "f404"}]}


@unittest.skipUnless(os.path.exists(ALERTMANAGER), "prometheus-alertmanager is not installed (script/bootstrap --test)")
class WithAlertmanager(MonitorTest):
    def test_an_alert_is_reported_once_and_settled_when_it_is_over(self):
        self.serve()
        listen = f"127.0.0.1:{world.free_port()}"
        (self.folder / "am.yml").write_text(ALERTMANAGER_YML.format(url=self.url, secret=SECRET))
        with open(self.folder / "am.log", "wb") as log:
            process = subprocess.Popen([ALERTMANAGER, f"--config.file={self.folder}/am.yml", f"--storage.path={self.folder}/am",
                                        f"--web.listen-address={listen}", "--cluster.listen-address="], stdout=log, stderr=log)
        self.addCleanup(process.wait, 20)
        self.addCleanup(process.terminate)

        def post(over=False):
            now = datetime.now(timezone.utc)
            alert = {"labels": {"alertname": "InstanceDown", "instance": "db1:9100", "severity": "critical"},
                     "annotations": {"summary": "db1 nie działa"}, "startsAt": (now - timedelta(minutes=1)).isoformat()}
            alert["endsAt"] = (now if over else now + timedelta(minutes=5)).isoformat()
            request = urllib.request.Request(f"http://{listen}/api/v2/alerts", json.dumps([alert]).encode(), {"Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    return answer.status == 200
            except OSError:
                return False

        said = lambda: (self.folder / "am.log").read_text("utf-8", "replace")[-3000:]
        self.assertTrue(world.eventually(post, 20), said())
        report = self.becomes(lambda all: len(all) == 1, "no report" + said())[0]
        self.assertEqual((report["class"], report["subject"]), ("critical", "db1 nie działa"))
        self.assertIn("InstanceDown", report["key"])
        # It repeats itself each second; that is no news.
        post()
        world.eventually(lambda: False, 3)
        self.assertEqual(self.reports()[0]["fired"], 0)
        self.assertTrue(post(over=True))
        self.becomes(lambda all: all[0]["state"] == "settled", "not settled" + said(), 30)
        self.assertEqual(len(self.reports()), 1)


class Payloads(MonitorTest):
    def test_flapping_is_one_report(self):
        self.serve(quiet="60s")
        for _ in range(3):
            self.tell(group())
            self.tell(group())  # the second Alertmanager of a cluster
            self.tell(group("resolved"))
        self.tell(group())
        reports = self.reports()
        self.assertEqual([(one["state"], one["fired"]) for one in reports], [("waiting", 3)])
        self.tell(group(key="other", severity="warning"))
        self.assertEqual([one["class"] for one in self.reports()], ["critical", "urgent"])
        self.assertEqual(self.desk.all_cases(), [])

    def test_who_may(self):
        self.serve()
        self.tell(group("resolved"), 200)  # of nothing that we know
        self.tell(group(), 403, headers={})
        self.tell(group(), 403, headers={"Authorization": "Bearer no"})
        self.tell(group(), 403, headers={}, path="/no")
        self.tell({"status": "firing"}, 400)
        self.tell(group(), 404, path="/a/b")
        self.assertEqual(self.reports(), [])
        self.tell(group(), headers={}, path=f"/{SECRET}")
        self.tell(group(key="b"), headers={"Authorization": "Basic aGVqbmFsOjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm"})
        self.assertEqual(len(self.reports()), 2)

    def test_severities_of_ones_own(self):
        self.serve(more='classes = ["purple: critical", "critical: urgent"]\nclass = "routine"')
        for number, severity in enumerate(("purple", "critical", "green", "warning")):
            self.tell(group(key=str(number), severity=severity))
        self.assertEqual([one["class"] for one in self.reports()], ["critical", "urgent", "routine", "urgent"])

    def test_the_gravest_counts_and_a_rise_escalates(self):
        self.serve()
        mixed = group(severity="")
        mixed["commonLabels"] = {}
        mixed["alerts"] = [{"status": "firing", "labels": {"severity": one}, "annotations": {}} for one in ("info", "critical", "warning")]
        self.tell(mixed)
        self.assertEqual(self.reports()[0]["class"], "critical")
        self.tell(group(key="rises", severity="warning"))
        self.assertEqual(self.reports()[1]["class"], "urgent")
        self.tell(group(key="rises", severity="critical", instance="db2:9100"))
        self.tell(group(key="rises", severity="warning"))  # and it does not fall
        report = self.reports()[1]
        self.assertEqual((report["class"], report["fired"]), ("critical", 0))

    def test_large_groups_and_long_keys(self):
        self.serve()
        large = group()
        large["alerts"] *= 8000
        self.assertGreater(len(json.dumps(large)), 1 << 20)
        self.tell(large)
        self.tell(group(key="x" * 2000 + "a"))
        self.tell(group(key="x" * 2000 + "b"))
        self.assertEqual(len(self.reports()), 3)

    def test_uptime_kuma(self):
        self.serve("uptime-kuma")
        beat = {"monitorID": 7, "status": 0, "msg": "connect ECONNREFUSED"}
        monitor = {"id": 7, "name": "Sklep", "url": "https://sklep.example"}
        self.tell({"heartbeat": None, "monitor": None, "msg": "Testing"})
        self.assertEqual(self.reports(), [])
        self.tell({"heartbeat": beat, "monitor": monitor, "msg": "[Sklep] [🔴 Down]"})
        self.assertEqual(self.reports()[0]["subject"], "Sklep: connect ECONNREFUSED")
        self.tell({"heartbeat": {**beat, "status": 1}, "monitor": monitor, "msg": "[Sklep] [✅ Up]"})
        self.becomes(lambda all: all[0]["state"] == "settled", "not settled")

    def test_zabbix(self):
        self.serve("zabbix")
        problem = {"event_id": "4711", "event_value": "1", "update_status": "0", "nseverity": "4", "name": "Łącze leży", "host": "router",
                   "opdata": "{EVENT.OPDATA}", "message": "Problem"}
        self.tell(problem)
        self.assertEqual([(one["class"], one["subject"]) for one in self.reports()], [("urgent", "router: Łącze leży")])
        self.tell({**problem, "event_value": "0"})
        self.becomes(lambda all: all[0]["state"] == "settled", "not settled")

    def test_settings_are_explained(self):
        config = self.folder / "hejnal.toml"
        (self.folder / "secret").write_text(SECRET)
        (self.folder / "short").write_text("short")
        provider = '[[provider]]\nname = "a"\nemail = "a@b.example"\n'
        good = f'name = "m"\nkind = "grafana"\nsecret_file = "{self.folder}/secret"'
        for end, words in (
            (f"[[monitor]]\n{good}\n", "[[provider]]"),
            (f'{provider}[[monitor]]\n{good}\nprovider = "b"\n', 'named "b"'),
            (f"{provider}[[monitor]]\n{good.replace('grafana', 'nagios')}\n", "alertmanager"),
            (f"{provider}[[monitor]]\n{good.replace('/secret', '/short')}\n", "16 signs"),
            (f"{provider}[[monitor]]\n{good.replace('/secret', '/none')}\n", "monitor m"),
            (f'{provider}[[monitor]]\n{good}\nclasses = ["x"]\n', "severity: class"),
        ):
            config.write_text(world.settings(self.folder, end=end))
            done = world.run("check", "--config", config)
            self.assertEqual((done.returncode, words in done.stderr), (CONFIG, True), f"{end}: {done.stderr}")


if __name__ == "__main__":
    unittest.main()
