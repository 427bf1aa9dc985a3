#!/usr/bin/env python3
"""mxsim profiles --format json: whole, documented, the same as the text, and true: a profile with each of its parameters
written down is the profile.

Arguments: the path of mxsim, the source folder.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

faults = []


def that(condition, text):
    if not condition:
        faults.append(text)


def call(*arguments, code=0):
    done = subprocess.run([*map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=250)
    that(done.returncode == code, f"{arguments[1:]}: exit {done.returncode}: {done.stderr.decode()[:300]}")
    return done.stdout.decode("utf-8")


def members_of(value, path=""):
    """Paths as docs/result-format.md has them: what MTAs, resolvers and name servers share goes by *."""
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else key
            yield here
            yield from members_of(inner, here)
    elif isinstance(value, list):
        for inner in value:
            yield from members_of(inner, path + "[]")


def in_document(source):
    text = (source / "docs/result-format.md").read_text(encoding="utf-8")
    table = text[text.index("| member of profiles |"):].split("\n\n")[0]
    return re.findall(r"^\| `([^`]+)` \|", table, re.M)


def check_document(profiles, source):
    real = set(members_of(profiles))
    real = {re.sub(r"^name_servers\[\]", "resolvers[]", m) for m in real}
    shared = {re.sub(r"^(mtas|resolvers)\[\]", "*[]", m) for m in real if m.startswith("resolvers[].")}
    real = {m for m in real if not m.startswith("resolvers[].") and re.sub(r"^mtas\[\]", "*[]", m) not in shared} | shared
    told = in_document(source)
    for name in sorted(real - set(told)):
        faults.append(f"docs/result-format.md does not tell of {name}")
    for name in told:
        that(name in real, f"docs/result-format.md tells of {name}, which is not there")


def check_text(mxsim, profile, text):
    """The page for people says the same."""
    for parameter in profile["parameters"]:
        value = parameter["value"]
        if isinstance(value, list):
            value = ", ".join(value) or "0s"
        shown = str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else value
        that(f"\n  {parameter['name']} = {shown}   ({parameter['unit']})\n    {parameter['what']}\n"
             f"    {parameter['certainty']}: {parameter['source']}\n" in text, f"{profile['name']}: {parameter['name']}")
    for outcome in profile.get("outcomes", []):
        that(re.search(rf"^    {outcome['cause']} +{re.escape(outcome['status'])} ", text, re.M),
             f"{profile['name']}: {outcome['cause']}")


def written_down(profile):
    """The profile as an object with all of its parameters, but those that have no effect and are refused."""
    names = {parameter["name"] for parameter in profile["parameters"]}
    thing = {"profile": profile["name"]}
    for parameter in profile["parameters"]:
        if {"retry", "retry_gaps"} <= names and parameter["name"].endswith("_backoff_time"):
            continue
        thing[parameter["name"]] = parameter["value"] if parameter["value"] != [] else "0s"
    return thing


SCENARIO = {
    "format": "mxsim-scenario-1",
    "name": "a hard week",
    "time": {"mail": "1d", "limit": "8d"},
    "clients": {"c": {"to": "joe@example.com", "rate": "8/h", "unknown_users": "5%"}},
    "zones": {"example.com": {"ns": ["ns1", "ns2"], "mx": {"mx1": 10, "mx2": 20}}},
    "mx_hosts": {"mx2": {"greylist": "postgrey"}},
    "faults": [
        {"on": "mx1", "is": "silent", "from": "2h", "for": "9h"},
        {"on": "mx2", "is": "tempfailing", "share": "20%", "from": "4h", "for": "9h"},
        {"on": ["ns1", "ns2"], "is": "silent", "from": "7h", "for": "3h"},
        {"on": "mx1", "is": "refusing", "from": "20h"},
    {"on": "ns1", "is": "refusing", "from": "30h", "for": "3d"},
    ],
}


def result_of(mxsim, section, thing, folder):
    # A resolver is asked by an MTA; names are part of the luck.
    things = {
        "mtas": {"mtas": {"m": thing}},
        "resolvers": {"mtas": {"m": {"resolver": "r"}}, "resolvers": {"r": thing}},
        "name_servers": {"name_servers": {"ns2": {"software": thing}}},
    }[section]
    path = Path(folder) / "scenario.json"
    path.write_text(json.dumps({**SCENARIO, **things}), encoding="utf-8")
    result = json.loads(call(mxsim, "run", path, "-n", 2, "--format", "json") or "{}")
    result.get("scenario", {}).pop("hash", None)
    return result


def main():
    mxsim, source = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    profiles = json.loads(call(mxsim, "profiles", "--format", "json"))
    that(profiles["format"] == "mxsim-profiles-1", "another format")
    that(profiles["mtas"][0]["name"] == "postfix" and profiles["resolvers"][0]["name"] == "unbound", "the first is the default")
    check_document(profiles, source)
    that(call(mxsim, "profiles", "--format", "csv", code=2) == "", "csv gives output")
    that(call(mxsim, "profiles", "nobody", "--format", "json", code=2) == "", "an unknown name gives output")
    with tempfile.TemporaryDirectory() as folder:
        for section in ("mtas", "resolvers", "name_servers"):
            for profile in profiles[section]:
                name = profile["name"]
                one = json.loads(call(mxsim, "profiles", name, "--format", "json"))
                that(one[section] == [profile], f"{name} alone is another one")
                check_text(mxsim, profile, call(mxsim, "profiles", name))
                bare = result_of(mxsim, section, name, folder)
                that(bare.get("totals", {}).get("delivered", 0) > 8, f"{name}: no mail")
                that(result_of(mxsim, section, written_down(profile), folder) == bare, f"{name}: written down it is another MTA")
    print("\n".join(faults) if faults else f"{len(profiles['mtas'])} MTAs, {len(profiles['resolvers'])} resolvers, {len(profiles['name_servers'])} name servers")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
