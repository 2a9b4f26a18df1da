"""Put changed code into functions that are there already, wherever they are held."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import CodeType, FunctionType

Bodies = dict[tuple[str, int], CodeType]


def functions_of(path: str) -> list[FunctionType]:
    """List all functions that were compiled from the file *path*."""
    found = (one for one in gc.get_objects() if isinstance(one, FunctionType))
    return [one for one in found if one.__code__.co_filename == path]


def fits(functions: list[FunctionType], bodies: Bodies) -> bool:
    """Say whether each function can take its new body: it must close over the same names."""
    return bool(functions) and all(
        (body := bodies.get(_key(one.__code__))) is not None
        and len(body.co_freevars) == len(one.__code__.co_freevars)
        for one in functions
    )


def swap(functions: list[FunctionType], bodies: Bodies) -> None:
    """Give each function its new body."""
    for one in functions:
        one.__code__ = bodies[_key(one.__code__)]


def bodies_of(module: CodeType) -> Bodies:
    """Find the bodies of all functions in a compiled module."""
    return {_key(code): code for code in _codes(module)}


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno
