"""A guard over the whole test run: no secret in a log, a warning, an output or an exception.

A pytest plugin. The secrets of the tests are recognised by what they look like: those that the
tests give out carry `MARK`, those that the sandbox gives out have the shape of Vault's.
"""

from __future__ import annotations

import logging
import pickle
import re
import sys
import traceback
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

MARK = "s3cr3t-PLANTED"
PASSWORD = f"{MARK}-password!"
SESSION_ID = f"{MARK}-session"
TOKEN = f"{MARK}-token"
SECRET = re.compile(
    rf"{MARK}"
    r"|\b[0-9A-F]{112}\b"  # a session id
    r"|\bveeva-vault-[0-9a-f]{40}\b"  # an access token
    r"|\bidp-token-[0-9a-f]{40}\b"  # a token of an identity provider
    r"|\b00D\w{12}![0-9a-f]{40}\b"  # a session of Salesforce
)

_STARTS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.spawn"})
_WRITTEN = frozenset({".csv", ".json", ".jsonl", ".db", ".db-wal", ".log", ".html", ".txt"})
_MOST_BYTES = 8 * 1024 * 1024

VAULTIO = Path(__file__).parent.parent / "vaultio"


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that it came from or holds."""
    todo, seen = [error], set[int]()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [other for other in (one.__cause__, one.__context__) if other is not None]
        todo += one.exceptions if isinstance(one, BaseExceptionGroup) else ()


def told_by(error: BaseException, frames_of: Path = VAULTIO) -> str:
    """Return all that a crash reporter would send of *error*: messages, notes and locals.

    Locals are those of the frames under *frames_of* but for the sandbox's, whose business it is
    to know every password.
    """
    told = []
    for one in chain(error):
        told += traceback.format_exception_only(one)
        told += [repr(one), repr(one.__dict__)]
        for frame, _ in traceback.walk_tb(one.__traceback__):
            file = Path(frame.f_code.co_filename)
            if file.is_relative_to(frames_of) and not file.is_relative_to(VAULTIO / "sandbox"):
                told += map(_represent, frame.f_locals.values())
    return "\n".join(told)


def _represent(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # half made objects stand in the frames of failed constructors
        return f"<no repr: {type(error).__name__}>"


def _pickled(error: BaseException) -> str:
    try:
        return pickle.dumps(error).decode("latin-1")
    except Exception as reason:  # not every error of a test can travel
        return f"<no pickle: {type(reason).__name__}>"


class LeakGuard(logging.Handler):
    """Collects where a secret came out; it never repeats the secret itself."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.test = "before the first test"
        self.leaks: list[str] = []

    def look(self, where: str, text: str) -> None:
        """Note a leak if there is a secret in *text*."""
        if SECRET.search(text):
            self.leaks.append(f"{self.test}: {where}")

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a log record as it would be printed, with its traceback."""
        self.look(f"log record of {record.name!r}", self.format(record))
        if record.exc_info and record.exc_info[1]:
            self.look(f"traceback logged by {record.name!r}", told_by(record.exc_info[1]))

    def look_at_call(self, event: str, arguments: tuple[object, ...]) -> None:
        """Look at what a child process is called with: everybody on the machine can see it."""
        if event in _STARTS:
            command = arguments[1] if event != "os.system" else arguments[0]
            self.look(f"arguments of a process ({event})", repr(command))

    def look_at_files(self, folder: Path) -> None:
        """Look at the reports and manifests that a test wrote."""
        for path in folder.rglob("*"):
            if path.suffix in _WRITTEN and path.is_file() and path.stat().st_size < _MOST_BYTES:
                self.look(f"file {path.name}", path.read_bytes().decode("latin-1"))

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Look at the folder of a test before it goes."""
        folder = getattr(item, "funcargs", {}).get("tmp_path")
        if isinstance(folder, Path) and folder.is_dir():
            self.look_at_files(folder)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take over what a worker of pytest-xdist found."""
        self.leaks += getattr(node, "workeroutput", {}).get("leaks", [])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Remember which test is running."""
        self.test = nodeid

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Look at what a phase of a test printed and how it failed."""
        report = yield
        for name, text in report.sections:
            self.look(name, text)
        if call.excinfo is not None:
            self.look(f"{call.excinfo.typename} in {call.when}", told_by(call.excinfo.value))
            self.look(f"pickled {call.excinfo.typename}", _pickled(call.excinfo.value))
        return report

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, nodeid: str
    ) -> None:
        """Look at a warning."""
        self.test = nodeid or self.test
        self.look(f"{warning_message.category.__name__}", str(warning_message.message))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run if anything came out; a worker of pytest-xdist tells the one that asked."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["leaks"] = self.leaks
        if self.leaks:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where."""
        if self.leaks:
            terminalreporter.section("SECRETS LEAKED", red=True)
            terminalreporter.write_line("\n".join(dict.fromkeys(self.leaks)))


def pytest_configure(config: pytest.Config) -> None:
    """Listen to everything that is logged from here on, whatever its level."""
    guard = LeakGuard()
    config.pluginmanager.register(guard, "leak-guard")
    is_over: list[bool] = []  # an audit hook stays until the process ends
    sys.addaudithook(lambda event, args: None if is_over else guard.look_at_call(event, args))
    config.add_cleanup(lambda: is_over.append(True))
    root = logging.getLogger()
    level = root.level
    root.addHandler(guard)
    root.setLevel(logging.DEBUG)
    config.add_cleanup(lambda: root.removeHandler(guard))
    config.add_cleanup(lambda: root.setLevel(level))
