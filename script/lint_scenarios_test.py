"""Each rule of lint_scenarios.py, broken on purpose in a small tree."""

import tempfile
import unittest
from pathlib import Path

import lint_scenarios

PROCEDURE = """
[[class]]
id = "routine"
[[class.step]]
note = "Piszemy email. Czekamy."
[class.phone]
note = "Nie dzwonimy."
[prolonged]
text = "Oddzwonimy."
"""
ROUTINE = '> Piszemy email.\n> Czekamy.\n> Nie dzwonimy.\n09:00 a@b.example emails "Temat" : "Tekst."\n'
PROLONGED = "> Oddzwonimy.\n09:00 +48600100200 calls\n"


class Scenarios(unittest.TestCase):
    def complaints(self, routine=ROUTINE, prolonged=PROLONGED):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "procedures").mkdir()
            (root / "test/scenarios").mkdir(parents=True)
            (root / "procedures/pl.toml").write_text(PROCEDURE, encoding="utf-8")
            (root / "test/scenarios/routine-one.txt").write_text(routine, encoding="utf-8")
            (root / "test/scenarios/prolonged-one.txt").write_text(prolonged, encoding="utf-8")
            return lint_scenarios.check(root)

    def assert_complains(self, word, **story):
        complaints = self.complaints(**story)
        self.assertEqual(len(complaints), 1, complaints)
        self.assertIn(word, complaints[0])

    def test_a_whole_tree_is_clean(self):
        self.assertEqual(self.complaints(), [])

    def test_a_sentence_without_its_story(self):
        self.assert_complains("no story", routine=ROUTINE.replace("> Czekamy.\n", ""))

    def test_a_sentence_told_only_by_a_story_of_another_class(self):
        without = ROUTINE.replace("> Czekamy.\n", "")
        self.assert_complains("Czekamy", routine=without, prolonged="> Czekamy.\n" + PROLONGED)

    def test_a_quotation_of_nothing(self):
        self.assert_complains("not a sentence", routine="> Dzwonimy.\n" + ROUTINE)

    def test_a_line_without_time(self):
        self.assert_complains("no time", routine=ROUTINE + "agent reads\n")

    def test_a_line_that_goes_back(self):
        self.assert_complains("earlier", routine=ROUTINE + "08:59 agent reads\n")

    def test_a_later_day_does_not_go_back(self):
        self.assertEqual(self.complaints(routine=ROUTINE + "+1d 08:59 agent reads\n"), [])

    def test_an_unknown_statement(self):
        self.assert_complains("not a statement", routine=ROUTINE + "09:00 agent sleeps\n")

    def test_an_unknown_kind_of_message(self):
        self.assert_complains("not a statement", routine=ROUTINE + "09:00 expect email to on-call: greeting\n")

    def test_a_story_in_which_nothing_happens(self):
        self.assert_complains("without a statement", prolonged="> Oddzwonimy.\n")


if __name__ == "__main__":
    unittest.main()
