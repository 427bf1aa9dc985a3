#!/usr/bin/python3
"""The JSON Schema and the loader agree: on every shipped scenario, on good and on bad files, on every parameter.

usage: check_schema.py MXSIM SOURCE_FOLDER [--update]

good/          accepted by both
bad/           refused by both
bad-semantic/  accepted by the schema, refused by `mxsim check` (names that point nowhere, mail loops, ...)

What the schema says of profiles and their parameters is generated: it must be what `mxsim profiles --format json` says,
and --update makes it so.
"""
import glob
import json
import os
import re
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


# ---- the generated part ----

NAME = {"$ref": "#/$defs/name"}
DURATION = {"$ref": "#/$defs/duration"}
RULES = "^[ \\t]*(\\*[ \\t]*)*[FGH][^;]*(;[ \\t]*[FGH][^;]*)*(;[ \\t]*)?$"
EXTRA = {
    "mta": {
        "resolver": {
            "description": "One of resolvers, or up to three in the order of resolv.conf. Default: its own.",
            "anyOf": [NAME, {"type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": True, "items": NAME}],
        },
        "outcomes": {"$ref": "#/$defs/outcomes"},
    },
    "resolver": {
        "delay": {
            "$ref": "#/$defs/law",
            "description": "One-way delay between it and its MTAs. With delay or loss it is on a host of its own.",
        },
        "loss": {"$ref": "#/$defs/share", "description": "Share of packets lost between it and its MTAs, each way."},
    },
    "software": {},
}
SECTIONS = {"mta": "mtas", "resolver": "resolvers", "software": "name_servers"}


def type_of(parameter):
    """The schema of a parameter's values."""
    kind = parameter["type"]
    if kind == "count":
        return {"type": "integer", "minimum": parameter["min"], "maximum": parameter["max"]}
    if kind == "number":
        return {"type": "number", "minimum": parameter["min"], "maximum": parameter["max"]}
    if kind == "choice":
        return {"enum": parameter["choices"]}
    return {
        "duration": DURATION,
        "phase": {"anyOf": [{"const": "random"}, DURATION]},
        "durations": {"anyOf": [DURATION, {"type": "array", "minItems": 1, "maxItems": 32, "items": DURATION}]},
        "bool": {"type": "boolean"},
        "rules": {"type": "string", "pattern": RULES},
    }[kind]


def parameter_schema(parameter):
    value = parameter["value"] or "0s" if parameter["type"] == "durations" else parameter["value"]
    return {**type_of(parameter), "description": parameter["what"], "default": value}


def names_of(profiles, what):
    return {
        "description": f"A named {what}. " + " ".join(f"{p['name']}: {p['what']}." for p in profiles),
        "enum": [p["name"] for p in profiles],
    }


def outcomes_schema(causes):
    """What an MTA makes of each end of an attempt; what a failing name service means is on_dns_failure's to say."""
    hosts = causes[causes.index("connect_refused") : causes.index("user_unknown") + 1]
    return {
        "description": "What ends of an attempt mean to it, where that is not its profile's.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            cause: {"enum": ["defer", "bounce"] + (["next_host", "next_host_or_bounce"] if cause in hosts else [])}
            for cause in causes
            if cause not in ("dns_timeout", "dns_servfail")
        },
    }


def generated(profiles):
    """The definitions of MTAs, resolvers and name servers' software: for each profile just its own parameters."""
    causes = [outcome["cause"] for outcome in profiles["mtas"][0]["outcomes"]]
    defs = {"outcomes": outcomes_schema(causes)}
    for kind, what in (("mta", "MTA"), ("resolver", "resolver"), ("software", "name server's software")):
        section = profiles[SECTIONS[kind]]
        defs[kind + "_profile"] = names_of(section, what)
        choices = [
            {
                "if": {"properties": {"profile": {"const": p["name"]}}, "required": ["profile"]},
                "then": {"$ref": f"#/$defs/{kind}_{p['name']}"},
            }
            for p in section
        ]
        choices[0]["if"] = {"anyOf": [{"not": {"required": ["profile"]}}, choices[0]["if"]]}
        defs[kind] = {
            "description": "A profile's name, or an object: a profile and the parameters that differ from it.",
            "anyOf": [
                {"$ref": f"#/$defs/{kind}_profile"},
                {
                    "type": "object",
                    "properties": {"profile": {"$ref": f"#/$defs/{kind}_profile", "default": section[0]["name"]}},
                    "allOf": choices,
                },
            ],
        }
        for p in section:
            defs[f"{kind}_{p['name']}"] = {
                "description": p["what"],
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "profile": {"const": p["name"]},
                    **EXTRA[kind],
                    **{parameter["name"]: parameter_schema(parameter) for parameter in p["parameters"]},
                },
            }
    return defs


