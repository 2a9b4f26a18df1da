"""Starts a counting server and workers, kills some of them, and reads the tally."""

from __future__ import annotations

import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import cycle

from attrs import asdict, define, field

from tests.processes import starting
from tests.processes.counting_server import Settings, Tally
from tests.processes.worker import Job


def start(module: str, settings: object) -> subprocess.Popen[str]:
    """Start a program of this folder."""
    return starting.start(f"tests.processes.{module}", settings)


def end(process: subprocess.Popen[str]) -> str:
    """Kill a process; return what it had printed."""
    process.kill()
    return process.communicate()[0]


@define
class Server:
    """A counting server in a process of its own."""

    url: str
    _process: subprocess.Popen[str]
    tally: Tally = field(factory=Tally)

    def stop(self) -> None:
        """End it, and read what it counted."""
        out, _ = self._process.communicate(timeout=30)
        with suppress(json.JSONDecodeError):
            self.tally = Tally(**json.loads(out.splitlines()[-1]))


@contextmanager
def serving(settings: Settings) -> Iterator[Server]:
    """Run a counting server; its tally is there after the block."""
    process = start("counting_server", asdict(settings))
    try:
        assert process.stdout is not None
        server = Server(f"http://127.0.0.1:{process.stdout.readline().strip()}", process)
        yield server
        server.stop()
    finally:
        process.kill()
        process.wait()


@define
class Crowd:
    """Workers that share a quota."""

    jobs: list[Job]
    printed: list[str] = field(factory=list)
    _workers: list[subprocess.Popen[str]] = field(factory=list)

    def __enter__(self) -> Crowd:
        self._workers = [start("worker", asdict(job)) for job in self.jobs]
        return self

    def __exit__(self, *_: object) -> None:
        self.printed += [end(worker) for worker in self._workers]

    def kill_in_turn(self, seconds: float) -> None:
        """Kill one worker each second, and start another in its place, for so long."""
        until_s = time.monotonic() + seconds
        for number in cycle(range(len(self.jobs))):
            time.sleep(1)
            if time.monotonic() > until_s:
                return
            self.printed.append(end(self._workers[number]))
            self._workers[number] = start("worker", asdict(self.jobs[number]))


@contextmanager
def another_spender(url: str, calls_per_second: float) -> Iterator[None]:
    """Call the server from a thread, as a program does that knows nothing of our quotas."""
    stop = threading.Event()

    def spend() -> None:
        request = urllib.request.Request(f"{url}/api/v11.0/other", headers={"X-Other": "yes"})
        while not stop.wait(1 / calls_per_second):
            threading.Thread(target=lambda: urllib.request.urlopen(request).read()).start()

    thread = threading.Thread(target=spend)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
