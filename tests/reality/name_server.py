"""An authoritative name server: NSD. It has the zones that name it, each from a file of its own."""
from pathlib import Path

from daemon import Daemon
from network import Network
from scenario import Scenario, Zone


def zone_text(scenario: Scenario, zone: Zone, network: Network) -> str:
    full = scenario.domain_name
    head = (f"$ORIGIN {zone.name}.\n$TTL {zone.ttl}\n"
            f"@ IN SOA {full(zone.ns[0])}. hostmaster 1 {zone.refresh} {zone.retry} {zone.expire} "
            f"{zone.negative_ttl}\n")
    records = [f"@ IN NS {full(server)}.\n" for server in zone.ns]
    records += [f"@ IN MX {preference} {full(host)}.\n" for host, preference in zone.mx.items()]
    # Addresses of the hosts that lie in this zone, glue among them.
    inside = [host for host in dict.fromkeys([*scenario.name_servers, *(h.name for h in scenario.mail_hosts)])
              if full(host).endswith("." + zone.name)]
    records += [f"{full(host)}. IN A {network.hosts[host].address}\n" for host in inside]
    return head + "".join(records)


class NameServer:
    def __init__(self, name: str, scenario: Scenario, network: Network, log: Path) -> None:
        self.host, self.log = network.hosts[name], log
        self.folder = Path("/run/nsd", name)
        self.folder.mkdir(parents=True)
        config = (f'server:\n  ip-address: {self.host.address}\n  server-count: 1\n  do-ip6: no\n  username: ""\n'
                  f'  chroot: ""\n  database: ""\n  zonesdir: "{self.folder}"\n  pidfile: "{self.folder}/pid"\n'
                  f'  xfrdfile: "{self.folder}/xfrd"\n  zonelistfile: "{self.folder}/zones"\n'
                  f'  xfrdir: "{self.folder}"\n  rrl-ratelimit: 0\nremote-control:\n  control-enable: no\n')
        for zone in scenario.zones:
            if name in zone.ns:
                (self.folder / zone.name).write_text(zone_text(scenario, zone, network))
                config += f'zone:\n  name: "{zone.name}"\n  zonefile: "{zone.name}"\n'
        (self.folder / "conf").write_text(config)
        self.start()

    def start(self) -> None:
        self.daemon = Daemon(self.host.inside("nsd", "-d", "-c", self.folder / "conf"), self.log)

    def stop(self) -> None:
        self.daemon.stop()
