"""A private view of the machine: own network, mounts, processes and host name, all of which end with one process.

The command line made here starts a program in such a view. It is tied to its parent by the kernel: when the parent
dies, however it dies, so does unshare, so does the program, which is process 1 of its own process namespace, and with
it every process, network namespace, bridge and mount that it made. So there is nothing to clean up, and nothing has a
name that another run could meet.
"""
import os
import subprocess
import sys
from pathlib import Path

UNSHARE = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--net", "--pid", "--uts", "--ipc", "--fork",
           "--kill-child", "--mount-proc"]


def unable() -> str | None:
    """Why no such view can be had here, or None."""
    if os.geteuid() != 0:
        return "not root: network namespaces and Postfix's change of user need it"
    probe = ("mount -t tmpfs none /run && mkdir /run/u /run/w && "
             "mount -t overlay none -o lowerdir=/etc,upperdir=/run/u,workdir=/run/w /etc && "
             "ip link set dev lo up && ip link add name br0 type bridge && ip netns add a && "
             "ip link add name a0 type veth peer name b0 netns a && ip link set dev a0 master br0 up")
    try:
        done = subprocess.run([*UNSHARE, "sh", "-c", probe], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as e:
        return f"no namespaces: {e}"
    if done.returncode != 0:
        return "no namespaces, overlay mounts or bridges here: " + (done.stderr.strip() or f"exit {done.returncode}")
    return None


def command(program: list[str]) -> list[str]:
    return [*UNSHARE, sys.executable, "-B", *program]


def run(*words: str | Path) -> None:
    subprocess.run([str(w) for w in words], check=True, timeout=30, stdin=subprocess.DEVNULL)


def furnish(root: Path) -> None:
    """Inside: an empty /run, the packages laid over /usr and /etc, and the users that their installation would make."""
    run("mount", "-t", "tmpfs", "-o", "mode=755", "none", "/run")
    for folder in ("usr", "etc"):
        upper, work = Path("/run/overlay", folder), Path("/run/overlay", folder + ".work")
        upper.mkdir(parents=True)
        work.mkdir()
        lower = f"{root / folder}:/{folder}" if (root / folder).is_dir() else f"/{folder}"
        run("mount", "-t", "overlay", "none", "-o", f"lowerdir={lower},upperdir={upper},workdir={work}", f"/{folder}")
    add_line("/etc/passwd", "postfix:x:64925:64925::/var/spool/postfix:/usr/sbin/nologin")
    add_line("/etc/group", "postfix:x:64925:")
    add_line("/etc/group", "postdrop:x:64926:")
    if os.path.exists("/dev/log"):  # nothing of this goes into the machine's log
        run("mount", "--bind", "/dev/null", "/dev/log")
    run("hostname", "reality")


def add_line(path: str, line: str) -> None:
    name = line.split(":")[0] + ":"
    if not any(present.startswith(name) for present in Path(path).read_text().splitlines()):
        with open(path, "a", encoding="utf-8") as file:
            file.write(line + "\n")
