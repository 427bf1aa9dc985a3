#!/usr/bin/env python3
"""The house's walls: who may include whom, and words that a folder must not know.

Arguments: the path of mxsim (not used), the source folder.
"""
import re
import sys
from pathlib import Path

MAY_INCLUDE = {
    "sim": {"sim"},
    "models": {"models", "sim"},
    "scenarios": {"scenarios", "models", "sim"},
    "plots": {"plots"},
    "cli": {"cli", "plots", "scenarios", "models", "sim"},
}
# Headers from outside: who may use them, as folders or single files.
OUTSIDE = [
    (r"stdio\.h", "prints or reads files", {"sim", "scenarios", "plots", "cli"}),
    (r"(cjson/)?cJSON.*", "is JSON", {"scenarios", "cli"}),
    (r"argp\.h|getopt\.h", "reads options", {"cli"}),
    (r"signal\.h", "catches signals", {"cli"}),
    (r"pthread\.h|threads\.h", "starts threads", {"cli", "sim/runner.c"}),
]
MAIL_WORDS = {"mail", "smtp", "dns", "mx", "zone", "resolver"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.M)
COMMENT = r"//[^\n]*|/\*.*?\*/"
STRING = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
COMMENT_OR_STRING = re.compile(f"(?P<comment>{COMMENT})|{STRING}", re.S)
IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


def spaces(match):
    return re.sub(r"[^\n]", " ", match.group())


def without_comments(text):
    """Every position stays where it was."""
    return COMMENT_OR_STRING.sub(lambda match: spaces(match) if match["comment"] else match.group(), text)


def identifiers_in(code):
    return IDENTIFIER.finditer(COMMENT_OR_STRING.sub(spaces, INCLUDE.sub(spaces, code)))


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def folder_of(root, path, name):
    """The folder of ours that an included name lies in, or None: a system or generated header."""
    for start in (path.parent, root):
        target = (start / name).resolve()
        if target.is_file() and root in target.parents:
            return target.relative_to(root).parts[0]
    first = name.split("/")[0]
    return first if first in MAY_INCLUDE else None


def faults_in(root, path):
    here = path.relative_to(root).as_posix()
    folder = here.split("/")[0]
    code = without_comments(path.read_text(encoding="utf-8"))
    for match in INCLUDE.finditer(code):
        name = match.group(1) or match.group(2)
        where = f"{here}:{line_of(code, match.start())}"
        target = folder_of(root, path, name)
        if target is not None and target not in MAY_INCLUDE[folder]:
            yield f"{where}: {folder}/ must not include {name}"
        for pattern, what, allowed in OUTSIDE:
            if re.fullmatch(pattern, name) and not allowed & {folder, here}:
                yield f"{where}: <{name}> {what}: only for {', '.join(sorted(allowed))}"
    if folder == "sim":
        for match in identifiers_in(code):
            if MAIL_WORDS & set(match.group().lower().split("_")):
                yield f"{here}:{line_of(code, match.start())}: sim/ knows no word of mail, but says {match.group()}"


def main():
    root = Path(sys.argv[2]).resolve()
    files = sorted(path for folder in MAY_INCLUDE for path in (root / folder).rglob("*.[ch]"))
    faults = [fault for path in files for fault in faults_in(root, path)]
    if not files:
        faults = ["no C file found: is this the source folder?"]
    print("\n".join(faults) if faults else f"{len(files)} files keep to their floors")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