def written(value, indent=0, head=0):
    """A value as the schema file has it: on one line where it fits, else a line for each thing in it."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + head + len(line) < 120 or not isinstance(value, (dict, list)):
        return line
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        rows = [f"{pad}{json.dumps(key)}: {written(v, indent + 2, len(key) + 5)}" for key, v in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + written(v, indent + 2, 1) for v in value) + "\n" + " " * indent + "]"


def is_generated(name):
    return name.startswith(tuple(SECTIONS))


def with_generated(schema, profiles):
    """The schema with its generated definitions as they must be; they stand together, after that of a client."""
    defs = {}
    for name, value in schema["$defs"].items():
        if not is_generated(name):
            defs[name] = value
        if name == "client":
            defs.update(generated(profiles))
    return {**schema, "$defs": defs}


schema_path = os.path.join(source, "scenarios", "mxsim-scenario-1.schema.json")
said = subprocess.run([mxsim, "profiles", "--format", "json"], stdout=subprocess.PIPE, check=True)
profiles = json.loads(said.stdout.decode("utf-8"))
with open(schema_path, encoding="utf-8") as file:
    text = file.read()
schema = json.loads(text)
wanted = written(with_generated(schema, profiles)) + "\n"
if sys.argv[3:] == ["--update"] and text != wanted:
    with open(schema_path, "w", encoding="utf-8") as file:
        file.write(wanted)
    schema, text = json.loads(wanted), wanted
if text != wanted:
    failures.append(f"{schema_path} is not up to date: python3 {sys.argv[0]} {mxsim} {source} --update")

jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

# ---- files ----

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


# ---- each parameter of each profile, and each profile without the parameters of the others ----

def scenario_with(section, thing):
    scenario = read(os.path.join(here, "good", "minimal.json"))
    scenario[section] = {"tried": {"software": thing} if section == "name_servers" else thing}
    return scenario


def value_of(profile, parameter):
    """The profile with this parameter as it is, written down."""
    thing = {"profile": profile["name"], parameter["name"]: parameter["value"] or "0s" if parameter["type"] == "durations" else parameter["value"]}
    has = {p["name"] for p in profile["parameters"]}
    if {"retry", "retry_gaps"} <= has and parameter["name"].endswith("_backoff_time"):
        thing["retry"] = "age"
    return thing


def trials():
    """Scenarios, and whether they are good."""
    for section in SECTIONS.values():
        all_names = {}
        for profile in profiles[section]:
            for parameter in profile["parameters"]:
                all_names.setdefault(parameter["name"], parameter)
                yield scenario_with(section, value_of(profile, parameter)), True
        for number, profile in enumerate(profiles[section]):
            has = {p["name"] for p in profile["parameters"]}
            foreign = sorted(set(all_names) - has)
            # A few for each profile, others for the next one: each name meets some profile that lacks it.
            for name in foreign[number % 9 :: 9]:
                thing = {"profile": profile["name"], name: value_of(profile, all_names[name])[name]}
                yield scenario_with(section, thing), False


with tempfile.TemporaryDirectory() as folder:
    good = {}
    for number, (scenario, is_good) in enumerate(trials()):
        path = os.path.join(folder, f"{number}.json")
        good[path] = is_good
        with open(path, "w", encoding="utf-8") as file:
            json.dump(scenario, file)
    said = subprocess.run([mxsim, "check", *good], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    accepted = set(re.findall(r"^(.*): ok$", said, re.M))
    for path, is_good in good.items():
        if schema_accepts(path) != is_good or (path in accepted) != is_good:
            with open(path, encoding="utf-8") as file:
                failures.append(f"{file.read()}: expected {is_good}, schema {schema_accepts(path)}, mxsim {path in accepted}")
    checked += len(good)

print(f"{checked} files checked")
for failure in failures:
    print(failure)
sys.exit(1 if failures else 0)
