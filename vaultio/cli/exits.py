"""The exit codes of all commands: one table, which the helps and the README show."""

from __future__ import annotations

DONE, FAILED, USAGE, SOME_FAILED, TOO_LATE, INTERRUPTED = 0, 1, 2, 3, 4, 130

MEANINGS: dict[int, str] = {
    DONE: "all done",
    FAILED: "an error, said on stderr",
    USAGE: "wrong usage, or a setting is missing",
    SOME_FAILED: "some items, rows or checks failed, the others are done; a job of Vault failed",
    TOO_LATE: "not in the time given",
    INTERRUPTED: "interrupted (Ctrl-C, SIGTERM)",
}

EPILOG = "Exit codes: " + " · ".join(f"{code} {meaning}" for code, meaning in MEANINGS.items())
