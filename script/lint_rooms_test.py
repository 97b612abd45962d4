"""Each rule of lint_rooms.py, broken on purpose in a small tree."""

import subprocess
import tempfile
import unittest
from pathlib import Path

import lint_rooms

CLEAN = {
    "src/CMakeLists.txt": "foreach(room base core ports json wire carriers store desk config api net app)\n",
    "src/base/CMakeLists.txt": "hejnal_room(base PUBLIC_LIBRARIES fmt::fmt)\n",
    "src/base/README.md": "# base\n",
    "src/base/text.hpp": "#include <string>\n#include <tl/expected.hpp>\n",
    "src/base/hash.cpp": '#include "base/hash.hpp"\n#include <sodium.h>\n',
    "src/base/hash.hpp": "#include <string>\n",
}


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name, text in CLEAN.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def room(self, name, includes="", rooms="base core ports", file="x.hpp", place=None):
        """A room with one file that includes these headers."""
        place = place or f"src/{name}"
        self.write(f"{place}/README.md", f"# {name}\n")
        self.write(f"{place}/CMakeLists.txt", f"hejnal_room({name} ROOMS {rooms})\n")
        self.write(f"{place}/{file}", "".join(f"#include {header}\n" for header in includes.split()))

    def complaints(self, base=None):
        return lint_rooms.Rooms(self.root, base).check()

    def assert_clean(self):
        self.assertEqual(self.complaints(), [])

    def assert_complains(self, *words, base=None):
        complaints = self.complaints(base)
        self.assertEqual(len(complaints), 1, complaints)
        for word in words:
            self.assertIn(word, complaints[0])


class Includes(Tree):
    def test_a_clean_tree(self):
        self.assert_clean()

    def test_every_wall_of_the_table(self):
        for room, allowed in lint_rooms.ALLOWED.items():
            for other in lint_rooms.ALLOWED:
                if other == room or (room, other) in lint_rooms.ONLY_HEADER:
                    continue
                with self.subTest(room=room, other=other):
                    rules = lint_rooms.Rooms(self.root)
                    problem = rules.room_problem(room, f"src/{room}/x.cpp", 1, f"{other}/y.hpp", other)
                    self.assertEqual(problem is None, other in allowed, problem)

    def test_the_table_has_no_circle(self):
        reach = lint_rooms.Rooms.reach
        for room, allowed in lint_rooms.ALLOWED.items():
            self.assertNotIn(room, reach(allowed, lint_rooms.ALLOWED))

    def test_core_must_not_see_ports(self):
        self.room("core", '"ports/clock.hpp"', rooms="base")
        self.assert_complains("src/core/x.hpp:1:", "core includes ports/clock.hpp", "may include only base")

    def test_an_include_with_angle_brackets_is_seen_too(self):
        self.room("core", "<store/store.hpp>", rooms="base")
        self.assert_complains("core includes store/store.hpp")

    def test_an_indented_include_is_seen_too(self):
        self.room("core", rooms="base")
        self.write("src/core/x.hpp", '#if 1\n  #  include "desk/desk.hpp"\n#endif\n')
        self.assert_complains("src/core/x.hpp:2:", "desk/desk.hpp")

    def test_an_include_in_a_comment_is_none(self):
        self.room("core", rooms="base")
        self.write("src/core/x.hpp", '// #include "desk/desk.hpp"\n/*\n#include "net/net.hpp"\n*/\n')
        self.assert_clean()

    def test_json_may_be_included_where_entries_are_written_and_not_in_net(self):
        self.room("store", '"json/entry.hpp"', rooms="base core ports json")
        self.room("json", "<boost/json.hpp>", rooms="base core")
        self.assert_clean()
        self.room("net", '"json/entry.hpp"', rooms="base ports wire")
        self.assert_complains("net includes json/entry.hpp")

    def test_api_sees_the_desk_through_its_one_header(self):
        self.room("api", '"desk/ledger.hpp"', rooms="base core ports desk")
        self.assert_clean()
        self.room("api", '"desk/outbox.hpp"', rooms="base core ports desk")
        self.assert_complains("only through desk/ledger.hpp")

    def test_sim_may_include_the_store_but_not_the_net(self):
        self.room("sim", '"store/store.hpp"', rooms="base store", place="sim")
        self.assert_clean()
        self.room("sim", '"net/http.hpp"', rooms="base store", place="sim")
        self.assert_complains("sim/x.hpp:1:", "sim includes net/http.hpp")

    def test_climbing_over_a_wall(self):
        self.room("core", '"../base/text.hpp"', rooms="base")
        self.assert_complains("climbs over the wall")

    def test_a_header_without_its_room(self):
        self.room("core", '"y.hpp"', rooms="base")
        self.write("src/core/y.hpp", "")
        self.assert_complains("no room in its name")

    def test_a_room_that_the_table_does_not_know(self):
        self.room("attic")
        self.write("src/CMakeLists.txt", CLEAN["src/CMakeLists.txt"].replace("base", "base attic"))
        self.assert_complains("attic is not in the table")

    def test_a_circle_of_rooms(self):
        self.room("core", '"ports/clock.hpp"', rooms="base")
        self.room("ports", '"core/case.hpp"', rooms="base core")
        complaints = self.complaints()
        self.assertTrue(any("a circle of rooms: core -> ports -> core" in one for one in complaints), complaints)


