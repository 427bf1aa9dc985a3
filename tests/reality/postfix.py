"""An MTA: Postfix, with its own configuration, queue and log, on one host. Its log is read line by line as it comes.

Postfix writes whole seconds into its log, so that each line is stamped by who reads it: postlogd writes to a pipe.
"""
import re
import subprocess
from pathlib import Path

from daemon import Daemon, wait_for
from network import Network
from sandbox import run
from scenario import DOMAIN_OF_REPORTS, Mta, Scenario, Unable, seconds
from timeline import Step

PROGRAMS = "/usr/lib/postfix/sbin"
# Parameters of the language that have the same name and meaning in main.cf.
TIMES = {"minimal_backoff_time", "maximal_backoff_time", "queue_run_delay", "maximal_queue_lifetime",
         "bounce_queue_lifetime", "delay_warning_time", "smtp_connect_timeout", "smtp_helo_timeout",
         "smtp_mail_timeout", "smtp_rcpt_timeout", "smtp_data_init_timeout", "smtp_data_done_timeout"}
COUNTS = {"smtp_mx_address_limit", "smtp_mx_session_limit"}
ONLY = {"delay_warning_repeat": False, "smtp_pipelining": True, "on_dns_failure": "defer", "stub_timeout": "5s",
        "stub_attempts": 2}  # what real Postfix and glibc do; nothing else can be asked for

MASTER = """
pickup    unix  n  -  n  60    1  pickup
cleanup   unix  n  -  n  -     0  cleanup
qmgr      unix  n  -  n  300   1  qmgr
rewrite   unix  -  -  n  -     -  trivial-rewrite
bounce    unix  -  -  n  -     0  bounce
defer     unix  -  -  n  -     0  bounce
trace     unix  -  -  n  -     0  bounce
verify    unix  -  -  n  -     1  verify
proxymap  unix  -  -  n  -     -  proxymap
smtp      unix  -  -  n  -     -  smtp
relay     unix  -  -  n  -     -  smtp
showq     unix  n  -  n  -     -  showq
error     unix  -  -  n  -     -  error
retry     unix  -  -  n  -     -  error
discard   unix  -  -  n  -     -  discard
virtual   unix  -  n  n  -     -  virtual
anvil     unix  -  -  n  -     1  anvil
scache    unix  -  -  n  -     1  scache
postlog   unix-dgram n - n  -   1  postlogd
"""
SMTPD = "smtp      inet  n  -  n  -     -  smtpd\n"


def parameters(mta: Mta) -> str:
    lines = ""
    for name, value in mta.params.items():
        if name in TIMES:
            if seconds(value) != int(seconds(value)):
                raise Unable(f"{name} = {value}: Postfix knows whole seconds only")
            lines += f"{name} = {int(seconds(value))}s\n"
        elif name in COUNTS:
            lines += f"{name} = {value}\n"
        elif ONLY.get(name) != value:
            raise Unable(f"Postfix cannot be told {name} = {value}")
    return lines


