#!/usr/bin/env python3
"""mxsim plan: answers on a world whose answers are known, its ends and exit codes, the same bytes for any number of
threads, the command that it prints, what Ctrl-C leaves, and docs/result-format.md.

Arguments: the path of mxsim, the source folder.
"""
import json
import math
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# One message a run. Its only host refuses from the first moment on, for an exponential time of a day. The message is
# tried every 3 h, the last time at the first attempt after its lifetime, or there about.
WORLD = {
    "format": "mxsim-scenario-1", "name": "one outage",
    "time": {"mail": "1h", "limit": "20d"},
    "clients": {"c": {"via": "s", "to": "joe@example.com", "count": 1}},
    "mtas": {"s": {"profile": "rfc5321", "resolver": "r", "maximal_queue_lifetime": "2d", "queue_run_delay": "0s"}},
    "resolvers": {"r": "textbook"},
    "network": {"delay": "0s"},
    "zones": {"example.com": {"ns": ["ns1"], "ttl": "1h", "mx": {"mx1": 10}}},
    "faults": [{"on": "mx1", "is": "refusing", "from": "0s", "for": {"exponential": "1d"}}],
}
LIFETIME = "mtas.s.maximal_queue_lifetime"
HOUR = 1 / 24

faults = []


def that(condition, text):
    if not condition:
        faults.append(text)


class Program:
    def __init__(self, mxsim):
        self.mxsim = mxsim

    def call(self, *arguments):
        return subprocess.run([self.mxsim, "plan", *arguments], capture_output=True, text=True, timeout=250)

    def plan(self, code, end, *arguments):
        """The plan as JSON; it is to end so."""
        done = self.call("world.json", *arguments, "--format", "json")
        that(done.returncode == code, f"{arguments}: exit {done.returncode}, expected {code}: {done.stderr[:300]}")
        try:
            plan = json.loads(done.stdout)
        except ValueError:
            that(False, f"{arguments}: no JSON: {done.stdout[:200]} {done.stderr[:200]}")
            return None
        that(plan["end"] == end, f"{arguments}: ended {plan['end']}, expected {end}: {plan['words']}")
        return plan


def hours(text):
    parts = {"d": 24, "h": 1, "m": 1 / 60, "s": 1 / 3600}
    return sum(float(n) * parts[unit] for n, unit in re.findall(r"([\d.]+)([dhms])", text))


def bounces(lifetime_hours):
    """Gaps of 30 min, 30 min and then 2 h: the last attempt is the first that is not before the lifetime's end."""
    at, gap = 0, 0
    while at < lifetime_hours:
        at += (0.5, 0.5, 2)[min(gap, 2)]
        gap += 1
    return math.exp(-at * HOUR)


# ---- answers ----

