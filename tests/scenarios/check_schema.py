#!/usr/bin/python3
"""The JSON Schema and the loader agree: on every shipped scenario, on good and on bad files, on every parameter.

usage: check_schema.py MXSIM SOURCE_FOLDER

good/          accepted by both
bad/           refused by both
bad-semantic/  accepted by the schema, refused by `mxsim check` (names that point nowhere, mail loops, ...)
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("skipped: no python3-jsonschema")
    sys.exit(77)

mxsim, source = sys.argv[1], sys.argv[2]
failures = []


def strip_comments(text):
    """Blanks // and /* */ outside of texts."""
    out, at, in_text = [], 0, False
    while at < len(text):
        if in_text and text[at] == "\\":
            out.append(text[at : at + 2])
            at += 2
            continue
        if text[at] == '"':
            in_text = not in_text
        if not in_text and text.startswith("//", at):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        if not in_text and text.startswith("/*", at):
            end = text.find("*/", at + 2)
            if end < 0:
                raise ValueError("open comment")
            at = end + 2
            continue
        out.append(text[at])
        at += 1
    return "".join(out)


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("duplicate key")
    return dict(pairs)


def read(path):
    """Null if it is not JSON in UTF-8."""
    try:
        with open(path, encoding="utf-8") as file:
            value = json.loads(strip_comments(file.read()), object_pairs_hook=no_duplicates)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # refuses half surrogates
        return value
    except (ValueError, RecursionError):
        return None


def schema_accepts(path):
    value = read(path)
    return value is not None and validator.is_valid(value)


def mxsim_says(path):
    return subprocess.run([mxsim, "check", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def expect(path, by_schema, by_mxsim):
    said = mxsim_says(path)
    if schema_accepts(path) != by_schema:
        reasons = "; ".join(e.message for e in validator.iter_errors(read(path))) if read(path) is not None else "no JSON"
        failures.append(f"{path}: the schema {'refuses' if by_schema else 'accepts'} it: {reasons}")
    if said.returncode != (0 if by_mxsim else 2):
        failures.append(f"{path}: mxsim check ends with {said.returncode}: {said.stdout}")
    if not by_mxsim and f"{path}:" not in said.stdout:
        failures.append(f"{path}: mxsim check names no position: {said.stdout}")


with open(os.path.join(source, "scenarios", "mxsim-scenario-1.schema.json"), encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

here = os.path.join(source, "tests", "scenarios")
folders = [
    (os.path.join(source, "scenarios"), True, True, 7),
    (os.path.join(here, "good"), True, True, 8),
    (os.path.join(here, "bad"), False, False, 50),
    (os.path.join(here, "bad-semantic"), True, False, 20),
]
checked = 0
for folder, by_schema, by_mxsim, least in folders:
    files = sorted(path for path in glob.glob(os.path.join(folder, "*.json")) if not path.endswith(".schema.json"))
    if len(files) < least:
        failures.append(f"{folder}: {len(files)} files, expected at least {least}")
    for path in files:
        expect(path, by_schema, by_mxsim)
        checked += 1


def sample(value):
    """A value that the schema of a parameter accepts."""
    if value.get("$ref", "").endswith("/duration"):
        return "10m"
    if "enum" in value:
        return value["enum"][0]
    if value["type"] == "integer":
        return max(1, value["minimum"])
    return {"boolean": True, "array": ["10m"]}[value["type"]]


# Every parameter in the schema is known to the loader, with its type (the reverse: tests/scenarios/test_schema.c).
with tempfile.TemporaryDirectory() as folder:
    for kind, section, skip in (("mta", "mtas", {"profile", "resolver"}), ("resolver", "resolvers", {"profile"})):
        for name, value in schema["$defs"][kind]["anyOf"][1]["properties"].items():
            if name in skip:
                continue
            scenario = read(os.path.join(here, "good", "minimal.json"))
            scenario[section] = {"tried": {name: sample(value)}}
            if name == "retry_gaps":
                scenario[section]["tried"]["retry"] = "list"
            if name in ("rto_min", "unknown_server_timeout"):
                scenario[section]["tried"]["rto_max"] = "1h"
            path = os.path.join(folder, f"{kind}-{name}.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(scenario, file)
            expect(path, True, True)
            checked += 1

print(f"{checked} files checked")
for failure in failures:
    print(failure)
sys.exit(1 if failures else 0)