class ThirdParty(Tree):
    def problem(self, name, header):
        room = name.split("/")[1] if name.startswith("src/") else "sim"
        return lint_rooms.Rooms(self.root).foreign_problem(room, name, header)

    def test_each_header_at_home_and_elsewhere(self):
        for header, home, elsewhere in [
            ("boost/asio.hpp", "src/net/lmtp.cpp", "src/api/x.cpp"),
            ("boost/beast/http.hpp", "src/net/http.cpp", "src/app/main.cpp"),
            ("curl/curl.h", "src/net/smtp.cpp", "src/carriers/email/x.cpp"),
            ("openssl/ssl.h", "src/net/tls.hpp", "src/base/hash.cpp"),
            ("sqlite3.h", "src/store/sqlite/db.cpp", "src/store/store.cpp"),
            ("sqlite3.h", "src/store/sqlite/vfs.cpp", "sim/vfs.cpp"),
            ("libpq-fe.h", "src/store/postgres/db.cpp", "src/store/sqlite/db.cpp"),
            ("gmime/gmime.h", "src/wire/mail/parse.cpp", "src/carriers/email/x.cpp"),
            ("boost/json.hpp", "src/json/entry.cpp", "src/api/x.cpp"),
            ("sodium.h", "src/base/hash.cpp", "src/base/hash.hpp"),
            ("sodium.h", "src/base/secret.cpp", "src/api/x.cpp"),
            ("zstd.h", "src/base/compress.cpp", "src/store/sqlite/db.cpp"),
            ("date/tz.h", "src/base/zone.cpp", "src/base/instant.cpp"),
            ("toml++/toml.h", "src/config/parse.cpp", "src/core/procedure.cpp"),
            ("CLI/CLI.hpp", "src/app/main.cpp", "src/config/x.cpp"),
            ("systemd/sd-daemon.h", "src/app/notify.cpp", "src/net/x.cpp"),
            ("gtest/gtest.h", "src/core/decide_test.cpp", "src/core/decide.cpp"),
            ("unistd.h", "src/net/x.cpp", "src/core/decide.cpp"),
            ("sys/socket.h", "src/net/x.cpp", "src/wire/lmtp/x.cpp"),
            ("net/if.h", "src/net/x.cpp", "src/desk/x.cpp"),
        ]:
            with self.subTest(header=header):
                self.assertIsNone(self.problem(home, header))
                self.assertIsNotNone(self.problem(elsewhere, header))

    def test_what_may_stand_anywhere(self):
        for header in ["tl/expected.hpp", "fmt/core.h", "vector", "cstdint", "stdint.h"]:
            self.assertIsNone(self.problem("src/desk/x.cpp", header))

    def test_a_header_without_a_home(self):
        self.assertIn("no home yet", self.problem("src/desk/x.cpp", "spdlog/spdlog.h"))

    def test_core_and_wire_are_pure(self):
        for room in ("core", "wire"):
            for header in ("thread", "random", "fstream", "locale"):
                self.assertIn("pure", self.problem(f"src/{room}/x.cpp", header))
        self.assertIsNone(self.problem("src/desk/x.cpp", "thread"))

    def test_the_system_header_named_net_is_not_our_room(self):
        self.room("net", "<net/if.h>", rooms="base ports wire", file="x.cpp")
        self.assert_clean()