class Postfix:
    def __init__(self, mta: Mta, scenario: Scenario, network: Network, log: Path, relay: bool) -> None:
        self.name, self.log = mta.name, log
        self.host = network.hosts[mta.name]
        self.names = {host.address: name for name, host in network.hosts.items()}
        self.lines: list[tuple[float, str]] = []
        self.folder = Path("/run/postfix", mta.name)
        config, queue, data = (self.folder / part for part in ("etc", "spool", "data"))
        reports = self.folder / "reports"
        for folder in (config, queue, data, reports):
            folder.mkdir(parents=True)
        run("chown", "postfix", data)
        run("chown", "65534", reports)
        zones = ", ".join(zone.name for zone in scenario.zones)
        (config / "main.cf").write_text(f"""compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
daemon_directory = {PROGRAMS}
command_directory = /usr/sbin
shlib_directory = /usr/lib/postfix
maillog_file = /dev/stdout
myhostname = {scenario.domain_name(mta.name) if relay else mta.name + "." + DOMAIN_OF_REPORTS}
mydestination =
alias_maps =
inet_interfaces = {"all" if relay else "loopback-only"}
inet_protocols = all
mynetworks = 127.0.0.0/8, 198.18.0.0/24
relay_domains = {zones if relay else ""}
smtpd_peername_lookup = no
virtual_mailbox_domains = {DOMAIN_OF_REPORTS}
virtual_mailbox_base = {reports}
virtual_mailbox_maps = static:sender/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1000
""" + parameters(mta))
        (config / "master.cf").write_text(MASTER + (SMTPD if relay else ""))
        self.config = config
        run(*self.host.inside("postfix", "-c", config, "check"))
        self.start()

    def start(self) -> None:
        self.daemon = Daemon(self.host.inside(f"{PROGRAMS}/master", "-c", self.config, "-s"), self.log, self._hear,
                             {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MAIL_CONFIG": str(self.config)})
        wait_for(lambda: any("daemon started" in line for _, line in self.lines), f"start of Postfix on {self.name}")

    def _hear(self, at: float, line: str) -> None:
        self.lines.append((at, line))

    def stop(self) -> None:
        self.daemon.stop()
        self.lines = [(at, line.replace("daemon started", "was started")) for at, line in self.lines]

    def send(self, number: int, sender: str, recipient: str) -> None:
        text = f"From: {sender}\nTo: {recipient}\nMessage-ID: {message_id(number)}\nSubject: {number}\n\n{number}\n"
        subprocess.run(self.host.inside("sendmail", "-C", self.config, "-i", "-f", sender, recipient), input=text,
                       text=True, check=True, timeout=20)

    def steps(self, origin: float) -> list[Step]:
        return steps_of(self.lines, self.name, self.names, origin)


def message_id(number: int) -> str:
    return f"<{number}@reality>"


def number_of(text: str) -> int | None:
    found = re.search(r"<(\d+)@reality>", text)
    return int(found[1]) if found else None


def steps_of(lines: list[tuple[float, str]], mta: str, names: dict[str, str], origin: float) -> list[Step]:
    """Reads the log of one Postfix: names of messages first, then each attempt, warning and bounce."""
    numbers: dict[str, int] = {}          # queue id of a message: its number
    reports: dict[str, tuple[int, str]] = {}  # queue id of a report: the message it is about, "warning" or "bounce"
    attempts: dict[str, int] = {}
    steps = []
    for stamp, line in lines:
        found = re.search(r"postfix[\w/-]*/(\w+)\[\d+\]: ([0-9A-Za-z]{6,}): (.*)", line)
        if not found:
            continue
        program, queue_id, rest = found.groups()
        at = stamp - origin
        number = number_of(rest) if program == "cleanup" else None
        if number:
            numbers[queue_id] = number
        notice = re.search(r"sender (non-delivery|delay) notification: (\w+)", rest)
        status = re.search(r"relay=([^,\[]+)(?:\[([\d.]+)\])?.*dsn=([\d.]+), status=(\w+) \((.*)", rest)
        if notice and queue_id in numbers:
            kind = "warning" if notice[1] == "delay" else "bounce"
            reports[notice[2]] = (numbers[queue_id], kind)
            steps.append(Step(numbers[queue_id], f"{mta} {kind}", at, "sent"))
        elif status and queue_id in reports and status[4] == "sent":
            about, kind = reports[queue_id]
            steps.append(Step(about, f"{mta} {kind} read", at, ""))
        elif status and queue_id in numbers:
            attempts[queue_id] = attempts.get(queue_id, 0) + 1
            steps.append(Step(numbers[queue_id], f"{mta} attempt {attempts[queue_id]}", at,
                              how_of(status[4], status[3], status[5], names.get(status[2] or "", status[1]))))
    return steps


def how_of(status: str, code: str, words: str, host: str) -> str:
    if status == "sent":
        return f"sent to {host}"
    if words.startswith("delivery temporarily suspended"):
        return f"suspended {code}"
    return f"failed {code}"
