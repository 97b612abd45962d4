"""What the documentation shows really runs, and really is so."""

import os
import re
import shutil
import subprocess
import unittest

import world


def page(name):
    return (world.SOURCE / "docs" / name).read_text("utf-8")


class Examples(world.FolderTest):
    def setUp(self):
        super().setUp()
        (self.folder / "bin").mkdir()
        os.symlink(shutil.which(world.HEJNAL) or os.path.abspath(world.HEJNAL), self.folder / "bin/hejnal")
        (self.folder / "hejnal.toml").write_text(world.settings(self.folder))
        (self.folder / "message.eml").write_bytes(world.mail())

    def run_blocks(self, text, **env):
        """Each line that a shell block shows, in one shell; gives what was said."""
        script = "set -e\n" + "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
        done = subprocess.run(["bash", "-c", script], cwd=self.folder, capture_output=True, timeout=120, check=False,
                              env={**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}", **env})
        self.assertEqual(done.returncode, 0, done.stdout.decode()[-2000:] + done.stderr.decode())
        return done.stdout.decode()

    def test_the_api(self):
        sandbox = self.folder / "sandbox"
        sandbox.mkdir()
        desk = world.Desk(sandbox)
        self.addCleanup(desk.end)
        desk.start()
        text = page("api.md")
        first, rest = text.split("## Tokens", 1)
        self.assertIn("hejnal serve --sandbox --token-file token", first)
        self.assertIn("URL=http://127.0.0.1:8080", first)
        (self.folder / "token").write_text(desk.token)
        said = self.run_blocks(rest, URL=f"http://{desk.http}", TOKEN=desk.token)
        self.assertIn("Był to kabel.", said)
        self.assertIn("event: opened", said)
        for example in re.findall(r"^```json\n(.*?)^```", rest, re.DOTALL | re.MULTILINE):
            words = re.search(r'"detail": "((?:\\.|[^"])*)"', example)[1]
            self.assertIn(words, said)
        self.assertEqual(desk.case(1)["state"], "settled")

    def test_the_commands(self):
        self.run_blocks(page("commands.md"))


class Pages(unittest.TestCase):
    def test_every_command_has_its_place(self):
        text = page("commands.md")
        for command in re.findall(r"^  (\w+)  ", world.run("--help").stdout.split("Subcommands:")[1], re.MULTILINE):
            with self.subTest(command):
                self.assertIn(f"hejnal {command}", text)

    def test_templates_and_placeholders(self):
        text = page("templates.md")
        source = (world.SOURCE / "src/carriers/words/templates.cpp").read_text("utf-8")
        names = re.findall(r'"(\w+)"', re.search(r"kNames = \{(.*?)\};", source, re.DOTALL)[1])
        self.assertEqual(sorted(set(re.findall(r"`\{(\w+)\}`", text))), sorted(names))
        table = text[text.index("| kind |"):text.index("## How a file")]
        kinds = {path.name.split(".")[0] for path in (world.SOURCE / "templates").glob("??/*.txt")}
        for kind in kinds:
            with self.subTest(kind):
                self.assertIn(f"`{kind}`", table)

    def test_every_link_leads_somewhere(self):
        for path in [*(world.SOURCE / "docs").glob("*.md"), *world.SOURCE.glob("*.md")]:
            for target in re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8")):
                if not re.match(r"\w+:", target):
                    with self.subTest(f"{path.name}: {target}"):
                        self.assertTrue((path.parent / target).exists())


class Templates(unittest.TestCase):
    def test_nothing_is_said_without_words(self):
        both = ("receipt", "resend_receipt", "acknowledgement", "start_of_work", "answer", "question", "settled", "no_reply", "alert")
        files = [f"{kind}.{way}" for kind in both for way in ("email", "sms")]
        files += ["missing_email.sms", "receipt_by_sms.sms", "rejected_call.sms", "unreachable.email", "set_aside.email", "left_out.email"]
        for language in ("pl", "en"):
            for name in files:
                with self.subTest(f"{language}/{name}"):
                    self.assertTrue((world.SOURCE / "templates" / language / f"{name}.txt").read_text().strip())


if __name__ == "__main__":
    unittest.main()
