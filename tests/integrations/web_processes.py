"""The example backend as it is run: uvicorn and its workers, before a sandbox, each a process."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from attrs import define

from tests.conftest import USER
from tests.layers import ROOT

START_S = 60.0
LOGGED = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(name)s %(message)s"}},
    "loggers": {
        "uvicorn.error": {"level": "INFO", "handlers": ["file"]},
        "vaultio.quota": {"level": "DEBUG", "handlers": ["file"]},
        "vaultio.fastapi": {"level": "INFO", "handlers": ["file"]},
    },
}


@define
class Backend:
    """The example under uvicorn; `pids` are those of its workers."""

    folder: Path
    url: str
    port: int
    pids: list[int]

    @property
    def store(self) -> str:
        """Where the quota is kept."""
        return f"sqlite:///{self.folder}/quota.db"

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs that shares the vault and its quota."""
        return environment(self.url, self.folder)

    @property
    def log(self) -> str:
        """What the workers have logged of quotas and files."""
        return (self.folder / "backend.log").read_text()

    def state(self) -> dict[str, Any]:
        """Ask the sandbox what came in."""
        with urlopen(f"{self.url}/sandbox/state") as answer:
            state: dict[str, Any] = json.load(answer)
        return state

    def memory_mib(self) -> float:
        """Return the most that any worker has had in memory at any time."""
        texts = [Path(f"/proc/{pid}/status").read_text() for pid in self.pids]
        peaks = [line.split()[1] for text in texts for line in text.splitlines() if "VmHWM" in line]
        return max(map(int, peaks)) / 1024


def environment(url: str, folder: Path) -> dict[str, str]:
    """Say where the vault is, and where its quota is kept."""
    return os.environ | {
        "VAULTIO_URL": url,
        "VAULTIO_USER": USER,
        "VAULTIO_PASSWORD": "secret",
        "VAULTIO_API_VERSION": "v24.3",
        "VAULTIO_QUOTA_STORE": f"sqlite:///{folder}/quota.db",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def process(*command: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a program of this Python until the block is left; then it is asked to end."""
    with subprocess.Popen([sys.executable, *command], text=True, **options) as running:
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            try:
                running.wait(15)
            except subprocess.TimeoutExpired:
                running.kill()


@contextmanager
def vault(documents: int, large: int, burst: int) -> Iterator[str]:
    """Run a sandbox with an archive, and a burst limit for its 5 minutes; gives its address."""
    program = (
        "from vaultio.sandbox import Archive, Sandbox\n"
        "import asyncio\n"
        "async def main():\n"
        f"    archive = Archive(small={documents}, large={large})\n"
        f"    async with Sandbox.archive(archive, burst_limit={burst}).serve() as url:\n"
        "        print(url, flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    with process("-c", program, stdout=subprocess.PIPE, cwd=ROOT) as sandbox:
        assert sandbox.stdout is not None
        yield sandbox.stdout.readline().strip()


@contextmanager
def backend(url: str, folder: Path, workers: int) -> Iterator[Backend]:
    """Run the example before the vault at *url*."""
    log = folder / "backend.log"
    handlers = {
        "file": {"class": "logging.FileHandler", "formatter": "plain", "filename": str(log)}
    }
    (folder / "log.json").write_text(json.dumps({**LOGGED, "handlers": handlers}))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["-m", "uvicorn", "--app-dir", str(ROOT / "examples"), "fastapi_backend:app"]
    command += ["--port", str(port), "--workers", str(workers), "--log-config"]
    command += [str(folder / "log.json"), "--timeout-graceful-shutdown", "2"]
    with process(*command, env=environment(url, folder), cwd=folder):
        yield Backend(folder, url, port, _started(log, workers))


def _started(log: Path, workers: int) -> list[int]:
    """Wait until all workers have opened their clients; return their pids."""
    until_s = time.monotonic() + START_S
    while time.monotonic() < until_s:
        said = log.read_text() if log.exists() else ""
        if said.count("Application startup complete") == workers:
            return [int(pid) for pid in re.findall(r"Started server process \[(\d+)\]", said)]
        time.sleep(0.05)
    raise AssertionError("the workers did not start")
