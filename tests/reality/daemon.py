"""A program that runs on a host, and the lines it writes, each stamped with the moment it came."""
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path


class Daemon:
    def __init__(self, words: list[str], log: Path, hear: Callable[[float, str], None] | None = None,
                 env: dict[str, str] | None = None) -> None:
        self.hear = hear
        self.log = log
        self.said: list[str] = []
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True, errors="replace", env=env, start_new_session=True)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with open(self.log, "a", encoding="utf-8") as log:
            for line in self.process.stdout or ():
                now = time.monotonic()
                log.write(f"{now:.6f} {line}")
                log.flush()
                self.said.append(line)
                if self.hear:
                    self.hear(now, line.rstrip("\n"))

    def has_said(self, words: str) -> bool:
        return any(words in line for line in self.said)

    def tell(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=3)


def wait_for(condition: Callable[[], bool], what: str, limit: float = 20.0) -> None:
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {limit:g} s")
        time.sleep(0.02)
