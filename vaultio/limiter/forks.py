"""What must begin anew in the child of a fork, because what it held is the parent's."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """Something that the parent goes on using."""

    def begin_anew(self) -> None:
        """Forget what the parent has, without touching it."""


_known: WeakSet[Forkable] = WeakSet()


def remember(one: Forkable) -> None:
    """Have something begin anew in every child that is forked from here on, while it lives."""
    _known.add(one)


def _begin_anew() -> None:
    for one in list(_known):
        one.begin_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