def check_answers(program):
    """Seeds are fixed, so these always come out the same; each is wrong with a chance of 5 % at most by design."""
    exact = next(h for h in range(12, 241, 12) if bounces(h) < 0.06)
    plan = program.plan(0, "found", "--vary", f"{LIFETIME}=12h..10d:12h", "--require", "bounce_rate < 6%")
    that(plan and hours(plan["met"]) == exact and hours(plan["not_met"]) == exact - 12,
         f"bounce_rate < 6%: {plan and plan['words']}, expected {exact} h")
    check_tried(plan)
    plan = program.plan(0, "found", "--vary", f"{LIFETIME}=12h..10d:12h", "--require", "delivered_rate < 85%", "--largest")
    exact = max(h for h in range(12, 241, 12) if 1 - bounces(h) < 0.85)
    that(plan and hours(plan["met"]) == exact, f"delivered_rate < 85%: {plan and plan['words']}, expected {exact} h")
    plan = program.plan(0, "already_met", "--vary", f"{LIFETIME}=5d..10d:12h", "--require", "bounce_rate < 50%")
    that(plan and plan["met"] == "5d" and plan["not_met"] is None and not plan["notes"], "already met: what else?")
    plan = program.plan(0, "already_met", "--vary", f"{LIFETIME}=12h..10d:12h", "--require", "bounce_rate > 20%")
    that(plan and any("--largest" in note for note in plan["notes"]), "the wrong way is not noticed")
    plan = program.plan(1, "not_reached", "--vary", f"{LIFETIME}=1h..12h", "--require", "bounce_rate < 10%")
    that(plan and plan["met"] is None and plan["not_met"] == "12h", "not reached: what else?")
    plan = program.plan(1, "apart", "--vary", f"{LIFETIME}=12h..10d:12h", "--require", "bounce_rate < 6%",
                        "--require", "latency.p99 < 20h")
    that(plan and plan["from"]["require"] == ["bounce_rate < 6%"] and plan["upto"]["require"] == ["latency.p99 < 20h"]
         and hours(plan["from"]["met"]) == 72, f"apart: {plan and plan['words']}")
    plan = program.plan(0, "undecided", "--vary", f"{LIFETIME}=12h..10d:3h", "--require", "bounce_rate < 6%", "-n", "800")
    that(plan and bounces(hours(plan["met"])) < 0.06 < bounces(hours(plan["not_met"])),
         f"undecided, but not around the answer: {plan and plan['words']}")
    plan = program.plan(1, "not_reached", "--vary", f"{LIFETIME}=12h..10d:12h", "--require", "warning.p50 < 1d")
    that(plan and any("nothing happened" in note for note in plan["notes"]), "that nobody was warned is not told")


def check_tried(plan):
    question, tried = plan["question"], plan["tried"]
    that(plan["runs"] == sum(t["runs"] for t in tried), "runs is not the sum of what was tried")
    that([hours(t["value"]) for t in tried] == sorted(hours(t["value"]) for t in tried), "tried is not in order")
    for t in tried:
        that(t["runs"] <= question["most_runs"], "more runs than allowed")
        for r, required in zip(t["require"], question["require"]):
            that(r["metric"] == required["metric"] and r["low"] <= r["value"] <= r["high"], f"tried {t['value']}: {r}")
            if r["verdict"] != "open":
                that(r["level"] > question["confidence"], "a test no stricter than the answer")
                that((r["high"] < required["bound"]) == (r["verdict"] == "met"), f"tried {t['value']}: verdict of {r}")


# ---- how it is done ----

def check_same_bytes(program):
    asked = ["--vary", f"{LIFETIME}=12h..10d:12h", "--require", "latency.p99 < 1d", "--require", "bounce_rate < 45%",
             "--seed", "7", "-n", "3000", "--format", "json"]
    outputs = {program.call("world.json", *asked, "--threads", n).stdout.replace(f"--threads {n} ", "") for n in "123"}
    that(len(outputs) == 1 and len(next(iter(outputs))) > 1000, "not the same bytes for 1, 2 and 3 threads")


def check_command(program):
    plan = program.plan(0, "found", "--vary", f"{LIFETIME}=12h..10d:12h", "--require", "bounce_rate < 6%", "--set",
                        "name=it's one")
    words = shlex.split(plan["command"])
    that(words[0] == "mxsim", f"no command: {plan['command']}")
    again = subprocess.run(f"set -- {plan['command']}; shift; exec {shlex.quote(program.mxsim)} \"$@\"", shell=True,
                           capture_output=True, text=True, timeout=250)
    that(json.loads(again.stdout or "{}") == plan, f"not the same again: {plan['command']} {again.stderr}")


