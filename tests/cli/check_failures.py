#!/usr/bin/env python3
"""The ready-made failures and incidents are right, do what they expect, and their pages show what mxsim prints.

Arguments: the path of mxsim, the source folder, and perhaps --update.

In the tables of docs/failures.md and docs/incidents.md a value that mxsim prints is followed by a comment, which a
reader of the page does not see, that says which line of the output it is:

    `17.3 % [17.2 %, 17.4 %]`<!-- by way of a relay --> of all mail, `12.2 % [12 %, 12.4 %]`<!-- newsletter/bounced --> of its own

A name is the beginning of the line's words, after those of the lines that it stands under, as many as it takes. Where
several lines fit, the one in the outermost place is meant, and of those there the one with more whole words.

--update writes the present values into the pages, by the same names.
"""
import re
import subprocess
import sys
from pathlib import Path

PAGES = {"failures": "docs/failures.md", "incidents": "docs/incidents.md"}
ROW = re.compile(r"^( *)(\S.*?)(?:  +(\S[^\[]*?)(?:  +(\[.*\]))?)?$")
VALUE = re.compile(r"`([^`]*)`<!-- (.*?) -->")
COMMAND = re.compile(r"mxsim run (scenarios/(\w+)/[\w.-]+\.json)`")


def values_of(table):
    """{place: value as printed}; a place is the words of a line and, before them, of those that it stands under."""
    found, above = {}, []
    for line in table.splitlines():
        match = ROW.match(line.rstrip())
        if not match:
            continue
        indent, words, value, interval = match.groups()
        words = re.sub(r" \(by .*\)$", "", words)
        if len(indent) == 0:
            words = re.sub(r", .*", "", words)
        above = above[:len(indent) // 2] + [words]
        if value and value != "95 % interval":
            found.setdefault(tuple(above), value + (" " + re.sub(r"\s+", " ", interval) if interval else ""))
    return found


def value_at(values, name):
    wanted = [part.strip() for part in name.split("/")]
    fits = [place for place in values if len(place) >= len(wanted) and
            all(is_.startswith(part) for is_, part in zip(place[-len(wanted):], wanted))]

    def rank(place):
        return -len(place), sum(is_ == part for is_, part in zip(place[-len(wanted):], wanted))

    best = [place for place in fits if rank(place) == max(map(rank, fits))]
    if len(best) != 1:
        return None, f"{len(best)} lines of its output are called \"{name}\""
    return values[best[0]], None


class Checker:
    def __init__(self, mxsim, source, update):
        self.mxsim, self.source, self.update, self.faults = mxsim, source, update, []
        # As many runs as the pages show, but with sanitizers, which are up to twenty times slower.
        program = Path(mxsim).read_bytes()
        self.runs = 20 if b"__tsan_init" in program or b"__asan_init" in program else 100

    def fail(self, *lines):
        self.faults.append("\n    ".join(lines))

    def call(self, *arguments):
        done = subprocess.run([self.mxsim, *arguments], cwd=self.source, stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=250)
        return done.returncode, done.stdout.decode()

    def scenario(self, file):
        """Is the file right, and does it do what it expects?"""
        for arguments in (["check", file], ["test", file, "-n", str(self.runs), "--quiet"]):
            code, said = self.call(*arguments)
            if code != 0:
                self.fail("mxsim " + " ".join(arguments), *said.splitlines())
        text = (self.source / file).read_text()
        for key in ("why", "ask", "expect"):
            if not re.search(rf'^  "{key}": .', text, re.M):
                self.fail(f"{file} has no \"{key}\"")

    def row(self, page, file, line):
        """The table's row with the values that mxsim prints."""
        shown = VALUE.findall(line)
        bare = re.findall(r"`([^`]*\])`", VALUE.sub("", line))
        if bare:
            self.fail(f"{page} shows {', '.join(bare)} of {file} and does not name their lines: `...`<!-- bounced -->")
        if not shown:
            self.fail(f"{page} shows no value of {file}")
        code, said = self.call("run", file, "--quiet")
        if code != 0:
            self.fail(f"mxsim run {file}", *said.splitlines())
            return line
        values, wrong = values_of(said), []

        def printed(match):
            now, why = value_at(values, match.group(2))
            if why:
                wrong.append(why)
            elif now != match.group(1):
                wrong.append(f"{match.group(2)}: the page shows {match.group(1)}, mxsim prints {now}")
            return f"`{now}`<!-- {match.group(2)} -->" if now else match.group(0)

        line = VALUE.sub(printed, line)
        if wrong and (not self.update or any("called" in w for w in wrong)):
            self.fail(f"{page}, {file}:", *wrong)
        return line

    def page(self, folder, page):
        files = sorted(str(path.relative_to(self.source)) for path in (self.source / "scenarios" / folder).glob("*.json"))
        if not files:
            self.fail(f"scenarios/{folder} holds no scenario: is this the source folder?")
        for file in files:
            self.scenario(file)
        text = (self.source / page).read_text()
        lines, named = text.split("\n"), set()
        for i, line in enumerate(lines):
            found = COMMAND.search(line) if line.startswith("|") else None
            if not found:
                continue
            named.add(found.group(1))
            if self.runs == 100 and found.group(1) in files:
                lines[i] = self.row(page, found.group(1), line)
        for file in sorted(named ^ set(files)):
            self.fail(f"{page} does not name {file}" if file in files else f"{page} names what is not there: {file}")
        if self.update and "\n".join(lines) != text:
            (self.source / page).write_text("\n".join(lines))
            print(f"{page} is updated")
        return len(files)


def main():
    if b"__tsan_init" in Path(sys.argv[1]).read_bytes():
        print("skipped: it would take minutes, and each scenario is one more run of the same threads")
        return 77
    checker = Checker(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), "--update" in sys.argv[3:])
    count = sum(checker.page(folder, page) for folder, page in PAGES.items())
    for fault in checker.faults:
        print("FAILED:", fault)
    if checker.faults:
        return 1
    print(f"{count} failures and incidents do what they say")
    return 0


if __name__ == "__main__":
    sys.exit(main())
