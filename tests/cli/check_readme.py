#!/usr/bin/env python3
"""What README.md and docs/ show of mxsim is what mxsim prints, and the code tour leaves no file out.

Arguments: the path of mxsim, the source folder, and perhaps --update.

Every ```console block is read: a line "$ mxsim ..." is run with the source folder as working folder, and the lines up to
the next "$" are compared with its output. "..." alone on a line stands for any number of lines. In the closing line of a
table, threads, time and speed differ between machines and are not compared. Other commands than mxsim are not run.

--update writes the present output into the blocks. Around "..." as many lines are kept as there were: from the top
before the first "...", from the bottom after the last; what lies between two "..." stays as it is.
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

CLOSING = re.compile(r"^(.*\bseed \d+), \d+ threads?, [^,]+(, [\d,.]+ events)(?:, [\d,.]+ events/s)?$")
GAP = "..."


def examples_in(lines):
    """(line of the command, command, first line of its output, line after it) for each "$ mxsim" in a console block."""
    inside, found = False, []
    for i, line in enumerate(lines + ["```"]):
        if line.startswith("```"):
            if found and found[-1][3] is None:
                found[-1][3] = i
            inside = line.strip() == "```console" and not inside
        elif inside and line.startswith("$ "):
            if found and found[-1][3] is None:
                found[-1][3] = i
            if line.startswith("$ mxsim"):
                found.append([i, line[2:], i + 1, None])
    return found


def output_of(command, mxsim, source):
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(mxsim, os.path.join(folder, "mxsim"))
        done = subprocess.run(["sh", "-c", command], cwd=source, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, timeout=250,
                              env={**os.environ, "PATH": folder + ":" + os.environ["PATH"], "TERM": "dumb"})
    return done.stdout.decode().splitlines()


def plain(line):
    return CLOSING.sub(r"\1\2", line.rstrip())


def segments(lines):
    parts = [[]]
    for line in lines:
        if line.strip() == GAP:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def matches(shown, real):
    parts = segments(shown)
    if len(parts) == 1:
        return shown == real
    first, last = parts[0], parts[-1]
    if len(first) + len(last) > len(real) or real[:len(first)] != first or real[len(real) - len(last):] != last:
        return False
    at, end = len(first), len(real) - len(last)
    for part in parts[1:-1]:
        while at + len(part) <= end and real[at:at + len(part)] != part:
            at += 1
        if at + len(part) > end:
            return False
        at += len(part)
    return True


def updated(shown, real):
    parts = segments(shown)
    if len(parts) == 1:
        return real
    first, last = len(parts[0]), len(parts[-1])
    lines = real[:first]
    for part in parts[1:-1]:
        lines += [GAP] + part
    return lines + [GAP] + real[len(real) - last:] if last else lines + [GAP]


def not_in_tour(source):
    """Files of the product whose name, as .h or .c, the tour does not have."""
    text = (source / "README.md").read_text(encoding="utf-8")
    tour = set(re.findall(r"`(?:\w+/)*(\w+)\.[hc]`", text[text.index("## Code tour"):]))
    for folder in ("sim", "models", "scenarios", "cli"):
        for path in sorted((source / folder).glob("*.[hc]")):
            if path.stem not in tour:
                yield path.relative_to(source)


def main():
    mxsim, source = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    update = "--update" in sys.argv[3:]
    if b"__asan_init" in mxsim.read_bytes() or b"__tsan_init" in mxsim.read_bytes():
        print("skipped: what is printed is checked on the release build; sanitizers take minutes for it")
        return 77
    count = faults = 0
    for path in [source / "README.md", *sorted((source / "docs").rglob("*.md"))]:
        if not path.exists():
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for line, command, begin, end in reversed(examples_in(lines)):
            count += 1
            shown, real = lines[begin:end], output_of(command, mxsim, source)
            if matches([plain(x) for x in shown], [plain(x) for x in real]):
                continue
            if update:
                lines[begin:end] = updated(shown, real)
                path.write_text("\n".join(lines) + "\n", encoding="utf-8")
                print(f"{path.relative_to(source)}:{line + 1}: updated")
                continue
            faults += 1
            print(f"{path.relative_to(source)}:{line + 1}: {command}: the output is another one")
            print("\n".join(list(difflib.unified_diff(shown, real, "shown", "real", lineterm="", n=1))[:40]))
    if count == 0:
        print("no example found: is this the source folder?")
        return 1
    print(f"{count} examples, {faults} out of date; cure: {Path(sys.argv[0]).name} MXSIM SOURCE --update" if faults else
          f"{count} examples are what mxsim prints")
    for path in not_in_tour(source):
        faults += 1
        print(f"README.md: the code tour does not name {path}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
