"""Alerts of monitoring systems become reports: with Debian's real prometheus-alertmanager, and what the others send."""

import grp
import json
import os
import pathlib
import pwd
import subprocess
import time
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
        return self.serve_tables(TABLES.format(kind=kind, folder=self.folder, quiet=quiet, more=more))

    def serve_tables(self, tables):
        (self.folder / "secret").write_text(SECRET + "\n")
        self.config = self.folder / "hejnal.toml"
        self.config.write_text(world.settings(self.folder, end=tables))
        self.desk = self.start("--config", self.config, token_file=self.folder / "token")
        self.url = f"http://{self.desk.http}/hooks/monitor/mon"
        return self.desk

    def reports(self):
        done = world.run("reports", "--all", "--json", "--config", self.config)
        self.assertEqual(done.returncode, world.OK, done.stderr)
        return sorted(map(json.loads, done.stdout.splitlines()), key=lambda one: one["id"])

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


DESK = """
[[monitor]]
name = "mon"
kind = "{kind}"
secret_file = "{folder}/secret"
desk = true
quiet = "{quiet}"
{more}"""


class DeskTest(MonitorTest):
    """Alerts become cases at our own desk."""

    def serve_desk(self, kind="alertmanager", quiet="1s", more=""):
        return self.serve_tables(DESK.format(kind=kind, folder=self.folder, quiet=quiet, more=more))

    def case(self, number=1):
        return self.desk.get(f"/api/v1/cases/{number}").json

    def case_becomes(self, state, number=1):
        self.assertTrue(world.eventually(lambda: self.case(number)["state"] == state, 10), self.case(number))
        return self.case(number)


ICINGA_CONF = """\
include <itl>
const NodeName = "test"
const HejnalUrl = "{url}"
const HejnalSecretFile = "{folder}/secret"
const HejnalSpool = "{folder}/spool"
const HejnalNotify = "{packaging}/hejnal-notify"
include "{packaging}/icinga2.conf"
object CheckerComponent "checker" {{ }}
object NotificationComponent "notification" {{ }}
object ExternalCommandListener "command" {{ command_path = "{folder}/icinga2.cmd" }}
object CheckCommand "none" {{ command = [ "/bin/true" ] }}
template Host "passive" {{ check_command = "none", enable_active_checks = false, max_check_attempts = 1 }}
template Service "passive" {{ check_command = "none", enable_active_checks = false, max_check_attempts = 1 }}
object Host "db1" {{ import "passive", display_name = "Baza", address = "10.0.0.7" }}
object Service "disk" {{ import "passive", host_name = "db1", display_name = "Dysk / główny" }}
object User "hejnal" {{ }}
apply Notification "hejnal" to Host {{ command = "hejnal-host", users = [ "hejnal" ], interval = 0, assign where true }}
apply Notification "hejnal" to Service {{ command = "hejnal-service", users = [ "hejnal" ], interval = 0, assign where true }}
"""
ICINGA = "/usr/sbin/icinga2"
PACKAGING = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "monitoring"


@unittest.skipUnless(os.path.exists(ICINGA), "icinga2 is not installed (script/bootstrap --test)")
class WithIcinga(DeskTest):
    def test_a_check_result_becomes_a_case_and_its_recovery_settles_it(self):
        self.serve_desk("icinga")
        conf = ICINGA_CONF.format(url=self.url, folder=self.folder, packaging=PACKAGING)
        (self.folder / "icinga2.conf").write_text(conf)
        (self.folder / "spool").mkdir()
        me = [f"-DRunAsUser={pwd.getpwuid(os.getuid()).pw_name}", f"-DRunAsGroup={grp.getgrgid(os.getgid()).gr_name}"]
        for name in ("DataDir", "LogDir", "CacheDir", "InitRunDir", "SpoolDir"):
            (self.folder / name).mkdir()
            me.append(f"-DConfiguration.{name}={self.folder / name}")
        with open(self.folder / "icinga.log", "wb") as log:
            process = subprocess.Popen([ICINGA, "daemon", "-c", self.folder / "icinga2.conf", "-x", "notice", *me], stdout=log, stderr=log)
        self.addCleanup(process.wait, 20)
        self.addCleanup(process.terminate)
        said = lambda: (self.folder / "icinga.log").read_text("utf-8", "replace")[-3000:]
        pipe = self.folder / "icinga2.cmd"
        self.assertTrue(world.eventually(pipe.exists, 20), said())

        def result(words):
            with open(pipe, "w", encoding="utf-8") as out:
                out.write(f"[{int(time.time())}] {words}\n")

        result("PROCESS_SERVICE_CHECK_RESULT;db1;disk;2;DISK CRITICAL: 99% pełny; \"co & jak\"")
        self.assertTrue(world.eventually(lambda: self.desk.all_cases(), 10), said())
        case = self.case()
        self.assertEqual((case["class"], case["subject"], case["client"]["name"]), ("critical", "Baza: Dysk / główny", "mon"))
        self.assertIn("99% pełny", case["messages"][0]["text"])
        self.assertIn("10.0.0.7", case["messages"][0]["text"])
        result("PROCESS_HOST_CHECK_RESULT;db1;1;no route")
        self.assertTrue(world.eventually(lambda: len(self.desk.all_cases()) == 2, 10), said())
        self.assertEqual(self.case(2)["subject"], "Baza DOWN")
        result("PROCESS_HOST_CHECK_RESULT;db1;0;ok")
        result("PROCESS_SERVICE_CHECK_RESULT;db1;disk;0;DISK OK")
        self.case_becomes("settled", 1)
        self.case_becomes("settled", 2)
        self.assertEqual(list((self.folder / "spool").iterdir()), [])