class Clock(Tree):
    def test_only_app_and_net_look_at_a_clock(self):
        self.room("desk", file="x.cpp")
        self.write("src/desk/x.cpp", "auto a = std::chrono::system_clock::now();\n")
        self.assert_complains("src/desk/x.cpp:1:", "looks at a clock")

    def test_in_a_comment_or_a_string_it_is_none(self):
        self.room("desk", file="x.cpp")
        self.write("src/desk/x.cpp", '// steady_clock::now()\nauto a = "steady_clock::now()";\n')
        self.assert_clean()


class Lists(Tree):
    def test_a_room_without_its_readme(self):
        self.room("core", rooms="base")
        (self.root / "src/core/README.md").unlink()
        self.assert_complains("does not say what it is for")

    def test_cmake_names_a_room_too_many(self):
        self.room("core", rooms="base ports")
        self.assert_complains("src/core/CMakeLists.txt:1:", "ROOMS names ports")

    def test_cmake_lists_over_several_lines(self):
        self.room("core", rooms="base\n  ports\n  LIBRARIES net")
        self.assert_complains("ROOMS names ports")

    def test_cmake_lacks_a_room_that_is_included(self):
        self.room("wire", '"base/text.hpp"', rooms="")
        self.assert_complains("src/wire/CMakeLists.txt:1:", "ROOMS does not name base")

    def test_a_room_reached_through_another_is_enough(self):
        self.room("ports", '"base/text.hpp"', rooms="core")
        self.room("core", rooms="base")
        self.assert_clean()

    def test_cmake_names_another_room_than_its_folder(self):
        self.room("core", rooms="base")
        self.write("src/core/CMakeLists.txt", "hejnal_room(heart ROOMS base)\n")
        self.assert_complains("no hejnal_room(core")

    def test_a_room_without_cmake_list(self):
        self.room("core", rooms="base")
        (self.root / "src/core/CMakeLists.txt").unlink()
        self.assert_complains("is not built")

    def test_a_room_that_src_does_not_name(self):
        self.room("core", rooms="base")
        self.write("src/CMakeLists.txt", "foreach(room base) # core\nendforeach()\n")
        self.assert_complains("src/CMakeLists.txt:1:", "the room core is not in the list")


class Exceptions(Tree):
    LINE = "src/core/x.hpp desk/desk.hpp  # until the seam is there\n"

    def git(self, *words):
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@t.example", "-C", str(self.root), *words],
            check=True, capture_output=True,
        )

    def commit(self):
        if not (self.root / ".git").exists():
            self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-qm", "x")

    def test_an_exception_is_tolerated(self):
        self.room("core", '"desk/desk.hpp"', rooms="base")
        self.write("script/lint_exceptions.txt", self.LINE)
        self.assert_clean()

    def test_one_that_is_no_longer_needed_goes(self):
        self.room("core", rooms="base")
        self.write("script/lint_exceptions.txt", self.LINE)
        self.assert_complains("no longer needed")

    def test_the_list_may_not_grow(self):
        self.room("core", '"desk/desk.hpp"', rooms="base")
        self.write("script/lint_exceptions.txt", "# empty\n")
        self.commit()
        self.write("script/lint_exceptions.txt", self.LINE)
        self.assert_complains("may only get shorter")

    def test_nor_grow_by_a_commit(self):
        self.room("core", '"desk/desk.hpp"', rooms="base")
        self.write("script/lint_exceptions.txt", "# empty\n")
        self.commit()
        self.write("script/lint_exceptions.txt", self.LINE)
        self.commit()
        self.assert_complains("may only get shorter")
        self.assert_complains("may only get shorter", base="HEAD~1")

    def test_it_may_shrink(self):
        self.room("core", '"desk/desk.hpp"', rooms="base")
        self.write("script/lint_exceptions.txt", self.LINE)
        self.commit()
        self.room("core", rooms="base")
        self.write("script/lint_exceptions.txt", "")
        self.assert_clean()


