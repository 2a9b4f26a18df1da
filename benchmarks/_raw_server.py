"""A server that does nothing but send and take bytes, in a process of its own.

``python -m benchmarks._raw_server [CERTIFICATE KEY]`` prints its address and serves on 127.0.0.1
until it is killed, with TLS if there is a certificate:

- a GET of ``.../documents/{n}/file`` gives *n* bytes;
- any other GET gives the JSON of a document;
- a POST or PUT takes the body, and gives the JSON of a new document.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from benchmarks._measure import MIB
from benchmarks._vault import CREATED, DOCUMENT

CHECKOUT = Path(__file__).parent.parent
BLOCK = memoryview(os.urandom(MIB))


def head(length: int, kind: str, more: str = "") -> bytes:
    """Build the head of an answer."""
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{more}\r\n"
    ).encode()


def send_file(connection: socket.socket, size: int) -> None:
    """Send as many bytes, as a file of that name."""
    disposition = f'Content-Disposition: attachment;filename="{size}.bin"\r\n'
    connection.sendall(head(size, "application/octet-stream", disposition))
    for offset in range(0, size, MIB):
        connection.sendall(BLOCK[: size - offset])


def read_head(reader: BufferedReader, connection: socket.socket) -> tuple[str, str, int]:
    """Read a request's head: its method, its path and its body's length; "" at the end."""
    line, length = reader.readline().decode("latin-1"), 0
    while field := reader.readline().strip().lower():
        if field == b"expect: 100-continue":
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")  # curl waits a second else
        elif field.startswith(b"content-length:"):
            length = int(field.partition(b":")[2])
        elif field.startswith(b"transfer-encoding:"):
            length = -1
    method, path, _ = line.split(" ", 2) if line else ("", "", "")
    return method, path, length


def take_body(reader: BufferedReader, length: int, room: memoryview) -> None:
    """Read a body to its end, and forget it; a length of -1 is one that comes in chunks."""
    if length >= 0:
        while length and (got := reader.readinto(room[: min(length, len(room))])):
            length -= got
        return
    while size := int(reader.readline().split(b";")[0], 16):
        take_body(reader, size + 2, room)
    reader.readline()


def serve_one(connection: socket.socket, context: ssl.SSLContext | None) -> None:
    """Answer one request after the other, until the client has gone."""
    room = memoryview(bytearray(MIB))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with contextlib.suppress(OSError):
        if context is not None:
            connection = context.wrap_socket(connection, server_side=True)
        with connection, connection.makefile("rb") as reader:
            while True:
                method, path, length = read_head(reader, connection)
                if not method:
                    return
                take_body(reader, length, room)
                parts = path.partition("?")[0].split("/")
                if method == "GET" and parts[-1] == "file":
                    send_file(connection, int(parts[-2]))
                else:
                    body = DOCUMENT if method == "GET" else CREATED
                    connection.sendall(head(len(body), "application/json") + body)


def main() -> None:
    """Serve until killed."""
    context = None
    if certificate := sys.argv[1:]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    scheme = "http" if context is None else "https"
    print(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve_one, args=(connection, context), daemon=True).start()


@contextmanager
def raw_server(*certificate: str) -> Iterator[str]:
    """Run the server in a process of its own; gives its address."""
    command = [sys.executable, "-m", "benchmarks._raw_server", *certificate]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.kill()


if __name__ == "__main__":
    main()
