#!/usr/bin/env python3
"""docs/recovery.md shows what mxsim sweep prints: what each MTA's retry schedule makes of an outage.

Arguments: the path of mxsim, the source folder, and perhaps --update, which writes the tables anew.

The last attempts behind the exact bounce shares are derived by hand from the rules of each software, as its profile's
source names it: `mxsim profiles NAME`.
"""
import csv
import io
import json
import math
import subprocess
import sys
from pathlib import Path

SCENARIO = "scenarios/studies/01-one-message-one-outage.json"
PAGE = "docs/recovery.md"
BEGIN, END = "<!-- %s -->\n", "<!-- end of %s -->\n"

PROFILES = ("postfix exim sendmail qmail opensmtpd haraka kumomta postal stalwart maddy zonemta exchange exchange-online gmail "
            "sendgrid mailgun ses").split()
HOURS = [("15 min", 0.25), ("1 h", 1), ("4 h", 4), ("12 h", 12), ("1 d", 24), ("2 d", 48), ("3 d", 72)]
# The last attempt, in seconds after the first: after a longer outage the mail bounces.
LAST_ATTEMPT = {"kumomta": 306000, "haraka": 262080, "stalwart": 100920, "mailgun": 28500}


def postfix_last_attempt(phase):
    """src/qmgr/qmgr_active.c of Postfix 3.12-20260821: wait as long as the message is old, within minimal_backoff_time
    and maximal_backoff_time, then for the next queue scan; the first attempt at or after maximal_queue_lifetime is the
    last."""
    at = 0
    while at < 432000:
        due = at + min(max(at, 300), 4000)
        at = phase + 300 * math.ceil((due - phase) / 300)
    return at


def bounced(profile):
    """P(outage > last attempt), the outage exponential with a mean of a day."""
    if profile in LAST_ATTEMPT:
        return math.exp(-LAST_ATTEMPT[profile] / 86400)
    return sum(math.exp(-postfix_last_attempt(phase) / 86400) for phase in range(300)) / 300


def span(seconds):
    return f"{round(seconds)}s"


def uniform(hours):
    return '{"uniform": ["%s", "%s"]}' % (span(hours * 3600 * 0.9), span(hours * 3600 * 1.1))


def sweep(mxsim, source, *arguments):
    command = [mxsim, "sweep", SCENARIO, "--format", "csv", *arguments]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}: {done.stderr}")
    rows = csv.DictReader(io.StringIO(done.stdout))
    cells = {}
    for row in rows:
        cells.setdefault(tuple(list(row.values())[1:-7]), {})[row["metric"]] = row
    return cells


def number(row, name="value"):
    return float(row[name]) if row[name] else None


def human(seconds):
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 36000 else f"{seconds / 3600:.0f} h"


def percent(share):
    return f"{100 * share:.3g} %"


def mean_outage(mxsim, source, runs, hours):
    """Of these very runs: the luck of an outage does not hang on the MTA."""
    command = [mxsim, "run", SCENARIO, "--format", "json", "-n", runs, "--set", "faults.0.for=" + uniform(hours)]
    result = json.loads(subprocess.run(command, cwd=source, capture_output=True, check=True).stdout)
    return sum(result["faults"][0]["share_series"]) * result["series"]["bin_seconds"]


def recovery(mxsim, source):
    """A line a profile, a column an outage: mean wait from the repair to the mailbox, and the share that bounced."""
    runs = "2000"
    outages = "faults.0.for=" + ",".join(uniform(hours) for _, hours in HOURS)
    cells = sweep(mxsim, source, "-n", runs, "--vary", "mtas.sender.profile=" + ",".join(PROFILES), "--vary", outages)
    for (_, outage), metrics in sweep(mxsim, source, "-n", runs, "--set", "mtas.sender.QUEUE_INTERVAL=30m", "--vary",
                                      "mtas.sender.profile=sendmail", "--vary", outages).items():
        cells["sendmail -q30m", outage] = metrics
    down = {hours: mean_outage(mxsim, source, runs, hours) for _, hours in HOURS}
    lines = ["| sender | " + " | ".join(name for name, _ in HOURS) + " |", "|---" * (len(HOURS) + 1) + "|"]
    for profile in [*PROFILES[:3], "sendmail -q30m", *PROFILES[3:]]:
        line = f"| {profile}"
        for _, hours in HOURS:
            metrics = cells[profile, uniform(hours)]
            lost, mean = number(metrics["bounce_rate"]), number(metrics["latency.mean"])
            if lost == 1:
                line += " | all"
            elif lost > 0:
                line += f" | {percent(lost)} bounced"
            else:
                line += f" | {human(mean - down[hours])}"
        lines.append(line + " |")
    return lines


def lateness(mxsim, source):
    """Exponential outages with a mean of a day: the share that bounces, and what it must be."""
    faults, runs = [], "20000"
    names = ["postfix", *LAST_ATTEMPT]
    cells = sweep(mxsim, source, "-n", runs, "--vary", "mtas.sender.profile=" + ",".join(names))
    lines = ["| sender | last attempt after | exact | of 20,000 runs | 95 % interval |", "|---|---|---|---|---|"]
    for name in names:
        row = cells[name,]["bounce_rate"]
        value, low, high = number(row), number(row, "low"), number(row, "high")
        exact = bounced(name)
        last = f"{LAST_ATTEMPT[name]:,} s" if name in LAST_ATTEMPT else "5 d to 5 d 1 h, by the queue scan"
        if not low <= exact <= high:
            faults.append(f"{name}: {percent(exact)} is not in [{percent(low)}, {percent(high)}]")
        lines.append(f"| {name} | {last} | {percent(exact)} | {percent(value)} | {percent(low)} to {percent(high)} |")
    return lines, faults


def main():
    mxsim, source = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2])
    if b"__asan_init" in Path(mxsim).read_bytes() or b"__tsan_init" in Path(mxsim).read_bytes():
        print("skipped: what is printed is checked on the release build; sanitizers take minutes for it")
        sys.exit(77)
    page = (source / PAGE).read_text()
    late, faults = lateness(mxsim, source)
    for name, lines in ("recovery", recovery(mxsim, source)), ("lateness", late):
        begin, end = BEGIN % name, END % name
        head, rest = page.split(begin)
        shown, tail = rest.split(end)
        new = "\n".join(lines) + "\n"
        if shown != new and "--update" not in sys.argv:
            faults.append(f"{PAGE}: the table \"{name}\" is not what mxsim prints; see --update")
        page = head + begin + new + end + tail
    if "--update" in sys.argv:
        (source / PAGE).write_text(page)
    for fault in faults:
        print(fault)
    print(f"{PAGE}: {len(faults)} faults")
    sys.exit(bool(faults))


main()
