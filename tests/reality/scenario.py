"""A scenario file as the bench reads it: who is there, what mail is sent when, what breaks when.

The file is mxsim's, and mxsim checks it. Here only what real programs can be made to do is taken: fixed times, one
recipient a client, and the faults silent and refusing (and for a host that saves mail: busy, tempfailing, rejecting).
"""
import json
import re
from dataclasses import dataclass
from pathlib import Path

UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.S)
LONGEST = 600.0  # seconds
DOMAIN_OF_REPORTS = "client.example"  # where senders live, unless a zone holds them


class Unable(Exception):
    """The scenario asks for something that the bench cannot build."""


@dataclass(frozen=True)
class Zone:
    name: str
    ns: list[str]
    mx: dict[str, int]
    ttl: int
    negative_ttl: int
    refresh: int
    retry: int
    expire: int


@dataclass(frozen=True)
class Mta:
    name: str
    params: dict[str, object]
    resolver: dict[str, object]


@dataclass(frozen=True)
class MailHost:
    name: str
    relay: Mta | None  # None: it saves mail
    takes: float       # from the final dot to its reply


@dataclass(frozen=True)
class Letter:
    number: int  # as mxsim numbers the messages of a run
    at: float
    via: str
    sender: str
    recipient: str


@dataclass(frozen=True)
class Fault:
    on: str
    kind: str
    begin: float
    end: float | None


@dataclass(frozen=True)
class Scenario:
    name: str
    why: str
    limit: float
    zones: list[Zone]
    mtas: list[Mta]
    name_servers: list[str]
    mail_hosts: list[MailHost]
    letters: list[Letter]
    faults: list[Fault]

    def domain_name(self, host: str) -> str:
        """The name in DNS of a host of the file: "mx1" lies in the first zone that names it."""
        for zone in self.zones:
            if host == zone.name or host.endswith("." + zone.name):
                return host
        for zone in self.zones:
            if host in zone.mx or host in zone.ns:
                if "." in host:
                    raise Unable(f"{host} lies in no zone of the scenario")
                return f"{host}.{zone.name}"
        return host


def seconds(text: object) -> float:
    if not isinstance(text, str) or not re.fullmatch(r"(\d+(\.\d+)?(ns|us|ms|s|m|h|d|w))+", text):
        raise Unable(f"a time that is not fixed: {json.dumps(text)}")
    return sum(float(n) * UNITS[unit] for n, _, unit in re.findall(r"(\d+(\.\d+)?)(ns|us|ms|s|m|h|d|w)", text))


def without_comments(text: str) -> str:
    return TOKEN.sub(lambda m: m[0] if m[0].startswith('"') else " ", text)


def mta_of(name: str, value: object, resolvers: dict[str, object]) -> Mta:
    params = dict(value) if isinstance(value, dict) else {"profile": value}
    if params.pop("profile", "postfix") != "postfix" or params.pop("retry", "age") != "age":
        raise Unable(f"MTA {name} is no Postfix")
    if params.pop("tcp_syn_linear_timeouts", 0) != 0:
        raise Unable(f"{name}: tcp_syn_linear_timeouts is 0 here, as in Debian 12's kernel")
    shared = params.pop("resolver", None)
    resolver = resolvers.get(str(shared), "unbound") if shared else "unbound"
    resolver = dict(resolver) if isinstance(resolver, dict) else {"profile": resolver}
    if resolver.pop("profile", "unbound") != "unbound":
        raise Unable(f"the resolver of {name} is no Unbound")
    return Mta(name, params, resolver)


def zone_of(name: str, value: dict) -> Zone:
    mx = value.get("mx")
    if not isinstance(mx, dict):
        raise Unable(f"zone {name} has no MX hosts")
    soa = value.get("soa", {})
    return Zone(name, value["ns"], mx, int(seconds(value.get("ttl", "1h"))),
                int(seconds(value.get("negative_ttl", "1h"))), int(seconds(soa.get("refresh", "1d"))),
                int(seconds(soa.get("retry", "2h"))), int(seconds(soa.get("expire", "3600000s"))))


