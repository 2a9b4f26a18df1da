"""Programs for the proofs: a vault, and jobs that may be killed, each a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeVar

from vaultio import VaultioError

T = TypeVar("T")


def run(main: Callable[[T], Coroutine[Any, Any, int]], order: Callable[..., T]) -> NoReturn:
    """Run *main* with the order that the command line holds as JSON, and leave with its status.

    What ended it is printed, if that was an error of ours, and the status is 1.
    """
    try:
        sys.exit(asyncio.run(main(order(**json.loads(sys.argv[1])))))
    except VaultioError as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        sys.exit(1)