def check_interrupted(program):
    """So near to the bound that it would take minutes."""
    for form in ("table", "json"):
        running = subprocess.Popen([program.mxsim, "plan", "world.json", "--vary", f"{LIFETIME}=12h..10d", "--require",
                                    "bounce_rate < 9.5%", "-n", "500000000", "--format", form],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(3)
        running.send_signal(signal.SIGINT)
        output, _ = running.communicate(timeout=100)
        that(running.returncode == 130, f"interrupted: exit {running.returncode}")
        if form == "json":
            plan = json.loads(output)
            that(plan["end"] == "stopped" and plan["complete"] is False and plan["tried"], "interrupted: what was tried?")
        else:
            that("stopped before" in output and "again: mxsim plan" in output, f"interrupted: {output[:300]}")


def check_refusals(program):
    vary, require = ["--vary", f"{LIFETIME}=12h..10d"], ["--require", "bounce_rate < 6%"]
    for words, *arguments in (
            ("no --vary", *require), ("no --require", *vary), ("only one --vary", *vary, *vary, *require),
            ("needs a range", "--vary", f"{LIFETIME}=1d,2d", *require),
            ("did you mean \"bounce_rate\"", *vary, "--require", "bounce_rat < 6%"),
            ("did you mean \"maximal_queue_lifetime\"", "--vary", "mtas.s.maximal_queue_lifetme=1d..2d", *require),
            ("cannot both be met", *vary, "--require", "latency.p99 < 1m", "--require", "latency.p99 > 2m"),
            ("no unit", *vary, "--require", "latency.p99 < 15"), ("more than 1", *vary, "--require", "bounce_rate < 6"),
            ("negative", *vary, "--require", "latency.p99 < -1m"), ("KEY=", *vary, *require, "--set", "x"),
            ("CSV", *vary, *require, "--format", "csv"), ("shows nothing", *vary, *require, "-n", "1"),
            ("a value that cannot be", *vary, *require, "--confidence", "100%")):
        done = program.call("world.json", *arguments)
        that(done.returncode == 2 and not done.stdout, f"{arguments}: exit {done.returncode}")
        that(words in done.stderr, f"{arguments}: \"{words}\" is missing in: {done.stderr[:300]}")


# ---- the document ----

def paths_of(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else key
            yield here
            yield from paths_of(inner, here)
    elif isinstance(value, list):
        for inner in value:
            yield from paths_of(inner, path + "[]")


def check_document(program, source):
    text = (source / "docs/result-format.md").read_text(encoding="utf-8")
    told, ends = set(), set()
    for block in re.findall(r"(?:^\|.*\n)+", text, re.M):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]
        names = [re.findall(r"`([^`]+)`", row[0]) for row in rows[2:]]
        if rows[0][0] == "member of a plan":
            for row, of in zip(rows[2:], names):
                told.update(name for name in of if not row[1].startswith("estimate") or not name.endswith("[]"))
                if row[1].startswith("estimate"):
                    told.update(f"{name}.{part}" for name in of for part in ("value", "low", "high", "method"))
        if rows[0][0] == "end of a plan":
            ends.update(name for of in names for name in of)
    real = set()
    for arguments in (["--require", "bounce_rate < 6%", "--require", "latency.p99 < 20h"], ["--require", "bounce_rate < 6%"]):
        done = program.call("world.json", "--vary", f"{LIFETIME}=12h..10d:12h", *arguments, "--format", "json")
        real.update(paths_of(json.loads(done.stdout)))
    for name in sorted(real ^ told):
        that(False, f"docs/result-format.md and a plan disagree on the member {name}")
    words = (source / "cli/plan_words.c").read_text(encoding="utf-8")
    known = set(re.findall(r'\[SEARCH_\w+\] = "(\w+)"', words))
    that(known and known == ends, f"docs/result-format.md tells of the ends {sorted(ends)}, there are {sorted(known)}")


def main():
    program, source = Program(str(Path(sys.argv[1]).resolve())), Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("world.json").write_text(json.dumps(WORLD), encoding="utf-8")
        check_answers(program)
        check_same_bytes(program)
        check_command(program)
        check_interrupted(program)
        check_refusals(program)
        check_document(program, source)
        os.chdir("/")
    print("\n".join(faults) if faults else "plans are as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
