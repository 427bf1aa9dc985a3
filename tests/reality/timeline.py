"""What became of messages, in the words that a log of Postfix and a run of mxsim have in common.

Steps are named so that the same thing has the same name in reality and in every simulated run:
"sender attempt 3", "sender warning", "sender bounce", "delivered". `how` is what came of it: "failed 4.4.1",
"sent to mx2", "on mx1".
"""
import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Step:
    message: int
    name: str
    at: float  # seconds since the scenario's time 0
    how: str


Timeline = dict[tuple[int, str], Step]  # by message and name


def timeline_of(steps: list[Step]) -> Timeline:
    return {(step.message, step.name): step for step in sorted(steps, key=lambda step: step.at, reverse=True)}


def write(path: Path, steps: list[Step], late: float) -> None:
    """late: how many seconds too late a fault began or ended, or mail was sent, at worst."""
    path.write_text(json.dumps({"late": late, "steps": [asdict(step) for step in steps]}, indent=1) + "\n")


def read(path: Path) -> tuple[list[Step], float]:
    data = json.loads(path.read_text())
    return [Step(**step) for step in data["steps"]], data["late"]
