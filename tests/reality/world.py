#!/usr/bin/env python3
"""The world of one scenario, made of real programs, played once in real time. Runs inside a sandbox.

Arguments: the scenario, the folder of the unpacked packages, the folder for logs and for the timeline, real.json.
"""
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import sandbox
import scenario as scenario_file
from daemon import wait_for
from name_server import NameServer
from network import Network
from postfix import Postfix, number_of
from resolver import Resolver
from scenario import Fault, Scenario
from sink import Sink
from timeline import Step, write

GRACE = 1.0  # seconds that the world goes on when all is said
LUCK = 4.0   # seconds that time 0 lies later by chance, so that queues are scanned at other times in each world


class World:
    def __init__(self, scenario: Scenario, logs: Path) -> None:
        self.scenario = scenario
        self.saved: list[tuple[float, int, str]] = []  # when, message, where
        savers = [h for h in scenario.mail_hosts if not h.relay]
        relays = [h.relay for h in scenario.mail_hosts if h.relay]
        names = [*(mta.name for mta in scenario.mtas), *scenario.name_servers, *(h.name for h in scenario.mail_hosts)]
        self.network = Network(names)
        Path("/etc/resolv.conf").unlink(missing_ok=True)
        Path("/etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
        self.name_servers = {name: NameServer(name, scenario, self.network, logs / f"{name}.log")
                             for name in scenario.name_servers}
        self.resolvers = [Resolver(mta, scenario, self.network, logs / f"{mta.name}-resolver.log")
                          for mta in [*scenario.mtas, *relays]]
        self.sinks = {h.name: Sink(self.network.hosts[h.name], scenario.domain_name(h.name), h.takes,
                                   logs / f"{h.name}.log", self._hear(h.name)) for h in savers}
        self.mtas = {mta.name: Postfix(mta, scenario, self.network, logs / f"{mta.name}.log", mta in relays)
                     for mta in [*scenario.mtas, *relays]}
        for name, sign in [*((n.daemon, "nsd started") for n in self.name_servers.values()),
                           *((r.daemon, "start of service") for r in self.resolvers),
                           *((s.daemon, "is well") for s in self.sinks.values())]:
            wait_for(lambda d=name, text=sign: d.has_said(text), f"{sign!r} in {name.log.name}")

    def _hear(self, name: str) -> Callable[[float, str], None]:
        def hear(at: float, line: str) -> None:
            number = number_of(line) if line.startswith("saved ") else None
            if number:
                self.saved.append((at, number, name))
        return hear

    def strike(self, fault: Fault) -> None:
        if fault.kind == "silent":
            self.network.silence(fault.on, True)
        elif fault.on in self.sinks:
            self.sinks[fault.on].become(fault.kind)
        else:
            (self.name_servers.get(fault.on) or self.mtas[fault.on]).stop()

    def repair(self, fault: Fault) -> None:
        if fault.kind == "silent":
            self.network.silence(fault.on, False)
        elif fault.on in self.sinks:
            self.sinks[fault.on].become("well")
        else:
            (self.name_servers.get(fault.on) or self.mtas[fault.on]).start()

    def plan(self) -> list[tuple[float, int, Callable[[], None]]]:
        """What is to be done when; at one moment repairs come first, then faults, then mail."""
        acts: list[tuple[float, int, Callable[[], None]]] = []
        for fault in self.scenario.faults:
            # What is broken from the start is broken before the first message, not at the same instant.
            acts.append((fault.begin or -0.5, 1, lambda f=fault: self.strike(f)))
            if fault.end is not None:
                acts.append((fault.end, 0, lambda f=fault: self.repair(f)))
        for letter in self.scenario.letters:
            acts.append((letter.at, 2, lambda m=letter: self.mtas[m.via].send(m.number, m.sender, m.recipient)))
        return sorted(acts, key=lambda act: act[:2])

    def play(self) -> tuple[float, float]:
        """Plays the plan, and waits until all is said or time is over. Gives time 0 and the worst delay of an act."""
        origin = time.monotonic() + 0.7 + random.uniform(0, LUCK)
        late = 0.0
        for at, _, act in self.plan():
            time.sleep(max(0.0, origin + at - time.monotonic()))
            late = max(late, time.monotonic() - origin - at)
            act()
        while not self.settled() and time.monotonic() < origin + self.scenario.limit:
            time.sleep(0.1)
        time.sleep(GRACE)
        return origin, late

    def steps(self, origin: float) -> list[Step]:
        steps = [step for mta in self.mtas.values() for step in mta.steps(origin)]
        steps += [Step(number, "delivered", at - origin, f"on {name}") for at, number, name in self.saved]
        return [step for step in steps if step.at <= self.scenario.limit]

    def settled(self) -> bool:
        """Has every message been saved, or returned to a sender who has read why?"""
        ends = {number for _, number, _ in self.saved}
        ends |= {step.message for mta in self.mtas.values() for step in mta.steps(0.0)
                 if step.name.endswith(" bounce read")}
        return len(ends) == len(self.scenario.letters)


def main() -> None:
    path, root, logs = (Path(word) for word in sys.argv[1:4])
    scenario = scenario_file.read(path)
    # Whatever happens, the end comes. Process 1 of a namespace is deaf to signals that it does not handle.
    signal.signal(signal.SIGALRM, lambda *_: os._exit(3))
    signal.alarm(int(scenario.limit) + 60)
    sandbox.furnish(root)
    world = World(scenario, logs)
    origin, late = world.play()
    write(logs / "real.json", world.steps(origin), late)


if __name__ == "__main__":
    main()
