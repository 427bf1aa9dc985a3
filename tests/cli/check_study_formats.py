#!/usr/bin/env python3
"""docs/result-format.md names every member of a comparison, a sweep and a rare share, and no other, and the heads of their CSV files.

Arguments: the path of mxsim, the source folder.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

ESTIMATE = ["value", "low", "high", "method"]
VARY = ["scenarios/05-cached-until-ttl.json", "-n", "3", "--vary", "zones.example.com.ttl=5m,1h", "--vary",
        "mtas.regular-mta.profile=postfix,exim"]
STUDIES = {
    "member of a comparison": ["compare", *VARY],
    "member of a sweep": ["sweep", *VARY, "--set", "time.limit=7d", "--precision", "latency.mean=90%"],
    "member of a rare share": ["run", "scenarios/studies/01-one-message-one-outage.json", "--rare", "bounce_rate"],
}
faults = []


def documented(text, head):
    """Names of the table's first column; an estimate has its parts."""
    names = set()
    table = text[text.index(f"| {head} |"):].split("\n\n")[0]
    for row in table.splitlines()[2:]:
        first, kind = row.split("|")[1:3]
        for name in re.findall(r"`([^`]+)`", first):
            names.add(name)
            if kind.strip().startswith("estimate"):
                names.update(f"{name}.{part}" for part in ESTIMATE)
    return names


def paths_of(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{path}.{'*' if path.endswith(('metrics', 'shares')) else key}".lstrip(".")
            yield here
            yield from paths_of(inner, here)
    elif isinstance(value, list):
        for inner in value:
            yield from paths_of(inner, path + "[]")


def call(mxsim, source, arguments, form):
    done = subprocess.run([mxsim, *arguments, "--format", form], cwd=source, capture_output=True, text=True, timeout=250,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"{arguments}: exit {done.returncode}: {done.stderr}")
    return done.stdout


def main():
    mxsim, source = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    text = (source / "docs/result-format.md").read_text(encoding="utf-8")
    count = 0
    for head, arguments in STUDIES.items():
        told, real = documented(text, head), set(paths_of(json.loads(call(mxsim, source, arguments, "json"))))
        count += len(real)
        for name in sorted(real - told):
            # What only holds others needs no line of its own.
            if not any(other.startswith((name + ".", name + "[")) for other in told):
                faults.append(f"the table \"{head}\" does not tell of {name}")
        faults.extend(f"the table \"{head}\" tells of {name}, which is not there" for name in sorted(told - real))
        first = call(mxsim, source, arguments, "csv").splitlines()[0]
        tail = first[first.index("runs,"):] if arguments[0] == "sweep" else first
        if f"`{tail}`" not in text:
            faults.append(f"docs/result-format.md does not have the head of {arguments[0]}'s CSV: {tail}")
    print("\n".join(faults) if faults else f"{count} members of comparisons, sweeps and rare shares are documented")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
