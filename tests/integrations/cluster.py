"""A dask cluster of real processes on this machine, whose workers may be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import define, field

from tests.integrations.writes import VARIABLE, lost
from tests.layers import ROOT

PASSWORD_VARIABLE = "VAULTIO_CLUSTER_TEST_PASSWORD"
_READY_S = 60.0
_CONNECT = (
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT"  # what lies on a dead worker is missed so late
)


@define
class Cluster:
    """A scheduler and workers, started by dask's own commands; see `cluster`."""

    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(factory=list)
    _scheduler: subprocess.Popen[bytes] | None = None
    _settings: dict[str, str] = field(factory=dict)

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return str(json.loads(self._file.read_text())["address"])

    @property
    def log(self) -> str:
        """All that its processes have said."""
        return (self.folder / "log").read_text(errors="replace")

    def begin(self, workers: int, settings: dict[str, str]) -> None:
        """Start it; *settings* are variables for all processes."""
        self._settings = settings
        self._scheduler = self._start("scheduler", ["--port", "0"])
        self._wait(self._file.exists)
        self.join(workers)
        self._wait(lambda: self.log.count("Registered to:") >= workers)

    def join(self, workers: int = 1) -> None:
        """Start more workers; they come when they are ready."""
        for _ in range(workers):
            own = ["--nthreads", "2", "--no-nanny", "--preload", "tests.integrations.writes"]
            own += ["--local-directory", str(self.folder / f"worker-{len(self.workers)}")]
            self.workers.append(self._start("worker", own))

    def kill(self, number: int) -> None:
        """Kill a worker."""
        self.workers[number].kill()
        self.workers[number].wait()

    def kill_one(
        self, driver: subprocess.Popen[str], when: Callable[[], bool], *, longest_s: float
    ) -> str:
        """Kill a worker as soon as something is so, and return what the job says at its end."""
        try:
            while not when():
                assert driver.poll() is None, "it ended before the kill"
                time.sleep(0.005)
            self.kill(0)
            out, _ = driver.communicate(timeout=longest_s)
        finally:
            driver.kill()
        assert driver.returncode == 0, out + self.log[-3_000:]
        return out

    def pause(self, number: int) -> None:
        """Let a worker stand still, as if its machine did."""
        self.workers[number].send_signal(signal.SIGSTOP)

    def resume(self, number: int) -> None:
        """Let it go on."""
        self.workers[number].send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Kill all."""
        for process in [*self.workers, *filter(None, [self._scheduler])]:
            process.kill()
            process.wait()

    def overwritten(self, folder: Path) -> list[str]:
        """List the files that workers wrote over, or removed."""
        return lost(self.folder, folder)

    @property
    def _file(self) -> Path:
        return self.folder / "scheduler.json"

    def _start(self, kind: str, options: list[str]) -> subprocess.Popen[bytes]:
        place = ["--host", "127.0.0.1", "--scheduler-file", str(self._file), "--no-dashboard"]
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *place, *options]
        own = {
            PASSWORD_VARIABLE: "secret",
            _CONNECT: "5s",
            VARIABLE: str(self.folder),
            "PYTHONPATH": str(ROOT),
        }
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                env=os.environ | own | self._settings,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )

    def _wait(self, is_so: Callable[[], bool]) -> None:
        end_s = time.monotonic() + _READY_S
        while not is_so():
            assert time.monotonic() < end_s, self.log[-3_000:]
            time.sleep(0.05)


@contextmanager
def cluster(folder: Path, workers: int, **settings: str) -> Iterator[Cluster]:
    """Run a cluster while the block lasts; skips the test without dask.

    Meanwhile this process finds the password where the workers do.
    """
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    made = Cluster(folder)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(PASSWORD_VARIABLE, "secret")
        try:
            made.begin(workers, settings)
            yield made
        finally:
            made.end()