class CoAwait(unittest.TestCase):
    def lines(self, body):
        return lint_rooms.CoAwaitTrap("awaitable<void> f() {\n" + body + "\n}\n").lines()

    def test_traps(self):
        for body in [
            "co_await post(ex, [this] { work(); });",
            "co_return co_await async_initiate<decltype(use_awaitable), void(R)>("
            "[this, ex, f = std::move(f)](auto h) mutable { h(); }, use_awaitable);",
            "auto x = co_await run([s = shared](int n) -> int { return n; });",
            "co_await co_spawn(ex, [s]() -> awaitable<void> { co_return; }, use_awaitable);",
            "if (co_await any([&] { return 1; })) { g(); }",
            "while (!co_await any([=](auto& x) noexcept { return x; })) g();",
            "co_await run(Options{.done = [this] { end(); }});",
            "co_await (left([a] { b(); }) || right());",
            "return co_await run([x]<class T>(T t) { use(t); });",
            "co_await run(table[3], [x] { use(x); });",
        ]:
            with self.subTest(body=body):
                self.assertEqual(self.lines(body), [2])

    def test_no_traps(self):
        for body in [
            "co_await post(ex, [] { work(); });",
            "auto init = [this] { work(); }; co_await post(ex, std::move(init));",
            "auto init = [this](auto h) mutable {\n work();\n};\nco_await post(ex, init);",
            "run([this]() -> awaitable<void> { co_await sleep(); });",
            "co_spawn(ex, [this]() -> awaitable<void> { co_await sleep(); co_await more(); }, detached);",
            "co_await read(buffer[i]); auto f = [x] { return x; };",
            "// co_await post(ex, [this] { work(); });\nco_await a();",
            'log("co_await"); run([this] { work(); });',
            "for (auto& x : list) { co_await send(x); }\nrun([x] { work(); });",
            "[[maybe_unused]] auto r = co_await read(socket, buffer(data), token);",
            "std::array<int, 2> a{1, 2}; co_await send(a); std::sort(a.begin(), a.end(), [&](int l) { return l < r; });",
            "switch (x) { case 1: { co_await a(); break; } default: run([x] { b(); }); }",
        ]:
            with self.subTest(body=body):
                self.assertEqual(self.lines(body), [])

    def test_the_line_is_the_one_of_the_lambda(self):
        self.assertEqual(self.lines("co_await\n  post(ex,\n    [this] { work(); });"), [4])

    def test_a_class_with_members_before_it(self):
        text = """
#define TRAP co_await run([x] { })
class Session : public Base {
 public:
  Session(int a) : a_{a}, b_(2) {}
  int& operator[](size_t i) { return data_[i]; }
  struct Inner { int x = 0; };
  enum class Kind : int { one, two };
  awaitable<void> run() {
    co_await go();
    std::function<void()> f = [this] { end(); };
    co_await wait([this] { end(); });
  }
 private:
  int a_ = 0;
};
"""
        self.assertEqual(lint_rooms.CoAwaitTrap(text).lines(), [12])


if __name__ == "__main__":
    unittest.main()
