"""Hosts on one wire: each a network namespace with one address of 198.18.0.0/24, joined by a bridge.

A silent host is one whose bridge port forwards nothing. Neighbour entries are permanent, so that its silence is that of
a host somewhere far away: packets vanish. (Without them the sender's own kernel says "no route to host" after 3 s.)
"""
from dataclasses import dataclass
from pathlib import Path

from sandbox import run

# States of a bridge port. The kernel itself ends the state "blocking" (4) where no spanning tree is computed.
FORWARDING, DISABLED = "3", "0"


@dataclass(frozen=True)
class Host:
    name: str
    number: int

    @property
    def address(self) -> str:
        return f"198.18.0.{self.number}"

    @property
    def hardware(self) -> str:
        return f"02:00:c6:12:00:{self.number:02x}"

    def inside(self, *words: str | Path) -> list[str]:
        """A command line that runs on this host."""
        return ["ip", "netns", "exec", self.name, *(str(w) for w in words)]


class Network:
    def __init__(self, names: list[str]) -> None:
        self.hosts = {name: Host(name, i + 1) for i, name in enumerate(names)}
        run("ip", "link", "set", "dev", "lo", "up")
        run("ip", "link", "add", "name", "wire", "type", "bridge", "stp_state", "0", "forward_delay", "0")
        run("ip", "link", "set", "dev", "wire", "up")
        for host in self.hosts.values():
            run("ip", "netns", "add", host.name)
            run("ip", "link", "add", "name", f"port{host.number}", "type", "veth", "peer", "name", "eth0", "address",
                host.hardware, "netns", host.name)
            run("ip", "link", "set", "dev", f"port{host.number}", "master", "wire", "up")
            run("ip", "-n", host.name, "link", "set", "dev", "lo", "up")
            run("ip", "-n", host.name, "link", "set", "dev", "eth0", "up")
            run("ip", "-n", host.name, "address", "add", f"{host.address}/24", "dev", "eth0")
            # Linux sends the first SYNs of a connection a second apart since 6.5; Debian 12 has 6.1, and the scenarios
            # here say so.
            run(*host.inside("sh", "-c", "f=/proc/sys/net/ipv4/tcp_syn_linear_timeouts; [ ! -e $f ] || echo 0 >$f"))
        for host in self.hosts.values():
            others = [f"neighbour replace {o.address} lladdr {o.hardware} dev eth0 nud permanent\n"
                      for o in self.hosts.values() if o != host]
            batch = Path("/run/neighbours")
            batch.write_text("".join(others))
            run("ip", "-n", host.name, "-batch", batch)

    def silence(self, name: str, silent: bool) -> None:
        run("bridge", "link", "set", "dev", f"port{self.hosts[name].number}", "state",
            DISABLED if silent else FORWARDING)