class NotifyCommand(DeskTest):
    """packaging/monitoring/hejnal-notify without an Icinga around it."""

    def notify(self, *arguments, secret="secret"):
        (self.folder / "spool").mkdir(exist_ok=True)
        return subprocess.run([PACKAGING / "hejnal-notify", "-U", self.url, "-k", self.folder / secret, "-S", self.folder / "spool", *arguments],
                              capture_output=True, text=True, timeout=60).returncode

    def test_a_secret_with_signs_that_mean_something_to_curl(self):
        (self.folder / "secret").write_text('a"b\\c$d`e%f#ghijkl{}\n')
        self.serve_desk("nagios")
        self.assertEqual(self.notify("-l", "db1", "-s", "DOWN", "-t", "PROBLEM"), 0)
        self.assertEqual(len(self.desk.all_cases()), 1)

    def test_what_cannot_be_sent_waits_and_goes_in_order(self):
        self.serve_desk("nagios")
        good = self.url
        self.url = f"http://127.0.0.1:{world.free_port()}/hooks/monitor/mon"
        problem = ("-l", "db1", "-e", "disk", "-s", "WARNING", "-t", "PROBLEM", "-o", "50% & rośnie\n+1")
        self.assertEqual(self.notify(*problem), 0)
        self.assertEqual(len(list((self.folder / "spool").glob("*.form"))), 1)
        self.url = good
        self.assertEqual(self.notify("-l", "db1", "-e", "disk", "-s", "OK", "-t", "RECOVERY"), 0)
        case = self.case_becomes("settled")
        self.assertEqual(case["class"], "urgent")
        self.assertIn("50% & rośnie\n+1", case["messages"][0]["text"])
        self.assertEqual(list((self.folder / "spool").iterdir()), [])
        # What Icinga's own script is called with is understood, and what is no alert opens nothing.
        more = ("-d", "x", "-r", "a@b", "-f", "c@d", "-b", "Ola", "-v", "true", "-n", "Baza")
        self.assertEqual(self.notify("-l", "db2", "-s", "DOWN", "-t", "ACKNOWLEDGEMENT", *more), 0)
        self.assertEqual(len(self.desk.all_cases()), 1)
        self.assertEqual(self.notify("-t", "PROBLEM"), 2)
        (self.folder / "wrong").write_text("no" * 10)
        self.assertEqual(self.notify(*problem, secret="wrong"), 2)


