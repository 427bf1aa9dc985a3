#!/usr/bin/env python3
"""mxsim run --steady: documented, the same bytes for any number of threads, the same numbers in table and JSON as in a
plain run, cautions where they belong, and refusals.

Arguments: the path of mxsim, the source folder.
"""
import json
import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BASE = {
    "format": "mxsim-scenario-1", "name": "by turns", "time": {"mail": "500d"},
    "clients": {"staff": {"to": "joe@example.com", "rate": "4/h"}},
    "zones": {"example.com": {"ns": ["ns1"], "mx": {"mx1": 10, "mx2": 20}}},
    "mx_hosts": {"mx2": {"relay": "postfix"}},
    "faults": [{"on": "mx1", "is": "refusing", "up": {"exponential": "20h"}, "down": {"exponential": "4h"}}],
}
ONCE = {"on": "mx1", "is": "silent", "from": {"uniform": ["0s", "9d"]}, "for": "1d"}

faults = []


def that(condition, text):
    if not condition:
        faults.append(text)


class Runs:
    def __init__(self, mxsim, folder):
        self.mxsim, self.folder = mxsim, folder

    def call(self, scenario, *arguments, code=0):
        path = self.folder / "scenario.json"
        path.write_text(json.dumps(scenario), encoding="utf-8")
        done = subprocess.run([self.mxsim, "run", path, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False, timeout=250)
        that(done.returncode == code, f"{arguments}: exit {done.returncode}: {done.stderr.decode()[:300]}")
        that(b"Sanitizer" not in done.stderr and b"runtime error" not in done.stderr, f"{arguments}: {done.stderr[:300]}")
        return done.stdout.decode("utf-8"), done.stderr.decode("utf-8")

    def steady(self, scenario, *arguments):
        return json.loads(self.call(scenario, "--steady", "--format", "json", *arguments)[0])


def means_of(r):
    yield from r["metrics"].items()
    for mta in r["mtas"]:
        yield f"the queue of {mta['name']}", mta["queue"]


def check_mean(name, m, one):
    if m["low"] is not None:
        that(m["low"] <= m["value"] <= m["high"], f"{name}: {m['value']} outside {m['low']} .. {m['high']}")
        that(m["low"] >= 0 and (m["unit"] != "share" or m["high"] <= 1), f"{name}: an interval of what cannot be")
        that(m["method"] == ("batch-means" if one else "mean-t"), f"{name}: method {m['method']}")
    if not one:
        that(all(m[k] is None for k in ("observations", "deleted", "with_all", "batches", "correlation", "worth")),
             f"{name}: several runs, but the numbers of one")
    elif m["batches"]:
        that(m["batches"] * m["batch_size"] + m["deleted"] == m["observations"], f"{name}: observations are lost")
        that(m["low"] is None or 0 < m["worth"] <= m["observations"], f"{name}: worth {m['worth']}")


def check_numbers(runs):
    """One run: the parts add up, and without deletion it is what a plain run says."""
    r, plain = runs.steady(BASE), json.loads(runs.call(BASE, "-n", "1", "--format", "json")[0])
    t, messages = plain["totals"], r["messages"]
    that(r["format"] == "mxsim-steady-1" and r["options"]["runs"] == 1, "--steady is not one run by itself")
    that([messages[k] for k in ("written", "delivered", "bounced", "queued")] ==
         [t[k] for k in ("submitted", "delivered", "bounced", "queued")], "other mail than in a plain run")
    that(r["events"] == plain["events"], "other events than in a plain run")
    for name, m in means_of(r):
        check_mean(name, m, True)
        if name in plain["metrics"]:
            # What fills no cell of five is missing.
            that(math.isclose(m["with_all"], plain["metrics"][name]["value"], rel_tol=0.01),
                 f"{name}: {m['with_all']} with all, {plain['metrics'][name]['value']} in a plain run")
    that(r["metrics"]["latency.mean"]["low"] is not None, "no interval")
    that(r["cautions"] == [], f"cautions without a cause: {r['cautions']}")
    return r


def check_table(runs, r):
    table, _ = runs.call(BASE, "--steady")
    for text in ("steady state, after the warm-up", "mean time from send to mailbox", "mean queue of sender",
                 "mean queue of mx2", "nothing speaks against a steady state", "left out of the model:"):
        that(text in table, f"the table does not say: {text}")
    worths = [float(w.replace(",", "")) for w in re.findall(r"^    worth +([\d.,]+) ", table, re.M)]
    told = [m["worth"] for _, m in means_of(r) if m["worth"] is not None]
    that(len(worths) == len(told) and all(abs(a - b) <= 0.006 * b + 0.5 for a, b in zip(worths, told)),
         f"the table says worth {worths}, JSON {told}")


def check_several(runs, single):
    one, many = (runs.call(BASE, "--steady", "--format", "json", "-n", "5", "--threads", n)[0] for n in ("1", "3"))
    that(one == many, "other bytes with 3 threads than with 1")
    r = json.loads(one)
    that(r["options"]["runs"] == 5, "not 5 runs")
    for name, m in means_of(r):
        check_mean(name, m, False)
    that(r["messages"]["written"] > 4.5 * single["messages"]["written"], "five runs are as one")
    table, _ = runs.call(BASE, "--steady", "-n", "5")
    that("mean over runs; at most" in table, "the table of 5 runs does not tell of their warm-ups")


def check_cautions(runs):
    def cautions(**changed):
        return " / ".join(runs.steady({**BASE, **changed})["cautions"])
    that("too short" in cautions(time={"mail": "1d"}), "a day is not called too short")
    that("fewer than 100" in cautions(time={"mail": "20d"}), "20 outages are not called too few")
    that("comes once" in cautions(faults=[ONCE]), "a single outage is called steady")
    that("comes once" not in cautions(faults=[{"on": "mx1", "is": "refusing"}]), "a lasting fault is called single")
    grows = cautions(faults=[{"on": ["mx1", "mx2"], "is": "refusing"}], time={"mail": "4d", "limit": "4d"})
    that("the queue of sender: no steady state was seen" in grows, "a queue that grows is called steady")
    that("still queued at the end" in grows, "what is still queued is not told")
    table, _ = runs.call({**BASE, "faults": [ONCE]}, "--steady")
    that("\ncaution: the fault \"silent\" on mx1 comes once" in table, "the table has no caution")


def check_refusals(runs):
    burst = {**BASE, "clients": {"staff": {"to": "joe@example.com", "count": 9}}}
    for scenario, arguments in ((burst, ["--steady"]), (BASE, ["--steady", "--format", "csv"]),
                                (BASE, ["--steady", "-o", runs.folder / "out"])):
        out, err = runs.call(scenario, *arguments, code=2)
        that(out == "" and "--steady" in err, f"{arguments}: not refused in words: {err}")
    that(not (runs.folder / "out").exists(), "a refused -o made its folder")


def documented(source, head):
    text = (source / "docs/result-format.md").read_text(encoding="utf-8")
    table = text[text.index(f"| {head} |"):].split("\n\n")[0]
    return {name for row in table.splitlines()[2:] for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


def check_document(r, source):
    top = documented(source, "member of steady") - {"mtas[].queue"}
    that(top == set(r), f"members of mxsim-steady-1, told or there alone: {top ^ set(r)}")
    told = documented(source, "member of a steady mean")
    for name, m in means_of(r):
        that(told == set(m), f"members of {name}, told or there alone: {told ^ set(m)}")


def main():
    mxsim, source = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(mxsim, Path(folder))
        r = check_numbers(runs)
        check_table(runs, r)
        check_several(runs, r)
        check_cautions(runs)
        check_refusals(runs)
        check_document(r, source)
    print("\n".join(dict.fromkeys(faults)) if faults else "--steady is documented, adds up, warns and refuses")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
