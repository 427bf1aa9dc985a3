#!/usr/bin/env python3
"""docs/result-format.md names every member of a result and no other, and the numbers of a result add up.

Arguments: the path of mxsim, the source folder.

In the tables of the document whose first column is "member", "metric", "method", "cause", "measure", "load", "of a load"
or "file", that column holds the names, as `code`. In a path, [] stands for each element of an array, * for each name. A
member of type estimate has the members value, low, high and method without being told so. A measure of a load is named
by both: `sessions` and `peak` make sessions.peak.
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
    "scenarios/02b-dns-down-defer.json": 3,
    "scenarios/03-secondary-dns-mail-host-down.json": 2,
    "scenarios/04-backup-mx-holds-the-mail.json": 60,
    "scenarios/06-mx1-busy-mx2-mx3.json": 2,
    "tests/scenarios/good/loads.json": 5,
}
NAMED = {"metrics", "spans", "measures"}  # their members are names, not keys
# The arrays of parts that have measures, and the files with the same.
PARTS = {"clients": "clients.csv", "destinations": "destinations.csv", "mtas": "mtas.csv", "lanes": "lanes.csv",
         "mx_hosts": "hosts.csv", "resolvers": "resolvers.csv", "name_servers": "name_servers.csv"}
MAY_BE_OVER = ("rate", "client_rate", "disk", "demand")  # loads of which more may be asked for than there is
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
            if path.split(".")[-1] in NAMED:
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


def value_of(part, measure):
    return part["measures"][measure]["value"]


def check_load(name, part, load):
    m = {key.removeprefix(load + "."): e["value"] for key, e in part["measures"].items() if key.startswith(load + ".")}
    if "busiest" in m:
        that(load.endswith("rate") or m["mean"] <= m["busiest"] * (1 + 1e-9), f"{name}: {load} above its busiest stretch on average")
        that(m["busiest"] <= m["peak"] * (1 + 1e-9) and m["peak"] <= m["most"], f"{name}: {load} above its peak")
    if "limit" not in m:
        that(not {"utilisation", "headroom", "full", "refused"} & set(m), f"{name}: {load} has no limit, but a share of it")
        return
    for of in ("", "busiest_"):
        used, rest = m[of + "utilisation"], m[of + "headroom"]
        that(near(used, m[of.rstrip("_") or "mean"] / m["limit"]), f"{name}: {load}.{of}utilisation is not a share of the limit")
        that(near(used + rest, 1), f"{name}: {load}.{of}headroom is not the rest")
        that(used <= 1 or load in MAY_BE_OVER, f"{name}: {load} is used more than it can be")
    that(0 <= m["full"] <= 1, f"{name}: {load}.full outside 0 .. 1")


def check_parts(r):
    t, runs = r["totals"], r["runs"]
    for array in PARTS:
        for part in r[array]:
            name = f"{array} {part.get('name') or part['mta'] + ' to ' + part['destination']}"
            for measure, e in part["measures"].items():
                check_estimate(f"{name} {measure}", e)
            for load in {m.rsplit(".", 1)[0] for m in part["measures"] if m.endswith(".mean")} - {"latency", "queue"}:
                check_load(name, part, load)
    for array in ("clients", "destinations"):
        for column, measure in {"delivered": "delivered_rate", "bounced": "bounce_rate", "queued": "queued_rate"}.items():
            of = [(value_of(p, "messages"), value_of(p, measure)) for p in r[array]]
            that(near(sum(n * (share or 0) for n, share in of) * runs, t[column]), f"{array} do not add up to totals.{column}")
        that(near(sum(value_of(p, "messages") for p in r[array]) * runs, t["submitted"]), f"{array} have not all messages")
    for array in ("resolvers", "name_servers"):
        that(near(sum(value_of(p, "packets") for p in r[array]) * runs, t["packets"]), f"{array} do not add up to totals.packets")
    for mta in r["mtas"]:
        lanes = sum(value_of(p, "deliveries.mean") for p in r["lanes"] if p["mta"] == mta["name"])
        if "deliveries.mean" in mta["measures"]:
            that(near(lanes, value_of(mta, "deliveries.mean")), f"the lanes of {mta['name']} do not add up to it")
    for host in r["mx_hosts"]:
        failures = {f["cause"]: f["value"] for f in host["failures"]}
        that(all(n > 0 for n in failures.values()), f"mx_hosts {host['name']}: a cause that did not occur")
        that(near(failures.get("host_busy", 0), host["busy"]["value"]), f"mx_hosts {host['name']}: told 421 twofold")


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
    for array, file in PARTS.items():
        rows = rows_of(folder / file)
        that(len(rows) == sum(len(part["measures"]) for part in r[array]), f"{file}: not one line for each measure")
        parts = {(p.get("name") or p["mta"] + p["destination"]): p["measures"] for p in r[array]}
        for row in rows:
            cells = list(row.values())
            name = "".join(cells[: len(cells) - 6])
            e = parts[name][row["measure"]]
            that(e["unit"] == row["unit"] and e["method"] == row["method"], f"{file}: {name} {row['measure']}: unit or method")
            for column in ("value", "low", "high"):
                that(same_number(row[column], e[column]), f"{file}: {name} {row['measure']} {column}")
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


def check_measures(real, names):
    """A measure is told of by its name, or as a load and one of its numbers."""
    loads = {m for m in real if m.split(".")[0] in names.get("load", [])}
    check_names("measure", real - loads, names)
    check_names("load", {m.split(".")[0] for m in loads}, names)
    check_names("of a load", {m.split(".")[1] for m in loads}, names)


def causes_of(source):
    return re.findall(r'\[CAUSE_\w+\] = \{"(\w+)",', (source / "models/outcome.c").read_text(encoding="utf-8"))


def methods_of(source):
    text = (source / "sim/stat.c").read_text(encoding="utf-8")
    return re.findall(r'method = (?:[^;"]*\? )?"([a-z-]+)"', text) + re.findall(r'\.method = "([a-z-]+)"', text)


def main():
    mxsim, source = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    text = (source / "docs/result-format.md").read_text(encoding="utf-8")
    model = (source / "docs/model.md").read_text(encoding="utf-8")
    names, members, metrics, measures = documented(text), set(), set(), set()
    with tempfile.TemporaryDirectory() as work:
        for scenario, runs in SCENARIOS.items():
            folder = Path(work) / Path(scenario).name
            done = subprocess.run([mxsim, "run", source / scenario, "-n", str(runs), "-o", folder,
                                   "--precision", "latency.mean=90%"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, timeout=250)
            if done.returncode != 0:
                sys.exit(f"{scenario}: exit {done.returncode}: {done.stderr.decode()}")
            result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
            members.update(paths_of(result))
            metrics.update(result["metrics"])
            measures.update(m for array in PARTS for part in result[array] for m in part["measures"])
            before = len(faults)
            check_sums(result)
            check_parts(result)
            check_csv(folder, result)
            faults[before:] = [f"{scenario}: {text}" for text in faults[before:]]
            check_files(folder, names, text)
    for line in result["left_out"]:
        that(f"- {line}\n" in model, f"docs/model.md does not say what is left out: {line}")
    check_names("member", members, names)
    check_names("metric", metrics, names)
    check_measures(measures, names)
    check_names("cause", causes_of(source), names)
    check_names("method", methods_of(source), names)
    print("\n".join(dict.fromkeys(faults)) if faults else
          f"{len(members)} members, {len(metrics)} metrics and {len(measures)} measures are documented, and the sums hold")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
