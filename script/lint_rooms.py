#!/usr/bin/env python3
"""The walls between the rooms, checked by text.

The compiler already refuses most wrong includes, because each room sees only the folders of its ROOMS. This check says
the rest: which third-party header lives where, that the CMake lists agree with the table below, that no circle of rooms
grows, that nothing but `app` and `net` looks at a clock, that each room says what it is for, and that a mistake which
g++ 12 compiles wrongly (see CoAwaitTrap) is not made.

    script/lint_rooms.py [--root FOLDER] [--base GIT-REF]

Prints one line for each complaint as path:line: what, and ends with 1 where there is one. script/lint_exceptions.txt
lists includes that are tolerated, one a line as "path header"; the list may only get shorter.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

# Who may include whom: the table of rooms. A room may always include itself.
ALLOWED = {
    "base": set(),
    "core": {"base"},
    "ports": {"base", "core"},
    "json": {"base", "core"},
    "wire": {"base"},
    "carriers": {"base", "core", "ports", "wire", "json"},
    "store": {"base", "core", "ports", "json"},
    "desk": {"base", "core", "ports"},
    "reporter": {"base", "core", "ports"},
    "net": {"base", "ports", "wire"},
    "api": {"base", "core", "ports", "desk", "reporter", "json"},
    "config": {"base", "core", "json"},
}
ALLOWED["sim"] = set(ALLOWED) - {"net"}
ALLOWED["app"] = set(ALLOWED)
OUTSIDE_SRC = {"sim": "sim"}  # rooms that have a folder of their own beside src/

# api sees desk and reporter through their one public header.
ONLY_HEADER = {("api", "desk"): "desk/ledger.hpp", ("api", "reporter"): "reporter/reporter.hpp"}

# The one home of each third-party header: the beginning of its name, and patterns of the files that may include it.
ANYWHERE = [r".*"]
TESTS = [r".*_test\.cpp", r"sim/.*"]
HOMES = {
    "boost/asio": [r"src/net/.*"],
    "boost/beast": [r"src/net/.*"],
    "curl/": [r"src/net/.*"],
    "openssl/": [r"src/net/.*"],
    "re/": [r"src/net/detail/re\.hpp"],
    "sqlite3.h": [r"src/store/sqlite/.*"],
    "libpq-fe.h": [r"src/store/postgres/.*"],
    "ctemplate/": [r"src/api/page\.cpp"],
    "gmime/": [r"src/wire/mail/.*"],
    "iconv.h": [r"src/wire/mail/.*"],
    "boost/json": [r"src/json/.*", r".*_test\.cpp"],
    "boost/assert/": [r"src/base/.*"],
    "sodium.h": [r"src/base/[^/]*\.cpp"],
    "liboath/": [r"src/base/[^/]*\.cpp"],
    "qrencode.h": [r"src/base/[^/]*\.cpp"],
    "zstd.h": [r"src/base/[^/]*\.cpp"],
    "date/": [r"src/base/zone\.cpp"],
    "toml++/": [r"src/config/.*"],
    "CLI/": [r"src/app/.*"],
    "systemd/": [r"src/app/.*"],
    "sysexits.h": [r"src/app/.*"],
    "tl/": ANYWHERE,
    "fmt/": ANYWHERE,
    "gtest/": TESTS,
    "gmock/": TESTS,
    "rapidcheck": TESTS,
}

# What talks to the operating system: sockets, files, processes.
POSIX = re.compile(
    r"(sys|netinet|arpa|net|linux|asm|bits)/.*|(unistd|fcntl|signal|poll|pthread|dirent|netdb|grp|pwd|termios|syslog"
    r"|dlfcn|glob|spawn|ucontext|execinfo|sched|semaphore|resolv|ifaddrs|mntent|ftw|utime|wait)\.h"
)
POSIX_HOMES = [r"src/(net|store|app)/.*", r"src/base/[^/]*\.cpp", r"sim/.*", r".*_test\.cpp"]
C_STANDARD = re.compile(
    r"(assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|stdalign|stdarg|stdatomic"
    r"|stdbool|stddef|stdint|stdio|stdlib|string|strings|tgmath|time|uchar|wchar|wctype)\.h"
)

# core is pure: no threads, no chance, no files, no locale. wire adds only bytes.
IMPURE = re.compile(
    r"(thread|mutex|shared_mutex|condition_variable|future|atomic|semaphore|latch|barrier|stop_token|random|iostream"
    r"|fstream|ostream|istream|filesystem|locale|ctime|csignal|coroutine|pthread\.h|time\.h|locale\.h|signal\.h)"
)
PURE_ROOMS = {"core", "wire"}

CLOCK = re.compile(
    r"\b(?:system|steady|high_resolution|utc|file)_clock\s*::\s*now\b|\b(?:gettimeofday|clock_gettime)\b"
)
CLOCK_ROOMS = {"app", "net"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
ROOM_CALL = re.compile(r"hejnal_room\s*\(([^)]*)\)")
KEYWORDS = {"ROOMS", "LIBRARIES", "PUBLIC_LIBRARIES", "TESTS"}


NO_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<d>[^()\\\s]{0,16})\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'",
    re.DOTALL,
)


def spaces(match):
    """As many spaces as the match is long, with its line breaks."""
    return re.sub(r"[^\n]", " ", match[0])


def blank(text):
    """The same text with comments, strings and characters replaced by spaces; line breaks stay where they are."""
    return NO_CODE.sub(spaces, text)


class CoAwaitTrap:
    """Finds a lambda with captures in a full expression that contains co_await, outside the lambda's own body.

    g++ 12 destroys such a lambda twice (the temporary and its copy in the coroutine frame), which is a use after free in
    every build. Give the lambda a name in a statement of its own, or put it into a plain function that returns the
    awaitable.

    Reads statements, not C++: a statement ends with its semicolon or with the bracket of a block. Bodies of lambdas are
    taken out of the statement around them and are read as blocks of their own.
    """

    # What stands before the bracket of a lambda's body: [captures] <template> (parameters) specifiers -> type.
    LAMBDA = re.compile(
        r"(\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\])\s*(?:<[^<>]*>\s*)?(?:\([^{};]*\)\s*)?"
        r"(?:(?:mutable|constexpr|noexcept)\s*)*(?:->[^{};()]+)?$"
    )
    SUBSCRIPTED = re.compile(r"[\w)\]]$")
    BEFORE_VALUE = re.compile(r"\b(?:return|co_return|co_await|co_yield)$")
    # What stands before the bracket of a block, and not of a braced list.
    BLOCK = re.compile(
        r"\)\s*(?:(?:const|noexcept|override|final|&+)\s*|->[^;{}]*)*$|\b(?:else|do|try)$|:$|\}$|^$"
        r"|(?:^|[:;}]\s*)(?:template\b.*)?(?:(?:inline|static|typedef|export)\s+)*"
        r"(?:namespace|class|struct|union|enum|extern)\b",
        re.DOTALL,
    )

    def __init__(self, text):
        self.text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", spaces, blank(text), flags=re.MULTILINE)
        self.found = set()

    def lines(self):
        if "co_await" in self.text:
            self.read_block(0, len(self.text))
        return sorted({self.text.count("\n", 0, at) + 1 for at in self.found})

    def closing(self, at, end):
        depth = 0
        for i in range(at, end):
            depth += {"{": 1, "}": -1}.get(self.text[i], 0)
            if depth == 0:
                return i
        return end

    def read_block(self, at, end):
        start, depth, lambdas = at, 0, []
        kept = []  # the statement so far; what is taken out is replaced by as many spaces
        while at < end:
            char = self.text[at]
            if char == "{":
                close = self.closing(at, end)
                before = "".join(kept)
                match = self.lambda_before(before)
                if match or (depth == 0 and self.BLOCK.search(before.strip())):
                    self.read_block(at + 1, close)
                    if match:
                        if match[2].strip():
                            lambdas.append(start + match.start())
                        kept.append(" " * (close + 1 - at))
                    else:
                        self.end_statement(before, lambdas)
                        start, kept, lambdas = close + 1, [], []
                    at = close + 1
                    continue
            if char == ";" and depth == 0:
                self.end_statement("".join(kept), lambdas)
                start, kept, lambdas = at + 1, [], []
            else:
                depth += 1 if char in "([{" else -1 if char in ")]}" and depth > 0 else 0
                kept.append(char)
            at += 1
        self.end_statement("".join(kept), lambdas)

    def lambda_before(self, before):
        """The head of a lambda at the end of these words; a[i] and operator[] are none."""
        for match in self.LAMBDA.finditer(before):
            words = before[: match.start()].rstrip()
            if not self.SUBSCRIPTED.search(words) or self.BEFORE_VALUE.search(words):
                return match
        return None

    def end_statement(self, kept, lambdas):
        if re.search(r"\bco_await\b", kept):
            self.found.update(lambdas)


class Rooms:
    def __init__(self, root, base=None):
        self.root = Path(root)
        self.base = base
        self.complaints = []
        self.exceptions = self.read_exceptions()
        self.used_exceptions = set()
        self.edges = {}  # room -> {room: "path:line" of one include}

    def complain(self, path, line, what):
        self.complaints.append(f"{path}:{line}: {what}")

    # -- exceptions ----------------------------------------------------------------------------------------------------

    EXCEPTIONS = "script/lint_exceptions.txt"

    @staticmethod
    def parse_exceptions(text):
        lines = [line.split("#")[0].split() for line in text.splitlines()]
        return {tuple(words) for words in lines if words}

    def read_exceptions(self):
        path = self.root / self.EXCEPTIONS
        return self.parse_exceptions(path.read_text(encoding="utf-8")) if path.exists() else set()

    def git(self, *words):
        result = subprocess.run(["git", "-C", str(self.root), *words], capture_output=True, text=True, check=False)
        return result.stdout if result.returncode == 0 else None

    def check_exceptions(self):
        for words in sorted(self.exceptions):
            if len(words) != 2:
                self.complain(self.EXCEPTIONS, 1, f'not "path header": {" ".join(words)}')
            elif words not in self.used_exceptions:
                self.complain(self.EXCEPTIONS, 1, f'no longer needed, take it out: {" ".join(words)}')
        earlier = [self.git("show", f"{commit}:{self.EXCEPTIONS}") for commit in ("HEAD", self.base or "HEAD~1")]
        grown = set()
        for text in earlier:
            if text is not None:
                grown |= self.exceptions - self.parse_exceptions(text)
        for words in sorted(grown):
            self.complain(self.EXCEPTIONS, 1, f'the list may only get shorter, but this is new: {" ".join(words)}')

    # -- files -----------------------------------------------------------------------------------------------------

    def folders(self):
        """Every room that exists: name -> folder."""
        found = {}
        src = self.root / "src"
        if src.is_dir():
            for folder in sorted(src.iterdir()):
                if folder.is_dir():
                    found[folder.name] = folder
        for room, folder in OUTSIDE_SRC.items():
            if (self.root / folder).is_dir():
                found[room] = self.root / folder
        return found

    def check(self):
        folders = self.folders()
        for room, folder in folders.items():
            place = folder.relative_to(self.root).as_posix()
            if room not in ALLOWED:
                self.complain(place, 1, f"{room} is not in the table of rooms (script/lint_rooms.py)")
                continue
            if not (folder / "README.md").is_file():
                self.complain(f"{place}/README.md", 1, f"the room {room} does not say what it is for")
            for path in sorted(p for p in folder.rglob("*") if p.suffix in (".hpp", ".cpp", ".h", ".inc")):
                self.check_file(room, path)
        self.check_circles()
        self.check_cmake(folders)
        self.check_exceptions()
        return self.complaints

    def check_file(self, room, path):
        name = path.relative_to(self.root).as_posix()
        text = path.read_text(encoding="utf-8", errors="replace")
        # Strings must stay for the includes, comments must not.
        code = re.sub(r"//[^\n]*|/\*.*?\*/", spaces, text, flags=re.DOTALL)
        for match in INCLUDE.finditer(code):
            line = code.count("\n", 0, match.start()) + 1
            self.check_include(room, path, name, line, match[1] == '"', match[2])
        plain = blank(text)
        if room not in CLOCK_ROOMS and not name.endswith("_test.cpp"):
            for match in CLOCK.finditer(plain):
                line = plain.count("\n", 0, match.start()) + 1
                self.complain(name, line, f"{room} looks at a clock: {match[0]}; time is a parameter")
        for line in CoAwaitTrap(text).lines():
            self.complain(name, line, "a lambda with captures beside co_await: g++ 12 destroys it twice; name it first")

    def check_include(self, room, path, name, line, quoted, header):
        problem = self.problem(room, path, name, line, quoted, header)
        if problem is None:
            return
        if (name, header) in self.exceptions:
            self.used_exceptions.add((name, header))
            return
        self.complain(name, line, problem)

    def problem(self, room, path, name, line, quoted, header):
        first = header.split("/")[0]
        # <net/if.h> is the system's, "net/x.hpp" is ours.
        if first in ALLOWED and "/" in header and (quoted or not POSIX.fullmatch(header)):
            return self.room_problem(room, name, line, header, first)
        if quoted:
            if ".." in header.split("/"):
                return f'"{header}" climbs over the wall: write it as room/file.hpp'
            if (path.parent / header).is_file():
                return f'"{header}" has no room in its name: write it as room/file.hpp'
        return self.foreign_problem(room, name, header)

    def room_problem(self, room, name, line, header, other):
        if other == room:
            return None
        self.edges.setdefault(room, {}).setdefault(other, f"{name}:{line}")
        if other not in ALLOWED[room]:
            may = ", ".join(sorted(ALLOWED[room])) or "no other room"
            return f"{room} includes {header}, but may include only {may}"
        if ONLY_HEADER.get((room, other), header) != header:
            return f"{room} includes {header}, but sees {other} only through {ONLY_HEADER[(room, other)]}"
        return None

    @staticmethod
    def lives(homes, name):
        return any(re.fullmatch(home, name) for home in homes)

    def foreign_problem(self, room, name, header):
        for beginning, homes in HOMES.items():
            if header.startswith(beginning):
                if self.lives(homes, name):
                    return None
                return f"<{header}> does not live here, but in {' and '.join(homes)}"
        if room in PURE_ROOMS and IMPURE.fullmatch(header) and not name.endswith("_test.cpp"):
            return f"{room} is pure, <{header}> is not"
        if POSIX.fullmatch(header):
            if self.lives(POSIX_HOMES, name):
                return None
            return f"<{header}> belongs to the operating system, and {room} does not speak with it"
        if re.fullmatch(r"[a-z_0-9]+", header) or C_STANDARD.fullmatch(header):
            return None
        return f"<{header}> has no home yet: give it one in script/lint_rooms.py"

    # -- the rooms together -------------------------------------------------------------------------------------------

    def check_circles(self):
        seen = set()

        def walk(room, way):
            for other, where in sorted(self.edges.get(room, {}).items()):
                if other in way:
                    circle = way[way.index(other):] + [other]
                    if frozenset(circle) not in seen:
                        seen.add(frozenset(circle))
                        path, line = where.rsplit(":", 1)
                        self.complain(path, line, "a circle of rooms: " + " -> ".join(circle))
                elif len(way) <= len(ALLOWED):
                    walk(other, way + [other])

        for room in sorted(self.edges):
            walk(room, [room])

    def check_cmake(self, folders):
        listed = {}
        for room, folder in folders.items():
            if room not in ALLOWED:
                continue
            cmake = folder / "CMakeLists.txt"
            name = cmake.relative_to(self.root).as_posix()
            if not cmake.is_file():
                self.complain(name, 1, f"the room {room} is not built: no CMakeLists.txt")
                continue
            text = re.sub(r"#[^\n]*", "", cmake.read_text(encoding="utf-8"))
            calls = ROOM_CALL.findall(text)
            if room in OUTSIDE_SRC and not calls:
                continue  # may be a program and no room in CMake's sense
            if not any(call.split()[:1] == [room] for call in calls):
                if room != "app":  # the program itself
                    self.complain(name, 1, f"no hejnal_room({room} ...)")
                continue
            rooms = set()
            for call in calls:
                rooms |= self.rooms_of(call)
            listed[room] = rooms
            for other in sorted(rooms - ALLOWED[room]):
                self.complain(name, 1, f"ROOMS names {other}, which {room} may not include")
        for room, rooms in listed.items():
            reach = self.reach(rooms, listed)
            for other, where in sorted(self.edges.get(room, {}).items()):
                if other not in reach and other in ALLOWED[room]:
                    name = (folders[room] / "CMakeLists.txt").relative_to(self.root).as_posix()
                    self.complain(name, 1, f"ROOMS does not name {other}, which {where} includes")
        self.check_subdirectories(folders)

    @staticmethod
    def rooms_of(call):
        rooms, current = set(), None
        for word in call.split()[1:]:
            if word in KEYWORDS:
                current = word
            elif current == "ROOMS":
                rooms.add(word)
        return rooms

    @staticmethod
    def reach(rooms, listed):
        reached, open_rooms = set(), list(rooms)
        while open_rooms:
            room = open_rooms.pop()
            if room not in reached:
                reached.add(room)
                open_rooms += listed.get(room, ())
        return reached

    def check_subdirectories(self, folders):
        cmake = self.root / "src/CMakeLists.txt"
        if not cmake.is_file():
            return
        words = set(re.findall(r"[\w]+", re.sub(r"#[^\n]*", "", cmake.read_text(encoding="utf-8"))))
        for room in folders:
            if room not in OUTSIDE_SRC and room not in words:
                self.complain("src/CMakeLists.txt", 1, f"the room {room} is not in the list, so it is never built")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--base", help="compare script/lint_exceptions.txt with this commit")
    arguments = parser.parse_args()
    complaints = Rooms(arguments.root, arguments.base).check()
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
