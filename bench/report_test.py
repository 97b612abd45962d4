import json
import unittest

import report
from report import Row


class Verdicts(unittest.TestCase):
    def test_more_is_better(self):
        found = [Row("I1", "", reached=r, wanted=10, unit="×").verdict for r in (10, 9.9, 5, 4.9, 0)]
        self.assertEqual(found, ["met", "half met", "half met", "missed", "missed"])

    def test_less_is_better(self):
        found = [Row("T1", "", reached=r, wanted=10, more_is_better=False).verdict for r in (0, 10, 20, 20.1)]
        self.assertEqual(found, ["met", "met", "half met", "missed"])

    def test_what_was_not_measured_is_neither(self):
        self.assertEqual(Row("S1", "", wanted=500).verdict, "not measured")
        self.assertIsNone(json.loads(report.as_json([Row("S1", "")], {}))["rows"][0]["reached"])


class Numbers(unittest.TestCase):
    def test_three_digits(self):
        found = [report.number(n) for n in (0, 0.01234, 1.5, 12.34, 123.4, 31234.5)]
        self.assertEqual(found, ["0", "0.0123", "1.5", "12.3", "123", "31,234"])

    def test_middle(self):
        self.assertEqual((report.median([3, 1, 2]), report.median([4, 1])), (2, 2.5))
        self.assertEqual(report.percentile(range(1, 101), 0.99), 100)

    def test_times_of_wrk(self):
        found = [report.milliseconds(t) for t in ("812.00us", "4.31ms", "1.02s", "1.50m")]
        self.assertEqual(found, [0.812, 4.31, 1020, 90_000])


if __name__ == "__main__":
    unittest.main()
