"""A mail host that saves mail: a small SMTP server, and the program it is (python3 sink.py ADDRESS NAME TAKES).

The program reads commands, one a line: "well", "refusing" (its port is closed), "busy" (421), "tempfailing" (450),
"rejecting" (550). It writes a line for each thing that happens: "connect ADDRESS", "saved MESSAGE-ID".
"""
import asyncio
import re
import sys
from collections.abc import Callable
from pathlib import Path

from daemon import Daemon
from network import Host

REPLIES = {"tempfailing": b"450 4.3.0 try again later\r\n", "rejecting": b"550 5.7.1 refused by policy\r\n"}


class Sink:
    """The handle: such a program on a host."""

    def __init__(self, host: Host, name: str, takes: float, log: Path, hear: Callable[[float, str], None]) -> None:
        self.daemon = Daemon(host.inside(sys.executable, "-B", __file__, host.address, name, str(takes)), log, hear)

    def become(self, state: str) -> None:
        self.daemon.tell(state)


class Server:
    def __init__(self, address: str, name: str, takes: float) -> None:
        self.address, self.name, self.takes = address, name, takes
        self.state = "well"
        self.port: asyncio.Server | None = None
        self.open: set[asyncio.StreamWriter] = set()

    async def become(self, state: str) -> None:
        self.state = state
        if state == "refusing" and self.port:
            self.port.close()
            for writer in self.open:
                writer.transport.abort()
            self.port = None
        if state != "refusing" and not self.port:
            self.port = await asyncio.start_server(self.serve, self.address, 25)
        print("is", state, flush=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        print("connect", writer.get_extra_info("peername")[0], flush=True)
        try:
            await self.talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.state == "busy":
            writer.write(b"421 4.3.2 too busy\r\n")
            await writer.drain()
            return
        writer.write(f"220 {self.name} ESMTP\r\n".encode())
        while line := await reader.readline():
            verb = line[:4].upper().strip()
            if verb == b"EHLO":
                writer.write(f"250-{self.name}\r\n250 PIPELINING\r\n".encode())
            elif verb == b"RCPT" and self.state in REPLIES:
                writer.write(REPLIES[self.state])
            elif verb == b"DATA" and self.state in REPLIES:
                writer.write(b"554 5.5.1 no recipients\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                text = await reader.readuntil(b"\r\n.\r\n")
                await asyncio.sleep(self.takes)
                found = re.search(rb"^message-id: *(\S+)", text, re.I | re.M)
                print("saved", found[1].decode() if found else "?", flush=True)
                writer.write(b"250 2.0.0 saved\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 2.0.0 bye\r\n")
                await writer.drain()
                return
            else:
                writer.write(b"250 2.0.0 ok\r\n")
            await writer.drain()


async def main() -> None:
    server = Server(sys.argv[1], sys.argv[2], float(sys.argv[3]))
    await server.become("well")
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        await server.become(line.decode().strip())


if __name__ == "__main__":
    asyncio.run(main())
