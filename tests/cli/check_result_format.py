#!/usr/bin/env python3
"""docs/result-format.md names every member of a result and no other, and the numbers of a result add up.

Arguments: the path of mxsim, the source folder.

In the tables of the document whose first column is "member", "metric", "method", "cause" or "file", that column holds
the names, as `code`. In a path, [] stands for each element of an array, * for each name. A member of type estimate has
the members value, low, high and method without being told so.
"""
import csv
import json
import math
import re
import subprocess
import sys
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path

SCENARIOS = {  # between them they have every member
    "02b-dns-down-defer.json": 3,
    "03-secondary-dns-mail-host-down.json": 2,
    "04-backup-mx-holds-the-mail.json": 60,
    "06-mx1-busy-mx2-mx3.json": 2,
}
NAMED = {"metrics", "spans"}  # their members are names, not keys
ESTIMATE = ("value", "low", "high", "method")

faults = []


def that(condition, text):
    if not condition:
        faults.append(text)


def near(a, b):
    return math.isclose(a, b, rel_tol=1e-8, abs_tol=1e-12)


def tables_of(text):
    """The tables of a Markdown text, as lists of rows of cells."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.M):
        yield [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]


def documented(text):
    """First-column names by the table's kind."""
    names = {}
    for head, _, *rows in tables_of(text):
        for row in rows:
            for name in re.findall(r"`([^`]+)`", row[0]):
                if not name.endswith("[]"):
                    names.setdefault(head[0], []).append(name)
                if head[0] == "member" and row[1].startswith("estimate"):
                    names["member"] += [f"{name}.{part}" for part in ESTIMATE]
    return names


