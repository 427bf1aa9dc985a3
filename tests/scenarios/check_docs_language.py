#!/usr/bin/python3
"""docs/scenario-language.md and the schema name the same keys, and the examples in the page load.

usage: check_docs_language.py MXSIM SOURCE_FOLDER [--update]

A key of the page is the `code` in the first column of a table whose first heading is "key", "key of ..." or
"parameter". The parameters of MTAs differ from profile to profile: the page has those that all have, "parameter of all",
and in its table of profiles some of each; `mxsim profiles` has the rest, and those of name servers' software. Of
resolvers it has the tables whose first heading is "parameter of `NAME`": these are generated, and --update writes them
anew.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

mxsim, source = sys.argv[1], sys.argv[2]
failures = []


def properties(value):
    """All names in any "properties" of a schema."""
    names = set()
    if isinstance(value, dict):
        for key, inside in value.items():
            if key == "properties":
                # Not those of a condition: {"if": {"properties": ...}} repeats.
                names |= set(inside)
                for schema in inside.values():
                    names |= properties(schema)
            else:
                names |= properties(inside)
    elif isinstance(value, list):
        for inside in value:
            names |= properties(inside)
    return names


def table_keys(page, wanted):
    """The first column of the tables whose first heading matches."""
    keys, heading = set(), None
    for line in page.splitlines():
        if not line.startswith("|"):
            heading = None
            continue
        first = line.split("|")[1].strip()
        if heading is None:
            heading = first
        elif re.fullmatch(wanted, heading) and first.startswith("`"):
            keys.add(first.strip("`"))
    return keys


def check_profiles(page, mtas):
    """Each MTA has a row, with parameters that it has; and those of all MTAs are those that all have."""
    names = {m["name"]: {p["name"] for p in m["parameters"]} for m in mtas}
    rows = re.findall(r'^\| `"([^`"]+)"` \| [^|]+ \| ([^|]+) \|$', page, re.M)
    rows = {name: set(re.findall(r"`([^`]+)`", some)) for name, some in rows if not name.startswith(("slow", "lossy"))}
    for name, parameters in names.items():
        some = rows.get(name, set())
        if not some or some - parameters:
            failures.append(f"profile {name}: the page has {sorted(some)}, not there: {sorted(some - parameters)}")
    of_all = table_keys(page, "parameter of all")
    if of_all != set.intersection(*names.values()):
        failures.append(f"parameters of all: {sorted(of_all ^ set.intersection(*names.values()))}")


def resolver_rows(profile):
    """The table of a resolver's parameters."""
    for p in profile["parameters"]:
        kind = {"duration": "duration", "bool": "`true` or `false`", "number": "number"}.get(p["type"], p["type"])
        if p["type"] in ("count", "number"):
            kind += f", {p['min']} to {p['max']}"
        if p["type"] == "choice":
            kind = " or ".join(f'`"{word}"`' for word in p["choices"])
        yield f"| `{p['name']}` | {kind} | `{json.dumps(p['value'])}` | {p['what']} |\n"


def with_tables(page, resolvers):
    """The page with its tables of resolvers' parameters as they must be."""
    for profile in resolvers:
        head = f"| parameter of `{profile['name']}` | type | default | meaning |\n|---|---|---|---|\n"
        page = re.sub(re.escape(head) + r"(\|.*\n)*", lambda _: head + "".join(resolver_rows(profile)), page)
    return page


with open(os.path.join(source, "scenarios", "mxsim-scenario-1.schema.json"), encoding="utf-8") as file:
    schema = json.load(file)
said = subprocess.run([mxsim, "profiles", "--format", "json"], stdout=subprocess.PIPE, check=True)
profiles = json.loads(said.stdout.decode("utf-8"))
for profile in profiles["mtas"]:
    # Their parameters are the page's as above; "profile" and "resolver" stay.
    inside = schema["$defs"]["mta_" + profile["name"]]["properties"]
    for parameter in profile["parameters"]:
        inside.pop(parameter["name"], None)
for profile in profiles["name_servers"]:
    inside = schema["$defs"]["software_" + profile["name"]]["properties"]
    for parameter in profile["parameters"]:
        inside.pop(parameter["name"], None)
for profile in profiles["resolvers"]:
    inside = schema["$defs"]["resolver_" + profile["name"]]["properties"]
    for parameter in profile["parameters"]:
        inside.pop(parameter["name"], None)
in_schema = properties(schema)
page_path = os.path.join(source, "docs", "scenario-language.md")
with open(page_path, encoding="utf-8") as file:
    page = file.read()
wanted = with_tables(page, profiles["resolvers"])
if sys.argv[3:] == ["--update"] and page != wanted:
    with open(page_path, "w", encoding="utf-8") as file:
        file.write(wanted)
    page = wanted
if page != wanted:
    failures.append(f"a table of a resolver's parameters is not up to date: python3 {sys.argv[0]} {mxsim} {source} --update")
for name in re.findall(r"^\| parameter of `(.*?)` ", page, re.M):
    if name not in {p["name"] for p in profiles["resolvers"]}:
        failures.append(f"a table of {name}, which is no resolver")
in_page = table_keys(page, "key( of .*)?|parameter")
check_profiles(page, profiles["mtas"])
failures += [f"{key}: in the schema, not in the page" for key in sorted(in_schema - in_page)]
failures += [f"{key}: in the page, not in the schema" for key in sorted(in_page - in_schema)]

# Each example is a scenario, or one section of a scenario that has the names the examples speak of.
BASE = {
    "format": "mxsim-scenario-1",
    "name": "example",
    "clients": {"c": {"via": "sender", "to": "joe@example.com", "rate": "1/h"}},
    "mtas": {"sender": "postfix"},
    "zones": {
        "example.com": {"ns": ["ns1", "ns2"], "mx": {"mx1": 10, "mx2": 20}},
        "example.org": {"ns": ["ns1"], "address": "www.example.org"},
    },
}
examples = re.findall(r"^```json\n(.*?)^```", page, re.S | re.M)
if len(examples) < 6:
    failures.append(f"{len(examples)} examples found")
for example in examples:
    if not example.startswith("{"):
        section = json.loads("{" + example + "}")
        scenario = dict(BASE, **section)
        if "clients" in section:
            scenario.pop("mtas")
        example = json.dumps(scenario)
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        file.write(example)
        file.flush()
        said = subprocess.run([mxsim, "check", file.name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if said.returncode != 0:
        failures.append(f"an example does not load: {said.stdout}\n{example}")

for failure in failures:
    print(failure)
print(f"{len(in_schema)} keys, {len(examples)} examples")
sys.exit(1 if failures else 0)
