#!/usr/bin/env python3
"""Plays scenarios with real mail software and with mxsim, and prints the two timelines side by side.

./dev reality runs it (docs/reality.md). Exit code 0: what happened in reality happens in simulated runs, too; 1:
something differs; 2: a scenario that the bench cannot take, or a world that could not be built or played; 77: skipped,
for want of root, namespaces, packages or a steady clock.
"""
import argparse
import fcntl
import subprocess
import sys
import time
from pathlib import Path

import compare
import packages
import sandbox
import scenario as scenario_file
import simulated
import timeline

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent.parent / "build" / "reality"
RUNS = 2000      # simulated runs to compare with
QUICK = 60.0     # seconds of the longest quick scenario
AT_ONCE = 6      # worlds played at the same time
START = 40.0     # seconds that building a world may take
CLOCK_SET_MAX = 0.25  # seconds by which the machine's clock may be set during a play
CANNOT, SKIPPED, INTERRUPTED = 2, 77, 130


class Play:
    """One scenario being played in a sandbox of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.scenario = scenario_file.read(path)
        self.logs = BUILD / path.stem
        self.logs.mkdir(parents=True, exist_ok=True)
        for old in self.logs.iterdir():
            old.unlink()
        with open(self.logs / "world.log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                sandbox.command([str(HERE / "world.py"), str(path), str(BUILD / "root"), str(self.logs)]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.clock_before, self.clock_set = clock_ahead(), 0.0
        self.end = time.monotonic() + START + self.scenario.limit

    def running(self) -> bool:
        if self.process.poll() is None and time.monotonic() > self.end:
            self.stop()
        return self.process.poll() is None

    def watch_clock(self) -> None:
        """Postfix goes by the machine's clock of the day; the timeline by one that nobody sets."""
        if self.running():
            self.clock_set = max(self.clock_set, abs(clock_ahead() - self.clock_before))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def clock_ahead() -> float:
    return time.time() - time.monotonic()


def play_all(paths: list[Path]) -> list[Play]:
    """Plays AT_ONCE at a time, the longest first; however this ends, no world outlives it."""
    waiting = sorted(paths, key=lambda path: scenario_file.read(path).limit)
    plays: list[Play] = []
    try:
        while waiting or any([play.running() for play in plays]):
            while waiting and sum(play.running() for play in plays) < AT_ONCE:
                plays.append(Play(waiting.pop()))
            for play in plays:
                play.watch_clock()
            time.sleep(0.2)
    finally:
        for play in plays:
            play.stop()
    return sorted(plays, key=lambda play: play.path.name)


def judge(mxsim: Path, play: Play) -> int:
    """Prints the table of one scenario; gives the exit code that it asks for."""
    print(f"{play.path.name}: {play.scenario.name}")
    if not (play.logs / "real.json").exists():
        said = (play.logs / "world.log").read_text().strip().splitlines()[-12:]
        print("\n".join(["  no timeline; its world said:", *("    " + line for line in said)]))
        return CANNOT
    if play.clock_set > CLOCK_SET_MAX:
        print(f"  skipped: this machine's clock was set by {play.clock_set:.2f} s meanwhile, twice, and Postfix goes by it\n")
        return SKIPPED
    steps, late = timeline.read(play.logs / "real.json")
    runs = simulated.runs_of(mxsim, play.path, RUNS)
    comparison = compare.compare(timeline.timeline_of(steps), runs)
    print("\n".join(compare.table(comparison)))
    verdict = "DIFFERS" if comparison.differ() else "as simulated"
    print(f"  {verdict}; faults and mail came at most {1000 * late:.0f} ms late\n")
    return 1 if comparison.differ() else 0


def usable(paths: list[Path]) -> bool:
    """Says what is wrong with files that the bench, or mxsim, cannot take."""
    good = True
    for path in paths:
        try:
            scenario_file.read(path)
        except (OSError, ValueError, KeyError, scenario_file.Unable) as problem:
            print(f"{path}: {problem}")
            good = False
    return good


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev reality", description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("mxsim", type=Path, help="the program")
    parser.add_argument("scenarios", type=Path, nargs="*", metavar="SCENARIO", help="default: tests/reality/scenarios/")
    parser.add_argument("--quick", action="store_true", help=f"only those that last at most {QUICK:g} s")
    parser.add_argument("--no-fetch", action="store_true", help="skip if Debian's packages are not here already")
    options = parser.parse_args()
    paths = options.scenarios or sorted(HERE.glob("scenarios/*.json"))
    if not usable(paths) or subprocess.run([options.mxsim, "check", *paths], stdout=subprocess.DEVNULL,
                                           check=False).returncode:
        return CANNOT
    if options.quick:
        paths = [path for path in paths if scenario_file.read(path).limit <= QUICK]
    reason = sandbox.unable()
    if not reason and not options.no_fetch:
        reason = packages.fetch()
    if not reason and packages.missing():
        reason = "Debian's packages of " + ", ".join(packages.WANTED) + " are not here: ./dev reality fetches them"
    if reason:
        print("skipped:", reason)
        return SKIPPED
    BUILD.mkdir(parents=True, exist_ok=True)
    with open(BUILD / "lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"skipped: another run is under way in {BUILD}")
            return SKIPPED
        plays = play_all(paths)
        again = [play.path for play in plays if play.clock_set > CLOCK_SET_MAX]
        plays = sorted([play for play in plays if play.path not in again] + play_all(again), key=lambda p: p.path.name)
    codes = [judge(options.mxsim.resolve(), play) for play in plays]
    print(f"{codes.count(0)} scenarios as simulated, {len(codes) - codes.count(0)} not; logs are below {BUILD}")
    return max((code for code in codes if code != SKIPPED), default=SKIPPED) or (SKIPPED if SKIPPED in codes else 0)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