def paths_of(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            if path in NAMED:
                key = "*"
            here = f"{path}.{key}" if path else key
            yield here
            yield from paths_of(inner, here)
    elif isinstance(value, list):
        for inner in value:
            yield from paths_of(inner, path + "[]")


def check_estimate(name, e):
    if e["value"] is None:
        that(e["low"] is None and e["high"] is None and e["method"] == "none", f"{name}: no value, but an interval")
    elif e["low"] is not None:
        that(e["low"] <= e["value"] <= e["high"], f"{name}: {e['value']} outside {e['low']} .. {e['high']}")


def check_span(name, span):
    bins = span["bins"]
    that(sum(n for _, _, n in bins) == span["count"], f"spans.{name}: the bins do not add up to count")
    that(all(low < high and n > 0 for low, high, n in bins), f"spans.{name}: an empty bin")
    that(all(a[1] <= b[0] for a, b in zip(bins, bins[1:])), f"spans.{name}: bins overlap or are out of order")
    if bins:
        that(bins[0][0] <= span["least_ns"] < bins[0][1], f"spans.{name}: least_ns is not in the first bin")
        that(bins[-1][0] <= span["most_ns"] < bins[-1][1], f"spans.{name}: most_ns is not in the last bin")


def check_sums(r):
    t, metrics, spans = r["totals"], r["metrics"], r["spans"]
    that(r["runs"] == int(r["options"]["runs"]) and r["complete"] is True, "not all runs were done")
    that(t["submitted"] == t["delivered"] + t["bounced"] + t["queued"], "mail was lost or made")
    that(t["reports"] == t["reports_delivered"] + t["reports_dropped"] + t["reports_queued"], "reports were lost or made")
    that(t["first_try"] <= t["delivered"] and t["via_backup"] <= t["delivered"], "more ways than deliveries")
    that(spans["latency"]["count"] == t["delivered"], "spans.latency does not hold each delivery")
    for name, column in {"delivered_rate": "delivered", "bounce_rate": "bounced", "queued_rate": "queued",
                         "first_try_rate": "first_try", "backup_rate": "via_backup", "warned_rate": "warned",
                         "attempts": "attempts", "put_offs": "put_offs", "sessions": "sessions", "queries": "queries", "packets": "packets",
                         "reports": "reports"}.items():
        that(near(metrics[name]["value"], t[column] / t["submitted"]), f"{name} is not totals.{column} / submitted")
    that(near(metrics["messages"]["value"], t["submitted"] / r["runs"]), "messages is not totals.submitted / runs")
    that(near(sum(b["value"] for b in r["bounces"]), metrics["bounce_rate"]["value"]), "bounces do not add up")
    if r["worst"]:
        that(near(r["worst"]["seconds"] * 1e9, spans["latency"]["most_ns"]), "worst is not the latest delivery")
    that((r["first_bounce"] is None) == (t["bounced"] == 0), "first_bounce does not agree with totals.bounced")
    for name, e in metrics.items():
        check_estimate(f"metrics.{name}", e)
    for name, span in spans.items():
        check_span(name, span)
    for of in r["mtas"]:
        that(len(of["queue_series"]) == r["series"]["bins"], f"mtas {of['name']}: not one value a bin")
        that(of["drained_seconds"]["runs"] <= of["drained_seconds"]["waited_runs"] <= r["runs"], f"mtas {of['name']}: too many runs drained")
        for part in ("queue", "peak", "drained_seconds"):
            check_estimate(f"mtas {of['name']} {part}", of[part])
    for of in r["clients"]:
        for part in ("delivered", "bounced", "latency_seconds"):
            check_estimate(f"clients {of['name']} {part}", of[part])
    if len(r["clients"]) == 1 and metrics["delivered_rate"]["value"]:
        only = r["clients"][0]
        that(near(only["delivered"]["value"], metrics["delivered_rate"]["value"]), "the only client is not all of the mail")
        less = metrics["latency.mean"]["value"] - only["latency_seconds"]["value"]  # its clock is coarser
        that(abs(less) < 0.0006, f"the only client has a latency that is {less} s off")
    for of in r["mx_hosts"]:
        for part in ("connections", "accepted", "turned_away", "busy", "peak_sessions"):
            check_estimate(f"mx_hosts {of['name']} {part}", of[part])
        that(of["busy"]["value"] <= of["connections"]["value"], f"mx_hosts {of['name']}: more were told 421 than came")
    # Reports are taken as well, where their way is modelled; a relay takes what another host takes later.
    taken = sum(of["accepted"]["value"] for of in r["mx_hosts"]) * r["runs"]
    that(taken > (t["delivered"] + t["via_backup"] + t["reports_delivered"]) - 1e-6 or t["reports_delivered"] > 0,
         f"{taken} messages taken, but more delivered")
    for f in r["faults"]:
        that(len(f["share_series"]) == r["series"]["bins"], f"fault {f['on']}: not one value a bin")
        that(all(0 <= x <= 1 + 1e-9 for x in f["share_series"]), f"fault {f['on']}: a share outside 0 .. 1")


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def same_number(cell, value):
    return cell == "" if value is None else near(float(cell), value)


def check_csv(folder, r):
    rows = rows_of(folder / "metrics.csv")
    that([row["metric"] for row in rows] == list(r["metrics"]), "metrics.csv has other metrics than result.json")
    for row in rows:
        for part in ("value", "low", "high"):
            that(same_number(row[part], r["metrics"][row["metric"]][part]), f"metrics.csv: {row['metric']} {part}")
    spans = rows_of(folder / "spans.csv")
    for name, span in r["spans"].items():
        counts = [int(row["count"]) for row in spans if row["span"] == name]
        that(counts == [n for _, _, n in span["bins"]], f"spans.csv: {name} differs from result.json")
        last = [row for row in spans if row["span"] == name][-1:]
        that(all(float(row["cdf"]) == 1 for row in last), f"spans.csv: the cdf of {name} does not end at 1")
    shares = [float(row["share"]) for row in rows_of(folder / "outcomes.csv")]
    that(near(sum(shares), 1), f"outcomes.csv: the shares add up to {sum(shares)}")
    queue, outages = rows_of(folder / "queue.csv"), rows_of(folder / "outages.csv")
    that(len(queue) == len(r["mtas"]) * r["series"]["bins"], "queue.csv: not one line for each bin and MTA")
    that(len(outages) == sum(len(f["on"]) for f in r["faults"]) * r["series"]["bins"], "outages.csv: wrong length")


def check_names(kind, real, names):
    real, told = set(real), names.get(kind, [])
    for name in sorted(real - set(told)):
        faults.append(f"docs/result-format.md does not tell of the {kind} {name}")
    for name in sorted(set(told) - real):
        faults.append(f"docs/result-format.md tells of the {kind} {name}, which is in no result")
    for name in sorted(name for name in set(told) if told.count(name) > 1):
        faults.append(f"docs/result-format.md tells of the {kind} {name} twice")


def check_files(folder, names, text):
    patterns = names.get("file", [])
    files = sorted(path.name for path in folder.iterdir())
    for name in files:
        that(any(fnmatchcase(name, p) for p in patterns), f"docs/result-format.md does not tell of the file {name}")
        if name.endswith(".csv"):
            head = (folder / name).read_text(encoding="utf-8").splitlines()[0]
            that(f"`{head}`" in text, f"docs/result-format.md does not have the first line of {name}: {head}")
    for p in patterns:
        that(any(fnmatchcase(name, p) for name in files), f"docs/result-format.md tells of {p}, which is not written")


def causes_of(source):
    return re.findall(r'\[CAUSE_\w+\] = \{"(\w+)",', (source / "models/outcome.c").read_text(encoding="utf-8"))


def methods_of(source):
    text = (source / "sim/stat.c").read_text(encoding="utf-8")
    return re.findall(r'method = (?:[^;"]*\? )?"([a-z-]+)"', text) + re.findall(r'\.method = "([a-z-]+)"', text)


def main():
    mxsim, source = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    text = (source / "docs/result-format.md").read_text(encoding="utf-8")
    model = (source / "docs/model.md").read_text(encoding="utf-8")
    names, members, metrics = documented(text), set(), set()
    with tempfile.TemporaryDirectory() as work:
        for scenario, runs in SCENARIOS.items():
            folder = Path(work) / scenario
            done = subprocess.run([mxsim, "run", source / "scenarios" / scenario, "-n", str(runs), "-o", folder],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, timeout=250)
            if done.returncode != 0:
                sys.exit(f"{scenario}: exit {done.returncode}: {done.stderr.decode()}")
            result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
            members.update(paths_of(result))
            metrics.update(result["metrics"])
            before = len(faults)
            check_sums(result)
            check_csv(folder, result)
            faults[before:] = [f"{scenario}: {text}" for text in faults[before:]]
            check_files(folder, names, text)
    for line in result["left_out"]:
        that(f"- {line}\n" in model, f"docs/model.md does not say what is left out: {line}")
    check_names("member", members, names)
    check_names("metric", metrics, names)
    check_names("cause", causes_of(source), names)
    check_names("method", methods_of(source), names)
    print("\n".join(dict.fromkeys(faults)) if faults else
          f"{len(members)} members and {len(metrics)} metrics are documented, and the sums hold")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