def letters_of(clients: dict, mtas: list[Mta], mail: float) -> list[Letter]:
    found = []
    for name, client in clients.items():
        if "rate" in client or client.get("unknown_users") or not isinstance(client["to"], str):
            raise Unable(f"client {name} sends by chance")
        at = seconds(client.get("at", "0s"))
        if "every" in client:
            times = []
            while at < mail:
                times.append(at)
                at += seconds(client["every"])
        else:
            times = [at] * client["count"]
        sender = client.get("from", f"user@{DOMAIN_OF_REPORTS}")
        found += [(t, client.get("via", mtas[0].name), sender, client["to"]) for t in times]
    found.sort(key=lambda letter: letter[0])
    return [Letter(i + 1, *letter) for i, letter in enumerate(found)]


def faults_of(values: list[dict], name_servers: list[str], mail_hosts: list[MailHost]) -> list[Fault]:
    savers = [h.name for h in mail_hosts if not h.relay]
    hosts = name_servers + [h.name for h in mail_hosts]
    found = []
    for value in values:
        if "up" in value or "down" in value:
            raise Unable("a fault that comes and goes")
        begin = seconds(value.get("from", "0s"))
        end = begin + seconds(value["for"]) if "for" in value else None
        for host in value["on"] if isinstance(value["on"], list) else [value["on"]]:
            able = hosts if value["is"] in ("silent", "refusing") else \
                savers if value["is"] in ("busy", "tempfailing", "rejecting") else []
            if host not in able:
                raise Unable(f"{host} cannot be made {value['is']} here")
            found.append(Fault(host, value["is"], begin, end))
    return found


def read(path: Path) -> Scenario:
    data = json.loads(without_comments(path.read_text()))
    mail = seconds(data.get("time", {}).get("mail", "1d"))
    limit = seconds(data["time"]["limit"]) if "limit" in data.get("time", {}) else mail + 6 * 86400
    resolvers = data.get("resolvers", {})
    zones = [zone_of(name, value) for name, value in data["zones"].items()]
    senders = data.get("mtas", {"sender": "postfix"})
    mtas = [mta_of(name, value, resolvers) for name, value in senders.items()]
    details = data.get("mx_hosts", {})
    mail_hosts = []
    for name in dict.fromkeys(host for zone in zones for host in zone.mx):
        value = details.get(name, {})
        if value.get("addresses", 1) != 1:
            raise Unable(f"{name} has not one address")
        relay = mta_of(name, value["relay"], resolvers) if "relay" in value else None
        mail_hosts.append(MailHost(name, relay, seconds(value.get("takes", "20ms"))))
    name_servers = list(dict.fromkeys(server for zone in zones for server in zone.ns))
    scenario = Scenario(data["name"], data.get("why", ""), limit, zones, mtas, name_servers, mail_hosts,
                        letters_of(data["clients"], mtas, mail),
                        faults_of(data.get("faults", []), name_servers, mail_hosts))
    check(scenario, [str(m["resolver"]) for m in senders.values() if isinstance(m, dict) and "resolver" in m])
    return scenario


def check(scenario: Scenario, resolvers: list[str]) -> None:
    if scenario.limit > LONGEST:
        raise Unable(f"it may last {scenario.limit:g} s (time.limit); {LONGEST:g} s are the most here")
    if len(set(resolvers)) < len(resolvers):
        raise Unable("MTAs share a resolver: here each has its own")
    names = [*(m.name for m in scenario.mtas), *scenario.name_servers, *(h.name for h in scenario.mail_hosts)]
    for name in names:
        if not re.fullmatch(r"[\w.-]+", name):
            raise Unable(f"no host can be called {json.dumps(name)}")
