"""SMS by a modem behind gammu-smsd, with gammu's own dummy telephone."""

import os
import shutil
import subprocess
import unittest

import sms_servers
import world
from test_sms import CLIENT, SmsTest

RC = """\
[gammu]
model = dummy
port = {folder}/phone
connection = none
gammuloc = /dev/null

[smsd]
service = files
logfile = {folder}/smsd.log
debuglevel = 255
inboxpath = {folder}/in/
outboxpath = {folder}/out/
sentsmspath = {folder}/sent/
errorsmspath = {folder}/err/
runonreceive = {script} receive
runonsent = {script} sent
runonfailure = {script} failed
loopsleep = 1
commtimeout = 1
receivefrequency = 1
checksecurity = 0
checksignal = 0
checkbattery = 0
"""


@unittest.skipUnless(shutil.which("gammu-smsd") and shutil.which("gammu"), "gammu is not installed")
class Gammu(SmsTest, sms_servers.Processes):
    def setUp(self):
        super().setUp()
        self.modem = self.folder / "modem"
        for name in ("in", "out", "sent", "err", "phone/fs", "phone/pb/ME", "phone/pb/SM", "kept",
                     *(f"phone/sms/{i}" for i in range(1, 6))):
            (self.modem / name).mkdir(parents=True)
        script = world.SOURCE / "packaging/hejnal-gammu"
        (self.modem / "rc").write_text(RC.format(folder=self.modem, script=script))
        (self.modem / "url").write_text(f"{self.hook('modem', 'x')[:-2]}\n{self.modem}/kept\n")
        self.env = {**os.environ, "HEJNAL_GAMMU": f"{self.modem}/url", "LC_ALL": "C.UTF-8"}
        self.configure(self.table("modem", "gammu", spool=f"{self.modem}/out"))

    def daemon(self):
        return self.run_one(["gammu-smsd", "-c", self.modem / "rc"], env=self.env)

    def phone_gets(self, text, sender=CLIENT, long=False):
        more = ["-len", "400", "-autolen", "400"] if long else []
        done = subprocess.run(["gammu", "-c", str(self.modem / "rc"), "savesms", "TEXT", *more, "-folder", "1", "-unread",
                               "-sender", sender, "-unicode"], input=text.encode(), capture_output=True, env=self.env,
                              timeout=30, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def log(self):
        path = self.modem / "smsd.log"
        return path.read_text("utf-8", "replace")[-4000:] if path.exists() else ""

    def test_both_ways(self):
        self.serve()
        self.daemon()
        self.phone_gets("Serwer nie działa, żółć")
        self.assertTrue(world.eventually(self.texts), self.log())
        self.assertEqual(self.texts(), ["Serwer nie działa, żółć"])
        case = self.desk.all_cases()[0]
        self.assertEqual(case["client"]["phone"], CLIENT)
        self.answer(case["number"], "Już działa: żółć € 😀")
        self.becomes(case["number"], "handed_over")
        gone = world.eventually(lambda: [one.name for one in (self.modem / "sent").iterdir() if CLIENT in one.name])
        self.assertTrue(gone, self.log())
        self.assertEqual(list((self.modem / "err").iterdir()), [])
        text = next(one for one in (self.modem / "sent").iterdir() if CLIENT in one.name).read_bytes()
        self.assertIn("Już działa: żółć € 😀", text.decode("utf-16"))

    def test_while_hejnal_is_down_the_sms_is_kept(self):
        self.daemon()
        self.phone_gets("Jest tam kto?")
        self.assertTrue(world.eventually(lambda: list((self.modem / "kept").glob("sms-*")), 60), self.log())
        self.serve()
        self.phone_gets("Halo")
        self.assertTrue(world.eventually(lambda: len(self.texts()) == 2, 30), self.log())
        self.assertEqual(sorted(self.texts()), ["Halo", "Jest tam kto?"])

    def test_a_folder_that_is_not_there(self):
        shutil.rmtree(self.modem / "out")
        self.serve()
        number = self.desk.good("POST", "/api/v1/cases", {"class": "routine", "subject": "a", "text": "b",
                                                          "client": {"phone": CLIENT}})["number"]
        self.assertTrue(world.eventually(lambda: self.health("modem")["state"] == "failing"))
        self.becomes(number, "queued")


if __name__ == "__main__":
    unittest.main()