class OwnDesk(DeskTest):
    def test_one_case_from_the_first_alert_to_its_end(self):
        self.serve_desk(quiet="60s")
        self.tell(group("resolved"))  # of nothing that we know
        self.assertEqual(self.desk.all_cases(), [])
        for _ in range(3):
            self.tell(group(severity="warning"))
            self.tell(group(severity="warning"))
            self.tell(group("resolved"))
        self.tell(group(severity="warning"))
        case = self.case()
        self.assertEqual(len(self.desk.all_cases()), 1)
        self.assertEqual((case["class"], case["client"]["name"], case["subject"]), ("urgent", "mon", "db1 nie działa"))
        self.assertEqual([(one["monitor"], one["state"], one["came_back"]) for one in case["alerts"]], [("mon", "firing", 3)])
        self.assertEqual(len([m for m in case["messages"] if m["direction"] == "in"]), 1)
        self.assertEqual(case["next"]["what"], "reaction")
        self.tell(group(severity="critical", instance="db2:9100"))
        case = self.case()
        self.assertEqual((case["class"], case["class_reason"]), ("critical", "an alert of monitoring, severity critical"))
        self.assertEqual(len([m for m in case["messages"] if m["direction"] == "in"]), 2)
        # To nobody outside: only the person on call hears of it.
        out = [m for m in case["messages"] if m["direction"] == "out"]
        self.assertTrue(out and all(m["to"] == out[0]["to"] for m in out), out)
        self.assertEqual(self.reports(), [])
        self.desk.post("/api/v1/cases/1/start", {})
        self.assertFalse(self.case()["offers_to_settle"])
        self.tell(group("resolved"))
        case = self.case()
        self.assertEqual((case["state"], case["offers_to_settle"]), ("working", True))
        self.assertEqual(self.desk.post("/api/v1/cases/1/answer", {"text": "x"}).status, 422)
        self.desk.post("/api/v1/cases/1/settle", {})
        self.assertEqual(self.case()["state"], "settled")
        self.assertFalse(self.case()["offers_to_settle"])
        self.tell(group(severity="warning"))  # it comes back within the hour
        self.assertEqual((self.case()["state"], len(self.desk.all_cases())), ("working", 1))
        self.desk.post("/api/v1/cases/1/close", {})
        self.tell(group(severity="warning"))
        self.assertEqual([one["other"] for one in self.case(2)["journal"] if one["kind"] == "linked"], [1])

    def test_what_is_over_is_settled_by_itself(self):
        self.serve_desk(quiet="1s")
        self.tell(group())
        self.tell(group("resolved"))
        self.case_becomes("settled")

    def test_or_offered(self):
        self.serve_desk(quiet="1s", more='resolved = "offer"')
        self.tell(group())
        self.tell(group("resolved"))
        self.assertTrue(self.case()["offers_to_settle"])
        self.assertEqual(self.case()["state"], "new")

    def test_json_by_a_mapping(self):
        self.serve_desk("json", more="""
alerts = "/events"
key = ["/host", "/check~1name"]
subject = ["/host", "/title"]
text = ["/what/0", "/none"]
severity = "/level"
state = "$/status"
firing = ["bad"]
over = ["good"]
ignored = ["test"]
classes = ["red: critical"]""")
        event = {"host": "db1", "check/name": 7, "title": "leży", "level": "RED", "what": ["na całego"]}
        self.tell({"status": "Bad", "events": [event]})
        case = self.case()
        self.assertEqual((case["class"], case["subject"], case["messages"][0]["text"]), ("critical", "db1 leży", "na całego"))
        self.assertEqual(self.case()["alerts"][0]["key"], "json db1 7")
        self.tell({"status": "test", "events": [event]})
        for payload, words in (
            ({"status": "bad"}, "alerts: /events finds nothing"),
            ({"status": "odd", "events": [event]}, 'state: $/status says "odd"'),
            ({"status": "bad", "events": [{"host": "x", "check/name": 1}]}, "alert 1: subject: /title finds nothing"),
            ({"events": [event]}, "state: $/status finds nothing"),
        ):
            answer = self.desk.request("POST", "/hooks/monitor/mon", payload, token=False, headers={"Authorization": f"Bearer {SECRET}"})
            self.assertEqual((answer.status, words in answer.text), (422, True), answer)
        # What is good among them is taken all the same.
        self.tell({"status": "bad", "events": [{}, {**event, "host": "db2"}]}, 422)
        self.assertEqual(len(self.desk.all_cases()), 2)
        self.tell({"status": "good", "events": [{"host": "db1", "check/name": 7}]})
        self.case_becomes("settled")


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
            (f"{provider}[[monitor]]\n{good.replace('grafana', 'big-brother')}\n", "alertmanager"),
            (f"{provider}[[monitor]]\n{good}\ndesk = true\nprovider = \"a\"\n", "either desk = true or a provider"),
            (f"{provider}[[monitor]]\n{good}\nagain = \"1h\"\n", "only of what becomes a case"),
            (f"[[monitor]]\n{good}\ndesk = true\nresolved = \"x\"\n", '"settle" or "offer"'),
            (f"[[monitor]]\n{good}\ndesk = true\nclasses = [\"x: purple\"]\n", 'no class "purple"'),
            (f"[[monitor]]\n{good}\ndesk = true\nkey = [\"/a\"]\n", 'only the kind "json"'),
            (f"[[monitor]]\n{good.replace('grafana', 'json')}\ndesk = true\nkey = [\"a\"]\n", "expected a JSON pointer"),
            (f"[[monitor]]\n{good.replace('grafana', 'json')}\ndesk = true\nkey = [\"/a~2\"]\n", "state: the kind"),
            (f"[[heartbeat]]\nname = \"w\"\nsecret_file = \"{self.folder}/secret\"\ndesk = true\n", "every"),
            (f"[[heartbeat]]\nname = \"w\"\nsecret_file = \"{self.folder}/short\"\nevery = \"1h\"\ndesk = true\n", "heartbeat w"),
            (f"{provider}[[monitor]]\n{good.replace('/secret', '/short')}\n", "16 signs"),
            (f"{provider}[[monitor]]\n{good.replace('/secret', '/none')}\n", "monitor m"),
            (f'{provider}[[monitor]]\n{good}\nclasses = ["x"]\n', "severity: class"),
        ):
            config.write_text(world.settings(self.folder, end=end))
            done = world.run("check", "--config", config)
            self.assertEqual((done.returncode, words in done.stderr), (CONFIG, True), f"{end}: {done.stderr}")


if __name__ == "__main__":
    unittest.main()
