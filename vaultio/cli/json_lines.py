"""One JSON object a line, for logs that programs read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from vaultio.cli.console import say


def write(console: Console, event: str, values: Mapping[str, Any]) -> None:
    """Write one line: the time, what happened, and *values*."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    # Escapes leave nothing in it that a terminal might obey.
    say(json.dumps({"at": at, "event": event, **values}, ensure_ascii=True), to=console)
