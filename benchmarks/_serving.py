"""Where the bytes come from: nginx where there is one, else a small server of our own.

nginx runs in the foreground from a configuration in a temporary folder, with one worker: the
client has the other core. Uploads always go to the small server: nginx would put them on disk,
and would be what is measured.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import trustme
from attrs import frozen

from benchmarks._measure import MIB, Skipped
from benchmarks._raw_server import raw_server
from benchmarks._vault import DOCUMENT, FILE_PATH, JSON_PATH

_CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    types {{ }}
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{plain};
        listen 127.0.0.1:{tls} ssl;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        location = {json_path} {{
            default_type application/json;
            return 200 '{document}';
        }}
        location ~ ^{file_path}$ {{
            alias {folder}/files/$1;
            add_header Content-Disposition 'attachment;filename="$1.bin"';
        }}
    }}
}}
"""


@frozen
class Source:
    """The addresses of the servers, and what a client must trust to reach them by TLS.

    *plain* and *tls* give files and JSON, *uploads* takes bodies; *kind* says what answers.
    """

    kind: str
    plain: str
    tls: str
    uploads: str
    ca_file: Path

    def trust(self) -> ssl.SSLContext:
        """Give the context that every peer in Python gets: making one takes 40 ms."""
        return _trust(self.ca_file)

    def url(self, *, tls: bool) -> str:
        """Give the address of the one or the other."""
        return self.tls if tls else self.plain


@cache
def _trust(ca_file: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file)


@contextmanager
def served(sizes: Sequence[int], folder: Path, *, nginx: bool = True) -> Iterator[Source]:
    """Run the servers with files of these *sizes*, in bytes, which lie in *folder*."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        certificate = write_certificate(place)
        uploads = stack.enter_context(raw_server())
        program = nginx_program() if nginx else None
        if program is None:
            tls = stack.enter_context(raw_server(*map(str, certificate)))
            yield Source("Python", uploads, tls, uploads, place / "ca.pem")
            return
        write_files(place / "files", sizes)
        plain, tls = stack.enter_context(running_nginx(program, place))
        yield Source("nginx", plain, tls, uploads, place / "ca.pem")


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for 127.0.0.1, its key, and who vouches for it: ``ca.pem``."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    certificate, key = folder / "server.pem", folder / "server.key"
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    issued.private_key_pem.write_to_path(str(key))
    for blob in issued.cert_chain_pems:
        blob.write_to_path(str(certificate), append=True)
    return certificate, key


def write_files(folder: Path, sizes: Sequence[int]) -> None:
    """Write a file of each size, which is its name too."""
    folder.mkdir()
    folder.parent.chmod(0o755)  # nginx's worker may be another user
    block = os.urandom(MIB)
    for size in set(sizes):
        with (folder / str(size)).open("wb") as file:
            for offset in range(0, size, MIB):
                file.write(block[: size - offset])


def nginx_program() -> str | None:
    """Find nginx; None if it is not installed."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def running_nginx(program: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Run nginx from *folder*; gives its addresses without and with TLS."""
    plain, tls = free_ports(2)
    text = _CONFIGURATION.format(
        folder=folder,
        plain=plain,
        tls=tls,
        json_path=JSON_PATH,
        file_path=FILE_PATH.format(size=r"(\d+)"),
        document=DOCUMENT.decode().replace("'", r"\'"),
    )
    (folder / "nginx.conf").write_text(text, "utf-8")
    command = [program, "-p", str(folder), "-e", str(folder / "error.log")]
    with subprocess.Popen([*command, "-c", str(folder / "nginx.conf")]) as server:
        try:
            wait_for(plain, server, folder / "error.log")
            yield f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}"
        finally:
            server.terminate()


def free_ports(number: int) -> list[int]:
    """Find ports of 127.0.0.1 that nobody uses."""
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)
        ]
        return [one.getsockname()[1] for one in sockets]


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server takes connections; what it says instead ends the program."""
    for _ in range(500):
        if server.poll() is not None:
            raise SystemExit(f"nginx did not start: {log.read_text('utf-8')}")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.01)
        else:
            return
    raise SystemExit("nginx does not answer")


def place_for(needed_bytes: int) -> Path:
    """Choose the folder for files: in memory where there is room, so that no disk is measured."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > needed_bytes:
        return memory
    return Path(tempfile.gettempdir())


def need(program: str) -> str:
    """Find a program, or skip who needs it."""
    path = shutil.which(program)
    if path is None:
        raise Skipped(f"{program} is not installed")
    return path
