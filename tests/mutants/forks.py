"""Tests in a fork of the process that has collected them: nothing of what they do stays."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from attrs import define, field, frozen

NOT_STARTED, HARD_MEMORY_BYTES = 90, 4 * 1024**3


@frozen
class Cost:
    """What a test took: seconds of the processor and of the clock."""

    cpu_s: float
    wall_s: float


@define(eq=False)  # pytest wants plugins that it can put into a set
class Failures:
    """A pytest plugin that notes which tests fail."""

    tests: list[str] = field(factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one."""
        if report.failed:
            self.tests.append(report.nodeid)


def in_fork(work: Callable[[], int]) -> int:
    """Do *work* in a fork and return its status; below 0 is the signal that ended it.

    All processes that it has started end with it.
    """
    pid = os.fork()
    if pid == 0:
        status = NOT_STARTED
        try:
            os.setsid()
            # In the background it is ignored; tests interrupt themselves.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            told = os.dup(2)
            nothing = os.open(os.devnull, os.O_RDWR)
            for descriptor in range(3):
                os.dup2(nothing, descriptor)
            status = work()
        except BaseException:
            os.write(told, traceback.format_exc().encode())
        finally:
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(ended)


def run(
    items: Sequence[pytest.Item],
    failures: Failures,
    before: Callable[[pytest.Item], object],
    after: Callable[[pytest.Item], object],
    *,
    stop: bool,
) -> None:
    """Run tests in this process, up to the first that fails with *stop*."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        before(item)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        after(item)
        if stop and failures.tests:
            return


def bound(cost: Cost) -> None:
    """Let this process go on for a few times what a test costs, and no longer."""
    limit_s = int(used_s() + 5 * cost.cpu_s + 3)
    resource.setrlimit(resource.RLIMIT_CPU, (limit_s, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (HARD_MEMORY_BYTES, resource.RLIM_INFINITY))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, 8 * cost.wall_s + 8)


def used_s() -> float:
    """Say how much time of the processor this process has used, in seconds."""
    return time.process_time()


def unmount(folder: Path) -> None:
    """Take down the disks below *folder* that a test which was ended left there."""
    mounts = Path("/proc/mounts")
    for line in mounts.read_text().splitlines() if mounts.exists() else ():
        place = line.split()[1]
        if Path(place).is_relative_to(folder):
            subprocess.run(["umount", "-l", place], check=False)
