"""A recursive resolver: Unbound, on the loopback of its MTA's host. It is told the name servers of each zone."""
from pathlib import Path

from daemon import Daemon
from network import Network
from scenario import Mta, Scenario, Unable, seconds

# Options of unbound.conf, with their unit in seconds.
OPTIONS = {
    "infra-cache-min-rtt": 0.001,
    "infra-cache-max-rtt": 0.001,
    "unknown-server-time-limit": 0.001,
    "infra-host-ttl": 1.0,
    "discard-timeout": 0.001,
    "cache-max-ttl": 1.0,
    "cache-max-negative-ttl": 1.0,
}


def options(params: dict[str, object]) -> str:
    lines = ""
    for name, value in params.items():
        if name not in OPTIONS:
            raise Unable(f"Unbound has no option for {name}")
        lines += f"  {name}: {round(seconds(value) / OPTIONS[name])}\n"
    return lines


class Resolver:
    def __init__(self, mta: Mta, scenario: Scenario, network: Network, log: Path) -> None:
        host = network.hosts[mta.name]
        folder = Path("/run/unbound", mta.name)
        folder.mkdir(parents=True)
        config = (f'server:\n  directory: "{folder}"\n  chroot: ""\n  username: ""\n  pidfile: ""\n  use-syslog: no\n'
                  f'  verbosity: 1\n  interface: 127.0.0.1\n  do-ip6: no\n  num-threads: 1\n'
                  f'  module-config: "iterator"\n  do-not-query-localhost: no\n' + options(mta.resolver))
        for zone in scenario.zones:
            config += f'  local-zone: "{zone.name}." nodefault\n'
        config += "remote-control:\n  control-enable: no\n"
        for zone in scenario.zones:
            config += f'stub-zone:\n  name: "{zone.name}"\n'
            config += "".join(f"  stub-addr: {network.hosts[server].address}\n" for server in zone.ns)
        (folder / "conf").write_text(config)
        self.daemon = Daemon(host.inside("unbound", "-d", "-c", folder / "conf"), log)
