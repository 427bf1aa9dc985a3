"""Timelines of many simulated runs: the records of `mxsim explain --format json`, told in the words of timeline.py."""
import json
import subprocess
from pathlib import Path

from timeline import Step, Timeline, timeline_of


def runs_of(mxsim: Path, scenario: Path, count: int) -> list[Timeline]:
    done = subprocess.run([mxsim, "explain", scenario, "--format", "json", "--runs", str(count)], check=True,
                          stdout=subprocess.PIPE, text=True, timeout=120)
    runs: dict[int, list[dict]] = {}
    for line in done.stdout.splitlines():
        record = json.loads(line)
        runs.setdefault(record["run"], []).append(record)
    return [timeline_of(steps_of(records)) for records in runs.values()]


def steps_of(records: list[dict]) -> list[Step]:
    steps = []
    attempt: dict[int, str] = {}  # message: the attempt under way, "sender attempt 3"
    tries: dict[tuple[int, str], int] = {}  # message and MTA: as Postfix's log counts, suspended ones too
    reporter: dict[tuple[int, str], str] = {}  # message and kind of report: the MTA that made it
    for r in records:
        if "message" not in r:
            continue
        number, at, kind = r["message"], r["at"], r["type"]
        if kind == "report_read":
            steps.append(Step(number, f"{reporter[number, r['about']]} {r['about']} read", at, ""))
        if r["about"] != "message":
            continue
        if kind in ("attempt", "put_off"):
            tries[number, r["who"]] = tries.get((number, r["who"]), 0) + 1
            attempt[number] = f"{r['who']} attempt {tries[number, r['who']]}"
        if kind == "put_off":
            steps.append(Step(number, attempt[number], at, f"suspended {r['status']}"))
        elif kind in ("deferred", "bounced") and number in attempt:
            steps.append(Step(number, attempt[number], at, f"failed {r['status']}"))
        elif kind in ("relayed", "delivered"):
            steps.append(Step(number, attempt[number], at, f"sent to {r['whom']}"))
            if kind == "delivered":
                steps.append(Step(number, "delivered", at, f"on {r['whom']}"))
        if kind in ("warned", "bounced"):
            report = "warning" if kind == "warned" else "bounce"
            reporter[number, report] = r["who"]
            steps.append(Step(number, f"{r['who']} {report}", at, "sent"))
    return steps
