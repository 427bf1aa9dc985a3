"""One real timeline held against many simulated ones.

Luck differs from run to run: when the queue is scanned, which name server is asked first. So there are two questions.

Each step for itself: its real time has to lie between the earliest and the latest that simulated runs have for it, give
or take TOLERANCE; what came of it has to be something that a run has, too; it may be there only if some runs have it,
and be missing only if some runs lack it.

All steps together: one of the runs, the nearest, has to have the same steps with the same ends, each within TOLERANCE.
"""
from collections import Counter
from dataclasses import dataclass

from timeline import Step, Timeline

# Seconds. Postfix counts in whole seconds (ages, due times, its timers), so that a second is lost or won at each step;
# the rest is the machine's, and the luck that no run happened to have.
TOLERANCE = 1.25



@dataclass(frozen=True)
class Row:
    message: int
    name: str
    real: Step | None
    times: list[float]  # of the runs that have this step, sorted
    hows: Counter[str]
    nearest: Step | None
    faults: list[str]


@dataclass(frozen=True)
class Comparison:
    rows: list[Row]
    runs: int
    nearest: int    # the number of the nearest run
    distance: float  # the largest difference of a step's time in it
    unlike: int      # how many steps it has not, or has with another end, or reality has not

    def differ(self) -> bool:
        return self.unlike > 0 or self.distance > TOLERANCE or any(row.faults for row in self.rows)


def compare(real: Timeline, runs: list[Timeline]) -> Comparison:
    unlike, distance, nearest = min((*distance_of(real, run), i) for i, run in enumerate(runs))
    keys = set(real).union(*runs)

    def place(key: tuple[int, str]) -> tuple[int, float, str]:
        at = real[key].at if key in real else min(run[key].at for run in runs if key in run)
        return key[0], at, key[1]
    rows = [row_of(key, real.get(key), runs, runs[nearest].get(key)) for key in sorted(keys, key=place)]
    return Comparison(rows, len(runs), nearest, distance, unlike)


def distance_of(real: Timeline, run: Timeline) -> tuple[int, float]:
    shared = set(real) & set(run)
    unlike = len(set(real) ^ set(run)) + sum(real[key].how != run[key].how for key in shared)
    return unlike, max((abs(real[key].at - run[key].at) for key in shared), default=0.0)


def row_of(key: tuple[int, str], real: Step | None, runs: list[Timeline], nearest: Step | None) -> Row:
    found = [run[key] for run in runs if key in run]
    times, hows = sorted(step.at for step in found), Counter(step.how for step in found)
    if len(found) < len(runs):
        hows["not at all"] = len(runs) - len(found)
    faults = []
    if not real and len(found) == len(runs):
        faults.append("missing in reality")
    if real and not found:
        faults.append("in no run")
    if real and found:
        if real.at < times[0] - TOLERANCE:
            faults.append(f"{times[0] - real.at:.1f} s earlier than in any run")
        if real.at > times[-1] + TOLERANCE:
            faults.append(f"{real.at - times[-1]:.1f} s later than in any run")
        if real.how not in hows:
            faults.append("another end")
    return Row(key[0], key[1], real, times, hows, nearest, faults)


def table(c: Comparison) -> list[str]:
    lines = [f"  seconds{'':20}real  {'':16}nearest  simulated: earliest, median, latest   what came of it in how many "
             f"of {c.runs} runs"]
    message = 0
    for row in c.rows:
        if row.message != message:
            message = row.message
            lines.append(f"  message {message}")
        lines.append(line_of(row))
    faults = sum(bool(row.faults) for row in c.rows)
    lines.append(f"  {len(c.rows)} steps, {faults} beyond all runs; run {c.nearest} is the nearest: "
                 f"{c.unlike} steps unlike, the others within {c.distance:.2f} s")
    return lines


def line_of(row: Row) -> str:
    real = f"{row.real.at:9.3f}  {row.real.how:16}" if row.real else f"{'-':>9}  {'':16}"
    nearest = f"{row.nearest.at:7.2f}" if row.nearest else f"{'-':>7}"
    spread = "".join(f"{t:12.3f}" for t in (row.times[0], row.times[len(row.times) // 2], row.times[-1])) \
        if row.times else f"{'-':>12}" * 3
    hows = ", ".join(f"{how or 'yes'} {count}" for how, count in row.hows.most_common())
    mark = "  <-- " + ", ".join(row.faults) if row.faults else ""
    return f"    {row.name:22}{real}{nearest}{spread}   {hows}{mark}"
