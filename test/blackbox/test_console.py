"""The team's pages as the server gives them: kinds, caching, compression, and what a browser is told to refuse."""

import gzip
import re
import unittest
import urllib.error
import urllib.request

import world


class Console(world.SandboxTest):
    def fetch(self, path, **headers):
        request = urllib.request.Request(f"http://{self.desk.told['http']}{path}", headers=headers)
        try:
            return urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as error:
            return error

    def assets(self):
        return re.findall(r'"(/console/assets/[^"]+)"', self.fetch("/console/").read().decode())

    def test_every_page_is_the_one_file_and_may_not_be_kept(self):
        first = self.fetch("/console/")
        self.assertEqual(first.status, 200)
        self.assertEqual(first.headers["Content-Type"], "text/html; charset=utf-8")
        self.assertEqual(first.headers["Cache-Control"], "no-cache")
        body = first.read()
        for path in ("/console/case/12", "/console/people", "/console/?state=new&q=x"):
            self.assertEqual(self.fetch(path).read(), body, path)
        again = self.fetch("/console/", **{"If-None-Match": f'W/"other", {first.headers["ETag"]}'})
        self.assertEqual((again.status, again.read()), (304, b""))
        self.assertEqual(self.fetch("/console").geturl().rsplit("/", 2)[1:], ["console", ""])

    def test_named_files_may_be_kept_for_ever(self):
        assets = self.assets()
        self.assertGreaterEqual(len(assets), 2)
        for path in assets:
            answer = self.fetch(path)
            self.assertEqual(answer.status, 200, path)
            self.assertIn("immutable", answer.headers["Cache-Control"])
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.fetch("/console/assets/nothing.js").status, 404)

    def test_files_are_packed_for_who_takes_it(self):
        script = next(path for path in self.assets() if path.endswith(".js"))
        plain = self.fetch(script, **{"Accept-Encoding": "identity"})
        self.assertIsNone(plain.headers["Content-Encoding"])
        body = plain.read()
        packed = self.fetch(script, **{"Accept-Encoding": "gzip"})
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertEqual(packed.headers["Vary"], "Accept-Encoding")
        self.assertEqual(gzip.decompress(packed.read()), body)
        brotli = self.fetch(script, **{"Accept-Encoding": "deflate, gzip;q=0.8, br"})
        self.assertEqual(brotli.headers["Content-Encoding"], "br")
        self.assertLess(len(brotli.read()), len(body) / 2)
        refused = self.fetch(script, **{"Accept-Encoding": "br;q=0, gzip;q=0.0"})
        self.assertIsNone(refused.headers["Content-Encoding"])
        tags = {one.headers["ETag"] for one in (plain, packed, brotli)}
        self.assertEqual(len(tags), 3)

    def test_a_browser_is_told_to_refuse_everything_foreign(self):
        for path in ("/console/", "/console/case/1", *self.assets()):
            policy = self.fetch(path).headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertIn("require-trusted-types-for 'script'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertNotIn("http", policy)
        headers = self.fetch("/console/").headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertIn("camera=()", headers["Permissions-Policy"])
        page = self.fetch("/console/").read().decode()
        self.assertNotRegex(page, r"<script(?![^>]*\bsrc=)")
        self.assertNotRegex(page, r"<style|\bstyle=|\bon[a-z]+=")

    def test_what_is_loaded_first_is_small(self):
        """The budget is 150 kB, packed; console/README.md says what it is."""
        total = len(self.fetch("/console/", **{"Accept-Encoding": "br"}).read())
        known, waiting = set(), [*self.assets(), "/console/theme.js", "/console/icon.svg"]
        while waiting:  # whatever these ask for at once, too
            path = waiting.pop()
            if path not in known:
                known.add(path)
                total += len(self.fetch(path, **{"Accept-Encoding": "br"}).read())
        self.assertLess(total, 100_000)

    def test_the_api_says_what_time_it_is_at_the_desk(self):
        before = self.desk.get("/api/v1/health").headers["Desk-Time"]
        self.desk.advance(3 * world.HOUR)
        after = self.desk.get("/api/v1/health").headers["Desk-Time"]
        self.assertRegex(after, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertNotEqual(before[:13], after[:13])


if __name__ == "__main__":
    unittest.main()
