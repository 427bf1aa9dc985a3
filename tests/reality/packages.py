"""The real software: Debian's packages, unpacked below build/reality/root and never installed.

Installing would start daemons, take port 25 and /etc/postfix, and could not be undone without trace. Unpacked files
alone would not do: Postfix insists on its paths and its users. So they are unpacked here, and each world (sandbox.py)
lays them over its own view of /usr and /etc, where it also writes the users. What the machine has installed itself is
used as it is.

As a program it fetches them. The exit code is 0 even if that fails: what needs them is skipped then.
"""
import os
import shutil
import subprocess
from pathlib import Path

WANTED = ("postfix", "unbound", "nsd")
ROOT = Path(__file__).resolve().parent.parent.parent / "build" / "reality" / "root"
PROGRAMS = ("usr/lib/postfix/sbin/master", "usr/sbin/unbound", "usr/sbin/nsd")


def missing(root: Path = ROOT) -> list[str]:
    """Programs that are neither unpacked nor installed."""
    return [p for p in PROGRAMS if not (root / p).exists() and not (Path("/") / p).exists()]


def fetch(root: Path = ROOT) -> str | None:
    """Downloads what is missing, with what it depends on, and unpacks it. Gives what went wrong, or None."""
    if not missing(root):
        return None
    debs = root.parent / "packages"
    shutil.rmtree(debs, ignore_errors=True)
    (debs / "partial").mkdir(parents=True)
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "-o", f"Dir::Cache::archives={debs}"]
    try:
        for words in (["update"], ["install", "-y", "--download-only", "--no-install-recommends", *WANTED]):
            subprocess.run([*apt, *words], check=True, timeout=600, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        unpack(sorted(debs.glob("*.deb")), root)
    except (OSError, subprocess.SubprocessError) as problem:
        return f"the packages could not be fetched: {problem}"
    lacking = missing(root)
    return f"the packages lack {', '.join(lacking)}" if lacking else None


def unpack(debs: list[Path], root: Path) -> None:
    """Unpacks into a folder where /bin, /lib and /sbin are links, as they are on Debian 12."""
    fresh = root.with_name(root.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for folder in ("bin", "sbin", "lib", "lib64"):
        (fresh / "usr" / folder).mkdir(parents=True)
        (fresh / folder).symlink_to(f"usr/{folder}")
    (fresh / "etc").mkdir()
    for deb in debs:
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as tar:
            subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", fresh], stdin=tar.stdout, check=True)
    shutil.rmtree(root, ignore_errors=True)
    fresh.rename(root)


if __name__ == "__main__":
    print(fetch() or "Postfix, Unbound and NSD are here")
